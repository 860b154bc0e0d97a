"""What is blank and determined: each linear equality with one missing cell fixes it, again and again."""

from __future__ import annotations

from fractions import Fraction

from attrs import evolve, frozen

from gouji.evaluation.facts import Facts, skipped
from gouji.evaluation.plan import Linear, Plan
from gouji.forms.report import Report, in_domain
from gouji.forms.values import BLANK
from gouji.messages import say


@frozen
class Filled:
    """A report with its determined cells filled: which rule fixed each, and what two rules want differently."""

    report: Report
    rules: dict[int, str]
    conflicts: tuple[str, ...]


def fill(plan: Plan, report: Report, previous: Report | None) -> Filled:
    """Fills the blank and absent cells that the equalities of the plan determine; a contested one stays blank."""
    conflicts: dict[int, str] = {}
    while True:
        filled, rules = _filled(plan, report, previous, conflicts)
        contested = _contested(plan, filled, previous, rules)
        if contested is None:
            return Filled(filled, rules, tuple(conflicts.values()))
        slot, said = contested
        conflicts[slot] = said


def _filled(
    plan: Plan, report: Report, previous: Report | None, conflicts: dict[int, str]
) -> tuple[Report, dict[int, str]]:
    """The report filled again and again, without the cells that are contested; what two rules want is added to them."""
    rules: dict[int, str] = {}
    while True:
        wanted = _wanted(plan, report, previous)
        new = {slot: wants for slot, wants in wanted.items() if slot not in conflicts}
        if not new:
            return report, rules
        for slot, wants in new.items():
            if len(wants) > 1:
                conflicts[slot] = _said(report, slot, wants)
                continue
            ((value, rule),) = wants.items()
            report, rules[slot] = _with(report, slot, value), rule


def _with(report: Report, slot: int, value: int) -> Report:
    values = (*report.values[:slot], value, *report.values[slot + 1 :])
    return evolve(report, values=values, states={at: state for at, state in report.states.items() if at != slot})


def _without(report: Report, slot: int) -> Report:
    return evolve(report, states={**report.states, slot: BLANK})


def _said(report: Report, slot: int, wants: dict[int, str]) -> str:
    said = [say("{rule} wants {value}", rule=rule, value=value) for value, rule in wants.items()]
    return say("{key} stays blank: {wants}", key=report.cells[slot].key, wants=say(" and ").join(said))


def _contested(plan: Plan, report: Report, previous: Report | None, rules: dict[int, str]) -> tuple[int, str] | None:
    """A filled cell of which an equality that became known wants another value."""
    held = plan.each(Facts.of(plan.slots, report, previous).values)
    for (number, linear), holds in zip(plan.linear, held, strict=True):
        filled = [slot for _, slot in linear.terms if slot in rules]
        missing = any(slot in report.states for _, slot in linear.terms)
        if holds or missing or not filled or linear.relation != "=" or linear.width:
            continue
        slot = filled[-1]
        facts = Facts.of(plan.slots, _without(report, slot), previous)
        solved = _solved(plan, number, linear, facts)
        rule = plan.checks[number].rule.name
        another = say("{rule} wants another value", rule=rule)
        wants = say("{rule} wants {value}", rule=rule, value=solved[1]) if solved else another
        first = say("{rule} wants {value}", rule=rules[slot], value=report.values[slot])
        return slot, say(
            "{key} stays blank: {wants}", key=report.cells[slot].key, wants=say(" and ").join((first, wants))
        )
    return None


def _wanted(plan: Plan, report: Report, previous: Report | None) -> dict[int, dict[int, str]]:
    """The values that single equalities give to blank cells, each with a rule that gives it."""
    facts = Facts.of(plan.slots, report, previous)
    wanted: dict[int, dict[int, str]] = {}
    for number, linear in plan.linear:
        found = _solved(plan, number, linear, facts)
        if found and found[0] < len(report.cells) and report.states[found[0]].kind in ("blank", "absent"):
            slot, value = found
            if in_domain(value, report.cells[slot].type):
                wanted.setdefault(slot, {}).setdefault(value, plan.checks[number].rule.name)
    return wanted


def _solved(plan: Plan, number: int, linear: Linear, facts: Facts) -> tuple[int, int] | None:
    """The only missing slot of an exact equality that applies, and the whole value that makes it hold."""
    missing = [(c, slot) for c, slot in linear.terms if slot in facts.states and facts.missing(slot)]
    body = plan.checks[number].body
    if len(missing) != 1 or linear.relation != "=" or linear.width or body is None:
        return None
    if any(skipped(side, facts) for side in body.arguments):
        return None
    ((coefficient, slot),) = missing
    known = linear.constant + sum(c * facts.values[s] for c, s in linear.terms if s != slot and not facts.skips(s))
    value = Fraction(-known) / coefficient
    return (slot, value.numerator) if value.denominator == 1 else None
