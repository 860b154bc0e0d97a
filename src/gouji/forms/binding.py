"""Any Python object -> a report: its keys spell the labels that lead to a cell.

The way through the keys of an object is found once for each shape of keys and kept: the next object of that shape is
read by a generated function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from types import NoneType
from typing import Any

from attrs import define, evolve, field, frozen

from gouji.forms.form import CellType, Form, Layout, Mark, Path, Shape
from gouji.forms.labels import normal
from gouji.forms.report import Report, make
from gouji.forms.spelling import Found, Place, index
from gouji.forms.values import BLANK, Number, State, read
from gouji.sources import Problem, ReportError

MAX_DEPTH = 20
MAX_KEYS = 100_000
_MAX_ROUTES = 32
_MAX_MEMO = 20_000
_WHOLE = frozenset({"form", "year", "agency", "tables", "narrative", "notes"})
_ATOMS = frozenset({int, str, NoneType})
_NO_ENTRY = State("mark", "skip", "no entry")


def envelope(thing: object) -> dict[str, object]:
    """The parts of a report as plain data: `tables` and what stands beside it."""
    if isinstance(thing, dict) and "tables" in thing:
        return thing
    found = dict(_items(thing) or ())
    if "tables" in found:
        return {str(key): value for key, value in found.items()}
    beside = {str(key): value for key, value in found.items() if key in _WHOLE}
    return {**beside, "tables": {key: value for key, value in found.items() if key not in _WHOLE} if beside else thing}


def bind(form: Form, tables: object, year: int, agency: str = "", source: str = "") -> Report:
    """A report on `form` whose cells are taken from `tables`; what leads nowhere is listed in `unplaced`.

    Raises ReportError when no cell is found, or when keys are too many or nest too deep.
    """
    memory = _memory(form)
    found = memory.recall(tables)
    if found is None:
        found = _resolve(form, tables, source)
        memory.keep(tables, found)
    given = found.given
    values = memory.values(found.layout, given)
    return make(
        found.layout, given, values, year, agency=agency, source=source, places=found.places, unplaced=found.unplaced
    )


@frozen
class Bound:
    """What each cell of a layout was given, where, and what leads nowhere."""

    layout: Layout
    given: tuple[object, ...]
    places: Mapping[int, str]
    unplaced: tuple[str, ...]
    paths: tuple[tuple[str, ...] | None, ...]
    """The keys that lead to each cell, where the way may be kept."""


def _resolve(form: Form, tables: object, source: str) -> Bound:
    """Looks every key up in the labels of the form."""
    labels = index(form)
    found: list[tuple[tuple[str, ...], object, Found]] = []
    unplaced: list[str] = []
    for key, value in _leaves(tables):
        spelt = labels.find((*key, "1") if value == [] else key)
        if len(spelt) == 1:
            found.append((key, value, spelt[0]))
            continue
        choice = " or ".join(item.cell.key for item in spelt[:3])
        unplaced.append(f"{'/'.join(key)}: {f'leads to {len(spelt)} cells: {choice}' if spelt else labels.hint(key)}")
    if not found:
        hint = "; ".join(unplaced[:3])
        raise ReportError([Problem(f"no cell of {form.title} is found in the data", place=source, hint=hint)])
    layout = form.layout(_shape(found))
    return _placed(layout, found, tuple(unplaced))


def _placed(layout: Layout, found: list[tuple[tuple[str, ...], object, Found]], unplaced: tuple[str, ...]) -> Bound:
    given: list[object] = [None] * len(layout.cells)
    paths: list[tuple[str, ...] | None] = [None] * len(layout.cells)
    places: dict[int, str] = {}
    lists: dict[tuple[str, Path], int] = {}
    for key, value, spelt in found:
        row, column = _paths(spelt)
        entry = [int(name) for (_, _, path), name in spelt.names if _numbered(spelt, path)]
        if entry:
            lists[spelt.cell.table.name, row] = max(lists.get((spelt.cell.table.name, row), 0), *entry)
        if isinstance(value, list):
            lists.setdefault((spelt.cell.table.name, row), 0)
            continue
        position = layout.at[spelt.cell.table.name, row, column].position
        if position in places and given[position] != value:
            given[position] = State("unreadable", reason=f"given twice, as {given[position]} and {value}")
        else:
            given[position], paths[position] = value, key
        places.setdefault(position, "/".join(key))
    for cell in layout.cells if lists else ():
        numbered = [member for member in cell.columns if member.limit]
        longest = lists.get((cell.table.name, cell.row))
        if numbered and longest is not None and int(cell.column[-1]) > longest:
            given[cell.position] = _NO_ENTRY
    return Bound(layout, tuple(given), places, unplaced, tuple(paths))


def _numbered(spelt: Found, declared: Path) -> bool:
    members = (*spelt.cell.rows, *spelt.cell.columns)
    return any(member.limit and member.name == declared[-1] for member in members)


def _paths(spelt: Found) -> tuple[Path, Path]:
    """The row and the column path of a declared cell under the names that a key gives."""
    names = dict(spelt.names)
    made = []
    for axis, declared, chain in (
        ("row", spelt.cell.declared[0], spelt.cell.rows),
        ("column", spelt.cell.declared[1], spelt.cell.columns),
    ):
        path: list[str] = []
        for depth, member in enumerate(chain, 1):
            name = names.get((spelt.cell.table.name, axis, declared[:depth]))
            path += [member.name] if name is None else [member.name, name] if member.limit else [name]
        made.append(tuple(path))
    return made[0], made[1]


def _shape(found: list[tuple[tuple[str, ...], object, Found]]) -> Shape:
    """The names on each open member, in the order of the data; entries of a list in the order of their numbers."""
    names: dict[Place, dict[str, None]] = {}
    for _, value, spelt in found:
        for place, name in spelt.names:
            held = names.setdefault(place, {})
            if not isinstance(value, list):
                held[name] = None
    ordered = {
        place: tuple(sorted(held, key=int) if all(name.isdecimal() for name in held) else held)
        for place, held in names.items()
    }
    return Shape(tuple(sorted(ordered.items())))


def _items(thing: object) -> Iterable[tuple[object, object]] | None:
    """Keys and values of a mapping or list, or the public fields of an object; None for a value.

    Fields are what the instance holds; nothing of its class is called.
    """
    if isinstance(thing, Mapping):
        return list(thing.items())
    if isinstance(thing, tuple) and hasattr(type(thing), "_fields"):
        return list(zip(type(thing)._fields, thing, strict=False))  # type: ignore[attr-defined]
    if isinstance(thing, (list, tuple)):
        return [(str(number), item) for number, item in enumerate(thing, 1)]
    if thing is None or isinstance(thing, (str, bytes, int, float, complex, set, frozenset, State)):
        return None
    if hasattr(type(thing), "as_tuple") or hasattr(type(thing), "numerator") or hasattr(type(thing), "dtype"):
        return None
    held = [*getattr(thing, "__dict__", {}).items(), *_slotted(thing)]
    return [(name, value) for name, value in held if isinstance(name, str) and not name.startswith("_")] or None


def _slotted(thing: object) -> Iterator[tuple[str, object]]:
    for kind in type(thing).__mro__:
        slots = kind.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if not name.startswith("_") and hasattr(thing, name):
                yield name, getattr(thing, name)


def _leaves(thing: object) -> Iterator[tuple[tuple[str, ...], object]]:
    stack: list[tuple[tuple[str, ...], object]] = [((), thing)]
    count = 0
    while stack:
        key, value = stack.pop()
        inner = _items(value)
        if inner is None or (isinstance(value, (list, tuple)) and not value):
            if key:
                yield key, ([] if isinstance(value, (list, tuple)) else value)
            continue
        if len(key) >= MAX_DEPTH:
            raise ReportError([Problem(f"keys nest deeper than {MAX_DEPTH}", hint="/".join(key))])
        below = [((*key, str(name)), item) for name, item in inner]
        count += len(below)
        if count > MAX_KEYS:
            raise ReportError([Problem(f"a report has at most {MAX_KEYS} keys")])
        stack += reversed(below)


class _Memo(dict[str, "Number | State"]):
    """What a printed text means in one type of cell; read once, then looked up."""

    def __init__(self, type: CellType, marks: tuple[Mark, ...]) -> None:
        super().__init__()
        self.type, self.marks = type, marks

    def __missing__(self, text: str) -> Number | State:
        value = read(text, self.type, self.marks)
        if len(self) < _MAX_MEMO and len(text) < 100:
            self[text] = value
        return value


@define(eq=False)
class _Memory:
    """What is kept of a form between reports: ways through shapes of keys, and what printed texts mean."""

    form: Form
    routes: dict[object, tuple[Callable[[Any], tuple[object, ...]], Bound]] = field(factory=dict)
    memos: dict[CellType, _Memo] = field(factory=dict)
    columns: dict[Layout, tuple[tuple[_Memo, ...], tuple[tuple[int, int], ...]]] = field(factory=dict)

    def recall(self, tables: object) -> Bound | None:
        """What the cells are given, where an object of the same shape was seen; None where not."""
        if tables.__class__ is not dict:
            return None
        route = self.routes.get(tuple(tables))  # type: ignore[arg-type]
        if route is None:
            return None
        extract, bound = route
        try:
            given = extract(tables)
        except (KeyError, TypeError, ValueError):
            return None
        return evolve(bound, given=given) if _ATOMS.issuperset(map(type, given)) else None

    def keep(self, tables: object, bound: Bound) -> None:
        """Keeps the way through an object whose keys all lead to cells of their own."""
        plain = tables.__class__ is dict and _ATOMS.issuperset(map(type, bound.given))
        if plain and not bound.unplaced and not bound.layout.shape.names:
            if len(self.routes) >= _MAX_ROUTES:
                self.routes.clear()
            self.routes[tuple(tables)] = (_extractor(tables, bound.paths), bound)  # type: ignore[arg-type]

    def values(self, layout: Layout, given: tuple[object, ...]) -> tuple[Number | State, ...]:
        """The value or state of each cell."""
        if layout not in self.columns:
            if len(self.columns) > 64:
                self.columns.clear()
            self.columns[layout] = self._columns(layout)
        memos, scaled = self.columns[layout]
        if set(map(type, given)) == {int}:
            if not scaled:
                return given  # type: ignore[return-value]
            whole: list[Any] = list(given)
            for position, scale in scaled:
                whole[position] *= scale
            return tuple(whole)
        marks = self.form.marks
        return tuple([
            memo[item] if item.__class__ is str else BLANK if item is None else read(item, memo.type, marks)  # type: ignore[index]
            for memo, item in zip(memos, given, strict=True)
        ])  # fmt: skip

    def _columns(self, layout: Layout) -> tuple[tuple[_Memo, ...], tuple[tuple[int, int], ...]]:
        for cell in layout.cells:
            self.memos.setdefault(cell.type, _Memo(cell.type, self.form.marks))
        memos = tuple(self.memos[cell.type] for cell in layout.cells)
        plain = all(cell.type.kind in ("count", "amount", "number", "percent") for cell in layout.cells)
        scaled = tuple((cell.position, cell.type.scale) for cell in layout.cells if cell.type.scale != 1)
        return memos, scaled if plain else ((0, 1),)


@cache
def _memory(form: Form) -> _Memory:
    return _Memory(form)


def _extractor(tables: Any, paths: tuple[tuple[str, ...] | None, ...]) -> Callable[[Any], tuple[object, ...]]:
    """A generated function that takes the values along known paths out of nested dicts of exactly this shape.

    Its text holds numbers only; the keys are its constants `k0`, `k1` …. KeyError, TypeError or ValueError tell that an
    object is of another shape.
    """
    lines: list[str] = []
    keys: dict[str, object] = {}
    names: dict[tuple[object, ...], str] = {(): "t"}

    def open_dict(path: tuple[object, ...], inner: Any) -> None:
        name = names[path]
        lines.append(f"  if {name}.__class__ is not dict or len({name}) != {len(inner)}: raise ValueError")
        for key, value in inner.items():
            if isinstance(value, dict):
                names[(*path, key)] = f"d{len(names)}"
                keys[f"k{len(keys)}"] = key
                lines.append(f"  {names[(*path, key)]} = {name}[k{len(keys) - 1}]")
                open_dict((*path, key), value)

    open_dict((), tables)
    leaves = []
    for path in paths:
        if path is None:
            leaves.append("None")
            continue
        keys[f"k{len(keys)}"] = path[-1]
        leaves.append(f"{names[path[:-1]]}[k{len(keys) - 1}]")
    scope: dict[str, Any] = dict(keys)
    text = "\n".join(["def extract(t):", *lines, f"  return ({', '.join(leaves)},)"])
    exec(compile(text, "<keys>", "exec"), scope)
    return scope["extract"]  # type: ignore[no-any-return]


def with_remarks(report: Report, notes: object) -> Report:
    """The report with the notes printed on its tables and cells; what leads nowhere is told."""
    remarks: dict[str, str] = {}
    unplaced = list(report.unplaced)
    tables = {normal(name): t.name for t in report.form.tables for name in (t.name, *t.labels)}
    for key, text in _leaves(notes):
        spelt = index(report.form).find(key)
        if "/".join(key) and normal("/".join(key)) in tables:
            remarks[tables[normal("/".join(key))]] = str(text)
        elif len(spelt) == 1:
            row, column = _paths(spelt[0])
            remarks["/".join((spelt[0].cell.table.name, *row, *column))] = str(text)
        else:
            unplaced.append(f"the note on {'/'.join(key)}: {index(report.form).hint(key)}")
    return evolve(report, remarks=remarks, unplaced=tuple(unplaced))


def same_name(a: str, b: str) -> bool:
    """Whether two agencies' names are one."""
    return normal(a) == normal(b)
