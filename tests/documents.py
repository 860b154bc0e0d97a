"""A report laid out as a document of each format, with the merged cells of the printed form."""

import html
import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from attrs import frozen

from gouji.forms.form import Axis, Cell, Form, Member, Table

AGENCY = "瑶海区人民政府办公室"


@frozen
class Box:
    """A cell as printed: where it begins and how far it reaches."""

    text: str
    row: int
    column: int
    rows: int = 1
    columns: int = 1


Laid = str | list[Box]  # a paragraph, or a table


def laid(form: Form, figures: Sequence[str], year: int = 2024) -> list[Laid]:
    """The paragraphs and tables of a report, one printed figure for each cell of the form."""
    first, *others = [narrative.labels[0] for narrative in form.narratives]
    content: list[Laid] = [f"{AGENCY}{year}年{form.title}", first, "2024年，新收申请103件，结转5件。"]
    for table in form.tables:
        content += [table.labels[0], _table(form, table, figures)]
    return [*content, *(text for label in others for text in (label, "无。"))]


def _table(form: Form, table: Table, figures: Sequence[str]) -> list[Box]:
    boxes: list[Box] = []
    for number, block in enumerate(table.blocks):
        cells = [cell for cell in form.cells if cell.table.name == table.name and cell.block == number]
        top = max((box.row + box.rows for box in boxes), default=0)
        if table.across:
            boxes += _across(block.rows, block.columns, cells, figures)
            continue
        labels = max(len(cell.rows) for cell in cells)
        if block.headings:
            boxes.append(Box(block.headings[0], top, 0, 1, labels + len(block.columns.leaves())))
            top += 1
        depth, header = _header(block.columns.members, top, labels)
        boxes += [Box("".join(block.columns.headings[:1]), top, 0, depth, labels), *header]
        boxes += _rows(block.rows.members, cells, figures, top + depth, labels)
    return boxes


def _depth(member: Member) -> int:
    return 1 + max(map(_depth, member.children), default=0)


def _leaves(member: Member) -> int:
    return sum(map(_leaves, member.children)) or 1


def _header(members: tuple[Member, ...], top: int, left: int) -> tuple[int, list[Box]]:
    """A nested header: groups above their columns, leaves down to its end."""
    depth = max(map(_depth, members))

    def below(members: tuple[Member, ...], row: int, column: int) -> Iterator[Box]:
        for member in members:
            rows = 1 if member.children else top + depth - row
            yield Box(member.labels[0], row, column, rows, _leaves(member))
            yield from below(member.children, row + 1, column)
            column += _leaves(member)

    return depth, list(below(members, top, left))


def _rows(
    members: tuple[Member, ...], cells: Sequence[Cell], figures: Sequence[str], top: int, labels: int
) -> Iterator[Box]:
    paths = list(dict.fromkeys(cell.row for cell in cells))
    for at, path in enumerate(paths):
        for number, cell in enumerate(cell for cell in cells if cell.row == path):
            yield Box(figures[cell.position], top + at, labels + number)

    def below(members: tuple[Member, ...], row: int, column: int) -> Iterator[Box]:
        for member in members:
            yield Box(member.labels[0], row, column, _leaves(member), 1 if member.children else labels - column)
            yield from below(member.children, row, column + 1)
            row += _leaves(member)

    yield from below(members, top, 0)


def _across(rows: Axis, columns: Axis, cells: Sequence[Cell], figures: Sequence[str]) -> Iterator[Box]:
    """Rows as the groups of one line: their columns stand under each."""
    width = len(columns.leaves())
    depth = max(map(_depth, rows.members))

    def below(members: tuple[Member, ...], row: int, column: int) -> Iterator[Box]:
        for member in members:
            span = _leaves(member) * width
            yield Box(member.labels[0], row, column, 1 if member.children else depth - row, span)
            yield from below(member.children, row + 1, column)
            column += span

    yield from below(rows.members, 0, 0)
    for at, cell in enumerate(cells):
        yield Box(cell.columns[-1].labels[0], depth, at)
        yield Box(figures[cell.position], depth + 1, at)


def _size(boxes: Sequence[Box]) -> tuple[int, int]:
    return max(box.row + box.rows for box in boxes), max(box.column + box.columns for box in boxes)


def _by_row(boxes: Sequence[Box]) -> list[list[Box]]:
    rows: list[list[Box]] = [[] for _ in range(_size(boxes)[0])]
    for box in sorted(boxes, key=lambda box: box.column):
        rows[box.row].append(box)
    return rows


def as_html(content: Sequence[Laid]) -> bytes:
    """A web page."""
    parts = ["<!DOCTYPE html><meta charset=utf-8><title>x</title><body>"]
    for item in content:
        if isinstance(item, str):
            parts.append(f"<p>{html.escape(item)}</p>")
            continue
        rows = (
            "".join(f"<td rowspan={b.rows} colspan={b.columns}>{html.escape(b.text)}</td>" for b in row)
            for row in _by_row(item)
        )
        parts.append("<table><tr>" + "</tr>\n<tr>".join(rows) + "</tr></table>")
    return "\n".join(parts).encode()


def as_docx(content: Sequence[Laid]) -> bytes:
    """A Word document."""
    import docx

    document = docx.Document()
    for item in content:
        if isinstance(item, str):
            document.add_paragraph(item)
            continue
        table = document.add_table(*_size(item), style="Table Grid")
        grid = [list(row.cells) for row in table.rows]
        for box in item:
            cell = grid[box.row][box.column]
            if box.rows * box.columns > 1:
                cell = cell.merge(grid[box.row + box.rows - 1][box.column + box.columns - 1])
            cell.text = box.text
    return _saved(document.save)


def as_xlsx(content: Sequence[Laid]) -> bytes:
    """A workbook with everything on one sheet; figures are numbers."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None

    def put(row: int, column: int, rows: int, columns: int, text: str) -> None:
        sheet.cell(row + 1, column + 1, _value(text))
        if rows * columns > 1:
            sheet.merge_cells(None, row + 1, column + 1, row + rows, column + columns)

    _place(content, put)
    return _saved(book.save)


def as_xls(content: Sequence[Laid]) -> bytes:
    """An old workbook."""
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Sheet1")

    def put(row: int, column: int, rows: int, columns: int, text: str) -> None:
        sheet.write_merge(row, row + rows - 1, column, column + columns - 1, _value(text))

    _place(content, put)
    return _saved(book.save)


def _place(content: Sequence[Laid], put: Callable[[int, int, int, int, str], None]) -> None:
    """Everything below each other: paragraphs over nine columns, tables with an empty row behind."""
    top = 0
    for item in content:
        if isinstance(item, str):
            put(top, 0, 1, 9, item)
            top += 1
            continue
        for box in item:
            put(top + box.row, box.column, box.rows, box.columns, box.text)
        top += _size(item)[0] + 1


def _value(text: str) -> str | float:
    return float(text) if text.replace(".", "", 1).isdecimal() else text


def as_csv(content: Sequence[Laid], sign: str = ",") -> bytes:
    """Values between delimiters; a merged cell is empty but for its first place."""
    import csv

    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=sign)
    for item in content:
        if isinstance(item, str):
            writer.writerow([item, *[""] * 8])
            continue
        texts = {(box.row, box.column): box.text for box in item}
        height, width = _size(item)
        writer.writerows([texts.get((row, column), "") for column in range(width)] for row in range(height))
        writer.writerow([""] * width)
    return stream.getvalue().encode("utf-8-sig")


def as_pdf(content: Sequence[Laid]) -> bytes:
    """A PDF with ruled tables."""
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle("plain", fontName="STSong-Light", fontSize=8, leading=10, wordWrap="CJK")
    flow: list[Any] = []
    for item in content:
        flow += [Paragraph(item, style)] if isinstance(item, str) else [_pdf_table(item, style), Spacer(1, 10)]
    stream = io.BytesIO()
    SimpleDocTemplate(stream, pagesize=(842, 1400)).build(flow)
    return stream.getvalue()


def _pdf_table(boxes: Sequence[Box], style: Any) -> Any:
    from reportlab.lib import colors
    from reportlab.platypus import Paragraph, Table, TableStyle

    height, width = _size(boxes)
    texts: list[list[Any]] = [[""] * width for _ in range(height)]
    marks: list[Any] = [("GRID", (0, 0), (-1, -1), 0.5, colors.black)]
    for box in boxes:
        texts[box.row][box.column] = Paragraph(html.escape(box.text), style)
        marks.append(("SPAN", (box.column, box.row), (box.column + box.columns - 1, box.row + box.rows - 1)))
    return Table(texts, colWidths=[740 / width] * width, style=TableStyle(marks))


def _saved(save: Callable[[io.BytesIO], Any]) -> bytes:
    stream = io.BytesIO()
    save(stream)
    return stream.getvalue()


FORMATS: dict[str, Callable[[Sequence[Laid]], bytes]] = {
    "report.html": as_html, "report.docx": as_docx, "report.xlsx": as_xlsx, "report.xls": as_xls,
    "report.csv": as_csv, "report.pdf": as_pdf,
}  # fmt: skip
