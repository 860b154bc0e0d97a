"""The reports that add up to one: their sum as a report of its shape, and the built-in rule that compares both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from operator import add

from attrs import define, field

from gouji.forms import wholes
from gouji.forms.binding import same_name
from gouji.forms.form import Cell, Form, Layout, Path
from gouji.forms.report import Report
from gouji.forms.units import conversion
from gouji.forms.values import Number, State, decimal_text, whole_of
from gouji.language import core
from gouji.messages import count, say, saying

_ADDED = ("count", "amount", "number")
Cells = Mapping[tuple[str, Path, Path], tuple[tuple[str, Path, Path], ...] | None]


@define
class Total:
    """The sum of reports, cell by cell, added one at a time so that only one need be held."""

    layout: Layout
    complete: bool
    count: int = 0
    values: list[Number] = field(init=False)
    open: set[int] = field(factory=set)

    def __attrs_post_init__(self) -> None:
        """Begins with nothing."""
        self.values = [0] * len(self.layout.cells)

    def add(self, report: Report, counterparts: Cells | None) -> None:
        """Adds one report; `counterparts` where it is on another edition. What it lacks leaves the sum open."""
        self.count += 1
        together = in_one_row(report)
        self.open |= together
        if report.layout is self.layout:
            self.values = list(map(add, self.values, report.values))  # where a number is missing stands 0
            self.open.update(at for at, state in report.states.items() if _lacks(state))
            return
        for cell in self.layout.cells:
            key = (cell.table.name, cell.row, cell.column)
            keys = (key,) if counterparts is None else counterparts.get(key)
            for other in keys or ():
                self._take(cell, report, other)
            if not keys:
                self.open.add(cell.position)

    def _take(self, cell: Cell, report: Report, key: tuple[str, Path, Path]) -> None:
        found = report.layout.at.get(key)
        state = report.states.get(found.position) if found else None
        if found is None or (state and _lacks(state)):
            self.open.add(cell.position)
        else:
            power = conversion(found.type.unit, cell.type.unit)
            if power is None:
                self.open.add(cell.position)
                return
            worth = Fraction(cell.type.scale, found.type.scale) * report.values[found.position] * Fraction(10) ** power
            self.values[cell.position] += worth.numerator if worth.denominator == 1 else worth

    def report(self, year: int) -> Report:
        """The sum as a report; a cell that is open, or any where the set is not complete, is at least what is known."""
        cells = self.layout.cells
        texts = [decimal_text(value, cell.type.scale) for value, cell in zip(self.values, cells, strict=True)]
        left = self.open if self.complete else range(len(cells))
        states = {at: _open(cells[at], texts[at]) for at in left}
        place = count("the sum of {n} report", "the sum of {n} reports", self.count)
        places = {cell.position: place for cell in cells}
        return Report(self.layout, year, place, tuple(self.values), states, tuple(texts), places)


def in_one_row(report: Report) -> set[int]:
    """The cells of groups that a report gives as one row, which stand for no row alone."""
    told = [at for at, state in report.states.items() if whole_of(state)]
    return {at for one in told for at in wholes.parts(report.form, report.cells[one])}


def _lacks(state: State) -> bool:
    """Whether a cell leaves a sum open: not a mark that is skipped, or that stands for a number."""
    return not (state.known or (state.kind == "mark" and state.meaning == "skip"))


def _open(cell: Cell, known: str) -> State:
    """A sum to which something may be added: at least what is known, unless that may be negative."""
    if cell.type.low is None or cell.type.low < 0:
        return State("blank", reason=saying("{known} and what is not known", known=known))
    return State("blank", "from", saying("at least {known}", known=known), known)


def rules(form: Form) -> tuple[core.Rule, ...]:
    """The built-in rule: each cell is the sum over the parts; tables whose rows the data names are left out."""
    found = []
    for table in form.tables:
        for block in table.blocks:
            axes = {"row": block.rows, "column": block.columns}
            paths = {name: tuple(path for path, _ in axis.leaves()) for name, axis in axes.items()}
            opened = any(chain[-1].open for axis in axes.values() for _, chain in axis.walk())
            if opened or not _added(form, table.name, paths["row"]):
                continue
            overs = tuple(core.Over(name, table.name, name, paths[name]) for name in axes)
            points = ((core.Point((), "row"),), (core.Point((), "column"),))
            here, there = (core.Read(table.name, *points, source=source) for source in ("this", "part"))
            sentence = say("each cell is the sum over the parts")
            found.append(core.Rule(
                core.PARTS, sentence, "error", form.clause, "", table.name, (), overs, None,
                core.Compare(here, "=", there), (0, None), False, (), "",
            ))  # fmt: skip
    return tuple(found)


def _added(form: Form, table: str, rows: Iterable[Path]) -> bool:
    kinds = {cell.type.kind for cell in form.declared.cells if cell.table.name == table and cell.row in set(rows)}
    return kinds <= set(_ADDED)


def gather(
    report: Report, parts: Iterable[Report], complete: bool, settled: Callable[[Report], Report],
    counterparts: Callable[[Form], Cells | None],
) -> tuple[Total, tuple[str, ...]]:  # fmt: skip
    """The sum of the reports of this year, each body once, and a note for each that is left out."""
    total = Total(report.layout, complete, open=in_one_row(report))
    seen: list[Report] = []
    notes: list[str] = []
    for part in parts:
        name = part.agency or part.source
        twin = next((one for one in seen if part.agency and same_name(one.agency, part.agency, report.form)), None)
        if part.form.id != report.form.id:
            notes.append(say("the part {name} is on another form and is left out", name=name))
        elif part.year != report.year:
            notes.append(say("the part {name} is of {year} and is left out", name=name, year=part.year))
        elif twin is not None:
            differ = say("the part {name} is given twice and counted once, where both differ the first", name=name)
            same = say("the part {name} is given twice and counted once", name=name)
            notes.append(same if twin.values == part.values else differ)
        else:
            seen.append(part)
            total.add(settled(part), counterparts(part.form))
    return total, tuple(notes)
