"""Names in rules -> coordinates in tables: paths, subtrees, ranges, sets, and what variables stand for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import product

from attrs import evolve, field, frozen

from gouji.forms.form import AXES, Cell, Form, Member, Path
from gouji.forms.labels import nearest
from gouji.language import core, nodes
from gouji.messages import say
from gouji.sources import Problem, Span


class Refused(Exception):
    """A rule cannot be accepted; carries its problem to the loop over the rules."""

    def __init__(self, message: str, span: Span, hint: str = "") -> None:
        super().__init__(message)
        self.problem = Problem(message, span, hint)


@frozen
class Variable:
    """What a name stands for inside a rule.

    `member` takes the paths of an axis in turn, `open` the names of an open member; `table` and `group` stand for one.
    """

    sort: str
    table: str
    axis: str
    paths: tuple[Path, ...]
    missing: str = ""


@frozen
class Scope:
    """Where a formula stands: the table, the block, and the variables in order."""

    form: Form
    table: str
    block: int | None
    variables: Mapping[str, Variable] = field(factory=dict)

    def bind(self, name: str, variable: Variable) -> Scope:
        """The scope with one more variable."""
        return evolve(self, variables={**self.variables, name: variable})

    def find_table(self, name: nodes.Name) -> str:
        """The table of a name, which may be a variable."""
        variable = self.variables.get(name.text)
        if variable and variable.sort == "table":
            return variable.table
        names = [table.name for table in self.form.tables]
        if name.text not in names:
            raise Refused(say("there is no table {name}", name=name.text), name.span, nearest(name.text, names))
        return name.text

    def members(self, table: str, axis: str) -> dict[Path, tuple[Member, ...]]:
        """The declared members of one axis of a table, by path."""
        return _members(self.form, table, axis, self.block if table == self.table else None)

    def points(self, table: str, axis: str, node: nodes.Expression) -> tuple[core.Point, ...]:
        """The coordinates on one axis that a selection names, each once."""
        match node:
            case nodes.Set():
                found = [point for item in node.items for point in self.points(table, axis, item)]
                return tuple(dict.fromkeys(found))
            case nodes.Without():
                without = set(self.points(table, axis, node.without))
                left = tuple(point for point in self.points(table, axis, node.whole) if point not in without)
                if not left:
                    raise Refused(say("this selection is empty"), node.span)
                return left
            case nodes.Range():
                return self._range(table, axis, node)
            case nodes.Path():
                return self._path(table, axis, node)
        raise Refused(
            say("a {axis} is named here, not computed", axis=say(axis)),
            node.span,
            say("write its name, a.*, a to b, or {a, b}"),
        )

    def _range(self, table: str, axis: str, node: nodes.Range) -> tuple[core.Point, ...]:
        leaves = [path for path, chain in self.members(table, axis).items() if not chain[-1].children]
        ends = []
        for end in (node.first, node.last):
            (point,) = self.points(table, axis, end) if isinstance(end, nodes.Path) and not end.star else (None,)
            if point is None or point.variable:
                raise Refused(say("a range goes from one {axis} to another", axis=say(axis)), end.span)
            ends.append(leaves.index(point.prefix))
        if ends[0] > ends[1]:
            raise Refused(
                say("the range ends before it begins, in the order of the {axis}s", axis=say(axis)),
                node.span,
                say("turn it around"),
            )
        return tuple(core.Point(path) for path in leaves[ends[0] : ends[1] + 1])

    def _path(self, table: str, axis: str, node: nodes.Path) -> tuple[core.Point, ...]:
        names = tuple(name.text for name in node.names)
        members = self.members(table, axis)
        variable = self.variables.get(names[0]) if names else None
        if variable and variable.sort in ("member", "open"):
            return self._variable(table, axis, node, variable)
        base: Path = ()
        if variable and variable.sort == "group" and variable.axis == axis:
            names = (*variable.paths[0], *names[1:])
        if names:
            base = self._member(names, members, table, axis, node)
            if not node.star:
                return (self._single(base, members, node),)
        return tuple(core.Point(path) for path in _below(base, members, node))

    def _variable(self, table: str, axis: str, node: nodes.Path, variable: Variable) -> tuple[core.Point, ...]:
        name, *rest = (name.text for name in node.names)
        if variable.sort == "member":
            if variable.axis != axis:
                raise Refused(
                    say(
                        "{name} is a {axis} where a {other} is expected",
                        name=name,
                        axis=say(variable.axis),
                        other=say(axis),
                    ),
                    node.span,
                )
            if rest or node.star:
                raise Refused(
                    say("{name} stands for single {axis}s and has nothing below", name=name, axis=say(axis)), node.span
                )
            return (core.Point((), name),)
        members = self.members(table, axis)
        opened = variable.paths[0][-1]
        found = [path for path, chain in members.items() if chain[-1].open and path[-1] == opened]
        if len(found) != 1:
            hint = (
                say("write a {axis} of table {table}", axis=say(axis), table=table)
                if not found
                else say("name the table whose rows are meant")
            )
            raise Refused(
                say(
                    "table {table} has {number} open {axis}s {name}",
                    table=table,
                    number=len(found),
                    axis=say(axis),
                    name=opened,
                ),
                node.span,
                hint,
            )
        prefix, below = found[0][:-1], (*found[0], *rest)
        if below not in members:
            raise Refused(
                say("there is no {axis} {name} in table {table}", axis=say(axis), name=".".join(below), table=table),
                node.span,
            )
        if node.star and not rest and not members[below][-1].children:
            return (core.Point(below),)  # all that the data names, not the one that the variable stands for
        paths = _below(below, members, node) if node.star else (self._single(below, members, node, opened),)
        ends = [path.prefix if isinstance(path, core.Point) else path for path in paths]
        return tuple(core.Point(prefix, name, end[len(found[0]) :]) for end in ends)

    def _single(
        self, path: Path, members: Mapping[Path, tuple[Member, ...]], node: nodes.Path, bound: str = ""
    ) -> core.Point:
        member = members[path][-1]
        if member.children or (member.open and member.name != bound):
            star = "**" if member.children else "*"
            raise Refused(
                say("{name} is a group and has no cell of its own", name=node),
                node.span,
                say("write {example}", example=f"sum({node}.{star})"),
            )
        return core.Point(path)

    def _member(
        self, names: Path, members: Mapping[Path, tuple[Member, ...]], table: str, axis: str, node: nodes.Path
    ) -> Path:
        """The member whose whole path is `names`, else the only one whose path ends so."""
        found = [names] if names in members else [path for path in members if path[-len(names) :] == names]
        if not found:
            hint = nearest(names[-1], [path[-1] for path in members])
            raise Refused(
                say("there is no {axis} {name} in table {table}", axis=say(axis), name=".".join(names), table=table),
                node.span,
                hint,
            )
        if len(found) > 1:
            choices = say(" or ").join(".".join(path) for path in found[:4])
            raise Refused(
                say("{name} names {number} {axis}s", name=".".join(names), number=len(found), axis=say(axis)),
                node.span,
                say("write {example}", example=choices),
            )
        return found[0]

    def read(self, node: nodes.Expression) -> core.Read:
        """The cells that a name, a selection or `table[row, column]` means."""
        if isinstance(node, nodes.Cell) and node.column is None:
            return self._figure(node)
        if isinstance(node, nodes.Cell):
            table = self.find_table(node.table)
            assert node.column is not None
            return core.Read(table, self.points(table, "row", node.row), self.points(table, "column", node.column))
        tried = [axis for axis in AXES if self._other(axis) and self._may_be(axis, node)]
        if not tried:
            hint = say("write every row or every column above the formula, or table[row, column]")
            raise Refused(say("a name alone needs one axis that the rule ranges over"), node.span, hint)
        found, refused = [], []
        for axis in tried:
            try:
                found.append(self._bare(axis, node))
            except Refused as problem:
                refused.append(problem)
        if not found:
            raise refused[0]
        if len(found) > 1 and found[0] != found[1]:
            raise Refused(say("this names a row and a column"), node.span, say("write table[row, column]"))
        return found[0]

    def _figure(self, node: nodes.Cell) -> core.Read:
        """What a section of prose quotes: `section[figure]`."""
        sections = {section.name: section for section in self.form.narratives}
        if node.table.text not in sections:
            message = say("there is no section {name}", name=node.table.text)
            raise Refused(
                message, node.table.span, nearest(node.table.text, sections) or say("write table[row, column]")
            )
        names = [figure.name for figure in sections[node.table.text].figures]
        if str(node.row) not in names:
            message = say("the section {name} quotes no figure {figure}", name=node.table.text, figure=node.row)
            raise Refused(message, node.span, nearest(str(node.row), names))
        return core.Read(node.table.text, (core.Point((str(node.row),)),), (), "figure")

    def _other(self, axis: str) -> str:
        """The variable that gives the other axis of a name alone: the last one bound there."""
        names = [n for n, v in self.variables.items() if v.sort in ("member", "open") and v.axis not in ("", axis)]
        return names[-1] if names else ""

    def _may_be(self, axis: str, node: nodes.Expression) -> bool:
        first = node.names[0].text if isinstance(node, nodes.Path) and node.names else ""
        variable = self.variables.get(first)
        return variable is None or variable.axis in ("", axis)

    def _bare(self, axis: str, node: nodes.Expression) -> core.Read:
        other = self._other(axis)
        table = self.variables[other].table
        mine = self.points(table, axis, node)
        across = "column" if axis == "row" else "row"
        name = nodes.Path((nodes.Name(other, span=node.span),), "", span=node.span)
        theirs = self.points(table, across, name)
        return core.Read(table, mine, theirs) if axis == "row" else core.Read(table, theirs, mine)

    def cells(self, read: core.Read, span: Span) -> list[Cell]:
        """The declared cells that a reading may mean; refuses one that is not there."""
        if read.source == "figure":
            return [
                cell for cell in self.form.figures if (cell.table.name, cell.row) == (read.table, read.row[0].prefix)
            ]
        found = []
        for row, column in product(self._declared(read.table, read.row), self._declared(read.table, read.column)):
            cell = self.form.declared.as_declared.get((read.table, row, column))
            if cell is None:
                missing = f"{read.table}[{'.'.join(row)}, {'.'.join(column)}]"
                raise Refused(
                    say("there is no cell {cell}", cell=missing),
                    span,
                    say("choose rows and columns of one block"),
                )
            found.append(cell)
        return found

    def _declared(self, table: str, points: core.Coordinate) -> list[Path]:
        found: list[Path] = []
        for point in points:
            variable = self.variables.get(point.variable)
            if variable is None:
                found.append(point.prefix)
            elif variable.sort == "open":
                found.append((*point.prefix, variable.paths[0][-1], *point.suffix))
            else:
                found += variable.paths
        return found

    def many(self, read: core.Read) -> bool:
        """Whether a reading may mean more than one cell, or none."""
        return read.source != "figure" and any(
            len(points) != 1 or self._opens(read.table, axis, points[0])
            for axis, points in zip(AXES, (read.row, read.column), strict=True)
        )

    def _opens(self, table: str, axis: str, point: core.Point) -> bool:
        if point.variable:
            return False
        everywhere = evolve(self, block=None).members(table, axis)
        return any(member.open for member in everywhere[point.prefix])


@lru_cache(maxsize=1024)
def _members(form: Form, table: str, axis: str, block: int | None) -> dict[Path, tuple[Member, ...]]:
    """The declared members of one axis of a table or of one of its blocks, kept."""
    blocks = next(t.blocks for t in form.tables if t.name == table)
    chosen = blocks if block is None else blocks[block : block + 1]
    return {path: chain for b in chosen for path, chain in (b.rows if axis == "row" else b.columns).walk()}


def _below(base: Path, members: Mapping[Path, tuple[Member, ...]], node: nodes.Path) -> tuple[Path, ...]:
    """The children (`*`) or leaves (`**`) below a member, without totals; of an open member, all named."""
    if base and members[base][-1].open and not members[base][-1].children:
        return (base,)
    below = {
        path: chain
        for path, chain in members.items()
        if len(path) > len(base)
        and path[: len(base)] == base
        and not any(member.total for member in chain[len(base) :])
    }
    if node.star == "*":
        below = {path: chain for path, chain in below.items() if len(path) == len(base) + 1}
        for path, chain in below.items():
            if chain[-1].children:
                dotted = ".".join((*(name.text for name in node.names), "**"))
                raise Refused(
                    say("{name} is a group and has no cell of its own", name=path[-1]),
                    node.span,
                    say("write {example}", example=dotted),
                )
    found = tuple(path for path, chain in below.items() if not chain[-1].children)
    if not found:
        raise Refused(say("this selection is empty"), node.span)
    return found
