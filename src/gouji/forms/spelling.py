"""Keys of plain data -> cells of a form: which labels a key spells, and which names it gives to open members."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import product
from typing import Any

from attrs import define, field, frozen

from gouji.forms.form import Axis, Block, Cell, Form, Member, Path, Table
from gouji.forms.labels import fold, normal
from gouji.messages import Saying, saying

MAX_WORDS = 60
_MAX_KNOWN = 20_000
_OPENED = 1000
# Blanks beside a Chinese character say nothing in a name.
_APART = re.compile(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])")
Place = tuple[str, str, Path]
"""An open member: table, axis and declared path."""
Names = tuple[tuple[Place, str], ...]
Words = tuple[str, ...]
Key = tuple[str | int, ...]
"""The keys that lead to a value, and the numbers of its entries in lists."""
Way = tuple[int, int, Names]
"""What a key leaves out or opens, the number of the leaf or cell that it leads to, and the names that it gives."""


@frozen
class Found:
    """A declared cell that a key spells, and the names that it gives to open members."""

    cell: Cell
    names: Names


@frozen
class Step:
    """One member on the way to a cell: its spellings, and what it costs to leave it out, None where it is needed.

    An open step takes any one name; where it has a limit, a number up to that.
    """

    spellings: frozenset[Words]
    cost: int | None
    place: Place | None = None
    limit: int = 0

    def ends(self, words: Words, spelt: Words, at: int) -> Iterator[tuple[int, int, Names]]:
        """Where the words go on when this step is taken at `at`: what it costs, and the name it gives."""
        if self.cost is not None:
            yield at, self.cost, ()
        for spelling in self.spellings:
            if spelt[at : at + len(spelling)] == spelling:
                yield at + len(spelling), 0, ()
        if self.place and at < len(words) and (name := _name(words[at], self.limit)):
            yield at + 1, _OPENED, ((self.place, name),)


@define(eq=False)
class AxisIndex:
    """The leaves of an axis under the last word that leads to them; what was looked up is kept."""

    headings: tuple[Words, ...]
    lines: tuple[tuple[Step, ...], ...]
    under: dict[str, list[int]] = field(factory=dict, init=False)
    known: dict[Words, tuple[Way, ...]] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        """Sorts the leaves; those with open members stand under any word."""
        for leaf, line in enumerate(self.lines):
            words = {spelling[-1] for spelling in line[-1].spellings}
            for word in {""} if any(step.place for step in line) else words:
                self.under.setdefault(word, []).append(leaf)

    def find(self, words: Words, spelt: Words) -> tuple[Way, ...]:
        """The leaves that the words spell, a heading before them or not; no words spell an only leaf."""
        if spelt and spelt[-1] not in self.under and "" not in self.under:
            return ()
        found = self.known.get(words)
        if found is None:
            found = tuple(way for start in self._starts(spelt) for way in self._leaves(words[start:], spelt[start:]))
            _keep(self.known, words, found)
        return found

    def _starts(self, spelt: Words) -> list[int]:
        """Where the members may begin: headings before them may be there or not."""
        starts = [0]
        for start in starts:
            starts += [start + len(head) for head in self.headings if head and spelt[start : start + len(head)] == head]
        return starts

    def _leaves(self, words: Words, spelt: Words) -> Iterator[Way]:
        near = (*self.under.get(spelt[-1], ()), *self.under.get("", ())) if words else range(len(self.lines))
        for leaf in near:
            if way := _spells(self.lines[leaf], words, spelt):
                yield way[0], leaf, way[1]


@frozen
class BlockIndex:
    """The axes of a block, and its cells in the order of the form."""

    rows: AxisIndex
    columns: AxisIndex
    cells: Sequence[Cell]

    def find(self, words: Words, spelt: Words) -> Iterator[Way]:
        """The cells that the words spell, rows before columns or the other way."""
        for middle in range(len(words) + 1):
            first, second = (words[:middle], spelt[:middle]), (words[middle:], spelt[middle:])
            for turned, (rows, columns) in enumerate(((first, second), (second, first))):
                if found := self.rows.find(*rows):
                    yield from self._meet(found, self.columns.find(*columns), turned)

    def _meet(self, rows: Iterable[Way], columns: Iterable[Way], turned: int) -> Iterator[Way]:
        for row, column in product(rows, columns):
            at = self.cells[row[1] * len(self.columns.lines) + column[1]].position
            # Where the data names both, nothing tells a row from a column but their order.
            unsure = turned if row[2] and column[2] else 0
            yield row[0] + column[0] + unsure, at, row[2] + column[2]


@define(eq=False, slots=False)
class Index:
    """Finds the cells whose labels a key spells."""

    form: Form
    tables: tuple[tuple[tuple[Words, ...], tuple[BlockIndex, ...]], ...]
    known: dict[Key, tuple[Found, ...]] = field(factory=dict)

    def find(self, key: Key) -> tuple[Found, ...]:
        """The declared cells that a key spells: one, none, or several that it does not tell apart.

        A declared name comes before a new one on an open axis, and a key that leaves nothing out before those that do.
        """
        found = self.known.get(key)
        if found is None:
            words = split(key)
            spelt = tuple(map(normal, words))
            ways = [] if len(words) > MAX_WORDS else self._named(words, spelt) or self._anywhere(words, spelt)
            found = tuple(Found(self.form.declared.cells[at], names) for at, names in _best(ways))
            _keep(self.known, key, found)
        return found

    def _named(self, words: Words, spelt: Words) -> list[Way]:
        """The ways within the tables whose label begins the key."""
        return [
            way
            for labels, blocks in self.tables
            for label in labels
            if spelt[: len(label)] == label
            for block in blocks
            for way in block.find(words[len(label) :], spelt[len(label) :])
        ]

    def _anywhere(self, words: Words, spelt: Words) -> list[Way]:
        tables = self.tables if words else ()
        return [way for _, blocks in tables for block in blocks for way in block.find(words, spelt)]

    def hint(self, key: Key) -> Saying:
        """What may be meant by a key that leads nowhere."""
        from difflib import get_close_matches  # only a message needs it

        words = split(key)
        if len(words) > MAX_WORDS:
            return saying("leads nowhere; a key has at most {most} parts", most=MAX_WORDS)
        for word in words:
            if normal(word) not in self.vocabulary:
                near = get_close_matches(normal(word)[:MAX_WORDS], self.vocabulary, n=1, cutoff=0.4)
                if not near:
                    return saying("nothing is called {word}", word=word[:60])
                name = self.vocabulary[near[0]]
                return saying("nothing is called {word}; did you mean {name}?", word=word[:60], name=name)
        return saying("leads nowhere; near it: {cells}", cells=tuple(self._near(set(map(normal, words)))))

    @cached_property
    def vocabulary(self) -> dict[str, str]:
        """Every word that may stand in a key, as compared, with the label or name as the form spells it."""
        found: dict[str, str] = {}
        for table in self.form.tables:
            for word in split(tuple(_labels(table))):
                found.setdefault(normal(word), word)
        return found

    @cached_property
    def openings(self) -> frozenset[str]:
        """The words under which a row of a list may hold its name: those of the members that the data names."""
        return frozenset(
            normal(label)
            for table in self.form.tables
            for block in table.blocks
            for axis in (block.rows, block.columns)
            for _, chain in axis.walk()
            for label in (chain[-1].name, *chain[-1].labels)
            if chain[-1].open == "names"
        )

    def _near(self, words: set[str]) -> list[str]:
        """The keys of the two cells that share most words with a key."""

        def shared(cell: Cell) -> int:
            members: tuple[Table | Member, ...] = (cell.table, *cell.rows, *cell.columns)
            return sum(any(normal(label) in words for label in (member.name, *member.labels)) for member in members)

        ranked = sorted(self.form.declared.cells, key=lambda cell: (-shared(cell), cell.position))
        return [cell.key for cell in ranked[:2]]


def index(form: Form) -> Index:
    """The index of a form."""
    cells: dict[tuple[str, int], list[Cell]] = {}
    for cell in form.declared.cells:
        cells.setdefault((cell.table.name, cell.block), []).append(cell)
    return Index(form, tuple(
        (_spellings(table.name, *table.labels), tuple(
            _block(table, block, cells.get((table.name, number), ())) for number, block in enumerate(table.blocks)
        ))
        for table in form.tables
    ))  # fmt: skip


def _block(table: Table, block: Block, cells: Sequence[Cell]) -> BlockIndex:
    headings = _spellings(*block.headings, *block.rows.headings, *block.columns.headings)
    rows, columns = _lines(table.name, "row", block.rows), _lines(table.name, "column", block.columns)
    return BlockIndex(AxisIndex(headings, rows), AxisIndex(headings, columns), cells)


def split(key: Key) -> Words:
    """The labels in a key, whose parts may be joined with `/`."""
    return tuple(word for part in key for piece in str(part).split("/") if (word := piece.strip()))


def _keep(known: dict[Any, Any], key: Key, found: object) -> None:
    """Keeps what was looked up, as long as strangers' keys do not fill the memory."""
    if len(known) >= _MAX_KNOWN:
        known.clear()
    if len(key) < MAX_WORDS and max(map(len, map(str, key)), default=0) < 10 * MAX_WORDS:
        known[key] = found


def _best(ways: Iterable[Way]) -> list[tuple[int, Names]]:
    """The ways that leave nothing out, else all of them; only those that give the fewest new names."""
    ways = list(ways)
    least = min((cost for cost, _, _ in ways), default=0)
    limit = least if least % _OPENED == 0 else least - least % _OPENED + _OPENED - 1
    return list(dict.fromkeys(sorted((at, names) for cost, at, names in ways if cost <= limit)))


def _spells(line: tuple[Step, ...], words: Words, spelt: Words) -> tuple[int, Names] | None:
    """The cheapest way to spell the steps in order, leaving out optional ones: its cost and the names it gives."""
    reached: dict[int, tuple[int, Names]] = {0: (0, ())}
    for step in line:
        after: dict[int, tuple[int, Names]] = {}
        for at, (cost, names) in reached.items():
            for end, price, given in step.ends(words, spelt, at):
                if end not in after or cost + price < after[end][0]:
                    after[end] = (cost + price, names + given)
        reached = after
    return reached.get(len(words))


def _lines(table: str, axis: str, members: Axis) -> tuple[tuple[Step, ...], ...]:
    """The steps to each leaf: groups may be left out, and a leaf where it is the only one."""
    leaves = members.leaves()
    lines = []
    for path, chain in leaves:
        steps: list[Step] = []
        for depth, member in enumerate(chain, 1):
            steps.append(_step(member, depth < len(chain) or len(leaves) == 1))
            if member.open:
                steps.append(Step(frozenset(), None, (table, axis, path[:depth]), member.limit))
        lines.append(tuple(steps))
    return tuple(lines)


def _step(member: Member, optional: bool) -> Step:
    """The member under its own name, which for rows that the data names carries no choice."""
    cost = 0 if member.open == "names" else 1 if optional or member.open else None
    return Step(frozenset(_spellings(member.name, *member.labels)), cost)


def _spellings(*labels: str) -> tuple[Words, ...]:
    return tuple(dict.fromkeys(tuple(map(normal, split((label,)))) for label in labels))


def _labels(table: Table) -> Iterator[str]:
    """Every label and name of a table, the official label first."""
    yield from (*table.labels, table.name)
    for block in table.blocks:
        yield from (*block.headings, *block.rows.headings, *block.columns.headings)
        for axis in (block.rows, block.columns):
            for _, chain in axis.walk():
                yield from (*chain[-1].labels, chain[-1].name)


def clean_name(word: str) -> str:
    """A name that the data gives, as it is compared: width, and blanks beside Chinese characters, do not count."""
    return _APART.sub("", " ".join(fold(word).split()))


def _name(word: str, limit: int) -> str:
    """A name, or a number up to the limit; nothing where it is none."""
    name = clean_name(word)
    numbered = name.isascii() and name.isdecimal() and len(name) < 9 and 1 <= int(name) <= limit
    return name if not limit or numbered else ""
