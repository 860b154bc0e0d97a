"""Text for a person: grouped findings, the part of the form drawn, colours on a terminal alone."""

import os
import pty
import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

import gouji
from conftest import ROOT
from gouji.evaluation.waivers import Waiver
from gouji.findings.drawing import draw
from gouji.findings.text import Look, render, render_all
from gouji.sources import width

BOOK = gouji.load("cn-disclosure")
EXAMPLE = ROOT / "docs" / "examples" / "2024.txt"


def result(**cells: object) -> gouji.Result:
    row = gouji.read(EXAMPLE, BOOK).to_row() | cells
    return BOOK.check(BOOK.bind({"year": 2024, "agency": "某局", "tables": row}, source="some.json"))


def test_findings_of_one_rule_stand_under_one_head() -> None:
    text = render(result(**{"申请/新收/自然人": 44, "申请/结转下年/总计": 3}))
    assert text.count("FAIL 收支平衡 (error) 三、收到和处理政府信息公开申请情况") == 1
    lines = text.split("FAIL 收支平衡")[1].split("\n\n")[0].split("\n")[1:]
    assert lines[:3] == [
        "  第一项加第二项之和，等于第三项加第四项之和",
        "  自然人: 44 + 5 = 49, but 44 + 2 = 46, difference 3",
        "  总计: 103 + 5 = 108, but 106 + 3 = 109, difference -1",
    ]
    assert lines[4:8] == [
        "    一、本年新收政府信息公开申请…    [44]  [103]",
        "    二、上年结转政府信息公开申请…     [5]    [5]",
        "    （七）总计                       [44]  [106]",
        "    四、结转下年度继续办理            [2]    [3]",
    ]


def test_what_fails_comes_before_what_is_open() -> None:
    text = render(result(**{"申请/新收/自然人": None, "复议诉讼/行政复议/总计": 9, "主动公开/规章/制发": "?"}))
    heads = re.findall(r"^(ERROR|FAIL|UNDETERMINED) ", text, re.MULTILINE)
    assert heads == sorted(heads, key=["ERROR", "FAIL", "UNDETERMINED"].index) and len(set(heads)) == 3


@pytest.mark.parametrize("columns", [40, 60, 80, 100, 160])
def test_a_drawing_keeps_within_the_terminal_and_in_line(columns: int) -> None:
    checked = result(**{"申请/新收/自然人": 44})
    marked = {cell.position for cell in checked.report.cells if cell.row == ("新收",)}
    lines = draw(checked.report, marked, columns)
    assert max(map(width, lines)) <= max(columns, 43)
    ends = {width(line[: line.rindex("]")]) for line in lines if line.endswith("]")}
    assert len(ends) == 1 and sum(line.count("[") for line in lines) == 7


def test_rows_of_nothing_but_zero_are_counted_instead_of_drawn() -> None:
    text = render(result(**{"申请/办理结果/总计/自然人": 45}))
    drawn = text.split("FAIL 办理合计")[1].split("\n\n")[0]
    assert "（一）予以公开" in drawn and "(13 rows of 0)" in drawn and "2.其他法律行政法规禁止公开" not in drawn


def test_more_rows_than_are_drawn_are_counted() -> None:
    book = gouji.load(ROOT / "tests" / "forms" / "us-foia")
    rows = {f"body {n}": {"Number of Requests Pending as of Start of Fiscal Year": n} for n in range(40)}
    report = book.bind({"V.A. Requests: received, processed and pending": rows}, year=book.editions[-1].form.first_year)
    marked = {at for at, value in enumerate(report.values) if at not in report.states}
    lines = draw(report, marked, 200)
    assert lines[-2:] == ["(9 more rows)", "(1 row of 0)"]


def test_the_counts_of_a_verdict_add_up_with_what_is_waived() -> None:
    row = gouji.read(EXAMPLE, BOOK).to_row() | {"申请/新收/自然人": 44}
    report = BOOK.bind({"year": 2024, "agency": "某局", "tables": row})
    day = date.today() + timedelta(days=30)
    waiver = Waiver("收支平衡", "stated", "the office", day)
    last = render(BOOK.check(report, waivers=[waiver])).splitlines()[-1]
    expected, *others = map(int, (re.findall(r"of (\d+)", last) + re.findall(r"(\d+) (?!checks)(?=[a-z])", last)))
    assert "1 waived" in last and expected == 274 and sum(others) == expected


def test_many_findings_of_one_rule_are_cut_and_verbose_shows_all() -> None:
    blank = result(**dict.fromkeys([c.key for c in BOOK.form(2024).cells][:40]))
    assert "and 28 more of this rule" in render(blank)
    whole = render(blank, Look(verbose=True))
    assert "more of this rule" not in whole and "rules that do not apply" not in whole and whole.count("is blank") == 40


def test_quiet_is_one_line_for_each_report() -> None:
    good, bad = result(), result(**{"申请/新收/自然人": 44})
    lines = render_all([good, bad], 0, Look(quiet=True)).split("\n")
    assert [line.split(": ")[:2] for line in lines] == [["some.json", "PASS"], ["some.json", "FAIL"]]


def test_colours_change_nothing_but_colours() -> None:
    checked = result(**{"申请/新收/自然人": 44})
    coloured = render(checked, Look(colour=True))
    assert "\x1b[31mFAIL\x1b[0m" in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured) == render(checked)


def test_a_hostile_report_cannot_steer_the_terminal() -> None:
    evil = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202e\r"
    row = gouji.read(EXAMPLE, BOOK).to_row() | {"申请/新收/自然人": f"{evil}1"}
    data = {"year": 2024, "agency": evil, "tables": row, "narrative": {"总体情况": f"新收申请{evil}9件"}}
    checked = BOOK.check(BOOK.bind(data, source=f"a{evil}.json"))
    for look in (Look(), Look(colour=True, verbose=True), Look(quiet=True)):
        text = render_all([checked, checked], 0, look)
        assert "\ufffd" in text and not set("\x07\x9b\u202e\r") & set(text)
        assert all(code.startswith("[") and code.endswith("m") for code in re.findall(r"\x1b(\[?\d*.)", text))
    assert "\x1b" not in str(checked)


def on_terminal(arguments: list[str], **environment: str) -> str:
    """What the command writes to a terminal."""
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "gouji.cli", *arguments]
    surroundings = {**os.environ, "TERM": "xterm", "COLUMNS": "90", **environment}
    with subprocess.Popen(command, stdout=follower, stderr=subprocess.DEVNULL, env=surroundings) as running:
        os.close(follower)
        text = b""
        try:
            while part := os.read(leader, 65536):
                text += part
        except OSError:  # the other end is closed
            pass
        running.wait()
    os.close(leader)
    return text.decode()


def test_a_terminal_has_colours_unless_it_is_asked_to_have_none(tmp_path: Path) -> None:
    file = tmp_path / "broken.txt"
    file.write_text(EXAMPLE.read_text("utf-8").replace("数量\t41\t", "数量\t44\t"), "utf-8")
    assert "\x1b[31mFAIL" in on_terminal(["check", str(file)])
    plain = on_terminal(["check", str(file)], NO_COLOR="1")
    assert "\x1b[" not in plain and "FAIL 收支平衡" in plain
    assert "\x1b[" not in on_terminal(["check", str(file)], TERM="dumb")
    assert "\x1b[" not in on_terminal(["check", str(file), "-o", str(tmp_path / "out.txt")])
    piped = subprocess.run([sys.executable, "-m", "gouji.cli", "check", str(file)], capture_output=True, check=False)
    assert b"\x1b[" not in piped.stdout


def test_help_and_errors_of_arguments_speak_the_language_asked_for() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "gouji.cli", "check", "--lang", "zh"], capture_output=True, check=False
    )
    assert told.returncode == 2 and told.stderr
