"""Notes on the cells of a sheet: their texts, and the boxes in which Excel shows them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from gouji.findings.annotate.marks import AUTHOR
from gouji.findings.annotate.package import OFFICE, Package
from gouji.findings.characters import allowed
from gouji.forms.readers.workbooks import letters

_NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_S = f"{{{_NAMESPACE}}}"
_NOTES = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_DRAWING = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_BEHIND = ("legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts",
           "extLst")  # fmt: skip
"""What stands behind the drawing of notes in a sheet."""
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_SHAPE_ID = re.compile(r"_x0000_s(\d+)")
_SPOKEN = """xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" \
xmlns:x="urn:schemas-microsoft-com:office:excel\""""
_HEAD = f"""<xml {_SPOKEN}>
<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>
</xml>
"""
_KIND = f"""<v:shapetype {_SPOKEN} id="_x0000_t202" coordsize="21600,21600" o:spt="202" \
path="m,l,21600r21600,l21600,xe">\
<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>
"""
_SHAPE = """<v:shape {spoken} id="_x0000_s{id}" type="#_x0000_t202" \
style="position:absolute;width:260pt;height:{height}pt;z-index:1;visibility:hidden" fillcolor="#ffffe1" \
o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>\
<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div>\
</v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>\
<x:Anchor>{left}, 15, {top}, 2, {right}, 15, {bottom}, 4</x:Anchor><x:AutoFill>False</x:AutoFill>\
<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>
"""

Notes = Mapping[tuple[int, int], Sequence[Sequence[str]]]
"""The comments of each cell, by row and column from 0, each as lines."""


def add_notes(package: Package, sheet: str, notes: Notes) -> None:
    """Adds notes to a sheet; a cell that has one keeps its text, with the new one below it."""
    root = _comments(package, sheet)
    listed = root.find(f"{_S}commentList")
    known = {node.get("ref"): node for node in listed}
    author = _author(root)
    shapes = []
    for (row, column), comments in sorted(notes.items()):
        text = allowed("\n\n".join("\n".join(lines) for lines in comments))
        ref = f"{letters(column)}{row + 1}"
        if ref in known:
            _continue(known[ref], text)
            continue
        comment = listed.makeelement(f"{_S}comment", {"ref": ref, "authorId": author})
        inner = comment.makeelement(f"{_S}text")
        inner.append(_run(comment, text))
        comment.append(inner)
        listed.append(comment)
        shapes.append((row, column, text.count("\n") + 1 + len(text) // 40))
    if shapes:
        _draw(package, sheet, shapes)


def _comments(package: Package, sheet: str) -> Any:
    part = next((part for part in package.linked(sheet, "comments").values() if part in package.parts), "")
    if not part:
        part = package.free("xl/comments{n}.xml")
        package.link(sheet, "comments", part)
        package.declare(_NOTES, part)
    return package.tree(part, f'<comments xmlns="{_NAMESPACE}"><authors/><commentList/></comments>')


def _author(root: Any) -> str:
    authors = root.find(f"{_S}authors")
    names = [node.text or "" for node in authors]
    if AUTHOR not in names:
        node = authors.makeelement(f"{_S}author")
        node.text = AUTHOR
        authors.append(node)
        names.append(AUTHOR)
    return str(names.index(AUTHOR))


def _run(parent: Any, text: str) -> Any:
    run, inner = parent.makeelement(f"{_S}r"), parent.makeelement(f"{_S}t")
    inner.text = text
    inner.set(_SPACE, "preserve")
    run.append(inner)
    return run


def _continue(comment: Any, text: str) -> None:
    """Adds to a note that is there: a plain text becomes a run, and the new one a run behind it."""
    inner = comment.find(f"{_S}text")
    plain = inner.find(f"{_S}t")
    if plain is not None:
        inner.replace(plain, _run(comment, plain.text or ""))
    runs = inner.findall(f"{_S}r")
    inner.insert(inner.index(runs[-1]) + 1 if runs else 0, _run(comment, f"\n\n{AUTHOR}: {text}"))


def _draw(package: Package, sheet: str, shapes: Sequence[tuple[int, int, int]]) -> None:
    """Adds the boxes to the drawing of the sheet; what the drawing holds stays as it is written."""
    part = _drawing(package, sheet)
    drawing = package.text(part) or _HEAD
    body, _, tail = drawing.rpartition("</xml>")
    last = max([1024, *map(int, _SHAPE_ID.findall(drawing))])
    new = "" if 'id="_x0000_t202"' in drawing else _KIND
    for number, (row, column, lines) in enumerate(shapes, last + 1):
        height = min(20 + 12 * lines, 400)
        new += _SHAPE.format(
            spoken=_SPOKEN, id=number, row=row, column=column, height=height, left=column + 1, right=column + 5,
            top=max(row - 1, 0), bottom=row + 1 + height // 15,
        )  # fmt: skip
    package.put(part, f"{body}{new}</xml>{tail}")


def _drawing(package: Package, sheet: str) -> str:
    """The drawing of notes of a sheet, by its id in the sheet."""
    root = package.tree(sheet)
    legacy = root.find(f"{_S}legacyDrawing")
    linked = package.linked(sheet, "vmlDrawing")
    if legacy is not None and (part := linked.get(legacy.get(f"{{{OFFICE}}}id"), "")) in package.parts:
        return part
    part = package.free("xl/drawings/vmlDrawing{n}.vml")
    package.declare(_DRAWING, ending="vml")
    if legacy is None:
        legacy = root.makeelement(f"{_S}legacyDrawing", nsmap={"r": OFFICE})
        behind = [root.index(node) for node in root if node.tag in [f"{_S}{tag}" for tag in _BEHIND]]
        root.insert(min(behind, default=len(root)), legacy)
    legacy.set(f"{{{OFFICE}}}id", package.link(sheet, "vmlDrawing", part))
    return part
