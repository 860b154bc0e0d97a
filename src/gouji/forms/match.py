"""A document and the editions of a form -> which agency and year, and which printed cell is which."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise

from attrs import define, field, frozen

from gouji.forms.document import Document, Printed
from gouji.forms.form import Block, Cell, CellType, Form, Member, Path, Table
from gouji.forms.labels import normal
from gouji.forms.report import Report, make
from gouji.forms.values import ABSENT, State, read
from gouji.sources import Problem, ReportError

_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_JOIN = 6
_ANY = CellType("amount", "", 6)


@frozen
class Heading:
    """What the title of a document says."""

    agency: str
    year: int | None


def heading(document: Document, title: str) -> Heading | None:
    """Agency and year from the title of a document, or None when no line holds the form's title."""
    before = ""
    for cell in document.cells[:60]:
        text = "".join(unicodedata.normalize("NFKC", cell.text).split())
        if title in text:
            line = text.split(title)[0]
            found = re.search(r"([12]\d{3}|[12二一][〇○零一二三四五六七八九]{3})年?度?$", line)
            if found:
                agency = line[: found.start()] or before
                return Heading(agency.strip("《"), int(found[1].translate(_DIGITS)))
            if len(line) < 60:
                year = re.search(r"([12]\d{3})年?度?$", before)
                return Heading(line or before[: year.start() if year else None], int(year[1]) if year else None)
        elif text:
            before = text if len(text) < 40 else ""
    return None


def match(document: Document, form: Form, year: int, agency: str) -> Report:
    """A report on `form` read from the document: labels are followed in order, under their parents.

    What the document lacks is absent; what cannot be placed without guessing is unreadable, and a note says why.
    Raises ReportError when no cell is found.
    """
    reading = _Reading(document, form)
    reading.run()
    if not reading.found:
        wanted = "; ".join(table.labels[0] for table in form.tables)
        message = f"no table of {form.title} is found in this document"
        raise ReportError([Problem(message, place=document.name, hint=f"looked for: {wanted}")])
    given = tuple(reading.found[cell.position].text if cell.position in reading.found else None for cell in form.cells)
    values = tuple(
        reading.refused.get(cell.position)
        or (
            read(reading.found[cell.position].text, cell.type, form.marks) if cell.position in reading.found else ABSENT
        )
        for cell in form.cells
    )
    places = {position: printed.place for position, printed in reading.found.items()}
    return make(
        form.layout(), given, values, year, agency=agency, source=document.name, places=places,
        unplaced=tuple(reading.unplaced), notes=tuple(reading.notes),
    )  # fmt: skip


@define
class _Reading:
    """The state of one pass over a document."""

    document: Document
    form: Form
    found: dict[int, Printed] = field(factory=dict)
    refused: dict[int, State] = field(factory=dict)
    notes: list[str] = field(factory=list)
    unplaced: list[str] = field(factory=list)

    def run(self) -> None:
        titles = {table.name: table.labels for table in self.form.tables}
        titles |= {section.name: section.labels for section in self.form.narratives}
        starts = sorted((at, name) for name, labels in titles.items() if (at := self._title(labels)) is not None)
        ends = [start for start, _ in starts[1:]] + [len(self.document.cells)]
        sections = {name: (start, end) for (start, name), end in zip(starts, ends, strict=True)}
        for table in self.form.tables:
            if table.name not in sections:
                self.notes.append(f"the table {table.labels[0]} is not found")
                continue
            start, end = sections[table.name]
            cells = self.document.cells[start + 1 : end]
            if table.across:
                self._across(table, cells)
            else:
                self._down(table, cells)

    def _title(self, labels: Sequence[str]) -> int | None:
        wanted = {normal(label) for label in labels}
        cells = self.document.cells
        at = [i for i in range(len(cells)) if _spelt(cells, i, wanted)]
        if len(at) > 1:
            lines = " and ".join(str(cells[i].line) for i in at[:4])
            self.notes.append(f"{labels[0]} is printed more than once (lines {lines}); the last is read")
        return at[-1] if at else None

    def _down(self, table: Table, cells: Sequence[Printed]) -> None:
        """A table of labelled rows: each label is looked for behind the row before it."""
        words = _words(table)
        here = 0
        for number, block in enumerate(table.blocks):
            columns = block.columns.leaves()
            header_read = False
            last: tuple[Path, set[str]] | None = None
            for path, chain in block.rows.leaves():
                wanted = {normal(label) for label in chain[-1].labels}
                at = _seek(cells, here, wanted)
                if at is None:
                    continue
                start, stop = at
                if not header_read:
                    header_read = True
                    if not self._header(table, block, cells[here:start]):
                        return
                self._skipped(table, number, cells[here:start], words, last)
                row = [self.form.at[(table.name, path, column)] for column, _ in columns]
                here = self._row(row, cells, stop, words, chain[-1].labels[0])
                last = (path, wanted)
        self._skipped(table, len(table.blocks) - 1, cells[here:], words, None)

    def _header(self, table: Table, block: Block, cells: Sequence[Printed]) -> bool:
        """Whether the columns stand in the form's order; a column that is not found is told."""
        places = [_seek(cells, 0, {normal(label) for label in chain[-1].labels}) for _, chain in block.columns.walk()]
        for (_, chain), place in zip(block.columns.walk(), places, strict=True):
            if place is None:
                self.notes.append(f"{table.labels[0]}: the column {chain[-1].labels[0]} is not found in the header")
        for siblings in _families(block.columns.members):
            found = [p for m in siblings if (p := _seek(cells, 0, {normal(label) for label in m.labels}))]
            if any(a[0] > b[0] for a, b in pairwise(found)):
                self.notes.append(f"{table.labels[0]}: the columns stand in another order; the table is not read")
                return False
        return True

    def _skipped(
        self,
        table: Table,
        block: int,
        cells: Sequence[Printed],
        words: dict[str, str],
        last: tuple[Path, set[str]] | None,
    ) -> None:
        """What stands between two rows: a row printed twice is refused, figures without a label are told."""
        figures = [cell for cell in cells if cell.text.strip() and not isinstance(_number(cell), State)]
        if not figures:
            return
        if last and any(_spelt(cells, i, last[1]) for i in range(len(cells))):
            for cell in self.form.cells:
                if cell.table is table and cell.block == block and cell.row == last[0]:
                    reason = f"the row is printed twice, again at line {figures[0].line}"
                    self.refused[cell.position] = State("unreadable", reason=reason)
            return
        lines = f"{figures[0].place} to {figures[-1].line}" if len(figures) > 1 else figures[0].place
        shown = " ".join(cell.text.strip() for cell in figures[:8])
        self.unplaced.append(f"{table.labels[0]}, {lines}: {shown}")

    def _row(self, row: list[Cell], cells: Sequence[Printed], start: int, words: dict[str, str], label: str) -> int:
        """Binds the cells behind a label; where their number does not fit, none is guessed."""
        stop = start
        while stop < len(cells) and not (cells[stop].gap and stop > start) and not _is_label(cells, stop, words):
            stop += 1
        near = list(cells[start:stop])
        wide = start
        while wide < len(cells) and not _is_label(cells, wide, words):
            wide += 1
        filled = [cell for cell in cells[start:wide] if cell.text.strip()]
        printed = near if len(near) == len(row) else filled
        if len(printed) == len(row):
            self.found |= {cell.position: found for cell, found in zip(row, printed, strict=True)}
            return max(stop, cells.index(printed[-1], start) + 1)
        if filled:
            reason = f"{len(filled)} figures are printed where {len(row)} are expected ({filled[0].place})"
            self.refused |= {cell.position: State("unreadable", reason=reason) for cell in row}
            self.notes.append(f"{label}: {reason}; no figure is guessed")
            return max(stop, cells.index(filled[-1], start) + 1)
        return stop

    def _across(self, table: Table, cells: Sequence[Printed]) -> None:
        """A table in one printed line: the figures follow the last label of the header."""
        words = _words(table)
        row = [cell for cell in self.form.cells if cell.table is table]
        leaves = [normal(member.labels[0]) for member in (cell.columns[-1] for cell in row)]
        spelt = [(i, word) for i in range(len(cells)) if (word := _is_label(cells, i, words))]
        heads = [word for _, word in spelt if word in set(leaves)]
        if heads != leaves:
            if sorted(heads) == sorted(leaves):
                self.notes.append(f"{table.labels[0]}: the columns stand in another order; the table is not read")
                return
            self.notes.append(f"{table.labels[0]}: the header is incomplete; the figures are taken in the form's order")
        start = max((i for i, _ in spelt), default=-1) + 1
        first = next((i for i in range(start, len(cells)) if cells[i].text.strip()), None)
        if first is None:
            return
        while first > start and not cells[first].gap:
            first -= 1
        self._row(row, cells, first, {}, table.labels[0])


def _families(members: tuple[Member, ...]) -> Iterable[tuple[Member, ...]]:
    if members:
        yield members
    for member in members:
        yield from _families(member.children)


def _words(table: Table) -> dict[str, str]:
    """Every label of the table, as it is compared."""
    words: dict[str, str] = {}
    for block in table.blocks:
        for axis in (block.rows, block.columns):
            for _, chain in axis.walk():
                words |= {normal(label): normal(chain[-1].labels[0]) for label in chain[-1].labels}
            words |= {normal(heading): normal(heading) for heading in axis.headings}
        words |= {normal(heading): normal(heading) for heading in block.headings}
    return words


def _spelt(cells: Sequence[Printed], at: int, wanted: Iterable[str]) -> int:
    """How many cells from `at` on spell one of the labels, joined; 0 for none."""
    text = ""
    for length, cell in enumerate(cells[at : at + _JOIN], 1):
        if not cell.text.strip():
            return 0
        text += cell.text
        spelt = normal(text)
        if spelt in wanted:
            return length
        if not any(label.startswith(spelt) for label in wanted):
            return 0
    return 0


def _is_label(cells: Sequence[Printed], at: int, words: dict[str, str]) -> str:
    length = _spelt(cells, at, words)
    return words[normal("".join(cell.text for cell in cells[at : at + length]))] if length else ""


def _seek(cells: Sequence[Printed], start: int, wanted: set[str]) -> tuple[int, int] | None:
    for at in range(start, len(cells)):
        length = _spelt(cells, at, wanted)
        if length:
            return at, at + length
    return None


def _number(cell: Printed) -> object:
    return read(cell.text, _ANY)
