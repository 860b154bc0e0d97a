"""From each file format to the same document: texts, places, columns, and what is told."""

import io
import re
import sys
import zipfile
from typing import Any

import docx
import openpyxl
import pytest
import xlwt
from docx.oxml.parser import parse_xml

import gouji
from conftest import figures
from documents import AGENCY, FORMATS, as_csv, as_docx, as_html, as_pdf, as_xlsx, laid
from gouji.findings.reading import to_csv
from gouji.forms.document import Document
from gouji.forms.readers import read

BOOK = gouji.load("cn-disclosure")
FORM = BOOK.form(2024)
DISTINCT = tuple(str(1001 + 37 * cell.position) for cell in FORM.cells)
REPORTS = ("2023-suqian", "2024-suqian", "2024-yaohai")
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def document(data: bytes, name: str = "report") -> Document:
    found = read(data, name)
    assert isinstance(found, Document)
    return found


def grid(data: bytes) -> list[tuple[str, str, int, int]]:
    """Text, place, first column and columns of each cell."""
    return [(cell.text, cell.place, cell.column, cell.columns) for cell in document(data).cells]


def texts(data: bytes, name: str = "report") -> list[str]:
    return [cell.text for cell in document(data, name).cells]


def refusal(data: bytes, name: str = "report") -> str:
    with pytest.raises(gouji.ReportError) as caught:
        read(data, name)
    return str(caught.value)


# Whole reports


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("name", REPORTS)
def test_the_real_reports_read_the_same_in_every_format(name: str, kind: str) -> None:
    bound = BOOK.bind(figures(name))
    printed = [bound.printed(cell) or "" for cell in FORM.cells]
    report = gouji.read(FORMATS[kind](laid(FORM, printed)), BOOK)
    assert (report.agency, report.year, report.values, report.notes) == (AGENCY, 2024, bound.values, ())


@pytest.mark.parametrize("kind", FORMATS)
def test_each_figure_stands_in_its_cell_and_knows_its_place(kind: str) -> None:
    report = gouji.read(FORMATS[kind](laid(FORM, DISTINCT)), BOOK)
    assert [report.printed(cell) for cell in FORM.cells] == list(DISTINCT)
    assert (dict(report.states), report.notes, report.unplaced) == ({}, (), ())
    assert len(set(report.places.values())) == len(FORM.cells)


@pytest.mark.parametrize("kind", FORMATS)
def test_blank_cells_stay_blank_in_every_format(kind: str) -> None:
    printed = tuple("" if position % 7 == 3 else text for position, text in enumerate(DISTINCT))
    report = gouji.read(FORMATS[kind](laid(FORM, printed)), BOOK)
    blank = {position for position, state in report.states.items() if state.kind == "blank"}
    assert blank == {position for position, text in enumerate(printed) if not text}
    assert len(report.states) == len(blank)


@pytest.mark.parametrize("kind", FORMATS)
def test_what_a_file_is_does_not_depend_on_its_name(kind: str) -> None:
    data = FORMATS[kind](laid(FORM, DISTINCT))
    assert document(data, "report.txt").cells == document(data, "without").cells == document(data, kind).cells


# Word


def word(*blocks: str) -> bytes:
    """A Word document of blocks of markup."""
    made = docx.Document()
    body = made.element.body
    for at, block in enumerate(blocks):
        body.insert(at, parse_xml(re.sub(r"^(<[\w:]+)", rf"\1 {W}", block)))
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t xml:space='preserve'>{text}</w:t></w:r>"


def paragraph(*content: str) -> str:
    return f"<w:p>{''.join(part if part.startswith('<') else run(part) for part in content)}</w:p>"


def table(*rows: list[str]) -> str:
    """Rows of cells: plain text, or markup of a cell."""
    lines = ("".join(c if c.startswith("<w:tc>") else f"<w:tc>{paragraph(c)}</w:tc>" for c in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{line}</w:tr>' for line in lines)}</w:tbl>"


def tc(text: str, properties: str) -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"


def test_a_word_document_gives_paragraphs_and_tables_in_order_with_their_places() -> None:
    found = grid(word(paragraph("标题"), table(["甲", "1"], ["乙", "2"]), paragraph("尾")))
    assert found == [
        ("标题", "paragraph 1", -1, 1),
        ("甲", "table 1, row 1, column 1", 0, 1),
        ("1", "table 1, row 1, column 2", 1, 1),
        ("乙", "table 1, row 2, column 1", 0, 1),
        ("2", "table 1, row 2, column 2", 1, 1),
        ("尾", "paragraph 2", -1, 1),
    ]


def test_merged_cells_of_word_are_given_once_with_their_columns() -> None:
    tall, on = "<w:vMerge w:val='restart'/>", "<w:vMerge/>"
    wide = "<w:gridSpan w:val='2'/>"
    first = [tc("组", tall), tc("宽", wide), "末"]
    found = grid(word(table(first, [tc("旧", on), "1", "2"], [tc("另", tall), "3", "4"])))
    assert [(text, column, columns) for text, _, column, columns in found] == [
        ("组", 0, 1), ("宽", 1, 2), ("末", 3, 1), ("1", 1, 1), ("2", 2, 1), ("另", 0, 1), ("3", 1, 1), ("4", 2, 1),
    ]  # fmt: skip
    assert [place for _, place, _, _ in found][3] == "table 1, row 2, column 2"


def test_a_row_that_begins_later_keeps_its_columns() -> None:
    row = f"<w:tr><w:trPr><w:gridBefore w:val='2'/></w:trPr><w:tc>{paragraph('3')}</w:tc></w:tr>"
    found = grid(word(table(["a", "b", "c"]).replace("</w:tbl>", f"{row}</w:tbl>")))
    assert found[-1] == ("3", "table 1, row 2, column 3", 2, 1)


def test_tracked_insertions_are_read_and_deletions_are_not() -> None:
    changes = (("ins", "1"), ("del", "9"), ("moveFrom", "8"), ("moveTo", "2"))
    changed = paragraph("4", *(f"<w:{kind}>{run(text)}</w:{kind}>" for kind, text in changes))
    gone = f"<w:tr><w:trPr><w:del/></w:trPr><w:tc>{paragraph('7')}</w:tc></w:tr>"
    found = document(word(changed, table(["a", "b"]).replace("</w:tbl>", f"{gone}</w:tbl>")))
    assert [cell.text for cell in found.cells] == ["412", "a", "b"]
    assert found.notes == ("tracked changes: insertions are read, 3 deletions are left out",)


def test_hidden_text_of_word_is_left_out_and_told() -> None:
    found = document(word(paragraph("4", run("9", "<w:vanish/>"), run("1", "<w:vanish w:val='0'/>"))))
    assert [cell.text for cell in found.cells] == ["41"]
    assert found.notes == ("1 runs of hidden text are left out",)


@pytest.mark.parametrize("kind", ["strike", "dstrike"])
def test_struck_text_of_word_is_left_out_and_told_once(kind: str) -> None:
    struck, kept = run("12", f"<w:{kind}/>"), run("13", f"<w:{kind} w:val='0'/>")
    found = document(word(paragraph(struck, kept), paragraph(struck, "14"), table(["a", ""])))
    assert [cell.text for cell in found.cells] == ["13", "14", "a", ""]
    assert found.notes == ("struck-out text is left out",)


def test_raised_marks_of_word_are_no_digits() -> None:
    high, low = "<w:vertAlign w:val='superscript'/>", "<w:vertAlign w:val='subscript'/>"
    cases = {
        "12¹": [run("1", high)],
        "12²⁰": [run("2", high), run("0", low)],
        "12（1）": [run("[", high), run("1", high), run("]", high)],
        "12（注）": [run("注", high)],
        "123": [run("3", "<w:vertAlign w:val='baseline'/>")],
    }
    cells = [f"<w:tc>{paragraph('12', *runs)}</w:tc>" for runs in cases.values()]
    assert texts(word(table(cells))) == list(cases)


@pytest.mark.parametrize(("inside", "text", "notes"), [
    ("<w:strike/>", "2", ("struck-out text is left out",)),
    ("<w:vertAlign w:val='superscript'/>", "¹2", ()),
    ("<w:vanish/>", "2", ("1 runs of hidden text are left out",)),
])  # fmt: skip
def test_a_style_of_word_marks_its_text(inside: str, text: str, notes: tuple[str, ...]) -> None:
    style = f"<w:style w:type='character' w:styleId='own'><w:name w:val='own'/><w:rPr>{inside}</w:rPr></w:style>"
    made = word(paragraph(run("1", "<w:rStyle w:val='own'/>"), "2"))
    changed = rewritten(made, {"word/styles.xml": lambda text: text.replace("</w:styles>", f"{style}</w:styles>")})
    found = document(changed)
    assert ([cell.text for cell in found.cells], found.notes) == ([text], notes)


def test_content_controls_are_read_and_their_prompts_are_not() -> None:
    control = "<w:sdt><w:sdtPr>{}</w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    prompt = "<w:showingPlcHdr/>"
    inside = f"<w:tc>{paragraph(control.format(prompt, run('单击此处')))}</w:tc>"
    found = word(control.format("", paragraph("甲")), control.format("", table(["a", inside])))
    assert texts(found) == ["甲", "a", ""]


def test_signs_that_are_not_seen_leave_a_figure_whole() -> None:
    assert texts(word(table(["\u200f1\u200b2\u202c", "3\xa0"]))) == ["12", "3 "]


def test_line_breaks_and_paragraphs_within_a_cell_are_kept() -> None:
    cell = f"<w:tc>{paragraph('商业', '<w:r><w:br/></w:r>', '企业')}{paragraph('二')}</w:tc>"
    assert texts(word(table([cell, "1"]))) == ["商业\n企业\n二", "1"]


def test_fields_give_their_result() -> None:
    mark = "<w:r><w:fldChar w:fldCharType='{}'/></w:r>"
    code = "<w:r><w:instrText>SUM(ABOVE)</w:instrText></w:r>"
    field = [mark.format("begin"), code, run("9"), mark.format("separate"), "41", mark.format("end")]
    assert texts(word(paragraph("共", *field, "件"), paragraph(mark.format("begin")), paragraph("后"))) == [
        "共41件",
        "后",
    ]


def test_text_boxes_follow_the_paragraph_that_they_hang_on_once() -> None:
    box = f"<w:pict><w:txbxContent>{paragraph('框')}</w:txbxContent></w:pict>"
    choices = f"<mc:Choice Requires='wps'>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
    compatible = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    both = f"<mc:AlternateContent xmlns:mc='{compatible}'>{choices}</mc:AlternateContent>"
    found = grid(word(paragraph("文", f"<w:r>{both}</w:r>"), paragraph("后")))
    assert [(text, place) for text, place, _, _ in found] == [
        ("文", "paragraph 1"), ("框", "paragraph 1, text box"), ("后", "paragraph 2"),
    ]  # fmt: skip


def test_a_table_in_a_cell_follows_the_row_of_its_cell() -> None:
    inner = table(["x", "y"])
    found = word(table(["a", f"<w:tc>{paragraph('前')}{inner}{paragraph('后')}</w:tc>"], ["b", "c"]))
    assert [(text, place) for text, place, _, _ in grid(found)] == [
        ("a", "table 1, row 1, column 1"), ("前", "table 1, row 1, column 2"), ("x", "table 2, row 1, column 1"),
        ("y", "table 2, row 1, column 2"), ("后", "table 1, row 1, column 2"), ("b", "table 1, row 2, column 1"),
        ("c", "table 1, row 2, column 2"),
    ]  # fmt: skip


def test_footnotes_stand_after_the_body() -> None:
    data = word(paragraph("正文"))
    separator = f"<w:footnote w:id='-1' w:type='separator'>{paragraph('-')}</w:footnote>"
    note = f"<w:footnotes {W}>{separator}<w:footnote w:id='1'>{paragraph('注')}</w:footnote></w:footnotes>"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    typed = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    link = f"<Relationship Id='n1' Target='footnotes.xml' Type='{kind}'/></Relationships>"
    override = f"<Override PartName='/word/footnotes.xml' ContentType='{typed}'/></Types>"
    changes = {
        "word/_rels/document.xml.rels": lambda text: text.replace("</Relationships>", link),
        "[Content_Types].xml": lambda text: text.replace("</Types>", override),
    }
    changed = rewritten(data, changes, {"word/footnotes.xml": note})
    assert [(text, place) for text, place, _, _ in grid(changed)] == [("正文", "paragraph 1"), ("注", "footnote 1")]


def rewritten(data: bytes, changes: dict[str, Any], more: dict[str, str] | None = None) -> bytes:
    """A zipped document with some parts changed and others added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            text = old.read(part)
            new.writestr(part, changes[part](text.decode()) if part in changes else text)
        for part, added in (more or {}).items():
            new.writestr(part, added)
    return stream.getvalue()


# Web pages


def page(body: str, head: str = "") -> bytes:
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode()


def test_a_web_page_gives_lines_as_browsers_break_them() -> None:
    found = grid(page("<h1>某局<br>2024年</h1><div>甲\n  <b>乙</b><p>丙&nbsp;</p>丁</div>"))
    assert [(text, place) for text, place, _, _ in found] == [
        ("某局", "paragraph 1"), ("2024年", "paragraph 1"), ("甲", "paragraph 2"), ("乙", "paragraph 2"),
        ("丙", "paragraph 3"), ("丁", "paragraph 4"),
    ]  # fmt: skip


def test_spans_of_a_web_page_keep_their_columns() -> None:
    rows = "<tr><td rowspan=2>组<td colspan=2>宽<tr><td>1<td>2<tr><td rowspan=0>底<td>3<td>4<tr><td>5<td>6"
    found = grid(page(f"<table><thead>{rows}</table>"))
    assert [(text, column, columns) for text, _, column, columns in found] == [
        ("组", 0, 1), ("宽", 1, 2), ("1", 1, 1), ("2", 2, 1), ("底", 0, 1), ("3", 1, 1), ("4", 2, 1), ("5", 1, 1),
        ("6", 2, 1),
    ]  # fmt: skip
    assert found[2][1] == "table 1, row 2, column 2"


def test_spans_that_overlap_are_laid_out_as_browsers_do() -> None:
    found = grid(page("<table><tr><td>a<td rowspan=2>b<tr><td colspan=2>c<td>d</table>"))
    assert [(text, column, columns) for text, _, column, columns in found] == [
        ("a", 0, 1), ("b", 1, 1), ("c", 0, 2), ("d", 2, 1)
    ]  # fmt: skip


def test_a_span_ends_with_its_group_of_rows() -> None:
    found = grid(page("<table><thead><tr><td rowspan=9>a<td>b</thead><tbody><tr><td>c<td>d</table>"))
    assert [(text, column) for text, _, column, _ in found] == [("a", 0), ("b", 1), ("c", 0), ("d", 1)]


def test_a_table_that_holds_the_page_gives_its_content_in_order() -> None:
    inner = "<table><tr><td>甲<td>41</table>"
    found = grid(page(f"<table><tr><td>菜单<td><p>三、收到</p>{inner}<p>四、</p><table><tr><td>框</table></table>"))
    assert [(text, place, column) for text, place, column, _ in found] == [
        ("菜单", "table 1, row 1, column 1", 0), ("三、收到", "table 1, row 1, column 2", -1),
        ("甲", "table 2, row 1, column 1", 0), ("41", "table 2, row 1, column 2", 1),
        ("四、", "table 1, row 1, column 2", -1), ("框", "table 3, row 1, column 1", -1),
    ]  # fmt: skip


def test_what_a_browser_does_not_show_is_left_out() -> None:
    gone = ("<script>1</script><style>2</style><p hidden>3</p><p style='color:red; display : none'>4</p><nav>5</nav>"
            "<select><option>6</select><template>7</template><noscript>8</noscript><!-- 9 -->")  # fmt: skip
    assert texts(page(gone + "<p>甲</p>", "<title>题</title>")) == ["甲"]


@pytest.mark.parametrize("struck", [
    "<s>11</s>", "<del>11</del>", "<strike>1<b>1</b></strike>",
    "<span style='color:red;text-decoration:line-through'>11</span>",
])  # fmt: skip
def test_struck_text_of_a_page_is_left_out_and_told_once(struck: str) -> None:
    found = document(page(f"<p>{struck}</p><table><tr><td>{struck}12<td>甲{struck}<td><s> </s>"))
    assert [(cell.text, cell.column) for cell in found.cells] == [("12", 0), ("甲", 1), ("", 2)]
    assert found.notes == ("struck-out text is left out",)


@pytest.mark.parametrize(("markup", "text"), [
    ("1010<sup>1</sup>", "1010¹"), ("10<sup>-<b>3</b></sup>", "10⁻³"), ("10<sub>2</sub>", "10²"),
    ("10<sup>1,2</sup>", "10¹,²"), ("10<sup><a href=x>[1]</a></sup>", "10（1）"), ("10<sup>注</sup>", "10（注）"),
    ("10<sup>(</sup><sup>1)</sup>", "10（1）"), ("10<sup> </sup>件", "10 件"), ("10<sup><sup>1</sup></sup>", "10¹"),
    ("10<sup><p>1</p>注</sup>2", "10\n¹\n（注）2"), ("10<span style='vertical-align: super'>1</span>2", "10¹2"),
])  # fmt: skip
def test_raised_marks_of_a_page_are_no_digits(markup: str, text: str) -> None:
    assert texts(page(f"<table><tr><td>{markup}</td><td>a</td></table>")) == [text, "a"]


def test_a_figure_with_a_raised_digit_is_unreadable_and_with_a_raised_word_is_read() -> None:
    first, second, *_ = FORM.cells
    made = as_html(laid(FORM, DISTINCT)).decode()
    for cell, mark in ((first, "<sup>1</sup>"), (second, "<sup>[1]</sup>")):
        made = made.replace(f">{DISTINCT[cell.position]}<", f">{DISTINCT[cell.position]}{mark}<", 1)
    report = gouji.read(made.encode(), BOOK)
    assert {at: state.reason for at, state in report.states.items()} == {
        first.position: "a raised, circled or otherwise composed digit"
    }
    assert report.text(second) == DISTINCT[second.position]


def test_a_veiled_cell_keeps_its_place() -> None:
    found = grid(page("<table><tr><td style='visibility:hidden'>9<td>1<td style='display:none'>8<td>2</table>"))
    assert [(text, column) for text, _, column, _ in found] == [("", 0), ("1", 1), ("2", 2)]


def test_the_value_of_a_field_is_read() -> None:
    fields = "<input value=41><input type=hidden value=9><input type=text value='2'><input type=submit value=go>"
    assert texts(page(f"<table><tr><td>{fields}<td><textarea>5</textarea></table>")) == ["412", "5"]


def test_preformatted_lines_stay_lines() -> None:
    assert texts(page("<pre>规章\t0\t5\n行政  1\n</pre>")) == ["规章", "0", "5", "行政", "1"]


@pytest.mark.parametrize("encoding", ["gb2312", "GBK", "gb18030", "utf-8", "big5"])
def test_the_declared_encoding_is_read(encoding: str) -> None:
    for head in (f"<meta charset={encoding}>", f"<meta http-equiv=a content='text/html; charset={encoding}'>"):
        made = page("<p>行政</p>", head).decode().encode(encoding)
        assert texts(made) == ["行政"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "gb18030"])
def test_a_page_without_declaration_is_read(encoding: str) -> None:
    assert texts(page("<p>行政许可事项</p>").decode().encode(encoding)) == ["行政许可事项"]


def test_a_page_that_declares_another_encoding_than_its_own_is_read() -> None:
    assert texts(page("<p>行政</p>", "<meta charset=gb2312>")) == ["行政"]


def test_a_page_that_declares_gb2312_may_hold_signs_of_gb18030() -> None:
    assert texts(page("<p>朱镕㐀</p>", "<meta charset=gb2312>").decode().encode("gb18030")) == ["朱镕㐀"]


def test_a_web_archive_is_read() -> None:
    import base64

    body = base64.encodebytes(page("<p>行政</p>").decode().encode("gbk")).decode()
    made = (
        'From: <Saved>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\tboundary="b"\r\n\r\n--b\r\n'
        f'Content-Type: text/html; charset="gb2312"\r\nContent-Transfer-Encoding: base64\r\n\r\n{body}\r\n--b--\r\n'
    )
    assert texts(made.encode()) == ["行政"]


# Workbooks


def workbook(cells: dict[str, Any], *merged: str, name: str = "Sheet1") -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = name
    for at, value in cells.items():
        sheet[at] = value
    for span in merged:
        sheet.merge_cells(span)
    return book


def saved(book: Any) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_the_values_of_a_workbook_are_given_as_they_stand() -> None:
    import datetime

    values = [41, 41.0, 59237.2449, 0.1 + 0.2, 1e20, -3, "041", " 7", True, datetime.date(2024, 1, 2), 1e-7]
    found = texts(saved(workbook({f"{chr(65 + at)}1": value for at, value in enumerate(values)})))
    assert found == ["41", "41", "59237.2449", "0.3", "100000000000000000000", "-3", "041", " 7", "TRUE", "2024-01-02",
                     "0.0000001"]  # fmt: skip


def test_merged_cells_of_a_workbook_are_given_once_with_their_columns() -> None:
    cells = {"B2": "组", "C2": "宽", "C3": 1, "D3": 2, "B4": "后"}
    assert grid(saved(workbook(cells, "B2:B3", "C2:D2", "E2:E4"))) == [
        ("组", "Sheet1!B2", 1, 1), ("宽", "Sheet1!C2", 2, 2), ("1", "Sheet1!C3", 2, 1), ("2", "Sheet1!D3", 3, 1),
        ("后", "Sheet1!B4", 1, 1), ("", "Sheet1!C4", 2, 1), ("", "Sheet1!D4", 3, 1),
    ]  # fmt: skip


def test_merged_cells_that_overlap_are_told_apart() -> None:
    made = saved(workbook({"A1": "甲", "B2": "乙", "C3": "丙"}, "A1:B2"))
    more = '<mergeCell ref="A1:B2"/><mergeCell ref="B2:C3"/><mergeCell ref="A1:C1"'
    change = {"xl/worksheets/sheet1.xml": lambda text: text.replace('<mergeCell ref="A1:B2"', more)}
    broken = rewritten(made, change)
    assert [text for text, *_ in grid(broken)] == ["甲", "", "", "", "", "丙"]


def test_a_cell_over_the_whole_row_is_a_paragraph_between_tables() -> None:
    book = workbook({"A1": "三、收到  41", "A2": "甲", "B2": 1, "C2": 2, "A4": "乙", "B4": 3}, "A1:C1")
    assert [(text, place, column) for text, place, column, _ in grid(saved(book))] == [
        ("三、收到", "Sheet1!A1", -1), ("41", "Sheet1!A1", -1), ("甲", "Sheet1!A2", 0), ("1", "Sheet1!B2", 1),
        ("2", "Sheet1!C2", 2), ("乙", "Sheet1!A4", 0), ("3", "Sheet1!B4", 1),
    ]  # fmt: skip


def test_a_hidden_sheet_is_told_and_hidden_rows_are_read() -> None:
    book = workbook({"A1": "甲", "A2": "乙", "B2": 5})
    assert book.active is not None
    book.active.row_dimensions[2].hidden = True
    book.active.column_dimensions["B"].hidden = True
    other = book.create_sheet("旧")
    other["A1"], other.sheet_state = 9, "hidden"
    found = document(saved(book))
    assert [cell.text for cell in found.cells] == ["甲", "", "乙", "5"]
    assert found.notes == (
        "Sheet1: hidden rows are read too: 2", "Sheet1: hidden columns are read too: B",
        "the sheet 旧 is hidden and is not read",
    )  # fmt: skip


def test_a_formula_without_a_value_is_blank_and_told() -> None:
    found = document(saved(workbook({"A1": "甲", "B1": "=1+1", "C1": 2})))
    assert [cell.text for cell in found.cells] == ["甲", "", "2"]
    assert found.notes == ("Sheet1!B1: 1 formulas have no value and are blank; save in Excel",)


def test_errors_of_a_workbook_are_kept() -> None:
    made = saved(workbook({"A1": "甲", "B1": 1}))
    broken = rewritten(made, {"xl/worksheets/sheet1.xml": lambda text: re.sub(
        r'<c r="B1"[^>]*>.*?</c>', '<c r="B1" t="e"><f>X1</f><v>#REF!</v></c>', text)})  # fmt: skip
    assert texts(broken) == ["甲", "#REF!"]


def test_an_old_workbook_is_read() -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("表一")
    sheet.write_merge(0, 1, 0, 0, "组")
    sheet.write(0, 1, 41)
    sheet.write(1, 1, "0.50")
    hidden = book.add_sheet("旧")
    hidden.visibility = 1
    found = document(saved(book))
    assert [(cell.text, cell.place) for cell in found.cells] == [
        ("组", "表一!A1"),
        ("41", "表一!B1"),
        ("0.50", "表一!B2"),
    ]
    assert found.notes == ("the sheet 旧 is hidden and is not read",)


def spreadsheet(*rows: str, more: str = "") -> bytes:
    """An OpenDocument spreadsheet of rows of markup."""
    urn = "urn:oasis:names:tc:opendocument:xmlns"
    names = " ".join(f'xmlns:{name}="{urn}:{name}:1.0"' for name in ("office", "table", "text"))
    content = (
        f"<office:document-content {names}><office:body><office:spreadsheet><table:table table:name='表'>"
        f"{''.join(rows)}</table:table>{more}</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return zipped(**{"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})


def test_an_opendocument_spreadsheet_is_read() -> None:
    text = "<table:table-cell office:value-type='string' {}><text:p>{}</text:p></table:table-cell>"
    number = (
        "<table:table-cell office:value-type='float' office:value='41' {}><text:p>41.00</text:p></table:table-cell>"
    )
    covered = "<table:covered-table-cell/>"
    tall = text.format("table:number-rows-spanned='2'", "组")
    wide = text.format("table:number-columns-spanned='2'", "宽")
    twice = number.format("table:number-columns-repeated='2'")
    found = grid(spreadsheet(
        f"<table:table-row>{tall}"
        f"{wide}{covered}</table:table-row>",
        f"<table:table-row>{covered}{twice}</table:table-row>",
        "<table:table-row table:number-rows-repeated='1048574'><table:table-cell table:number-columns-repeated='1024'/>"
        "</table:table-row>",
    ))  # fmt: skip
    assert found == [
        ("组", "表!A1", 0, 1), ("宽", "表!B1", 1, 2), ("41", "表!B2", 1, 1), ("41", "表!C2", 2, 1),
    ]  # fmt: skip


def test_a_spreadsheet_that_repeats_without_end_is_refused() -> None:
    cell = "<table:table-cell office:value-type='float' office:value='1' table:number-columns-repeated='16384'/>"
    row = f"<table:table-row table:number-rows-repeated='1048576'>{cell}</table:table-row>"
    assert refusal(spreadsheet(row)) == (
        "report: 表: values reach as far as 表!XFD1048576\ndelete what stands far outside of the tables"
    )


# PDF


def pdf(*pages: list[tuple[float, float, str]], lines: tuple[tuple[float, float, float, float], ...] = ()) -> bytes:
    """Pages of texts with the places where they stand, and ruled lines on each."""
    from reportlab.pdfgen import canvas

    stream = io.BytesIO()
    made = canvas.Canvas(stream, pagesize=(400, 400))
    for page_texts in pages:
        made.setFont("Helvetica", 10)
        for x, y, text in page_texts:
            made.drawString(x, y, text)
        for line in lines:
            made.line(*line)
        made.showPage()
    made.save()
    return stream.getvalue()


RULED = (
    *((50, y, 250, y) for y in (200, 240, 280)), (50, 200, 50, 280), (250, 200, 250, 280), (150, 200, 150, 240),
)  # fmt: skip


def test_a_pdf_gives_lines_and_tables_from_top_to_bottom() -> None:
    found = grid(
        pdf([(50, 350, "Title"), (60, 260, "Wide"), (60, 215, "A"), (160, 215, "41"), (50, 100, "End")], lines=RULED)
    )
    assert found == [
        ("Title", "page 1, line 1", -1, 1), ("Wide", "page 1, table 1, row 1, column 1", 0, 2),
        ("A", "page 1, table 1, row 2, column 1", 0, 1), ("41", "page 1, table 1, row 2, column 2", 1, 1),
        ("End", "page 1, line 2", -1, 1),
    ]  # fmt: skip


def test_a_table_that_goes_on_over_the_page_is_another_grid() -> None:
    found = grid(pdf([(60, 215, "A")], [(60, 215, "B")], lines=RULED))
    assert [place for text, place, _, _ in found if text] == [
        "page 1, table 1, row 2, column 1", "page 2, table 1, row 2, column 1",
    ]  # fmt: skip


def test_words_that_stand_apart_are_cells_and_page_numbers_are_left_out() -> None:
    assert texts(pdf([(50, 350, "Row"), (150, 350, "4"), (250, 350, "5"), (200, 20, "- 3 -")])) == ["Row", "4", "5"]
    assert texts(pdf([(50, 350, "Row one"), (200, 20, "3")])) == ["Row", "one"]


def test_a_number_that_its_column_is_too_narrow_for_is_joined_again() -> None:
    narrow = tuple((50, y, 72, y) for y in (200, 240)) + tuple((x, 200, x, 240) for x in (50, 72)) + (
        (72, 200, 150, 200), (72, 240, 150, 240), (150, 200, 150, 240))  # fmt: skip
    assert texts(pdf([(56, 225, "78"), (56, 210, "46"), (80, 225, "12"), (80, 210, "34")], lines=narrow)) == [
        "7846",
        "12\n34",
    ]


def test_a_pdf_without_text_is_told() -> None:
    assert refusal(pdf([], lines=RULED)) == (
        "report: this PDF is a picture (no text layer)\n"
        "run text recognition on it, or take the Word file that it was made from"
    )


def test_a_locked_pdf_is_told() -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen import canvas

    stream = io.BytesIO()
    made = canvas.Canvas(stream, encrypt=StandardEncryption("secret"))
    made.drawString(50, 50, "A")
    made.save()
    assert refusal(stream.getvalue()) == "report: the PDF is protected by a password\nsave it without a password"


# Values between delimiters


def test_values_between_commas_are_a_grid() -> None:
    found = grid(b'a,b,c\n"1,000",,"x\ny"\n2,3,4\n')
    assert found == [
        ("a", "line 1, column 1", 0, 1), ("b", "line 1, column 2", 1, 1), ("c", "line 1, column 3", 2, 1),
        ("1,000", "line 2, column 1", 0, 1), ("", "line 2, column 2", 1, 1), ("x\ny", "line 2, column 3", 2, 1),
        ("2", "line 4, column 1", 0, 1), ("3", "line 4, column 2", 1, 1), ("4", "line 4, column 3", 2, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(("sign", "name"), [(",", "r"), (";", "r"), ("\t", "r"), ("\t", "r.csv"), ("\t", "r.tsv")])
def test_every_delimiter_is_read(sign: str, name: str) -> None:
    stream = io.BytesIO(as_csv(laid(FORM, DISTINCT), sign))
    stream.name = name
    report = gouji.read(stream, BOOK)
    assert [report.printed(cell) for cell in FORM.cells] == list(DISTINCT)


def listed(sign: str = ",") -> str:
    """The rows of an empty report, filled in with DISTINCT."""
    rows = (
        ["cell", "label", "unit", "value"],
        *([c.key, c.label, c.type.unit, DISTINCT[c.position]] for c in FORM.cells),
    )
    return "".join(f"{sign.join(row)}\n" for row in rows)


@pytest.mark.parametrize("data", [
    listed().encode(), listed(";").encode("utf-8-sig"), listed("\t").encode("utf-16"), listed().encode("gb18030"),
    listed().replace("\n", "\r\n").encode(), listed().replace("\n", "\r").encode(),
    listed().replace("cell,label,unit,value", '"cell","label","unit","value"').encode(),
])  # fmt: skip
def test_a_list_of_cells_that_is_filled_in_is_that_report(data: bytes) -> None:
    report = gouji.read(data, BOOK, year=2024)
    assert [report.printed(cell) for cell in FORM.cells] == list(DISTINCT)
    assert (report.unplaced, report.notes) == ((), ())


def test_a_list_of_cells_gives_each_once_and_none_for_an_empty_one() -> None:
    assert read("cell,label,unit,value\n甲/乙,乙,件,\n甲/丙,丙,件, 3 \n甲/丙,丙,件,4\n,,,\n甲/丁\n".encode(), "r") == {
        "tables": {"甲/乙": None, "甲/丙": "3", "甲/丁": None}
    }


def test_a_report_that_was_written_as_rows_is_read_again() -> None:
    printed = [*DISTINCT]
    printed[:4] = ["", "+5", "x1y", "-"]
    first = gouji.read(as_html(laid(FORM, printed)), BOOK)
    assert first.figures
    again = gouji.read(to_csv(first).encode(), BOOK, year=2024)
    assert (again.values, again.states, again.unplaced) == (first.values, first.states, ())


def test_rows_of_a_report_without_a_table_leave_its_cells_absent() -> None:
    head, *rows = to_csv(gouji.read(as_html(laid(FORM, DISTINCT)), BOOK)).split("\n")
    first, second, third, fourth = (row.split(",")[0] for row in rows[:4])
    made = [head, f"{first},,,,absent,", f"{second},,'=1,,unreadable: x,", f"{third},,,7,absent,", f"{fourth},,5'-3,,,"]
    assert read("\n".join(made).encode(), "r") == {"tables": {second: "=1", third: "7", fourth: "5'-3"}}


def test_a_text_with_commas_is_a_text() -> None:
    prose = b"In 2024, the office received 41 requests, 3 more.\nIt decided 40, kept 1.\nNone.\n"
    assert texts(prose) != [] and all(cell.column == -1 for cell in document(prose).cells)


# Other files


def zipped(**parts: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(
            b"PAR1" + bytes(30_000_000),
            "this is a table of reports, which is not read here\n"
            "check it in chunks: gouji check FILE --jobs 2 -o FOLDER",
            id="a parquet file",
        ),
        (b"{\\rtf1", "this is a rich text document, which is not read here\nopen it in Word and save it as .docx"),
        (zipped(a="b"), "this is a zipped folder\nunpack it and check the documents inside"),
        (zipped(mimetype="application/vnd.oasis.opendocument.text"),
         "this is an OpenDocument text, which is not read here\nsave it as .docx"),
        (zipped(mimetype="application/vnd.oasis.opendocument.presentation"),
         "these are slides, which are not read here\nsave the report as .docx"),
        (zipped(**{"OFD.xml": ""}), "this is an OFD document, which is not read here\nsave it as .docx or PDF"),
        (b"<?xml version='1.0'?><?mso-application progid='Word.Document'?>",
         "this is a Word or Excel document as XML, which is not read here\nsave it as .docx or .xlsx"),
        (b'{"year": 2024}\n{"year": 2023}\n', "2 reports stand here, one to a line; one is expected\n"
         "gouji check reads them one by one"),
        ('{"year": 2024}\r\n{"year": 2023}'.encode("utf-16"), "2 reports stand here, one to a line; one is expected\n"
         "gouji check reads them one by one"),
        (b'{"year": 2024}\r{"year": 2023}\r', "2 reports stand here, one to a line; one is expected\n"
         "end each line with a line feed; gouji check reads them one by one"),
    ],
)  # fmt: skip
def test_other_files_are_told_with_what_to_do(data: bytes, message: str) -> None:
    assert refusal(data) == f"report: {message}"


def test_one_report_to_a_line_is_that_report() -> None:
    assert read(b'{"year": 2024}\n', "report.jsonl") == {"year": 2024}


def compound(*names: str) -> bytes:
    """An old Office file that holds nothing but the names of its streams."""
    import struct

    def entry(name: str, kind: int, left: int, child: int) -> bytes:
        text = name.encode("utf-16-le")
        return text.ljust(64, b"\0") + struct.pack(
            "<HBBIII36xII4x", len(text) + 2, kind, 1, left, 0xFFFFFFFF, child, 0xFFFFFFFE, 0
        )

    none = 0xFFFFFFFF
    links = [*range(2, len(names) + 1), none]
    entries = [entry("Root Entry", 5, none, 1), *(entry(n, 2, at, none) for n, at in zip(names, links, strict=True))]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)
    header += struct.pack("<108I", *[none] * 108)
    fat = struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, *[none] * 126)
    return header + fat + b"".join(entries).ljust(512, b"\0")


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (
            ("WordDocument", "1Table"),
            "this is an old Word document (.doc)\nopen it in Word or WPS and save it as .docx",
        ),
        (("EncryptionInfo", "EncryptedPackage"), "the document is protected by a password\nsave it without a password"),
        (("Contents",), "this is an old Office file without text or sheets\nsave the report as .docx or .xlsx"),
    ],
)
def test_old_office_files_are_told_apart(names: tuple[str, ...], message: str) -> None:
    assert refusal(compound(*names)) == f"report: {message}"


@pytest.mark.parametrize(
    ("make", "module", "message"),
    [
        (as_docx, "docx", "reading Word documents needs python-docx\npip install 'gouji[docx]'"),
        (as_html, "selectolax", "reading web pages needs selectolax\npip install 'gouji[html]'"),
        (as_xlsx, "python_calamine", "reading workbooks needs python-calamine\npip install 'gouji[xlsx]'"),
        (as_pdf, "pdfplumber", "reading PDFs needs pdfplumber\npip install 'gouji[pdf]'"),
    ],
)
def test_a_library_that_is_missing_is_named_with_its_command(
    make: Any, module: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = make(laid(FORM, DISTINCT))
    for name in [name for name in sys.modules if name.partition(".")[0] == module]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    assert refusal(data) == f"report: {message}"
