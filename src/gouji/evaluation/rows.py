"""One report: the definition of every verdict, by bounds where cells are missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice, product
from typing import TYPE_CHECKING

from attrs import field, frozen

from gouji.evaluation.facts import Facts, Fault, Skip, linear_truth
from gouji.evaluation.plan import Plan
from gouji.evaluation.trees import truth
from gouji.forms.report import Report

if TYPE_CHECKING:
    from gouji.evaluation.waivers import Waiver

OUTCOMES = ("pass", "fail", "undetermined", "not_applicable", "waived", "error")
_BEST = ("pass", "undetermined", "fail", "error", "not_applicable")
MAX_READINGS = 1_000
_OUTCOME = {True: "pass", False: "fail", None: "undetermined"}


@frozen
class Evaluation:
    """What one report gives: outcomes that are not `pass`, by cell position and by number of check."""

    plan: Plan = field(repr=False)
    report: Report = field(repr=False)
    previous: Report | None = field(repr=False)
    parts: Report | None = field(repr=False)
    cells: Mapping[int, str]
    checks: Mapping[int, str]
    facts: Facts = field(repr=False)
    assumed: tuple[int, ...] = ()
    waived: Mapping[int, str] = field(factory=dict)


def evaluate(
    plan: Plan,
    report: Report,
    previous: Report | None,
    assumed: tuple[int, ...] = (),
    functions: Mapping[str, Callable[..., object]] | None = None,
    waivers: Sequence[Waiver] = (),
    parts: Report | None = None,
) -> Evaluation:
    """Decides every check of the plan; the common case, all known and all holding, in one generated function."""
    facts = Facts.of(plan.slots, report, previous, functions, parts)
    checks = dict(plan.decided)
    if facts.states or not plan.holds(facts.values):
        _decide_linear(plan, facts, checks)
    for number in plan.general:
        outcome = _decide(plan, number, facts)
        if outcome != "pass":
            checks[number] = outcome
    checks |= _quoted(plan, report, facts) if report.figures else plan.unquoted
    notes = _waive(plan, report, checks, waivers)
    return Evaluation(plan, report, previous, parts, _cells(report), checks, facts, assumed, notes)


def _decide_linear(plan: Plan, facts: Facts, checks: dict[int, str]) -> None:
    touched = {number for slot in facts.states for number in plan.touching.get(slot, ())}
    for (number, row), held in zip(plan.linear, plan.each(facts.values), strict=True):
        if number in touched:
            body = plan.checks[number].body
            assert body is not None
            found = linear_truth(row, body, facts)
            outcome = "not_applicable" if isinstance(found, Skip) else _OUTCOME[found]
        else:
            outcome = "pass" if held else "fail"
        if outcome != "pass":
            checks[number] = outcome


def _decide(plan: Plan, number: int, facts: Facts) -> str:
    """The order of decision: the guard, then what is known, then a fault, then what is missing."""
    check = plan.checks[number]
    facts = facts.under(check.rule.marks)
    for ground, final in ((check.guard, False), (check.body, True)):
        if ground is None:
            continue
        found = truth(ground, facts)
        if isinstance(found, Skip):
            return "not_applicable"
        if isinstance(found, Fault):
            return "error"
        if final or found is None:
            return _OUTCOME[found]
        if not found:
            return "not_applicable"
    return "pass"


def _quoted(plan: Plan, report: Report, facts: Facts) -> dict[int, str]:
    """The checks of what the prose quotes: one passes if some place fits, and does not apply where none states it."""
    first = len(plan.slots) - len(report.form.figures)
    found = {}
    for number, slots in plan.quoting.items():
        stated = [report.figures.get(slot - first, ()) for slot in slots]
        choices = islice(product(*stated), MAX_READINGS)
        outcomes = {_decide(plan, number, facts.quoting(dict(zip(slots, choice, strict=True)))) for choice in choices}
        found[number] = next((outcome for outcome in _BEST if outcome in outcomes), "not_applicable")
    return {number: outcome for number, outcome in found.items() if outcome != "pass"}


def _cells(report: Report) -> dict[int, str]:
    """The built-in rule: a number in its domain passes; a blank is as the form needs it."""
    outcomes: dict[int, str] = {}
    if report.states:
        kinds = {"blank": "undetermined", "absent": "undetermined", "mark": "not_applicable", "unreadable": "error",
                 "text": "pass"}  # fmt: skip
        for position, state in report.states.items():
            outcomes[position] = kinds[state.kind]
            if state.kind in ("blank", "absent"):
                need = report.cells[position].said("need") or report.form.need
                outcomes[position] = {"required": "fail", "optional": "not_applicable"}.get(need, "undetermined")
    if report.outside:
        outcomes |= dict.fromkeys(report.outside, "fail")
    return {position: outcome for position, outcome in outcomes.items() if outcome != "pass"} if outcomes else outcomes


def _waive(plan: Plan, report: Report, checks: dict[int, str], waivers: Sequence[Waiver]) -> dict[int, str]:
    """Lifts failures that a note of the report explains, where the rule says so, or that a waiver covers; and why."""
    notes: dict[int, str] = {}
    if not waivers and not report.remarks:
        return notes
    for number, outcome in checks.items():
        check = plan.checks[number]
        if outcome != "fail":
            continue
        note = _explanation(plan, report, number) if check.rule.waiver else ""
        covering = (str(w) for w in waivers if w.covers(check.rule.name, dict(check.at), report.agency, report.year))
        note = note or next(covering, "")
        if note:
            notes[number] = note
    checks |= dict.fromkeys(notes, "waived")
    return notes


def _explanation(plan: Plan, report: Report, number: int) -> str:
    """The note on the table or on a cell that a check reads, or nothing."""
    check = plan.checks[number]
    cells = [plan.slots[slot].cell for slot in check.slots if plan.slots[slot].source == "this"]
    keys = [check.rule.table, *(cell.key for cell in cells), *(cell.table.name for cell in cells)]
    return next((report.remarks[key] for key in keys if report.remarks.get(key)), "")
