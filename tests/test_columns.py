"""Rules that are more than sums, over frames: columns see the checks that hold, and only those."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gouji
from gouji.frames.groups import Group, groups
from test_frame_parts import bound, loaded
from test_frames import ENGINES, Row, added, in_lines, sort, told

HEAD = """\
form "f"
  edition 1
  years 2000..
  mark "/" skip
  mark "无" zero

table 表 "t"
  columns
    甲 count 件
    乙 count 件
    差 count 件 signed
    收 amount 件 2
    付 amount 件 1
    率 number 件 1
  rows
    一
    二
"""
AMOUNTS = """
  rule 同有 "s"
    every row
    (甲 = 0) same as (收 = 0)
  rule 多于 "s"
    every row
    if 甲 > 0 then 收 > 付
  rule 之和 "s"
    every row
    if 乙 > 1 then 收 + 付 = 2.5 * 乙
  rule 最大 "s"
    every row
    max(收, 付, 0.5) <= 甲 + 1.5
  rule 最小 "s"
    every row
    min(收, 付, 差) <= 率
  rule 相近 "s"
    every row
    abs(收 - 付) <= 3
  rule 乘积 "s"
    every row
    甲 * 收 <= 差 * 付
  rule 择一 "s"
    every row
    choose(甲 = 1, 收, 付) != 乙 within 0.5
  rule 不同 "s"
    every row
    if 甲 = 1 then 收 != 付
  rule 一种 "s"
    every row
    exactly one of {收 > 1, 付 > 1, 率 > 1, 差 > 1}
  rule 上年 "s"
    every row
    if 甲 = 1 then 收 - previous(收) < 付
  rule 千万 "s"
    every row
    收 * 1000000 <= 100000000 + 甲 * 10000000
"""
QUOTIENTS = """
  rule 比 "s"
    every row
    甲 / 乙 <= 1.5 within 0.25
  rule 比率 "s"
    every row
    差 / 率 > 收 / 付
  rule 均 "s"
    every row
    average(甲, 乙, 收) >= 付 within 0.05
  rule 舍入 "s"
    every row
    round(收 / 乙, 1) = 0.9 within 0.4
  rule 截断 "s"
    every row
    truncate(差 / 收, 0) <= 甲 / 乙
  rule 整十 "s"
    every row
    round(差 * 2.5, 0) >= 率 or round(付 * 0.7, 0) = 1
  rule 择一 "s"
    every row
    choose(乙 = 0, 1, 甲 / 乙) >= 1 or round(率 / 甲, 0) >= 3
  rule 嵌套 "s"
    every row
    if 乙 != 0 then 收 / (付 / 乙) <= 3
  rule 有条件 "s"
    if 表[一, 甲] / 表[一, 乙] > 1 then 表[一, 差] * (表[二, 收] / 表[二, 付]) < 3
"""
GATHERED = """
  rule 若和 "s"
    every row
    sum(x for x of {甲, 乙, 差} where x > 0) <= 4
  rule 若数 "s"
    every row
    count(x for x of {甲, 乙, 差} where x >= 1) != count({甲, 乙, 差}) - 1
  rule 若均 "s"
    every row
    average(x for x of {甲, 乙, 差} where x <= 3) <= 1.5
  rule 皆异 "s"
    every row
    not unique({甲, 乙, 差})
  rule 和不同 "s"
    every row
    sum(x for x of {收, 付} where x > 1) != 2.4 within 0.1
"""
FORMS = {"amounts": AMOUNTS, "quotients": QUOTIENTS, "gathered": GATHERED}
PLAIN = {"甲": ["0", "0", "1", "2", "3"], "乙": ["0", "1", "2", "4"], "差": ["-1", "0", "1", "3"],
         "收": ["0", "0.5", "1", "1.05", "0.96", "2.4", "2.55", "3.1"], "付": ["0", "0.1", "1", "1.1", "2.4", "3.9"],
         "率": ["-0.5", "0", "0.1", "1", "2.5"]}  # fmt: skip
"""Printed numbers with no more decimals than the cells of a column have."""
ODD = [None, "", "0", "3", "-1", "无", "/", "2.004", "1.5", "７", "3 件", "x", "1.0", str(2**44), str(2**46),
       str(2**62), str(-(2**63)), "99999999999999999999", "0.000001"]  # fmt: skip


BOOKS = {name: loaded(HEAD + rules) for name, rules in FORMS.items()}


@st.composite
def reports(draw: st.DrawFn, book: gouji.Book, odd: bool) -> list[Row]:
    """Reports of a few bodies and two years; with `odd`, some cells hold what is no plain number."""
    rows: list[Row] = []
    for number in range(draw(st.integers(1, 5))):
        heads = {"report": f"r{number}", "agency": draw(st.sampled_from(["甲", "乙", None])),
                 "year": draw(st.sampled_from([2023, 2024, 2024]))}  # fmt: skip
        rows.append(heads | {key: draw(st.sampled_from(PLAIN[key[-1]])) for key in book.columns()})
    if odd:
        places = st.tuples(st.integers(0, len(rows) - 1), st.sampled_from(list(book.columns())))
        for at, key in draw(st.lists(places, max_size=3)):
            rows[at][key] = draw(st.sampled_from(ODD))
    return rows


def framed(rows: list[Row]) -> pl.DataFrame:
    return pl.DataFrame(rows, {name: pl.Int64 if name == "year" else pl.String for name in rows[0]})


def checked(book: gouji.Book, rows: list[Row]) -> Iterator[tuple[Row, gouji.Result]]:
    """What the row engine says of each report, with the only one of its agency for the year before."""
    for row in rows:
        before = [one for one in rows if row["agency"] and (one["agency"], one["year"]) == (
            row["agency"], row["year"] - 1)]  # fmt: skip
        previous = bound(book, before[0]) if len(before) == 1 else None
        yield row, book.check(bound(book, row), previous=previous)


def grouped(book: Any, frame: pl.DataFrame) -> list[Group]:
    """The groups of years of a frame."""
    years = frame["year"].unique().to_list()
    return groups(book, dict(frame.schema), years, None, pl, False, False)[0]


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
@pytest.mark.parametrize("name", FORMS)
def test_each_cell_in_turn_may_be_odd(name: str, engine: str) -> None:
    book = BOOKS[name]
    keys = [key for key in book.columns() if key.startswith("表/一")]
    bases = [dict.fromkeys(book.columns(), value) for value in ("0", "1", "2")]
    rows = [{"report": str((key, value)), "agency": None, "year": 2024} | base | {key: value}
            for base in bases for key in keys for value in ODD]  # fmt: skip
    found = told(book.check_frame(ENGINES[engine](framed(rows))))
    assert sort(found) == sort(in_lines(checked(book, rows)))


@pytest.mark.parametrize("engine", ["polars", "lazy"])
@pytest.mark.parametrize("name", FORMS)
@settings(max_examples=12)
@given(st.data())
def test_odd_reports_are_told_as_by_rows(name: str, engine: str, data: st.DataObject) -> None:
    book = BOOKS[name]
    rows = data.draw(reports(book, odd=True))
    frame = framed(rows)
    assert not any(group.rowwise for group in grouped(book, frame))
    findings, counts = book.check_frame(ENGINES[engine](frame), counts=True)
    results = list(checked(book, rows))
    assert sort(told(findings)) == sort(in_lines(results))
    assert counts == added(results)


@pytest.mark.parametrize("name", FORMS)
@settings(max_examples=60)
@given(st.data())
def test_columns_see_the_checks_pass_that_do(name: str, data: st.DataObject) -> None:
    book = BOOKS[name]
    rows = [row | {"year": 2024, "agency": None} for row in data.draw(reports(book, odd=False))]
    for at, key in data.draw(st.lists(st.tuples(st.just(0), st.sampled_from(list(book.columns()))), max_size=2)):
        rows[at][key] = None
    frame = framed(rows)
    (group,) = grouped(book, frame)
    columns = group.likely(pl)
    tests: list[Any] = [columns.passes(number) for number in range(len(group.plan.checks))]
    here = pl.col("year").is_not_null()
    seen = frame.select((test & here).fill_null(False).alias(str(n)) for n, test in enumerate(tests)).rows()
    for row, passing in zip(rows, seen, strict=True):
        found = book.check(bound(book, row)).evaluation.checks
        truly = [found.get(number) in (None, "not_applicable") for number in range(len(tests))]
        if None in [row[key] for key in book.columns()]:  # of blanks rows may know more, never less
            assert not [n for n, seen in enumerate(passing) if seen and not truly[n]]
        else:
            assert list(passing) == truly


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_an_amount_beside_a_count_leaves_no_report_to_rows(
    book: gouji.Book, engine: str, caplog: pytest.LogCaptureFixture
) -> None:
    row = {"report": "a", "agency": "甲", "year": 2019} | dict.fromkeys(book.columns(2019), 0.0)
    rows = [row, row | {"report": "b", "主动公开/政府集中采购/采购金额": 0.5}]
    found = told(book.check_frame(ENGINES[engine](pl.DataFrame(rows))))
    assert [(line["report"], line["rule"], line["outcome"]) for line in found] == [("b", "采购一致", "fail")]
    assert not caplog.messages


LARGE = [
    "甲 + 乙 + 3 * 差 >= 甲 - 乙", "甲 * 乙 >= 0", "4 * 甲 + 4 * 乙 + 4 * 差 <= 8",
    "甲 <= 2 * previous(差) + 8 * previous(乙)", "4 * previous(甲) + 4 * previous(乙) <= 乙 + 8",
    "if 乙 = 0 then previous(甲) * previous(乙) <= 乙 * 乙 + abs(甲 * 差)",
]  # fmt: skip


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
@pytest.mark.parametrize("year", [2023, 2024])
@pytest.mark.parametrize("rule", LARGE)
def test_numbers_of_any_size_are_told_as_by_rows(engine: str, year: int, rule: str) -> None:
    head = HEAD.replace("    收 amount 件 2\n    付 amount 件 1\n    率 number 件 1\n", "")
    book = loaded(f'{head}\n  rule 大 "s"\n    every row\n    {rule}\n')
    huge = [2**62, -(2**62), -(2**63), 2**63 - 1, 2**45, 2**45 + 1, 2**40, 3]
    zeros = dict.fromkeys(book.columns(), 0)
    rows = [{"report": f"{column} {size} {here}", "agency": f"{column} {size}", "year": here} | zeros
            | {f"表/一/{column}": size if here == year else 0}
            for column in "甲乙差" for size in huge for here in (2023, 2024)]  # fmt: skip
    frame = pl.DataFrame(rows)
    assert not any(group.rowwise for group in grouped(book, frame))
    findings, counts = book.check_frame(ENGINES[engine](frame), counts=True)
    results = list(checked(book, rows))
    assert sort(told(findings)) == sort(in_lines(results))
    assert counts == added(results)
