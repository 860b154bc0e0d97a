"""What a run may add to a report: filled cells, waivers, functions of the caller."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import gouji
from conftest import REPORTS, ROOT, figures
from gouji.evaluation.waivers import load_waivers
from test_command import gouji as command

RULES = """form "f"
  edition 1
  years 2000..
function f(number) number "a function"
table 表 "t"
  count 件
  rows
    一
  columns
    甲
    乙
  rule r "s"
    every row
    f(甲) = 乙
"""


def test_what_one_equality_determines_is_filled_again_and_again(book: gouji.Book) -> None:
    whole = book.bind(figures("2024-suqian"))
    row = whole.to_row() | {"申请/新收/自然人": None, "申请/新收/总计": None, "申请/办理结果/予以公开/总计": None}
    filled = book.fill(book.bind(row, year=2024))
    assert filled.report.to_row() == whole.to_row()
    assert {filled.report.cells[at].key: rule for at, rule in filled.rules.items()} == {
        "申请/新收/自然人": "收支平衡", "申请/新收/总计": "收支平衡", "申请/办理结果/予以公开/总计": "办理合计",
    }  # fmt: skip
    assert filled.conflicts == ()


def test_a_cell_that_two_rules_want_differently_stays_blank_and_both_are_told(book: gouji.Book) -> None:
    row = book.bind(figures("2024-suqian")).to_row() | {"申请/新收/自然人": None, "申请/新收/总计": 3526}
    filled = book.fill(book.bind(row, year=2024))
    assert filled.conflicts == ("申请/新收/自然人 stays blank: 收支平衡 wants 3440 and 申请人合计 wants 3441",)
    assert filled.report.to_row()["申请/新收/自然人"] is None and not filled.rules


def test_verdicts_stay_those_of_the_report_as_printed(tmp_path: Path) -> None:
    data = figures("2024-suqian")
    data["tables"]["三、收到和处理政府信息公开申请情况"]["一、本年新收政府信息公开申请数量"]["申请人情况/自然人"] = ""
    file = tmp_path / "report.json"
    file.write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    shown = json.loads(command("check", file, "--fill", "--format", "json").stdout)["reports"][0]
    assert shown["filled"] == [{"cell": "申请/新收/自然人", "value": "3440", "rule": "收支平衡"}]
    assert shown["counts"]["undetermined"] == 3
    assert "filled: 申请/新收/自然人 is 3440, by 收支平衡" in command("check", file, "--fill").stdout


WAIVER = """[[waiver]]
rule = "复议诉讼合计"
agency = "瑶海区人民政府办公室"
at = {{ row = "行政复议" }}
reason = "更正中"
approver = "张"
until = {until}
"""


@pytest.mark.parametrize(
    ("until", "outcome", "note"), [("2999-12-31", "waived", ""), ("2020-01-01", "fail", "expired")]
)
def test_a_waiver_lifts_its_failure_until_it_expires(
    book: gouji.Book, tmp_path: Path, until: str, outcome: str, note: str
) -> None:
    file = tmp_path / "waivers.toml"
    file.write_text(WAIVER.format(until=until), "utf-8")
    data = figures("2024-yaohai")
    row = book.bind(data).to_row() | {"复议诉讼/行政复议/总计": 17}
    report = book.bind({**data, "tables": row})
    result = book.check(report, waivers=load_waivers(file))
    assert [finding.outcome for finding in result.findings] == [outcome]
    assert result.ok is (outcome == "waived") and result.counts["waived"] == int(result.ok)
    assert not note or any(note in told for told in result.notes)
    if result.ok:
        assert result.findings[0].note == "更正中 (张, until 2999-12-31)"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[waiver]]\nrule = 'r'\n", "waiver 1: reason, approver, until missing"),
        ("x = ", "the waivers cannot be read: Invalid value (at end of document)"),
        ("waiver = 5\n", "the waivers are tables [[waiver]]"),
        (WAIVER.format(until="2999-12-31T00:00:00"), "waiver 1: until is a day, such as 2025-12-31"),
        (WAIVER.format(until="2999-12-31") + "year = '2024'\n", "waiver 1: year is a whole number"),
        (WAIVER.format(until='"soon"'), "waiver 1: until is a day, such as 2025-12-31"),
        (WAIVER.format(until="2999-12-31") + "because = 1\n", "waiver 1: because is nothing that a waiver says"),
    ],
)
def test_a_waiver_file_with_a_mistake_is_refused(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "waivers.toml"
    file.write_text(text, "utf-8")
    done = command("check", REPORTS / "2024-suqian.json", "--waivers", file)
    assert done.returncode == 2 and message in done.stderr


def test_a_declared_function_is_registered_when_the_rules_are_loaded(tmp_path: Path) -> None:
    file = tmp_path / "1.rules"
    file.write_text(RULES, "utf-8")
    with pytest.raises(gouji.RuleError, match="the rules call f, which is not registered"):
        gouji.load(file)
    book = gouji.load(file, functions={"f": lambda number: number + 1})
    result = book.check(book.bind({"甲": 1, "乙": 2}, year=2024))
    assert result.counts["pass"] == 3


CHAIN = """form "f"
  edition 1
  years 2000..
  mark "/" skip
table 表 "t"
  count 件
  rows
    一
  columns
    甲
    乙
    丙
    丁
  rule p "s"
    every row
    甲 = 乙
  rule q "s"
    every row
    丙 = 丁
  rule r "s"
    every row
    甲 = 丙 + 1
"""


def chain(tmp_path: Path, **cells: object) -> tuple[gouji.Book, gouji.Report]:
    file = tmp_path / "1.rules"
    file.write_text(CHAIN, "utf-8")
    book = gouji.load(file)
    return book, book.bind(cells, year=2024)


def test_a_conflict_that_shows_one_step_later_is_told_and_the_cell_stays_blank(tmp_path: Path) -> None:
    book, report = chain(tmp_path, 乙=1, 丁=7)
    filled = book.fill(report)
    assert filled.conflicts == ("表/一/丙 stays blank: q wants 7 and r wants 0",)
    assert filled.report.to_row() == {"表/一/甲": 1, "表/一/乙": 1, "表/一/丙": None, "表/一/丁": 7}


def test_an_equality_that_does_not_apply_fills_nothing(tmp_path: Path) -> None:
    book, report = chain(tmp_path, 乙="/", 丁=7)
    assert book.fill(report).rules == {
        cell.position: rule
        for cell in report.cells
        for key, rule in (("甲", "r"), ("丙", "q"))
        if cell.column == (key,)
    }


def test_the_report_of_another_agency_is_not_used_as_the_previous_one(book: gouji.Book) -> None:
    report = book.bind(figures("2024-suqian"))
    other = book.bind({**figures("2023-suqian"), "agency": "别处"})
    result = book.check(report, previous=other)
    assert result.notes == ("the previous report is of 别处, not of 宿迁市人民政府, and is not used",)
    assert result.counts["not_applicable"] == 30


def test_a_total_over_thousands_of_open_rows_is_checked(tmp_path: Path) -> None:
    file = tmp_path / "1.rules"
    file.write_text(
        'form "f"\n  edition 1\n  years 2000..\ntable 表 "t"\n  count 件\n  rows\n    each 机构\n    总 total\n'
        '  columns\n    数\n  rule r "s"\n    every column\n    总 = sum(机构.*)\n',
        "utf-8",
    )
    book = gouji.load(file)
    rows = {f"第{number}局": {"数": 1} for number in range(4000)}
    assert book.check(book.bind({**rows, "总": {"数": 4000}}, year=2024)).ok
    assert not book.check(book.bind({**rows, "总": {"数": 4001}}, year=2024)).ok


def test_a_row_that_the_document_lacks_does_not_exist(tmp_path: Path) -> None:
    rules = (ROOT / "rules" / "cn-disclosure" / "2021.rules").read_text("utf-8")
    file = tmp_path / "2021.rules"
    file.write_text(rules + '\nrule 有结转 "有结转一行"\n  exists(申请[结转下年, 自然人])\n', "utf-8")
    book = gouji.load(file)
    text = (ROOT / "docs" / "examples" / "2024.txt").read_text("utf-8")
    shorter = "".join(line for line in text.splitlines(keepends=True) if "四、结转下年度继续办理" not in line)
    for document, outcome in ((text, "pass"), (shorter, "fail")):
        result = book.check(gouji.read(document.encode(), book))
        assert [v.outcome for v in result.verdicts if v.rule == "有结转"] == [outcome]


def test_a_report_of_which_a_rule_makes_too_many_checks_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "1.rules"
    file.write_text(
        'form "f"\n  edition 1\n  years 2000..\ntable 表 "t"\n  count 件\n  rows\n    each 机构\n  columns\n    数\n'
        'rule r "s"\n  every 机构 of 表\n  every row of 表\n  表[机构, 数] >= 表[row, 数]\n',
        "utf-8",
    )
    book = gouji.load(file)
    report = book.bind({f"第{number}局": {"数": 1} for number in range(400)}, year=2024)
    with pytest.raises(
        gouji.ReportError, match="r would make 160000 checks of this report; a rule makes at most 100000"
    ):
        book.check(report)
    data = tmp_path / "large.json"
    data.write_text(json.dumps({"year": 2024, "tables": report.to_row()}, ensure_ascii=False), "utf-8")
    small = tmp_path / "small.json"
    small.write_text('{"year": 2024, "tables": {"甲局/数": 1}}', "utf-8")
    done = command("check", data, small, "--rules", file)
    assert done.returncode == 2 and "large.json: r would make 160000 checks" in done.stderr
    assert done.stdout.splitlines()[-1].startswith("PASS: 2 of 2")
