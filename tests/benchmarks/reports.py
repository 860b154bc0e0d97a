"""What checking one report costs, as ratios to hand-written references measured in turn with it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from attrs import frozen

import gouji

from . import growth
from .measuring import Line, Work, head, seconds
from .references import loop_over_names, loop_over_vector

ROOT = Path(__file__).resolve().parents[2]
REPORT = ROOT / "rules" / "cn-disclosure" / "reports" / "2024-suqian.json"
ROUNDS, SLICE = 15, 0.01

ONE_REPORT = f"""
import json, gouji
book = gouji.load("cn-disclosure")
assert book.check(book.bind(json.load(open({str(REPORT)!r}, encoding="utf-8")))).ok
"""


@frozen
class Benchmark:
    """One line of the table: what is measured, its reference, and the ratio that is aimed at."""

    what: str
    reference: Work
    ours: Work
    aim: float
    slice: float = SLICE

    def line(self) -> str:
        """Both medians in microseconds and the median of the ratios."""
        works = {"by hand": self.reference, "ours": self.ours}
        rounds = [{name: seconds(work, self.slice) for name, work in works.items()} for _ in range(ROUNDS)]
        return Line(self.what, "ours", ("by hand",), self.aim).told(rounds, 1_000_000)


def nested(report: gouji.Report, label: Callable[[Any], str], value: Callable[[Any], object]) -> dict[str, Any]:
    """The report as nested dictionaries."""
    whole: dict[str, Any] = {}
    for cell in report.cells:
        inner = whole.setdefault(label(cell.table), {})
        *path, last = (label(member) for member in (*cell.rows, *cell.columns))
        for part in path:
            inner = inner.setdefault(part, {})
        inner[last] = value(cell)
    return whole


def benchmarks() -> list[Benchmark]:
    """All lines of the table."""
    book = gouji.load("cn-disclosure")
    report = book.bind(json.loads(REPORT.read_text("utf-8")))
    row = report.to_row()
    # The amount in whole units, so that every value given is a whole number.
    numbers = nested(report, lambda named: named.name, lambda cell: int(row[cell.key] or 0))
    printed = nested(report, lambda named: named.labels[0], lambda cell: str(row[cell.key]))
    broken = json.loads(json.dumps(numbers))
    broken["申请"]["新收"]["自然人"] += 1
    broken["申请"]["办理结果"]["予以公开"]["总计"] += 1
    broken["复议诉讼"]["行政复议"]["总计"] += 1
    vector = [int(value) for value in report.values]
    for tables in (numbers, printed):
        assert book.check(book.bind(tables, year=2024)).ok
    assert not loop_over_names(numbers) and not loop_over_vector(vector)
    wrong = book.bind(broken, year=2024)

    def explained() -> list[str]:
        return [finding.message for finding in book.check(wrong).findings]

    assert len(explained()) == len(loop_over_names(broken)) == 5

    few, many = growth.rows(250), growth.rows(2_000)
    return [
        Benchmark("check of a bound report", lambda: loop_over_vector(vector), lambda: book.check(report), 1),
        Benchmark("bind and check, nested numbers under names", lambda: loop_over_names(numbers),
                  lambda: book.check(book.bind(numbers, year=2024)), 1),
        Benchmark("bind and check, printed strings under labels", lambda: loop_over_names(numbers),
                  lambda: book.check(book.bind(printed, year=2024)), 4),
        Benchmark("check and explain three wrong cells", lambda: loop_over_vector(vector), explained, 6),
        Benchmark("new process: import, load, check one / import attrs", lambda: _process("import attrs"),
                  lambda: _process(ONE_REPORT), 3, 0),
        Benchmark("bind, plan and check 2,000 open rows / 250", lambda: growth.check(few),
                  lambda: growth.check(many), 8, 0),
    ]  # fmt: skip


def _process(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True)


def lines() -> Iterator[str]:
    """The table."""
    yield head("one report", "µs")
    yield from (benchmark.line() for benchmark in benchmarks())
