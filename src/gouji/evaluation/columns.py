"""The checks of one plan over a frame: which reports surely pass, and what the others' linear checks say.

Nothing here imports an engine: the module that makes expressions is handed in, polars or narwhals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, partial
from typing import Any

from attrs import define, field, frozen

from gouji.evaluation.column_trees import Expr, Trees, added, joined
from gouji.evaluation.plan import Check, Linear, Plan, Side
from gouji.forms.form import Cell
from gouji.language.core import CELLS
from gouji.language.operators import OPERATORS
from gouji.language.quotients import LIMIT

MAX_FACTORS = 2**16
FAIL, UNDETERMINED = 1, 2


@frozen
class Told:
    """One check in columns, and both sides.

    `passes` is false where it fails, and null where something is missing; there `outcome` makes what comes of it, null
    where it passes or does not apply.
    """

    rule: str
    at: str
    severity: str
    passes: Expr
    outcome: Callable[[], Expr]
    left: Expr
    right: Expr


@define(eq=False, slots=False)
class Columns:
    """The checks of a plan over columns of known steps, null where a cell has none that is sure.

    `value` gives the column of a slot. `bare` are the checks of the reports that have none before, where the plan has
    one; `before` then says which have one.
    """

    nw: Any
    plan: Plan
    value: Callable[[int], Expr]
    bare: Columns | None = None
    before: Expr = None
    _passing: dict[int, Expr | None] = field(factory=dict, init=False, repr=False)

    def clean(self) -> Expr:
        """Whether a report surely passes every check and holds a number of its domain in every cell."""
        return joined(lambda a, b: a & b, [self.within(), self.linked()], None)

    def within(self) -> Expr:
        """Whether it does so, of what needs no report before."""
        cells = [self._inside(cell) for cell in self.plan.layout.cells]
        return self._all(cells, (n for n in self._open if self._same(n)))

    def linked(self) -> Expr:
        """Whether it does so, of what the report before is asked for."""
        numbers = [n for n in self._open if not self._same(n)]
        found = dict.fromkeys(
            (one, slot)
            for one in (self, self.bare)
            if one is not None
            for n in numbers
            for slot in one.plan.checks[n].slots
            if one.plan.slots[slot].source != "figure"
        )
        values = [one.value(slot) for one, slot in found]
        return self._all([value.is_null() | value.is_between(-LIMIT, LIMIT) for value in values], numbers)

    def _all(self, cells: Sequence[Expr], numbers: Iterable[int]) -> Expr:
        """Whether the cells are as they should be and checks pass: DuckDB fails where a sum leaves 64 bits."""
        near = joined(lambda a, b: a & b, cells, self.nw.lit(True))
        tests = joined(lambda a, b: a & b, self._tests(numbers), self.nw.lit(True))
        return self.nw.when(near).then(tests).otherwise(self.nw.lit(False)).fill_null(False)

    def _tests(self, numbers: Iterable[int]) -> list[Expr]:
        return [test for n in numbers if (test := self.passes(n)) is not None]

    def inapplicable(self) -> dict[str, Expr]:
        """How many checks of each rule do not apply, over all reports that columns decide."""
        found: dict[str, Expr] = {}
        optional = [cell for cell in self.plan.layout.cells if self._need(cell) == "optional"]
        idle = [(CELLS, self.value(cell.position).is_null()) for cell in optional]
        idle += [(check.rule.name, self._idle(n)) for n, check in enumerate(self.plan.checks)]
        blank = self.value(0).is_null()
        every = blank | ~blank  # true as a column, for engines sum no constants
        for name, test in idle:
            if test is not False:
                times = (every & test).cast(self.nw.Int64).sum()
                found[name] = found[name] + times if name in found else times
        return found

    def _idle(self, number: int) -> Expr | bool:
        """Whether a check does not apply to a report; True or False where that is so of every one."""
        check = self.plan.checks[number]
        here = check.outcome == "not_applicable" or number in self.plan.quoting
        if not here and check.guard is not None:
            guard = self._trees.truth(check.guard)
            here = guard is not None and ~guard
        if self.bare is None or self._same(number):
            return here
        return (self.before & here) | (~self.before & self.bare._idle(number))

    def asks(self) -> Expr | None:
        """Which reports rows must decide: a check neither surely passes nor is told by columns."""
        tests = [~test.fill_null(False) for n in self._asking if (test := self.passes(n)) is not None]
        tests += [test for n in self.telling if (test := self._unbounded(n)) is not None]
        return joined(lambda a, b: a | b, tests, None)

    def blank(self, cell: Cell) -> int | None:
        """What the built-in rule says of a cell that is blank, where it applies."""
        return {"required": FAIL, "optional": None}.get(self._need(cell), UNDETERMINED)

    @cached_property
    def checks(self) -> tuple[Told, ...]:
        """What columns say of the checks of `telling`, where no rows are asked."""
        return tuple(map(self._linear, self.telling))

    def _linear(self, number: int) -> Told:
        check = self.plan.checks[number]
        assert check.linear is not None
        outcome = partial(self._outcome, check.linear)
        left, right = (self._side(side) for side in check.linear.sides)
        return Told(check.rule.name, place(check), check.rule.severity, self.passes(number), outcome, left, right)

    @cached_property
    def _trees(self) -> Trees:
        return Trees(self.nw, self.plan.slots, self.value)

    @cached_property
    def rowwise(self) -> tuple[str, ...]:
        """The rules that have no meaning in columns, so that rows decide every report."""
        lost = (n for n in self._open if self.passes(n) is None)
        return tuple(dict.fromkeys(self.plan.checks[n].rule.name for n in lost))

    @cached_property
    def _open(self) -> tuple[int, ...]:
        """The checks that some report may not pass; no frame holds the prose that others read."""
        checks = self.plan.checks
        return tuple(
            n
            for n, check in enumerate(checks)
            if n not in self.plan.quoting and (check.outcome != "not_applicable" or not self._same(n))
        )

    @cached_property
    def telling(self) -> tuple[int, ...]:
        """The linear checks of whole numbers, whose sides are as they are written."""
        alike = (n for n in self._open if self._same(n) or self._needs_before(n))
        checks = ((n, self.plan.checks[n].linear) for n in alike)
        return tuple(n for n, linear in checks if linear and self._plain(linear))

    @cached_property
    def _asking(self) -> tuple[int, ...]:
        """The checks that columns only see pass."""
        return tuple(n for n in self._open if n not in self.telling)

    def _plain(self, linear: Linear) -> bool:
        return linear.scale == 1 and not linear.width and _small(linear)

    def _needs_before(self, number: int) -> bool:
        """Whether a check does not apply to a report without one before."""
        return self.bare is not None and self.bare.plan.checks[number].outcome == "not_applicable"

    def _same(self, number: int) -> bool:
        """Whether a check is the same where there is no report before."""
        check = self.plan.checks[number]
        other = self.bare.plan.checks[number] if self.bare else check
        return (other.body, other.guard, other.outcome) == (check.body, check.guard, check.outcome)

    def passes(self, number: int) -> Expr | None:
        """Whether one check surely passes or does not apply; None where columns cannot say."""
        if number not in self._passing:
            self._passing[number] = self._passes(number)
        return self._passing[number]

    def _passes(self, number: int) -> Expr | None:
        test = self._test(self.plan.checks[number])
        if test is None or self.bare is None or self._same(number):
            return test
        if self._needs_before(number):
            return ~self.before | test
        other = self.bare.passes(number)
        return None if other is None else (self.before & test) | (~self.before & other)

    def _test(self, check: Check) -> Expr | None:
        if check.outcome == "not_applicable":
            return self.nw.lit(True)
        linear = check.linear
        if linear and _small(linear):
            d = self._sum(linear.terms, linear.constant)
            return None if self._wider(linear) else self._compare(linear.relation, d, linear)
        body = None if check.body is None else self._trees.truth(check.body)
        if check.guard is None or body is None:
            return body
        guard = self._trees.truth(check.guard)
        return None if guard is None else ~guard | (guard & body)  # where a guard is not known, nothing is

    def _wider(self, linear: Linear) -> bool:
        """Whether a check may hold for a few rounded parts and not for many, whose width is larger."""
        parts = any(self.plan.slots[slot].source == "part" for _, slot in linear.terms)
        return bool(linear.width) and parts and linear.relation in ("!=", "<", ">")

    def _sum(
        self, terms: Sequence[tuple[int, int]], constant: int, known: Callable[[Expr], Expr] = lambda value: value
    ) -> Expr:
        """The terms and the constant, added."""
        return added(self.nw, [(c, known(self.value(slot))) for c, slot in terms], constant)

    def _compare(self, relation: str, d: Expr, linear: Linear) -> Expr:
        column = OPERATORS[relation].column
        assert column is not None
        wide = linear.width.denominator
        return column(self.nw, [d * wide if wide != 1 else d, linear.width.numerator])

    def _inside(self, cell: Cell) -> Expr:
        """Whether a cell surely holds a number of its domain, and none that may spoil a sum."""
        low, high = (None if end is None else end * cell.type.scale for end in (cell.type.low, cell.type.high))
        least, most = -LIMIT if low is None else max(low, -LIMIT), LIMIT if high is None else min(high, LIMIT)
        return self.value(cell.position).is_between(least, most)

    def _need(self, cell: Cell) -> str:
        return cell.said("need") or self.plan.layout.form.need

    def _side(self, side: Side) -> Expr:
        found: dict[int, int] = {}
        for c, slot in side.terms:
            found[slot] = found.get(slot, 0) + c
        return self._sum([(c, slot) for slot, c in found.items() if c], side.constant)

    def _unbounded(self, number: int) -> Expr | None:
        """Where something is missing in a check whose bounds columns do not know."""
        linear = self.plan.checks[number].linear
        assert linear is not None
        types = [self.plan.slots[slot].cell.type for _, slot in linear.terms]
        known = all(type.low in (0, None) and type.high is None for type in types)
        divisible = linear.relation not in ("=", "!=") or all(abs(c) == 1 for c, _ in linear.terms)
        repeated = any(len({s for _, s in side.terms}) < len(side.terms) for side in linear.sides)
        if known and divisible and not repeated:
            return None
        nulls = [self.value(slot).is_null() for side in linear.sides for _, slot in side.terms]
        missing = joined(lambda a, b: a | b, nulls, None)
        return self.before & missing if missing is not None and self._needs_before(number) else missing

    def _outcome(self, linear: Linear) -> Expr:
        """By bounds, where each missing number lies from 0 up, or anywhere."""
        nw = self.nw
        d = self._sum(linear.terms, linear.constant, lambda value: value.fill_null(0))
        up, down = self._open_ends(linear)
        false = {"=": ((d > 0) & ~down) | ((d < 0) & ~up), "<=": (d > 0) & ~down, ">=": (d < 0) & ~up}
        true = {"=": (d == 0) & ~down & ~up, "<=": (d <= 0) & ~up, ">=": (d >= 0) & ~down}
        swapped = {"!=": "=", ">": "<=", "<": ">="}.get(linear.relation)
        fails, holds = (true[swapped], false[swapped]) if swapped else (false[linear.relation], true[linear.relation])
        return nw.when(fails).then(nw.lit(FAIL)).when(~holds).then(nw.lit(UNDETERMINED))

    def _open_ends(self, linear: Linear) -> tuple[Expr, Expr]:
        """Whether what is missing may raise the difference without end, and whether it may lower it."""
        ends: tuple[list[Expr], list[Expr]] = ([], [])
        for c, slot in linear.terms:
            missing = self.value(slot).is_null()
            either = self.plan.slots[slot].cell.type.low is None
            if c > 0 or either:
                ends[0].append(missing)
            if c < 0 or either:
                ends[1].append(missing)
        nothing = self.nw.lit(False)
        return joined(lambda a, b: a | b, ends[0], nothing), joined(lambda a, b: a | b, ends[1], nothing)


def place(check: Check) -> str:
    """Where a check of its rule stands, in one text."""
    return " ".join(name for _, name in check.at)


def _small(linear: Linear) -> bool:
    """Whether no sum of its terms leaves whole numbers of 64 bits."""
    wide = linear.width.denominator
    sizes = [(linear.terms, linear.constant), *((side.terms, side.constant) for side in linear.sides)]
    return all(
        sum(abs(c) for c, _ in terms) * wide <= MAX_FACTORS and abs(constant) * wide <= LIMIT
        for terms, constant in sizes
    )
