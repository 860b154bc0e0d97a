"""Which of one edition's tables, rows or figures stands for which of another's."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import product

from attrs import frozen

from gouji.forms.labels import TELLING, normal

ALIKE = 0.75
"""Labels with so much in common are taken for one label, reworded."""

MOST = 10_000
"""Of more pairs than this none is asked whether its labels are alike."""


@frozen
class Called:
    """What a thing is called: its name in the rules, if it has one, and its labels; and the cells inside of it."""

    name: str
    labels: tuple[str, ...]
    inside: frozenset[tuple[str, str]] = frozenset()


@frozen
class Pairing:
    """Pairs by position on either side, and the positions that stand alone."""

    pairs: tuple[tuple[int, int], ...]
    removed: tuple[int, ...]
    added: tuple[int, ...]


def pair(old: Sequence[Called], new: Sequence[Called], alike: bool = True) -> Pairing:
    """The best pairs first: one name, a label in common, labels or cells that are alike; each thing once."""
    left, right = dict.fromkeys(range(len(old))), dict.fromkeys(range(len(new)))
    pairs = []
    for nearness in (_named, _labelled, *((_alike,) if alike else ())):
        for _, i, j in sorted(nearness(old, new, left, right), key=lambda one: _rank(one, old, new)):
            if i in left and j in right:
                del left[i], right[j]
                pairs.append((i, j))
    return Pairing(tuple(sorted(pairs)), tuple(left), tuple(right))


Candidate = tuple[float, int, int]


def _rank(one: Candidate, old: Sequence[Called], new: Sequence[Called]) -> tuple[float, int, list[tuple[str, ...]]]:
    """What of two pairs comes first; it does not depend on which edition is called the old one."""
    likeness, i, j = one
    return -likeness, abs(i - j), sorted((old[i].labels, new[j].labels))


def _named(
    old: Sequence[Called], new: Sequence[Called], left: Iterable[int], right: Iterable[int]
) -> Iterator[Candidate]:
    at = {new[j].name: j for j in right if new[j].name}
    return ((1, i, at[old[i].name]) for i in list(left) if old[i].name in at)


def _labelled(
    old: Sequence[Called], new: Sequence[Called], left: Iterable[int], right: Iterable[int]
) -> Iterator[Candidate]:
    at: dict[str, list[int]] = {}
    for j in right:
        for label in _spelt(new[j]):
            at.setdefault(label, []).append(j)
    for i in list(left):
        yield from ((1, i, j) for label in _spelt(old[i]) for j in at.get(label, ()))


def _alike(
    old: Sequence[Called], new: Sequence[Called], left: Collection[int], right: Collection[int]
) -> Iterator[Candidate]:
    if len(left) * len(right) > MOST:
        return
    for i, j in product(tuple(left), tuple(right)):
        found = max((likeness(a, b) for a in _spelt(old[i]) for b in _spelt(new[j])), default=0)
        found = max(found, _shared(old[i].inside, new[j].inside))
        if found >= ALIKE:
            yield found, i, j


def _spelt(called: Called) -> set[str]:
    return {normal(label) for label in called.labels}


def _shared(one: frozenset[tuple[str, str]], other: frozenset[tuple[str, str]]) -> float:
    """Which part of the cells of two things both of them have."""
    return len(one & other) / len(one | other) if one and other else 0


def likeness(one: str, other: str) -> float:
    """How much of two labels is in common, from 0 to 1; another numeral makes another label."""
    if [c for c in one if c in TELLING] != [c for c in other if c in TELLING]:
        return 0
    return max(SequenceMatcher(None, one, other).ratio(), SequenceMatcher(None, other, one).ratio())
