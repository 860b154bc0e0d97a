"""How labels are compared: NFKC, without white space, punctuation and leading item numbers; and how they are found."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from attrs import field, frozen

from gouji.messages import say

_COUNT = "[一二三四五六七八九十百]{1,4}"
_OPEN, _CLOSE = r"[(\[〔【〈「『]", r"[)\]〕】〉」』]"
_ITEM = re.compile(
    rf"\s*(?:({_COUNT})\s*[、.,]|{_OPEN}\s*({_COUNT})\s*{_CLOSE}|(\d{{1,3}})\s*[、.,)](?!\d)"
    rf"|{_OPEN}\s*(\d{{1,3}})\s*{_CLOSE})"
)
_CIRCLED = re.compile(r"\s*[①-⑳❶-❿➀-➓]")
# Signs of printed radicals that NFKC leaves alone, as extraction from a PDF gives them for the plain character.
_RADICALS = str.maketrans(
    "⺟⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰", "母民虎西见角贝车长门青韦页风飞食马骨鬼鱼鸟麦黄齐齿龙"
)
# A label with another numeral or unit of money is another label, not a misspelt one.
TELLING = frozenset("0123456789〇零一二三四五六七八九十百千万亿元%‰上本下去前今")
_LONG = 200
_SHORT = 10
_ENOUGH = 5


def fold(text: str) -> str:
    """The text with one code point for each character that is printed alike."""
    return unicodedata.normalize("NFKC", text.translate(_RADICALS))


@lru_cache(maxsize=4096)
def normal(label: str) -> str:
    """The label as it is compared: `（三）合 计` and `合计` are one."""
    circled = _CIRCLED.match(label)
    text = fold(label[circled.end() :] if circled else label)
    found = _ITEM.match(text)
    return (squeeze(text[found.end() :]) if found else "") or squeeze(text) or text.strip()


class _Heard(dict[int, int | None]):
    """Characters as they are compared, by code point: those that say nothing are left out."""

    def __missing__(self, code: int) -> int | None:
        category = unicodedata.category(chr(code))
        self[code] = None if category[0] in "ZCP" or category == "Sk" else code
        return self[code]


_HEARD = _Heard()


def squeeze(text: str) -> str:
    """The text without white space, control characters and punctuation."""
    return text.translate(_HEARD)


def is_item(text: str) -> bool:
    """Whether the text begins with an item number: `3.` or `（三）`."""
    return bool(_CIRCLED.match(text) or _ITEM.match(fold(text)))


def _item(label: str) -> str:
    """The leading item number without its brackets, 三 as 3."""
    found = _ITEM.match(fold(label))
    number = next(filter(None, found.groups()), "") if found else ""
    place = "一二三四五六七八九十".find(number) + 1 if len(number) == 1 else 0
    return str(place) if place else number


def nearest(name: str, candidates: Iterable[str]) -> str:
    """A hint with the candidate that looks most like `name`, or nothing."""
    import difflib  # only a message needs it

    found = difflib.get_close_matches(name, list(dict.fromkeys(candidates)), n=1, cutoff=0.4)
    return say("did you mean {name}?", name=found[0]) if found else ""


@frozen
class Words:
    """Labels that may be met in a text: whole, in pieces, or misspelt."""

    known: dict[str, str] = field(factory=dict)
    starts: frozenset[str] = frozenset()
    items: dict[str, set[str]] = field(factory=dict)
    ends: dict[str, list[str]] = field(factory=dict)

    @classmethod
    def of(cls, labels: Iterable[Sequence[str]]) -> "Words":
        """The words for groups of labels; those of one group mean the same."""
        known: dict[str, str] = {}
        items: dict[str, set[str]] = {}
        ends: dict[str, list[str]] = {}
        for group in labels:
            for label in group:
                word = normal(label)
                known.setdefault(word, normal(group[0]))
                items.setdefault(word, set()).add(_item(label))
        for word in known:
            for char in {word[0], word[-1]}:
                ends.setdefault(char, []).append(word)
        starts = frozenset(word[:length] for word in known for length in range(1, len(word) + 1))
        return cls(known, starts, items, ends)

    def spell(self, text: str) -> str:
        """The text as labels are compared; nothing if it is too long for a label."""
        return normal(text) if len(text) < _LONG else ""

    def begins(self, text: str, spelt: str) -> bool:
        """Whether a label begins so; an item number alone is a beginning."""
        return spelt in self.starts or (len(text) < _SHORT and bool(_ITEM.fullmatch(fold(text).rstrip())))

    def begun(self, spelt: str) -> str:
        """The one label that begins so, if enough of it is there; or nothing."""
        if len(spelt) < _ENOUGH or spelt not in self.starts:
            return ""
        found = [word for word in self.known if word.startswith(spelt)]
        return min(found) if len({self.known[word] for word in found}) == 1 else ""

    def near(self, text: str, spelt: str) -> str:
        """The one label of which the text is a misspelling, or nothing."""
        if len(spelt) < 2:
            return ""
        alike = {word for char in (spelt[0], spelt[-1]) for word in self.ends.get(char, ())}
        found = [word for word in alike if self._misspelt(text, spelt, word)]
        return min(found) if len({self.known[word] for word in found}) == 1 else ""

    def _misspelt(self, text: str, spelt: str, word: str) -> bool:
        """One character in four or two neighbours in eight differ; in short labels the item number must agree."""
        if len(word) < 4:
            agree = len(word) == len(spelt) and _item(text) != "" and _item(text) in self.items[word]
            return agree and differ(spelt, word, 1)
        return differ(spelt, word, 2 if len(word) >= 8 else 1)


def differ(spelt: str, word: str, most: int) -> bool:
    """Whether the two are alike but for one place of at most `most` characters, no numeral or unit among them."""
    if abs(len(spelt) - len(word)) > most:
        return False
    shorter = min(len(spelt), len(word))
    head = next((i for i in range(shorter) if spelt[i] != word[i]), shorter)
    tail = next((i for i in range(shorter - head) if spelt[-1 - i] != word[-1 - i]), shorter - head)
    inner = spelt[head : len(spelt) - tail], word[head : len(word) - tail]
    return max(map(len, inner)) <= most and TELLING.isdisjoint("".join(inner))
