"""A workbook handed back: failing cells filled and noted; values, formulas and formats as they were."""

from collections.abc import Callable
from copy import copy
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

from annotated import by_office, content, copied, parts, passing, rezipped
from documents import as_xlsx
from gouji.findings.annotate.marks import COLOURS
from gouji.forms.readers.workbooks import cell_at
from printing.convert import OFFICE

S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
KEPT = ("value", "number_format", "font", "border", "alignment", "protection", "hyperlink")


def edited(change: Callable[[Any], None], data: bytes | None = None) -> bytes:
    book = openpyxl.load_workbook(BytesIO(data or as_xlsx(content())))
    change(book)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def dressed(book: Any) -> None:
    """Formats, a formula, a protected sheet, notes on another cell and on a failing one, a second sheet."""
    sheet = book.active
    cell = find(sheet, 44)
    cell.font, cell.number_format = Font(bold=True, color="FF0000FF"), "#,##0"
    cell.border, cell.alignment = Border(Side("thin"), Side("thick")), Alignment("center")
    cell.fill = PatternFill("solid", fgColor="FF00FF00")
    cell.comment = Comment("原批注", "李四")
    sheet["A1"].comment = Comment("标题批注", "李四")
    sheet.protection.sheet = True
    sheet.column_dimensions["B"].width = 33
    other = book.create_sheet("附表")
    other["A1"].comment = Comment("另一张", "王五")
    other["B2"], other["B3"] = 3.5, "=B2*2"


def find(sheet: Any, value: object) -> Any:
    return next(cell for row in sheet.iter_rows() for cell in row if cell.value == value)


def loaded(data: bytes) -> Any:
    return openpyxl.load_workbook(BytesIO(data))


def notes(data: bytes) -> dict[str, str]:
    sheet = loaded(data).worksheets[0]
    return {str(cell.value): cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment}


def filled(data: bytes, kind: str) -> set[str]:
    cells = [cell for row in loaded(data).worksheets[0].iter_rows() for cell in row]
    return {str(cell.value) for cell in cells if cell.fill.fgColor.rgb == f"FF{COLOURS[kind]}"}


def same(data: bytes, other: bytes) -> None:
    """Everything but fills and notes is equal; notes that were there are still read."""
    before, after = loaded(data), loaded(other)
    assert before.sheetnames == after.sheetnames
    for one, two in zip(before.worksheets, after.worksheets, strict=True):
        assert {str(r) for r in one.merged_cells.ranges} == {str(r) for r in two.merged_cells.ranges}
        assert one.protection.sheet == two.protection.sheet
        widths = [{key: d.width for key, d in sheet.column_dimensions.items()} for sheet in (one, two)]
        assert widths[0] == widths[1]
        known = set(one._cells)  # an absent cell has the format of its row or column, which the library passes by
        for row in one.iter_rows():
            for cell in (cell for cell in row if (cell.row, cell.column) in known):
                twin = two[cell.coordinate]
                for name in KEPT:
                    assert copy(getattr(cell, name)) == copy(getattr(twin, name)), (cell.coordinate, name)
                if cell.comment:
                    assert twin.comment and twin.comment.text.startswith(cell.comment.text)


def changed(data: bytes, other: bytes) -> set[str]:
    before, after = parts(data), parts(other)
    assert before.keys() <= after.keys()
    return {name for name in after if before.get(name) != after[name]}


def test_what_fails_is_filled_and_noted_and_all_else_stays(tmp_path: Path) -> None:
    data = edited(dressed)
    result, out = copied(data, "年报.xlsx", tmp_path)
    same(data, out)
    assert changed(data, out) == {
        "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/comments/comment1.xml", "xl/drawings/commentsDrawing1.vml"
    }  # fmt: skip
    said = notes(out)
    assert said["44"].startswith("原批注") and "difference 3" in said["44"]
    whole = "\n".join(said.values())
    assert all(finding.formula in whole for finding in result.findings if finding.rule != "cells")
    assert said["-1"].startswith("cells: -1 is outside the domain")
    assert {"44", "-1", "1O2"} <= filled(out, "fail") and {"5", "2"} <= filled(out, "beside")
    assert "None" in filled(out, "open")


def test_a_workbook_without_notes_gets_them(tmp_path: Path) -> None:
    data = as_xlsx(content())
    _, out = copied(data, "a.xlsx", tmp_path)
    same(data, out)
    assert changed(data, out) == {
        "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/comments1.xml", "xl/drawings/vmlDrawing1.vml",
        "xl/worksheets/_rels/sheet1.xml.rels", "[Content_Types].xml",
    }  # fmt: skip
    assert "difference 3" in notes(out)["44"]


@OFFICE
def test_a_workbook_of_another_program_and_back(tmp_path: Path) -> None:
    data = by_office("a.xlsx", edited(dressed), "xlsx:Calc MS Excel 2007 XML", tmp_path)
    _, out = copied(data, "a.xlsx", tmp_path)
    same(data, out)
    assert "difference 3" in notes(out)["44"]
    assert by_office("copy.xlsx", out, "pdf", tmp_path / "pdf")
    back = by_office("copy.xlsx", out, "xlsx:Calc MS Excel 2007 XML", tmp_path / "back")
    assert "difference 3" in notes(back)["44"]


def test_a_workbook_without_findings_is_handed_back_as_it_is(tmp_path: Path) -> None:
    data = rezipped(as_xlsx(passing()), {})
    result, out = copied(data, "a.xlsx", tmp_path)
    assert not result.findings and out == data


def test_a_workbook_with_macros_keeps_them(tmp_path: Path) -> None:
    data = as_xlsx(content())
    types = parts(data)["[Content_Types].xml"].replace(
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    data = rezipped(data, {"[Content_Types].xml": types, "xl/vbaProject.bin": b"\x00\x01macro"})
    _, out = copied(data, "a.xlsm", tmp_path)
    assert parts(out)["xl/vbaProject.bin"] == b"\x00\x01macro" and "difference 3" in notes(out)["44"]


def test_cells_that_are_not_in_the_file_are_made_at_their_place(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        sheet = book.active
        for value in (44, "-1"):
            cell = find(sheet, value)
            sheet.row_dimensions[cell.row].height = 20
            del sheet._cells[cell.row, cell.column]

    data = edited(change)
    result, out = copied(data, "a.xlsx", tmp_path)
    same(data, out)
    assert sum(finding.rule == "cells" for finding in result.findings) == 4
    sheet = loaded(out).active
    blanks = [c for row in sheet.iter_rows() for c in row if c.fill.fgColor.rgb == f"FF{COLOURS['open']}"]
    assert len([cell for cell in blanks if cell.value is None]) == 3
    for row in ElementTree.fromstring(parts(out)["xl/worksheets/sheet1.xml"]).iter(f"{S}row"):
        places = [cell_at(cell.attrib["r"]) for cell in row]
        assert places == sorted(filter(None, places))
