"""The parts of a zipped Office document: read, changed, added; the others are copied byte for byte."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable
from copy import copy
from io import BytesIO
from posixpath import dirname, join, normpath, relpath
from typing import Any

from attrs import define, field

from gouji.forms.readers.archives import Archive
from gouji.forms.readers.refusals import foreign, library
from gouji.messages import say

_TYPES = "[Content_Types].xml"
_CONTENT = "http://schemas.openxmlformats.org/package/2006/content-types"
_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DECLARED = re.compile(rb"\s*<\?xml[^>]*\?>\s*")
_OTHER_CODE = re.compile(rb"encoding\s*=\s*[\"'](?!utf-8[\"'])", re.IGNORECASE)
_STANDARD = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


@define
class Package:
    """A document as its parts; `changed` are the new contents of some, `trees` those that are open."""

    data: bytes
    name: str
    parts: dict[str, bytes]
    changed: dict[str, bytes] = field(factory=dict)
    trees: dict[str, Any] = field(factory=dict)

    @classmethod
    def of(cls, data: bytes, name: str) -> Package:
        """The parts of a document, within the bounds of its reader; a document that declares entities is refused."""
        return cls(data, name, dict(Archive.of(data, name).parts))

    def tree(self, part: str, empty: str = "") -> Any:
        """The root of a part, to be changed in place; where there is none, of `empty`, which then is a new part."""
        if part not in self.trees:
            self.trees[part] = self.parsed(self.parts.get(part) or empty.encode(), part)
        return self.trees[part]

    def parsed(self, content: bytes, part: str) -> Any:
        """The root of some XML, from which nothing else is fetched."""
        etree = library("lxml.etree", "lxml", say("documents to annotate"), "xlsx", self.name)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, strip_cdata=False)
        with foreign(self.name, part, say("open it in Office and save it again")):
            return etree.fromstring(content, parser)

    def text(self, part: str) -> str:
        """A part that is no XML, or not surely."""
        return (self.changed.get(part) or self.parts.get(part, b"")).decode("utf-8", "surrogateescape")

    def put(self, part: str, text: str) -> None:
        """Gives such a part a new text."""
        self.changed[part] = text.encode("utf-8", "surrogateescape")

    def free(self, pattern: str, first: str = "") -> str:
        """The name of a new part: `first`, else the pattern with the first number that is not taken."""
        taken = {part.lower() for part in (*self.parts, *self.changed, *self.trees)}
        numbered = (pattern.format(n=n) for n in range(1, len(taken) + 2))
        return next(part for part in (first, *numbered) if part and part.lower() not in taken)

    # Relationships

    def linked(self, part: str, kind: str) -> dict[str, str]:
        """The parts to which a part has relationships of a kind, by the ids of these."""
        links = _links(part)
        if links not in self.parts and links not in self.trees:
            return {}
        root = self.trees[links] if links in self.trees else self.parsed(self.parts[links], links)
        return {
            link.get("Id"): _target(part, link.get("Target", ""))
            for link in root
            if str(link.get("Type", "")).endswith(f"/{kind}") and link.get("TargetMode") != "External"
        }

    def link(self, part: str, kind: str, target: str) -> str:
        """Adds a relationship and gives its id."""
        root = self.tree(_links(part), f'<Relationships xmlns="{_LINKS}"/>')
        taken = {link.get("Id") for link in root}
        id = next(f"rId{n}" for n in range(len(taken) + 1, 2 * len(taken) + 3) if f"rId{n}" not in taken)
        made = root.makeelement(f"{{{_LINKS}}}Relationship", {"Id": id, "Type": f"{OFFICE}/{kind}"})
        made.set("Target", relpath(f"/{target}", f"/{dirname(part)}"))
        root.append(made)
        return id

    def declare(self, content: str, part: str = "", ending: str = "") -> None:
        """Declares the type of a part, or of all parts with an ending where that is not declared."""
        root = self.tree(_TYPES)
        if part:
            root.append(root.makeelement(f"{{{_CONTENT}}}Override", {"PartName": f"/{part}", "ContentType": content}))
        elif not any(str(node.get("Extension", "")).lower() == ending for node in root):
            root.insert(0, root.makeelement(f"{{{_CONTENT}}}Default", {"Extension": ending, "ContentType": content}))

    # Writing

    def packed(self) -> bytes:
        """The document with its changed parts in their places and the new ones at the end."""
        new = self.changed | {part: self._written(part) for part in self.trees}
        target = BytesIO()
        with zipfile.ZipFile(BytesIO(self.data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
            made.comment = old.comment
            known = {info.filename: info for info in old.infolist()}  # of two with one name the last is read
            for name, info in known.items():
                made.writestr(copy(info), new.pop(name) if name in new else old.read(info))
            for name, content in new.items():
                made.writestr(_entry(name, known.values()), content)
        return target.getvalue()

    def _written(self, part: str) -> bytes:
        """A tree as it was declared, or as UTF-8 where it was in another encoding."""
        from lxml import etree

        declared = _DECLARED.match(self.parts.get(part, b"").removeprefix(b"\xef\xbb\xbf"))
        head = declared.group() if declared and not _OTHER_CODE.search(declared.group()) else _STANDARD
        return head + bytes(etree.tostring(self.trees[part].getroottree(), encoding="UTF-8", xml_declaration=False))


def _entry(name: str, others: Iterable[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    """A new entry, as old as the first of the others, so that the same document comes out the same."""
    made = zipfile.ZipInfo(name, next((info.date_time for info in others), (1980, 1, 1, 0, 0, 0)))
    made.compress_type = zipfile.ZIP_DEFLATED
    return made


def _links(part: str) -> str:
    folder, name = part.rpartition("/")[::2]
    return f"{folder}/_rels/{name}.rels".removeprefix("/")


def _target(part: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else normpath(join(dirname(part), target))
