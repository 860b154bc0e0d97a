"""Laws of the bundled form: a valid report passes, and one changed cell breaks exactly the identities that hold it."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import gouji
from conftest import figures

BOOK = gouji.load("cn-disclosure")
KEYS = BOOK.columns(2024)
APPLICANTS = [
    "自然人",
    *(f"法人或其他组织/{n}" for n in ("商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他")),
]
RESULTS = [key.split("/自然人")[0] for key in KEYS if key.startswith("申请/办理结果/") and key.endswith("/自然人")]
LEAVES = [row for row in RESULTS if row != "申请/办理结果/总计"]
CASES = ["复议诉讼/行政复议", "复议诉讼/行政诉讼/未经复议直接起诉", "复议诉讼/行政诉讼/复议后起诉"]


@st.composite
def valid_reports(draw: st.DrawFn) -> dict[str, int]:
    """Reports whose sums are made to hold."""
    few = st.integers(0, 9)
    row = {key: 0 for key in KEYS}
    for column in APPLICANTS:
        outcomes = {f"{leaf}/{column}": draw(few) for leaf in LEAVES}
        finished, carried = sum(outcomes.values()), draw(few)
        new = draw(st.integers(0, finished + carried))
        row |= outcomes | {f"申请/办理结果/总计/{column}": finished, f"申请/结转下年/{column}": carried}
        row |= {f"申请/新收/{column}": new, f"申请/上年结转/{column}": finished + carried - new}
    for stem in [*RESULTS, "申请/新收", "申请/上年结转", "申请/结转下年"]:
        row[f"{stem}/总计"] = sum(row[f"{stem}/{column}"] for column in APPLICANTS)
    for case in CASES:
        parts = [draw(few) for _ in range(4)]
        row |= dict(zip([f"{case}/{n}" for n in ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")],
                        [*parts, sum(parts)], strict=True))  # fmt: skip
    for document in ("规章", "规范性文件"):
        made, dropped = draw(few), draw(few)
        row |= {f"主动公开/{document}/制发": made, f"主动公开/{document}/废止": dropped}
        row[f"主动公开/{document}/现行有效"] = max(0, made - dropped) + draw(few)
    return row


@given(valid_reports())
def test_any_valid_report_passes(row: dict[str, int]) -> None:
    result = BOOK.check(BOOK.bind(row, year=2024))
    assert result.ok and result.counts["pass"] == 244


def broken(key: str) -> set[tuple[str, str]]:
    """The identities that hold a cell of the tables of sums, as the fact sheet lists them."""
    table, *path = key.split("/")
    if table == "复议诉讼":
        return {("复议诉讼合计", "/".join(path[:-1]))}
    column = next(c for c in [*APPLICANTS, "总计"] if key.endswith(f"/{c}"))
    row = key.removeprefix("申请/").removesuffix(f"/{column}")
    found = {("申请人合计", row)}
    if row in ("新收", "上年结转", "结转下年", "办理结果/总计"):
        found.add(("收支平衡", column))
    if row.startswith("办理结果/"):
        found.add(("办理合计", column))
    return found


@given(st.sampled_from([key for key in KEYS if not key.startswith("主动公开")]), st.integers(1, 10**9))
def test_one_changed_cell_breaks_exactly_the_identities_that_hold_it(key: str, more: int) -> None:
    row = BOOK.bind(figures("2024-suqian")).to_row()
    changed = {**row, key: int(row[key] or 0) + more}
    result = BOOK.check(BOOK.bind(changed, year=2024))
    failed = {(v.rule, "/".join(v.at.values())) for v in result.verdicts if v.outcome == "fail"}
    assert failed == broken(key)
    assert {abs(int(f.difference or 0)) for f in result.findings} == {more}


@given(st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_matter(random: Any) -> None:
    row = BOOK.bind(figures("2024-yaohai")).to_row()
    keys = list(row)
    random.shuffle(keys)
    one, other = BOOK.bind(row, year=2024), BOOK.bind({key: row[key] for key in keys}, year=2024)
    assert one.values == other.values
    assert BOOK.check(one).counts == BOOK.check(other).counts


def test_two_errors_that_cancel_along_a_row_leave_column_failures() -> None:
    row = BOOK.bind(figures("2024-suqian")).to_row()
    row["申请/新收/自然人"] = int(row["申请/新收/自然人"] or 0) - 1
    row["申请/新收/法人或其他组织/其他"] = int(row["申请/新收/法人或其他组织/其他"] or 0) + 1
    result = BOOK.check(BOOK.bind(row, year=2024))
    assert [(f.rule, dict(f.at)) for f in result.findings] == [
        ("收支平衡", {"column": "自然人"}), ("收支平衡", {"column": "法人或其他组织/其他"}),
    ]  # fmt: skip
