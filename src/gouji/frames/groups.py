"""The reports of a frame by edition: which columns hold their cells, which plan checks them, and what comes before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, partial
from itertools import product
from logging import getLogger
from typing import Any, Protocol

from attrs import define

from gouji.evaluation.column_trees import Expr, joined
from gouji.evaluation.columns import Columns
from gouji.evaluation.plan import Plan
from gouji.findings.model import Result
from gouji.forms.form import Form
from gouji.forms.report import Report
from gouji.frames.reading import BESIDE, PART, Sheet, sheet
from gouji.messages import say
from gouji.sources import Problem, ReportError

BEFORE = "gouji/before/"
"""Stands before the names of the columns of the report of the year before."""
HAS, ODD_BEFORE = "gouji/has before", "gouji/odd before"
AGENCY, YEAR = "gouji/agency", "gouji/year"
BODY, PARTS = "gouji/body", "gouji/parts"
"""Whose report a part is, and the parts of a report, a list of rows."""
ODD = "odd"


class Editions(Protocol):
    """What a book gives to the check of a frame."""

    @property
    def title(self) -> str: ...
    def form(self, year: int | None = None, edition: str | None = None) -> Form: ...
    def plan(self, report: Report, previous: Report | None, parts: int = 0) -> Plan: ...
    def year(self, given: object, source: str = "") -> int | None: ...
    def bind(self, thing: object, *, year: int | None = None) -> Report: ...
    def check(
        self, report: Report, *, previous: Report | None = None, parts: Iterable[Report] | None = None,
        blank: str | None = None,
    ) -> Result: ...  # fmt: skip


@define(eq=False, slots=False)
class Group:
    """Reports of some years that one plan checks; `years` are as the frame gives them, with their numbers.

    `bare` is the plan of those among them that have no report before.
    """

    book: Editions
    blank: str | None
    years: dict[object, int]
    own: Sheet
    earlier: Sheet | None
    plan: Plan
    bare: Plan
    whole: bool = False
    """Whether the parts of these reports are in the frame; columns only see them pass, rows tell the others."""
    long: bool = False
    """Whether a row of the frame was a cell, so that a cell without a value is one that is not given."""
    counting: bool = False
    """Whether what does not apply is told too."""
    rowwise: bool = False
    """Whether rows decide every report."""

    @cached_property
    def slots(self) -> tuple[int, ...]:
        """The cells of the report before that some check reads, as positions there."""
        return self._read("previous")

    @cached_property
    def summed(self) -> tuple[int, ...]:
        """The cells that some check reads summed over the parts."""
        return self._read("part")

    def _read(self, source: str) -> tuple[int, ...]:
        read = (self.plan.slots[slot] for check in self.plan.checks for slot in check.slots)
        return tuple(sorted({slot.cell.position for slot in read if slot.source == source}))

    def likely(self, nw: Any) -> Columns:
        """The checks over the columns of the frame, to find the reports that surely pass."""
        return self._columns(nw, partial(self.own.likely, nw))

    def read(self, nw: Any) -> list[Expr]:
        """The columns of steps that `over_read` asks for: what is not read at once is read once, not for each check."""
        cells = range(len(self.own.names))
        return [self.own.likely(nw, at).alias(_read(at)) for at in cells if not self.own.plain(at)]

    def over_read(self, nw: Any) -> Columns:
        """The checks of `likely` over the columns of `read`."""
        return self._columns(nw, lambda at: self.own.likely(nw, at) if self.own.plain(at) else nw.col(_read(at)))

    def exactly(self, nw: Any) -> Columns:
        """The checks over the columns of `settled`."""
        return self._columns(nw, lambda at: nw.col(f"v{at}"))

    def _columns(self, nw: Any, own: Callable[[int], Expr]) -> Columns:
        def checks(plan: Plan, *more: Any) -> Columns:
            def value(number: int) -> Expr:
                slot = plan.slots[number]
                named = {"previous": _previous, "part": over_parts}.get(slot.source)
                return nw.col(named(slot.cell.position)) if named else own(number)

            return Columns(nw, plan, value, *more)

        if self.earlier is None:
            return checks(self.plan)
        return checks(self.plan, checks(self.bare), nw.col(HAS).fill_null(False))

    def settled(self, nw: Any) -> list[Expr]:
        """The columns `v0` … of settled steps, those of `linked`, and whether rows must read the report."""
        cells = range(len(self.own.names))
        odd = [one for at in cells if (one := self.own.odd(nw, at)) is not None]
        found = [self.own.settled(nw, at).alias(f"v{at}") for at in cells]
        if self.earlier:
            has = nw.col(HAS).fill_null(False)
            odd.append(has & nw.col(ODD_BEFORE))
            found += [*(nw.col(_previous(at)) for at in self.slots), has.alias(HAS)]
        return [*found, joined(lambda a, b: a | b, odd, nw.lit(False)).alias(ODD)]

    def linked(self, nw: Any) -> list[Expr]:
        """What is asked of the report before: settled steps, and whether rows must read them."""
        assert self.earlier is not None
        steps = [self.earlier.settled(nw, at).alias(_previous(at)) for at in self.slots]
        parts = dict.fromkeys(part for at in self.slots for part in (at, *self.earlier.layout.totals.get(at, ())))
        odd = [one for at in parts if (one := self.earlier.odd(nw, at)) is not None]
        return [*steps, joined(lambda a, b: a | b, odd, nw.lit(False)).alias(ODD_BEFORE)]

    def without_columns(self, nw: Any) -> bool:
        """Whether rows must decide every report; it is told in the log which rules make them."""
        if not self.own.sure or (self.earlier and not self.earlier.sure):
            return True
        rules = self.likely(nw).rowwise
        if rules:
            message = say("rows decide every report: {rules} have no meaning in columns", rules=say(", ").join(rules))
            getLogger("gouji.evaluation").warning(message)
        return bool(rules)

    def names(self, which: Sheet, columns: Iterable[str]) -> list[str]:
        """The columns of which a report is bound."""
        return list(which.names) if which.sure else [n for n in columns if n not in BESIDE and "gouji/" not in n]

    def result(self, row: Mapping[str, Any]) -> Result:
        """What the row engine says of one report, with the one before in the columns BEFORE."""
        year = self.years[row["year"]]
        report = self._bound(self.own, row, year)
        previous = None
        if self.earlier and row[HAS]:
            previous = self._bound(self.earlier, row, year - 1, BEFORE)
        parts = None
        if self.whole:
            rows = ((part[BODY], part) for part in row[PARTS])
            parts = [self._bound(self.own, part, year) for part in once_each(rows)]
        return self.book.check(report, previous=previous, parts=parts, blank=self.blank)

    def _bound(self, which: Sheet, row: Mapping[str, Any], year: int, prefix: str = "") -> Report:
        """The report in a row."""
        cells = {name: row[prefix + name] for name in self.names(which, row)}
        if self.long and not which.sure:  # another report may name the same cell in another way
            cells = {name: value for name, value in cells.items() if value is not None} or cells
        return self.book.bind({"tables": cells}, year=year)


def once_each(rows: Iterable[tuple[object, Mapping[str, Any]]]) -> list[Mapping[str, Any]]:
    """The first row of each body by the name of its report; what names no body is a body of its own."""
    found: dict[object, Mapping[str, Any]] = {}
    for body, row in sorted(rows, key=lambda pair: str(pair[1]["report"])):
        found.setdefault(body or id(row), row)
    return list(found.values())


def groups(
    book: Editions,
    schema: Mapping[str, Any],
    given: Sequence[object],
    blank: str | None,
    nw: Any,
    long: bool,
    counting: bool,
) -> tuple[list[Group], dict[object, int]]:
    """The groups for the years of a frame; ReportError says what is wrong with years or columns.

    A year without one before in the frame is in a group with others, where the checks are the same.
    """
    years = {raw: number(book, raw) for raw in given}
    sheets: dict[int, Sheet] = {}
    kept: dict[int, Sheet] = {}
    for year in sorted(set(years.values())):
        form = book.form(year)
        if id(form) not in kept:
            kept[id(form)] = sheet(form, year, schema, blank or form.blank)
        sheets[year] = kept[id(form)]
    found: list[Group] = []
    before = sheets if "agency" in schema else {}
    wholes = (False, True) if {PART, "agency"} <= schema.keys() else (False,)
    for whole, (raw, year) in product(wholes, sorted(years.items(), key=lambda item: item[1] - 1 not in before)):
        own, earlier = sheets[year], before.get(year - 1)
        bare = book.plan(on(own, year), None, int(whole))
        plan = book.plan(on(own, year), on(earlier, year - 1), int(whole)) if earlier else bare
        group = next((one for one in found if one.bare is bare and (one.plan is plan or not earlier)), None)
        if group is None:
            group = Group(book, blank, {}, own, earlier, plan, bare, whole, long, counting)
            group.rowwise = group.without_columns(nw)
            found.append(group)
        group.years[raw] = year
    return found, years


def _previous(at: int) -> str:
    """The column of the settled steps of a cell of the report before."""
    return f"gouji/p{at}"


def _read(at: int) -> str:
    """The column of the likely steps of a cell."""
    return f"gouji/l{at}"


def over_parts(at: int) -> str:
    """The column of the settled steps of a cell, summed over the parts."""
    return f"gouji/s{at}"


def on(sheet: Sheet, year: int) -> Report:
    """A report of the sheet's shape for a year."""
    from attrs import evolve

    return evolve(sheet.probe, year=year)


def number(book: Editions, raw: object) -> int:
    """The number of a year as the frame gives it."""
    year = book.year(raw)
    if year is None:
        raise ReportError([Problem(say("the column year is blank in some rows"))])
    return year
