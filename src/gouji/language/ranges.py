"""What is known of a number: the range it lies in, and what relations and functions make of ranges."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import reduce

from attrs import frozen

Kleene = bool | None
"""True, False, or None where what is missing decides."""


@frozen
class Range:
    """The numbers from `low` to `high`, None where nothing bounds them; an open end is excluded."""

    low: Fraction | int | None
    high: Fraction | int | None
    low_open: bool = False
    high_open: bool = False

    @property
    def known(self) -> Fraction | int | None:
        """The number, where only one is possible."""
        return self.low if self.low is not None and self.low == self.high else None

    def __add__(self, other: Range) -> Range:
        low = None if self.low is None or other.low is None else self.low + other.low
        high = None if self.high is None or other.high is None else self.high + other.high
        return Range(low, high, self.low_open or other.low_open, self.high_open or other.high_open)

    def times(self, factor: Fraction | int) -> Range:
        """The range of the number times a constant that is not 0."""
        if factor < 0:
            return Range(_scaled(self.high, factor), _scaled(self.low, factor), self.high_open, self.low_open)
        return Range(_scaled(self.low, factor), _scaled(self.high, factor), self.low_open, self.high_open)

    def exceeds(self, limit: Fraction | int) -> bool:
        """Whether every number of the range is above the limit."""
        return self.low is not None and (self.low > limit or (self.low_open and self.low == limit))

    def reaches(self, limit: Fraction | int) -> bool:
        """Whether no number of the range is below the limit."""
        return self.low is not None and self.low >= limit


ANY = Range(None, None)


def point(value: Fraction | int) -> Range:
    """The range of one number."""
    return Range(value, value)


def _scaled(end: Fraction | int | None, factor: Fraction | int) -> Fraction | int | None:
    return None if end is None else end * factor


def at_most(d: Range, width: Fraction | int) -> Kleene:
    """Whether d <= width."""
    if d.exceeds(width):
        return False
    return True if d.high is not None and d.high <= width else None


def equal(d: Range, width: Fraction | int) -> Kleene:
    """Whether -width <= d <= width."""
    return conjunction((at_most(d, width), at_most(d.times(-1), width)))


def negation(truth: Kleene) -> Kleene:
    """Kleene's not."""
    return None if truth is None else not truth


def conjunction(truths: Iterable[Kleene]) -> Kleene:
    """Kleene's and: False wins, then what is not known."""
    found = list(truths)
    return False if False in found else None if None in found else True


def disjunction(truths: Iterable[Kleene]) -> Kleene:
    """Kleene's or: True wins, then what is not known."""
    return negation(conjunction(negation(truth) for truth in truths))


def exactly_one(truths: Iterable[Kleene]) -> Kleene:
    """Whether one of them is true and no other."""
    found = list(truths)
    if found.count(True) > 1 or (True not in found and None not in found):
        return False
    return None if None in found else True


def all_or_none(truths: Iterable[Kleene]) -> Kleene:
    """Whether they are all true or all false."""
    found = list(truths)
    if True in found and False in found:
        return False
    return None if None in found else True


def least(ranges: Sequence[Range]) -> Range:
    """The range of the smallest."""
    lows = [r.low for r in ranges]
    highs = [r.high for r in ranges if r.high is not None]
    low = None if None in lows else min(low for low in lows if low is not None)
    return Range(low, min(highs) if highs else None)


def greatest(ranges: Sequence[Range]) -> Range:
    """The range of the largest."""
    return least([r.times(-1) for r in ranges]).times(-1)


def median(ranges: Sequence[Range]) -> Range:
    """The range of the middle one, or of the mean of both in the middle."""
    return _bounded(ranges, _median)


def average(ranges: Sequence[Range]) -> Range:
    """The range of the mean."""
    return reduce(Range.__add__, ranges).times(Fraction(1, len(ranges)))


def _bounded(ranges: Sequence[Range], monotone: Callable[[list[Fraction | int]], Fraction | int]) -> Range:
    lows = [r.low for r in ranges if r.low is not None]
    highs = [r.high for r in ranges if r.high is not None]
    return Range(
        monotone(lows) if len(lows) == len(ranges) else None, monotone(highs) if len(highs) == len(ranges) else None
    )


def _median(values: list[Fraction | int]) -> Fraction | int:
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(ordered) % 2 else Fraction(ordered[half - 1] + ordered[half]) / 2


def magnitude(ranges: Sequence[Range]) -> Range:
    """The range of the value without its sign."""
    (only,) = ranges
    above = greatest([only, only.times(-1)])
    return above if above.reaches(0) and not _spans_zero(only) else Range(0, above.high)


def _spans_zero(only: Range) -> bool:
    return not only.exceeds(0) and not only.times(-1).exceeds(0)


def product(ranges: Sequence[Range]) -> Range:
    """The range of a product; exact where one factor is known."""
    first, second = ranges
    for one, other in ((first, second), (second, first)):
        if one.known is not None:
            return other.times(one.known) if one.known else point(0)
    ends = (first.low, first.high, second.low, second.high)
    if first.reaches(0) and second.reaches(0) and first.low is not None and second.low is not None:
        unbounded = first.high is None or second.high is None
        return Range(first.low * second.low, None if unbounded else (first.high or 0) * (second.high or 0))
    if None in ends:
        return ANY
    corners = [a * b for a in ends[:2] for b in ends[2:] if a is not None and b is not None]
    return Range(min(corners), max(corners))


def clear_of_zero(only: Range) -> bool:
    """Whether the number cannot be 0."""
    return not _spans_zero(only)


def quotient(ranges: Sequence[Range]) -> Range | None:
    """The range of a quotient; None for a division by zero."""
    upper, lower = ranges
    if lower.known is not None:
        return upper.times(Fraction(1) / lower.known) if lower.known else None
    if _spans_zero(lower) or lower.low is None or lower.low <= 0:
        return ANY
    inverse = Range(0 if lower.high is None else Fraction(1) / lower.high, Fraction(1) / lower.low)
    return product([upper, inverse])


def rounded(ranges: Sequence[Range]) -> Range:
    """The range of the first rounded, half away from zero, to as many decimals as the second says."""
    value, places = ranges
    return _steps(value, places, lambda x: (abs(x) + Fraction(1, 2)) // 1 * (1 if x >= 0 else -1))


def truncated(ranges: Sequence[Range]) -> Range:
    """The range of the first cut off after as many decimals as the second says."""
    value, places = ranges
    return _steps(value, places, lambda x: abs(x) // 1 * (1 if x >= 0 else -1))


def _steps(value: Range, places: Range, step: Callable[[Fraction], Fraction | int]) -> Range:
    unit = Fraction(10) ** int(places.known or 0)

    def end(bound: Fraction | int | None) -> Fraction | None:
        return None if bound is None else Fraction(step(Fraction(bound) * unit)) / unit

    return Range(end(value.low), end(value.high))
