"""A document and an edition of a form -> which printed cell is which.

The titles divide the document into tables. In a table, labels with the figures after them are placed on the rows of the
form, by their parents and their order; then the figures of a row are bound if their number fits. Nothing is guessed:
what does not fit is absent or unreadable, and a note says where and what to do.
"""

from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby, pairwise

from attrs import define, field

from gouji.forms.columns import numbering
from gouji.forms.document import Document, Entry, Grid, Piece, Printed, entries, joined
from gouji.forms.figures import stated, texts
from gouji.forms.form import Axis, Block, Cell, Form, Path
from gouji.forms.grids import Gridded, Printings, across, printings
from gouji.forms.labels import normal
from gouji.forms.outline import Header, Outline, Row
from gouji.forms.readers.title import Heading, heading, identity
from gouji.forms.report import Report, make
from gouji.forms.sections import divide, prose, tables
from gouji.forms.tally import Tally, missed, unfit
from gouji.forms.values import ABSENT, in_whole, read
from gouji.messages import count, later, say
from gouji.sources import Problem, ReportError

__all__ = ["Heading", "heading", "identity", "match"]

_IN_ORDER = later("the figures are taken in the order of the form")
_REORDER = later("put labels and figures in the form's order")
_SPLIT = later("see whether a number is split or a cell is left out")


def match(document: Document, form: Form, year: int, agency: str) -> Report:
    """A report on `form` read from the document; what the document lacks is absent.

    Raises ReportError when no cell is found.
    """
    tally = Tally()
    outlines = _outlines(form)
    segments = divide(document.without({cell.type.unit for cell in form.cells}), form, outlines, tally)
    parts, told = tables(segments, outlines), prose(segments, form)
    for outline in outlines:
        if cells := parts.get(outline.table.name):
            _read_table(outline, cells, tally)
        else:
            lost = say("{title} is not found; its cells are absent", title=outline.title)
            tally.note(lost, say("see whether a line holds this title"))
    if not tally.found:
        message = say("no cell of {title} can be read in this document", title=form.title)
        raise ReportError([Problem(message, place=document.name, hint="\n".join(tally.notes[:3]))])
    found = [tally.found.get(cell.position) for cell in form.cells]
    values = tuple(
        tally.refused.get(cell.position) or (read(printed.text, cell.type, form.marks) if printed else ABSENT)
        for cell, printed in zip(form.cells, found, strict=True)
    )
    return make(
        form.layout(), tuple(printed.text if printed else None for printed in found), values, year, agency=agency,
        source=document.name, places={position: printed.place for position, printed in tally.found.items()},
        spots={position: printed.spot for position, printed in tally.found.items()},
        figures=stated(form, told, year), prose=texts(told), unplaced=tuple(tally.unplaced), notes=tuple(tally.notes),
    )  # fmt: skip


def _outlines(form: Form) -> list[Outline]:
    """The outlines of the tables of a form, kept on it."""
    found: list[Outline] | None = form.__dict__.get("outlines")
    if found is None:
        found = form.__dict__["outlines"] = [Outline.of(form, table) for table in form.tables]
    return found


def _read_table(outline: Outline, cells: Sequence[Printed], tally: Tally) -> None:
    """Reads one table: labelled rows, or one line under nested headers."""
    reader = _Reader(outline, cells, entries(cells, outline.words, outline.marks), tally)
    if outline.table.across and not any(reader.fitting(entry) for entry in reader.entries if entry.figures):
        reader.across()
    else:
        reader.down()
    reader.rest()


@define
class _Reader:
    """One pass over the cells of one table; `told` are the entries that are bound or refused."""

    outline: Outline
    cells: Sequence[Printed]
    entries: list[Entry]
    tally: Tally
    told: set[int] = field(factory=set)
    rows: Printings = field(init=False)
    first: dict[str, int] = field(init=False)
    """Where each label is printed first."""

    def __attrs_post_init__(self) -> None:
        """Notes the printed rows and where each label is printed first."""
        self.rows = printings(self.cells)
        pieces = [piece for entry in reversed(self.entries) for piece in reversed(entry.run)]
        self.first = {piece.word: piece.start for piece in pieces}

    def down(self) -> None:
        """A table of labelled rows."""
        rows = self.outline.rows
        placed = self._placed()
        self._whole(placed)
        grid = Grid.of(self.cells, [(self.entries[at], len(rows[row].cells)) for row, at in placed.items()])
        for number, block in enumerate(self.outline.table.blocks):
            own = sorted(row for row in placed if rows[row].block == number)
            if not own:
                continue
            runs = self._runs(own, placed)
            gridded = self._gridded(block.columns, runs, {row: placed[row] for row in own})
            cells = [cell for row in own for cell in rows[row].cells]
            self._header(block.columns, runs, cells, lambda cell: cell.column)
            for row in own:
                if gridded:
                    self._take(rows[row], placed[row], gridded, row)
                else:
                    self._bind(rows[row].cells, rows[row].label, placed[row], grid)
        self._unfilled()

    def across(self) -> None:
        """A table in one printed line: the figures follow the last label of the header."""
        block = self.outline.table.blocks[0]
        cells = [cell for row in self.outline.rows for cell in row.cells]
        pieces = [piece for entry in self.entries for piece in entry.run]
        found, reason = across(self.outline, pieces, self.cells, self.rows)
        if found or reason:
            ids = set(map(id, found.values()))
            own = [at for at, entry in enumerate(self.entries)
                   if any(id(self.cells[figure.start]) in ids for figure in entry.figures)]  # fmt: skip
            self.tally.found |= found
            self.told.update(own)
            self._headed(block, pieces if not own else self._ahead(own[0]), cells)
            if reason:
                self._refuse(cells, [], reason, say(_SPLIT))
            return
        places = [
            at
            for at, entry in enumerate(self.entries)
            if (len(entry.figures) > 1 or len(cells) == 1) and not self._numbers(entry)
        ]
        headed = [at for at in places if any(piece.word in self.outline.columns for piece in self.entries[at].run)]
        places = headed or places
        if len(places) > 1:
            reason = say("the figures stand in several lines ({where})", where=self._lines(places))
            self._refuse(cells, places, reason, say("keep one"))
        elif places:
            self._headed(block, self._ahead(places[0]), cells)
            self._bind(cells, "", places[0], Grid())

    def _ahead(self, at: int) -> list[Piece]:
        """The labels and texts ahead of the figures of an entry."""
        return [piece for entry in self.entries[: at + 1] for piece in entry.run]

    def _headed(self, block: Block, run: list[Piece], cells: list[Cell]) -> None:
        """Refuses the cells of a table in one line where its header is not the form's."""
        self._header(block.columns, [run], cells, lambda cell: cell.column)
        self._header(block.rows, [run], cells, lambda cell: cell.row)
        self._repeats(block.columns, run, cells)

    def rest(self) -> None:
        """Tells the rows that are not found and the figures that belong to no cell."""
        self._absent()
        for at, entry in enumerate(self.entries):
            figures = [self.cells[figure.start] for figure in entry.figures]
            if figures and at not in self.told and not self._numbers(entry):
                self._leave(entry, figures)

    def _numbers(self, entry: Entry) -> bool:
        """Whether the figures of an entry number the columns of a grid."""
        figures = [self.cells[figure.start] for figure in entry.figures]
        return numbering(figures) and figures[0].grid >= 0

    # Placing: entries on rows

    def fitting(self, entry: Entry) -> list[int]:
        """The rows whose label stands directly ahead of the figures, under the group that is printed above it."""
        label = entry.label
        if label is None or self._ends_header(entry, label):
            return []
        above = self._groups(entry) or [()]
        return [row for row in self.outline.by_word.get(label.word, ()) if self.outline.under(row, above)]

    def _groups(self, entry: Entry) -> list[Path]:
        """The groups that the last group label ahead of the row's own may name; a repeated header names none."""
        groups = self.outline.groups
        named = [(at, piece) for at, piece in enumerate(entry.run[:-1]) if piece.word in groups]
        if not named:
            return []
        at, piece = named[-1]
        headed = any(other.word in self.outline.columns for other in entry.run[at + 1 : -1])
        return [] if headed and self.first[piece.word] < piece.start else groups[piece.word]

    def _ends_header(self, entry: Entry, label: Piece) -> bool:
        """Whether the label ends a header whose first row has lost its label: columns share names with rows."""
        columns = [piece.word for piece in entry.run[:-1] if piece.word in self.outline.columns]
        beside = self.cells[label.end - 1].line == self.cells[entry.figures[0].start].line
        return label.word in self.outline.columns and not beside and columns != [] and label.word not in columns

    def _placed(self) -> dict[int, int]:
        """The entry of each row; a row that is printed twice, out of its place or in doubt is told and left out."""
        fitting = {at: rows for at, entry in enumerate(self.entries) if entry.figures and (rows := self.fitting(entry))}
        sure = self._once({at: rows[0] for at, rows in fitting.items() if len(rows) == 1})
        found = sure | self._between(fitting, sure)
        ordered = _rising(sure)
        for at in [at for at in sure if at not in ordered and not self._among_its_group(at, sure)]:
            row = self.outline.rows[found.pop(at)]
            where = self._lines([at])
            reason = say("{label} stands among the rows of another group ({where})", label=row.label, where=where)
            self._refuse(row.cells, [at], reason, say("put it in its place"))
        return {row: at for at, row in found.items()}

    def _whole(self, placed: dict[int, int]) -> None:
        """Puts a group that is printed as one row, as another edition does, in the place of its rows."""
        for group in self.outline.wholes:
            labels = {at: e.label for at, e in enumerate(self.entries) if e.figures and e.label}
            places = [at for at, label in labels.items() if label.word in group.words]
            if len(places) != 1 or any(row in placed for row in group.rows):
                continue
            first, *others = group.rows
            placed[first] = places[0]
            for cell in (cell for row in others for cell in self.outline.rows[row].cells):
                self.tally.refused[cell.position] = in_whole(group.label)
            told = say("{label} is printed as one row ({where})", label=group.label, where=self._lines(places))
            self._note(told, say("it is judged in place of its rows"))

    def _once(self, sure: dict[int, int]) -> dict[int, int]:
        """The entries without those that hold one row together; such a row is refused."""
        holders: dict[int, list[int]] = defaultdict(list)
        for at, number in sure.items():
            holders[number].append(at)
        for number, places in holders.items():
            if len(places) > 1:
                row = self.outline.rows[number]
                reason = say("{label} is printed more than once ({where})", label=row.label, where=self._lines(places))
                self._refuse(row.cells, places, reason, say("keep one"))
        return {places[0]: number for number, places in holders.items() if len(places) == 1}

    def _among_its_group(self, at: int, sure: dict[int, int]) -> bool:
        """Whether the group of an entry's row is named above it, or is that of the row before or after it."""
        order = sorted(sure)
        here = order.index(at)
        beside = (*order[max(0, here - 1) : here], *order[here + 1 : here + 2])
        group = self.outline.rows[sure[at]].group
        return group in self._groups(self.entries[at]) or any(
            self.outline.rows[sure[other]].group == group for other in beside
        )

    def _between(self, fitting: dict[int, list[int]], sure: dict[int, int]) -> dict[int, int]:
        """Rows whose label occurs in several groups, where the rows around them leave one way to place them."""
        anchors = [-1, *sorted(sure), len(self.entries)]
        bounds = {-1: -1, **sure, len(self.entries): len(self.outline.rows)}
        choices: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for at, rows in fitting.items():
            if len(rows) > 1:
                here = bisect(anchors, at)
                low, high = bounds[anchors[here - 1]], bounds[anchors[here]]
                choices[tuple(row for row in rows if low < row < high and row not in sure.values())].append(at)
        times = Counter(row for choice in choices for row in choice)
        found: dict[int, int] = {}
        for choice, places in choices.items():
            if len(choice) == len(places) and all(times[row] == 1 for row in choice):
                found |= dict(zip(places, choice, strict=True))
                continue
            for at in places:
                label, where = self._text(self.entries[at]), self._lines([at])
                told = say("{label} may be one of several rows ({where})", label=label, where=where)
                self._note(told, say("print the label of its group"))
        return found

    # Headers

    def _runs(self, own: list[int], placed: dict[int, int]) -> list[list[Piece]]:
        """The labels above the first of these rows, then those between them; the label of a row left out."""
        places = [placed[row] for row in own]
        before = max((at for at in placed.values() if at < min(places)), default=-1) + 1
        head = [piece for entry in self.entries[before : min(places) + 1] for piece in entry.run]
        between = self.entries[min(places) + 1 : max(places) + 1]
        return [head[:-1], *(list(entry.run[:-1]) for entry in between if len(entry.run) > 2)]

    def _header(
        self, axis: Axis, runs: Sequence[Sequence[Piece]], cells: Sequence[Cell], part: Callable[[Cell], Path]
    ) -> None:
        """Refuses cells whose column is named in another order, or is not named where something else is."""
        head = Header.of(axis, runs[0], self.cells)
        where = self.cells[runs[0][-1].start].place if runs[0] else say("none is printed")
        if not all(header.ordered for header in (head, *(Header.of(axis, run, self.cells) for run in runs[1:]))):
            reason = say("the labels of the header stand in another order than the form's ({where})", where=where)
            self._refuse(cells, [], reason, say(_REORDER))
            return
        for path, printed in head.misspelt:
            self.tally.misspelt(printed.place, printed.text.strip(), head.names([path]))
        own = {path: [cell for cell in cells if part(cell) == path] for path in head.missing}
        lost = [path for path, inner in own.items() if inner]
        if head.strange and not all(map(head.replaced, lost)):
            names = head.names(lost)
            reason = say("the header does not name {names} but something else ({where})", names=names, where=where)
            self._refuse(cells, [], reason, say("correct the labels of the header"))
            return
        unsure = [path for path in lost if head.strange or own[path][0].type.rounded]
        if unsure:
            inner = [cell for path in unsure for cell in own[path]]
            reason = say("the header does not name {names} ({where})", names=head.names(unsure), where=where)
            self._refuse(inner, [], reason, say("correct its labels"))
        if len(head.missing) > len(unsure):
            left = head.names([path for path in head.missing if path not in unsure])
            self._note(say("the header does not name {names} ({where})", names=left, where=where), say(_IN_ORDER))

    def _repeats(self, axis: Axis, run: Sequence[Piece], cells: Sequence[Cell]) -> None:
        """Refuses a line of figures whose columns do not repeat in order for each row."""
        leaves = [frozenset(normal(label) for label in chain[-1].labels) for _, chain in axis.leaves()]
        order = [at for piece in run for at, words in enumerate(leaves) if piece.word in words]
        last = len(leaves) - 1
        if any(b < a and (a, b) != (last, 0) for a, b in pairwise(order)):
            reason = say("the columns do not repeat in the form's order")
            self._refuse(cells, [], reason, say(_REORDER))
        elif order and order[-len(cells) :] != [at % len(leaves) for at in range(len(cells))]:
            self._note(say("the header is incomplete"), say(_IN_ORDER))

    # Binding: figures to cells

    def _gridded(self, axis: Axis, runs: Sequence[Sequence[Piece]], places: dict[int, int]) -> Gridded | None:
        """The rows of a block where they stand in grids."""
        labels = {row: label for row, at in places.items() if (label := self.entries[at].label)}
        texts = [self.cells[p.start] for entry in self.entries for p in entry.run if p.kind == "text"]
        return Gridded.of(axis, runs, self.cells, labels, self.rows, texts, self.outline.marks)

    def _take(self, row: Row, at: int, gridded: Gridded, number: int) -> None:
        """Binds the figures of a row of a grid by their columns."""
        entry = self.entries[at]
        self.told.add(at)
        found, reason = gridded.take(number)
        if not found:
            where = self._lines([at])
            told = say("{label}: {reason} ({where})", label=row.label, reason=reason, where=where)
            self._refuse(row.cells, [at], told, say("see whether a number is split"))
            return
        self.tally.found |= {cell.position: found[cell.column] for cell in row.cells}
        self._misspelt(row.label, at)
        bound = {id(cell) for cell in found.values()}
        left = [cell for figure in entry.figures if id(cell := self.cells[figure.start]) not in bound]
        self._leave(entry, [cell for cell in left if not gridded.beside(number, cell)])

    def _misspelt(self, label: str, at: int) -> None:
        entry = self.entries[at]
        if entry.label and entry.label.misspelt:
            self.tally.misspelt(self._lines([at]), self._text(entry), label)

    def _bind(self, cells: Sequence[Cell], label: str, at: int, grid: Grid) -> None:
        """Binds the figures of an entry to cells; where their number does not fit, none is guessed."""
        entry = self.entries[at]
        self.told.add(at)
        figures = [self.cells[figure.start] for figure in entry.figures]
        printed = grid.figures(self.cells, entry, len(cells))
        if not printed:
            reason = unfit(figures, len(cells))
            told = say("{label}: {reason}", label=label, reason=reason) if label else reason
            self._refuse(cells, [at], told, say(_SPLIT))
            return
        self.tally.found |= {cell.position: found for cell, found in zip(cells, printed, strict=True)}
        self._misspelt(label, at)
        bound = {id(cell) for cell in printed}
        self._leave(entry, [figure for figure in figures if id(figure) not in bound])

    def _unfilled(self) -> None:
        """Binds rows whose label has only empty cells after it, one for each column at least."""
        rows = {
            word: self.outline.rows[numbers[0]]
            for word, numbers in self.outline.by_word.items()
            if len(numbers) == 1 and not self._settled(self.outline.rows[numbers[0]])
        }
        headers = Counter(
            self.cells[piece.start].line
            for entry in self.entries
            for piece in entry.run
            if piece.word in self.outline.columns
        )
        pieces = [piece for entry in self.entries for piece in entry.run if piece.word in rows and not piece.misspelt]
        for piece in (piece for piece in pieces if headers[self.cells[piece.start].line] < 2):
            row = rows[piece.word]
            empty = [] if self._settled(row) else self._empty_after(piece, len(row.cells))
            if empty:
                self.tally.found |= {cell.position: found for cell, found in zip(row.cells, empty, strict=True)}

    def _empty_after(self, piece: Piece, count: int) -> list[Printed]:
        """The last empty cells of a row in which nothing stands after the label."""
        end = piece.end
        while end < len(self.cells) and self.cells[end].row == self.cells[piece.end - 1].row:
            if not self.cells[end].empty:
                return []
            end += 1
        return list(self.cells[end - count : end]) if end - piece.end >= count else []

    # Telling

    def _settled(self, row: Row) -> bool:
        return any(cell.position in self.tally.found or cell.position in self.tally.refused for cell in row.cells)

    def _absent(self) -> None:
        """Tells the rows that are not found, neighbours together, with the line after which they are missed."""
        last: Printed | None = None
        for settled, rows in groupby(self.outline.rows, key=self._settled):
            run = list(rows)
            if settled:
                found = [self.tally.found.get(cell.position) for row in run for cell in row.cells]
                last = max([printed for printed in found if printed], key=lambda printed: printed.line, default=last)
                continue
            told = missed([row.label for row in run], last, self.cells[0])
            self._note(told, say("see whether the table is cut off or a label is misspelt"))

    def _leave(self, entry: Entry, figures: list[Printed]) -> None:
        if figures:
            self.tally.leave(self.outline.title, self._text(entry), figures)

    def _note(self, what: str, hint: str) -> None:
        self.tally.note(say("{title}: {what}", title=self.outline.title, what=what), hint)

    def _refuse(self, cells: Sequence[Cell], places: Iterable[int], reason: str, hint: str) -> None:
        """Leaves cells unreadable, with a note; the entries at these places are told with it."""
        self.told.update(places)
        self.tally.refuse(cells, reason)
        told = count("{reason}; {n} cell not read", "{reason}; {n} cells not read", len(cells), reason=reason)
        self._note(told, hint)

    def _lines(self, places: Sequence[int]) -> str:
        return joined([self._at(at) for at in places[:3]])

    def _at(self, at: int) -> Printed:
        """The label of an entry, else the first of its figures."""
        entry = self.entries[at]
        return self.cells[(entry.run[-1] if entry.run else entry.figures[0]).start]

    def _text(self, entry: Entry) -> str:
        """The label or text directly ahead of the figures, as printed."""
        piece = entry.run[-1] if entry.run else None
        return "".join(cell.text.strip() for cell in self.cells[piece.start : piece.end])[:60] if piece else ""


def _rising(sure: dict[int, int]) -> dict[int, int]:
    """The most entries whose rows rise in the order of the form."""
    lines: list[list[int]] = []
    for at in sorted(sure):
        before = max((line for line in lines if sure[line[-1]] < sure[at]), key=len, default=[])
        lines.append([*before, at])
    return {at: sure[at] for at in max(lines, key=len, default=[])}
