"""Random formulas against brute force: no verdict is contradicted by any way to fill the blanks."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from random import Random

import pytest

from gouji.book import Book
from gouji.language.rulebook import load_text
from gouji.sources import Source

NAMES = ("甲", "乙", "丙")
HIGH = 3
FORM = """form "f"
  edition 1
  years 2000..
table 表 "t"
  number from 0 to 3
  rows
    一
  columns
    甲
    乙
    丙
  rule r "s"
    every row
    {formula}
"""
Cells = tuple[int, ...]
Number = tuple[str, Callable[[Cells], "int | Fraction"]]
Truth = tuple[str, Callable[[Cells], bool]]
RELATIONS: dict[str, Callable[[int | Fraction, int | Fraction], bool]] = {
    "=": lambda a, b: a == b, "!=": lambda a, b: a != b, "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b, "<": lambda a, b: a < b, ">": lambda a, b: a > b,
}  # fmt: skip


class NoNumber(Exception):
    """An aggregate of nothing."""


def smallest(cells: Cells, least: int) -> int:
    kept = [cell for cell in cells if cell >= least]
    if not kept:
        raise NoNumber
    return min(kept)


def rounded(value: int | Fraction) -> int:
    whole = (abs(Fraction(value)) + Fraction(1, 2)) // 1
    return whole if value >= 0 else -whole


def chosen(test: bool, one: int | Fraction, other: int | Fraction) -> int | Fraction:
    return one if test else other


def number(random: Random, depth: int) -> Number:
    """A formula that is a number, and what it is of full cells."""
    if depth == 0 or random.random() < 0.35:
        at, constant = random.randrange(3), random.randrange(4)
        return (NAMES[at], lambda v: v[at]) if random.random() < 0.75 else (str(constant), lambda v: constant)
    (a, f), (b, g), (c, h) = (number(random, depth - 1) for _ in range(3))
    test, holds = truth(random, depth - 1)
    least = random.randrange(4)
    each = f"x for x of {{甲, 乙, 丙}} where x >= {least}"
    made: list[Number] = [
        (f"({a} + {b})", lambda v: f(v) + g(v)),
        (f"({a} - {b})", lambda v: f(v) - g(v)),
        (f"({a} * {b})", lambda v: f(v) * g(v)),
        (f"({a} / {b})", lambda v: Fraction(f(v)) / g(v)),
        (f"min({a}, {b})", lambda v: min(f(v), g(v))),
        (f"max({a}, {b})", lambda v: max(f(v), g(v))),
        (f"median({a}, {b}, {c})", lambda v: sorted((f(v), g(v), h(v)))[1]),
        (f"average({a}, {b})", lambda v: Fraction(f(v) + g(v)) / 2),
        (f"abs({a})", lambda v: max(f(v), -f(v))),
        (f"round({a}, 0)", lambda v: rounded(f(v))),
        (f"sum({each})", lambda v: sum(cell for cell in v if cell >= least)),
        (f"count({each})", lambda v: sum(cell >= least for cell in v)),
        (f"min({each})", lambda v: smallest(v, least)),
        (f"choose({test}, {a}, {b})", lambda v: chosen(holds(v), f(v), g(v))),
    ]
    return random.choice(made)


def truth(random: Random, depth: int) -> Truth:
    """A formula that holds or not, and whether it does; both sides are looked at, so that faults show."""
    if depth <= 0 or random.random() < 0.6:
        relation = random.choice(sorted(RELATIONS))
        (a, f), (b, g) = number(random, max(depth, 0)), number(random, max(depth, 0))
        return f"({a} {relation} {b})", lambda v: RELATIONS[relation](f(v), g(v))
    (one, p), (other, q) = truth(random, depth - 1), truth(random, depth - 1)
    made: list[Truth] = [
        (f"({one} and {other})", lambda v: p(v) & q(v)),
        (f"({one} or {other})", lambda v: p(v) | q(v)),
        (f"(not {one})", lambda v: not p(v)),
    ]
    return random.choice(made)


def truths(holds: Callable[[Cells], bool], cells: tuple[int | None, ...]) -> set[bool] | None:
    """What the formula is under every completion; None where one of them is a fault or an aggregate of nothing."""
    full = product(*(range(HIGH + 1) if cell is None else (cell,) for cell in cells))
    try:
        return {holds(completion) for completion in full}
    except (ZeroDivisionError, NoNumber):
        return None


@pytest.mark.parametrize("seed", range(40))
def test_no_verdict_is_contradicted_by_a_completion(seed: int) -> None:
    random = Random(seed)
    judged = 0
    for _ in range(25):
        formula, holds = truth(random, 3)
        edition, problems = load_text(Source("made", FORM.format(formula=formula)), "made")
        if edition is None or problems:
            assert {problem.message for problem in problems} <= {
                "the formula reads no cell",
                "the formula does not use row",
            }
            continue
        book = Book((edition,))
        cells = (random.randrange(HIGH + 1), *(random.choice([None, 0, 1, 2, 3]) for _ in range(2)))
        possible = truths(holds, cells)
        result = book.check(book.bind({"一": dict(zip(NAMES, cells, strict=True))}, year=2024))
        (outcome,) = [verdict.outcome for verdict in result.verdicts if verdict.rule == "r"]
        assert len(result.findings) >= (outcome in ("fail", "undetermined", "error"))
        if possible is None:
            continue
        judged += 1
        assert outcome == "undetermined" or {outcome} == {"pass" if truth else "fail" for truth in possible}, formula
        assert outcome != "undetermined" or None in cells, formula
    assert judged >= 10
