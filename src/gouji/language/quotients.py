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
        if abs(number) > MOST:
            return cls(nw, nw.lit(None).cast(nw.Int64), 0)
        return cls(nw, number, abs(number))

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
    """A number as `upper / lower`, where the lower is above 0; the upper is null where there is no number."""

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
    (first, second), lower = _brought(one, other)
    chosen = nw.when(test).then(first.column).when(~test).then(second.column)
    return Quotient(Whole(nw, chosen, max(first.most, second.most), first.size + second.size + 2), lower)
