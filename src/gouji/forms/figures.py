"""Prose -> the figures that it states, by the wordings that a form declares; linear in the length of the text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property, lru_cache

from attrs import define, frozen

from gouji.forms.form import Figure, Form
from gouji.forms.labels import fold
from gouji.forms.report import Mention
from gouji.forms.values import LIMIT, MAX_DIGITS, Number
from gouji.sources import Spot

Prose = Mapping[str, Sequence[tuple[str, str, Spot | None]]]
"""The paragraphs of each section, by its name, each with its place for a person and, in a document, for a program."""

MAX_SENTENCE = 1_000
MAX_GAP = 60
MAX_SECTION = 100_000
_MOST_PLACES = 50
_SENTENCE = re.compile(rf"[^。；;！？!?\n]{{1,{MAX_SENTENCE}}}[。；;！？!?]?")
_HOLES = re.compile(r"(\{[n*#]\})")
_CHINESE = "〇零一二三四五六七八九十百千万亿两"
_NUMERAL = re.compile(rf"\d+(?:,\d{{3}})*(?:\.\d+)?|[{_CHINESE}]+", re.ASCII)
# Behind one of these, or ahead of one of those, stands no exact count.
_AHEAD, _BEHIND = frozenset("约近超逾第-.~") | frozenset("不足"), frozenset("余多万亿年月日")
_ROUND = ("左右", "上下", "以上", "以下", "余", "多")
_YEARS = re.compile(r"(?<!\d)((?:19|20)\d{2})(?=年)", re.ASCII)
_STOPS = frozenset(",:。;!?，：；！？")
_VALUES = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_POWERS = {"十": 10, "百": 100, "千": 1000}


def stated(form: Form, prose: Prose, year: int) -> dict[int, tuple[Mention, ...]]:
    """The figures of the form that the prose states for a year, each with every place, at most _MOST_PLACES."""
    found: dict[int, list[Mention]] = {}
    for position, wordings in _wanted(form):
        section, type = form.figures[position].table.name, form.figures[position].type
        for text, place, spot in prose.get(section, ()):
            for sentence in _sentences(text[:MAX_SECTION]):
                for wording in wordings:
                    for start, end, value in wording.find(sentence, year):
                        if value is not None and (type.kind == "percent" or "%" not in sentence.plain[end : end + 1]):
                            found.setdefault(position, []).append(sentence.mention(start, end, value, place, spot))
    return {at: tuple(dict.fromkeys(mentions))[:_MOST_PLACES] for at, mentions in found.items()}


def texts(prose: Prose) -> dict[str, str]:
    """The text of each section, its paragraphs one to a line."""
    return {name: "\n".join(text for text, *_ in paragraphs) for name, paragraphs in prose.items()}


def _wanted(form: Form) -> tuple[tuple[int, tuple[Wording, ...]], ...]:
    """The wordings of each figure, kept on the form."""
    kept: tuple[tuple[int, tuple[Wording, ...]], ...] | None = form.__dict__.get("wordings")
    if kept is None:
        every = [figure for section in form.narratives for figure in section.figures]
        kept = tuple((at, tuple(Wording.of(text, f) for text in f.wordings)) for at, f in enumerate(every))
        form.__dict__["wordings"] = kept
    return kept


@lru_cache(maxsize=256)
def _sentences(text: str) -> tuple[Sentence, ...]:
    return tuple(Sentence(found.group().strip()) for found in _SENTENCE.finditer(text))


@define(eq=False, slots=False)
class Sentence:
    """A sentence as printed and as it is compared: in one width, with blanks between Latin letters alone."""

    text: str

    @cached_property
    def origins(self) -> list[tuple[str, int]]:
        """Each character as compared, with the place of the printed one that it comes from."""
        found: list[tuple[str, int]] = []
        blank = False
        for at, printed in enumerate(self.text):
            for char in fold(printed):
                if char.isspace() or char in "\u200b\ufeff":
                    blank = True
                    continue
                if blank and found and all(one.isascii() and one.isalpha() for one in (found[-1][0], char)):
                    found.append((" ", at))
                found.append((char, at))
                blank = False
        return found

    @cached_property
    def plain(self) -> str:
        """The sentence as it is compared."""
        return "".join(char for char, _ in self.origins)

    @cached_property
    def numerals(self) -> list[tuple[int, int, Number]]:
        """Where a number stands, and which."""
        found = []
        for numeral in _NUMERAL.finditer(self.plain):
            value = _value(numeral.group())
            around = self.plain[numeral.start() - 1 : numeral.start()], self.plain[numeral.end() : numeral.end() + 1]
            if value is not None and around[0] not in _AHEAD and around[1] not in _BEHIND:
                found.append((numeral.start(), numeral.end(), value))
        return found

    def gap(self, start: int, end: int) -> bool:
        """Whether nothing stands there but words of one clause."""
        inner = self.plain[start:end]
        return len(inner) <= MAX_GAP and _STOPS.isdisjoint(inner) and not any(map(str.isdigit, inner))

    def clause(self, at: int) -> int:
        """Where the clause ends that goes on at a place."""
        return next((end for end in range(at, len(self.plain)) if self.plain[end] in _STOPS), len(self.plain))

    def another(self, first: int, last: int, year: int) -> bool:
        """Whether what is stated there is of another year, or a round figure."""
        years = [said for said in map(int, _YEARS.findall(self.plain[:first])) if said <= year]
        return bool(years and years[-1] != year) or self.plain.startswith(_ROUND, last)

    def mention(self, start: int, end: int, value: Number, place: str, spot: Spot | None) -> Mention:
        """A figure with the sentence in which it is marked."""
        first, last = self.origins[start][1], self.origins[end - 1][1] + 1
        marked = f"{self.text[:first]}【{self.text[first:last]}】{self.text[last:]}"
        return Mention(value, self.text[first:last], marked, place, spot)


@frozen
class Wording:
    """A wording as the literals around its figure, each with whether a gap or another figure comes before it.

    `ahead` are those before the figure, the nearest first; `behind` those after it. Without a figure it states 0.
    """

    ahead: tuple[tuple[str, str], ...]
    behind: tuple[tuple[str, str], ...]
    figure: bool
    without: tuple[str, ...]

    @classmethod
    def of(cls, text: str, figure: Figure) -> Wording:
        """The wording of a declared figure."""
        before, found, after = text.partition("{n}")
        return cls(tuple(_parts(before)[::-1]), tuple(_parts(after)), bool(found), tuple(map(_plain, figure.without)))

    @cached_property
    def longest(self) -> str:
        """The literal that is looked for first."""
        return max((literal for _, literal in (*self.ahead, *self.behind)), key=len)

    def find(self, sentence: Sentence, year: int) -> Iterator[tuple[int, int, Number | None]]:
        """Where the sentence states the figure, and its value."""
        if self.longest not in sentence.plain:
            return
        for start, end, value in sentence.numerals if self.figure else self._spots(sentence):
            first, last = self._before(sentence, start), self._after(sentence, end)
            if first is None or last is None or sentence.another(first, last, year):
                continue
            said = sentence.plain[: sentence.clause(last)]
            if any(word in said for word in self.without):
                continue
            yield (start, end, value) if self.figure else (first, end, value)

    def _spots(self, sentence: Sentence) -> list[tuple[int, int, Number]]:
        """Where the last literal of a wording without a figure ends."""
        last = self.ahead[0][1]
        found: list[tuple[int, int, Number]] = []
        at = sentence.plain.find(last)
        while at >= 0:
            found.append((at + len(last), at + len(last), 0))
            at = sentence.plain.find(last, at + 1)
        return found

    def _before(self, sentence: Sentence, at: int) -> int | None:
        """Where the literals ahead begin, if they stand there; the nearest are as good as any."""
        hole = ""
        for before, literal in self.ahead:
            begin = at - len(literal) if not hole else sentence.plain.rfind(literal, max(0, at - 2 * MAX_GAP), at)
            if (
                begin < 0
                or not sentence.plain.startswith(literal, begin)
                or not _fits(sentence, hole, begin + len(literal), at)
            ):
                return None
            at, hole = begin, before
        return at

    def _after(self, sentence: Sentence, at: int) -> int | None:
        """Where the literals behind end, if they stand there."""
        for hole, literal in self.behind:
            begin = at if not hole else sentence.plain.find(literal, at, at + 2 * MAX_GAP)
            if begin < 0 or not sentence.plain.startswith(literal, begin) or not _fits(sentence, hole, at, begin):
                return None
            at = begin + len(literal)
        return at


def _fits(sentence: Sentence, hole: str, start: int, end: int) -> bool:
    """Whether what stands between two literals is what the hole takes."""
    if hole == "{#}":
        return bool(_NUMERAL.fullmatch(sentence.plain, start, end))
    return start == end if not hole else sentence.gap(start, end)


def _parts(text: str) -> list[tuple[str, str]]:
    """The literals of a part of a wording, each with the hole before it."""
    found, hole = [], ""
    for piece in _HOLES.split(text):
        if _HOLES.fullmatch(piece):
            hole = piece
        elif literal := _plain(piece):
            found.append((hole, literal))
            hole = ""
    return [*found, (hole, "")] if hole else found


def _plain(text: str) -> str:
    return Sentence(text).plain


def _value(text: str) -> Number | None:
    """The number that a numeral means; None where it means none."""
    if text[0] not in _CHINESE:
        value = Fraction(text.replace(",", "")) if len(text) <= MAX_DIGITS else Fraction(LIMIT)
        return None if value >= LIMIT else value.numerator if value.denominator == 1 else value
    if len(text) > MAX_DIGITS:
        return None
    if all(char in _VALUES for char in text):
        return int("".join(str(_VALUES[char]) for char in text))
    total = section = digit = 0
    for char in text:
        if char in _VALUES:
            digit = _VALUES[char]
        elif char in _POWERS:
            section, digit = section + (digit or 1) * _POWERS[char], 0
        else:
            total, section, digit = (total + section + digit) * (10**4 if char == "万" else 10**8), 0, 0
    return total + section + digit
