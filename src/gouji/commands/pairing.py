"""Which report of a run is the one of the year before for another: an index of them all, on disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from hashlib import sha256

from gouji.forms.binding import names_of
from gouji.forms.report import Report

Key = tuple[str, int, str, str]
"""Form, year and body of a report, and a print of its figures."""
Place = tuple[int, int, int]
"""A chunk of the run, and where in it: the number of a file and 0, or the byte and number of a line."""
_REPORTS = "CREATE TABLE reports (form, year, body, print, chunk, start, line)"
_PAIRING = (
    # Of reports of one body that differ two are kept, and of all bodies of a year two: with them none is chosen.
    """
    CREATE TABLE firsts AS SELECT form, year, body, first FROM (
        SELECT *, count(*) OVER all_of AS many, row_number() OVER (all_of ORDER BY first) AS nth FROM (
            SELECT form, year, body, min(rowid) AS first FROM reports WHERE body <> '' GROUP BY form, year, body, print
            UNION ALL SELECT form, year, '', rowid FROM reports WHERE body <> '')
        WINDOW all_of AS (PARTITION BY form, year, body))
    WHERE many = 1 OR (nth <= 2 AND :beside)
    """,
    "CREATE INDEX keys ON firsts (form, year, body)",
    # What has no report of its own body before, here, may still be after the only one of a year that stands elsewhere.
    """
    CREATE TABLE pairs AS SELECT found.here, found.at, before.chunk, before.start, before.line FROM (
        SELECT chunk AS here, start AS at, first FROM reports JOIN firsts USING (form, body)
            WHERE firsts.year = reports.year - 1
        UNION ALL SELECT chunk, start, first FROM reports JOIN firsts USING (form)
            WHERE :beside AND firsts.year = reports.year - 1 AND firsts.body = '' AND reports.body <> ''
            AND NOT EXISTS (SELECT * FROM firsts AS own WHERE own.form = reports.form
                AND own.year = reports.year - 1 AND own.body = reports.body)
        ) AS found JOIN reports AS before ON before.rowid = found.first
    """,
    "CREATE INDEX heres ON pairs (here)",
)
_ADD = "INSERT INTO reports VALUES (?, ?, ?, ?, ?, ?, ?)"
_HERES = "SELECT DISTINCT here FROM pairs"
_BEFORE = "SELECT at, chunk, start, line FROM pairs WHERE here = ? ORDER BY at"


def key(report: Report) -> Key:
    """What a report is found by."""
    body = min(names_of(report.agency, report.form))
    figures = repr((report.values, sorted(report.states.items(), key=lambda item: item[0])))
    return report.form.id, report.year, _print(body) if body else "", _print(figures)


def _print(text: str) -> str:
    return sha256(text.encode(errors="backslashreplace")).hexdigest()[:16]


class Pairs:
    """The reports of a run; memory stays flat, however many there are."""

    def __init__(self) -> None:
        """Opens an index without reports."""
        self._index = sqlite3.connect("")
        self._index.execute(_REPORTS)

    def add(self, chunk: int, bodies: Iterable[Sequence[object]]) -> None:
        """The reports of a chunk: the key of each, and where it stands there."""
        rows = ((*one[:4], chunk, *one[4:]) for one in bodies)
        self._index.executemany(_ADD, rows)

    def chunks(self, beside: bool) -> set[int]:
        """The chunks in which some report has one before; all have been added, but for those that stand `beside`."""
        for step in _PAIRING:
            self._index.execute(step, {"beside": beside})
        return {here for (here,) in self._index.execute(_HERES)}

    def before(self, chunk: int) -> Iterable[tuple[int, Place]]:
        """For reports of a chunk, by where they start, the place of the one before, or of two that differ."""
        found = self._index.execute(_BEFORE, (chunk,))
        return [(at, (number, start, line)) for at, number, start, line in found]
