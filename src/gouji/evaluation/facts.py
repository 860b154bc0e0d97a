"""What one run knows of each slot and number, and the definition of a comparison by bounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import gcd

from attrs import evolve, field, frozen

from gouji.evaluation.ground import Ground, Row, Tree
from gouji.evaluation.plan import Linear, Slot, implied
from gouji.forms.form import Mark
from gouji.forms.report import Mention, Report
from gouji.forms.values import Number, State
from gouji.language import ranges
from gouji.language.operators import OPERATORS
from gouji.language.ranges import Kleene, Range


@frozen
class Skip:
    """The value is a mark that leaves sums, or there is none; what it stands in does not apply."""


@frozen
class Fault:
    """An arithmetic fault, such as a division by zero."""

    reason: str


@frozen
class Affine:
    """A number as far as it is known: a constant, slots with coefficients, and the range of what is not linear.

    `width` is what rounding implies, None where products, quotients, `min` and the like leave none; `doubtful` says
    that under some completion there is no such number, but a fault or nothing.
    """

    constant: Fraction
    terms: Mapping[int, Fraction]
    rest: Range = ranges.point(0)
    width: Fraction | None = Fraction(0)
    doubtful: bool = False


NOTHING = Affine(Fraction(0), {}, ranges.ANY, None, True)
"""What may be a number, a fault or nothing."""
Value = Affine | Skip | Fault
Truth = Kleene | Skip | Fault


@frozen
class Facts:
    """What one run knows of each slot."""

    slots: tuple[Slot, ...] = field(repr=False)
    values: tuple[Number, ...] = field(repr=False)
    states: Mapping[int, State]
    reports: tuple[Report, Report | None, Report | None] = field(repr=False)
    functions: Mapping[str, Callable[..., object]] = field(factory=dict, repr=False)
    quoted: Mapping[int, Mention] = field(factory=dict)
    """Where the prose states each figure; the first place, until one is chosen."""

    @classmethod
    def of(
        cls,
        slots: tuple[Slot, ...],
        report: Report,
        previous: Report | None,
        functions: Mapping[str, Callable[..., object]] | None = None,
        parts: Report | None = None,
    ) -> Facts:
        """The facts of a report, the one before and the sum of its parts, in the order of the slots."""
        values, states = report.values, report.states
        for other in (previous, parts):
            if other and other.states:
                offset = len(values)
                states = {**states, **{offset + position: state for position, state in other.states.items()}}
            values = values + other.values if other else values
        figures = len(slots) - len(values)
        facts = cls(slots, values + (0,) * figures, states, (report, previous, parts), functions or {})
        first = {len(values) + figure: mentions[0] for figure, mentions in report.figures.items()}
        return facts.quoting(first) if first else facts

    def quoting(self, quoted: Mapping[int, Mention]) -> Facts:
        """The facts with these figures of the prose."""
        values = list(self.values)
        for slot, mention in quoted.items():
            values[slot] = mention.value
        return evolve(self, values=tuple(values), quoted={**self.quoted, **quoted})

    def under(self, marks: tuple[Mark, ...]) -> Facts:
        """The facts where a rule gives marks a meaning of its own."""
        if not marks or not self.states:
            return self
        said = {text: mark for mark in marks for text in mark.texts}
        states, values = dict(self.states), list(self.values)
        for slot, state in self.states.items():
            mark = said.get(state.reason) if state.kind == "mark" else None
            if mark:
                states[slot] = State("mark", mark.meaning, state.reason, mark.low, mark.high)
                values[slot] = states[slot].number(self.slots[slot].cell.type)
        return evolve(self, states=states, values=tuple(values))

    def skips(self, slot: int) -> bool:
        """Whether a slot leaves the sums that it stands in."""
        state = self.states.get(slot)
        return state is not None and state.kind == "mark" and state.meaning == "skip"

    def missing(self, slot: int) -> bool:
        """Whether a slot holds a number that is not known."""
        state = self.states.get(slot)
        if state is None or state.kind == "text":
            return False
        return state.kind != "mark" or state.meaning in ("unknown", "between")

    def present(self, slot: int) -> Kleene:
        """Whether a slot holds a number or a text; what cannot be read may be either."""
        if self.slots[slot].source == "figure":
            return slot in self.quoted
        state = self.states.get(slot)
        if state is None or state.kind in ("text", "mark"):
            return not self.skips(slot)
        return None if state.kind == "unreadable" else False

    def domain(self, slot: int) -> Range:
        """The range of a slot's value, in steps of its last declared place."""
        type, state = self.slots[slot].cell.type, self.states.get(slot)
        if state is not None and state.meaning == "between":
            return Range(Fraction(state.low) * type.scale, Fraction(state.high) * type.scale, True, True)
        if state is not None and state.meaning == "from":
            return Range(Fraction(state.low) * type.scale, None)
        low, high = (None if end is None else end * type.scale for end in (type.low, type.high))
        return Range(low, high)

    def whole(self, slot: int) -> bool:
        """Whether a missing slot is a whole number of steps."""
        state = self.states.get(slot)
        return self.slots[slot].cell.type.whole and not (state is not None and state.meaning == "between")

    def printed(self, slot: int) -> str:
        """The slot as it was printed or given."""
        if self.slots[slot].source == "figure":
            return self.quoted[slot].printed if slot in self.quoted else ""
        report = self.reports[("this", "previous", "part").index(self.slots[slot].source)]
        return report.printed(self.slots[slot].cell) if report else ""


def linear_truth(row: Linear, body: Tree, facts: Facts) -> Kleene | Skip:
    """The truth of a linear check that reads missing cells or marks."""
    if any(skipped(side, facts) for side in body.arguments):
        return Skip()
    scale = row.scale
    terms = {slot: Fraction(c, scale) for c, slot in row.terms}
    d = Affine(Fraction(row.constant, scale), terms)
    return decide(row.relation, d, width_of(d, body, facts), facts)


def width_of(d: Affine, node: Tree, facts: Facts) -> Fraction:
    """The difference that is allowed: the one that is written, else what rounding implies for the cells left in d."""
    if node.width is not None:
        return node.width
    kept = {slot: coefficient for slot, coefficient in d.terms.items() if not facts.skips(slot)}
    return Fraction(0) if d.width is None else implied(kept, facts.slots)


def skipped(side: Ground, facts: Facts) -> bool:
    return (
        isinstance(side, Row) and bool(side.terms) and not side.constant and all(facts.skips(s) for _, s in side.terms)
    )


def decide(relation: str, d: Affine, width: Fraction, facts: Facts) -> Kleene:
    """Whether `d ⋈ 0` within a width holds: the definition, by bounds."""
    if d.doubtful:
        return None
    known, missing = d.constant, {}
    for slot, coefficient in d.terms.items():
        if facts.missing(slot):
            missing[slot] = coefficient
        elif not facts.skips(slot):
            known += coefficient * facts.values[slot]
    spread = d.rest
    for slot, coefficient in missing.items():
        spread = spread + facts.domain(slot).times(coefficient)
    test = OPERATORS[relation].holds
    assert test is not None
    found = test(spread + ranges.point(known), width)
    if found is None and relation in ("=", "!=") and not width and _indivisible(known, missing, d.rest, facts):
        return relation == "!="
    return found


def _indivisible(known: Fraction, missing: Mapping[int, Fraction], rest: Range, facts: Facts) -> bool:
    """Whether no whole numbers in the missing cells can make up for what is known."""
    if rest != ranges.point(0) or not missing or not all(facts.whole(slot) for slot in missing):
        return False
    common = 1
    for coefficient in missing.values():
        common = common * coefficient.denominator // gcd(common, coefficient.denominator)
    step = Fraction(gcd(*(int(c * common) for c in missing.values())), common)
    return (known / step).denominator != 1


def spread(value: Affine, facts: Facts) -> Range:
    """The range of a number."""
    found = value.rest + ranges.point(value.constant)
    for slot, coefficient in value.terms.items():
        if facts.missing(slot):
            found = found + facts.domain(slot).times(coefficient)
        elif not facts.skips(slot):
            found = found + ranges.point(coefficient * facts.values[slot])
    return found


def plus(one: Affine, other: Affine) -> Affine:
    """The sum of both."""
    terms = dict(one.terms)
    for slot, coefficient in other.terms.items():
        terms[slot] = terms.get(slot, Fraction(0)) + coefficient
    terms = {slot: coefficient for slot, coefficient in terms.items() if coefficient}
    width = None if one.width is None or other.width is None else one.width + other.width
    doubtful = one.doubtful or other.doubtful
    return Affine(one.constant + other.constant, terms, one.rest + other.rest, width, doubtful)


def scaled(one: Affine, factor: Fraction) -> Affine:
    """The number times a constant."""
    if not factor:
        return Affine(Fraction(0), {}, doubtful=one.doubtful)
    terms = {slot: coefficient * factor for slot, coefficient in one.terms.items()}
    width = None if one.width is None else one.width * abs(factor)
    return Affine(one.constant * factor, terms, one.rest.times(factor), width, one.doubtful)


def hull(both: list[Range]) -> Range:
    """The range that holds all of them."""
    return Range(ranges.least(both).low, ranges.greatest(both).high)
