"""What a report may hold: tables, their axes, and the cells where these meet."""

from collections.abc import Iterator
from functools import cached_property

from attrs import define, field, frozen

Path = tuple[str, ...]


@frozen
class CellType:
    """What a cell may hold: a count of whole units, or an amount with declared decimals."""

    kind: str
    unit: str
    decimals: int = 0

    @property
    def scale(self) -> int:
        """Whole numbers per unit: values travel as multiples of the last declared place."""
        return int(10**self.decimals)


@frozen
class Member:
    """One row or column, or a group of them; a group has children and no cell of its own."""

    name: str
    labels: tuple[str, ...]
    total: bool = False
    type: CellType | None = None
    children: tuple["Member", ...] = ()


@frozen
class Axis:
    """The rows or the columns of a block; `headings` name the axis and carry no choice."""

    headings: tuple[str, ...]
    members: tuple[Member, ...]

    def walk(self) -> Iterator[tuple[Path, tuple[Member, ...]]]:
        """Every member with its path, groups before their children."""

        def below(
            members: tuple[Member, ...], path: Path, line: tuple[Member, ...]
        ) -> Iterator[tuple[Path, tuple[Member, ...]]]:
            for member in members:
                here, chain = (*path, member.name), (*line, member)
                yield here, chain
                yield from below(member.children, here, chain)

        return below(self.members, (), ())

    def leaves(self) -> list[tuple[Path, tuple[Member, ...]]]:
        """The members that have cells, in the order of the form."""
        return [(path, chain) for path, chain in self.walk() if not chain[-1].children]


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
class Narrative:
    """A section of prose."""

    name: str
    labels: tuple[str, ...]


@frozen
class Mark:
    """A printed sign with a declared meaning: `skip`, `zero` or `unknown`."""

    texts: tuple[str, ...]
    meaning: str


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

    @property
    def key(self) -> str:
        """Table, row path and column path joined with `/`."""
        return "/".join((self.table.name, *self.row, *self.column))

    @property
    def label(self) -> str:
        """The official labels that lead to the cell within its table."""
        return " / ".join(member.labels[0] for member in (*self.rows, *self.columns))

    @property
    def total(self) -> bool:
        """Whether the cell lies in a member declared `total`."""
        return any(member.total for member in (*self.rows, *self.columns))


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

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """All cells in reading order: by table, block, row, column."""
        places = (
            (table, number, row, column)
            for table in self.tables
            for number, block in enumerate(table.blocks)
            for row in block.rows.leaves()
            for column in block.columns.leaves()
        )
        return tuple(
            Cell(
                position, table, number, row[0], column[0], row[1], column[1], _type(table.blocks[number], row, column)
            )
            for position, (table, number, row, column) in enumerate(places)
        )

    @cached_property
    def at(self) -> dict[tuple[str, Path, Path], Cell]:
        """Cells by table, row path and column path."""
        return {(cell.table.name, cell.row, cell.column): cell for cell in self.cells}

    def covers(self, year: int) -> bool:
        """Whether reports of this year are made on this edition."""
        return self.first_year <= year and (self.last_year is None or year <= self.last_year)

    @property
    def years(self) -> str:
        """The years of the edition as a rule file writes them."""
        return f"{self.first_year}..{self.last_year or ''}"

    def parts(self, cell: Cell) -> list[Cell]:
        """The cells that a total sums along each axis on which its member is a total."""
        return [
            other
            for other in self.cells
            if other.table is cell.table
            and other.block == cell.block
            and (
                (cell.rows[-1].total and _part(other.row, other.rows, cell.row) and other.column == cell.column)
                or (
                    cell.columns[-1].total and _part(other.column, other.columns, cell.column) and other.row == cell.row
                )
            )
        ]


def _part(path: Path, chain: tuple[Member, ...], total: Path) -> bool:
    depth = len(total) - 1
    return path[:depth] == total[:-1] and not any(member.total for member in chain[depth:])


def _type(block: Block, row: tuple[Path, tuple[Member, ...]], column: tuple[Path, tuple[Member, ...]]) -> CellType:
    own = [member.type for member in (*reversed(column[1]), *reversed(row[1])) if member.type]
    found = own[0] if own else block.type
    assert found is not None, "the checker gives every block a type"
    return found
