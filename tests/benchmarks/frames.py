"""What checking many reports costs, as ratios to hand-written queries of the same engine, to reading once, and to
reports in which everything is plain and holds."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from attrs import evolve

import gouji

from . import queries
from .measuring import Line, Work, head, launched, rounds, row
from .tables import Scenario, table

REPORTS, PRINTED, ROUNDS = 1_000_000, 100_000, 5
CLEAN = Scenario("clean")
BY_HAND = (
    CLEAN,
    Scenario("1 % wrong", wrong=0.01),
    Scenario("5 % blank", blank=0.05),
    Scenario("all wrong", wrong=1),
    Scenario("two years", years=2),
    Scenario("two years, 1 % wrong", years=2, wrong=0.01),
)
BESIDE_CLEAN = (
    Scenario("5 % blank", blank=0.05),
    Scenario("two years", years=2),
    Scenario("amounts as floats", amount=pl.Float64()),
    Scenario("amounts as decimals", amount=pl.Decimal(18, 6)),
    Scenario("amounts as printed", amount=pl.String()),
)
POLARS = ("a filter for each", "a filter for each, streaming", "one filter first")
FILE = ("a filter for each, scanned", "a filter for each, read")
DUCKDB = ("a SELECT for each", "one WHERE first")
READ = "reading the file once"
LINES = (
    Line("polars", "polars", POLARS, 1.05),
    Line("polars, from a file", "file", FILE, 1.05),
    Line("polars, from a file", "file", (READ,), 3),
    Line("DuckDB, from a file", "DuckDB", DUCKDB, 1),
)
START = "import gouji, polars; book = gouji.load('cn-disclosure')"


def lines(number: int = REPORTS) -> Iterator[str]:
    """The tables, with so many reports."""
    book = gouji.load("cn-disclosure")
    keys = book.columns(2021)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "reports.parquet"
        yield head(f"{number:,} reports", "ms")
        for scenario in BY_HAND:
            frame = table(keys, number, scenario)
            frame.write_parquet(path)
            found = rounds(works(book, keys, frame, path, scenario.years), ROUNDS)
            for line in LINES:
                yield evolve(line, what=f"{scenario.name}: {line.what}").told(found)
        yield from _beside_clean(book, keys, number)
        yield from _memory(keys, number, path)


def works(book: gouji.Book, keys: list[str], frame: pl.DataFrame, path: Path, years: int) -> dict[str, Work]:
    """What is measured; each finds the same."""
    relation: Any = duckdb.read_parquet(str(path))
    by_hand = partial(queries.polars, keys=keys, years=years)

    def sql(first: bool) -> Any:
        return relation.query("reports", queries.sql(keys, years, first)).to_arrow_table()

    found: dict[str, Any] = {
        "polars": lambda: book.check_frame(frame),
        "file": lambda: book.check_frame(pl.scan_parquet(path)).collect(),
        "DuckDB": lambda: book.check_frame(relation).to_arrow_table(),
        "a filter for each": lambda: by_hand(frame.lazy()),
        "a filter for each, streaming": lambda: by_hand(frame.lazy(), engine="streaming"),
        "one filter first": lambda: by_hand(frame.lazy(), first=True),
        "a filter for each, scanned": lambda: by_hand(pl.scan_parquet(path)),
        "a filter for each, read": lambda: by_hand(pl.read_parquet(path).lazy()),
        "a SELECT for each": lambda: sql(False),
        "one WHERE first": lambda: sql(True),
    }
    sizes = {name: len(work()) for name, work in found.items()}
    assert len(set(sizes.values())) == 1, sizes
    return {READ: lambda: pl.read_parquet(path), **found}


def _beside_clean(book: gouji.Book, keys: list[str], number: int) -> Iterator[str]:
    """Blanks, years and amounts beside as many clean reports, and printed strings beside numbers."""
    clean = table(keys, number, CLEAN)
    for scenario in BESIDE_CLEAN:
        yield _beside(book, clean, table(keys, number, scenario), Line(scenario.name, "ours", ("clean",), 2))
    few = min(number, PRINTED)
    printed = table(keys, few, Scenario("printed", printed=True))
    yield _beside(book, clean.head(few), printed, Line(f"{few:,} as printed", "ours", ("numbers",), 10))


def _beside(book: gouji.Book, reference: pl.DataFrame, ours: pl.DataFrame, line: Line) -> str:
    measured = {line.references[0]: reference, line.ours: ours}
    return line.told(rounds({name: partial(book.check_frame, frame) for name, frame in measured.items()}, ROUNDS))


def _memory(keys: list[str], number: int, path: Path) -> Iterator[str]:
    """What a new process takes at most beside its start, as a ratio to the frame."""
    yield f"\n{head('peak memory of a process', 'MB')}"
    for scenario in BY_HAND:
        frame = table(keys, number, scenario)
        frame.write_parquet(path)
        size = frame.estimated_size("mb")
        del frame
        load = f"{START}; frame = polars.read_parquet({str(path)!r})"
        base, loaded, checked = (
            launched([sys.executable, "-c", code])[1] for code in (START, load, f"{load}; book.check_frame(frame)")
        )
        for what, peak in (("load", loaded), ("load and check", checked)):
            ratio = (peak - base) / size
            yield row(f"{scenario.name}: {what}", "the frame", size, peak - base, ratio, 1.2)
