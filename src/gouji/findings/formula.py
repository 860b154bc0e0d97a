"""A ground tree as text: the numbers in place of the names, in the notation of the rule file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from functools import cached_property

from attrs import define

from gouji.evaluation.facts import Facts
from gouji.evaluation.ground import Ground, Row, Tree, rows_of, slots_of
from gouji.evaluation.plan import Check, scaling
from gouji.evaluation.rows import Evaluation
from gouji.forms.form import CellType
from gouji.forms.values import MAX_DIGITS, Number, State, decimal_text, whole_of
from gouji.language.operators import RELATIONS
from gouji.messages import say

LONG = 40
"""Of more terms than this only the first two and the last are written out."""
NAMED = ("date", "code", "yesno")
"""The types whose numbers stand for something."""
_LOOSE, _OR, _AND, _NOT, _RELATION, _ADD, _MINUS, _MUL, _ATOM = range(9)
"""How strongly a text binds, from what stands alone to what needs no brackets anywhere."""
_STRENGTH = {"or": _OR, "and": _AND}
Said = tuple[str, int]
Piece = tuple[str, str, int]
"""A sign, a text, and how strongly that binds."""
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
        if self.unstated(slot):
            return say("not stated")
        if not facts.states:
            return value_text(facts.values[slot], cell.type)
        state = facts.states.get(slot)
        if state is None or state.known:
            return value_text(facts.values[slot], cell.type)
        if state.kind == "text":
            return f'"{self.facts.printed(slot)}"'
        return state_text(state)

    def unstated(self, slot: int) -> bool:
        """Whether a slot is a figure that the prose does not state."""
        return self.decided.plan.slots[slot].source == "figure" and slot not in self.facts.quoted

    @cached_property
    def beside(self) -> CellType | None:
        """The type that says what the sides of the whole comparison stand for."""
        return self.spoken(*self.check.body.arguments) if self.check.body else None

    def spoken(self, *grounds: Ground) -> CellType | None:
        """The type of the cells, where their numbers stand for days, codes, or yes and no."""
        if not self.decided.plan.tells:
            return None
        types = [self.facts.slots[slot].cell.type for ground in grounds for slot in slots_of(ground)]
        return next((type for type in types if type.kind in NAMED), None)


def value_text(value: Number, type: CellType | None = None) -> str:
    """A number as text: steps of a cell's last place, a day as a date, a code by its name; or a bare number."""
    if type is None or type.kind not in NAMED:
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
    """A row or tree with its numbers in place of names: `41 + 5`; constants are said as the cells beside them.

    Read with the usual rules of arithmetic and logic it is worth what the row or tree is worth.
    """
    return _said(node, names, type)[0]


def _said(node: Ground, names: Names, type: CellType | None = None) -> Said:
    if isinstance(node, Row) or node.operator == "+" or _factor(node) is not None:
        return _sum(list(_pieces(node, names, type)))
    if node.operator in RELATIONS:
        return _relation(node, names)
    if node.operator in ("and", "or"):
        own = _STRENGTH[node.operator]
        texts = [_within(_said(item, names), own if _same(item, node) else _NOT) for item in node.arguments]
        return _abridged(texts, f" {node.operator} "), own if len(texts) > 1 else _NOT
    if node.operator in ("*", "/"):
        one, other = (_said(item, names, type) for item in node.arguments)
        right = _MUL if node.operator == "*" else _ATOM
        return f"{_within(one, _MUL)} {node.operator} {_within(other, right)}", _MUL
    return _named(node, names, type)


def _same(item: Ground, node: Tree) -> bool:
    return isinstance(item, Tree) and item.operator == node.operator


def _relation(node: Tree, names: Names) -> Said:
    beside = names.spoken(*node.arguments)
    one, other = (_within(_said(item, names, beside), _ADD) for item in node.arguments)
    allowed = f" within {decimal_text(node.width)}" if node.width else ""
    return f"{one} {node.operator} {other}{allowed}", _RELATION


def _named(node: Tree, names: Names, type: CellType | None) -> Said:
    """What is no sum, product, comparison or `and`, in the notation of the rule file."""
    if node.operator in ("true", "false", "unknown", "fault"):
        return node.text or node.operator, _ATOM
    match node.operator:
        case "mark" | "text":
            return _reads(node, names, "="), _RELATION
        case "printed":
            return names.text(node.slots[0]), _ATOM
        case "not":
            inner = node.arguments[0]
            if isinstance(inner, Tree) and inner.operator in ("mark", "text"):
                return _reads(inner, names, "!="), _RELATION
            return f"not {_within(_said(inner, names), _ATOM)}", _NOT
        case "where":
            return f"{filled(node.arguments[1], names, type)} where {filled(node.arguments[0], names)}", _LOOSE
        case "exactly one of" | "all or none of":
            return f"{node.operator} {{{_abridged([_asked(item, names) for item in node.arguments], ', ')}}}", _ATOM
    items = [filled(item, names, type) for item in node.arguments] or [names.text(slot) for slot in node.slots]
    if node.operator == "matches":
        items.append(f'"{node.text}"')
    if node.operator == "rounds":
        items.reverse()
    return f"{node.text if node.operator == 'call' else node.operator}({_abridged(items, ', ')})", _ATOM


def _reads(node: Tree, names: Names, relation: str) -> str:
    """A question for a mark or a text, which stand in quotes."""
    state = names.facts.states.get(node.slots[0])
    marked = state is not None and state.kind == "mark" and not whole_of(state)
    printed = f'"{state.reason}"' if state and marked else names.text(node.slots[0])
    return f'{printed} {relation} "{node.text}"'


def _asked(item: Ground, names: Names) -> str:
    """What one of several is asked; that a cell is filled goes without saying, as in the rule."""
    alone = isinstance(item, Tree) and item.operator == "present" and len(item.slots) == 1
    return names.text(slots_of(item)[0]) if alone else filled(item, names)


def _factor(node: Ground) -> Fraction | None:
    """The constant that a product begins with."""
    if isinstance(node, Tree) and node.operator == "*":
        first = node.arguments[0]
        if isinstance(first, Row) and not first.terms:
            return first.constant
    return None


def _pieces(node: Ground, names: Names, type: CellType | None) -> Iterator[Piece]:
    """What is added up in a number, each with its sign."""
    factor = _factor(node)
    if isinstance(node, Row):
        yield from _row(node, names, type)
    elif node.operator == "+":
        for item in node.arguments:
            yield from _pieces(item, names, type)
    elif factor is not None:
        sign, before, after = scaling(factor)
        inner = _said(node.arguments[1], names, type)
        text = f"{before}{_within(inner, _MUL)}{after}"
        yield sign, text, _MUL if before or after or inner[1] < _ATOM else _ATOM
    else:
        text, own = _said(node, names, type)
        yield ("+", text, own) if own >= _MUL else ("+", f"({text})", _ATOM)


def _row(row: Row, names: Names, type: CellType | None) -> Iterator[Piece]:
    facts, plan = names.facts, names.decided.plan
    plain = not (facts.states or plan.tells or names.quotes)
    for sign, before, after, slot, scale in plan.pieces(row):
        text = decimal_text(facts.values[slot], scale) if plain else names.text(slot)
        yield sign, f"{before}{text}{after}", _MUL if before or after else _ATOM
    if row.constant or not row.terms:
        yield _constant(row.constant, type)


def _constant(value: Fraction, type: CellType | None) -> Piece:
    """A constant as the cells beside it are said; one without an end is a quotient."""
    sign = "-" if value < 0 else "+"
    if type and type.kind in NAMED:
        return sign, value_text(abs(value), type), _ATOM
    if 10**MAX_DIGITS % value.denominator == 0:
        return sign, decimal_text(abs(value)), _ATOM
    return sign, f"{abs(value.numerator)} / {value.denominator}", _MUL


def _sum(pieces: list[Piece]) -> Said:
    """Signed pieces as a sum; of a long one the beginning, the end and the number of terms."""
    (sign, first, own), *rest = pieces
    if sign == "-":
        first, own = (f"-({first})" if first.startswith("-") else f"-{first}"), _ADD if own < _ATOM else _MINUS
    if not rest:
        return first, own
    texts = [first, *(f"{sign} {text}" for sign, text, _ in rest)]
    if len(texts) <= LONG:
        return " ".join(texts), _ADD
    shown = [*texts[:2], rest[0][0], "…", texts[-1]]
    return say("{sum} ({n} terms)", sum=" ".join(shown), n=len(texts)), _ADD


def _abridged(texts: list[str], between: str) -> str:
    """All of them, or of many the first two, the last and how many they are."""
    if len(texts) <= LONG:
        return between.join(texts)
    return say("{list} ({n} in all)", list=between.join([*texts[:2], "…", texts[-1]]), n=len(texts))


def _within(said: Said, least: int) -> str:
    """A part of a formula, in brackets where it binds less than what it stands in."""
    text, own = said
    return text if own >= least else f"({text})"
