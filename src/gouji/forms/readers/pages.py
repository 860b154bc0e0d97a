"""Lines and grids in the order in which a reader meets them -> one Document."""

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from attrs import define, field, frozen

from gouji.forms.document import Document, Printed
from gouji.forms.readers.refusals import refuse
from gouji.messages import say
from gouji.sources import ReportError

MAX_CELLS = 500_000
PAGE = re.compile(
    r"\s*(?:[-—–─·]\s*\d{1,4}\s*[-—–─·]|第\s*\d+\s*页.{0,12}|\d{1,4}\s*/\s*\d{1,4}|[Pp]age \d+.{0,12})\s*"
)
"""What is a page number when it stands alone."""


@frozen
class Box:
    """A cell of a grid, merged ones once: where it begins, counted from 0, and the columns that it takes.

    `numbered` is its line in a file of lines; `origin` is what it was read from, for whoever marks it there.
    """

    text: str
    row: int
    column: int
    columns: int = 1
    place: str = ""
    numbered: int = 0
    origin: Any = field(default=None, eq=False, repr=False)


Origins = dict[tuple[int, int], Any]
"""What cells and paragraphs were read from, by their printed line and their column, -1 outside of a grid."""


@define
class Pages:
    """What is printed, as it is met; a Document at the end.

    Raises ReportError beyond MAX_CELLS cells. `origins` is filled where it is given.
    """

    name: str
    cells: list[Printed] = field(factory=list)
    notes: list[str] = field(factory=list)
    origins: Origins | None = None
    _line: int = 0
    _row: int = 0
    _grid: int = -1
    _barred: bool = False

    def line(
        self, parts: Sequence[str], alone: bool, place: str = "", barred: bool = False, origin: Any = None
    ) -> None:
        """A line of text, divided or not, or an empty one; lines that are not `alone` share a row with those around.

        Lines that bars divide, one below the other, are a grid.
        """
        self._line += 1
        self._row += alone
        self._grid += barred and not self._barred
        self._barred = barred
        columns = enumerate(parts) if barred else ((-1, part) for part in parts)
        grid = self._grid if barred else -1
        if self.origins is not None:
            self.origins[self._line, -1] = origin
        self._add(Printed(part, self._line, self._row, place, column, 1, grid) for column, part in columns)
        self._row += alone

    def grid(self, boxes: Iterable[Box]) -> None:
        """The cells of a grid, row by row; a merged one stands where it begins, and page numbers are left out."""
        self._grid += 1
        for _, row in groupby(sorted(boxes, key=lambda box: (box.row, box.column)), key=lambda box: box.row):
            found = list(row)
            filled = [box.text for box in found if box.text.strip()]
            if len(filled) == 1 and len(filled[0]) < 40 and PAGE.fullmatch(filled[0]):
                continue
            self._line += 1
            self._row += 1
            if self.origins is not None:
                self.origins |= {(self._line, box.column): box.origin for box in found}
            self._add(
                Printed(b.text, self._line, self._row, b.place, b.column, b.columns, self._grid, b.numbered)
                for b in found
            )
        self._row += 1

    def note(self, text: str) -> None:
        """What the reader left out, or read in another way than it is printed."""
        self.notes.append(text)

    def document(self) -> Document:
        """Everything so far."""
        return Document(self.name, tuple(self.cells), tuple(self.notes))

    def _add(self, cells: Iterable[Printed]) -> None:
        self.cells += cells
        if len(self.cells) > MAX_CELLS:
            raise crowded(self.name, self.cells[-1].place)


def crowded(name: str, place: str) -> ReportError:
    """The error for a document with more cells than a report has, told where the last one stands."""
    return refuse(
        name,
        say("{place}: more than {most} cells", place=place, most=MAX_CELLS),
        say("a report is smaller; check which file this is"),
    )
