"""A ground tree as text: the numbers in place of the names, and under which values of missing cells it would hold."""

from __future__ import annotations

from collections import Counter
from datetime import date
from fractions import Fraction
from functools import cached_property

from attrs import define

from gouji.evaluation.facts import Facts
from gouji.evaluation.ground import Ground, Row, Tree, rows_of, slots_of
from gouji.evaluation.plan import Check
from gouji.evaluation.rows import Evaluation
from gouji.forms.form import CellType
from gouji.forms.values import Number, State, decimal_text
from gouji.language.operators import RELATIONS
from gouji.messages import say

_SOURCES = {"previous": "previous", "part": "parts"}
_DAYS, _LAST = date(1, 1, 1).toordinal() + 100_000, date.max.toordinal()
"""Between these a number beside a date is a day, below it is a number of days."""


@define(eq=False, slots=False)
class Names:
    """What the cells of one check are called and hold."""

    decided: Evaluation
    check: Check

    @cached_property
    def facts(self) -> Facts:
        """What is known, with the rule's own meaning of marks."""
        return self.decided.facts.under(self.check.rule.marks)

    @cached_property
    def missing(self) -> list[int]:
        """The slots that stand for a number which is not known."""
        facts = self.facts
        if not facts.states:
            return []
        rows = [row for ground in (self.check.body, self.check.guard) for row in rows_of(ground)]
        used = dict.fromkeys(slot for row in rows for _, slot in row.terms)
        return [slot for slot in used if slot in facts.states and facts.missing(slot)]

    @cached_property
    def quotes(self) -> bool:
        """Whether a figure of the prose is read, which may not be stated."""
        return any(self.decided.plan.slots[slot].source == "figure" for slot in self.check.slots)

    @cached_property
    def short(self) -> dict[int, str]:
        """The name of each cell along the axis that the rule does not range over."""
        ends = {slot: self._short(slot, 1) for slot in self.check.slots}
        often = Counter(ends.values())
        return {slot: name if often[name] == 1 else self._short(slot, 9) for slot, name in ends.items()}

    def _short(self, slot: int, most: int) -> str:
        """The last parts of the path of a cell, at most so many; the entry of a list with its list."""
        where, cell = self.decided.plan.slots[slot], self.decided.plan.slots[slot].cell
        axes = {over.axis for over in self.check.rule.overs}
        path, chain = (cell.column, cell.columns) if "row" in axes else (cell.row, cell.rows)
        parts = path[-max(most, 1 + bool(chain[-1].limit)) :]
        name = "/".join(parts) if len(axes) == 1 and where.source != "figure" else cell.key
        return f"{_SOURCES[where.source]}({name})" if where.source in _SOURCES else name

    def text(self, slot: int) -> str:
        """The value of a slot as decimal text, or why there is none."""
        facts = self.facts
        cell = facts.slots[slot].cell
        if facts.slots[slot].source == "figure" and slot not in facts.quoted:
            return say("not stated")
        if not facts.states:
            return value_text(facts.values[slot], cell.type)
        state = facts.states.get(slot)
        if state is None or state.known:
            return value_text(facts.values[slot], cell.type)
        if state.kind == "text":
            return f'"{self.facts.printed(slot)}"'
        return state_text(state)

    def spoken(self, *grounds: Ground) -> CellType | None:
        """The type of the cells, where their numbers stand for days, codes, or yes and no."""
        if not self.decided.plan.tells:
            return None
        types = [self.facts.slots[slot].cell.type for ground in grounds for slot in slots_of(ground)]
        return next((type for type in types if type.kind in ("date", "code", "yesno")), None)


def value_text(value: Number, type: CellType | None = None) -> str:
    """A number as text: steps of a cell's last place, a day as a date, a code by its name; or a bare number."""
    if type is None or type.kind not in ("date", "code", "yesno"):
        return decimal_text(value, type.scale if type else 1)
    whole = int(value)
    if whole != value:
        return decimal_text(value)
    if type.kind == "date":
        return date.fromordinal(whole).isoformat() if _DAYS < whole < _LAST else str(whole)
    names = type.codes if type.kind == "code" else (say("no"), say("yes"))
    return names[whole] if 0 <= whole < len(names) else str(whole)


def state_text(state: State) -> str:
    """Why a cell holds no number."""
    match state.kind:
        case "unreadable":
            return say("unreadable")
        case "blank" if not state.reason:
            return say("blank")
        case "absent" if not state.reason:
            return say("absent")
    return state.reason or state.kind


def filled(node: Ground, names: Names, type: CellType | None = None) -> str:
    """A row or tree with its numbers in place of names: `41 + 5`; constants are said as the cells beside them."""
    if isinstance(node, Row):
        return _row(node, names, type)
    if node.operator in ("true", "false", "unknown", "fault"):
        return node.text or node.operator
    beside = names.spoken(*node.arguments) if node.operator in RELATIONS else None
    items = [filled(item, names, beside) for item in node.arguments]
    if node.operator in (*RELATIONS, "and", "or", "+", "*", "/"):
        return f" {node.operator} ".join(_nested(item, text) for item, text in zip(node.arguments, items, strict=True))
    if node.operator == "where":
        return f"{items[1]} where {items[0]}"
    inner = items or [names.text(slot) for slot in node.slots]
    match node.operator:
        case "not":
            return f"not ({inner[0]})"
        case "printed":
            return inner[0]
        case "mark" | "text":
            return f'{inner[0]} = "{node.text}"'
        case "matches":
            inner = [*inner, f'"{node.text}"']
        case "rounds":
            inner = [items[1], items[0]]
    return f"{node.text if node.operator == 'call' else node.operator}({', '.join(inner)})"


def _nested(node: Ground, text: str) -> str:
    return f"({text})" if isinstance(node, Tree) and node.operator in ("and", "or", "+") else text


def _row(row: Row, names: Names, type: CellType | None) -> str:
    facts, plan = names.facts, names.decided.plan
    if facts.states or plan.tells or names.quotes:
        pieces = [before + names.text(slot) for before, slot, _ in plan.pieces(row)]
    else:
        pieces = [before + decimal_text(facts.values[slot], scale) for before, slot, scale in plan.pieces(row)]
    if row.constant or not pieces:
        whole = type if type and type.kind in ("date", "code", "yesno") else None
        pieces.append(("- " if row.constant < 0 else "+ ") + value_text(abs(row.constant), whole))
    return " ".join(pieces).removeprefix("+ ")


def condition(names: Names) -> str | None:
    """Under which values of the missing cells an equation would hold."""
    linear, facts = names.check.linear, names.facts
    body = names.check.body
    if linear is None or linear.relation == "!=" or body is None or not names.missing or linear.width:
        return None
    terms = {slot: Fraction(c, linear.scale) for c, slot in linear.terms}
    left = {slot: c for slot, c in terms.items() if facts.missing(slot)}
    d = Fraction(linear.constant, linear.scale) + sum(
        (c * facts.values[slot] for slot, c in terms.items() if slot not in left and not facts.skips(slot)),
        start=Fraction(0),
    )
    return _condition(names, linear.relation, left, d)


_TURNED = {"=": "=", "<=": ">=", ">=": "<=", "<": ">", ">": "<"}


def _condition(names: Names, relation: str, left: dict[int, Fraction], d: Fraction) -> str | None:
    called = [names.short[slot] for slot in left]
    types = {slot: names.facts.slots[slot].cell.type for slot in left}
    steps = {slot: c * types[slot].scale for slot, c in left.items()}
    if len(left) == 1:
        ((slot, step),) = steps.items()
        bound = value_text(-d / step * types[slot].scale, types[slot])
        return _bounded(called[0], _TURNED[relation] if step < 0 else relation, bound)
    if relation != "=":
        return None
    signs = {c > 0 for c in left.values()}
    if not d and len(signs) == 1:
        if len(called) == 2:
            return say("only if both are 0: {first} and {second}", first=called[0], second=called[1])
        listed, last = say(", ").join(called[:-1]), called[-1]
        return say("only if all are 0: {listed} and {last}", listed=listed, last=last)
    if {abs(step) for step in steps.values()} == {1}:
        first, *rest = steps.values()
        pieces = "".join(
            f" {'+' if step * first > 0 else '-'} {name}" for step, name in zip(rest, called[1:], strict=True)
        )
        return say("only if {name} is {value}", name=called[0] + pieces, value=decimal_text(-d * first))
    return None


def _bounded(name: str, relation: str, value: str) -> str:
    match relation:
        case "=":
            return say("only if {name} is {value}", name=name, value=value)
        case "<=":
            return say("only if {name} is at most {value}", name=name, value=value)
        case ">=":
            return say("only if {name} is at least {value}", name=name, value=value)
        case "<":
            return say("only if {name} is less than {value}", name=name, value=value)
        case _:
            return say("only if {name} is more than {value}", name=name, value=value)
