"""What corresponds across two editions: which cells of the older one stand for those of the newer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from attrs import frozen

from gouji.forms.form import AXES, Form, Path
from gouji.language import core, nodes
from gouji.language.selections import Refused, Scope
from gouji.messages import say
from gouji.sources import Problem, Source, Span

Key = tuple[str, Path, Path]
"""A declared cell: table, row path, column path."""
_NOWHERE = Span(Source("", ""), 0, 0, 0)


@frozen
class Correspondence:
    """For each cell of the newer edition the cells of the older whose sum stands for it, None for nothing.

    Of several cells that correspond together the first has the cells of the older edition, and `groups` all of them;
    `said` are the cells for which a line says that nothing corresponds.
    """

    cells: Mapping[Key, tuple[Key, ...] | None]
    groups: Mapping[Key, frozenset[Key]]
    said: frozenset[Key]


def declared(file: nodes.File, form: Form, id: str) -> tuple[tuple[core.Counterpart, ...], list[Problem]]:
    """The counterparts that a file declares, with a problem for each left side that its form does not have."""
    found: list[core.Counterpart] = []
    problems: list[Problem] = []
    for item in (item for item in file.items if isinstance(item, nodes.Counterparts)):
        for pair in item.pairs:
            place = f"{id}/{pair.span.source.name.replace(chr(92), '/').rpartition('/')[2]}:{pair.span.line}"
            left, right = _selection(pair.left), _selection(pair.right) if pair.right else None
            try:
                _cells(form, left, pair.span)
                found.append(core.Counterpart(item.edition, left, right, place))
            except Refused as refused:
                problems.append(refused.problem)
    return tuple(found), problems


def _selection(path: nodes.Path) -> core.Selection:
    first, *rest = (name.text for name in path.names)
    return core.Selection(first, tuple(rest), path.star)


def _cells(form: Form, selection: core.Selection, span: Span = _NOWHERE) -> dict[Path, list[Key]]:
    """The cells of a selection by their path on the other axis; of a whole table each alone."""
    every = [(cell.table.name, *cell.declared) for cell in form.declared.cells if cell.table.name == selection.table]
    if not every:
        raise Refused(say("there is no table {table}", table=selection.table), span)
    if not selection.path and not selection.star:
        return {(*row, "", *column): [(table, row, column)] for table, row, column in every}
    names = tuple(nodes.Name(name, span=span) for name in selection.path)
    written = nodes.Path(names, selection.star, span=span)
    refused: Refused | None = None
    scope = Scope(form, selection.table, None)
    for axis in AXES:
        try:
            points = {point.prefix for point in scope.points(selection.table, axis, written)}
        except Refused as problem:
            refused = refused or problem
            continue
        found: dict[Path, list[Key]] = {}
        for key in every:
            along, across = (key[1], key[2]) if axis == "row" else (key[2], key[1])
            if along in points:
                found.setdefault(across, []).append(key)
        return found
    assert refused is not None
    raise refused


def mapping(edition: core.Edition, older: core.Edition) -> tuple[Correspondence, list[Problem]]:
    """What corresponds in the older edition, and a problem for each line that names what that one does not have.

    What has the same path needs no line; a line for a part of a table comes before one for the whole.
    """
    there = {(cell.table.name, *cell.declared) for cell in older.form.declared.cells}
    here = [(cell.table.name, *cell.declared) for cell in edition.form.declared.cells]
    cells: dict[Key, tuple[Key, ...] | None] = {key: (key,) if key in there else None for key in here}
    groups: dict[Key, frozenset[Key]] = {}
    said: set[Key] = set()
    problems: list[Problem] = []
    lines = [line for line in edition.counterparts if line.edition == older.form.edition]
    for line in sorted(lines, key=lambda line: len(line.left.path)):
        try:
            right = _cells(older.form, line.right) if line.right else None
        except Refused as refused:
            message = say("edition {edition}: {message}", edition=older.form.edition, message=refused.problem.message)
            problems.append(Problem(message, place=line.at, hint=refused.problem.hint))
            continue
        for across, keys in _cells(edition.form, line.left).items():
            others = None if right is None else tuple(right.get(across, ())) or None
            cells |= {key: others if key == keys[0] or others is None else () for key in keys}
            groups |= dict.fromkeys(keys, frozenset(keys))
            said.update(keys if others is None else ())
    return Correspondence(cells, groups, frozenset(said)), problems


def unreached(edition: core.Edition, older: core.Edition) -> list[Problem]:
    """A problem for each rule that reads of the older edition what it does not have, or a part of what corresponds."""
    found, problems = mapping(edition, older)
    told: set[str] = set()
    for rule in edition.rules:
        for keys in _previous(rule):
            message = _amiss(keys, found, older.form.edition)
            if message and f"{rule.at} {message}" not in told:
                told.add(f"{rule.at} {message}")
                hint = say("say what corresponds under counterparts {edition}, or none", edition=older.form.edition)
                problems.append(Problem(f"{rule.name}: {message}", place=rule.at, hint=hint))
    return problems


def _amiss(keys: frozenset[Key], found: Correspondence, edition: str) -> str:
    for key in sorted(keys):
        name = "/".join((key[0], *key[1], *key[2]))
        if key in found.cells and found.cells[key] is None and key not in found.said:
            return say("previous reads {name}, which edition {edition} does not have", name=name, edition=edition)
        if found.cells.get(key) is not None and not found.groups.get(key, keys) <= keys:
            return say("previous reads {name} alone, which corresponds only together with others", name=name)
    return ""


def _previous(rule: core.Rule) -> Iterator[frozenset[Key]]:
    """The cells that each `previous` of a rule reads together, for each choice of its variables."""
    parts = (part for node in (rule.body, rule.guard) for inner in (core.walk(node) if node else ())
             if isinstance(inner, core.Gather) for part in inner.parts)  # fmt: skip
    every = [*rule.overs, *(over for _, over, _ in parts if over)]
    overs = {over.variable: over for over in every if not over.open}
    for node in (rule.body, rule.guard):
        for gather in core.walk(node) if node else ():
            if not isinstance(gather, core.Gather):
                continue
            reads = [r for part in gather.parts for r in core.walk(part[0]) if isinstance(r, core.Read)]
            reads = [read for read in reads if read.source == "previous"]
            used = {p.variable for read in reads for p in (*read.row, *read.column)} & set(overs)
            for choice in product(*(overs[name].paths for name in sorted(used))) if reads else ():
                bound = dict(zip(sorted(used), choice, strict=True))
                yield frozenset(key for read in reads for key in _keys(read, bound))


def _keys(read: core.Read, bound: Mapping[str, Path]) -> Iterable[Key]:
    for row, column in product(read.row, read.column):
        paths = [bound.get(point.variable) if point.variable else point.prefix for point in (row, column)]
        if None not in paths:
            yield read.table, paths[0] or (), paths[1] or ()
