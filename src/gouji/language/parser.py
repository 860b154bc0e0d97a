"""Text of a rule file -> nodes, or problems: every line that cannot be read, not the first alone."""

import re
from functools import cache
from importlib.resources import files
from typing import Any, ClassVar

from lark import Lark, Token, UnexpectedInput
from lark.exceptions import LarkError
from lark.indenter import DedentError, Indenter

from gouji.language import nodes
from gouji.language.builder import Builder
from gouji.messages import later, say
from gouji.sources import Problem, Source, Span

MAX_TEXT = 300_000
MAX_NESTING = 40
MAX_PROBLEMS = 20

_WIDE = str.maketrans("＋－＝＜＞＊（）［］｛｝，．｜“”‘’", "+-=<>*()[]{},.|\"\"''")
_PIECE = re.compile(r"\"(?:\\.|[^\"\\\n])*\"|“[^”\n]*”|'[^'\n]*'|‘[^’\n]*’|#[^\n]*|[^\"“'‘#]+|.", re.S)


class _Indents(Indenter):
    NL_type = "_NL"
    OPEN_PAREN_types: ClassVar[list[str]] = ["LPAR", "LSQB", "LBRACE"]
    CLOSE_PAREN_types: ClassVar[list[str]] = ["RPAR", "RSQB", "RBRACE"]
    INDENT_type = "_INDENT"
    DEDENT_type = "_DEDENT"
    tab_len = 8


@cache
def _lark() -> Lark:
    grammar = (files("gouji.language") / "grammar.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", postlex=_Indents(), propagate_positions=True, maybe_placeholders=True)


def parse(source: Source) -> tuple[nodes.File | None, list[Problem]]:
    """The file as nodes, and every problem found.

    A rule that cannot be read is left out, so that the rest is checked; with another line that cannot be read there is
    no file, but all such lines are told.
    """
    problems = _before(source)
    if problems:
        return None, problems
    text, broken, told = _narrow(source.text) + "\n", False, set[int]()
    while True:
        try:
            tree = _lark().parse(text)
            file: nodes.File = Builder(source).transform(tree)
            return (None if broken else file), problems
        except UnexpectedInput as error:
            problem, line = _unexpected(source, error)
        except DedentError:
            return None, [*problems, Problem(say("the indentation fits no line above"), None, "", source.name)]
        except LarkError as error:  # nothing of lark leaves the library
            return None, [*problems, Problem(str(error).splitlines()[0], None, "", source.name)]
        if line not in told:
            problems.append(problem)
        shorter, in_rule = _without(text, line, line in told)
        told.add(line)
        broken = broken or not in_rule
        if len(problems) >= MAX_PROBLEMS or shorter == text:
            return None, problems
        text = shorter


def _before(source: Source) -> list[Problem]:
    """What is wrong before any grammar: size, indentation with other blanks than ASCII, nesting."""
    if len(source.text) > MAX_TEXT:
        return [Problem(say("a rule file has at most {most} characters", most=MAX_TEXT), place=source.name)]
    problems = []
    for number, line in enumerate(source.text.split("\n"), 1):
        blanks = len(line) - len(line.lstrip())
        strange = [i for i, char in enumerate(line[:blanks]) if char not in " \r"]
        if strange and line.strip():
            span = Span(source, number, strange[0] + 1, strange[0] + 2)
            problems.append(
                Problem(say("indentation is made of ordinary blanks"), span, say("replace it by ASCII blanks"))
            )
        elif blanks > 4 * MAX_NESTING and line.strip():
            problems.append(
                Problem(say("indented deeper than {most}", most=4 * MAX_NESTING), Span(source, number, 1, 2))
            )
    return (problems + _deep(source))[:MAX_PROBLEMS]


def _deep(source: Source) -> list[Problem]:
    """Where brackets nest too deep, or a formula says not too often; a formula goes on over lines inside brackets."""
    depth = negations = 0
    for number, line in enumerate(source.text.split("\n"), 1):
        bare = "".join("" if piece[0] in "\"'#“‘" and len(piece) > 1 else piece for piece in _PIECE.findall(line))
        negations = (negations if depth else 0) + len(re.findall(r"\bnot\b", bare))
        if negations > MAX_NESTING:
            message = say("a formula says not more than {most} times", most=MAX_NESTING)
            return [Problem(message, Span(source, number, 1, 2))]
        for char in bare.translate(_WIDE):
            depth = max(0, depth + (char in "([{") - (char in ")]}"))
            if depth > MAX_NESTING:
                return [Problem(say("brackets nest deeper than {most}", most=MAX_NESTING), Span(source, number, 1, 2))]
    return []


def _narrow(text: str) -> str:
    """Full-width operators, brackets and quotes outside of strings as ASCII; positions stay."""

    def piece(match: re.Match[str]) -> str:
        found = match[0]
        if found[0] in "\"'#":
            return found
        if found[0] in "“‘" and len(found) > 1:
            return f'"{found[1:-1]}"' if found[0] == "“" and '"' not in found else found.translate(_WIDE)
        return found.translate(_WIDE)

    return _PIECE.sub(piece, text)


_WORDS = {
    "STRING": later('a sentence or label in "quotes"'), "NAME": later("a name"), "NUMBER": later("a number"),
    "QUOTED": "", "_NL": later("the end of the line"), "_INDENT": later("an indented line"),
    "_DEDENT": later("the end of the indented part"), "$END": later("the end of the file"),
    "RELATION": later("a relation (= != <= >= < >)"), "SIGN": later("+ or -"), "SEVERITY": later("error or warning"),
    "MEANING": later("skip, zero or unknown"), "MISSING": later("unknown or zero"),
    "NEED": later("required or optional"), "PARTNER": later("error, zero or skip"),
    "PLAIN": later("number, text or truth"), "KIND": later("a type such as count 件"),
    "TOTAL": "total", "SIGNED": "signed", "COMMA": ",", "LPAR": "(", "RPAR": ")",
    "LSQB": "[", "RSQB": "]", "LBRACE": "{", "RBRACE": "}", "AFTER_FIRST": "after first",
    "UNLESS_EXPLAINED": "unless explained", "VBAR": "|", "SAME_AS": "same as",
    "EXACTLY_ONE": "exactly one of", "ALL_OR_NONE": "all or none of",
}  # fmt: skip
_GROUPS = {
    later("a name, a number or another value"): {
        *("NAME", "QUOTED", "NUMBER", "STRING", "DATE", "LPAR", "LBRACE", "TIMES", "LEAVES"),
        *("NOT", "EXACTLY_ONE", "ALL_OR_NONE", "SIGN", "IF"),
    },
    later("an operator"): {
        *("RELATION", "SIGN", "TIMES", "DIVIDE", "AND", "OR", "IN", "SAME_AS", "TO", "EXCEPT", "WITHIN"),
    },
}
"""What stands for many terminals at once, where at least half of them may come."""


def _expected(accepted: set[str]) -> str:
    """What may come next, in words."""
    words = []
    for word, group in _GROUPS.items():
        if 2 * len(accepted & group) >= len(group):
            words.append(say(word))
            accepted = accepted - group
    others = sorted({_WORDS.get(n, n.strip("_").lower()) for n in accepted if not n.startswith("__")} - {""})
    return say(", ").join((*words, *map(say, others))[:12]) or say("something else")


def _unexpected(source: Source, error: UnexpectedInput) -> tuple[Problem, int]:
    accepted: Any = getattr(error, "accepts", None) or getattr(error, "expected", None)
    accepted = accepted or getattr(error, "allowed", None) or ()
    token = getattr(error, "token", None)
    last = source.text.count("\n") + 1
    line = min(error.line if isinstance(error.line, int) and error.line > 0 else last, last)
    column = error.column if isinstance(error.column, int) and error.column > 0 else 1
    found = source.line(line)[column - 1 : column]
    length = 1
    if isinstance(token, Token) and token.type not in ("_NL", "_INDENT", "_DEDENT", "$END"):
        found, length = str(token), len(token)
    elif isinstance(token, Token) or not found:
        found = {"_INDENT": say("an indented line"), "_DEDENT": say("the end of the indented part")}.get(
            token.type if token else "", say("the end of the line")
        )
    span = Span(source, line, column, column + length)
    if found in ('"', "'", "“", "‘"):
        return Problem(say("a text in quotes does not end in its line"), span, say("close it with the same sign")), line
    return Problem(
        say("expected {expected}; found {found}", expected=_expected(set(accepted)), found=found), span
    ), line


def _without(text: str, number: int, whole: bool) -> tuple[str, bool]:
    """The text without the rule that the line stands in, and whether it stands in one.

    Elsewhere the first word of the line is left, so that what is below keeps its place; or nothing, if `whole`.
    """
    lines = text.split("\n")
    index = min(number, len(lines)) - 1
    while index > 0 and not lines[index].strip():
        index -= 1
    start, depth = index, _indent(lines[index])
    for above in range(index, -1, -1):
        if lines[above].strip() and (above == index or _indent(lines[above]) < depth):
            depth = _indent(lines[above])
            if lines[above].lstrip().startswith("rule "):
                start = above
                break
    end = start + 1
    while end < len(lines) and (not lines[end].strip() or _indent(lines[end]) > _indent(lines[start])):
        end += 1
    in_rule = lines[start].lstrip().startswith("rule ")
    if not in_rule and not whole and lines[start].strip():
        lines[start] = lines[start][: _indent(lines[start])] + lines[start].split()[0]
        return "\n".join(lines), False
    return "\n".join([*lines[:start], *[""] * (end - start), *lines[end:]]), in_rule


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
