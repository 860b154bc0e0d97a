"""Word documents (.docx) -> paragraphs and tables in the order of the body."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from attrs import define, evolve, field

from gouji.forms.document import Document
from gouji.forms.readers.archives import Archive
from gouji.forms.readers.pages import MAX_CELLS, Box, Origins, Pages, crowded
from gouji.forms.readers.refusals import foreign, library
from gouji.forms.readers.text import STRUCK, joined, prose, seen
from gouji.messages import say

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_VALUE = f"{_W}val"
_GONE = {f"{_W}del", f"{_W}moveFrom"}
_SKIPPED = {f"{_W}{tag}" for tag in ("pPr", "rPr", "sdtPr", "instrText", "rt", "tbl", "numberingChange")}
_SIGNS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-", f"{_W}ptab": "\t"}
_OFF = ("0", "false", "off", "none")
_HIGH = ("superscript", "subscript")
_MOST_SPANNED = 1000


def read_word(data: bytes, name: str) -> Document:
    """The paragraphs and tables of a Word document, with tracked insertions and without tracked deletions.

    A merged cell is given once; a table inside a cell follows the row of that cell. Raises ReportError when the file
    is damaged, too large, or no such document.
    """
    return _walked(data, Pages(name), None).document()


def trace_word(data: bytes, name: str, root: Any) -> tuple[Document, Origins]:
    """The same document, and the paragraphs and cells of `root` that its text comes from.

    `root` is the main part of the document as another has parsed it.
    """
    origins: Origins = {}
    return _walked(data, Pages(name, origins=origins), root).document(), origins


def _walked(data: bytes, pages: Pages, root: Any | None) -> Pages:
    """The pages after a pass over the main part of the document, or over `root` in its place."""
    name = pages.name
    package = library("docx.package", "python-docx", say("Word documents"), "docx", name)
    archive = Archive.of(data, name)
    with foreign(name, say("the Word document"), say("open it in Word and save it again")):
        part = package.Package.open(archive.packed()).main_document_part
        story = _Story(pages, _Marks.of(part))
        body = (_root(part) if root is None else root).find(f"{_W}body")
        story.blocks(iter(body) if body is not None else iter(()), "")
        for kind in ("footnote", "endnote"):
            story.remarks(kind, part)
    story.tell()
    return pages


def _root(part: Any) -> Any:
    """The tree of a part, also of one that the library keeps as bytes (documents with macros)."""
    if hasattr(part, "element"):
        return part.element
    from docx.oxml.parser import parse_xml

    return parse_xml(part.blob)


def _on(properties: Any, tag: str) -> bool:
    """Whether a property that is on by being there is there, and not switched off."""
    found = properties.find(f"{_W}{tag}") if properties is not None else None
    return found is not None and found.get(_VALUE) not in _OFF


def _set(properties: Any, tag: str) -> bool | None:
    """Whether properties of text switch something on or off, or leave it as it is."""
    found = properties.find(f"{_W}{tag}") if properties is not None else None
    if found is None:
        return None
    return found.get(_VALUE) in _HIGH if tag == "vertAlign" else found.get(_VALUE) not in _OFF


@define
class _Marks:
    """How runs are shown: the properties of styles, and what deleted, hidden and struck text was met."""

    styles: dict[str, Any]
    deleted: int = 0
    hidden: int = 0
    struck: bool = False

    @classmethod
    def of(cls, part: Any) -> "_Marks":
        """The styles of a document."""
        found = [
            rel.target_part for rel in part.rels.values() if not rel.is_external and rel.reltype.endswith("/styles")
        ]
        styles = _root(found[0]).iterfind(f"{_W}style") if found else ()
        return cls({style.get(f"{_W}styleId"): style.find(f"{_W}rPr") for style in styles})

    def hides(self, run: Any) -> bool:
        """Whether a run is not shown, or struck out; takes note of it."""
        if self.are(run, "vanish"):
            self.hidden += _says(run)
            return True
        if self.are(run, "strike") or self.are(run, "dstrike"):
            self.struck |= _says(run)
            return True
        return False

    def are(self, run: Any, tag: str) -> bool:
        """Whether a run has a property, by itself or by its style."""
        properties = run.find(f"{_W}rPr")
        if properties is None:
            return False
        own = _set(properties, tag)
        if own is not None:
            return own
        style = properties.find(f"{_W}rStyle")
        return style is not None and bool(_set(self.styles.get(style.get(_VALUE)), tag))


def _says(run: Any) -> bool:
    return any(text.text for text in run.iter(f"{_W}t"))


@define
class _Text:
    """The text of one paragraph, and the text boxes that hang on it."""

    marks: _Marks
    parts: list[tuple[str, bool]] = field(factory=list)
    boxes: list[Any] = field(factory=list)
    _codes: list[bool] = field(factory=list)

    def __str__(self) -> str:
        return seen(joined(self.parts)).replace("\xa0", " ")

    def add(self, parent: Any, raised: bool = False) -> None:
        """Takes up what is shown of an element's children."""
        for node in parent:
            tag = node.tag
            if tag in _GONE:
                self.marks.deleted += 1
            elif tag == f"{_W}r":
                if not self.marks.hides(node):
                    self.add(node, self.marks.are(node, "vertAlign"))
            elif tag == f"{_W}txbxContent":
                self.boxes.append(node)
            elif tag == f"{_MC}AlternateContent":
                self.add(node[:1], raised)
            elif tag == f"{_W}fldChar":
                self._field(node.get(f"{_W}fldCharType"))
            elif not any(self._codes) and (sign := node.text if tag == f"{_W}t" else _SIGNS.get(tag)):
                self.parts.append((sign, raised and tag == f"{_W}t"))
            elif tag not in _SKIPPED and isinstance(tag, str) and not (tag == f"{_W}sdt" and _on_prompt(node)):
                self.add(node, raised)

    def _field(self, kind: str | None) -> None:
        """Keeps, for each open field, whether its code is being given, and not its result."""
        if kind == "begin":
            self._codes.append(True)
        elif self._codes and kind == "separate":
            self._codes[-1] = False
        elif self._codes and kind == "end":
            self._codes.pop()


def _on_prompt(control: Any) -> bool:
    """Whether a content control shows its prompt, nobody having filled it in."""
    return _on(control.find(f"{_W}sdtPr"), "showingPlcHdr")


@define
class _Story:
    """A pass over the blocks of a document."""

    pages: Pages
    marks: _Marks
    paragraphs: int = 0
    tables: int = 0

    def blocks(self, nodes: Iterator[Any], place: str) -> None:
        """Paragraphs and tables in their order; `place` is that of the cell or box that they stand in."""
        for node in self._shown(nodes, (f"{_W}p", f"{_W}tbl")):
            if node.tag == f"{_W}p":
                self.paragraphs += not place
                self._paragraph(node, place or say("paragraph {number}", number=self.paragraphs))
            else:
                self.tables += 1
                self._table(node, self.tables)

    def remarks(self, kind: str, part: Any) -> None:
        """The footnotes or endnotes of a document, each with its number."""
        found = [
            rel.target_part for rel in part.rels.values() if rel.reltype.endswith(f"/{kind}s") and not rel.is_external
        ]
        notes = _root(found[0]).iterfind(f"{_W}{kind}") if found else ()
        for number, note in enumerate((note for note in notes if note.get(f"{_W}type") is None), 1):
            self.blocks(iter(note), f"{kind} {number}")

    def tell(self) -> None:
        """Notes what the document holds and does not show."""
        if self.marks.deleted:
            self.pages.note(
                say("tracked changes: insertions are read, {number} deletions are left out", number=self.marks.deleted)
            )
        if self.marks.hidden:
            self.pages.note(say("{number} runs of hidden text are left out", number=self.marks.hidden))
        if self.marks.struck:
            self.pages.note(say(STRUCK))

    def _shown(self, nodes: Iterator[Any], tags: tuple[str, ...]) -> Iterator[Any]:
        """The nodes with these tags, also inside content controls and tracked insertions."""
        for node in nodes:
            if node.tag in tags:
                yield node
            elif node.tag in _GONE:
                self.marks.deleted += 1
            elif node.tag == f"{_MC}AlternateContent":
                yield from self._shown(iter(node[:1]), tags)
            elif isinstance(node.tag, str) and not (node.tag == f"{_W}sdt" and _on_prompt(node)):
                yield from self._shown(iter(node), tags)

    def _paragraph(self, node: Any, place: str) -> None:
        text = _Text(self.marks)
        text.add(node)
        for parts, alone in prose(str(text)):
            self.pages.line(parts, alone, place, origin=node)
        self._boxes(text.boxes, place)

    def _boxes(self, boxes: list[Any], place: str) -> None:
        for box in boxes:
            self.blocks(iter(box), say("{place}, text box", place=place))

    # Tables

    def _table(self, table: Any, number: int) -> None:
        """The rows of a table; a table inside a cell divides it. A single cell is a frame around paragraphs."""
        rows = [row for row in self._shown(iter(table), (f"{_W}tr",)) if not self._deleted(row)]
        if len(rows) == 1 and len(cells := self._cells(rows[0])) == 1:
            self.blocks(iter(cells[0]), say("table {table}, row {row}, column {column}", table=number, row=1, column=1))
            return
        boxes: list[Box] = []
        merged: dict[int, int] = {}
        for at, row in enumerate(rows):
            framed, hanging = self._row(row, at, number, merged, boxes)
            if framed or hanging:
                self.pages.grid(boxes)
                boxes = []
            for cell, place in framed:
                self.blocks(iter(cell), place)
            for box, place in hanging:
                self._boxes([box], place)
        self.pages.grid(boxes)

    def _row(
        self, row: Any, at: int, number: int, merged: dict[int, int], boxes: list[Box]
    ) -> tuple[list[tuple[Any, str]], list[tuple[Any, str]]]:
        """Adds the cells of a row to the boxes; gives those that hold tables, and the text boxes, with their places."""
        framed, hanging = [], []
        column = _number(row.find(f"{_W}trPr"), "gridBefore", 0)
        for cell in self._cells(row):
            properties = cell.find(f"{_W}tcPr")
            columns = _number(properties, "gridSpan", 1)
            place = say("table {table}, row {row}, column {column}", table=number, row=at + 1, column=column + 1)
            if self._goes_on(properties, column, columns, merged, boxes):
                pass
            elif next(cell.iter(f"{_W}tbl"), None) is not None:
                framed.append((cell, place))
            else:
                text, hung = self._cell(cell)
                boxes.append(Box(text, at, column, columns, place, origin=cell))
                hanging += [(box, place) for box in hung]
                if len(boxes) > MAX_CELLS:
                    raise crowded(self.pages.name, place)
            column += columns
        return framed, hanging

    def _goes_on(self, properties: Any, column: int, columns: int, merged: dict[int, int], boxes: list[Box]) -> bool:
        """Whether a cell only carries on the one above it or before it."""
        if _merge(properties, "hMerge") == "continue" and boxes:
            last = boxes[-1]
            boxes[-1] = evolve(last, columns=column + columns - last.column)
            return True
        below = _merge(properties, "vMerge")
        goes_on = below == "continue" and column in merged
        if below and not goes_on:
            merged[column] = columns
        elif not below:
            merged.pop(column, None)
        return goes_on

    def _cell(self, cell: Any) -> tuple[str, list[Any]]:
        """The text of a cell, a line for each paragraph, and the text boxes in it."""
        texts: list[_Text] = []
        for paragraph in self._shown(iter(cell), (f"{_W}p",)):
            texts.append(_Text(self.marks))
            texts[-1].add(paragraph)
        return "\n".join(map(str, texts)), list(chain.from_iterable(text.boxes for text in texts))

    def _cells(self, row: Any) -> list[Any]:
        return [cell for cell in self._shown(iter(row), (f"{_W}tc",))]

    def _deleted(self, row: Any) -> bool:
        """Whether a row is deleted by a tracked change."""
        properties = row.find(f"{_W}trPr")
        gone = properties is not None and properties.find(f"{_W}del") is not None
        self.marks.deleted += gone
        return gone


def _number(properties: Any, tag: str, least: int) -> int:
    """A number of columns, within bounds."""
    found = properties.find(f"{_W}{tag}") if properties is not None else None
    text = found.get(_VALUE) if found is not None else ""
    return min(max(int(text), least), _MOST_SPANNED) if text and len(text) < 9 and text.isdecimal() else least


def _merge(properties: Any, tag: str) -> str:
    """Whether a cell begins to be merged (restart), goes on (continue), or neither."""
    found = properties.find(f"{_W}{tag}") if properties is not None else None
    return "" if found is None else found.get(_VALUE) or "continue"
