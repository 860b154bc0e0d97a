"""A ground tree over one report -> true, false or not known, by the bounds of what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import gcd

from attrs import evolve, field, frozen

from gouji.evaluation.ground import Ground, Row, Tree, merged
from gouji.evaluation.plan import Linear, Slot, implied
from gouji.forms.form import Mark
from gouji.forms.report import Report
from gouji.forms.values import Number, State
from gouji.language import ranges
from gouji.language.operators import OPERATORS
from gouji.language.patterns import fits
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

    `width` is what rounding implies, None where products, quotients, `min` and the like leave none.
    """

    constant: Fraction
    terms: Mapping[int, Fraction]
    rest: Range = ranges.point(0)
    width: Fraction | None = Fraction(0)


Value = Affine | Skip | Fault
Truth = Kleene | Skip | Fault


@frozen
class Facts:
    """What one run knows of each slot."""

    slots: tuple[Slot, ...] = field(repr=False)
    values: tuple[Number, ...] = field(repr=False)
    states: Mapping[int, State]
    reports: tuple[Report, Report | None] = field(repr=False)
    functions: Mapping[str, Callable[..., object]] = field(factory=dict, repr=False)

    @classmethod
    def of(
        cls,
        slots: tuple[Slot, ...],
        report: Report,
        previous: Report | None,
        functions: Mapping[str, Callable[..., object]] | None = None,
    ) -> Facts:
        """The facts of a report and the one before, in the order of the slots."""
        values = report.values + previous.values if previous else report.values
        states = report.states
        if previous and previous.states:
            offset = len(report.values)
            states = {**states, **{offset + position: state for position, state in previous.states.items()}}
        return cls(slots, values, states, (report, previous), functions or {})

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
        state = self.states.get(slot)
        if state is None or state.kind in ("text", "mark"):
            return not self.skips(slot)
        return None if state.kind == "unreadable" else False

    def domain(self, slot: int) -> Range:
        """The range of a slot's value, in steps of its last declared place."""
        type, state = self.slots[slot].cell.type, self.states.get(slot)
        if state is not None and state.meaning == "between":
            return Range(Fraction(state.low) * type.scale, Fraction(state.high) * type.scale, True, True)
        low, high = (None if end is None else end * type.scale for end in (type.low, type.high))
        return Range(low, high)

    def whole(self, slot: int) -> bool:
        """Whether a missing slot is a whole number of steps."""
        state = self.states.get(slot)
        return self.slots[slot].cell.type.whole and not (state is not None and state.meaning == "between")

    def printed(self, slot: int) -> str:
        """The slot as it was printed or given."""
        report, place = self.reports[0], slot
        if self.slots[slot].source == "previous":
            place -= len(report.values)
            report = self.reports[1] or report
        return report.printed(report.cells[place])


def linear_truth(row: Linear, body: Tree, facts: Facts) -> Kleene | Skip:
    """The truth of a linear check that reads missing cells or marks."""
    if any(_skipped(side, facts) for side in body.arguments):
        return Skip()
    scale = row.scale
    terms = {slot: Fraction(c, scale) for c, slot in row.terms}
    d = Affine(Fraction(row.constant, scale), terms)
    return decide(row.relation, d, row.width / scale, facts)


def _skipped(side: Ground, facts: Facts) -> bool:
    return (
        isinstance(side, Row) and bool(side.terms) and not side.constant and all(facts.skips(s) for _, s in side.terms)
    )


def decide(relation: str, d: Affine, width: Fraction, facts: Facts) -> Kleene:
    """Whether `d ⋈ 0` within a width holds: the definition, by bounds."""
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


def truth(node: Ground, facts: Facts) -> Truth:
    """The truth of a tree; a skip leaves `and` and `or`, a fault counts unless another part decides."""
    assert isinstance(node, Tree)
    if node.operator in ("true", "false", "unknown"):
        return {"true": True, "false": False, "unknown": None}[node.operator]
    sort = OPERATORS[node.operator].sort if node.operator in OPERATORS else "state"
    if sort == "relation":
        return _compare(node, facts)
    if sort == "logic":
        return _logic(node, facts)
    return _QUESTIONS[node.operator](node, facts)


def _logic(node: Tree, facts: Facts) -> Truth:
    found = [truth(item, facts) for item in node.arguments]
    rule = OPERATORS[node.operator].truth
    assert rule is not None
    asked: list[Kleene] = [item for item in found if not isinstance(item, (Skip, Fault))]
    faults = [item for item in found if isinstance(item, Fault)]
    if not asked and not faults:
        return Skip()
    if not faults:
        return rule(asked)
    absorbed = rule([*asked, None]) if node.operator != "not" else None
    return faults[0] if absorbed is None else absorbed


def _compare(node: Tree, facts: Facts) -> Truth:
    left, right = (number(item, facts) for item in node.arguments)
    for side in (left, right):
        if isinstance(side, (Fault, Skip)):
            return side
    assert isinstance(left, Affine) and isinstance(right, Affine)
    d = _plus(left, _times(right, Fraction(-1)))
    return decide(node.operator, d, node.width if node.width is not None else d.width or Fraction(0), facts)


def number(node: Ground, facts: Facts) -> Value:
    """The number that a row or tree is, as far as it is known."""
    if isinstance(node, Row):
        if node.terms and not node.constant and all(facts.skips(slot) for _, slot in node.terms):
            return Skip()
        terms = merged(node)
        return Affine(node.constant, terms, width=implied(terms, facts.slots))
    if node.operator in _NUMBERS:
        return _NUMBERS[node.operator](node, facts)
    return _function(node, facts)


def _function(node: Tree, facts: Facts) -> Value:
    """A function of the operator table, over what is neither skipped nor excluded by a condition."""
    items: list[Affine] = []
    tests: set[object] = set()
    for argument in node.arguments:
        test, inner = _condition(argument, facts)
        value = test if isinstance(test, Fault) else number(inner, facts)
        if isinstance(value, Fault):
            return value
        if isinstance(value, Affine) and test is not False:
            items.append(value)
            tests.add(test)
    operator = OPERATORS[node.operator]
    if not items or (operator.arguments[1] <= 2 and len(items) < len(node.arguments)):
        return Skip()
    if None in tests:  # the result lies among the items, unless it may be that none counts
        among = _hull([spread(item, facts) for item in items]) if True in tests else ranges.ANY
        return Affine(Fraction(0), {}, among, None)
    if node.operator == "*" and not items[0].terms and items[0].rest == ranges.point(0):
        return _times(items[1], items[0].constant)
    assert operator.value is not None
    found = operator.value([spread(item, facts) for item in items])
    return Fault(f"division by zero in {node.operator}") if found is None else Affine(Fraction(0), {}, found, None)


def _condition(node: Ground, facts: Facts) -> tuple[Truth, Ground]:
    """Whether an item of an aggregate counts, and the item."""
    if not isinstance(node, Tree) or node.operator != "where":
        return True, node
    test = truth(node.arguments[0], facts)
    return (False if isinstance(test, Skip) else test), node.arguments[1]


def spread(value: Affine, facts: Facts) -> Range:
    """The range of a number."""
    found = value.rest + ranges.point(value.constant)
    for slot, coefficient in value.terms.items():
        if facts.missing(slot):
            found = found + facts.domain(slot).times(coefficient)
        elif not facts.skips(slot):
            found = found + ranges.point(coefficient * facts.values[slot])
    return found


def _plus(one: Affine, other: Affine) -> Affine:
    terms = dict(one.terms)
    for slot, coefficient in other.terms.items():
        terms[slot] = terms.get(slot, Fraction(0)) + coefficient
    terms = {slot: coefficient for slot, coefficient in terms.items() if coefficient}
    width = None if one.width is None or other.width is None else one.width + other.width
    return Affine(one.constant + other.constant, terms, one.rest + other.rest, width)


def _times(one: Affine, factor: Fraction) -> Affine:
    if not factor:
        return Affine(Fraction(0), {})
    terms = {slot: coefficient * factor for slot, coefficient in one.terms.items()}
    width = None if one.width is None else one.width * abs(factor)
    return Affine(one.constant * factor, terms, one.rest.times(factor), width)


def _sum(node: Tree, facts: Facts) -> Value:
    items = [number(item, facts) for item in node.arguments]
    for item in items:
        if isinstance(item, Fault):
            return item
    kept = [item for item in items if isinstance(item, Affine)]
    if not kept:
        return Skip()
    total = kept[0]
    for item in kept[1:]:
        total = _plus(total, item)
    return total


def _count(node: Tree, facts: Facts) -> Value:
    """Each item counts one, unless it is skipped; one under a condition counts where that holds."""
    total = Affine(Fraction(0), {})
    for item in node.arguments:
        found = number(item, facts)
        if isinstance(found, Fault):
            return found
        if isinstance(found, Affine):
            conditional = isinstance(item, Tree) and item.operator == "where"
            total = _plus(total, found if conditional else Affine(Fraction(1), {}))
    return total


def _choose(node: Tree, facts: Facts) -> Value:
    test = truth(node.arguments[0], facts)
    if isinstance(test, (Skip, Fault)):
        return test
    if test is not None:
        return number(node.arguments[1 if test else 2], facts)
    both = [number(item, facts) for item in node.arguments[1:]]
    known = [spread(item, facts) for item in both if isinstance(item, Affine)]
    if len(known) < 2:
        return next(item for item in both if not isinstance(item, Affine))
    return Affine(Fraction(0), {}, _hull(known), None)


def _where(node: Tree, facts: Facts) -> Value:
    """An item of a sum under a condition: 0 where it does not hold."""
    test, inner = _condition(node, facts)
    if isinstance(test, Fault):
        return test
    item = number(inner, facts)
    if test is True or not isinstance(item, Affine):
        return item
    if test is None:
        return Affine(Fraction(0), {}, _hull([spread(item, facts), ranges.point(0)]), None)
    return Affine(Fraction(0), {})


def _hull(both: list[Range]) -> Range:
    return Range(ranges.least(both).low, ranges.greatest(both).high)


def _call(node: Tree, facts: Facts) -> Value:
    found = _called(node, facts)
    if isinstance(found, (int, Fraction)) and not isinstance(found, bool):
        return Affine(Fraction(found), {})
    if found is None:
        return Affine(Fraction(0), {}, ranges.ANY, None)
    return Fault(f"{node.text} gave {type(found).__name__} in place of a number")


def _called(node: Tree, facts: Facts) -> object:
    """What the registered function says of its arguments; None where one of them is missing."""
    arguments: list[object] = []
    for item in node.arguments:
        if isinstance(item, Tree) and item.operator == "printed":
            arguments.append(facts.printed(item.slots[0]))
            continue
        value = number(item, facts)
        known = spread(value, facts).known if isinstance(value, Affine) else None
        if known is None:
            return None
        arguments.append(known)
    try:
        return facts.functions[node.text](*arguments)
    except Exception as error:  # a stranger's function may raise anything; nothing but findings leaves the library
        return error


def _asked(node: Tree, facts: Facts) -> Truth:
    found = _called(node, facts)
    return found if found is None or isinstance(found, bool) else Fault(f"{node.text} gave {found!r}")


def _unknown(node: Tree, facts: Facts) -> Value:
    """A list that is not given."""
    return Affine(Fraction(0), {}, Range(0, None), None)


def _blank(node: Tree, facts: Facts) -> Truth:
    kinds = [facts.states[slot].kind if slot in facts.states else "" for slot in node.slots]
    return ranges.conjunction(None if kind == "unreadable" else kind in ("blank", "absent") for kind in kinds)


def _present(node: Tree, facts: Facts) -> Truth:
    return ranges.conjunction(facts.present(slot) for slot in node.slots)


def _mark(node: Tree, facts: Facts) -> Truth:
    state = facts.states.get(node.slots[0])
    if state is not None and state.kind in ("unreadable", "blank", "absent"):
        return None
    return state is not None and state.kind == "mark" and state.reason == node.text


def _text(node: Tree, facts: Facts) -> Truth:
    state = facts.states.get(node.slots[0])
    return facts.printed(node.slots[0]).strip() == node.text if state and state.kind == "text" else None


def _matches(node: Tree, facts: Facts) -> Truth:
    state = facts.states.get(node.slots[0])
    if state is not None and state.kind in ("blank", "absent"):
        return None
    return fits(facts.printed(node.slots[0]).strip(), node.text)


def _unique(node: Tree, facts: Facts) -> Truth:
    held = [
        facts.printed(slot).strip() if slot in facts.states else str(facts.values[slot])
        for slot in node.slots
        if not facts.missing(slot) and not facts.skips(slot)
    ]
    if len(set(held)) < len(held):
        return False
    return None if any(facts.missing(slot) for slot in node.slots) else True


def _rounds(node: Tree, facts: Facts) -> Truth:
    """The printed cell is the number rounded or cut off to the decimals that are printed."""
    value = number(node.arguments[0], facts)
    if not isinstance(value, Affine):
        return value
    if facts.skips(node.slots[0]):
        return Skip()
    cell = number(node.arguments[1], facts)
    assert isinstance(cell, Affine)
    printed = facts.printed(node.slots[0]).rstrip("%％ ")
    digits = printed.rpartition(".")[2] if "." in printed else ""
    places = ranges.point(len(digits) if digits.isdecimal() else 0)
    choices = [meaning([spread(value, facts), places]) for meaning in (ranges.rounded, ranges.truncated)]
    shown = spread(cell, facts)
    return ranges.disjunction(ranges.equal(shown + choice.times(-1), 0) for choice in choices)


def _driven(node: Tree, facts: Facts) -> Truth:
    return any(not facts.missing(slot) and not facts.skips(slot) and facts.values[slot] for slot in node.slots)


_NUMBERS: dict[str, Callable[[Tree, Facts], Value]] = {
    "+": _sum, "count": _count, "choose": _choose, "where": _where, "call": _call, "unknown": _unknown,
}  # fmt: skip
_QUESTIONS: dict[str, Callable[[Tree, Facts], Truth]] = {
    "present": _present, "blank": _blank, "mark": _mark, "text": _text, "matches": _matches, "unique": _unique,
    "rounds": _rounds, "driven": _driven, "call": _asked,
}  # fmt: skip
