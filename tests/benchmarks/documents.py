"""One report as a document of each format: reading it with matching, beside the bare library on the same bytes."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import docx
from lxml import etree
from python_calamine import CalamineWorkbook
from selectolax.lexbor import LexborHTMLParser

import gouji
from gouji.forms import readers
from printing.formats import FORMATS
from printing.official import official

Work = Callable[[], object]


def _docx(data: bytes) -> object:
    body = docx.Document(io.BytesIO(data)).element.body
    return [text for text in etree.ElementTextIterator(body)]


def _html(data: bytes) -> object:
    return [node.text(deep=False) for node in LexborHTMLParser(data).css("td, th, p")]


def _xlsx(data: bytes) -> object:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


BARE: dict[str, Callable[[bytes], object]] = {"docx": _docx, "html": _html, "xlsx": _xlsx, "csv": bytes.splitlines}


def works(book: gouji.Book) -> list[tuple[str, Work, Work, Work]]:
    """For each format: the bare library, our reader, and reading with matching."""
    form = book.form(2024)
    figures = [str(41 + cell.position) for cell in form.cells]
    found: list[tuple[str, Work, Work, Work]] = []
    for way, bare in BARE.items():
        ending, write = FORMATS[way]
        data = write(official(form, figures))
        file = _named(data, f"report.{ending}")
        assert gouji.read(file(), book).values
        found.append((way, *_calls(bare, data, file, book)))
    return found


def _named(data: bytes, name: str) -> Callable[[], Any]:
    class File(io.BytesIO):
        name = ""

    def make() -> File:
        file = File(data)
        file.name = name
        return file

    return make


def _calls(
    bare: Callable[[bytes], object], data: bytes, file: Callable[[], Any], book: gouji.Book
) -> tuple[Work, Work, Work]:
    name = file().name
    return lambda: bare(data), lambda: readers.read(data, name), lambda: gouji.read(file(), book)
