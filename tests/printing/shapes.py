"""Hazards of rows and columns: some too many, some too few, some in another place."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from printing.paper import Grid, Paper, Spot


def _main(paper: Paper) -> Grid:
    return max(paper.filled(), key=lambda grid: len(grid.rows("figure")))


def _leaf_headers(grid: Grid, column: int) -> list[Spot]:
    return [row[column] for row in grid.matrix if column < len(row) and row[column].kind == "header"]


def numbered_columns(paper: Paper) -> None:
    """A row below the header that numbers the columns."""
    for grid in paper.filled():
        first = grid.rows("figure")[0] if grid.rows("figure") else 0
        columns = [at for at, spot in enumerate(grid.matrix[first]) if spot.kind == "figure"]
        row = [Spot("栏次") if at == 0 else Spot("") for at in range(grid.width)]
        for number, at in enumerate(columns, 1):
            row[at] = Spot(str(number))
        grid.matrix.insert(first, row)


def numbered_rows(paper: Paper) -> None:
    """A column between labels and figures that numbers the rows."""
    for grid in paper.filled():
        rows = grid.rows("figure")
        if not grid.columns("label"):
            continue
        numbers = {id(grid.matrix[at]): str(number) for number, at in enumerate(rows, 1)}
        at = max(grid.columns("label")) + 1
        head = iter(["行次"])
        grid.insert_column(at, partial(_numbered, numbers, head))


def _numbered(numbers: dict[int, str], head: Iterator[str], row: Sequence[Spot]) -> Spot:
    return Spot(numbers.get(id(row)) or next(head, ""))


def remark_column(paper: Paper) -> None:
    """A last column for remarks, mostly empty."""
    for grid in paper.filled():
        grid.insert_column(grid.width, lambda row: Spot(paper.random.choice(["", "", "", "见附件"])))
        for row in grid.rows("header")[:1]:
            grid.matrix[row][-1] = Spot("备注")


def strange_column(paper: Paper) -> None:
    """A column that the form does not know, with figures, among or behind its own."""
    grid = _main(paper)
    paper.doubt_table(grid)
    columns = grid.columns("figure")
    at = paper.random.choice([*columns[1:], columns[-1] + 1])
    label = paper.random.choice(["境外机构", "上年数", "同比"])
    header = Spot(label, "header")
    rows = set(map(id, (grid.matrix[row] for row in grid.rows("figure"))))
    grid.insert_column(at, lambda row: Spot(str(paper.random.randrange(900, 999))) if id(row) in rows else header)


def extra_row(paper: Paper) -> None:
    """A row that the form does not know."""
    grid = _main(paper)
    label = paper.random.choice(["9.依法不属于公开范围的情形", "小计", "其中：涉企"])
    at = paper.random.choice(grid.rows("figure"))
    new: dict[Spot, Spot] = {}
    row = [_made(spot, label, paper, new) for spot in grid.matrix[at]]
    grid.insert_row(at, row)
    paper.doubt.add(-1)  # the figures of the strange row belong nowhere, and are told


def _made(spot: Spot, label: str, paper: Paper, new: dict[Spot, Spot]) -> Spot:
    if spot not in new:
        text = str(paper.random.randrange(900, 999)) if spot.kind == "figure" else label
        new[spot] = Spot(text)
    return new[spot]


def row_missing(paper: Paper) -> None:
    """A row is left out."""
    grid = _main(paper)
    at = paper.random.choice(grid.rows("figure"))
    paper.doubt_spots(grid.figures(at))
    if grid.label(at):
        del grid.matrix[at]


def row_twice(paper: Paper) -> None:
    """A row once more, with other figures."""
    grid = _main(paper)
    at = paper.random.choice(grid.rows("figure"))
    paper.doubt_spots(grid.figures(at))
    row = [Spot(f"7{spot.text.strip()}", "figure") if spot.kind == "figure" else spot for spot in grid.matrix[at]]
    label = grid.label(at)
    if label and all(spot.text.strip() for spot in grid.figures(at)):
        again = Spot(label.text, "label")
        row = [again if spot is label else spot for spot in row]
        grid.matrix.insert(at + 1, row)


def swapped_rows(paper: Paper) -> None:
    """Two neighbours of one group in another order."""
    grid = _main(paper)
    rows = [at for at in grid.rows("figure")[:-1] if _same_group(grid, at, at + 1)]
    if rows:
        at = paper.random.choice(rows)
        grid.matrix[at], grid.matrix[at + 1] = grid.matrix[at + 1], grid.matrix[at]


def _same_group(grid: Grid, a: int, b: int) -> bool:
    cells = [[spot.cell for spot in grid.figures(at) if spot.cell] for at in (a, b) if at < len(grid.matrix)]
    return len(cells) == 2 and all(cells) and cells[0][0].row[:-1] == cells[1][0].row[:-1]


def moved_row(paper: Paper) -> None:
    """A row among those of another group."""
    grid = _main(paper)
    if not grid.columns("label"):
        return
    at = paper.random.choice(grid.rows("figure"))
    paper.doubt_table(grid)
    row = grid.matrix.pop(at)
    grid.matrix.insert(paper.random.choice(grid.rows("figure") or [0]), row)


def group_as_row(paper: Paper) -> None:
    """A group printed as one row with figures, in the place of its rows, as no edition does."""
    grid = _main(paper)
    known = {path[-1] for _, path in paper.form.wholes}
    groups = [area for area in grid.areas() if area.spot.kind == "label" and 1 < area.rows < 12]
    groups = [area for area in groups if not any(name in "".join(area.spot.text.split()) for name in known)]
    if groups:
        area = paper.random.choice(groups)
        for at in range(area.row, area.row + area.rows):
            paper.doubt_spots(grid.figures(at))
        line = grid.matrix[area.row]
        inner = [area.spot if spot.kind == "label" and at >= area.column else spot for at, spot in enumerate(line)]
        figures: dict[Spot, Spot] = {}
        grid.matrix[area.row : area.row + area.rows] = [
            [_made(spot, "", paper, figures) if spot.kind == "figure" else spot for spot in inner]
        ]


def header_missing(paper: Paper) -> None:
    """The header of a table is left out, or its last row."""
    grid = paper.random.choice(paper.filled())
    paper.doubt_table(grid)
    rows = [at for at in grid.rows("header") if at not in grid.rows("figure")]
    rows = rows if paper.random.random() < 0.5 else rows[-1:]
    grid.matrix = [row for at, row in enumerate(grid.matrix) if at not in rows]


def header_shifted(paper: Paper) -> None:
    """The labels of the last row of the header one column to the right; the last stands where none was."""
    grid = paper.random.choice(paper.filled())
    rows = [at for at in grid.rows("header") if at not in grid.rows("figure")]
    if rows:
        paper.doubt_table(grid)
        row = grid.matrix[rows[-1]]
        places = [at for at, spot in enumerate(row) if spot.kind == "header"]
        if places:
            row.insert(places[0], Spot(""))
            for other in grid.matrix:
                if other is not row:
                    other.append(Spot(""))


def columns_swapped(paper: Paper) -> None:
    """Two columns, labels and figures, change places."""
    grid = paper.random.choice(paper.filled())
    pairs = [(a, a + 1) for a in grid.columns("figure")[:-1] if _siblings(grid, a, a + 1)]
    if pairs:
        paper.doubt_table(grid)
        a, b = paper.random.choice(pairs)
        for row in grid.matrix:
            if b < len(row) and row[a].kind == row[b].kind != "title":
                row[a], row[b] = row[b], row[a]


def _siblings(grid: Grid, a: int, b: int) -> bool:
    first, second = _leaf_headers(grid, a), _leaf_headers(grid, b)
    return len(first) == len(second) > 0 and first[-1] is not second[-1] and first[:-1] == second[:-1]


def strange_header(paper: Paper) -> None:
    """A column with another label than the form's."""
    grid = paper.random.choice(paper.filled())
    paper.doubt_table(grid)
    paper.random.choice(grid.spots("header") or [Spot("")]).text = "境外机构"


def other_unit(paper: Paper) -> None:
    """Another unit in the header than the form's."""
    for grid in paper.filled():
        for spot in grid.spots("header"):
            if "万元" in spot.text:
                paper.doubt_table(grid)
                spot.text = spot.text.replace("万元", "元")


def cut_off(paper: Paper) -> None:
    """The last rows are left out."""
    grid = _main(paper)
    rows = grid.rows("figure")
    if len(rows) > 2:
        rest = grid.cut(paper.random.choice(rows[2:]))
        paper.doubt_spots(rest.spots("figure"))


def lost_title(paper: Paper) -> None:
    """A table without its title."""
    table = paper.random.choice(paper.form.tables)
    paper.doubt.update(cell.position for cell in paper.form.cells)
    paper.items = ["附表" if item in table.labels else item for item in paper.items]


Hazard = Callable[[Paper], None]
SHAPES: tuple[Hazard, ...] = (
    numbered_columns, numbered_rows, remark_column, strange_column, extra_row, row_missing, row_twice, swapped_rows,
    moved_row, group_as_row, header_missing, header_shifted, columns_swapped, strange_header, other_unit, cut_off,
    lost_title,
)  # fmt: skip
