"""One rule and one choice of its variables -> a tree over positions of the flat vector of values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import product, takewhile

from attrs import evolve, frozen

from gouji.forms.form import AXES, Cell, Layout, Path
from gouji.forms.units import conversion
from gouji.language import core
from gouji.messages import Saying, saying


@frozen
class Row:
    """A number that is linear in the values: coefficients over slots, each slot once or more, and a constant."""

    terms: tuple[tuple[Fraction, int], ...]
    constant: Fraction = Fraction(0)


@frozen
class Tree:
    """An operator of the table over rows and trees, or over `slots`; `text` and `width` are what its node says."""

    operator: str
    arguments: tuple[Ground, ...] = ()
    slots: tuple[int, ...] = ()
    _text: str | Saying = ""
    width: Fraction | None = None

    @property
    def text(self) -> str:
        """What its node says, or why there is nothing, in the language spoken."""
        return str(self._text)


Ground = Row | Tree
ONE = Fraction(1)
TRUE, FALSE = Tree("true"), Tree("false")
UNKNOWN = Tree("unknown", text=saying("a list that is not given"))


Counterparts = Mapping[tuple[str, Path, Path], tuple[tuple[str, Path, Path], ...] | None]
"""The cells of the previous report's edition that stand for each of this edition's, None for nothing."""


class Reasoned(Exception):
    """Why a check has no tree."""

    def __init__(self, reason: Saying) -> None:
        super().__init__(reason)
        self.reason = reason


class NotApplicable(Reasoned):
    """The check reads what this shape does not have; `reason` says what."""


class Lacking(NotApplicable):
    """One element or partner is not there; an aggregate leaves it out."""


class PartnerMissing(Reasoned):
    """A name has no partner in another table, and the rule says that this is an error."""


@frozen
class Bound:
    """What a variable stands for in one check: the path or name, and which of how many it is."""

    over: core.Over
    sequence: tuple[Path, ...]
    index: int

    def at(self, shift: int) -> Path:
        """The path or name, or the one before."""
        if self.index + shift < 0:
            raise Lacking(saying("there is no element before the first"))
        return self.sequence[self.index + shift]


def members(over: core.Over, layout: Layout) -> tuple[Path, ...]:
    """What a variable takes in turn in a report of this layout."""
    if over.open:
        names = layout.shape.of(over.table, over.axis).get(over.paths[0], ())
        return tuple((name,) for name in names)
    return tuple(path for declared in over.paths for path in layout.paths.get((over.table, over.axis, declared), ()))


@frozen
class Grounding:
    """Where a check reads: the layouts of this report and the previous one, and its variables."""

    layout: Layout
    previous: Layout | None
    bound: Mapping[str, Bound]
    zeros: list[str]
    """Filled with a note for each partner that is read as zero."""
    counterparts: Counterparts | None = None
    parts: bool = False

    def truth(self, node: core.Node) -> Ground:
        """The ground tree of a node that holds or does not."""
        return self._faultless(self._truth, node)

    def _faultless(self, make: Callable[[core.Node], Ground], node: core.Node) -> Ground:
        """What is made of a node, or a fault that the rest of the formula may absorb."""
        try:
            return make(node)
        except PartnerMissing as missing:
            return Tree("fault", text=missing.reason)

    def _truth(self, node: core.Node) -> Ground:
        match node:
            case core.Logic():
                return self._logic(node)
            case core.Compare():
                return Tree(node.relation, (self.number(node.left), self.number(node.right)), width=node.width)
            case core.State():
                return self._state(node)
            case core.Gather(function="in"):
                item, choices = self.number(node.parts[0][0]), self.several(node.parts[1][0])
                return Tree("or", tuple(Tree("=", (item, choice)) for choice in choices)) if choices else FALSE
            case core.Apply(function="call"):
                return Tree("call", tuple(self._argument(item) for item in node.arguments), text=node.name)
        raise AssertionError(node)

    def _argument(self, node: core.Node) -> Ground:
        return self.truth(node) if isinstance(node, (core.State, core.Logic, core.Compare)) else self.number(node)

    def _logic(self, node: core.Logic) -> Ground:
        """Arguments that the shape alone decides may make others that it lacks unneeded."""
        absorbing = {"and": "false", "or": "true"}.get(node.operator)
        found: list[Ground] = []
        lacking: NotApplicable | None = None
        for argument in node.arguments:
            try:
                found.append(self.truth(argument))
            except NotApplicable as reason:
                lacking = reason
        for item in found:
            if isinstance(item, Tree) and item.operator == absorbing:
                return item
        if lacking:
            raise lacking
        if node.operator == "not" and isinstance(found[0], Tree) and found[0].operator in ("true", "false"):
            return FALSE if found[0].operator == "true" else TRUE
        return Tree(node.operator, tuple(found))

    def _state(self, node: core.State) -> Ground:
        if node.test == "given":
            return TRUE if (self.parts if node.text == "parts" else self.previous) else FALSE
        if node.test == "subset":
            one, other = (self._names(item) for item in node.cells)
            alone = [name for name in one if name not in other]
            return Tree("false", text=saying("{alone} only on the first", alone=tuple(alone))) if alone else TRUE
        if node.test == "rounds":
            found, value = self._slots(node.cells[0]), self.number(node.cells[1])
            if not found:
                raise NotApplicable(saying("nothing is there to round to"))
            return Tree("rounds", (value, self.number(node.cells[0])), (found[0],))
        slots = tuple(slot for item in node.cells for slot in self._slots(item, quiet=True))
        if node.test == "exists":
            return Tree("exists", (), slots) if slots else Tree("false", text=saying("it does not exist"))
        if not slots and node.test in ("present", "blank"):
            return FALSE
        if not slots:
            raise NotApplicable(saying("nothing is there to ask"))
        return Tree(node.test, (), slots, node.text)

    def _names(self, node: core.Node) -> tuple[str, ...]:
        assert isinstance(node, core.Read)
        axis, points = ("row", node.row) if node.row else ("column", node.column)
        return self.layout.shape.of(node.table, axis).get(points[0].prefix, ())

    def number(self, node: core.Node) -> Ground:
        """The ground row or tree of a node that is a number."""
        return self._faultless(self._number, node)

    def _number(self, node: core.Node) -> Ground:
        match node:
            case core.Constant():
                return Row((), node.value)
            case core.Read():
                found = self._rows(node)
                return found[0] if len(found) == 1 else add([(Fraction(1), row) for row in found])
            case core.Linear():
                return add([(factor, self.number(item)) for factor, item in node.terms])
            case core.Gather():
                return self._gather(node)
            case core.Apply(function="position"):
                return Row((), Fraction(self.bound[node.name].index + 1))
            case core.Apply(function="choose"):
                return self._choose(node)
            case core.Apply():
                arguments = tuple(self._argument(item) for item in node.arguments)
                return Tree(node.function, arguments, text=node.name)
        raise AssertionError(node)

    def _choose(self, node: core.Apply) -> Ground:
        test = self.truth(node.arguments[0])
        if isinstance(test, Tree) and test.operator in ("true", "false"):
            return self.number(node.arguments[1 if test.operator == "true" else 2])
        return Tree("choose", (test, *(self.number(item) for item in node.arguments[1:])))

    def _gather(self, node: core.Gather) -> Ground:
        items = list(self._items(node))
        if node.function == "count":
            counted = [item if where is None else Tree("where", (where, Row((), Fraction(1)))) for item, where in items]
            return Tree("count", tuple(counted)) if counted else Row(())
        taken = [item if where is None else Tree("where", (where, item)) for item, where in items]
        if node.function == "sum":
            return add([(Fraction(1), item) for item in taken])
        if not taken:
            raise NotApplicable(saying("there is nothing to take the {function} of", function=node.function))
        return Tree(node.function, tuple(taken))

    def _items(self, node: core.Gather) -> Iterator[tuple[Ground, Ground | None]]:
        for body, over, where in node.parts:
            if over is None:
                yield from ((item, None) for item in self.several(body, node.function == "count"))
                continue
            sequence = members(over, self._source(over.source))
            if not sequence and over.open and node.function != "count":
                raise NotApplicable(saying("no {variable} is named", variable=over.variable))
            for index in range(len(sequence)):
                inner = evolve(self, bound={**self.bound, over.variable: Bound(over, sequence, index)})
                try:
                    yield from ((item, inner.truth(where) if where else None) for item in inner.several(body))
                except Lacking:
                    continue

    def several(self, node: core.Node, empty: bool = False) -> list[Ground]:
        """What an argument of an aggregate holds, one by one."""
        if not isinstance(node, core.Read):
            return [self.number(node)]
        zeros = len(self.zeros)
        found = self._rows(node)
        if found or empty:
            return list(found)
        if len(self.zeros) > zeros:
            return [Row(())]
        lists = [point for point in (*node.row, *node.column) if self._list(node, point)]
        if not lists:
            raise NotApplicable(saying("nothing is named there"))
        return [] if all(self._list(node, point) == "empty" for point in lists) else [UNKNOWN]

    def _list(self, node: core.Read, point: core.Point) -> str:
        """Whether a coordinate is a list that is empty, or one that is not given."""
        layout = self._layout(node)
        for axis in AXES:
            for block in next((t.blocks for t in layout.form.tables if t.name == node.table), ()):
                for path, chain in (block.rows if axis == "row" else block.columns).walk():
                    if path == point.prefix and chain[-1].open == "list":
                        return "empty" if path in layout.shape.of(node.table, axis) else "not given"
        return ""

    def _layout(self, node: core.Read) -> Layout:
        return self._source(node.source)

    def _source(self, source: str) -> Layout:
        if source == "part" and not self.parts:
            raise NotApplicable(saying("the reports of the parts are not given"))
        if source != "previous":
            return self.layout
        if self.previous is None:
            raise NotApplicable(saying("the report of the period before is not given"))
        return self.previous

    def _slots(self, node: core.Node, quiet: bool = False) -> list[int]:
        assert isinstance(node, core.Read)
        return [self._slot(node, cell) for cell in self._cells(node, quiet)]

    def _slot(self, node: core.Read, cell: Cell) -> int:
        """The place in the vector: this report, the previous one, the sum of the parts, then what the prose quotes."""
        order = {"this": self.layout, "previous": self.previous, "part": self.layout if self.parts else None}
        ahead = takewhile(lambda source: source != node.source, order)
        return cell.position + sum(len(layout.cells) for source in ahead if (layout := order[source]))

    def _rows(self, node: core.Read) -> list[Row]:
        cells = self._cells(node)
        factors = self._converted(node, cells) if node.source == "previous" and self.counterparts is not None else {}
        return [Row(((factors.get(cell.type.unit, ONE) * weight(cell), self._slot(node, cell)),)) for cell in cells]

    def _converted(self, node: core.Read, cells: list[Cell]) -> dict[str, Fraction]:
        """What brings the units of another edition to the one that the formula is in."""
        own = next((cell.type.unit for cell in self._cells(evolve(node, source="this"), quiet=True)), None)
        found: dict[str, Fraction] = {}
        for unit in {cell.type.unit for cell in cells}:
            power = conversion(unit, own) if own is not None else 0
            if power is None:
                raise NotApplicable(
                    saying("{unit} of the edition before does not convert to {own}", unit=unit, own=own)
                )
            found[unit] = Fraction(10) ** power
        return found

    def _cells(self, node: core.Read, quiet: bool = False) -> list[Cell]:
        layout = self._layout(node)
        if node.source == "figure":
            return [
                cell for cell in layout.form.figures if (cell.table.name, cell.row) == (node.table, node.row[0].prefix)
            ]
        if node.source == "previous" and self.counterparts is not None and not self._opened(node.table):
            return self._earlier(node)
        rows, columns = (
            [path for point in points for path in self._expand(layout, node.table, axis, point)]
            for axis, points in zip(AXES, (node.row, node.column), strict=True)
        )
        found = []
        for row, column in product(rows, columns):
            cell = layout.at.get((node.table, row, column))
            if cell is not None:
                found.append(cell)
            elif not quiet:
                self._lacks(node, row, column)
        return found

    def _opened(self, table: str) -> bool:
        """Whether the data names rows or columns of a table, which are met by their names."""
        return any(name == table for (name, _, _), _ in self.layout.shape.names)

    def _earlier(self, node: core.Read) -> list[Cell]:
        """The cells of the previous report, on another edition, that stand for those of this one."""
        assert self.counterparts is not None and self.previous is not None
        rows, columns = (
            [path for point in points for path in self._expand(self.layout, node.table, axis, point)]
            for axis, points in zip(AXES, (node.row, node.column), strict=True)
        )
        found: list[Cell] = []
        for row, column in product(rows, columns):
            keys = self.counterparts.get((node.table, row, column))
            if keys is None:
                where, edition = "/".join((node.table, *row, *column)), self.previous.form.edition
                raise NotApplicable(
                    saying("{where} has no counterpart in edition {edition}", where=where, edition=edition)
                )
            found += [self.previous.at[key] for key in keys]
        return found

    def _expand(self, layout: Layout, table: str, axis: str, point: core.Point) -> tuple[Path, ...]:
        if point.variable:
            return ((*point.prefix, *self.bound[point.variable].at(point.shift), *point.suffix),)
        return layout.paths.get((table, axis, point.prefix), ())

    def _lacks(self, node: core.Read, row: Path, column: Path) -> None:
        """What the rule says of a partner that is missing."""
        used = [point.variable for point in (*node.row, *node.column) if point.variable]
        words = [self.bound[name].over.missing for name in used if self.bound[name].over.missing]
        where = "/".join((node.table, *row, *column))
        if "error" in words:
            raise PartnerMissing(saying("{where} is missing", where=where))
        if "zero" not in words:
            raise Lacking(saying("{where} is not there", where=where))
        self.zeros.append(where)


def weight(cell: Cell) -> Fraction:
    """What one step of a cell's value is worth in its unit."""
    return ONE if cell.type.scale == 1 else Fraction(1, cell.type.scale)


def add(items: list[tuple[Fraction, Ground]]) -> Ground:
    """The sum of rows as a row; with trees among them, a tree over rows that are already added."""
    terms: list[tuple[Fraction, int]] = []
    constant, trees = Fraction(0), []
    for factor, item in items:
        match item:
            case Row():
                terms += item.terms if factor == 1 else [(factor * c, slot) for c, slot in item.terms]
                constant += factor * item.constant if item.constant else 0
            case Tree():
                trees.append((factor, item))
    row = Row(tuple(terms), constant)
    if not trees:
        return row
    scaled: list[Ground] = [item if factor == 1 else Tree("*", (Row((), factor), item)) for factor, item in trees]
    return Tree("+", (row, *scaled) if terms or constant else tuple(scaled))


def merged(row: Row) -> dict[int, Fraction]:
    """The coefficient of each slot, once."""
    found: dict[int, Fraction] = {}
    for coefficient, slot in row.terms:
        found[slot] = found[slot] + coefficient if slot in found else coefficient
    return {slot: coefficient for slot, coefficient in found.items() if coefficient}


def rows_of(ground: Ground | None) -> list[Row]:
    """Every row in a row or tree, in order."""
    if ground is None:
        return []
    return [ground] if isinstance(ground, Row) else [row for item in ground.arguments for row in rows_of(item)]


def slots_of(ground: Ground | None) -> list[int]:
    """Every slot that a row or tree reads, in order."""
    if ground is None:
        return []
    if isinstance(ground, Row):
        return [slot for _, slot in ground.terms]
    return [*ground.slots, *(slot for item in ground.arguments for slot in slots_of(item))]
