"""A region's report against the sum of the reports of its bodies."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gouji
from conftest import figures
from gouji.book import Book
from gouji.language.rulebook import load_text
from gouji.sources import Source
from test_command import gouji as command

BOOK = gouji.load("cn-disclosure")
BODIES = ("2024-yaohai", "2024-suqian")


def bodies() -> list[gouji.Report]:
    return [BOOK.bind(figures(name)) for name in BODIES]


def region(parts: list[gouji.Report], **changes: Any) -> gouji.Report:
    """A report with the sum of the parts in each cell, and changes by cell."""
    rows = [{c.key: Decimal(part.text(c) or "0") for c in part.cells} for part in parts]
    total = {key: sum(row[key] for row in rows) for key in rows[0]}
    return BOOK.bind({**total, **changes}, year=2024, agency="某市")


def outcomes(result: gouji.Result) -> dict[str, int]:
    return {name: count for name, count in result.rules["parts"].items() if name != "severity" and count}


def test_each_cell_of_a_region_is_the_sum_over_its_bodies() -> None:
    result = BOOK.check(region(bodies()), parts=bodies())
    assert (outcomes(result), result.ok) == ({"expected": 200, "pass": 200}, True)
    assert result.counts["expected"] == 474


def test_without_parts_nothing_is_asked() -> None:
    assert "parts" not in BOOK.check(region(bodies())).rules


def test_a_cell_that_is_not_the_sum_shows_both_sides() -> None:
    result = BOOK.check(region(bodies(), **{"申请/结转下年/总计": 128}), parts=bodies())
    (finding,) = (finding for finding in result.findings if finding.rule == "parts")
    assert (finding.left, finding.right, finding.difference) == ("128", "127", "1")
    assert dict(finding.at) == {"row": "结转下年", "column": "总计"}
    assert [(cell.printed, cell.place) for cell in finding.cells] == [
        ("128", "申请/结转下年/总计"), ("127", "the sum of 2 reports"),
    ]  # fmt: skip


def test_a_set_that_is_not_complete_bounds_the_sum_from_below() -> None:
    parts = bodies()
    result = BOOK.check(region(parts), parts=parts[:1], complete=False)
    assert outcomes(result) == {"expected": 200, "undetermined": 200}
    few = BOOK.check(region(parts, **{"申请/结转下年/总计": 1}), parts=parts[:1], complete=False)
    (finding,) = (f for f in few.findings if (f.rule, f.outcome) == ("parts", "fail"))
    assert finding.formula == "1 = at least 2, which fails whatever the missing cells are"


def test_a_blank_of_a_body_leaves_its_sum_open() -> None:
    first, second = bodies()
    row = {**first.to_row(), "申请/新收/自然人": None}
    result = BOOK.check(region([first, second]), parts=[BOOK.bind(row, year=2024, agency="甲"), second])
    assert outcomes(result) == {"expected": 200, "pass": 199, "undetermined": 1}
    (finding,) = (finding for finding in result.findings if finding.rule == "parts")
    assert finding.holds_if == "only if parts(申请/新收/自然人) is 3481"


def test_a_body_given_twice_or_of_another_year_is_told_and_counted_once() -> None:
    first, second = bodies()
    other = BOOK.bind(figures("2023-suqian"))
    result = BOOK.check(region([first, second]), parts=[first, first, second, other])
    assert outcomes(result) == {"expected": 200, "pass": 200}
    assert result.notes == (
        "the part 瑶海区人民政府办公室 is given twice and counted once",
        "the part 宿迁市人民政府 is of 2023 and is left out",
    )


def test_no_part_of_the_year_is_told() -> None:
    result = BOOK.check(region(bodies()), parts=[BOOK.bind(figures("2023-suqian"))])
    assert "parts" not in result.rules and result.notes[-1] == "none of the parts is used"


def test_a_body_on_another_edition_leaves_open_what_has_no_counterpart() -> None:
    old = BOOK.bind({**figures("2020-made"), "year": 2024, "agency": "乙"})
    assert old.form.edition == "2019"
    whole = region(bodies())
    row = {c.key: Decimal(whole.text(c) or "0") for c in whole.cells}
    there = {c.key: Decimal(old.text(c) or "0") for c in old.cells}
    both = BOOK.bind({key: value + there.get(key, 0) for key, value in row.items()}, year=2024, agency="某市")
    found = BOOK.check(both, parts=[*bodies(), old])
    assert outcomes(found) == {"expected": 200, "pass": 172, "undetermined": 28}
    left = {v.at["row"] for v in found.verdicts if (v.rule, v.outcome) == ("parts", "undetermined")}
    assert {row.rpartition("/")[0] for row in left} == {"", "办理结果/其他处理"}


@given(st.lists(st.integers(0, 9), min_size=1, max_size=6))
def test_the_order_of_the_parts_does_not_matter(numbers: list[int]) -> None:
    base = bodies()[0].to_row()
    parts = [BOOK.bind({**base, "申请/新收/自然人": n}, year=2024, agency=str(at)) for at, n in enumerate(numbers)]
    whole = region(parts)
    assert outcomes(BOOK.check(whole, parts=parts)) == outcomes(BOOK.check(whole, parts=parts[::-1]))


RULES = """form "f"
  edition 1
  years 2000..
table 表 "t"
  amount 万元 2
  columns
    甲
    乙
  rows
    一
  rule r "s"
    every column
    一 = parts(一)
  rule g "s"
    when given(parts)
    表[一, 甲] > 0
"""


def own() -> Book:
    edition, problems = load_text(Source("case", RULES), "case")
    assert edition and not problems
    return Book((edition,))


@pytest.mark.parametrize(("total", "outcome"), [("3.02", "pass"), ("3.03", "fail")])
def test_rounded_amounts_of_the_parts_add_their_half_units(total: str, outcome: str) -> None:
    book = own()
    parts = [book.bind({"一": {"甲": "1.00", "乙": 1}}, year=2024, agency=str(n)) for n in range(3)]
    result = book.check(book.bind({"一": {"甲": total, "乙": 3}}, year=2024), parts=parts)
    assert [v.outcome for v in result.verdicts if v.rule == "r"] == [outcome, "pass"]


def test_a_rule_on_parts_does_not_apply_without_them() -> None:
    book = own()
    result = book.check(book.bind({"一": {"甲": 1, "乙": 3}}, year=2024))
    assert [v.outcome for v in result.verdicts if v.rule in "rg"] == ["not_applicable"] * 3


def test_the_command_takes_the_parts_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    for name in BODIES:
        (tmp_path / "parts" / f"{name}.json").write_text(json.dumps(figures(name)), "utf-8")
    whole = region(bodies())
    tables = {c.key: whole.text(c) for c in whole.cells}
    file = tmp_path / "region.json"
    file.write_text(json.dumps({"year": 2024, "agency": "某市", "tables": tables}), "utf-8")
    done = json.loads(command("check", file, "--parts", tmp_path / "parts", "--format", "json").stdout)
    assert done["reports"][0]["rules"]["parts"]["pass"] == 200
    part = json.loads(command("check", file, "--parts", tmp_path / "parts", "--partial", "--format", "json").stdout)
    assert part["reports"][0]["rules"]["parts"]["undetermined"] == 200


def test_what_may_be_negative_has_no_bound_from_a_set_that_is_not_complete() -> None:
    parts = [BOOK.bind({**figures("2020-made"), "agency": "甲"})]
    whole = BOOK.bind(parts[0].to_row() | {"主动公开/行政许可/增减": -50}, year=2020, agency="某市")
    found = BOOK.check(whole, parts=parts, complete=False)
    assert outcomes(found) == {"expected": 198, "undetermined": 198}


def test_a_group_given_as_one_row_leaves_its_sums_open() -> None:
    first, second = bodies()
    row = first.to_row()
    other = "申请/办理结果/其他处理/"
    names = ("逾期不补正", "逾期不缴费", "其他")
    tails = {key.removeprefix(other).split("/", 1)[1] for key in row if key.startswith(other)}
    merged = {key: value for key, value in row.items() if not key.startswith(other)}
    merged |= {f"{other}{tail}": sum(int(row[f"{other}{name}/{tail}"] or 0) for name in names) for tail in tails}
    found = BOOK.check(region([first, second]), parts=[BOOK.bind(merged, year=2024, agency="甲"), second])
    assert outcomes(found) == {"expected": 200, "pass": 179, "undetermined": 21}


def test_a_body_under_two_spellings_is_one() -> None:
    first, second = (BOOK.bind(figures(BODIES[0]) | {"agency": name}) for name in ("甲局(本级)", "甲局（本级）"))
    result = BOOK.check(first, parts=[first, second])
    assert outcomes(result) == {"expected": 200, "pass": 200}
    assert result.notes == ("the part 甲局（本级） is given twice and counted once",)
