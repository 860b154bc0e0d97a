"""The reports of a frame by edition: which columns hold their cells, which plan checks them, and what comes before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from logging import getLogger
from typing import Any, Protocol

from attrs import define

from gouji.evaluation.columns import Columns, Expr, joined
from gouji.evaluation.plan import Plan
from gouji.findings.model import Result
from gouji.forms.form import Form
from gouji.forms.report import Report
from gouji.frames.reading import HEADS, Sheet, sheet
from gouji.messages import say
from gouji.sources import Problem, ReportError

BEFORE = "gouji/before/"
"""Stands before the names of the columns of the report of the year before."""
HAS = "gouji/has before"
AGENCY, YEAR = "gouji/agency", "gouji/year"
ODD = "odd"


class Editions(Protocol):
    """What a book gives to the check of a frame."""

    @property
    def title(self) -> str: ...
    def form(self, year: int | None = None, edition: str | None = None) -> Form: ...
    def plan(self, report: Report, previous: Report | None) -> Plan: ...
    def year(self, given: object, source: str = "") -> int | None: ...
    def bind(self, thing: object, *, year: int | None = None) -> Report: ...
    def check(self, report: Report, *, previous: Report | None = None, blank: str | None = None) -> Result: ...


@define(eq=False, slots=False)
class Group:
    """Reports of some years that one plan checks; `years` are as the frame gives them, with their numbers."""

    book: Editions
    blank: str | None
    years: dict[object, int]
    own: Sheet
    earlier: Sheet | None
    plan: Plan
    bare: Plan | None

    @property
    def first(self) -> int:
        """The slot of the first cell of the report before."""
        return len(self.own.names)

    @cached_property
    def slots(self) -> tuple[int, ...]:
        """The cells of the report before that some check reads, as positions there."""
        if self.earlier is None:
            return ()
        last = self.first + len(self.earlier.names)
        read = {slot for check in self.plan.checks for slot in check.slots if self.first <= slot < last}
        return tuple(slot - self.first for slot in sorted(read))

    @cached_property
    def needed(self) -> tuple[str, ...]:
        """The columns in which these stand, with the parts of totals that may be read as zero."""
        if self.earlier is None:
            return ()
        parts = [part for at in self.slots for part in (at, *self.earlier.layout.totals.get(at, ()))]
        return tuple(dict.fromkeys(self.earlier.names[at] for at in parts))

    def likely(self, nw: Any) -> Columns:
        """The checks over the columns of the frame themselves, to find the reports that surely pass."""

        def value(slot: int) -> Expr:
            if slot < self.first or self.earlier is None:
                return self.own.likely(nw, slot)
            return self.earlier.likely(nw, slot - self.first, BEFORE)

        before = nw.col(HAS).fill_null(False) if self.earlier else None
        return Columns(nw, self.plan, value, self.bare, before)

    def exactly(self, nw: Any) -> Columns:
        """The checks over columns `v0` …, `p0` … of settled steps."""

        def value(slot: int) -> Expr:
            return nw.col(f"v{slot}" if slot < self.first else f"p{slot - self.first}")

        return Columns(nw, self.plan, value, self.bare, nw.col(HAS) if self.earlier else None)

    def settled(self, nw: Any) -> list[Expr]:
        """The columns `v0` …, `p0` …, whether there is a report before, and whether rows must read the report."""
        odd = [one for at in range(self.first) if (one := self.own.odd(nw, at)) is not None]
        found = [self.own.settled(nw, at).alias(f"v{at}") for at in range(self.first)]
        if self.earlier:
            has = nw.col(HAS).fill_null(False)
            found += [self.earlier.settled(nw, at, BEFORE).alias(f"p{at}") for at in self.slots]
            parts = [self.earlier.names.index(name) for name in self.needed]
            odd += [one & has for at in parts if (one := self.earlier.odd(nw, at, BEFORE)) is not None]
            found.append(has.alias(HAS))
        return [*found, joined(lambda a, b: a | b, odd, nw.lit(False)).alias(ODD)]

    @cached_property
    def rowwise(self) -> bool:
        """Whether rows decide every report; it is told in the log which rules make them."""
        import narwhals as nw

        if not self.own.sure or (self.earlier and not self.earlier.sure):
            return True
        rules = self.likely(nw).rowwise
        if rules:
            message = say("rows decide every report: {rules} have no meaning in columns", rules=say(", ").join(rules))
            getLogger("gouji.evaluation").warning(message)
        return bool(rules)

    def names(self, which: Sheet, columns: Iterable[str]) -> list[str]:
        """The columns of which a report is bound."""
        return list(which.names) if which.sure else [n for n in columns if n not in HEADS and "gouji/" not in n]

    def result(self, row: Mapping[str, Any]) -> Result:
        """What the row engine says of one report, with the one before in the columns BEFORE."""
        year = self.years[row["year"]]
        report = self.book.bind({"tables": {name: row[name] for name in self.names(self.own, row)}}, year=year)
        previous = None
        if self.earlier and row[HAS]:
            names = self.names(self.earlier, row)
            previous = self.book.bind({"tables": {name: row[BEFORE + name] for name in names}}, year=year - 1)
        return self.book.check(report, previous=previous, blank=self.blank)


def groups(
    book: Editions, schema: Mapping[str, Any], given: Sequence[object], blank: str | None
) -> tuple[list[Group], dict[object, int]]:
    """The groups for the years of a frame; ReportError says what is wrong with years or columns."""
    years = {raw: number(book, raw) for raw in given}
    sheets: dict[int, Sheet] = {}
    kept: dict[int, Sheet] = {}
    for year in sorted(set(years.values())):
        form = book.form(year)
        if id(form) not in kept:
            kept[id(form)] = sheet(form, year, schema, blank or form.blank)
        sheets[year] = kept[id(form)]
    found: dict[tuple[int, int], Group] = {}
    for raw, year in years.items():
        own, earlier = sheets[year], sheets.get(year - 1) if "agency" in schema else None
        bare = book.plan(on(own, year), None)
        plan = book.plan(on(own, year), on(earlier, year - 1)) if earlier else bare
        key = (id(plan), id(bare))
        if key not in found:
            found[key] = Group(book, blank, {}, own, earlier, plan, bare if earlier else None)
        found[key].years[raw] = year
    return list(found.values()), years


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
