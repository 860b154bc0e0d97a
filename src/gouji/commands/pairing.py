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
_TABLES = """
CREATE TABLE reports (form, year, body, print, chunk, start, line);
CREATE TABLE firsts (form, year, body, first, PRIMARY KEY (form, year, body));
"""
# Of reports of one body that differ none is used; what names no body is after the only report of a year.
_FIRSTS = """
INSERT INTO firsts SELECT form, year, body, min(rowid) FROM reports WHERE body <> ''
    GROUP BY form, year, body HAVING count(DISTINCT print) = 1;
INSERT INTO firsts SELECT form, year, '', min(rowid) FROM reports WHERE body <> ''
    GROUP BY form, year HAVING count(*) = 1;
CREATE TABLE pairs AS SELECT one.chunk AS here, one.start AS at, before.chunk, before.start, before.line
    FROM reports AS one JOIN firsts USING (form, body) JOIN reports AS before ON before.rowid = firsts.first
    WHERE firsts.year = one.year - 1;
CREATE INDEX heres ON pairs (here);
"""
_ADD = "INSERT INTO reports VALUES (?, ?, ?, ?, ?, ?, ?)"
_HERES = "SELECT DISTINCT here FROM pairs ORDER BY here"
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
        self._index.executescript(_TABLES)

    def add(self, chunk: int, bodies: Iterable[Sequence[object]]) -> None:
        """The reports of a chunk: the key of each, and where it stands there."""
        rows = ((*one[:4], chunk, *one[4:]) for one in bodies)
        self._index.executemany(_ADD, rows)

    def chunks(self) -> list[int]:
        """The chunks in which some report has one before; all reports have been added."""
        self._index.executescript(_FIRSTS)
        return [here for (here,) in self._index.execute(_HERES)]

    def before(self, chunk: int) -> Iterable[tuple[int, Place]]:
        """For reports of a chunk, by where they start, the place of the one before."""
        found = self._index.execute(_BEFORE, (chunk,))
        return [(at, (number, start, line)) for at, number, start, line in found]
