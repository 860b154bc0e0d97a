"""What stands in the files of a workbook beside its values: errors, formulas, hidden rows, how far it reaches."""

import re
import struct
from collections.abc import Iterator, Mapping
from posixpath import join, normpath
from xml.etree import ElementTree
from xml.parsers import expat

from attrs import define, field

from gouji.forms.readers.archives import Archive
from gouji.forms.readers.pages import MAX_CELLS, crowded
from gouji.forms.readers.refusals import refuse
from gouji.messages import say

MAX_REACH = 1_000_000
MAX_SHEETS = 200

_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_CELL_RECORDS = {0x06, 0x201, 0x203, 0x204, 0x205, 0x27E, 0xBD, 0xBE, 0xD6, 0xFD}
_BOF, _EOF, _SHEET, _DIMENSIONS = 0x809, 0x0A, 0x85, 0x200
_MOST_HIDDEN = 300
_MOST_ROWS = 1 << 20


@define
class Sheet:
    """One sheet: errors by row and column, formulas without a kept value, hidden rows and columns, the last place.

    `merged` are the merged cells where the library does not give them.
    """

    errors: dict[tuple[int, int], str] = field(factory=dict)
    unkept: list[tuple[int, int]] = field(factory=list)
    rows: set[int] = field(factory=set)
    columns: set[int] = field(factory=set)
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(factory=list)
    cells: int = 0
    last: tuple[int, int] = (-1, -1)

    def reach(self, row: int, column: int) -> None:
        """Notes that something stands here."""
        self.last = (max(self.last[0], row), max(self.last[1], column))


def letters(column: int) -> str:
    """The name of a column, counted from 0."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def sheets_of(archive: Archive, name: str) -> dict[str, Sheet]:
    """The sheets of an .xlsx by name; ReportError where a value stands out of bounds."""
    paths = list(sheet_parts(archive))
    if len(paths) > MAX_SHEETS or len({path for _, path in paths}) < len(paths):
        raise refuse(
            name, say("{number} sheets are more than a report has", number=len(paths)), say("check which file this is")
        )
    found = {title: _scan(archive.parts.get(path, b""), name, title) for title, path in paths}
    within(found, name)
    return found


def old_sheets(records: bytes, name: str) -> list[Sheet]:
    """The sheets of an .xls in their order; ReportError where a value stands out of bounds."""
    starts = [
        struct.unpack_from("<I", body)[0] for kind, body in _records(records, 0) if kind == _SHEET and len(body) > 4
    ]
    if len(starts) > MAX_SHEETS:
        raise refuse(
            name, say("{number} sheets are more than a report has", number=len(starts)), say("check which file this is")
        )
    found = [_scan_records(records, start, name) for start in starts]
    within({say("sheet {number}", number=number): sheet for number, sheet in enumerate(found, 1)}, name)
    return found


def within(sheets: Mapping[str, Sheet], name: str) -> None:
    """Refuses sheets that reach too far: the library makes room for every place up to the last value."""
    total = 0
    for title, sheet in sheets.items():
        row, column = sheet.last
        total += (row + 1) * (column + 1)
        if total > MAX_REACH:
            message = say(
                "{sheet}: values reach as far as {place}",
                sheet=title,
                place=f"{title}!{letters(column)}{row + 1}",
            )
            raise refuse(name, message, say("delete what stands far outside of the tables"))


# .xlsx


def sheet_parts(archive: Archive) -> Iterator[tuple[str, str]]:
    """The names of the sheets of an .xlsx and the parts that hold them."""
    root = next((part for part in archive.parts if part.lower() == "xl/workbook.xml"), "")
    if not root:
        return
    links = archive.parts.get("xl/_rels/workbook.xml.rels", b"<none/>")
    targets = {link.get("Id"): link.get("Target", "") for link in ElementTree.fromstring(links)}
    for node in ElementTree.fromstring(archive.parts[root]).iter():
        if node.tag.rpartition("}")[2] == "sheet":
            link = next((value for key, value in node.items() if key.endswith("}id")), None)
            target = targets.get(link, "")
            yield node.get("name", ""), target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))


@define
class _Scan:
    """One pass over the tags of a sheet, as a parser of XML meets them."""

    name: str
    title: str
    sheet: Sheet
    row: int = -1
    column: int = -1
    kind: str = ""
    formula: bool = False
    held: bool = False
    inside: bool = False
    value: str = ""

    def start(self, tag: str, given: dict[str, str]) -> None:
        """A tag begins."""
        tag = tag.rpartition(":")[2]
        if tag == "c":
            self._cell(given)
        elif tag in ("v", "is"):
            self.held = self.inside = True
        elif tag == "f":
            self.formula = True
        elif tag == "row":
            number = given.get("r", "")
            self.row, self.column = int(number) - 1 if number.isdecimal() else self.row + 1, -1
            if given.get("hidden") in ("1", "true"):
                self.sheet.rows.add(self.row)
            self._within()
        elif tag == "col":
            self.sheet.columns.update(_hidden(given))

    def text(self, text: str) -> None:
        """Text of a value."""
        if self.inside:
            self.value += text

    def end(self, tag: str) -> None:
        """A tag ends."""
        tag = tag.rpartition(":")[2]
        here = (self.row, self.column)
        if tag in ("v", "is"):
            self.inside = False
        elif tag == "c":
            if self.held:
                self.sheet.reach(*here)
            if self.kind == "e":
                self.sheet.errors[here] = self.value
            if self.formula and not self.value:
                self.sheet.unkept.append(here)

    def _cell(self, given: dict[str, str]) -> None:
        self.sheet.cells += 1
        self.column += 1
        if "r" in given:
            place = cell_at(given["r"])
            if place is None:
                raise refuse(
                    self.name,
                    say("{sheet}: {place} is no place of a cell", sheet=self.title, place=given["r"][:20]),
                    say("save it in Excel again"),
                )
            self.row, self.column = place
        self._within()
        self.kind, self.formula, self.held, self.value = given.get("t", ""), False, False, ""

    def _within(self) -> None:
        if not -1 <= self.row < _MOST_ROWS:
            raise refuse(
                self.name,
                say("{sheet}: there is no row {row}", sheet=self.title, row=self.row + 1),
                say("save it in Excel again"),
            )
        if self.sheet.cells > MAX_CELLS:
            raise crowded(self.name, f"{self.title}!{letters(self.column)}{self.row + 1}")


def _scan(content: bytes, name: str, title: str) -> Sheet:
    """What a sheet holds, by its markup."""
    scan = _Scan(name, title, Sheet())
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = scan.start, scan.end
    parser.CharacterDataHandler = scan.text
    if content:
        parser.Parse(content, True)
    return scan.sheet


def cell_at(reference: str) -> tuple[int, int] | None:
    """The row and column of a cell such as `C5`, counted from 0; None where it is no such place."""
    found = _REFERENCE.fullmatch(reference)
    if not found:
        return None
    number = 0
    for letter in found[1]:
        number = number * 26 + ord(letter) - 64
    return int(found[2]) - 1, number - 1


def _hidden(given: dict[str, str]) -> range:
    """The columns that one declaration hides."""
    first, last = given.get("min", ""), given.get("max", "")
    if given.get("hidden") not in ("1", "true") or not (first.isdecimal() and last.isdecimal()):
        return range(0)
    return range(int(first) - 1, min(int(last), _MOST_HIDDEN))


# .xls


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """The records from `start` to the end of their part of the stream; parts inside it are passed by."""
    depth = 0
    while start + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, start)
        depth += (kind == _BOF) - (kind == _EOF)
        if depth <= 0:
            return
        if depth == 1:
            yield kind, stream[start + 4 : start + 4 + size]
        start += 4 + size


def _scan_records(stream: bytes, start: int, name: str) -> Sheet:
    sheet = Sheet()
    for kind, body in _records(stream, start):
        if kind == _DIMENSIONS and len(body) >= 10:
            _dimensions(body, name)
        if kind not in _CELL_RECORDS or len(body) < 6:
            continue
        row, column = struct.unpack_from("<HH", body)
        several = kind in (0xBD, 0xBE)
        sheet.cells += 1
        sheet.reach(row, struct.unpack_from("<H", body, len(body) - 2)[0] if several else column)
        if kind == 0x205 and len(body) >= 8 and body[7] == 1:
            sheet.errors[row, column] = _ERRORS.get(body[6], "#N/A")
        if kind == 0x06 and len(body) >= 14 and body[12:14] == b"\xff\xff" and body[6] == 2:
            sheet.errors[row, column] = _ERRORS.get(body[8], "#N/A")
        if sheet.cells > MAX_CELLS:
            raise crowded(name, f"{letters(column)}{row + 1}")
    return sheet


def _dimensions(body: bytes, name: str) -> None:
    """Refuses a sheet that says to be larger than any: room would be made for it."""
    rows, columns = (
        (struct.unpack_from("<II2H", body)[i] for i in (1, 3))
        if len(body) >= 14
        else (struct.unpack_from("<4H", body)[i] for i in (1, 3))
    )
    if rows > 1 << 16 or columns > 1 << 8:
        raise refuse(
            name,
            say("a sheet of {rows} rows and {columns} columns is none of Excel", rows=rows, columns=columns),
            say("save it as .xlsx"),
        )
