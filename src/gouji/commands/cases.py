"""The cases that stand beside rule files: reports, with what comes out of them."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from gouji.book import Book
from gouji.findings import text as words
from gouji.findings.model import Result
from gouji.forms.report import Report
from gouji.messages import later, say


def case_files(rules: tuple[str, ...]) -> list[Path]:
    """The files of cases named, and those below the folders named."""
    return [f for path in map(Path, rules) for f in (sorted(path.rglob("*.cases.toml")) if path.is_dir() else [path])]


def cases_in(file: Path) -> list[dict[str, Any]]:
    """The cases of a file."""
    found: list[dict[str, Any]] = tomllib.loads(file.read_text("utf-8"))["case"]
    return found


def run_case(book: Book, case: dict[str, Any], folder: Path) -> list[str]:
    """How the outcomes of a case differ from what it says; empty when they do not.

    A case names a report, the cells to `set`, its `narrative`, and in `fail`, `undetermined` and `error` exactly the
    checks that come out so, each as "rule where"; all others pass or do not apply.
    """
    result = result_of(book, case, folder)
    told = []
    for outcome in (later("fail"), later("undetermined"), later("error")):
        found = {f"{v.rule} {' '.join(v.at.values())}".strip() for v in result.verdicts if v.outcome == outcome}
        wanted = set(case.get(outcome, ()))
        word = say(outcome)
        told += [say("{outcome} not expected: {name}", outcome=word, name=name) for name in sorted(found - wanted)]
        told += [say("{outcome} expected: {name}", outcome=word, name=name) for name in sorted(wanted - found)]
    return told


def result_of(book: Book, case: dict[str, Any], folder: Path) -> Result:
    """What a case comes to."""
    report, previous = reports_of(book, case, folder)
    return book.check(report, previous=previous, blank=case.get("blank"))


def reports_of(book: Book, case: dict[str, Any], folder: Path) -> tuple[Report, Report | None]:
    """The report of a case, and the one of the year before where it names one."""

    def report(name: str, changes: dict[str, Any]) -> Report:
        data = json.loads((folder / name).read_text("utf-8"))
        bound = book.bind(data)
        row = dict(zip([c.key for c in bound.cells], bound.given, strict=True))
        made = book.bind({**data, "tables": row | changes, "narrative": case.get("narrative", {})})
        if made.unplaced:
            raise KeyError(made.unplaced[0])
        return made

    previous = report(case["previous"], case.get("set_previous", {})) if "previous" in case else None
    return report(case["report"], case.get("set", {})), previous


def failures(book: Book, folder: Path) -> dict[tuple[str, str], list[str]]:
    """For each edition and rule what the first case in which it fails tells."""
    found: dict[tuple[str, str], list[str]] = {}
    for file in sorted(folder.glob("*.cases.toml")):
        for case in cases_in(file):
            if not case.get("fail"):
                continue
            result = result_of(book, case, folder)
            for one in result.findings:
                if one.outcome == "fail":
                    found.setdefault((result.report.form.edition, one.rule), words.tell(result, [one]))
    return found
