"""Old Office files (OLE2, of Word 97 or Excel 97) -> what they are, and the streams in them."""

import struct
from collections.abc import Iterator

from attrs import frozen

from gouji.forms.document import Document
from gouji.forms.readers.refusals import foreign, refuse
from gouji.messages import say

_END = 0xFFFFFFFA
_ENTRY = 128
_STORAGE, _STREAM = 1, 2


def read_compound(data: bytes, name: str) -> Document:
    """What an old Excel file holds; ReportError for other old files, saying what they are and what to do."""
    with foreign(name, say("the old Office file"), say("it may be cut off; save it again")):
        streams = _streams(data)
    if "EncryptedPackage" in streams:
        raise refuse(name, say("the document is protected by a password"), say("save it without a password"))
    if "WordDocument" in streams:
        raise refuse(
            name, say("this is an old Word document (.doc)"), say("open it in Word or WPS and save it as .docx")
        )
    for workbook in ("Workbook", "Book"):
        if workbook in streams:
            from gouji.forms.readers.sheets import read_old_sheets

            with foreign(name, say("the workbook"), say("open it in Excel and save it as .xlsx")):
                records = streams[workbook].content(data)
            return read_old_sheets(data, records, name)
    raise refuse(
        name, say("this is an old Office file without text or sheets"), say("save the report as .docx or .xlsx")
    )


@frozen
class _Chains:
    """Which sector follows which, in sectors of one size."""

    size: int
    follows: tuple[int, ...]

    def chain(self, start: int) -> Iterator[int]:
        """The sectors from `start` on; each once, however they are linked."""
        for _ in self.follows:
            if not 0 <= start < len(self.follows):
                return
            yield start
            start = self.follows[start]

    def sectors(self, data: bytes, start: int) -> bytes:
        """The bytes of a chain in a file whose first sector is a header."""
        return b"".join(data[(at + 1) * self.size : (at + 2) * self.size] for at in self.chain(start))


@frozen
class _Stream:
    """A named stream of the root storage."""

    start: int
    size: int
    large: bool
    chains: _Chains
    small: _Chains
    within: int

    def content(self, data: bytes) -> bytes:
        """The bytes of the stream; small ones stand in sectors of their own inside another stream."""
        if self.large:
            return self.chains.sectors(data, self.start)[: self.size]
        inner = b"\0" * self.small.size + self.chains.sectors(data, self.within)
        return self.small.sectors(inner, self.start)[: self.size]


def _streams(data: bytes) -> dict[str, _Stream]:
    """The streams and storages that stand directly in the root, by name."""
    shift, small_shift = struct.unpack_from("<HH", data, 30)
    if shift not in (9, 12) or small_shift != 6:
        raise ValueError(say("its sectors have no known size"))
    directory, _, cutoff, small_start, _, more, _ = struct.unpack_from("<7I", data, 48)
    size = 1 << shift
    chains = _Chains(size, _table(data, size, more))
    follows = chains.sectors(data, small_start)
    small = _Chains(64, struct.unpack(f"<{len(follows) // 4}I", follows[: len(follows) // 4 * 4]))
    entries = chains.sectors(data, directory)
    root = struct.unpack_from("<I", entries, 116)[0]
    found = {}
    for at in _siblings(entries, struct.unpack_from("<I", entries, 76)[0]):
        entry = entries[at * _ENTRY : (at + 1) * _ENTRY]
        length, kind = struct.unpack_from("<HB", entry, 64)
        start, extent = struct.unpack_from("<II", entry, 116)
        label = entry[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        if kind in (_STORAGE, _STREAM):
            found[label] = _Stream(start, extent, extent >= cutoff, chains, small, root)
    return found


def _table(data: bytes, size: int, more: int) -> tuple[int, ...]:
    """The table of all chains; its own sectors are listed in the header and in sectors after that."""
    places = list(struct.unpack_from("<109I", data, 76))
    count = size // 4
    for _ in range(len(data) // size):
        sector = data[(more + 1) * size : (more + 2) * size]
        if more >= _END or len(sector) < size:
            break
        *listed, more = struct.unpack(f"<{count}I", sector)
        places += listed
    sectors = [data[(at + 1) * size : (at + 2) * size] for at in dict.fromkeys(places) if at < _END]
    return tuple(at for sector in sectors if len(sector) == size for at in struct.unpack(f"<{count}I", sector))


def _siblings(entries: bytes, start: int) -> Iterator[int]:
    """The entries of one storage, a tree by left and right neighbours."""
    seen: set[int] = set()
    left = [start]
    while left:
        at = left.pop()
        if at in seen or (at + 1) * _ENTRY > len(entries):
            continue
        seen.add(at)
        yield at
        left += struct.unpack_from("<II", entries, at * _ENTRY + 68)
