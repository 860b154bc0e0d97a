"""Keys of plain data -> cells of a form: which labels a key spells, and which names it gives to open members."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from attrs import frozen

from gouji.forms.form import Axis, Cell, Form, Layout, Member, Path
from gouji.forms.labels import nearest, normal

_FAR = 10**6
Place = tuple[str, str, Path]
"""An open member: table, axis and declared path."""


@frozen
class Step:
    """One member or heading on the way to a cell: its spellings, and what it costs to leave it out (None: needed).

    An `open` step takes any one name, a `list` any number.
    """

    spellings: tuple[tuple[str, ...], ...]
    cost: int | None
    open: str = ""
    place: Place = ("", "", ())


@frozen
class Found:
    """A declared cell that a key spells, and the names that it gives to open members."""

    cell: Cell
    names: tuple[tuple[Place, str], ...]


@frozen
class Index:
    """Finds the cells whose labels a key spells; `words` are the cells of each word, `wild` those with open members."""

    layout: Layout
    lines: tuple[tuple[tuple[Step, ...], tuple[Step, ...]], ...]
    words: Mapping[str, frozenset[int]]
    wild: frozenset[int]

    def find(self, key: tuple[str, ...]) -> list[Found]:
        """The declared cells that a key spells best: one, none, or several that it does not tell apart."""
        spelt = [part.strip() for name in key for part in name.split("/") if part.strip()]
        tokens = [normal(part) for part in spelt]
        if not tokens:
            return []
        near = frozenset.intersection(*(self.words.get(word, frozenset()) | self.wild for word in tokens))
        ranked = []
        for position in sorted(near):
            ways = [way for line in self.lines[position] if (way := _spells(line, tokens, spelt)) is not None]
            if ways:
                ranked.append((*min(ways, key=lambda way: way[0]), position))
        best = min((cost for cost, _, _ in ranked), default=0)
        return [Found(self.layout.cells[at], names) for cost, names, at in ranked if cost == best]

    def hint(self, key: tuple[str, ...]) -> str:
        """What may be meant by a key that leads nowhere."""
        for label in (part.strip() for name in key for part in name.split("/") if part.strip()):
            if normal(label) not in self.words:
                return f"nothing is called {label}; {nearest(normal(label), self.words)}".rstrip("; ")
        return "leads nowhere"


def _spells(
    line: tuple[Step, ...], tokens: list[str], spelt: list[str]
) -> tuple[int, tuple[tuple[Place, str], ...]] | None:
    """The cheapest way to spell the steps in order, leaving out optional ones: its cost and the names it gives."""
    nothing: tuple[tuple[Place, str], ...] = ()
    reached = {0: (0, nothing)}
    for step in line:
        after: dict[int, tuple[int, tuple[tuple[Place, str], ...]]] = {}
        for at, (cost, names) in reached.items():
            ways = [] if step.cost is None else [(at, cost + step.cost, names)]
            ways += [(at + len(s), cost, names) for s in step.spellings if tuple(tokens[at : at + len(s)]) == s]
            if step.open and at < len(tokens) and (step.open == "names" or tokens[at].isdecimal()):
                ways.append((at + 1, cost + 2, (*names, (step.place, spelt[at]))))
            for end, price, given in ways:
                if price < after.get(end, (_FAR, nothing))[0]:
                    after[end] = (price, given)
        reached = after
    return reached.get(len(tokens))


@cache
def index(form: Form) -> Index:
    """The index of a form, kept."""
    layout = form.declared
    words: dict[str, set[int]] = {}
    lines = []
    steps: dict[tuple[str, int, str, Path], list[Step]] = {}

    def axis(cell: Cell, which: str, path: Path) -> list[Step]:
        key = (cell.table.name, cell.block, which, path)
        if key not in steps:
            block = cell.table.blocks[cell.block]
            if which == "head":
                steps[key] = [_step((cell.table.name, *cell.table.labels), 0), _step(block.headings, 0)]
            elif which == "row":
                steps[key] = _axis(cell.table.name, which, block.rows, cell.rows)
            else:
                steps[key] = _axis(cell.table.name, which, block.columns, cell.columns)
        return steps[key]

    for cell in layout.cells:
        head, rows, columns = axis(cell, "head", ()), axis(cell, "row", cell.row), axis(cell, "column", cell.column)
        lines.append(((*head, *rows, *columns), (*head, *columns, *rows)))
        for step in lines[-1][0]:
            for word in (word for spelling in step.spellings for word in spelling):
                words.setdefault(word, set()).add(cell.position)
    wild = frozenset(at for at, line in enumerate(lines) if any(step.open for step in line[0]))
    return Index(layout, tuple(lines), {word: frozenset(found) for word, found in words.items()}, wild)


def _axis(table: str, which: str, axis: Axis, chain: tuple[Member, ...]) -> list[Step]:
    """The heading, the groups (each costs one to leave out), and the leaf, needed unless it is the only one."""
    only = len(axis.leaves()) == 1
    steps = [_step(axis.headings, 0)]
    declared: Path = ()
    for number, member in enumerate(chain):
        opened = _opened(axis, declared, member)
        declared = (*declared, opened.name)
        last = number == len(chain) - 1
        if opened.open:
            steps.append(_step((opened.name, *opened.labels), 0))
            steps.append(Step((), None, opened.open, (table, which, declared)))
        else:
            steps.append(_step((member.name, *member.labels), 1 if only or not last else None))
    return steps


def _opened(axis: Axis, above: Path, made: Member) -> Member:
    """The declared member of which a member of the declared layout is made."""
    members = axis.members
    for name in above:
        members = next(member.children for member in members if member.name == name)
    return next(member for member in members if member.name == made.name)


def _step(labels: Iterable[str], cost: int | None) -> Step:
    spelt = (tuple(normal(part) for part in label.split("/") if part.strip()) for label in labels)
    return Step(tuple(dict.fromkeys(spelt)), cost)
