"""One report of a frame explained: the same as bound and checked alone, beside the year before."""

from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

import gouji
from conftest import figures

BOOK = gouji.load("cn-disclosure")


def rows() -> list[dict[str, Any]]:
    """Two years of one body, and a body alone."""
    found: list[dict[str, Any]] = []
    for name, agency in (("2023-suqian", "甲市"), ("2024-suqian", "甲市"), ("2024-suqian", "乙市")):
        report = BOOK.bind(figures(name))
        found.append({"report": f"{agency}{report.year}", "agency": agency, "year": report.year, **report.to_row()})
    found[1]["申请/新收/自然人"] += 1
    return found


def alone(row: dict[str, Any]) -> gouji.Report:
    cells = {name: value for name, value in row.items() if name not in ("report", "agency", "year")}
    return BOOK.bind({"tables": cells, "agency": row["agency"]}, year=row["year"])


@pytest.mark.parametrize("kind", ["eager", "lazy", "duckdb", "pandas", "pyarrow"])
def test_a_report_of_a_frame_is_explained_as_it_is_alone(kind: str) -> None:
    before, own, other = rows()
    frame: Any = pl.DataFrame(rows())
    if kind == "duckdb":
        frame = duckdb.connect().from_arrow(frame.to_arrow())
    elif kind in ("pandas", "pyarrow"):
        frame = frame.to_pandas() if kind == "pandas" else frame.to_arrow()
    frame = frame.lazy() if kind == "lazy" else frame
    result = BOOK.explain(frame, "甲市2024")
    expected = BOOK.check(alone(own), previous=alone(before))
    assert [v.outcome for v in result.verdicts] == [v.outcome for v in expected.verdicts]
    assert result.counts["fail"] == 2 and result.report.source == "甲市2024"
    assert BOOK.explain(frame, "乙市2024").counts == BOOK.check(alone(other)).counts


def test_a_long_frame_is_explained_too() -> None:
    cells = [(row, cell) for row in rows() for cell in BOOK.form(2024).cells]
    long = pl.DataFrame(
        [
            {"report": row["report"], "agency": row["agency"], "year": row["year"], "table": cell.table.name,
             "row": "/".join(cell.row), "column": "/".join(cell.column), "value": str(row[cell.key])}
            for row, cell in cells
        ]
    )  # fmt: skip
    assert BOOK.explain(long, "甲市2024").counts == BOOK.explain(pl.DataFrame(rows()), "甲市2024").counts


def test_a_long_frame_is_explained_as_it_is_checked() -> None:
    cells = [{"report": "a", "year": 2024, "table": cell.key, "row": None, "column": None, "value": 0}
             for cell in BOOK.form(2024).cells]  # fmt: skip
    types = dict.fromkeys(("row", "column"), pl.String)
    assert BOOK.explain(pl.DataFrame(cells, schema_overrides=types), "a").ok
    twice = pl.DataFrame([*cells, cells[0]], schema_overrides=types)
    for asked in (lambda: BOOK.explain(twice, "a"), lambda: BOOK.check_frame(twice)):
        with pytest.raises(gouji.ReportError, match="1 cells stand more than once under one report"):
            asked()


@pytest.mark.parametrize("kind", ["eager", "lazy", "duckdb", "pandas", "pyarrow"])
@pytest.mark.parametrize(("name", "asked"), [(7, "7"), ("7", 7), (None, None)])
def test_a_report_is_found_by_its_name_as_it_is_printed(kind: str, name: object, asked: object) -> None:
    frame: Any = pl.DataFrame(
        [{**rows()[2], "report": name}], schema_overrides={"report": pl.String} if name is None else {}
    )
    if kind == "duckdb":
        frame = duckdb.connect().from_arrow(frame.to_arrow())
    elif kind in ("pandas", "pyarrow"):
        frame = frame.to_pandas() if kind == "pandas" else frame.to_arrow()
    frame = frame.lazy() if kind == "lazy" else frame
    assert BOOK.explain(frame, asked).counts == BOOK.check(alone(rows()[2])).counts


def test_a_name_that_no_report_or_two_reports_have_is_refused() -> None:
    frame = pl.DataFrame(rows())
    with pytest.raises(gouji.ReportError, match="the frame holds no report 丙"):
        BOOK.explain(frame, "丙")
    with pytest.raises(gouji.ReportError, match="2 reports of the frame are called"):
        BOOK.explain(pl.concat([frame, frame]), "甲市2024")
    with pytest.raises(gouji.ReportError, match=r"not builtins\.list"):
        BOOK.explain([], "甲市2024")


def test_the_year_before_is_found_under_an_old_name_as_the_whole_frame_finds_it(tmp_path: Path) -> None:
    rules = tmp_path / "f" / "1.rules"
    rules.parent.mkdir()
    rules.write_text(
        'form "f"\n  edition 1\n  years 2000..\n\nagency "new" | "old"\n\ntable t "t"\n  count 件\n  columns\n    a\n'
        '    b\n  rows\n    x\n\n  rule r "s"\n    every row\n    a = previous(b)\n'
    )
    book = gouji.load(rules)
    before = {"report": "1", "agency": "old", "year": 2023, "t/x/a": 0, "t/x/b": 5}
    own = {"report": "2", "agency": "new", "year": 2024, "t/x/a": 4, "t/x/b": 0}
    frame = pl.DataFrame([before, own])
    assert book.check_frame(frame).select("report", "rule", "left", "right").rows() == [("2", "r", "4", "5")]
    (found,) = book.explain(frame, "2").findings
    assert (found.rule, found.left, found.right) == ("r", "4", "5")
    twice = pl.concat([frame, frame.head(1).with_columns(report=pl.lit("3"))])
    assert book.check_frame(twice).is_empty() and book.explain(twice, "2").counts["not_applicable"] == 1
