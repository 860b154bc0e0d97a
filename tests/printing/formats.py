"""Every format in which a paper is printed, and how it is read back."""

from collections.abc import Callable

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


def reread(paper: Paper, format: str, book: gouji.Book) -> gouji.Report:
    """The report in the printed paper; `grid` goes past all formats.

    Raises ReportError as reading does.
    """
    if format != "grid":
        return gouji.read(FORMATS[format][1](paper), book, year=2024)
    printed = document(paper)
    head = heading(printed, paper.form.title)
    return match(printed, paper.form, 2024, head.agency if head else "")
