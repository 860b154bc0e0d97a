"""What checking many reports costs, as ratios to hand-written expressions of the same engine and to reading once.

`PYTHONPATH=tests python -m tests.benchmarks.frames [REPORTS]`
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import polars as pl

import gouji

from .references import GROUP, OUTCOMES

ROUNDS = 5
Work = Callable[[], object]
WHO = ("自然人", *(f"法人或其他组织/{name}" for name in GROUP))


def reports(book: gouji.Book, number: int, wrong: float, blank: float, years: int = 0) -> pl.DataFrame:
    """Reports whose figures add up, but for a share with one wrong cell and a share with one blank cell."""
    seed = random.Random(7)
    keys = book.columns(2021)
    frame = pl.DataFrame({key: pl.Series(seed.choices(range(40), k=number), dtype=pl.Int64) for key in keys})
    # What is carried over stays the same, so that a year fits to the one before.
    for row in ("上年结转", "结转下年"):
        frame = frame.with_columns(pl.lit(5, pl.Int64).alias(f"申请/{row}/{who}") for who in WHO)
    for kind in ("规章", "规范性文件"):
        same = pl.col(f"主动公开/{kind}/制发").alias(f"主动公开/{kind}/废止")
        frame = frame.with_columns(same, pl.lit(100, pl.Int64).alias(f"主动公开/{kind}/现行有效"))
    for total, parts in sums()[: len(WHO)]:
        new = total.replace("办理结果/总计", "新收")
        frame = frame.with_columns(pl.sum_horizontal(parts).alias(total), pl.sum_horizontal(parts).alias(new))
    for total, parts in sums()[len(WHO) :]:
        frame = frame.with_columns(pl.sum_horizontal(parts).alias(total))
    for share, value in ((wrong, 999), (blank, None)):
        key = seed.choice(keys)
        hit = pl.Series([seed.random() < share for _ in range(number)])
        frame = frame.with_columns(pl.when(hit).then(pl.lit(value, pl.Int64)).otherwise(pl.col(key)).alias(key))
    half = number // 2
    heads = {"report": range(number), "agency": [f"机关{n % half if years else n}" for n in range(number)],
             "year": [2023 + (n >= half if years else 0) for n in range(number)]}  # fmt: skip
    return pl.concat([pl.DataFrame(heads), frame], how="horizontal")


def sums() -> list[tuple[str, list[str]]]:
    """The totals of the tables with their parts, in an order in which they can be filled in."""
    rows = ["新收", "上年结转", *("办理结果/" + "/".join(path) for path in OUTCOMES), "办理结果/总计", "结转下年"]
    cases = ["办理结果/" + "/".join(path) for path in OUTCOMES]
    found = [(f"申请/办理结果/总计/{who}", [f"申请/{case}/{who}" for case in cases]) for who in WHO]
    found += [(f"申请/{row}/总计", [f"申请/{row}/{who}" for who in WHO]) for row in rows]
    found += [("申请/办理结果/总计/总计", [f"申请/{case}/总计" for case in cases])]
    for row in ("行政复议", "行政诉讼/未经复议直接起诉", "行政诉讼/复议后起诉"):
        found.append(
            (
                f"复议诉讼/{row}/总计",
                [f"复议诉讼/{row}/{name}" for name in ("结果维持", "结果纠正", "其他结果", "尚未审结")],
            )
        )
    return found


def identities() -> list[tuple[str, list[str], list[str]]]:
    """Every identity and bound within a report: its name, the left side and the right side."""
    found = [(total, [total], parts) for total, parts in sums()]
    for who in (*WHO, "总计"):
        found.append(
            (
                f"收支/{who}",
                [f"申请/新收/{who}", f"申请/上年结转/{who}"],
                [f"申请/办理结果/总计/{who}", f"申请/结转下年/{who}"],
            )
        )
    return found


def by_hand(frame: pl.LazyFrame, keys: list[str]) -> pl.LazyFrame:
    """What a programmer writes: each identity and domain filtered with both sides, all put together."""
    parts = []
    for name, left, right in identities():
        one, other = pl.sum_horizontal(left), pl.sum_horizontal(right)
        one, other = sum(map(pl.col, left[1:]), pl.col(left[0])), sum(map(pl.col, right[1:]), pl.col(right[0]))
        wrong = frame.filter(one != other)
        parts.append(wrong.select("report", pl.lit(name).alias("rule"), one.alias("left"), other.alias("right")))
    negative = pl.any_horizontal([(pl.col(key) < 0) | pl.col(key).is_null() for key in keys])
    nothing = [pl.lit(None, pl.Int64).alias(side) for side in ("left", "right")]
    parts.append(frame.filter(negative).select("report", pl.lit("cells").alias("rule"), *nothing))
    return pl.concat(parts)


def by_hand_at_once(frame: pl.LazyFrame, keys: list[str]) -> pl.LazyFrame:
    """The same with one filter before, as one does who has measured."""
    holds = []
    for _, left, right in identities():
        one, other = sum(map(pl.col, left[1:]), pl.col(left[0])), sum(map(pl.col, right[1:]), pl.col(right[0]))
        holds.append(one == other)
    clean = pl.all_horizontal([*holds, *(pl.col(key) >= 0 for key in keys)]).fill_null(False)
    return by_hand(frame.filter(~clean), keys)


def sql(keys: list[str]) -> str:
    """The same in SQL, a SELECT for each identity."""
    parts = []
    for name, left, right in identities():
        one, other = ("+".join(f'"{key}"' for key in side) for side in (left, right))
        parts.append(f"SELECT report, '{name}' AS rule, {one} AS l, {other} AS r FROM reports WHERE {one} <> {other}")
    negative = " OR ".join(f'"{key}" < 0 OR "{key}" IS NULL' for key in keys)
    return " UNION ALL ".join([*parts, f"SELECT report, 'cells', NULL, NULL FROM reports WHERE {negative}"])


def seconds(work: Work) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


SHARES: dict[str, tuple[float, float, int]] = {
    "clean": (0.0, 0.0, 0), "1 % wrong": (0.01, 0.0, 0), "5 % blank": (0.0, 0.05, 0), "all wrong": (1.0, 0.0, 0),
    "two years": (0.0, 0.0, 1),
}  # fmt: skip


def works(book: gouji.Book, frame: pl.DataFrame, path: Path) -> dict[str, Work]:
    """What is measured; the first is the reading of the table."""
    keys = book.columns(2021)
    relation: Any = duckdb.read_parquet(str(path))

    def scanned() -> object:
        return book.check_frame(pl.scan_parquet(path)).collect()

    return {
        "read once": lambda: pl.read_parquet(path),
        "polars by hand": lambda: by_hand(frame.lazy(), keys).collect(),
        "polars by hand, streaming": lambda: by_hand(frame.lazy(), keys).collect(engine="streaming"),
        "polars by hand, one filter first": lambda: by_hand_at_once(frame.lazy(), keys).collect(),
        "ours, polars": lambda: book.check_frame(frame),
        "ours, polars, file scanned": scanned,
        "ours, duckdb, file scanned": lambda: book.check_frame(relation).to_arrow_table(),
        "duckdb by hand, file scanned": lambda: relation.query("reports", sql(keys)).to_arrow_table(),
    }


def lines(book: gouji.Book, number: int) -> Iterator[str]:
    """Each line: what, and its ratio to reading the table once."""
    for what, options in SHARES.items():
        frame = reports(book, number, *options)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "reports.parquet"
            frame.write_parquet(path)
            measured = works(book, frame, path)
            rounds = [{name: seconds(work) for name, work in measured.items()} for _ in range(ROUNDS)]
        for name in measured:
            ratio = median(one[name] / one["read once"] for one in rounds)
            yield f"{what:<12}{name:<36}{ratio:>8.2f} × reading"


def main() -> None:
    """Prints the table."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    for line in lines(gouji.load("cn-disclosure"), number):
        print(line, flush=True)


if __name__ == "__main__":
    main()
