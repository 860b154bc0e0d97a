"""A ground tree over one report -> true, false or not known, by the bounds of what is missing."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from gouji.evaluation.facts import (
    NOTHING,
    Affine,
    Facts,
    Fault,
    Skip,
    Truth,
    Value,
    decide,
    hull,
    plus,
    scaled,
    spread,
    width_of,
)
from gouji.evaluation.ground import Ground, Row, Tree, merged
from gouji.evaluation.plan import implied
from gouji.language import ranges
from gouji.language.operators import OPERATORS
from gouji.language.patterns import fits
from gouji.language.ranges import Kleene, Range
from gouji.messages import say


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
    for kind in (Fault, Skip):
        for side in (left, right):
            if isinstance(side, kind):
                return side
    assert isinstance(left, Affine) and isinstance(right, Affine)
    d = plus(left, scaled(right, Fraction(-1)))
    return decide(node.operator, d, width_of(d, node, facts), facts)


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
        if test is False:
            continue
        value = test if isinstance(test, Fault) else number(inner, facts)
        if isinstance(value, Fault):
            if test is not None:
                return value
            value = NOTHING
        if isinstance(value, Affine):
            items.append(value)
            tests.add(test)
    operator = OPERATORS[node.operator]
    if not items or (operator.arguments[1] <= 2 and len(items) < len(node.arguments)):
        return Skip()
    if None in tests:  # the result lies among the items, unless it may be that none counts
        doubtful = True not in tests or any(item.doubtful for item in items)
        return Affine(Fraction(0), {}, hull([spread(item, facts) for item in items]), None, doubtful)
    if node.operator == "*" and not items[0].terms and items[0].rest == ranges.point(0):
        return scaled(items[1], items[0].constant)
    assert operator.value is not None
    found = operator.value([spread(item, facts) for item in items])
    if found is None:
        return Fault(say("division by zero in {operator}", operator=node.operator))
    divides = node.operator == "/" and not ranges.clear_of_zero(spread(items[1], facts))
    return Affine(Fraction(0), {}, found, None, divides or any(item.doubtful for item in items))


def _condition(node: Ground, facts: Facts) -> tuple[Truth, Ground]:
    """Whether an item of an aggregate counts, and the item."""
    if not isinstance(node, Tree) or node.operator != "where":
        return True, node
    test = truth(node.arguments[0], facts)
    return (False if isinstance(test, Skip) else test), node.arguments[1]


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
        total = plus(total, item)
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
            total = plus(total, found if conditional else Affine(Fraction(1), {}))
    return total


def _choose(node: Tree, facts: Facts) -> Value:
    test = truth(node.arguments[0], facts)
    if isinstance(test, (Skip, Fault)):
        return test
    if test is not None:
        return number(node.arguments[1 if test else 2], facts)
    both = [number(item, facts) for item in node.arguments[1:]]
    known = [item for item in both if isinstance(item, Affine)]
    if len(known) < 2:
        return NOTHING
    doubtful = any(item.doubtful for item in known)
    return Affine(Fraction(0), {}, hull([spread(item, facts) for item in known]), None, doubtful)


def _where(node: Tree, facts: Facts) -> Value:
    """An item of a sum under a condition: 0 where it does not hold."""
    test, inner = _condition(node, facts)
    if isinstance(test, Fault):
        return test
    if test is False:
        return Affine(Fraction(0), {})
    item = number(inner, facts)
    if test is True:
        return item
    if not isinstance(item, Affine):
        return NOTHING
    return Affine(Fraction(0), {}, hull([spread(item, facts), ranges.point(0)]), None, item.doubtful)


def _call(node: Tree, facts: Facts) -> Value:
    found = _called(node, facts)
    if isinstance(found, (int, Fraction)) and not isinstance(found, bool):
        return Affine(Fraction(found), {})
    if found is None:
        return Affine(Fraction(0), {}, ranges.ANY, None)
    if isinstance(found, Exception):
        return _raised(node, found)
    return Fault(say("{text} gave {kind} in place of a number", text=node.text, kind=type(found).__name__))


def _raised(node: Tree, error: Exception) -> Fault:
    """What a registered function raised; it is a stranger's, and may not even say what it is."""
    try:
        text = str(error)[:200]
    except Exception:
        text = ""
    kind = type(error).__name__
    told = say("{text} raised {kind}: {error}", text=node.text, kind=kind, error=text)
    return Fault(told if text else say("{text} raised {kind}", text=node.text, kind=kind))


def _called(node: Tree, facts: Facts) -> object:
    """What the registered function says of its arguments; None where one of them is missing."""
    arguments: list[object] = []
    for item in node.arguments:
        if isinstance(item, Tree) and item.operator == "printed":
            arguments.append(facts.printed(item.slots[0]))
            continue
        if isinstance(item, Tree) and _holds(item):
            known: object = truth(item, facts)
        else:
            value = number(item, facts)
            known = spread(value, facts).known if isinstance(value, Affine) and not value.doubtful else None
        if known is None or isinstance(known, (Skip, Fault)):
            return None
        arguments.append(known)
    try:
        return facts.functions[node.text](*arguments)
    except Exception as error:  # a stranger's function may raise anything; nothing but findings leaves the library
        return error


def _holds(node: Tree) -> bool:
    """Whether a tree holds or does not, rather than being a number."""
    sort = OPERATORS[node.operator].sort if node.operator in OPERATORS else ""
    return sort in ("relation", "logic") or (node.operator in _QUESTIONS and node.operator not in _NUMBERS)


def _asked(node: Tree, facts: Facts) -> Truth:
    found = _called(node, facts)
    if found is None or isinstance(found, bool):
        return found
    if isinstance(found, Exception):
        return _raised(node, found)
    kind = type(found).__name__
    return Fault(say("{text} gave {kind} in place of yes or no", text=node.text, kind=kind))


def _fault(node: Tree, facts: Facts) -> Fault:
    """A partner that is missing, where the rule calls that an error."""
    return Fault(node.text)


def _exists(node: Tree, facts: Facts) -> Truth:
    kinds = [facts.states[slot].kind for slot in node.slots if slot in facts.states]
    return "absent" not in kinds


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
    "+": _sum, "count": _count, "choose": _choose, "where": _where, "call": _call, "unknown": _unknown, "fault": _fault,
}  # fmt: skip
_QUESTIONS: dict[str, Callable[[Tree, Facts], Truth]] = {
    "present": _present, "blank": _blank, "mark": _mark, "text": _text, "matches": _matches, "unique": _unique,
    "rounds": _rounds, "driven": _driven, "call": _asked, "exists": _exists,
    "fault": _fault,
}  # fmt: skip
