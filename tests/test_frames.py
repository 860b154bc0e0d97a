"""Many reports in a frame: verdict for verdict what the row engine says of each, on every engine."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gouji
from conformance.runner import FOLDER, FUNCTIONS, cases, stated
from conftest import figures
from gouji.book import Book
from gouji.evaluation.rows import OUTCOMES
from gouji.frames.telling import COLUMNS, TOLD, lines
from gouji.language.rulebook import load_text
from gouji.sources import Source

Row = dict[str, Any]


def _pandas(frame: pl.DataFrame) -> Any:
    return frame.to_pandas()


def _duckdb(frame: pl.DataFrame) -> Any:
    return duckdb.connect().from_arrow(frame.to_arrow())


ENGINES: dict[str, Callable[[pl.DataFrame], Any]] = {
    "polars": lambda frame: frame,
    "lazy": pl.DataFrame.lazy,
    "pyarrow": pl.DataFrame.to_arrow,
    "pandas": _pandas,
    "duckdb": _duckdb,
}


def told(frame: Any) -> list[Row]:
    """The findings in a frame of any engine."""
    if isinstance(frame, pl.LazyFrame):
        frame = frame.collect()
    if type(frame).__module__.startswith("pandas"):
        frame = pl.from_pandas(frame)
    if hasattr(frame, "to_arrow_table"):
        frame = frame.to_arrow_table()
    found = frame.to_dicts() if isinstance(frame, pl.DataFrame) else frame.to_pylist()
    rows: list[Row] = found
    return rows


def by_rows(book: gouji.Book, rows: list[Row], blank: str | None = None) -> list[Row]:
    """What the row engine says of each row of a frame."""
    return in_lines(checked(book, rows, blank))


def in_lines(results: Iterable[tuple[Row, gouji.Result]]) -> list[Row]:
    """Results as rows of a frame of findings."""
    return [{name: row.get(name) for name in COLUMNS[:3]} | dict(zip(TOLD, line, strict=True))
            for row, result in results for line in lines(result)]  # fmt: skip


def added(results: Iterable[tuple[Row, gouji.Result]]) -> dict[str, Row]:
    """The counts of each rule over all results; they balance."""
    total: dict[str, Row] = {}
    for _, result in results:
        for name, counts in result.rules.items():
            so_far = total.setdefault(name, {key: 0 for key in counts} | {"severity": counts["severity"]})
            so_far |= {key: so_far[key] + value for key, value in counts.items() if key != "severity"}
    assert all(counts["expected"] == sum(counts[outcome] for outcome in OUTCOMES) for counts in total.values())
    return total


def checked(book: gouji.Book, rows: list[Row], blank: str | None = None) -> Iterator[tuple[Row, gouji.Result]]:
    """What the row engine says of each row, with the report of the agency for the year before where it is one."""
    keys = Counter((row.get("agency"), row["year"]) for row in rows)

    def bound(row: Row) -> gouji.Report:
        own = dict.fromkeys([*COLUMNS[:3], *book.columns(row["year"])])
        return book.bind({name: row[name] for name in own if name in row})

    for row in rows:
        before = (row.get("agency"), row["year"] - 1)
        previous = None
        if before[0] and keys[before] == 1:
            previous = bound(next(r for r in rows if (r.get("agency"), r["year"]) == before))
        yield row, book.check(bound(row), previous=previous, blank=blank)


def sort(rows: list[Row]) -> list[tuple[str, ...]]:
    return sorted(tuple(str(row[name]) for name in COLUMNS) for row in rows)


def clean(book: gouji.Book, year: int) -> Row:
    """A report of the year whose figures are right."""
    if year > 2020:
        return dict(book.bind(figures("2024-suqian"), year=None).to_row())
    return dict.fromkeys(book.columns(year), 0)


@st.composite
def reports(draw: st.DrawFn, book: gouji.Book, values: st.SearchStrategy[Any]) -> list[Row]:
    """Reports of few agencies and years, right but for some cells."""
    keys = dict.fromkeys(key for year in (2020, 2021) for key in book.columns(year))
    made = []
    for number in range(draw(st.integers(1, 6))):
        year = draw(st.sampled_from([2019, 2020, 2021, 2022, 2023]))
        row = dict(keys) | clean(book, year)
        for key in draw(st.lists(st.sampled_from(list(book.columns(year))), max_size=4)):
            row[key] = draw(values)
        for table in draw(st.sets(st.sampled_from(["复议诉讼/", "申请/上年结转/", "主动公开/"]), max_size=1)):
            row |= {key: draw(st.sampled_from([None, 0])) for key in row if key.startswith(table)}
        agency = draw(st.sampled_from(["甲", "乙", "", None]))
        report = draw(st.sampled_from([f"r{number}", "again"]))
        made.append({"report": report, "agency": agency, "year": year, **row})
    return made


WHOLE = st.none() | st.integers(-3, 60) | st.sampled_from([2**45, -(2**45), 2**62])
PRINTED = (
    st.integers(-3, 60).map(str) | st.none()
    | st.sampled_from(["", "-", "—", "/", "无", "N/A", "1.0", "0.5", "1,234", "５", " 7 ", "+5", "007", "x",
                       "55（含 1 件）",
                       "12345678901234567890", "1e3", "-0", "1_0", "٣", "\t", "3万"])
)  # fmt: skip
FLOATS = (
    st.none() | st.integers(-3, 60).map(float)
    | st.sampled_from([0.5, 1.25, float("nan"), float("inf"), 1e300, 0.1 + 0.2, -0.0, 2.0**53, 1e-7, 0.000001])
)  # fmt: skip


def hold(book: gouji.Book, rows: list[Row], engine: str, types: Any, blank: str | None) -> None:
    """The law of frames."""
    schema = {"report": pl.String, "agency": pl.String, "year": pl.Int64}
    frame = pl.DataFrame(rows, schema | {name: types for name in rows[0] if name not in schema})
    findings, counts = book.check_frame(ENGINES[engine](frame), blank=blank, counts=True)
    found = told(findings)
    # pandas has one word for blanks and for what is no number.
    given = told(pl.from_pandas(frame.to_pandas())) if engine == "pandas" else frame.to_dicts()
    results = list(checked(book, given, blank))
    assert sort(found) == sort(in_lines(results))
    assert counts == added(results)
    assert {type(value) for one in counts.values() for value in one.values()} <= {int, str}


@pytest.mark.parametrize("blank", [None, "zero"])
@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=6)
@given(st.data())
def test_whole_numbers_in_frames_are_told_as_by_rows(
    book: gouji.Book, engine: str, blank: str | None, data: st.DataObject
) -> None:
    hold(book, data.draw(reports(book, WHOLE)), engine, pl.Int64, blank)


@pytest.mark.parametrize("blank", [None, "zero"])
@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=6)
@given(st.data())
def test_printed_cells_in_frames_are_told_as_by_rows(
    book: gouji.Book, engine: str, blank: str | None, data: st.DataObject
) -> None:
    rows = data.draw(reports(book, PRINTED))
    texts = [{name: value if name == "year" or value is None else str(value) for name, value in row.items()}
             for row in rows]  # fmt: skip
    hold(book, texts, engine, pl.String, blank)


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=6)
@given(st.data())
def test_floats_in_frames_are_told_as_by_rows(book: gouji.Book, engine: str, data: st.DataObject) -> None:
    hold(book, data.draw(reports(book, FLOATS)), engine, pl.Float64, None)


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
@settings(max_examples=6)
@given(st.data())
def test_decimals_in_frames_are_told_as_by_rows(book: gouji.Book, engine: str, data: st.DataObject) -> None:
    values = st.none() | st.decimals(-3, 60, places=7) | st.integers(-3, 60).map(Decimal)
    hold(book, data.draw(reports(book, values)), engine, pl.Decimal(20, 7), None)


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_the_conformance_cases_come_out_the_same_in_frames(engine: str) -> None:
    made = 0
    for file in sorted(FOLDER.glob("*.cases")):
        for case in cases(file):
            edition, problems = load_text(Source("case", case.rules), "case")
            if edition is None or problems:
                continue
            given, options, notes, prose = stated(case, edition)
            book = Book((edition,), FUNCTIONS)
            rows = in_rows(book, given)
            if notes or prose or not rows:
                continue
            try:
                expected = outcomes(book, given, options)
            except gouji.ReportError:
                continue
            found = told(book.check_frame(ENGINES[engine](framed(rows)), **options))
            there = [tuple(row[name] for name in TOLD) for row in found if row["year"] == 2024]
            assert sorted(map(str, there)) == sorted(map(str, expected)), (file.stem, case.name)
            made += 1
    assert made > 150


def outcomes(book: gouji.Book, given: dict[str, Row], options: Row) -> list[tuple[str | None, ...]]:
    """What the row engine says of a case."""
    previous = book.bind({"year": 2023, "tables": given["previous"]}) if given["previous"] else None
    report = book.bind({"year": 2024, "tables": given["this"]})
    return list(lines(book.check(report, previous=previous, **options)))


def in_rows(book: gouji.Book, given: dict[str, Row]) -> list[Row]:
    """A case as rows of a frame, or none where its reports have other names on open rows, or lists."""
    both = [tables for tables in given.values() if tables]
    if not both or any(isinstance(value, list) for tables in both for value in tables.values()):
        return []
    try:
        shapes = [book.bind({"year": 2024, "tables": tables}) for tables in both]
    except gouji.ReportError:
        return []
    if any(shape.layout is not shapes[0].layout or shape.unplaced for shape in shapes):
        return []
    lacking = [cell.key for cell in shapes[0].cells if not any(cell.position in shape.places for shape in shapes)]
    keys = dict.fromkeys([*(key for tables in both for key in tables), *lacking])
    return [{"report": which, "agency": "甲", "year": 2024 - (which == "previous")} | keys | tables
            for which, tables in given.items() if tables]  # fmt: skip


def framed(rows: list[Row]) -> pl.DataFrame:
    """Rows as a frame: a column with a text in it is one of texts."""
    columns: Row = {}
    for name in rows[0]:
        values = [row[name] for row in rows]
        texts = any(isinstance(value, str) for value in values)
        columns[name] = [None if value is None else str(value) for value in values] if texts else pl.Series(
            values, dtype=pl.Int64)  # fmt: skip
    return pl.DataFrame(columns)


def small(book: gouji.Book, **changes: Any) -> pl.DataFrame:
    """One right report of 2024 in a frame, with other columns."""
    row = {"report": ["a"], "agency": ["甲"], "year": [2024]} | {k: [v] for k, v in clean(book, 2024).items()}
    return pl.DataFrame(row | changes)


FIRST = "申请/新收/自然人"


def test_a_right_report_tells_nothing_and_the_columns_are_there(book: gouji.Book) -> None:
    found = book.check_frame(small(book))
    assert found.columns == list(COLUMNS) and not found.height


@pytest.mark.parametrize("engine", ENGINES)
def test_a_frame_without_rows_tells_nothing(book: gouji.Book, engine: str) -> None:
    assert told(book.check_frame(ENGINES[engine](small(book)[:0]))) == []


def test_a_missing_column_is_told_with_the_nearest_name(book: gouji.Book) -> None:
    frame = small(book).rename({FIRST: "申请/新收/自燃人"})
    with pytest.raises(gouji.ReportError) as error:
        book.check_frame(frame)
    assert str(error.value).split("\n")[0] == (
        "the frame has no column for 1 cell of edition 2021: 申请/新收/自然人 (found 申请/新收/自燃人)"
    )


def test_columns_of_another_edition_are_asked_for_where_a_report_is_on_it(book: gouji.Book) -> None:
    assert not book.check_frame(small(book)).height
    with pytest.raises(gouji.ReportError, match="edition 2019"):
        book.check_frame(small(book, year=[2019]))


def test_a_frame_without_report_or_year_is_refused(book: gouji.Book) -> None:
    with pytest.raises(gouji.ReportError, match="the frame has no column year"):
        book.check_frame(small(book).drop("year"))
    with pytest.raises(gouji.ReportError, match="the column year is blank in some rows"):
        book.check_frame(small(book, year=pl.Series([None], dtype=pl.Int64)))
    with pytest.raises(gouji.ReportError, match="covers 1999"):
        book.check_frame(small(book, year=[1999]))


def test_a_column_of_lists_is_refused(book: gouji.Book) -> None:
    with pytest.raises(gouji.ReportError, match=r"no numbers: 申请/新收/自然人 \(List"):
        book.check_frame(small(book, **{FIRST: [[1, 2]]}))


def test_what_is_no_frame_is_refused(book: gouji.Book) -> None:
    with pytest.raises(gouji.ReportError, match=r"not builtins\.list"):
        book.check_frame([1])


@pytest.mark.parametrize("value", [0.5, float("nan"), float("inf"), True, "x", "55 件", Decimal("0.5"), 2**62])
def test_a_cell_that_is_no_plain_number_is_told_as_by_rows(book: gouji.Book, value: object) -> None:
    frame = small(book, **{FIRST: [value]})
    assert sort(told(book.check_frame(frame))) == sort(by_rows(book, frame.to_dicts()))


def test_a_report_that_stands_twice_is_told_twice(book: gouji.Book) -> None:
    frame = small(book, **{FIRST: [99]})
    assert len(told(book.check_frame(pl.concat([frame, frame])))) == 2 * len(told(book.check_frame(frame)))


def test_columns_may_bear_labels(book: gouji.Book) -> None:
    frame = small(book, **{FIRST: [99]})
    labels = frame.rename({FIRST: "三、收到和处理政府信息公开申请情况/一、本年新收政府信息公开申请数量/自然人"})
    assert book.check_frame(labels).equals(book.check_frame(frame))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_long_frame_is_told_as_a_wide_one(book: gouji.Book, engine: str) -> None:
    rows = [{"report": "a", "agency": "甲", "year": 2024, "table": cell.table.name, "row": "/".join(cell.row),
             "column": "/".join(cell.column), "value": 99 if cell.key == FIRST else clean(book, 2024)[cell.key]}
            for cell in book.form(2024).cells]  # fmt: skip
    frame = pl.DataFrame(rows, schema_overrides={"value": pl.Float64})
    assert sort(told(book.check_frame(ENGINES[engine](frame)))) == sort(
        told(book.check_frame(small(book, **{FIRST: [99]})))
    )
    with pytest.raises(gouji.ReportError, match="1 cells stand more than once under one report"):
        book.check_frame(ENGINES[engine](pl.concat([frame, frame[:1]])))


def test_reports_of_a_long_frame_may_name_a_cell_in_their_own_ways(book: gouji.Book) -> None:
    right, cells = clean(book, 2024), book.form(2024).cells
    rows = [{"report": name, "year": 2024, "table": cell.key, "row": None, "column": None, "value": right[cell.key]}
            for name in "ab" for cell in cells]  # fmt: skip
    rows[0]["table"] = cells[0].key.replace("主动公开", "一、主动公开政府信息情况")
    frame = pl.DataFrame(rows, schema_overrides=dict.fromkeys(("row", "column"), pl.String))
    assert book.check_frame(frame).is_empty()
    other = frame[:1].with_columns(table=pl.lit(cells[0].key), value=pl.lit(9, pl.Int64))
    found = book.check_frame(pl.concat([frame.with_columns(pl.col("value").cast(pl.Int64)), other]))
    assert found.row(0)[0] == "a" and found["report"].unique().to_list() == ["a"] and "error" in found["outcome"]


def test_years_may_be_printed(book: gouji.Book) -> None:
    frame = pl.concat([small(book, year=["2024年度"]), small(book, year=["2023"])])
    whole = pl.concat([small(book), small(book, year=[2023])])
    assert [row["rule"] for row in told(book.check_frame(frame))] == [
        row["rule"] for row in told(book.check_frame(whole))
    ]
    assert {row["year"] for row in told(book.check_frame(frame))} == {"2024年度"}


@pytest.mark.parametrize("engine", ENGINES)
def test_years_may_be_floats(book: gouji.Book, engine: str) -> None:
    frame = pl.concat([small(book), small(book, year=[2023])])
    found = told(book.check_frame(ENGINES[engine](frame.with_columns(pl.col("year").cast(pl.Float64)))))
    wanted = told(book.check_frame(ENGINES[engine](frame)))
    assert sort([{**row, "year": int(row["year"])} for row in found]) == sort(wanted) != []


@pytest.mark.parametrize("engine", ENGINES)
def test_columns_called_as_those_of_gouji_are_told(book: gouji.Book, engine: str) -> None:
    with pytest.raises(gouji.ReportError, match="columns are called as those of gouji: gouji/row"):
        book.check_frame(ENGINES[engine](small(book, **{"gouji/row": [1], "times": [1], "rule": ["x"]})))


def test_columns_of_one_name_are_told(book: gouji.Book) -> None:
    frame = small(book).to_pandas()
    with pytest.raises(gouji.ReportError, match="columns of one name stand in the frame: - '申请/新收/自然人' 2 times"):
        book.check_frame(frame[[*frame.columns, FIRST]])


def test_all_reports_may_fail(book: gouji.Book) -> None:
    frame = pl.concat([small(book, **{FIRST: [99]})] * 30_000)
    found = book.check_frame(frame)
    assert found.height == 30_000 * book.check_frame(frame[:1]).height


def test_rules_without_meaning_in_columns_are_named_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    form = (
        'form "f"\n  edition 1\n  years 2000..\n\ntable 表 "t"\n  count 件\n  columns\n    甲\n    乙\n  rows\n    一\n'
    )
    rule = '\n  rule 均 "s"\n    every row\n    median(甲, 乙) <= 2\n'
    edition, _ = load_text(Source("case", form + rule), "case")
    assert edition is not None
    book = Book((edition,))
    found = book.check_frame(pl.DataFrame({"report": [1], "year": [2024], "表/一/甲": [4], "表/一/乙": [2]}))
    assert found.to_dicts()[0]["rule"] == "均"
    assert caplog.messages == ["rows decide every report: 均 have no meaning in columns"]


def test_without_polars_rows_tell_what_leaves_duckdb(book: gouji.Book, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = small(book, **{FIRST: [99]})
    relation = _duckdb(frame)
    monkeypatch.setitem(sys.modules, "polars", None)
    assert sort(relation_rows(book.check_frame(relation))) == sort(by_rows(book, frame.to_dicts()))


def relation_rows(relation: Any) -> list[Row]:
    rows: list[Row] = relation.to_arrow_table().to_pylist()
    return rows


def test_without_narwhals_the_command_that_installs_it_is_told(
    book: gouji.Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = small(book)
    monkeypatch.setitem(sys.modules, "narwhals", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'gouji\[frames\]'"):
        book.check_frame(frame)


def test_a_file_that_is_scanned_stays_lazy(book: gouji.Book, tmp_path: Path) -> None:
    small(book, **{FIRST: [99]}).write_parquet(tmp_path / "reports.parquet")
    found = book.check_frame(pl.scan_parquet(tmp_path / "reports.parquet"))
    assert isinstance(found, pl.LazyFrame) and found.collect_schema().names() == list(COLUMNS)
    expected = book.check_frame(small(book, **{FIRST: [99]}))
    assert found.collect().equals(expected) and found.collect(engine="streaming").equals(expected)


def test_numbers_that_leave_64_bits_when_they_are_added_are_told_by_rows(book: gouji.Book) -> None:
    group = ("自然人", *(f"法人或其他组织/{name}" for name in ("商业企业", "科研机构", "社会公益组织")))
    frame = small(book, **{f"申请/新收/{name}": [2**62] for name in group}, **{"申请/新收/总计": [0]})
    assert sort(told(book.check_frame(frame))) == sort(by_rows(book, frame.to_dicts()))


def test_a_blank_total_beside_filled_parts_is_no_zero_in_a_frame() -> None:
    form = 'form "f"\n  edition 1\n  years 2000..\n'
    form += '  blank zero\n\ntable 表 "t"\n  count 件\n  columns\n    甲\n    计 total\n'
    edition, _ = load_text(Source("case", form + "  rows\n    一\n    二\n"), "case")
    assert edition is not None
    cells = {"表/一/甲": [4, None], "表/一/计": [None, None], "表/二/甲": [None, 1], "表/二/计": [0, 1]}
    found = Book((edition,)).check_frame(pl.DataFrame({"report": [1, 2], "year": [2024, 2024]} | cells))
    assert [(row["report"], row["at"], row["outcome"]) for row in told(found)] == [(1, "一 计", "undetermined")]
