"""What differs between two editions, as values."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve, frozen

from gouji.messages import say

_MIRRORED = {"added": "removed", "removed": "added", "split": "merged", "merged": "split"}


FEW = 12
"""Of more things than this a text names only the first and the last."""


@frozen
class Change:
    """One difference: its kind, of what thing and of which of its aspects, where, before and after.

    Kinds: `added`, `removed`, `renamed`, `replaced`, `split`, `merged`, `changed`. `where` holds the labels that lead
    there; `note` says more of what was added or removed.
    """

    kind: str
    what: str
    where: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    aspect: str = ""
    note: str = ""

    def mirrored(self) -> Change:
        """The same difference seen from the other edition."""
        return evolve(self, kind=_MIRRORED.get(self.kind, self.kind), before=self.after, after=self.before)


@frozen
class Tally:
    """How many there are of something before and after."""

    name: str
    before: int
    after: int


def listed(texts: Sequence[str], joint: str = "") -> str:
    """All of the texts, or the first and the last with how many there are."""
    joint = joint or say(", ")
    if len(texts) <= FEW:
        return joint.join(texts)
    return say("{first} … {last} ({number})", first=joint.join(texts[:2]), last=texts[-1], number=len(texts))
