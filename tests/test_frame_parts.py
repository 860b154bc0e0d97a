"""Reports that add up to others in one frame: told as the row engine tells each with its parts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

import gouji
from gouji.book import Book
from gouji.frames.reading import BESIDE
from gouji.frames.telling import COLUMNS
from gouji.language.rulebook import load_text
from gouji.sources import Source
from test_frames import ENGINES, Row, added, clean, in_lines, small, sort, told

FORM = """\
form "f"
  edition 1
  years 2000..
  mark "无" zero
  mark "/" skip

table 表 "t"
  count 件
  columns
    甲
    乙
  rows
    一
    二

  rule 有部分 "s"
    every row
    if given(parts) then 甲 <= 9

table 款 "k"
  amount 万元 2
  columns
    收
    付
  rows
    一
"""


DIFFERENT = """
  rule 不同 "s"
    every row
    收 != parts(付) + 1
"""


def loaded(text: str) -> Book:
    """The book of one edition."""
    edition, problems = load_text(Source("case", text), "case")
    assert edition is not None and not problems
    return Book((edition,))


@pytest.fixture(scope="module")
def form() -> Book:
    """A small form with counts, marks, and an amount that is rounded."""
    return loaded(FORM)


def checked(book: gouji.Book, rows: list[Row]) -> Iterator[tuple[Row, gouji.Result]]:
    """What the row engine says of each row, with the reports of its year that are parts of its agency."""
    for row in rows:
        near = [one for one in rows if row["agency"] and one["part_of"] == row["agency"] and one["year"] == row["year"]]
        parts: dict[object, Row] = {}
        for one in sorted(near, key=lambda one: str(one["report"])):
            parts.setdefault(one["agency"] or id(one), one)
        before = [one for one in rows if row["agency"] and one["agency"] == row["agency"]
                  and one["year"] == row["year"] - 1]  # fmt: skip
        previous = bound(book, before[0]) if len(before) == 1 else None
        given = [bound(book, one) for one in parts.values()]
        yield row, book.check(bound(book, row), previous=previous, parts=given or None)


def bound(book: gouji.Book, row: Row) -> gouji.Report:
    """One row as a report of no agency, so that none is taken for another."""
    own = set(book.columns(row["year"]))
    return book.bind({name: value for name, value in row.items() if name in own}, year=row["year"])


@st.composite
def bodies(draw: st.DrawFn, book: Book, values: st.SearchStrategy[Any]) -> list[Row]:
    """Reports of a few bodies, of which the first is often the sum of its parts."""
    keys = book.columns()
    rows: list[Row] = []
    for number in range(draw(st.integers(1, 6))):
        heads = {"report": f"r{number}", "agency": draw(st.sampled_from(["甲", "乙", "丙", "", None])),
                 "year": draw(st.sampled_from([2023, 2024, 2024])),
                 "part_of": draw(st.sampled_from([None, "甲", "甲", "乙", ""]))}  # fmt: skip
        rows.append(heads | {key: draw(st.integers(0, 5).map(str)) for key in keys})
    total = {key: str(sum(int(row[key]) for row in rows if row["part_of"] == "甲" and row["year"] == 2024))
             for key in keys}  # fmt: skip
    rows.append({"report": "whole", "agency": "甲", "year": 2024, "part_of": None} | total)
    for at, key in draw(st.lists(st.tuples(st.integers(0, len(rows) - 1), st.sampled_from(keys)), max_size=3)):
        rows[at][key] = draw(values)
    return rows


PRINTED = st.sampled_from(
    [None, "", "0", "3", "-1", "无", "/", "2.004", "1.5", "７", "3 件", "x", str(2**46), str(2**62)]
)


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=25)
@drawn(st.data())
def test_reports_with_parts_are_told_as_by_rows(form: Book, engine: str, data: st.DataObject) -> None:
    rows = data.draw(bodies(form, PRINTED))
    frame = pl.DataFrame(rows, {name: pl.Int64 if name == "year" else pl.String for name in rows[0]})
    findings, counts = form.check_frame(ENGINES[engine](frame), counts=True)
    results = list(checked(form, rows))
    assert sort(told(findings)) == sort(in_lines(results))
    assert counts == added(results)


def family(book: Book, whole: str, parts: list[str | None], bodies: str = "乙丙丁") -> list[Row]:
    """A report of 甲 whose cells all hold one value, and parts whose cells do."""
    rows = [("甲", None, whole), *((body, "甲", part) for body, part in zip(bodies, parts, strict=False))]
    return [{"report": f"r{at}", "agency": body, "year": 2024, "part_of": of} | dict.fromkeys(book.columns(), value)
            for at, (body, of, value) in enumerate(rows)]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "parts", "bodies"),
    [
        ("3", ["3", None], "乙丙"),  # the sum is at least 3
        ("3", ["3", "/"], "乙丙"),
        ("6", ["3", "3"], "乙乙"),  # counted once
        ("0", [], ""),
    ],
)
@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_what_only_seems_to_add_up_is_told_as_by_rows(
    form: Book, engine: str, value: str, parts: list[str | None], bodies: str
) -> None:
    rows = family(form, value, parts, bodies)
    frame = pl.DataFrame(rows, {name: pl.Int64 if name == "year" else pl.String for name in rows[0]})
    assert sort(told(form.check_frame(ENGINES[engine](frame)))) == sort(in_lines(checked(form, rows)))


def test_many_rounded_parts_may_equal_what_few_do_not() -> None:
    form = loaded(FORM + DIFFERENT)
    rows = family(form, "0", ["0", "0", "0"])
    amounts = [("4.02", "3"), *[("1.34", "1")] * 3]
    rows = [row | {"款/一/收": one, "款/一/付": other} for row, (one, other) in zip(rows, amounts, strict=True)]
    frame = pl.DataFrame(rows, {name: pl.Int64 if name == "year" else pl.String for name in rows[0]})
    found = told(form.check_frame(frame))
    assert [(row["rule"], row["outcome"]) for row in found if row["rule"] == "不同"] == [("不同", "fail")]
    assert sort(found) == sort(in_lines(checked(form, rows)))


def whole(book: gouji.Book, **changes: Any) -> pl.DataFrame:
    """A region whose report is twice that of each of its two parts."""
    part = clean(book, 2024)
    rows = [{"report": name, "agency": name, "year": 2024, "part_of": of} | {k: v * times for k, v in part.items()}
            for name, of, times in (("甲市", None, 2), ("一局", "甲市", 1), ("二局", "甲市", 1))]  # fmt: skip
    rows[0] |= changes
    return pl.DataFrame(rows, infer_schema_length=None)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_region_is_compared_with_the_sum_of_its_parts(book: gouji.Book, engine: str) -> None:
    assert not told(book.check_frame(ENGINES[engine](whole(book))))
    off = whole(book, **{"主动公开/规章/现行有效": 7})
    found = told(book.check_frame(ENGINES[engine](off)))
    assert [(row["report"], row["rule"], row["at"]) for row in found] == [("甲市", "parts", "规章 现行有效")]


def test_a_region_is_explained_beside_its_parts(book: gouji.Book) -> None:
    off = whole(book, **{"主动公开/规章/现行有效": 7})
    assert [verdict.rule for verdict in book.explain(off, "甲市").verdicts if verdict.outcome == "fail"] == ["parts"]
    assert not book.explain(off, "一局").counts["fail"]


def test_a_part_that_stands_twice_counts_once(book: gouji.Book) -> None:
    frame = whole(book)
    assert not book.check_frame(pl.concat([frame, frame[1:2]])).height


def test_the_columns_of_findings_are_the_same_beside_parts(book: gouji.Book) -> None:
    assert book.check_frame(whole(book)).columns == list(COLUMNS)
    assert "part_of" in BESIDE and small(book).columns[:3] == list(COLUMNS[:3])
