"""What is found and told while a document is read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import define, field

from gouji.forms.document import Printed, span
from gouji.forms.form import Cell
from gouji.forms.values import State

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
            self.notes.append("; ".join(parts))

    def refuse(self, cells: Iterable[Cell], reason: str) -> None:
        """Leaves cells unreadable."""
        for cell in cells:
            self.refused.setdefault(cell.position, State("unreadable", reason=reason))

    def leave(self, title: str, label: str, figures: Sequence[Printed]) -> None:
        """Tells figures that belong to no cell."""
        shown = " ".join(cell.text.strip()[:40] for cell in figures[:8]) + (" …" if len(figures) > 8 else "")
        if len(self.unplaced) < _MOST_TOLD:
            where = span(figures[0], figures[-1])
            self.unplaced.append(f"{where}, {title}{f', after {label}' if label else ''}: {shown}")
