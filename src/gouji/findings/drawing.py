"""Part of a table drawn as text: the rows and columns that broken identities touch, their cells marked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import groupby

from gouji.findings.words import missing_word
from gouji.forms.form import Cell, Member
from gouji.forms.report import Report
from gouji.messages import count
from gouji.sources import width

MAX_ROWS = 30
_LONGEST = 30


def draw(report: Report, marked: Collection[int], columns: int) -> list[str]:
    """The cells at these positions in their rows, marked with brackets and a `>`, with where each row is printed.

    Beside them stand the other cells of the rows, as far as `columns` of a terminal reach; rows that hold nothing but 0
    are counted instead.
    """
    tables = list(dict.fromkeys((report.cells[at].table.name, report.cells[at].block) for at in sorted(marked)))
    lines: list[str] = []
    for table, block in tables:
        own = [cell for cell in report.cells if (cell.table.name, cell.block) == (table, block)]
        lines += _block(report, own, set(marked), columns)
    return lines


def _block(report: Report, cells: Sequence[Cell], marked: set[int], columns: int) -> list[str]:
    rows = [list(row) for _, row in groupby(cells, key=lambda cell: cell.row)]
    touched = [row for row in rows if any(cell.position in marked for cell in row)]
    telling = [row for row in touched if _tells(report, row, marked)]
    told = telling[:MAX_ROWS]
    grids = []
    paths = {cell.column for cell in cells if cell.position in marked}
    narrow = [[cell for cell in row if cell.column in paths] for row in told]
    for rows_of, turned in ((told, False), (narrow, False), (narrow, True)):
        grids.append(_grid(report, rows_of, marked, turned))
        if _breadth(grids[-1]) <= columns:
            break
    grid = grids[-1] if _breadth(grids[-1]) <= columns else min(grids, key=_breadth)
    more, zero = len(telling) - len(told), len(touched) - len(telling)
    return [
        *grid,
        *([count("({n} more row)", "({n} more rows)", more)] if more else []),
        *([count("({n} row of 0)", "({n} rows of 0)", zero)] if zero else []),
    ]


def _breadth(grid: Sequence[str]) -> int:
    return max(map(width, grid))


def _tells(report: Report, row: Sequence[Cell], marked: set[int]) -> bool:
    """Whether a row is worth its line: it holds something else than 0 where it is marked."""
    at = [cell.position for cell in row if cell.position in marked]
    return any(report.values[position] or position in report.states for position in at)


def _grid(report: Report, rows: Sequence[Sequence[Cell]], marked: set[int], turned: bool) -> list[str]:
    """The rows in columns under their headers; or `turned`, which is narrower where there are few rows."""
    if not rows:
        return [""]
    lines: Sequence[Sequence[Cell]] = list(zip(*rows, strict=True)) if turned else rows
    names = _labels([line[0].columns if turned else line[0].rows for line in lines])
    heads = _labels([cell.rows if turned else cell.columns for cell in lines[0]])
    body = [[name, *(_value(report, cell, marked) for cell in line)] for name, line in zip(names, lines, strict=True)]
    table = [["", *heads], *body]
    widths = [max(width(line[at]) for line in table) for at in range(len(table[0]))]
    places = ["", *(_place(report, line, marked) for line in lines)]
    return [
        "  ".join([_left(line[0], widths[0]), *map(_right, line[1:], widths[1:]), place]).rstrip()
        for line, place in zip(table, places, strict=True)
    ]


def _value(report: Report, cell: Cell, marked: set[int]) -> str:
    state = report.states.get(cell.position)
    text = report.printed(cell).strip() or (missing_word(state.kind) if state else "0")
    text = text if width(text) <= _LONGEST else f"{text[: _LONGEST // 2 - 1]}…"
    return f"[{text}]" if cell.position in marked else f"{text} "


def _place(report: Report, row: Sequence[Cell], marked: set[int]) -> str:
    """Where the first marked cell of a row is printed."""
    places = [report.places.get(cell.position, "") for cell in row if cell.position in marked]
    return places[0] if places and places[0] != row[0].key else ""


def _labels(chains: Sequence[Sequence[Member]]) -> list[str]:
    """The labels, the long ones cut at their end, or in the middle where they begin alike."""
    texts = [chain[-1].labels[0] for chain in chains]
    short = [text if width(text) <= _LONGEST else text[: _LONGEST // 2 - 1] + "…" for text in texts]
    if len(set(short)) == len(set(texts)):
        return short
    half = _LONGEST // 4
    return [text if width(text) <= _LONGEST else f"{text[:half]}…{text[-half:]}" for text in texts]


def _left(text: str, columns: int) -> str:
    return text + " " * (columns - width(text))


def _right(text: str, columns: int) -> str:
    return " " * (columns - width(text)) + text
