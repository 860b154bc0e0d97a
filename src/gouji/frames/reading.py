"""The columns of a frame as cells of one edition, and what stands in them as whole steps of the last declared place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from attrs import define

from gouji.evaluation.column_trees import Expr, joined
from gouji.forms.binding import bind
from gouji.forms.form import Cell, Form, Layout
from gouji.forms.report import Report
from gouji.forms.values import BLANK, read_printed
from gouji.language.quotients import LIMIT
from gouji.messages import count, say
from gouji.sources import Problem, ReportError

HEADS = ("report", "agency", "year")
PART = "part_of"
"""Names the agency whose report a report is a part of."""
BESIDE = (*HEADS, PART)
"""The columns that hold no cells."""
PLACE = ("table", "row", "column")
"""Which cell a row of a long frame holds, beside its `value`."""
_MAX_SHOWN = 10
_COUNTED = frozenset({"count", "amount", "number", "percent"})
_KINDS = {
    "Int8": "whole", "Int16": "whole", "Int32": "whole", "Int64": "whole", "UInt8": "whole", "UInt16": "whole",
    "UInt32": "whole", "UInt64": "large", "Int128": "large", "UInt128": "large", "Float32": "float", "Float64": "float",
    "Decimal": "decimal", "String": "text", "Categorical": "text", "Enum": "text",
}  # fmt: skip
"""How columns are read, by the name of their type; those of other types by rows."""
_NESTED = frozenset({"List", "Array", "Struct", "Binary", "Object"})
_BLANKS = ("", " ", "-", "--", "—", "——", "－", "–", "─", "　")


def is_long(names: Iterable[str]) -> bool:
    """Whether a row of a frame with these columns is a cell, not a report."""
    return {*PLACE, "value"} <= {*names}


@define(eq=False, slots=False)
class Sheet:
    """One edition's cells in a frame: `names` are the columns, `kinds` how they are read, both by position.

    `probe` is a report of this shape. `sure` is false where a column stands for no cell alone, so that rows decide.
    """

    probe: Report
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    policy: str
    sure: bool

    @property
    def layout(self) -> Layout:
        """The cells, for the names that the columns give to open members."""
        return self.probe.layout

    def steps(self, nw: Any, at: int, prefix: str = "") -> Expr:
        """A cell's whole steps, null where it is blank or where rows must read it."""
        cell, column = self.layout.cells[at], nw.col(prefix + self.names[at])
        if cell.type.kind not in _COUNTED or not self.sure:
            return _unread(nw, column, cell)
        if self.kinds[at] == "text" and self._signed_marks:
            return _unread(nw, column, cell)
        return _READ.get(self.kinds[at], _unread)(nw, column, cell)

    def plain(self, at: int) -> bool:
        """Whether a column holds the steps of a cell as they are."""
        type = self.layout.cells[at].type
        return self.kinds[at] == "whole" and type.scale == 1 and type.kind in _COUNTED

    def blank(self, nw: Any, at: int, prefix: str = "") -> Expr:
        """Whether a cell is surely blank."""
        column = nw.col(prefix + self.names[at])
        if self.kinds[at] != "text":
            return column.is_null()
        return column.is_null() | column.cast(nw.String).is_in(self._blanks)

    def likely(self, nw: Any, at: int, prefix: str = "") -> Expr:
        """A cell's steps, with 0 for a blank that is read so, if it is no total: those need their parts."""
        steps, cell = self.steps(nw, at, prefix), self.layout.cells[at]
        if not self._zero(cell) or cell.total or not self.sure:
            return steps
        if self.kinds[at] in ("whole", "large"):
            return steps.fill_null(0)
        return nw.when(self.blank(nw, at, prefix)).then(nw.lit(0)).otherwise(steps)

    def settled(self, nw: Any, at: int, prefix: str = "") -> Expr:
        """A cell's steps under the policy for blanks, as a report is settled."""
        cell = self.layout.cells[at]
        if not self._zero(cell) or not cell.total:
            return self.likely(nw, at, prefix)
        empty = [
            self.blank(nw, part, prefix) | (self.steps(nw, part, prefix) == 0).fill_null(False)
            for part in self.layout.totals.get(at, ())
        ]
        nothing = joined(lambda a, b: a & b, [self.blank(nw, at, prefix), *empty], None)
        return nw.when(nothing).then(nw.lit(0)).otherwise(self.steps(nw, at, prefix))

    def odd(self, nw: Any, at: int, prefix: str = "") -> Expr | None:
        """Whether rows must read a cell; None where it is a whole number or blank."""
        if self.plain(at):
            return None
        return self.steps(nw, at, prefix).is_null() & ~self.blank(nw, at, prefix)

    def _zero(self, cell: Cell) -> bool:
        return (cell.said("blank") or self.policy) == "zero"

    @cached_property
    def _blanks(self) -> list[str]:
        """Printed signs of nothing that are no marks."""
        type, marks = self.layout.cells[0].type, self.layout.form.marks
        return [text for text in _BLANKS if read_printed(text, type, marks) == BLANK]

    @cached_property
    def _signed_marks(self) -> bool:
        """Whether a mark has a digit in it, so that only rows tell it from a number."""
        return any(char.isdigit() for mark in self.layout.form.marks for text in mark.texts for char in text)


def sheet(form: Form, year: int, schema: Mapping[str, Any], policy: str) -> Sheet:
    """The cells of a form in the columns of a frame; ReportError names those that are missing or cannot be read."""
    names = [name for name in schema if name not in BESIDE]
    try:
        probe = bind(form, {name: number for number, name in enumerate(names)}, year)
    except ReportError:
        raise ReportError([_missing(form, list(form.declared.cells), names)]) from None
    given = probe.given
    missing = [cell for cell in probe.cells if given[cell.position] is None]
    if missing:
        used = {names[number] for number in given if isinstance(number, int)}
        raise ReportError([_missing(form, missing, [name for name in names if name not in used])])
    sure = all(isinstance(number, int) for number in given)
    own = tuple(names[number] if isinstance(number, int) else "" for number in given)
    kinds = tuple(_kind(schema[name]) if name else "" for name in own)
    nested = [name for name, kind in zip(own, kinds, strict=True) if kind == "nested"]
    if nested:
        shown = say(", ").join(f"{name} ({schema[name]})" for name in nested[:_MAX_SHOWN])
        raise ReportError([Problem(say("columns of a type that holds no numbers: {columns}", columns=shown))])
    return Sheet(probe, own, kinds, policy, sure)


def _kind(dtype: Any) -> str:
    name = type(dtype).__name__ if not isinstance(dtype, type) else dtype.__name__
    return "nested" if name in _NESTED else _KINDS.get(name, "other")


def _missing(form: Form, cells: Sequence[Cell], unused: Sequence[str]) -> Problem:
    """The cells that no column stands for, each with the nearest name that is left over."""
    told = []
    for cell in cells[:_MAX_SHOWN]:
        near = get_close_matches(cell.key, unused, 1)
        told.append(say("{key} (found {near})", key=cell.key, near=near[0]) if near else cell.key)
    more = len(cells) - len(told)
    listed = say("; ").join([*told, *([say("and {more} more", more=more)] if more else [])])
    message = count(
        "the frame has no column for {n} cell of edition {edition}: {cells}",
        "the frame has no column for {n} cells of edition {edition}: {cells}",
        len(cells), edition=form.edition, cells=listed,
    )  # fmt: skip
    return Problem(message, hint=say("book.columns(year={year}) lists them all", year=form.first_year))


def _whole(nw: Any, column: Expr, cell: Cell) -> Expr:
    whole = column.cast(nw.Int64)
    return whole if cell.type.scale == 1 else _large(nw, column, cell)


def _large(nw: Any, column: Expr, cell: Cell) -> Expr:
    """Numbers that may not fit, so that they are looked at first."""
    most = LIMIT // cell.type.scale
    return nw.when((column >= -most) & (column <= most)).then(column).otherwise(None).cast(nw.Int64) * cell.type.scale


def _float(nw: Any, column: Expr, cell: Cell) -> Expr:
    """A float is the decimal of its shortest text, if that has the declared places."""
    scale, column = cell.type.scale, column.cast(nw.Float64)
    steps = (column * scale).round() if scale != 1 else column.round()
    # Polars would multiply by the reciprocal of a literal, which is not the same number.
    sure = (steps.abs() < LIMIT) & ((steps / (steps * 0 + scale) if scale != 1 else steps) == column)
    return nw.when(sure).then(steps).otherwise(None).cast(nw.Int64)


def _decimal(nw: Any, column: Expr, cell: Cell) -> Expr:
    return _digits(nw, column.cast(nw.String), cell, r"(\.0+)?")


def _text(nw: Any, column: Expr, cell: Cell) -> Expr:
    column = column.cast(nw.String)
    if cell.type.scale == 1 and nw.__name__ == "polars":  # which knows a cast that gives null where there is no number
        return column.cast(nw.Int64, strict=False)
    return _digits(nw, column, cell, "")


def _digits(nw: Any, column: Expr, cell: Cell, zeros: str) -> Expr:
    """Digits with no more decimals than are declared, few enough for a float to be exact."""
    places = cell.type.decimals
    if not places and not zeros:
        return nw.when(column.str.contains(r"^-?[0-9]{1,13}$")).then(column).otherwise(None).cast(nw.Int64)
    most = 15 - max(places, 6)
    pattern = rf"^-?[0-9]{{1,{most}}}(\.[0-9]{{1,{places}}}0*)?$" if places else rf"^-?[0-9]{{1,{most}}}{zeros}$"
    return _float(nw, nw.when(column.str.contains(pattern)).then(column).otherwise(None).cast(nw.Float64), cell)


def _unread(nw: Any, column: Expr, cell: Cell) -> Expr:
    """Nothing in every row; narwhals filters by no literal."""
    return nw.when(nw.col("year") != nw.col("year")).then(nw.lit(0)).cast(nw.Int64)


_READ: dict[str, Callable[[Any, Expr, Cell], Expr]] = {
    "whole": _whole, "large": _large, "float": _float, "decimal": _decimal, "text": _text,
}  # fmt: skip
