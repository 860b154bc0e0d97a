"""The rule as meant: ten kinds of node, no sugar, names resolved to coordinates."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from attrs import evolve, frozen

from gouji.forms.form import Form, Mark, Path


@frozen
class Point:
    """A coordinate: a member by its path as declared, or a variable's member between `prefix` and `suffix`.

    A declared path with an open member in it stands for all that the data names; `shift` -1 means the element before
    the variable's.
    """

    prefix: Path = ()
    variable: str = ""
    suffix: Path = ()
    shift: int = 0


Coordinate = tuple[Point, ...]
"""A selection on one axis."""


@frozen
class Over:
    """What a rule or an aggregate ranges over: `variable` takes each member in turn.

    An `open` variable takes the names of an open member, another the paths of the members; `missing` is the rule's word
    for a partner that another table lacks.
    """

    variable: str
    table: str
    axis: str
    paths: tuple[Path, ...]
    open: bool = False
    after_first: bool = False
    missing: str = ""
    source: str = "this"


@frozen
class Read:
    """The cells where the coordinates meet, in `this` report, the `previous` one, or the sum of the `part`s.

    A `figure` that the prose quotes has its section as table and its name as row.
    """

    table: str
    row: Coordinate
    column: Coordinate
    source: str = "this"


@frozen
class Constant:
    """A number."""

    value: Fraction


@frozen
class Linear:
    """Values times constant coefficients, added."""

    terms: tuple[tuple[Fraction, Node], ...]


@frozen
class Gather:
    """An aggregate over cells and over bodies taken for each member of a selection where a condition holds."""

    function: str
    parts: tuple[tuple[Node, Over | None, Node | None], ...]


@frozen
class Apply:
    """A function of the operator table on numbers, `choose`, `position` of a variable, or a registered function."""

    function: str
    arguments: tuple[Node, ...]
    name: str = ""


@frozen
class State:
    """A question about cells rather than their values; `text` is a mark, a text, a pattern, or a source."""

    test: str
    cells: tuple[Node, ...] = ()
    text: str = ""


@frozen
class Compare:
    """A relation between two numbers; `width` is the difference allowed, None for what rounding implies."""

    left: Node
    relation: str
    right: Node
    width: Fraction | None = None


@frozen
class Logic:
    """Kleene's `and`, `or`, `not`, and the quantities of the operator table."""

    operator: str
    arguments: tuple[Node, ...]


Node = Read | Constant | Linear | Gather | Apply | State | Compare | Logic


@frozen
class Rule:
    """One rule of an edition, for one choice of its tables and groups; `at` is the place in its file."""

    name: str
    sentence: str
    severity: str
    clause: str
    message: str
    table: str
    fixed: tuple[tuple[str, str], ...]
    overs: tuple[Over, ...]
    guard: Node | None
    body: Node
    years: tuple[int, int | None]
    waiver: bool
    marks: tuple[Mark, ...]
    at: str


_ASKING = ("present", "blank", "exists")

CELLS = "cells"
PARTS = "parts"
"""The names of the built-in rules."""


@frozen
class Selection:
    """What a line of counterparts names: a table, a path on one of its axes, and `*` or `**` for what is below."""

    table: str
    path: Path
    star: str


@frozen
class Counterpart:
    """A selection of this edition whose sum corresponds to that of a selection in another, None for nothing."""

    edition: str
    left: Selection
    right: Selection | None
    at: str


@frozen
class Edition:
    """One edition, checked: its form, its rules, the Python functions that it calls, and what corresponds to others."""

    form: Form
    rules: tuple[Rule, ...]
    functions: tuple[tuple[str, tuple[str, ...], str], ...] = ()
    counterparts: tuple[Counterpart, ...] = ()


def walk(node: Node) -> Iterable[Node]:
    """The node and all nodes in it."""
    yield node
    inner: tuple[Node | None, ...] = ()
    match node:
        case Linear():
            inner = tuple(item for _, item in node.terms)
        case Gather():
            inner = tuple(item for part in node.parts for item in (part[0], part[2]))
        case Apply() | Logic():
            inner = node.arguments
        case State():
            inner = node.cells
        case Compare():
            inner = (node.left, node.right)
    for item in inner:
        if item is not None:
            yield from walk(item)


def joined(node: Node, over: Over) -> Iterable[Read]:
    """The readings of other tables by the names that a variable takes, where their being there is not what is asked."""
    nodes = list(walk(node))
    asked = {id(cell) for inner in nodes if isinstance(inner, State) and inner.test in _ASKING for cell in inner.cells}
    for read in nodes:
        if not isinstance(read, Read) or id(read) in asked or read.table == over.table:
            continue
        if any(point.variable == over.variable for point in (*read.row, *read.column)):
            yield read


def elsewhere(node: Node, source: str) -> Node:
    """The same of the `previous` report, or of the sum of the reports of the `part`s."""
    match node:
        case Read():
            return evolve(node, source=source)
        case Linear():
            return Linear(tuple((factor, elsewhere(item, source)) for factor, item in node.terms))
        case Gather():
            parts = tuple(
                (elsewhere(body, source), over and evolve(over, source=source), where and elsewhere(where, source))
                for body, over, where in node.parts
            )
            return evolve(node, parts=parts)
        case Apply() | Logic():
            return evolve(node, arguments=tuple(elsewhere(item, source) for item in node.arguments))
        case State():
            return evolve(node, cells=tuple(elsewhere(item, source) for item in node.cells))
        case Compare():
            return evolve(node, left=elsewhere(node.left, source), right=elsewhere(node.right, source))
        case Constant():
            return node
