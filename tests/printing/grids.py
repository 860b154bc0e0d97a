"""A paper as the document that a reader of its format should give: the parts of the printed form, without a format."""

from gouji.forms.document import Document
from gouji.forms.readers.pages import Box, Pages
from gouji.forms.readers.text import divided
from printing.paper import Grid, Paper


def boxes(grid: Grid) -> list[Box]:
    """The cells of a grid, merged ones once."""
    return [Box(area.spot.text, area.row, area.column, area.columns) for area in grid.areas()]


def document(paper: Paper) -> Document:
    """Paragraphs and grids in reading order."""
    pages = Pages("paper")
    for item in paper.items:
        if isinstance(item, Grid):
            pages.grid(boxes(item))
        else:
            pages.line(*divided(item))
    return pages.document()
