"""The command: its verbs and their options; what each does is in `commands`."""

from __future__ import annotations

import sys
from typing import Any

from gouji.commands import checking, explaining, maintaining, showing
from gouji.commands.output import complain
from gouji.findings.run import STYLES
from gouji.version import __version__


def main() -> None:
    """Runs the command; without click, says how to install it."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        import click
    except ModuleNotFoundError:
        sys.exit(complain("the command needs click: pip install 'gouji[cli]'"))

    @click.group()
    @click.version_option(__version__, prog_name="gouji")
    def group() -> None:
        """Check statutory reports against the identities that their form demands."""

    @group.command("check")
    @click.argument("paths", nargs=-1, required=True)
    @click.option("--rules", help="a bundled form, a .rules file or a folder of editions")
    @click.option("--edition", help="the edition of the form, in place of the year's")
    @click.option("--year", type=click.IntRange(1, 9999), help="the year of the report, where it does not say")
    @click.option("--previous", multiple=True, help="reports of the year before, matched by agency and year")
    @click.option("--parts", multiple=True, help="the reports that add up to it, matched by year")
    @click.option("--partial", is_flag=True, help="the parts are not all of them")
    @click.option("--waivers", help="a TOML file of failures that are waived")
    @click.option("--fill", "filling", is_flag=True, help="compute what is blank and determined")
    @click.option("--blank", type=click.Choice(["unknown", "zero"]), help="how a blank cell is read")
    @click.option("--format", "style", type=click.Choice(STYLES), default="text", show_default=True)
    @click.option("-o", "output", help="write to this file")
    @click.option("--strict", is_flag=True, help="undetermined and unplaced count as failures")
    def check_command(**options: Any) -> None:
        """Check reports: exit 0 when all hold, 1 when one does not, 2 when something cannot be used."""
        sys.exit(checking.check(**options))

    @group.command("read")
    @click.argument("path")
    @click.option("--rules", help="a bundled form, a .rules file or a folder of editions")
    @click.option("--edition", help="the edition of the form, in place of the year's")
    @click.option("--year", type=click.IntRange(1, 9999), help="the year of the report, where it does not say")
    @click.option("--format", "style", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True)
    def read_command(**options: Any) -> None:
        """Show what is read in a document, each cell with its place."""
        sys.exit(showing.show_read(**options))

    @group.command("show")
    @click.argument("form")
    @click.option("--year", type=int, help="the year whose edition is shown")
    @click.option(
        "--format", "style", type=click.Choice(["text", "json", "csv", "rules"]), default="text", show_default=True
    )
    def show_command(**options: Any) -> None:
        """Show a form; as json or csv an empty report to fill in, as rules its whole rule file."""
        sys.exit(showing.show(**options))

    @group.command("explain")
    @click.argument("rule")
    @click.option("--rules", help="a bundled form, a .rules file or a folder of editions")
    @click.option("--year", type=click.IntRange(1, 9999), help="the year whose edition is explained")
    @click.option("--report", help="a report on which each check of the rule is shown")
    @click.option("--previous", help="the report of the year before")
    def explain_command(**options: Any) -> None:
        """Say what a rule demands, of which cells, on whose word and since when; on a report, how it comes out."""
        sys.exit(explaining.explain(**options))

    @group.command("docs")
    @click.argument("rules")
    @click.option("-o", "output", default="rules-docs", show_default=True, help="the folder that is written")
    def docs_command(**options: Any) -> None:
        """Write a page for each rule, in Markdown."""
        sys.exit(explaining.docs(**options))

    @group.command("lint")
    @click.argument("rules", nargs=-1, required=True)
    def lint_command(rules: tuple[str, ...]) -> None:
        """List the problems of rule files."""
        sys.exit(maintaining.lint(rules))

    @group.command("fmt")
    @click.argument("rules", nargs=-1, required=True)
    @click.option("--check", "only", is_flag=True, help="write nothing, say which files would change")
    def fmt_command(**options: Any) -> None:
        """Write rule files in their canonical form; comments stay."""
        sys.exit(maintaining.fmt(**options))

    @group.command("test")
    @click.argument("rules", nargs=-1, required=True)
    def test_command(rules: tuple[str, ...]) -> None:
        """Run the cases that stand beside rule files."""
        sys.exit(maintaining.test(rules))

    @group.command("diff")
    @click.argument("old")
    @click.argument("new")
    @click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
    def diff_command(**options: Any) -> None:
        """Say what changed in meaning from one edition (a .rules file, or FORM@EDITION) to another."""
        sys.exit(maintaining.diff(**options))

    group(prog_name="gouji")


if __name__ == "__main__":
    main()
