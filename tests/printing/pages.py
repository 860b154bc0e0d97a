"""Hazards of pages: tables that break, go on, stand in one another, or carry what belongs to none."""

from collections.abc import Callable
from functools import partial

from printing.paper import Grid, Item, Paper, Row, Spot


def contents_first(paper: Paper) -> None:
    """A list of contents with the titles of all tables."""
    titles = [table.labels[0] for table in paper.form.tables]
    paper.items[1:1] = ["目录", *(f"{title}……………{number}" for number, title in enumerate(titles, 2))]


def contents_grid(paper: Paper) -> None:
    """The list of contents as a table."""
    titles = [table.labels[0] for table in paper.form.tables]
    rows: list[Row] = [[Spot(title), Spot(str(number))] for number, title in enumerate(titles, 2)]
    paper.items[1:1] = ["目录", Grid(rows)]


def title_inside(paper: Paper) -> None:
    """The title of each table as its first row, merged over all columns, not above it."""
    _titles_inside(paper, keep=False)


def title_twice(paper: Paper) -> None:
    """The title of each table above it and as its first row."""
    _titles_inside(paper, keep=True)


def _titles_inside(paper: Paper, keep: bool) -> None:
    labels = {table.name: table.labels[0] for table in paper.form.tables}
    for name, label in labels.items():
        for grid in paper.grids(name)[:1]:
            grid.insert_row(0, [Spot(label)] * grid.width)
            above = paper.at(grid) - 1
            if not keep and paper.items[above] == label:
                del paper.items[above]


def one_grid(paper: Paper) -> None:
    """Two tables, or all, in one grid, with their titles as rows."""
    _titles_inside(paper, keep=False)
    grids = paper.filled()
    first = paper.random.randrange(len(grids) - 1) if len(grids) > 1 else 0
    width = max(grid.width for grid in grids)
    for grid in grids[first + 1 :]:
        paper.items.remove(grid)
        grids[first].matrix += grid.matrix
    for row in grids[first].matrix:
        row += [row[-1]] * (width - len(row))


def units_line(paper: Paper) -> None:
    """A line with the unit above each table, or as its first row."""
    for grid in paper.filled():
        if paper.random.random() < 0.5:
            grid.insert_row(0, [Spot("单位：件")] * grid.width)
        else:
            paper.items.insert(paper.at(grid), "单位：件")


def remarks(paper: Paper) -> None:
    """Remarks below each table, or as its last row."""
    for grid in paper.filled():
        if paper.random.random() < 0.5:
            grid.matrix.append([Spot("注：本表统计截至2024年12月31日，共3项。")] * grid.width)
        else:
            paper.items.insert(paper.at(grid) + 1, "（注：本表统计的现行有效行政规范性文件以区政府办公室印发计算）")


def _break(paper: Paper, grid: Grid, at: int, between: list[Item], below: Callable[[Spot], str]) -> Grid:
    rest = grid.cut(at, below)
    place = paper.at(grid) + 1
    paper.items[place:place] = [*between, rest]
    return rest


def _breaks(paper: Paper, header: bool, title: bool, below: Callable[[Spot], str]) -> None:
    labels = {table.name: table.labels[0] for table in paper.form.tables}
    for grid in [grid for grid in paper.filled() if len(grid.rows("figure")) > 1]:
        at = paper.random.choice(grid.rows("figure")[1:])
        head = [list(row) for row in grid.matrix[: grid.rows("figure")[0]]] if header else []
        again: dict[Spot, Spot] = {}
        copied = [[again.setdefault(spot, Spot(spot.text, spot.kind)) for spot in row] for row in head]
        between: list[Item] = ["— 3 —"] if paper.random.random() < 0.5 else []
        between += [f"{labels[grid.table]}（续）"] if title and grid.table in labels else []
        rest = _break(paper, grid, at, between, below)
        rest.matrix[:0] = copied if not header or len(grid.rows("header")) < 4 else []


def broken_table(paper: Paper) -> None:
    """Tables go on in another grid; the label of a torn group is not repeated."""
    _breaks(paper, header=False, title=False, below=lambda spot: "")


def broken_table_repeated(paper: Paper) -> None:
    """Tables go on in another grid; the label of a torn group is repeated."""
    _breaks(paper, header=False, title=False, below=lambda spot: spot.text)


def broken_table_headed(paper: Paper) -> None:
    """Tables go on in another grid below title and header."""
    title = paper.random.random() < 0.5
    _breaks(paper, header=True, title=title, below=lambda spot: spot.text)


def torn_labels(paper: Paper) -> None:
    """Tables go on in another grid, and so do the labels of groups that the break tears apart."""
    for grid in [grid for grid in paper.filled() if len(grid.rows("figure")) > 1]:
        inside = [at for at in range(1, len(grid.matrix)) if _torn(grid, at)]
        if not inside:
            continue
        at = paper.random.choice(inside)
        rest: dict[Spot, str] = {}
        for spot in _torn(grid, at):
            half = len(spot.text) // 2
            rest[spot], spot.text = spot.text[half:], spot.text[:half]
        _break(paper, grid, at, [], partial(_rest, rest))


def _rest(texts: dict[Spot, str], spot: Spot) -> str:
    return texts.get(spot, "")


def _torn(grid: Grid, at: int) -> set[Spot]:
    pairs = zip(grid.matrix[at - 1], grid.matrix[at], strict=False)
    return {a for a, b in pairs if a is b and a.kind == "label" and len(a.text) > 3}


def torn_row(paper: Paper) -> None:
    """The break of a page goes through the label of a row: its rest stands alone below, without figures."""
    grid = paper.pick(lambda grid: any(len(spot.text) > 9 for spot in grid.spots("label")))
    rows = [at for at in grid.rows("figure") if (s := grid.label(at)) and len(s.text) > 9] if grid else []
    if not grid or not rows:
        return
    at = paper.random.choice(rows)
    label = grid.label(at)
    assert label is not None
    half = paper.random.randrange(5, len(label.text) - 2)
    rest = Spot(label.text[half:], "label")
    line = [rest if spot is label else Spot("") if spot.kind == "figure" else spot for spot in grid.matrix[at]]
    label.text = label.text[:half]
    grid.matrix.insert(at + 1, line)
    if paper.random.random() < 0.5:
        _break(paper, grid, at + 1, [], lambda spot: "")


def running_header(paper: Paper) -> None:
    """The header once more inside the grid, at the break of a page."""
    for grid in paper.filled():
        rows, head = grid.rows("figure"), grid.rows("header")
        if len(rows) < 3 or not head or len(head) > 3:
            continue
        at = paper.random.choice(rows[1:])
        again: dict[Spot, Spot] = {}
        copied = [[again.setdefault(s, Spot(s.text, s.kind)) for s in grid.matrix[row]] for row in head]
        rest = grid.cut(at, lambda spot: spot.text)
        grid.matrix += [*copied, *rest.matrix]


def spacer_columns(paper: Paper) -> None:
    """Empty columns at the ends and somewhere inside."""
    for grid in paper.filled():
        for at in (0, paper.random.randrange(1, grid.width + 1), grid.width + 1):
            grid.insert_column(at, lambda row: Spot(""))


def spacer_rows(paper: Paper) -> None:
    """Empty rows at the ends and somewhere inside."""
    for grid in paper.filled():
        for at in (0, paper.random.randrange(1, len(grid.matrix) + 1), len(grid.matrix) + 1):
            grid.insert_row(at, [Spot("") for _ in range(grid.width)])


def page_numbers(paper: Paper) -> None:
    """Numbers of pages between paragraphs and tables."""
    for grid in paper.filled():
        paper.items.insert(
            paper.at(grid) + paper.random.randrange(2), paper.random.choice(["— 3 —", "- 12 -", "3 / 9"])
        )


def other_order(paper: Paper) -> None:
    """The tables stand in another order, each below its title."""
    grids = paper.grids()
    if len(grids) < 3 or any(not isinstance(paper.items[paper.at(g) - 1], str) for g in grids):
        return
    a, b = paper.at(grids[0]), paper.at(grids[2])
    items = paper.items
    items[a - 1 : a + 1], items[b - 1 : b + 1] = items[b - 1 : b + 1], items[a - 1 : a + 1]


Hazard = Callable[[Paper], None]
PAGES: tuple[Hazard, ...] = (
    contents_first, contents_grid, title_inside, title_twice, one_grid, units_line, remarks, broken_table,
    broken_table_repeated, broken_table_headed, torn_labels, torn_row, running_header, spacer_columns, spacer_rows,
    page_numbers, other_order,
)  # fmt: skip
