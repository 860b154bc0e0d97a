"""Bytes of a document -> what they hold, by content and not by ending."""

import codecs
import json
from decimal import Decimal
from typing import Any

from gouji.forms.document import Document
from gouji.forms.readers.text import read_text
from gouji.sources import Problem, ReportError

MAX_BYTES = 20_000_000

_BINARY = {
    b"PK\x03\x04": "a Word, Excel or other zipped document",
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old Word or Excel document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"{\\rtf": "a rich text document",
}
_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def read(data: bytes, name: str) -> Document | dict[str, Any]:
    """The printed cells of a text, or the plain data of a JSON report.

    Raises ReportError when the bytes are empty, too many, binary, in no known encoding, or broken JSON.
    """
    if len(data) > MAX_BYTES:
        raise _refuse(
            name, f"the file has more than {MAX_BYTES} bytes", "a report is smaller; check which file this is"
        )
    if not data.strip():
        raise _refuse(name, "the file is empty", "save the report again")
    for magic, kind in _BINARY.items():
        if data.startswith(magic):
            raise _refuse(name, f"this is {kind}, which is not read here", "save it as plain text and check that")
    text = _decode(data, name)
    if text.lstrip().startswith(("{", "[")):
        return _json(text, name)
    return read_text(text, name)


def _refuse(name: str, message: str, hint: str) -> ReportError:
    return ReportError([Problem(message, place=name, hint=hint)])


def _decode(data: bytes, name: str) -> str:
    """UTF-8, UTF-16 or GB18030, by mark or by trying."""
    for bom, encoding in _BOMS.items():
        if data.startswith(bom):
            return _strictly(data, encoding, name)
    if b"\x00" in data[:4000]:
        even, odd = data[:4000:2].count(0), data[1:4000:2].count(0)
        if max(even, odd) > 4 * min(even, odd) and len(data) % 2 == 0:
            return _strictly(data, "utf-16-le" if odd > even else "utf-16-be", name)
        raise _refuse(name, "this is a binary file, not a text", "save the report as plain text in UTF-8")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        try:
            return data.decode("gb18030")
        except UnicodeDecodeError as other:
            line = data[: error.start].count(b"\n") + 1
            worse = data[: other.start].count(b"\n") + 1
            message = f"not UTF-8 (line {line}) and not GB18030 (line {worse})"
            raise _refuse(name, message, "the encodings may be mixed; save the file again as UTF-8") from None


def _strictly(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        message = f"not {encoding.upper()} at byte {error.start}"
        raise _refuse(name, message, "save the file again as UTF-8") from None


def _json(text: str, name: str) -> dict[str, Any]:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise _refuse(name, f"the key {twice} is given twice in one place", "keep one of them")
        return found

    def refuse_constant(word: str) -> None:
        raise _refuse(name, f"{word} is no number of a report", "write null for a blank")

    try:
        data = json.loads(text, object_pairs_hook=once, parse_float=Decimal, parse_constant=refuse_constant)
    except json.JSONDecodeError as error:
        line = text.split("\n")[error.lineno - 1][:120]
        raise _refuse(name, f"line {error.lineno}, column {error.colno}: {error.msg}", line.strip()) from None
    except (RecursionError, ValueError) as error:
        deep = isinstance(error, RecursionError)
        raise _refuse(name, "nested too deep" if deep else "a number has too many digits", "see gouji show") from None
    if not isinstance(data, dict):
        raise _refuse(name, "one report is expected: an object with tables", "gouji show FORM prints an empty one")
    return data
