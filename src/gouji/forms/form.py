"""What a report may hold: tables, their axes, and the cells where these meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from attrs import define, evolve, field, frozen

from gouji.messages import later

Path = tuple[str, ...]
AXES = (later("row"), later("column"))


@frozen
class CellType:
    """What a cell may hold; `low` and `high` bound its domain, None where nothing does.

    Kinds: `count` (whole units), `amount` (rounded to `decimals`), `number`, `percent`, `date` (a day number), `code`
    (a number of `codes`), `yesno` and `text`.
    """

    kind: str
    unit: str
    decimals: int = 0
    low: int | None = 0
    high: int | None = None
    codes: tuple[str, ...] = ()

    @cached_property
    def scale(self) -> int:
        """Whole numbers per unit: values travel as multiples of the last declared place."""
        return int(10**self.decimals)

    @property
    def whole(self) -> bool:
        """Whether every value of the domain is a multiple of the last declared place, exactly as printed."""
        return self.kind in ("count", "date", "code", "yesno")

    @property
    def rounded(self) -> bool:
        """Whether a printed value stands for any within half of its last place."""
        return self.kind == "amount"


@frozen
class Member:
    """One row or column, or a group of them; a group has children and no cell of its own.

    An `open` member stands for as many as the data names (`names`) or numbers (`list`), at most `limit` of them.
    """

    name: str
    labels: tuple[str, ...]
    total: bool = False
    type: CellType | None = None
    children: tuple[Member, ...] = ()
    open: str = ""
    limit: int = 0
    need: str = ""
    blank: str = ""
    tags: tuple[str, ...] = ()

    @property
    def leaf(self) -> bool:
        """Whether the member has cells of its own."""
        return not self.children and not self.open


@frozen
class Leaf:
    """A member that has cells: its path, the path as declared (an open member under its own name), its parents."""

    path: Path
    declared: Path
    chain: tuple[Member, ...] = field(repr=False)


@frozen
class Axis:
    """The rows or the columns of a block; `headings` name the axis and carry no choice."""

    headings: tuple[str, ...]
    members: tuple[Member, ...]

    def walk(self) -> Iterator[tuple[Path, tuple[Member, ...]]]:
        """Every declared member with its path, groups before their children."""

        def below(
            members: tuple[Member, ...], path: Path, line: tuple[Member, ...]
        ) -> Iterator[tuple[Path, tuple[Member, ...]]]:
            for member in members:
                here, chain = (*path, member.name), (*line, member)
                yield here, chain
                yield from below(member.children, here, chain)

        return below(self.members, (), ())

    def leaves(self) -> list[tuple[Path, tuple[Member, ...]]]:
        """The declared members without children, in the order of the form."""
        return [(path, chain) for path, chain in self.walk() if not chain[-1].children]

    def unfold(self, names: Mapping[Path, tuple[str, ...]]) -> Iterator[Leaf]:
        """The members that have cells when the data names those of the open members, by their declared path."""

        def below(members: tuple[Member, ...], path: Path, declared: Path, chain: tuple[Member, ...]) -> Iterator[Leaf]:
            for member in members:
                own = (*declared, member.name)
                if not member.open:
                    yield from one(member, (*path, member.name), own, (*chain, member))
                    continue
                group = (*path, member.name) if member.open == "list" else path
                for name in names.get(own, ()):
                    label = name if member.open == "names" else f"{member.labels[0]} {name}"
                    made = evolve(member, name=name, labels=(label,), open="")
                    yield from one(made, (*group, name), own, (*chain, made))

        def one(member: Member, path: Path, declared: Path, chain: tuple[Member, ...]) -> Iterator[Leaf]:
            if member.children:
                yield from below(member.children, path, declared, chain)
            else:
                yield Leaf(path, declared, chain)

        return below(self.members, (), (), ())


@frozen
class Block:
    """Rows and columns that meet; a table has one or several."""

    headings: tuple[str, ...]
    rows: Axis
    columns: Axis
    type: CellType | None = None


@frozen
class Table:
    """A table of the form, with the labels under which it is printed."""

    name: str
    labels: tuple[str, ...]
    blocks: tuple[Block, ...]
    across: bool = False


@frozen
class Figure:
    """A figure that a section of prose may quote, in one of its wordings and not behind the words of `without`.

    A wording holds literals, `{n}` where the figure stands, `{*}` for a gap and `{#}` for another figure; without `{n}`
    it states 0.
    """

    name: str
    type: CellType
    wordings: tuple[str, ...]
    without: tuple[str, ...] = ()


@frozen
class Narrative:
    """A section of prose."""

    name: str
    labels: tuple[str, ...]
    figures: tuple[Figure, ...] = ()


@frozen
class Mark:
    """A printed sign with a declared meaning: `skip`, `zero`, `unknown`, or a number between `low` and `high`."""

    texts: tuple[str, ...]
    meaning: str
    low: str = ""
    high: str = ""


@frozen
class Cell:
    """One place for one value; `position` is its place in the flat vector of a report."""

    position: int
    table: Table = field(repr=False)
    block: int
    row: Path
    column: Path
    rows: tuple[Member, ...] = field(repr=False)
    columns: tuple[Member, ...] = field(repr=False)
    type: CellType
    declared: tuple[Path, Path] = field(repr=False, default=((), ()))

    @cached_property
    def key(self) -> str:
        """Table, row path and column path joined with `/`."""
        return "/".join((self.table.name, *self.row, *self.column))

    @cached_property
    def label(self) -> str:
        """The official labels that lead to the cell within its table."""
        return " / ".join(member.labels[0] for member in (*self.rows, *self.columns))

    @cached_property
    def total(self) -> bool:
        """Whether the cell lies in a member declared `total`."""
        return any(member.total for member in (*self.rows, *self.columns))

    def said(self, word: str) -> str:
        """What the nearest member says of `need` or `blank`, or nothing."""
        members = (*reversed(self.columns), *reversed(self.rows))
        return next((found for member in members if (found := getattr(member, word))), "")


@frozen
class Shape:
    """What the data adds to a form: the names on each open axis, by table, axis and declared path."""

    names: tuple[tuple[tuple[str, str, Path], tuple[str, ...]], ...] = ()

    def of(self, table: str, axis: str) -> dict[Path, tuple[str, ...]]:
        """The names on the open members of one axis of a table."""
        return {path: names for (where, which, path), names in self.names if (where, which) == (table, axis)}


CLOSED = Shape()


@define(eq=False, slots=False)
class Layout:
    """The cells of a form for one shape, in reading order: by table, block, row, column."""

    form: Form
    shape: Shape

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """All cells; `position` counts them."""
        places = (
            (table, number, row, column)
            for table in self.form.tables
            for number, block in enumerate(table.blocks)
            for row in block.rows.unfold(self.shape.of(table.name, "row"))
            for column in block.columns.unfold(self.shape.of(table.name, "column"))
        )
        return tuple(
            Cell(position, table, number, row.path, column.path, row.chain, column.chain,
                 type_of(table.blocks[number], row.chain, column.chain), (row.declared, column.declared))
            for position, (table, number, row, column) in enumerate(places)
        )  # fmt: skip

    @cached_property
    def at(self) -> dict[tuple[str, Path, Path], Cell]:
        """Cells by table, row path and column path."""
        return {(cell.table.name, cell.row, cell.column): cell for cell in self.cells}

    @cached_property
    def plain(self) -> bool:
        """Whether every cell holds whole steps from 0 up, without another bound."""
        return all(cell.type.low == 0 and cell.type.high is None for cell in self.cells)

    @cached_property
    def as_declared(self) -> dict[tuple[str, Path, Path], Cell]:
        """Cells by table and declared paths; where an open member stands for several, the last of them."""
        return {(cell.table.name, *cell.declared): cell for cell in self.cells}

    @cached_property
    def paths(self) -> dict[tuple[str, str, Path], tuple[Path, ...]]:
        """The paths that stand for a declared one, by table and axis."""
        found: dict[tuple[str, str, Path], dict[Path, None]] = {}
        for cell in self.cells:
            found.setdefault((cell.table.name, "row", cell.declared[0]), {})[cell.row] = None
            found.setdefault((cell.table.name, "column", cell.declared[1]), {})[cell.column] = None
        return {key: tuple(paths) for key, paths in found.items()}

    @cached_property
    def totals(self) -> dict[int, tuple[int, ...]]:
        """Each total with its parts: the leaves under the same parent along the axis on which it is a total."""
        lines: dict[tuple[str, int, str, Path], list[Cell]] = {}
        for cell in self.cells:
            lines.setdefault((cell.table.name, cell.block, "row", cell.column), []).append(cell)
            lines.setdefault((cell.table.name, cell.block, "column", cell.row), []).append(cell)
        found: dict[int, tuple[int, ...]] = {}
        for (_, _, axis, _), line in lines.items():
            for cell in line:
                path, chain = (cell.row, cell.rows) if axis == "row" else (cell.column, cell.columns)
                if chain[-1].total:
                    parts = tuple(
                        other.position
                        for other in line
                        if _part(*((other.row, other.rows) if axis == "row" else (other.column, other.columns)), path)
                    )
                    found[cell.position] = (*found.get(cell.position, ()), *parts)
        return found


@define(eq=False, slots=False)
class Form:
    """One edition of a form. Frozen by convention; what is derived from it is kept."""

    id: str
    title: str
    edition: str
    first_year: int
    last_year: int | None
    clause: str
    blank: str
    marks: tuple[Mark, ...]
    tables: tuple[Table, ...]
    narratives: tuple[Narrative, ...]
    need: str = ""
    wholes: tuple[tuple[str, Path], ...] = ()
    """Groups of rows that another edition prints as one row, by table and path."""
    agencies: tuple[tuple[str, ...], ...] = ()
    """The names of each body that has several."""
    _layouts: dict[Shape, Layout] = field(factory=dict, init=False, repr=False)

    def layout(self, shape: Shape = CLOSED) -> Layout:
        """The cells for one shape; a form without open members has one."""
        found = self._layouts.get(shape)
        if found is None:
            if len(self._layouts) > 64:
                self._layouts.clear()
            found = self._layouts[shape] = Layout(self, shape)
        return found

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """All cells of a form without open members."""
        return self.layout().cells

    @cached_property
    def at(self) -> dict[tuple[str, Path, Path], Cell]:
        """Cells of a form without open members, by table, row path and column path."""
        return self.layout().at

    @cached_property
    def figures(self) -> tuple[Cell, ...]:
        """What sections of prose may quote, in order, each as a cell of its section; they are no cells of the form."""
        every = [(section, figure) for section in self.narratives for figure in section.figures]
        return tuple(
            Cell(position, Table(section.name, section.labels, ()), 0, (figure.name,), (),
                 (Member(figure.name, (figure.name,)),), (), figure.type)
            for position, (section, figure) in enumerate(every)
        )  # fmt: skip

    @cached_property
    def declared(self) -> Layout:
        """The layout in which each open member stands for itself, by which rules are checked."""
        names = tuple(
            ((table.name, axis, path), (chain[-1].name,))
            for table in self.tables
            for block in table.blocks
            for axis, members in (("row", block.rows), ("column", block.columns))
            for path, chain in members.walk()
            if chain[-1].open
        )
        return self.layout(Shape(names))

    def covers(self, year: int) -> bool:
        """Whether reports of this year are made on this edition."""
        return self.first_year <= year and (self.last_year is None or year <= self.last_year)

    @property
    def years(self) -> str:
        """The years of the edition as a rule file writes them."""
        return f"{self.first_year}..{self.last_year or ''}"


def _part(path: Path, chain: tuple[Member, ...], total: Path) -> bool:
    depth = len(total) - 1
    return path[:depth] == total[:-1] and not any(member.total for member in chain[depth:])


def type_of(block: Block, row: tuple[Member, ...], column: tuple[Member, ...]) -> CellType:
    own = [member.type for member in (*reversed(column), *reversed(row)) if member.type]
    found = own[0] if own else block.type
    assert found is not None, "the checker gives every block a type"
    return found
