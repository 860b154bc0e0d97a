"""Workbooks (.xlsx, .ods, .xls) -> a grid for each table of a sheet."""

import datetime
import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import partial
from io import BytesIO
from itertools import groupby
from typing import Any

from attrs import define, field

from gouji.forms.document import Document
from gouji.forms.readers.archives import Archive
from gouji.forms.readers.opendocument import open_sheets
from gouji.forms.readers.pages import Box, Origins, Pages
from gouji.forms.readers.refusals import foreign, library
from gouji.forms.readers.tables import Budget
from gouji.forms.readers.text import prose, seen
from gouji.forms.readers.workbooks import Sheet, letters, old_sheets, sheets_of
from gouji.messages import later, say

_HINT = later("open it in Excel or WPS and save it as .xlsx")
_MOST_COLUMNS = 16_384


def read_sheets(data: bytes, name: str) -> Document:
    """The visible sheets of an .xlsx workbook, table by table; a merged cell is given once.

    Hidden rows and columns are read. A formula whose value is not kept is blank. Notes say where.
    """
    return _walked(data, Pages(name)).document()


def trace_sheets(data: bytes, name: str) -> tuple[Document, Origins]:
    """The same document, and the name of the sheet, the row and the column, counted from 0, of each text."""
    origins: Origins = {}
    return _walked(data, Pages(name, origins=origins)).document(), origins


def _walked(data: bytes, pages: Pages) -> Pages:
    """The pages after a pass over the sheets of an .xlsx workbook."""
    name = pages.name
    calamine = _calamine(name)
    archive = Archive.of(data, name)
    with foreign(name, say("the workbook"), say(_HINT)):
        facts = sheets_of(archive, name)
        book = calamine.CalamineWorkbook.from_filelike(archive.packed())
        return _read(book, calamine, [facts.get(title, Sheet()) for title in book.sheet_names], pages)


def read_open_sheets(data: bytes, name: str) -> Document:
    """The visible sheets of an OpenDocument spreadsheet (.ods)."""
    calamine = _calamine(name)
    archive = Archive.of(data, name)
    with foreign(name, say("the spreadsheet"), say(_HINT)):
        facts = open_sheets(archive, name)
        book = calamine.CalamineWorkbook.from_filelike(archive.packed())
        own = [facts.get(title, Sheet()) for title in book.sheet_names]
        return _read(book, calamine, own, Pages(name)).document()


def read_old_sheets(data: bytes, records: bytes, name: str) -> Document:
    """The visible sheets of an .xls workbook, whose records stand in one stream of the file."""
    calamine = _calamine(name)
    with foreign(name, say("the workbook"), say(_HINT)):
        facts = old_sheets(records, name)
        book = calamine.CalamineWorkbook.from_filelike(BytesIO(data))
        missing = [Sheet()] * max(0, len(book.sheet_names) - len(facts))
        return _read(book, calamine, [*facts, *missing], Pages(name)).document()


def _calamine(name: str) -> Any:
    return library("python_calamine", "python-calamine", say("workbooks"), "xlsx", name)


def _read(book: Any, calamine: Any, facts: Sequence[Sheet], pages: Pages) -> Pages:
    budget = Budget(pages.name)
    for known, sheet in zip(book.sheets_metadata, facts, strict=False):
        if known.typ != calamine.SheetTypeEnum.WorkSheet:
            continue
        if known.visible != calamine.SheetVisibleEnum.Visible:
            pages.note(say("the sheet {name} is hidden and is not read", name=known.name))
            continue
        found = book.get_sheet_by_name(known.name)
        grid = _Grid.of(known.name, found, sheet, budget)
        for block in grid.blocks():
            grid.give(block, pages)
        _tell(known.name, grid, sheet, pages)
    return pages


def _tell(title: str, grid: "_Grid", sheet: Sheet, pages: Pages) -> None:
    """Notes the formulas that have no value, and what is hidden and holds something."""
    if sheet.unkept:
        row, column = sheet.unkept[0]
        count = len(sheet.unkept)
        pages.note(
            say(
                "{place}: {number} formulas have no value and are blank; save in Excel",
                place=f"{title}!{letters(column)}{row + 1}",
                number=count,
            )
        )
    rows = [row for row in sorted(sheet.rows) if row < len(grid.rows) and any(grid.rows[row])]
    columns = [column for column in sorted(sheet.columns) if any(len(r) > column and r[column] for r in grid.rows)]
    if rows:
        pages.note(
            say(
                "{sheet}: hidden rows are read too: {rows}",
                sheet=title,
                rows=say(", ").join(str(row + 1) for row in rows[:5]),
            )
        )
    if columns:
        pages.note(
            say(
                "{sheet}: hidden columns are read too: {columns}",
                sheet=title,
                columns=say(", ").join(map(letters, columns[:5])),
            )
        )


@define
class _Grid:
    """A sheet as texts, row by row; `spans` are the columns of merged cells, `covered` the places that they hide."""

    title: str
    rows: list[list[str]]
    spans: dict[tuple[int, int], int] = field(factory=dict)
    tall: set[tuple[int, int]] = field(factory=set)
    covered: set[tuple[int, int]] = field(factory=set)

    @classmethod
    def of(cls, title: str, found: Any, sheet: Sheet, budget: Budget) -> "_Grid":
        """The texts of a sheet and its merged cells, those that overlap an earlier one left out."""
        rows = [list(map(_text, row)) for row in found.to_python(skip_empty_area=False)]
        for (row, column), error in sheet.errors.items():
            if row < len(rows) and column < len(rows[row]):
                rows[row][column] = error
        grid = cls(title, rows)
        for (top, left), (bottom, right) in found.merged_cell_ranges or sheet.merged:
            grid._merge(top, left, min(bottom, len(rows) - 1), min(right, _MOST_COLUMNS), budget)
        return grid

    def _merge(self, top: int, left: int, bottom: int, right: int, budget: Budget) -> None:
        if bottom < top or right < left or (top, left) in self.covered or (top, left) in self.spans:
            return
        budget.charge((bottom - top + 1) * (right - left + 1), f"{self.title}!{letters(left)}{top + 1}")
        self.spans[top, left] = right - left + 1
        if bottom > top:
            self.tall.add((top, left))
        self.covered.update((row, col) for row in range(top, bottom + 1) for col in range(left, right + 1))
        self.covered.discard((top, left))

    def blocks(self) -> Iterator[list[int]]:
        """The rows of each table: those between empty rows, and between cells that take a whole row."""
        numbers = groupby(range(len(self.rows)), key=lambda row: any(self.rows[row]) or self._carried(row))
        for run in (list(rows) for filled, rows in numbers if filled):
            alone = partial(self._alone, *self._edges(run))
            yield from (list(part) for _, part in groupby(run, key=alone))

    def _carried(self, row: int) -> bool:
        """Whether a merged cell from above reaches into this row."""
        return any((row, column) in self.covered for column in range(len(self.rows[row])))

    def _alone(self, left: int, right: int, row: int) -> int:
        """The row, if one merged cell takes all of it between these columns; else -1."""
        spanned = self.spans.get((row, left), 1) > right - left
        return row if right > left and spanned and (row, left) not in self.tall else -1

    def _edges(self, rows: Sequence[int]) -> tuple[int, int]:
        """The first and the last column that values, or merged cells with values, take in these rows."""
        filled = [(row, column) for row in rows for column, text in enumerate(self.rows[row]) if text]
        last = max((column + self.spans.get((row, column), 1) - 1 for row, column in filled), default=0)
        return min((column for _, column in filled), default=0), last

    def give(self, rows: Sequence[int], pages: Pages) -> None:
        """Gives a table as a grid; what stands alone in a row is a paragraph."""
        left, right = self._edges(rows)
        boxes = [
            Box(
                self._at(row, column),
                row,
                column,
                self.spans.get((row, column), 1),
                f"{self.title}!{letters(column)}{row + 1}",
                origin=(self.title, row, column),
            )
            for row in rows
            for column in range(left, right + 1)
            if (row, column) not in self.covered
        ]
        if len(boxes) > 1 or not boxes:
            pages.grid(boxes)
            return
        for parts, alone in prose(boxes[0].text):
            pages.line(parts, alone, boxes[0].place, origin=boxes[0].origin)

    def _at(self, row: int, column: int) -> str:
        return self.rows[row][column] if column < len(self.rows[row]) else ""


def _text(value: Any) -> str:
    """A value as Excel shows it without a format: whole numbers whole, others with at most 15 digits."""
    if isinstance(value, str):
        return seen(value).replace("\xa0", " ").replace("_x000D_", "").replace("\r\n", "\n")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return _number(value)
    return value.isoformat() if isinstance(value, (datetime.date, datetime.time)) else str(value)


def _number(value: float) -> str:
    return format(Decimal(f"{value:.15g}"), "f") if math.isfinite(value) else str(value)
