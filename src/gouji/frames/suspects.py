"""Which reports of a frame do not surely pass, with the columns of the report before; one query of the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from typing import Any

from gouji.evaluation.column_trees import Expr
from gouji.frames.groups import AGENCY, BEFORE, BODY, HAS, PARTS, YEAR, Group, over_parts
from gouji.frames.reading import PART, PLACE
from gouji.language.quotients import LIMIT
from gouji.messages import say
from gouji.sources import Problem, ReportError

Nest = Callable[[Any, list[str]], Any]
"""Puts the rows under each key into one, as the list PARTS."""
_KEYS = [AGENCY, YEAR]
_ROW, _EARLIER, _UNSURE = "gouji/row", "gouji/earlier", "gouji/unsure"
_KEY, _CELL = "gouji/key", "gouji/cell"


def suspects(nw: Any, frame: Any, group: Group, years: Mapping[object, int], nest: Nest) -> Any:
    """The reports of a group that do not surely pass."""
    rows = reports(nw, frame, group, years)
    if not group.rowwise:
        rows = rows.filter(~group.over_read(nw).clean())
    # All columns join the few rows that are left.
    if group.whole:
        parts = _parts(nw, frame, group, years)
        rows = rows.join(nest(parts.join(rows.select(*_KEYS).unique(), on=_KEYS, how="semi"), _KEYS), on=_KEYS)
    if group.earlier is None:
        return rows
    # A key that several reports have is none by now.
    rows = rows.with_columns(nw.when(nw.col(HAS)).then(nw.col(AGENCY)).alias(AGENCY))
    names = dict.fromkeys(group.names(group.earlier, frame.collect_schema()))
    columns = [nw.col(name).alias(_before_name(name)) for name in names]
    whole = _before(nw, frame, group, years, columns)
    return rows.join(whole, on=_KEYS, how="left")


def reports(nw: Any, frame: Any, group: Group, years: Mapping[object, int]) -> Any:
    """The reports of a group, with steps that are read and with what is asked of the one before and of the parts."""
    rows = frame if len(group.years) == len(years) else frame.filter(_here(nw, group, years))
    parted = PART in frame.collect_schema()
    if parted or group.earlier:
        rows = rows.with_columns(*_keys(nw, group, years))
    if parted:
        parts = _parts(nw, frame, group, years)
        sums = summed(nw, parts, group) if group.whole else parts.select(*_KEYS).unique()
        rows = rows.join(sums, on=_KEYS, how="inner" if group.whole else "anti")
    if group.earlier:
        before = _before(nw, frame, group, years, group.linked(nw))
        only = before.unique(subset=_KEYS, keep="none")
        rows = rows.join(only.with_columns(nw.lit(True).alias(HAS)), on=_KEYS, how="left")
    read = [] if group.rowwise else group.read(nw)
    return rows.with_columns(*read) if read else rows


def suspects_by_place(pl: Any, frame: Any, group: Group, years: Mapping[object, int], nest: Nest) -> Any:
    """The same of a polars DataFrame: only the rows that are left are copied, and only narrow ones are joined."""
    if PART in frame.columns:
        return suspects(pl, frame.lazy(), group, years, nest).collect()
    columns, lazy = group.likely(pl), frame.lazy()
    sure = pl.repeat(False, pl.len()) if group.rowwise else columns.within()
    unsure = lazy.select((_here(pl, group, years) & ~sure).alias(_UNSURE)).collect()[_UNSURE].arg_true()
    if group.earlier is None:
        return frame[unsure]
    numbered = lazy.with_row_index(_ROW)
    before = _before(pl, numbered, group, years, [pl.col(_ROW).alias(_EARLIER), *group.linked(pl)])
    only = before.filter(pl.struct(_KEYS).is_unique())
    pairs = numbered.filter(_here(pl, group, years)).with_columns(*_keys(pl, group, years)).join(only, on=_KEYS)
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


def _before(nw: Any, frame: Any, group: Group, years: Mapping[object, int], columns: Sequence[Expr]) -> Any:
    """Columns of the reports of the years before, each under its agency and the year after."""
    following = {year - 1 for year in group.years.values()}
    raw = [given for given, year in years.items() if year in following]
    rows = frame.filter(nw.col("year").is_in(raw)).select(*_keys(nw, group, years, 1), *columns)
    return rows.filter(~nw.col(AGENCY).is_null())


def _parts(nw: Any, frame: Any, group: Group, years: Mapping[object, int]) -> Any:
    """The reports that are parts of others, each under the agency of the whole, with its own as BODY."""
    rows = frame if len(group.years) == len(years) else frame.filter(_here(nw, group, years))
    rows = rows.with_columns(_agency(nw, group, "agency").alias(BODY))
    return rows.with_columns(*_keys(nw, group, years, agency=PART)).filter(~nw.col(AGENCY).is_null())


def summed(nw: Any, parts: Any, group: Group) -> Any:
    """The cells summed over the parts of each report; null where some part is not plain, or a body stands twice."""
    columns = [over_parts(at) for at in group.summed]
    steps = [group.own.settled(nw, at) for at in group.summed]
    near = [
        nw.when(one.is_between(-LIMIT, LIMIT)).then(one).alias(name) for one, name in zip(steps, columns, strict=True)
    ]
    body = nw.when(nw.col(BODY).is_null()).then(nw.col("report").cast(nw.String)).otherwise(nw.col(BODY))
    known = [nw.col(name).count().alias(f"{name} known") for name in columns]
    found = (
        parts.select(*_KEYS, body.alias(BODY), *near)
        .group_by(*_KEYS)
        .agg(nw.len().alias(PARTS), nw.col(BODY).n_unique(), *(nw.col(name).sum() for name in columns), *known)
    )
    whole = nw.col(PARTS) == nw.col(BODY)
    return found.select(
        *_KEYS,
        *(
            nw.when(whole & (nw.col(f"{name} known") == nw.col(PARTS)) & nw.col(name).is_between(-LIMIT, LIMIT))
            .then(nw.col(name))
            .alias(name)
            for name in columns
        ),
    )


def _keys(
    nw: Any, group: Group, years: Mapping[object, int], later: int = 0, agency: str = "agency"
) -> tuple[Expr, Expr]:
    """The agency, and the number of the year."""
    year = nw.col("year")
    if any(type(given) is not int for given in years):
        chosen = (nw.when(year == given).then(nw.lit(number)) for given, number in years.items())
        year = reduce(lambda others, one: one.otherwise(others), chosen, nw.lit(None).cast(nw.Int64))
    return _agency(nw, group, agency).alias(AGENCY), (year.cast(nw.Int64) + later).alias(YEAR)


def _agency(nw: Any, group: Group, column: str) -> Expr:
    return body_of(nw, group.own.layout.form.agencies, column)


def body_of(nw: Any, agencies: Iterable[Sequence[str]], column: str) -> Expr:
    """A body by the first of its names, null where it has none."""
    name = nw.col(column).cast(nw.String)
    agency = nw.when(name != "").then(name)
    for names in agencies:
        agency = nw.when(name.is_in(list(names))).then(nw.lit(names[0])).otherwise(agency)
    return agency


def widened(frame: Any, heads: Sequence[str], values: Callable[[Any], dict[str, list[Any]]]) -> Any:
    """A long lazy frame as one row for each report and a column for each cell; narwhals knows both."""
    import narwhals as nw

    keyed = frame.select(*heads, "value", nw.concat_str(*PLACE, separator="/", ignore_nulls=True).alias(_KEY))
    # Each cell is asked of every row, and a number is asked faster than a text.
    cells = keyed.select(_KEY).unique().with_row_index(_CELL, order_by=_KEY)
    rows = keyed.join(cells, on=_KEY).drop(_KEY)
    twice = rows.group_by(*heads, _CELL).agg(nw.len().alias("times")).filter(nw.col("times") > 1)
    found = values(twice.select(nw.col("times").len()))["times"][0]
    if found:
        raise ReportError([Problem(say("{number} cells stand more than once under one report", number=found))])
    known = values(cells)
    columns = (
        nw.when(nw.col(_CELL) == number).then(nw.col("value")).max().alias(key)
        for key, number in zip(known[_KEY], known[_CELL], strict=True)
    )
    return rows.group_by(*heads).agg(*columns)
