"""A rule file as written: one frozen class per production of the grammar. Places are not compared."""

from attrs import field, frozen

from gouji.sources import Span


def place() -> Span:
    """The field that holds where a node is written."""
    return field(eq=False, repr=False)  # type: ignore[no-any-return]


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


@frozen
class Set:
    """`set`: `{a, b}`."""

    items: tuple["Path | Set", ...]
    span: Span = place()


Selection = Path | Set


@frozen
class Cell:
    """`cell`: `table[row, column]`."""

    table: Name
    row: Selection
    column: Selection
    span: Span = place()


@frozen
class Number:
    """`number`."""

    text: str
    span: Span = place()


@frozen
class Call:
    """`call`: a function and its arguments."""

    function: str
    arguments: tuple["Sum", ...]
    span: Span = place()


@frozen
class Factor:
    """`factor`: a number times a term."""

    number: Number
    term: "Term"
    span: Span = place()


@frozen
class Sum:
    """`sum`: terms, each with its sign."""

    terms: tuple[tuple[int, "Term"], ...]
    span: Span = place()


Term = Factor | Number | Call | Cell | Path | Set | Sum


@frozen
class Comparison:
    """`comparison`."""

    left: Sum
    relation: str
    right: Sum
    span: Span = place()


@frozen
class Every:
    """`every`: what a rule ranges over."""

    axis: str
    selection: Selection | None
    span: Span = place()


@frozen
class Rule:
    """`rule`."""

    name: Name
    sentence: str
    severity: str
    overs: tuple[Every, ...]
    clause: str
    body: Comparison
    span: Span = place()


@frozen
class Type:
    """`count` or `amount`."""

    kind: str
    unit: str
    decimals: int
    span: Span = place()


@frozen
class Member:
    """`member`."""

    name: Name
    total: bool
    labels: tuple[str, ...]
    type: Type | None
    children: tuple["Member", ...]
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
    items: tuple["Axis | Rule | Type", ...]
    span: Span = place()


@frozen
class Table:
    """`table`."""

    name: Name
    labels: tuple[str, ...]
    items: tuple["Block | Axis | Rule | Type | Across", ...]
    span: Span = place()


@frozen
class Narrative:
    """`narrative`."""

    name: Name
    labels: tuple[str, ...]
    span: Span = place()


@frozen
class Setting:
    """One line of the header: `edition`, `years`, `source`, `blank` or `mark`, with its values."""

    keyword: str
    values: tuple[str, ...]
    span: Span = place()


@frozen
class Form:
    """`form`."""

    title: str
    settings: tuple[Setting, ...]
    span: Span = place()


@frozen
class File:
    """`start`: one rule file."""

    form: Form
    items: tuple[Table | Narrative | Rule, ...]
    span: Span = place()
