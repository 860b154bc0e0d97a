"""A paper as a document of a word processor or a spreadsheet: docx and xlsx."""

import re
from io import BytesIO

import docx
import openpyxl
from docx.shared import Pt
from openpyxl.styles import Alignment, Border, Side

from printing.paper import Grid, Paper


def print_docx(paper: Paper, points: int = 7) -> bytes:
    """Paragraphs and tables with merged cells; large letters break figures over lines."""
    document = docx.Document()
    document.styles["Normal"].font.size = Pt(points)
    for item in paper.items:
        if isinstance(item, Grid):
            _table(document, item)
            document.add_paragraph("")
        else:
            document.add_paragraph(item)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _table(document: docx.document.Document, grid: Grid) -> None:
    table = document.add_table(len(grid.matrix), grid.width, "Table Grid")
    cells = table._cells  # once: the library makes them anew for every question
    for area in grid.areas():
        first = cells[area.row * grid.width + area.column]
        if (area.rows, area.columns) != (1, 1):
            last = cells[(area.row + area.rows - 1) * grid.width + area.column + area.columns - 1]
            first = first.merge(last)
        first.text = area.spot.text


def print_xlsx(paper: Paper, sheets: bool = False, numbers: bool = True) -> bytes:
    """One sheet, or one for each table; figures as numbers or as text."""
    book = openpyxl.Workbook()
    sheet = book.active
    row = 1
    for at, item in enumerate(paper.items):
        following = paper.items[at + 1] if at + 1 < len(paper.items) else ""
        if sheets and row > 1 and isinstance(following, Grid) and not isinstance(item, Grid):
            sheet, row = book.create_sheet(), 1
        if isinstance(item, Grid):
            row += _cells(sheet, item, row, numbers)
        else:
            _cell(sheet, row, 1, item, False)
            row += 1
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _cells(sheet: openpyxl.worksheet.worksheet.Worksheet, grid: Grid, top: int, numbers: bool) -> int:
    thin = Side("thin")
    for area in grid.areas():
        row, column = top + area.row, area.column + 1
        cell = _cell(sheet, row, column, area.spot.text, numbers)
        cell.border = Border(thin, thin, thin, thin)
        cell.alignment = Alignment(wrap_text=True)
        if (area.rows, area.columns) != (1, 1):
            sheet.merge_cells(
                start_row=row, end_row=row + area.rows - 1, start_column=column, end_column=column + area.columns - 1
            )
    return len(grid.matrix)


def _cell(
    sheet: openpyxl.worksheet.worksheet.Worksheet, row: int, column: int, text: str, numbers: bool
) -> openpyxl.cell.Cell:
    cell = sheet.cell(row, column)
    if numbers and re.fullmatch(r"\d+(\.\d+)?", text, re.ASCII):
        cell.value = float(text) if "." in text else int(text)
    elif text:
        cell.value = text
        cell.data_type = "s"  # a text that begins with a sign is no formula
    return cell
