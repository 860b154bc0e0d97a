"""Reports in a Spark frame: the workers tell the same as the other engines. `pytest -m spark`"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest

import gouji
from test_frame_parts import whole
from test_frames import added, checked, clean, in_lines, sort

pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    from pyspark import sql  # takes a second, which the other tests need not wait for

    before, os.environ["PYSPARK_PYTHON"] = os.environ.get("PYSPARK_PYTHON"), sys.executable
    options = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "2", "spark.driver.host": "127.0.0.1",
               "spark.driver.bindAddress": "127.0.0.1"}  # fmt: skip
    builder = sql.SparkSession.builder.master("local[2]")
    for name, value in options.items():
        builder = builder.config(name, value)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        session = builder.getOrCreate()
    yield session
    session.stop()
    os.environ.pop("PYSPARK_PYTHON")
    if before is not None:
        os.environ["PYSPARK_PYTHON"] = before


def reports(book: gouji.Book, printed: bool) -> pl.DataFrame:
    """Two bodies over five years: right, with a wrong, a blank, a negative and a large number."""
    keys = [key for year in (2019, 2021) for key in book.columns(year)]
    rows = []
    for agency in ("甲", "乙"):
        for year in range(2019, 2024):
            rows.append(
                {"report": f"{agency}{year}", "agency": agency, "year": year} | dict.fromkeys(keys) | clean(book, year)
            )
    changes = {
        2: ("申请/新收/自然人", 99),
        3: ("申请/结转下年/总计", None),
        4: ("申请/新收/总计", -1),
        8: ("申请/新收/总计", 2**61),
    }
    for at, (key, value) in changes.items():
        rows[at][key] = value
    if printed:
        rows = [{k: v if k == "year" or v is None else str(v) for k, v in row.items()} for row in rows]
        rows[7] |= {
            "申请/新收/总计": "1.0",
            "申请/新收/自然人": "/",
            "申请/结转下年/总计": "x",
            "申请/上年结转/总计": "5\n",
        }
    return pl.DataFrame(rows, infer_schema_length=None)


@pytest.mark.parametrize("printed", [False, True])
def test_reports_on_spark_are_told_as_by_rows(book: gouji.Book, spark: Any, tmp_path: Any, printed: bool) -> None:
    frame = reports(book, printed)
    frame.write_parquet(tmp_path / "reports.parquet")
    found, counts = book.check_frame(spark.read.parquet(str(tmp_path / "reports.parquet")), counts=True)
    assert type(found).__name__ == "DataFrame" and found.schema["year"].dataType.simpleString() == "bigint"
    results = list(checked(book, frame.to_dicts()))
    assert sort([row.asDict() for row in found.collect()]) == sort(in_lines(results))
    assert counts == added(results)


def test_reports_with_parts_on_spark_are_told_as_on_polars(book: gouji.Book, spark: Any, tmp_path: Any) -> None:
    frame = pl.concat([whole(book), whole(book, agency="乙市", **{"申请/新收/自然人": 99})])
    frame.write_parquet(tmp_path / "reports.parquet")
    found = book.check_frame(spark.read.parquet(str(tmp_path / "reports.parquet")))
    assert sort([row.asDict() for row in found.collect()]) == sort(book.check_frame(frame).to_dicts())


def test_a_long_spark_frame_is_told_as_a_wide_one(book: gouji.Book, spark: Any, tmp_path: Any) -> None:
    rows = [row for row in reports(book, False).to_dicts() if row["year"] > 2020]
    places = [
        ("/".join((cell.table.name, *cell.row)), "/".join(cell.column), cell.key) for cell in book.form(2021).cells
    ]
    heads = ("report", "agency", "year")
    long = [
        {**{name: row[name] for name in heads}, "table": table, "row": None, "column": column, "value": row[key]}
        for row in rows
        for table, column, key in places
    ]
    frame = pl.DataFrame(
        long,
        dict.fromkeys(("report", "agency", "table", "row", "column"), pl.String)
        | {"year": pl.Int64, "value": pl.Int64},
    )
    frame.write_parquet(tmp_path / "long.parquet")
    found = book.check_frame(spark.read.parquet(str(tmp_path / "long.parquet")))
    assert sort([row.asDict() for row in found.collect()]) == sort(book.check_frame(pl.DataFrame(rows)).to_dicts())


def test_a_spark_frame_without_rows_tells_nothing(book: gouji.Book, spark: Any, tmp_path: Any) -> None:
    reports(book, False)[:0].write_parquet(tmp_path / "reports.parquet")
    assert book.check_frame(spark.read.parquet(str(tmp_path / "reports.parquet"))).collect() == []
