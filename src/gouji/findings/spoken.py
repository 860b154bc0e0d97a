"""A rule as meant in words: official labels for the cells, and what the operator table says of each operator."""

from __future__ import annotations

from fractions import Fraction
from typing import assert_never

from attrs import frozen

from gouji.forms.form import Form, Member, Path
from gouji.forms.values import decimal_text
from gouji.language import core
from gouji.language.operators import OPERATORS
from gouji.messages import say

MANY = 4
"""Of more members than this only the first and the last are named."""


@frozen
class Speech:
    """Says what a rule means; `home` is the table whose name goes without saying."""

    form: Form
    home: str

    def formula(self, node: core.Node) -> str:
        """A condition or a number in words."""
        match node:
            case core.Read():
                return self._read(node)
            case core.Constant():
                return decimal_text(node.value)
            case core.Linear():
                return self._linear(node)
            case core.Gather():
                return self._gather(node)
            case core.Apply():
                return self._apply(node)
            case core.State():
                return self._state(node)
            case core.Compare():
                text = self._said(node.relation, node.left, node.right)
                if not node.width:
                    return text
                return say("{formula}, give or take {width}", formula=text, width=decimal_text(node.width))
            case core.Logic():
                return self._logic(node)
            case _:
                assert_never(node)

    def over(self, over: core.Over) -> str:
        """What a rule ranges over, in words."""
        named = self.members(over.table, over.axis, tuple(core.Point(path) for path in over.paths))
        return say("{first} after the first", first=named) if over.after_first else named

    def members(self, table: str, axis: str, points: core.Coordinate) -> str:
        """Members of an axis by their official labels; nothing where a variable of the rule stands for them."""
        names = [self._point(table, axis, point) for point in points if not point.variable or point.suffix]
        names = [name for name in dict.fromkeys(names) if name]
        if len(names) > MANY:
            return say("{first} to {last} ({n} in all)", first=names[0], last=names[-1], n=len(names))
        return say(", ").join(names)

    def _point(self, table: str, axis: str, point: core.Point) -> str:
        if point.variable:
            return "/".join(point.suffix)
        label, total = self._label(table, axis, point.prefix)
        return f"{self._label(table, axis, point.prefix[:-1])[0]} {label}" if total and point.prefix[1:] else label

    def _label(self, table: str, axis: str, path: Path) -> tuple[str, bool]:
        """The official label of a member, and whether it is a total."""
        member = self._member(table, axis, path)
        return (member.labels[0], member.total) if member else ("/".join(path), False)

    def _member(self, table: str, axis: str, path: Path) -> Member | None:
        blocks = (block for one in self.form.tables if one.name == table for block in one.blocks)
        axes = (block.rows if axis == "row" else block.columns for block in blocks)
        return next((chain[-1] for axis in axes for own, chain in axis.walk() if own == path), None)

    def _single(self, node: core.Read) -> bool:
        """Whether a reading is of one cell whatever the data, as where `previous` is meant."""
        points = [(axis, point) for axis, side in (("row", node.row), ("column", node.column)) for point in side]
        found = [self._member(node.table, axis, point.prefix) for axis, point in points if not point.variable]
        return len(points) == 2 and not any(member and member.open for member in found)

    def _read(self, node: core.Read) -> str:
        if node.source == "figure":
            return say("the figure {name} of the prose", name=node.row[0].prefix[0])
        parts = [
            self.members(node.table, axis, points) for axis, points in (("row", node.row), ("column", node.column))
        ]
        text = " / ".join(filter(None, parts)) or say("the cell")
        if node.table != self.home:
            text = say("{cells} in {table}", cells=text, table=self._title(node.table))
        if any(point.shift for point in (*node.row, *node.column)):
            text = self._words("before", text)
        source = {"previous": "previous", "part": "parts"}.get(node.source)
        return self._words(source, text) if source else text

    def _title(self, table: str) -> str:
        return next((one.labels[0] for one in self.form.tables if one.name == table), table)

    def _linear(self, node: core.Linear) -> str:
        text = ""
        for factor, item in node.terms:
            term = self.formula(item)
            if abs(factor) != 1:
                term = self._words("*", decimal_text(abs(factor)), term)
            text = self._words("-" if factor < 0 else "+", text, term) if text else self._first(factor, term)
        return text

    def _first(self, factor: Fraction, term: str) -> str:
        return self._words("-", "0", term) if factor < 0 else term

    def _gather(self, node: core.Gather) -> str:
        if node.function == "in":
            return self._said("=", node.parts[0][0], node.parts[1][0])
        texts = [self._part(*part) for part in node.parts]
        if node.function == "sum" and len(node.parts) == 1 and node.parts[0][1] is None:
            body = node.parts[0][0]
            if isinstance(body, core.Read) and self._single(body):
                return texts[0]
        return self._words(node.function, *texts)

    def _part(self, body: core.Node, over: core.Over | None, where: core.Node | None) -> str:
        text = self.formula(body)
        if over:
            text = say("{body} for each of {members}", body=text, members=self.over(over))
        return say("{body} where {condition}", body=text, condition=self.formula(where)) if where else text

    def _apply(self, node: core.Apply) -> str:
        if node.function == "position":
            return self._words("position", node.name)
        texts = [self.formula(item) for item in node.arguments]
        if node.function in OPERATORS:
            return self._words(node.function, *texts)
        return f"{node.name or node.function}({', '.join(texts)})"

    def _state(self, node: core.State) -> str:
        cells = [self.formula(cell) for cell in node.cells]
        if node.test in ("mark", "text"):
            return say("{cell} reads “{text}”", cell=cells[0], text=node.text)
        if node.test == "printed":
            return cells[0]
        if node.test == "given":
            return self._words("given", say("the report before") if node.text == "previous" else say("the parts"))
        return self._words(node.test, *cells, *([f"“{node.text}”"] if node.text else []))

    def _logic(self, node: core.Logic) -> str:
        texts = [self.formula(item) for item in node.arguments]
        if node.operator not in ("and", "or"):
            return self._words(node.operator, *texts)
        text = texts[0]
        for other in texts[1:]:
            text = self._words(node.operator, text, other)
        return text

    def _said(self, operator: str, *nodes: core.Node) -> str:
        return self._words(operator, *map(self.formula, nodes))

    def _words(self, operator: str, *texts: str) -> str:
        """What the operator table says of an operator, with its arguments."""
        named = dict(zip("abc", texts, strict=False))
        return say(OPERATORS[operator].words, all=say(", ").join(texts), **named)
