"""Hazards of figures: they are printed in another way, or there is nothing to print."""

from collections.abc import Callable

from printing.paper import Grid, Paper, Spot

_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def _some(paper: Paper, share: float) -> list[Spot]:
    spots = [spot for grid in paper.grids() for spot in grid.spots("figure") if spot.cell and spot.text.strip()]
    return [spot for spot in spots if paper.random.random() < share]


def dressed_figures(paper: Paper) -> None:
    """Separators, full-width digits, a unit, a note, blanks around the figure."""
    for spot in _some(paper, 0.2):
        text = spot.text
        choices = [text.translate(_WIDE), f"{text}（含自然失效29件）", f" {text}\xa0", f"{text}\n", f"\t{text} "]
        if text.isdecimal() and spot.cell:
            choices += [f"{int(text):,}", f"{text}{spot.cell.type.unit}", f"？ {text}"]
        spot.text = paper.random.choice(choices)


def blank_figures(paper: Paper) -> None:
    """Figures left out, as nothing, a dash or a blank."""
    for spot in _some(paper, 0.15):
        _print(paper, spot, paper.random.choice(["", "", "-", "—", "--", "\xa0", " ", "\u3000"]))


def blank_rows(paper: Paper) -> None:
    """A few rows whose figures are all left out."""
    for grid in paper.filled():
        for at in paper.random.sample(grid.rows("figure"), min(2, len(grid.rows("figure")))):
            for spot in grid.figures(at):
                _print(paper, spot, "")


def blank_ends(paper: Paper) -> None:
    """Only the last figure of each row is filled in, or only the others."""
    last = paper.random.random() < 0.5
    for grid in paper.filled():
        for at in grid.rows("figure"):
            *others, end = grid.figures(at)
            for spot in others if last else [end]:
                _print(paper, spot, "")


def marked_figures(paper: Paper) -> None:
    """A sign that the form declares."""
    signs = [text for mark in paper.form.marks for text in mark.texts]
    for spot in _some(paper, 0.05) if signs else ():
        _print(paper, spot, paper.random.choice(signs))


def garbled_figures(paper: Paper) -> None:
    """A figure that no one can read."""
    for spot in _some(paper, 0.03):
        _print(paper, spot, paper.random.choice(["1A2", "12..5", "3 4 5", "约20", "见附注"]))


def _print(paper: Paper, spot: Spot, text: str) -> None:
    spot.text = text
    if spot.cell:
        paper.truth[spot.cell.position] = text


def split_number(paper: Paper) -> None:
    """12 as 1 and 2 in two cells; in the other rows the two are merged."""
    for grid in paper.filled():
        rows = [at for at in grid.rows("figure") if any(len(spot.text.strip()) > 1 for spot in grid.figures(at))]
        if rows:
            _split(paper, grid, paper.random.choice(rows))


def _split(paper: Paper, grid: Grid, row: int) -> None:
    spot = paper.random.choice([spot for spot in grid.figures(row) if len(spot.text.strip()) > 1])
    column = grid.matrix[row].index(spot)
    end = column + grid.matrix[row].count(spot)
    grid.insert_column(end, lambda line: line[end - 1] if end <= len(line) else Spot(""))
    left, right = Spot(spot.text[:1], "figure", spot.cell), Spot(spot.text[1:], "other")
    grid.matrix[row][column : end + 1] = [*[left] * (end - column), right]
    paper.doubt_spots(grid.figures(row))


def lost_number(paper: Paper) -> None:
    """A cell is missing, and those behind it move up: what stands under a label is what is printed for it."""
    for grid in paper.filled():
        row = paper.random.choice(grid.rows("figure"))
        figures = grid.figures(row)
        if len(figures) > 1:
            paper.doubt_spots(figures)
            gone = paper.random.choice(figures)
            grid.matrix[row] = [spot for spot in grid.matrix[row] if spot is not gone]
            for spot, text in zip(figures, [s.text for s in figures if s is not gone] + [""], strict=True):
                if spot.cell:
                    paper.truth[spot.cell.position] = text


def merged_figures(paper: Paper) -> None:
    """Two neighbours that print the same are merged into one cell, in a row or in a column."""
    for grid in paper.filled():
        row = paper.random.choice(grid.rows("figure"))
        for a, b in zip(grid.figures(row), grid.figures(row)[1:], strict=False):
            if a.text == b.text:
                grid.matrix[row] = [a if spot is b else spot for spot in grid.matrix[row]]
                paper.doubt_spots([*grid.figures(row), b])
                break


def label_alone(paper: Paper) -> None:
    """A row that ends behind its label: its cells are left out, not empty."""
    grid = paper.pick(lambda grid: bool(grid.rows("label")))
    if grid:
        row = paper.random.choice(grid.rows("figure"))
        if grid.label(row):
            paper.doubt_spots(grid.figures(row))
            for spot in grid.figures(row):
                _print(paper, spot, "")
            grid.matrix[row] = [spot for spot in grid.matrix[row] if spot.kind != "figure"]


Hazard = Callable[[Paper], None]
FIGURES: tuple[Hazard, ...] = (
    dressed_figures, blank_figures, blank_rows, blank_ends, marked_figures, garbled_figures, split_number, lost_number,
    merged_figures, label_alone,
)  # fmt: skip
