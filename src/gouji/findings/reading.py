"""A report as it was read: each cell with what is printed and where, as text, plain data or rows."""

from __future__ import annotations

import csv
import io
from typing import Any

from gouji.forms.form import Cell
from gouji.forms.report import Report

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
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([_safe(item) for item in row] for row in rows(report))
    return text.getvalue().rstrip("\n")


def _safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula; signed numbers stay."""
    signed = text[:1] in ("+", "-") and text[1:] and not text[1:].replace(".", "", 1).isdecimal()
    return f"'{text}" if text[:1] in ("=", "@", "\t", "\r") or signed else text


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
    lines = [f"{form.title}, edition {form.edition}: {report.agency or 'agency unknown'}, {report.year}"]
    table = None
    for cell in report.cells:
        if cell.table is not table:
            table = cell.table
            lines += ["", table.labels[0]]
        state = report.states.get(cell.position)
        shown = report.printed(cell).strip() or (f"({state.kind})" if state else "0")
        why = f", {state.reason}" if state and state.kind == "unreadable" else ""
        place = report.places.get(cell.position, "")
        lines.append(f"  {cell.label}: {shown}{f'  ({place})' if place else ''}{why}")
    if report.figures:
        lines += ["", "figures of the prose"]
        for at, mentions in sorted(report.figures.items()):
            lines += [f"  {form.figures[at].key}: {m.sentence}  ({m.place})" for m in mentions]
    missing = sum(state.kind in ("absent", "unreadable") for state in report.states.values())
    lines += ["", *(f"not placed: {key}" for key in report.unplaced), *(f"note: {note}" for note in report.notes)]
    lines.append(f"{len(report.cells) - missing} of {len(report.cells)} cells read")
    return "\n".join(lines)
