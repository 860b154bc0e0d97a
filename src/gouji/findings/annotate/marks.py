"""Findings -> what is marked in the document: a place, a kind, and what a comment says there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from attrs import define, field

from gouji.findings.rendered import Rendered
from gouji.findings.words import rule_word
from gouji.language.core import CELLS
from gouji.messages import say
from gouji.sources import Spot

if TYPE_CHECKING:
    from gouji.findings.explain import Evidence, Finding

COLOURS = {"fail": "FFB3B3", "open": "FFE699", "beside": "FCE4E4"}
"""A cell that fails, one that is undetermined, and the others that a failing check reads; the first wins."""
AUTHOR = "gouji"


@define
class Mark:
    """One place: how it is coloured, and its comments, each as lines; `printed` is what stands there."""

    kind: str
    printed: str | None = None
    comments: list[tuple[str, ...]] = field(factory=list)

    def strengthen(self, kind: str) -> None:
        """Takes the colour that tells more."""
        self.kind = min(self.kind, kind, key=list(COLOURS).index)


Marks = dict[Spot | None, Mark]
"""Marks by their place; what stands nowhere in the document is told at None."""


def marks(result: Rendered) -> Marks:
    """The marks of all findings but those that are waived.

    A comment stands at the first cell of the formula that is printed, and at the figures of the prose; a blank cell is
    marked alone.
    """
    found: Marks = {}
    stated = {mention.spot for mentions in result.report.figures.values() for mention in mentions}
    for finding in result.findings:
        if finding.outcome == "waived":
            continue
        kind = "open" if finding.outcome == "undetermined" else "fail"
        printed = [cell for cell in finding.cells if cell.document is None and cell.spot]
        anchors = [cell for cell in printed if cell.spot in stated] or printed[:1]
        for cell in anchors:
            _mark(found, cell, stated, kind)
        for cell in printed if finding.rule == CELLS or kind == "fail" else ():
            _mark(found, cell, stated, kind if finding.rule == CELLS else "beside")
        if finding.rule == CELLS and kind == "open" and printed:
            continue
        comment = tuple(_lines(finding))
        for spot in dict.fromkeys(cell.spot for cell in anchors) or (None,):
            found.setdefault(spot, Mark(kind)).comments.append(comment)
    return found


def _mark(found: Marks, cell: Evidence, stated: set[Spot | None], kind: str) -> None:
    """Marks a cell; the text of a cell is kept, to be compared with the document."""
    printed = None if cell.spot in stated else cell.printed
    found.setdefault(cell.spot, Mark(kind, printed)).strengthen(kind)


def _lines(finding: Finding) -> Iterator[str]:
    """The rule and its sentence, the formula filled in, the difference, the clause."""
    open_ones = say(" (undetermined)") if finding.outcome == "undetermined" else ""
    yield f"{rule_word(finding.rule)}{open_ones}: {finding.sentence}"
    if finding.formula:
        yield finding.formula
    if finding.difference not in (None, "0"):
        yield say("difference {n}", n=finding.difference)
    elsewhere = [cell for cell in finding.cells if cell.document is None and not cell.spot]
    if elsewhere and len(elsewhere) == len(finding.cells):
        yield say(", ").join(dict.fromkeys(cell.label for cell in elsewhere[:5])) + (" …" if len(elsewhere) > 5 else "")
    if finding.clause:
        yield finding.clause
