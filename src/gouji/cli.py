"""The command: verbs, order of the stages, exit codes."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from attrs import evolve

from gouji import __version__
from gouji.book import Book, bundled, load, load_edition, read, rules_folder
from gouji.evaluation.waivers import load_waivers
from gouji.findings.model import Result
from gouji.findings.reading import to_csv, to_data, to_text
from gouji.findings.text import render_all
from gouji.forms.binding import same_name
from gouji.forms.report import Report
from gouji.language.core import Edition
from gouji.language.rulebook import apart, load_file, whole_files
from gouji.sources import GoujiError, Problem, ReportError, Source

T = TypeVar("T")
_CLUTTER = ("Thumbs.db", "desktop.ini")


def main() -> None:
    """Runs the command; without click, says how to install it."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        import click
    except ModuleNotFoundError:
        sys.exit(_complain("the command needs click: pip install 'gouji[cli]'"))

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
    @click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
    @click.option("-o", "output", help="write to this file")
    @click.option("--strict", is_flag=True, help="undetermined and unplaced count as failures")
    def check_command(**options: Any) -> None:
        """Check reports: exit 0 when all hold, 1 when one does not, 2 when something cannot be used."""
        sys.exit(check(**options))

    @group.command("read")
    @click.argument("path")
    @click.option("--rules", help="a bundled form, a .rules file or a folder of editions")
    @click.option("--edition", help="the edition of the form, in place of the year's")
    @click.option("--year", type=click.IntRange(1, 9999), help="the year of the report, where it does not say")
    @click.option("--format", "style", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True)
    def read_command(**options: Any) -> None:
        """Show what is read in a document, each cell with its place."""
        sys.exit(show_read(**options))

    @group.command("show")
    @click.argument("form")
    @click.option("--year", type=int, help="the year whose edition is shown")
    @click.option(
        "--format", "style", type=click.Choice(["text", "json", "csv", "rules"]), default="text", show_default=True
    )
    def show_command(**options: Any) -> None:
        """Show a form; as json or csv an empty report to fill in, as rules its whole rule file."""
        sys.exit(show(**options))

    @group.command("lint")
    @click.argument("rules", nargs=-1, required=True)
    def lint_command(rules: tuple[str, ...]) -> None:
        """List the problems of rule files."""
        sys.exit(lint(rules))

    @group.command("fmt")
    @click.argument("rules", nargs=-1, required=True)
    @click.option("--check", "only", is_flag=True, help="write nothing, say which files would change")
    def fmt_command(**options: Any) -> None:
        """Write rule files in their canonical form; comments stay."""
        sys.exit(fmt(**options))

    @group.command("test")
    @click.argument("rules", nargs=-1, required=True)
    def test_command(rules: tuple[str, ...]) -> None:
        """Run the cases that stand beside rule files."""
        sys.exit(test(rules))

    @group.command("diff")
    @click.argument("old")
    @click.argument("new")
    @click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
    def diff_command(**options: Any) -> None:
        """Say what changed in meaning from one edition (a .rules file, or FORM@EDITION) to another."""
        sys.exit(diff(**options))

    group(prog_name="gouji")


def _complain(text: object) -> int:
    print(text, file=sys.stderr)
    return 2


def _write(text: str, output: str | None) -> int:
    """Writes UTF-8 to a file or standard output; 2 when that cannot be done."""
    try:
        if output is not None:
            Path(output).write_bytes(f"{text}\n".encode(errors="backslashreplace"))
        elif hasattr(sys.stdout, "buffer") and text.startswith("{"):
            sys.stdout.buffer.write(f"{text}\n".encode(errors="backslashreplace"))
            sys.stdout.flush()
        else:
            print(text, flush=True)
    except BrokenPipeError:
        raise  # whoever reads has seen enough
    except OSError as error:
        return _complain(f"{output or 'standard output'}: cannot be written: {error.strerror}")
    return 0


def _files(paths: tuple[str, ...]) -> list[Path]:
    """The files named, and all files below the folders named."""
    found: list[Path] = []
    for path in map(Path, paths):
        found += sorted(
            Path(folder, name)
            for folder, _, names in os.walk(path)
            for name in names
            if not name.startswith((".", "~$")) and name not in _CLUTTER and Path(folder, name).is_file()
        ) if path.is_dir() else [path]  # fmt: skip
    return found


def _empty(paths: tuple[str, ...]) -> list[tuple[str, Problem]]:
    """The folders that hold no file."""
    hint = "name the folder that holds the reports"
    return [
        (path, Problem("the folder holds no file", hint=hint, place=path))
        for path in paths
        if Path(path).is_dir() and not _files((path,))
    ]


def _read(path: Path | _Line, books: list[Book], year: int | None, edition: str | None) -> tuple[Book, Report]:
    """The report, by the first book that can use it; the problem of the first when none can."""
    first: GoujiError | None = None
    for book in books:
        try:
            return book, read(path, book, year=year, edition=edition)
        except ReportError as error:
            first = first or error
    assert first is not None
    raise first


def check(
    paths: tuple[str, ...], rules: str | None, edition: str | None, year: int | None, previous: tuple[str, ...],
    parts: tuple[str, ...], partial: bool, blank: str | None, waivers: str | None, filling: bool, style: str,
    output: str | None, strict: bool,
) -> int:  # fmt: skip
    """Checks every file; what cannot be used is told on standard error and the rest goes on."""
    try:
        books = [load(name) for name in ([rules] if rules else bundled())]
        waived = load_waivers(Path(waivers)) if waivers else ()
    except GoujiError as error:
        return _complain(error)
    problems = _empty((*previous, *parts, *paths))
    earlier = [report for _, report in _reports(previous, books, None, None, problems)]
    read = _reports(paths, books, year, edition, problems)
    earlier += [report for _, report in read if report.agency]
    inner = [part for _, part in _reports(parts, books, None, None, problems)]
    results: list[Result] = []
    for book, report in _progress(read, "checking"):
        before, note = _before(report, earlier)
        try:
            own = [part for part in inner if part.year == report.year and part.source != report.source]
            result = book.check(report, previous=before, parts=own if parts else None, complete=not partial,
                                blank=blank, waivers=waived)  # fmt: skip
            filled = book.fill(report, previous=before, blank=blank) if filling else None
        except ReportError as error:
            problems += [(report.source, evolve(p, place=p.place or report.source)) for p in error.problems]
            continue
        notes = (*result.notes, *([note] if note else []))
        results.append(evolve(result, filled=filled, notes=notes))
    for _, problem in problems:
        _complain(problem)
    if style == "json":
        told = [{"source": s, "message": p.message, "place": p.place, "hint": p.hint} for s, p in problems]
        whole = {"gouji": __version__, "reports": [result.to_dict() for result in results], "problems": told}
        text = json.dumps(whole, ensure_ascii=False, indent=1)
    else:
        text = render_all(results, len(problems))
    unusable = (_write(text, output) if text else 0) or (2 if problems or not results else 0)
    failed = any(not r.ok or (strict and (r.counts["undetermined"] or r.report.unplaced)) for r in results)
    return unusable or int(failed)


def _reports(
    paths: tuple[str, ...], books: list[Book], year: int | None, edition: str | None,
    problems: list[tuple[str, Problem]],
) -> list[tuple[Book, Report]]:  # fmt: skip
    """The reports in all files, and in the lines of those with a report to a line; what cannot be used is told."""
    found = []
    for path in _progress(_files(paths), "reading"):
        for document in _documents(path):
            name = str(getattr(document, "name", document))
            try:
                found.append(_read(document, books, year, edition))
            except ReportError as error:
                problems += [(name, evolve(p, place=p.place or name)) for p in error.problems]
    return found


class _Line(io.BytesIO):
    """A line of a file with a report to a line, under its own name."""

    name = ""


def _documents(path: Path) -> Iterator[Path | _Line]:
    if path.suffix.lower() not in (".jsonl", ".ndjson") or not path.is_file():
        yield path
        return
    with path.open("rb") as lines:
        for number, text in enumerate(lines, 1):
            if text.strip():
                line = _Line(text)
                line.name = f"{path}:{number}"
                yield line


def _progress(items: Sequence[T], doing: str) -> Iterable[T]:
    """The items, with a bar and the time left on a terminal where there are several."""
    if len(items) < 4 or not sys.stderr.isatty():
        return items
    try:
        from rich.console import Console
        from rich.progress import track
    except ModuleNotFoundError:
        return items
    return track(items, doing, console=Console(stderr=True), transient=True)


def _before(report: Report, earlier: list[Report]) -> tuple[Report | None, str]:
    """The report of the same agency for the year before, or why there is none.

    By year alone only where one is without an agency; of several that differ none.
    """
    of_year = [one for one in earlier if (one.year, one.form.id) == (report.year - 1, report.form.id)]
    same = [one for one in of_year if same_name(one.agency, report.agency, report.form)]
    if same:
        differ = any((one.values, one.states) != (same[0].values, same[0].states) for one in same)
        names = " and ".join(dict.fromkeys(one.source for one in same))
        note = f"several reports of {report.agency} for {report.year - 1} differ, and none is used: {names}"
        return (None, note) if differ else (same[0], "")
    alone = of_year[0] if len(of_year) == 1 and not (of_year[0].agency and report.agency) else None
    return alone, ""


def show_read(path: str, rules: str | None, year: int | None, edition: str | None, style: str) -> int:
    """Prints a report as it is read, each cell with its place."""
    try:
        books = [load(name) for name in ([rules] if rules else bundled())]
        _, report = _read(Path(path), books, year, edition)
    except GoujiError as error:
        return _complain(error)
    if style == "json":
        return _write(json.dumps(to_data(report), ensure_ascii=False, indent=1), None)
    return _write(to_csv(report) if style == "csv" else to_text(report), None)


def show(form: str, year: int | None, style: str) -> int:
    """Prints a form, or an empty report on it."""
    try:
        book = load(form)
        shape = book.form(year) if year is not None else book.editions[-1].form
    except GoujiError as error:
        return _complain(error)
    if style == "rules":
        return _write(_whole(form, shape.edition), None)
    if style == "json":
        return _write(json.dumps(book.blank_report(year), ensure_ascii=False, indent=1), None)
    if style == "csv":
        rows = io.StringIO()
        writer = csv.writer(rows, lineterminator="\n")
        writer.writerow(("cell", "label", "unit", "value"))
        writer.writerows((cell.key, cell.label, cell.type.unit, "") for cell in shape.declared.cells)
        return _write(rows.getvalue().rstrip("\n"), None)
    lines = [f"{shape.title}, edition {shape.edition}, years {shape.years}, {shape.clause}"]
    edition = next(e for e in book.editions if e.form is shape)
    for table in shape.tables:
        lines += ["", table.labels[0]]
        lines += [f"  {c.label} ({c.type.unit})" for c in shape.declared.cells if c.table is table]
    lines += ["", *(f"{rule.name} ({rule.severity}): {rule.sentence}" for rule in edition.rules)]
    return _write("\n".join(lines), None)


def _whole(form: str, edition: str) -> str:
    """The rule file of an edition, whole where it extends another."""
    from gouji.language.extension import edition_of
    from gouji.language.printer import print_file

    path = rules_folder() / form if form in bundled() else Path(form)
    files, _ = whole_files(path if path.is_dir() else path.parent)
    return next(print_file(file).rstrip("\n") for file in files if edition_of(file) == edition)


def _rule_files(rules: tuple[str, ...]) -> list[Path]:
    return [f for path in map(Path, rules) for f in (sorted(path.rglob("*.rules")) if path.is_dir() else [path])]


def lint(rules: tuple[str, ...]) -> int:
    """Prints every problem of the files: 0 none, 1 some, 2 a file cannot be read."""
    files = _rule_files(rules)
    missing = [file for file in files if not file.is_file()]
    if missing or not files:
        return _complain(f"{', '.join(map(str, missing)) or ' '.join(rules)}: there is no such rule file")
    count = unusable = 0
    folders: dict[Path, list[Edition]] = {}
    for file in files:
        edition, problems = load_file(file, file.resolve().parent.name)
        if edition:
            folders.setdefault(file.resolve().parent, []).append(edition)
        for problem in problems:
            if problem.span:
                print(f"{problem}\n")
            else:
                unusable = _complain(problem)
        count += len(problems)
    for problem in (problem for editions in folders.values() for problem in apart(editions)):
        print(f"{problem}\n")
        count += 1
    print(f"{len(files)} rule file{'s' * (len(files) != 1)}, {count} problem{'s' * (count != 1)}")
    return unusable or int(count > 0)


def fmt(rules: tuple[str, ...], only: bool) -> int:
    """Formats the files: 0 nothing to change or changed, 1 `only` and something to change, 2 a file cannot be used."""
    from gouji.language.parser import parse
    from gouji.language.printer import format_source

    unusable = changed = 0
    if not _rule_files(rules):
        return _complain(f"{' '.join(rules)}: there is no such rule file")
    for path in _rule_files(rules):
        try:
            source = Source(str(path), path.read_bytes().decode("utf-8-sig"))
        except (OSError, UnicodeDecodeError) as error:
            unusable = _complain(f"{path}: cannot be read: {error}")
            continue
        file, problems = parse(source)
        if file is None or problems:
            unusable = _complain("\n\n".join(map(str, problems)))
            continue
        text = format_source(source, file)
        if text != source.text:
            changed += 1
            if not only:
                try:
                    path.write_text(text, "utf-8")
                except OSError as error:
                    unusable = _complain(f"{path}: cannot be written: {error.strerror}")
                    continue
            print(f"{path}: {'would change' if only else 'changed'}")
    return unusable or int(only and changed > 0)


def diff(old: str, new: str, style: str) -> int:
    """Prints what differs between two editions: 0 nothing, 1 something, 2 an edition cannot be used."""
    from gouji.analysis.diff import diff as compare
    from gouji.findings.difference import to_plain, to_words

    try:
        found = compare(load_edition(old), load_edition(new))
    except GoujiError as error:
        return _complain(error)
    plain = style == "json"
    whole = {"gouji": __version__, **to_plain(found)}
    text = json.dumps(whole, ensure_ascii=False, indent=1) if plain else to_words(found)
    return _write(text, None) or int(bool(found.changes))


def test(rules: tuple[str, ...]) -> int:
    """Runs the cases beside the rules: 0 all as written, 1 one is not, 2 something cannot be used."""
    passed = failed = unusable = 0
    for file in [
        f for path in map(Path, rules) for f in (sorted(path.rglob("*.cases.toml")) if path.is_dir() else [path])
    ]:
        try:
            text = file.read_text("utf-8")
            book = load(file.parent)
            cases = tomllib.loads(text)["case"]
            for case in cases:
                told = run_case(book, case, file.parent)
                passed, failed = passed + (not told), failed + bool(told)
                if told:
                    print(f"{file.name}: {case['name']}\n" + "\n".join(f"  {line}" for line in told))
        except (GoujiError, OSError, KeyError, ValueError) as error:
            unusable = _complain(f"{file}: {error}")
    print(f"{passed} passed, {failed} failed")
    return unusable or (2 if passed + failed == 0 else int(failed > 0))


def run_case(book: Book, case: dict[str, Any], folder: Path) -> list[str]:
    """How the outcomes of a case differ from what it says; empty when they do not.

    A case names a report, the cells to `set`, its `narrative`, and in `fail`, `undetermined` and `error` exactly the
    checks that come out so, each as "rule where"; all others pass or do not apply.
    """

    def report(name: str, changes: dict[str, Any]) -> Report:
        data = json.loads((folder / name).read_text("utf-8"))
        bound = book.bind(data)
        row = dict(zip([c.key for c in bound.cells], bound.given, strict=True))
        made = book.bind({**data, "tables": row | changes, "narrative": case.get("narrative", {})})
        if made.unplaced:
            raise KeyError(made.unplaced[0])
        return made

    previous = report(case["previous"], case.get("set_previous", {})) if "previous" in case else None
    result = book.check(report(case["report"], case.get("set", {})), previous=previous, blank=case.get("blank"))
    told = []
    for outcome in ("fail", "undetermined", "error"):
        found = {f"{v.rule} {' '.join(v.at.values())}".strip() for v in result.verdicts if v.outcome == outcome}
        wanted = set(case.get(outcome, ()))
        told += [f"{outcome} not expected: {name}" for name in sorted(found - wanted)]
        told += [f"{outcome} expected: {name}" for name in sorted(wanted - found)]
    return told


if __name__ == "__main__":
    main()
