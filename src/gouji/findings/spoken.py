"""A rule as meant in words: official labels for the cells, and what the operator table says of each operator.

Two rules that mean different things are never said in the same words: a part that binds less than what it stands in, or
as much, stands in brackets, and a label that several members have is said with those above it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from typing import assert_never

from attrs import evolve, frozen

from gouji.findings.formula import NAMED, value_text
from gouji.findings.words import place_word
from gouji.forms.form import CellType, Form, Member, Path, type_of
from gouji.forms.values import MAX_DIGITS, decimal_text
from gouji.language import core
from gouji.language.operators import OPERATORS
from gouji.messages import count, say

MANY = 4
"""Of more members than this that follow each other only the first and the last are named."""
_LOOSE, _RELATION, _FUNCTION, _ADD, _MUL, _ATOM = range(6)
"""How strongly words bind, from what always needs brackets to what never does."""
_SIMPLE = ("present", "blank", "exists", "given", "mark", "text", "printed")
Said = tuple[str, int]


@frozen
class Speech:
    """Says what a rule means; `home` is the table whose name goes without saying."""

    form: Form
    home: str
    bound: tuple[str, str] = ("", "")
    """The variable of the aggregate that is told, and its axis."""

    def formula(self, node: core.Node) -> str:
        """A condition or a number in words."""
        return self._said(node)[0]

    def _said(self, node: core.Node, type: CellType | None = None) -> Said:
        """A node in words, constants as the cells beside them, and how strongly the words bind."""
        match node:
            case core.Read():
                return self._read(node), _ATOM
            case core.Constant():
                return self._constant(node.value, type)
            case core.Linear():
                return self._linear(node, type)
            case core.Gather():
                return self._gather(node)
            case core.Apply():
                return self._apply(node, type)
            case core.State():
                return self._state(node)
            case core.Compare():
                return self._compare(node)
            case core.Logic():
                return self._logic(node)
            case _:
                assert_never(node)

    def _in(self, node: core.Node, least: int, type: CellType | None = None) -> str:
        """A part in words, in brackets where it binds less than what it stands in."""
        text, own = self._said(node, type)
        return text if own >= least else say("({text})", text=text)

    def over(self, over: core.Over) -> str:
        """What a rule ranges over, in words."""
        named = self.members(over.table, over.axis, tuple(core.Point(path) for path in over.paths))
        return say("{first} after the first", first=named) if over.after_first else named

    def members(self, table: str, axis: str, points: core.Coordinate) -> str:
        """Members of an axis by their official labels; nothing where a variable of the rule stands for them."""
        return self._listed(table, axis, points)[0]

    def _listed(self, table: str, axis: str, points: core.Coordinate) -> tuple[str, bool]:
        """Members in words, and whether they are several."""
        said = [
            point for point in dict.fromkeys(points) if not point.variable or point.suffix or self._outer(axis, point)
        ]
        names = [
            self._moving(axis, point) if point.variable else self._label(table, axis, point.prefix) for point in said
        ]
        if len(names) > MANY and self._run(table, axis, [point.prefix for point in said]):
            return say("{first} to {last} ({n} in all)", first=names[0], last=names[-1], n=len(names)), False
        return say(", ").join(names), len(names) > 1

    def _outer(self, axis: str, point: core.Point) -> bool:
        """Whether a variable of the rule is meant where the one of an aggregate would be understood."""
        return bool(point.variable) and axis == self.bound[1] and point.variable != self.bound[0]

    def _moving(self, axis: str, point: core.Point) -> str:
        """What stands behind a variable, and the variable where it is not understood."""
        outer = [say("the {axis} of the rule", axis=place_word(axis))] if self._outer(axis, point) else []
        return "/".join([*outer, *point.suffix])

    def _run(self, table: str, axis: str, paths: list[Path]) -> bool:
        """Whether members follow each other in the form, so that the first and the last say which they are."""
        chains = [path for path, chain in self._chains(table, axis) if not chain[-1].children]
        order = list(dict.fromkeys(chains))
        at = order.index(paths[0]) if paths[0] in order else 0
        return order[at : at + len(paths)] == paths

    def _chains(self, table: str, axis: str) -> Iterator[tuple[Path, tuple[Member, ...]]]:
        for one in self.form.tables:
            for block in one.blocks if one.name == table else ():
                yield from (block.rows if axis == "row" else block.columns).walk()

    @cached_property
    def _labels(self) -> dict[tuple[str, str], dict[Path, str]]:
        """What each member of each axis is called, by table and axis."""
        axes = [(one.name, axis) for one in self.form.tables for axis in ("row", "column")]
        return {key: _called(dict(self._chains(*key))) for key in axes}

    def _label(self, table: str, axis: str, path: Path) -> str:
        return self._labels.get((table, axis), {}).get(path, "/".join(path))

    def _member(self, table: str, axis: str, path: Path) -> Member | None:
        return next((chain[-1] for own, chain in self._chains(table, axis) if own == path), None)

    def _single(self, node: core.Read) -> bool:
        """Whether a reading is of one cell whatever the data, as where `previous` is meant."""
        points = [(axis, point) for axis, side in (("row", node.row), ("column", node.column)) for point in side]
        found = [self._member(node.table, axis, point.prefix) for axis, point in points if not point.variable]
        return len(points) == 2 and not any(member and member.open for member in found)

    def _read(self, node: core.Read) -> str:
        if node.source == "figure":
            return self._figure(node)
        sides = [self._listed(node.table, axis, side) for axis, side in (("row", node.row), ("column", node.column))]
        sides = [(text, several) for text, several in sides if text]
        moved = any(point.shift for point in (*node.row, *node.column))
        alone = len(sides) < 2 and not moved and node.source == "this" and node.table == self.home
        texts = [say("({text})", text=text) if several and not alone else text for text, several in sides]
        text = " / ".join(texts) or say("the cell")
        if node.table != self.home:
            text = say("{cells} in {table}", cells=text, table=self._title(node.table))
        if moved:
            text = self._words("before", text)
        source = {"previous": "previous", "part": "parts"}.get(node.source)
        return self._words(source, text) if source else text

    def _figure(self, node: core.Read) -> str:
        name = node.row[0].prefix[0]
        sections = [one for one in self.form.narratives if any(figure.name == name for figure in one.figures)]
        if len(sections) < 2:
            return say("the figure {name} of the prose", name=name)
        title = next(one.labels[0] for one in sections if one.name == node.table)
        return say("the figure {name} of {section}", name=name, section=title)

    def _title(self, table: str) -> str:
        return next((one.labels[0] for one in self.form.tables if one.name == table), table)

    def _constant(self, value: Fraction, type: CellType | None) -> Said:
        if type or 10**MAX_DIGITS % value.denominator == 0:
            return value_text(value, type), _ATOM
        return self._words("/", str(value.numerator), str(value.denominator)), _MUL

    def _linear(self, node: core.Linear, type: CellType | None) -> Said:
        text, own = "", _ADD
        for factor, item in node.terms:
            term, strength = self._scaled(abs(factor), item, type)
            if text or factor < 0:
                term = term if strength >= _MUL else say("({text})", text=term)
            if text:
                before = text if own >= _ADD else say("({text})", text=text)
                text, own = self._words("-" if factor < 0 else "+", before, term), _ADD
            elif factor < 0:
                text, own = say("minus {a}", a=term), _ADD
            elif len(node.terms) > 1 and strength < _MUL:
                text, own = say("({text})", text=term), _ATOM
            else:
                text, own = term, strength
        return text or "0", own if text else _ATOM

    def _scaled(self, factor: Fraction, item: core.Node, type: CellType | None) -> Said:
        """A number times a constant, divided where that is the shorter word."""
        if factor == 1:
            return self._said(item, type)
        text = self._in(item, _ATOM, type)
        if factor.numerator == 1:
            return self._words("/", text, str(factor.denominator)), _MUL
        endless = 10**MAX_DIGITS % factor.denominator
        return self._words("*", str(factor) if endless else decimal_text(factor), text), _MUL

    def _compare(self, node: core.Compare) -> Said:
        type = self._beside(node)
        text = self._words(node.relation, *(self._in(side, _FUNCTION, type) for side in (node.left, node.right)))
        if node.width is None:
            return text, _RELATION
        return say("{formula}, give or take {width}", formula=text, width=decimal_text(node.width)), _LOOSE

    def _beside(self, node: core.Compare) -> CellType | None:
        """The type of the cells that are compared, where their numbers stand for days, codes, or yes and no."""
        reads = [one for side in (node.left, node.right) for one in core.walk(side) if isinstance(one, core.Read)]
        return next((type for read in reads if (type := self._type(read)) and type.kind in NAMED), None)

    def _type(self, node: core.Read) -> CellType | None:
        """The type of the first cell that a reading may be of."""
        if node.source == "figure":
            return None
        for block in next((one.blocks for one in self.form.tables if one.name == node.table), ()):
            rows, columns = (
                [chain for path, chain in axis.leaves() if any(_may(point, path) for point in points)]
                for axis, points in ((block.rows, node.row), (block.columns, node.column))
            )
            if rows and columns:
                return type_of(block, rows[0], columns[0])
        return None

    def _gather(self, node: core.Gather) -> Said:
        if node.function == "in":
            one, other = node.parts[0][0], node.parts[1][0]
            words = {"item": self._in(one, _FUNCTION), "choices": self._in(other, _FUNCTION)}
            return say("{item} is one of {choices}", **words), _RELATION
        if len(node.parts) > 1:
            texts = [text if own >= _ATOM else say("({text})", text=text) for text, own in map(self._part, node.parts)]
            return self._words(node.function, *texts), _FUNCTION
        body, over, where = node.parts[0]
        if node.function == "sum" and over is None and isinstance(body, core.Read) and self._single(body):
            return self._said(body)
        text, own = self._part(node.parts[0])
        text = text if over or where or own >= _ATOM else say("({text})", text=text)
        return self._words(node.function, text), _LOOSE if over or where else _FUNCTION

    def _part(self, part: tuple[core.Node, core.Over | None, core.Node | None]) -> Said:
        body, over, where = part
        if not over and not where:
            return self._said(body)
        inner = evolve(self, bound=(over.variable, over.axis)) if over else self
        text = inner._in(body, _ATOM)
        if over:
            text = say("{body} for each of {members}", body=text, members=self.over(over))
        text = say("{body} where {condition}", body=text, condition=inner.formula(where)) if where else text
        return text, _LOOSE

    def _apply(self, node: core.Apply, type: CellType | None) -> Said:
        if node.function == "position":
            return self._words("position", node.name), _ATOM
        texts = [self._in(item, _ATOM, type) for item in node.arguments]
        if node.function not in OPERATORS:
            return f"{node.name or node.function}({say(', ').join(texts)})", _ATOM
        if node.function in ("round", "truncate") and isinstance(node.arguments[1], core.Constant):
            texts[1] = count("{n} decimal", "{n} decimals", int(node.arguments[1].value))
        strength = {"choose": _LOOSE, "*": _MUL, "/": _MUL, "round": _MUL, "truncate": _MUL}
        return self._words(node.function, *texts), strength.get(node.function, _FUNCTION)

    def _state(self, node: core.State) -> Said:
        own = _ATOM if node.test in _SIMPLE else _RELATION
        cells = [self._in(cell, _FUNCTION) for cell in node.cells]
        if node.test in ("mark", "text"):
            return say("{cell} reads “{text}”", cell=cells[0], text=node.text), own
        if node.test == "printed":
            return say("what is printed in {cell}", cell=cells[0]), own
        if node.test == "given":
            given = say("the report before") if node.text == "previous" else say("the parts")
            return self._words("given", given), own
        return self._words(node.test, *cells, *([f"“{node.text}”"] if node.text else [])), own

    def _logic(self, node: core.Logic) -> Said:
        if node.operator not in ("and", "or"):
            least = _RELATION if node.operator == "not" else _ATOM
            return self._words(node.operator, *(self._in(item, least) for item in node.arguments)), _LOOSE
        if len(node.arguments) == 1:
            return self._said(node.arguments[0])
        text = self._in(node.arguments[0], _RELATION)
        for other in node.arguments[1:]:
            text = self._words(node.operator, text, self._in(other, _RELATION))
        return text, _LOOSE

    def _words(self, operator: str, *texts: str) -> str:
        """What the operator table says of an operator, with its arguments."""
        named = dict(zip("abc", texts, strict=False))
        return say(OPERATORS[operator].words, all=say(", ").join(texts), **named)


def _may(point: core.Point, path: Path) -> bool:
    """Whether a coordinate may stand for a member."""
    if point.variable:
        return path[len(path) - len(point.suffix) :] == point.suffix
    return path[: len(point.prefix)] == point.prefix


def _called(chains: dict[Path, tuple[Member, ...]]) -> dict[Path, str]:
    """Each member by its label, with as many of the labels above it as tell it from all others; a total with one."""
    found: dict[Path, str] = {}
    deepest = max(map(len, chains), default=0)
    for depth in range(1, deepest + 1):
        texts = {
            path: " ".join(member.labels[0] for member in chain[-max(depth, 1 + chain[-1].total) :])
            for path, chain in chains.items()
        }
        often = Counter([*texts.values(), *found.values()])
        found |= {path: text for path, text in texts.items() if path not in found and often[text] == 1}
    return found
