"""The rows of a table that stand in grids: where the header puts each column, and the cells of each row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby, pairwise

from attrs import frozen

from gouji.forms.columns import Columns, Line, Range, by_header, by_order, meet, numbering
from gouji.forms.document import Piece, Printed, is_figure
from gouji.forms.form import Axis, Mark, Path
from gouji.forms.outline import Header, Outline
from gouji.messages import later, say

_OTHER_COLUMNS = later("the columns of its figures are not those of the form")
Printings = Mapping[int, tuple[Printed, ...]]
"""The cells of each printed row, by its number."""


def printings(cells: Sequence[Printed]) -> Printings:
    """The printed rows of a document."""
    return {row: tuple(found) for row, found in groupby(cells, key=lambda cell: cell.row)}


@frozen
class Gridded:
    """The rows of one block: the columns of each, None where they are not told apart, and its cells."""

    columns: Mapping[int, Columns | None]
    lines: Mapping[int, Line]
    marks: tuple[Mark, ...]
    doubled: bool = False
    ragged: tuple[Path, ...] = ()

    @classmethod
    def of(
        cls, axis: Axis, runs: Sequence[Sequence[Piece]], cells: Sequence[Printed], labels: Mapping[int, Piece],
        rows: Printings, texts: Sequence[Printed], marks: tuple[Mark, ...],
    ) -> Gridded | None:  # fmt: skip
        """The rows with these labels, below headers in `runs`; None where one does not stand in a grid.

        A column under one of the `texts` above is not the form's.
        """
        if not labels or any(cells[label.start].grid < 0 for label in labels.values()):
            return None
        lines = {row: _line(label, cells, rows, marks) for row, label in labels.items()}
        columns: dict[int, Columns | None] = {}
        last: Columns | None = None
        layouts: set[tuple[int, ...]] = set()
        for number in sorted({cells[label.start].grid for label in labels.values()}):
            own = [lines[row] for row, label in labels.items() if cells[label.start].grid == number]
            inside = [[piece for piece in run if cells[piece.start].grid == number] for run in runs]
            top = min(line.cells[0].row for line in own if line.cells) if any(line.cells for line in own) else 0
            # A table over pages may name its columns once, so texts over one column of any grid above count.
            above = [text for text in texts if text.grid >= 0 and text.row < top]
            beside = max(cells[label.end - 1].ends[1] for label in labels.values() if cells[label.start].grid == number)
            foreign = [text.ends for text in above if text.grid == number or text.columns == 1]
            foreign = [ends for ends in foreign if ends[0] >= beside]
            alike = 2 * sum(line.starts in layouts for line in own) > len(own)
            last = columns[number] = _columns(axis, inside, cells, own, foreign, last if alike else None, rows, marks)
            layouts = {line.starts for line in own}
        grids = {row: cells[label.start].grid for row, label in labels.items()}
        found = {row: columns[grid] for row, grid in grids.items()}
        paths = tuple(path for path, _ in axis.leaves())
        ragged = paths if _ragged(lines.values(), len(paths)) else ()
        return cls(found, lines, marks, _doubled(labels.values(), cells, rows, found, marks), ragged)

    def take(self, row: int) -> tuple[dict[Path, Printed], str]:
        """The cells of a row by the paths of their columns; or nothing, and why."""
        columns, line = self.columns[row], self.lines[row]
        if self.doubled:
            return {}, say("two rows of figures stand beside most labels")
        if columns is None and self.ragged:
            return dict(zip(self.ragged, line.cells, strict=True)), ""
        if columns is None:
            return {}, say(_OTHER_COLUMNS)
        if odd := columns.stray(line, self.marks):
            return {}, say("{text} stands in a column that the header does not name", text=odd[0].text.strip())
        return columns.take(line)

    def beside(self, row: int, cell: Printed) -> bool:
        """Whether a cell is a remark, or a number of its row, in a column that is not the form's."""
        columns = self.columns[row]
        if columns is None or not any(meet(cell.ends, ends) for ends in columns.foreign):
            return False
        column = [other for line in self.lines.values() for other in line.filled if other.ends == cell.ends]
        return not any(map(str.isdigit, cell.text)) or _rising(column)


def _rising(column: Sequence[Printed]) -> bool:
    """Whether a column numbers its rows."""
    texts = [cell.text.strip() for cell in column]
    numbers = [int(text) for text in texts if text.isdecimal() and len(text) < 5]
    return len(numbers) == len(texts) and all(b == a + 1 for a, b in pairwise(numbers))


def _ragged(lines: Iterable[Line], count: int) -> bool:
    """Whether a table has lost its merged cells: each row has as many cells behind its labels, begun anywhere."""
    found = list(lines)
    alone = all(cell.columns == 1 for line in found for cell in line.cells)
    return alone and len({line.starts for line in found}) > 1 and all(len(line.cells) == count for line in found)


def _doubled(
    labels: Iterable[Piece], cells: Sequence[Printed], rows: Printings, columns: Mapping[int, Columns | None],
    marks: tuple[Mark, ...],
) -> bool:  # fmt: skip
    """Whether below most rows stands another one with figures and no label, as where two years are printed."""
    found = [label for label in labels]
    ends = [end for one in columns.values() if one for end in one.ends.values()]
    below = [rows.get(cells[label.end - 1].row + 1, ()) for label in found]
    first = min((end[0] for end in ends), default=0)
    own = {cells[at].row for label in found for at in range(label.start, label.end)}
    twice = [
        row for row in below
        if row and row[0].row not in own and sum(is_figure(c.text, marks) for c in row if c.column >= first) > 1
        and all(c.empty or is_figure(c.text, marks) for c in row)
    ]  # fmt: skip
    return len(found) > 2 and 2 * len(twice) > len(found)


def _line(label: Piece, cells: Sequence[Printed], rows: Printings, marks: tuple[Mark, ...]) -> Line:
    """The row of a label behind it; of a label that takes several rows the one that holds figures."""
    last = {cells[at].row: cells[at].ends[1] for at in range(label.start, label.end)}
    lines = [Line(tuple(cell for cell in rows[row] if cell.column >= end)) for row, end in last.items()]
    held = [line for line in lines if any(is_figure(cell.text, marks) for cell in line.filled)]
    return held[0] if len(held) == 1 else lines[0] if not held else Line(())


def _columns(
    axis: Axis, runs: Iterable[Sequence[Piece]], cells: Sequence[Printed], lines: Sequence[Line],
    foreign: Sequence[Range], last: Columns | None, rows: Printings, marks: tuple[Mark, ...],
) -> Columns | None:  # fmt: skip
    """The columns of one grid: by its headers if they agree, else as in the `last` laid out alike, else in order."""
    paths = [path for path, _ in axis.leaves()]
    headers = [Header.of(axis, run, cells) for run in runs if run]
    named: dict[Path, Range] = {}
    agree = True
    for header in headers:
        for path, at in header.named.items():
            if path in paths:
                agree &= named.setdefault(path, header.texts[at].ends) == header.texts[at].ends
    if _divided(named, headers, rows, lines, cells):
        return None
    choices = (by_header(paths, named, foreign, lines) if agree else None, None if named else last)
    found = next((choice for choice in choices if choice and choice.fit(lines, marks)), None)
    return found or (_agreeing(by_order(paths, lines, marks, foreign), named) if agree else None)


def _divided(
    named: Mapping[Path, Range], headers: Sequence[Header], rows: Printings, lines: Sequence[Line],
    cells: Sequence[Printed],
) -> bool:  # fmt: skip
    """Whether the header goes on below a member with several columns of its own, as where two years are printed."""
    first = min((line.cells[0].row for line in lines if line.cells), default=0)
    for header in headers:
        for path, at in header.named.items():
            ends, top = header.texts[at].ends, header.texts[at].row
            below = [cell for row in range(top + 1, first) for cell in rows.get(row, ()) if meet(cell.ends, ends)]
            if path in named and sum(not cell.empty and cell.columns < ends[1] - ends[0] for cell in below) > 1:
                return True
    return False


def across(
    outline: Outline, pieces: Sequence[Piece], cells: Sequence[Printed], rows: Printings
) -> tuple[dict[int, Printed], str]:
    """The cells of a table that stands in one line of a grid under nested headers, by position; or why there are none.

    Neither where the table stands in no grid, or has no such line.
    """
    labels = [piece for piece in pieces if piece.kind == "label" and cells[piece.start].grid >= 0]
    grids = {cells[piece.start].grid for piece in labels}
    if len(grids) != 1:
        return {}, ""
    bottom = max(cells[piece.end - 1].row for piece in labels)
    lines = [Line(row) for number, row in rows.items() if number > bottom and row[0].grid >= 0]
    if not (line := _only(lines, outline.marks)):
        return {}, ""
    every = [cell for row in outline.rows for cell in row.cells]
    paths = [cell.row + cell.column for cell in every]
    named = _crossed(outline, labels, cells)
    whole = by_header(paths, named, (), [line]) if named and len(named) == len(paths) else None
    ordered = by_order(paths, [line], outline.marks) if named is not None else None
    choices = (whole, _agreeing(ordered, named or {}))
    columns = next((choice for choice in choices if choice and choice.fit([line], outline.marks)), None)
    found = columns.take(line)[0] if columns else {}
    if not found:
        return {}, say("{reason} ({where})", reason=say(_OTHER_COLUMNS), where=line.cells[0].place)
    return {cell.position: found[path] for cell, path in zip(every, paths, strict=True)}, ""


def _only(lines: Sequence[Line], marks: tuple[Mark, ...]) -> Line | None:
    """The one row with figures, else the first; a row that numbers the columns is none."""
    figures = [[cell for cell in line.filled if is_figure(cell.text, marks)] for line in lines]
    others = [line for line, held in zip(lines, figures, strict=True) if not numbering(held)]
    held = [line for line, own in zip(lines, figures, strict=True) if own and line in others]
    return held[0] if len(held) == 1 else others[0] if others and not held else None


def _crossed(outline: Outline, labels: Sequence[Piece], cells: Sequence[Printed]) -> dict[Path, Range] | None:
    """Where a nested header names the columns of each row; None where it names one twice."""
    block = outline.table.blocks[0]
    named: dict[Path, Range] = {}
    for piece in labels:
        here = cells[piece.start]
        columns = [path for path, chain in block.columns.leaves() if piece.word in outline.spelt(chain)]
        over = {other.word for other in labels
                if cells[other.start].row < here.row and meet(cells[other.start].ends, here.ends)}  # fmt: skip
        rows = [path for path, chain in block.rows.leaves() if over & outline.spelt(chain)]
        if len(columns) == len(rows) == 1 and named.setdefault(rows[0] + columns[0], here.ends) != here.ends:
            return None
    return named


def _agreeing(columns: Columns | None, named: Mapping[Path, Range]) -> Columns | None:
    """The columns, if they are those that the header names as far as it does."""
    agree = columns and all(meet(columns.ends[path], ends) for path, ends in named.items())
    return columns if agree else None
