"""What checking many reports on Spark costs, as a ratio to native expressions written by hand; two cores, findings
written to nowhere."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import gouji

from . import queries
from .measuring import Line, Work, head, rounds
from .tables import Scenario, table

REPORTS, ROUNDS = 200_000, 3
SCENARIOS = (
    Scenario("clean"),
    Scenario("1 % wrong", wrong=0.01),
    Scenario("all wrong", wrong=1),
    Scenario("two years, 1 % wrong", years=2, wrong=0.01),
)
BY_HAND = ("an array exploded", "one filter first")


def lines(number: int = REPORTS) -> Iterator[str]:
    """The table, with so many reports; nothing where there is no Spark."""
    if not find_spec("pyspark") or not shutil.which("java"):
        yield "Spark needs pyspark and java"
        return
    book = gouji.load("cn-disclosure")
    keys = book.columns(2021)
    with tempfile.TemporaryDirectory() as folder, _session() as session:
        yield head(f"{number:,} reports on Spark", "ms")
        for scenario in SCENARIOS:
            path = Path(folder) / f"{scenario.name}.parquet"
            table(keys, number, scenario).write_parquet(path)
            measured = works(book, keys, session.read.parquet(str(path)), scenario.years)
            yield Line(scenario.name, "ours", BY_HAND, 1).told(rounds(measured, ROUNDS))


def works(book: gouji.Book, keys: list[str], frame: Any, years: int) -> dict[str, Work]:
    """What is measured; each finds the same."""

    plans: dict[str, Any] = {
        "ours": lambda: book.check_frame(frame),
        "an array exploded": lambda: queries.spark(frame, keys, years),
        "one filter first": lambda: queries.spark(frame, keys, years, first=True),
    }
    sizes = {name: plan().count() for name, plan in plans.items()}
    assert len(set(sizes.values())) == 1, sizes
    return {name: partial(_written, plan) for name, plan in plans.items()}


def _written(plan: Callable[[], Any]) -> None:
    plan().write.format("noop").mode("overwrite").save()


@contextmanager
def _session() -> Iterator[Any]:
    from pyspark import sql

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    options = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "2", "spark.driver.host": "127.0.0.1",
               "spark.driver.bindAddress": "127.0.0.1", "spark.log.level": "ERROR",
               "spark.ui.showConsoleProgress": "false"}  # fmt: skip
    builder = sql.SparkSession.builder.master("local[2]")
    for name, value in options.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()
