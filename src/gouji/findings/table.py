"""Findings as a table, one row each: values between commas, and data frames."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal, get_args

from gouji.findings.rendered import Rendered
from gouji.findings.spreadsheet import delimited
from gouji.messages import say

if TYPE_CHECKING:
    from gouji.findings.explain import Evidence, Finding

COLUMNS = (
    "source", "agency", "year", "form", "edition", "rule", "outcome", "severity", "table", "at", "left", "right",
    "difference", "holds_if", "message", "sentence", "formula", "cells", "clause", "rule_at", "note",
)  # fmt: skip
"""The columns of a table of findings; all are text but `year`, and numbers are exact decimal text."""
Backend = Literal["polars", "pandas", "pyarrow"]
_BYTE_ORDER_MARK = "\ufeff"


def rows(results: Sequence[Rendered]) -> Iterator[dict[str, Any]]:
    """A row for each finding under COLUMNS; None where a finding has no such value."""
    for result in results:
        report, form = result.report, result.report.form
        head = (report.source, report.agency, report.year, form.id, form.edition)
        for finding in result.findings:
            yield dict(zip(COLUMNS, (*head, *_values(finding)), strict=True))


def _values(finding: Finding) -> tuple[str | None, ...]:
    at = "; ".join(f"{variable}={value}" for variable, value in finding.at.items())
    return (
        finding.rule, finding.outcome, finding.severity, finding.table, at, finding.left, finding.right,
        finding.difference, finding.holds_if, finding.message, finding.sentence, finding.formula,
        "\n".join(map(_cell, finding.cells)), finding.clause, finding.rule_at, finding.note,
    )  # fmt: skip


def _cell(cell: Evidence) -> str:
    """A cell on one line: its key, what is printed there, and its place."""
    printed = " ".join(cell.printed.split())
    return f"{cell.cell} = {printed}" + (f" ({cell.place})" if cell.place else "")


def to_csv(results: Sequence[Rendered]) -> str:
    """The findings as values between commas, with a mark by which Excel knows that they are UTF-8."""
    return as_csv(COLUMNS, rows(results))


def as_csv(columns: Sequence[str], found: Iterable[Mapping[str, Any]]) -> str:
    """Rows of a table, as `to_csv`."""
    texts = (["" if row[name] is None else str(row[name]) for name in columns] for row in found)
    return _BYTE_ORDER_MARK + delimited(columns, texts)


def to_bytes(frame: Any, style: str) -> bytes:
    """A polars DataFrame of findings as a file: `csv`, `jsonl`, a line of JSON each, or `parquet`."""
    if style == "parquet":
        made = BytesIO()
        frame.write_parquet(made)
        return made.getvalue()
    found = frame.iter_rows(named=True)
    if style == "csv":
        return f"{as_csv(frame.columns, found)}\n".encode(errors="backslashreplace")
    lines = (f"{json.dumps(row, ensure_ascii=False, default=str)}\n" for row in found)
    return "".join(lines).encode(errors="backslashreplace")


def to_frame(results: Sequence[Rendered], backend: Backend = "polars") -> Any:
    """The findings as a data frame of polars, pandas or pyarrow; ValueError for another.

    ModuleNotFoundError says what to install where a library is missing.
    """
    if backend not in get_args(Backend):
        raise ValueError(
            say("backend is one of {names}, not {given}", names=", ".join(get_args(Backend)), given=repr(backend))
        )
    try:
        import narwhals as nw

        __import__(backend)
    except ModuleNotFoundError as error:
        wanted = "pip install 'gouji[frames]'" + (f" {error.name}" if error.name != "narwhals" else "")
        message = say("data frames need {library}: {command}", library=error.name, command=wanted)
        raise ModuleNotFoundError(message, name=error.name) from None
    found = list(rows(results))
    types = {name: nw.Int64() if name == "year" else nw.String() for name in COLUMNS}
    return nw.from_dict({name: [row[name] for row in found] for name in COLUMNS}, types, backend=backend).to_native()
