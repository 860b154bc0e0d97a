"""What `gouji check --jobs 2` costs over a file of many reports, beside one process that has all of it in memory.

Each is a command of its own, so that start and memory are its own too; both write their findings.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

import gouji

from .measuring import head, launched, row
from .tables import HEADS, Scenario, table

REPORTS, LINES, ROUNDS = 400_000, 20_000, 3
SCENARIOS = (Scenario("1 % wrong", wrong=0.01), Scenario("all wrong", wrong=1))
Costs = tuple[float, float]
"""Milliseconds for 100,000 reports, and megabytes."""

FRAME = """
import sys, gouji, polars
gouji.load("cn-disclosure").check_frame(polars.read_parquet(sys.argv[1])).write_csv(sys.argv[2])
"""
LOOP = """
import sys, json, gouji
book = gouji.load("cn-disclosure")
with open(sys.argv[1], encoding="utf-8") as lines, open(sys.argv[2], "w", encoding="utf-8") as found:
    for line in lines:
        for finding in book.check(book.bind(json.loads(line))).findings:
            found.write(f"{finding.rule},{finding.at},{finding.outcome},{finding.left},{finding.right}\\n")
"""


def lines(number: int = REPORTS) -> Iterator[str]:
    """The tables: time, and how memory grows from a quarter of the reports to all of them."""
    keys = gouji.load("cn-disclosure").columns(2021)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield head("gouji check --jobs 2, by 100,000 reports", "ms")
        peaks: list[tuple[str, float, float]] = []
        for scenario in SCENARIOS:
            megabytes = []
            for size in (number // 4, number):
                path = folder / "reports.parquet"
                table(keys, size, scenario).write_parquet(path)
                run, alone = _costs(path, FRAME, size)
                megabytes.append(run[1])
                yield _told(f"{size:,} reports, {scenario.name}", "check_frame in one process", alone, run)
            few, many = megabytes
            peaks.append((f"{number:,} / {number // 4:,} reports, {scenario.name}", few, many))
        size = min(number, LINES)
        for scenario in SCENARIOS:
            run, alone = _costs(_jsonl(folder, keys, size, scenario), LOOP, size)
            yield _told(f"{size:,} lines of JSON, {scenario.name}", "book.check in a loop", alone, run)
        yield f"\n{head('peak memory of the largest process', 'MB')}"
        for what, few, many in peaks:
            yield row(what, "a quarter of the reports", few, many, many / few, 1.3)


def _told(what: str, by: str, reference: Costs, ours: Costs) -> str:
    return row(what, by, reference[0], ours[0], ours[0] / reference[0])


def _costs(path: Path, alone: str, size: int) -> tuple[Costs, Costs]:
    """What the run costs, and what the same costs in one process; medians of rounds in turn."""
    out = path.with_name("findings")
    check = [sys.executable, "-m", "gouji.cli", "check", str(path), "--rules", "cn-disclosure"]
    commands = ([*check, "--jobs", "2", "-o", str(out)], [sys.executable, "-c", alone, str(path), f"{out}.csv"])
    rounds: list[list[Costs]] = []
    for _ in range(ROUNDS):
        shutil.rmtree(out, ignore_errors=True)  # else the run finds all done
        rounds.append([launched(command) for command in commands])
    run, one = (_middle(costs, size) for costs in zip(*rounds, strict=True))
    return run, one


def _middle(costs: Sequence[Costs], size: int) -> Costs:
    return median(spent for spent, _ in costs) * 100_000 * 1_000 / size, median(peak for _, peak in costs)


def _jsonl(folder: Path, keys: list[str], size: int, scenario: Scenario) -> Path:
    path = folder / "reports.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for report in table(keys, size, scenario).iter_rows(named=True):
            heads = {name: report.pop(name) for name in HEADS}
            one = {"agency": heads["agency"], "year": heads["year"], "tables": report}
            file.write(f"{json.dumps(one, ensure_ascii=False)}\n")
    return path
