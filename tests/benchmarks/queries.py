"""What a programmer would write by hand over a table of reports: the same checks and findings in each engine's terms.

Every identity, bound and domain is tested, across years too where there are two; a finding has the columns of ours,
but its numbers are not made text, and the cells of a report that are blank or negative are one finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from operator import add, and_
from typing import Any

import polars as pl
from attrs import frozen

from .tables import HEADS, PUBLISHED, ROWS, WHO, sums

BEFORE = "before/"
Column = Callable[[str], Any]


@frozen
class Check:
    """One check at one place: the sum of `left` is the sum of `right`, or at most that."""

    rule: str
    at: str
    left: Sequence[str]
    right: Sequence[str]
    bound: bool = False
    severity: str = "error"

    def sides(self, column: Column) -> tuple[Any, Any]:
        """Both sides in the terms of an engine."""
        left, right = (reduce(add, map(column, side)) for side in (self.left, self.right))
        return left, right

    def holds(self, column: Column) -> Any:
        """The comparison in the terms of an engine."""
        left, right = self.sides(column)
        return left <= right if self.bound else left == right


def within() -> list[Check]:
    """The checks that one report answers."""
    found = [Check(rule, at, [total], parts) for rule, at, total, parts in sums()]
    for who in (*WHO, "总计"):
        received = [f"申请/{row}/{who}" for row in ROWS[:2]]
        found.append(Check("收支平衡", who, received, [f"申请/{row}/{who}" for row in ROWS[-2:]]))
    for kind in PUBLISHED:
        made, ended, valid = published(kind)
        found.append(Check("制发不超", kind, [made], [valid, ended], bound=True))
    return found


def across() -> list[Check]:
    """The checks that ask the report of the year before, whose columns begin with BEFORE."""
    found = [
        Check("结转衔接", who, [f"申请/上年结转/{who}"], [f"{BEFORE}申请/结转下年/{who}"]) for who in (*WHO, "总计")
    ]
    for kind in PUBLISHED:
        made, ended, valid = published(kind)
        found.append(Check("存量衔接", kind, [valid, ended], [BEFORE + valid, made], severity="warning"))
        found.append(Check("废止不超", kind, [ended], [BEFORE + valid, made], bound=True))
    return found


def published(kind: str) -> list[str]:
    """What was made, what ended and what is in force."""
    return [f"主动公开/{kind}/{column}" for column in ("制发", "废止", "现行有效")]


def asked(checks: Sequence[Check]) -> tuple[list[str], list[str]]:
    """The columns of the report itself and those of the year before, without BEFORE."""
    keys = sorted({key for check in checks for key in (*check.left, *check.right)})
    earlier = [key.removeprefix(BEFORE) for key in keys if key.startswith(BEFORE)]
    return [key for key in keys if not key.startswith(BEFORE)], earlier


# polars


def polars(frame: pl.LazyFrame, keys: list[str], years: int, first: bool = False, **how: Any) -> pl.DataFrame:
    """A filter for each check, all put together; or these over the few reports that one filter `first` leaves."""
    sound = pl.all_horizontal(pl.col(key) >= 0 for key in keys)
    reports = frame
    if first:
        clean = pl.all_horizontal([sound, *(check.holds(pl.col) for check in within())])
        # One large condition is not worth the time that the optimizer takes for it.
        reports = frame.collect().filter(~clean.fill_null(False)).lazy()
    nothing = [pl.lit(None, pl.Int64).alias(side) for side in ("left", "right", "difference")]
    blank = pl.when(sound.is_null()).then(pl.lit("undetermined")).otherwise(pl.lit("fail"))
    cells = reports.filter(~sound.fill_null(False)).select(*HEADS, *_words("cells", None, blank, "error"), *nothing)
    found = [*_polars(reports, within()), cells]
    if years > 1:
        own, earlier = asked(across())
        before = frame.select("agency", pl.col("year") + 1, *(pl.col(key).alias(BEFORE + key) for key in earlier))
        found += _polars(frame.select(*HEADS, *own).join(before, on=["agency", "year"]), across())
    whole: pl.DataFrame = pl.concat(found).collect(**how)
    return whole


def _polars(frame: pl.LazyFrame, checks: Sequence[Check]) -> Iterator[pl.LazyFrame]:
    for check in checks:
        left, right = check.sides(pl.col)
        difference = left - right
        outcome = pl.when(difference.is_null()).then(pl.lit("undetermined")).otherwise(pl.lit("fail"))
        yield frame.filter(~check.holds(pl.col).fill_null(False)).select(
            *HEADS, *_words(check.rule, check.at, outcome, check.severity),
            left.alias("left"), right.alias("right"), difference.alias("difference"),
        )  # fmt: skip


def _words(rule: str, at: str | None, outcome: pl.Expr, severity: str) -> list[pl.Expr]:
    named = {"rule": pl.lit(rule), "at": pl.lit(at, pl.String), "outcome": outcome, "severity": pl.lit(severity)}
    return [expression.alias(name) for name, expression in named.items()]


# DuckDB


def sql(keys: list[str], years: int, first: bool = False) -> str:
    """A SELECT for each check, all put together; or over the few reports that one condition `first` leaves."""
    sound = " AND ".join(f'"{key}" >= 0' for key in keys)
    clean = " AND ".join([sound, *(_condition(check) for check in within())])
    few = f"few AS MATERIALIZED (SELECT * FROM reports WHERE ({clean}) IS NOT TRUE)"
    given, source = ([few], "few") if first else ([], "reports")
    selected = [_select(check, source) for check in within()]
    selected.append(
        f"SELECT {', '.join(HEADS)}, 'cells', NULL, CASE WHEN ({sound}) IS NULL THEN 'undetermined' ELSE 'fail' END, "
        f"'error', NULL, NULL, NULL FROM {source} WHERE ({sound}) IS NOT TRUE"
    )
    if years > 1:
        own, earlier = asked(across())
        columns = [f'now."{key}"' for key in (*HEADS, *own)] + [f'ago."{key}" AS "{BEFORE}{key}"' for key in earlier]
        joined = "reports AS now JOIN reports AS ago ON now.agency = ago.agency AND now.year = ago.year + 1"
        given.append(f"pairs AS (SELECT {', '.join(columns)} FROM {joined})")
        selected += [_select(check, "pairs") for check in across()]
    return (f"WITH {', '.join(given)} " if given else "") + " UNION ALL ".join(selected)


def _sides(check: Check) -> tuple[str, str]:
    left, right = (" + ".join(f'"{key}"' for key in side) for side in (check.left, check.right))
    return left, right


def _condition(check: Check) -> str:
    left, right = _sides(check)
    return f"{left} {'<=' if check.bound else '='} {right}"


def _select(check: Check, source: str) -> str:
    left, right = _sides(check)
    outcome = f"CASE WHEN {left} - ({right}) IS NULL THEN 'undetermined' ELSE 'fail' END AS outcome"
    sides = f"{left} AS l, {right} AS r, {left} - ({right}) AS difference"
    words = f"'{check.rule}' AS rule, '{check.at}' AS at, {outcome}, '{check.severity}' AS severity"
    return f"SELECT {', '.join(HEADS)}, {words}, {sides} FROM {source} WHERE ({_condition(check)}) IS NOT TRUE"


# Spark


def spark(frame: Any, keys: list[str], years: int, first: bool = False) -> Any:
    """An array of what each check tells, exploded; or these over the few reports that one filter `first` leaves."""
    from pyspark.sql import functions

    def column(key: str) -> Any:
        return functions.col(f"`{key}`")

    sound = reduce(and_, (column(key) >= 0 for key in keys))
    reports = frame
    if first:
        clean = reduce(and_, (check.holds(column) for check in within()), sound)
        reports = frame.filter(~functions.coalesce(clean, functions.lit(False)))
    cells = _struct(functions, "cells", None, "error", sound, [functions.lit(None).cast("bigint")] * 3)
    found = _spark(functions, reports, column, within(), [cells])
    if years > 1:
        own, earlier = asked(across())
        before = frame.select("agency", (column("year") + 1).alias("year"),
                              *(column(key).alias(BEFORE + key) for key in earlier))  # fmt: skip
        pairs = frame.select(*HEADS, *map(column, own)).join(before, on=["agency", "year"])
        found = found.unionAll(_spark(functions, pairs, column, across(), []))
    return found


def _spark(functions: Any, frame: Any, column: Column, checks: Sequence[Check], more: list[Any]) -> Any:
    """Each check as a struct where it does not hold, else nothing; the array of them exploded."""
    told = list(more)
    for check in checks:
        left, right = check.sides(column)
        sides = [left, right, left - right]
        told.append(_struct(functions, check.rule, check.at, check.severity, check.holds(column), sides))
    rows = frame.select(*HEADS, functions.explode(functions.array_compact(functions.array(*told))).alias("one"))
    return rows.select(*HEADS, "one.*")


def _struct(functions: Any, rule: str, at: str | None, severity: str, holds: Any, sides: list[Any]) -> Any:
    outcome = functions.when(holds.isNull(), "undetermined").otherwise("fail")
    words = {"rule": functions.lit(rule), "at": functions.lit(at).cast("string"), "outcome": outcome,
             "severity": functions.lit(severity)}  # fmt: skip
    named = words | dict(zip(("left", "right", "difference"), sides, strict=True))
    made = functions.struct(*(value.alias(name) for name, value in named.items()))
    return functions.when(~functions.coalesce(holds, functions.lit(False)), made)
