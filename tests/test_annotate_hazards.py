"""Odd documents, in which every identity fails, handed back: each mark stands on its own cell and no figure moves."""

from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

import gouji
from gouji.findings.annotate.marks import COLOURS
from printing.formats import FORMATS, read_named
from printing.hazards import NAMED
from test_printed import BOOK, paper_of

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def marked_docx(data: bytes) -> dict[str, int]:
    """How many cells of each text are red, of those that a single number fills."""
    body: Any = docx.Document(BytesIO(data)).element.body
    cells = [mark.getparent().getparent() for mark in body.iter(f"{W}shd") if mark.get(f"{W}fill") == COLOURS["fail"]]
    return counted("".join(cell.itertext(f"{W}t")) for cell in cells)


def marked_xlsx(data: bytes) -> dict[str, int]:
    cells = [cell for sheet in openpyxl.load_workbook(BytesIO(data)) for row in sheet.iter_rows() for cell in row]
    return counted(str(cell.value) for cell in cells if cell.fill.fgColor.rgb == f"FF{COLOURS['fail']}")


def counted(texts: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    for text in texts:
        if text.isdecimal():
            found[text] = found.get(text, 0) + 1
    return found


def failing(result: gouji.Result) -> set[str]:
    """What is printed in the cell at which each failing check is told, where it is a plain number in a grid."""
    cells = [next((c for c in f.cells if c.spot), None) for f in result.findings if f.outcome in ("fail", "error")]
    return {cell.printed for cell in cells if cell and cell.spot and cell.spot.column >= 0 and cell.printed.isdecimal()}


@pytest.mark.parametrize("hazard", NAMED)
@pytest.mark.parametrize("way", ["docx", "xlsx of sheets"])
def test_a_mark_stands_on_its_cell(way: str, hazard: str, tmp_path: Path) -> None:
    ending, write = FORMATS[way]
    data = write(paper_of(hazard, "distinct", 0))
    report = read_named(data, f"paper.{ending}", BOOK)
    result = BOOK.check(report)
    result.annotate(tmp_path / "out", data)
    out = (tmp_path / "out").read_bytes()
    again = read_named(out, f"paper.{ending}", BOOK)
    for one in ("values", "states", "given", "places", "spots", "figures", "notes", "unplaced"):
        assert getattr(again, one) == getattr(report, one), one
    marked = (marked_docx if ending == "docx" else marked_xlsx)(out)
    assert marked.keys() == failing(result) and len(marked) > 2
    assert set(marked.values()) == {1}
