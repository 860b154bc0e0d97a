"""How many checks of each rule come out how over all reports of a frame: what passes is what is left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import define, field

from gouji.evaluation.rows import OUTCOMES
from gouji.frames.groups import Group
from gouji.frames.suspects import reports
from gouji.frames.telling import IDLE, TIMES
from gouji.language.core import CELLS

Values = Callable[[Any], Mapping[str, list[Any]]]


@define
class Counts:
    """Severity and the seven counts for each rule, as `Result.rules` has them for one report."""

    rules: dict[str, dict[str, Any]] = field(factory=dict)

    def expect(self, nw: Any, frame: Any, group: Group, years: Mapping[object, int], values: Values) -> None:
        """Counts the reports of a group, and which checks do not apply to those that surely pass."""
        rows = reports(nw, frame.lazy(), group, years)
        (number,) = values(rows.select(nw.len().alias("n")))["n"]
        if not number:
            return
        severities = {CELLS: "error"} | {rule.name: rule.severity for rule in group.plan.rules}
        for name, expected in group.plan.expected.items():
            new = {"severity": severities[name], "expected": 0, **dict.fromkeys(OUTCOMES, 0)}
            self.rules.setdefault(name, new)["expected"] += number * expected
        if group.rowwise:
            return
        columns = group.over_read(nw)
        idle = columns.inapplicable()
        sums = [one.alias(str(at)) for at, one in enumerate(idle.values())]
        found = values(rows.filter(columns.clean()).select(*sums)) if sums else {}
        for at, name in enumerate(idle):
            self.rules[name][IDLE] += int(found[str(at)][0] or 0)

    def finish(self, told: Any) -> dict[str, dict[str, Any]]:
        """The counts, with those of a frame of findings that narwhals knows."""
        import narwhals as nw

        small = told.lazy().group_by("rule", "outcome").agg(nw.col(TIMES).sum()).collect()
        for name, outcome, times in small.select("rule", "outcome", TIMES).rows():
            self.rules[name][outcome] += int(times)  # DuckDB has sums of another type
        for counts in self.rules.values():
            counts["pass"] = counts["expected"] - sum(counts[outcome] for outcome in OUTCOMES)
        return self.rules
