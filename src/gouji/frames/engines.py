"""A frame of any kind -> the findings as a frame of the same kind: the engine finds which reports are then told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from importlib import import_module
from typing import Any

from gouji.frames.arrow import schema_of, tell_arrow
from gouji.frames.counting import Counts
from gouji.frames.groups import PARTS, Editions, Group, groups
from gouji.frames.reading import BESIDE, is_long
from gouji.frames.suspects import Nest, suspects, suspects_by_place, widened
from gouji.frames.telling import COLUMNS, IDLE, TIMES, TOLD, tell
from gouji.messages import say
from gouji.sources import Problem, ReportError

_BATCH = 20_000
Suspects = Iterable[tuple[Group, Any]]
"""For each group its reports that do not surely pass."""


def check_frame(book: Editions, frame: Any, blank: str | None, counts: bool = False) -> Any:
    """The findings of all reports in a frame, and the counts of the rules where they are wanted.

    ModuleNotFoundError says what to install.
    """
    if blank not in (None, "unknown", "zero"):
        raise ValueError(say("blank is 'unknown' or 'zero', not {blank!r}", blank=blank))
    known = known_frame(frame)
    total = Counts() if counts else None
    told = _needed("narwhals").from_native(_ENGINES[_kind(known)](partial(_found, book, blank, total), known))
    if total is None:
        return told.drop(TIMES).to_native()
    found = told.filter(_needed("narwhals").col("outcome") != IDLE)
    return found.drop(TIMES).to_native(), total.finish(told)


def known_frame(frame: Any) -> Any:
    """The frame as narwhals knows it; ReportError for what is no frame."""
    nw = _needed("narwhals")
    try:
        known = nw.from_native(frame, pass_through=True)
    except nw.exceptions.DuplicateError as error:
        twice = say("columns of one name stand in the frame: {reason}", reason=str(error).partition("\n")[2])
        raise ReportError([Problem(twice)]) from None
    if _kind(known) not in _ENGINES:
        kind = f"{type(frame).__module__}.{type(frame).__qualname__}"
        message = say("a frame is one of polars, pandas, pyarrow, DuckDB or Spark, not {kind}", kind=kind)
        raise ReportError([Problem(message)])
    return known


def _kind(known: Any) -> str:
    nw = _needed("narwhals")
    return str(known.implementation.name) if isinstance(known, (nw.DataFrame, nw.LazyFrame)) else ""


def _needed(library: str) -> Any:
    """The library, or a sentence that says how to install it."""
    try:
        return import_module(library)
    except ModuleNotFoundError:
        wanted = "pip install 'gouji[frames]'" + (f" {library}" if library != "narwhals" else "")
        message = say("data frames need {library}: {command}", library=library, command=wanted)
        raise ModuleNotFoundError(message, name=library) from None


def _found(
    book: Editions,
    blank: str | None,
    total: Counts | None,
    nw: Any,
    frame: Any,
    values: Callable[[Any], dict[str, list[Any]]],
    nest: Nest,
    find: Callable[..., Any] = suspects,
) -> Iterator[tuple[Group, Any]]:
    """For each group its reports that do not surely pass, on an engine that `values` reads small frames of."""
    known = _needed("narwhals").from_native(frame, pass_through=True)
    schema = dict(known.collect_schema())
    lost = [name for name in ("report", "year") if name not in schema]
    if lost:
        raise ReportError([Problem(say("the frame has no column {names}", names=say(", ").join(lost)))])
    own = [name for name in schema if name.startswith("gouji/")]
    if own:
        raise ReportError([Problem(say("columns are called as those of gouji: {names}", names=say(", ").join(own)))])
    given = values(frame.select("year").unique())["year"]
    long = is_long(schema)
    if long:
        wide = widened(known.lazy(), [name for name in BESIDE if name in schema], values)
        wide = wide.collect() if isinstance(known, _needed("narwhals").DataFrame) else wide
        frame, schema = wide if known is frame else wide.to_native(), dict(wide.collect_schema())
    found, years = groups(book, schema, given, blank, nw, long, total is not None)
    for group in found:
        if total is not None:
            total.expect(nw, frame, group, years, values)
        yield group, find(nw, frame, group, years, nest)


def _polars(found: Callable[..., Suspects], known: Any) -> Any:
    """Eager frames are told at once, lazy ones when they are collected."""
    import polars as pl

    frame = known.to_native()
    heads = frame.collect_schema()
    types = pl.Schema({name: heads.get(name, pl.String()) for name in COLUMNS[:3]} | dict.fromkeys(TOLD, pl.String())
                      | {TIMES: pl.Int64()})  # fmt: skip

    def values(small: Any) -> dict[str, list[Any]]:
        return dict(small.lazy().collect().to_dict(as_series=False))

    def nest(rows: Any, keys: list[str]) -> Any:
        return rows.group_by(keys).agg(pl.struct(pl.exclude(keys)).alias(PARTS))

    if isinstance(frame, pl.DataFrame):
        parts = found(pl, frame, values, nest, suspects_by_place)
        return pl.concat([pl.DataFrame(schema=types), *(tell(part, group) for group, part in parts)])

    # Polars would look through the statistics of a file for a condition of hundreds of cells, which takes seconds.
    lazy = frame.map_batches(_same, predicate_pushdown=False, streamable=True)
    told = [part.map_batches(partial(tell, group=group), schema=types) for group, part in found(pl, lazy, values, nest)]
    return pl.concat([pl.LazyFrame(schema=types), *told])


def _same(frame: Any) -> Any:
    return frame


def _arrow(found: Callable[..., Suspects], known: Any) -> Any:
    pl, nw = _needed("polars"), _needed("narwhals")
    told = _polars(found, nw.from_native(pl.from_arrow(known.to_native())))
    return told.to_arrow(compat_level=pl.CompatLevel.oldest())


def _pandas(found: Callable[..., Suspects], known: Any) -> Any:
    """Through polars; a column of objects of several types is read as text."""
    pl, nw = _needed("polars"), _needed("narwhals")
    frame = known.to_native()
    columns = {str(name): _series(pl, frame[name]) for name in frame.columns}
    return _polars(found, nw.from_native(pl.DataFrame(columns))).to_pandas()


def _series(pl: Any, column: Any) -> Any:
    try:
        return pl.from_pandas(column)
    except Exception:  # whatever the objects in it are, each is read by its text
        texts = [None if blank else str(item) for item, blank in zip(column, column.isna(), strict=True)]
        return pl.Series(texts, dtype=pl.String)


def _duckdb(found: Callable[..., Suspects], known: Any) -> Any:
    """Only the reports that do not surely pass leave the engine; what they tell goes back on its own connection."""
    import pyarrow as pa

    nw, relation = _needed("narwhals"), known.to_native()

    def values(small: Any) -> dict[str, list[Any]]:
        return dict(small.to_native().to_arrow_table().to_pydict())

    def nest(rows: Any, keys: list[str]) -> Any:
        quoted = {name: '"' + name.replace('"', '""') + '"' for name in rows.collect_schema()}
        fields = ", ".join(f"{name} := {name}" for one, name in quoted.items() if one not in keys)
        by = ", ".join(quoted[key] for key in keys)
        return nw.from_native(rows.to_native().aggregate(f'{by}, list(struct_pack({fields})) AS "{PARTS}"', by))

    parts = list(found(nw, known, values, nest))
    tables = [pa.Table.from_batches([], schema_of(relation.limit(0).to_arrow_table().schema))]
    for group, part in parts:
        reports: Any = part.to_native()
        read = reports.to_arrow_reader if hasattr(reports, "to_arrow_reader") else reports.fetch_arrow_reader
        tables += [tell_arrow(batch, group) for batch in read(_BATCH)]
    gouji_told = pa.concat_tables(tables).combine_chunks()
    assert gouji_told is not None  # duckdb finds it by its name
    return relation.query("gouji_reports", "SELECT * FROM gouji_told")


def _spark(found: Callable[..., Suspects], known: Any) -> Any:
    """The workers tell the reports that do not surely pass; none of them comes to the driver."""
    nw, frame = _needed("narwhals"), known.to_native()

    def values(small: Any) -> dict[str, list[Any]]:
        rows = small.to_native().collect()
        return {name: [row[name] for row in rows] for name in small.collect_schema()}

    def nest(rows: Any, keys: list[str]) -> Any:
        from pyspark.sql import functions

        fields = functions.struct(*(f"`{name}`" for name in rows.collect_schema() if name not in keys))
        listed = functions.collect_list(fields).alias(PARTS)
        return nw.from_native(rows.to_native().groupBy(*keys).agg(listed))

    parts = list(found(nw, known, values, nest))
    types = {name: f"`{name}` {frame.schema[name].dataType.simpleString()}" for name in frame.columns}
    ddl = ", ".join([*(types.get(name, f"`{name}` string") for name in COLUMNS), f"`{TIMES}` bigint"])
    told = [part.to_native().mapInArrow(partial(_told_on_worker, group=group), ddl) for group, part in parts]
    if not told:
        return frame.limit(0).mapInArrow(_nothing, ddl)
    whole = told[0]
    for other in told[1:]:
        whole = whole.unionAll(other)
    return whole


def _nothing(batches: Iterable[Any]) -> Iterator[Any]:
    return iter(())


def _told_on_worker(batches: Iterable[Any], group: Group) -> Iterator[Any]:
    for batch in batches:
        yield from tell_arrow(batch, group).to_batches()


_ENGINES: Mapping[str, Callable[[Callable[..., Suspects], Any], Any]] = {
    "POLARS": _polars, "PYARROW": _arrow, "PANDAS": _pandas, "DUCKDB": _duckdb, "PYSPARK": _spark,
    "PYSPARK_CONNECT": _spark,
}  # fmt: skip
