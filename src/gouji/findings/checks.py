"""Every check of a result with the finding that explains it, for formats that list them all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from attrs import frozen

from gouji.findings.model import Result
from gouji.language.core import CELLS

if TYPE_CHECKING:
    from gouji.findings.explain import Finding


@frozen
class Checked:
    """One check: its rule, where it stands, its outcome, and its finding where there is one.

    `lacking` says why a check does not apply, where that is known.
    """

    rule: str
    where: str
    outcome: str
    severity: str
    finding: Finding | None
    lacking: str = ""


def checked(result: Result) -> Iterator[Checked]:
    """The checks of a result, cell by cell and then rule by rule; an absent row is one finding for all its cells."""
    decided = result.evaluation
    told = [number for number, outcome in sorted(decided.checks.items()) if outcome != "not_applicable"]
    first = len(result.findings) - len(told)
    of_cells = {cell.cell: finding for finding in result.findings[:first] for cell in finding.cells}
    of_checks = dict(zip(told, result.findings[first:], strict=True))
    for cell in decided.plan.layout.cells:
        outcome = decided.cells.get(cell.position, "pass")
        yield Checked(CELLS, cell.key, outcome, "error", of_cells.get(cell.key))
    for number, check in enumerate(decided.plan.checks):
        where = ", ".join(value for _, value in check.at) or check.rule.table or check.rule.name
        outcome = decided.checks.get(number, "pass")
        yield Checked(check.rule.name, where, outcome, check.rule.severity, of_checks.get(number), check.lacking)
