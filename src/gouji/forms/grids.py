"""The rows of a table that stand in grids: where the header puts each column, and the cells of each row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from attrs import frozen

from gouji.forms.columns import Columns, Line, Range, by_header, by_order, meet
from gouji.forms.document import Piece, Printed, is_figure
from gouji.forms.form import Axis, Cell, Mark, Path
from gouji.forms.outline import Header, Outline

Printings = Mapping[int, tuple[Printed, ...]]
"""The cells of each printed row, by its number."""


def printings(cells: Sequence[Printed]) -> Printings:
    """The printed rows of a document."""
    return {row: tuple(found) for row, found in groupby(cells, key=lambda cell: cell.row)}


@frozen
class Gridded:
    """The rows of one block: the columns of each grid, None where they are not told apart, and the cells of each row.

    `named` says whether every grid has its columns from a header.
    """

    columns: Mapping[int, Columns | None]
    lines: Mapping[int, Line]
    named: bool

    @classmethod
    def of(
        cls, axis: Axis, runs: Sequence[Sequence[Piece]], cells: Sequence[Printed], labels: Mapping[int, Piece],
        rows: Printings, marks: tuple[Mark, ...],
    ) -> Gridded | None:  # fmt: skip
        """The rows with these labels, below headers in `runs`; None where one does not stand in a grid."""
        if not labels or any(cells[label.start].grid < 0 for label in labels.values()):
            return None
        lines = {row: _line(label, cells, rows, marks) for row, label in labels.items()}
        columns: dict[int, Columns | None] = {}
        last: Columns | None = None
        for number in sorted({cells[label.start].grid for label in labels.values()}):
            own = [lines[row] for row, label in labels.items() if cells[label.start].grid == number]
            inside = [[piece for piece in run if cells[piece.start].grid == number] for run in runs]
            last = columns[number] = _columns(axis, inside, cells, own, last, marks)
        grids = {row: cells[label.start].grid for row, label in labels.items()}
        named = all(found is not None and found.named for found in columns.values())
        return cls({row: columns[grid] for row, grid in grids.items()}, lines, named)

    def take(self, row: int) -> tuple[dict[Path, Printed], str]:
        """The cells of a row by the paths of their columns; or nothing, and why."""
        columns = self.columns[row]
        return (
            columns.take(self.lines[row]) if columns else ({}, "the columns of its figures are not those of the form")
        )


def _line(label: Piece, cells: Sequence[Printed], rows: Printings, marks: tuple[Mark, ...]) -> Line:
    """The row of a label behind it; of a label that takes several rows the one that holds figures."""
    last = {cells[at].row: cells[at].ends[1] for at in range(label.start, label.end)}
    lines = [Line(tuple(cell for cell in rows[row] if cell.column >= end)) for row, end in last.items()]
    held = [line for line in lines if any(is_figure(cell.text, marks) for cell in line.filled)]
    return held[0] if len(held) == 1 else lines[0] if not held else Line(())


def _columns(
    axis: Axis, runs: Iterable[Sequence[Piece]], cells: Sequence[Printed], lines: Sequence[Line],
    last: Columns | None, marks: tuple[Mark, ...],
) -> Columns | None:  # fmt: skip
    """The columns of one grid: by its headers if they agree, else as in the grid before, else in order."""
    paths = [path for path, _ in axis.leaves()]
    headers = [Header.of(axis, run, cells) for run in runs if run]
    named: dict[Path, Range] = {}
    agree = True
    for header in headers:
        for path, at in header.named.items():
            if path in paths:
                agree &= named.setdefault(path, header.texts[at].ends) == header.texts[at].ends
    foreign = [header.texts[at].ends for header in headers for at in _foreign(header)]
    choices = (by_header(paths, named, foreign, lines) if agree else None, None if named else last)
    found = next((choice for choice in choices if choice and choice.fit(lines, marks)), None)
    return found or by_order(paths, lines, marks)


def _foreign(header: Header) -> list[int]:
    """The texts of a header that name no member of the axis."""
    known = set(header.named.values())
    return [at for at, piece in enumerate(header.pieces) if piece.kind == "text" and at not in known]


def across(
    outline: Outline, pieces: Sequence[Piece], cells: Sequence[Printed], rows: Printings
) -> tuple[dict[int, Printed], bool]:
    """The cells of a table that stands in one line of a grid under nested headers, by position; nothing in doubt.

    Also whether the header names each of them, rather than that they are taken in order.
    """
    block = outline.table.blocks[0]
    every = [cell for row in outline.rows for cell in row.cells]
    labels = [piece for piece in pieces if piece.kind == "label" and cells[piece.start].grid >= 0]
    if not labels or len({cells[piece.start].grid for piece in labels}) > 1:
        return {}, False
    named: dict[Path, Range] = {}
    for piece in labels:
        here = cells[piece.start]
        columns = [path for path, chain in block.columns.leaves() if piece.word in outline.spelt(chain)]
        above = [cells[other.start] for other in labels if cells[other.start].row < here.row]
        groups = [path for path, chain in block.rows.leaves() for other in labels
                  if other.word in outline.spelt(chain) and cells[other.start] in above
                  and meet(cells[other.start].ends, here.ends)]  # fmt: skip
        if len(columns) == len(groups) == 1:
            if (key := groups[0] + columns[0]) in named:
                return {}, False
            named[key] = here.ends
    bottom = max(cells[piece.end - 1].row for piece in labels)
    grid = cells[labels[0].start].grid
    lines = [Line(row) for number, row in rows.items() if number > bottom and row[0].grid == grid]
    held = [line for line in lines if any(is_figure(cell.text, outline.marks) for cell in line.filled)]
    return _met(every, named, held or lines[:1], outline.marks)


def _met(
    every: Sequence[Cell], named: Mapping[Path, Range], lines: Sequence[Line], marks: tuple[Mark, ...]
) -> tuple[dict[int, Printed], bool]:
    """The cells of the one line, by position."""
    paths = [cell.row + cell.column for cell in every]
    if len(lines) != 1:
        return {}, False
    columns = by_header(paths, named, (), lines) if len(named) == len(paths) else None
    if columns is None or not columns.fit(lines, marks):
        columns = by_order(paths, lines, marks)
    found, _ = columns.take(lines[0]) if columns else ({}, "")
    placed = {cell.position: found[path] for cell, path in zip(every, paths, strict=True)} if found else {}
    return placed, columns is not None and columns.named
