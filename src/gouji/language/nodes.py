"""A rule file as written: one frozen class per production of the grammar. Places are not compared."""

from __future__ import annotations

from typing import Any

from attrs import field, frozen

from gouji.sources import Span


def place() -> Any:
    """The field that holds where a node is written."""
    return field(eq=False, repr=False, kw_only=True)


@frozen
class Name:
    """`name`: a word, or anything between single quotes."""

    text: str
    span: Span = place()


@frozen
class Path:
    """`path`: names joined by dots, ending in `*` (children) or `**` (leaves) or neither."""

    names: tuple[Name, ...]
    star: str
    span: Span = place()

    def __str__(self) -> str:
        return ".".join((*(name.text for name in self.names), *([self.star] if self.star else [])))


@frozen
class Range:
    """`range`: from one member to another, both included, in the order of the form."""

    first: Expression
    last: Expression
    span: Span = place()


@frozen
class Without:
    """`without`: a selection without another."""

    whole: Expression
    without: Expression
    span: Span = place()


@frozen
class Set:
    """`set`: `{a, b}`."""

    items: tuple[Expression, ...]
    span: Span = place()


@frozen
class Cell:
    """`cell`: `table[row, column]`, or `section[figure]`."""

    table: Name
    row: Expression
    column: Expression | None
    span: Span = place()


@frozen
class Number:
    """`number`."""

    text: str
    span: Span = place()


@frozen
class Date:
    """`date`: `2024-01-31`."""

    text: str
    span: Span = place()


@frozen
class Text:
    """`text`: a printed text, a mark or a code."""

    text: str
    span: Span = place()


@frozen
class Call:
    """`call`: a function and its arguments."""

    function: str
    arguments: tuple[Expression, ...]
    span: Span = place()


@frozen
class Gather:
    """`gather`: an argument taken for each member of a selection, or only where a condition holds."""

    body: Expression
    variable: Name | None
    selection: Expression | None
    missing: str
    where: Expression | None
    span: Span = place()


@frozen
class Quantity:
    """`quantity`: `exactly one of {…}` or `all or none of {…}`."""

    kind: str
    items: Set
    span: Span = place()


@frozen
class Product:
    """`product`: a first factor, then each further one with `*` or `/`."""

    first: Expression
    rest: tuple[tuple[str, Expression], ...]
    span: Span = place()


@frozen
class Sum:
    """`sum`: terms, each with its sign."""

    terms: tuple[tuple[int, Expression], ...]
    span: Span = place()


@frozen
class Comparison:
    """`comparison`: a chain of relations, and the difference that is allowed."""

    first: Expression
    rest: tuple[tuple[str, Expression], ...]
    within: Expression | None
    span: Span = place()


@frozen
class Membership:
    """`membership`: one value among several."""

    item: Expression
    choices: Expression
    span: Span = place()


@frozen
class Same:
    """`same`: both are present or neither is."""

    left: Expression
    right: Expression
    span: Span = place()


@frozen
class Negation:
    """`negation`."""

    item: Expression
    span: Span = place()


@frozen
class Conjunction:
    """`conjunction`."""

    items: tuple[Expression, ...]
    span: Span = place()


@frozen
class Disjunction:
    """`disjunction`."""

    items: tuple[Expression, ...]
    span: Span = place()


@frozen
class Implication:
    """`implication`: `if A then B`."""

    guard: Expression
    body: Expression
    span: Span = place()


Expression = (
    Path | Range | Without | Set | Cell | Number | Date | Text | Call | Gather | Quantity | Product | Sum | Comparison
    | Membership | Same | Negation | Conjunction | Disjunction
)  # fmt: skip


@frozen
class Every:
    """`every`: what a rule ranges over."""

    variable: Name
    selections: tuple[Expression, ...]
    where: Expression | None
    after_first: bool
    missing: str
    span: Span = place()


@frozen
class Line:
    """One line of a rule that says a word or number: `clause`, `since`, `until`, `message` or `explained`."""

    keyword: str
    value: str
    span: Span = place()


@frozen
class When:
    """`when`: the guard of a rule."""

    guard: Expression
    span: Span = place()


@frozen
class Mark:
    """`mark`: printed signs and their meaning; `low` and `high` for a number or two."""

    texts: tuple[str, ...]
    meaning: str
    low: str
    high: str
    span: Span = place()


@frozen
class Rule:
    """`rule`."""

    name: Name
    sentence: str
    severity: str
    lines: tuple[Every | When | Line | Mark, ...]
    body: Expression | Implication
    span: Span = place()


@frozen
class Type:
    """`type`."""

    kind: str
    unit: str
    decimals: str
    signed: bool
    low: str
    high: str
    span: Span = place()


@frozen
class Word:
    """`word`: `required`, `optional`, `blank zero`, or `is TAG`."""

    keyword: str
    value: str
    span: Span = place()


@frozen
class Member:
    """`member`, `each` or `list`; `kind` tells which."""

    kind: str
    name: Name
    limit: str
    total: bool
    labels: tuple[str, ...]
    type: Type | None
    words: tuple[Word, ...]
    children: tuple[Member, ...]
    span: Span = place()


@frozen
class Axis:
    """`rows` or `columns`."""

    kind: str
    headings: tuple[str, ...]
    members: tuple[Member, ...]
    span: Span = place()


@frozen
class Across:
    """`across`."""

    span: Span = place()


@frozen
class Block:
    """`block`."""

    headings: tuple[str, ...]
    items: tuple[Axis | Rule | Type, ...]
    span: Span = place()


@frozen
class Table:
    """`table`."""

    name: Name
    labels: tuple[str, ...]
    items: tuple[Block | Axis | Rule | Type | Across, ...]
    span: Span = place()


@frozen
class Codes:
    """`codes`: a list of texts that a cell may hold."""

    name: Name
    texts: tuple[str, ...]
    span: Span = place()


@frozen
class Function:
    """`function`: a Python function that the caller registers."""

    name: str
    parameters: tuple[str, ...]
    result: str
    sentence: str
    span: Span = place()


@frozen
class Figure:
    """`figure`: what a section may quote, its unit, its wordings, and words ahead of it that tell another quantity."""

    name: Name
    unit: Name
    wordings: tuple[str, ...]
    without: tuple[str, ...]
    span: Span = place()


@frozen
class Narrative:
    """`narrative`."""

    name: Name
    labels: tuple[str, ...]
    figures: tuple[Figure, ...]
    span: Span = place()


@frozen
class Agency:
    """`agency`: the names of one body."""

    names: tuple[str, ...]
    span: Span = place()


@frozen
class Change:
    """`change`: what is added, removed, renamed, moved or retyped in the edition that a file extends."""

    keyword: str
    path: Path | None = None
    name: Name | None = None
    labels: tuple[str, ...] = ()
    type: Type | None = None
    members: tuple[Member, ...] = ()
    span: Span = place()


@frozen
class Pair:
    """`pair`: a selection of this edition and the one of the other that it corresponds to, None for nothing."""

    left: Path
    right: Path | None
    span: Span = place()


@frozen
class Counterparts:
    """`counterparts`: what of this edition corresponds to what of another."""

    edition: str
    pairs: tuple[Pair, ...]
    span: Span = place()


@frozen
class Setting:
    """A line of the header: `edition`, `years`, `source`, `replaces`, `blank` or `cells`, with its values."""

    keyword: str
    values: tuple[str, ...]
    span: Span = place()


@frozen
class Form:
    """`form`."""

    title: str
    settings: tuple[Setting | Mark, ...]
    span: Span = place()


Item = Codes | Function | Table | Narrative | Counterparts | Agency | Rule | Change


@frozen
class File:
    """`start`: one rule file."""

    form: Form
    items: tuple[Item, ...]
    span: Span = place()
