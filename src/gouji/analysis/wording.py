"""A rule as meant, written out again for a person to compare."""

from __future__ import annotations

from fractions import Fraction
from typing import assert_never

from gouji.language import core

MANY = 3
"""Of more members than this only the first and the last are named."""


def formula(node: core.Node, home: str) -> str:
    """A condition or a number as text; a cell of the table `home` by what the rule does not range over."""
    match node:
        case core.Read():
            return _read(node, home)
        case core.Constant():
            return _number(node.value)
        case core.Linear():
            return " ".join(_term(factor, item, home) for factor, item in node.terms).removeprefix("+ ")
        case core.Gather():
            return _gather(node, home)
        case core.Apply():
            return _apply(node, home)
        case core.State():
            text = node.text if node.test == "given" else f'"{node.text}"' if node.text else ""
            return (
                f"{node.test}({', '.join([*(formula(cell, home) for cell in node.cells), *([text] if text else [])])})"
            )
        case core.Compare():
            width = "" if node.width is None else f" within {_number(node.width)}"
            return f"{formula(node.left, home)} {node.relation} {formula(node.right, home)}{width}"
        case core.Logic():
            return _logic(node, home)
        case _:
            assert_never(node)


def _read(node: core.Read, home: str) -> str:
    if node.source == "figure":
        return f"{node.table}[{_selection(node.row)}]"
    text = _place(node, home)
    return f"previous({text})" if node.source == "previous" else text


def _place(node: core.Read, home: str) -> str:
    bare = [all(p.variable and not p.suffix for p in axis) for axis in (node.row, node.column)]
    if bare[0] != bare[1] and node.table == home:
        return _selection(node.column if bare[0] else node.row)
    return f"{node.table}[{', '.join(_selection(axis) for axis in (node.row, node.column) if axis)}]"


def _selection(points: core.Coordinate) -> str:
    names = [_point(point) for point in points]
    if len(names) > MANY:
        return f"{names[0]} … {names[-1]} ({len(names)})"
    return names[0] if len(names) == 1 else f"{{{', '.join(names)}}}"


def _point(point: core.Point) -> str:
    name = ".".join(part for part in (*point.prefix, point.variable, *point.suffix) if part)
    return f"before({name})" if point.shift else name


def _number(value: Fraction) -> str:
    return str(value)


def _term(factor: Fraction, item: core.Node, home: str) -> str:
    times = "" if abs(factor) == 1 else f"{_number(abs(factor))} * "
    inner = formula(item, home)
    if isinstance(item, core.Linear) and len(item.terms) > 1 and (factor != 1):
        inner = f"({inner})"
    return f"{'-' if factor < 0 else '+'} {times}{inner}"


def _gather(node: core.Gather, home: str) -> str:
    if node.function == "in":
        return f"{formula(node.parts[0][0], home)} in {formula(node.parts[1][0], home)}"
    if node.function == "sum" and len(node.parts) == 1 and node.parts[0][1:] == (None, None):
        body = node.parts[0][0]
        one = isinstance(body, core.Read) and len(body.row) == len(body.column) == 1 and body.source == "previous"
        if one or isinstance(body, core.Gather):  # what `previous` means: no sum as written
            return formula(body, home)
    return f"{node.function}({', '.join(_part(*part, home) for part in node.parts)})"


def _part(body: core.Node, over: core.Over | None, where: core.Node | None, home: str) -> str:
    text = formula(body, home)
    if over:
        points = tuple(core.Point(path) for path in over.paths)
        missing = f" missing {over.missing}" if over.missing else ""
        text += f" for {over.variable} of {over.table}.{_selection(points)}{missing}"
    return text + (f" where {formula(where, home)}" if where else "")


def _apply(node: core.Apply, home: str) -> str:
    if node.function in ("*", "/"):
        return f" {node.function} ".join(_factor(item, home) for item in node.arguments)
    if node.function == "position":
        return f"position({node.name})"
    name = node.name if node.function == "call" else node.function
    return f"{name}({', '.join(formula(item, home) for item in node.arguments)})"


def _factor(node: core.Node, home: str) -> str:
    text = formula(node, home)
    return f"({text})" if isinstance(node, (core.Linear, core.Apply)) else text


def _logic(node: core.Logic, home: str) -> str:
    items = [formula(item, home) for item in node.arguments]
    if node.operator == "not":
        return f"not ({items[0]})"
    if node.operator in ("and", "or"):
        inner = [f"({text})" if isinstance(item, core.Logic) and item.operator in ("and", "or") else text
                 for item, text in zip(node.arguments, items, strict=True)]  # fmt: skip
        return f" {node.operator} ".join(inner)
    return f"{node.operator} {{{', '.join(items)}}}"
