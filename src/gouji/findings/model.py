"""Verdicts -> what a person or a program reads."""

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from attrs import asdict, define, field, frozen

from gouji.evaluation.plan import CELLS, Check, Side
from gouji.evaluation.rows import OUTCOMES, Evaluation, skipped
from gouji.forms.form import Cell
from gouji.forms.report import Report
from gouji.forms.values import Number, decimal_text


@frozen
class Verdict:
    """The outcome of one check."""

    rule: str
    at: Mapping[str, str]
    outcome: str
    severity: str


@frozen
class Evidence:
    """One cell as a finding shows it."""

    cell: str
    label: str
    printed: str
    value: str | None
    place: str


@frozen
class Finding:
    """A check that does not pass, explained."""

    rule: str
    outcome: str
    severity: str
    sentence: str
    formula: str
    table: str
    at: Mapping[str, str]
    left: str | None
    right: str | None
    difference: str | None
    holds_if: str | None
    clause: str
    cells: tuple[Evidence, ...] = field(repr=False)
    rule_at: str

    @property
    def message(self) -> str:
        """The author's sentence and the formula filled in."""
        return f"{self.sentence}: {self.formula}" if self.formula else self.sentence

    def to_dict(self) -> dict[str, Any]:
        """The finding as an element of `findings` in the JSON."""
        names = ("rule", "outcome", "severity", "table", "left", "right", "difference", "holds_if", "message",
                 "sentence", "formula", "clause", "rule_at")  # fmt: skip
        plain: dict[str, Any] = {name: getattr(self, name) for name in names}
        cells = [asdict(c) for c in self.cells]
        return plain | {"at": dict(self.at), "cells": cells}


@define(eq=False, slots=False)
class Result:
    """What checking one report gives; everything is derived from its evaluation when asked."""

    evaluation: Evaluation = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def report(self) -> Report:
        """The report that was checked."""
        return self.evaluation.report

    @cached_property
    def rules(self) -> dict[str, dict[str, Any]]:
        """Severity and the seven counts for each rule, `cells` first."""
        plan, decided = self.evaluation.plan, self.evaluation
        made = {CELLS: len(plan.form.cells)}
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
            for cell in decided.plan.form.cells
        ]
        return tuple(cells) + tuple(
            Verdict(check.rule.name, dict(check.at), decided.checks.get(number, "pass"), check.rule.severity)
            for number, check in enumerate(decided.plan.checks)
        )

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Every check that fails, is in error, undetermined or waived; an absent row or table is one finding."""
        decided = self.evaluation
        found = _cell_findings(decided)
        for number, outcome in sorted(decided.checks.items()):
            if outcome != "not_applicable":
                found.append(_explain(decided, decided.plan.checks[number], outcome))
        return tuple(found)

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
            "notes": [*report.notes, *self.notes, *self._assumed()],
        }

    def _assumed(self) -> list[str]:
        cells = self.report.form.cells
        return [f"{cells[position].key} is blank and read as 0" for position in self.evaluation.assumed]

    def to_json(self) -> str:
        """`to_dict` as JSON, unescaped."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1)

    def __str__(self) -> str:
        from gouji.findings.text import render

        return render(self)


def _at(cell: Cell) -> dict[str, str]:
    return {"row": "/".join(cell.row), "column": "/".join(cell.column)}


def _evidence(report: Report, cell: Cell) -> Evidence:
    place = report.places.get(cell.position, "")
    return Evidence(cell.key, cell.label, report.printed(cell), report.text(cell), place)


def _cell_findings(decided: Evaluation) -> list[Finding]:
    report = decided.report
    absent: dict[tuple[str, int, tuple[str, ...]], list[Cell]] = {}
    found = []
    for position, outcome in sorted(decided.cells.items()):
        cell, state = report.form.cells[position], report.states.get(position)
        if state and state.kind == "absent":
            absent.setdefault((cell.table.name, cell.block, cell.row), []).append(cell)
        elif outcome != "not_applicable":
            found.append(_cell_finding(report, [cell], outcome, _cell_sentence(report, cell, outcome), _at(cell)))
    for table in report.form.tables:
        rows = [cells for key, cells in absent.items() if key[0] == table.name]
        every = [cell for row in rows for cell in row]
        if len(every) == sum(cell.table is table for cell in report.form.cells):
            found.append(_cell_finding(report, every, "undetermined", "the table is absent", {}))
        else:
            for cells in rows:
                at = {"row": "/".join(cells[0].row)}
                found.append(_cell_finding(report, cells, "undetermined", "the row is absent", at))
    return found


def _cell_sentence(report: Report, cell: Cell, outcome: str) -> str:
    state = report.states.get(cell.position)
    if outcome == "fail":
        wanted = "a whole number" if cell.type.scale == 1 else f"at most {cell.type.decimals} decimals"
        return f"{report.text(cell)} is outside the domain: {wanted}, from 0 up, in {cell.type.unit}"
    if state and state.kind == "unreadable":
        return f"cannot be read: {state.reason}"
    return "the cell is blank"


def _cell_finding(report: Report, cells: list[Cell], outcome: str, sentence: str, at: Mapping[str, str]) -> Finding:
    evidence = tuple(_evidence(report, cell) for cell in cells)
    table = cells[0].table.labels[0]
    return Finding(CELLS, outcome, "error", sentence, "", table, at, None, None, None, None, report.form.clause,
                   evidence, "")  # fmt: skip


def _explain(decided: Evaluation, check: Check, outcome: str) -> Finding:
    rule, slots = check.rule, decided.plan.slots
    left, right = _total(decided, check.left), _total(decided, check.right)
    missing = [(c, slot) for c, slot in check.terms if slot in decided.states and not skipped(decided.states[slot])]
    relation = rule.body.relation
    sides = (_filled(decided, check.left, check), _filled(decided, check.right, check))
    if left is None or right is None:
        formula = f"{sides[0]} {relation} {sides[1]}"
    elif relation == "=":
        formula = f"{_equals(sides[0], left, check)}, but {_equals(sides[1], right, check)}"
    else:
        formula = f"{_equals(sides[0], left, check)} is not {relation} {_equals(sides[1], right, check)}"
    holds_if = _condition(decided, check, missing) if outcome == "undetermined" else None
    if holds_if:
        formula += f", holds {holds_if}"
    elif outcome == "fail" and missing:
        formula += ", which fails whatever the missing cells are"
    table = next((t.labels[0] for t in decided.plan.form.tables if t.name == rule.table), "")
    used = dict.fromkeys(slot for side in (check.left, check.right) for _, slot in side.terms)
    evidence = []
    for slot in used:
        report = decided.report if slots[slot].source == "this" else decided.previous
        assert report is not None
        evidence.append(_evidence(report, slots[slot].cell))
    difference = None if left is None or right is None else decimal_text(left - right, check.scale)
    return Finding(
        rule.name, outcome, rule.severity, rule.sentence, formula, table, dict(check.at),
        None if left is None else decimal_text(left, check.scale),
        None if right is None else decimal_text(right, check.scale),
        difference, holds_if, rule.clause, tuple(evidence), rule.at,
    )  # fmt: skip


def _total(decided: Evaluation, side: Side) -> Number | None:
    if any(slot in decided.states and not skipped(decided.states[slot]) for _, slot in side.terms):
        return None
    return sum((c * decided.values[slot] for c, slot in side.terms), start=side.constant)


def _filled(decided: Evaluation, side: Side, check: Check) -> str:
    """The side with its numbers in place of names: `41 + 5`."""
    pieces = []
    for coefficient, slot in side.terms:
        cell, state = decided.plan.slots[slot].cell, decided.states.get(slot)
        factor = abs(coefficient) * cell.type.scale // check.scale
        text = decimal_text(decided.values[slot], cell.type.scale) if state is None else state.reason or state.kind
        if state and state.kind == "unreadable":
            text = "unreadable"
        pieces.append(("- " if coefficient < 0 else "+ ") + (f"{factor} * " if factor != 1 else "") + text)
    if side.constant or not pieces:
        pieces.append(("- " if side.constant < 0 else "+ ") + decimal_text(abs(side.constant), check.scale))
    joined = " ".join(pieces)
    return joined.removeprefix("+ ")


def _equals(filled: str, total: Number, check: Check) -> str:
    text = decimal_text(total, check.scale)
    return filled if filled == text else f"{filled} = {text}"


def _condition(decided: Evaluation, check: Check, missing: list[tuple[int, int]]) -> str | None:
    """Under which values of the missing cells an equation would hold."""
    if check.rule.body.relation != "=" or not missing:
        return None
    signs = {c > 0 for c, _ in missing}
    d = check.constant + sum(c * decided.values[s] for c, s in check.terms if s not in decided.states)
    names = [_short(decided, check, slot) for _, slot in missing]
    if len(missing) == 1:
        value = -d * decided.plan.slots[missing[0][1]].cell.type.scale
        unit = missing[0][0] * check.scale
        return f"only if {names[0]} is {decimal_text(value, unit)}" if value % unit == 0 else None
    if d == 0 and len(signs) == 1:
        shown = ", ".join(names[:-1]) + " and " + names[-1]
        return f"only if {'both' if len(names) == 2 else 'all'} are 0: {shown}"
    if {abs(c) for c, _ in missing} == {check.scale} or {abs(c) for c, _ in missing} == {1}:
        sign = 1 if missing[0][0] > 0 else -1
        shown = names[0] + "".join(
            f" {'+' if c * sign > 0 else '-'} {n}" for (c, _), n in zip(missing[1:], names[1:], strict=True)
        )
        return f"only if {shown} is {decimal_text(-d * sign, check.scale)}"
    return None


def _short(decided: Evaluation, check: Check, slot: int) -> str:
    """The name of a cell along the axis that the rule does not range over."""
    where, cell = decided.plan.slots[slot], decided.plan.slots[slot].cell
    fixed = {variable for variable, _ in check.at}
    name = cell.column[-1] if "row" in fixed else cell.row[-1] if "column" in fixed else cell.key
    return name if where.source == "this" else f"previous({name})"
