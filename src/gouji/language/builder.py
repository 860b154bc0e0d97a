"""The parse tree -> nodes: one method for each production that has a class."""

import re
import unicodedata
from typing import Any

from lark import Token, Transformer, v_args

from gouji.language import nodes
from gouji.sources import Source, Span

_RELATIONS = {"≤": "<=", "≥": ">=", "≠": "!="}


@v_args(meta=True)
class Builder(Transformer[Token, nodes.File]):
    """Builds the class of each production."""

    def __init__(self, source: Source) -> None:
        super().__init__()
        self.source = source

    def _span(self, meta: Any) -> Span:
        if getattr(meta, "empty", False):
            return Span(self.source, 1, 1, 2)
        end = meta.end_column if meta.end_line == meta.line else len(self.source.line(meta.line)) + 1
        return Span(self.source, meta.line, meta.column, end)

    def start(self, meta: Any, items: list[Any]) -> nodes.File:
        return nodes.File(items[0], tuple(items[1:]), span=self._span(meta))

    def form(self, meta: Any, items: list[Any]) -> nodes.Form:
        return nodes.Form(_text(items[0]), tuple(items[1:]), span=self._span(meta))

    def _setting(self, keyword: str, meta: Any, items: list[Any]) -> nodes.Setting:
        return nodes.Setting(keyword, tuple(_text(item or "") for item in items), span=self._span(meta))

    def edition(self, meta: Any, items: list[Any]) -> nodes.Setting:
        return self._setting("edition", meta, items)

    def years(self, meta: Any, items: list[Any]) -> nodes.Setting:
        return self._setting("years", meta, items)

    def origin(self, meta: Any, items: list[Any]) -> nodes.Setting:
        return self._setting("source", meta, items)

    def replaces(self, meta: Any, items: list[Any]) -> nodes.Setting:
        return self._setting("replaces", meta, items)

    def agency(self, meta: Any, items: list[Any]) -> nodes.Agency:
        return nodes.Agency(items[0], span=self._span(meta))

    def extends(self, meta: Any, items: list[Any]) -> nodes.Setting:
        return self._setting("extends", meta, items)

    def added_rows(self, meta: Any, items: list[Any]) -> nodes.Change:
        return nodes.Change("add rows", items[0], items[1], members=tuple(items[2:]), span=self._span(meta))

    def added_columns(self, meta: Any, items: list[Any]) -> nodes.Change:
        return nodes.Change("add columns", items[0], items[1], members=tuple(items[2:]), span=self._span(meta))

    def removed(self, meta: Any, items: list[Any]) -> nodes.Change:
        return nodes.Change("remove", items[0], span=self._span(meta))

    def removed_rule(self, meta: Any, items: list[Any]) -> nodes.Change:
        return nodes.Change("remove rule", name=items[0], span=self._span(meta))

    def renamed(self, meta: Any, items: list[Any]) -> nodes.Change:
        return nodes.Change("rename", items[0], items[1], items[2] or (), span=self._span(meta))

    def moved(self, meta: Any, items: list[Any]) -> nodes.Change:
        return nodes.Change("move", items[0], items[1], span=self._span(meta))

    def retyped(self, meta: Any, items: list[Any]) -> nodes.Change:
        return nodes.Change("retype", items[0], type=items[1], span=self._span(meta))

    def blank(self, meta: Any, items: list[Any]) -> nodes.Setting:
        return self._setting("blank", meta, items)

    def need(self, meta: Any, items: list[Any]) -> nodes.Setting:
        return self._setting("cells", meta, items)

    def mark(self, meta: Any, items: list[Any]) -> nodes.Mark:
        meaning, low, high = items[1]
        return nodes.Mark(items[0], meaning, low, high, span=self._span(meta))

    def meaning(self, meta: Any, items: list[Any]) -> tuple[str, str, str]:
        texts = [item.text if isinstance(item, nodes.Number) else str(item) for item in items]
        if len(texts) == 2:
            return "between", texts[0], texts[1]
        return ("number", texts[0], texts[0]) if isinstance(items[0], nodes.Number) else (texts[0], "", "")

    def codes(self, meta: Any, items: list[Any]) -> nodes.Codes:
        return nodes.Codes(items[0], tuple(map(_text, items[1:])), span=self._span(meta))

    def function(self, meta: Any, items: list[Any]) -> nodes.Function:
        name, *parameters, result, sentence = items
        texts = tuple(str(item) for item in parameters if item is not None)
        return nodes.Function(str(name), texts, str(result), _text(sentence), span=self._span(meta))

    def table(self, meta: Any, items: list[Any]) -> nodes.Table:
        return nodes.Table(items[0], items[1] or (), tuple(items[2:]), span=self._span(meta))

    def across(self, meta: Any, items: list[Any]) -> nodes.Across:
        return nodes.Across(span=self._span(meta))

    def type_line(self, meta: Any, items: list[Any]) -> nodes.Type:
        type: nodes.Type = items[0]
        return type

    def block(self, meta: Any, items: list[Any]) -> nodes.Block:
        return nodes.Block(items[0], tuple(items[1:]), span=self._span(meta))

    def columns(self, meta: Any, items: list[Any]) -> nodes.Axis:
        return nodes.Axis("columns", items[0] or (), tuple(items[1:]), span=self._span(meta))

    def rows(self, meta: Any, items: list[Any]) -> nodes.Axis:
        return nodes.Axis("rows", items[0] or (), tuple(items[1:]), span=self._span(meta))

    def _member(self, kind: str, limit: str, total: bool, items: list[Any]) -> nodes.Member:
        name, labels, type, *rest = items
        words = tuple(item for item in rest if isinstance(item, nodes.Word))
        children = tuple(item for item in rest if isinstance(item, nodes.Member))
        return nodes.Member(kind, name, limit, total, labels or (), type, words, children, span=name.span)

    def member(self, meta: Any, items: list[Any]) -> nodes.Member:
        name, total, *rest = items
        return self._member("member", "", total is not None, [name, *rest])

    def each(self, meta: Any, items: list[Any]) -> nodes.Member:
        return self._member("each", "", False, items)

    def listing(self, meta: Any, items: list[Any]) -> nodes.Member:
        name, limit, *rest = items
        return self._member("list", str(limit), False, [name, *rest])

    def word(self, meta: Any, items: list[Any]) -> nodes.Word:
        keyword = {"MISSING": "blank", "NAME": "is"}.get(items[0].type, "need")
        return nodes.Word(keyword, str(items[0]), span=self._span(meta))

    def labels(self, meta: Any, items: list[Any]) -> tuple[str, ...]:
        return tuple(_text(item) for item in items)

    def type(self, meta: Any, items: list[Any]) -> nodes.Type:
        kind, unit, decimals, signed, low, high = items
        words = [item.text if item else "" for item in (unit, low, high)]
        return nodes.Type(
            str(kind), words[0], str(decimals or ""), signed is not None, words[1], words[2], span=self._span(meta)
        )

    def narrative(self, meta: Any, items: list[Any]) -> nodes.Narrative:
        name, labels, *figures = items
        return nodes.Narrative(name, labels, tuple(filter(None, figures)), span=self._span(meta))

    def figure(self, meta: Any, items: list[Any]) -> nodes.Figure:
        name, unit, wordings, without = items
        unit = nodes.Name(str(unit), span=self._span(meta)) if isinstance(unit, Token) else unit
        return nodes.Figure(name, unit, wordings, without or (), span=self._span(meta))

    def counterparts(self, meta: Any, items: list[Any]) -> nodes.Counterparts:
        edition, *pairs = items
        return nodes.Counterparts(_text(edition), tuple(pairs), span=self._span(meta))

    def pair(self, meta: Any, items: list[Any]) -> nodes.Pair:
        left, _, right = items
        nothing = not right.star and [name.text for name in right.names] == ["none"]
        return nodes.Pair(left, None if nothing else right, span=self._span(meta))

    def rule(self, meta: Any, items: list[Any]) -> nodes.Rule:
        name, sentence, severity, *lines, body = items
        return nodes.Rule(name, _text(sentence), str(severity or "error"), tuple(lines), body, span=name.span)

    def every(self, meta: Any, items: list[Any]) -> nodes.Every:
        name, *selections, where, after_first, missing = items
        found = tuple(item for item in selections if item is not None)
        return nodes.Every(name, found, where, after_first is not None, str(missing or ""), span=self._span(meta))

    def when(self, meta: Any, items: list[Any]) -> nodes.When:
        return nodes.When(items[0], span=self._span(meta))

    def _line(self, keyword: str, meta: Any, items: list[Any]) -> nodes.Line:
        return nodes.Line(keyword, _text(items[0]), span=self._span(meta))

    def clause(self, meta: Any, items: list[Any]) -> nodes.Line:
        return self._line("clause", meta, items)

    def since(self, meta: Any, items: list[Any]) -> nodes.Line:
        return self._line("since", meta, items)

    def until(self, meta: Any, items: list[Any]) -> nodes.Line:
        return self._line("until", meta, items)

    def message(self, meta: Any, items: list[Any]) -> nodes.Line:
        return self._line("message", meta, items)

    def explained(self, meta: Any, items: list[Any]) -> nodes.Line:
        return self._line("explained", meta, items)

    def implication(self, meta: Any, items: list[Any]) -> nodes.Implication:
        return nodes.Implication(items[0], items[1], span=self._span(meta))

    def disjunction(self, meta: Any, items: list[Any]) -> nodes.Disjunction:
        return nodes.Disjunction(tuple(items), span=self._span(meta))

    def conjunction(self, meta: Any, items: list[Any]) -> nodes.Conjunction:
        return nodes.Conjunction(tuple(items), span=self._span(meta))

    def negation(self, meta: Any, items: list[Any]) -> nodes.Negation:
        return nodes.Negation(items[0], span=self._span(meta))

    def comparison(self, meta: Any, items: list[Any]) -> nodes.Comparison:
        first, *rest, within = items
        pairs = tuple((_RELATIONS.get(rest[i], str(rest[i])), rest[i + 1]) for i in range(0, len(rest), 2))
        return nodes.Comparison(first, pairs, within, span=self._span(meta))

    def membership(self, meta: Any, items: list[Any]) -> nodes.Membership:
        return nodes.Membership(items[0], items[1], span=self._span(meta))

    def same(self, meta: Any, items: list[Any]) -> nodes.Same:
        return nodes.Same(items[0], items[-1], span=self._span(meta))

    def sum(self, meta: Any, items: list[Any]) -> nodes.Sum:
        signed = items if isinstance(items[0], Token) else ["+", *items]
        signs = [-1 if sign == "-" else 1 for sign in signed[::2]]
        return nodes.Sum(tuple(zip(signs, signed[1::2], strict=True)), span=self._span(meta))

    def product(self, meta: Any, items: list[Any]) -> nodes.Product:
        pairs = tuple((str(items[i]), items[i + 1]) for i in range(1, len(items), 2))
        return nodes.Product(items[0], pairs, span=self._span(meta))

    def range(self, meta: Any, items: list[Any]) -> nodes.Range:
        return nodes.Range(items[0], items[1], span=self._span(meta))

    def without(self, meta: Any, items: list[Any]) -> nodes.Without:
        return nodes.Without(items[0], items[1], span=self._span(meta))

    def number(self, meta: Any, items: list[Any]) -> nodes.Number:
        return nodes.Number(str(items[0]), span=self._span(meta))

    def date(self, meta: Any, items: list[Any]) -> nodes.Date:
        return nodes.Date(str(items[0]), span=self._span(meta))

    def text(self, meta: Any, items: list[Any]) -> nodes.Text:
        return nodes.Text(_text(items[0]), span=self._span(meta))

    def call(self, meta: Any, items: list[Any]) -> nodes.Call:
        arguments = tuple(item for item in items[1:] if item is not None)
        return nodes.Call(str(items[0]), arguments, span=self._span(meta))

    def gather(self, meta: Any, items: list[Any]) -> nodes.Gather:
        return nodes.Gather(items[0], None, None, "", items[1], span=self._span(meta))

    def gather_for(self, meta: Any, items: list[Any]) -> nodes.Gather:
        body, variable, selection, missing, where = items
        return nodes.Gather(body, variable, selection, str(missing or ""), where, span=self._span(meta))

    def quantity(self, meta: Any, items: list[Any]) -> nodes.Quantity:
        return nodes.Quantity(" ".join(str(items[0]).split()), items[1], span=self._span(meta))

    def cell(self, meta: Any, items: list[Any]) -> nodes.Cell:
        return nodes.Cell(items[0], items[1], items[2], span=self._span(meta))

    def path(self, meta: Any, items: list[Any]) -> nodes.Path:
        names = [
            nodes.Name(str(item), span=self._span(meta)) if isinstance(item, Token) else item
            for item in items
            if isinstance(item, (nodes.Name, Token))
        ]
        star = next((item for item in items if isinstance(item, str) and not isinstance(item, Token)), "")
        return nodes.Path(tuple(names), star, span=self._span(meta))

    def star(self, meta: Any, items: list[Any]) -> str:
        return "**" if items[0] == "**" else "*"

    def set(self, meta: Any, items: list[Any]) -> nodes.Set:
        return nodes.Set(tuple(items), span=self._span(meta))

    def name(self, meta: Any, items: list[Any]) -> nodes.Name:
        text = unicodedata.normalize("NFC", str(items[0]))
        return nodes.Name(text[1:-1] if text.startswith("'") else text, span=self._span(meta))


def _text(token: Any) -> str:
    text = str(token)
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if text.startswith('"') else text
