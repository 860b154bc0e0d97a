"""What is printed of a table: its rows and columns as labels that are looked for in a document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, pairwise

from attrs import frozen

from gouji.forms.document import Piece, Printed
from gouji.forms.form import Axis, Cell, Form, Mark, Member, Path, Table
from gouji.forms.labels import Words, normal
from gouji.messages import say

_LONGEST_HEADER = 80
_LONGEST_STRANGER = 20


@frozen
class Row:
    """A row of the form: its cells, the spellings of its label, the path of the group it stands in."""

    cells: tuple[Cell, ...]
    words: frozenset[str]
    group: Path

    @property
    def block(self) -> int:
        """The number of its block."""
        return self.cells[0].block

    @property
    def label(self) -> str:
        """The official label."""
        return self.cells[0].rows[-1].labels[0]


@frozen
class Whole:
    """A group of rows that may be printed as one: the words of its label, its label, its rows by number."""

    words: frozenset[str]
    label: str
    rows: tuple[int, ...]

    @classmethod
    def of(cls, rows: Sequence[Row], path: Path) -> Whole:
        """The group with this path."""
        own = tuple(number for number, row in enumerate(rows) if row.cells[0].row[: len(path)] == path)
        member = rows[own[0]].cells[0].rows[len(path) - 1]
        return cls(_words(member.labels), member.labels[0], own)


@frozen
class Outline:
    """A table as it is looked for: its rows in order, the groups they stand in, every word that it may print."""

    table: Table
    marks: tuple[Mark, ...]
    rows: tuple[Row, ...]
    by_word: Mapping[str, list[int]]
    groups: Mapping[str, list[Path]]
    columns: frozenset[str]
    words: Words
    wholes: tuple[Whole, ...]

    @classmethod
    def of(cls, form: Form, table: Table) -> Outline:
        """The outline of one table of a form."""
        own = [cell for cell in form.cells if cell.table.name == table.name]
        lines = [tuple(cells) for _, cells in groupby(own, key=lambda cell: (cell.block, cell.row))]
        rows = tuple(Row(cells, _words(cells[0].rows[-1].labels), _group(cells[0])) for cells in lines)
        by_word: dict[str, list[int]] = defaultdict(list)
        for number, row in enumerate(rows):
            for word in row.words:
                by_word[word].append(number)
        columns = _words(
            label for block in table.blocks for _, chain in block.columns.walk() for label in chain[-1].labels
        )
        wholes = tuple(Whole.of(rows, path) for name, path in form.wholes if name == table.name)
        words = Words.of(_labels(table))
        return cls(table, form.marks, rows, dict(by_word), _groups(table), columns, words, wholes)

    @property
    def title(self) -> str:
        """The official title of the table."""
        return self.table.labels[0]

    def spelt(self, chain: Sequence[Member]) -> frozenset[str]:
        """The words of the label of a member."""
        return _words(chain[-1].labels)

    def under(self, row: int, groups: Iterable[Path]) -> bool:
        """Whether a row may follow the label of one of the groups: as a row of it, or beside or above it."""
        own = self.rows[row].group
        return any(all(a == b for a, b in zip(own, group, strict=False)) for group in groups)


def _words(labels: Iterable[str]) -> frozenset[str]:
    return frozenset(normal(label) for label in labels)


def _group(cell: Cell) -> Path:
    """The path of the group of a row: the number of the block, then names."""
    return (str(cell.block), *cell.row[:-1])


def _groups(table: Table) -> dict[str, list[Path]]:
    """The paths of the blocks and groups of rows, by the words of their labels."""
    found: dict[str, list[Path]] = defaultdict(list)
    for number, block in enumerate(table.blocks):
        above: list[tuple[Path, Sequence[str]]] = [((str(number),), block.headings)]
        above += [((str(number), *path), chain[-1].labels) for path, chain in block.rows.walk() if chain[-1].children]
        for path, labels in above:
            for word in _words(labels):
                found[word].append(path)
    return dict(found)


def _labels(table: Table) -> Iterator[Sequence[str]]:
    """The labels of everything that is printed in a table; those of one group mean the same."""
    for block in table.blocks:
        for axis in (block.rows, block.columns):
            yield from ((label,) for label in axis.headings)
            yield from (chain[-1].labels for _, chain in axis.walk())
        yield from ((label,) for label in block.headings)


@frozen
class Header:
    """Where a header names the members of an axis, and where it holds what may be a label of another kind.

    `texts` are the cells in which its labels and texts begin.
    """

    axis: Axis
    named: Mapping[Path, int]
    strange: Sequence[int]
    texts: Sequence[Printed]

    @classmethod
    def of(cls, axis: Axis, run: Sequence[Piece], cells: Sequence[Printed]) -> Header:
        """The members of the axis that a run of labels and text names, whole or by the first part of a label."""
        run = run[-_LONGEST_HEADER:]
        words = {path: _words(chain[-1].labels) for path, chain in axis.walk()}
        named: dict[Path, int] = {}
        for path, own in words.items():
            at = next((at for at, piece in enumerate(run) if piece.word in own), None)
            if at is not None:
                named[path] = at
        strange: list[int] = []
        for at, piece in enumerate(run):
            text = "" if piece.kind == "label" else _header_text(cells[piece.start].text)
            meant = [path for path, own in words.items() if path not in named and any(_part(text, w) for w in own)]
            if len(meant) == 1:
                named[meant[0]] = at
            if _strange(text, [word for own in words.values() for word in own]):
                strange.append(at)
        return cls(axis, named, strange, [cells[piece.start] for piece in run])

    @property
    def ordered(self) -> bool:
        """Whether members with one parent are named in the order of the form."""
        families: dict[Path, list[int]] = defaultdict(list)
        for path, _ in self.axis.walk():
            if path in self.named:
                families[path[:-1]].append(self.named[path])
        return all(a < b or not self._beside(a, b) for places in families.values() for a, b in pairwise(places))

    def _beside(self, a: int, b: int) -> bool:
        """Whether reading order is that of the columns: in one line, or where each cell has a line of its own."""
        lines = [cell.line for cell in self.texts]
        return lines[a] == lines[b] or lines.count(lines[a]) == lines.count(lines[b]) == 1

    @property
    def misspelt(self) -> list[tuple[Path, Printed]]:
        """The members whose label is read though it is not printed so, nor the first part of it."""
        labels = {path: chain[-1].labels for path, chain in self.axis.walk()}
        found = [(path, self.texts[at]) for path, at in self.named.items()]
        return [(path, cell) for path, cell in found if not _begins(normal(cell.text), _words(labels[path]))]

    def replaced(self, path: Path) -> bool:
        """Whether something else stands where a member should be named, between its neighbours."""
        family = [other for other, _ in self.axis.walk() if other[:-1] == path[:-1]]
        here = family.index(path)
        low = max((self.named[other] for other in family[:here] if other in self.named), default=-1)
        high = min((self.named[other] for other in family[here:] if other in self.named), default=_LONGEST_HEADER)
        return any(low < at < high for at in self.strange)

    @property
    def missing(self) -> list[Path]:
        """The members that are not named."""
        return [path for path, _ in self.axis.walk() if path not in self.named]

    def names(self, paths: Sequence[Path]) -> str:
        """The official labels of some members."""
        return say(", ").join(chain[-1].labels[0] for path, chain in self.axis.walk() if path in paths)


def _header_text(text: str) -> str:
    return normal(text) if len(text) < 4 * _LONGEST_HEADER else ""


def _begins(text: str, words: Iterable[str]) -> bool:
    return any(word.startswith(text) for word in words)


def _part(text: str, word: str) -> bool:
    """Whether the text begins the word, or is a short word misspelt behind its first character."""
    if len(text) < 2:
        return False
    return word.startswith(text) or (len(text) == len(word) < 4 and text[0] == word[0])


def _strange(text: str, words: list[str]) -> bool:
    """Whether the text may be a label of another kind, or several labels in one, and no part of a label."""
    if len(text) < 2 or any(text in word or _part(text, word) for word in words):
        return False
    return len(text) <= _LONGEST_STRANGER or any(word in text for word in words)
