"""The reports of a frame that do not surely pass -> a row for each check that does not: by columns, else by rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gouji.evaluation.columns import FAIL, Told, place
from gouji.findings.explain import sides
from gouji.findings.model import Result
from gouji.frames.groups import Group
from gouji.language.core import CELLS

TOLD = ("rule", "at", "outcome", "severity", "left", "right", "difference")
COLUMNS = ("report", "agency", "year", *TOLD)
"""The columns of findings; those of TOLD are text, numbers exact decimal text."""
_SLICE = 20_000
_ROW = "gouji/row"


def tell(batch: Any, group: Group) -> Any:
    """The findings of a polars DataFrame of reports, in its order."""
    import polars as pl

    parts = [_slice(part, group) for part in batch.iter_slices(_SLICE)]
    return pl.concat(parts) if parts else _slice(batch, group)


def _slice(batch: Any, group: Group) -> Any:
    import polars as pl

    told, rows = None, batch.with_row_index(_ROW)
    if not group.rowwise:
        values = batch.select(group.settled(pl))
        asks = group.exactly(pl).asks()
        asked = values.select((pl.col("odd") | asks if asks is not None else pl.col("odd")).alias("odd"))["odd"]
        told = _by_columns(values.with_row_index(_ROW).filter(~asked), group)
        rows = rows.filter(asked)
    found = by_rows(rows.iter_rows(named=True), group)
    types = {_ROW: pl.UInt32, **dict.fromkeys(TOLD, pl.String)}
    decided = pl.DataFrame([(row[_ROW], *line) for row, line in found], types, orient="row")
    return _headed(batch, decided if told is None else pl.concat([told, decided]).sort(_ROW, maintain_order=True))


def _headed(batch: Any, told: Any) -> Any:
    """The findings behind the report, agency and year that they are about."""
    import polars as pl

    heads = batch.select("report", "agency" if "agency" in batch.columns else pl.lit(None, pl.String).alias("agency"),
                         "year")  # fmt: skip
    return pl.concat([heads[told[_ROW]], told.drop(_ROW)], how="horizontal")


def _by_columns(values: Any, group: Group) -> Any:
    """What columns tell of each check that some report does not pass."""
    import polars as pl

    every = list(group.exactly(pl).told())
    codes = values.select([one.outcome.cast(pl.Int8).alias(str(n)) for n, one in enumerate(every)])
    hit = [n for n, passing in enumerate(codes.null_count().row(0)) if passing < values.height]
    parts = [_told(values.with_columns(codes[str(n)].alias("outcome")), n, every[n]) for n in hit]
    types = dict.fromkeys((_ROW, "check"), pl.UInt32) | {"outcome": pl.Int8} | dict.fromkeys(TOLD[4:], pl.Int64)
    found = pl.concat([pl.DataFrame(schema=types), *parts]).sort(_ROW, "check")
    lines = [(one.rule, one.at, one.severity) for one in every]
    words = pl.DataFrame(lines, dict.fromkeys(("rule", "at", "severity"), pl.String), orient="row")
    outcome = pl.when(pl.col("outcome") == FAIL).then(pl.lit("fail")).otherwise(pl.lit("undetermined"))
    numbers = [pl.col(name).cast(pl.String) for name in TOLD[4:]]
    told = pl.concat([found, words[found["check"]]], how="horizontal")
    return told.with_columns(outcome.alias("outcome"), *numbers).select(_ROW, *TOLD)


def _told(values: Any, number: int, one: Told) -> Any:
    """Where a check does not pass, with its sides as numbers."""
    import polars as pl

    left, right = (pl.lit(None, pl.Int64) if side is None else side for side in (one.left, one.right))
    numbers = [side.alias(name) for side, name in zip((left, right, left - right), TOLD[4:], strict=True)]
    heads = [pl.col(_ROW), pl.lit(number, pl.UInt32).alias("check"), pl.col("outcome")]
    return values.filter(pl.col("outcome").is_not_null()).select(*heads, *numbers)


def by_rows(rows: Iterable[Mapping[str, Any]], group: Group) -> Iterator[tuple[Mapping[str, Any], tuple[Any, ...]]]:
    """What the row engine says of each report, as values of TOLD."""
    for row in rows:
        for line in lines(group.result(row)):
            yield row, line


def lines(result: Result) -> Iterator[tuple[str | None, ...]]:
    """Every check that does not pass, as values of TOLD."""
    decided = result.evaluation
    for position, outcome in sorted(decided.cells.items()):
        cell = decided.plan.layout.cells[position]
        if outcome != "not_applicable":
            yield CELLS, " ".join(("/".join(cell.row), "/".join(cell.column))), outcome, "error", None, None, None
    for number, outcome in sorted(decided.checks.items()):
        check = decided.plan.checks[number]
        if outcome != "not_applicable":
            yield check.rule.name, place(check), outcome, check.rule.severity, *sides(decided, check)
