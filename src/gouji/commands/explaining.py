"""`gouji explain` and `gouji docs`: what rules demand, and how they come out on a report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from gouji.book import Book, bundled, load, rules_folder
from gouji.commands.cases import failures
from gouji.commands.checking import read_by_any
from gouji.commands.output import complain, write
from gouji.commands.pages import write_pages
from gouji.findings.model import Result
from gouji.findings.ruling import Ruling, rulings, to_lines
from gouji.findings.words import outcome_word, rule_word
from gouji.forms.labels import nearest
from gouji.forms.report import Report
from gouji.language.core import CELLS, PARTS, Edition
from gouji.messages import say
from gouji.sources import GoujiError, Problem, ReportError, reason


def explain(
    rule: str, rules: str | None, year: int | None, report: str | None, previous: str | None,
    parts: Sequence[str] = (),
) -> int:  # fmt: skip
    """Prints what a rule demands, in its newest edition or that of a year; with a report each of its checks."""
    try:
        books = [load(name) for name in ([rules] if rules else bundled())]
        if report:
            return _on_report(rule, books, Path(report), previous, parts, year)
        editions = _editions(books, year)
    except GoujiError as error:
        return complain(error)
    found = _called(rule, [one for book, edition in editions for one in rulings(book.editions, edition)])
    if not found:
        return complain(_unknown(rule, [edition for _, edition in editions]))
    named = found if found[0].name in (CELLS, PARTS) or year is not None else _newest(found)
    return write("\n\n".join("\n".join(to_lines(one)) for one in named), None)


def _editions(books: Sequence[Book], year: int | None) -> list[tuple[Book, Edition]]:
    """The editions of all books, the newest first; of a year alone where one is given, which some edition covers."""
    every = [(book, edition) for book in books for edition in reversed(book.editions)]
    found = [(book, edition) for book, edition in every if year is None or edition.form.covers(year)]
    if found:
        return found
    problems: list[Problem] = []
    for book in books:
        try:
            book.form(year)
        except ReportError as error:
            problems += error.problems
    raise ReportError(problems)


def _called(rule: str, found: Sequence[Ruling]) -> list[Ruling]:
    """The rules of a name; the built-in ones also by what they are called in the language spoken."""
    exact = [one for one in found if one.name == rule]
    return exact or [one for one in found if rule_word(one.name) == rule]


def _newest(found: Sequence[Ruling]) -> list[Ruling]:
    """The newest edition of a rule of each form."""
    return list({one.at.partition("/")[0]: one for one in reversed(found)}.values())[::-1]


def _unknown(rule: str, editions: Sequence[Edition]) -> str:
    built = [rule_word(CELLS), rule_word(PARTS)]
    names = list(dict.fromkeys([*built, *(one.name for edition in editions for one in edition.rules)]))
    hint = nearest(rule, names) or say("the rules are: {names}", names=say(", ").join(names[:40]))
    return f"{say('there is no rule {rule}', rule=rule)}\n{hint}"


def _on_report(
    rule: str, books: list[Book], path: Path, previous: str | None, parts: Sequence[str], year: int | None
) -> int:
    book, report = read_by_any(path, books, year, None)
    before = read_by_any(Path(previous), [book], None, None)[1] if previous else None
    inner: list[Report] = [read_by_any(Path(part), [book], None, None)[1] for part in parts]
    result = book.check(report, previous=before, parts=inner or None)
    edition = next(e for e in book.editions if e.form is report.form)
    found = _called(rule, rulings(book.editions, edition))
    if not found:
        return complain(_unknown(rule, [edition]))
    return write("\n".join([*to_lines(found[0]), "", *_checks(result, found[0].name)]), None)


def _checks(result: Result, rule: str) -> Iterator[str]:
    """Each check of a rule on the report; of the cells those that do not pass."""
    for verdict in result.verdicts:
        if verdict.rule != rule or (rule == CELLS and verdict.outcome == "pass"):
            continue
        found = result.explain(verdict)
        where = say(", ").join(verdict.at.values())
        outcome = outcome_word(verdict.outcome)
        said = found.formula or found.sentence
        yield say("{outcome} {where}: {text}", outcome=outcome, where=where or rule_word(rule), text=said)
        for mend in found.mends:
            yield "  " + say("would hold if {cell} were {value}", cell=mend.cell, value=mend.value)
    counts = result.rules.get(rule)
    if counts:
        yield say("{passed} of {expected} checks pass", passed=counts["pass"], expected=counts["expected"])


def docs(rules: str, output: str) -> int:
    """Writes a page in Markdown for each rule of each edition, with an example from its cases, and an index of them."""
    try:
        book = load(rules)
    except GoujiError as error:
        return complain(error)
    source = rules_folder() / rules if rules in bundled() else Path(rules)
    try:
        examples = failures(book, source) if source.is_dir() else {}
    except OSError as error:
        return complain(say("{path}: cannot be read: {reason}", path=source, reason=reason(error)))
    return write_pages(book, examples, Path(output))
