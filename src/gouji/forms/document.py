"""A document as its readers give it, printed cells with places, and as it is read: labels, figures, other text."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby, pairwise

from attrs import evolve, frozen

from gouji.forms.form import CellType, Mark
from gouji.forms.labels import Words, fold, is_item, squeeze
from gouji.forms.values import State, read
from gouji.messages import say
from gouji.sources import Spot

_ANY = CellType("amount", "", 6)
_MOST_PARTS = 40
_LONGEST_FIGURE = 60
_MOST_LETTERS = 3
_BRACKETS = frozenset("()[]{}<>\"'")
_NOTE = re.compile(r"\([^()]*\)")


@frozen
class Printed:
    """One printed cell or paragraph; cells of one printed row share the number `row`.

    A cell of a grid takes its columns from `column` on, counted from 0, and `at` is its place; other text has its line
    and is of no `grid`. `numbered` is the line of the file where that is not the printed line.
    """

    text: str
    line: int
    row: int
    at: str = ""
    column: int = -1
    columns: int = 1
    grid: int = -1
    numbered: int = 0

    @property
    def ends(self) -> tuple[int, int]:
        """Its columns, from the first up to the one behind the last."""
        return self.column, self.column + self.columns

    @property
    def place(self) -> str:
        """Where it is printed, for a person."""
        return self.at or say("line {line}", line=self.line)

    @property
    def spot(self) -> Spot:
        """Where it is printed, for a program."""
        return Spot(self.line, self.column, self.numbered or (0 if self.at else self.line))

    @property
    def empty(self) -> bool:
        """Whether nothing is printed in the cell."""
        return not self.text or self.text.isspace()


def span(first: Printed, last: Printed) -> str:
    """From where to where something is printed."""
    if first.at or first.line == last.line:
        return first.place
    return say("lines {first} to {last}", first=first.line, last=last.line)


def joined(cells: Sequence[Printed]) -> str:
    """Where each of some cells is printed."""
    if len(cells) > 1 and not any(cell.at for cell in cells):
        return say("lines {numbers}", numbers=say(" and ").join(str(cell.line) for cell in cells))
    return say(" and ").join(cell.place for cell in cells)


@frozen
class Document:
    """A document in reading order; `notes` tell what its reader left out."""

    name: str
    cells: tuple[Printed, ...]
    notes: tuple[str, ...] = ()

    def without(self, words: Collection[str]) -> tuple[Printed, ...]:
        """The cells, empty where one of a grid holds nothing but one of these words."""
        return tuple(evolve(c, text="") if c.grid >= 0 and c.text.strip() in words else c for c in self.cells)

    def lines(self) -> Iterator[str]:
        """The text of each printed line that is not empty, its cells joined."""
        for _, cells in groupby(self.cells, key=lambda cell: cell.line):
            joined = " ".join(cell.text for cell in cells)
            if joined.strip():
                yield joined


@frozen
class Piece:
    """The cells from `start` to `end` read as one: a `label` (`word` says which), a `figure`, or other `text`.

    A label may be `misspelt`, or `wrapped` around its figures.
    """

    kind: str
    start: int
    end: int
    word: str = ""
    misspelt: bool = False
    wrapped: bool = False


@frozen
class Entry:
    """Labels and text, then the figures after them; `stop` is the cell after these."""

    run: tuple[Piece, ...]
    figures: tuple[Piece, ...]
    stop: int

    @property
    def label(self) -> Piece | None:
        """The label directly ahead of the figures."""
        return self.run[-1] if self.run and self.run[-1].kind == "label" else None

    def rows(self, cells: Sequence[Printed], inline: bool = False) -> tuple[list[Printed], list[list[Printed]]]:
        """The cells after the label in its printed row, and those of the rows below up to the next label.

        With `inline` a row ends with its line.
        """
        start = self.run[-1].end if self.run else self.figures[0].start
        below = [list(row) for _, row in groupby(cells[start : self.stop], key=lambda c: c.line if inline else c.row)]
        label = cells[start - 1] if self.run else None
        same = label and below and (below[0][0].line == label.line if inline else below[0][0].row == label.row)
        return (below[0], below[1:]) if same else ([], below)


def entries(cells: Sequence[Printed], words: Words, marks: tuple[Mark, ...]) -> list[Entry]:
    """The cells as labels with their figures, in reading order; the last may lack figures."""
    found: list[Entry] = []
    run: list[Piece] = []
    figures: list[Piece] = []
    for piece in _mended(cells, pieces(cells, words, marks), words):
        if piece.kind == "figure":
            figures.append(piece)
            continue
        if figures:
            found.append(Entry(tuple(run), tuple(figures), piece.start))
            run, figures = [], []
        run.append(piece)
    return [*found, Entry(tuple(run), tuple(figures), len(cells))]


def pieces(cells: Sequence[Printed], words: Words, marks: tuple[Mark, ...]) -> list[Piece]:
    """The cells as labels, figures and text; empty cells are left out, the parts of a label are joined."""
    found: list[Piece] = []
    at = 0
    while at < len(cells):
        if cells[at].empty:
            at += 1
            continue
        beside = bool(found) and _beside(cells, found[-1], at)
        found.append(_piece(cells, at, words, marks, beside))
        at = found[-1].end
    return found


def _beside(cells: Sequence[Printed], before: Piece, at: int) -> bool:
    """Whether a cell stands in one line with the figure, or in a grid with the label, ahead of it."""
    if cells[before.end - 1].line != cells[at].line:
        return False
    gridded = cells[at].grid >= 0 and len(cells[at].text) < _LONGEST_FIGURE and not is_item(cells[at].text)
    return before.kind == "figure" or (before.kind == "label" and gridded and any(map(str.isdigit, cells[at].text)))


def _piece(cells: Sequence[Printed], at: int, words: Words, marks: tuple[Mark, ...], beside: bool) -> Piece:
    """One piece; what is no label but follows a figure in its line is a figure too, if a garbled one."""
    if _plain(text := cells[at].text) and text not in words.starts:
        return Piece("figure", at, at + 1)
    label = spelt(cells, at, words)
    if label and not label.misspelt:
        return label
    if is_figure(cells[at].text, marks):
        return Piece("figure", at, at + 1)
    if not label and (word := words.begun(words.spell(cells[at].text))):
        label = Piece("label", at, at + 1, word, misspelt=True)
    return label or Piece("figure" if beside else "text", at, at + 1)


def spelt(cells: Sequence[Printed], at: int, words: Words) -> Piece | None:
    """The label that begins in this cell and may go on in the next ones: the longest, else a misspelt one."""
    best = near = None
    text = ""
    for end in range(at + 1, min(at + 1 + _MOST_PARTS, len(cells) + 1)):
        if cells[end - 1].empty:
            break
        text += cells[end - 1].text
        word = words.spell(text)
        if word in words.known and (end == at + 1 or squeeze(cells[end - 1].text)):
            best = Piece("label", at, end, word)
        elif not near and (other := words.near(text, word)):
            near = Piece("label", at, end, other, misspelt=True)
        if not words.begins(text, word):
            break
    return best or near


def _plain(text: str) -> bool:
    """Whether a text is a number of digits alone, as most are."""
    return text.isascii() and text.isdecimal() and len(text) < _LONGEST_FIGURE


def is_figure(text: str, marks: tuple[Mark, ...]) -> bool:
    """Whether a cell holds a number, a dash, a mark, or what may be a garbled number."""
    if _plain(text):
        return True
    plain = fold(text).strip() if len(text) < _LONGEST_FIGURE else ""
    bare = _NOTE.sub("", plain)
    if any(map(str.isdigit, bare)):
        return sum(map(str.isalpha, bare)) <= _MOST_LETTERS and not is_item(text)
    if len(bare) == 1 and bare.isascii():
        return bare not in _BRACKETS
    value = read(plain, _ANY, marks) if plain else State("unreadable")
    return not isinstance(value, State) or value.kind != "unreadable"


def _mended(cells: Sequence[Printed], found: list[Piece], words: Words) -> Iterator[Piece]:
    """Labels that are wrapped around their figures: the rest of the label stands below them, and is left out."""
    rest: set[int] = set()
    for at, piece in enumerate(found):
        if at in rest:
            continue
        below = _after(found, at) if piece.kind == "text" or piece.misspelt else 0
        for end in range(below + 1, min(below + 3, len(found) + 1)) if below else ():
            text = "".join(cells[part.start].text for part in (piece, *found[below:end]))
            if all(part.kind == "text" for part in found[below:end]) and (word := words.spell(text)) in words.known:
                rest.update(range(below, end))
                piece = Piece("label", piece.start, piece.end, word, wrapped=True)
        yield piece


def _after(found: list[Piece], at: int) -> int:
    """The text that follows the figures after this piece, or 0."""
    end = at + 1
    while end < len(found) and found[end].kind == "figure":
        end += 1
    return end if at + 1 < end < len(found) and found[end].kind == "text" else 0


@frozen
class Grid:
    """How the rows of a table are laid out.

    `beside`: most labels have figures in their own row; `inline`: most have them in their own line; `flush`: every row
    ends with a figure, and all are of one length; `padded`: some label spans several cells.
    """

    beside: bool = False
    inline: bool = False
    flush: bool = False
    padded: bool = False

    @classmethod
    def of(cls, cells: Sequence[Printed], rows: Sequence[tuple[Entry, int]]) -> "Grid":
        """The layout of these entries and the numbers of figures that they should hold."""
        sizes = Counter(cell.row for cell in cells)
        near = [(row, count) for entry, count in rows if _trimmed(row := entry.rows(cells)[0])]
        ends = [not row[-1].empty for row, count in near if len(_trimmed(row)) == count]
        flush = all(ends) if ends else any(not row[-1].empty for row, _ in near)
        even = len({sizes[row[0].row] for row, _ in near}) == 1
        padded = any(len(row) > count and row[0].empty for row, count in near)
        inline = sum(bool(_trimmed(entry.rows(cells, inline=True)[0])) for entry, _ in rows)
        return cls(2 * len(near) > len(rows), 2 * inline > len(rows), flush and even, padded)

    def figures(self, cells: Sequence[Printed], entry: Entry, count: int) -> list[Printed]:
        """The cells that hold the figures of an entry, or none where their number or their place leaves a doubt."""
        beside, below = entry.rows(cells, self.inline)
        if _trimmed(beside) or len(beside) >= count:
            return self._beside(beside, count) or _broken([beside, *below], count)
        if self.beside and not entry.run[-1].wrapped:
            return []  # where figures stand beside their labels, those below belong to a row without label
        if entry.stop < len(cells) and cells[entry.stop].line == cells[entry.stop - 1].line:
            return []  # the figures stand ahead of the next label, in its line
        return _below(below, count) or _broken(below, count)

    def _beside(self, row: list[Printed], count: int) -> list[Printed]:
        """The figures in the row of their label; where one at an end is blank, the layout must show which."""
        if all(cell.empty for cell in row):
            return row[-count:] if len(row) >= count else []
        if len(trimmed := _trimmed(row)) == count:
            return trimmed
        if self.flush:
            return row[-count:] if len(row) >= count and all(cell.empty for cell in row[:-count]) else []
        return row if len(row) == count and not (self.padded and row[0].empty) else []


def _trimmed(row: list[Printed]) -> list[Printed]:
    """The row without empty cells at its ends."""
    filled = [at for at, cell in enumerate(row) if not cell.empty]
    return row[filled[0] : filled[-1] + 1] if filled else []


def _below(rows: list[list[Printed]], count: int) -> list[Printed]:
    """The figures in the row below their label, or one to a row; one more that follows a row is a page number."""
    rows = [row for row in rows if _filled(row)]
    filled = [_filled(row) for row in rows]
    sizes = [len(row) for row in filled]
    if len(rows) == 1 and len(rows[0]) == count:
        return rows[0]
    if sizes and sizes[0] == count and (len(sizes) == 1 or (count > 1 and sum(sizes[1:]) == 1)):
        return filled[0]
    return [row[0] for row in filled] if sizes == [1] * count else []


def _broken(rows: list[list[Printed]], count: int) -> list[Printed]:
    """The figures of one row that goes on in the next line; one alone may be a page number."""
    rows = [row for row in rows if _filled(row)]
    close = all(after[0].line == before[-1].line + 1 for before, after in pairwise(rows))
    whole = sum(map(len, map(_filled, rows))) == sum(map(len, rows)) == count
    return [cell for row in rows for cell in row] if close and whole and min(map(len, rows)) > 1 else []


def _filled(row: list[Printed]) -> list[Printed]:
    return [cell for cell in row if not cell.empty]
