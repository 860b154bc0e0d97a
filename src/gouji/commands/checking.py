"""`gouji check`: reports are read, matched with those of the year before, checked and rendered."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TypeVar

from attrs import evolve

from gouji.book import Book, bundled, load, read
from gouji.commands.output import complain, look, write
from gouji.evaluation.waivers import load_waivers
from gouji.findings.model import Result
from gouji.findings.run import Run
from gouji.forms.binding import names_of
from gouji.forms.labels import normal
from gouji.forms.report import Report
from gouji.messages import say
from gouji.sources import GoujiError, Problem, ReportError

T = TypeVar("T")
_CLUTTER = ("Thumbs.db", "desktop.ini")


def files_of(paths: tuple[str, ...]) -> list[Path]:
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


def empty(paths: tuple[str, ...]) -> list[tuple[str, Problem]]:
    """The folders that hold no file."""
    hint = say("name the folder that holds the reports")
    return [
        (path, Problem(say("the folder holds no file"), hint=hint, place=path))
        for path in paths
        if Path(path).is_dir() and not files_of((path,))
    ]


def by_any(books: Sequence[Book], use: Callable[[Book], T]) -> T:
    """What comes of the first book that can be used; the problem of the first when none can."""
    first: GoujiError | None = None
    for book in books:
        try:
            return use(book)
        except ReportError as error:
            first = first or error
    assert first is not None
    raise first


def read_by_any(path: Path | Line, books: list[Book], year: int | None, edition: str | None) -> tuple[Book, Report]:
    """The report in a document, and the book that can use it."""
    return by_any(books, lambda book: (book, read(path, book, year=year, edition=edition)))


def check(
    paths: tuple[str, ...], rules: str | None, edition: str | None, year: int | None, previous: tuple[str, ...],
    parts: tuple[str, ...], partial: bool, blank: str | None, waivers: str | None, filling: bool, style: str,
    output: str | None, strict: bool, quiet: bool = False, verbose: bool = False, copies: str | None = None,
) -> int:  # fmt: skip
    """Checks every file; what cannot be used is told on standard error and the rest goes on."""
    try:
        books = [load(name) for name in ([rules] if rules else bundled())]
        waived = load_waivers(Path(waivers)) if waivers else ()
    except GoujiError as error:
        return complain(error)
    problems = empty((*previous, *parts, *paths))
    earlier = [report for _, report in reports_in(previous, books, None, None, problems)]
    read = reports_in(paths, books, year, edition, problems)
    earlier += [report for _, report in read if report.agency]
    known = Earlier(earlier)
    inner = [part for _, part in reports_in(parts, books, None, None, problems)]
    results: list[Result] = []
    for book, report in progress(read, say("checking")):
        earlier_one, note = known.before(report)
        try:
            own = [part for part in inner if part.year == report.year and part.source != report.source]
            result = book.check(report, previous=earlier_one, parts=own if parts else None, complete=not partial,
                                blank=blank, waivers=waived)  # fmt: skip
            filled = book.fill(report, previous=earlier_one, blank=blank) if filling else None
        except ReportError as error:
            problems += [(report.source, evolve(p, place=p.place or report.source)) for p in error.problems]
            continue
        notes = (*result.notes, *([note] if note else []))
        results.append(evolve(result, filled=filled, notes=notes))
    if copies is not None:
        from gouji.commands.annotating import annotate

        problems += annotate(results, paths, copies)
    for _, problem in problems:
        complain(problem)
    text = Run(results, problems).render(style, look(output, quiet, verbose))
    unusable = (write(text, output, style != "text") if text else 0) or (2 if problems or not results else 0)
    failed = any(not r.ok or (strict and (r.counts["undetermined"] or r.report.unplaced)) for r in results)
    return unusable or int(failed)


def reports_in(
    paths: tuple[str, ...], books: list[Book], year: int | None, edition: str | None,
    problems: list[tuple[str, Problem]],
) -> list[tuple[Book, Report]]:  # fmt: skip
    """The reports in all files, and in the lines of those with a report to a line; what cannot be used is told."""
    found = []
    for path in progress(files_of(paths), say("reading")):
        for document in lines_of(path) if lined(path) else (path,):
            name = str(getattr(document, "name", document))
            try:
                found.append(read_by_any(document, books, year, edition))
            except ReportError as error:
                problems += [(name, evolve(p, place=p.place or name)) for p in error.problems]
    return found


class Line(io.BytesIO):
    """A line of a file with a report to a line, under its own name; `start` is its first byte, `number` its place."""

    name = ""
    start = number = 0


def lined(path: Path) -> bool:
    """Whether a file holds a report to a line."""
    return path.suffix.lower() in (".jsonl", ".ndjson") and path.is_file()


def lines_of(path: Path, start: int = 0, first: int = 1, most: int | None = None) -> Iterator[Line]:
    """The lines of a file that hold something, at most so many, from a byte on; `first` is the number of that line."""
    with path.open("rb") as lines:
        lines.seek(start)
        for number, text in enumerate(islice(lines, most), first):
            if text.strip():
                line = Line(text)
                line.name, line.start, line.number = f"{path}:{number}", start, number
                yield line
            start += len(text)


def progress(items: Sequence[T], doing: str) -> Iterable[T]:
    """The items, with a bar and the time left on a terminal where there are several."""
    if len(items) < 4 or not sys.stderr.isatty():
        return items
    try:
        from rich.console import Console
        from rich.progress import track
    except ModuleNotFoundError:
        return items
    return track(items, doing, console=Console(stderr=True), transient=True)


class Earlier:
    """Reports among which the one of the year before is looked for."""

    def __init__(self, reports: Iterable[Report]) -> None:
        """Orders the reports by form and year, and by body."""
        self.of_year: dict[tuple[str, int], list[Report]] = {}
        self.of_body: dict[tuple[str, int, str], list[Report]] = {}
        for one in reports:
            self.of_year.setdefault((one.form.id, one.year), []).append(one)
            self.of_body.setdefault((one.form.id, one.year, normal(one.agency)), []).append(one)

    def before(self, report: Report, *more: Report) -> tuple[Report | None, str]:
        """The report of the same agency for the year before, here or among `more`, or why there is none.

        By year alone only where one is without an agency; of several that differ none.
        """
        last = (report.form.id, report.year - 1)
        names = names_of(report.agency, report.form)
        same = [one for name in sorted(names) for one in self.of_body.get((*last, name), ())]
        same += [one for one in more if report.agency and normal(one.agency) in names]
        if same:
            differ = any((one.values, one.states) != (same[0].values, same[0].states) for one in same)
            sources = say(" and ").join(dict.fromkeys(one.source for one in same))
            note = say(
                "several reports of {agency} for {year} differ, and none is used: {names}",
                agency=report.agency, year=report.year - 1, names=sources,
            )  # fmt: skip
            return (None, note) if differ else (same[0], "")
        of_year = [*self.of_year.get(last, ()), *more]
        alone = of_year[0] if len(of_year) == 1 and not (of_year[0].agency and report.agency) else None
        return alone, ""
