"""What changed in meaning between two editions: told in full, and nothing told where nothing changed."""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import combinations, product
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import gouji
from conftest import ROOT
from gouji.analysis.change import Change, Tally
from gouji.analysis.diff import Diff, diff
from gouji.findings.difference import to_plain, to_words
from gouji.language.core import Edition
from gouji.language.rulebook import load_editions, load_text
from gouji.sources import Source
from test_command import gouji as command
from variants import changed, editions, rewritten

GOLDEN = Path(__file__).with_name("diff") / "2019-2021.txt"
PAGE = ROOT / "docs" / "editions.md"
BUNDLED = load_editions(ROOT / "rules" / "cn-disclosure")
FORMS = [edition for form in ("ca-ati", "enforcement", "us-foia")
         for edition in load_editions(ROOT / "tests" / "forms" / form)]  # fmt: skip

BASE = """form "请假登记"
  edition 1
  years   2020..
  source  "人字〔2020〕1号"
  mark    "/" skip

narrative 概述 "一、概述"
  figure 病假数 天 "病假{n}天" except "去年"

table 请假 "二、请假天数"
  count 天

  block "在编"
    columns
      病假
      事假
      年假
      合计 total
    rows
      一月
      二月
      其他月份

    rule 不超 "病假不多于三十天" warning
      every row
      when 合计 > 0
      病假 <= 30

    rule 合计数 "合计等于各种假之和"
      every row
      合计 = 病假 + 事假 + 年假

  block "聘用"
    columns
      出差
    rows
      聘员

table 加班 "三、加班"
  count 天

  columns
    天数

  rows
    全年

rule 正文病假 "正文所述病假与表一致" warning
  概述[病假数] = 请假[一月, 病假] + 请假[二月, 病假]
"""


def edition(text: str) -> Edition:
    found, problems = load_text(Source("made.rules", text), "made")
    assert found is not None and not problems, "\n".join(map(str, problems))
    return found


def told(old: str, new: str) -> list[str]:
    """The lines that tell of a difference, without head, counts and unchanged tables."""
    parts = to_words(diff(edition(old), edition(new))).split("\n\n")[1:-1]
    return [line for part in parts for line in part.split("\n") if not line.startswith("unchanged: ")]


@pytest.fixture(scope="session")
def golden(request: pytest.FixtureRequest) -> str:
    """The text of the difference between the two bundled editions; --rewrite writes it, here and on the page."""
    if request.config.getoption("--rewrite"):
        text = to_words(diff(*BUNDLED)) + "\n"
        GOLDEN.write_text(text, "utf-8")
        page = PAGE.read_text("utf-8")
        PAGE.write_text(re.sub(r"(?<=2021\n```\n\n```\n).*?(?=```)", lambda _: text, page, flags=re.S), "utf-8")
    return GOLDEN.read_text("utf-8")


def test_the_change_of_2021_is_told_whole(golden: str) -> None:
    done = command("diff", "cn-disclosure@2019", "cn-disclosure@2021")
    assert (done.returncode, done.stdout, done.stderr) == (1, golden, "")


def test_the_page_shows_what_the_command_prints(golden: str) -> None:
    assert f"```\n{golden}```\n" in PAGE.read_text("utf-8")


def test_the_counts_are_those_of_the_two_formats() -> None:
    found = diff(*BUNDLED)
    assert [(tally.before, tally.after) for tally in found.tables] == [(22, 10), (161, 175), (15, 15)]
    assert {tally.name: (tally.before, tally.after) for tally in found.checks} == {
        "cells": (198, 200), "identities within a report": (40, 42), "identities across years": (14, 9),
        "other conditions": (8, 4), "figures in prose": (19, 19),
    }  # fmt: skip
    assert Tally("申请人合计", 23, 25) in found.rules and Tally("存量衔接", 0, 2) in found.rules


def test_the_plain_data_says_the_same() -> None:
    done = command("diff", "cn-disclosure@2019", "cn-disclosure@2021", "--format", "json")
    whole = json.loads(done.stdout)
    assert done.returncode == 1
    assert whole == {"gouji": gouji.__version__, **to_plain(diff(*BUNDLED))}
    assert list(whole) == ["gouji", "old", "new", "same", "cells", "checks", "rules", "changes"]
    assert whole["cells"][0] == {"table": "二、主动公开政府信息情况", "before": 22, "after": 10}
    assert {"kind": "changed", "what": "rule", "aspect": "size", "where": ["申请人合计"], "before": ["23 rows"],
            "after": ["25 rows"], "note": "总计等于自然人与法人或其他组织之和"} in whole["changes"]  # fmt: skip


SMALL = {
    "a label": (
        [("一月\n      二", '一月 "一月份"\n      二')],
        ["二、请假天数: 13 cells", "  在编", "    row renamed: 一月 -> 一月份"],
    ),
    "another spelling": (
        [("一月\n      二", '一月 "一月" | "元月"\n      二')],
        ["二、请假天数: 13 cells", "  在编 / 一月", "    other spellings of the row: +元月"],
    ),
    "a name": (
        [("一月\n      二", '正月 "一月"\n      二'), ("请假[一月", "请假[正月")],
        ["二、请假天数: 13 cells", "  在编 / 一月", "    row name renamed: 一月 -> 正月"],
    ),
    "a row more": (
        [("      二月\n", "      二月\n      三月\n")],
        ["二、请假天数: 13 -> 17 cells", "  在编", "    row added: 三月", "rules",
         "  不超: now over 4 rows instead of 3", "  合计数: now over 4 rows instead of 3"],
    ),
    "a column more in a sum": (
        [("      年假\n", "      年假\n      婚假\n"), ("+ 年假", "+ 年假 + 婚假")],
        ["二、请假天数: 13 -> 16 cells", "  在编", "    column added: 婚假", "rules",
         "  合计数: now reads 5 cells instead of 4"],
    ),
    "a row split": (
        [("其他月份", "其他月份\n        三月\n        四月")],
        ["二、请假天数: 13 -> 17 cells", "  在编", "    row split: 其他月份 -> 三月, 四月", "rules",
         "  不超: now over 4 rows instead of 3", "  合计数: now over 4 rows instead of 3"],
    ),
    "rows under a new heading": (
        [("      一月\n      二月\n", "      上旬月\n        一月\n        二月\n")],
        ["二、请假天数: 13 cells", "  在编", "    rows moved: 一月, 二月 -> 上旬月.一月, 上旬月.二月",
         "    row added: 上旬月"],
    ),
    "a group": (
        [("      其他月份\n", "      其他月份\n      下旬月\n        三月\n        四月\n")],
        ["二、请假天数: 13 -> 21 cells", "  在编", "    row added: 下旬月 (2 below it)", "rules",
         "  不超: now over 5 rows instead of 3", "  合计数: now over 5 rows instead of 3"],
    ),
    "a type": (
        [("出差\n", "出差 amount 小时 1\n")],
        ["二、请假天数: 13 cells", "  聘用", "    cells type: count 天 -> amount 小时 1"],
    ),
    "the type of a column": (
        [("      年假\n", "      年假 count 天 signed\n")],
        ["二、请假天数: 13 cells", "  在编 / 年假", "    column type: count 天 -> count 天 signed"],
    ),
    "a need": (
        [("事假\n", "事假 required\n")],
        ["二、请假天数: 13 cells", "  在编 / 事假", "    column need: none -> required"],
    ),
    "a total": (
        [("合计 total", "合计")],
        ["二、请假天数: 13 cells", "  在编 / 合计", "    column: a total -> no total"],
    ),
    "rows named by the data": (
        [("      聘员", "      each 聘员")],
        ["二、请假天数: 13 cells", "  聘用 / 聘员", "    row: a single one -> named by the data"],
    ),
    "the heading of a block": (
        [("聘用", "外聘人员")],
        ["二、请假天数: 13 cells", "  block renamed: 聘用 -> 外聘人员"],
    ),
    "a block": (
        [('  block "聘用"\n    columns\n      出差\n    rows\n      聘员\n', "")],
        ["二、请假天数: 13 -> 12 cells", "  block removed: 聘用 (聘员: 出差; 1 cell)"],
    ),
    "the title of a table": ([("三、加班", "三、加班情况")], ["table renamed: 三、加班 -> 三、加班情况"]),
    "a table": (
        [('table 加班 "三、加班"\n  count 天\n\n  columns\n    天数\n\n  rows\n    全年\n', "")],
        ["table removed: 三、加班 (1 cell)"],
    ),
    "how it is printed": (
        [('"三、加班"\n', '"三、加班"\n  printed across\n')],
        ["三、加班: 1 cell", "  table: printed in rows -> printed across"],
    ),
    "the header": (
        [("2020..", "2020..2024"), ("〔2020〕", "〔2022〕"), ('mark    "/" skip', 'blank   zero\n  mark    "/" zero')],
        ["years: 2020.. -> 2020..2024", "source: 人字〔2020〕1号 -> 人字〔2022〕1号", "blank: unknown -> zero",
         "mark changed: / skip -> zero"],
    ),
    "a mark": ([('"/" skip', '"/" | "无" skip')], ["mark added: 无 skip"]),
    "what corresponds in a third edition": (
        [("rule 正文病假", "counterparts 0\n  请假.一月 = 请假.正月\n\nrule 正文病假")],
        ["counterpart added: 0 请假.一月 = 请假.正月"],
    ),
    "a section": (
        [('narrative 概述', 'narrative 附注 "四、附注"\nnarrative 概述')],
        ["section added: 四、附注"],
    ),
    "a wording": (
        [('"病假{n}天"', '"病假{n}天" | "请病假{n}天"')],
        ["figure wordings: none -> 请病假{n}天 (in 概述)"],
    ),
    "a formula": (
        [("+ 事假", "- 事假")],
        ["rules", "  changed 合计数: 合计等于各种假之和",
         "    formula: 合计 = 病假 + 事假 + 年假 -> 合计 = 病假 - 事假 + 年假"],
    ),
    "one row for another in a formula": (
        [("请假[二月, 病假]", "请假[其他月份, 病假]")],
        ["rules", "  changed 正文病假: 正文所述病假与表一致",
         "    formula: 概述[病假数] = 请假[一月, 病假] + 请假[二月, 病假] -> "
         "概述[病假数] = 请假[一月, 病假] + 请假[其他月份, 病假]"],
    ),
    "a range": (
        [("every row\n      合计 =", "every row of {一月, 二月}\n      合计 =")],
        ["rules", "  changed 合计数: 合计等于各种假之和", "    range: no longer 其他月份"],
    ),
    "a guard": (
        [("when 合计 > 0", "when 合计 > 1")],
        ["rules", "  changed 不超: 病假不多于三十天", "    guard: 合计 > 0 -> 合计 > 1"],
    ),
    "a severity and a sentence": (
        [('"病假不多于三十天" warning', '"病假至多三十天"')],
        ["rules", "  changed 不超", "    sentence: 病假不多于三十天 -> 病假至多三十天",
         "    severity: warning -> error"],
    ),
    "the years of a rule": (
        [("when 合计 > 0", "from 2022\n      when 合计 > 0")],
        ["rules", "  changed 不超: 病假不多于三十天", "    years: none -> 2022.."],
    ),
    "the name of a rule": ([("rule 不超", "rule 上限")], ["rules", "  renamed 不超 -> 上限"]),
    "a rule": (
        [('rule 正文病假 "正文所述病假与表一致" warning\n  概述[病假数] = 请假[一月, 病假] + 请假[二月, 病假]\n', "")],
        ["rules", "  removed 正文病假: 正文所述病假与表一致 (1 check, warning)"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("edits", "lines"), SMALL.values(), ids=SMALL)
def test_one_change_is_told_in_its_own_words(edits: list[tuple[str, str]], lines: list[str]) -> None:
    text = BASE
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    assert told(BASE, text) == lines
    assert mirrored(diff(edition(BASE), edition(text))) == plain(diff(edition(text), edition(BASE)))


def test_a_group_is_known_by_what_is_in_it_whatever_its_heading() -> None:
    grouped = BASE.replace("      其他月份\n", "      下旬月\n        三月\n        四月\n")
    lines = told(grouped, grouped.replace("下旬月", "末尾"))
    assert lines == ["二、请假天数: 17 cells", "  在编", "    row renamed: 下旬月 -> 末尾"]


def test_a_line_of_counterparts_says_which_row_is_which() -> None:
    newer = BASE.replace("edition 1", "edition 2").replace("其他月份", "尾数")
    line = "counterparts 1\n  请假.尾数 = 请假.其他月份\n\nrule 正文病假"
    replaced = told(BASE, newer)
    assert "    row replaced: 其他月份 -> 尾数" in replaced and "rules" in replaced
    newer = newer.replace("rule 正文病假", line)
    assert told(BASE, newer) == ["二、请假天数: 13 cells", "  在编", "    row renamed: 其他月份 -> 尾数"]
    assert told(newer, BASE) == ["二、请假天数: 13 cells", "  在编", "    row renamed: 尾数 -> 其他月份"]


ALIKE = {
    "a comment": ("table 加班", "# 新\ntable 加班"),
    "a sum": ("病假 + 事假 + 年假", "sum(病假, 事假, 年假)"),
    "a star": ("病假 + 事假 + 年假", "sum(*)"),
    "the order of a sum": ("病假 + 事假 + 年假", "年假 + 病假 + 事假"),
    "the sides of an equation": ("合计 = 病假 + 事假 + 年假", "病假 + 事假 + 年假 = 合计"),
    "a turned relation": ("病假 <= 30", "30 >= 病假"),
    "a name for the rows": ("every row\n      合计 =", "every m of {一月, 二月, 其他月份}\n      合计 ="),
    "a guard as a condition": ("when 合计 > 0\n      病假 <= 30", "if 合计 > 0 then 病假 <= 30"),
    "a longer name": ("请假[一月, 病假]", "sum(请假[{一月}, 病假])"),
    "a type said in its block": ('  block "聘用"\n', '  block "聘用"\n    count 天\n'),
    "the name of the edition": ("edition 1", "edition 2"),
}


@pytest.mark.parametrize(("old", "new"), ALIKE.values(), ids=ALIKE)
def test_another_way_to_say_the_same_is_no_change(old: str, new: str) -> None:
    text = BASE.replace(old, new)
    assert text != BASE
    found = diff(edition(BASE), edition(text))
    assert (found.changes, to_words(found).split("\n")[1:]) == ((), ["no change of meaning"])


def test_without_marks_that_skip_a_term_may_change_sides() -> None:
    plain_base = BASE.replace('  mark    "/" skip\n', "")
    moved = plain_base.replace("合计 = 病假 + 事假 + 年假", "合计 - 年假 = 病假 + 事假")
    assert diff(edition(plain_base), edition(moved)).changes == ()
    with_mark = BASE.replace("合计 = 病假 + 事假 + 年假", "合计 - 年假 = 病假 + 事假")
    assert [change.aspect for change in diff(edition(BASE), edition(with_mark)).changes] == ["formula"]


def plain(found: Diff) -> Counter[Change]:
    """The changes without the labels that lead to them, which are those of the newer edition."""
    return Counter(Change(c.kind, c.what, (), c.before, c.after, c.aspect, c.note) for c in found.changes)


def mirrored(found: Diff) -> Counter[Change]:
    return Counter({change.mirrored(): number for change, number in plain(found).items()})


def test_from_the_other_side_what_was_added_is_removed() -> None:
    old, new = BUNDLED
    assert mirrored(diff(old, new)) == plain(diff(new, old))


@given(editions(), editions())
def test_two_editions_mirror_each_other(one: str, other: str) -> None:
    old, new = edition(one), edition(other)
    there, back = diff(old, new), diff(new, old)
    assert mirrored(there) == plain(back)
    assert [(t.name, t.after, t.before) for t in there.checks] == [(t.name, t.before, t.after) for t in back.checks]
    assert bool(there.changes) == ("no change of meaning" not in to_words(there))


@given(st.sampled_from([*BUNDLED, *FORMS]))
def test_an_edition_does_not_differ_from_itself(one: Edition) -> None:
    assert diff(one, one).changes == ()


TEXTS = [path.read_text("utf-8") for folder in ("rules", "tests/forms") for path in (ROOT / folder).rglob("*.rules")]


@given(st.one_of(editions(), st.sampled_from(TEXTS)), st.randoms(use_true_random=False))
def test_an_edition_written_in_another_way_does_not_differ(text: str, random: object) -> None:
    other = rewritten(text, random)
    assert diff(edition(text), edition(other)).changes == ()


FORMULAS = (
    "甲 = 乙 + 丙", "乙 + 丙 = 甲", "sum(乙, 丙) = 甲", "甲 - 乙 = 丙", "not 甲 != 乙 + 丙", "甲 = sum({乙, 丙})",
    "甲 >= 乙", "乙 <= 甲", "甲 > 乙", "乙 < 甲", "not 甲 < 乙", "甲 - 乙 >= 0", "甲 = 乙", "甲 = sum(乙)",
    "甲 = 1 or 乙 = 1", "乙 = 1 or 甲 = 1", "甲 in {1, 2}", "甲 = 2 or 甲 = 1", "exactly one of {甲 = 1, 乙 = 1}",
    "max(甲, 乙) = 丙", "丙 = max(乙, 甲)", "max({甲, 乙}) = 丙", "甲 * 乙 = 4", "乙 * 甲 = 4", "甲 / 乙 = 1",
    "甲 = 乙 and 乙 = 丙", "甲 = 乙 = 丙", "丙 = 乙 and 甲 = 乙", "甲 + 甲 = 丙", "2 * 甲 = 丙", "present(甲)",
    "甲 = sum(甲, 乙, 丙) - 甲", "甲 + 0 = 乙", "甲 + 乙 - 乙 = 丙", "甲 = 丙", "0 * 甲 = 丙", "丙 = 0", "乙 / 甲 = 1",
    "count({甲, 乙}) = 2", "count(甲, 乙) = 2", "sum(甲) = 乙", "not blank(甲)", "sum(甲, 甲) = 丙", "min(甲) = 丙",
)  # fmt: skip
SHEET = """form "表"
  edition 1
  years   2020..
{mark}
table 表 "表"
  count 件
  rows
    一
  columns
    甲
    乙
    丙

  rule 规则 "句子"
    every row
    {formula}
"""
MARK = '  mark    "/" skip'


def verdict(one: Edition, figures: tuple[str | None, ...]) -> list[str]:
    book = gouji.Book((one,))
    result = book.check(book.bind({"一": dict(zip("甲乙丙", figures, strict=True))}, year=2024))
    return [verdict.outcome for verdict in result.verdicts if verdict.rule == "规则"]


@pytest.mark.parametrize("mark", ["", MARK], ids=["plain", "with a mark that skips"])
def test_formulas_that_do_not_differ_have_the_same_verdicts(mark: str) -> None:
    made = [edition(SHEET.format(mark=mark, formula=formula)) for formula in FORMULAS]
    alike = [(a, b) for a, b in combinations(range(len(made)), 2) if not diff(made[a], made[b]).changes]
    values = ("0", "1", "2", "3", None, *(["/"] if mark else []))
    for a, b in alike:
        for figures in product(values, repeat=3):
            assert verdict(made[a], figures) == verdict(made[b], figures), (FORMULAS[a], FORMULAS[b], figures)
    assert len(alike) >= 10


@given(st.sampled_from(TEXTS), st.randoms(use_true_random=False))
def test_one_other_sign_in_a_rule_is_told(text: str, random: object) -> None:
    found, problems = load_text(Source("made.rules", changed(text, random)), "made")
    assume(found is not None and not problems)
    assert found is not None
    (change, *others) = diff(edition(text), found).changes
    assert (change.kind, change.what, others) == ("changed", "rule", [])


def test_an_edition_that_does_not_differ_ends_with_0() -> None:
    done = command("diff", "cn-disclosure@2021", ROOT / "rules" / "cn-disclosure" / "2021.rules")
    head = "政府信息公开工作年度报告: edition 2021 (2021..) -> edition 2021 (2021..)"
    assert (done.returncode, done.stdout) == (0, f"{head}\nno change of meaning\n")


@pytest.mark.parametrize(
    ("old", "message"),
    [
        ("cn-disclosure@1999", "no edition of cn-disclosure is called 1999\nthere is: 2019, 2021\n"),
        ("cn-disclosures@2019", "there is no form and no file cn-disclosures\ndid you mean cn-disclosure?\n"),
        ("cn-disclosure", "name one: cn-disclosure@2019, cn-disclosure@2021\n"),
        ("nothing.rules", "there is no form and no file nothing.rules\n"),
        ("BROKEN", "expected"),
        ("OTHER", "these are two forms, Annual FOIA Report and 政府信息公开工作年度报告, not two editions of one\n"),
    ],
)
def test_what_cannot_be_compared_is_refused(tmp_path: Path, old: str, message: str) -> None:
    broken = tmp_path / "broken.rules"
    broken.write_text(BASE.replace("合计 = ", "合计 = = "), "utf-8")
    old = {"BROKEN": str(broken), "OTHER": str(ROOT / "tests" / "forms" / "us-foia" / "2024.rules")}.get(old, old)
    done = command("diff", old, "cn-disclosure@2021")
    assert (done.returncode, done.stdout, message in done.stderr) == (2, "", True), done.stderr
    assert "Traceback" not in done.stderr
