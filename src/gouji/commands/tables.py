"""A table of reports in a parquet file, share by share: the bodies of a share stand in it with all their years."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from gouji.book import Book
from gouji.findings.spreadsheet import delimited
from gouji.messages import say
from gouji.sources import Problem, ReportError

ROWS = 100_000
"""About so many reports make a share."""
_NONE = {"pass": None, "fail": 0, "undetermined": 0, "error": 0}
"""Columns tell what does not pass; how many pass or do not apply they do not count."""


def shares(path: str) -> int:
    """In how many shares a table is checked; one where it cannot be read, which is then told."""
    try:
        import polars as pl

        rows = int(pl.scan_parquet(path).select(pl.len()).collect().item())
    except Exception:  # of whatever kind polars or the file system raises
        return 1
    return max(1, -(-rows // ROWS))


def check_share(
    path: str, share: int, of: int, books: Sequence[Book], blank: str | None, style: str
) -> tuple[dict[str, Any], bytes]:
    """What is counted of a share, and its findings in one of the formats."""
    try:
        import polars as pl
    except ModuleNotFoundError:
        command = "pip install 'gouji[frames]'"
        return _unusable(path, say("data frames need {library}: {command}", library="polars", command=command))
    try:
        frame = pl.scan_parquet(path)
        names = frame.collect_schema().names()
        if of > 1:
            body = pl.col("agency" if "agency" in names else "report").cast(pl.String).fill_null("")
            frame = frame.filter(body.hash(0) % of == share)
        found = _checked(books, frame, blank).collect()
        reports = int(frame.select(pl.len()).collect().item())
    except ReportError as error:
        return _unusable(path, "\n".join(map(str, error.problems)))
    except (OSError, pl.exceptions.PolarsError) as error:
        return _unusable(path, say("the table cannot be read: {reason}", reason=str(error).splitlines()[0]))
    return {"reports": reports, "statuses": _statuses(found, reports), "rules": _rules(found)}, _written(found, style)


def _unusable(path: str, message: str) -> tuple[dict[str, Any], bytes]:
    return {"problems": [str(Problem(message, place=path))]}, b""


def _checked(books: Sequence[Book], frame: Any, blank: str | None) -> Any:
    """The findings by the first book that can use the table; the problems of the first when none can."""
    first: ReportError | None = None
    for book in books:
        try:
            return book.check_frame(frame, blank=blank)
        except ReportError as error:
            first = first or error
    assert first is not None
    raise first


def _statuses(found: Any, reports: int) -> dict[str, int]:
    """How many reports come out how, by the rules of severity error."""
    grave = found.filter(found["severity"] == "error")
    failed = set(grave.filter(grave["outcome"].is_in(["fail", "error"]))["report"])
    open_ = set(grave["report"]) - failed
    return {"fail": len(failed), "undetermined": len(open_), "pass": reports - len(failed) - len(open_)}


def _rules(found: Any) -> dict[str, dict[str, Any]]:
    rules: dict[str, dict[str, Any]] = {}
    for rule, severity, outcome, n in found.group_by("rule", "severity", "outcome").len().sort("rule").rows():
        rules.setdefault(rule, {"severity": severity, **_NONE})[outcome] += n
    return rules


def _written(found: Any, style: str) -> bytes:
    if style == "parquet":
        from io import BytesIO

        made = BytesIO()
        found.write_parquet(made)
        return made.getvalue()
    if style == "jsonl":
        lines = (json.dumps(row, ensure_ascii=False, default=str) for row in found.rows(named=True))
        return "".join(f"{line}\n" for line in lines).encode()
    texts = (["" if value is None else str(value) for value in row] for row in found.rows())
    return f"\ufeff{delimited(found.columns, texts)}\n".encode()
