"""Small editions made at random, and editions written in another way that means the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from attrs import evolve, fields, has
from hypothesis import strategies as st

from gouji.language import nodes
from gouji.language.parser import parse
from gouji.language.printer import print_file
from gouji.sources import Source

ROWS = ("甲", "乙", "丙", "丁")
COLUMNS = ("子", "丑", "寅")
LABELS = {"甲": ("甲类事项", "甲类", "甲类各事项"), "丁": ("其他", "其他事项"), "寅": ("合计", "总计", "寅")}
TYPES = ("count 件", "count 件 signed", "amount 元 2", "number")
FORMULAS = (
    "{a} = {b} + {c}", "{a} >= {b}", "{a} = sum(**)", "{a} = previous({b}) + {c}", "{a} - {b} = {c}",
    "max({a}, {b}) >= {c}",
    "{a} = 0 or {b} > {c}", "{a} = {b} and {b} = {c}", "sum({a}, {b}) <= {c}", "({a} = 0) same as ({b} = 0)",
)  # fmt: skip


@st.composite
def _member(draw: st.DrawFn, name: str) -> str:
    label = draw(st.sampled_from(LABELS.get(name, (name,))))
    word = draw(st.sampled_from(("", "", "", " required")))
    below = draw(st.sampled_from((False, False, True))) if name in ROWS else False
    inner = "".join(f"\n      {name}{number}" for number in (1, 2)) if below else ""
    return f'    {name} "{label}"{"" if below else word}{inner}'


@st.composite
def _axis(draw: st.DrawFn, names: tuple[str, ...]) -> str:
    chosen = draw(st.lists(st.sampled_from(names), min_size=2, max_size=len(names), unique=True))
    return "\n".join(draw(_member(name)) for name in chosen)


@st.composite
def _rule(draw: st.DrawFn, name: str, axis: str, names: list[str]) -> str:
    formula = draw(st.sampled_from(FORMULAS))
    used = {letter: draw(st.sampled_from(names)) for letter in "abc"}
    severity = draw(st.sampled_from(("", " warning")))
    guard = draw(st.sampled_from(("", f"    when {names[0]} > 0\n")))
    head = f'  rule {name} "{draw(st.sampled_from(("一句", "又一句")))}"{severity}\n    every {axis}\n'
    return head + guard + f"    {formula.format(**used)}\n"


@st.composite
def editions(draw: st.DrawFn) -> str:
    """The text of an edition of one table, with up to three rules."""
    rows, columns = draw(_axis(ROWS)), draw(_axis(COLUMNS))
    leaves = [line.split()[0] for line in rows.split("\n") if f"{line.split()[0]}1" not in rows]
    lines = [line.split()[0] for line in columns.split("\n")]
    names = draw(st.lists(st.sampled_from(("一", "二", "三", "四")), max_size=3, unique=True))
    ways = (("column", leaves), ("row", lines))
    rules = [draw(_rule(f"规则{name}", *draw(st.sampled_from(ways)))) for name in names]
    years, mark = draw(st.sampled_from(("2020..", "2021..2023"))), draw(st.sampled_from(("", '  mark "/" skip\n')))
    head = f'form "表"\n  edition 1\n  years {years}\n{mark}table 表 "一、表"\n  {draw(st.sampled_from(TYPES))}\n'
    return "\n".join([f"{head}  columns\n{columns}\n  rows\n{rows}\n", *rules])


def rewritten(text: str, random: Any) -> str:
    """The same edition in canonical form, its declarations in another order and its variables renamed."""
    file, problems = parse(Source("made", text))
    assert file is not None and not problems
    # Where a rule asks for the order of rows, rows stay in order.
    ordered = any(word in text for word in (" to ", "after first", "before(", "position("))
    opened = set(re.findall(r"each (\w+)", text))  # a variable of that name stands for its names
    return print_file(_renamed(_shuffled(file, random, ordered), opened))


def _shuffled(node: Any, random: Any, ordered: bool) -> Any:
    """Files, tables, sections, blocks and axes with what is in them in another order."""
    if isinstance(node, nodes.Axis):
        return node if ordered else evolve(node, members=_mixed(node.members, random))
    if isinstance(node, nodes.Narrative):
        return evolve(node, figures=_mixed(node.figures, random))
    if isinstance(node, (nodes.File, nodes.Table, nodes.Block)):
        items: Any = tuple(_shuffled(item, random, ordered) for item in node.items)
        return evolve(node, items=_mixed(items, random))
    return node


def _mixed(items: Any, random: Any) -> Any:
    return tuple(random.sample(items, len(items)))


def _renamed(node: Any, kept: set[str]) -> Any:
    """Each rule with its variables under another name."""
    if isinstance(node, nodes.Rule):
        every = [line for line in node.lines if isinstance(line, nodes.Every) and line.selections]
        names = {line.variable.text for line in every} - {"row", "column"} - kept
        return _with({name: f"{name}又" for name in names}, node)
    if isinstance(node, tuple):
        return tuple(_renamed(item, kept) for item in node)
    if not has(type(node)) or isinstance(node, (nodes.Member, nodes.Name)):
        return node
    return evolve(
        node, **{f.name: _renamed(getattr(node, f.name), kept) for f in fields(type(node)) if f.name != "span"}
    )


def _with(names: dict[str, str], node: Any) -> Any:
    if isinstance(node, tuple):
        return tuple(_with(names, item) for item in node)
    if isinstance(node, nodes.Path) and node.names and node.names[0].text in names:
        return evolve(node, names=(evolve(node.names[0], text=names[node.names[0].text]), *node.names[1:]))
    if isinstance(node, nodes.Every):
        node = evolve(node, variable=evolve(node.variable, text=names.get(node.variable.text, node.variable.text)))
        return evolve(node, selections=_with(names, node.selections), where=_with(names, node.where))
    if isinstance(node, nodes.Cell):
        table = evolve(node.table, text=names.get(node.table.text, node.table.text))
        return evolve(node, table=table, row=_with(names, node.row), column=_with(names, node.column))
    if not has(type(node)) or isinstance(node, nodes.Name):
        return node
    return evolve(node, **{f.name: _with(names, getattr(node, f.name)) for f in fields(type(node)) if f.name != "span"})


def changed(text: str, random: Any) -> str:
    """The same edition but for one relation or number in a rule."""
    file, problems = parse(Source("made", text))
    assert file is not None and not problems
    places = sum(1 for rule in _rules(file) for _ in _signs(rule))
    left = [random.randrange(places)]

    def walk(node: Any) -> Any:
        if isinstance(node, tuple):
            return tuple(map(walk, node))
        if isinstance(node, (nodes.Comparison, nodes.Number)):
            left[0] -= 1
            if left[0] == -1:
                return _turned(node)
        if not has(type(node)):
            return node
        return evolve(node, **{f.name: walk(getattr(node, f.name)) for f in fields(type(node)) if f.name != "span"})

    def rules(node: Any) -> Any:
        if isinstance(node, nodes.Rule):
            return walk(node)
        if isinstance(node, (nodes.File, nodes.Table, nodes.Block)):
            items: Any = tuple(rules(item) for item in node.items)
            return evolve(node, items=items)
        return node

    return print_file(rules(file))


def _rules(node: Any) -> Iterator[nodes.Rule]:
    if isinstance(node, nodes.Rule):
        yield node
    for item in getattr(node, "items", ()) if isinstance(node, (nodes.File, nodes.Table, nodes.Block)) else ():
        yield from _rules(item)


def _signs(node: Any) -> Iterator[Any]:
    if isinstance(node, (nodes.Comparison, nodes.Number)):
        yield node
    inner = node if isinstance(node, tuple) else ()
    if has(type(node)):
        inner = tuple(getattr(node, f.name) for f in fields(type(node)) if f.name != "span")
    for item in inner:
        yield from _signs(item)


def _turned(node: nodes.Comparison | nodes.Number) -> nodes.Comparison | nodes.Number:
    """Another relation, or the next number."""
    if isinstance(node, nodes.Number):
        return evolve(node, text=str(Decimal(node.text) + 1))
    (relation, right), *rest = node.rest
    other = {"=": ">=", ">=": ">", ">": "=", "<=": "<", "<": "!=", "!=": "="}[relation]
    return evolve(node, rest=((other, right), *rest))
