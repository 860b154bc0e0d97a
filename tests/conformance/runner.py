"""The language specified by cases: rule text, a report, and what comes out, word for word.

A `.cases` file begins with a form; each case after a line `## name` adds rules to it, or begins with `form` and stands
alone. Lines of a case:

    : 一 = 10, 5, , 3      the cells of a row in the order of its columns, or one cell; nothing is a blank
    : previous 一 = …      the same in the report of the year before
    : blank zero           the policy of the run
    : note 表 = …          a note in the report
    : prose 节 = …         a section of prose
    -> …                   what comes out: outcomes that are not pass, or the problems of the rules

`pytest tests/test_conformance.py --rewrite` writes what comes out into the files; read the difference.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from attrs import frozen

import gouji
from gouji.book import Book
from gouji.language.rulebook import load_text
from gouji.sources import Source

FOLDER = Path(__file__).parent


@frozen
class Case:
    """One case: its rule text, the lines about the report, and what is expected."""

    file: str
    name: str
    rules: str
    report: tuple[str, ...]
    expected: tuple[str, ...]


def cases(file: Path) -> Iterator[Case]:
    """The cases of a file."""
    preamble, *parts = re.split(r"^## ", file.read_text("utf-8"), flags=re.M)
    for part in parts:
        name, *lines = part.rstrip().split("\n")
        own = [line for line in lines if not line.startswith((": ", "-> "))]
        text = "\n".join(own).rstrip() + "\n"
        whole = text if text.startswith("form ") else preamble.rstrip() + "\n\n" + text
        report = tuple(line[2:] for line in lines if line.startswith(": "))
        expected = tuple(line[3:] for line in lines if line.startswith("-> "))
        yield Case(file.stem, name, whole, report, expected)


FUNCTIONS: dict[str, Callable[..., object]] = {
    "twice": lambda number: 2 * number,
    "short": lambda text: len(text) <= 3,
    "broken": lambda number: 1 / 0,
}


def outcome(case: Case) -> tuple[str, ...]:
    """What comes out of a case, one line each."""
    edition, problems = load_text(Source("case", case.rules), "case")
    if problems or edition is None:
        return tuple(_problem(str(problem)) for problem in problems)
    book = Book((edition,), FUNCTIONS)
    given, options, notes, prose = stated(case, edition)
    try:
        if given["previous"]:
            options["previous"] = book.bind({"year": 2023, "tables": given["previous"]})
        report = book.bind({"year": 2024, "tables": given["this"], "notes": notes, "narrative": prose})
        result = book.check(report, **options)
    except gouji.ReportError as error:
        return tuple(_problem(str(problem)) for problem in error.problems)
    return tuple(_told(result))


Stated = tuple[dict[str, dict[str, Any]], dict[str, Any], dict[str, str], dict[str, str]]


def stated(case: Case, edition: Any) -> Stated:
    """What a case says of its reports: the cells of both, the options of the run, notes and prose."""
    given: dict[str, dict[str, Any]] = {"this": {}, "previous": {}}
    options: dict[str, Any] = {}
    notes: dict[str, str] = {}
    prose: dict[str, str] = {}
    for line in case.report:
        if line.startswith("blank "):
            options["blank"] = line.removeprefix("blank ")
        elif line.startswith("prose "):
            key, _, text = line.removeprefix("prose ").partition(" = ")
            prose[key] = text
        elif line.startswith("note "):
            key, _, text = line.removeprefix("note ").partition(" = ")
            notes[key] = text
        else:
            which = "previous" if line.startswith("previous ") else "this"
            _fill(given[which], line.removeprefix("previous "), edition)
    return given, options, notes, prose


def _fill(tables: dict[str, Any], line: str, edition: Any) -> None:
    key, _, text = f"{line} ".partition(" = ")
    text = text.strip()
    values = [_value(part.strip()) for part in text.split(",")] if not text.startswith("[") else [
        [_value(part.strip()) for part in text.strip("[]").split(",")] if text != "[]" else []
    ]  # fmt: skip
    columns = _columns(edition, key)
    if len(values) == 1 and (len(columns) != 1 or any(key.endswith("/" + column) for column in columns)):
        tables[key] = values[0]
        return
    for column, value in zip(columns, values, strict=True):
        tables[f"{key}/{column}"] = value


def _value(text: str) -> Any:
    return None if not text else int(text) if re.fullmatch(r"-?\d+", text) else text.strip('"')


def _columns(edition: Any, key: str) -> list[str]:
    """The columns of the table that a row stands in."""
    form = edition.form
    name = key.split("/")[0]
    table = next((t for t in form.tables if t.name == name), form.tables[0])
    rows = [row for block in table.blocks for row in ["/".join(path) for path, _ in block.rows.leaves()]]
    inside = key.removeprefix(name + "/") if table.name == name else key
    block = next(
        (b for b in table.blocks if inside in ["/".join(path) for path, _ in b.rows.leaves()]), table.blocks[0]
    )
    assert rows
    return ["/".join(path) for path, _ in block.columns.leaves()]


def _told(result: gouji.Result) -> Iterator[str]:
    counts = result.counts
    assert counts["expected"] == sum(count for name, count in counts.items() if name != "expected")
    findings = list(result.findings)
    for verdict in result.verdicts:
        if verdict.rule == "cells" or verdict.outcome == "pass":
            continue
        where = f" {' '.join(verdict.at.values())}" if verdict.at else ""
        found = [f for f in findings if f.rule == verdict.rule and dict(f.at) == dict(verdict.at)]
        told = f": {found[0].formula if found[0].sentence == 's' else found[0].message}" if found else ""
        note = f" ({found[0].note})" if found and found[0].note else ""
        yield f"{verdict.outcome} {verdict.rule}{where}{told}{note}"
    for finding in findings:
        if finding.rule == "cells" and finding.outcome in ("error", "fail"):
            yield f"{finding.outcome} cells {' '.join(finding.at.values())}: {finding.sentence}"
    yield from (f"unplaced {key}" for key in result.report.unplaced)
    if all(v.outcome == "pass" or v.rule == "cells" for v in result.verdicts):
        yield f"pass {', '.join(name for name in result.rules if name != 'cells')}"


def _problem(text: str) -> str:
    """A problem on one line: message, what the marker marks, and the hint."""
    lines = [line for line in text.split("\n") if line.strip()]
    message = lines[0].split(": ", 1)[1] if lines[0].startswith("case:") else lines[0]
    if len(lines) >= 3 and set(lines[2].strip()) == {"^"}:
        return " ".join(["refused:", message, *(f"[{line}]" for line in lines[3:])])
    return " ".join(["refused:", message, *(f"[{line}]" for line in lines[1:])])


def rewrite(file: Path) -> None:
    """Writes what comes out of each case into its file."""
    preamble, *parts = re.split(r"^## ", file.read_text("utf-8"), flags=re.M)
    text = preamble
    for part, case in zip(parts, cases(file), strict=True):
        kept = [line for line in part.rstrip().split("\n") if not line.startswith("-> ")]
        while not kept[-1].strip():
            kept.pop()
        text += "## " + "\n".join([*kept, *(f"-> {line}" for line in outcome(case))]) + "\n\n"
    file.write_text(text.rstrip() + "\n", "utf-8")
