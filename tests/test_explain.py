"""Rules and checks explained: in words, filled in, and which value would make a check hold."""

from pathlib import Path

import pytest

import gouji
from conftest import REPORTS, ROOT
from gouji.commands import explaining
from gouji.findings.ruling import rulings, to_lines
from gouji.language.operators import OPERATORS

BOOK = gouji.load("cn-disclosure")
EXAMPLE = ROOT / "docs" / "examples" / "2024.txt"


def result(**cells: object) -> gouji.Result:
    row = gouji.read(EXAMPLE, BOOK).to_row() | cells
    return BOOK.check(BOOK.bind({"year": 2024, "tables": row}))


def test_a_rule_is_told_in_words_with_its_clause_and_since_when(capsys: pytest.CaptureFixture[str]) -> None:
    assert explaining.explain("收支平衡", "cn-disclosure", None, None, None) == 0
    told = capsys.readouterr().out
    assert told.startswith("收支平衡\n  says: 第一项加第二项之和，等于第三项加第四项之和\n")
    for line in (
        "table: 三、收到和处理政府信息公开申请情况",
        "for: each column: 自然人 to 总计 (7 in all)",
        "formula: 一、本年新收政府信息公开申请数量 plus 二、上年结转政府信息公开申请数量 equals "
        "三、本年度办理结果 （七）总计 plus 四、结转下年度继续办理",
        "severity: error",
        "clause: 国办公开办函〔2021〕30号",
        "in force: from 2021 on, edition 2021",
        "also in: edition 2019",
        "written in: cn-disclosure/2021.rules:",
    ):
        assert f"\n  {line}" in told


def test_the_edition_of_a_year_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert explaining.explain("公开衔接", None, 2020, None, None) == 0
    assert "in force: 2019 to 2020, edition 2019" in capsys.readouterr().out


def test_an_unknown_rule_is_told_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert explaining.explain("收支平", None, None, None, None) == 2
    assert capsys.readouterr().err == "there is no rule 收支平\ndid you mean 收支平衡?\n"


def test_each_check_of_a_rule_is_shown_on_a_report(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    report, before = (str(REPORTS / f"{year}-suqian.json") for year in (2024, 2023))
    assert explaining.explain("存量衔接", None, None, report, before) == 0
    assert capsys.readouterr().out.endswith(
        "\npass 规章: 12 = 11 + 2 - 1\npass 规范性文件: 420 = 597 + 50 - 227\n2 of 2 checks pass\n"
    )
    assert explaining.explain("正文收到", None, None, str(EXAMPLE), None) == 0
    assert "not applicable 正文收到: not stated = 103 or not stated = 103 + 5" in capsys.readouterr().out
    assert explaining.explain("收支平衡", None, None, str(tmp_path / "none.txt"), None) == 2


def test_every_check_can_be_explained_as_its_finding_is() -> None:
    checked = result(
        **{"申请/新收/自然人": 44, "申请/新收/总计": None, "主动公开/规章/制发": "?", "申请/结转下年/其他": -1}
    )
    explained = [checked.explain(verdict) for verdict in checked.verdicts]
    assert [(found.rule, found.outcome, dict(found.at)) for found in explained] == [
        (verdict.rule, verdict.outcome, dict(verdict.at)) for verdict in checked.verdicts
    ]
    told = {(found.rule, *found.at.values()): found for found in explained}
    for found in checked.findings:
        again = told[found.rule, *found.at.values()]
        assert (again.message, again.cells, again.difference) == (found.message, found.cells, found.difference)


def test_what_would_make_a_check_hold_makes_it_hold() -> None:
    checked = result(**{"申请/新收/自然人": 44})
    seen = 0
    for verdict in (verdict for verdict in checked.verdicts if verdict.outcome == "fail"):
        found = checked.explain(verdict)
        labels = {cell.label: cell.key for cell in checked.report.cells}
        for label, value in found.mends:
            seen += 1
            mended = result(**{"申请/新收/自然人": 44, labels[label]: value})
            assert [v.outcome for v in mended.verdicts if (v.rule, v.at) == (verdict.rule, verdict.at)] == ["pass"]
    assert seen == 4 + 3  # the cells of the row with 0 and 1 would have to be negative
    assert not checked.explain(next(v for v in checked.verdicts if v.outcome == "pass")).mends


def test_a_verdict_of_another_result_is_refused() -> None:
    with pytest.raises(ValueError):
        result().explain(gouji.Verdict("收支平衡", {"column": "nowhere"}, "pass", "error"))


@pytest.mark.parametrize("form", ["us-foia", "ca-ati"])
def test_the_rules_of_other_forms_are_told_in_words_too(form: str) -> None:
    book = gouji.load(ROOT / "tests" / "forms" / form)
    for edition in book.editions:
        for one in rulings(book.editions, edition):
            lines = to_lines(one)
            assert len(lines) > 4 and not any("{" in line for line in lines)


def test_every_operator_has_words_for_its_arguments() -> None:
    for operator in OPERATORS.values():
        least = operator.arguments[0]
        named = [f"{{{name}}}" for name in "abc"[:least]]
        assert "{all}" in operator.words or all(name in operator.words for name in named), operator.name


def test_a_page_for_each_rule_is_written_and_listed(tmp_path: Path) -> None:
    assert explaining.docs("cn-disclosure", str(tmp_path)) == 0
    pages = {path.stem for path in (tmp_path / "2021").glob("*.md")}
    names = {one.name for one in rulings(BOOK.editions, BOOK.editions[-1])}
    assert pages == names | {"index"}
    index = (tmp_path / "2021" / "index.md").read_text("utf-8")
    assert all(f"(<{name}.md>)" in index for name in names)
    page = (tmp_path / "2021" / "收支平衡.md").read_text("utf-8")
    assert "## Where it fails\n\n    FAIL 收支平衡 (error)" in page and "but" in page
    without = [
        name for name in names if "## Where it fails" not in (tmp_path / "2021" / f"{name}.md").read_text("utf-8")
    ]
    assert set(without) <= {"parts"}


def test_a_name_with_signs_of_paths_stays_in_its_folder(tmp_path: Path) -> None:
    rules = tmp_path / "odd" / "1.rules"
    rules.parent.mkdir()
    rules.write_text(
        'form "甲"\n  edition 1\n  years 2021..\n\ntable t "t"\n  count 件\n  columns\n    x\n  rows\n    a\n\n'
        "  rule '../b' \"a|b `c` <i>\"\n    every row\n    x >= 0\n",
        "utf-8",
    )
    assert explaining.docs(str(rules), str(tmp_path / "out")) == 0
    written = [path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.md")]
    assert "1/~2e~2e~2fb.md" in written and len(written) == 4
    assert r"a\|b \`c\` \<i\>" in (tmp_path / "out" / "1" / "~2e~2e~2fb.md").read_text("utf-8")
