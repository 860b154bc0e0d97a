"""The editions of one form, ready to bind and to check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from attrs import define, evolve, field

from gouji.evaluation.ground import Counterparts
from gouji.evaluation.parts import gather
from gouji.evaluation.plan import Plan, plan
from gouji.evaluation.rows import evaluate
from gouji.findings.model import Result
from gouji.forms import binding
from gouji.forms.form import Form
from gouji.forms.labels import nearest
from gouji.forms.report import Report, settle
from gouji.language.core import Edition
from gouji.language.rulebook import load_editions
from gouji.messages import language, say
from gouji.sources import Problem, ReportError, RuleError, reason

if TYPE_CHECKING:
    from gouji.evaluation.fill import Filled
    from gouji.evaluation.waivers import Waiver
    from gouji.forms.document import Document

MAX_PLANS = 64


def rules_folder() -> Path:
    """The folder of bundled forms: inside the installed package, or at the project's root."""
    inside = Path(__file__).parent / "rules"
    return inside if inside.is_dir() else Path(__file__).resolve().parents[2] / "rules"


def bundled() -> list[str]:
    """The ids of the bundled forms."""
    folder = rules_folder()
    return sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []


def load(name: str | Path, *, functions: Mapping[str, Callable[..., object]] | None = None) -> Book:
    """The book of a bundled form, or of a .rules file or a folder of editions.

    `functions` are the Python functions that the rules declare, by name. Raises RuleError with every problem when the
    rules cannot be used.
    """
    editions = _editions(str(name))
    declared = dict.fromkeys(name for edition in editions for name, _, _ in edition.functions)
    missing = [name for name in declared if name not in (functions or {})]
    if missing:
        message = say("the rules call {names}, which is not registered", names=say(", ").join(missing))
        raise RuleError([Problem(message, hint=f"gouji.load(…, functions={{{missing[0]!r}: …}})")])
    return Book(editions, functions or {})


def load_edition(name: str) -> Edition:
    """One edition: a .rules file, or FORM@EDITION of a bundled form or of a folder of editions.

    Raises RuleError when there is none, or with every problem of its rules.
    """
    form, _, edition = name.rpartition("@")
    if Path(name).is_file() or not form:
        found = _editions(name)
        known = say(", ").join(f"{name}@{one.form.edition}" for one in found)
        if len(found) > 1:
            message = say("{name} has {number} editions", name=name, number=len(found))
            raise RuleError([Problem(message, hint=say("name one: {known}", known=known))])
        return found[0]
    found = _editions(form)
    for one in found:
        if one.form.edition == edition:
            return one
    known = say(", ").join(one.form.edition for one in found)
    message = say("no edition of {title} is called {edition}", title=form, edition=edition)
    raise RuleError([Problem(message, hint=say("there is: {known}", known=known))])


def _editions(name: str) -> tuple[Edition, ...]:
    """The editions of a bundled form, a folder or a file."""
    bundle = name in bundled()
    path = rules_folder() / name if bundle else Path(name)
    if not path.exists():
        hint = nearest(name, bundled()) or say("bundled: {known}", known=say(", ").join(bundled()))
        raise RuleError([Problem(say("there is no form and no file {name}", name=name), hint=hint)])
    return load_editions(path, Path(__file__).parent / "ready" if bundle else None)


@define(eq=False)
class Book:
    """The editions of one form."""

    editions: tuple[Edition, ...]
    functions: Mapping[str, Callable[..., object]] = field(factory=dict, repr=False)
    _plans: dict[tuple[int, int, int, int, str], Plan] = field(factory=dict, init=False, repr=False)
    _dated: bool = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Notes whether a rule holds for some years alone, so that plans differ by year."""
        self._dated = any(rule.years != (0, None) for edition in self.editions for rule in edition.rules)

    @property
    def id(self) -> str:
        """The form's id, the name of its folder."""
        return self.editions[0].form.id

    @property
    def title(self) -> str:
        """The form's title in its newest edition."""
        return self.editions[-1].form.title

    def form(self, year: int | None = None, edition: str | None = None) -> Form:
        """The form for a year, or by the name of its edition; ReportError when there is none."""
        for candidate in (e.form for e in self.editions):
            if candidate.edition == edition or (edition is None and year is not None and candidate.covers(year)):
                return candidate
        if edition is None and year is None:
            hint = say("give it as year, or --year")
            raise ReportError([Problem(say("the year of the report is not known"), hint=hint)])
        called = say("no edition of {title} is called {edition}", title=self.title, edition=edition)
        covers = say("no edition of {title} covers {year}", title=self.title, year=year)
        spans = [say("{edition} for {years}", edition=e.form.edition, years=e.form.years) for e in self.editions]
        hint = say("there is: {known}", known=say("; ").join(spans))
        raise ReportError([Problem(covers if edition is None else called, hint=hint)])

    def columns(self, year: int | None = None) -> list[str]:
        """The keys of all cells in the order of the form for `year`, or of the newest edition."""
        form = self.editions[-1].form if year is None else self.form(year)
        return [cell.key for cell in form.cells]

    def bind(
        self, thing: object, *, year: int | None = None, agency: str = "", edition: str | None = None, source: str = ""
    ) -> Report:
        """A report from a mapping, dataclass, attrs or pydantic object, plain object or row.

        Keys spell names of the rule file or official labels; what leads nowhere is in `unplaced`. Raises ReportError
        when the year is unknown, contradicted or outside every edition, or when no cell is found.
        """
        whole = binding.envelope(thing)
        stated = self.year(whole.get("year"), source)
        year = self.year(year, source)
        if year is not None and stated is not None and year != stated:
            message = say("the report says year {stated}, asked for {year}", stated=stated, year=year)
            raise ReportError([Problem(message, place=source)])
        if whole.get("form") not in (None, self.id, self.title):
            message = say("the report is on the form {form}, these rules are on {id}", form=whole["form"], id=self.id)
            raise ReportError([Problem(message, place=source)])
        when = stated if year is None else year
        name = agency or str(whole.get("agency") or "")

        def on(form: Form) -> Report:
            return binding.bind(form, whole["tables"], when or form.first_year, name, source)

        report = self.fitting(self.form(when, edition), edition, on)
        report = evolve(report, notes=report.notes + binding.beside(whole))
        if isinstance(narrative := whole.get("narrative"), Mapping):
            report = binding.with_narrative(report, narrative)
        left = whole.get("unplaced")
        if isinstance(left, list):  # as gouji read shows what it did not place
            report = evolve(report, unplaced=(*report.unplaced, *(str(item) for item in left)))
        notes = whole.get("notes")
        return binding.with_remarks(report, notes) if isinstance(notes, Mapping) else report

    def fitting(self, form: Form, edition: str | None, on: Callable[[Form], Report]) -> Report:
        """The report on its year's edition, or with a note on another whose tables it prints; `edition` is final."""
        report, error = None, None
        try:
            report = on(form)
        except ReportError as raised:
            error = raised
        if report and (edition is not None or len(report.places) == len(report.cells)):
            return report
        best = report
        for other in (one.form for one in self.editions if one.form is not form and edition is None):
            with suppress(ReportError):
                rival = on(other)
                # A cell or two may be a slip; the tables of another edition are many.
                if best is None or _telling(rival, best.form) > 2 * _telling(best, other) + 1:
                    best = rival
        if best is None:
            assert error is not None
            raise error
        if best is report:
            return best
        note = say(
            "the tables are those of edition {edition}, where {year} has edition {other}",
            edition=best.form.edition,
            year=best.year,
            other=form.edition,
        )
        return evolve(best, notes=(*best.notes, note))

    def year(self, given: object, source: str = "") -> int | None:
        """The number of a year as data give it, such as `2024`, `2024.0`, `2024年度`; ReportError where it is none."""
        if given is None:
            return None
        text = str(given).strip().removesuffix("年度").removesuffix("年").removesuffix(".0")
        if isinstance(given, bool) or not text.isdecimal() or len(text) > 4:
            raise ReportError([Problem(say("year is a whole number, found {given!r}", given=given), place=source)])
        return int(text)

    def check(
        self,
        report: Report,
        *,
        previous: Report | None = None,
        parts: Iterable[Report] | None = None,
        complete: bool = True,
        blank: str | None = None,
        waivers: Sequence[Waiver] = (),
    ) -> Result:
        """Every check of the report's edition, decided.

        `previous` is the same body's report of the year before. `parts` are the reports that add up to this one, all of
        them or, where they are not `complete`, some: then a sum is at least what they give. `blank` is `unknown` or
        `zero` and overrides the edition; `waivers` lift failures until they expire. What is not used is told in a note.
        """
        before, notes = self._before(report, previous)
        if waivers:
            from datetime import date  # only a waiver needs the day

            today = date.today()
            expired = (waiver for waiver in waivers if waiver.until < today)
            notes += tuple(say("the waiver of {rule} expired on {day}", rule=w.rule, day=w.until) for w in expired)
            waivers = [waiver for waiver in waivers if waiver.until >= today]
        settled, assumed = self._settled(report, blank)
        earlier = self._settled(before, blank)[0] if before else None
        total = None
        if parts is not None:
            total, told = gather(
                settled, parts, complete, lambda part: self._settled(part, blank)[0], self._onto(settled)
            )
            notes += told if total.count else (*told, say("none of the parts is used"))
        plan = self.plan(settled, earlier, total.count if total else 0)
        added = total.report(report.year) if total and total.count else None
        evaluation = evaluate(plan, settled, earlier, assumed, self.functions, waivers, added)
        return Result(evaluation, notes)

    def check_frame(self, frame: Any, *, blank: str | None = None, counts: bool = False) -> Any:
        """What does not pass in many reports: a frame of the same kind, a row for each such check.

        `frame` is one of polars, eager or lazy, pandas, pyarrow, DuckDB or Spark, with the columns `report`, `year`,
        `agency` where there is one, and one for each of `columns()`; or with `table`, `row`, `column` and `value`. The
        report of the same agency and the year before in the frame is the previous one, and those that name its agency
        in `part_of` are its parts. Verdicts are those of `check` on each report. With `counts` the answer is a pair:
        the frame, and severity and the seven counts of each rule, as `Result.rules` has them. Raises ReportError where
        columns are missing or cannot be read.
        """
        from gouji.frames.engines import check_frame

        return check_frame(self, frame, blank, counts)

    def explain(self, frame: Any, report: object, *, blank: str | None = None) -> Result:
        """The full result of one report of a frame, by its name in the column `report`.

        Raises ReportError when the frame holds none of this name, or several.
        """
        from gouji.frames.explaining import explain

        return explain(self, frame, report, blank)

    def fill(self, report: Report, *, previous: Report | None = None, blank: str | None = None) -> Filled:
        """The report with what is blank and determined computed, and which rule fixed each cell.

        An equality with one missing cell fixes it, again and again; where two rules want different values the cell
        stays blank and both are told in `conflicts`. Verdicts are those of the report as printed: check that one.
        """
        from gouji.evaluation.fill import fill

        before, _ = self._before(report, previous)
        settled, _ = self._settled(report, blank)
        earlier = self._settled(before, blank)[0] if before else None
        return fill(self.plan(settled, earlier), settled, earlier)

    def _before(self, report: Report, previous: Report | None) -> tuple[Report | None, tuple[str, ...]]:
        """The report of the period before, where it is that; else a note."""
        if previous is None:
            return None, ()
        if previous.form.id != report.form.id:
            return None, (say("the previous report is on {title}, and is not used", title=previous.form.title),)
        if previous.agency and report.agency and not binding.same_name(previous.agency, report.agency, report.form):
            of = {"agency": previous.agency, "other": report.agency}
            return None, (say("the previous report is of {agency}, not of {other}, and is not used", **of),)
        if previous.year == report.year - 1:
            return previous, ()
        years = {"year": previous.year, "other": report.year - 1}
        return None, (say("the previous report is of {year}, not of {other}, and is not used", **years),)

    def _settled(self, report: Report, blank: str | None) -> tuple[Report, tuple[int, ...]]:
        """The report under the policy for blanks of the run or of its edition, and what is assumed to be zero."""
        if blank not in (None, "unknown", "zero"):
            raise ValueError(say("blank is 'unknown' or 'zero', not {blank!r}", blank=blank))
        return settle(report, blank or report.form.blank) if report.states else (report, ())

    def _onto(self, report: Report) -> Callable[[Form], Counterparts | None]:
        """What of other editions stands for each cell of a report alone."""
        kept: dict[int, Counterparts | None] = {id(report.form): None}

        def found(form: Form) -> Counterparts | None:
            if id(form) not in kept:
                from gouji.language.counterparts import mapping

                both = mapping(self._edition(report.form), self._edition(form))[0]
                together = {key for key, group in both.groups.items() if len(group) > 1}
                kept[id(form)] = {key: None if key in together else keys for key, keys in both.cells.items()}
            return kept[id(form)]

        return found

    def plan(self, report: Report, previous: Report | None, parts: int = 0) -> Plan:
        """The plan for the shape of the report, made once: layouts are kept by their forms, and plans keep layouts."""
        spoken = language() if parts else ""  # the rule of the parts is a sentence of the tool's own
        last = id(previous.layout) if previous else 0
        key = (id(report.layout), last, report.year if self._dated else 0, parts, spoken)
        found = self._plans.get(key)
        if found is None:
            if len(self._plans) >= MAX_PLANS:
                self._plans.clear()
            edition = self._edition(report.form)
            earlier = previous.layout if previous else None
            cells = self._counterparts(edition, earlier.form) if earlier else None
            found = plan(edition, report.layout, earlier, report.year, cells, parts)
            self._plans[key] = found
        return found

    def _counterparts(self, edition: Edition, older: Form) -> Counterparts | None:
        """What stands for the cells of an edition in another one; None where both are the same."""
        if edition.form is older:
            return None
        from gouji.language.counterparts import mapping  # most runs have one edition

        return mapping(edition, self._edition(older))[0].cells

    def _edition(self, form: Form) -> Edition:
        for edition in self.editions:
            if (edition.form.id, edition.form.edition) == (form.id, form.edition):
                return edition
        on = {"id": form.id, "edition": form.edition, "other": self.id}
        message = say("the report is on {id}, edition {edition}; these rules are on {other}", **on)
        raise ReportError([Problem(message, hint=say("bind the report with the book that checks it"))])

    def blank_report(self, year: int | None = None) -> dict[str, Any]:
        """An empty report to fill in, as plain data; an open row stands under its label."""
        form = self.editions[-1].form if year is None else self.form(year)
        tables: dict[str, Any] = {}
        for cell in form.declared.cells:
            rows = "/".join(member.labels[0] for member in cell.rows)
            columns = "/".join(member.labels[0] for member in cell.columns)
            headings = cell.table.blocks[cell.block].headings
            row = "/".join((*headings[:1], rows))
            tables.setdefault(cell.table.labels[0], {}).setdefault(row, {})[columns] = None
        return {"form": self.id, "year": year or form.first_year, "agency": "", "tables": tables}


def _telling(report: Report, other: Form) -> int:
    """How many cells a report gives that another edition does not have."""
    unread = {at for at, state in report.states.items() if state.kind == "unreadable"}
    given = report.places.keys() - unread
    own = (cell for cell in report.cells if cell.position in given)
    return sum((cell.table.name, *cell.declared) not in other.declared.at for cell in own)


def read(
    document: str | Path | bytes | IO[bytes], book: Book, *, year: int | None = None, edition: str | None = None
) -> Report:
    """The report in a document: Word, Excel, a web page, a PDF, plain text, values between delimiters, or JSON.

    Agency and year are read from the title. Raises ReportError with what to do when the document cannot be used.
    """
    if isinstance(document, bytes):
        data, name = document, "document"
    elif isinstance(document, (str, Path)):
        name = str(document)
        try:
            data = Path(document).read_bytes()
        except (OSError, ValueError) as error:
            why = reason(error) if isinstance(error, OSError) else str(error)
            raise ReportError([Problem(say("cannot be read: {reason}", reason=why), place=name)]) from None
    else:
        data, name = document.read(), str(getattr(document, "name", "document"))
    from gouji.forms import readers  # data that is bound needs none of them

    try:
        return _recognise(readers.read(data, name), name, book, year, edition)
    except ReportError as error:
        raise ReportError(p if p.place else evolve(p, place=name) for p in error.problems) from None


def _recognise(
    found: Document | dict[str, Any], name: str, book: Book, year: int | None, edition: str | None
) -> Report:
    """The report in what a reader gave: its form by the year, its cells by their labels."""
    if isinstance(found, dict):
        return book.bind(found, year=year, edition=edition, source=name)
    from gouji.forms.match import identity, match

    known = identity(found, book.title)
    notes = known.notes
    if year is not None and known.year not in (None, year):
        notes = (*notes, say("the document says {year}, read as {other}", year=known.year, other=year))
    when = known.year if year is None else year
    if not known.titled and year is None and edition is None:
        hint = say("is this the report? give its --year")
        raise ReportError([Problem(say("no line holds the title {title}", title=book.title), place=name, hint=hint)])
    form = book.form(when, edition)
    report = book.fitting(form, edition, lambda one: match(found, one, when or form.first_year, known.agency))
    return evolve(report, notes=found.notes + report.notes + notes)
