"""Tables of many reports whose figures add up, but for the shares of them that a scenario makes wrong or blank."""

from __future__ import annotations

import polars as pl
from attrs import frozen

from .references import DISPUTES, GROUP, KINDS, OUTCOMES

WHO = ("自然人", *(f"法人或其他组织/{name}" for name in GROUP))
PUBLISHED = ("规章", "规范性文件")
CASES = ["办理结果/" + "/".join(path) for path in OUTCOMES]
ROWS = ["新收", "上年结转", *CASES, "办理结果/总计", "结转下年"]
AMOUNT = "主动公开/行政事业性收费/收费金额"
HEADS = ("report", "agency", "year")


@frozen
class Scenario:
    """What stands in a table: shares of reports with a wrong and with a blank cell, years, and types of columns."""

    name: str
    wrong: float = 0
    blank: float = 0
    years: int = 1
    amount: pl.DataType | None = None
    """The type of the amounts, which then have six places."""
    printed: bool = False


def sums() -> list[tuple[str, str, str, list[str]]]:
    """The rule, the place and the key of each total, with its parts, in an order in which they can be filled in."""
    found = [("办理合计", who, f"申请/办理结果/总计/{who}", [f"申请/{case}/{who}" for case in CASES]) for who in WHO]
    found += [("申请人合计", row, f"申请/{row}/总计", [f"申请/{row}/{who}" for who in WHO]) for row in ROWS]
    found += [("办理合计", "总计", "申请/办理结果/总计/总计", [f"申请/{case}/总计" for case in CASES])]
    for row in map("/".join, DISPUTES):
        found.append(("复议诉讼合计", row, f"复议诉讼/{row}/总计", [f"复议诉讼/{row}/{kind}" for kind in KINDS]))
    return found


def table(keys: list[str], number: int, scenario: Scenario) -> pl.DataFrame:
    """So many reports of a scenario."""
    at = pl.int_range(number)
    agencies = number // scenario.years
    heads = {"report": at, "agency": pl.format("机关{}", at % agencies), "year": 2023 + at // agencies}
    cells = {key: (at.hash(place) % 40).cast(pl.Int64) for place, key in enumerate(keys)}
    # What is carried over and what is in force stay the same, so that a year fits to the one before.
    cells |= {f"申请/{row}/{who}": pl.lit(5, pl.Int64) for row in ("上年结转", "结转下年") for who in WHO}
    cells |= {f"主动公开/{kind}/现行有效": pl.lit(100, pl.Int64) for kind in PUBLISHED}
    cells |= {f"主动公开/{kind}/废止": cells[f"主动公开/{kind}/制发"] for kind in PUBLISHED}
    frame: pl.DataFrame = pl.select(value.alias(name) for name, value in (heads | cells).items())
    for _, where, total, parts in sums():
        whole = pl.sum_horizontal(parts)
        new = [whole.alias(f"申请/新收/{where}")] if where in WHO else []
        frame = frame.with_columns(whole.alias(total), *new)
    return frame.with_columns(*_hits(number, scenario), *_types(keys, scenario))


def _hits(number: int, scenario: Scenario) -> list[pl.Expr]:
    """One cell of each of the reports that are hit, now here, now there, larger by far or blank."""
    keys = sorted({key for _, _, total, parts in sums() for key in (total, *parts)})
    at, share = pl.int_range(number), scenario.wrong or scenario.blank
    if not share:
        return []
    hit, place = at.hash(1_001) % 10_000 < share * 10_000, at.hash(1_002) % len(keys)
    value = pl.lit(None) if scenario.blank else pl.lit(1_000)
    return [pl.when(hit & (place == n)).then(pl.col(key) + value).otherwise(pl.col(key)).alias(key)
            for n, key in enumerate(keys)]  # fmt: skip


def _types(keys: list[str], scenario: Scenario) -> list[pl.Expr]:
    if scenario.printed:
        return [pl.col(key).cast(pl.String) for key in keys]
    if scenario.amount is None:
        return []
    small = pl.int_range(pl.len()).hash(1_003) % 100_000_000 / 1_000_000
    return [small.cast(pl.Decimal(18, 6)).cast(scenario.amount).alias(AMOUNT)]
