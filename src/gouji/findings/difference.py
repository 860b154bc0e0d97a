"""What differs between two editions, as text for a person and as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from gouji.analysis.change import Change, Tally, listed
from gouji.analysis.diff import Diff, Head
from gouji.findings.text import aligned
from gouji.messages import count, later, say

_HEADER = ("setting", "mark", "function", "counterpart")
_SPEAKING = ("total", "kind", "printed")
"""Aspects that need no word beside what is said of them."""
_THINGS = (
    later("setting"), later("settings"), later("mark"), later("marks"), later("function"), later("functions"),
    later("counterpart"), later("counterparts"), later("table"), later("tables"), later("block"), later("blocks"),
    later("row"), later("rows"), later("column"), later("columns"), later("cell"), later("cells"),
    later("section"), later("sections"), later("figure"), later("figures"),
    later("heading of the rows"), later("heading of the columns"),
    later("label of the table"), later("label of the block"), later("label of the section"),
    later("label of the row"), later("label of the column"),
    later("label of the heading of the rows"), later("label of the heading of the columns"),
)  # fmt: skip
"""What changes, one and several."""
_ASPECTS = (
    later("title"), later("years"), later("source"), later("blank"), later("cells"), later("name"), later("type"),
    later("need"), later("unit"), later("wordings"), later("except"), later("guard"), later("formula"),
    later("sentence"), later("severity"), later("clause"), later("message"), later("marks"), later("waiver"),
)  # fmt: skip
"""What of it changes."""
_KINDS = {
    "added": later("{thing} added: {what}"), "removed": later("{thing} removed: {what}"),
    "changed": later("{thing} changed: {what}"), "renamed": later("{thing} renamed: {what}"),
    "replaced": later("{thing} replaced: {what}"), "split": later("{thing} split: {what}"),
    "merged": later("{thing} merged: {what}"), "moved": later("{thing} moved: {what}"),
}  # fmt: skip


def to_words(diff: Diff) -> str:
    """The difference in words: header, tables, sections, rules, and how many cells and checks there are."""
    old, new = diff.old, diff.new
    title = new.title if old.title == new.title else _became(old.title, new.title)
    editions = (say("edition {edition} ({years})", edition=one.edition, years=one.years) for one in (old, new))
    head = say("{title}: {what}", title=title, what=_became(*editions))
    if not diff.changes:
        return f"{head}\n{say('no change of meaning')}"
    header = [change for change in diff.changes if change.what in _HEADER]
    rules = [change for change in diff.changes if change.what == "rule"]
    prose = [change for change in diff.changes if change.what in ("section", "figure")]
    parts = [[_line(change) for change in header], *_tables(diff), _prose(prose), _rules(rules), _counts(diff)]
    return "\n\n".join("\n".join(lines) for lines in ([head], *parts) if lines)


def to_plain(diff: Diff) -> dict[str, Any]:
    """The difference as plain data."""
    return {
        "old": _head(diff.old),
        "new": _head(diff.new),
        "same": not diff.changes,
        "cells": [_tally("table", tally) for tally in diff.tables],
        "checks": [_tally("sort", tally) for tally in diff.checks],
        "rules": [_tally("rule", tally) for tally in diff.rules],
        "changes": [_change(change) for change in diff.changes],
    }


def _head(head: Head) -> dict[str, str]:
    return {"form": head.id, "title": head.title, "edition": head.edition, "years": head.years}


def _tally(what: str, tally: Tally) -> dict[str, Any]:
    return {what: tally.name, "before": tally.before, "after": tally.after}


def _change(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind, "what": change.what, "aspect": change.aspect or None, "where": list(change.where),
        "before": list(change.before), "after": list(change.after), "note": change.note or None,
    }  # fmt: skip


def _tables(diff: Diff) -> Iterable[list[str]]:
    """A paragraph for each table in which something differs, then the others in one line."""
    inside = [change for change in diff.changes if change.what not in (*_HEADER, "rule", "section", "figure")]
    for table in diff.tables:
        own = [change for change in inside if change.where[:1] == (table.name,)]
        whole = [c for c in inside if c.what == "table" and not c.where and table.name in (*c.before, *c.after)]
        if own or whole:
            size = [say("{title}: {what}", title=table.name, what=_size_of(table))] if own else []
            yield [*map(_line, whole), *size, *_nested(own)]
    if diff.unchanged:
        sizes = {table.name: table.after for table in diff.tables}
        told = (say("{title} ({cells})", title=name, cells=_cells(sizes[name])) for name in diff.unchanged)
        yield [say("unchanged: {tables}", tables=say(", ").join(told))]


def _nested(changes: Sequence[Change]) -> list[str]:
    """The changes inside of a table, those of one block or group below its name."""
    lines = []
    for where, group in groupby(changes, key=lambda change: _place(change)):
        indent = "  " * (1 + bool(where))
        lines += [f"  {where}"] if where else []
        lines += [f"{indent}{_line(change)}" for change in group]
    return lines


def _place(change: Change) -> str:
    return " / ".join(change.where[1:])


def _prose(changes: Sequence[Change]) -> list[str]:
    return [
        say("{change} (in {section})", change=_line(change), section=change.where[0]) if change.where else _line(change)
        for change in changes
    ]


def _rules(changes: Sequence[Change]) -> list[str]:
    lines = [say("rules")] if changes else []
    for (name,), group in groupby(changes, key=lambda change: change.where):
        lines += [f"  {line}" for line in _rule(name, list(group))]
    return lines


def _rule(name: str, changes: list[Change]) -> list[str]:
    """What is told of one rule; one that only ranges over more or fewer members is not called changed."""
    lines = []
    first = changes[0]
    if first.kind in ("added", "removed"):
        (sentence,) = (*first.before, *first.after)
        told = later("added {rule}: {sentence} ({checks})"), later("removed {rule}: {sentence} ({checks})")
        return [say(told[first.kind == "removed"], rule=name, sentence=sentence, checks=first.note)]
    if first.kind == "renamed":
        lines, changes = [say("renamed {before} -> {after}", before=first.before[0], after=first.after[0])], changes[1:]
    sizes = [size for change in changes if (size := _size(change))]
    if len(sizes) == len(changes):
        return lines + [say("{title}: {what}", title=name, what=size) for size in sizes]
    note = changes[0].note
    lines.append(
        say("changed {rule}: {sentence}", rule=name, sentence=note) if note else say("changed {rule}", rule=name)
    )
    return lines + [f"  {_size(change) or _aspect(change)}" for change in changes]


def _size(change: Change) -> str:
    """Over how much more or less a rule ranges; nothing where something else has changed."""
    before, after = _bare(change.before), say(", ").join(change.after)
    match change.aspect:
        case "size":
            return say("now over {after} instead of {before}", after=after, before=before)
        case "members":
            return say("now sums {after} instead of {before}", after=after, before=before)
        case "cells":
            return say("now reads {after} instead of {before}", after=after, before=before)
    return ""


def _bare(sizes: tuple[str, ...]) -> str:
    """`23` for `23 rows`, where nothing else is said beside it."""
    return "".join(filter(str.isdecimal, sizes[0])) if len(sizes) == 1 else say(", ").join(sizes)


def _aspect(change: Change) -> str:
    if change.aspect == "range":
        before, after = listed(change.before), listed(change.after)
        if before and after:
            return say("range: no longer {before}; now {after}", before=before, after=after)
        return say("range: now {after}", after=after) if after else say("range: no longer {before}", before=before)
    return say("{title}: {what}", title=say(change.aspect), what=_between(listed(change.before), listed(change.after)))


def _line(change: Change) -> str:
    """One change in one line, without its place."""
    joint = say("; ") if change.aspect == "type" else ""
    between = _between(listed(change.before, joint), listed(change.after, joint))
    alone = listed((*change.before, *change.after), joint)
    if change.what == "setting":
        return say("{title}: {what}", title=say(change.aspect), what=between)
    if change.what in ("mark", "function", "counterpart"):
        said = between if change.kind == "changed" else (*change.before, *change.after)[0]
        return say(_KINDS[change.kind], thing=say(change.what), what=f"{change.where[0]} {said}")
    if change.aspect == "spellings":
        both = [*(f"-{text}" for text in change.before), *(f"+{text}" for text in change.after)]
        return say("other spellings of the {thing}: {texts}", thing=say(change.what), texts=say(", ").join(both))
    several = {"split": False, "merged": True}.get(change.kind, max(len(change.before), len(change.after)) > 1)
    thing = say(f"{change.what}s" if several else change.what)
    if change.kind in ("added", "removed"):
        noted = say("{what} ({note})", what=alone, note=change.note) if change.note else alone
        return say(_KINDS[change.kind], thing=thing, what=noted)
    if change.aspect and change.aspect not in _SPEAKING:
        thing = say("{thing} {aspect}", thing=thing, aspect=say(change.aspect))
    if change.kind == "changed":
        return say("{title}: {what}", title=thing, what=between)
    return say(_KINDS[change.kind], thing=thing, what=between)


def _counts(diff: Diff) -> list[str]:
    table = [[say("checks"), diff.old.edition, diff.new.edition]]
    table += [[say(tally.name), str(tally.before), str(tally.after)] for tally in diff.checks]
    return aligned(table)


def _became(before: str, after: str) -> str:
    return say("{before} -> {after}", before=before, after=after)


def _between(before: str, after: str) -> str:
    return _became(before or say("none"), after or say("none"))


def _size_of(tally: Tally) -> str:
    after = _cells(tally.after)
    return after if tally.before == tally.after else _became(str(tally.before), after)


def _cells(number: int) -> str:
    return count("{n} cell", "{n} cells", number)
