"""Word documents: failing cells shaded, and a comment at each; everything else stays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from attrs import define, field

from gouji.findings.annotate.marks import AUTHOR, COLOURS, Mark
from gouji.findings.annotate.package import Package
from gouji.findings.characters import allowed
from gouji.forms.document import Document
from gouji.forms.readers.pages import Origins
from gouji.forms.readers.word import trace_word

_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_W = f"{{{_NAMESPACE}}}"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_BEFORE_SHADING = ("cnfStyle", "tcW", "gridSpan", "hMerge", "vMerge", "tcBorders")
_IDS = ("comment", "commentRangeStart", "commentRangeEnd", "commentReference")


def open_word(package: Package) -> tuple[Document, Origins]:
    """The document and what its text comes from, in the tree of the main part that is written."""
    main = _main(package)
    return trace_word(package.data, package.name, package.tree(main))


def mark_word(package: Package, placed: Sequence[tuple[Any, Mark]]) -> None:
    """Shades the cells and comments them; each mark comes with its cell or paragraph."""
    main = _main(package)
    root = package.tree(main)
    comments: _Comments | None = None
    for origin, mark in placed:
        if origin is None or origin.getroottree().getroot() is not root:
            continue  # a footnote, which takes no comment
        if origin.tag == f"{_W}tc":
            _shade(origin, COLOURS[mark.kind])
        paragraph = _paragraph(origin)
        if mark.comments and paragraph is not None:
            comments = comments or _Comments.of(package, main)
            for lines in mark.comments:
                _refer(paragraph, comments.add(lines))


def _main(package: Package) -> str:
    return next(iter(package.linked("", "officeDocument").values()), "word/document.xml")


def _shade(cell: Any, colour: str) -> None:
    """Gives a cell a background, at its place among the properties."""
    properties = cell.find(f"{_W}tcPr")
    if properties is None:
        properties = cell.makeelement(f"{_W}tcPr")
        cell.insert(0, properties)
    shading = properties.find(f"{_W}shd")
    if shading is None:
        shading = cell.makeelement(f"{_W}shd")
        before = [node for node in properties if node.tag in [f"{_W}{tag}" for tag in _BEFORE_SHADING]]
        properties.insert(properties.index(before[-1]) + 1 if before else 0, shading)
    shading.attrib.clear()
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shading.set(f"{_W}{name}", value)


def _paragraph(origin: Any) -> Any | None:
    """The paragraph that takes the comments: the first of a cell; for text of a box the one that holds the box."""
    box = next(origin.iterancestors(f"{_W}txbxContent"), None)
    if box is not None:  # Word takes no comment there
        outer = next(box.iterancestors(f"{_W}p"), None)
        return None if outer is None else _paragraph(outer)
    return origin if origin.tag == f"{_W}p" else next(origin.iter(f"{_W}p"), None)


def _refer(paragraph: Any, number: str) -> None:
    """Puts a comment around all of a paragraph."""
    make = paragraph.makeelement
    start, end, run = (make(f"{_W}{tag}") for tag in ("commentRangeStart", "commentRangeEnd", "r"))
    reference = make(f"{_W}commentReference")
    for node in (start, end, reference):
        node.set(f"{_W}id", number)
    run.append(reference)
    properties = paragraph.find(f"{_W}pPr")
    paragraph.insert(0 if properties is None else paragraph.index(properties) + 1, start)
    paragraph.extend([end, run])


@define
class _Comments:
    """The comments of a document, those that it has and those that are added."""

    root: Any
    next: int = field(default=0)

    @classmethod
    def of(cls, package: Package, main: str) -> _Comments:
        """The part with the comments, made where there is none; ids go on behind those in use."""
        part = next(iter(package.linked(main, "comments").values()), "")
        if not part or part not in package.parts:
            part = package.free("word/comments{n}.xml", first="word/comments.xml")
            package.link(main, "comments", part)
            package.declare(_TYPE, part)
        root = package.tree(part, f'<w:comments xmlns:w="{_NAMESPACE}"/>')
        return cls(root, 1 + max(_ids((root, package.tree(main))), default=-1))

    def add(self, lines: Sequence[str]) -> str:
        """A comment with a paragraph for each line; gives its id."""
        number = str(self.next)
        self.next += 1
        comment = self._node(self.root, "comment")
        for name, value in (("id", number), ("author", AUTHOR), ("initials", "g")):
            comment.set(f"{_W}{name}", value)
        for at, line in enumerate(lines):
            paragraph = self._node(comment, "p")
            if not at:
                self._node(self._node(paragraph, "r"), "annotationRef")
            text = self._node(self._node(paragraph, "r"), "t")
            text.set(_SPACE, "preserve")
            text.text = allowed(line)
        return number

    def _node(self, parent: Any, tag: str) -> Any:
        node = parent.makeelement(f"{_W}{tag}")
        parent.append(node)
        return node


def _ids(roots: Iterable[Any]) -> Iterable[int]:
    tags = [f"{_W}{tag}" for tag in _IDS]
    found = (node.get(f"{_W}id", "") for root in roots for node in root.iter(*tags))
    return (int(text) for text in found if text.isdecimal())
