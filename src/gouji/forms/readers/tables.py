"""Cells with spans as they are met, row by row -> the boxes of a grid."""

from attrs import define, field

from gouji.forms.readers.pages import MAX_CELLS, crowded
from gouji.forms.readers.refusals import refuse
from gouji.messages import say

MAX_SPANNED = 2_000_000

_MOST_COLUMNS = 1000
_MOST_ROWS = 65_534


@define
class Budget:
    """How many cells a document may still have, and how many places merged ones may still take."""

    name: str
    cells: int = MAX_CELLS
    spanned: int = MAX_SPANNED

    def charge(self, spanned: int, place: str) -> None:
        """Counts a cell; ReportError when there are too many, or when they span too much."""
        self.cells -= 1
        self.spanned -= spanned
        if self.cells < 0:
            raise crowded(self.name, place)
        if self.spanned < 0:
            message = say("{place}: merged cells span more than {most} places", place=place, most=MAX_SPANNED)
            raise refuse(self.name, message, say("a report is smaller; check which file this is"))


@define
class Table:
    """A table as browsers lay it out: a cell takes the first free column, spans from above keep theirs."""

    number: int
    budget: Budget
    row: int = -1
    _column: int = 0
    _taken: dict[int, int] = field(factory=dict)

    def begin(self) -> None:
        """Begins a row."""
        self.row += 1
        self._column = 0

    def place(self) -> str:
        """The place of the next cell."""
        skipped = 0
        while self._taken.get(self._column, -1) >= self.row:
            self._column += 1
            skipped += 1
        place = say(
            "table {table}, row {row}, column {column}",
            table=self.number,
            row=self.row + 1,
            column=self._column + 1,
        )
        self.budget.charge(skipped, place)
        return place

    def take(self, columns: int, rows: int) -> tuple[int, int]:
        """The row and column of the next cell, whose places are taken from now on; 0 rows reach to the end."""
        at, columns = self._column, min(max(columns, 1), _MOST_COLUMNS)
        rows = _MOST_ROWS if rows == 0 else min(rows, _MOST_ROWS)
        if rows > 1:
            self.budget.charge(columns, say("table {table}, row {row}", table=self.number, row=self.row + 1))
            self._taken |= dict.fromkeys(range(at, at + columns), self.row + rows - 1)
        self._column += columns
        return at, columns

    def end_group(self) -> None:
        """Ends the spans that would reach beyond a group of rows."""
        self._taken.clear()
