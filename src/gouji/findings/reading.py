"""A report as it was read: each cell with what is printed and where, as text, plain data or rows."""

from __future__ import annotations

from typing import Any

from gouji.findings.spreadsheet import delimited
from gouji.forms.form import Cell
from gouji.forms.report import Report
from gouji.messages import later, say

_KINDS = {
    "blank": later("(blank)"), "absent": later("(absent)"), "unreadable": later("(unreadable)"),
    "mark": later("(mark)"), "text": later("(text)"),
}  # fmt: skip
COLUMNS = ("cell", "label", "printed", "value", "state", "place")


def rows(report: Report) -> list[tuple[str, ...]]:
    """A row for each cell and each figure of the prose, under COLUMNS."""
    found: list[tuple[str, ...]] = []
    for cell in report.cells:
        state = report.states.get(cell.position)
        kind = f"{state.kind}: {state.reason}" if state and state.reason else state.kind if state else ""
        place = report.places.get(cell.position, "")
        found.append((cell.key, cell.label, report.printed(cell), report.text(cell) or "", kind, place))
    for at, mentions in sorted(report.figures.items()):
        cell = report.form.figures[at]
        found += [(cell.key, cell.label, m.sentence, m.printed, "", m.place) for m in mentions]
    return found


def to_csv(report: Report) -> str:
    """The rows as values between commas."""
    return delimited(COLUMNS, rows(report))


def to_data(report: Report) -> dict[str, Any]:
    """The report as plain data that can be bound again, with places, figures and what was told beside it."""
    tables: dict[str, Any] = {}
    for cell in report.cells:
        inner = tables.setdefault(cell.table.name, {})
        *path, last = (*cell.row, *cell.column)
        for part in path:
            inner = inner.setdefault(part, {})
        inner[last] = None if _nothing(report, cell) else report.printed(cell)
    figures = [
        {"figure": report.form.figures[at].key, "printed": m.printed, "sentence": m.sentence, "place": m.place}
        for at, mentions in sorted(report.figures.items())
        for m in mentions
    ]
    return {
        "form": report.form.id, "edition": report.form.edition, "year": report.year, "agency": report.agency,
        "source": report.source, "tables": tables, "narrative": dict(report.prose),
        "places": {report.cells[at].key: place for at, place in sorted(report.places.items())},
        "figures": figures, "unplaced": list(report.unplaced), "told": list(report.notes),
    }  # fmt: skip


def _nothing(report: Report, cell: Cell) -> bool:
    state = report.states.get(cell.position)
    return state is not None and state.kind in ("absent", "blank")


def to_text(report: Report) -> str:
    """The report for a person: a line for each cell under its table, then figures of the prose and what was told."""
    form = report.form
    head = {"title": form.title, "edition": form.edition, "year": report.year}
    agency = report.agency or say("agency unknown")
    lines = [say("{title}, edition {edition}: {agency}, {year}", **head, agency=agency)]
    table = None
    for cell in report.cells:
        if cell.table is not table:
            table = cell.table
            lines += ["", table.labels[0]]
        state = report.states.get(cell.position)
        shown = report.printed(cell).strip() or (say(_KINDS[state.kind]) if state else "0")
        if place := report.places.get(cell.position, ""):
            shown = say("{text}  ({place})", text=shown, place=place)
        if state and state.kind == "unreadable":
            shown = say("{text}, {reason}", text=shown, reason=state.reason)
        lines.append(say("  {label}: {text}", label=cell.label, text=shown))
    if report.figures:
        lines += ["", say("figures of the prose")]
        for at, mentions in sorted(report.figures.items()):
            key = form.figures[at].key
            told = (say("{text}  ({place})", text=m.sentence, place=m.place) for m in mentions)
            lines += [say("  {label}: {text}", label=key, text=text) for text in told]
    missing = sum(state.kind in ("absent", "unreadable") for state in report.states.values())
    lines += ["", *(say("not placed: {key}", key=key) for key in report.unplaced)]
    lines += [say("note: {note}", note=note) for note in report.notes]
    lines.append(say("{read} of {number} cells read", read=len(report.cells) - missing, number=len(report.cells)))
    return "\n".join(lines)
