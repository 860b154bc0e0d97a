"""Values between commas, tabs or semicolons -> one grid."""

import csv
from collections.abc import Iterator

from gouji.forms.document import Document
from gouji.forms.readers.pages import MAX_CELLS, Box, Pages, crowded
from gouji.forms.readers.refusals import foreign
from gouji.forms.readers.text import seen

_SIGNS = ",\t;"
_LOOKED_AT = 200
_FIELD = 1_000_000


def delimiter(text: str, name: str) -> str:
    """The sign that divides the values of a text, or nothing where it is a text of lines.

    The ending decides what sign is looked for; without it, only commas on nearly every line are beyond doubt.
    """
    lines = [line for line in text[: _LOOKED_AT * 500].splitlines() if line.strip()][:_LOOKED_AT]
    ending = name.lower().rpartition(".")[2]
    counts = {sign: [line.count(sign) for line in lines] for sign in _SIGNS}
    if ending in ("csv", "tsv"):
        best = max(_SIGNS, key=lambda sign: sum(count > 0 for count in counts[sign]))
        return best if 2 * sum(count > 0 for count in counts[best]) > len(lines) else ""
    commas = counts[","]
    plain = len(lines) > 2 and min(commas) > 0 and len(set(commas)) == 1
    return "," if plain or (lines and _quoted(lines)) else ""


def _quoted(lines: list[str]) -> bool:
    """Whether most lines are quoted values between commas."""
    return 2 * sum(line.startswith('"') and '","' in line for line in lines) > len(lines)


def read_delimited(text: str, name: str, sign: str) -> Document:
    """The values as a grid, with the lines and columns where they stand."""
    pages = Pages(name)
    pages.grid(list(_boxes(text, name, sign)))
    return pages.document()


def _boxes(text: str, name: str, sign: str) -> Iterator[Box]:
    rows = csv.reader(seen(text).splitlines(keepends=True), delimiter=sign)
    count, line = 0, 1
    with foreign(name, "the table", "see whether a quotation mark is missing"):
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                yield Box(value.strip().replace("\r\n", "\n"), at, column, place=f"line {line}, column {column + 1}")
            line, count = rows.line_num + 1, count + len(row)
            if count > MAX_CELLS:
                raise crowded(name, f"line {line}")
