"""Rules and the shape of a report -> checks over positions of a flat vector."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import lcm, prod
from typing import Any

from attrs import define, evolve, field, frozen

from gouji.evaluation.ground import (
    Bound,
    Counterparts,
    Ground,
    Grounding,
    NotApplicable,
    PartnerMissing,
    Row,
    Tree,
    add,
    members,
    merged,
    rows_of,
    slots_of,
)
from gouji.evaluation.parts import rules as parts_rules
from gouji.forms.form import Cell, Layout
from gouji.forms.values import MAX_DIGITS, Number, decimal_text
from gouji.language import core
from gouji.language.core import CELLS, Edition
from gouji.language.operators import OPERATORS, RELATIONS
from gouji.messages import Saying, say, saying
from gouji.sources import Problem, ReportError

MAX_CHECKS = 100_000


@frozen
class Slot:
    """One position of the vector: a cell of `this` or the `previous` report, a sum over `part`s, a `figure` of prose.

    `count` says how many printed cells it stands for.
    """

    cell: Cell
    source: str
    count: int = 1


@frozen
class Side:
    """One side of a linear check as it is written, in the unit of the check."""

    terms: tuple[tuple[int, int], ...]
    constant: int


@frozen
class Linear:
    """`d ⋈ 0` within a width: whole coefficients over slots and a constant, all in the unit `1 / scale`."""

    terms: tuple[tuple[int, int], ...]
    constant: int
    relation: str
    width: Fraction
    scale: int
    sides: tuple[Side, Side]

    @property
    def code(self) -> str:
        """The difference as an expression over `v0`, `v1` …; it holds positions and numbers only."""
        pieces = [f"{'+' if c > 0 else '-'}{f'{abs(c)}*' if abs(c) != 1 else ''}v{slot}" for c, slot in self.terms]
        if self.constant or not pieces:
            pieces.append(f"{self.constant:+d}")
        # In brackets by the hundred: the compiler of Python nests a long sum as deep as it is long.
        chunks = ["".join(pieces[at : at + 100]) for at in range(0, len(pieces), 100)]
        return chunks[0] if len(chunks) == 1 else "+".join(f"({chunk})" for chunk in chunks)

    @property
    def test(self) -> str:
        """Whether the relation holds, as an expression."""
        if not self.width:
            relation = "==" if self.relation == "=" else self.relation
            return f"{self.code} {relation} 0"
        d = f"{self.width.denominator}*({self.code})"
        return OPERATORS[self.relation].exact.format(d=d, w=self.width.numerator)


@frozen
class Check:
    """One instance of a rule: its ground body and guard, or why it does not apply or is in error."""

    rule: core.Rule
    at: tuple[tuple[str, str], ...]
    body: Tree | None
    guard: Ground | None = None
    linear: Linear | None = None
    _lacking: str | Saying = ""
    outcome: str = ""

    @property
    def lacking(self) -> str:
        """Why it has no body, or which partners are read as zero, in the language spoken."""
        return str(self._lacking)

    @cached_property
    def slots(self) -> tuple[int, ...]:
        """The slots that the check reads, each once, in the order of the formula."""
        return tuple(dict.fromkeys([*slots_of(self.body), *slots_of(self.guard)]))


@define(eq=False, slots=False)
class Plan:
    """The checks of one edition for reports of one shape; what is generated from them is kept."""

    layout: Layout
    previous: Layout | None
    rules: tuple[core.Rule, ...]
    slots: tuple[Slot, ...]
    checks: tuple[Check, ...]
    expected: dict[str, int]
    _pieces: dict[int, tuple[tuple[str, str, str, int, int], ...]] = field(factory=dict, init=False, repr=False)

    @cached_property
    def linear(self) -> tuple[tuple[int, Linear], ...]:
        """The checks that the generated function decides, by number."""
        return tuple((n, check.linear) for n, check in enumerate(self.checks) if check.linear and n not in self.quoting)

    @cached_property
    def general(self) -> tuple[int, ...]:
        """The numbers of the checks that are evaluated as trees."""
        return tuple(
            n for n, check in enumerate(self.checks) if not check.linear and not check.outcome and n not in self.quoting
        )

    @cached_property
    def quoting(self) -> dict[int, tuple[int, ...]]:
        """The checks that read figures of the prose, each with their slots."""
        figures = {slot for slot, one in enumerate(self.slots) if one.source == "figure"}
        read = {
            n: [slot for row in (*rows_of(check.body), *rows_of(check.guard)) for _, slot in row.terms]
            for n, check in enumerate(self.checks)
            if not figures.isdisjoint(check.slots)
        }
        found = {n: tuple(slot for slot in dict.fromkeys(slots) if slot in figures) for n, slots in read.items()}
        return {n: slots for n, slots in found.items() if slots}

    @cached_property
    def unquoted(self) -> dict[int, str]:
        """What becomes of the checks that read figures where the prose quotes none."""
        return dict.fromkeys(self.quoting, "not_applicable")

    @cached_property
    def decided(self) -> dict[int, str]:
        """The checks that the shape alone decides."""
        return {n: check.outcome for n, check in enumerate(self.checks) if check.outcome}

    @cached_property
    def holds(self) -> Callable[[tuple[Number, ...]], bool]:
        """A generated function: whether every linear check holds when all cells are known."""
        tests = " and ".join(row.test for _, row in self.linear) or "True"
        found: Callable[[tuple[Number, ...]], bool] = self._generate("holds", tests)
        return found

    @cached_property
    def each(self) -> Callable[[tuple[Number, ...]], tuple[bool, ...]]:
        """A generated function: whether each linear check holds when all cells are known."""
        tests = "".join(f"{row.test}, " for _, row in self.linear)
        found: Callable[[tuple[Number, ...]], tuple[bool, ...]] = self._generate("each", f"({tests})")
        return found

    def _generate(self, name: str, result: str) -> Any:
        used = {slot for _, row in self.linear for _, slot in row.terms}
        names = "".join(f"v{slot}, " if slot in used else "_, " for slot in range(len(self.slots)))
        unpack = f"  ({names}) = v\n" if names else ""
        scope: dict[str, Any] = {}
        exec(compile(f"def {name}(v):\n{unpack}  return {result}\n", "<plan>", "exec"), scope)
        return scope[name]

    @cached_property
    def tells(self) -> bool:
        """Whether a cell of the form holds a day, a code, or yes or no, which are told by name."""
        return any(slot.cell.type.kind in ("date", "code", "yesno") for slot in self.slots)

    @cached_property
    def titles(self) -> dict[str, str]:
        """The official label of each table."""
        return {table.name: table.labels[0] for table in self.layout.form.tables}

    @cached_property
    def called(self) -> tuple[str, ...]:
        """What tells each cell of this report from all others: its labels, with its table where needed, or its key."""
        cells = self.layout.cells
        titled = [f"{cell.table.labels[0]} / {cell.label}" for cell in cells]
        labels, titles = Counter(cell.label for cell in cells), Counter(titled)
        return tuple(
            cell.label if labels[cell.label] == 1 else title if titles[title] == 1 else cell.key
            for cell, title in zip(cells, titled, strict=True)
        )

    def pieces(self, row: Row) -> tuple[tuple[str, str, str, int, int], ...]:
        """What stands around each number when a row is written out, as `scaling` says, its slot and its scale; kept."""
        found = self._pieces.get(id(row))
        if found is None:
            types = {slot: self.slots[slot].cell.type for _, slot in row.terms}
            found = self._pieces[id(row)] = tuple(
                (*scaling(coefficient * types[slot].scale), slot, types[slot].scale) for coefficient, slot in row.terms
            )
        return found

    @cached_property
    def touching(self) -> dict[int, list[int]]:
        """The numbers of the linear checks that read a slot."""
        found: dict[int, list[int]] = {}
        for number, row in self.linear:
            for _, slot in row.terms:
                found.setdefault(slot, []).append(number)
        return found


def plan(
    edition: Edition, layout: Layout, previous: Layout | None, year: int, counterparts: Counterparts | None = None,
    parts: int = 0,
) -> Plan:  # fmt: skip
    """The plan for reports of this layout and year, with a previous report of another layout or none.

    `counterparts` are given where that one is on another edition; `parts` is the number of reports that add up to it.
    """
    slots = [Slot(cell, "this") for cell in layout.cells]
    slots += [Slot(cell, "previous") for cell in (previous.cells if previous else ())]
    slots += [Slot(cell, "part", parts) for cell in (layout.cells if parts else ())]
    slots += [Slot(cell, "figure") for cell in layout.form.figures]
    rules = tuple(rule for rule in edition.rules if _in_force(rule, year))
    rules += parts_rules(edition.form) if parts else ()
    for rule in rules:
        if (count := _expected(rule, layout)) > MAX_CHECKS:
            message = say(
                "{rule} would make {count} checks of this report; a rule makes at most {most}",
                rule=rule.name,
                count=count,
                most=MAX_CHECKS,
            )
            raise ReportError([Problem(message, hint=say("check fewer rows at a time"))])
    base = Grounding(layout, previous, {}, [], counterparts, parts > 0)
    checks = tuple(check for rule in rules for check in _expand(rule, base, slots))
    expected = {CELLS: _count(layout)}
    for rule in rules:
        expected[rule.name] = expected.get(rule.name, 0) + _expected(rule, layout)
    return Plan(layout, previous, rules, tuple(slots), checks, expected)


def scaling(factor: Fraction) -> tuple[str, str, str]:
    """The sign of a factor, and what it writes before and after a number: `2.5 * ` and nothing, nothing and ` / 3`."""
    sign, factor = "-" if factor < 0 else "+", abs(factor)
    if factor == 1:
        return sign, "", ""
    if factor.numerator == 1:
        return sign, "", f" / {factor.denominator}"
    if 10**MAX_DIGITS % factor.denominator == 0:
        return sign, f"{decimal_text(factor)} * ", ""
    return sign, f"{factor.numerator} * ", f" / {factor.denominator}"


def _in_force(rule: core.Rule, year: int) -> bool:
    first, last = rule.years
    return first <= year and (last is None or year <= last)


def _count(layout: Layout) -> int:
    """The number of cells, from the axes alone."""
    shape = layout.shape
    return sum(
        sum(1 for _ in block.rows.unfold(shape.of(table.name, "row")))
        * sum(1 for _ in block.columns.unfold(shape.of(table.name, "column")))
        for table in layout.form.tables
        for block in table.blocks
    )


def _expected(rule: core.Rule, layout: Layout) -> int:
    """The number of checks, from what the rule ranges over."""
    return prod(max(0, len(members(over, layout)) - over.after_first) for over in rule.overs)


def _expand(rule: core.Rule, base: Grounding, slots: list[Slot]) -> Iterator[Check]:
    sequences = [members(over, base.layout) for over in rule.overs]
    numbered = [range(int(over.after_first), len(seq)) for over, seq in zip(rule.overs, sequences, strict=True)]
    for choice in product(*numbered):
        bound = {
            over.variable: Bound(over, seq, index)
            for over, seq, index in zip(rule.overs, sequences, choice, strict=True)
        }
        at = (*rule.fixed, *((name, "/".join(one.at(0))) for name, one in bound.items()))
        yield _check(rule, at, evolve(base, bound=bound, zeros=[]), slots)


def _check(rule: core.Rule, at: tuple[tuple[str, str], ...], grounding: Grounding, slots: list[Slot]) -> Check:
    try:
        guard = grounding.truth(rule.guard) if rule.guard else None
        if isinstance(guard, Tree) and guard.operator == "false":
            return Check(rule, at, None, outcome="not_applicable", lacking=saying("the guard does not hold"))
        body = grounding.truth(rule.body)
    except NotApplicable as missing:
        return Check(rule, at, None, outcome="not_applicable", lacking=missing.reason)
    except PartnerMissing as missing:
        return Check(rule, at, None, outcome="error", lacking=missing.reason)
    if grounding.zeros and any(one.over.missing == "zero" for one in grounding.bound.values()):
        guard = _driven(guard, body, grounding, slots)
    assert isinstance(body, Tree)
    linear = _linear(body, slots) if guard is None and not rule.marks else None
    return Check(rule, at, body, guard, linear, "; ".join(grounding.zeros))


def _driven(guard: Ground | None, body: Ground, grounding: Grounding, slots: list[Slot]) -> Ground:
    """The guard that something stands on the driving side of a join whose partner is missing and read as zero."""
    tables = {one.over.table for one in grounding.bound.values()}
    driving = tuple(dict.fromkeys(slot for slot in slots_of(body) if slots[slot].cell.table.name in tables))
    driven = Tree("driven", (), driving)
    return driven if guard is None else Tree("and", (guard, driven))


def _linear(body: Tree, slots: list[Slot]) -> Linear | None:
    """The body as `d ⋈ 0`, where both sides are rows."""
    if body.operator not in RELATIONS:
        return None
    left, right = body.arguments
    if not isinstance(left, Row) or not isinstance(right, Row):
        return None
    difference = add([(Fraction(1), left), (Fraction(-1), right)])
    assert isinstance(difference, Row)
    terms = merged(difference)
    scale = lcm(difference.constant.denominator, *(c.denominator for c in terms.values()))
    width = body.width if body.width is not None else implied(terms, slots)
    scale = lcm(scale, *(number.denominator for side in (left, right) for number in _numbers(side)))
    return Linear(
        tuple((_steps(c, scale), slot) for slot, c in terms.items()), _steps(difference.constant, scale), body.operator,
        width * scale, scale, (_side(left, scale), _side(right, scale)),
    )  # fmt: skip


def _numbers(row: Row) -> list[Fraction]:
    return [row.constant, *(coefficient for coefficient, _ in row.terms)]


def _side(row: Row, scale: int) -> Side:
    return Side(tuple((_steps(c, scale), slot) for c, slot in row.terms), _steps(row.constant, scale))


def _steps(number: Fraction, scale: int) -> int:
    """The number times a scale that its denominator divides."""
    return number.numerator * (scale // number.denominator)


def implied(terms: dict[int, Fraction], slots: list[Slot] | tuple[Slot, ...]) -> Fraction:
    """The width that rounding implies: half of the last declared place for each rounded cell, times its coefficient."""
    rounded = ((abs(c), slots[slot]) for slot, c in terms.items() if slots[slot].cell.type.rounded)
    return sum((c * slot.count / 2 for c, slot in rounded), start=Fraction(0))
