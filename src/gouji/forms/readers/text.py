"""Plain text -> printed cells: one to a line, or a row to a line, divided by tabs, `|` or blanks."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from gouji.forms.document import Document
from gouji.forms.readers.pages import PAGE, Pages
from gouji.messages import later

_LINE = re.compile(r"\r\n|\r|\n")
_UNSEEN = dict.fromkeys([
    *map(ord, "\u200b\u200c\u200d\u200e\u200f\u061c\u2060\ufeff\u00ad"), *range(0x202A, 0x202F), *range(0x2066, 0x206A)
])  # fmt: skip
_JUNK = re.compile(r"\[bookmark: [^\]\n]{0,80}\]|<br ?/?>")
_BARS = str.maketrans("│┃｜║", "||||")
_RULE = "|+:=_\\-─━═┄┈├┤┼┌┐└┘┬┴╔╗╚╝╠╣╦╩╬"
_RULED = re.compile(rf"[\s{_RULE}]*[{_RULE}]{{3}}[\s{_RULE}]*")
_LEADER = re.compile(r"(?:[.·]{3,}|…+)\s*(?=\d+$)")
_BLANKS = re.compile(r"[ \u3000\xa0]{2,}")
_WORDS = re.compile(r"(?:[^\s(（]+|[(（][^)）]*[)）]?)+")
_LETTERS_FIRST = re.compile(r"\S*[^\W\d_]")
_FIGURE = r"(?:[+-]?\d[\d,.]*|[-—–/]{1,2})"
_FIGURES_LAST = re.compile(rf"(?=.*[^\W\d_]).*\S\s{_FIGURE}|{_FIGURE}(?:\s{_FIGURE}){{2,}}")
_BOLD = re.compile(r"\*\*(.+)\*\*")
_HEADING = re.compile(r"#{1,6}\s+")
_PROSE = 300
_EXPONENT = re.compile(r"[\d+\-−.,，、\s]*\d[\d+\-−.,，、\s]*")
_HIGH = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_ANY_BRACKET = str.maketrans("", "", "()[]（）［］【】〔〕")
STRUCK = later("struck-out text is left out")
"""What is noted, once, where a document holds text that is struck out."""


def read_text(text: str, name: str) -> Document:
    """The cells of a text in reading order; page numbers and ruled lines are left out.

    A line that is divided and ends with a figure, or that tabs or bars divide, is a row. The other lines stand in one
    row until a line is empty. A line that holds only a tab is an empty cell.
    """
    pages = Pages(name)
    for line in _LINE.split(_JUNK.sub("", seen(text))):
        parts, alone = divided(line)
        pages.line(parts, alone, barred="|" in line.translate(_BARS))
    return pages.document()


def seen(text: str) -> str:
    """The text without signs that take no room: joiners, soft hyphens, marks of direction."""
    return text if text.isascii() else text.translate(_UNSEEN)


def joined(parts: Iterable[tuple[str, bool]]) -> str:
    """The parts of a line, each raised (or lowered) or not, as one text in which no mark is taken for a digit.

    Raised digits stay raised, for they may be an exponent; other raised text is a note in brackets.
    """
    groups = groupby(parts, key=lambda part: part[1])
    return "".join(_raised(text) if high else text for high, run in groups for text in ["".join(t for t, _ in run)])


def _raised(text: str) -> str:
    if _EXPONENT.fullmatch(text):
        return text.strip().translate(_HIGH)
    bare = text.translate(_ANY_BRACKET).strip()
    return f"（{bare}）" if bare else text


def prose(text: str) -> Iterator[tuple[list[str], bool]]:
    """The cells of each line of a paragraph, as of lines of a text; blanks alone make no cell."""
    for line in _LINE.split(seen(text)):
        yield divided(line) if line.strip() else ([], True)


def divided(line: str) -> tuple[list[str], bool]:
    """The cells of a line and whether they are a row; none for an empty line, a ruled one or a page number."""
    if not line.strip():
        return ([""], False) if "\t" in line else ([], True)
    if len(line) < _PROSE and (PAGE.fullmatch(line) or _RULED.fullmatch(line)):
        return [], False
    barred = line.translate(_BARS)
    if "|" in barred:
        inner = barred.strip().removeprefix("|").removesuffix("|")
        return [_BOLD.sub(r"\1", part.strip()) for part in inner.split("|")], True
    if "\t" in line.lstrip():
        return [part.strip() for part in line.split("\t")], True
    parts = _apart(line.strip()) if len(line) < _PROSE else [line]
    return parts, len(parts) > 1 and bool(re.match(_FIGURE, parts[-1]))


def _apart(line: str) -> list[str]:
    """The cells of a line that runs of blanks divide; single ones do if it begins with a word or ends with figures."""
    plain = _BOLD.sub(r"\1", _HEADING.sub("", line, count=1) if _HEADING.match(line) else line)
    parts = _BLANKS.split(_LEADER.sub("  ", plain))
    if len(parts) == 1 and _LETTERS_FIRST.match(plain):
        return _WORDS.findall(plain)
    return [word for part in parts for word in (_WORDS.findall(part) if _FIGURES_LAST.fullmatch(part) else [part])]
