"""The rule as meant: no sugar, names resolved to coordinates."""

from attrs import frozen

from gouji.forms.form import Path

Coordinate = str | tuple[Path, ...]
"""A variable that an `Over` binds, or the paths of a selection."""


@frozen
class Over:
    """What a rule ranges over: `variable` takes each path of `selection` in turn."""

    variable: str
    selection: tuple[Path, ...]


@frozen
class Read:
    """The sum of the cells where the coordinates meet, in `this` report or in the `previous` one."""

    table: str
    row: Coordinate
    column: Coordinate
    source: str = "this"


@frozen
class Constant:
    """A number: `value` units of the place `decimals` behind the point."""

    value: int
    decimals: int = 0


@frozen
class Linear:
    """Values times whole coefficients, added."""

    terms: tuple[tuple[int, "Read | Constant | Linear"], ...]


@frozen
class Compare:
    """A relation between two linear values."""

    left: Linear
    relation: str
    right: Linear


@frozen
class Rule:
    """One rule of an edition; `at` is the place in its file."""

    name: str
    sentence: str
    severity: str
    clause: str
    table: str
    overs: tuple[Over, ...]
    body: Compare
    at: str
