"""Web pages (.html, .mht) -> the lines and tables that a browser shows."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from attrs import define, field

from gouji.forms.document import Document
from gouji.forms.readers.characters import declared
from gouji.forms.readers.markup import tangle
from gouji.forms.readers.pages import Box, Pages
from gouji.forms.readers.refusals import foreign, library, refuse
from gouji.forms.readers.tables import Budget, Table
from gouji.forms.readers.text import STRUCK, joined, prose, seen
from gouji.messages import say

_CHARSET = re.compile(rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([\w-]{2,20})""", re.IGNORECASE)
_XML = re.compile(rb"""\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w-]{2,20})""", re.IGNORECASE)
_HEAD = 4_000
_LEFT_OUT = frozenset(re.findall(r"\w+", """
    head script style noscript template select option datalist nav svg iframe object audio video canvas button
    dialog rp rt map title
"""))  # fmt: skip
_BLOCKS = frozenset(re.findall(r"\w+", """
    address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form
    h1 h2 h3 h4 h5 h6 header hr html legend li main ol p pre section summary ul table thead tbody tfoot tr td th
"""))  # fmt: skip
_STRUCK = ("s", "strike", "del")
_RAISED = ("sup", "sub")
_CELLS = ("td", "th")
_GROUPS = ("thead", "tbody", "tfoot")
_GONE = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|mso-hide\s*:\s*all)", re.IGNORECASE)
_VEILED = re.compile(r"(?:^|;)\s*visibility\s*:\s*hidden", re.IGNORECASE)
_LINE_THROUGH = re.compile(r"(?:^|;)\s*text-decoration(?:-line)?\s*:[^;]*line-through", re.IGNORECASE)
_HIGH = re.compile(r"(?:^|;)\s*vertical-align\s*:\s*(?:super|sub)\b", re.IGNORECASE)
_DIGITS = re.compile(r"\s*\+?(\d{1,8})")
_TYPED = ("", "text", "number", "tel", "search", "email", "date", "url")
_BLANK = re.compile(r"[ \t\r\n\f]+")
_MOST_NESTED = 40

Item = tuple[str, str] | list[Box]  # a line and its place, or a grid


def read_web(data: bytes, name: str, charset: str = "") -> Document:
    """What a browser shows of a page, without its scripts, menus and hidden parts.

    The encoding is that of a mark, of the page's own declaration, or `charset`. Raises ReportError when nothing can be
    read.
    """
    lexbor = library("selectolax.lexbor", "selectolax", say("web pages"), "html", name)
    found = _XML.match(data[:_HEAD]) or _CHARSET.search(data[:_HEAD])
    text = declared(data, charset or (found[1].decode() if found else ""), name)
    if reason := tangle(text):
        raise refuse(
            name, say("the web page cannot be read: {reason}", reason=reason), say("save it again, or copy its text")
        )
    page = _Page(Pages(name), Budget(name))
    with foreign(name, say("the web page"), say("save it again, or copy its text")):
        for node, enters in _walk(lexbor.LexborHTMLParser(text).root):
            page.enter(node) if enters else page.leave(node)
    page.end()
    return page.pages.document()


def read_archived(data: bytes, name: str) -> Document:
    """What a browser shows of the page in a web archive (.mht)."""
    from email import message_from_bytes
    from email.policy import compat32

    with foreign(name, say("the web archive"), say("save the page as .html")):
        for part in message_from_bytes(data, policy=compat32).walk():
            content = part.get_payload(decode=True) if part.get_content_type() == "text/html" else None
            if isinstance(content, bytes):
                return read_web(content, name, str(part.get_content_charset() or ""))
    raise refuse(name, say("the web archive holds no page"), say("save the page as .html"))


def _walk(root: Any) -> Iterator[tuple[Any, bool]]:
    """Each shown node as it begins, and as it ends; no recursion, for pages may be nested without end."""
    node, depth = root, 0
    while node is not None:
        shown = _shown(node)
        if shown:
            yield node, True
        below = node.child if shown and _opens(node) else None
        if below is not None:
            node, depth = below, depth + 1
            continue
        if shown:
            yield node, False
        while node.next is None and depth:
            node, depth = node.parent, depth - 1
            yield node, False
        node = node.next if depth else None


def _shown(node: Any) -> bool:
    tag = node.tag
    if tag in _LEFT_OUT or (tag[0] in "-!" and tag != "-text"):
        return False
    given = node.attributes if tag != "-text" else None
    if not given:
        return True
    return not ("hidden" in given or _GONE.search(given.get("style") or "") or (tag not in _CELLS and _veiled(node)))


def _opens(node: Any) -> bool:
    """Whether what is inside a node is read: a field is read whole, a veiled cell keeps its place and is empty."""
    return node.tag != "textarea" and not (node.tag in _CELLS and _veiled(node))


def _veiled(node: Any) -> bool:
    return _styled(node, _VEILED)


def _strikes(node: Any) -> bool:
    return node.tag in _STRUCK or (node.tag == "span" and _styled(node, _LINE_THROUGH))


def _raises(node: Any) -> bool:
    return node.tag in _RAISED or (node.tag == "span" and _styled(node, _HIGH))


def _styled(node: Any, style: re.Pattern[str]) -> bool:
    return bool(style.search(node.attributes.get("style") or ""))


@define
class _Cell:
    """A cell that is being read: its lines, and whether a table stands among them."""

    place: str
    box: Callable[[str], Box]
    content: list[Item] = field(factory=list)
    framed: bool = False

    def text(self) -> str:
        """The lines of a cell without tables."""
        return "\n".join(item[0] for item in self.content if isinstance(item, tuple))


@define
class _Frame:
    """A table that is being read: what stands in it, in order, and the cells of its last rows."""

    table: Table
    items: list[Item] = field(factory=list)
    boxes: list[Box] = field(factory=list)
    cell: _Cell | None = None
    framed: list[Item] = field(factory=list)

    def end_row(self) -> None:
        """What stands beside tables inside the cells of a row follows that row."""
        if self.framed:
            self.items += [self.boxes, *self.framed]
            self.boxes, self.framed = [], []

    def end(self) -> list[Item]:
        """Everything in the table; a single cell is a frame around lines."""
        self.end_row()
        if not self.items and len(self.boxes) == 1:
            return [(line, self.boxes[0].place) for line in self.boxes[0].text.split("\n")]
        return [*self.items, self.boxes]


@define
class _Page:
    """What is shown, as the nodes begin and end: lines of the page or of the innermost cell."""

    pages: Pages
    budget: Budget
    paragraphs: int = 0
    tables: int = 0
    omitted: bool = False
    _line: list[tuple[str, bool]] = field(factory=list)
    _frames: list[_Frame] = field(factory=list)
    _kept: int = 0
    _struck: int = 0
    _raised: int = 0
    _beyond: int = 0

    def enter(self, node: Any) -> None:
        """A node begins."""
        tag = node.tag
        if tag == "-text":
            text = node.text_content or ""
            self._say(text if self._kept else _BLANK.sub(" ", text), self._raised > 0)
            return
        self._struck += _strikes(node)
        self._raised += _raises(node)
        if tag in _BLOCKS:
            self._flush()
            self._kept += tag == "pre"
            self._open(tag, node)
        elif tag == "br":
            self._say("\n")
        elif tag == "textarea":
            self._say(node.text())
        elif tag == "input" and (node.attributes.get("type") or "").lower() in _TYPED:
            self._say(node.attributes.get("value") or "")

    def leave(self, node: Any) -> None:
        """A node ends."""
        tag = node.tag
        if tag == "-text":
            return
        self._struck -= _strikes(node)
        self._raised -= _raises(node)
        if tag in _BLOCKS:
            self._flush(tag == "p")
            self._kept -= tag == "pre"
            self._close(tag)

    def end(self) -> None:
        """The page ends."""
        self._flush()
        if self.omitted:
            self.pages.note(say(STRUCK))

    def _say(self, text: str, raised: bool = False) -> None:
        """Adds to the line what is not struck out."""
        if not self._struck:
            self._line.append((text, raised))
        elif text.strip():
            self.omitted = True

    def _open(self, tag: str, node: Any) -> None:
        if tag == "table":
            if self._beyond or len(self._frames) >= _MOST_NESTED:
                self._beyond += 1
            else:
                self.tables += 1
                self._frames.append(_Frame(Table(self.tables, self.budget)))
        elif self._beyond or not self._frames or self._frames[-1].cell:
            return
        elif tag == "tr":
            self._frames[-1].table.begin()
        elif tag in _CELLS:
            table = self._frames[-1].table
            place = table.place()
            column, columns = table.take(_span(node, "colspan", 1), _span(node, "rowspan", 1))
            self._frames[-1].cell = _Cell(
                place, partial(Box, row=table.row, column=column, columns=columns, place=place)
            )

    def _close(self, tag: str) -> None:
        if tag == "table" and self._beyond:
            self._beyond -= 1
        elif self._beyond or not self._frames:
            return
        elif tag == "table":
            self._put(self._frames.pop().end(), framed=True)
        elif tag in _CELLS and (cell := self._frames[-1].cell):
            frame = self._frames[-1]
            frame.cell = None
            if cell.framed:
                frame.framed += cell.content
            else:
                frame.boxes.append(cell.box(cell.text()))
        elif tag == "tr":
            self._frames[-1].end_row()
        elif tag in _GROUPS:
            self._frames[-1].table.end_group()

    def _flush(self, empty: bool = False) -> None:
        """Gives the text since the last line; with `empty` also a paragraph without any."""
        text = joined(self._line)
        self._line.clear()
        lines = text.split("\n") if self._kept else [_BLANK.sub(" ", line).strip(" ") for line in text.split("\n")]
        lines = [seen(line).replace("\xa0", " ") for line in lines]
        if not any(map(str.strip, lines)):
            lines = [""] if empty and text else []
        if not self._frames:
            self.paragraphs += bool(lines)
        self._put([(line, say("paragraph {number}", number=self.paragraphs)) for line in lines])

    def _put(self, items: list[Item], framed: bool = False) -> None:
        """Adds lines, or the content of a table, to what they stand in."""
        if not self._frames:
            for item in items:
                self._print(item)
        elif cell := self._frames[-1].cell:
            cell.framed |= framed
            cell.content += [
                (item[0].strip(), cell.place) if isinstance(item, tuple) and not framed else item for item in items
            ]
        elif items:
            frame = self._frames[-1]
            frame.items += [frame.boxes, *items] if frame.boxes else items
            frame.boxes = []

    def _print(self, item: Item) -> None:
        if isinstance(item, list):
            self.pages.grid(item)
            return
        for parts, alone in prose(item[0]):
            self.pages.line(parts, alone, item[1])


def _span(node: Any, name: str, other: int) -> int:
    """A span as browsers read it: leading digits, else one."""
    found = _DIGITS.match(node.attributes.get(name) or "")
    return int(found[1]) if found else other
