"""Verdicts -> what a person or a program reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import define, evolve, field, frozen

from gouji.evaluation.rows import OUTCOMES, Evaluation
from gouji.forms.form import Cell
from gouji.forms.report import Report
from gouji.language.core import CELLS
from gouji.messages import language, say, speaking

if TYPE_CHECKING:
    from gouji.evaluation.fill import Filled
    from gouji.findings.explain import Finding
    from gouji.findings.table import Backend


@frozen
class Verdict:
    """The outcome of one check."""

    rule: str
    at: Mapping[str, str]
    outcome: str
    severity: str


@define(eq=False, slots=False)
class Result:
    """What checking one report gives; everything is derived from its evaluation when asked."""

    evaluation: Evaluation = field(repr=False)
    notes: tuple[str, ...] = ()
    filled: Filled | None = field(default=None, repr=False)
    _findings: dict[str, tuple[Finding, ...]] = field(factory=dict, init=False, repr=False)

    @property
    def report(self) -> Report:
        """The report that was checked."""
        return self.evaluation.report

    @cached_property
    def rules(self) -> dict[str, dict[str, Any]]:
        """Severity and the seven counts for each rule, `cells` first."""
        plan, decided = self.evaluation.plan, self.evaluation
        made = {CELLS: len(plan.layout.cells)}
        for check in plan.checks:
            made[check.rule.name] = made.get(check.rule.name, 0) + 1
        severities = {CELLS: "error"} | {rule.name: rule.severity for rule in plan.rules}
        rules: dict[str, dict[str, Any]] = {
            name: {"severity": severities[name], "expected": expected} | dict.fromkeys(OUTCOMES, 0)
            for name, expected in plan.expected.items()
        }
        for outcome in decided.cells.values():
            rules[CELLS][outcome] += 1
        for number, outcome in decided.checks.items():
            rules[plan.checks[number].rule.name][outcome] += 1
        for name, counts in rules.items():
            counts["pass"] = made.get(name, 0) - sum(counts[outcome] for outcome in OUTCOMES)
        return rules

    @cached_property
    def counts(self) -> dict[str, int]:
        """The seven counts in total; `expected` is the sum of the others."""
        return {name: sum(rule[name] for rule in self.rules.values()) for name in ("expected", *OUTCOMES)}

    @cached_property
    def status(self) -> str:
        """`fail`, `undetermined` or `pass`, from the rules of severity error alone."""
        errors = [rule for rule in self.rules.values() if rule["severity"] == "error"]
        if any(rule["fail"] or rule["error"] for rule in errors):
            return "fail"
        return "undetermined" if any(rule["undetermined"] for rule in errors) else "pass"

    @property
    def ok(self) -> bool:
        """Whether no check of severity error fails or is in error."""
        return self.status != "fail"

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        """Every check with its outcome, passing ones too."""
        decided = self.evaluation
        cells = [
            Verdict(CELLS, _at(cell), decided.cells.get(cell.position, "pass"), "error")
            for cell in decided.plan.layout.cells
        ]
        return tuple(cells) + tuple(
            Verdict(check.rule.name, dict(check.at), decided.checks.get(number, "pass"), check.rule.severity)
            for number, check in enumerate(decided.plan.checks)
        )

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every check that fails, is in error, undetermined or waived; an absent row or table is one finding."""
        spoken = language()
        if spoken not in self._findings:
            self._findings[spoken] = self._explained()
        return self._findings[spoken]

    def explain(self, verdict: Verdict) -> Finding:
        """One check with its formula filled in, passing ones too, and which values of one cell would make it hold.

        `verdict` is one of `verdicts`, or equal to exactly one of them: made by hand, say, or kept from another run.
        Raises ValueError for any other.
        """
        from gouji.findings.explain import explain, explain_cell
        from gouji.findings.mending import mends

        number = self._numbers.get(id(verdict))
        if number is None:
            equal = self._equal.get(_meaning(verdict), [])
            if len(equal) != 1:
                several = say(
                    "several verdicts of this result are equal to {verdict}; take one of them", verdict=verdict
                )
                raise ValueError(several if equal else say("{verdict} is no verdict of this result", verdict=verdict))
            (number,) = equal
        decided, cells = self.evaluation, len(self.evaluation.plan.layout.cells)
        if number < cells:
            return explain_cell(decided, number)
        outcome = self.verdicts[number].outcome
        found = explain(decided, number - cells, outcome)
        return evolve(found, mends=mends(decided, number - cells)) if outcome == "fail" else found

    @cached_property
    def _numbers(self) -> dict[int, int]:
        """The place of each verdict by its identity; they are kept, so none of another result has the same."""
        return {id(verdict): number for number, verdict in enumerate(self.verdicts)}

    @cached_property
    def _equal(self) -> dict[object, list[int]]:
        """The places of the verdicts by what they say."""
        found: dict[object, list[int]] = {}
        for number, verdict in enumerate(self.verdicts):
            found.setdefault(_meaning(verdict), []).append(number)
        return found

    def _explained(self) -> tuple[Finding, ...]:
        from gouji.findings.explain import explain, explain_cells  # a report that passes needs none of it

        decided = self.evaluation
        explained = (
            explain(decided, number, outcome)
            for number, outcome in sorted(decided.checks.items())
            if outcome != "not_applicable"
        )
        return (*explain_cells(decided), *explained)

    def to_dict(self) -> dict[str, Any]:
        """One element of `reports` in the JSON of the command."""
        report = self.report
        form = report.form
        return {
            "source": report.source,
            "form": form.id,
            "edition": form.edition,
            "agency": report.agency,
            "year": report.year,
            "status": self.status,
            "counts": self.counts,
            "rules": self.rules,
            "findings": [finding.to_dict() for finding in self.findings],
            "unplaced": list(report.unplaced),
            "notes": [*report.notes, *self.notes, *self._assumed(), *(self.filled.conflicts if self.filled else ())],
        } | ({"filled": self._filled()} if self.filled else {})

    def _filled(self) -> list[dict[str, str | None]]:
        """The cells that were blank and are determined, each with its value and the rule that fixes it."""
        assert self.filled is not None
        report, rules = self.filled.report, self.filled.rules
        return [
            {"cell": report.cells[at].key, "value": report.text(report.cells[at]), "rule": rules[at]}
            for at in sorted(rules)
        ]

    def _assumed(self) -> list[str]:
        cells = self.report.cells
        return [say("{cell} is blank and read as 0", cell=cells[at].key) for at in self.evaluation.assumed]

    def to_html(self, *, lang: str | None = None) -> str:
        """The form as it is printed with the findings beside it, one page that needs nothing else."""
        from gouji.findings.page import render

        with speaking(lang):
            return render([self])

    def _repr_html_(self) -> str | None:
        """The page in a frame of its own, for notebooks; None, so that text is shown, where jinja2 is absent."""
        from html import escape

        try:
            page = escape(self.to_html())
        except ModuleNotFoundError:
            return None
        return f'<iframe srcdoc="{page}" sandbox="allow-scripts" width="100%" height="640" frameborder="0"></iframe>'

    def to_json(self) -> str:
        """`to_dict` as JSON, unescaped."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1)

    def to_frame(self, backend: Backend = "polars") -> Any:
        """The findings as a data frame of `polars`, `pandas` or `pyarrow`, one row each; numbers are decimal text."""
        from gouji.findings.table import to_frame

        return to_frame([self], backend)

    def annotate(self, out: str | Path, document: str | Path | bytes | None = None) -> None:
        """Writes a copy of the Word document or workbook that was checked to `out`, failing cells marked and commented.

        The document is the report's source unless its path or its bytes are given. Raises ReportError when it is of
        another kind, is not the one that was checked, or would be written over.
        """
        from gouji.findings.annotate.copies import write

        write(self, Path(out), self.report.source if document is None else document)

    def __str__(self) -> str:
        from gouji.findings.text import render

        return render(self)


def _meaning(verdict: Verdict) -> tuple[object, ...]:
    return verdict.rule, tuple(verdict.at.items()), verdict.severity, verdict.outcome


def _at(cell: Cell) -> dict[str, str]:
    return {"row": "/".join(cell.row), "column": "/".join(cell.column)}
