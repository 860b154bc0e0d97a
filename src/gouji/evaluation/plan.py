"""Rules and the shape of a report -> checks over positions of a flat vector."""

from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import product
from math import prod

from attrs import define, frozen

from gouji.forms.form import Cell, Form
from gouji.forms.values import Number
from gouji.language import core
from gouji.language.checker import Edition, reads

CELLS = "cells"

Differences = Callable[[tuple[Number, ...]], tuple[Number, ...]]


@frozen
class Slot:
    """One position of the vector: a cell of this report or of the previous one; its domain is 0 up."""

    cell: Cell
    source: str


@frozen
class Side:
    """One side of a comparison: coefficients over slots, and a constant."""

    terms: tuple[tuple[int, int], ...]
    constant: int


@frozen
class Check:
    """One instance of a rule: `d ⋈ 0` with `terms` and `constant`, all in the unit `1 / scale`."""

    rule: core.Rule
    at: tuple[tuple[str, str], ...]
    left: Side
    right: Side
    terms: tuple[tuple[int, int], ...]
    constant: int
    scale: int
    twice_width: int
    earlier: bool
    applicable: bool


@define(eq=False, slots=False)
class Plan:
    """The checks of one edition for reports of one shape; what is generated from them is kept."""

    form: Form
    rules: tuple[core.Rule, ...]
    slots: tuple[Slot, ...]
    checks: tuple[Check, ...]
    expected: dict[str, int]

    @cached_property
    def differences(self) -> Differences:
        """A generated function: the vector of values -> d for each check. It holds positions and numbers only."""
        names = ", ".join(f"v{slot}" for slot in range(len(self.slots)))
        rows = ", ".join(_expression(check) for check in self.checks)
        code = f"def differences(v):\n  ({names},) = v\n  return ({rows}{',' if rows else ''})\n"
        scope: dict[str, Differences] = {}
        exec(compile(code, "<plan>", "exec"), scope)
        return scope["differences"]

    @cached_property
    def holds(self) -> Callable[[tuple[Number, ...]], bool]:
        """A generated function: whether every applicable check holds when all cells are known."""
        tests = " and ".join(_test(check) for check in self.checks if check.applicable) or "True"
        used = {slot for check in self.checks if check.applicable for _, slot in check.terms}
        names = ", ".join(f"v{slot}" if slot in used else "_" for slot in range(len(self.slots)))
        scope: dict[str, Callable[[tuple[Number, ...]], bool]] = {}
        exec(compile(f"def holds(v):\n  ({names},) = v\n  return {tests}\n", "<plan>", "exec"), scope)
        return scope["holds"]

    @cached_property
    def touching(self) -> dict[int, list[int]]:
        """The numbers of the checks that read a slot."""
        found: dict[int, list[int]] = {}
        for number, check in enumerate(self.checks):
            for _, slot in check.terms:
                found.setdefault(slot, []).append(number)
        return found

    @cached_property
    def inapplicable(self) -> tuple[int, ...]:
        """The numbers of the checks that this shape cannot make."""
        return tuple(number for number, check in enumerate(self.checks) if not check.applicable)


def _sum(terms: tuple[tuple[int, int], ...], constant: int) -> str:
    pieces = [f"{'+' if c > 0 else '-'}{f'{abs(c)}*' if abs(c) != 1 else ''}v{slot}" for c, slot in terms]
    if constant or not pieces:
        pieces.append(f"{constant:+d}")
    return "".join(pieces)


def _expression(check: Check) -> str:
    return _sum(check.terms, check.constant)


def _test(check: Check) -> str:
    relation = "==" if check.rule.body.relation == "=" else check.rule.body.relation
    d = _expression(check)
    if not check.twice_width:
        return f"{d} {relation} 0"
    w = check.twice_width
    return {
        "==": f"-{w} <= 2*({d}) <= {w}",
        "!=": f"not -{w} <= 2*({d}) <= {w}",
        "<=": f"2*({d}) <= {w}",
        ">=": f"2*({d}) >= -{w}",
        "<": f"2*({d}) < -{w}",
        ">": f"2*({d}) > {w}",
    }[relation]


def plan(edition: Edition, previous: Form | None = None) -> Plan:
    """The plan for reports of this edition, with a previous report on `previous` or none."""
    form = edition.form
    slots = [Slot(cell, "this") for cell in form.cells]
    earlier = previous.at if previous else {}
    slots += [Slot(cell, "previous") for cell in (previous.cells if previous else ())]
    checks = tuple(check for rule in edition.rules for check in _expand(rule, form, earlier, len(form.cells)))
    expected = {CELLS: _count(form)}
    expected |= {rule.name: prod(len(over.selection) for over in rule.overs) for rule in edition.rules}
    return Plan(form, edition.rules, tuple(slots), checks, expected)


def _count(form: Form) -> int:
    """The number of cells, from the axes alone."""
    blocks = [block for table in form.tables for block in table.blocks]
    return sum(len(block.rows.leaves()) * len(block.columns.leaves()) for block in blocks)


def _expand(rule: core.Rule, form: Form, earlier: dict[tuple[str, tuple[str, ...], tuple[str, ...]], Cell], offset: int
            ) -> Iterator[Check]:  # fmt: skip
    used = list(reads(rule.body))
    for choice in product(*(over.selection for over in rule.overs)):
        bound = {over.variable: path for over, path in zip(rule.overs, choice, strict=True)}
        at = tuple((variable, "/".join(path)) for variable, path in bound.items())

        def cells(read: core.Read, bound: dict[str, tuple[str, ...]] = bound) -> list[tuple[int, Cell] | None]:
            rows = (bound[read.row],) if isinstance(read.row, str) else read.row
            columns = (bound[read.column],) if isinstance(read.column, str) else read.column
            found: list[tuple[int, Cell] | None] = []
            for row in rows:
                for column in columns:
                    cell = (earlier if read.source == "previous" else form.at).get((read.table, row, column))
                    found.append(None if cell is None else (cell.position + offset * (read.source == "previous"), cell))
            return found

        met = [pair for read in used for pair in cells(read)]
        asks = any(read.source == "previous" for read in used)
        if None in met:
            none = Side((), 0)
            yield Check(rule, at, none, none, (), 0, 1, 0, asks, False)
            continue
        decimals = max([pair[1].type.decimals for pair in met if pair] + [c.decimals for c in _constants(rule.body)])

        def side(node: core.Linear, decimals: int = decimals,
                 cells: Callable[..., list[tuple[int, Cell] | None]] = cells
                 ) -> Side:  # fmt: skip
            terms: list[tuple[int, int]] = []
            constant = 0

            def add(term: core.Read | core.Constant | core.Linear, factor: int) -> None:
                nonlocal constant
                match term:
                    case core.Linear():
                        for coefficient, inner in term.terms:
                            add(inner, factor * coefficient)
                    case core.Constant():
                        constant += factor * term.value * 10 ** (decimals - term.decimals)
                    case core.Read():
                        for pair in cells(term):
                            assert pair is not None
                            terms.append((factor * 10 ** (decimals - pair[1].type.decimals), pair[0]))

            add(node, 1)
            return Side(tuple(terms), constant)

        left, right = side(rule.body.left), side(rule.body.right)
        merged: dict[int, int] = {}
        for sign, part in ((1, left), (-1, right)):
            for coefficient, slot in part.terms:
                merged[slot] = merged.get(slot, 0) + sign * coefficient
        terms = tuple((coefficient, slot) for slot, coefficient in merged.items() if coefficient)
        kinds = {pair[0]: pair[1].type for pair in met if pair}
        width = sum(abs(coefficient) for coefficient, slot in terms if kinds[slot].kind == "amount")
        yield Check(rule, at, left, right, terms, left.constant - right.constant, 10**decimals, width, asks, True)


def _constants(node: core.Compare | core.Linear) -> Iterator[core.Constant]:
    parts = (node.left, node.right) if isinstance(node, core.Compare) else [term for _, term in node.terms]
    for part in parts:
        if isinstance(part, core.Constant):
            yield part
        elif isinstance(part, core.Linear):
            yield from _constants(part)
