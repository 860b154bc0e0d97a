"""What a rule or an aggregate ranges over: `every … of …`, `for … of …` -> an Over, or choices of tables or groups."""

from __future__ import annotations

from gouji.forms.form import AXES, Path
from gouji.forms.labels import nearest
from gouji.language import core, nodes
from gouji.language.selections import Refused, Scope, Variable
from gouji.messages import say
from gouji.sources import Span

_AXES_OF = {"rows": "row", "columns": "column"}
Choices = tuple[tuple[str, Variable], ...]
"""Tables or groups that a variable stands for, one after the other, each with its name."""


def binding(scope: Scope, selections: tuple[nodes.Expression, ...], span: Span, name: str) -> core.Over | Choices:
    """What the variable `name` takes from the selections after `of`."""
    tables = [table.name for table in scope.form.tables]
    paths = [item for item in selections if isinstance(item, nodes.Path)]
    firsts = [path.names[0].text for path in paths if path.names]
    plain = len(paths) == len(selections) and all(len(p.names) == 1 and not p.star for p in paths)
    if plain and all(first in tables for first in firsts):
        opened = _open(scope, firsts[0], name) if len(firsts) == 1 else None
        return opened or tuple((first, Variable("table", first, "", ())) for first in firsts)
    if len(selections) == 1 and len(paths) == 1 and len(firsts) == 1 and len(paths[0].names) == 2:
        table, second = scope.variables.get(firsts[0]), paths[0].names[1].text
        if firsts[0] in tables or (table and table.sort == "table"):
            where = scope.find_table(paths[0].names[0])
            if second in _AXES_OF:
                return _all(scope, where, _AXES_OF[second], name)
            opened = _open(scope, where, second)
            if opened:
                return core.Over(name, opened.table, opened.axis, opened.paths, opened.open)
    return _members(scope, selections, span, name)


def axis_of(scope: Scope, axis: str, selections: tuple[nodes.Expression, ...], span: Span) -> core.Over:
    """`every row`, `every column`, of the table that the rule stands in or of a selection."""
    if not selections:
        if not scope.table:
            raise Refused(say("every {axis} stands in a table", axis=axis), span, say("move the rule into its table"))
        return _all(scope, scope.table, axis, axis)
    if len(selections) == 1 and isinstance(selections[0], nodes.Path) and len(selections[0].names) == 1:
        first = selections[0].names[0]
        if not selections[0].star and first.text in [table.name for table in scope.form.tables]:
            return _all(scope, first.text, axis, axis)
    points = [point for item in selections for point in scope.points(scope.table, axis, item)]
    return core.Over(axis, scope.table, axis, tuple(dict.fromkeys(point.prefix for point in points)))


def opened(scope: Scope, name: str) -> core.Over | None:
    """The open member of the table that the rule stands in, when it is called so."""
    return _open(scope, scope.table, name) if scope.table else None


def opening(scope: Scope, tables: tuple[str, ...]) -> str:
    """A hint with the rows that the data names in one of the tables, or nothing."""
    names = [
        f"{table}.{path[-1]}"
        for table in tables
        if table in [known.name for known in scope.form.tables]
        for axis in AXES
        for path, chain in scope.members(table, axis).items()
        if chain[-1].open
    ]
    return say("its rows are {name}", name=names[0]) if names else ""


def _open(scope: Scope, table: str, name: str) -> core.Over | None:
    for axis in AXES:
        for path, chain in scope.members(table, axis).items():
            if chain[-1].open and path[-1] == name:
                return core.Over(name, table, axis, (path,), chain[-1].open == "names")
    return None


def _all(scope: Scope, table: str, axis: str, name: str) -> core.Over:
    members = scope.members(table, axis)
    return core.Over(name, table, axis, tuple(path for path, chain in members.items() if not chain[-1].children))


def _members(scope: Scope, selections: tuple[nodes.Expression, ...], span: Span, name: str) -> core.Over | Choices:
    """Rows or columns of the table that the rule stands in, or groups of them."""
    if not scope.table:
        raise Refused(
            say("{name} ranges over what no table holds", name=name),
            span,
            say("name tables, table.rows, table.columns or table.name"),
        )
    refused: list[Refused] = []
    for axis in AXES:
        groups = _groups(scope, axis, selections)
        if groups:
            return groups
        try:
            points = [point for item in selections for point in scope.points(scope.table, axis, item)]
            return core.Over(name, scope.table, axis, tuple(dict.fromkeys(point.prefix for point in points)))
        except Refused as problem:
            refused.append(problem)
    names = [path[-1] for axis in AXES for path in scope.members(scope.table, axis)]
    first = refused[0].problem
    raise Refused(first.message, first.span or span, first.hint or nearest(name, names))


def _groups(scope: Scope, axis: str, selections: tuple[nodes.Expression, ...]) -> Choices:
    items = [i for s in selections for i in (s.items if isinstance(s, nodes.Set) else (s,))]
    members = scope.members(scope.table, axis)
    found: list[tuple[str, Variable]] = []
    for item in items:
        if not isinstance(item, nodes.Path) or item.star or not item.names:
            return ()
        names: Path = tuple(n.text for n in item.names)
        ends = [path for path in members if path[-len(names) :] == names and members[path][-1].children]
        if len(ends) != 1:
            return ()
        found.append((names[-1], Variable("group", scope.table, axis, (ends[0],))))
    return tuple(found)


def stands_for(over: core.Over) -> Variable:
    """What the variable of an Over is to the formulas below it."""
    return Variable("open" if over.open else "member", over.table, over.axis, over.paths)
