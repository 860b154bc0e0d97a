"""A result as text for a person: the table of rules, findings by rule, the part of the form that they touch."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from attrs import frozen

from gouji.findings.drawing import draw
from gouji.findings.explain import Evidence, Finding
from gouji.findings.rendered import Rendered, by_weight
from gouji.findings.words import balance, graded, headline, missing_word, outcome_word, rule_word, verdict_word
from gouji.language.core import CELLS
from gouji.messages import count, say
from gouji.sources import visible, width

MAX_FINDINGS = 12
_COLUMNS = ("expected", "pass", "fail", "undetermined", "not_applicable", "waived", "error")
_TOLD = ("pass", "fail", "undetermined", "error")
_STATUSES = ("pass", "fail", "undetermined")
_PAINT = {"pass": "32", "fail": "31", "error": "31", "undetermined": "33", "waived": "36", "head": "1", "faint": "2"}


@frozen
class Look:
    """How text looks: with colours, one line a report (`quiet`), everything (`verbose`), so many columns wide."""

    colour: bool = False
    quiet: bool = False
    verbose: bool = False
    columns: int = 100

    def paint(self, text: str, style: str) -> str:
        """The text in the colour of an outcome, where colours are wanted."""
        return f"\x1b[{_PAINT[style]}m{text}\x1b[0m" if self.colour and text else text


PLAIN = Look()


def render_all(results: Sequence[Rendered], unusable: int = 0, look: Look = PLAIN) -> str:
    """One result whole; of several those with something to tell, then how each file and each rule came out."""
    return visible(_all(results, unusable, look), look.colour)


def _all(results: Sequence[Rendered], unusable: int, look: Look) -> str:
    if look.quiet:
        return "\n".join(_line(result, look) for result in results)
    if len(results) < 2:
        return "\n".join(render(result, look) for result in results)
    told = [render(result, look) for result in results if look.verbose or _tells(result)]
    return "\n\n".join([*told, _summary(results, unusable, look)])


def _tells(result: Rendered) -> bool:
    return bool(result.findings or result.report.unplaced or not result.ok)


def _line(result: Rendered, look: Look) -> str:
    return f"{result.report.source or headline(result.report)}: {_verdict(result, look)}"


def _verdict(result: Rendered, look: Look) -> str:
    word = look.paint(verdict_word(result.status), result.status)
    return say("{verdict}: {balance}", verdict=word, balance=balance(result.counts))


def _summary(results: Sequence[Rendered], unusable: int, look: Look) -> str:
    """How each rule and each file came out."""
    files = [[say("file"), say("agency"), say("year"), say("status"), *map(outcome_word, _TOLD)]]
    rules: dict[str, dict[str, Any]] = {}
    for result in results:
        report = result.report
        counts = [str(result.counts[column]) for column in _TOLD]
        files.append([report.source, report.agency, str(report.year), verdict_word(result.status), *counts])
        for name, rule in result.rules.items():
            found = rules.setdefault(name, {"severity": rule["severity"]} | dict.fromkeys(_TOLD, 0))
            for column in _TOLD:
                found[column] += rule[column]
    statuses = Counter(result.status for result in results)
    last = _last(len(results), statuses, unusable)
    return "\n".join([*_broken(rules, look), *_headed(files, look, words=4), "", last])


def summary(reports: int, statuses: Mapping[str, int], rules: Mapping[str, Mapping[str, Any]], unusable: int) -> str:
    """How each rule came out in many reports, and the reports."""
    return "\n".join([*_broken(rules, PLAIN), _last(reports, statuses, unusable)])


def _broken(rules: Mapping[str, Mapping[str, Any]], look: Look) -> list[str]:
    """The rules that do not pass everywhere."""
    table = [[say("rule"), *map(outcome_word, _TOLD)]]
    table += [[_named(name, counts["severity"]), *(str(counts[column]) for column in _TOLD)]
              for name, counts in rules.items() if any(counts[column] for column in _TOLD[1:])]  # fmt: skip
    return [*_headed(table, look), ""] if table[1:] else []


def _last(reports: int, statuses: Mapping[str, int], unusable: int) -> str:
    whole = say(", ").join(f"{statuses.get(status, 0)} {outcome_word(status)}" for status in _STATUSES)
    last = say("{n} reports: {statuses}", n=reports, statuses=whole)
    return say("{reports}; {n} that cannot be used", reports=last, n=unusable) if unusable else last


def render(result: Rendered, look: Look = PLAIN) -> str:
    """Form, edition, agency and year; a table of rules; the findings by rule; the verdict."""
    return visible("\n".join(_lines(result, look)), look.colour)


def _lines(result: Rendered, look: Look) -> list[str]:
    report = result.report
    lines = [look.paint(headline(report), "head"), *([report.source] if report.source else []), ""]
    lines += [*_rules(result, look), ""]
    for _, group in groupby(by_weight(result.findings), key=lambda found: (found.rule, found.outcome)):
        lines += [*tell(result, list(group), look), ""]
    plain = result.to_dict()
    lines += [say("filled: {cell} is {value}, by {rule}", **cell) for cell in plain.get("filled", ())]
    lines += [say("not placed: {key}", key=key) for key in report.unplaced]
    lines += [say("note: {note}", note=note) for note in plain["notes"]]
    return [*lines, _verdict(result, look)]


def _rules(result: Rendered, look: Look) -> list[str]:
    columns = [name for name in _COLUMNS if name not in ("waived", "error") or result.counts[name]]
    table = [[say("rule"), *map(outcome_word, columns)]]
    idle = [counts for counts in result.rules.values() if 0 < counts["not_applicable"] == counts["expected"]]
    idle = [] if look.verbose else idle
    for name, counts in result.rules.items():
        if counts not in idle:
            table.append([_named(name, counts["severity"]), *(str(counts[column]) for column in columns)])
    if idle:
        label = count("{n} rule that does not apply", "{n} rules that do not apply", len(idle))
        table.append([label, *(str(sum(counts[column] for counts in idle)) for column in columns)])
    table.append([say("total"), *(str(result.counts[column]) for column in columns)])
    return _headed(table, look)


def _named(rule: str, severity: str) -> str:
    return rule_word(rule) if severity == "error" else graded(rule, severity)


def _headed(table: Sequence[Sequence[str]], look: Look, words: int = 1) -> list[str]:
    head, *lines = aligned(table, words)
    return [look.paint(head, "head"), *lines]


def aligned(table: Sequence[Sequence[str]], words: int = 1) -> list[str]:
    """The rows of a table, so many columns of words and then numbers."""
    widths = [max(width(row[i]) for row in table) for i in range(len(table[0]))]
    return [
        "  ".join(
            cell + " " * (w - width(cell)) if i < words else " " * (w - width(cell)) + cell
            for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in table
    ]


def tell(result: Rendered, found: Sequence[Finding], look: Look = PLAIN) -> list[str]:
    """The findings of one rule with one outcome: what it says once, a line for each check, the part of the form."""
    first, shown = found[0], found if look.verbose else found[:MAX_FINDINGS]
    word = look.paint(verdict_word(first.outcome), first.outcome)
    tables = say(", ").join(dict.fromkeys(one.table for one in found if one.table))
    lines = [" ".join(filter(None, (word, graded(first.rule, first.severity), tables)))]
    alike = first.rule != CELLS and len({one.sentence for one in found}) == 1
    lines += [f"  {first.sentence}"] if alike else []
    for one in shown:
        lines += [f"  {line}" for line in _check(one, alike)]
    if len(found) > len(shown):
        rest = len(found) - len(shown)
        lines.append("  " + count("and {n} more of this rule", "and {n} more of this rule", rest))
    lines += _touched(result, shown, look)
    source = say(", ").join(part for part in (first.clause, first.rule_at) if part)
    return [*lines, *([look.paint(f"  {source}", "faint")] if source else [])]


def _check(found: Finding, alike: bool) -> list[str]:
    """Where a check stands, its formula filled in and the difference; other reports' cells and figures below."""
    where = say(", ").join(found.at.values())
    said = (found.formula or ("" if alike else found.sentence)) if alike or found.rule == CELLS else found.message
    text = say("{where}: {text}", where=where, text=said) if where and said else where or said
    if found.difference not in (None, "0"):
        text = say("{text}, difference {difference}", text=text, difference=found.difference)
    notes = [say("  waived: {note}", note=found.note)] if found.note else []
    return [text, *notes, *(f"  {_cell(cell)}" for cell in found.cells if cell.source != "this")]


def _cell(cell: Evidence) -> str:
    text = f"{cell.label}: {cell.printed or cell.value or missing_word('blank')}"
    return f"{text}  ({cell.place})" if cell.place else text


def _touched(result: Rendered, shown: Iterable[Finding], look: Look) -> list[str]:
    """The part of the form that findings touch, drawn; with `verbose` also every cell with its place."""
    places = {cell.key: cell.position for cell in result.report.cells}
    own = [cell for one in shown for cell in one.cells if cell.source == "this"]
    lines = draw(result.report, {places[cell.cell] for cell in own}, look.columns - 6)
    drawn = [f"    {line}" if "[" in line else look.paint(f"    {line}", "faint") for line in lines]
    listed = [f"    {_cell(cell)}" for cell in dict.fromkeys(own)] if look.verbose else []
    return [*drawn, *listed]
