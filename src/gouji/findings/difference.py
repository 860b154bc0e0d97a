"""What differs between two editions, as text for a person and as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from gouji.analysis.change import Change, Tally, listed
from gouji.analysis.diff import Diff, Head
from gouji.findings.text import aligned

_HEADER = ("setting", "mark", "function", "counterpart")
_SPEAKING = ("total", "kind", "printed")
"""Aspects that need no word beside what is said of them."""


def to_words(diff: Diff) -> str:
    """The difference in words: header, tables, sections, rules, and how many cells and checks there are."""
    old, new = diff.old, diff.new
    title = new.title if old.title == new.title else f"{old.title} -> {new.title}"
    head = f"{title}: edition {old.edition} ({old.years}) -> edition {new.edition} ({new.years})"
    if not diff.changes:
        return f"{head}\nno change of meaning"
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
            yield [*map(_line, whole), *([f"{table.name}: {_became(table, 'cell')}"] if own else []), *_nested(own)]
    if diff.unchanged:
        sizes = {table.name: table.after for table in diff.tables}
        yield ["unchanged: " + ", ".join(f"{name} ({_many(sizes[name], 'cell')})" for name in diff.unchanged)]


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
    return [f"{_line(change)}{f' (in {change.where[0]})' if change.where else ''}" for change in changes]


def _rules(changes: Sequence[Change]) -> list[str]:
    lines = ["rules"] if changes else []
    for (name,), group in groupby(changes, key=lambda change: change.where):
        lines += [f"  {line}" for line in _rule(name, list(group))]
    return lines


def _rule(name: str, changes: list[Change]) -> list[str]:
    """What is told of one rule; one that only ranges over more or fewer members is not called changed."""
    lines = []
    first = changes[0]
    if first.kind in ("added", "removed"):
        (sentence,) = (*first.before, *first.after)
        return [f"{first.kind} {name}: {sentence} ({first.note})"]
    if first.kind == "renamed":
        lines, changes = [f"renamed {first.before[0]} -> {first.after[0]}"], changes[1:]
    sizes = [size for change in changes if (size := _size(change))]
    if len(sizes) == len(changes):
        return lines + [f"{name}: {size}" for size in sizes]
    lines.append(f"changed {name}" + (f": {changes[0].note}" if changes[0].note else ""))
    return lines + [f"  {_size(change) or _aspect(change)}" for change in changes]


def _size(change: Change) -> str:
    """Over how much more or less a rule ranges; nothing where something else has changed."""
    before, after = _bare(change.before), ", ".join(change.after)
    match change.aspect:
        case "size":
            return f"now over {after} instead of {before}"
        case "members":
            return f"now sums {after} instead of {before}"
        case "cells":
            return f"now reads {after} instead of {before}"
    return ""


def _bare(sizes: tuple[str, ...]) -> str:
    """`23` for `23 rows`, where nothing else is said beside it."""
    return sizes[0].split(" ")[0] if len(sizes) == 1 else ", ".join(sizes)


def _aspect(change: Change) -> str:
    if change.aspect == "range":
        sides = ("no longer", change.before), ("now", change.after)
        return "range: " + "; ".join(f"{word} {listed(side)}" for word, side in sides if side)
    return f"{change.aspect}: {listed(change.before) or 'none'} -> {listed(change.after) or 'none'}"


def _line(change: Change) -> str:
    """One change in one line, without its place."""
    joint = "; " if change.aspect == "type" else ", "
    before, after = listed(change.before, joint) or "none", listed(change.after, joint) or "none"
    if change.what == "setting":
        return f"{change.aspect}: {before} -> {after}"
    if change.what in ("mark", "function", "counterpart"):
        said = f"{before} -> {after}" if change.kind == "changed" else (*change.before, *change.after)[0]
        return f"{change.what} {change.kind}: {change.where[0]} {said}"
    if change.aspect == "spellings":
        both = [*(f"-{text}" for text in change.before), *(f"+{text}" for text in change.after)]
        return f"other spellings of the {change.what}: {', '.join(both)}"
    what = f"{change.what}s" if max(len(change.before), len(change.after)) > 1 else change.what
    if change.kind in ("added", "removed"):
        note = f" ({change.note})" if change.note else ""
        return f"{what} {change.kind}: {listed((*change.before, *change.after), joint)}{note}"
    if change.kind in ("split", "merged"):
        what = change.what if change.kind == "split" else f"{change.what}s"
    if change.kind == "changed":
        return f"{what}{'' if change.aspect in _SPEAKING else f' {change.aspect}'}: {before} -> {after}"
    return f"{what}{f' {change.aspect}' if change.aspect else ''} {change.kind}: {before} -> {after}"


def _counts(diff: Diff) -> list[str]:
    table = [["checks", diff.old.edition, diff.new.edition]]
    table += [[tally.name, str(tally.before), str(tally.after)] for tally in diff.checks]
    return aligned(table)


def _became(tally: Tally, what: str) -> str:
    if tally.before == tally.after:
        return _many(tally.after, what)
    return f"{tally.before} -> {_many(tally.after, what)}"


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"
