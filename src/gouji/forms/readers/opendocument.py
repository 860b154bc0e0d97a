"""What stands in an OpenDocument spreadsheet beside its values: merged cells, hidden rows, how far it reaches."""

from xml.parsers import expat

from attrs import define, field

from gouji.forms.readers.archives import Archive
from gouji.forms.readers.pages import MAX_CELLS, crowded
from gouji.forms.readers.workbooks import Sheet, letters, within

_CELLS = ("table:table-cell", "table:covered-table-cell")


def open_sheets(archive: Archive, name: str) -> dict[str, Sheet]:
    """The sheets of an .ods by name; ReportError where a value stands out of bounds."""
    scan = _Scan(name)
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = scan.start, scan.end
    parser.Parse(archive.parts.get("content.xml", b""), True)
    within(scan.sheets, name)
    return scan.sheets


@define
class _Scan:
    """One pass over the tags; `row` and `column` are those of the next row and cell."""

    name: str
    sheets: dict[str, Sheet] = field(factory=dict)
    title: str = ""
    row: int = 0
    column: int = 0
    rows: int = 1
    columns: int = 1
    inside: bool = False

    def start(self, tag: str, given: dict[str, str]) -> None:
        """A tag begins."""
        if tag == "table:table":
            self.title = given.get("table:name", "")
            self.sheets.setdefault(self.title, Sheet())
            self.row = 0
        elif not self.sheets:
            return
        elif tag == "table:table-row":
            self.rows, self.column = _number(given, "table:number-rows-repeated"), 0
            if given.get("table:visibility", "visible") != "visible" and self.rows < MAX_CELLS:
                self.sheets[self.title].rows.add(self.row)
        elif tag in _CELLS:
            self._cell(given)
        elif tag == "text:p" and self.inside:
            self._reach()

    def end(self, tag: str) -> None:
        """A tag ends."""
        if tag == "table:table-row":
            self.row += self.rows
        elif tag in _CELLS:
            self.column += self.columns
            self.inside = False

    def _cell(self, given: dict[str, str]) -> None:
        sheet = self.sheets[self.title]
        sheet.cells += 1
        if sheet.cells > MAX_CELLS:
            raise crowded(self.name, f"{self.title}!{letters(self.column)}{self.row + 1}")
        self.columns, self.inside = _number(given, "table:number-columns-repeated"), True
        high, wide = _number(given, "table:number-rows-spanned"), _number(given, "table:number-columns-spanned")
        if high * wide > 1:
            sheet.merged.append(((self.row, self.column), (self.row + high - 1, self.column + wide - 1)))
        if "office:value-type" in given:
            self._reach()

    def _reach(self) -> None:
        self.sheets[self.title].reach(self.row + self.rows - 1, self.column + self.columns - 1)


def _number(given: dict[str, str], key: str) -> int:
    text = given.get(key, "")
    return max(1, int(text)) if text.isdecimal() and len(text) < 10 else 1
