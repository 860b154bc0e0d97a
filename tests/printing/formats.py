"""Every format in which a paper is printed, and how it is read back."""

from collections.abc import Callable
from io import BytesIO

import gouji
from gouji.forms.match import heading, match
from printing.grids import document
from printing.office import print_docx, print_xlsx
from printing.paper import Paper
from printing.texts import print_csv, print_html, print_md

# Each with the ending of its files.
FORMATS: dict[str, tuple[str, Callable[[Paper], bytes]]] = {
    "html": ("html", print_html),
    "messy html": ("html", lambda paper: print_html(paper, messy=True)),
    "docx": ("docx", print_docx),
    "xlsx": ("xlsx", print_xlsx),
    "xlsx of sheets": ("xlsx", lambda paper: print_xlsx(paper, sheets=True, numbers=False)),
    "csv": ("csv", print_csv),
    "md": ("md", print_md),
}
# Merged cells are lost: the text stands in the first place, empty cells in the others.
SPREAD = ("csv", "md")


class _File(BytesIO):
    """Bytes that have the name of a file."""

    name = ""


def read_named(data: bytes, name: str, book: gouji.Book) -> gouji.Report:
    """The report in a file of this name."""
    file = _File(data)
    file.name = name
    return gouji.read(file, book, year=2024)


def reread(paper: Paper, format: str, book: gouji.Book) -> gouji.Report:
    """The report in the printed paper; `grid` goes past all formats.

    Raises ReportError as reading does.
    """
    if format != "grid":
        ending, write = FORMATS[format]
        return read_named(write(paper), f"paper.{ending}", book)
    printed = document(paper)
    head = heading(printed, paper.form.title)
    return match(printed, paper.form, 2024, head.agency if head else "")
