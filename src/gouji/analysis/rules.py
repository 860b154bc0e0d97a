"""What differs in the rules of two editions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import prod

from attrs import define, field

from gouji.analysis.change import Change, Tally
from gouji.analysis.meaning import Normal, Reader
from gouji.analysis.ties import Ties
from gouji.analysis.wording import formula
from gouji.language import core
from gouji.messages import count, later, say

Group = tuple[core.Rule, ...]
"""The rules of one name, one for each choice of its tables and groups."""

_PARTS = ("range", "guard", "formula")


@define
class Rules:
    """One comparison of the rules of two editions; what it finds is in `changes`."""

    old: core.Edition
    new: core.Edition
    ties: Ties
    changes: list[Change] = field(factory=list)
    _sentence: str = field(default="", init=False)

    def say(self, name: str, aspect: str, before: Iterable[str], after: Iterable[str]) -> None:
        """Adds a change of one aspect of a rule, with its sentence where that is the same."""
        self.changes.append(Change("changed", "rule", (name,), tuple(before), tuple(after), aspect, self._sentence))

    def rules(self) -> None:
        """Compares rules of one name, then looks for renamed ones among the others."""
        mine, theirs = groups(self.old), groups(self.new)
        for name in mine:
            if name in theirs:
                self._rule(name, mine[name], theirs[name])
        gone = {name: group for name, group in mine.items() if name not in theirs}
        come = {name: group for name, group in theirs.items() if name not in mine}
        meant: dict[object, list[str]] = {}
        for name, group in come.items():
            meant.setdefault(self._meaning(group, True), []).append(name)
        for name, group in gone.items():
            others = meant.get(self._meaning(group, False))
            if others:
                other = others.pop(0)
                self.changes.append(Change("renamed", "rule", (other,), (name,), (other,), "name"))
                self._rule(other, group, come.pop(other))
            else:
                self.changes.append(Change("removed", "rule", (name,), (group[0].sentence,), note=_checks(group)))
        for name, group in come.items():
            self.changes.append(Change("added", "rule", (name,), (), (group[0].sentence,), note=_checks(group)))

    def _reader(self, group: Group, new: bool, pruned: bool = False) -> Reader:
        side = self.ties.new if new else self.ties.old
        return Reader(side, self._sided(group), pruned)

    def _sided(self, group: Group) -> bool:
        """Whether it matters on which side a term stands: where a mark may stand for a side, or a message names it."""
        marks = (*self.old.form.marks, *self.new.form.marks, *(mark for rule in group for mark in rule.marks))
        return any(mark.meaning == "skip" for mark in marks) or any(rule.message for rule in group)

    def _normal(self, group: Group, new: bool, pruned: bool = False) -> list[tuple[Normal, Normal, Normal]]:
        reader = self._reader(group, new, pruned)
        return sorted((reader.rule(rule) for rule in group), key=repr)

    def _meaning(self, group: Group, new: bool) -> tuple[object, ...]:
        """All by which a rule of another name is recognised."""
        one = group[0]
        return (tuple(self._normal(group, new)), one.severity, one.years, one.waiver, _marks(one))

    def _rule(self, name: str, old: Group, new: Group) -> None:
        self._sentence = old[0].sentence if old[0].sentence == new[0].sentence else ""
        for aspect, told in _TOLD.items():
            before, after = told(old[0], self.old), told(new[0], self.new)
            if before != after:
                self.say(name, aspect, before, after)
        mine, theirs = self._normal(old, False), self._normal(new, True)
        if mine == theirs:
            if self._splits(old, False) or self._splits(new, True):
                self._wider(name, old, new)
        elif self._normal(old, False, True) == self._normal(new, True, True):
            if not self._wider(name, old, new):
                self._other(name, old, new)
        else:
            self._parts(name, old, new)

    def _splits(self, group: Group, new: bool) -> bool:
        """Whether a rule ranges over or reads a member that the other edition splits."""
        side = self.ties.new if new else self.ties.old
        nodes = [node for rule in group for part in (rule.body, rule.guard) if part for node in core.walk(part)]
        reads = [node for node in nodes if isinstance(node, core.Read)]
        gathers = [over for node in nodes if isinstance(node, core.Gather) for _, over, _ in node.parts if over]
        places = [
            (over.table, over.axis, path)
            for over in (*gathers, *(over for rule in group for over in rule.overs))
            for path in over.paths
        ]
        places += [(read.table, axis, point.prefix) for read in reads
                   for axis, points in (("row", read.row), ("column", read.column)) for point in points]  # fmt: skip
        return any(len(side.member(*place)) > 1 for place in places)

    def _wider(self, name: str, old: Group, new: Group) -> bool:
        """Tells that a rule ranges over more or fewer members than before, or adds up more; False if neither."""
        found = False
        for aspect, size in (("size", _ranges), ("members", _gathered), ("cells", _read)):
            before, after = size(old), size(new)
            spoken = aspect != "members" or len(before) == len(after)
            if before != after and spoken and not (aspect == "cells" and found):
                self.say(name, aspect, before, after)
                found = True
        return found

    def _other(self, name: str, old: Group, new: Group) -> None:
        """Tells that a rule ranges over as many members as before, but others."""
        before, after = _apart(_over(old), _over(new))
        if before or after:
            self.say(name, "range", before, after)
        else:
            self.say(name, "formula", *_apart(_members(old), _members(new)))

    def _parts(self, name: str, old: Group, new: Group) -> None:
        """Tells which of range, guard and formula differ."""
        for number, aspect in enumerate(_PARTS):
            ways = [[[one[number] for one in self._normal(group, side, pruned)]
                     for group, side in ((old, False), (new, True))] for pruned in (False, True)]  # fmt: skip
            if all(mine != theirs for mine, theirs in ways):
                told: tuple[Callable[[Group], tuple[str, ...]], ...] = (_over, _guards, _formulas)
                before, after = told[number](old), told[number](new)
                if before == after:  # both texts leave out what differs
                    before, after = _apart(_members(old), _members(new))
                self.say(name, aspect, *(_apart(before, after) if aspect == "range" else (before, after)))


def groups(edition: core.Edition) -> dict[str, Group]:
    """The rules of an edition by name."""
    found: dict[str, Group] = {}
    for rule in edition.rules:
        found[rule.name] = (*found.get(rule.name, ()), rule)
    return found


def checks(group: Group) -> int:
    """How many checks the rules make, an open member counted once."""
    return sum(prod(max(0, len(over.paths) - over.after_first) for over in rule.overs) for rule in group)


def tallies(old: core.Edition, new: core.Edition) -> tuple[Tally, ...]:
    """How many checks there are of each sort before and after."""
    counted = []
    for edition in (old, new):
        sizes = {core.CELLS: len(edition.form.declared.cells)}
        for group in groups(edition).values():
            for rule in group:
                sort = _sort(rule)
                sizes[sort] = sizes.get(sort, 0) + checks((rule,))
        counted.append(sizes)
    sorts = [sort for sort in _SORTS if any(sort in sizes for sizes in counted)]
    return tuple(Tally(sort, *(sizes.get(sort, 0) for sizes in counted)) for sort in sorts)


_SORTS = (
    core.CELLS, later("identities within a report"), later("identities across years"), later("other conditions"),
    later("figures in prose"),
)  # fmt: skip


def _sort(rule: core.Rule) -> str:
    sources = {node.source for node in core.walk(rule.body) if isinstance(node, core.Read)}
    if "figure" in sources:
        return _SORTS[4]
    if isinstance(rule.body, core.Compare) and rule.body.relation == "=":
        return _SORTS[2] if "previous" in sources else _SORTS[1]
    return _SORTS[3]


def _checks(group: Group) -> str:
    told = count("{n} check", "{n} checks", checks(group))
    return told if group[0].severity == "error" else say("{checks}, warning", checks=told)


def _marks(rule: core.Rule) -> tuple[str, ...]:
    return tuple(sorted(f"{text} {mark.meaning} {mark.low} {mark.high}".rstrip()
                        for mark in rule.marks for text in mark.texts))  # fmt: skip


def _years(rule: core.Rule) -> tuple[str, ...]:
    first, last = rule.years
    return (f"{first or ''}..{last or ''}",) if rule.years != (0, None) else ()


_TOLD: dict[str, Callable[[core.Rule, core.Edition], tuple[str, ...]]] = {
    "sentence": lambda rule, _: (rule.sentence,),
    "severity": lambda rule, _: (rule.severity,),
    # A rule that names no clause of its own has that of its edition, which the header tells.
    "clause": lambda rule, edition: (rule.clause,) * (rule.clause != edition.form.clause),
    "message": lambda rule, _: (rule.message,) if rule.message else (),
    "years": lambda rule, _: _years(rule),
    "marks": lambda rule, _: _marks(rule),
    "waiver": lambda rule, _: ("unless explained",) if rule.waiver else (),
}


def _ranges(group: Group) -> tuple[str, ...]:
    """How many rows and columns each rule ranges over."""
    sizes: dict[str, int] = {}
    for rule in group:
        for over in rule.overs:
            sizes[over.axis] = sizes.get(over.axis, 0) + len(over.paths)
    return tuple(_many(size, axis) for axis, size in sorted(sizes.items(), reverse=True))


def _gathered(group: Group) -> tuple[str, ...]:
    """How many rows or columns stand inside of each sum."""
    found = []
    for node in (node for rule in group for node in core.walk(rule.body)):
        if isinstance(node, core.Gather) and node.function == "sum":
            reads = [body for body, _, _ in node.parts if isinstance(body, core.Read)]
            sizes = {"row": sum(len(read.row) for read in reads), "column": sum(len(read.column) for read in reads)}
            axis = max(sizes, key=lambda axis: sizes[axis])
            if sizes[axis] > 1:
                found.append(_many(sizes[axis], axis))
    return tuple(found)


def _read(group: Group) -> tuple[str, ...]:
    """How many cells the formula of one check reads."""
    reads = [node for node in core.walk(group[0].body) if isinstance(node, core.Read) and node.source != "figure"]
    return (_many(sum(len(read.row) * len(read.column) for read in reads), "cell"),)


def _many(number: int, what: str) -> str:
    match what:
        case "row":
            return count("{n} row", "{n} rows", number)
        case "column":
            return count("{n} column", "{n} columns", number)
    return count("{n} cell", "{n} cells", number)


def _over(group: Group) -> tuple[str, ...]:
    """What rules range over, member by member, and what is said beside it."""
    found: dict[str, None] = {}
    for over in (over for rule in group for over in rule.overs):
        own = "" if over.table == group[0].table else f"{over.table}."
        found |= dict.fromkeys(own + ".".join(path) for path in over.paths)
        found |= dict.fromkeys(word for word in (over.missing and f"missing {over.missing}",
                                                 over.after_first and "after first") if word)  # fmt: skip
    return tuple(found)


def _apart(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What only one of the two has; both whole where that is nothing."""
    gone, come = tuple(x for x in before if x not in after), tuple(x for x in after if x not in before)
    return (gone, come) if gone or come else (before, after)


def _members(group: Group) -> tuple[str, ...]:
    """The members that the formula reads, one by one."""
    reads = [node for rule in group for node in core.walk(rule.body) if isinstance(node, core.Read)]
    points = [point for read in reads for point in (*read.row, *read.column) if not point.variable]
    return tuple(dict.fromkeys(".".join(point.prefix) for point in points))


def _guards(group: Group) -> tuple[str, ...]:
    return tuple(dict.fromkeys(formula(rule.guard, rule.table) for rule in group if rule.guard))


def _formulas(group: Group) -> tuple[str, ...]:
    return tuple(dict.fromkeys(formula(rule.body, rule.table) for rule in group))
