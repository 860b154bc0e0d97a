"""Values between commas, tabs or semicolons -> one grid."""

import csv
from collections.abc import Iterator
from io import StringIO

from gouji.forms.document import Document
from gouji.forms.readers.pages import MAX_CELLS, Box, Pages, crowded
from gouji.forms.readers.refusals import foreign
from gouji.forms.readers.text import seen

_SIGNS = ",\t;"
_LOOKED_AT = 100_000


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


def read_delimited(text: str, name: str, sign: str) -> Document:
    """The values as a grid, with the lines and columns where they stand."""
    pages = Pages(name)
    pages.grid(list(_boxes(text, name, sign)))
    return pages.document()


def _boxes(text: str, name: str, sign: str) -> Iterator[Box]:
    rows = csv.reader(StringIO(seen(text), newline=""), delimiter=sign)
    count, line = 0, 1
    with foreign(name, "the table", "see whether a quotation mark is missing"):
        for at, row in enumerate(rows):
            count += len(row)
            if count > MAX_CELLS:
                raise crowded(name, f"line {line}")
            for column, value in enumerate(row):
                yield Box(value.strip().replace("\r\n", "\n"), at, column, place=f"line {line}, column {column + 1}")
            line = rows.line_num + 1
