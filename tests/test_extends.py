"""An edition written as changes to another: the same as the edition written whole."""

from __future__ import annotations

from pathlib import Path

import pytest

import gouji
from conftest import ROOT, figures
from gouji.language.parser import parse
from gouji.language.printer import format_source
from gouji.sources import Source
from test_command import gouji as command

BASE = """form "表"
  edition 1
  years   2020..2020
  blank   zero

table t "表"
  count 件
  rows
    甲
    乙
    组
      a
      b
    合计 total
  columns
    数

  rule r "s"
    every column
    合计 = 甲 + 乙 + sum(组.*)

narrative n "一"
"""
HEAD = """form "表"
  edition 2
  years   2021..
  extends 1

"""


def both(tmp_path: Path, changes: str, base: str = BASE) -> gouji.Book:
    (tmp_path / "1.rules").write_text(base, "utf-8")
    (tmp_path / "2.rules").write_text(HEAD + changes, "utf-8")
    return gouji.load(tmp_path)


def test_the_format_of_2021_as_changes_to_2019_means_the_same(tmp_path: Path) -> None:
    for file in (ROOT / "rules" / "cn-disclosure" / "2019.rules", ROOT / "tests" / "extended" / "2021.rules"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    done = command("diff", f"{tmp_path}@2021", "cn-disclosure@2021")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "no change of meaning")
    extended, whole = gouji.load(tmp_path), gouji.load("cn-disclosure")
    for name in ("2024-suqian", "2024-yaohai"):
        data = {key: value for key, value in figures(name).items() if key != "form"}
        assert extended.check(extended.bind(data)).counts == whole.check(whole.bind(data)).counts


CHANGED = [
    pytest.param("add rows to t.组 after a\n  c\n", ["甲", "乙", "组/a", "组/c", "组/b", "合计"], id="in a group"),
    pytest.param("add rows to t after 乙\n  丙\n", ["甲", "乙", "丙", "组/a", "组/b", "合计"], id="a row of the table"),
    pytest.param("remove t.b\n", ["甲", "乙", "组/a", "合计"], id="a row less"),
    pytest.param("rename t.a to c \"新\"\n", ["甲", "乙", "组/c", "组/b", "合计"], id="a row renamed"),
    pytest.param("move t.a after b\n", ["甲", "乙", "组/b", "组/a", "合计"], id="a row moved"),
    pytest.param(
        "add rows to t.甲\n  x\n  y\n\ntable t\n  rule r \"s\"\n    every column\n    合计 = sum(甲.*, 乙, 组.*)\n",
        ["甲/x", "甲/y", "乙", "组/a", "组/b", "合计"], id="a row split, its rule replaced",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "rows"), CHANGED)
def test_rows_are_changed_where_they_stand(changes: str, rows: list[str], tmp_path: Path) -> None:
    book = both(tmp_path, changes)
    assert ["/".join(cell.row) for cell in book.form(2021).cells] == rows
    assert ["/".join(cell.row) for cell in book.form(2020).cells] == ["甲", "乙", "组/a", "组/b", "合计"]
    numbers = {row: int(row != "丙") for row in rows[:-1]}
    report = book.bind({**numbers, "合计": sum(numbers.values())}, year=2021)
    assert book.check(report).counts["fail"] == 0


def test_what_is_not_changed_stays_as_it_is(tmp_path: Path) -> None:
    changes = 'remove rule r\n\nrename t "新表"\n\nretype t.乙 amount 万元 2\n\nadd columns to t\n  额 amount 元 0\n'
    form = both(tmp_path, changes).form(2021)
    assert (form.tables[0].labels, form.blank, form.narratives[0].name) == (("新表",), "zero", "n")
    types = {f"{cell.row[-1]}/{cell.column[-1]}": cell.type.unit for cell in form.cells}
    assert (types["甲/数"], types["乙/数"], types["甲/额"]) == ("件", "万元", "元")


def test_a_rule_is_replaced_removed_and_added(tmp_path: Path) -> None:
    book = both(tmp_path, 'rule r "neu" warning\n  t[甲, 数] > 0\n\nrule q "q"\n  t[乙, 数] > 0\n')
    assert [(rule.name, rule.severity) for rule in book.editions[1].rules] == [("r", "warning"), ("q", "error")]
    assert both(tmp_path, "remove rule r\n").editions[1].rules == ()


def test_an_extension_of_an_extension_is_whole(tmp_path: Path) -> None:
    (tmp_path / "3.rules").write_text(
        'form "表"\n  edition 3\n  years   2022..\n  extends 2\n\nremove t.乙\n\nremove rule r\n', "utf-8"
    )
    (tmp_path / "2.rules").write_text(HEAD.replace("2021..", "2021..2021") + "remove t.甲\n\nremove rule r\n", "utf-8")
    (tmp_path / "1.rules").write_text(BASE, "utf-8")
    with pytest.raises(gouji.RuleError, match="there is no rule r"):
        gouji.load(tmp_path)
    (tmp_path / "3.rules").write_text('form "表"\n  edition 3\n  years   2022..\n  extends 2\n\nremove t.乙\n', "utf-8")
    book = gouji.load(tmp_path)
    assert ["/".join(cell.row) for cell in book.form(2022).cells] == ["组/a", "组/b", "合计"]


REFUSED = [
    pytest.param("remove u\n", "there is no table u", id="a table that is not there"),
    pytest.param("remove t.丁\n", "there is no t.丁", id="a row that is not there"),
    pytest.param("remove rule x\n", "there is no rule x", id="a rule that is not there"),
    pytest.param("move t.a after 甲\n", "there is no 甲 beside it", id="a neighbour of another group"),
    pytest.param("table t\n  columns\n    新\n", "the table t is there already", id="columns beside those there are"),
    pytest.param("remove t.甲\n", "there is no row 甲 in table t", id="a row that a rule reads"),
]


@pytest.mark.parametrize(("changes", "message"), REFUSED)
def test_what_cannot_be_changed_is_told_with_its_place(changes: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(gouji.RuleError) as told:
        both(tmp_path, changes)
    problem = told.value.problems[0]
    assert problem.message == message and problem.span is not None
    done = command("lint", tmp_path)
    assert done.returncode == 1 and message in done.stdout


def test_extensions_in_a_circle_are_told_with_both_places(tmp_path: Path) -> None:
    (tmp_path / "1.rules").write_text(BASE.replace("  blank   zero", "  extends 2"), "utf-8")
    (tmp_path / "2.rules").write_text(HEAD, "utf-8")
    with pytest.raises(gouji.RuleError, match="editions extend each other in a circle") as told:
        gouji.load(tmp_path)
    assert all(name in str(told.value) for name in ("1.rules:4", "2.rules:4"))


def test_an_extension_of_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / "2.rules").write_text(HEAD, "utf-8")
    with pytest.raises(gouji.RuleError, match="there is no edition 1 to extend"):
        gouji.load(tmp_path)


def test_an_extended_edition_is_shown_whole(tmp_path: Path) -> None:
    both(tmp_path, "add rows to t.组 after a\n  c\n")
    shown = command("show", tmp_path, "--year", "2021", "--format", "rules").stdout
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "2.rules").write_text(shown, "utf-8")
    assert "extends" not in shown and "      c\n" in shown
    assert command("diff", f"{tmp_path}@2", alone / "2.rules").returncode == 0


def test_changes_are_written_in_canonical_form() -> None:
    text = HEAD + "".join(f"{case.values[0]}\n" for case in CHANGED[:5])
    file, problems = parse(Source("x", text))
    assert file is not None and not problems
    once = format_source(Source("x", text), file)
    again, _ = parse(Source("x", once))
    assert again == file and format_source(Source("x", once), again) == once


BLOCKS = """form "表"
  edition 1
  years   2020..2020

table t "表"
  count 件

  block "上"
    columns
      甲
      乙
    rows
      一

    rule r "s"
      every row
      甲 <= 乙

  block "下"
    columns
      丙
    rows
      二
"""


def test_a_rule_of_a_block_is_replaced_in_its_block(tmp_path: Path) -> None:
    made = both(tmp_path, 'table t\n  rule r "neu"\n    every row\n    甲 = 乙\n', BLOCKS)
    (rule,) = made.editions[1].rules
    assert (rule.sentence, rule.overs[0].paths) == ("neu", (("一",),))


def test_two_files_that_say_one_edition_are_told(tmp_path: Path) -> None:
    (tmp_path / "1.rules").write_text(BASE, "utf-8")
    (tmp_path / "2.rules").write_text(HEAD.replace("2021..", "2021..2021"), "utf-8")
    (tmp_path / "3.rules").write_text(HEAD.replace("2021..", "2022.."), "utf-8")
    with pytest.raises(gouji.RuleError, match="two files say edition 2"):
        gouji.load(tmp_path)


def test_a_type_is_said_of_a_row_or_column(tmp_path: Path) -> None:
    with pytest.raises(gouji.RuleError, match="retype is said of a row or column of t"):
        both(tmp_path, "retype t amount 元 2\n")
