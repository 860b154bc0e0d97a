"""Which reports of a frame do not surely pass, with the columns of the report before; one query of the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any

from gouji.evaluation.columns import Expr
from gouji.frames.groups import AGENCY, BEFORE, HAS, YEAR, Group
from gouji.frames.reading import PLACE
from gouji.messages import say
from gouji.sources import Problem, ReportError

_KEYS = [AGENCY, YEAR]


def suspects(
    nw: Any, frame: Any, group: Group, years: Mapping[object, int], kept: Callable[[Any], Any] = lambda rows: rows
) -> Any:
    """The reports of a group that do not surely pass; `kept` is done with the few left by eager engines."""
    rows = frame if len(group.years) == len(years) else frame.filter(nw.col("year").is_in(list(group.years)))
    if group.earlier is None:
        return kept(rows if group.rowwise else rows.filter(~group.likely(nw).clean()))
    before = _before(nw, frame, group, years)
    every = list(dict.fromkeys(group.names(group.earlier, frame.collect_schema())))
    needed = [name for name in group.needed if name]

    def joined(rows: Any, before: Any, names: Sequence[str], *more: Expr) -> Any:
        columns = [nw.col(name).alias(BEFORE + name) for name in names]
        return rows.join(before.select(*_KEYS, *columns, *more), on=_KEYS, how="left")

    only = before.filter(~nw.col(AGENCY).is_null()).select(*_KEYS, *needed).unique(subset=_KEYS, keep="none")
    rows = joined(rows.with_columns(*_keys(nw, group, years, 0)), only, needed, nw.lit(True).alias(HAS))
    if not group.rowwise:
        rows = rows.filter(~group.likely(nw).clean())
    # The other columns join the few rows that are left; a key that several reports have is none by now.
    rows = kept(rows).with_columns(nw.when(nw.col(HAS)).then(nw.col(AGENCY)).alias(AGENCY))
    return joined(rows, before, [name for name in every if name not in needed])


def _before(nw: Any, frame: Any, group: Group, years: Mapping[object, int]) -> Any:
    """The reports of the years before, each under its agency and the year after."""
    following = {year - 1 for year in group.years.values()}
    raw = [given for given, year in years.items() if year in following]
    return frame.filter(nw.col("year").is_in(raw)).with_columns(*_keys(nw, group, years, 1))


def _keys(nw: Any, group: Group, years: Mapping[object, int], later: int) -> tuple[Expr, Expr]:
    """The agency, by the first of its names, null where it has none; and the number of the year."""
    name = nw.col("agency").cast(nw.String)
    agency = nw.when(name != "").then(name)
    for names in group.own.layout.form.agencies:
        agency = nw.when(name.is_in(list(names))).then(nw.lit(names[0])).otherwise(agency)
    year = nw.col("year")
    if any(type(given) is not int for given in years):
        chosen = (nw.when(year == given).then(nw.lit(number)) for given, number in years.items())
        year = reduce(lambda others, one: one.otherwise(others), chosen, nw.lit(None).cast(nw.Int64))
    return agency.alias(AGENCY), (year.cast(nw.Int64) + later).alias(YEAR)


def widened(nw: Any, frame: Any, heads: Sequence[str], values: Callable[[Any], dict[str, list[Any]]]) -> Any:
    """A long frame as one row for each report and a column for each cell."""
    twice = frame.group_by(*heads, *PLACE).agg(nw.col("value").len().alias("times")).filter(nw.col("times") > 1)
    found = values(twice.select(nw.col("times").len()))["times"][0]
    if found:
        raise ReportError([Problem(say("{number} cells stand more than once under one report", number=found))])
    known = values(frame.select(*PLACE).unique())
    places = sorted(zip(*(known[name] for name in PLACE), strict=True), key=str)
    cells = []
    for place in places:
        tests = [nw.col(name) == part for name, part in zip(PLACE, place, strict=True) if part is not None]
        here = reduce(lambda a, b: a & b, tests, nw.lit(True))
        key = "/".join(str(part) for part in place if part is not None)
        cells.append(nw.when(here).then(nw.col("value")).max().alias(key))
    return frame.group_by(*heads).agg(*cells)
