"""One report: the definition of every verdict, by bounds where cells are missing."""

from collections.abc import Mapping
from math import gcd

from attrs import field, frozen

from gouji.evaluation.plan import Check, Plan
from gouji.forms.report import Report
from gouji.forms.values import Number, State
from gouji.language.operators import OPERATORS

OUTCOMES = ("pass", "fail", "undetermined", "not_applicable", "waived", "error")


@frozen
class Evaluation:
    """What one report gives: outcomes that are not `pass`, by cell position and by number of check."""

    plan: Plan = field(repr=False)
    report: Report = field(repr=False)
    previous: Report | None = field(repr=False)
    cells: Mapping[int, str]
    checks: Mapping[int, str]
    values: tuple[Number, ...] = field(repr=False)
    states: Mapping[int, State] = field(repr=False)
    assumed: tuple[int, ...] = ()


def evaluate(plan: Plan, report: Report, previous: Report | None, assumed: tuple[int, ...] = ()) -> Evaluation:
    """Decides every check of the plan; the common case, all known and all holding, in one generated function."""
    values = report.values + previous.values if previous else report.values
    states = report.states
    if previous and previous.states:
        offset = len(report.values)
        states = {**states, **{offset + position: state for position, state in previous.states.items()}}
    checks = dict.fromkeys(plan.inapplicable, "not_applicable")
    if not states and plan.holds(values):
        return Evaluation(plan, report, previous, _cells(report), checks, values, states, assumed)
    touched = {number for slot in states for number in plan.touching.get(slot, ())}
    for number, d in enumerate(plan.differences(values)):
        check = plan.checks[number]
        if not check.applicable:
            continue
        if number in touched:
            outcome = _bounded(check, d, states, values)
        else:
            test = OPERATORS[check.rule.body.relation].row
            assert test is not None
            outcome = "pass" if test(d, check.twice_width) else "fail"  # type: ignore[arg-type]
        if outcome != "pass":
            checks[number] = outcome
    return Evaluation(plan, report, previous, _cells(report), checks, values, states, assumed)


def _cells(report: Report) -> dict[int, str]:
    """The built-in rule: a number in its domain passes."""
    kinds = {"blank": "undetermined", "absent": "undetermined", "mark": "not_applicable", "unreadable": "error"}
    outcomes = {position: kinds[state.kind] for position, state in report.states.items()}
    if not report.in_domain:
        outcomes |= {p: "fail" for p, value in enumerate(report.values) if value < 0 or not isinstance(value, int)}
    return outcomes


def skipped(state: State | None) -> bool:
    """Whether a cell leaves the sums that it stands in."""
    return state is not None and state.kind == "mark" and state.meaning == "skip"


def _bounded(check: Check, d: Number, states: Mapping[int, State], values: tuple[Number, ...]) -> str:
    """The outcome of a check that reads missing cells, whose values in `d` are 0."""
    for side in (check.left, check.right):
        if side.terms and not side.constant and all(skipped(states.get(slot)) for _, slot in side.terms):
            return "not_applicable"
    missing = [c for c, slot in check.terms if slot in states and not skipped(states[slot])]
    least = None if any(c < 0 for c in missing) else d
    greatest = None if any(c > 0 for c in missing) else d
    whole = check.twice_width == 0 and all(isinstance(values[slot], int) for _, slot in check.terms)
    truth = decide(check.rule.body.relation, least, greatest, check.twice_width, gcd(*missing) if whole else 0, d)
    return {True: "pass", False: "fail", None: "undetermined"}[truth]


def decide(
    relation: str, least: Number | None, greatest: Number | None, w2: int, divisor: int, d: Number
) -> bool | None:
    """Kleene's verdict on `d ⋈ 0` when d lies between two bounds, None for none; `w2` is twice the width."""
    negated = {"!=": "=", "<": ">=", ">": "<="}
    if relation in negated:
        truth = decide(negated[relation], least, greatest, w2, divisor, d)
        return None if truth is None else not truth
    if relation == ">=":
        low = None if greatest is None else -greatest
        high = None if least is None else -least
        return decide("<=", low, high, w2, divisor, -d)
    if least is not None and 2 * least > w2:
        return False
    if relation == "<=":
        return True if greatest is not None and 2 * greatest <= w2 else None
    if greatest is not None and 2 * greatest < -w2:
        return False
    if divisor and d % divisor:
        return False
    if least is None or least != greatest:
        return None
    return True if -w2 <= 2 * least <= w2 else None
