"""Which values would make a check hold: of missing cells, and of one cell while all others stay."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from attrs import frozen

from gouji.evaluation.plan import Linear
from gouji.evaluation.rows import Evaluation
from gouji.findings.formula import LONG, Names, value_text
from gouji.forms.form import CellType
from gouji.forms.values import Number, decimal_text
from gouji.messages import say


@frozen
class Mend:
    """A cell of the report and the values, from `low` to `high`, with which a check would hold, all others staying.

    None is an end that only the domain of the cell sets.
    """

    key: str
    cell: str
    low: str | None
    high: str | None

    @property
    def value(self) -> str:
        """The one value, or the values in words."""
        if self.low is None or self.high is None:
            high = self.low is None
            return say("at most {value}", value=self.high) if high else say("at least {value}", value=self.low)
        return self.low if self.low == self.high else say("from {low} to {high}", low=self.low, high=self.high)


def mends(decided: Evaluation, number: int) -> tuple[Mend, ...]:
    """Each cell of this report that alone would make a linear check hold, with its values; the widest of them."""
    check, facts = decided.plan.checks[number], decided.facts
    linear = check.linear
    if linear is None or linear.relation == "!=" or any(slot in facts.states for _, slot in linear.terms):
        return ()
    d = linear.constant + sum(c * facts.values[slot] for c, slot in linear.terms)
    found = []
    for c, slot in linear.terms:
        where = decided.plan.slots[slot]
        if where.source != "this":
            continue
        ends = _ends(linear, c, d - c * facts.values[slot], where.cell.type)
        if ends:
            low, high = (None if end is None else value_text(end, where.cell.type) for end in ends)
            found.append(Mend(where.cell.key, decided.plan.called[slot], low, high))
    return tuple(found)


def _ends(linear: Linear, c: int, rest: Number, type: CellType) -> tuple[int | None, int | None] | None:
    """The least and the greatest step x with `c * x + rest ⋈ 0`, None for the end that the relation leaves open."""
    low, high = _solved(linear, c, Fraction(rest))
    first, last = (None if end is None else end * type.scale for end in (type.low, type.high))
    if type.kind in ("code", "yesno"):
        first, last = 0, len(type.codes or "no") - 1
    least = first if low is None else low if first is None else max(low, first)
    most = last if high is None else high if last is None else min(high, last)
    if least is not None and most is not None and least >= most:
        return (least, most) if least == most else None
    return (None if low is None else least), (None if high is None else most)


def _solved(linear: Linear, c: int, rest: Fraction) -> tuple[int | None, int | None]:
    """The whole numbers x with `c * x + rest ⋈ 0`, from the least to the greatest."""
    width, relation = linear.width, linear.relation
    upper, lower = (width - rest) / c, (-width - rest) / c
    if relation == "=":
        return ceil(min(lower, upper)), floor(max(lower, upper))
    edge = upper if relation in ("<=", ">") else lower
    most = (relation in ("<=", "<")) == (c > 0)
    if relation in ("<=", ">="):
        return (None, floor(edge)) if most else (ceil(edge), None)
    return (None, ceil(edge) - 1) if most else (floor(edge) + 1, None)


def condition(names: Names) -> str | None:
    """Under which values of the missing cells an equation would hold."""
    linear, facts = names.check.linear, names.facts
    body = names.check.body
    if linear is None or linear.relation == "!=" or body is None or not names.missing or linear.width:
        return None
    terms = {slot: Fraction(c, linear.scale) for c, slot in linear.terms}
    left = {slot: c for slot, c in terms.items() if facts.missing(slot)}
    d = Fraction(linear.constant, linear.scale) + sum(
        (c * facts.values[slot] for slot, c in terms.items() if slot not in left and not facts.skips(slot)),
        start=Fraction(0),
    )
    return _condition(names, linear.relation, left, d)


_TURNED = {"=": "=", "<=": ">=", ">=": "<=", "<": ">", ">": "<"}


def _condition(names: Names, relation: str, left: dict[int, Fraction], d: Fraction) -> str | None:
    called = [names.short[slot] for slot in left]
    types = {slot: names.facts.slots[slot].cell.type for slot in left}
    steps = {slot: c * types[slot].scale for slot, c in left.items()}
    if len(left) == 1:
        ((slot, step),) = steps.items()
        bound = value_text(-d / step * types[slot].scale, types[slot])
        return _bounded(called[0], _TURNED[relation] if step < 0 else relation, bound)
    if relation != "=":
        return None
    signs = {c > 0 for c in left.values()}
    if not d and len(signs) == 1:
        if len(called) == 2:
            return say("only if both are 0: {first} and {second}", first=called[0], second=called[1])
        named = called[:-1] if len(called) <= LONG else [*called[:2], "…"]
        listed, last = say(", ").join(named), called[-1]
        return say("only if all are 0: {listed} and {last}", listed=listed, last=last)
    if {abs(step) for step in steps.values()} == {1} and len(called) <= LONG:
        first, *rest = steps.values()
        pieces = "".join(
            f" {'+' if step * first > 0 else '-'} {name}" for step, name in zip(rest, called[1:], strict=True)
        )
        return say("only if {name} is {value}", name=called[0] + pieces, value=decimal_text(-d * first))
    return None


def _bounded(name: str, relation: str, value: str) -> str:
    match relation:
        case "=":
            return say("only if {name} is {value}", name=name, value=value)
        case "<=":
            return say("only if {name} is at most {value}", name=name, value=value)
        case ">=":
            return say("only if {name} is at least {value}", name=name, value=value)
        case "<":
            return say("only if {name} is less than {value}", name=name, value=value)
        case _:
            return say("only if {name} is more than {value}", name=name, value=value)
