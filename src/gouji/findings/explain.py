"""A check that does not pass -> a finding: formula filled in, both sides, cells, and what would make it hold."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from attrs import evolve, field, frozen

from gouji.evaluation.facts import Affine, Facts, Fault, plus, scaled, spread, width_of
from gouji.evaluation.ground import slots_of
from gouji.evaluation.plan import Check
from gouji.evaluation.rows import Evaluation
from gouji.evaluation.trees import number, truth
from gouji.findings.formula import Names, filled, value_text
from gouji.findings.mending import Mend, condition
from gouji.forms.form import Cell, CellType
from gouji.forms.report import Report
from gouji.forms.values import Number, decimal_text
from gouji.language.core import CELLS
from gouji.language.operators import OPERATORS, RELATIONS
from gouji.language.ranges import point
from gouji.messages import say
from gouji.sources import Spot


@frozen
class Evidence:
    """One cell as a finding shows it; `source` is `this` report, `previous`, `part`, or a `figure` of the prose.

    `spot` is its place for a program; `document` is the one it stands in where that is not the one checked, empty where
    the value is a sum over several.
    """

    cell: str
    label: str
    printed: str
    value: str | None
    place: str
    source: str = "this"
    spot: Spot | None = None
    document: str | None = None

    def to_dict(self) -> dict[str, str | None]:
        """The cell as an element of `cells` in the JSON."""
        return {name: getattr(self, name) for name in ("cell", "label", "printed", "value", "place", "source")}


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
    note: str = ""
    mends: tuple[Mend, ...] = field(default=(), repr=False)
    """Which cell with which values would make it hold, all others staying; told of a check that is to be explained."""

    @property
    def message(self) -> str:
        """The author's sentence and the formula filled in."""
        return (
            say("{sentence}: {formula}", sentence=self.sentence, formula=self.formula)
            if self.formula
            else self.sentence
        )

    def to_dict(self) -> dict[str, Any]:
        """The finding as an element of `findings` in the JSON."""
        names = ("rule", "outcome", "severity", "table", "left", "right", "difference", "holds_if", "message",
                 "sentence", "formula", "clause", "rule_at", "note")  # fmt: skip
        plain: dict[str, Any] = {name: getattr(self, name) for name in names}
        return plain | {"at": dict(self.at), "cells": [cell.to_dict() for cell in self.cells]}


def evidence(report: Report, cell: Cell) -> Evidence:
    """The cell with what is printed there, its value and its place."""
    place = report.places.get(cell.position, "")
    printed = report.printed(cell)
    plain = report.given[cell.position].__class__ is int and cell.type.scale == 1  # then it is its own text
    value = printed if plain else report.text(cell)
    return Evidence(cell.key, cell.label, printed, value, place, spot=report.spots.get(cell.position))


def _shown(decided: Evaluation, slot: int) -> list[Evidence]:
    """The cell, or every place where the prose states the figure."""
    where = decided.plan.slots[slot]
    if where.source == "this":
        return [evidence(decided.report, where.cell)]
    if where.source == "figure":
        label = f"{where.cell.table.labels[0]} / {where.cell.label}"
        return [
            Evidence(where.cell.key, label, m.sentence, decimal_text(m.value), m.place, "figure", m.spot)
            for m in decided.report.figures.get(where.cell.position, ())
        ]
    report = decided.previous if where.source == "previous" else decided.parts
    assert report is not None
    found = evolve(evidence(report, where.cell), source=where.source)
    if where.source != "previous":
        return [evolve(found, document="")]
    of = ", ".join(filter(None, (report.source, str(report.year) if not report.source else "", found.place)))
    return [evolve(found, place=of, document=report.source)]


def explain_cell(decided: Evaluation, position: int) -> Finding:
    """The finding of the built-in rule on one cell, whatever its outcome."""
    report, cell = decided.report, decided.report.cells[position]
    outcome = decided.cells.get(position, "pass")
    at = {"row": "/".join(cell.row), "column": "/".join(cell.column)}
    if outcome in ("pass", "not_applicable"):
        return _cell_finding(report, [cell], outcome, say("the cell holds {value}", value=report.printed(cell)), at)
    return _cell_finding(report, [cell], outcome, _cell_sentence(report, cell, outcome), at)


def explain_cells(decided: Evaluation) -> list[Finding]:
    """The findings of the built-in rule; a row or table that is absent is one finding."""
    report = decided.report
    absent: dict[tuple[str, int, tuple[str, ...]], list[Cell]] = {}
    found = []
    for position, outcome in sorted(decided.cells.items()):
        cell, state = report.cells[position], report.states.get(position)
        if outcome == "not_applicable":
            continue
        if state and state.kind == "absent":
            absent.setdefault((cell.table.name, cell.block, cell.row), []).append(cell)
            continue
        found.append(explain_cell(decided, position))
    return found + _absent_findings(decided, absent)


def _absent_findings(
    decided: Evaluation, absent: Mapping[tuple[str, int, tuple[str, ...]], list[Cell]]
) -> list[Finding]:
    report, found = decided.report, []
    for table in report.form.tables:
        rows = [cells for key, cells in absent.items() if key[0] == table.name]
        every = [cell for row in rows for cell in row]
        if every and len(every) == sum(cell.table is table for cell in report.cells):
            outcome = decided.cells[every[0].position]
            found.append(_cell_finding(report, every, outcome, say("the table is absent"), {}))
            continue
        for cells in rows:
            at = {"row": "/".join(cells[0].row)}
            first = cells[0].position
            sentence = report.states[first].reason or say("the row is absent")
            found.append(_cell_finding(report, cells, decided.cells[first], sentence, at))
    return found


def _cell_sentence(report: Report, cell: Cell, outcome: str) -> str:
    state, type = report.states.get(cell.position), cell.type
    if state and state.kind == "unreadable":
        return say("cannot be read: {reason}", reason=state.reason)
    if state:
        required = outcome == "fail"
        return say("the cell is blank, and the form requires it") if required else say("the cell is blank")
    return say("{value} is outside the domain: {domain}", value=report.text(cell), domain=_domain(type))


def _domain(type: CellType) -> str:
    """What a cell may hold, in words."""
    said = [say("a whole number") if type.scale == 1 else say("at most {n} decimals", n=type.decimals)]
    if type.low is not None and type.high is not None:
        said.append(say("from {low} to {high}", low=type.low, high=type.high))
    elif type.low is not None:
        said.append(say("from {low} up", low=type.low))
    if type.unit:
        said.append(say("in {unit}", unit=type.unit))
    return say(", ").join(said)


def _cell_finding(report: Report, cells: list[Cell], outcome: str, sentence: str, at: Mapping[str, str]) -> Finding:
    shown_cells = tuple(evidence(report, cell) for cell in cells)
    table = cells[0].table.labels[0]
    return Finding(CELLS, outcome, "error", sentence, "", table, at, None, None, None, None, report.form.clause,
                   shown_cells, "")  # fmt: skip


def explain(decided: Evaluation, number: int, outcome: str) -> Finding:
    """The finding of one check."""
    check = decided.plan.checks[number]
    rule, names = check.rule, Names(decided, check)
    left, right = _sides(names)
    holds_if = condition(names) if outcome == "undetermined" else None
    formula = _formula(names, outcome, left, right)
    if holds_if:
        formula = say("{formula}, holds {condition}", formula=formula, condition=holds_if)
    elif outcome == "error" and check.body:
        reason = _fault(check, names.facts)
        formula = (
            say("{formula}, in error: {reason}", formula=formula, reason=reason) if reason not in formula else formula
        )
    elif outcome == "fail" and names.missing:
        formula = say("{formula}, which fails whatever the missing cells are", formula=formula)
    table = decided.plan.titles.get(rule.table, "")
    note = decided.waived.get(number, "")
    return Finding(
        rule.name, outcome, rule.severity, _sentence(rule.message, rule.sentence, names, left, right), formula, table,
        dict(check.at), _side(names, left), _side(names, right),
        _difference(names, left, right), holds_if, rule.clause,
        tuple([shown for slot in check.slots for shown in _shown(decided, slot)]), rule.at, note,
    )  # fmt: skip


def sides(decided: Evaluation, check: Check) -> tuple[str | None, str | None, str | None]:
    """Both sides of a comparison and their difference as texts, where they are known."""
    names = Names(decided, check)
    left, right = _sides(names)
    return _side(names, left), _side(names, right), _difference(names, left, right)


def _sides(names: Names) -> tuple[Number | None, Number | None]:
    """Both sides of a comparison, where they are known."""
    check = names.check
    if check.body is None or check.body.operator not in RELATIONS:
        return None, None
    facts = names.facts
    if check.linear and not names.quotes and not any(slot in facts.states for slot in check.slots):
        scale, values = check.linear.scale, facts.values
        one, other = (side.constant + sum([c * values[slot] for c, slot in side.terms]) for side in check.linear.sides)
        return (one, other) if scale == 1 else (Fraction(one, scale), Fraction(other, scale))
    found: list[Number | None] = []
    for side in check.body.arguments:
        stated = not any(names.unstated(slot) for slot in slots_of(side))
        value = number(side, facts) if stated else None
        known = spread(value, facts).known if isinstance(value, Affine) else None
        found.append(None if known is None else Fraction(known))
    return found[0], found[1]


def _fault(check: Check, facts: Facts) -> str:
    """Why a check is in error."""
    for ground in (check.guard, check.body):
        found = truth(ground, facts) if ground else None
        if isinstance(found, Fault):
            return found.reason
    return ""


def _formula(names: Names, outcome: str, left: Number | None, right: Number | None) -> str:
    check = names.check
    if check.body is None:
        return check.lacking
    if left is None or right is None or outcome not in ("pass", "fail", "waived"):
        return filled(check.body, names)
    sides, relation = check.body.arguments, check.body.operator
    beside = names.spoken(*sides)
    one, other = (filled(side, names, beside) for side in sides)
    total = _say(names, left)
    if relation == "=" and left == right:
        return " = ".join([one, other, *([] if total in (one, other) else [total])])
    one, other = _equals(one, total), _equals(other, _say(names, right))
    if outcome == "pass":
        said = f"{one} {relation} {other}"
    elif relation == "=":
        said = say("{left}, but {right}", left=one, right=other)
    else:
        said = say("{left} is not {relation} {right}", left=one, relation=relation, right=other)
    width = _width(names, outcome, Fraction(left - right))
    return say("{formula}, give or take {width}", formula=said, width=decimal_text(width)) if width else said


def _width(names: Names, outcome: str, difference: Fraction) -> Fraction | None:
    """The difference allowed, where it is what decides or is written in a rule that fails."""
    body, linear = names.check.body, names.check.linear
    assert body is not None
    if linear and not linear.width:
        return None
    test = OPERATORS[body.operator].holds
    if outcome != "pass" and body.width:
        return body.width
    if test is None or test(point(difference), 0) is (outcome == "pass"):
        return None
    one, other = (number(side, names.facts) for side in body.arguments)
    if not isinstance(one, Affine) or not isinstance(other, Affine):
        return None
    return width_of(plus(one, scaled(other, Fraction(-1))), body, names.facts)


def _say(names: Names, value: Number) -> str:
    """A side of a comparison; of days and codes as they are called."""
    return value_text(value, names.beside)


def _side(names: Names, value: Number | None) -> str | None:
    """A side of a comparison for programs: yes and no are `yes` and `no` in every language."""
    if value is None:
        return None
    if names.beside and names.beside.kind == "yesno" and value in (0, 1):
        return "yes" if value else "no"
    return _say(names, value)


def _difference(names: Names, left: Number | None, right: Number | None) -> str | None:
    """The left less the right; None of codes and of yes and no, which are no numbers."""
    if left is None or right is None or (names.beside and names.beside.kind in ("code", "yesno")):
        return None
    return decimal_text(left - right)


def _equals(text: str, total: str) -> str:
    return text if text == total else f"{text} = {total}"


def _sentence(message: str, sentence: str, names: Names, left: Number | None, right: Number | None) -> str:
    """The author's message with its values, or the sentence."""
    if not message:
        return sentence
    values: dict[str, str | None] = dict(names.check.at)
    values |= {
        side: None if value is None else _say(names, value) for side, value in (("left", left), ("right", right))
    }
    values["difference"] = _difference(names, left, right) if left is not None and right is not None else "{difference}"
    values |= {name: names.text(slot) for slot, name in reversed(list(names.short.items()))}
    for name, value in values.items():
        message = message.replace("{" + name + "}", "?" if value is None else value)
    return message
