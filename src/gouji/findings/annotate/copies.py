"""The document that was checked, marked: which kind it is, whether it is the same, what is marked where."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gouji.findings.annotate.marks import Mark, Marks, marks
from gouji.findings.annotate.package import Package
from gouji.findings.rendered import Rendered
from gouji.forms.document import Document
from gouji.forms.readers.pages import Origins
from gouji.forms.readers.refusals import foreign, refuse
from gouji.forms.readers.zipped import kind_of
from gouji.messages import say
from gouji.sources import Problem, ReportError


def write(result: Rendered, out: Path, document: str | Path | bytes, originals: Iterable[str | Path] = ()) -> None:
    """Writes the marked copy of a document, by its path or its bytes, to `out`.

    Raises ReportError when it cannot be marked or written, or when `out` is the document or one of the `originals`.
    """
    name = result.report.source if isinstance(document, bytes) else str(document)
    for original in (*originals, *([] if isinstance(document, bytes) else [document])):
        if _same_file(out, Path(original)):
            hint = say("name another file")
            raise refuse(str(out), say("this is the document itself, which is never written"), hint)
    try:
        data = document if isinstance(document, bytes) else Path(document).read_bytes()
    except (OSError, ValueError):
        data = b""  # a line of a file of reports, or no file at all
    made = annotated(data, result, name)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(made)
    except OSError as error:
        message = say("the annotated copy cannot be written: {reason}", reason=error.strerror)
        raise ReportError([Problem(message, place=str(out))]) from None


def annotated(data: bytes, result: Rendered, name: str) -> bytes:
    """A copy of the Word document or workbook `data` in which what `result` finds is marked and commented.

    A document without findings is given back as it is. Raises ReportError for another kind of document, and for one
    that is not the one that was checked.
    """
    kind = kind_of(data, name) if data.startswith(b"PK\x03\x04") else ""
    if kind not in ("word", "sheets"):
        message = say("this document cannot be annotated: Word documents (.docx) and workbooks (.xlsx, .xlsm) can")
        raise refuse(name, message, say("save the report as one of these, check it and annotate it"))
    found = marks(result)
    if not found:
        return data
    package = Package.of(data, name)
    with foreign(name, say("the document"), say("open it in Office and save it again")):
        if kind == "word":
            from gouji.findings.annotate.word import mark_word, open_word

            mark_word(package, _placed(found, *open_word(package), name))
        else:
            from gouji.findings.annotate.workbook import mark_workbook
            from gouji.forms.readers.sheets import trace_sheets

            mark_workbook(package, _placed(found, *trace_sheets(data, name), name))
        return package.packed()


def _placed(found: Marks, document: Document, origins: Origins, name: str) -> list[tuple[Any, Mark]]:
    """Each mark with what it stands on; what stands nowhere is told at the first text."""
    texts: dict[tuple[int, int], set[str]] = defaultdict(set)
    for cell in document.cells:
        texts[cell.line, cell.column].add(cell.text)
    first = next(((cell.line, cell.column) for cell in document.cells if not cell.empty), (0, 0))
    placed = []
    for spot, mark in sorted(found.items(), key=lambda pair: (pair[0].row, pair[0].column) if pair[0] else (0, 0)):
        where = (spot.row, spot.column) if spot else first
        if mark.printed and mark.printed not in texts[where]:
            message = say(
                "this is not the document that was checked: {printed} is not where it was", printed=mark.printed
            )
            raise refuse(name, message, say("check it again"))
        placed.append((origins.get(where), mark))
    return placed


def _same_file(one: Path, other: Path) -> bool:
    try:
        return os.path.samefile(one, other)
    except (OSError, ValueError):
        return os.path.normcase(os.path.abspath(one)) == os.path.normcase(os.path.abspath(other))
