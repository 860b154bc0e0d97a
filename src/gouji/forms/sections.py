"""The titles of tables and sections divide a document; what stands under each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby

from gouji.forms.document import Printed, spelt
from gouji.forms.figures import Prose
from gouji.forms.form import Form
from gouji.forms.labels import Words, normal
from gouji.forms.outline import Outline
from gouji.forms.tally import Tally
from gouji.sources import Spot

Segment = tuple[str, list[Printed]]
"""The cells under a title, and the name of what is called so."""
_ENDS = "。！？；!?;:："


def tables(segments: list[Segment], outlines: list[Outline]) -> dict[str, list[Printed]]:
    """The cells that stand under the title of each table; the only table of a form needs no title of its own."""
    found: dict[str, list[list[Printed]]] = defaultdict(list)
    for name, cells in segments:
        found[outlines[0].table.name if len(outlines) == 1 else name].append(cells)
    return {outline.table.name: _joined(found[outline.table.name], outline.words) for outline in outlines}


def prose(segments: list[Segment], form: Form) -> Prose:
    """The paragraphs of each section of prose, with their places; a line that ends no sentence goes on in the next."""
    sections = {section.name for section in form.narratives if section.figures}
    found: dict[str, list[tuple[str, str, Spot | None]]] = {}
    for name, cells in segments:
        ended = True
        for _, line in groupby(cells if name in sections else (), key=lambda cell: cell.line):
            parts = list(line)
            text = " ".join(cell.text for cell in parts).strip()
            if ended or not found.get(name):
                found.setdefault(name, []).append((text, parts[0].place, parts[0].spot))
            else:
                before, place, spot = found[name].pop()
                found[name].append((before + text, place, spot))
            ended = not text or text[-1] in _ENDS
    return found


def divide(cells: Sequence[Printed], form: Form, outlines: list[Outline], tally: Tally) -> list[Segment]:
    """The cells between titles, each stretch with the name of the title above it.

    A title may be printed again, in a list of contents or over a page.
    """
    labels = {table.name: table.labels for table in form.tables} | {part.name: part.labels for part in form.narratives}
    own = {outline.table.name: outline.words for outline in outlines}
    names = {normal(label): name for name, spellings in labels.items() for label in spellings}
    words = Words.of(labels.values())
    found: list[Segment] = [("", [])]
    at = 0
    while at < len(cells):
        here, segment = found[-1]
        title = None if cells[at].empty or cells[at].text.isdecimal() else spelt(cells, at, words)
        if title is None or (here in own and title.word in own[here].known):
            segment.append(cells[at])
            at += 1
            continue
        if title.misspelt:
            tally.misspelt(cells[at].place, cells[at].text.strip(), labels[names[title.word]][0])
        found.append((names[title.word], []))
        at = title.end
    return found


def _joined(segments: list[list[Printed]], words: Words) -> list[Printed]:
    """The segments as one; those without a label of the table are lines of a list of contents."""
    own = [cells for cells in segments if any(words.spell(cell.text) in words.known for cell in cells)]
    return [cell for cells in own or segments for cell in cells]
