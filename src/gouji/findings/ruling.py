"""A rule explained without a report: what it demands, of which cells, on whose word, and since when."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from gouji.findings.spoken import Speech
from gouji.findings.words import cells_sentence, parts_sentence, place_word, rule_word, severity_word
from gouji.language import core
from gouji.language.core import CELLS, PARTS, Edition, Rule
from gouji.messages import say


@frozen
class Ruling:
    """One rule of one edition for a person; where it stands in several blocks, each with its range and formula."""

    name: str
    severity: str
    sentence: str
    table: str
    ranges: tuple[str, ...]
    formulas: tuple[str, ...]
    clause: str
    edition: str
    years: str
    at: str
    notes: tuple[str, ...]
    others: tuple[str, ...]
    """The other editions that have a rule of this name."""


def rulings(editions: Sequence[Edition], edition: Edition) -> tuple[Ruling, ...]:
    """Every rule of an edition, in the order of its file, the built-in ones first."""
    named: dict[str, list[Rule]] = {}
    for rule in edition.rules:
        named.setdefault(rule.name, []).append(rule)
    return (_cells(edition), _parts(edition), *(_ruling(editions, edition, rules) for rules in named.values()))


def _ruling(editions: Sequence[Edition], edition: Edition, rules: Sequence[Rule]) -> Ruling:
    first, form = rules[0], edition.form
    others = [e.form.edition for e in editions if e is not edition and any(r.name == first.name for r in e.rules)]
    return Ruling(
        first.name, first.severity, first.sentence, _titles(edition, rules),
        tuple(filter(None, dict.fromkeys(_range(edition, rule) for rule in rules))),
        tuple(dict.fromkeys(_formula(edition, rule) for rule in rules)),
        first.clause, form.edition, _years(edition, first), first.at, tuple(_notes(first)), tuple(others),
    )  # fmt: skip


def _titles(edition: Edition, rules: Sequence[Rule]) -> str:
    """The tables that a rule is about, each by its official label."""
    about = {rule.table for rule in rules}
    return say("; ").join(one.labels[0] for one in edition.form.tables if one.name in about)


def _range(edition: Edition, rule: Rule) -> str:
    """For what the rule is checked, each in turn."""
    speech = Speech(edition.form, rule.table)
    said = (say("each {axis}: {members}", axis=place_word(o.axis), members=speech.over(o)) for o in rule.overs)
    return say("; ").join(said)


def _formula(edition: Edition, rule: Rule) -> str:
    speech = Speech(edition.form, rule.table)
    body = speech.formula(rule.body)
    return say("if {guard}: {formula}", guard=speech.formula(rule.guard), formula=body) if rule.guard else body


def _years(edition: Edition, rule: Rule) -> str:
    """The years of reports for which the rule is in force."""
    return _span(max(rule.years[0], edition.form.first_year), rule.years[1] or edition.form.last_year)


def _span(first: int, last: int | None) -> str:
    return say("{first} to {last}", first=first, last=last) if last else say("from {first} on", first=first)


def _notes(rule: Rule) -> list[str]:
    notes = []
    sources = {node.source for node in core.walk(rule.body) if isinstance(node, core.Read)}
    if "previous" in sources:
        notes.append(say("It needs the report of the year before: --previous."))
    if "part" in sources:
        notes.append(say("It needs the reports that add up to this one: --parts."))
    if "figure" in sources:
        notes.append(say("It is checked where the prose states the figure."))
    if rule.waiver:
        notes.append(say("A note in the report that explains the difference lifts it."))
    return notes


def _cells(edition: Edition) -> Ruling:
    notes = (
        say("A blank or absent cell is undetermined, and one that cannot be read is an error."),
        say("Where a declared mark is printed the check does not apply."),
    )
    return _built_in(edition, CELLS, cells_sentence(), notes)


def _parts(edition: Edition) -> Ruling:
    note = say("It needs the reports that add up to this one: --parts.")
    return _built_in(edition, PARTS, parts_sentence(), (note,))


def _built_in(edition: Edition, name: str, sentence: str, notes: tuple[str, ...]) -> Ruling:
    form = edition.form
    years = _span(form.first_year, form.last_year)
    return Ruling(name, "error", sentence, "", (), (), form.clause, form.edition, years, "", notes, ())


def to_lines(ruling: Ruling) -> list[str]:
    """A ruling as lines of text."""
    said = (f"  {say('{name}: {text}', name=name, text=text)}" for name, text in _pairs(ruling))
    return [rule_word(ruling.name), *said]


def to_page(ruling: Ruling, example: Sequence[str] = ()) -> str:
    """A ruling as a page in Markdown, with what a report that breaks it is told as an example."""
    rows = [f"| {name} | {plain(text)} |" for name, text in _pairs(ruling)]
    told = [f"## {say('Where it fails')}", "", *(f"    {line}" for line in example), ""] if example else []
    title = f"# {plain(rule_word(ruling.name))}"
    return "\n".join([title, "", plain(ruling.sentence), "", "| | |", "| --- | --- |", *rows, "", *told])


def plain(text: str) -> str:
    """A text in which Markdown finds nothing to mark."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]<>#|$~" else sign for sign in " ".join(text.split()))


def _pairs(ruling: Ruling) -> list[tuple[str, str]]:
    """What is said of a rule, each thing with its name."""
    pairs = [
        (say("says"), ruling.sentence), (say("table"), ruling.table),
        *((say("for"), text) for text in ruling.ranges), *((say("formula"), text) for text in ruling.formulas),
        (say("severity"), severity_word(ruling.severity)), (say("clause"), ruling.clause),
        (say("in force"), say("{years}, edition {edition}", years=ruling.years, edition=ruling.edition)),
        (say("also in"), say(", ").join(say("edition {edition}", edition=name) for name in ruling.others)),
        (say("written in"), ruling.at), *((say("note"), text) for text in ruling.notes),
    ]  # fmt: skip
    return [(name, text) for name, text in pairs if text]
