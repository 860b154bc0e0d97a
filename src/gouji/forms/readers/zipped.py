"""Zipped documents -> the reader of what they are."""

import zipfile
from io import BytesIO

from gouji.forms.document import Document
from gouji.forms.readers.refusals import foreign, refuse
from gouji.messages import later, say

_TYPES = "[Content_Types].xml"
_MOST = 1_000_000
_MARKS = (
    (b"wordprocessingml.document.main", "word"),
    (b"ms-word.document.macroenabled.main", "word"),
    (b"wordprocessingml.template.main", "word"),
    (b"spreadsheetml.sheet.main", "sheets"),
    (b"ms-excel.sheet.macroenabled.main", "sheets"),
    (b"spreadsheetml.template.main", "sheets"),
    (b"sheet.binary.macroenabled.main", "binary"),
    (b"presentationml", "slides"),
)


def read_zipped(data: bytes, name: str) -> Document:
    """What a Word, Excel or OpenDocument file holds; ReportError for any other zipped file, saying what it is."""
    kind = kind_of(data, name)
    if kind == "word":
        from gouji.forms.readers.word import read_word

        return read_word(data, name)
    if kind == "sheets":
        from gouji.forms.readers.sheets import read_sheets

        return read_sheets(data, name)
    if kind == "spreadsheet":
        from gouji.forms.readers.sheets import read_open_sheets

        return read_open_sheets(data, name)
    raise refuse(name, *map(say, _OTHER[kind]))


_OTHER = {
    "slides": (later("these are slides, which are not read here"), later("save the report as .docx")),
    "binary": (later("this is a binary workbook (.xlsb), which is not read here"), later("save it as .xlsx")),
    "text": (later("this is an OpenDocument text, which is not read here"), later("save it as .docx")),
    "presentation": (later("these are slides, which are not read here"), later("save the report as .docx")),
    "fixed": (later("this is an OFD document, which is not read here"), later("save it as .docx or PDF")),
    "pages": (later("this is an Apple document, which is not read here"), later("save it as .docx, .xlsx or PDF")),
    "archive": (later("this is a zipped folder"), later("unpack it and check the documents inside")),
}


def kind_of(data: bytes, name: str) -> str:
    """What a zipped document is, by the parts that it lists."""
    names, types, kept = _parts(data, name)
    for mark, kind in _MARKS:
        if mark in types:
            return kind
    found = kept.decode("ascii", "replace").rpartition("oasis.opendocument.")[2].partition("-")[0]
    if found == "spreadsheet" or found in _OTHER:
        return found
    if "OFD.xml" in names:
        return "fixed"
    return "pages" if any(part.startswith("Index/") for part in names) else "archive"


def _parts(data: bytes, name: str) -> tuple[set[str], bytes, bytes]:
    """The names of the parts, the types that they declare, and the type of an OpenDocument file."""
    broken = say("it may be cut off; save it again")
    with foreign(name, say("the zipped document"), broken), zipfile.ZipFile(BytesIO(data)) as archive:
        if any(part.flag_bits & 1 for part in archive.infolist()):
            raise refuse(name, say("the document is protected by a password"), say("save it without a password"))
        names = set(archive.namelist())
        types = _start(archive, _TYPES).lower() if _TYPES in names else b""
        return names, types, _start(archive, "mimetype") if "mimetype" in names else b""


def _start(archive: zipfile.ZipFile, part: str) -> bytes:
    with archive.open(part) as stream:
        return stream.read(_MOST)
