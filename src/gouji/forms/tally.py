"""What is found and told while a document is read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import define, field

from gouji.forms.document import Printed, span
from gouji.forms.form import Cell
from gouji.forms.values import State
from gouji.messages import count, say

_MOST_TOLD = 60


@define
class Tally:
    """What is found while the tables are read, by the positions of cells."""

    found: dict[int, Printed] = field(factory=dict)
    refused: dict[int, State] = field(factory=dict)
    notes: list[str] = field(factory=list)
    unplaced: list[str] = field(factory=list)

    def note(self, *parts: str) -> None:
        """Tells something about the document and what to do, not without end."""
        if len(self.notes) < _MOST_TOLD:
            self.notes.append(say("; ").join(parts))

    def misspelt(self, place: str, text: str, label: str) -> None:
        """Tells for which label a text is taken."""
        self.note(say("{place}: {text} is read as {label}", place=place, text=text, label=label))

    def refuse(self, cells: Iterable[Cell], reason: str) -> None:
        """Leaves cells unreadable."""
        for cell in cells:
            self.refused.setdefault(cell.position, State("unreadable", reason=reason))

    def leave(self, title: str, label: str, figures: Sequence[Printed]) -> None:
        """Tells figures that belong to no cell."""
        shown = " ".join(cell.text.strip()[:40] for cell in figures[:8]) + (" …" if len(figures) > 8 else "")
        if len(self.unplaced) < _MOST_TOLD:
            where = span(figures[0], figures[-1])
            named = {"where": where, "title": title, "label": label, "figures": shown}
            after = say("{where}, {title}, after {label}: {figures}", **named)
            self.unplaced.append(after if label else say("{where}, {title}: {figures}", **named))


def missed(labels: Sequence[str], last: Printed | None, first: Printed) -> str:
    """That rows side by side are not found, behind the last that is, or from the beginning of the table on."""
    many = {"number": len(labels), "first": labels[0], "last": labels[-1]}
    if last and labels[1:]:
        return say("{number} rows, {first} to {last}, not found after {place}", **many, place=last.place)
    if labels[1:]:
        return say("{number} rows, {first} to {last}, not found from {place} on", **many, place=first.place)
    if last:
        return say("{label} not found after {place}", label=labels[0], place=last.place)
    return say("{label} not found from {place} on", label=labels[0], place=first.place)


def unfit(figures: Sequence[Printed], expected: int) -> str:
    """That so many figures are not those of a row."""
    number, place = len(figures), figures[0].place
    if number == expected:
        return count(
            "{n} figure printed, out of line with the columns ({place})",
            "{n} figures printed, out of line with the columns ({place})", number, place=place,
        )  # fmt: skip
    return count(
        "{n} figure printed, {expected} expected ({place})", "{n} figures printed, {expected} expected ({place})",
        number, expected=expected, place=place,
    )  # fmt: skip
