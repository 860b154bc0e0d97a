"""Numbers in columns as quotients of whole ones: exact, null where one might leave 64 bits or divides by zero.

Nothing here imports an engine: the module that makes expressions is handed in, polars or narwhals.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from math import isqrt, lcm
from typing import Any

from attrs import frozen

LIMIT = 2**45
"""No step of a cell beyond it is told by columns."""
MOST = 2**61
"""No number made of cells is beyond it, so that a sum of two never leaves whole numbers of 64 bits."""
EXACT = 2**52 - 1
"""Up to it the whole part of a quotient of floats is exact."""
_PLACES = 15


@frozen(eq=False)
class Whole:
    """A whole number in each row, or a Python number that is the same in all; `most` bounds it without its sign.

    `size` says how many columns its expression reads, one as often as it stands there.
    """

    nw: Any
    value: Any
    most: int
    size: int = 1

    @classmethod
    def of(cls, nw: Any, number: int) -> Whole:
        """The same number in every row; one that is too large is null."""
        return cls(nw, number, abs(number)) if abs(number) <= MOST else _nothing(nw)

    @property
    def constant(self) -> int | None:
        """The number that it is in every row."""
        return self.value if isinstance(self.value, int) else None

    @property
    def column(self) -> Any:
        """The number as an expression."""
        return self.value if self.constant is None else self.nw.lit(self.value, self.nw.Int64)

    def within(self, limit: int) -> Whole:
        """The number, null where it is beyond a limit."""
        if self.most <= limit:
            return self
        near = self.nw.when(self.column.is_between(-limit, limit)).then(self.column)
        return Whole(self.nw, near, limit, 2 * self.size)

    def __add__(self, other: Whole) -> Whole:
        return self._added(other, 1)

    def __sub__(self, other: Whole) -> Whole:
        return self._added(other, -1)

    def _added(self, other: Whole, sign: int) -> Whole:
        if self.constant is not None and other.constant is not None:
            return Whole.of(self.nw, self.value + sign * other.value)
        one, two = (
            (self, other) if self.most + other.most <= MOST else (self.within(MOST // 2), other.within(MOST // 2))
        )
        value = one.value + two.value if sign > 0 else one.value - two.value
        return Whole(self.nw, value, one.most + two.most, one.size + two.size)

    def __mul__(self, other: Whole) -> Whole:
        if self.constant is not None and other.constant is not None:
            return Whole.of(self.nw, self.value * other.value)
        for one, two in ((self, other), (other, self)):
            if one.constant == 1:
                return two
        one, two = _fitting(self, other)
        return Whole(self.nw, one.value * two.value, one.most * two.most, one.size + two.size)


def _nothing(nw: Any) -> Whole:
    """What is null in every row."""
    return Whole(nw, nw.lit(None).cast(nw.Int64), 0)


def _fitting(one: Whole, other: Whole) -> tuple[Whole, Whole]:
    """Two numbers whose product fits, each null where it may not."""
    if one.most * other.most <= MOST:
        return one, other
    root = isqrt(MOST)
    if other.constant is not None or (one.constant is None and other.most <= root):
        return one.within(MOST // other.most), other
    if one.constant is not None or one.most <= root:
        return one, other.within(MOST // one.most)
    return one.within(root), other.within(root)


@frozen(eq=False)
class Quotient:
    """A number as `upper / lower`; both are null where there is none, and the lower is above 0 elsewhere."""

    upper: Whole
    lower: Whole

    @property
    def size(self) -> int:
        """How many columns it reads."""
        return self.upper.size + self.lower.size


def _plus(one: Quotient, other: Quotient, sign: int = 1) -> Quotient:
    uppers, lower = _brought(one, other)
    return Quotient(uppers[0] + uppers[1] if sign > 0 else uppers[0] - uppers[1], lower)


def _brought(one: Quotient, other: Quotient) -> tuple[tuple[Whole, Whole], Whole]:
    """The uppers of both over one lower."""
    nw, first, second = one.upper.nw, one.lower.constant, other.lower.constant
    if first is None or second is None:
        return (one.upper * other.lower, other.upper * one.lower), one.lower * other.lower
    common = lcm(first, second)
    uppers = one.upper * Whole.of(nw, common // first), other.upper * Whole.of(nw, common // second)
    return uppers, Whole.of(nw, common)


def difference(one: Quotient, other: Quotient) -> Quotient:
    """The one less the other."""
    return _plus(one, other, -1)


def total(nw: Any, items: Sequence[Quotient]) -> Quotient:
    """The sum, as flat as can be: engines nest a long chain as deep as it is long."""
    if len(items) == 1:
        return items[0]
    half = len(items) // 2
    return _plus(total(nw, items[:half]), total(nw, items[half:]))


def product(nw: Any, items: Sequence[Quotient]) -> Quotient:
    """The product of two numbers."""
    one, other = items
    return Quotient(one.upper * other.upper, one.lower * other.lower)


def magnitude(nw: Any, items: Sequence[Quotient]) -> Quotient:
    """The number without its sign."""
    (only,) = items
    return Quotient(Whole(nw, only.upper.column.abs(), only.upper.most, only.upper.size), only.lower)


def least(nw: Any, items: Sequence[Quotient]) -> Quotient | None:
    """The smallest of numbers with known lowers; null where one is."""
    return _extreme(nw, nw.min_horizontal, items)


def greatest(nw: Any, items: Sequence[Quotient]) -> Quotient | None:
    """The largest of numbers with known lowers; null where one is."""
    return _extreme(nw, nw.max_horizontal, items)


def _extreme(nw: Any, extreme: Callable[..., Any], items: Sequence[Quotient]) -> Quotient | None:
    """One of several; engines leave out what is null, so each is added as nothing."""
    brought = _over_one(nw, items)
    if brought is None:
        return None
    columns = [upper.column for upper in brought[0]]
    found = reduce(lambda one, column: one + 0 * column, columns, extreme(*columns))
    most, size = max(upper.most for upper in brought[0]), sum(upper.size for upper in brought[0])
    return Quotient(Whole(nw, found, most, 2 * size), brought[1])


def _over_one(nw: Any, items: Sequence[Quotient]) -> tuple[list[Whole], Whole] | None:
    """The uppers of all over one lower, where the lowers are the same in every row."""
    lowers = [item.lower.constant for item in items]
    known = [lower for lower in lowers if lower is not None]
    if len(known) < len(lowers):
        return None
    common = lcm(*known)
    uppers = [item.upper * Whole.of(nw, common // lower) for item, lower in zip(items, known, strict=True)]
    return uppers, Whole.of(nw, common)


def choice(nw: Any, items: Sequence[Any]) -> Quotient:
    """The second where the first, a condition, holds, and the third where it does not."""
    test, one, other = items
    if one.lower.constant is None or other.lower.constant is None:  # the one that is not chosen may divide by zero
        return Quotient(_chosen(nw, test, one.upper, other.upper), _chosen(nw, test, one.lower, other.lower))
    (first, second), lower = _brought(one, other)
    return Quotient(_chosen(nw, test, first, second), lower)


def _chosen(nw: Any, test: Any, one: Whole, other: Whole) -> Whole:
    chosen = nw.when(test).then(one.column).when(~test).then(other.column)
    return Whole(nw, chosen, max(one.most, other.most), one.size + other.size + 2)


def counted(nw: Any, item: Quotient) -> Quotient:
    """One, where a number is known."""
    known = ~item.upper.column.is_null() & ~item.lower.column.is_null()
    return Quotient(Whole(nw, nw.when(known).then(nw.lit(1, nw.Int64)), 1, item.size), Whole.of(nw, 1))


def quotient(nw: Any, items: Sequence[Quotient]) -> Quotient:
    """The first by the second, null where that is 0."""
    one, other = items
    upper, lower = one.upper * other.lower, one.lower * other.upper
    if lower.constant is not None:
        sign = Whole.of(nw, 1 if lower.constant > 0 else -1)
        return Quotient(upper * sign, lower * sign) if lower.constant else Quotient(_nothing(nw), Whole.of(nw, 1))
    above, below, size = lower.value > 0, lower.value < 0, upper.size + 2 * lower.size
    turned = nw.when(above).then(upper.column).when(below).then(-upper.column)
    positive = nw.when(above).then(lower.value).when(below).then(-lower.value)
    return Quotient(Whole(nw, turned, upper.most, size), Whole(nw, positive, lower.most, 4 * lower.size))


def average(nw: Any, items: Sequence[Quotient]) -> Quotient:
    """The mean of numbers that are all known."""
    whole = total(nw, items)
    return Quotient(whole.upper, whole.lower * Whole.of(nw, len(items)))


def rounded(nw: Any, items: Sequence[Quotient]) -> Quotient | None:
    """The first to as many decimals as the second says, a half away from zero; None where that is no constant."""
    return _stepped(nw, items, lambda upper, lower: (upper * Whole.of(nw, 2) + lower, lower * Whole.of(nw, 2)))


def truncated(nw: Any, items: Sequence[Quotient]) -> Quotient | None:
    """The first cut off after as many decimals as the second says; None where that is no constant."""
    return _stepped(nw, items, lambda upper, lower: (upper, lower))


def _stepped(
    nw: Any, items: Sequence[Quotient], halved: Callable[[Whole, Whole], tuple[Whole, Whole]]
) -> Quotient | None:
    """The number without its sign by whole steps, small enough for an engine that divides floats."""
    value, places = items
    if places.upper.constant is None or places.lower.constant is None:
        return None
    decimals = places.upper.constant // places.lower.constant
    if abs(decimals) > _PLACES or places.upper.constant % places.lower.constant:
        return None
    up, down = (Whole.of(nw, 10 ** max(sign * decimals, 0)) for sign in (1, -1))
    upper, lower = halved(magnitude(nw, [value]).upper * up, value.lower * down)
    upper, lower = upper.within(EXACT), lower.within(EXACT)
    steps = upper.column // lower.value
    signed = nw.when(value.upper.column < 0).then(-steps).otherwise(steps)
    size = value.upper.size + 2 * (upper.size + lower.size)
    return Quotient(Whole(nw, signed, upper.most, size) * down, up)
