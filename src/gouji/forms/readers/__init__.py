"""Bytes of a document -> what they hold, by content and not by ending."""

import re
from typing import Any

from gouji.forms.document import Document
from gouji.forms.readers.characters import decode
from gouji.forms.readers.data import read_data
from gouji.forms.readers.refusals import refuse
from gouji.forms.readers.text import read_text
from gouji.messages import later, say

MAX_BYTES = 20_000_000

_PICTURE = (later("a picture"), later("run text recognition on it, or take the Word file that it was made from"))
_REFUSED = {
    b"\x89PNG": _PICTURE,
    b"\xff\xd8\xff": _PICTURE,
    b"GIF8": _PICTURE,
    b"II*\x00": _PICTURE,
    b"MM\x00*": _PICTURE,
    b"BM": _PICTURE,
    b"PAR1": (later("a table of reports"), later("check it in chunks: gouji check FILE --jobs 2 -o FOLDER")),
    b"{\\rtf": (later("a rich text document"), later("open it in Word and save it as .docx")),
    b"Rar!": (later("an archive"), later("unpack it and check the documents inside")),
    b"7z\xbc\xaf": (later("an archive"), later("unpack it and check the documents inside")),
    b"\x1f\x8b": (later("an archive"), later("unpack it and check the documents inside")),
}
_WEB_PAGE = re.compile(
    rb"\s*(?:<!--(?:(?!-->).)*-->\s*)*<(?:!doctype html|html|head|body|table|div|p\b|meta|\?xml)",
    re.IGNORECASE | re.DOTALL,
)
_WEB_ARCHIVE = re.compile(
    rb"(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?content-type:\s*(?:multipart/related|text/html)", re.IGNORECASE
)
_HEAD = 8_000
_PDF_WITHIN = 1024


def read(data: bytes, name: str) -> Document | dict[str, Any]:
    """The printed cells of a document, or the plain data of a JSON report or a list of cells.

    Raises ReportError when the bytes are empty, too many, damaged, or of a kind that is not read.
    """
    for magic, (kind, hint) in _REFUSED.items():
        if data.startswith(magic):
            raise refuse(name, say("this is {kind}, which is not read here", kind=say(kind)), say(hint))
    if len(data) > MAX_BYTES:
        raise refuse(
            name,
            say("the file has more than {most} bytes", most=MAX_BYTES),
            say("a report is smaller; check which file this is"),
        )
    return _binary(data, name) or _textual(data, name)


def _binary(data: bytes, name: str) -> Document | None:
    """What a document holds that is none of the text formats."""
    if data.startswith(b"PK\x03\x04"):
        from gouji.forms.readers.zipped import read_zipped

        return read_zipped(data, name)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        from gouji.forms.readers.compound import read_compound

        return read_compound(data, name)
    if b"%PDF-" in data[:_PDF_WITHIN]:
        from gouji.forms.readers.pdf import read_pdf

        return read_pdf(data, name)
    return None


def _textual(data: bytes, name: str) -> Document | dict[str, Any]:
    """What a web page, a JSON report, values between delimiters or a plain text hold."""
    head = data[:_HEAD].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")
    if b"<?mso-application" in head:
        raise refuse(
            name,
            say("this is a Word or Excel document as XML, which is not read here"),
            say("save it as .docx or .xlsx"),
        )
    if _WEB_PAGE.match(head) or _WEB_ARCHIVE.match(head):
        from gouji.forms.readers.web import read_archived, read_web

        return read_web(data, name) if _WEB_PAGE.match(head) else read_archived(data, name)
    text = decode(data, name)
    start, end = text.lstrip()[:1], text.rstrip()[-1:]
    if start == "{" or (start, end) == ("[", "]"):
        return read_data(text, name)
    from gouji.forms.readers.delimited import delimiter, read_cells, read_delimited

    if (cells := read_cells(text, name)) is not None:
        return cells
    sign = delimiter(text, name)
    return read_delimited(text, name, sign) if sign else read_text(text, name)
