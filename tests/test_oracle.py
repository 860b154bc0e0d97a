"""The identities of the bundled form against an engine written by others, on generated reports.

Where every cell is filled, both agree on every identity. With a blank they differ, and the list below says how: an
engine of expressions has no answer for a number that is not known, or takes it for a falsehood.
"""

from __future__ import annotations

import pytest
import rule_engine
from hypothesis import given
from hypothesis import strategies as st

from test_reports import APPLICANTS, BOOK, CASES, KEYS, LEAVES, RESULTS, valid_reports

COLUMNS = [*APPLICANTS, "总计"]
ROWS = ["申请/新收", "申请/上年结转", *RESULTS, "申请/结转下年"]
NAMES = {key: f"c{number}" for number, key in enumerate(KEYS)}


def catalogue() -> dict[tuple[str, str], str]:
    """The identities of the fact sheet as expressions of the other engine, by rule and place."""

    def plus(keys: list[str]) -> str:
        return " + ".join(NAMES[key] for key in keys)

    found = {}
    for c in COLUMNS:
        new, carried, left = (NAMES[f"申请/{row}/{c}"] for row in ("新收", "上年结转", "结转下年"))
        total = NAMES[f"申请/办理结果/总计/{c}"]
        found["收支平衡", c] = f"{new} + {carried} == {total} + {left}"
        found["办理合计", c] = f"{total} == {plus([f'{leaf}/{c}' for leaf in LEAVES])}"
    for row in ROWS:
        found["申请人合计", row.removeprefix("申请/")] = (
            f"{NAMES[f'{row}/总计']} == {plus([f'{row}/{c}' for c in APPLICANTS])}"
        )
    for case in CASES:
        parts = plus([f"{case}/{name}" for name in ("结果维持", "结果纠正", "其他结果", "尚未审结")])
        found["复议诉讼合计", case.removeprefix("复议诉讼/")] = f"{NAMES[f'{case}/总计']} == {parts}"
    for document in ("规章", "规范性文件"):
        made, dropped, stock = (NAMES[f"主动公开/{document}/{name}"] for name in ("制发", "废止", "现行有效"))
        found["制发不超", document] = f"{made} <= {stock} + {dropped}"
    return found


RULES = {place: rule_engine.Rule(text) for place, text in catalogue().items()}


def ours(row: dict[str, int | None]) -> dict[tuple[str, str], str]:
    result = BOOK.check(BOOK.bind(row, year=2024))
    outcomes = {(v.rule, "/".join(v.at.values())): v.outcome for v in result.verdicts}
    return {place: outcomes[place] for place in RULES}


def theirs(row: dict[str, int | None]) -> dict[tuple[str, str], str]:
    named = {NAMES[key]: value for key, value in row.items()}

    def outcome(rule: rule_engine.Rule) -> str:
        try:
            return "pass" if rule.matches(named) else "fail"
        except rule_engine.EvaluationError:
            return "error"

    return {place: outcome(rule) for place, rule in RULES.items()}


def test_the_catalogue_has_the_identities_and_bounds_of_the_format() -> None:
    assert len(RULES) == 42 + 2


@given(valid_reports(), st.dictionaries(st.sampled_from(KEYS), st.integers(0, 99), max_size=6))
def test_both_engines_agree_where_every_cell_is_filled(row: dict[str, int], changes: dict[str, int]) -> None:
    changed: dict[str, int | None] = {**row, **changes}
    assert ours(changed) == theirs(changed)


@pytest.mark.parametrize(
    ("blank", "place", "said", "right"),
    [
        # The other engine cannot add what is not there; the bounds leave it open.
        ("申请/新收/自然人", ("收支平衡", "自然人"), "error", "undetermined"),
        ("申请/办理结果/予以公开/总计", ("办理合计", "总计"), "error", "undetermined"),
        # It takes a blank total for a number that differs; the total is not stated.
        ("申请/新收/总计", ("申请人合计", "新收"), "fail", "undetermined"),
        ("复议诉讼/行政复议/总计", ("复议诉讼合计", "行政复议"), "fail", "undetermined"),
    ],
)
def test_a_known_difference_is_one_still(blank: str, place: tuple[str, str], said: str, right: str) -> None:
    row: dict[str, int | None] = {**dict.fromkeys(KEYS, 0), blank: None}
    assert (theirs(row)[place], ours(row)[place]) == (said, right)


def test_a_blank_beside_parts_that_exceed_their_total_fails_here_and_is_an_error_there() -> None:
    row: dict[str, int | None] = dict.fromkeys(KEYS, 0)
    row |= {"申请/新收/自然人": None, "申请/新收/法人或其他组织/其他": 5, "申请/新收/总计": 3}
    place = ("申请人合计", "新收")
    assert (theirs(row)[place], ours(row)[place]) == ("error", "fail")
