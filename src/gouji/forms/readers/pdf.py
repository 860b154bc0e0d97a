"""PDFs with a text layer -> the lines and ruled tables of each page."""

import logging
import re
import warnings
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from itertools import pairwise
from typing import Any

from attrs import frozen

from gouji.forms.document import Document
from gouji.forms.readers.limits import deadline, inflating
from gouji.forms.readers.pages import Box, Pages
from gouji.forms.readers.refusals import foreign, library, refuse
from gouji.forms.readers.text import prose, seen
from gouji.messages import say

MAX_PAGES = 200
MAX_SECONDS = 120
MAX_PAGE_SECONDS = 15
MAX_UNPACKED = 200_000_000

_SNAP = 2.0
_WIDE = 1.2
_OVER = 0.4
_BLUR = "\ufffd"
_PADDING = 5.5
_NUMBER = re.compile(r"\d{1,3}")
_PASSWORD = ("PDFPasswordIncorrect", "PDFEncryptionError")


def read_pdf(data: bytes, name: str) -> Document:
    """The tables that are ruled by lines, and the lines of text around them, page by page.

    Raises ReportError when the file is damaged, locked, longer than a report, or holds only pictures.
    """
    pdfplumber = library("pdfplumber", "pdfplumber", say("PDFs"), "pdf", name)
    types = library("pdfminer.pdftypes", "pdfplumber", say("PDFs"), "pdf", name)
    pages = Pages(name)
    limits = deadline(MAX_SECONDS, say("it")), inflating(types, MAX_UNPACKED)
    with _silence(), foreign(name, say("the PDF"), say("open it and print it to a PDF again")), limits[0], limits[1]:
        for number, page in enumerate(_opened(pdfplumber, data, name), 1):
            with deadline(MAX_PAGE_SECONDS, say("page {page}", page=number)):
                _Page.of(number, page).give(pages)
                page.close()
    if not any(cell.text for cell in pages.cells):
        hint = say("run text recognition on it, or take the Word file that it was made from")
        raise refuse(name, say("this PDF is a picture (no text layer)"), hint)
    return pages.document()


def _opened(pdfplumber: Any, data: bytes, name: str) -> Sequence[Any]:
    """The pages of a file; their content is not read yet."""
    try:
        with deadline(MAX_PAGE_SECONDS, say("its list of pages")):
            pages: Sequence[Any] = pdfplumber.open(BytesIO(data)).pages
    except Exception as error:
        if any(word in repr(error) for word in _PASSWORD):
            raise refuse(name, say("the PDF is protected by a password"), say("save it without a password")) from None
        raise
    if not pages:
        raise refuse(name, say("the PDF has no pages"), say("it may be damaged; open it and print it to a PDF again"))
    if len(pages) > MAX_PAGES:
        raise refuse(
            name,
            say("the PDF has more than {most} pages", most=MAX_PAGES),
            say("a report is shorter; check which file it is"),
        )
    return pages


@contextmanager
def _silence() -> Iterator[None]:
    """Keeps what the library warns of, and logs, from the screen."""
    logger = logging.getLogger("pdfminer")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


_Edges = tuple[float, float, float, float]  # left, top, right, bottom


@frozen
class _Ruled:
    """A table by its lines: where columns and rows begin, and the cells between them."""

    columns: tuple[float, ...]
    rows: tuple[float, ...]
    cells: tuple[_Edges, ...]
    bands: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, cells: Sequence[_Edges]) -> "_Ruled":
        """The lattice of these cells; each band of rows knows the cells that reach into it."""
        lefts = _steps([edge for cell in cells for edge in (cell[0], cell[2])])
        tops = _steps([cell[1] for cell in cells])
        bands: list[list[int]] = [[] for _ in tops]
        for at, (_, top, _, bottom) in enumerate(cells):
            for band in range(_nearest(tops, top), bisect_left(tops, bottom - _SNAP)):
                bands[band].append(at)
        return cls(lefts, tops, tuple(cells), tuple(map(tuple, bands)))

    def at(self, x: float, y: float) -> int | None:
        """The cell around a point."""
        band = max(0, bisect_left(self.rows, y) - 1)
        for beside in (band, max(0, band - 1)):  # edges that are nearly the same are one
            for at in self.bands[beside]:
                left, top, right, bottom = self.cells[at]
                if left <= x <= right and top <= y <= bottom:
                    return at
        return None

    def span(self, cell: _Edges) -> tuple[int, int, int]:
        """Row, column and columns of a cell."""
        left, top, right, _ = cell
        column = _nearest(self.columns, left)
        return _nearest(self.rows, top), column, max(1, _nearest(self.columns, right) - column)


def _steps(edges: Sequence[float]) -> tuple[float, ...]:
    """The edges without those that are nearly the same."""
    found: list[float] = []
    for edge in sorted(edges):
        if not found or edge - found[-1] > _SNAP:
            found.append(edge)
    return tuple(found)


def _nearest(steps: Sequence[float], edge: float) -> int:
    at = bisect_left(steps, edge)
    return at - 1 if at and (at == len(steps) or edge - steps[at - 1] < steps[at] - edge) else at


@frozen
class _Page:
    """The characters of a page, and its tables from the top."""

    number: int
    chars: Sequence[Any]
    tables: Sequence[_Ruled]

    @classmethod
    def of(cls, number: int, page: Any) -> "_Page":
        """What stands on a page of the library; a single box is no table."""
        found = [table for table in page.find_tables() if len(table.cells) > 1]
        return cls(
            number,
            page.dedupe_chars().chars,
            [_Ruled.of(table.cells) for table in sorted(found, key=lambda t: t.bbox[1])],
        )

    def give(self, pages: Pages) -> None:
        """Gives lines and tables from top to bottom."""
        within, outside = self._sorted()
        tables = [(table.rows[0], number) for number, table in enumerate(self.tables)]
        lines = list(map(_joined, found := _lines(outside)))
        for number, (text, line) in enumerate(zip(lines, found, strict=True), 1):
            while tables and tables[0][0] < line[0]["top"]:
                self._table(tables.pop(0)[1], within, pages)
            numbered = number == len(lines) and _NUMBER.fullmatch(text) is not None
            for parts, alone in prose("" if numbered else text):
                pages.line(parts, alone, say("page {page}, line {line}", page=self.number, line=number))
        for _, number in tables:
            self._table(number, within, pages)

    def _sorted(self) -> tuple[dict[tuple[int, int], list[Any]], list[Any]]:
        """The characters by table and cell, and those outside of all."""
        within: dict[tuple[int, int], list[Any]] = {}
        outside = []
        for char in self.chars:
            x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
            found = ((number, table.at(x, y)) for number, table in enumerate(self.tables))
            place = next(((number, at) for number, at in found if at is not None), None)
            if place is None:
                outside.append(char)
            else:
                within.setdefault(place, []).append(char)
        return within, outside

    def _table(self, number: int, within: dict[tuple[int, int], list[Any]], pages: Pages) -> None:
        """Gives one table as a grid."""
        table, boxes = self.tables[number], []
        lines = [_lines(within.get((number, at), [])) for at in range(len(table.cells))]
        blurred = {at for at, found in enumerate(lines) if any(map(_overprinted, found))}
        # What is printed over a cell may have begun in the empty one before it.
        begun = {(round(table.cells[at][0]), round(table.cells[at][1])) for at in blurred}
        for at, cell in enumerate(table.cells):
            row, column, columns = table.span(cell)
            text = _unwrapped(lines[at], cell[2] - cell[0])
            if at in blurred or (not text and (round(cell[2]), round(cell[1])) in begun):
                text += _BLUR
            place = say(
                "page {page}, table {table}, row {row}, column {column}",
                page=self.number,
                table=number + 1,
                row=row + 1,
                column=column + 1,
            )
            boxes.append(Box(text, row, column, columns, place))
        pages.grid(boxes)


def _overprinted(line: Sequence[Any]) -> bool:
    """Whether one character of a line is printed over another."""
    return any(b["x0"] < a["x1"] - _OVER * (a["x1"] - a["x0"]) for a, b in pairwise(line))


def _lines(chars: Sequence[Any]) -> list[list[Any]]:
    """The characters of each line from the top, each from the left."""
    lines: list[list[Any]] = []
    for char in sorted(chars, key=lambda char: (char["top"] + char["bottom"]) / 2):
        last = lines[-1][-1] if lines else None
        middle = (char["top"] + char["bottom"]) / 2
        if last and middle - (last["top"] + last["bottom"]) / 2 < min(char["size"], last["size"]) / 2:
            lines[-1].append(char)
        else:
            lines.append([char])
    return [sorted(line, key=lambda char: char["x0"]) for line in lines]


def _unwrapped(lines: Sequence[Sequence[Any]], width: float) -> str:
    """The text of a cell; a number is joined again where its line is full, as in a column that is too narrow for it."""
    text = ""
    for at, line in enumerate(lines):
        here, before = _joined(line), lines[at - 1] if at else line
        room = width - 2 * _PADDING - (before[-1]["x1"] - before[0]["x0"])
        full = room < line[0]["x1"] - line[0]["x0"] and text[-1:].isdigit() and here[:1].isdigit()
        text += here if full or not at else f"\n{here}"
    return text


def _joined(line: Sequence[Any]) -> str:
    """The text of a line: a blank where there is a gap, two where it is wide."""
    text = ""
    for at, char in enumerate(line):
        gap = char["x0"] - line[at - 1]["x1"] if at else 0.0
        text += "  " if gap > _WIDE * char["size"] else " " if gap > char["size"] / 4 else ""
        text += char["text"]
    return seen(text).replace("\xa0", " ").strip()
