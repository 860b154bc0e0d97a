"""The official layout of a form: its tables with their merged headers and labels, between their titles."""

from collections.abc import Sequence
from random import Random

from gouji.forms.form import Block, Cell, Form, Member, Table
from printing.paper import Grid, Item, Paper, Row, Spot

AGENCY = "瑶海区人民政府办公室"
NOTE = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"


def official(form: Form, figures: Sequence[str], seed: int = 0, year: int = 2024) -> Paper:
    """The form filled with one printed figure for each cell."""
    first, *others = [narrative.labels[0] for narrative in form.narratives]
    items: list[Item] = [f"{AGENCY}{year}年{form.title}", first, f"{year}年，新收申请103件，结转5件。"]
    for table in form.tables:
        items += [table.labels[0], grid_of(form, table, figures)]
    items += [text for label in others for text in (label, "无。")]
    return Paper(form, items, dict(enumerate(figures)), Random(seed))


def grid_of(form: Form, table: Table, figures: Sequence[str]) -> Grid:
    """One table as it is printed."""
    own = [cell for cell in form.cells if cell.table.name == table.name]
    if table.across:
        return Grid(_across(table.blocks[0], own, figures), table.name)
    labels = max(len(cell.row) for cell in own)
    values = max(len({cell.column for cell in own if cell.block == at}) for at in range(len(table.blocks)))
    rows: list[Row] = []
    for number, block in enumerate(table.blocks):
        cells = [cell for cell in own if cell.block == number]
        if block.headings:
            rows.append([Spot(block.headings[0], "title")] * (labels + values))
        rows += _header(block, labels, values)
        rows += _body(cells, figures, labels, values)
    return Grid(rows, table.name)


def _depth(members: Sequence[Member]) -> int:
    return 1 + max((_depth(member.children) for member in members if member.children), default=0)


def _leaves(member: Member) -> int:
    return sum(map(_leaves, member.children)) or 1


def _nest(members: Sequence[Member], depth: int, under: Sequence[Member] = ()) -> list[Row]:
    """The rows of a nested header; a member without children goes down to the last row, or has `under` below it."""
    rows: list[Row] = [[] for _ in range(depth)]
    for member in members:
        inner = member.children or under
        below = _nest(inner, depth - 1, under if member.children else ()) if inner else []
        width = len(below[0]) if below else 1
        spot = Spot(member.labels[0], "header")
        for at, row in enumerate(rows):
            row += below[at - 1] if below and at else [spot] * width
    return rows


def _header(block: Block, labels: int, values: int) -> list[Row]:
    """The header of a block: what names the columns stands above them, or beside them if they are not nested."""
    members = block.columns.members
    depth = _depth(members)
    rows = [_stretched(row, values) for row in _nest(members, depth)]
    heading = block.columns.headings[:1]
    corner = Spot(heading[0], "header") if heading and depth == 1 else Spot(NOTE, "note")
    if heading and depth > 1:
        rows.insert(0, [Spot(heading[0], "header")] * values)
    return [[corner] * labels + row for row in rows]


def _stretched(row: Row, width: int) -> Row:
    return row + row[-1:] * (width - len(row))


def _body(cells: Sequence[Cell], figures: Sequence[str], labels: int, values: int) -> list[Row]:
    groups: dict[tuple[str, ...], Spot] = {}
    rows: list[Row] = []
    for path in dict.fromkeys(cell.row for cell in cells):
        line = [cell for cell in cells if cell.row == path]
        spots = [
            groups.setdefault(path[: depth + 1], Spot(member.labels[0], "label"))
            for depth, member in enumerate(line[0].rows)
        ]
        printed = [Spot(figures[cell.position], "figure", cell) for cell in line]
        rows.append(_stretched(spots, labels) + _stretched(printed, values))
    return rows


def _across(block: Block, cells: Sequence[Cell], figures: Sequence[str]) -> list[Row]:
    depth = _depth(block.rows.members) + _depth(block.columns.members)
    header = _nest(block.rows.members, depth, block.columns.members)
    return [*header, [Spot(figures[cell.position], "figure", cell) for cell in cells]]
