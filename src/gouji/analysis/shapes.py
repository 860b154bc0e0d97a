"""What differs in the tables of two forms, and which of their members correspond."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import product

from attrs import define, field, frozen

from gouji.analysis.change import Change, listed
from gouji.analysis.pairing import Called, pair
from gouji.analysis.ties import Ties
from gouji.forms.form import Axis, Block, Cell, CellType, Form, Member, Path, Table
from gouji.language.core import Selection
from gouji.messages import count, later, say

Pairs = list[tuple[Path, Path]]
Where = tuple[str, ...]
_BARE = later("without a heading")


@frozen
class Alone:
    """Members under one parent that the other edition does not have there."""

    where: Where
    above: tuple[Path, Path]
    gone: tuple[Member, ...]
    come: tuple[Member, ...]


@define
class Shapes:
    """One comparison of the tables of two forms; what it finds is in `changes` and `ties`."""

    old: Form
    new: Form
    changes: list[Change] = field(factory=list)
    ties: Ties = field(factory=Ties)
    said: tuple[tuple[Selection, Selection], ...] = ()
    """Single members of the new form and of the old one that a rule file says to correspond."""
    _table: tuple[str, str] = field(default=("", ""), init=False)
    _where: Where = field(default=(), init=False)
    _alone: list[Alone] = field(factory=list, init=False)

    def say(self, kind: str, what: str, before: Sequence[str], after: Sequence[str], aspect: str = "", note: str = "",
            at: Where = ()) -> None:  # fmt: skip
        """Adds a change at the place that is compared."""
        self.changes.append(Change(kind, what, (*self._where, *at), tuple(before), tuple(after), aspect, note))

    def tables(self) -> None:
        """Compares all tables."""
        mine, theirs = self.old.tables, self.new.tables
        found = pair([_table_called(table) for table in mine], [_table_called(table) for table in theirs])
        for i, j in found.pairs:
            self.ties.tables(mine[i].name, theirs[j].name)
            self._compare(mine[i], theirs[j])
        self._where = ()
        for i in found.removed:
            self.say("removed", "table", mine[i].labels[:1], (), note=_cells(sizes(self.old)[mine[i].name]))
        for j in found.added:
            self.say("added", "table", (), theirs[j].labels[:1], note=_cells(sizes(self.new)[theirs[j].name]))

    def _compare(self, old: Table, new: Table) -> None:
        self._where = ()
        self.called("table", Called(old.name, old.labels), Called(new.name, new.labels))
        self._table, self._where = (old.name, new.name), new.labels[:1]
        if old.across != new.across:
            self.say("changed", "table", (_across(old),), (_across(new),), aspect="printed")
        # A block alone is the table itself, whatever it is called.
        name = "block" if len(old.blocks) == len(new.blocks) == 1 else ""
        mine, theirs = ([Called(name, b.headings, _cells_of(b)) for b in table.blocks] for table in (old, new))
        found = pair(mine, theirs)
        for i, j in found.pairs:
            self._block(old.blocks[i], new.blocks[j])
        self._where = new.labels[:1]
        for i in found.removed:
            self.say("removed", "block", old.blocks[i].headings[:1] or (say(_BARE),), (), note=_inside(old.blocks[i]))
        for j in found.added:
            self.say("added", "block", (), new.blocks[j].headings[:1] or (say(_BARE),), note=_inside(new.blocks[j]))

    def _block(self, old: Block, new: Block) -> None:
        table = self._where[:1]
        self._where = table
        self.called("block", Called("", old.headings), Called("", new.headings))
        self._where = (*table, *new.headings[:1])
        rows = self._axis("row", old.rows, new.rows)
        columns = self._axis("column", old.columns, new.columns)
        self._facets(rows, columns)

    def _axis(self, axis: str, old: Axis, new: Axis) -> Pairs:
        self.called(f"heading of the {axis}s", Called("", old.headings), Called("", new.headings))
        leaves: Pairs = []
        self._alone = []
        self._members(axis, old.members, new.members, ((), ()), leaves)
        moved = self._moved(axis, leaves)
        for alone in self._alone:
            self._tell(axis, alone, moved)
        return leaves

    def _members(
        self, axis: str, old: tuple[Member, ...], new: tuple[Member, ...], above: tuple[Path, Path], leaves: Pairs
    ) -> None:
        names = [self._name((*above[1], member.name), {one.name for one in old}) for member in new]
        found = pair(list(map(_member_called, old)), list(map(_member_called, new, names)))
        where = self._where
        for i, j in found.pairs:
            paths = (*above[0], old[i].name), (*above[1], new[j].name)
            self._member(axis, old[i], new[j], paths, leaves)
            self._where = where
        gone, come = (tuple(side[i] for i in left) for side, left in ((old, found.removed), (new, found.added)))
        if gone or come:
            self._alone.append(Alone(where, above, gone, come))

    def _name(self, path: Path, names: set[str]) -> str:
        """The name under which the older edition has a member, where a line of either says so; else its own."""
        for new, old in self.said:
            ends = (path[-len(new.path) :], (new.table, old.table)) == (new.path, self._table[::-1])
            if ends and old.path[-1] in names:
                return old.path[-1]
        return path[-1]

    def _moved(self, axis: str, leaves: Pairs) -> tuple[set[Path], set[Path]]:
        """Ties the members that stand under another parent, and tells of them; gives their paths on both sides."""
        ends = [
            [(chain, (*path, *inner)) for alone in self._alone for member in getattr(alone, side)
             for inner, chain in _ends(member, (), ()) for path in (alone.above[number],)]
            for number, side in enumerate(("gone", "come"))
        ]  # fmt: skip
        mine, theirs = ([Called("", chain[-1].labels) for chain, _ in side] for side in ends)
        found = pair(mine, theirs, alike=False)
        moved: tuple[set[Path], set[Path]] = (set(), set())
        together: dict[tuple[Path, Path], list[tuple[Path, Path]]] = {}
        for i, j in found.pairs:
            (old, old_path), (new, new_path) = ends[0][i], ends[1][j]
            self.called(axis, Called("", old[-1].labels), Called("", new[-1].labels))
            together.setdefault((old_path[:-1], new_path[:-1]), []).append((old_path, new_path))
            self.ties.members(axis, self._table, [old_path], [new_path])
            leaves.append((old_path, new_path))
            moved[0].add(old_path)
            moved[1].add(new_path)
        for paths in together.values():
            before, after = ([".".join(path) for path in side] for side in zip(*paths, strict=True))
            self.say("moved", axis, before, after)
        return moved

    def _tell(self, axis: str, alone: Alone, moved: tuple[set[Path], set[Path]]) -> None:
        """Tells of members that only one side has, without those that have moved."""
        gone, come = (
            [(member, len(left)) for member in members
             if (left := _left(member, (*path, member.name), paths)) or member.children]
            for members, path, paths in zip((alone.gone, alone.come), alone.above, moved, strict=True)
        )  # fmt: skip
        where, self._where = self._where, alone.where
        if gone or come:
            kind = "replaced" if gone and come else "removed" if gone else "added"
            self.say(kind, axis, _named(gone), _named(come))
        if gone and come:
            before, after = (
                _types(form, table, axis, [(*path, member.name) for member, _ in members])
                for form, table, path, members in zip(
                    (self.old, self.new), self._table, alone.above, (gone, come), strict=True
                )
            )
            if before != after:
                self.say("changed", axis, before, after, aspect="type")
        self._where = where

    def _member(self, axis: str, old: Member, new: Member, paths: tuple[Path, Path], leaves: Pairs) -> None:
        self.called(axis, Called(old.name, old.labels), Called(new.name, new.labels))
        for aspect, mine, theirs in (
            ("total", _total(old), _total(new)), ("kind", _kind(old), _kind(new)),
        ):  # fmt: skip
            if mine != theirs:
                self.say("changed", axis, (mine,), (theirs,), aspect=aspect, at=new.labels[:1])
        if old.children and new.children:
            self.ties.members(axis, self._table, [paths[0]], [paths[1]])
            self._where = (*self._where, *new.labels[:1])
            self._members(axis, old.children, new.children, paths, leaves)
            return
        ends = _ends(old, paths[0], ()), _ends(new, paths[1], ())
        if old.children or new.children:
            kind = "split" if new.children else "merged"
            before, after = ([chain[-1].labels[0] for _, chain in side] for side in ends)
            self.say(kind, axis, before, after)
        old_paths, new_paths = ([path for path, _ in side] for side in ends)
        self.ties.members(axis, self._table, old_paths, new_paths)
        leaves += product(old_paths, new_paths)

    def called(self, what: str, old: Called, new: Called) -> None:
        """Compares what a thing is called: its label, other spellings of it, and its name in the rules."""
        labels = old.labels[:1], new.labels[:1]
        if labels[0] != labels[1]:
            kind = "renamed" if all(labels) else "removed" if labels[0] else "added"
            self.say(kind, what if kind == "renamed" else f"label of the {what}", *labels)
        if old.name != new.name and labels != ((old.name,), (new.name,)):
            self.say("renamed", what, (old.name,), (new.name,), aspect="name", at=new.labels[:1])
        first = {*labels[0], *labels[1]}
        lost, won = ([x for x in a.labels if x not in {*b.labels, *first}] for a, b in ((old, new), (new, old)))
        if lost or won:
            self.say("changed", what, lost, won, aspect="spellings", at=new.labels[:1])

    def _facets(self, rows: Pairs, columns: Pairs) -> None:
        """Compares what corresponding cells may hold, and tells it of whole rows or columns where it can."""
        found: dict[tuple[str, str, str], dict[tuple[str, str], None]] = {}
        lines: tuple[dict[str, None], dict[str, None]] = ({}, {})
        split = Counter(path for path, _ in rows), Counter(path for path, _ in columns)
        for row, column in product(rows, columns):
            mine = self.old.declared.as_declared.get((self._table[0], row[0], column[0]))
            theirs = self.new.declared.as_declared.get((self._table[1], row[1], column[1]))
            if mine and theirs:
                # A member that is split gives its one label to what is told of its parts.
                at = (_label((mine if split[0][row[0]] > 1 else theirs).rows),
                      _label((mine if split[1][column[0]] > 1 else theirs).columns))  # fmt: skip
                lines[0][at[0]] = lines[1][at[1]] = None
                for difference in self._cell(mine, theirs):
                    found.setdefault(difference, {})[at] = None
        for (aspect, before, after), cells in found.items():
            for what, where in _gathered(cells, *lines):
                self.say("changed", what, (before,), (after,), aspect=aspect, at=where)

    def _cell(self, old: Cell, new: Cell) -> list[tuple[str, str, str]]:
        found = [("type", type_text(old.type), type_text(new.type))]
        for aspect, mine, theirs in (("need", self.old.need, self.new.need), ("blank", self.old.blank, self.new.blank)):
            before, after = old.said(aspect), new.said(aspect)
            if before or after:  # else the headers say it, and are compared by themselves
                found.append((aspect, before or mine, after or theirs))
        return [one for one in found if one[1] != one[2]]


def sizes(form: Form) -> Counter[str]:
    """The number of cells of each table, an open member counted once."""
    return Counter(cell.table.name for cell in form.declared.cells)


def type_text(type: CellType) -> str:
    """A type of cell as a rule file writes it; a list of codes by what it holds."""
    if type.kind == "code":
        return f"code {{{', '.join(type.codes)}}}"
    pieces = [type.kind, type.unit if type.kind != "percent" else "", str(type.decimals or "")]
    if type.low is None and type.kind not in ("number", "date"):
        pieces.append("signed")
    elif type.low is not None and (type.high is not None or type.low) and type.kind != "yesno":
        pieces.append(f"from {type.low} to {type.high}")
    return " ".join(piece for piece in pieces if piece)


def _table_called(table: Table) -> Called:
    inside = frozenset[tuple[str, str]]().union(*map(_cells_of, table.blocks))
    return Called(table.name, table.labels, inside)


def _member_called(member: Member, name: str = "") -> Called:
    inside = [(chain[-1].labels[0], "") for _, chain in _ends(member, (), ())] if member.children else []
    return Called(name or member.name, member.labels, frozenset(inside))


def _cells_of(block: Block) -> frozenset[tuple[str, str]]:
    """The cells of a block by their labels, by which one of another heading is recognised."""
    rows, columns = ([_label(chain) for _, chain in axis.leaves()] for axis in (block.rows, block.columns))
    return frozenset(product(rows, columns))


def _cells(number: int) -> str:
    return count("{n} cell", "{n} cells", number)


def _inside(block: Block) -> str:
    """What a block holds, for the line that tells of it whole."""
    rows, columns = ([chain[-1].labels[0] for _, chain in axis.leaves()] for axis in (block.rows, block.columns))
    size = _cells(len(rows) * len(columns))
    return say("{rows}: {columns}; {cells}", rows=listed(rows), columns=listed(columns), cells=size)


def _across(table: Table) -> str:
    return say("printed across") if table.across else say("printed in rows")


def _total(member: Member) -> str:
    return say("a total") if member.total else say("no total")


def _kind(member: Member) -> str:
    if member.open == "list":
        return say("a list of {number}", number=member.limit)
    return say("named by the data") if member.open else say("a single one")


def _ends(member: Member, path: Path, chain: tuple[Member, ...]) -> list[tuple[Path, tuple[Member, ...]]]:
    """The leaves of a member, itself if it has no children, each with the members that lead to it."""
    path, chain = path or (member.name,), (*chain, member)
    if not member.children:
        return [(path, chain)]
    return [end for child in member.children for end in _ends(child, (*path, child.name), chain)]


def _left(member: Member, path: Path, moved: set[Path]) -> list[Path]:
    """The leaves of a member that have not moved."""
    return [end for end, _ in _ends(member, path, ()) if end not in moved]


def _named(members: list[tuple[Member, int]]) -> list[str]:
    """The labels of members; a group says how many it holds that stood nowhere else."""
    return [
        say("{label} ({number} below it)", label=member.labels[0], number=number)
        if member.children and number
        else member.labels[0]
        for member, number in members
    ]


def _types(form: Form, table: str, axis: str, paths: list[Path]) -> tuple[str, ...]:
    """The types of the cells of some members side by side, each once."""
    side, depth, chosen = axis == "column", len(paths[0]), set(paths)
    found = (
        type_text(cell.type)
        for cell in form.declared.cells
        if cell.table.name == table and cell.declared[side][:depth] in chosen
    )
    return tuple(dict.fromkeys(found))


def _label(chain: tuple[Member, ...]) -> str:
    return " / ".join(member.labels[0] for member in chain)


def _gathered(
    cells: dict[tuple[str, str], None], rows: dict[str, None], columns: dict[str, None]
) -> list[tuple[str, tuple[str, ...]]]:
    """The cells, by row and column, as the whole block, else as whole columns, whole rows, or one by one."""
    if len(cells) == len(rows) * len(columns):
        return [("cells", ())]
    found: list[tuple[str, tuple[str, ...]]] = []
    left = dict(cells)
    for what, lines, others in (("column", columns, rows), ("row", rows, columns)):
        for line in lines:
            whole = {(other, line) if what == "column" else (line, other): None for other in others}
            if whole.keys() <= cells.keys() and whole.keys() & left.keys():
                found.append((what, (line,)))
                left = {cell: None for cell in left if cell not in whole}
    return found + [("cell", cell) for cell in left]
