"""A report: a form, one value per cell, and where each is printed."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from operator import itemgetter
from typing import Any

from attrs import evolve, field, frozen

from gouji.forms.form import Cell, CellType, Form, Layout
from gouji.forms.values import LIMIT, Number, State, decimal_text
from gouji.messages import say
from gouji.sources import Spot

# No value has so many digits.
_BEYOND = LIMIT**3


@frozen
class Mention:
    """A figure as the prose states it: its value, how it is printed, its sentence with it in 【】, its place.

    `spot` is the place for a program, None where the prose was given as plain data.
    """

    value: Number
    printed: str
    sentence: str
    place: str
    spot: Spot | None = None


@frozen
class Report:
    """One body's report for one year.

    `values` holds a whole number of last declared places per cell, 0 where `states` says why there is none; `outside`
    lists the positions whose number is not in the domain of its cell; `remarks` are the notes printed on a table or a
    cell, by its name or key; `prose` is the text of its sections, and `figures` are those that it quotes, by their
    position in the form, in each place; `spots` are the places of cells for a program.
    """

    layout: Layout = field(repr=False)
    year: int
    agency: str
    values: tuple[Number, ...] = field(repr=False)
    states: Mapping[int, State] = field(repr=False)
    given: tuple[object, ...] = field(repr=False)
    places: Mapping[int, str] = field(factory=dict, repr=False)
    source: str = ""
    unplaced: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    outside: tuple[int, ...] = ()
    remarks: Mapping[str, str] = field(factory=dict, repr=False)
    figures: Mapping[int, tuple[Mention, ...]] = field(factory=dict, repr=False)
    prose: Mapping[str, str] = field(factory=dict, repr=False)
    spots: Mapping[int, Spot] = field(factory=dict, repr=False)

    @property
    def form(self) -> Form:
        """The edition of the form that the report is made on."""
        return self.layout.form

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cells of the report, in the order of its values."""
        return self.layout.cells

    def printed(self, cell: Cell) -> str:
        """The cell as it was printed or given."""
        given = self.given[cell.position]
        try:
            return "" if given is None or isinstance(given, State) else str(given)
        except ValueError:  # Python writes no whole number of more than 4300 digits
            return say("a number of thousands of digits")

    def text(self, cell: Cell) -> str | None:
        """The value as decimal text, None where the cell holds no number."""
        state = self.states.get(cell.position)
        if state is not None and not state.known:
            return None
        return decimal_text(self.values[cell.position], cell.type.scale)

    def to_row(self) -> dict[str, int | float | None]:
        """A number or None for each cell, under its key, in the order of the form."""
        row: dict[str, int | float | None] = {}
        for cell in self.cells:
            text = self.text(cell)
            row[cell.key] = None if text is None else float(text) if "." in text else int(text)
        return row


def make(
    layout: Layout, given: tuple[object, ...], values: tuple[Number | State, ...], year: int, **rest: Any
) -> Report:
    """A report from one given thing and one value or state per cell; tests the domains as it goes."""
    kinds = set(map(type, values))
    states = {at: value for at, value in enumerate(values) if isinstance(value, State)} if State in kinds else {}
    numbers: list[Any] = list(values)
    for at, state in states.items():
        numbers[at] = state.number(layout.cells[at].type)
    outside: tuple[int, ...] = ()
    bounded = all(low <= min(part(numbers)) and max(part(numbers)) <= high for low, high, part in _ends(layout))
    if not bounded or Fraction in kinds:
        outside = tuple(
            at for at, cell in enumerate(layout.cells) if at not in states and not in_domain(numbers[at], cell.type)
        )
    return Report(layout, year, states=states, values=tuple(numbers), given=given, outside=outside, **rest)


def in_domain(value: Number, type: CellType) -> bool:
    """Whether a value, in units of its last declared place, is one that the cell may hold.

    Any decimal is one where neither the kind nor the form says how many places there are.
    """
    low, high = _range(type)
    places = type.whole or type.rounded or type.decimals
    return low <= value <= high and not (places and isinstance(value, Fraction))


def _range(type: CellType) -> tuple[int, int]:
    low, high, scale = type.low, type.high, type.scale
    return -_BEYOND if low is None else low * scale, _BEYOND if high is None else high * scale


def _ends(layout: Layout) -> list[tuple[int, int, Callable[[list[Any]], Sequence[Any]]]]:
    """The bounds that occur, each with what picks its cells; kept on the layout, so that it lives as long."""
    found = layout.__dict__.get("ends")
    if found is None:
        where: dict[tuple[int, int], list[int]] = {}
        for cell in layout.cells:
            where.setdefault(_range(cell.type), []).append(cell.position)
        alone = len(where) == 1
        # A place twice, since itemgetter gives no tuple for one.
        found = [(*ends, list if alone else itemgetter(at[0], *at)) for ends, at in where.items()]
        layout.__dict__["ends"] = found
    return found


def settle(report: Report, policy: str) -> tuple[Report, tuple[int, ...]]:
    """The report under a policy for blanks, with the positions read as zero.

    A member's own word comes first, then the policy. Under `zero` a blank total stays blank unless all its parts are
    blank or 0; a skip beside filled parts of a total is not stated.
    """
    states = dict(report.states)
    totals, cells = report.layout.totals, report.cells

    def empty(position: int) -> bool:
        parts = [(report.values[part], states.get(part)) for part in totals.get(position, ())]
        return all(not value and (state is None or state.kind == "blank" or state.known) for value, state in parts)

    blanks = [position for position, state in states.items() if state.kind == "blank"]
    zero = [position for position in blanks if (cells[position].said("blank") or policy) == "zero"]
    assumed = tuple(position for position in zero if not cells[position].total or empty(position))
    for position, state in report.states.items():
        skipped = state.kind == "mark" and state.meaning == "skip"
        if skipped and any(report.values[part] for part in totals.get(position, ())):
            states[position] = evolve(state, meaning="unknown")
    for position in assumed:
        del states[position]
    return evolve(report, states=states), assumed
