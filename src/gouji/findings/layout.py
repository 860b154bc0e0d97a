"""A table as it is printed: headers with their spans, the labels of groups beside their rows, a box for each cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from attrs import evolve, frozen

from gouji.forms.form import Cell, Member, Table

Chain = tuple[Member, ...]


@frozen
class Box:
    """One printed box: a cell, or a label that spans so many rows and columns (`head` says of which axis)."""

    text: str
    rows: int = 1
    columns: int = 1
    head: str = ""
    cell: Cell | None = None


Line = tuple[Box, ...]


@frozen
class Sheet:
    """A table in printed lines, all of one width; `head` lines repeat over a page only where there is one block."""

    table: Table
    width: int
    blocks: tuple[tuple[tuple[Line, ...], tuple[Line, ...]], ...]
    """The head lines and the lines of cells of each block."""


def sheets(cells: Iterable[Cell]) -> tuple[Sheet, ...]:
    """The tables that hold these cells, in order."""
    tables = [(table, list(own)) for table, own in groupby(cells, key=lambda cell: cell.table)]
    return tuple(_sheet(table, own) for table, own in tables)


def _sheet(table: Table, cells: Sequence[Cell]) -> Sheet:
    blocks = [_block(table, list(own)) for _, own in groupby(cells, key=lambda cell: cell.block)]
    width = max(_width(body[0]) for _, body in blocks)
    return Sheet(table, width, tuple((_wide(head, width), _wide(body, width)) for head, body in blocks))


def _block(table: Table, cells: Sequence[Cell]) -> tuple[list[list[Box]], list[list[Box]]]:
    """The head lines and the lines of cells of one block."""
    block = table.blocks[cells[0].block]
    if table.across:
        head = _across([(*cell.rows, *cell.columns) for cell in cells])
        return [*_titles(block.headings, len(cells)), *head], [[_box(cell) for cell in cells]]
    lines = [list(own) for _, own in groupby(cells, key=lambda cell: cell.row)]
    columns = [cell.columns for cell in lines[0]]
    labels = _down([line[0].rows for line in lines])
    margin = sum(box.columns for box in labels[0])
    head = _across(columns)
    over, corner = block.columns.headings, block.rows.headings
    if over and len(head) == 1:  # the labels leave no room above them: it is printed beside them
        over, corner = (), over
    head = [*_titles(over, len(columns)), *head]
    head[0].insert(0, Box("".join(corner[:1]), len(head), margin, "corner"))
    body = [[*label, *map(_box, line)] for label, line in zip(labels, lines, strict=True)]
    return [*_titles(block.headings, margin + len(columns)), *head], body


def _titles(headings: Sequence[str], width: int) -> list[list[Box]]:
    return [[Box(headings[0], 1, width, "block")]] if headings else []


def _box(cell: Cell) -> Box:
    return Box("", cell=cell)


def _across(chains: Sequence[Chain]) -> list[list[Box]]:
    """The labels over columns: a line for each level, a label as deep as its line allows."""
    depth = max(map(len, chains))
    return [
        [Box(text, deep, size, "column") for _, text, deep, size in _level(chains, level, depth)]
        for level in range(depth)
    ]


def _down(chains: Sequence[Chain]) -> list[list[Box]]:
    """The labels before rows: those that begin in each row."""
    depth = max(map(len, chains))
    lines: list[list[Box]] = [[] for _ in chains]
    for level in range(depth):
        for at, text, deep, size in _level(chains, level, depth):
            lines[at].append(Box(text, size, deep, "row"))
    return lines


def _level(chains: Sequence[Chain], level: int, depth: int) -> Iterator[tuple[int, str, int, int]]:
    """The labels of one level: where each begins, its text, over how many levels and how many members it goes."""
    at = 0
    for group, chain in _groups(chains, level):
        if len(chain) > level:
            leaf = len(chain) == level + 1
            yield at, chain[level].labels[0], depth - level if leaf else 1, group
        at += group


def _groups(chains: Sequence[Chain], level: int) -> Iterator[tuple[int, Chain]]:
    """How many members have one parent at a level, and the first of them; a member that has cells stands alone."""
    inner = groupby(enumerate(chains), key=lambda item: (len(item[1]) <= level + 1 and item[0], item[1][: level + 1]))
    for _, group in inner:
        run = list(group)
        yield len(run), run[0][1]


def _width(line: Sequence[Box]) -> int:
    return sum(box.columns for box in line)


def _wide(lines: Sequence[Sequence[Box]], width: int) -> tuple[Line, ...]:
    """The lines of a narrower block, the last box of each as wide as the table leaves room."""
    missing = width - _width(lines[0])
    full = [evolve(line[-1], columns=line[-1].columns + missing) for line in lines]
    return tuple((*line[:-1], last) for line, last in zip(lines, full, strict=True))
