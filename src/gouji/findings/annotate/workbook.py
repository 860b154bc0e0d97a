"""Workbooks: failing cells filled, and a note at each; values, formulas, formats and everything else stay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from gouji.findings.annotate.marks import COLOURS, Mark
from gouji.findings.annotate.notes import add_notes
from gouji.findings.annotate.package import Package
from gouji.findings.annotate.styles import Styles
from gouji.forms.readers.archives import Archive
from gouji.forms.readers.refusals import refuse
from gouji.forms.readers.workbooks import cell_at, letters, sheet_parts
from gouji.messages import say

_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def mark_workbook(package: Package, placed: Sequence[tuple[Any, Mark]]) -> None:
    """Fills the cells and notes them; each mark comes with the name of its sheet, the row and the column."""
    parts = dict(sheet_parts(Archive(package.parts)))
    sheets: dict[str, list[tuple[int, int, Mark]]] = defaultdict(list)
    for origin, mark in placed:
        if origin is not None and origin[0] in parts:
            sheets[parts[origin[0]]].append((origin[1], origin[2], mark))
    styles = Styles.of(package)
    for part, marks in sheets.items():
        root = package.tree(part)
        if root.find(f"{_S}sheetData") is None:
            message = say("a workbook in the strict variant of Open XML cannot be annotated")
            raise refuse(package.name, message, say("save it as an ordinary .xlsx"))
        cells = _Cells(root)
        for row, column, mark in marks:
            cell = cells.at(row, column)
            cell.set("s", styles.filled(cell.get("s", "0"), COLOURS[mark.kind]))
        notes = {(row, column): mark.comments for row, column, mark in marks if mark.comments}
        if notes:
            add_notes(package, part, notes)


class _Cells:
    """The cells of a sheet by row and column, counted from 0; those that are not there are made."""

    def __init__(self, root: Any) -> None:
        """Finds the rows and cells as the reader counts them: those without a place follow the one before."""
        self.root = root
        self.data = root.find(f"{_S}sheetData")
        self.rows: dict[int, Any] = {}
        self.cells: dict[int, dict[int, Any]] = defaultdict(dict)
        row = -1
        for node in self.data.iterfind(f"{_S}row"):
            number = node.get("r", "")
            row, column = int(number) - 1 if number.isdecimal() else row + 1, -1
            self.rows[row] = node
            for cell in node.iterfind(f"{_S}c"):
                row, column = cell_at(cell.get("r", "")) or (row, column + 1)
                self.cells[row][column] = cell

    def at(self, row: int, column: int) -> Any:
        """The cell there, made with the format of its row or column where it is not."""
        own = self.cells[row]
        if column not in own:
            line = self._row(row)
            made = line.makeelement(f"{_S}c", {"r": f"{letters(column)}{row + 1}"})
            if style := self._style(line, column):
                made.set("s", style)
            _insert(line, made, own, column)
        return own[column]

    def _row(self, row: int) -> Any:
        if row not in self.rows:
            _insert(self.data, self.data.makeelement(f"{_S}row", {"r": str(row + 1)}), self.rows, row)
        return self.rows[row]

    def _style(self, row: Any, column: int) -> str:
        """The format of a cell that is not there: that of its row, else that of its column."""
        if row.get("s") and row.get("customFormat") in ("1", "true"):
            return str(row.get("s"))
        declared: Iterable[Any] = self.root.iterfind(f"{_S}cols/{_S}col")
        for node in declared:
            if int(node.get("min", "0")) <= column + 1 <= int(node.get("max", "0")):
                return str(node.get("style", ""))
        return ""


def _insert(parent: Any, node: Any, known: dict[int, Any], at: int) -> None:
    """Puts a row or cell behind the last one before it."""
    before = max((other for other in known if other < at), default=None)
    parent.insert(0 if before is None else parent.index(known[before]) + 1, node)
    known[at] = node
