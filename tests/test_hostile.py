"""Files from strangers: damaged, bloated, endless or tangled ones end in one ReportError, soon and in little memory."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from time import monotonic

import pytest
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st

import gouji
from documents import FORMATS, laid
from gouji.forms.document import Document
from gouji.forms.readers import pdf as pdf_reader
from gouji.forms.readers import read
from gouji.forms.readers.limits import BeyondLimits, deadline
from test_readers import DISTINCT, FORM, page, paragraph, pdf, refusal, rewritten, saved, word, workbook

WHOLE = {name: make(laid(FORM, DISTINCT)) for name, make in FORMATS.items()}
DOCX = word(paragraph("甲"))
XLSX = saved(workbook({"A1": "甲", "B2": 5}))


def body(change: Callable[[str], str]) -> bytes:
    return rewritten(DOCX, {"word/document.xml": change})


def sheet(old: str, new: str) -> bytes:
    return rewritten(XLSX, {"xl/worksheets/sheet1.xml": lambda text: text.replace(old, new)})


def far(row: str) -> bytes:
    return sheet("</sheetData>", f"{row}</sheetData>")


def old_workbook() -> bytes:
    book = xlwt.Workbook()
    first = book.add_sheet("a")
    first.write(0, 0, "x")
    first.write(1, 1, 5)
    return saved(book)


def raw(*objects: bytes) -> bytes:
    """A PDF of these objects, the first of which is its root."""
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return out + head + table + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(out))


def stream(content: bytes, keys: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (keys, len(content), content)


def one_page(content: bytes, *more: bytes, resources: bytes = b"") -> bytes:
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    made = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 400]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>%s>>>>"
    pages = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
    return raw(b"<</Type/Catalog/Pages 2 0 R>>", pages, made % resources, content, font, *more)


# Word and workbooks


def test_a_part_that_is_packed_too_tightly_is_not_unpacked() -> None:
    bomb = body(lambda text: text.replace("甲", "0" * 9_000_000))
    assert refusal(bomb) == (
        "report: word/document.xml is packed more than 300 times, tighter than a document is\n"
        "check where the file comes from, or save it again"
    )


def test_a_document_that_unpacks_to_too_much_is_refused() -> None:
    stream = io.BytesIO(DOCX)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        for number in range(15):
            archive.writestr(f"part{number}.xml", "0" * 4_900_000)
    assert "the document unpacks to 74 MB, more than a report holds" in refusal(stream.getvalue())


def test_a_directory_that_states_a_smaller_size_gains_nothing() -> None:
    bomb = body(lambda text: text.replace("甲", "0" * 4_000_000))
    with zipfile.ZipFile(io.BytesIO(bomb)) as archive:
        size = archive.getinfo("word/document.xml").file_size
    lying = bomb.replace(struct.pack("<I", size), struct.pack("<I", 100))
    assert "the zipped document cannot be read: Bad CRC-32" in refusal(lying)


def test_a_document_of_too_many_parts_is_refused() -> None:
    stream = io.BytesIO(DOCX)
    with zipfile.ZipFile(stream, "a") as archive:
        for number in range(5000):
            archive.writestr(f"{number}", "")
    assert "parts, more than 5000" in refusal(stream.getvalue())


@pytest.mark.parametrize("data", [
    body(lambda text: "<!DOCTYPE a [<!ENTITY b 'c'>]>" + text.split("?>", 1)[1]),
    rewritten(XLSX, {"xl/workbook.xml": lambda text: "<!DOCTYPE a [<!ENTITY b 'c'>]>" + text}),
])  # fmt: skip
def test_declared_entities_are_refused(data: bytes) -> None:
    assert re.search(r"\.xml declares entities, which a document does not\n", refusal(data))


def test_a_locked_archive_is_told() -> None:
    locked = DOCX.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01")
    assert locked != DOCX
    assert refusal(locked) == "report: the document is protected by a password\nsave it without a password"


def test_markup_without_end_is_refused_and_tables_in_tables_are_read() -> None:
    deep = body(lambda text: text.replace("<w:body>", "<w:body>" + "<w:sdt><w:sdtContent>" * 100_000))
    assert "the Word document cannot be read: Excessive depth" in refusal(deep)
    nested = word("<w:tbl><w:tr><w:tc>" * 60 + paragraph("x") + "</w:tc></w:tr></w:tbl>" * 60)
    found = read(nested, "report")
    assert isinstance(found, Document) and [cell.text for cell in found.cells] == ["x"]


def test_spans_without_end_take_no_memory() -> None:
    cell = "<w:tr><w:tc><w:tcPr><w:gridSpan w:val='99999999'/></w:tcPr><w:p/></w:tc></w:tr>"
    found = read(word(f"<w:tbl>{cell * 100}</w:tbl>"), "report")
    assert isinstance(found, Document) and {cell.columns for cell in found.cells} == {1000}


@pytest.mark.parametrize("row", [
    '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
    '<row r="1048576"><c a=">" r="XFD1048576"><v>1</v></c></row>',
    '<row r="1048576"><c r="XFD1048576"><v><![CDATA[1]]></v></c></row>',
    '<row r="1048576"><x:c xmlns:x="x" r="XFD1048576"><x:v>1</x:v></x:c></row>',
])  # fmt: skip
def test_a_value_far_outside_is_told_with_its_place(row: str) -> None:
    assert refusal(far(row)) == (
        "report: Sheet1: values reach as far as Sheet1!XFD1048576\ndelete what stands far outside of the tables"
    )


@pytest.mark.parametrize(("row", "message"), [
    ('<row r="4294967295"><c><v>1</v></c></row>', "Sheet1: there is no row 4294967295"),
    ('<row><c r="ZZZZ1"><v>1</v></c></row>', "Sheet1: ZZZZ1 is no place of a cell"),
    ("".join(f'<row r="{n}">{"<c/>" * 500}</row>' for n in range(3, 1010)), "more than 500000 cells"),
])  # fmt: skip
def test_places_that_are_none_are_refused(row: str, message: str) -> None:
    assert message in refusal(far(row))


def test_merged_cells_without_end_cost_nothing() -> None:
    merges = '<mergeCell ref="A1:XFD1048576"/>' * 1000
    found = read(sheet("</sheetData>", f"</sheetData><mergeCells>{merges}</mergeCells>"), "report")
    assert isinstance(found, Document) and [cell.text for cell in found.cells] == ["甲"]


def test_an_old_workbook_that_states_a_huge_size_is_refused() -> None:
    size = struct.pack("<HHIIHH", 0x200, 14, 0, 2, 0, 2)
    data = old_workbook().replace(size, struct.pack("<HHIIHH", 0x200, 14, 0, 0xFFFFFFFF, 0, 0xFFFF))
    assert "a sheet of 4294967295 rows and 65535 columns is none of Excel" in refusal(data)
    cell = struct.pack("<HHHH", 0x27E, 10, 1, 1)
    assert "values reach as far as" in refusal(
        old_workbook().replace(cell, struct.pack("<HHHH", 0x27E, 10, 65535, 65535))
    )


# Web pages


@pytest.mark.parametrize(("markup", "message"), [
    ("<div>" * 100_000, "tags are nested deeper than 5000"),
    ("<table><tr><td>" * 50_000, "tags are nested deeper than 5000"),
    ("<b>" * 100_000, "formats are opened and not closed"),
    ("".join(f"<p><font color={number}>" for number in range(4_000)), "formats are opened and not closed"),
    ("<div " + " ".join(f"a{number}" for number in range(50_000)) + ">", "a tag has too many attributes"),
    ("<div x='a>' " + " ".join(f"<a{number}" for number in range(50_000)) + ">", "a tag has too many attributes"),
])  # fmt: skip
def test_a_tangled_page_is_refused_before_it_is_parsed(markup: str, message: str) -> None:
    start = monotonic()
    assert refusal(page(markup)) == (f"report: the web page cannot be read: {message}\nsave it again, or copy its text")
    assert monotonic() - start < 5


def test_a_page_may_be_nested_four_thousand_deep() -> None:
    found = read(page("<div>" * 4_000 + "甲" + "</div>" * 4_000 + "<p>乙"), "report")
    assert isinstance(found, Document) and [cell.text for cell in found.cells] == ["甲", "乙"]


def test_tables_nested_without_end_are_read_as_lines() -> None:
    found = read(page("<table><tr><td>" * 1_000 + "甲" + "</table>" * 1_000 + "<p>乙"), "report")
    assert isinstance(found, Document) and [cell.text for cell in found.cells] == ["甲", "乙"]


def test_spans_of_a_page_are_bounded() -> None:
    wide = page("<table><tr>" + "<td rowspan=65534 colspan=1000000>x" * 3 + "</tr><tr><td>y</table>")
    found = read(wide, "report")
    assert isinstance(found, Document) and [(cell.column, cell.columns) for cell in found.cells] == [
        (0, 1000), (1000, 1000), (2000, 1000), (3000, 1),
    ]  # fmt: skip
    many = page("<table><tr>" + "<td rowspan=65534>x" * 9_000 + "</tr>" + "<tr><td>y" * 9_000)
    assert "merged cells span more than 2000000 places" in refusal(many)


def test_too_many_cells_are_told_with_the_last_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gouji.forms.readers.pages.MAX_CELLS", 1000)
    assert "paragraph 1001: more than 1000 cells" in refusal(page("<p>a" * 1_100))
    rows = ("<w:tr>" + "<w:tc><w:p/></w:tc>" * 100 + "</w:tr>") * 11
    assert "table 1, row 11, column 100: more than 1000 cells" in refusal(word(f"<w:tbl>{rows}</w:tbl>"))


# PDF


def test_a_pdf_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_reader, "MAX_UNPACKED", 1_000_000)
    once = zlib.compress(b" " * 5_000_000)
    for content in (stream(once, b"/Filter/FlateDecode"),
                    stream(zlib.compress(once), b"/Filter[/FlateDecode/FlateDecode]")):  # fmt: skip
        assert "the PDF cannot be read: it unpacks to more than a report holds" in refusal(one_page(content))


FORM_OBJECT = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X%d %d 0 R>>>>"
ENDLESS = {
    "an object that is itself": raw(b"1 0 R"),
    "forms in forms": one_page(
        stream(b"/X0 Do"),
        *(stream(b"/X%d Do " % n * 10, FORM_OBJECT % (n, 6 + n)) for n in range(1, 13)),
        resources=b"/XObject<</X0 6 0 R>>",
    ),
    "a page of letters": one_page(stream(b"BT /F 10 Tf 50 50 Td (" + b"a" * 500_000 + b") Tj ET")),
}  # fmt: skip


# Where the deadline passes in a callback of the collector it is lost there, told, and raised again.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("kind", ENDLESS)
def test_a_pdf_without_end_is_given_up(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_reader, "MAX_PAGE_SECONDS", 0.5)
    assert re.search(
        r"cannot be read: (page 1|its list of pages) takes longer than 0.5 seconds", refusal(ENDLESS[kind])
    )


def test_a_deadline_is_kept_where_its_error_is_lost_at_first() -> None:
    lost: list[BeyondLimits] = []
    with pytest.raises(BeyondLimits, match=r"it takes longer than 0\.1 seconds"), deadline(0.1, "it"):
        while len(lost) < 2:
            try:
                while True:
                    monotonic()
            except BeyondLimits as error:  # as in a callback of the collector, from which no error leaves
                lost.append(error)
                if len(lost) == 2:
                    raise


def test_after_a_pdf_is_given_up_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_reader, "MAX_PAGE_SECONDS", 0.5)
    assert refusal(ENDLESS["an object that is itself"])
    monkeypatch.undo()
    found = read(pdf([(50, 350, "A")]), "report")
    assert isinstance(found, Document) and [cell.text for cell in found.cells] == ["A"]


def test_nothing_of_the_parser_reaches_the_screen(capfd: pytest.CaptureFixture[str]) -> None:
    for data in (one_page(stream(b"q Q Q Q 1 0 /G gs /F 10 Tf (a) Tj")), WHOLE["report.pdf"][:-900]):
        with suppress(gouji.ReportError):
            read(data, "report")
    assert capfd.readouterr() == ("", "")


# Damage


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_that_is_cut_off_is_told_or_read(name: str) -> None:
    data = WHOLE[name]
    for part in range(1, 12):
        _only_report_errors(data[: len(data) * part // 12])


@settings(max_examples=40)
@given(st.sampled_from(sorted(FORMATS)), st.integers(0, 60_000), st.binary(min_size=1, max_size=9))
def test_damaged_bytes_end_in_a_report_error_or_a_document(name: str, at: int, noise: bytes) -> None:
    data = WHOLE[name]
    at %= len(data)
    _only_report_errors(data[:at] + noise + data[at + len(noise) :])


@settings(max_examples=40)
@given(
    st.sampled_from([b"PK\x03\x04", b"%PDF-1.4\n", b"\xd0\xcf\x11\xe0", b"<html>", b"MIME-Version: 1.0\n"]), st.binary()
)
def test_garbage_behind_a_known_beginning_is_told(start: bytes, rest: bytes) -> None:
    _only_report_errors(start + rest)


def _only_report_errors(data: bytes) -> None:
    try:
        read(data, "report")
    except gouji.ReportError as error:
        assert error.problems[0].message and error.problems[0].hint
