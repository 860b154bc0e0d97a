"""What is kept of many reports: how many came out how, the counts of the rules, what could not be used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import field, frozen

from gouji.findings.model import Result


@frozen
class Tally:
    """The counts of a chunk, or of a run; `problems` are those of the chunk, of a run only `unusable`, how many.

    `bodies` are the reports of a chunk, the key of each and where it stands there.
    """

    reports: int = 0
    statuses: Mapping[str, int] = field(factory=dict)
    rules: Mapping[str, Mapping[str, Any]] = field(factory=dict)
    problems: Sequence[str] = ()
    failed: bool = False
    unusable: int = 0
    bodies: Sequence[Sequence[object]] = ()

    def plus(self, other: Tally) -> Tally:
        """Both together."""
        names = dict.fromkeys((*self.rules, *other.rules))
        return Tally(
            self.reports + other.reports,
            _added(self.statuses, other.statuses),
            {name: _added(self.rules.get(name, {}), other.rules.get(name, {})) for name in names},
            (),
            self.failed or other.failed,
            self.unusable + other.unusable + len(other.problems),
        )


def of_results(results: Iterable[Result], problems: Sequence[str], strict: bool) -> Tally:
    """The counts of some reports."""
    total = Tally()
    for result in results:
        open_ = strict and (result.counts["undetermined"] or result.report.unplaced)
        total = total.plus(Tally(1, {result.status: 1}, result.rules, (), not result.ok or bool(open_)))
    return Tally(total.reports, total.statuses, total.rules, tuple(problems), total.failed)


def _added(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """The sums of numbers; a text is the same in both."""
    found = {**one}
    for name, value in other.items():
        found[name] = found.get(name, 0) + value if isinstance(value, int) else value
    return found
