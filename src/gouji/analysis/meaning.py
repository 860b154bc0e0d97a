"""Rules of two editions in one normal form, in which two that mean the same are equal.

Members are the keys that both editions share; variables have no names; sums are flat; what may stand in any order is
sorted. `pruned` forms leave out what only one edition has beside something that both have.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Any, assert_never

from attrs import evolve, field, frozen

from gouji.analysis.ties import Side
from gouji.language import core

Normal = tuple[Any, ...]
"""Nested tuples of texts and numbers."""

_SWAPPED = {">=": "<=", ">": "<"}


@frozen
class Reader:
    """Brings the rules of one edition into normal form.

    `sided` keeps the sides of comparisons apart, which matters where a mark may stand for a whole side.
    """

    side: Side
    sided: bool
    pruned: bool = False
    overs: dict[str, core.Over] = field(factory=dict)
    numbers: dict[str, str] = field(factory=dict)

    def rule(self, rule: core.Rule) -> tuple[Normal, Normal, Normal]:
        """What a rule ranges over, its guard and its formula; variables are numbered by what they range over."""
        overs = sorted(rule.overs, key=lambda over: repr(self.over(over, _ordered(rule))))
        reader = self
        for over in overs:
            reader = reader.bind(over)
        guard = reader.truth(rule.guard) if rule.guard else ()
        return tuple(self.over(over, _ordered(rule)) for over in overs), guard, reader.truth(rule.body)

    def bind(self, over: core.Over) -> Reader:
        """The same with one more variable."""
        number = f"{len(self.numbers)}"
        overs, numbers = {**self.overs, over.variable: over}, {**self.numbers, over.variable: number}
        return evolve(self, overs=overs, numbers=numbers)

    def over(self, over: core.Over, ordered: bool) -> Normal:
        """What a variable takes; in order only where the rule asks for it."""
        keys = [key for path in over.paths for key in self.side.member(over.table, over.axis, path)]
        if self.pruned:
            keys = [key for key in keys if key[0] in ("=", "<")] or keys
        members = tuple(keys if ordered else sorted(keys))
        return (self.side.table(over.table), over.axis, members, over.open, over.after_first, over.missing, over.source)

    def truth(self, node: core.Node) -> Normal:
        """A condition."""
        match node:
            case core.Compare():
                return self._comparison(node)
            case core.Logic():
                return (node.operator, *_sorted(self._flat(node)))
            case core.State():
                cells = [self._selection(cell) for cell in node.cells]
                return (node.test, node.text, *(_sorted(cells) if node.test == "unique" else cells))
            case core.Apply():
                return (node.function, node.name, *(self._argument(item) for item in node.arguments))
            case core.Read() | core.Constant() | core.Linear() | core.Gather():
                return self.number(node)
            case _:
                assert_never(node)

    def _flat(self, node: core.Logic) -> list[Normal]:
        """The arguments, those of an `and` in an `and` beside its own."""
        found = []
        for item in node.arguments:
            if isinstance(item, core.Logic) and item.operator == node.operator and node.operator in ("and", "or"):
                found += self._flat(item)
            else:
                found.append(self.truth(item))
        return found

    def _comparison(self, node: core.Compare) -> Normal:
        left, right, relation = node.left, node.right, node.relation
        if relation in _SWAPPED:
            left, right, relation = right, left, _SWAPPED[relation]
        width = () if node.width is None else (str(node.width),)
        if self.sided:
            sides = [self.number(left), self.number(right)]
            return (relation, width, *(_sorted(sides) if relation in ("=", "!=") else sides))
        ways = [self._sum(((Fraction(1), a), (Fraction(-1), b))) for a, b in ((left, right), (right, left))]
        return (relation, width, min(ways, key=repr) if relation in ("=", "!=") else ways[0])

    def number(self, node: core.Node) -> Normal:
        """A number, as a sum of terms with their factors."""
        return self._sum(((Fraction(1), node),))

    def _sum(self, terms: tuple[tuple[Fraction, core.Node], ...]) -> Normal:
        found: dict[Normal, Fraction] = {}
        for factor, node in terms:
            self._add(node, factor, found)
        # A term that cancels out still counts where a mark may stand for it.
        left = {term: factor for term, factor in found.items() if factor or (self.sided and term)}
        if self.pruned:
            common = {factor for term, factor in left.items() if not _lone(term)}
            left = {term: factor for term, factor in left.items() if not (_lone(term) and factor in common)}
        return ("sum", *_sorted([(term, str(factor)) for term, factor in left.items()]))

    def _add(self, node: core.Node, factor: Fraction, found: dict[Normal, Fraction]) -> None:
        match node:
            case core.Linear():
                for inner, item in node.terms:
                    self._add(item, factor * inner, found)
                return
            case core.Gather(function="sum"):
                for body, over, where in node.parts:
                    if over is not None or where is not None:
                        terms = [("sum of", *self._part(body, over, where))]
                    elif isinstance(body, core.Read):
                        terms = self._cells(body)
                    else:
                        self._add(body, factor, found)
                        continue
                    for term in terms:
                        found[term] = found.get(term, Fraction(0)) + factor
                return
            case core.Constant():
                terms, factor = [()], factor * node.value
            case core.Read():
                terms = self._cells(node)
            case core.Gather():
                parts = [part for one in node.parts for part in self._parts(node.function, *one)]
                terms = [(node.function, *(parts if node.function == "in" else _sorted(parts)))]
            case core.Apply():
                arguments = [self._argument(item) for item in node.arguments]
                terms = [(node.function, node.name, *(_sorted(arguments) if node.function == "*" else arguments))]
            case _:
                terms = [self.truth(node)]
        for term in terms:
            found[term] = found.get(term, Fraction(0)) + factor

    def _parts(self, function: str, body: core.Node, over: core.Over | None, where: core.Node | None) -> list[Normal]:
        """One argument of an aggregate; cells that stand without a condition are arguments by themselves."""
        if over is None and where is None and isinstance(body, core.Read):
            return [((), cell, ()) for cell in self._selection(body)[1:]]
        return [self._part(body, over, where)]

    def _part(self, body: core.Node, over: core.Over | None, where: core.Node | None) -> Normal:
        """One argument of an aggregate, with what it ranges over."""
        reader = self.bind(over) if over else self
        item = reader._selection(body) if over is None else reader._argument(body)
        return (self.over(over, True) if over else (), item, reader.truth(where) if where else ())

    def _selection(self, node: core.Node) -> Normal:
        """Cells that are taken together, or a number; a cell that the other edition splits is the sum of its parts."""
        if not isinstance(node, core.Read):
            return self._argument(node)
        cells = [cells[0] if len(cells) == 1 else ("sum", *_sorted(cells)) for cells in self._places(node)]
        if self.pruned:
            cells = [cell for cell in cells if not _lone(cell)] or cells
        return ("cells", *_sorted(cells))

    def _argument(self, node: core.Node) -> Normal:
        if isinstance(node, (core.Compare, core.Logic, core.State)):
            return self.truth(node)
        return self.number(node)

    def _cells(self, read: core.Read) -> list[Normal]:
        """The cells of a reading, one by one."""
        return [cell for cells in self._places(read) for cell in cells]

    def _places(self, read: core.Read) -> Iterator[list[Normal]]:
        """The cells of a reading, for each pair of its coordinates."""
        table = self.side.table(read.table)
        for row, column in product(read.row or (None,), read.column or (None,)):
            rows = self._point(read.table, "row", row) if row else [()]
            columns = self._point(read.table, "column", column) if column else [()]
            yield [("cell", table, *pair, read.source) for pair in product(rows, columns)]

    def _point(self, table: str, axis: str, point: core.Point) -> list[Normal]:
        over = self.overs.get(point.variable)
        if over is None:
            return list(self.side.member(table, axis, point.prefix))
        number = (f"${self.numbers[over.variable]}", str(point.shift))
        if not over.open:
            return [number]
        declared = (*point.prefix, over.paths[0][-1], *point.suffix)
        return [(*number, key) for key in self.side.member(table, axis, declared)]


def _ordered(rule: core.Rule) -> bool:
    """Whether it matters to a rule in which order it ranges."""
    read = [node for part in (rule.body, rule.guard) if part for node in core.walk(part)]
    shifted = any(p.shift for node in read if isinstance(node, core.Read) for p in (*node.row, *node.column))
    counted = any(isinstance(node, core.Apply) and node.function == "position" for node in read)
    return shifted or counted or any(over.after_first for over in rule.overs)


def _lone(term: Normal) -> bool:
    """Whether a cell lies in a table, row or column that only one edition has."""
    keys = [key for key in term[1:4] if key] if term[:1] == ("cell",) else []
    inner = [part for key in keys for part in key if isinstance(part, tuple)]
    return any(key[0] in ("-", "+") for key in (*keys, *inner))


def _sorted(items: list[Normal]) -> list[Normal]:
    return sorted(items, key=repr)
