"""A printed form as a person sees it: paragraphs, and grids whose cells may span rows and columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from random import Random

from attrs import define, field, frozen

from gouji.forms.form import Cell, Form


@define(eq=False)
class Spot:
    """A cell of a grid; a merged one stands in every place that it covers.

    Kinds: `title`, `header`, `label`, `figure`, `note`, and `other` for what the form does not know.
    """

    text: str
    kind: str = "other"
    cell: Cell | None = None


Row = list[Spot]


@frozen
class Area:
    """A spot with the place where it begins and the rows and columns that it covers."""

    spot: Spot
    row: int
    column: int
    rows: int
    columns: int


@define(eq=False)
class Grid:
    """A printed table, or a part of one, as a matrix in which a merged spot stands several times."""

    matrix: list[Row]
    table: str = ""

    @property
    def width(self) -> int:
        return max(map(len, self.matrix), default=0)

    def areas(self) -> Iterator[Area]:
        """Each spot once, row by row, with its span; one that is torn apart comes once for each piece."""
        taken: set[tuple[int, int]] = set()
        for top, row in enumerate(self.matrix):
            for left, spot in enumerate(row):
                if (top, left) in taken:
                    continue
                right = next((at for at in range(left, len(row)) if row[at] is not spot), len(row))
                bottom = top + 1
                while bottom < len(self.matrix) and self._covers(bottom, left, right, spot):
                    bottom += 1
                taken.update((r, c) for r in range(top, bottom) for c in range(left, right))
                yield Area(spot, top, left, bottom - top, right - left)

    def _covers(self, row: int, left: int, right: int, spot: Spot) -> bool:
        line = self.matrix[row]
        beyond = right < len(line) and line[right] is spot
        return len(line) >= right and not beyond and all(line[at] is spot for at in range(left, right))

    def spots(self, *kinds: str) -> list[Spot]:
        """The spots of some kinds, each once."""
        return list(dict.fromkeys(spot for row in self.matrix for spot in row if not kinds or spot.kind in kinds))

    def rows(self, kind: str) -> list[int]:
        """The rows in which a spot of a kind stands."""
        return [at for at, row in enumerate(self.matrix) if any(spot.kind == kind for spot in row)]

    def figures(self, row: int) -> list[Spot]:
        """The figures of a row, each once."""
        return list(dict.fromkeys(spot for spot in self.matrix[row] if spot.kind == "figure"))

    def label(self, row: int) -> Spot | None:
        """The label directly ahead of the figures of a row."""
        labels = [spot for spot in self.matrix[row] if spot.kind == "label"]
        return labels[-1] if labels else None

    def columns(self, kind: str) -> list[int]:
        """The columns in which a spot of a kind stands."""
        return sorted({at for row in self.matrix for at, spot in enumerate(row) if spot.kind == kind})

    def insert_row(self, at: int, row: Row) -> None:
        """A row more; a merged spot that covers the place is stretched over it."""
        above = self.matrix[at - 1] if at else []
        below = self.matrix[at] if at < len(self.matrix) else []
        for column, (over, under) in enumerate(zip(above, below, strict=False)):
            if over is under and column < len(row):
                row[column] = over
        self.matrix.insert(at, row)

    def insert_column(self, at: int, make: Callable[[Row], Spot]) -> None:
        """A column more; a merged spot that covers the place is stretched over it."""
        for row in self.matrix:
            row += [Spot("") for _ in range(at - len(row))]
            between = 0 < at < len(row) and row[at - 1] is row[at]
            row.insert(at, row[at] if between else make(row))

    def cut(self, at: int, below: Callable[[Spot], str] = lambda spot: "") -> Grid:
        """The rows from a place on as a grid of its own; `below` gives the text of the lower part of a torn spot."""
        torn: dict[Spot, Spot] = {}
        crossing = {a for a, b in zip(self.matrix[at - 1], self.matrix[at], strict=False) if a is b} if at else set()
        for spot in crossing:
            torn[spot] = Spot(below(spot), spot.kind, spot.cell)
        rest = [[torn.get(spot, spot) for spot in row] for row in self.matrix[at:]]
        del self.matrix[at:]
        return Grid(rest, self.table)


Item = str | Grid


@define(eq=False)
class Paper:
    """A document about to be printed.

    `truth` holds what each cell prints, by position; the cells in `doubt` may be left unread, but none may be wrong.
    """

    form: Form
    items: list[Item]
    truth: dict[int, str]
    random: Random
    doubt: set[int] = field(factory=set)

    def grids(self, table: str = "") -> list[Grid]:
        """The grids of one table, or all."""
        return [item for item in self.items if isinstance(item, Grid) and (not table or item.table == table)]

    def filled(self) -> list[Grid]:
        """The grids that hold figures."""
        return [grid for grid in self.grids() if grid.rows("figure")]

    def pick(self, need: Callable[[Grid], bool] = lambda grid: True) -> Grid | None:
        """Any grid with figures that meets a need; large ones more often."""
        found = [grid for grid in self.filled() if need(grid)]
        return self.random.choices(found, [len(grid.matrix) for grid in found])[0] if found else None

    def at(self, grid: Grid) -> int:
        """The place of a grid among the items."""
        return next(at for at, item in enumerate(self.items) if item is grid)

    def doubt_spots(self, spots: Iterable[Spot]) -> None:
        self.doubt.update(spot.cell.position for spot in spots if spot.cell)

    def doubt_table(self, grid: Grid) -> None:
        """Puts in doubt every cell of the tables that stand in a grid."""
        tables = {spot.cell.table.name for spot in grid.spots("figure") if spot.cell}
        self.doubt.update(cell.position for cell in self.form.cells if cell.table.name in tables)
