"""What is blank and determined: each linear equality with one missing cell fixes it, again and again."""

from __future__ import annotations

from fractions import Fraction

from attrs import evolve, frozen

from gouji.evaluation.facts import Facts
from gouji.evaluation.plan import Linear, Plan
from gouji.forms.report import Report, in_domain


@frozen
class Filled:
    """A report with its determined cells filled: which rule fixed each, and what two rules want differently."""

    report: Report
    rules: dict[int, str]
    conflicts: tuple[str, ...]


def fill(plan: Plan, report: Report, previous: Report | None) -> Filled:
    """Fills the blank and absent cells that the equalities of the plan determine; a contested one stays blank."""
    rules: dict[int, str] = {}
    conflicts: dict[int, str] = {}
    while True:
        wanted = _wanted(plan, report, previous)
        new = {slot: wants for slot, wants in wanted.items() if slot not in conflicts}
        if not new:
            return Filled(report, rules, tuple(conflicts.values()))
        for slot, wants in new.items():
            if len(wants) > 1:
                said = " and ".join(f"{rule} wants {value}" for value, rule in wants.items())
                conflicts[slot] = f"{report.cells[slot].key} stays blank: {said}"
                continue
            ((value, rule),) = wants.items()
            values = (*report.values[:slot], value, *report.values[slot + 1 :])
            states = {position: state for position, state in report.states.items() if position != slot}
            report = evolve(report, values=values, states=states)
            rules[slot] = rule


def _wanted(plan: Plan, report: Report, previous: Report | None) -> dict[int, dict[int, str]]:
    """The values that single equalities give to blank cells, each with a rule that gives it."""
    facts = Facts.of(plan.slots, report, previous)
    wanted: dict[int, dict[int, str]] = {}
    for number, linear in plan.linear:
        found = _solved(linear, facts)
        if found and found[0] < len(report.cells) and report.states[found[0]].kind in ("blank", "absent"):
            slot, value = found
            if in_domain(value, report.cells[slot].type):
                wanted.setdefault(slot, {}).setdefault(value, plan.checks[number].rule.name)
    return wanted


def _solved(linear: Linear, facts: Facts) -> tuple[int, int] | None:
    """The only missing slot of an exact equality, and the whole value that makes it hold."""
    missing = [(c, slot) for c, slot in linear.terms if slot in facts.states and facts.missing(slot)]
    if len(missing) != 1 or linear.relation != "=" or linear.width:
        return None
    ((coefficient, slot),) = missing
    known = linear.constant + sum(c * facts.values[s] for c, s in linear.terms if s != slot and not facts.skips(s))
    value = Fraction(-known) / coefficient
    return (slot, value.numerator) if value.denominator == 1 else None
