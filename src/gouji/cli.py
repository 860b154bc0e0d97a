"""The command: its verbs and their options; what each does is in `commands`."""

from __future__ import annotations

import gettext
import os
import sys
from typing import Any

from gouji.commands import certifying, checking, explaining, maintaining, showing, streaming
from gouji.commands.output import complain
from gouji.findings.run import STYLES
from gouji.messages import FOLDER, LANGUAGES, language, say, speak
from gouji.version import __version__


def _spoken(arguments: list[str]) -> None:
    """The language of `--lang`, known before the help is written; click's own words come from the same catalogue."""
    for at, argument in enumerate(arguments):
        name, _, value = argument.partition("=")
        said = value or (arguments[at + 1] if at + 1 < len(arguments) else "")
        if name == "--lang" and said in LANGUAGES:
            speak(said)
    os.environ["LANGUAGE"] = language()
    gettext.bindtextdomain("gouji", FOLDER)
    gettext.textdomain("gouji")


def main() -> None:
    """Runs the command; without click, says how to install it."""
    _spoken(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        import click
    except ModuleNotFoundError:
        sys.exit(complain(say("the command needs click: {command}", command="pip install 'gouji[cli]'")))

    @click.group(help=say("Check statutory reports against the identities that their form demands."))
    @click.version_option(__version__, prog_name="gouji")
    def group() -> None: ...

    @group.command(
        "check", help=say("Check reports: exit 0 when all hold, 1 when one does not, 2 when something cannot be used.")
    )
    @click.argument("paths", nargs=-1, required=True)
    @click.option("--rules", help=say("a bundled form, a .rules file or a folder of editions"))
    @click.option("--edition", help=say("the edition of the form, in place of the year's"))
    @click.option("--year", type=click.IntRange(1, 9999), help=say("the year of the report, where it does not say"))
    @click.option("--previous", multiple=True, help=say("reports of the year before, matched by agency and year"))
    @click.option("--parts", multiple=True, help=say("the reports that add up to it, matched by year"))
    @click.option("--partial", is_flag=True, help=say("the parts are not all of them"))
    @click.option("--waivers", help=say("a TOML file of failures that are waived"))
    @click.option("--fill", "filling", is_flag=True, help=say("compute what is blank and determined"))
    @click.option("--blank", type=click.Choice(["unknown", "zero"]), help=say("how a blank cell is read"))
    @click.option("--format", "style", type=click.Choice([*STYLES, *streaming.ONLY]), default="text", show_default=True)
    @click.option("-o", "output", help=say("write to this file"))
    @click.option(
        "--annotate", "copies", help=say("write the document with its failing cells marked and commented here")
    )
    @click.option("--strict", is_flag=True, help=say("undetermined and unplaced count as failures"))
    @click.option(
        "--jobs", type=click.IntRange(1, 256), help=say("check in chunks over so many processes; -o is a folder")
    )
    @click.option("-q", "--quiet", is_flag=True, help=say("one line for each report"))
    @click.option("-v", "--verbose", is_flag=True, help=say("every rule, finding and cell"))
    def check_command(**options: Any) -> None:
        jobs = options.pop("jobs")
        if jobs is None and options["style"] not in streaming.ONLY:
            sys.exit(checking.check(**options))
        sys.exit(streaming.run(jobs or 1, **options))

    @group.command("read", help=say("Show what is read in a document, each cell with its place."))
    @click.argument("path")
    @click.option("--rules", help=say("a bundled form, a .rules file or a folder of editions"))
    @click.option("--edition", help=say("the edition of the form, in place of the year's"))
    @click.option("--year", type=click.IntRange(1, 9999), help=say("the year of the report, where it does not say"))
    @click.option("--format", "style", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True)
    def read_command(**options: Any) -> None:
        sys.exit(showing.show_read(**options))

    @group.command(
        "show", help=say("Show a form; as json or csv an empty report to fill in, as rules its whole rule file.")
    )
    @click.argument("form")
    @click.option("--year", type=int, help=say("the year whose edition is shown"))
    @click.option(
        "--format", "style", type=click.Choice(["text", "json", "csv", "rules"]), default="text", show_default=True
    )
    def show_command(**options: Any) -> None:
        sys.exit(showing.show(**options))

    @group.command(
        "explain",
        help=say(
            "Say what a rule demands, of which cells, on whose word and since when; on a report, how it comes out."
        ),
    )
    @click.argument("rule")
    @click.option("--rules", help=say("a bundled form, a .rules file or a folder of editions"))
    @click.option("--year", type=click.IntRange(1, 9999), help=say("the year whose edition is explained"))
    @click.option("--report", help=say("a report on which each check of the rule is shown"))
    @click.option("--previous", help=say("the report of the year before"))
    @click.option("--parts", multiple=True, help=say("the reports that add up to it, matched by year"))
    def explain_command(**options: Any) -> None:
        sys.exit(explaining.explain(**options))

    @group.command("docs", help=say("Write a page for each rule, in Markdown."))
    @click.argument("rules")
    @click.option("-o", "output", default="rules-docs", show_default=True, help=say("the folder that is written"))
    def docs_command(**options: Any) -> None:
        sys.exit(explaining.docs(**options))

    @group.command("lint", help=say("List the problems of rule files."))
    @click.argument("rules", nargs=-1, required=True)
    def lint_command(rules: tuple[str, ...]) -> None:
        sys.exit(maintaining.lint(rules))

    @group.command("fmt", help=say("Write rule files in their canonical form; comments stay."))
    @click.argument("rules", nargs=-1, required=True)
    @click.option("--check", "only", is_flag=True, help=say("write nothing, say which files would change"))
    def fmt_command(**options: Any) -> None:
        sys.exit(maintaining.fmt(**options))

    @group.command("test", help=say("Run the cases that stand beside rule files."))
    @click.argument("rules", nargs=-1, required=True)
    @click.option("--engines", is_flag=True, help=say("compare columns with rows on every engine that is installed"))
    def test_command(rules: tuple[str, ...], engines: bool) -> None:
        sys.exit(certifying.certify(rules) if engines else maintaining.test(rules))

    @group.command(
        "diff", help=say("Say what changed in meaning from one edition (a .rules file, or FORM@EDITION) to another.")
    )
    @click.argument("old")
    @click.argument("new")
    @click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
    def diff_command(**options: Any) -> None:
        sys.exit(maintaining.diff(**options))

    spoken = click.Option(["--lang"], type=click.Choice(LANGUAGES), expose_value=False, help=say("zh or en"))
    for command in (group, *group.commands.values()):
        command.params.append(spoken)
    group(prog_name="gouji")


if __name__ == "__main__":
    main()
