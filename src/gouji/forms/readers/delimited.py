"""Values between commas, tabs or semicolons -> one grid, or the plain data of a filled-in list of cells."""

import csv
import re
from collections.abc import Iterator
from io import StringIO
from typing import Any

from gouji.forms.document import Document
from gouji.forms.readers.pages import MAX_CELLS, Box, Pages, crowded
from gouji.forms.readers.refusals import foreign
from gouji.forms.readers.text import seen
from gouji.messages import say

_SIGNS = ",\t;"
_LOOKED_AT = 100_000
_FIRST, _VALUE, _PRINTED, _STATE = "cell", "value", "printed", "state"
_SHIELDED = re.compile(r"\A'(?=[=@\t\r+-])")


def delimiter(text: str, name: str) -> str:
    """The sign that divides the values of a text, or nothing where it is a text of lines.

    With the ending .csv or .tsv it is the sign in most rows. Without, nearly every row holds two commas or
    semicolons at least; tabs are left to the reader of texts.
    """
    held = {sign: _counts(text[:_LOOKED_AT], sign) for sign in _SIGNS}
    sign = max(_SIGNS, key=lambda sign: sum(map(bool, held[sign])) / max(1, len(held[sign])))
    counts = held[sign]
    if name.lower().endswith((".csv", ".tsv")):
        return sign if 2 * sum(map(bool, counts)) > len(counts) else ""
    many = sum(count > 1 for count in counts)
    return sign if sign != "\t" and len(counts) > 2 and 10 * many > 9 * len(counts) else ""


def _counts(text: str, sign: str) -> list[int]:
    """How many delimiters each row has that is not empty."""
    return [len(row) - 1 for row in csv.reader(StringIO(text, newline=""), delimiter=sign) if any(map(str.strip, row))]


def read_cells(text: str, name: str) -> dict[str, Any] | None:
    """The plain data of a list of cells with their values, as `gouji show` and `gouji read` print it.

    None where the text is no such list. A cell is taken once; figures of the prose, and cells that were not read, are
    left out. Raises ReportError when the list is damaged or too long.
    """
    sign = _listed(text)
    if not sign:
        return None
    tables: dict[str, str | None] = {}
    with foreign(name, say("the table"), say("see whether a quotation mark is missing")):
        for at, row in enumerate(csv.DictReader(StringIO(_started(text), newline=""), delimiter=sign, restval="")):
            if at > MAX_CELLS:
                raise crowded(name, say("row {row}", row=at))
            key, value = row[_FIRST].strip(), (row.get(_PRINTED, "").strip() or row[_VALUE].strip())
            if key and key not in tables and not _unread(row):
                tables[key] = _SHIELDED.sub("", value) or None
    return {"tables": tables}


def _listed(text: str) -> str:
    """The sign that divides the header of a list of cells, or nothing where there is none."""
    header = _started(text).split("\n", 1)[0][:_LOOKED_AT].replace('"', "")
    heads = {sign: header.split(sign) for sign in _SIGNS}
    return next((sign for sign, head in heads.items() if head[0] == _FIRST and _VALUE in head), "")


def _started(text: str) -> str:
    """The text from its first line that is not empty on, with line ends of one kind."""
    return text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\n")


def _unread(row: dict[str, str]) -> bool:
    """Whether a row is a figure of the prose, whose sentence marks its value, or a cell that is not in the report."""
    printed, value = row.get(_PRINTED, ""), row[_VALUE].strip()
    nothing = not (printed.strip() or value) and row.get(_STATE, "").partition(":")[0] in ("absent", "unreadable")
    return nothing or bool(value and f"【{value}】" in printed)


def read_delimited(text: str, name: str, sign: str) -> Document:
    """The values as a grid, with the lines and columns where they stand."""
    pages = Pages(name)
    pages.grid(list(_boxes(text, name, sign)))
    return pages.document()


def _boxes(text: str, name: str, sign: str) -> Iterator[Box]:
    rows = csv.reader(StringIO(seen(text), newline=""), delimiter=sign)
    count, line = 0, 1
    with foreign(name, say("the table"), say("see whether a quotation mark is missing")):
        for at, row in enumerate(rows):
            count += len(row)
            if count > MAX_CELLS:
                raise crowded(name, say("line {line}", line=line))
            for column, value in enumerate(row):
                place = say("line {line}, column {column}", line=line, column=column + 1)
                yield Box(value.strip().replace("\r\n", "\n"), at, column, place=place, numbered=line)
            line = rows.line_num + 1
