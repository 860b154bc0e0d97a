"""One report of a frame, explained in full: columns find it, rows explain it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import evolve

from gouji.findings.model import Result
from gouji.forms.report import Report
from gouji.frames.engines import known_frame
from gouji.frames.groups import Editions, number, once_each
from gouji.frames.reading import BESIDE, PART, is_long
from gouji.frames.suspects import widened
from gouji.messages import say
from gouji.sources import Problem, ReportError


def explain(book: Editions, frame: Any, report: object, blank: str | None) -> Result:
    """The result of the report with this name; the one of the same agency and the year before, if one, beside it.

    Raises ReportError when there is no such report, or several.
    """
    known = known_frame(frame)
    rows = _rows(known, {"report": report})
    if len(rows) != 1:
        none = say("the frame holds no report {name}", name=report)
        several = say("{n} reports of the frame are called {name}", n=len(rows), name=report)
        raise ReportError([Problem(several if rows else none)])
    own = _bound(book, rows[0])
    earlier = _before(book, known, rows[0], own)
    parts = _parts(book, known, rows[0], own)
    return book.check(own, previous=earlier[0] if len(earlier) == 1 else None, parts=parts or None, blank=blank)


def _before(book: Editions, known: Any, row: Mapping[str, Any], own: Report) -> list[Report]:
    """The reports of the agency for the year before, under each of the names that the form knows."""
    rows = [one for name in _names(row.get("agency"), own) for one in _rows(known, {"agency": name})]
    return [_bound(book, one) for one in rows if number(book, one["year"]) == own.year - 1]


def _parts(book: Editions, known: Any, row: Mapping[str, Any], own: Report) -> list[Report]:
    """The reports of the year that are parts of this one."""
    if PART not in known.collect_schema():
        return []
    rows = [one for name in _names(row.get("agency"), own) for one in _rows(known, {PART: name})]
    here = (one for one in rows if number(book, one["year"]) == own.year)
    found = once_each((min(_names(one.get("agency"), own), default=None), one) for one in here)
    return [_bound(book, {**one, "agency": None}) for one in found]


def _names(agency: str | None, own: Report) -> list[str]:
    """All names of a body that the form knows, none where it has none."""
    if not agency:
        return []
    return sorted({agency}.union(*(names for names in own.form.agencies if agency in names)))


def _rows(known: Any, wanted: Mapping[str, object]) -> list[dict[str, Any]]:
    """The rows that hold these values, as they are printed; those of a long frame made wide."""
    import narwhals as nw

    for name, value in wanted.items():
        column = nw.col(name)
        known = known.filter(column.is_null() if value is None else column.cast(nw.String) == str(value))
    names = known.collect_schema().names()
    if is_long(names):
        known = widened(known.lazy(), [name for name in BESIDE if name in names], _values)
    if isinstance(known, nw.LazyFrame):
        known = known.collect()
    return list(known.rows(named=True))


def _values(small: Any) -> dict[str, list[Any]]:
    return dict(small.collect().to_dict(as_series=False))


def _bound(book: Editions, row: Mapping[str, Any]) -> Report:
    """The report in a row; columns that lead to no cell are other things that the frame holds."""
    cells = {name: value for name, value in row.items() if name not in BESIDE}
    whole = {"tables": cells, "agency": str(row.get("agency") or "")}
    return evolve(book.bind(whole, year=number(book, row["year"])), unplaced=(), source=str(row["report"]))
