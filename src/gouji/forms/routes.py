"""Kept ways through the keys of objects of one shape, and the reading of what stands at their ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from operator import getitem, is_
from types import NoneType
from typing import Any

from attrs import define, evolve, field, frozen

from gouji.forms.form import CellType, Layout, Mark
from gouji.forms.spelling import Key
from gouji.forms.values import LIMIT, Number, State, read
from gouji.messages import Saying

PLAIN = frozenset({int, str, NoneType, bool, float, Decimal, Fraction, State})
_ATOMS = frozenset({int, str, NoneType})
_NUMERIC = frozenset({"count", "amount", "number", "percent"})
_MAX_SHAPES = 64
_MAX_RIVALS = 8
_MAX_LEAVES = 5000
_MAX_MEMO = 10_000

Extract = Callable[[Any], tuple[object, ...] | None]


class _Memo(dict[object, "Number | State"]):
    """What a printed text means in one type of cell: read once, then looked up."""

    def __init__(self, cell: CellType, marks: tuple[Mark, ...]) -> None:
        super().__init__()
        self.type, self.marks = cell, marks
        self.scale = cell.scale if cell.kind in _NUMERIC else 0

    def __missing__(self, item: Any) -> Number | State:
        if type(item) is int and self.scale and -LIMIT < item < LIMIT:
            return item * self.scale
        value = read(item, self.type, self.marks)
        if item is None or (type(item) is str and len(item) < 100):
            if len(self) >= _MAX_MEMO:
                self.clear()
            self[item] = value
        return value


@frozen
class Reader:
    """Reads what the cells of a layout are given; kept on the layout, so that it lives as long."""

    memos: tuple[_Memo, ...]
    plain: bool
    scales: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, layout: Layout) -> Reader:
        """The reader of a layout."""
        found: Reader | None = layout.__dict__.get("reader")
        if found is None:
            kept = layout.form.__dict__.setdefault("memos", {})
            memos = []
            for cell in layout.cells:
                if cell.type not in kept:
                    kept[cell.type] = _Memo(cell.type, layout.form.marks)
                memos.append(kept[cell.type])
            plain = layout.plain and all(memo.scale for memo in memos)
            scales = tuple((at, memo.scale) for at, memo in enumerate(memos) if memo.scale > 1)
            found = layout.__dict__["reader"] = cls(tuple(memos), plain, scales)
        return found

    def scaled(self, given: tuple[Any, ...]) -> tuple[int, ...]:
        """Whole numbers in units of the last declared place of each cell."""
        if not self.scales:
            return given
        values = list(given)
        for at, scale in self.scales:
            values[at] *= scale
        return tuple(values)

    def values(self, given: tuple[object, ...], kinds: set[type]) -> tuple[Number | State, ...]:
        """The value or state of each cell."""
        if kinds <= _ATOMS:
            return tuple(map(getitem, self.memos, given))
        # Other numbers are not looked up: 1, 1.0 and True are one key.
        return tuple(
            memo[item] if type(item) in _ATOMS else read(item, memo.type, memo.marks)
            for memo, item in zip(self.memos, given, strict=True)
        )


@frozen
class Route:
    """The layout that an object of one shape of keys fills, where each value stands, and what is left over.

    `extract` gives the values of the cells, then those that are left over, of any object of this shape.
    """

    layout: Layout
    reader: Reader
    places: Mapping[int, str]
    unplaced: tuple[Saying, ...]
    extract: Extract = field(default=lambda tables: None, repr=False)

    @property
    def told(self) -> tuple[str, ...]:
        """What is left over, in the language spoken."""
        return tuple(map(str, self.unplaced)) if self.unplaced else ()


Filled = tuple[Route, tuple[object, ...], set[type]]
"""A route with what the cells are given, and the types of that."""


@frozen
class Ends:
    """Where the values of one shape stand: for each cell and then for what is left over its key, None where none is.

    `walked` are all keys in the order of the data, which is part of the shape where what is made of them has an order.
    """

    keys: list[Key | None]
    walked: list[Key]
    ordered: bool


@define(eq=False)
class Routes:
    """The routes of a form: those rivals that begin alike, and how often the shapes without one were seen."""

    known: dict[tuple[int, str], list[Route]] = field(factory=dict)
    seen: dict[int, int] = field(factory=dict)

    def recall(self, tables: object) -> Filled | None:
        """What the cells are given by an object of a known shape; None for any other."""
        mark = _mark(tables)
        rivals = self.known.get(mark, [])
        for route in rivals:
            found = _extracted(route.extract, tables)
            if found is not None and (kinds := set(map(type, found))) <= PLAIN:
                if route is not rivals[0]:
                    self.known[mark] = [route, *(rival for rival in rivals if rival is not route)]
                given = found[: len(route.layout.cells)]
                return route, given, set(map(type, given)) if route.unplaced else kinds
        return None

    def keep(self, tables: object, route: Route, ends: Ends, given: list[object]) -> None:
        """Keeps a route from the second object of its shape on; where there are many rivals, from a later one."""
        mark = _mark(tables)
        rivals = self.known.get(mark, [])
        enough = 2 if len(rivals) < _MAX_RIVALS else 16
        if not mark[0] or len(ends.keys) > _MAX_LEAVES or self._sightings(hash(tuple(ends.walked))) < enough:
            return
        extract = extractor(ends, given)
        found = _extracted(extract, tables)
        if found is not None and all(map(is_, found, given)):
            if len(self.known) >= _MAX_SHAPES:
                self.known.clear()
            self.known[mark] = [evolve(route, extract=extract), *rivals[: _MAX_RIVALS - 1]]

    def _sightings(self, shape: int) -> int:
        if len(self.seen) >= 16 * _MAX_SHAPES:
            self.seen.clear()
        self.seen[shape] = self.seen.get(shape, 0) + 1
        return self.seen[shape]


def _mark(tables: object) -> tuple[int, str]:
    """By what plain dictionaries are told apart before a route is tried; 0 for anything else."""
    if type(tables) is not dict:
        return 0, ""
    first = next(iter(tables), "")
    return len(tables), first if type(first) is str else ""


def _extracted(extract: Extract, tables: object) -> tuple[object, ...] | None:
    try:
        return extract(tables)
    except Exception:  # a key is missing, or a stranger's key objects to being compared
        return None


def extractor(ends: Ends, given: list[object]) -> Extract:
    """A generated function: nested dicts and lists -> the values at the ends; None where the shape is another.

    Each dict and list is of exactly this kind and length, and each key is looked up in it. What has no key is as given.
    The code holds numbers only: keys and what is as given are the constants of its scope.
    """
    inner: dict[Key, dict[str | int, None]] = {}
    for key in ends.walked:
        for depth in range(len(key)):
            inner.setdefault(key[:depth], {})[key[depth]] = None
    scope: dict[str, Any] = {}
    constants: dict[str, str] = {}
    names: dict[tuple[Any, ...], str] = {(): "v"}

    def step(key: Key) -> str:
        *above, last = key
        if isinstance(last, int):
            return f"{names[*above,]}[{last - 1}]"
        constant = constants.setdefault(last, f"k{len(constants)}")
        scope[constant] = last
        return f"{names[*above,]}[{constant}]"

    lines = []
    for number, (key, below) in enumerate(inner.items()):
        if key:
            names[key] = f"v{number}"
            lines.append(f"  {names[key]} = {step(key)}")
        kind = "list" if isinstance(next(iter(below)), int) else "dict"
        lines.append(f"  if type({names[key]}) is not {kind} or len({names[key]}) != {len(below)}: return None")
        if ends.ordered and kind == "dict":
            scope[f"o{number}"] = tuple(below)
            lines.append(f"  if (*{names[key]},) != o{number}: return None")
    scope |= {f"c{at}": value for at, (key, value) in enumerate(zip(ends.keys, given, strict=True)) if key is None}
    values = "".join(f"{step(key) if key else f'c{at}'}, " for at, key in enumerate(ends.keys))
    exec(compile("\n".join(["def extract(v):", *lines, f"  return ({values})"]), "<keys>", "exec"), scope)
    found: Extract = scope["extract"]
    return found
