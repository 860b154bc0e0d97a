"""Seconds and memory, as ratios of things measured in turn; they are printed, never asserted."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median

from attrs import frozen

Work = Callable[[], object]
Rounds = Sequence[Mapping[str, float]]

LAUNCH = """
import json, resource, subprocess, sys, time
start = time.perf_counter()
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
spent = time.perf_counter() - start
print(json.dumps([code, spent, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]))
"""
"""A process counts the memory of the one that starts it as its own: this one starts it, and is small."""


@frozen
class Line:
    """What is compared: the name of ours, those of its references, of which the best counts, and the aim."""

    what: str
    ours: str
    references: Sequence[str]
    aim: float | None = None

    def told(self, rounds: Rounds, factor: float = 1_000) -> str:
        """Both medians, in units of which a second has so many, and the median of the ratios."""
        middle = {name: factor * median(one[name] for one in rounds) for name in (self.ours, *self.references)}
        best = min(self.references, key=middle.__getitem__)
        ratio = median(one[self.ours] / one[best] for one in rounds)
        return row(self.what, best, middle[best], middle[self.ours], ratio, self.aim)


def head(what: str, unit: str) -> str:
    """The names of the columns that `row` fills."""
    return f"{what:<54}{'reference':<32}{f'reference {unit}':>14}{f'ours {unit}':>12}{'ratio':>8}{'aim':>6}"


def row(what: str, by: str, reference: float, ours: float, ratio: float, aim: float | None = None) -> str:
    """One line of a table."""
    wanted = "" if aim is None else f"{aim:.2f}"
    return f"{what:<54}{by:<32}{reference:>14.1f}{ours:>12.1f}{ratio:>8.2f}{wanted:>6}"


def rounds(works: Mapping[str, Work], number: int) -> Rounds:
    """The seconds of each, measured in turn so many times."""
    return [{name: seconds(work) for name, work in works.items()} for _ in range(number)]


def seconds(work: Work, slice: float = 0) -> float:
    """Seconds that one call takes, over as many as fill the slice."""
    calls, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < slice or not calls:
        more = 8 if calls else 1
        for _ in range(more):
            work()
        calls += more
    return spent / calls


def launched(command: Sequence[str]) -> tuple[float, float]:
    """Seconds of a command, and the megabytes of the largest of its processes."""
    made = subprocess.run([sys.executable, "-c", LAUNCH, *command], check=True, capture_output=True, text=True)
    code, spent, peak = json.loads(made.stdout.splitlines()[-1])
    if code not in (0, 1):
        raise RuntimeError(made.stderr)
    return spent, peak / 1_024
