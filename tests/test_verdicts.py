"""Verdicts against brute force over all completions, and the laws of comparison; the oracle shares no code with src."""

from __future__ import annotations

from itertools import product
from random import Random

from attrs import frozen
from hypothesis import assume, given
from hypothesis import strategies as st

import gouji
from gouji.book import Book
from gouji.language.rulebook import load_text
from gouji.sources import Source

NAMES = ("甲", "乙", "丙", "丁")
FORM = """form "f"
  edition 1
  years 2000..
table 表 "t"
  {type}
  rows
    一
  columns
    {columns}
  rule r "s"
    every row
    {formula}
"""
HIGH = 4
RELATIONS = ("=", "!=", "<=", ">=", "<", ">")
Cells = tuple[int | None, ...]


@frozen
class Side:
    """Coefficients of the four cells, and a constant."""

    factors: tuple[int, ...]
    constant: int

    def text(self) -> str:
        pieces = [f"{'-' if f < 0 else '+'} {abs(f)} * {n}" for f, n in zip(self.factors, NAMES, strict=True) if f]
        return " ".join([*pieces, f"{'-' if self.constant < 0 else '+'} {abs(self.constant)}"]).removeprefix("+ ")

    def value(self, cells: tuple[int, ...]) -> int:
        return sum(f * cell for f, cell in zip(self.factors, cells, strict=True)) + self.constant


def decide(formula: str, cells: Cells, type: str = f"number from 0 to {HIGH}", functions: object = None) -> str:
    """The outcome that gouji gives."""
    text = FORM.format(type=type, columns="\n    ".join(NAMES), formula=formula)
    edition, problems = load_text(Source("made", text), "made")
    assert edition is not None, "\n".join(map(str, problems))
    report = Book((edition,)).bind({"一": dict(zip(NAMES, cells, strict=True))}, year=2024)
    (verdict,) = [v for v in Book((edition,)).check(report).verdicts if v.rule == "r"]
    return verdict.outcome


def holds(relation: str, left: int, right: int) -> bool:
    return {
        "=": left == right, "!=": left != right, "<=": left <= right, ">=": left >= right, "<": left < right,
        ">": left > right,
    }[relation]  # fmt: skip


def completions(cells: Cells) -> list[tuple[int, ...]]:
    return list(product(*(range(HIGH + 1) if cell is None else (cell,) for cell in cells)))


coefficients = st.tuples(*[st.integers(-2, 2)] * 4)
sides = st.builds(Side, coefficients, st.integers(-4, 4))
some_cells = st.tuples(*[st.none() | st.integers(0, HIGH)] * 4).filter(lambda cells: any(c is not None for c in cells))


@given(sides, sides, st.sampled_from(RELATIONS), some_cells)
def test_no_verdict_is_contradicted_by_a_completion(left: Side, right: Side, relation: str, cells: Cells) -> None:
    assume(any(left.factors + right.factors))
    truths = {holds(relation, left.value(full), right.value(full)) for full in completions(cells)}
    outcome = decide(f"{left.text()} {relation} {right.text()}", cells, f"count 件 from 0 to {HIGH}")
    assert outcome in {True: ("pass", "undetermined"), False: ("fail", "undetermined")}[True in truths] or truths == {
        True,
        False,
    }
    if len(truths) == 2:
        assert outcome == "undetermined"


@given(st.tuples(*[st.sampled_from([-1, 0, 1])] * 4), st.integers(-9, 9), some_cells)
def test_equations_with_unit_coefficients_are_decided_exactly(
    factors: tuple[int, ...], constant: int, cells: Cells
) -> None:
    assume(any(factors))
    side = Side(factors, constant)
    truths = {side.value(full) == 0 for full in completions(cells)}
    expected = "undetermined" if len(truths) == 2 else "pass" if True in truths else "fail"
    assert decide(f"{side.text()} = 0", cells, f"count 件 from 0 to {HIGH}") == expected


TRUTHS = {"pass": True, "fail": False, "undetermined": None}


@given(sides, sides, st.sampled_from(RELATIONS), some_cells, st.sampled_from(["amount 元 0", "count 件"]))
def test_rearranging_and_negating_change_no_verdict(
    left: Side, right: Side, relation: str, cells: Cells, type: str
) -> None:
    assume(any(a - b for a, b in zip(left.factors, right.factors, strict=True)))
    moved = Side(tuple(a - b for a, b in zip(left.factors, right.factors, strict=True)), left.constant - right.constant)
    outcome = decide(f"{left.text()} {relation} {right.text()}", cells, type)
    mirrored = {"<=": ">=", ">=": "<=", "<": ">", ">": "<"}.get(relation, relation)
    negated = {"=": "!=", "!=": "=", "<=": ">", ">": "<=", ">=": "<", "<": ">="}[relation]
    assert decide(f"{moved.text()} {relation} 0", cells, type) == outcome
    assert decide(f"{right.text()} {mirrored} {left.text()}", cells, type) == outcome
    assert decide(f"not ({left.text()} {negated} {right.text()})", cells, type) == outcome


comparisons = st.builds(
    lambda side, relation, other: (f"{side.text()} {relation} {other.text()}", side, relation, other),
    sides.filter(lambda side: any(side.factors)), st.sampled_from(RELATIONS), sides,
)  # fmt: skip


@given(st.lists(comparisons, min_size=2, max_size=3), some_cells, st.randoms(use_true_random=False))
def test_and_and_or_are_free_of_order_and_kleenes(
    made: list[tuple[str, Side, str, Side]], cells: Cells, random: Random
) -> None:
    type = f"count 件 from 0 to {HIGH}"
    truths = [TRUTHS[decide(text, cells, type)] for text, *_ in made]
    both = False if False in truths else None if None in truths else True
    either = True if True in truths else None if None in truths else False
    texts = [text for text, *_ in made]
    random.shuffle(texts)
    assert TRUTHS[decide(" and ".join(texts), cells, type)] is both
    assert TRUTHS[decide(" or ".join(texts), cells, type)] is either


NUMBERS = {
    "min(甲, 乙, 丙)": lambda a, b, c, d: min(a, b, c),
    "max(甲, 乙, 丙)": lambda a, b, c, d: max(a, b, c),
    "median(甲, 乙, 丙)": lambda a, b, c, d: sorted((a, b, c))[1],
    "甲 * 乙": lambda a, b, c, d: a * b,
    "abs(甲 - 乙)": lambda a, b, c, d: abs(a - b),
    "choose(甲 = 1, 乙, 丙)": lambda a, b, c, d: b if a == 1 else c,
    "sum(x for x of {甲, 乙, 丙} where x >= 2)": lambda a, b, c, d: sum(x for x in (a, b, c) if x >= 2),
    "count(x for x of {甲, 乙, 丙} where x >= 2)": lambda a, b, c, d: sum(x >= 2 for x in (a, b, c)),
    "max(甲, 乙) - min(乙, 丙)": lambda a, b, c, d: max(a, b) - min(b, c),
}


@given(st.sampled_from(sorted(NUMBERS)), st.sampled_from(RELATIONS), some_cells)
def test_functions_are_never_contradicted_and_exact_when_known(text: str, relation: str, cells: Cells) -> None:
    truths = {holds(relation, NUMBERS[text](*full), full[3]) for full in completions(cells)}
    outcome = decide(f"{text} {relation} 丁", cells)
    if len(truths) == 2:
        assert outcome == "undetermined"
    elif None not in cells:
        assert outcome == ("pass" if True in truths else "fail")
    else:
        assert outcome in ("undetermined", "pass" if True in truths else "fail")


@given(st.lists(st.none() | st.integers(0, 99) | st.sampled_from(["/", "x", "-3"]), min_size=200, max_size=200))
def test_the_counts_balance_for_any_report(values: list[object]) -> None:
    book = gouji.load("cn-disclosure")
    report = book.bind(dict(zip(book.columns(2024), values, strict=True)), year=2024)
    result = book.check(report)
    for counts in (result.counts, *result.rules.values()):
        parts = [counts[name] for name in ("pass", "fail", "undetermined", "not_applicable", "waived", "error")]
        assert counts["expected"] == sum(parts) and min(parts) >= 0
    told = sum(verdict.outcome in ("fail", "undetermined", "error", "waived") for verdict in result.verdicts)
    assert len(result.findings) == told
