"""Any Python object -> a report: its keys spell the labels that lead to a cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from attrs import frozen

from gouji.forms.form import Axis, Cell, Form
from gouji.forms.labels import nearest, normal, tokens
from gouji.forms.report import Report, make
from gouji.forms.values import BLANK, State, read
from gouji.sources import Problem, ReportError

MAX_DEPTH = 20
MAX_KEYS = 100_000
_WHOLE = frozenset({"form", "year", "agency", "tables", "narrative", "notes"})


def envelope(thing: object) -> dict[str, object]:
    """The parts of a report as plain data: `tables` and what stands beside it."""
    found = dict(_items(thing) or ())
    if "tables" in found:
        return {str(key): value for key, value in found.items()}
    beside = {str(key): value for key, value in found.items() if key in _WHOLE}
    return {**beside, "tables": {key: value for key, value in found.items() if key not in _WHOLE}}


def bind(form: Form, tables: object, year: int, agency: str = "", source: str = "") -> Report:
    """A report on `form` whose cells are taken from `tables`; what leads nowhere is listed in `unplaced`.

    Raises ReportError when no cell is found.
    """
    index = _index(form)
    given: list[object] = [None] * len(form.cells)
    places: dict[int, str] = {}
    unplaced: list[str] = []
    for key, value in _leaves(tables):
        path = "/".join(key)
        found = index.find(key)
        if len(found) != 1:
            choice = " or ".join(cell.key for cell in found[:3])
            hint = f"leads to {len(found)} cells: {choice}" if found else index.nearest(key) or "leads nowhere"
            unplaced.append(f"{path}: {hint}")
            continue
        position = found[0].position
        if position in places and given[position] != value:
            given[position] = State("unreadable", reason=f"given twice, as {given[position]} and {value}")
        else:
            given[position] = value
        places.setdefault(position, path)
    if not places:
        hint = "; ".join(unplaced[:3])
        raise ReportError([Problem(f"no cell of {form.title} is found in the data", place=source, hint=hint)])
    values = tuple(
        read(thing, cell.type, form.marks) if thing is not None else BLANK
        for thing, cell in zip(given, form.cells, strict=True)
    )
    return make(
        form.layout(), tuple(given), values, year, agency=agency, source=source, places=places, unplaced=tuple(unplaced)
    )


def _items(thing: object) -> Iterable[tuple[object, object]] | None:
    """Keys and values of a mapping, or the public attributes of an object; None for a value."""
    if isinstance(thing, Mapping):
        return list(thing.items())
    if thing is None or isinstance(thing, (str, bytes, int, float, complex, list, tuple, set, frozenset, State)):
        return None
    if hasattr(thing, "as_tuple") or hasattr(thing, "numerator") or hasattr(thing, "dtype"):
        return None
    names = getattr(thing, "__dict__", None)
    if names is None:
        names = [n for kind in type(thing).__mro__ for n in getattr(kind, "__slots__", ()) if hasattr(thing, n)]
    found = [(name, getattr(thing, name)) for name in names if not str(name).startswith("_")]
    return found or None


def _leaves(thing: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    stack: list[tuple[tuple[str, ...], object]] = [(path, thing)]
    count = 0
    while stack:
        key, value = stack.pop()
        inner = _items(value)
        if inner is None:
            if key:
                yield key, value
            continue
        if len(key) >= MAX_DEPTH:
            raise ReportError([Problem(f"keys nest deeper than {MAX_DEPTH}", hint="/".join(key))])
        below = [((*key, str(name)), item) for name, item in inner]
        count += len(below)
        if count > MAX_KEYS:
            raise ReportError([Problem(f"a report has at most {MAX_KEYS} keys")])
        stack += reversed(below)


@frozen
class _Index:
    """Finds the cells whose labels a key spells; the words of each cell are kept as sets of alternatives."""

    lines: dict[int, tuple[tuple[_Step, ...], tuple[_Step, ...]]]
    words: dict[str, frozenset[int]]
    form: Form

    def find(self, key: tuple[str, ...]) -> list[Cell]:
        spelt = [word for part in key for word in tokens(part)]
        if not spelt:
            return []
        near = frozenset.intersection(*(self.words.get(word, frozenset()) for word in spelt))
        ranked = [(missed, position) for position in near if (missed := self._missed(position, spelt)) is not None]
        best = min((missed for missed, _ in ranked), default=0)
        return [self.form.cells[position] for missed, position in sorted(ranked) if missed == best]

    def _missed(self, position: int, spelt: list[str]) -> int | None:
        """How many groups the key leaves out, None if it does not spell this cell."""
        return min((m for line in self.lines[position] if (m := _spells(line, spelt)) is not None), default=None)

    def nearest(self, key: tuple[str, ...]) -> str:
        for part in key:
            for word, label in zip(tokens(part), [p for p in part.split("/") if p.strip()], strict=True):
                if word not in self.words:
                    return f"nothing is called {label}; {nearest(word, self.words)}".rstrip("; ")
        return ""


@frozen
class _Step:
    """One member or heading on the way to a cell: its spellings and what it costs to leave it out."""

    spellings: tuple[tuple[str, ...], ...]
    cost: int | None


def _spells(line: tuple[_Step, ...], spelt: list[str]) -> int | None:
    """Spells the steps in order, leaving out optional ones; the cheapest way to do so."""
    reached: dict[int, int] = {0: 0}
    for step in line:
        after: dict[int, int] = {}
        for at, cost in reached.items():
            if step.cost is not None:
                after[at] = min(after.get(at, 10**6), cost + step.cost)
            for spelling in step.spellings:
                end = at + len(spelling)
                if tuple(spelt[at:end]) == spelling:
                    after[end] = min(after.get(end, 10**6), cost)
        reached = after
    return reached.get(len(spelt))


@cache
def _index(form: Form) -> _Index:
    words: dict[str, set[int]] = {}
    lines: dict[int, tuple[tuple[_Step, ...], tuple[_Step, ...]]] = {}
    for cell in form.cells:
        block = cell.table.blocks[cell.block]
        table = [_step((cell.table.name, *cell.table.labels), 0), _step(block.headings, 0)]
        rows = _axis(block.rows, [(member.name, *member.labels) for member in cell.rows])
        columns = _axis(block.columns, [(member.name, *member.labels) for member in cell.columns])
        lines[cell.position] = ((*table, *rows, *columns), (*table, *columns, *rows))
        for step in lines[cell.position][0]:
            for spelling in step.spellings:
                for word in spelling:
                    words.setdefault(word, set()).add(cell.position)
    return _Index(lines, {word: frozenset(positions) for word, positions in words.items()}, form)


def _axis(axis: Axis, names: list[tuple[str, ...]]) -> list[_Step]:
    """The heading, the groups (each costs one to leave out), and the leaf, needed unless it is the only one."""
    only = len(axis.leaves()) == 1
    groups = [_step(spellings, 1) for spellings in names[:-1]]
    return [_step(axis.headings, 0), *groups, _step(names[-1], 1 if only else None)]


def _step(labels: Iterable[str], cost: int | None) -> _Step:
    return _Step(tuple(dict.fromkeys(tokens(label) for label in labels)), cost)


def same_name(a: str, b: str) -> bool:
    """Whether two agencies' names are one."""
    return normal(a) == normal(b)
