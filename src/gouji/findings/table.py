"""Findings as a table, one row each: values between commas, and data frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args

from gouji.findings.spreadsheet import delimited
from gouji.messages import say

if TYPE_CHECKING:
    from gouji.findings.explain import Evidence, Finding
    from gouji.forms.report import Report

COLUMNS = (
    "source", "agency", "year", "form", "edition", "rule", "outcome", "severity", "table", "at", "left", "right",
    "difference", "holds_if", "message", "sentence", "formula", "cells", "clause", "rule_at", "note",
)  # fmt: skip
"""The columns of a table of findings; all are text but `year`, and numbers are exact decimal text."""
Backend = Literal["polars", "pandas", "pyarrow"]
_BYTE_ORDER_MARK = "\ufeff"


class Told(Protocol):
    """What is told: a result, of which this module need not know more."""

    @property
    def report(self) -> Report: ...
    @property
    def findings(self) -> tuple[Finding, ...]: ...


def rows(results: Sequence[Told]) -> Iterator[dict[str, Any]]:
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


def to_csv(results: Sequence[Told]) -> str:
    """The findings as values between commas, with a mark by which Excel knows that they are UTF-8."""
    texts = (["" if value is None else str(value) for value in row.values()] for row in rows(results))
    return _BYTE_ORDER_MARK + delimited(COLUMNS, texts)


def to_frame(results: Sequence[Told], backend: Backend = "polars") -> Any:
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
