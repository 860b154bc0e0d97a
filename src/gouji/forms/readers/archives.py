"""The parts of a zipped document, within bounds: documents come from strangers."""

import zipfile
from collections.abc import Mapping
from io import BytesIO

from attrs import frozen

from gouji.forms.readers.refusals import foreign, refuse
from gouji.messages import later, say

MAX_PARTS = 5_000
MAX_UNPACKED = 200_000_000
MAX_TEXT = 64_000_000

_MOST_PACKED = 300
_SMALL = 5_000_000
_READ = (".xml", ".rels", ".vml", ".bin", "mimetype")
_CHECK = later("check where the file comes from, or save it again")
_ENTITIES = [mark.encode(code) for mark in ("<!DOCTYPE", "<!ENTITY") for code in ("ascii", "utf-16-le", "utf-16-be")]


@frozen
class Archive:
    """The parts of a zipped document that hold text, unpacked; pictures and the like are empty."""

    parts: Mapping[str, bytes]

    @classmethod
    def of(cls, data: bytes, name: str) -> "Archive":
        """The parts; ReportError when the archive is damaged, locked, or larger than a report is."""
        with foreign(name, say("the zipped document"), say("it may be cut off; save it again")):
            archive = zipfile.ZipFile(BytesIO(data))
            _measure(archive.infolist(), name)
            parts = {info.filename: _part(archive, info, name) for info in archive.infolist()}
        return cls(parts)

    def packed(self) -> BytesIO:
        """The same parts as an archive that another's parser may open."""
        target = BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
            for name, part in self.parts.items():
                archive.writestr(name, part)
        target.seek(0)
        return target


def _measure(parts: list[zipfile.ZipInfo], name: str) -> None:
    """Refuses an archive by what its directory says; what is unpacked is never more than that."""
    total, text = (sum(part.file_size for part in group) for group in (parts, filter(_read, parts)))
    packed = [part for part in parts if part.file_size > max(_SMALL, _MOST_PACKED * part.compress_size)]
    if len(parts) > MAX_PARTS:
        raise refuse(
            name,
            say("the document holds {number} parts, more than {most}", number=len(parts), most=MAX_PARTS),
            say(_CHECK),
        )
    if packed:
        message = say(
            "{part} is packed more than {most} times, tighter than a document is",
            part=packed[0].filename,
            most=_MOST_PACKED,
        )
        raise refuse(name, message, say(_CHECK))
    if total > MAX_UNPACKED or text > MAX_TEXT:
        raise refuse(
            name,
            say("the document unpacks to {size} MB, more than a report holds", size=total // 1_000_000),
            say(_CHECK),
        )


def _read(part: zipfile.ZipInfo) -> bool:
    return part.filename.lower().endswith(_READ)


def _part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> bytes:
    content = archive.read(part) if _read(part) else b""
    if any(mark in content for mark in _ENTITIES):
        raise refuse(name, say("{part} declares entities, which a document does not", part=part.filename), say(_CHECK))
    return content
