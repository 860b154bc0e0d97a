"""Hazards of labels: how they are typed, broken, repeated and merged."""

from collections.abc import Callable
from operator import itemgetter

from gouji.forms.labels import normal
from hazards import _slip as slip
from printing.paper import Grid, Paper, Spot

_LABELS = ("title", "header", "label")


def _each_label(paper: Paper, change: Callable[[str], str], paragraphs: bool = True) -> None:
    titles = {label for table in paper.form.tables for label in table.labels}
    for at, item in enumerate(paper.items):
        if isinstance(item, Grid):
            for spot in item.spots(*_LABELS):
                spot.text = change(spot.text)
        elif paragraphs and item in titles:
            paper.items[at] = change(item)


def radicals(paper: Paper) -> None:
    """Kangxi radicals, as extraction from a PDF gives them."""
    signs = str.maketrans("一二人行工用自非西長面", "⼀⼆⼈⾏⼯⽤⾃⾮⻄⻑⾯")
    _each_label(paper, lambda label: label.translate(signs))


def other_signs(paper: Paper) -> None:
    """Brackets, points and quotes of another width or shape."""
    signs = str.maketrans("（），、.：“”", "(),､．:「」")
    _each_label(paper, lambda label: label.translate(signs))


def vertical_labels(paper: Paper) -> None:
    """Labels of groups one character a line, those of columns two."""
    for grid in paper.filled():
        for area in list(grid.areas()):
            if area.spot.kind == "label" and area.rows > 1:
                area.spot.text = "\n".join(area.spot.text)
            elif area.spot.kind == "header" and area.columns == 1:
                text = area.spot.text
                area.spot.text = "\n".join(text[at : at + 2] for at in range(0, len(text), 2))


def broken_labels(paper: Paper) -> None:
    """A break of line or blanks somewhere inside each label."""

    def change(label: str) -> str:
        at = paper.random.randrange(1, max(2, len(label)))
        return label[:at] + paper.random.choice(["\n", " ", "\u3000", "\xa0", "\n "]) + label[at:]

    _each_label(paper, change, paragraphs=False)


def misspelt(paper: Paper) -> None:
    """One character is wrong in a label of a row, of a column and of a title; short ones and units are beyond that."""
    for grid in paper.filled():
        for kind in ("label", "header"):
            spots = [spot for spot in grid.spots(kind) if len(normal(spot.text)) >= 4 and "单位" not in spot.text]
            for spot in paper.random.sample(spots, min(1, len(spots))):
                spot.text = slip(spot.text, paper.random)


def shortened(paper: Paper) -> None:
    """The last alternative that the form declares for each label."""
    short = {
        chain[-1].labels[0]: chain[-1].labels[-1]
        for table in paper.form.tables
        for block in table.blocks
        for axis in (block.rows, block.columns)
        for _, chain in axis.walk()
    }
    _each_label(paper, lambda label: short.get(label, label))


def _torn_labels(paper: Paper, text: Callable[[Spot, int, int], str]) -> None:
    """Merged labels as one cell for each row; `text` gives what stands in one of them, of so many."""
    for grid in paper.filled():
        for area in list(grid.areas()):
            if area.spot.kind in _LABELS and area.rows > 1:
                for at in range(area.rows):
                    part = Spot(text(area.spot, at, area.rows), area.spot.kind)
                    line = grid.matrix[area.row + at]
                    line[area.column : area.column + area.columns] = [part] * area.columns


def groups_repeated(paper: Paper) -> None:
    """Labels of groups in every row."""
    _torn_labels(paper, lambda spot, at, rows: spot.text)


def groups_first(paper: Paper) -> None:
    """Labels of groups in their first row, empty cells below."""
    _torn_labels(paper, lambda spot, at, rows: "" if at else spot.text)


def groups_middle(paper: Paper) -> None:
    """Labels of groups in the row in the middle, empty cells around, as printed."""
    _torn_labels(paper, lambda spot, at, rows: spot.text if at == rows // 2 else "")


def labels_over_rows(paper: Paper) -> None:
    """Labels of groups spread over the cells of their rows."""

    def text(spot: Spot, at: int, rows: int) -> str:
        size = -(-len(spot.text) // rows)
        return spot.text[at * size : (at + 1) * size]

    _torn_labels(paper, text)


def unmerged_columns(paper: Paper) -> None:
    """What is merged over columns stands in the first of them, empty cells behind."""
    for grid in paper.filled():
        for area in list(grid.areas()):
            if area.columns > 1:
                left, right = area.column + 1, area.column + area.columns
                for line in grid.matrix[area.row : area.row + area.rows]:
                    line[left:right] = [Spot("", "other") for _ in range(left, right)]


def items_apart(paper: Paper) -> None:
    """The number of a row's label in a cell of its own, ahead of the label."""
    for grid in paper.filled():
        leaves = {spot: spot.text.partition(".") for at in grid.rows("figure") if (spot := grid.label(at))}
        leaves = {spot: found for spot, found in leaves.items() if found[0].isdecimal() and found[2]}
        if not leaves:
            continue
        at = max(grid.columns("label"))
        numbers = {spot: Spot(f"{found[0]}.", "label") for spot, found in leaves.items()}
        grid.insert_column(at + 1, itemgetter(at))
        for row in grid.matrix:
            if row[at] in numbers:
                row[at] = numbers[row[at]]
        for spot, found in leaves.items():
            spot.text = found[2]


def lost_groups(paper: Paper) -> None:
    """Labels of groups left out."""
    for grid in paper.filled():
        for area in list(grid.areas()):
            if area.spot.kind == "label" and area.rows > 1:
                area.spot.text = ""


def lost_label(paper: Paper) -> None:
    """The label of a row left out."""
    grid = paper.pick(lambda grid: bool(grid.rows("label")))
    if grid:
        at = paper.random.choice(grid.rows("figure"))
        if label := grid.label(at):
            label.text = ""
            paper.doubt_spots(grid.figures(at))


Hazard = Callable[[Paper], None]
LABELS: tuple[Hazard, ...] = (
    radicals, other_signs, vertical_labels, broken_labels, misspelt, shortened, groups_repeated, groups_first,
    groups_middle, labels_over_rows, unmerged_columns, items_apart, lost_groups, lost_label,
)  # fmt: skip
