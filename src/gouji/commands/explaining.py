"""`gouji explain` and `gouji docs`: what rules demand, and how they come out on a report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from gouji.book import Book, bundled, load, rules_folder
from gouji.commands.cases import failures
from gouji.commands.checking import read_by_any
from gouji.commands.output import complain, write
from gouji.findings.model import Result
from gouji.findings.ruling import Ruling, rulings, to_lines, to_page
from gouji.findings.words import outcome_word, rule_word
from gouji.forms.labels import nearest
from gouji.language.core import CELLS, Edition
from gouji.messages import say
from gouji.sources import GoujiError


def explain(rule: str, rules: str | None, year: int | None, report: str | None, previous: str | None) -> int:
    """Prints what a rule demands, in its newest edition or that of a year; with a report each of its checks."""
    try:
        books = [load(name) for name in ([rules] if rules else bundled())]
        if report:
            return write(_on_report(rule, books, report, previous, year), None)
        editions = [(book, edition) for book in books for edition in _editions(book, year)]
        found = [one for book, edition in editions for one in rulings(book.editions, edition) if one.name == rule]
    except GoujiError as error:
        return complain(error)
    if not found:
        return complain(_unknown(rule, [edition for _, edition in editions]))
    named = found if rule == CELLS or year is not None else _newest(found)
    return write("\n\n".join("\n".join(to_lines(one)) for one in named), None)


def _editions(book: Book, year: int | None) -> Sequence[Edition]:
    """The editions of a book, the newest first; of a year alone where one is given."""
    return [e for e in reversed(book.editions) if year is None or e.form.covers(year)]


def _newest(found: Sequence[Ruling]) -> list[Ruling]:
    """The newest edition of a rule of each form."""
    return list({one.at.partition("/")[0]: one for one in reversed(found)}.values())[::-1]


def _unknown(rule: str, editions: Sequence[Edition]) -> str:
    names = list(dict.fromkeys(one.name for edition in editions for one in edition.rules))
    hint = nearest(rule, names) or say("the rules are: {names}", names=say(", ").join(names[:40]))
    return f"{say('there is no rule {rule}', rule=rule)}\n{hint}"


def _on_report(rule: str, books: list[Book], path: str, previous: str | None, year: int | None) -> str:
    book, report = read_by_any(Path(path), books, year, None)
    before = read_by_any(Path(previous), [book], None, None)[1] if previous else None
    result = book.check(report, previous=before)
    edition = next(e for e in book.editions if e.form is report.form)
    ruling = next((one for one in rulings(book.editions, edition) if one.name == rule), None)
    if ruling is None:
        return _unknown(rule, [edition])
    return "\n".join([*to_lines(ruling), "", *_checks(result, rule)])


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
        for cell, value in found.mends:
            yield "  " + say("would hold if {cell} were {value}", cell=cell, value=value)
    counts = result.rules.get(rule)
    if counts:
        yield say("{passed} of {expected} checks pass", passed=counts["pass"], expected=counts["expected"])


def docs(rules: str, output: str) -> int:
    """Writes a page in Markdown for each rule of each edition, with an example from its cases, and an index of them."""
    try:
        book = load(rules)
    except GoujiError as error:
        return complain(error)
    folder, source = Path(output), rules_folder() / rules if rules in bundled() else Path(rules)
    try:
        examples = failures(book, source) if source.is_dir() else {}
        for edition in book.editions:
            own = folder / edition.form.edition
            own.mkdir(parents=True, exist_ok=True)
            found = rulings(book.editions, edition)
            for one in found:
                page = to_page(one, examples.get((edition.form.edition, one.name), ()))
                (own / _file(one.name)).write_text(page, "utf-8")
            (own / "index.md").write_text(_index(edition, found), "utf-8")
    except OSError as error:
        return complain(say("{path}: cannot be written: {reason}", path=output, reason=error.strerror))
    return 0


def _index(edition: Edition, found: Sequence[Ruling]) -> str:
    form = edition.form
    title = say("{form}, edition {edition}", form=form.title, edition=form.edition)
    rows = [f"| [{rule_word(one.name)}](<{_file(one.name)}>) | {one.sentence} |" for one in found]
    head = [f"| {say('rule')} | {say('says')} |", "| --- | --- |"]
    return "\n".join([f"# {title}", "", say("In force for reports {years}.", years=form.years), "", *head, *rows, ""])


def _file(rule: str) -> str:
    """A file for the page of a rule: a name may hold signs that no file name may."""
    return "".join(sign if sign.isalnum() else f"~{ord(sign):x}" for sign in rule) + ".md"
