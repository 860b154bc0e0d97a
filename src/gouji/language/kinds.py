"""What a number is: its unit and whether it is counted; which numbers may be added, compared and divided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NoReturn

from attrs import evolve, frozen

from gouji.forms.form import Cell
from gouji.forms.units import conversion
from gouji.language import core
from gouji.language.selections import Refused
from gouji.messages import later, say
from gouji.sources import Span

_DAYS = ("天", "日")
_NAMED = {"date": later("date"), "code": later("code"), "yesno": later("yes or no")}
_CLASHES = {
    "add": (later("{one} and {other} do not add"), later("{one} and {other} do not add: {cells}")),
    "compare": (later("{one} and {other} do not compare"), later("{one} and {other} do not compare: {cells}")),
}


@frozen
class Kind:
    """What a number is: its unit, None for a bare number that takes any, and whether it is counted exactly.

    `cell` is the first cell that it is read from, for messages.
    """

    unit: str | None
    whole: bool
    cell: str = ""

    @property
    def named(self) -> bool:
        """Whether it stands for a day, a code, or yes or no, which are told apart and not reckoned with."""
        return self.unit in _NAMED.values()


BARE = Kind(None, True)
Number = tuple[core.Node, Kind]


def kind_of(cells: Iterable[Cell], span: Span) -> Kind:
    """The kind of cells that are read together; refuses texts, and units that do not add."""
    kinds = {cell.type: cell for cell in cells}
    for type in kinds:
        if type.kind == "text":
            raise Refused(
                say("{key} is a text, not a number", key=kinds[type].key), span, say('write … = "…" or matches(…, "…")')
            )
    found = [Kind(_NAMED.get(type.kind, type.unit), type.whole, cell.key) for type, cell in kinds.items()]
    for kind in found[1:]:
        if kind.unit != found[0].unit:
            _clash(found[0], kind, span, "add")
    return evolve(found[0], whole=all(kind.whole for kind in found))


def together(made: Sequence[Number], span: Span, verb: str) -> tuple[list[core.Node], Kind]:
    """Numbers that are added or compared, in the unit of the first; refuses units that do not go together."""
    kinds = [kind for _, kind in made if kind.unit is not None]
    odd = next((kind for _, kind in made if kind.unit != kinds[0].unit), None) if kinds else None
    if odd and (odd.named or kinds[0].named):
        _clash(kinds[0], odd, span, verb)
    items = []
    for item, kind in made:
        power: int | None = 0
        if kinds and kind.unit is not None and {kinds[0].unit, kind.unit} != {"", "%"}:
            power = conversion(kind.unit, kinds[0].unit or "")
            if power is None:
                _clash(kinds[0], kind, span, verb)
        items.append(core.Linear(((Fraction(10) ** power, item),)) if power else item)
    cell = next((kind.cell for _, kind in made if kind.cell), "")
    return items, Kind(kinds[0].unit if kinds else None, all(kind.whole for _, kind in made), cell)


def total(made: Sequence[Number], signs: Sequence[int], span: Span) -> tuple[list[core.Node], Kind]:
    """The terms of a sum: a day and a number of days give a day, two days give the number of days between them."""
    days = [sign for sign, (_, kind) in zip(signs, made, strict=True) if kind.unit == "date"]
    if days and sum(days) in (0, 1) and all(kind.unit in (None, "date", *_DAYS) for _, kind in made):
        cell = next((kind.cell for _, kind in made if kind.cell), "")
        return [item for item, _ in made], Kind("date" if sum(days) else None, True, cell)
    reckoned(made, span)
    return together(made, span, "add")


def reckoned(made: Iterable[Number], span: Span) -> None:
    """Refuses to reckon with what only stands for something."""
    kind = next((kind for _, kind in made if kind.named), None)
    if kind:
        unit = _called(kind)
        told = say("a {unit} is compared, not reckoned with: {cell}", unit=unit, cell=kind.cell)
        raise Refused(told if kind.cell else say("a {unit} is compared, not reckoned with", unit=unit), span)


def quotient(operator: str, unit: str, other: str) -> tuple[str, int]:
    """The unit of a product or quotient, and by which power of ten the divisor is brought to the other's unit."""
    power = conversion(other, unit) if operator == "/" and other else None
    if power is not None:
        return "", power
    return (f"{unit}/{other}" if operator == "/" and other else f"{unit}·{other}".strip("·")), 0


def _clash(first: Kind, other: Kind, span: Span, verb: str) -> NoReturn:
    plain, told = _CLASHES[verb]
    cells = (first.cell, other.cell)
    text = say(told if all(cells) else plain, one=_called(first), other=_called(other), cells=say(" and ").join(cells))
    raise Refused(text, span)


def _called(kind: Kind) -> str:
    """A unit as a person knows it."""
    return say(kind.unit) if kind.unit and kind.named else kind.unit or say("a bare number")
