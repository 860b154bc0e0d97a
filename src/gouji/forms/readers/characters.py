"""Bytes -> text: UTF-8, UTF-16, UTF-32, what the document declares, or GB18030."""

import codecs

from gouji.forms.readers.refusals import refuse
from gouji.messages import say

_BOMS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_CONTROLS = [chr(code) for code in (*range(7), *range(14, 32), 127)]
_ASCII = bytes(range(128))
_SURE_BYTES = 12
_NATIONAL = ("gb2312", "gbk", "gb18030", "cp936", "hz", "x-gbk")


def decode(data: bytes, name: str) -> str:
    """The text of a file that is none of the known binary formats, by mark or by trying.

    Raises ReportError when it is empty, binary, or in no known encoding.
    """
    for bom, encoding in _BOMS.items():
        if data.startswith(bom):
            return _text(_strictly(data, encoding, name), name)
    even, odd = data[:4000:2].count(0), data[1:4000:2].count(0)
    if max(even, odd) > max(4 * min(even, odd), len(data[:4000]) // 100) and len(data) % 2 == 0:
        return _text(_strictly(data, "utf-16-le" if odd > even else "utf-16-be", name), name)
    if b"\x00" in data:
        raise refuse(name, say("this is a binary file, not a text"), say("save the report as plain text in UTF-8"))
    try:
        return _text(data.decode("utf-8"), name)
    except UnicodeDecodeError as error:
        return _text(_national(data, _line(data, error), name), name)


def declared(data: bytes, encoding: str, name: str) -> str:
    """The text of a document that names its encoding; a mark and valid UTF-8 are believed before it."""
    if data.startswith(tuple(_BOMS)) or not encoding or encoding.lower() in ("utf-8", "utf8", *_NATIONAL):
        return decode(data, name)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode(encoding)
    except (LookupError, ValueError):
        return decode(data, name)


def _text(text: str, name: str) -> str:
    if not text.strip():
        raise refuse(name, say("the file is empty"), say("save the report again"))
    if sum(map(text.count, _CONTROLS)) * 100 > len(text):
        raise refuse(name, say("this is a binary file, not a text"), say("save the report as plain text in UTF-8"))
    return text


def _national(data: bytes, bad: int, name: str) -> str:
    """The text in GB18030, of which line `bad` is not UTF-8; a file with lines in both is refused."""
    hint = say("the encodings may be mixed; save the file again as UTF-8")
    for number, line in enumerate(data.split(b"\n"), 1):
        if len(line.translate(None, _ASCII)) >= _SURE_BYTES and _is_utf8(line):
            raise refuse(name, say("line {bad} is not UTF-8 but line {number} is", bad=bad, number=number), hint)
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise refuse(
            name, say("not UTF-8 (line {bad}) and not GB18030 (line {line})", bad=bad, line=_line(data, error)), hint
        ) from None


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
        message = say("not {encoding} at byte {start}", encoding=encoding.upper(), start=error.start)
        raise refuse(name, message, say("save the file again as UTF-8")) from None
