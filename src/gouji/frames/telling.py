"""The reports of a frame that do not surely pass -> a row for each check that does not: by columns, else by rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gouji.evaluation.columns import FAIL, Columns, Told, place
from gouji.findings.explain import sides
from gouji.findings.model import Result
from gouji.forms.form import Cell
from gouji.frames.groups import ODD, Group
from gouji.frames.reading import HEADS
from gouji.language.core import CELLS
from gouji.language.quotients import LIMIT

TOLD = ("rule", "at", "outcome", "severity", "left", "right", "difference")
COLUMNS = (*HEADS, *TOLD)
"""The columns of findings; those of TOLD are text, numbers exact decimal text."""
TIMES = "times"
"""How often a line is meant: once, but for what does not apply, which is only counted."""
_SLICE = 100_000
_ROW, IDLE = "gouji/row", "not_applicable"


def tell(batch: Any, group: Group) -> Any:
    """The findings of a polars DataFrame of reports, in its order, and TIMES."""
    import polars as pl

    columns = group.exactly(pl)
    parts = [_slice(part, group, columns) for part in batch.iter_slices(_SLICE)]
    return pl.concat(parts) if parts else _slice(batch, group, columns)


def _slice(batch: Any, group: Group, columns: Columns) -> Any:
    import polars as pl

    rows = batch.with_row_index(_ROW)
    types = {_ROW: pl.UInt32, **dict.fromkeys(TOLD, pl.String), TIMES: pl.Int64}
    told = pl.DataFrame(schema=types)
    if not (group.rowwise or group.whole) and batch.height:
        values = batch.select(group.settled(pl)).with_row_index(_ROW)
        asked = _asked(values, columns)
        values = values.filter(~asked) if asked.any() else values
        told = _by_columns(values, columns).with_columns(pl.lit(1, pl.Int64).alias(TIMES))
        if group.counting:
            told = pl.concat([told, _inapplicable(values, columns, types)])
        rows = rows.filter(asked)
    found = [(row[_ROW], *line, 1) for row, line in by_rows(rows.iter_rows(named=True), group)]
    if found:
        told = pl.concat([told, pl.DataFrame(found, types, orient="row")]).sort(_ROW, maintain_order=True)
    return _headed(batch, told)


def _inapplicable(values: Any, columns: Columns, types: Mapping[str, Any]) -> Any:
    """How many checks of each rule do not apply to the reports that columns tell of, as lines under the first."""
    import polars as pl

    counts = columns.inapplicable()
    numbers = values.select(one.alias(name) for name, one in counts.items()).row(0) if counts else ()
    lines = [(0, name, None, IDLE, None, None, None, None, times) for name, times in zip(counts, numbers, strict=True)]
    return pl.DataFrame(lines, types, orient="row").filter(pl.col(TIMES) > 0)


def _asked(values: Any, columns: Columns) -> Any:
    """Which reports rows must decide: what is odd, beyond the numbers that columns add, or open there."""
    import polars as pl

    asks = columns.asks()
    tests = [pl.col(ODD), *([] if asks is None else [asks])]
    ends = ((column.name, column.min(), column.max()) for column in values if column.dtype == pl.Int64)
    tests += [~pl.col(name).is_between(-LIMIT, LIMIT) for name, low, high in ends if low is not None and (
        low < -LIMIT or high > LIMIT)]  # fmt: skip
    return values.select(pl.any_horizontal(tests).fill_null(False).alias(ODD))[ODD]


def _headed(batch: Any, told: Any) -> Any:
    """The findings behind the report, agency and year that they are about."""
    import polars as pl

    heads = batch.select("report", "agency" if "agency" in batch.columns else pl.lit(None, pl.String).alias("agency"),
                         "year")  # fmt: skip
    return pl.concat([heads[told[_ROW]], told.drop(_ROW)], how="horizontal")


def _by_columns(values: Any, columns: Columns) -> Any:
    """What columns tell of each cell and check that some report does not pass."""
    import polars as pl

    cells, rows = columns.plan.layout.cells, values.lazy()
    blank = {column.name for column in values if column.null_count()}
    checks = enumerate(columns.checks, len(cells))
    parts = pl.collect_all([part for number, one in checks for part in _told(rows, number, one, blank)])
    types = dict.fromkeys((_ROW, "check"), pl.UInt32) | {"outcome": pl.Int8} | dict.fromkeys(TOLD[4:], pl.Int64)
    found = pl.concat([pl.DataFrame(schema=types), *_cells(values, columns), *parts], how="diagonal")
    found = found.sort(_ROW, "check")
    lines = [(CELLS, _at(cell), "error") for cell in cells]
    lines += [(one.rule, one.at, one.severity) for one in columns.checks]
    words = pl.DataFrame(lines, dict.fromkeys(("rule", "at", "severity"), pl.String), orient="row")
    outcome = pl.when(pl.col("outcome") == FAIL).then(pl.lit("fail")).otherwise(pl.lit("undetermined"))
    told = pl.concat([found, words[found["check"]]], how="horizontal")
    return told.select(_ROW, "rule", "at", outcome.alias("outcome"), "severity", pl.col(*TOLD[4:]).cast(pl.String))


def _cells(values: Any, columns: Columns) -> Iterator[Any]:
    """The cells that some report has blank or outside of their domain."""
    import polars as pl

    rows, marks = [], []
    for at, cell in enumerate(columns.plan.layout.cells):
        column, outcome = values[f"v{at}"], columns.blank(cell)
        tests = [column.is_null()] if outcome and column.null_count() else []
        marks += [(at, outcome)] * len(tests)
        for end, beyond in ((cell.type.low, column.__lt__), (cell.type.high, column.__gt__)):
            if end is not None and (beside := beyond(end * cell.type.scale)).any():
                tests.append(beside)
                marks.append((at, FAIL))
        rows += [values[_ROW].filter(test) for test in tests]
    if rows:
        checks = pl.DataFrame(marks, {"check": pl.UInt32, "outcome": pl.Int8}, orient="row")
        times = pl.Series([len(found) for found in rows], dtype=pl.UInt32)
        yield checks.select(pl.concat(rows).alias(_ROW), pl.all().repeat_by(times).explode())


def _told(values: Any, number: int, one: Told, blank: set[str]) -> Iterator[Any]:
    """Where a check does not pass, with its sides as numbers: where it fails, and where something is missing."""
    import polars as pl

    def lines(rows: Any, outcome: Any) -> Any:
        sides = zip((one.left, one.right, one.left - one.right), TOLD[4:], strict=True)
        heads = [pl.col(_ROW), pl.lit(number, pl.UInt32).alias("check"), outcome.cast(pl.Int8).alias("outcome")]
        return rows.select(*heads, *(side.alias(name) for side, name in sides))

    yield lines(values.filter(~one.passes), pl.lit(FAIL))
    if blank.intersection(one.passes.meta.root_names()):
        found = lines(values.filter(one.passes.is_null()), one.outcome())
        yield found.filter(pl.col("outcome").is_not_null())


def by_rows(rows: Iterable[Mapping[str, Any]], group: Group) -> Iterator[tuple[Mapping[str, Any], tuple[Any, ...]]]:
    """What the row engine says of each report, as values of TOLD."""
    for row in rows:
        for line in lines(group.result(row), group.counting):
            yield row, line


def lines(result: Result, idle: bool = False) -> Iterator[tuple[str | None, ...]]:
    """Every check that does not pass, as values of TOLD; with `idle` those too that do not apply."""
    decided = result.evaluation
    for position, outcome in sorted(decided.cells.items()):
        cell = decided.plan.layout.cells[position]
        if idle or outcome != IDLE:
            yield CELLS, _at(cell), outcome, "error", None, None, None
    for number, outcome in sorted(decided.checks.items()):
        check = decided.plan.checks[number]
        if idle or outcome != IDLE:
            yield check.rule.name, place(check), outcome, check.rule.severity, *sides(decided, check)


def _at(cell: Cell) -> str:
    """Where a check of the built-in rule stands, in one text."""
    return " ".join(("/".join(cell.row), "/".join(cell.column)))
