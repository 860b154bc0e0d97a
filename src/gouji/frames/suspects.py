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
_ROW, _EARLIER, _UNSURE = "gouji/row", "gouji/earlier", "gouji/unsure"


def suspects(nw: Any, frame: Any, group: Group, years: Mapping[object, int]) -> Any:
    """The reports of a group that do not surely pass."""
    rows = frame if len(group.years) == len(years) else frame.filter(_here(nw, group, years))
    if group.earlier is None:
        return rows if group.rowwise else rows.filter(~group.likely(nw).clean())
    before = _before(nw, frame, group, years)
    only = before.filter(~nw.col(AGENCY).is_null()).select(*_KEYS, *group.linked(nw)).unique(subset=_KEYS, keep="none")
    rows = rows.with_columns(*_keys(nw, group, years, 0))
    rows = rows.join(only.with_columns(nw.lit(True).alias(HAS)), on=_KEYS, how="left")
    if not group.rowwise:
        rows = rows.filter(~group.likely(nw).clean())
    # All columns join the few rows that are left; a key that several reports have is none by now.
    rows = rows.with_columns(nw.when(nw.col(HAS)).then(nw.col(AGENCY)).alias(AGENCY))
    names = group.names(group.earlier, frame.collect_schema())
    whole = before.select(*_KEYS, *(nw.col(name).alias(_before_name(name)) for name in dict.fromkeys(names)))
    return rows.join(whole, on=_KEYS, how="left")


def suspects_by_place(pl: Any, frame: Any, group: Group, years: Mapping[object, int]) -> Any:
    """The same of a polars DataFrame: only the rows that are left are copied, and only narrow ones are joined."""
    columns, lazy = group.likely(pl), frame.lazy()
    sure = pl.repeat(False, pl.len()) if group.rowwise else columns.within()
    unsure = lazy.select((_here(pl, group, years) & ~sure).alias(_UNSURE)).collect()[_UNSURE].arg_true()
    if group.earlier is None:
        return frame[unsure]
    numbered = lazy.with_row_index(_ROW)
    before = _before(pl, numbered, group, years).filter(pl.col(AGENCY).is_not_null())
    only = before.select(*_KEYS, pl.col(_ROW).alias(_EARLIER), *group.linked(pl)).filter(pl.struct(_KEYS).is_unique())
    pairs = numbered.filter(_here(pl, group, years)).with_columns(*_keys(pl, group, years, 0)).join(only, on=_KEYS)
    test = (~columns.linked()).alias(_UNSURE)
    links = pairs.with_columns(pl.lit(True).alias(HAS)).select(_ROW, _EARLIER, test).collect()
    places = pl.concat([unsure, links.filter(_UNSURE)[_ROW]]).unique().sort()
    earlier = places.to_frame(_ROW).join(links, on=_ROW, how="left", maintain_order="left")[_EARLIER]
    whole = frame.select(pl.all().gather(earlier))
    has = earlier.is_not_null().alias(HAS)
    return pl.concat(
        [frame[places], whole.select(has, *group.linked(pl)), whole.rename(_before_name)], how="horizontal"
    )


def _here(nw: Any, group: Group, years: Mapping[object, int]) -> Expr:
    """Whether a report is of the years of a group."""
    return nw.lit(True) if len(group.years) == len(years) else nw.col("year").is_in(list(group.years))


def _before_name(name: str) -> str:
    return BEFORE + name


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
