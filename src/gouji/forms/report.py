"""A report: a form, one value per cell, and where each is printed."""

from collections.abc import Mapping

from attrs import evolve, field, frozen

from gouji.forms.form import Cell, Form
from gouji.forms.values import BLANK, Number, State, decimal_text


@frozen
class Report:
    """One body's report for one year.

    `values` holds a whole number of last declared places per cell, 0 where `states` says why there is none.
    """

    form: Form = field(repr=False)
    year: int
    agency: str
    values: tuple[Number, ...] = field(repr=False)
    states: Mapping[int, State] = field(repr=False)
    given: tuple[object, ...] = field(repr=False)
    places: Mapping[int, str] = field(factory=dict, repr=False)
    source: str = ""
    unplaced: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    in_domain: bool = True

    def printed(self, cell: Cell) -> str:
        """The cell as it was printed or given."""
        given = self.given[cell.position]
        return "" if given is None or isinstance(given, State) else str(given)

    def text(self, cell: Cell) -> str | None:
        """The value as decimal text, None where the cell holds no number."""
        if cell.position in self.states:
            return None
        return decimal_text(self.values[cell.position], cell.type.scale)

    def to_row(self) -> dict[str, int | float | None]:
        """A number or None for each cell, under its key, in the order of the form."""
        row: dict[str, int | float | None] = {}
        for cell in self.form.cells:
            text = self.text(cell)
            row[cell.key] = None if text is None else float(text) if "." in text else int(text)
        return row


def make(
    form: Form, given: tuple[object, ...], values: tuple[Number | State, ...], year: int, **rest: object
) -> Report:
    """A report from one given thing and one value or state per cell; tests the domains as it goes."""
    states = {position: value for position, value in enumerate(values) if isinstance(value, State)}
    numbers = tuple(0 if isinstance(value, State) else value for value in values)
    domain = all(isinstance(number, int) and number >= 0 for number in numbers)
    return Report(form, year, states=states, values=numbers, given=given, in_domain=domain, **rest)  # type: ignore[arg-type]


def settle(report: Report, policy: str) -> tuple[Report, tuple[int, ...]]:
    """The report under a policy for blanks, with the positions read as zero.

    Under `zero` a blank total stays blank unless all its parts are blank or 0; a skip beside filled parts of a total
    is not stated.
    """
    states = dict(report.states)
    blanks = [position for position, state in states.items() if state.kind == "blank"]
    assumed = []

    def empty(cell: Cell) -> bool:
        return all(
            report.values[part.position] == 0 and states.get(part.position, BLANK).kind == "blank"
            for part in report.form.parts(cell)
        )

    cells = report.form.cells
    if policy == "zero":
        assumed = [position for position in blanks if not cells[position].total or empty(cells[position])]
    for position, state in report.states.items():
        cell = cells[position]
        if state.kind == "mark" and state.meaning == "skip" and cell.total:
            parts = report.form.parts(cell)
            if any(part.position not in report.states and report.values[part.position] for part in parts):
                states[position] = State("blank", reason="not stated")
    for position in assumed:
        del states[position]
    return evolve(report, states=states), tuple(assumed)
