"""What stands in the files of a workbook beside its values: errors, formulas, hidden rows, how far it reaches."""

import re
import struct
from collections.abc import Iterator
from posixpath import join, normpath
from xml.etree import ElementTree

from attrs import define, field

from gouji.forms.readers.archives import Archive
from gouji.forms.readers.pages import MAX_CELLS, crowded
from gouji.forms.readers.refusals import refuse

MAX_REACH = 4_000_000

_TAG = re.compile(rb"<(/?)(?:\w+:)?(sheetData|row|col|c|f|v|is|t)\b([^<>]*)>([^<]*)")
_ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*["']([^"']*)["']""")
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_CELL_RECORDS = {0x06, 0x201, 0x203, 0x204, 0x205, 0x27E, 0xBD, 0xBE, 0xD6, 0xFD}
_BOF, _EOF, _SHEET, _DIMENSIONS = 0x809, 0x0A, 0x85, 0x200
_MOST_HIDDEN = 20_000


@define
class Sheet:
    """One sheet: the errors by row and column, the formulas without a kept value, what is hidden."""

    errors: dict[tuple[int, int], str] = field(factory=dict)
    unkept: list[tuple[int, int]] = field(factory=list)
    rows: set[int] = field(factory=set)
    columns: set[int] = field(factory=set)
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
    found = {}
    for title, path in _paths(archive):
        sheet = _scan(archive.parts.get(path, b""), name, title)
        _within(sheet, name, title)
        found[title] = sheet
    return found


def old_sheets(records: bytes, name: str) -> list[Sheet]:
    """The sheets of an .xls in their order; ReportError where a value stands out of bounds."""
    starts = [
        struct.unpack_from("<I", body)[0] for kind, body in _records(records, 0) if kind == _SHEET and len(body) > 4
    ]
    found = [_scan_records(records, start, name) for start in starts]
    for number, sheet in enumerate(found, 1):
        _within(sheet, name, f"sheet {number}")
    return found


def _within(sheet: Sheet, name: str, title: str) -> None:
    row, column = sheet.last
    if (row + 1) * (column + 1) > MAX_REACH:
        where = f"{title}!{letters(column)}{row + 1}"
        raise refuse(name, f"{title}: values reach as far as {where}", "delete what stands far outside of the tables")


# .xlsx


def _paths(archive: Archive) -> Iterator[tuple[str, str]]:
    """The names of the sheets and the parts that hold them."""
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
class _Cursor:
    """The cell that is being scanned."""

    row: int = -1
    column: int = -1
    error: bool = False
    formula: bool = False
    value: bytes = b""


def _scan(content: bytes, name: str, title: str) -> Sheet:
    """One pass over the tags of a sheet, which may be broken."""
    sheet, at = Sheet(), _Cursor()
    for tag in _TAG.finditer(content):
        closes, kind, attributes, text = tag.groups()
        if kind == b"c":
            if not closes:
                sheet.cells += 1
                _enter(at, dict(_ATTRIBUTE.findall(attributes)))
            if closes or attributes.endswith(b"/"):
                _leave(sheet, at)
        elif not closes and kind in (b"v", b"t"):
            at.value += text
        elif not closes and kind == b"f":
            at.formula = True
        elif not closes and kind == b"row":
            _row(sheet, at, dict(_ATTRIBUTE.findall(attributes)))
        elif kind == b"col":
            sheet.columns.update(_hidden(dict(_ATTRIBUTE.findall(attributes))))
        if sheet.cells > MAX_CELLS:
            raise crowded(name, f"{title}!{letters(at.column)}{at.row + 1}")
    return sheet


def _row(sheet: Sheet, at: _Cursor, given: dict[bytes, bytes]) -> None:
    number = given.get(b"r", b"")
    at.row, at.column = int(number) - 1 if number.isdigit() and len(number) < 9 else at.row + 1, -1
    if given.get(b"hidden") in (b"1", b"true"):
        sheet.rows.add(at.row)


def _enter(at: _Cursor, given: dict[bytes, bytes]) -> None:
    found = _REFERENCE.fullmatch(given.get(b"r", b"").decode("ascii", "replace"))
    if found:
        at.row, at.column = int(found[2]) - 1, _column(found[1])
    else:
        at.column += 1
    at.error, at.formula, at.value = given.get(b"t") == b"e", False, b""


def _leave(sheet: Sheet, at: _Cursor) -> None:
    here = (at.row, at.column)
    if at.value:
        sheet.reach(*here)
    if at.error:
        sheet.errors[here] = at.value.decode("utf-8", "replace")
    if at.formula and not at.value:
        sheet.unkept.append(here)


def _column(name: str) -> int:
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _hidden(given: dict[bytes, bytes]) -> range:
    """The columns that one declaration hides."""
    first, last = given.get(b"min", b""), given.get(b"max", b"")
    if given.get(b"hidden") not in (b"1", b"true") or not (first.isdigit() and last.isdigit() and len(last) < 9):
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
        raise refuse(name, f"a sheet of {rows} rows and {columns} columns is none of Excel", "save it as .xlsx")
