"""The command on good and bad input: exit codes, messages, and nothing lost."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import REPORTS, ROOT

EXAMPLE = ROOT / "docs" / "examples" / "2024.txt"


def gouji(*arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "gouji.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


def test_the_example_prints_what_the_readme_shows() -> None:
    done = gouji("check", EXAMPLE.relative_to(ROOT) if Path.cwd() == ROOT else EXAMPLE)
    assert done.returncode == 0
    shown = (ROOT / "README.md").read_text("utf-8")
    lines = [line for line in done.stdout.splitlines() if line and not line.endswith("2024.txt")]
    assert len(lines) > 10 and all(line in shown for line in lines)


def test_previous_is_matched_by_agency_and_year() -> None:
    report, before = REPORTS / "2024-suqian.json", REPORTS / "2023-suqian.json"
    counts = json.loads(gouji("check", report, "--previous", before, "--format", "json").stdout)["reports"][0]["counts"]
    assert counts["pass"] == 255
    other = json.loads(gouji("check", EXAMPLE, "--previous", before, "--format", "json").stdout)["reports"][0]["counts"]
    assert other["not_applicable"] == 26


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.txt", b"", "the file is empty"),
        ("zip.docx", b"PK\x03\x04rest", "the zipped document cannot be read"),
        ("binary.txt", b"\x00\x01\x02\x00\x00abc\x05", "this is a binary file"),
        ("other.txt", "会议纪要\n无表格".encode(), "no line holds the title"),
        ("mixed.txt", "年度".encode() + b"\xff\xff\xfe", "not UTF-8 (line 1) and not GB18030"),
        ("broken.json", b'{"year": 2024,', "line 1, column 15"),
        ("twice.json", '{"申请": {"a": 1, "a": 2}}'.encode(), "the key a is given twice"),
        ("nowhere.json", '{"year": 2024, "tables": {"申請表": 1}}'.encode(), "no cell of"),
        ("early.json", '{"year": 1990, "tables": {"申请/新收/总计": 1}}'.encode(), "covers 1990"),
        ("deep.json", b'{"year": 2024, "tables": ' + b'{"a":' * 30 + b"1" + b"}" * 31, "nest deeper than 20"),
        ("list.json", b"[1]", "one report is expected"),
    ],
)
def test_bad_input_is_told_and_the_other_files_are_checked(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    done = gouji("check", file, EXAMPLE, "--format", "json")
    assert done.returncode == 2
    assert message in done.stderr and name in done.stderr
    assert "Traceback" not in done.stderr
    whole = json.loads(done.stdout)
    assert whole["reports"][0]["status"] == "pass"
    assert message in whole["problems"][0]["message"] + (whole["problems"][0]["hint"] or "")


def test_a_missing_file_is_told() -> None:
    done = gouji("check", "no-such-file.txt")
    assert (done.returncode, "cannot be read" in done.stderr) == (2, True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030"])
def test_encodings_are_recognised(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "report.txt"
    file.write_bytes(EXAMPLE.read_text("utf-8").encode(encoding))
    assert gouji("check", file).returncode == 0


def test_an_empty_report_to_fill_in_leads_to_every_cell(tmp_path: Path) -> None:
    shown = json.loads(gouji("show", "cn-disclosure", "--year", 2024, "--format", "json").stdout)
    file = tmp_path / "empty.json"
    file.write_text(json.dumps(shown, ensure_ascii=False), "utf-8")
    result = json.loads(gouji("check", file, "--format", "json").stdout)["reports"][0]
    assert result["unplaced"] == []
    assert result["rules"]["cells"]["undetermined"] == 200


def test_the_cases_beside_the_rules_hold() -> None:
    done = gouji("test", ROOT / "rules")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "61 passed, 0 failed")


def test_lint_lists_every_problem_with_its_place(tmp_path: Path) -> None:
    text = (ROOT / "rules" / "cn-disclosure" / "2021.rules").read_text("utf-8")
    file = tmp_path / "wrong.rules"
    file.write_text(
        text.replace("新收 + 上年结转 =", "新收 + 上年结专 =").replace("    总计 = sum(*)", "    总计 = = sum(*)"),
        "utf-8",
    )
    done = gouji("lint", file)
    assert done.returncode == 1
    assert "there is no row 上年结专 in table 申请" in done.stdout and "did you mean 上年结转?" in done.stdout
    assert "^^^^^^^^" in done.stdout and "found =" in done.stdout
    assert done.stdout.splitlines()[-1] == "1 rule file, 2 problems"


def test_lint_of_a_file_that_is_no_text_ends_with_2_and_lints_the_others(tmp_path: Path) -> None:
    (tmp_path / "binary.rules").write_bytes(b"\xff\xfe\x00\x81")
    (tmp_path / "wrong.rules").write_text("form", "utf-8")
    done = gouji("lint", tmp_path)
    assert done.returncode == 2 and "line 1 is not UTF-8" in done.stderr
    assert done.stdout.splitlines()[-1] == "2 rule files, 2 problems"


def test_a_year_that_is_none_is_refused() -> None:
    assert gouji("check", EXAMPLE, "--year", "99999").returncode == 2


def test_a_broken_report_prints_the_finding_that_the_readme_shows(tmp_path: Path) -> None:
    file = tmp_path / "broken.txt"
    file.write_text(EXAMPLE.read_text("utf-8").replace("数量\t41\t", "数量\t44\t"), "utf-8")
    done = gouji("check", file)
    readme = (ROOT / "README.md").read_text("utf-8")
    shown = readme.split("```\nFAIL")[1].split("```")[0]
    assert done.returncode == 1 and shown in done.stdout


def test_each_report_has_the_keys_of_the_contract(tmp_path: Path) -> None:
    file = tmp_path / "broken.txt"
    file.write_text(EXAMPLE.read_text("utf-8").replace("数量\t41\t", "数量\t44\t"), "utf-8")
    whole = json.loads(gouji("check", file, "--format", "json").stdout)
    assert list(whole) == ["gouji", "reports", "problems"]
    (report,) = whole["reports"]
    keys = ["source", "form", "edition", "agency", "year", "status", "counts", "rules", "findings", "unplaced", "notes"]
    assert list(report) == keys
    counts = ["expected", "pass", "fail", "undetermined", "not_applicable", "waived", "error"]
    assert list(report["counts"]) == counts
    assert all(list(rule) == ["severity", *counts] for rule in report["rules"].values())
    finding = report["findings"][0]
    wanted = {"rule", "outcome", "severity", "table", "at", "left", "right", "difference", "holds_if", "message"}
    assert wanted | {"clause", "cells", "rule_at"} <= set(finding)
    assert set(finding["cells"][0]) == {"cell", "label", "printed", "value", "place", "source"}
    assert (finding["left"], finding["right"], finding["difference"]) == ("49", "46", "3")


@pytest.mark.parametrize("command", [("fmt", "--check"), ("lint",)])
def test_the_bundled_rules_are_in_canonical_form_and_without_a_problem(command: tuple[str, ...]) -> None:
    assert gouji(*command, ROOT / "rules").returncode == 0


def test_fmt_writes_the_canonical_form_and_keeps_comments(tmp_path: Path) -> None:
    text = (ROOT / "rules" / "cn-disclosure" / "2021.rules").read_text("utf-8")
    file = tmp_path / "2021.rules"
    file.write_text(text.replace(" = sum(*)", "＝ sum( * )  # 之和").replace("edition ", "edition    "), "utf-8")
    assert gouji("fmt", "--check", file).returncode == 1
    assert gouji("fmt", file).returncode == 0
    assert file.read_text("utf-8") == text.replace(" = sum(*)", " = sum(*)  # 之和")
    assert gouji("fmt", tmp_path / "none.rules").returncode == 2


def test_a_folder_without_files_is_told_and_the_other_files_are_checked(tmp_path: Path) -> None:
    done = gouji("check", tmp_path, EXAMPLE)
    assert done.returncode == 2 and "the folder holds no file" in done.stderr
    assert done.stdout.splitlines()[-1].startswith("PASS: 248 of 274")


def test_a_case_file_that_cannot_be_used_is_told_and_the_others_run(tmp_path: Path) -> None:
    done = gouji("test", tmp_path / "none.cases.toml", ROOT / "rules")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (2, "61 passed, 0 failed")
    assert "none.cases.toml: [Errno 2]" in done.stderr


def test_text_that_no_encoding_holds_is_written_escaped_and_nothing_is_lost(tmp_path: Path) -> None:
    data = json.loads((REPORTS / "2024-suqian.json").read_text("utf-8"))
    file = tmp_path / "report.json"
    file.write_text(json.dumps({**data, "agency": "\ud800"}), "utf-8")
    for options in ((), ("-o", tmp_path / "out.json")):
        done = gouji("check", file, EXAMPLE, "--format", "json", *options)
        assert (done.returncode, "Traceback" in done.stderr) == (0, False)


FULL = Path("/dev/full")


# Linux alone has such a device, and no other way to fill a disk is the same everywhere.
@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
def test_output_that_cannot_be_written_ends_with_2() -> None:
    command = [sys.executable, "-m", "gouji.cli", "check", str(EXAMPLE)]
    with FULL.open("wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, encoding="utf-8", check=False)
    assert done.returncode == 2 and "cannot be written" in done.stderr


def test_a_folder_is_walked_years_are_paired_and_bad_files_are_passed_by(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    for name in ("2023-suqian", "2024-suqian"):
        (tmp_path / "inner" / f"{name}.json").write_bytes((REPORTS / f"{name}.json").read_bytes())
    (tmp_path / "broken.txt").write_text("nothing", "utf-8")
    (tmp_path / "~$2024.docx").write_bytes(b"lock")
    done = gouji("check", tmp_path)
    assert done.returncode == 2 and "no line holds the title" in done.stderr
    lines = [line.split() for line in done.stdout.splitlines() if "suqian" in line]
    assert [line[2:6] for line in lines] == [["2023", "PASS", "244", "0"], ["2024", "PASS", "255", "0"]]
    assert done.stdout.splitlines()[-1] == "2 reports: 2 pass, 0 fail, 0 undetermined; 1 that cannot be used"


def test_reports_in_the_lines_of_a_file_are_checked_one_by_one(tmp_path: Path) -> None:
    lines = [json.dumps(json.loads((REPORTS / f"{year}-suqian.json").read_text("utf-8"))) for year in (2023, 2024)]
    file = tmp_path / "all.jsonl"
    file.write_text("\n".join([lines[0], "{broken", lines[1]]), "utf-8")
    done = gouji("check", file, "--format", "json")
    whole = json.loads(done.stdout)
    assert [report["source"] for report in whole["reports"]] == [f"{file}:1", f"{file}:3"]
    assert whole["reports"][1]["counts"]["pass"] == 255
    assert [problem["source"] for problem in whole["problems"]] == [f"{file}:2"]
    assert done.returncode == 2


def test_the_summary_counts_the_rules_that_do_not_hold(tmp_path: Path) -> None:
    data = json.loads((REPORTS / "2024-suqian.json").read_text("utf-8"))
    data["tables"]["四、政府信息公开行政复议、行政诉讼情况"]["数据行"]["行政复议/总计"] = "999"
    (tmp_path / "wrong.json").write_text(json.dumps(data), "utf-8")
    done = gouji("check", tmp_path / "wrong.json", REPORTS / "2023-suqian.json")
    assert done.returncode == 1
    assert ["复议诉讼合计", "5", "1", "0", "0"] in [line.split() for line in done.stdout.splitlines()]


def test_what_was_read_is_shown_with_its_places() -> None:
    text = gouji("read", EXAMPLE).stdout
    assert "  一、本年新收政府信息公开申请数量 / 自然人: 41  (line 30)" in text.splitlines()
    assert text.splitlines()[-1] == "200 of 200 cells read"
    rows = gouji("read", EXAMPLE, "--format", "csv").stdout.splitlines()
    assert rows[0] == "cell,label,printed,value,state,place" and len(rows) == 205
    assert "申请/新收/自然人,一、本年新收政府信息公开申请数量 / 自然人,41,41,,line 30" in rows
    plain = json.loads(gouji("read", EXAMPLE, "--format", "json").stdout)
    assert plain["places"]["申请/新收/自然人"] == "line 30" and plain["figures"][0]["printed"] == "103"
    assert gouji("read", ROOT / "LICENSE").returncode == 2


def test_what_was_read_can_be_bound_again(tmp_path: Path) -> None:
    file = tmp_path / "read.json"
    file.write_text(gouji("read", EXAMPLE, "--format", "json").stdout, "utf-8")
    assert json.loads(gouji("check", file, "--format", "json").stdout)["reports"][0]["counts"]["pass"] == 248


def test_of_two_reports_of_the_year_before_that_differ_none_is_used(tmp_path: Path) -> None:
    for name, change in (("a", 0), ("b", 1)):
        data = json.loads((REPORTS / "2023-suqian.json").read_text("utf-8"))
        data["tables"]["三、收到和处理政府信息公开申请情况"]["四、结转下年度继续办理"] |= {
            "申请人情况/总计": 121 + change
        }
        (tmp_path / f"{name}.json").write_text(json.dumps(data), "utf-8")
    done = json.loads(gouji("check", tmp_path, REPORTS / "2024-suqian.json", "--format", "json").stdout)
    report = done["reports"][-1]
    assert report["rules"]["结转衔接"]["not_applicable"] == 7
    assert report["notes"][0].startswith("several reports of 宿迁市人民政府 for 2023 differ, and none is used: ")


def test_what_is_no_file_or_clutter_in_a_folder_is_passed_by(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "Thumbs.db").write_bytes(b"\x00")
    (tmp_path / "r.json").write_bytes((REPORTS / "2024-suqian.json").read_bytes())
    assert gouji("check", tmp_path).returncode == 0


def test_what_was_read_again_keeps_its_prose_and_what_was_not_placed(tmp_path: Path) -> None:
    file = tmp_path / "r.json"
    data = json.loads((REPORTS / "2024-suqian.json").read_text("utf-8"))
    text = {"narrative": {"总体情况": "新收申请9999件。"}, "tables": {**data["tables"], "x": 1}}
    file.write_text(json.dumps(data | text), "utf-8")
    again = tmp_path / "again.json"
    again.write_text(gouji("read", file, "--format", "json").stdout, "utf-8")
    for path in (file, again):
        report = json.loads(gouji("check", path, "--format", "json").stdout)["reports"][0]
        assert (report["rules"]["正文新收"]["fail"], len(report["unplaced"])) == (1, 1)
        assert gouji("check", path, "--strict").returncode == 1
