"""Rules and checks explained: in words, filled in, and which value would make a check hold."""

import random
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gouji
from conftest import REPORTS, ROOT
from gouji.book import Book
from gouji.commands import explaining
from gouji.findings.ruling import rulings, to_lines
from gouji.language.operators import OPERATORS
from gouji.language.rulebook import load_text
from gouji.messages import speaking
from gouji.sources import Source

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
        for mend in checked.explain(verdict).mends:
            seen += 1
            mended = result(**{"申请/新收/自然人": 44, mend.key: mend.low})
            assert [v.outcome for v in mended.verdicts if (v.rule, v.at) == (verdict.rule, verdict.at)] == ["pass"]
    assert seen == 4 + 3  # the cells of the row with 0 and 1 would have to be negative
    assert not checked.explain(next(v for v in checked.verdicts if v.outcome == "pass")).mends


FORMS = {form: gouji.load(ROOT / "tests" / "forms" / form, functions={"校验码": bool} if form == "enforcement" else {})
         for form in ("us-foia", "ca-ati", "enforcement")} | {"cn-disclosure": BOOK}  # fmt: skip
RELATED = """form "f"
  edition 1
  years 2021..

codes 级 {"省", "市", "县"}

table t "T"
  columns
    a count 件
    b count 件 signed
    c amount 万元 2
    d amount 元 0
    e code 级
    f date
    g date
    p percent 1
    q percent 1
  rows
    r
"""
RELATIONS = [
    f'  rule r{n} "s"\n    every row\n    {text.format(relation)}\n'
    for n, (text, relation) in enumerate(
        (text, relation)
        for text in (
            "a {} b",
            "2 * a {} 3 * b + 5",
            "c {} d",
            "p {} q within 0.3",
            "f {} g",
            "a - b {} 7",
            "e {} e2",
            "g - f {} 30",
        )
        for relation in ("=", "<", "<=", ">", ">=", "!=")
        if text != "e {} e2"
    )
]


def kept(book: gouji.Book, row: Mapping[str, object]) -> gouji.Result:
    return book.check(book.bind({"year": 2024, "tables": row}))


def outcomes(checked: gouji.Result) -> dict[object, str]:
    return {(v.rule, *v.at.items()): v.outcome for v in checked.verdicts if v.rule != "cells"}


def mended(book: gouji.Book, row: Mapping[str, object]) -> int:
    """Every mend makes its check pass, at both ends and not beyond them; how many were tried."""
    checked, seen = kept(book, row), 0
    cells = {cell.key: cell for cell in checked.report.cells}
    for verdict in checked.verdicts:
        if verdict.outcome != "fail":
            continue
        where = (verdict.rule, *verdict.at.items())
        for mend in checked.explain(verdict).mends:
            seen += 1
            assert [mend.cell == other.cell for other in checked.explain(verdict).mends].count(True) == 1
            kind = cells[mend.key].type.kind
            for end, beyond in ((mend.low, -1), (mend.high, 1)):
                if end is None:
                    continue
                assert outcomes(kept(book, {**row, mend.key: end}))[where] == "pass", (where, mend)
                if kind in ("code", "yesno") or mend.low == mend.high or (end == "0" and beyond < 0):
                    continue  # there is no more, or the domain ends there
                if kind == "date":
                    past = (date.fromisoformat(end) + timedelta(beyond)).isoformat()
                else:
                    past = str(Decimal(end) + beyond * Decimal(10) ** -cells[mend.key].type.decimals)
                after = kept(book, {**row, mend.key: past})
                assert outcomes(after)[where] == "fail", (where, mend)
    return seen


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_every_mend_makes_its_check_pass_and_no_more_than_that(data: st.DataObject) -> None:
    edition, problems = load_text(Source("made", RELATED + "".join(RELATIONS)), "made")
    assert edition is not None and not problems
    number, day = st.integers(0, 9), st.dates(date(2024, 1, 1), date(2024, 3, 1))
    row = {f"t/r/{name}": data.draw(number) for name in "abd"} | {"t/r/e": "市"}
    row |= {f"t/r/{name}": f"{data.draw(number)}.{data.draw(number)}" for name in "cpq"}
    row |= {f"t/r/{name}": data.draw(day).isoformat() for name in "fg"}
    mended(Book((edition,), {}), row)


@pytest.mark.parametrize("form", FORMS)
def test_what_would_mend_the_checks_of_a_form_mends_them(form: str) -> None:
    book = FORMS[form]
    report = gouji.read(EXAMPLE if form == "cn-disclosure" else ROOT / "tests" / "forms" / form / "2024.json", book)
    row = {key: value for key, value in zip(report.to_row(), map(report.printed, report.cells), strict=True)}
    rather, seen = random.Random(1), 0
    for key in rather.sample(sorted(row), 30):
        if row[key].isdecimal():
            seen += mended(book, row | {key: str(int(row[key]) + rather.choice((-3, 2, 50)))})
    assert seen > 10


def test_values_of_a_mend_are_told_as_the_relation_leaves_them() -> None:
    text = RELATED + '  rule x "s"\n    every row\n    a < b\n  rule y "s"\n    every row\n    c = d\n'
    edition, _ = load_text(Source("made", text), "made")
    assert edition is not None
    row = {"t/r/a": 5, "t/r/b": 3, "t/r/c": "1.50", "t/r/d": 16000}
    checked = kept(Book((edition,), {}), row)
    mends = [checked.explain(v).mends for v in checked.verdicts if v.rule in ("x", "y")]
    assert [[(mend.cell, mend.value) for mend in one] for one in mends] == [
        [("r / a", "at most 2"), ("r / b", "at least 6")],
        [("r / c", "1.6"), ("r / d", "from 14950 to 15050")],
    ]


@pytest.mark.parametrize("form", ["us-foia", "ca-ati"])
def test_the_rules_of_other_forms_are_told_in_words_too(form: str) -> None:
    book = gouji.load(ROOT / "tests" / "forms" / form)
    for edition in book.editions:
        for one in rulings(book.editions, edition):
            lines = to_lines(one)
            assert len(lines) > 4 and not any("{" in line for line in lines)


def test_a_verdict_of_another_result_is_refused() -> None:
    checked = result()
    with pytest.raises(ValueError, match="is no verdict of this result"):
        checked.explain(gouji.Verdict("收支平衡", {"column": "nowhere"}, "pass", "error"))
    other = result(**{"申请/新收/自然人": 44})
    for verdict in other.verdicts:
        if verdict.outcome == "fail":
            with pytest.raises(ValueError, match="is no verdict of this result"):
                checked.explain(verdict)


def test_a_verdict_that_says_the_same_as_one_of_the_result_is_explained() -> None:
    checked, verdict = result(), gouji.Verdict("收支平衡", {"column": "总计"}, "pass", "error")
    assert checked.explain(verdict).at == {"column": "总计"}
    with pytest.raises(ValueError, match="several verdicts of this result are equal"):
        twins()


def twins() -> None:
    """Explains a verdict made by hand that two tables have."""
    tables = "".join(f'table {name} "{name}"\n  count 件\n  columns\n    x\n  rows\n    a\n\n' for name in "st")
    edition, _ = load_text(Source("made", f'form "f"\n  edition 1\n  years 2021..\n\n{tables}'), "made")
    assert edition is not None
    checked = kept(Book((edition,), {}), {"s/a/x": 1, "t/a/x": 2})
    assert [checked.explain(own).cells[0].value for own in checked.verdicts] == ["1", "2"]
    checked.explain(gouji.Verdict("cells", {"row": "a", "column": "x"}, "pass", "error"))


def test_an_unknown_rule_of_a_report_cannot_be_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert explaining.explain("收支平", None, None, str(EXAMPLE), None) == 2
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "there is no rule 收支平\ndid you mean 收支平衡?\n")


def test_a_year_that_no_edition_covers_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert explaining.explain("收支平衡", "cn-disclosure", 1990, None, None) == 2
    assert capsys.readouterr().err.startswith("no edition of 政府信息公开工作年度报告 covers 1990")
    assert explaining.explain("收支平衡", None, 1990, None, None) == 2
    assert "covers 1990" in capsys.readouterr().err


def test_the_built_in_rules_have_the_names_of_the_language(capsys: pytest.CaptureFixture[str]) -> None:
    with speaking("zh"):
        assert explaining.explain("单元格", "cn-disclosure", None, None, None) == 0
        assert capsys.readouterr().out.startswith("单元格\n")
        assert explaining.explain("单元格", None, None, str(EXAMPLE), None) == 0
        assert capsys.readouterr().out.startswith("单元格\n")
        assert explaining.explain("单元", "cn-disclosure", None, None, None) == 2
        assert "单元格" in capsys.readouterr().err
    assert explaining.explain("cells", "cn-disclosure", None, None, None) == 0
    assert explaining.explain("zzzzzz", "cn-disclosure", None, None, None) == 2
    assert "the rules are: cells, parts, " in capsys.readouterr().err


def test_a_rule_over_several_tables_names_them_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert explaining.explain("overall", str(ROOT / "tests" / "forms" / "us-foia"), None, None, None) == 0
    told = capsys.readouterr().out
    (line,) = [line for line in told.splitlines() if line.startswith("  table: ")]
    titles = [one.labels[0] for one in FORMS["us-foia"].editions[0].form.tables]
    assert [title for title in titles if title in line] == [titles[n] for n in (0, 1, 3, 4, 6)]


def test_a_rule_is_explained_with_the_parts_of_a_report(capsys: pytest.CaptureFixture[str]) -> None:
    part = str(REPORTS / "2024-suqian.json")
    assert explaining.explain("parts", None, None, part, None, (part,)) == 0
    assert "200 of 200 checks pass" in capsys.readouterr().out


def test_every_operator_has_words_for_its_arguments() -> None:
    for operator in OPERATORS.values():
        least = operator.arguments[0]
        named = [f"{{{name}}}" for name in "abc"[:least]]
        assert "{all}" in operator.words or all(name in operator.words for name in named), operator.name
