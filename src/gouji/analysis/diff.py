"""What changed in meaning from one edition of a form to another."""

from __future__ import annotations

from attrs import frozen

from gouji.analysis.change import Change, Tally
from gouji.analysis.pairing import Called, pair
from gouji.analysis.rules import Rules, checks, groups, tallies
from gouji.analysis.shapes import Shapes, sizes, type_text
from gouji.forms.form import Figure, Form, Mark
from gouji.language.core import Edition, Selection
from gouji.messages import say
from gouji.sources import Problem, RuleError


@frozen
class Head:
    """By what an edition is known."""

    id: str
    title: str
    edition: str
    years: str


@frozen
class Diff:
    """All that differs in meaning; `tables` counts cells, `checks` the checks of each sort, `rules` those of each rule.

    `unchanged` holds the labels of the tables in which nothing differs.
    """

    old: Head
    new: Head
    changes: tuple[Change, ...]
    tables: tuple[Tally, ...]
    checks: tuple[Tally, ...]
    rules: tuple[Tally, ...]

    @property
    def unchanged(self) -> tuple[str, ...]:
        """The labels of the tables in which nothing differs."""
        told = {label for change in self.changes for label in _tables_of(change)}
        return tuple(table.name for table in self.tables if table.name not in told)


def diff(old: Edition, new: Edition) -> Diff:
    """What changed in meaning from one edition to another; RuleError when they are of different forms."""
    _one_form(old.form, new.form)
    shapes = Shapes(old.form, new.form, said=_said(old, new))
    shapes.tables()
    settings = _settings(old.form, new.form)
    sections = _sections(shapes)
    rules = Rules(old, new, shapes.ties)
    rules.rules()
    header = (*settings, *_functions(old, new), *_counterparts(old, new))
    changes = (*header, *shapes.changes, *sections, *rules.changes)
    return Diff(_head(old.form), _head(new.form), changes, _cells(shapes), tallies(old, new), _rules(old, new))


def _one_form(old: Form, new: Form) -> None:
    """Refuses two forms that share neither title nor folder, or neither title nor any table."""
    names = [{called for table in form.tables for called in (table.name, *table.labels)} for form in (old, new)]
    if old.title != new.title and (old.id != new.id or not names[0] & names[1]):
        message = say("these are two forms, {old} and {new}, not two editions of one", old=old.title, new=new.title)
        raise RuleError([Problem(message, hint=say("name two editions of one form: FORM@2019 FORM@2021"))])


def _head(form: Form) -> Head:
    return Head(form.id, form.title, form.edition, form.years)


def _tables_of(change: Change) -> tuple[str, ...]:
    if change.what == "table":
        return (*change.where[:1], *change.before, *change.after)
    return change.where[:1] if change.what not in ("rule", "setting", "mark", "function", "counterpart") else ()


def _settings(old: Form, new: Form) -> list[Change]:
    found = [
        Change("changed", "setting", (), _given(before), _given(after), aspect)
        for aspect, before, after in (
            ("title", old.title, new.title), ("years", old.years, new.years), ("source", old.clause, new.clause),
            ("blank", old.blank, new.blank), ("cells", old.need, new.need),
        )
        if before != after
    ]  # fmt: skip
    mine, theirs = _meanings(old.marks), _meanings(new.marks)
    for text in dict.fromkeys((*mine, *theirs)):
        before, after = (side.get(text) for side in (mine, theirs))
        if before != after:
            kind = "added" if before is None else "removed" if after is None else "changed"
            found.append(Change(kind, "mark", (text,), _given(before), _given(after)))
    return found


def _given(text: str | None) -> tuple[str, ...]:
    return (text,) if text else ()


def _meanings(marks: tuple[Mark, ...]) -> dict[str, str]:
    words = {"between": "between {0.low} and {0.high}", "number": "{0.low}"}
    return {text: words.get(mark.meaning, mark.meaning).format(mark) for mark in marks for text in mark.texts}


def _functions(old: Edition, new: Edition) -> list[Change]:
    mine, theirs = (
        {name: f"({', '.join(parameters)}) {result}" for name, parameters, result in edition.functions}
        for edition in (old, new)
    )
    found = []
    for name in dict.fromkeys((*mine, *theirs)):
        before, after = ((side[name],) if name in side else () for side in (mine, theirs))
        if before != after:
            kind = "changed" if before and after else "removed" if before else "added"
            found.append(Change(kind, "function", (name,), before, after))
    return found


def _said(old: Edition, new: Edition) -> tuple[tuple[Selection, Selection], ...]:
    """The single members, of the new edition and of the old, that a line of either says to correspond."""
    lines = [(line.left, line.right) for line in new.counterparts if line.edition == old.form.edition]
    lines += [(line.right, line.left) for line in old.counterparts if line.right and line.edition == new.form.edition]
    return tuple((a, b) for a, b in lines if a and b and a.path and b.path and not (a.star or b.star))


def _counterparts(old: Edition, new: Edition) -> list[Change]:
    """The lines that say what corresponds in a third edition; those about each other are no change of either."""
    mine, theirs = (
        dict.fromkeys((line.edition, f"{_selection(line.left)} = {_selection(line.right)}")
                      for line in one.counterparts if line.edition != other.form.edition)
        for one, other in ((old, new), (new, old))
    )  # fmt: skip
    found = [Change("removed", "counterpart", (edition,), (line,)) for edition, line in mine.keys() - theirs.keys()]
    found += [Change("added", "counterpart", (edition,), (), (line,)) for edition, line in theirs.keys() - mine.keys()]
    return sorted(found, key=lambda change: (change.kind, change.where, change.before, change.after))


def _selection(selection: Selection | None) -> str:
    if selection is None:
        return "none"
    return ".".join(part for part in (selection.table, *selection.path, selection.star) if part)


def _sections(shapes: Shapes) -> list[Change]:
    """What differs in the sections of prose; adds their figures to the ties."""
    mine, theirs = shapes.old.narratives, shapes.new.narratives
    found = pair([Called(s.name, s.labels) for s in mine], [Called(s.name, s.labels) for s in theirs])
    work = Shapes(shapes.old, shapes.new, ties=shapes.ties)
    for i, j in found.pairs:
        shapes.ties.tables(mine[i].name, theirs[j].name)
        work.called("section", Called(mine[i].name, mine[i].labels), Called(theirs[j].name, theirs[j].labels))
        work.changes += _figures(work, (mine[i].name, theirs[j].name), mine[i].figures, theirs[j].figures)
    gone, come = [mine[i].labels[0] for i in found.removed], [theirs[j].labels[0] for j in found.added]
    work.changes += [Change("removed", "section", (), (label,)) for label in gone]
    work.changes += [Change("added", "section", (), (), (label,)) for label in come]
    return work.changes


def _figures(
    shapes: Shapes, sections: tuple[str, str], old: tuple[Figure, ...], new: tuple[Figure, ...]
) -> list[Change]:
    mine, theirs = {figure.name: figure for figure in old}, {figure.name: figure for figure in new}
    gone, come = [name for name in mine if name not in theirs], [name for name in theirs if name not in mine]
    found = [Change("removed", "figure", sections[1:], (name,)) for name in gone]
    found += [Change("added", "figure", sections[1:], (), (name,)) for name in come]
    for name in mine:
        if name in theirs:
            shapes.ties.members("row", sections, [(name,)], [(name,)])
            found += _figure((sections[1], name), mine[name], theirs[name])
    return found


def _figure(where: tuple[str, str], old: Figure, new: Figure) -> list[Change]:
    pairs: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = []
    pairs.append(("unit", (type_text(old.type),), (type_text(new.type),)))
    for aspect, mine, theirs in (("wordings", old.wordings, new.wordings), ("except", old.without, new.without)):
        pairs.append((aspect, tuple(x for x in mine if x not in theirs), tuple(x for x in theirs if x not in mine)))
    return [Change("changed", "figure", where, before, after, aspect) for aspect, before, after in pairs
            if before != after]  # fmt: skip


def _cells(shapes: Shapes) -> tuple[Tally, ...]:
    """The cells of each table, by its label in the edition that has it last."""
    mine, theirs = sizes(shapes.old), sizes(shapes.new)
    keys = {shapes.ties.old.table(table.name): table for table in shapes.old.tables}
    found = []
    for table in shapes.new.tables:
        before = keys.pop(shapes.ties.new.table(table.name), None)
        found.append(Tally(table.labels[0], mine[before.name] if before else 0, theirs[table.name]))
    return (*found, *(Tally(table.labels[0], mine[table.name], 0) for table in keys.values()))


def _rules(old: Edition, new: Edition) -> tuple[Tally, ...]:
    mine, theirs = groups(old), groups(new)
    return tuple(
        Tally(name, checks(mine.get(name, ())), checks(theirs.get(name, ())))
        for name in dict.fromkeys((*mine, *theirs))
    )
