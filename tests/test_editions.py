"""Editions side by side: what corresponds, the year before on another edition, and reports that mix two."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gouji
from conftest import ROOT, figures
from printing.formats import reread
from printing.hazards import lay
from printing.official import official

BOOK = gouji.load("cn-disclosure")
OTHER = "申请/办理结果/其他处理/"
PARTS = ("逾期不补正", "逾期不缴费", "其他")

OLD = """form "表"
  edition 1
  years   2020..2020

table t "表"
  count 件
  columns
    甲
    乙
  rows
    {rows}
"""
NEW = """form "表"
  edition 2
  years   2021..

table t "表"
  count 件
  columns
    甲
    乙
  rows
    {rows}

{counterparts}
rule r "s"
  every column of t
  {formula}
"""


def as_of_2019(row: dict[str, Any]) -> dict[str, Any]:
    """The figures of a report of 2021 in the form of 2019: one row for three."""
    keys = BOOK.columns(year=2020)
    found = {}
    for key in keys:
        tail = key.removeprefix(OTHER) if key.startswith(OTHER) else ""
        found[key] = sum(row[f"{OTHER}{part}/{tail}"] for part in PARTS) if tail else row.get(key, 0)
    return found


def in_one_row(row: dict[str, Any]) -> dict[str, Any]:
    """The figures of a report of 2021 with its three rows of other outcomes given as one."""
    kept = {key: value for key, value in row.items() if not key.startswith(OTHER)}
    return kept | {key: value for key, value in as_of_2019(row).items() if key.startswith(OTHER)}


def book(tmp_path: Path, old: str, new: str, counterparts: str, formula: str) -> gouji.Book:
    (tmp_path / "1.rules").write_text(OLD.format(rows=old), "utf-8")
    text = NEW.format(rows=new, counterparts=counterparts, formula=formula)
    (tmp_path / "2.rules").write_text(text, "utf-8")
    return gouji.load(tmp_path)


def test_the_form_of_2019_has_198_cells_and_40_identities() -> None:
    form = BOOK.form(2020)
    sizes = {table.labels[0][:2]: sum(cell.table is table for cell in form.cells) for table in form.tables}
    assert sizes == {"二、": 22, "三、": 161, "四、": 15}
    result = BOOK.check(BOOK.bind(figures("2019-shanghai")))
    names = ("收支平衡", "办理合计", "申请人合计", "复议诉讼合计")
    assert [result.rules[name]["expected"] for name in names] == [7, 7, 23, 3]


def test_blank_totals_beside_filled_parts_are_not_read_as_zero() -> None:
    report = BOOK.bind(figures("2019-shanghai"))
    result = BOOK.check(report, blank="zero")
    assert (result.counts["fail"], result.counts["error"], result.ok) == (0, 0, True)
    open_rows = [v.at["row"] for v in result.verdicts if (v.rule, v.outcome) == ("申请人合计", "undetermined")]
    assert len(open_rows) == 11
    filled = BOOK.fill(report, blank="zero")
    totals = [filled.report.text(c) for c in filled.report.cells if c.key == "申请/办理结果/予以公开/总计"]
    assert totals == ["272"]
    naive = report.to_row()
    zeros = BOOK.check(BOOK.bind({key: value or 0 for key, value in naive.items()}, year=2019))
    assert zeros.counts["fail"] == 12


def test_an_amount_with_its_unit_in_the_cell_is_converted() -> None:
    report = BOOK.bind(figures("2019-shanghai"))
    assert {c.key: report.text(c) for c in report.cells}["主动公开/政府集中采购/采购金额"] == "25.1"


def test_the_year_before_may_be_on_the_edition_before() -> None:
    row = BOOK.bind(figures("2023-suqian")).to_row()
    before = BOOK.bind(as_of_2019(row), year=2020)
    report = BOOK.bind(BOOK.bind(figures("2024-suqian")).to_row(), year=2021)
    result = BOOK.check(report, previous=before)
    assert result.ok and result.rules["结转衔接"]["pass"] == 7
    assert result.rules["存量衔接"]["not_applicable"] == result.rules["废止不超"]["not_applicable"] == 2


def test_a_carry_over_that_breaks_across_editions_fails() -> None:
    row = BOOK.bind(figures("2023-suqian")).to_row() | {"申请/结转下年/自然人": 119}
    report = BOOK.bind(BOOK.bind(figures("2024-suqian")).to_row(), year=2021)
    result = BOOK.check(report, previous=BOOK.bind(as_of_2019(row), year=2020))
    assert [(f.rule, f.left, f.right) for f in result.findings if f.rule == "结转衔接"] == [("结转衔接", "118", "119")]


def test_a_group_given_as_one_row_is_judged_in_place_of_its_rows() -> None:
    row = BOOK.bind(figures("2024-suqian")).to_row()
    for _ in range(3):
        report = BOOK.bind(in_one_row(row), year=2024)
        result = BOOK.check(report)
        assert (result.counts["fail"], result.counts["undetermined"], report.unplaced) == (0, 0, ())
        assert report.notes == ("（六）其他处理 is given as one row; it is judged in place of its rows",)
    wrong = in_one_row(row) | {f"{OTHER}总计": 470}
    broken = BOOK.check(BOOK.bind(wrong, year=2024)).findings
    assert [finding.rule for finding in broken] == ["办理合计", "申请人合计"]


def test_a_group_given_beside_its_rows_is_not_placed() -> None:
    row = BOOK.bind(figures("2024-suqian")).to_row()
    report = BOOK.bind({**row, f"{OTHER}总计": 1}, year=2024)
    assert report.to_row() == row and len(report.unplaced) == 1


def test_a_group_printed_as_one_row_is_read_with_a_note() -> None:
    text = (ROOT / "docs" / "examples" / "2024.txt").read_text("utf-8")
    lines = text.split("\n")
    first = next(at for at, line in enumerate(lines) if line.startswith("（六）其他处理"))
    lines[first : first + 3] = ["（六）其他处理" + "\t0" * 7]
    report = gouji.read("\n".join(lines).encode(), BOOK)
    result = BOOK.check(report)
    assert (result.counts["fail"], result.counts["undetermined"], report.unplaced) == (0, 0, ())
    assert [note for note in report.notes if "is printed as one row" in note] == list(report.notes)


@given(st.lists(st.integers(0, 50), min_size=3, max_size=3), st.lists(st.integers(0, 50), min_size=3, max_size=3))
def test_mapping_then_adding_is_adding_then_mapping(one: list[int], other: list[int]) -> None:
    row = BOOK.bind(figures("2024-suqian")).to_row()
    both = []
    for values in (one, other, [a + b for a, b in zip(one, other, strict=True)]):
        keys = [f"{OTHER}{part}/自然人" for part in PARTS]
        both.append(as_of_2019({**row, **dict(zip(keys, values, strict=True))})[f"{OTHER}自然人"])
    assert both[0] + both[1] == both[2]


def test_rows_split_in_three_correspond_as_a_sum(tmp_path: Path) -> None:
    made = book(tmp_path, "一", "一\n      a\n      b", "counterparts 1\n  t.一.** = t.一\n",
                "sum(t[一.**, column]) = previous(sum(t[一.**, column]))")  # fmt: skip
    before = made.bind({"一/甲": 5, "一/乙": 6}, year=2020)
    result = made.check(made.bind({"一/a/甲": 2, "一/b/甲": 3, "一/a/乙": 2, "一/b/乙": 3}, year=2021), previous=before)
    assert [(v.outcome, v.at["column"]) for v in result.verdicts if v.rule == "r"] == [("pass", "甲"), ("fail", "乙")]


def test_a_renamed_row_corresponds_by_its_line(tmp_path: Path) -> None:
    made = book(tmp_path, "旧", "新", "counterparts 1\n  t.新 = t.旧\n", "t[新, column] = previous(t[新, column])")
    before = made.bind({"旧/甲": 5, "旧/乙": 6}, year=2020)
    result = made.check(made.bind({"新/甲": 5, "新/乙": 7}, year=2021), previous=before)
    assert [v.outcome for v in result.verdicts if v.rule == "r"] == ["pass", "fail"]
    assert [cell.cell for cell in result.findings[-1].cells] == ["t/新/乙", "t/旧/乙"]


def test_what_has_no_counterpart_by_a_line_does_not_apply(tmp_path: Path) -> None:
    made = book(tmp_path, "旧", "新", "counterparts 1\n  t.新 = none\n", "t[新, column] = previous(t[新, column])")
    before = made.bind({"旧/甲": 5, "旧/乙": 6}, year=2020)
    result = made.check(made.bind({"新/甲": 5, "新/乙": 7}, year=2021), previous=before)
    assert [v.outcome for v in result.verdicts if v.rule == "r"] == ["not_applicable"] * 2


REFUSED = [
    pytest.param("旧", "新", "", "t[新, column] = previous(t[新, column])",
                 "r: previous reads t/新/甲, which edition 1 does not have", id="a row without counterpart"),
    pytest.param("一", "一\n      a\n      b", "counterparts 1\n  t.一.** = t.一\n",
                 "t[一.a, column] = previous(t[一.a, column])",
                 "r: previous reads t/一/a/甲 alone, which corresponds only together with others", id="a part"),
    pytest.param("旧", "新", "counterparts 1\n  t.新 = t.故\n", "t[新, column] > 0",
                 "edition 1: there is no row 故 in table t", id="a row that the other edition lacks"),
    pytest.param("旧", "新", "counterparts 1\n  t.薪 = t.旧\n", "t[新, column] > 0",
                 "there is no row 薪 in table t", id="a row that this edition lacks"),
    pytest.param("旧", "新", "counterparts 1\n  u.新 = t.旧\n", "t[新, column] > 0",
                 "there is no table u", id="a table that this edition lacks"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "counterparts", "formula", "message"), REFUSED)
def test_what_does_not_correspond_is_told_when_rules_are_loaded(
    old: str, new: str, counterparts: str, formula: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(gouji.RuleError) as told:
        book(tmp_path, old, new, counterparts, formula)
    assert told.value.problems[0].message == message


def test_a_year_without_edition_is_told_with_those_there_are() -> None:
    with pytest.raises(gouji.ReportError, match="no edition of 政府信息公开工作年度报告 covers 2012"):
        BOOK.bind(json.loads(json.dumps(figures("2024-suqian") | {"year": 2012})))


def test_the_tables_of_another_edition_are_told_and_taken() -> None:
    data = figures("2020-made") | {"year": 2022}
    report = BOOK.bind(data)
    assert (report.form.edition, report.year, report.unplaced) == ("2019", 2022, ())
    assert report.notes == ("the tables are those of edition 2019, where 2022 has edition 2021",)
    assert BOOK.check(report).counts["fail"] == 0
    forced = BOOK.bind(data, edition="2021")
    assert forced.form.edition == "2021" and len(forced.unplaced) == 19


def test_a_document_on_another_edition_is_told_and_taken() -> None:
    form = BOOK.form(2020)
    report = reread(official(form, [str(number) for number in range(len(form.cells))]), "html", BOOK)
    assert (report.form.edition, report.year, len(report.states)) == ("2019", 2024, 0)
    assert report.notes == ("the tables are those of edition 2019, where 2024 has edition 2021",)


def test_damage_is_no_other_edition() -> None:
    report = BOOK.bind({"三、…": {"x": 1}, **BOOK.bind(figures("2024-suqian")).to_row()}, year=2024)
    assert report.form.edition == "2021" and len(report.unplaced) == 1


def test_a_report_that_is_cut_off_is_not_taken_for_the_edition_with_fewer_rows() -> None:
    paper = lay(official(BOOK.form(2024), [str(1001 + n) for n in range(200)], 32), ["cut_off", "lost_title"])
    assert reread(paper, "html", BOOK).form.edition == "2021"


def test_the_older_table_is_read_with_its_column_of_units() -> None:
    rows = {"主动公开文件数": ("条", 611, 3211), "其中：1、政府网站公开数": ("条", 570, 2980),
            "2、政府公报公开数": ("条", 41, 230), "行政复议数": ("件", 2, 7)}  # fmt: skip
    body = "".join(f"<tr><td>{name}</td><td>{unit}</td><td>{year}</td><td>{total}</td></tr>"
                   for name, (unit, year, total) in rows.items())  # fmt: skip
    head = "<tr><td>统计指标</td><td>计量单位</td><td>2015年度</td><td>历年累计</td></tr>"
    page = f"<html><body><p>某实验区2015年政府信息公开情况统计表</p><table>{head}{body}</table></body></html>"
    book = gouji.load("cn-disclosure-statistics")
    report = gouji.read(page.encode(), book)
    found = {key: value for key, value in report.to_row().items() if value is not None}
    assert len(found) == 8 and found["统计/行政复议/累计"] == 7
    failed = [(f.rule, dict(f.at)) for f in book.check(report).findings if f.outcome == "fail"]
    assert failed == [("公开合计", {"column": "累计"})]


UNITS = """form "表"
  edition {edition}
  years   {years}

table t "表"
  columns
    数
  rows
    费 amount {unit} 2

{rules}
"""


def test_an_amount_of_the_year_before_in_another_unit_is_converted(tmp_path: Path) -> None:
    (tmp_path / "1.rules").write_text(UNITS.format(edition=1, years="2020..2020", unit="万元", rules=""), "utf-8")
    rule = 'rule r "s"\n  t[费, 数] = previous(t[费, 数])'
    (tmp_path / "2.rules").write_text(UNITS.format(edition=2, years="2021..", unit="元", rules=rule), "utf-8")
    made = gouji.load(tmp_path)
    before = made.bind({"费": 1}, year=2020)
    outcomes = [made.check(made.bind({"费": n}, year=2021), previous=before).rules["r"]["pass"] for n in (10000, 1)]
    assert outcomes == [1, 0]


def test_a_row_that_a_sum_for_each_reads_of_the_year_before_has_a_counterpart(tmp_path: Path) -> None:
    with pytest.raises(gouji.RuleError, match="previous reads t/新/甲, which edition 1 does not have"):
        book(tmp_path, "一", "一\n    新", "", "t[一, column] >= sum(previous(t[r, column]) for r of t.rows)")


def test_data_that_only_another_edition_can_hold_is_read_on_that_one() -> None:
    report = BOOK.bind({"year": 2021, "tables": {"主动公开/行政许可/上年项目": 3, "主动公开/行政许可/增减": 1}})
    assert report.form.edition == "2019" and len(report.notes) == 1


def test_a_cell_that_another_edition_has_is_a_slip() -> None:
    cells = {"申请/新收/自然人": 3, "申请/办理结果/其他处理/逾期不补正/自然人": 1, "主动公开/规章/总数": 4}
    report = BOOK.bind({"year": 2021, "tables": cells})
    assert report.form.edition == "2021" and len(report.unplaced) == 1


def test_the_year_before_on_another_form_is_not_used() -> None:
    statistics = gouji.load("cn-disclosure-statistics")
    old = statistics.bind({"统计/行政复议/本年度": 1}, year=2018)
    result = BOOK.check(BOOK.bind(figures("2019-shanghai")), previous=old)
    assert result.notes == ("the previous report is on 政府信息公开情况统计表, and is not used",)
