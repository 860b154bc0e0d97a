"""Any Python object -> a report: its keys spell the labels that lead to a cell.

The way through the keys of an object is looked up once for each shape of keys and then kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from numbers import Number as AnyNumber
from types import GetSetDescriptorType, MemberDescriptorType
from typing import Any

from attrs import define, evolve, field, frozen

from gouji.forms import wholes as wholes_of
from gouji.forms.figures import stated, texts
from gouji.forms.form import Cell, Form, Layout, Path, Shape
from gouji.forms.labels import nearest, normal
from gouji.forms.report import Report, make
from gouji.forms.routes import PLAIN, Ends, Filled, Reader, Route, Routes
from gouji.forms.spelling import Found, Index, Key, Place, clean_name, index, split
from gouji.forms.values import LIMIT, State, in_whole, read, type_name, unreadable
from gouji.messages import Saying, say, saying
from gouji.sources import Problem, ReportError

MAX_DEPTH = 20
MAX_KEYS = 100_000
MAX_CELLS = 200_000
MAX_PROSE = 200_000
_MAX_HINTS = 20
_SHOWN = frozenset({"edition", "source", "places", "figures", "unplaced", "told", "format"})
"""What `gouji read` shows beside."""
_WHOLE = frozenset({"form", "year", "agency", "tables", "narrative", "notes"})
_VALUES = (str, bytes, bytearray, int, float, complex, set, frozenset, State, type)
_NO_ENTRY = State("mark", "skip", saying("no entry"))

Entry = tuple[Key, object, Found]


def envelope(thing: object) -> Mapping[str, Any]:
    """The parts of a report as plain data: `tables` and what stands beside it."""
    if type(thing) is dict:
        if "tables" in thing:
            return thing
        if not any(name in thing for name in _WHOLE):
            return {"tables": thing}
    found = {str(name): value for name, value in _inner(thing, ()) or ()}
    if "tables" in found:
        return found
    beside = {name: value for name, value in found.items() if name in _WHOLE}
    return {**beside, "tables": {name: value for name, value in found.items() if name not in _WHOLE}}


def beside(whole: Mapping[str, Any]) -> tuple[str, ...]:
    """A note where something stands beside the tables that is not read."""
    odd = [str(name)[:60] for name in whole if name not in _WHOLE | _SHOWN][:_MAX_HINTS]
    known = say(", ").join(sorted(_WHOLE - {"tables"}))
    return (
        (say("not read: {names}; beside tables stand {known}", names=say(", ").join(odd), known=known),) if odd else ()
    )


def bind(form: Form, tables: object, year: int, agency: str = "", source: str = "") -> Report:
    """A report on `form` whose cells are taken from `tables`; what leads nowhere is listed in `unplaced`.

    Raises ReportError when no cell is found, or when keys are too many or nest too deep.
    """
    binder = _binder(form)
    route, given, kinds = binder.routes.recall(tables) or binder.resolve(tables, source)
    layout, reader = route.layout, route.reader
    whole: Any = given  # only whole numbers, where the kinds say so
    if kinds == {int} and reader.plain and min(whole) >= 0 and sum(whole) < LIMIT:
        values = reader.scaled(whole)
        return Report(layout, year, agency, values, {}, given, route.places, source, route.told)
    read_values = reader.values(given, kinds)
    notes = wholes_of.notes(form, given) if form.wholes else ()
    if not kinds <= PLAIN:
        given = tuple(_shown(item) for item in given)
    return make(
        layout, given, read_values, year, agency=agency, source=source, places=route.places, unplaced=route.told,
        notes=notes,
    )  # fmt: skip


def with_remarks(report: Report, notes: object) -> Report:
    """The report with the notes printed on its tables and cells; what leads nowhere is told."""
    remarks: dict[str, str] = {}
    unplaced = list(report.unplaced)
    tables = {normal(name): table.name for table in report.form.tables for name in (table.name, *table.labels)}
    labels = _binder(report.form).labels
    for key, text in _leaves(notes):
        path = "/".join(map(str, key))
        found = labels.find(key)
        if normal(path) in tables:
            remarks[tables[normal(path)]] = str(_shown(text))
        elif len(found) == 1:
            remarks["/".join((found[0].cell.table.name, *chain.from_iterable(_paths(found[0]))))] = str(_shown(text))
        else:
            unplaced.append(say("the note on {path}: {hint}", path=path[:200], hint=labels.hint(key)))
    return evolve(report, remarks=remarks, unplaced=tuple(unplaced))


def with_narrative(report: Report, narrative: object) -> Report:
    """The report with the figures that its sections of prose state; a section that the form lacks is told."""
    names = {normal(name): part.name for part in report.form.narratives for name in (part.name, *part.labels)}
    prose: dict[str, list[tuple[str, str, None]]] = {}
    unplaced = list(report.unplaced)
    for key, text in _leaves(narrative):
        section = names.get(normal(str(key[0])))
        if section is None:
            hint = nearest(str(key[0]), [part.labels[0] for part in report.form.narratives])
            told = say("the section {name}: leads nowhere", name=str(key[0])[:60])
            unplaced.append(say("; ").join((told, hint) if hint else (told,)))
        else:
            prose.setdefault(section, []).append((str(_shown(text, MAX_PROSE)), f"narrative/{key[0]}", None))
    figures = stated(report.form, prose, report.year)
    return evolve(report, figures=figures, prose=texts(prose), unplaced=tuple(unplaced))


def same_name(a: str, b: str, form: Form | None = None) -> bool:
    """Whether two agencies' names are one, or those of one body by a line of the form."""
    return normal(b) in names_of(a, form)


def names_of(agency: str, form: Form | None = None) -> set[str]:
    """A body's name and the others that it has by a line of the form, as they are compared."""
    own = normal(agency)
    bodies = ({normal(name) for name in names} for names in form.agencies) if form else ()
    return {own}.union(*(names for names in bodies if own in names))


@define(eq=False)
class _Binder:
    """What is kept of a form between reports."""

    form: Form
    labels: Index
    routes: Routes = field(factory=Routes)

    def resolve(self, tables: object, source: str) -> Filled:
        """Looks every key up in the labels of the form."""
        entries: list[Entry] = []
        lost: list[tuple[Key, object]] = []
        wholes: list[Entry] = []
        unplaced: list[Saying] = []
        walked = list(_leaves(tables, self.labels.openings))
        for key, value in walked:
            nameless = next((part.row for part in key if isinstance(part, Entitled) and not part), 0)
            found = () if nameless else self.labels.find(key)
            if nameless:
                lost.append((key, value))
                path = "/".join(str(part) for part in key if part != "")
                told = saying("{key}: row {number} of the list has no name", key=path, number=nameless)
                unplaced += [] if told in unplaced[-1:] else [told]
            elif not found and (whole := wholes_of.spelt(self.labels, key)):
                wholes.append((key, value, whole))
            elif len(found) == 1:
                entries.append((key, value, found[0]))
            else:
                lost.append((key, value))
                unplaced.append(self._why(key, found, len(lost) <= _MAX_HINTS))
        given = {entry[2].cell.position for entry in entries}
        spoilt = [entry for entry in wholes if wholes_of.parts(self.form, entry[2].cell) & given]
        lost += [(key, value) for key, value, _ in spoilt]
        unplaced += [self._why(key, (), True) for key, _, _ in spoilt]
        wholes = [entry for entry in wholes if entry not in spoilt]
        entries += wholes
        if not entries:
            message = say("no cell of {title} is found in the data", title=self.form.title)
            raise ReportError([Problem(message, place=source, hint=say("; ").join(map(str, unplaced[:3])))])
        layout = self.form.layout(_shape(self.form, entries))
        filling = _Filling(layout, [None] * len(layout.cells))
        for entry in entries:
            filling.take(*entry)
        double = _double(entries)
        filling.close(double)
        for _, _, whole in wholes:
            for at in wholes_of.parts(self.form, whole.cell) - {whole.cell.position}:
                filling.given[at] = in_whole(wholes_of.label(self.form, whole.cell))
        unplaced += [saying("{table}: the name {name} stands in more than one row", table=place[0], name=name)
                     for place, name in double]  # fmt: skip
        route = Route(layout, Reader.of(layout), filling.places, tuple(unplaced))
        if not (
            filling.twice or double or wholes or any(isinstance(part, Entitled) for key, _ in walked for part in key)
        ):
            ends = [filling.keys.get(at) for at in range(len(filling.given))]
            shape = Ends(
                [*ends, *(key for key, _ in lost)], [key for key, _ in walked], bool(layout.shape.names or lost)
            )
            self.routes.keep(tables, route, shape, [*filling.given, *(value for _, value in lost)])
        return route, tuple(filling.given), set(map(type, filling.given))

    def _why(self, key: Key, found: tuple[Found, ...], hinted: bool) -> Saying:
        """Why a key is not placed, with what may be meant."""
        path = "/".join(map(str, key))
        hint = self.labels.hint(key) if hinted and not found else saying("leads nowhere")
        if found:
            cells: str | Saying = found[0].cell.key
            for other in (*(item.cell.key for item in found[1:3]), *("…" for _ in found[3:4])):
                cells = saying("{one} or {other}", one=cells, other=other)
            hint = saying("leads to {number} cells: {cells}", number=len(found), cells=cells)
        return saying("{key}: {why}", key=path if len(path) <= 200 else path[:199] + "…", why=hint)


def _binder(form: Form) -> _Binder:
    """The binder of a form, kept on it, so that it lives as long."""
    found: _Binder | None = form.__dict__.get("binder")
    if found is None:
        found = form.__dict__["binder"] = _Binder(form, index(form))
    return found


@define(eq=False)
class _Filling:
    """The cells of a report while they are given their values."""

    layout: Layout
    given: list[object]
    places: dict[int, str] = field(factory=dict)
    keys: dict[int, Key] = field(factory=dict)
    lists: dict[tuple[str, Path, Path], int] = field(factory=dict)
    twice: bool = False

    def take(self, key: Key, value: object, found: Found) -> None:
        """Gives a value to the cell that its key leads to."""
        row, column = _paths(found) if found.names else (found.cell.row, found.cell.column)
        cell = self.layout.at.get((found.cell.table.name, row, column))
        for list_, number in _entries(found.cell, row, column):
            self.lists[list_] = max(self.lists.get(list_, 0), 0 if value is _EMPTY else number)
        if cell is None or value is _EMPTY:
            return
        at = cell.position
        if at in self.places:
            self._again(at, value, cell)
        else:
            self.given[at], self.keys[at], self.places[at] = value, key, "/".join(map(str, key))

    def _again(self, at: int, value: object, cell: Cell) -> None:
        """A cell given twice keeps a value that is the same both times."""
        self.twice, before = True, self.given[at]
        marks = self.layout.form.marks
        if read(before, cell.type, marks) != read(value, cell.type, marks) and type(before) is not State:
            both = [saying("nothing") if item is None else str(_shown(item))[:40] for item in (before, value)]
            self.given[at] = unreadable(saying("given twice, as {one} and {other}", one=both[0], other=both[1]))

    def close(self, double: Sequence[tuple[Place, str]]) -> None:
        """What lies behind the end of a list that is shorter has no entry; what has a `double` name is not known."""
        for (table, axis, declared), name in double:
            for cell in self.layout.cells:
                path, own = (cell.row, cell.declared[0]) if axis == "row" else (cell.column, cell.declared[1])
                at = len(declared) - 1
                if cell.table.name == table and own[: at + 1] == declared and path[at] == name:
                    reason = saying("{name} stands in more than one row", name=name)
                    self.given[cell.position] = State("absent", reason=reason)
        for cell in self.layout.cells if self.lists else ():
            for list_, number in _entries(cell, cell.row, cell.column):
                if number > self.lists.get(list_, number):
                    self.given[cell.position] = _NO_ENTRY


def _entries(cell: Cell, row: Path, column: Path) -> Iterator[tuple[tuple[str, Path, Path], int]]:
    """The list that a cell lies in, if any, with the number of its entry."""
    if cell.rows[-1].limit:
        yield (cell.table.name, row[:-1], column), _number(row[-1])
    if cell.columns[-1].limit:
        yield (cell.table.name, row, column[:-1]), _number(column[-1])


def _number(name: str) -> int:
    return int(name) if name.isdecimal() else 0


def _paths(found: Found) -> tuple[Path, Path]:
    """The row and the column path of a declared cell under the names that a key gives."""
    names, cell = dict(found.names), found.cell

    def path(axis: str, declared: Path) -> Path:
        made: list[str] = []
        for depth, member in enumerate(cell.rows if axis == "row" else cell.columns, 1):
            name = names.get((cell.table.name, axis, declared[:depth]))
            made += [member.name] if name is None else [member.name, name] if member.limit else [name]
        return tuple(made)

    return path("row", cell.declared[0]), path("column", cell.declared[1])


def _shape(form: Form, entries: list[Entry]) -> Shape:
    """The names on each open member in the order of the data, and the numbers up to the longest of each list."""
    names: dict[Place, dict[str, None]] = {}
    longest: dict[Place, int] = {}
    for _, value, found in entries:
        for place, name in found.names:
            names.setdefault(place, {})
            if _limited(found.cell, place):
                longest[place] = max(longest.get(place, 0), 0 if value is _EMPTY else int(name))
            else:
                names[place][name] = None
    numbered = {place: tuple(str(number) for number in range(1, last + 1)) for place, last in longest.items()}
    shape = Shape(tuple(sorted(({place: tuple(held) for place, held in names.items()} | numbered).items())))
    if names and sum(_sizes(form, shape)) > MAX_CELLS:
        raise ReportError([Problem(say("a report has at most {most} cells", most=MAX_CELLS))])
    return shape


def _double(entries: list[Entry]) -> list[tuple[Place, str]]:
    """The names that two rows of the data bear, spelt alike or not."""
    bearers: dict[tuple[Place, str], set[tuple[object, ...]]] = {}
    for key, _, found in entries:
        for place, name in found.names:
            if not _limited(found.cell, place):
                spelt = tuple(word for word in split(key) if clean_name(word) == name)
                rows = tuple(part.row for part in key if isinstance(part, Entitled) and clean_name(part) == name)
                bearers.setdefault((place, name), set()).add((spelt, rows))
    return [bearer for bearer, rows in bearers.items() if len(rows) > 1]


def _limited(cell: Cell, place: Place) -> bool:
    _, axis, path = place
    return bool((cell.rows if axis == "row" else cell.columns)[len(path) - 1].limit)


def _sizes(form: Form, shape: Shape) -> Iterator[int]:
    """The number of cells of each block, counted no further than is allowed."""
    for table in form.tables:
        for block in table.blocks:
            axes = ((block.rows, "row"), (block.columns, "column"))
            rows, columns = (
                sum(1 for _ in islice(axis.unfold(shape.of(table.name, which)), MAX_CELLS + 1)) for axis, which in axes
            )
            yield rows * columns


class Entitled(str):
    """The name of a row in a list of rows; `row` is its number there."""

    row: int


def _entitled(inner: list[tuple[str | int, object]], openings: frozenset[str]) -> list[tuple[str | int, object]] | None:
    """The rows of a list, each under the name that it holds for an open member; None where no row holds one.

    A row without a name has none, and is told.
    """
    found: list[tuple[str | int, object]] = []
    for number, row in inner:
        held = (_inner(row, ()) if isinstance(number, int) else None) or []
        names = [item for name, item in held if normal(str(name)) in openings]
        key = Entitled(str(names[0]).strip() if len(names) == 1 and type(names[0]) in (str, int) else "")
        key.row = int(number) if isinstance(number, int) else 0
        found.append((key, {name: item for name, item in held if normal(str(name)) not in openings} or row))
    return found if any(key for key, _ in found) else None


def _leaves(thing: object, openings: frozenset[str] = frozenset()) -> Iterator[tuple[Key, object]]:
    """The values in an object, each under the keys that lead to it; an empty list stands for itself."""
    stack: list[tuple[Key, object]] = [((), thing)]
    count = 0
    while stack:
        key, value = stack.pop()
        inner = _inner(value, key)
        if inner is None:
            if key:
                yield key, value
            continue
        if len(key) >= MAX_DEPTH:
            message = say("keys nest deeper than {most}", most=MAX_DEPTH)
            raise ReportError([Problem(message, hint="/".join(map(str, key))[:200])])
        inner = (openings and _entitled(inner, openings)) or inner
        count += len(inner)
        if count > MAX_KEYS:
            raise ReportError([Problem(say("a report has at most {most} keys", most=MAX_KEYS))])
        if not inner and isinstance(value, (list, tuple)):
            yield (*key, 1), _EMPTY
        stack += [((*key, name), item) for name, item in reversed(inner)]


@frozen
class _Empty:
    """Stands for what an empty list does not hold."""


_EMPTY = _Empty()


def _inner(thing: object, key: Key) -> list[tuple[str | int, object]] | None:
    """The keys and values of a mapping or list, or the public fields of an object; None for a value."""
    if type(thing) is dict:
        items = islice(thing.items(), MAX_KEYS + 1)
        return [(name if type(name) is str else _name(name), value) for name, value in items]
    if type(thing) in PLAIN:
        return None
    try:
        return _strange(thing)
    except Exception as error:  # whatever a stranger's mapping raises when it is asked for its items
        names = {"error": type_name(error), "kind": type_name(thing)}
        message = say("the data cannot be read: {error} in {kind}", **names)
        if where := "/".join(map(str, key))[:200]:
            message = say("{where} cannot be read: {error} in {kind}", where=where, **names)
        raise ReportError([Problem(message)]) from None


def _strange(thing: Any) -> list[tuple[str | int, object]] | None:
    kind = type(thing)
    if issubclass(kind, _VALUES) or issubclass(kind, AnyNumber):
        return None
    if issubclass(kind, Mapping):
        return [(_name(name), value) for name, value in islice(thing.items(), MAX_KEYS + 1)]
    if issubclass(kind, (list, tuple)):
        items = list(islice(list.__iter__(thing) if issubclass(kind, list) else tuple.__iter__(thing), MAX_KEYS + 1))
        names = next((vars(base)["_fields"] for base in kind.__mro__ if "_fields" in vars(base)), None)
        if isinstance(names, tuple) and len(names) == len(items) and issubclass(kind, tuple):
            return [(_name(name), item) for name, item in zip(names, items, strict=True)]
        return list(enumerate(items, 1))
    return [(name, value) for name, value in _fields(thing).items() if not name.startswith("_")] or None


def _fields(thing: object) -> dict[str, object]:
    """What an instance holds in its dictionary and slots; nothing that its class or itself defines is called."""
    found: dict[str, object] = {}
    for base in reversed(type(thing).__mro__):
        for name, member in list(vars(base).items()):
            if name == "__dict__" and type(member) in (GetSetDescriptorType, MemberDescriptorType):
                held = member.__get__(thing)
                found |= {name: value for name, value in held.items() if type(name) is str}
            elif type(member) is MemberDescriptorType and "__slots__" in vars(base):
                try:
                    found[name] = member.__get__(thing)
                except AttributeError:
                    continue
    return found


def _name(key: object) -> str:
    """A key as text; keys that are neither texts nor numbers are called by their type."""
    kind = type(key)
    if issubclass(kind, str):
        return str.__str__(key)
    return str(key) if kind in (int, float, bool) else f"({type_name(key)})"


def _shown(item: object, most: int = 200) -> object:
    """What was given in a form that can be shown: itself where it is plain, else its text."""
    if type(item) in PLAIN:
        return item
    try:
        text = str.__str__(item) if issubclass(type(item), str) else str(item)
    except Exception:  # whatever a stranger's object raises when it is asked for its text
        return type_name(item)
    return text[:most] if type(text) is str else type_name(item)
