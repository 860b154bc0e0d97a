"""One report as a document of each format: reading it with matching, beside the bare library on the same bytes."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

import docx
from lxml import etree
from python_calamine import CalamineWorkbook
from selectolax.lexbor import LexborHTMLParser

import gouji
from gouji.forms import readers
from printing.formats import FORMATS
from printing.official import official

from .measuring import Work, seconds

ROUNDS, SLICE = 15, 0.01


def _docx(data: bytes) -> object:
    body = docx.Document(io.BytesIO(data)).element.body
    return [text for text in etree.ElementTextIterator(body)]


def _html(data: bytes) -> object:
    return [node.text(deep=False) for node in LexborHTMLParser(data).css("td, th, p")]


def _xlsx(data: bytes) -> object:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


BARE: dict[str, Callable[[bytes], object]] = {"docx": _docx, "html": _html, "xlsx": _xlsx, "csv": bytes.splitlines}


def lines() -> Iterator[str]:
    """The table: how much longer reading takes with matching, as a ratio to reading alone."""
    yield f"\n{'one document':<20}{'library ms':>14}{'reading ms':>14}{'matching ms':>14}{'ratio':>8}{'aim':>6}"
    for way, *each in works(gouji.load("cn-disclosure")):
        rounds = [[1_000 * seconds(work, SLICE) for work in each] for _ in range(ROUNDS)]
        bare, read, whole = (median(side) for side in zip(*rounds, strict=True))
        ratio = median((both - reading) / reading for _, reading, both in rounds)
        yield f"{way:<20}{bare:>14.2f}{read:>14.2f}{whole - read:>14.2f}{ratio:>8.2f}{1:>6.2f}"


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
