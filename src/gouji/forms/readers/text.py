"""Plain text -> printed cells: one to a line, or divided by tabs."""

from gouji.forms.document import Document, Printed


def read_text(text: str, name: str) -> Document:
    """The cells of a text in reading order.

    A line that begins with a tab holds a cell, an empty one too; a line without any tab right below it goes on with
    the same cell. Elsewhere a line is a row whose cells are divided by tabs. An empty line is a gap.
    """
    cells: list[Printed] = []
    gap, going = True, False
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip("\r\f\v ") and "\t" not in line:
            gap, going = True, False
            continue
        if going and "\t" not in line:
            last = cells[-1]
            cells[-1] = Printed(last.text + line, last.line, last.gap)
            continue
        going = line.startswith("\t")
        inner = "\t" in line.strip()
        for printed in (line[1:] if going else line).split("\t"):
            cells.append(Printed(printed, number, gap or (inner and not going and printed is line)))
            gap = False
        gap = inner
    return Document(name, tuple(cells))
