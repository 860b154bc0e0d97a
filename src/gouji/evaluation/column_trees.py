"""Trees of a plan as expressions over columns: true only where the row engine says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import lcm
from typing import Any

from attrs import define

from gouji.evaluation.ground import Ground, Row, Tree, add, merged, slots_of
from gouji.evaluation.plan import Slot, implied
from gouji.language.operators import OPERATORS, RELATIONS
from gouji.language.quotients import LIMIT, MOST, Quotient, Whole, counted, difference

Expr = Any
"""An expression of the module that is handed in."""
MAX_CURVED, MAX_SIZE = 250, 5_000
"""No comparison of functions, or of rows, reads more columns, one as often as it stands there."""
Terms = Mapping[int, Fraction] | str
CURVED, FLAT, VARIED = "curved", "flat", "varied"
"""No terms but a function, which leaves no width; no terms that are rounded; terms that hang on what is reported."""


@define(eq=False, slots=False)
class Trees:
    """Trees over the slots of a plan; `value` gives the column of one, null where it is not known, else in LIMIT."""

    nw: Any
    slots: tuple[Slot, ...]
    value: Callable[[int], Expr]

    def truth(self, node: Ground) -> Expr | None:
        """A tree as an expression over known values, or None where an operator has no meaning in columns."""
        if not isinstance(node, Tree):
            return None
        if node.operator in ("true", "false"):
            return self.nw.lit(node.operator == "true")
        if node.operator in ("present", "blank", "mark", "exists", "driven", "unique"):
            return self._state(node)
        if node.operator in RELATIONS:
            return self._compared(node)
        operator = OPERATORS.get(node.operator)
        if operator is None or operator.column is None or operator.sort != "logic":
            return None
        items = [found for item in node.arguments if (found := self.truth(item)) is not None]
        return operator.column(self.nw, items) if len(items) == len(node.arguments) else None

    def _state(self, node: Tree) -> Expr | None:
        """A question about cells, where they hold sure numbers; frames lack no row."""
        if node.operator == "exists":
            return self.nw.lit(True)
        values = [self.value(slot) for slot in node.slots]
        if node.operator == "unique":
            column = OPERATORS[node.operator].column
            return None if column is None else column(self.nw, values)
        if node.operator == "driven":
            return joined(lambda a, b: a | b, [value != 0 for value in values], self.nw.lit(False))
        known = joined(lambda a, b: a & b, [~value.is_null() for value in values], self.nw.lit(True))
        return self.nw.when(known).then(self.nw.lit(node.operator == "present"))

    def _compared(self, node: Tree) -> Expr | None:
        """A relation of the difference to the width, both times the lower of the difference."""
        left, right = (self._number(item) for item in node.arguments)
        width = self._width(node)
        if left is None or right is None or width is None:
            return None
        d = difference(left, right)
        column = OPERATORS[node.operator].column
        assert column is not None
        wide = d.lower * Whole.of(self.nw, width.numerator) if width else Whole.of(self.nw, 0)
        far = d.upper * Whole.of(self.nw, width.denominator)
        functions = (isinstance(item, Tree) and item.operator != "+" for item in node.arguments)
        curved = d.lower.constant is None or any(functions)
        fits = far.size + wide.size <= (MAX_CURVED if curved else MAX_SIZE)
        return column(self.nw, [far.column, wide.value]) if fits else None

    def _number(self, node: Ground) -> Quotient | None:
        """A row or function as a number, or None where it has no meaning in columns."""
        if isinstance(node, Row):
            return self._row(node)
        if node.operator in ("choose", "where"):
            return self._chosen(node)
        operator = OPERATORS.get(node.operator)
        if operator is None or operator.column is None or operator.sort not in ("linear", "number"):
            return None
        if operator.sort == "number" and any(map(_conditional, node.arguments)):
            return self._mean(node) if node.operator == "average" else None
        items = self._numbers(node.arguments)
        if items is None:
            return None
        if node.operator == "count":
            items = [item if _conditional(one) else counted(self.nw, item)
                     for one, item in zip(node.arguments, items, strict=True)]  # fmt: skip
        made: Quotient | None = operator.column(self.nw, items)
        return made

    def _numbers(self, nodes: Sequence[Ground]) -> list[Quotient] | None:
        found = [item for node in nodes if (item := self._number(node)) is not None]
        return found if len(found) == len(nodes) else None

    def _chosen(self, node: Tree) -> Quotient | None:
        """One of two numbers; an item of a sum under a condition is 0 where that does not hold."""
        test, items = self.truth(node.arguments[0]), self._numbers([*node.arguments[1:], Row(())][:2])
        column = OPERATORS["choose"].column
        assert column is not None
        return None if test is None or items is None else column(self.nw, [test, *items])

    def _mean(self, node: Tree) -> Quotient | None:
        """A mean of what counts by its condition: the sum over how many those are."""
        ones = (Tree("where", (one.arguments[0], Row((), Fraction(1)))) if isinstance(one, Tree) and _conditional(one)
                else one for one in node.arguments)  # fmt: skip
        return self._number(Tree("/", (Tree("+", node.arguments), Tree("count", tuple(ones)))))

    def _row(self, row: Row) -> Quotient | None:
        """A row over the least lower that all its factors divide; cells are null that are too large to be added."""
        terms = merged(row)
        lower = lcm(row.constant.denominator, *(c.denominator for c in terms.values()))
        factors, constant = [(int(c * lower), slot) for slot, c in terms.items()], int(row.constant * lower)
        times = sum(abs(c) for c, _ in factors)
        if abs(constant) > MOST // 2 or lower > MOST or times > MOST // 4:
            return None
        if not factors:
            return Quotient(Whole.of(self.nw, constant), Whole.of(self.nw, lower))
        most = min(LIMIT, (MOST // 2) // times)
        values = [(c, self._near(slot, most)) for c, slot in factors]
        upper = Whole(self.nw, added(self.nw, values, constant), times * most + abs(constant), 2 * len(factors))
        return Quotient(upper, Whole.of(self.nw, lower))

    def _near(self, slot: int, most: int) -> Expr:
        return Whole(self.nw, self.value(slot), LIMIT).within(most).value

    def _width(self, node: Tree) -> Fraction | None:
        """The width of a comparison, as rows have it; None where it hangs on the report or the number of parts."""
        if node.width is not None:
            return node.width
        if not any(self.slots[slot].cell.type.rounded for slot in slots_of(node)):
            return Fraction(0)
        left, right = node.arguments
        terms = self._terms(add([(Fraction(1), left), (Fraction(-1), right)]))
        if isinstance(terms, str):
            return None if terms == VARIED else Fraction(0)
        summed = any(self.slots[slot].source == "part" and self.slots[slot].cell.type.rounded for slot in terms)
        return None if summed else implied(dict(terms), self.slots)

    def _terms(self, node: Ground) -> Terms:
        """The slots that stay in a number with their factors, which say what width rounding implies."""
        if isinstance(node, Row):
            return merged(node)
        if node.operator == "+":
            return self._together([self._terms(item) for item in node.arguments])
        if node.operator == "*":
            return self._times(node)
        if node.operator == "choose":
            one, other = (self._terms(item) for item in node.arguments[1:])
            return one if one == other else FLAT if self._flat(one) and self._flat(other) else VARIED
        if node.operator == "count":
            return {}
        if node.operator == "where":
            inner = self._terms(node.arguments[1])
            return {} if not inner else FLAT if self._flat(inner) else VARIED
        operator = OPERATORS.get(node.operator)
        return CURVED if operator and operator.sort == "number" else VARIED

    def _together(self, found: Sequence[Terms]) -> Terms:
        if CURVED in found:
            return CURVED
        terms: dict[int, Fraction] = {}
        for one in found:
            if not isinstance(one, str):
                for slot, factor in one.items():
                    terms[slot] = terms.get(slot, Fraction(0)) + factor
        terms = {slot: factor for slot, factor in terms.items() if factor}
        if VARIED in found or (FLAT in found and not self._flat(terms)):
            return VARIED
        return FLAT if FLAT in found else terms

    def _times(self, node: Tree) -> Terms:
        """A product with a known number keeps the other's terms, as long as that stands first."""
        first, second = node.arguments
        one, other = self._terms(first), self._terms(second)
        if isinstance(first, Row):
            if one:
                return CURVED
            if isinstance(other, str):
                return other if first.constant else {}
            return {slot: factor * first.constant for slot, factor in other.items()} if first.constant else {}
        if one and not isinstance(one, str):
            return CURVED
        # A function that comes out as 0 is a known number too.
        function = one == CURVED and first.operator not in ("+", "*", "choose")
        return FLAT if function or self._flat(other) else VARIED

    def _flat(self, terms: Terms) -> bool:
        """Whether terms imply no width, whatever they are."""
        if isinstance(terms, str):
            return terms != VARIED
        return not any(self.slots[slot].cell.type.rounded for slot in terms)


def _conditional(node: Ground) -> bool:
    """Whether an item of an aggregate counts by a condition."""
    return isinstance(node, Tree) and node.operator == "where"


def added(nw: Any, terms: Sequence[tuple[int, Expr]], constant: int) -> Expr:
    """The terms and the constant, added; what is subtracted comes last, for a sign costs a pass of its own."""
    total: Expr = None
    for c, value in sorted(terms, key=lambda term: term[0] < 0):
        value = value if abs(c) == 1 else value * abs(c)
        if total is None:
            total = value if c > 0 else -value
            continue
        total = total + value if c > 0 else total - value
    if total is None:
        return nw.lit(constant, nw.Int64)
    return total + constant if constant else total


def joined(both: Callable[[Any, Any], Any], items: Sequence[Any], nothing: Any) -> Any:
    """The items under an operation of two, as flat as can be: engines nest a long chain as deep as it is long."""
    if len(items) < 2:
        return items[0] if items else nothing
    half = len(items) // 2
    return both(joined(both, items[:half], nothing), joined(both, items[half:], nothing))
