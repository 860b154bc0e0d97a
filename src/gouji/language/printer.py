"""Nodes -> text in canonical form; what is printed reads back as the same nodes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import assert_never

from attrs import frozen

from gouji.language import nodes
from gouji.sources import Source, width

_WORD = re.compile(r"[^\W\d]\w*")
_RESERVED = frozenset(
    (
        *("and", "or", "not", "in", "if", "then", "where", "for", "of", "to", "except", "within", "error", "warning"),
        *("every", "when", "clause", "from", "until", "message", "mark", "unless", "rule", "each", "list", "count"),
        *(
            "number",
            "percent",
            "date",
            "code",
            "text",
            "yesno",
            "signed",
            "required",
            "optional",
            "blank",
            "is",
            "rows",
        ),
        *("columns", "block", "printed", "missing", "after", "exactly", "all", "same", "across", "between", "amount"),
        "total",
    )
)


_EDITIONS = ("edition", "replaces", "extends")


@frozen
class Line:
    """A printed line: where its node was written, how deep it stands, and what it says."""

    number: int
    depth: int
    text: str


def print_file(file: nodes.File) -> str:
    """The whole file in canonical form, without comments."""
    return "".join(f"{'  ' * line.depth}{line.text}".rstrip() + "\n" for line in lines(file))


def format_source(source: Source, file: nodes.File) -> str:
    """The file in canonical form, with the comments of its source where they stood."""
    comments = _comments(source)
    out: list[str] = []
    done = 0
    for line in lines(file):
        indent = "  " * line.depth
        if not line.text:
            out.append("")
            continue
        above = [number for number in comments if done < number < line.number]
        gap = out.pop() if out and not out[-1] and above else None
        out += [] if gap is None else [gap]
        out += [indent + comments[number][1] for number in above]
        beside = comments.get(line.number)
        out.append(indent + line.text + (f"  {beside[1]}" if beside else ""))
        done = max(done, line.number)
    out += [comment for number, (_, comment) in comments.items() if number > done]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(out).strip("\n")) + "\n"


def _comments(source: Source) -> dict[int, tuple[bool, str]]:
    """The comment of each line that has one, and whether it stands alone."""
    found: dict[int, tuple[bool, str]] = {}
    for number, line in enumerate(source.text.split("\n"), 1):
        bare = re.sub(r"\"(?:\\.|[^\"\\])*\"|“[^”]*”|'[^']*'|‘[^’]*’", lambda m: "_" * len(m[0]), line)
        if "#" in bare:
            at = bare.index("#")
            found[number] = (not bare[:at].strip(), line[at:].rstrip())
    return found


def lines(file: nodes.File) -> Iterator[Line]:
    """The lines of a file; an empty one stands between its parts."""
    yield Line(file.form.span.line, 0, f"form {quoted(file.form.title)}")
    yield from _settings(file.form.settings)
    before: object = None
    for item in file.items:
        if not (isinstance(item, nodes.Narrative) and isinstance(before, nodes.Narrative) and not before.figures):
            yield Line(item.span.line, 0, "")
        yield from _item(item, 0)
        before = item


def _settings(settings: Iterable[nodes.Setting | nodes.Mark]) -> Iterator[Line]:
    pairs = []
    for setting in settings:
        if isinstance(setting, nodes.Mark):
            pairs.append((setting.span.line, "mark", _mark(setting)))
            continue
        value = setting.values[0]
        if setting.keyword == "years":
            value = f"{value}..{setting.values[1]}"
        elif setting.keyword == "source" or (
            setting.keyword in ("edition", "replaces", "extends") and not _plain(value)
        ):
            value = quoted(value)
        pairs.append((setting.span.line, setting.keyword, value))
    widest = max(len(keyword) for _, keyword, _ in pairs)
    for number, keyword, value in pairs:
        yield Line(number, 1, f"{keyword.ljust(widest)} {value}")


def _plain(value: str) -> bool:
    return bool(_WORD.fullmatch(value) or re.fullmatch(r"\d+(\.\d+)?", value)) and value not in _RESERVED


def _mark(mark: nodes.Mark) -> str:
    meaning = {"between": f"between {mark.low} and {mark.high}", "number": mark.low}.get(mark.meaning, mark.meaning)
    return f"{labels(mark.texts)} {meaning}"


def _change(change: nodes.Change) -> str:
    path = f" {formula(change.path)}" if change.path else ""
    named = name(change.name) if change.name else ""
    match change.keyword:
        case "add rows" | "add columns":
            return f"{change.keyword} to{path}" + (f" after {named}" if named else "")
        case "remove rule":
            return f"remove rule {named}"
        case "move":
            return f"move{path} after {named}"
        case "retype":
            return f"retype{path} {_type(change.type) if change.type else ''}"
    return (
        f"{change.keyword}{path}"
        + (f" to {named}" if named else "")
        + (f" {labels(change.labels)}" if change.labels else "")
    )


def _figure(figure: nodes.Figure) -> str:
    without = f" except {labels(figure.without)}" if figure.without else ""
    unit = "percent" if figure.unit.text == "percent" else name(figure.unit)
    return f"figure {name(figure.name)} {unit} {labels(figure.wordings)}{without}"


def _item(item: nodes.Item, depth: int) -> Iterator[Line]:
    match item:
        case nodes.Codes():
            yield Line(item.name.span.line, depth, f"codes {name(item.name)} {{{', '.join(map(quoted, item.texts))}}}")
        case nodes.Function():
            head = f"function {item.name}({', '.join(item.parameters)}) {item.result} {quoted(item.sentence)}"
            yield Line(item.span.line, depth, head)
        case nodes.Narrative():
            yield Line(item.name.span.line, depth, f"narrative {name(item.name)} {labels(item.labels)}")
            yield from (Line(f.name.span.line, depth + 1, _figure(f)) for f in item.figures)
        case nodes.Counterparts():
            head = f"counterparts {item.edition if _plain(item.edition) else quoted(item.edition)}"
            yield Line(item.span.line, depth, head)
            for pair in item.pairs:
                right = formula(pair.right) if pair.right else "none"
                yield Line(pair.span.line, depth + 1, f"{formula(pair.left)} = {right}")
        case nodes.Agency():
            yield Line(item.span.line, depth, f"agency {labels(item.names)}")
        case nodes.Change():
            yield Line(item.span.line, depth, _change(item))
            yield from _members(item.members, depth + 1)
        case nodes.Rule():
            yield from _rule(item, depth)
        case nodes.Table():
            yield Line(item.name.span.line, depth, f"table {name(item.name)} {labels(item.labels)}".rstrip())
            yield from _parts(item.items, depth + 1)
        case _:
            assert_never(item)


def _parts(
    items: Iterable[nodes.Block | nodes.Axis | nodes.Rule | nodes.Type | nodes.Across], depth: int
) -> Iterator[Line]:
    before: object = None
    for item in items:
        apart = depth == 1 and isinstance(item, nodes.Axis) and before is not None
        if apart or isinstance(item, (nodes.Block, nodes.Rule)):
            yield Line(item.span.line, depth, "")
        match item:
            case nodes.Type():
                yield Line(item.span.line, depth, _type(item))
            case nodes.Across():
                yield Line(item.span.line, depth, "printed across")
            case nodes.Axis():
                yield Line(item.span.line, depth, f"{item.kind} {labels(item.headings)}".rstrip())
                yield from _members(item.members, depth + 1)
            case nodes.Rule():
                yield from _rule(item, depth)
            case nodes.Block():
                yield Line(item.span.line, depth, f"block {labels(item.headings)}")
                yield from _parts(item.items, depth + 1)
            case _:
                assert_never(item)
        before = item


def _members(members: Iterable[nodes.Member], depth: int) -> Iterator[Line]:
    members = tuple(members)
    heads = [_head(member) for member in members]
    labelled = [width(head) for head, member in zip(heads, members, strict=True) if member.labels]
    widest = max(labelled, default=0)
    for head, member in zip(heads, members, strict=True):
        rest = [labels(member.labels)] if member.labels else []
        rest += [_type(member.type)] if member.type else []
        rest += [_word(word) for word in member.words]
        pad = " " * (widest - width(head)) if member.labels else ""
        yield Line(member.span.line, depth, " ".join([head + pad, *rest]) if rest else head)
        yield from _members(member.children, depth + 1)


def _head(member: nodes.Member) -> str:
    kind = {"each": "each ", "list": "list "}.get(member.kind, "")
    tail = f" {member.limit}" if member.kind == "list" else " total" if member.total else ""
    return f"{kind}{name(member.name)}{tail}"


def _word(word: nodes.Word) -> str:
    return word.value if word.keyword == "need" else f"{word.keyword} {word.value}"


def _type(type: nodes.Type) -> str:
    unit = type.unit if not type.unit or _plain(type.unit) else f"'{type.unit}'"
    pieces = [type.kind, unit, type.decimals, "signed" if type.signed else ""]
    pieces.append(f"from {type.low} to {type.high}" if type.low else "")
    return " ".join(piece for piece in pieces if piece)


def _rule(rule: nodes.Rule, depth: int) -> Iterator[Line]:
    severity = "" if rule.severity == "error" else f" {rule.severity}"
    yield Line(rule.span.line, depth, f"rule {name(rule.name)} {quoted(rule.sentence)}{severity}")
    for line in rule.lines:
        yield Line(line.span.line, depth + 1, _line(line))
    yield Line(rule.body.span.line, depth + 1, formula(rule.body))


def _line(line: nodes.Every | nodes.When | nodes.Line | nodes.Mark) -> str:
    match line:
        case nodes.Every():
            pieces = [f"every {name(line.variable)}"]
            pieces += ["of " + ", ".join(map(term, line.selections))] if line.selections else []
            pieces += [f"where {formula(line.where)}"] if line.where else []
            pieces += ["after first"] if line.after_first else []
            pieces += [f"missing {line.missing}"] if line.missing else []
            return " ".join(pieces)
        case nodes.When():
            return f"when {formula(line.guard)}"
        case nodes.Mark():
            return f"mark {_mark(line)}"
        case nodes.Line(keyword="explained"):
            return "unless explained"
        case nodes.Line():
            keyword = {"since": "from"}.get(line.keyword, line.keyword)
            return f"{keyword} {line.value if line.keyword in ('since', 'until') else quoted(line.value)}"
        case _:
            assert_never(line)


def name(node: nodes.Name) -> str:
    """A name, between quotes where it is no plain word."""
    return node.text if _WORD.fullmatch(node.text) and node.text not in _RESERVED else f"'{node.text}'"


def labels(texts: Iterable[str]) -> str:
    """Labels with a bar between them."""
    return " | ".join(map(quoted, texts))


def quoted(text: str) -> str:
    """A text in quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_BINDING = {"or": 1, "and": 2, "not": 3, "comparison": 4, "sum": 5, "product": 6, "term": 7, "atom": 8}


def formula(node: nodes.Expression | nodes.Implication) -> str:
    """A formula as text, with the brackets that it needs."""
    if isinstance(node, nodes.Implication):
        return f"if {_at(node.guard, 'or')} then {_at(node.body, 'or')}"
    return _at(node, "or")


def term(node: nodes.Expression) -> str:
    """An expression where a selection stands."""
    return _at(node, "term")


def _at(node: nodes.Expression, least: str) -> str:
    binding, text = _piece(node)
    return text if _BINDING[binding] >= _BINDING[least] else f"({text})"


def _piece(node: nodes.Expression) -> tuple[str, str]:
    """How tightly an expression binds, and its text."""
    match node:
        case nodes.Disjunction():
            return "or", " or ".join(_at(item, "and") for item in node.items)
        case nodes.Conjunction():
            return "and", " and ".join(_at(item, "not") for item in node.items)
        case nodes.Negation():
            return "not", f"not {_at(node.item, 'not')}"
        case nodes.Comparison():
            chain = "".join(f" {relation} {_at(side, 'sum')}" for relation, side in node.rest)
            tail = f" within {_at(node.within, 'sum')}" if node.within else ""
            return "comparison", _at(node.first, "sum") + chain + tail
        case nodes.Membership():
            return "comparison", f"{_at(node.item, 'sum')} in {_at(node.choices, 'sum')}"
        case nodes.Same():
            return "comparison", f"{_at(node.left, 'sum')} same as {_at(node.right, 'sum')}"
        case nodes.Sum():
            text = " ".join(f"{'-' if sign < 0 else '+'} {_at(item, 'product')}" for sign, item in node.terms)
            bare = text.removeprefix("+ ")
            return "sum", text if len(node.terms) == 1 else bare
        case nodes.Product():
            return "product", _at(node.first, "term") + "".join(f" {o} {_at(f, 'term')}" for o, f in node.rest)
        case nodes.Without():
            whole = _at(node.whole, "term") if isinstance(node.whole, nodes.Range) else _at(node.whole, "atom")
            return "term", f"{whole} except {_at(node.without, 'atom')}"
        case nodes.Range():
            return "term", f"{_at(node.first, 'atom')} to {_at(node.last, 'atom')}"
        case _:
            return "atom", _atom(node)


def _atom(node: nodes.Expression) -> str:
    match node:
        case nodes.Number() | nodes.Date():
            return node.text
        case nodes.Text():
            return quoted(node.text)
        case nodes.Path():
            first, rest = [name(part) for part in node.names[:1]], [_tail(part) for part in node.names[1:]]
            return ".".join([*first, *rest, *([node.star] if node.star else [])])
        case nodes.Set():
            return f"{{{', '.join(formula(item) for item in node.items)}}}"
        case nodes.Cell():
            column = f", {term(node.column)}" if node.column else ""
            return f"{name(node.table)}[{term(node.row)}{column}]"
        case nodes.Quantity():
            return f"{node.kind} {_atom(node.items)}"
        case nodes.Call():
            return f"{node.function}({', '.join(_argument(item) for item in node.arguments)})"
        case _:
            return f"({formula(node)})"


def _tail(part: nodes.Name) -> str:
    """A name behind a dot, where no word is reserved."""
    return part.text if _WORD.fullmatch(part.text) or part.text.isdecimal() else name(part)


def _argument(node: nodes.Expression) -> str:
    if not isinstance(node, nodes.Gather):
        return formula(node)
    over = f" for {name(node.variable)} of {term(node.selection)}" if node.variable and node.selection else ""
    missing = f" missing {node.missing}" if node.missing else ""
    where = f" where {formula(node.where)}" if node.where else ""
    return f"{formula(node.body)}{over}{missing}{where}"
