"""Bytes of a document -> what they hold, by content and not by ending."""

import codecs
import json
import re
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
_BOMS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_WEB_PAGE = re.compile(r"\s*<(?:!doctype|html|head|body|table|\?xml)", re.IGNORECASE)
_CONTROLS = [chr(code) for code in (*range(7), *range(14, 32), 127)]
_ASCII = bytes(range(128))
_SURE_BYTES = 12


def read(data: bytes, name: str) -> Document | dict[str, Any]:
    """The printed cells of a text, or the plain data of a JSON report.

    Raises ReportError when the bytes are empty, too many, binary, in no known encoding, or broken JSON.
    """
    if len(data) > MAX_BYTES:
        raise _refuse(
            name, f"the file has more than {MAX_BYTES} bytes", "a report is smaller; check which file this is"
        )
    for magic, kind in _BINARY.items():
        if data.startswith(magic):
            raise _refuse(name, f"this is {kind}, which is not read here", "save it as plain text and check that")
    text = _decode(data, name)
    if not text.strip():
        raise _refuse(name, "the file is empty", "save the report again")
    if sum(map(text.count, _CONTROLS)) * 100 > len(text):
        raise _refuse(name, "this is a binary file, not a text", "save the report as plain text in UTF-8")
    if _WEB_PAGE.match(text):
        raise _refuse(name, "this is a web page, which is not read here", "save it as plain text and check that")
    start, end = text.lstrip()[:1], text.rstrip()[-1:]
    return _json(text, name) if start == "{" or (start, end) == ("[", "]") else read_text(text, name)


def _refuse(name: str, message: str, hint: str) -> ReportError:
    return ReportError([Problem(message, place=name, hint=hint)])


def _decode(data: bytes, name: str) -> str:
    """UTF-8, UTF-16 or GB18030, by mark or by trying."""
    for bom, encoding in _BOMS.items():
        if data.startswith(bom):
            return _strictly(data, encoding, name)
    even, odd = data[:4000:2].count(0), data[1:4000:2].count(0)
    if max(even, odd) > max(4 * min(even, odd), len(data[:4000]) // 100) and len(data) % 2 == 0:
        return _strictly(data, "utf-16-le" if odd > even else "utf-16-be", name)
    if b"\x00" in data:
        raise _refuse(name, "this is a binary file, not a text", "save the report as plain text in UTF-8")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _national(data, _line(data, error), name)


def _national(data: bytes, bad: int, name: str) -> str:
    """The text in GB18030, of which line `bad` is not UTF-8; a file with lines in both is refused."""
    hint = "the encodings may be mixed; save the file again as UTF-8"
    for number, line in enumerate(data.split(b"\n"), 1):
        if len(line.translate(None, _ASCII)) >= _SURE_BYTES and _is_utf8(line):
            raise _refuse(name, f"line {bad} is not UTF-8 but line {number} is", hint)
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise _refuse(name, f"not UTF-8 (line {bad}) and not GB18030 (line {_line(data, error)})", hint) from None


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _line(data: bytes, error: UnicodeDecodeError) -> int:
    return data.count(b"\n", 0, error.start) + 1


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
