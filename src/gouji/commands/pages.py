"""A page in Markdown for each rule of each edition, and an index of them.

A page ends with a mark that says who wrote it. Pages with the mark are written again, and taken away where their rule
is gone; a file without it is somebody's own, stays as it is, and is told.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

from gouji.book import Book
from gouji.commands.output import complain
from gouji.findings.ruling import Ruling, plain, rulings, to_page
from gouji.findings.words import rule_word
from gouji.language.core import Edition
from gouji.messages import say
from gouji.sources import reason

_MARK = "<!--gouji-->"
_INDEX = "index"
_LONGEST = 150
"""Bytes of a file's name; no system takes more than 255."""
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
"""What no file may be called on Windows."""


def write_pages(book: Book, examples: Mapping[tuple[str, str], Sequence[str]], folder: Path) -> int:
    """Writes the pages of every edition; 2 where one of them cannot be written, the others still are."""
    failed = 0
    taken: set[str] = set()
    written: set[Path] = set()
    for edition in book.editions:
        own = folder / _file(edition.form.edition, taken)
        try:
            own.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            failed = _complain(own, reason(error))
            continue
        for path, text in _pages(book, edition, examples, own).items():
            written.add(path)
            failed = _write(path, text) or failed
    return _remove(folder, written) or failed


def _pages(
    book: Book, edition: Edition, examples: Mapping[tuple[str, str], Sequence[str]], folder: Path
) -> dict[Path, str]:
    found = rulings(book.editions, edition)
    taken = {_INDEX}
    files = [f"{_file(one.name, taken)}.md" for one in found]
    pages = {
        folder / file: to_page(one, examples.get((edition.form.edition, one.name), ()))
        for one, file in zip(found, files, strict=True)
    }
    return pages | {folder / f"{_INDEX}.md": _index(edition, found, files)}


def _write(path: Path, text: str) -> int:
    try:
        if path.exists() and not _ours(path):
            return _complain(path, say("gouji has not written what stands there"))
        path.write_text(f"{text}\n{_MARK}\n", "utf-8")
    except OSError as error:
        return _complain(path, reason(error))
    return 0


def _remove(folder: Path, written: set[Path]) -> int:
    """Takes away the pages of rules and editions that are no more."""
    for path in sorted(folder.glob("*/*.md")):
        try:
            if path not in written and _ours(path):
                path.unlink()
                if not any(path.parent.iterdir()):
                    path.parent.rmdir()
        except OSError as error:
            return _complain(path, reason(error))
    return 0


def _ours(path: Path) -> bool:
    return path.is_file() and path.read_bytes().rstrip().endswith(_MARK.encode())


def _complain(path: Path, why: str) -> int:
    return complain(say("{path}: cannot be written: {reason}", path=path, reason=why))


def _index(edition: Edition, found: Sequence[Ruling], files: Sequence[str]) -> str:
    form = edition.form
    title = say("{form}, edition {edition}", form=form.title, edition=form.edition)
    rows = [
        f"| [{plain(rule_word(one.name))}](<{file}>) | {plain(one.sentence)} |"
        for one, file in zip(found, files, strict=True)
    ]
    head = [f"| {say('rule')} | {say('says')} |", "| --- | --- |"]
    return "\n".join(
        [f"# {plain(title)}", "", say("In force for reports {years}.", years=form.years), "", *head, *rows, ""]
    )


def _file(name: str, taken: set[str]) -> str:
    """A file for a name, which may hold signs that no file's may; long ones and those taken already end in a digest.

    Two names are the same to some systems where they differ in case, or in how their accents are written.
    """
    written = "".join(sign if sign.isalnum() else f"~{ord(sign):x}" for sign in name)
    short = written.encode()[:_LONGEST].decode(errors="ignore")
    if short != written or _seen(short) in taken or _seen(short) in _DEVICES:
        short = f"{short}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    taken.add(_seen(short))
    return short


def _seen(file: str) -> str:
    return unicodedata.normalize("NFKC", file).casefold()
