"""What the page shows of a result: boxes of the form with what is found in them, findings, marked prose."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from attrs import evolve, field, frozen

from gouji.findings.explain import Finding
from gouji.findings.formula import value_text
from gouji.findings.layout import Sheet, sheets
from gouji.findings.rendered import RANK, Rendered, by_weight
from gouji.findings.words import balance, headline, outcome_word, place_word, rule_word, severity_word
from gouji.forms.form import Cell
from gouji.forms.report import Mention, Report
from gouji.language.core import CELLS
from gouji.messages import count, say

MAX_FINDINGS = 12
"""So many findings of one rule and outcome are listed; the others are told as one, and mark their cells as well."""
MAX_EVIDENCE = 12
MAX_TEXT = 200
_COUNTS = ("pass", "fail", "undetermined", "not_applicable", "waived", "error")
SIGNS = {"fail": "✗", "unreadable": "⚠", "error": "!", "undetermined": "?", "waived": "~", "beside": "·",
         "assumed": "∅", "filled": "+", "pass": "✓"}  # fmt: skip
"""Each state has a sign, so that none is told by its colour alone."""


@frozen
class Shown:
    """A finding as an entry beside the form; `cells` are the ids of those that it marks.

    `more` says how many others of its rule and outcome it stands for; then it tells nothing but that.
    """

    id: str
    finding: Finding
    where: str
    cells: tuple[str, ...]
    evidence: tuple[tuple[str, str, str, str], ...]
    """Of each cell its id (none where it is of another report), label, what is printed, and place."""
    more: int = 0

    @property
    def state(self) -> str:
        """The outcome, or that a cell cannot be read."""
        return "unreadable" if (self.finding.rule, self.finding.outcome) == (CELLS, "error") else self.finding.outcome

    @property
    def others(self) -> str:
        """How many other findings it stands for."""
        return count("and {n} more of this rule", "and {n} more of this rule", self.more)

    @property
    def rule(self) -> str:
        """What the rule is called."""
        return rule_word(self.finding.rule)

    @property
    def said(self) -> str:
        """How many cells there are."""
        return count("{n} cell", "{n} cells", len(self.finding.cells))


@frozen
class Mark:
    """What a cell shows beside its value: its state, the findings that name it."""

    state: str
    findings: tuple[str, ...] = ()
    strong: bool = False
    assumed: bool = False
    """Whether it is the cell to look at first: several identities break there, or it is wrong by itself."""

    @property
    def style(self) -> str:
        """Its classes."""
        return f"{self.state} strong" if self.strong else self.state

    @property
    def sign(self) -> str:
        """The sign of the state, with how many identities break where it is more than one."""
        several = self.state == "fail" and len(self.findings) > 1
        zero = SIGNS["assumed"] if self.assumed and self.state != "assumed" else ""
        return SIGNS[self.state] + (str(len(self.findings)) if several else "") + zero


@frozen
class View:
    """One report as the page shows it."""

    id: str
    result: Rendered = field(repr=False)
    title: str
    sheets: tuple[Sheet, ...]
    values: Sequence[str]
    marks: Mapping[int, Mark]
    findings: tuple[Shown, ...]
    prose: tuple[tuple[str, tuple[tuple[str, Mark | None, str], ...]], ...]
    """Of each section its title and its text in pieces: the text, its mark, the id of a figure."""
    notes: tuple[str, ...]
    rules: tuple[tuple[str, str, dict[str, Any]], ...]

    @property
    def report(self) -> Report:
        """The report that was checked."""
        return self.result.report

    @property
    def headline(self) -> str:
        """Form, edition, agency and year."""
        return headline(self.report)

    @property
    def states(self) -> set[str]:
        """The states that occur, for the key to the signs."""
        inside = {mark.state for _, pieces in self.prose for _, mark, _ in pieces if mark}
        return inside | {mark.state for mark in self.marks.values()}

    @property
    def balance(self) -> str:
        """The counts in a sentence."""
        return balance(self.result.counts)

    @property
    def broken(self) -> int:
        """How many checks fail or are in error."""
        return self.result.counts["fail"] + self.result.counts["error"]


def view(result: Rendered, name: str) -> View:
    """The view of a result; `name` begins the ids of its cells and findings."""
    report = result.report
    found = by_weight(result.findings)
    places = {cell.key: f"{name}-c{cell.position}" for cell in report.cells}
    figures = {cell.key: f"{name}-p{cell.position}" for cell in report.form.figures}
    shown = tuple(_listed([_shown(f, f"{name}-f{n}", places, figures) for n, f in enumerate(found)]))
    named = _named(shown)
    return View(
        name, result, report.agency or report.source or report.form.title, sheets(report.cells), _values(result),
        dict(_marks(result, name, named)), shown,
        tuple(_prose(report, name, named)), tuple(_notes(result)),
        tuple((rule_word(rule), severity_word(counts["severity"]), counts) for rule, counts in result.rules.items()),
    )  # fmt: skip


def _shown(found: Finding, id: str, places: Mapping[str, str], figures: Mapping[str, str]) -> Shown:
    where = {"this": places, "figure": figures}
    ids = [where.get(cell.source, {}).get(cell.cell, "") for cell in found.cells]
    both = list(zip(ids, found.cells, strict=True))
    if len(both) > MAX_EVIDENCE and found.outcome != "fail":  # what is missing decides; the others light up in the form
        both = sorted(both, key=lambda pair: pair[1].value is not None)[:MAX_EVIDENCE]
    evidence = tuple((at, c.label, _short(c.printed or c.value or ""), c.place * (c.place != c.cell)) for at, c in both)
    said = say(", ").join(f"{place_word(axis)} {name}" for axis, name in found.at.items())
    return Shown(id, found, said, tuple(dict.fromkeys(filter(None, ids))), evidence)


def _listed(shown: Sequence[Shown]) -> Iterator[Shown]:
    """The findings that are told, and one that stands for the others of a rule."""
    for _, group in groupby(shown, key=lambda one: (one.finding.rule, one.finding.outcome)):
        own = list(group)
        yield from own[:MAX_FINDINGS]
        if rest := own[MAX_FINDINGS:]:
            cells = tuple(dict.fromkeys(id for one in rest for id in one.cells))
            yield evolve(rest[0], where="", cells=cells, evidence=(), more=len(rest))


def _short(text: str) -> str:
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}…"


def _named(shown: Iterable[Shown]) -> dict[str, list[Shown]]:
    """The findings that name each cell or figure, by its id."""
    named: dict[str, list[Shown]] = defaultdict(list)
    for one in shown:
        for id in one.cells:
            named[id].append(one)
    return named


def _values(result: Rendered) -> list[str]:
    """What stands in each cell: as it is printed, or what was computed for it."""
    report = result.report
    values = [_short(_value(report, cell)) for cell in report.cells]
    for at in result.filled.rules if result.filled else ():
        values[at] = result.filled.report.text(report.cells[at]) or "" if result.filled else ""
    return values


def _value(report: Report, cell: Cell) -> str:
    """What is printed in a cell; a day, a code, or yes or no that was given as a number as it is called."""
    printed = report.printed(cell).strip()
    told = cell.type.kind in ("date", "code", "yesno") and cell.position not in report.states and printed.isdecimal()
    return value_text(report.values[cell.position], cell.type) if told else printed


def _marks(result: Rendered, name: str, named: Mapping[str, list[Shown]]) -> Iterator[tuple[int, Mark]]:
    report, assumed = result.report, set(result.evaluation.assumed)
    filled = set(result.filled.rules) if result.filled else set()
    for cell in report.cells:
        own = named.get(f"{name}-c{cell.position}", ())
        state = _worst(own)
        zero = cell.position in assumed
        if state in ("", "undetermined", "waived") and zero:
            state = "assumed"
        if state in ("", "undetermined") and cell.position in filled:
            state = "filled"
        if state == "undetermined" and cell.position not in report.states:
            state = "beside"
        alone = any(one.finding.rule == CELLS for one in own)
        strong = alone or (state == "fail" and len(own) > 1)
        if state:
            yield cell.position, Mark(state, tuple(one.id for one in own), strong, zero)


def _worst(findings: Iterable[Shown]) -> str:
    return min((one.state for one in findings), key=("unreadable", *RANK).index, default="")


def _prose(
    report: Report, name: str, named: Mapping[str, list[Shown]]
) -> Iterator[tuple[str, tuple[tuple[str, Mark | None, str], ...]]]:
    """The sections of prose in pieces, those that state a figure marked."""
    for section in report.form.narratives:
        text = report.prose.get(section.name, "")
        stated = [
            (*spot, f"{name}-p{at}")
            for at, mentions in report.figures.items()
            if report.form.figures[at].table.name == section.name
            for mention in mentions
            for spot in _spots(text, mention)
        ]
        if text:
            yield section.labels[0], tuple(_pieces(text, sorted(stated), named))


def _spots(text: str, mention: Mention) -> Iterator[tuple[int, int]]:
    """Where a text states a figure: in each place of its sentence."""
    before, found, behind = mention.sentence.partition(f"【{mention.printed}】")
    at = text.find(sentence := before + mention.printed + behind) if found else -1
    while at >= 0:
        yield at + len(before), at + len(before) + len(mention.printed)
        at = text.find(sentence, at + len(sentence))


def _pieces(
    text: str, stated: Sequence[tuple[int, int, str]], named: Mapping[str, list[Shown]]
) -> Iterator[tuple[str, Mark | None, str]]:
    end, seen = 0, {""}
    for first, last, id in stated:
        if first >= end:  # one place may state two figures; the first has it
            own = named.get(id, ())
            yield text[end:first], None, ""
            mark = Mark(_worst(own) or "pass", tuple(one.id for one in own))
            yield text[first:last], mark, "" if id in seen else id
            seen.add(id)
            end = last
    yield text[end:], None, ""


def _notes(result: Rendered) -> Iterator[str]:
    plain = result.to_dict()
    for cell in plain.get("filled", ()):
        yield say("{cell} is {value}, by {rule}", **cell)
    yield from (say("not placed: {key}", key=key) for key in plain["unplaced"])
    yield from plain["notes"]


def overview(views: Sequence[View]) -> dict[str, Any]:
    """What is said of all reports together: how many of each status, and what can be filtered."""
    findings = [one.finding for one in (shown for view in views for shown in view.findings)]
    statuses = Counter(view.result.status for view in views)
    return {
        "reports": count("{n} report", "{n} reports", len(views)),
        "statuses": [(status, outcome_word(status), statuses[status]) for status in ("fail", "undetermined", "pass")],
        "outcomes": [(o, outcome_word(o)) for o in RANK if any(f.outcome == o for f in findings)],
        "severities": [(s, severity_word(s)) for s in sorted({f.severity for f in findings})],
        "rule_names": sorted({(f.rule, rule_word(f.rule)) for f in findings}),
        "columns": [(column, outcome_word(column)) for column in _COUNTS],
        "signs": SIGNS,
    }


def words() -> dict[str, str]:
    """What the page says beside the words of form and rules."""
    return {
        "title": say("Check of reports"), "reports": say("Reports"), "agency": say("agency"), "year": say("year"),
        "file": say("file"), "status": say("status"), "edition": say("edition"), "rule": say("rule"),
        "rules": say("Rules"), "severity": say("severity"), "findings": say("Findings"),
        "none": say("Nothing to tell."),
        "all": say("all"), "outcome": say("outcome"), "search": say("search"),
        "expected": say("expected"), "left": say("left"), "right": say("right"), "difference": say("difference"),
        "unusable": say("Cannot be used"), "legend": say("Signs"), "form": say("The form as printed"),
        "notes": say("Notes"), "blank": say("blank"),
        "figure": say("a figure that the prose states"), "filter": say("Show findings"),
        **{state: outcome_word(state) for state in ("fail", "error", "undetermined", "waived", "pass")},
        "unreadable": say("cannot be read"),
        "beside": say("beside a cell that is missing"),
        "assumed": say("blank, read as 0"), "filled": say("computed"),
    }  # fmt: skip
