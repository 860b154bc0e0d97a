"""What programs read: plain data by its schema, SARIF by the official one, JUnit XML, values between commas, frames."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import jsonschema
import polars
import pytest
from attrs import evolve

import gouji
from conftest import ROOT, figures
from golden import broken, clean, runs
from gouji.evaluation.waivers import load_waivers
from gouji.findings.run import Run
from gouji.findings.sarif import uri
from gouji.findings.schema import schema
from gouji.findings.table import COLUMNS

SARIF = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0.json").read_text("utf-8"))


def sarif(run: Run) -> Any:
    log = json.loads(run.render("sarif"))
    jsonschema.Draft4Validator(SARIF).validate(log)
    return log["runs"][0]


def command(*arguments: object, folder: Path = ROOT) -> "subprocess.CompletedProcess[bytes]":
    line = [sys.executable, "-m", "gouji.cli", *map(str, arguments)]
    return subprocess.run(line, capture_output=True, check=False, cwd=folder)


def waive(result: gouji.Result, book: gouji.Book, folder: Path) -> gouji.Result:
    """The same report with the failure of one rule waived."""
    lines = ["[[waiver]]", 'rule = "收支平衡"', 'reason = "口径"', 'approver = "办公室"', "until = 2999-12-31"]
    (folder / "waivers.toml").write_text("\n".join(lines), "utf-8")
    return book.check(result.report, waivers=load_waivers(folder / "waivers.toml"))


# Plain data


def descriptions(node: Any) -> int:
    """How many properties are described; every one is."""
    count = 0
    for name, inner in node.get("properties", {}).items():
        assert inner.get("description") or inner.get("$ref"), name
        assert inner.get("description", "x.").endswith("."), name
        count += 1
    return count + sum(descriptions(inner) for inner in node.get("$defs", {}).values())


def test_the_schema_is_one_and_describes_every_key() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    assert descriptions(schema()) > 50


def test_what_a_run_gives_is_as_the_schema_says(book: gouji.Book, tmp_path: Path) -> None:
    whole = jsonschema.Draft202012Validator(schema())
    for run in runs(book, tmp_path).values():
        whole.validate(json.loads(run.render("json")))
    result = broken(book, tmp_path)
    filled = evolve(result, filled=book.fill(result.report))
    assert filled.to_dict()["filled"]
    alone = jsonschema.Draft202012Validator(schema() | {"$ref": "#/$defs/report", "required": [], "properties": {},
                                                        "additionalProperties": True})  # fmt: skip
    alone.validate(filled.to_dict())
    with pytest.raises(jsonschema.ValidationError):
        alone.validate(filled.to_dict() | {"satus": "pass"})


def test_the_command_prints_what_the_schema_says(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    done = command("check", "docs/examples/2024.txt", tmp_path / "empty.txt", "--fill", "--format", "json")
    printed = json.loads(done.stdout)
    jsonschema.Draft202012Validator(schema()).validate(printed)
    assert done.returncode == 2 and printed["problems"][0]["message"] == "the file is empty"


# SARIF


def test_sarif_holds_a_result_for_each_finding_with_both_places(book: gouji.Book, tmp_path: Path) -> None:
    result = broken(book, tmp_path)
    run = sarif(Run([result]))
    assert len(run["results"]) == len(result.findings) > 5
    found = next(one for one in run["results"] if one["ruleId"] == "收支平衡")
    assert run["tool"]["driver"]["rules"][found["ruleIndex"]]["id"] == "收支平衡"
    assert (found["kind"], found["level"]) == ("fail", "error")
    place = found["locations"][0]
    assert place["physicalLocation"]["region"] == {"startLine": 30}
    assert unquote(place["physicalLocation"]["artifactLocation"]["uri"]) == "破损 2024.txt"
    assert place["logicalLocations"] == [{"name": "line 30", "fullyQualifiedName": "申请/新收/自然人"}]
    rule = found["relatedLocations"][-1]["physicalLocation"]
    assert rule["artifactLocation"] == {"uri": "cn-disclosure/2021.rules", "uriBaseId": "RULES"}
    open_ones = [one for one in run["results"] if one["kind"] == "open"]
    assert open_ones and {one["level"] for one in open_ones} == {"none"}
    assert {one["level"] for one in run["results"] if one["ruleId"].startswith("正文")} == {"warning"}


def test_sarif_tells_what_is_not_usable(book: gouji.Book, tmp_path: Path) -> None:
    good, bad = sarif(Run([clean(book)])), sarif(runs(book, tmp_path)["broken"])
    assert good["invocations"][0]["executionSuccessful"] is True and good["results"] == []
    assert good["artifacts"][0]["location"]["uri"] == "docs/examples/2024.txt"
    assert bad["invocations"][0]["executionSuccessful"] is False
    told = bad["invocations"][0]["toolExecutionNotifications"][0]
    assert (told["level"], told["message"]["text"]) == ("error", "the file is empty\ncheck which file this is")
    assert unquote(told["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]) == "空.txt"


def test_sarif_suppresses_what_is_waived(book: gouji.Book, tmp_path: Path) -> None:
    result = waive(broken(book, tmp_path), book, tmp_path)
    waived = [one for one in sarif(Run([result]))["results"] if "suppressions" in one]
    assert [one["ruleId"] for one in waived] == ["收支平衡"]
    assert "口径" in waived[0]["suppressions"][0]["justification"]


def test_a_fingerprint_does_not_change_with_the_figures(book: gouji.Book) -> None:
    def prints(number: int) -> dict[str, str]:
        report = book.bind(figures("2024-yaohai"))
        row = report.to_row() | {"申请/新收/自然人": number}
        run = sarif(Run([book.check(book.bind(row, year=2024, agency="某局", source="a.json"))]))
        return {one["partialFingerprints"]["gouji/v1"]: one["ruleId"] for one in run["results"]}

    assert prints(44) == prints(50) and len(prints(44)) == 2


def test_the_previous_report_is_another_artifact(book: gouji.Book) -> None:
    before, report = (book.bind(figures(f"{year}-suqian"), source=f"{year}.json") for year in (2023, 2024))
    row = before.to_row() | {"申请/结转下年/自然人": 999}
    changed = book.bind(row, year=2023, agency=before.agency, source="2023.json")
    run = sarif(Run([book.check(report, previous=changed)]))
    found = next(one for one in run["results"] if one["ruleId"] == "结转衔接")
    places = [*found["locations"], *found["relatedLocations"]]
    uris = [place["physicalLocation"]["artifactLocation"]["uri"] for place in places]
    assert uris[:2] == ["2024.json", "2023.json"]


@pytest.mark.parametrize(
    ("path", "reference"),
    [
        ("a.txt", "a.txt"), ("年报 2024.docx", "%E5%B9%B4%E6%8A%A5%202024.docx"), ("a\\b c.docx", "a/b%20c.docx"),
        ("a:b.txt", "a%3Ab.txt"), ("50%#?.txt", "50%25%23%3F.txt"), ("/tmp/年.txt", "file:///tmp/%E5%B9%B4.txt"),
        ("C:\\报\\a.docx", "file:///C:/%E6%8A%A5/a.docx"), ("\\\\host\\share\\a.txt", "file://host/share/a.txt"),
        ("../a.txt", "../a.txt"),
    ],
)  # fmt: skip
def test_a_path_is_a_uri(path: str, reference: str) -> None:
    assert uri(path) == reference
    assert urlsplit(reference).scheme in ("", "file") and not urlsplit(reference).query


def test_a_line_of_a_file_of_reports_is_a_line(book: gouji.Book) -> None:
    report = book.bind({"申请/新收/自然人": -1}, year=2024, source="all.jsonl:3")
    run = sarif(Run([book.check(report)]))
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "all.jsonl", "index": 0}, "region": {"startLine": 3}}


# JUnit


def suites(run: Run) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(run.render("junit").encode()).iter("testsuite"))


def test_junit_balances_with_the_counts(book: gouji.Book, tmp_path: Path) -> None:
    run = runs(book, tmp_path)["broken"]
    waived = waive(run.results[0], book, tmp_path)
    counts = waived.counts
    suite, unusable = suites(evolve(run, results=[waived]))
    skipped = sum(counts[name] for name in ("undetermined", "not_applicable", "waived"))
    assert [int(suite.attrib[name]) for name in ("tests", "failures", "errors", "skipped")] == [
        counts["expected"], counts["fail"], counts["error"], skipped
    ]  # fmt: skip
    assert counts["waived"] == 1
    cases = suite.findall("testcase")
    assert len(cases) == counts["expected"]
    assert len([case for case in cases if not len(case)]) == counts["pass"]
    sorts: dict[str, list[str]] = {"failure": ["fail"], "error": ["error"],
                           "skipped": ["undetermined", "not_applicable", "waived"]}  # fmt: skip
    for element, names in sorts.items():
        assert sum(len(case.findall(element)) for case in cases) == sum(counts[name] for name in names) > 0
    assert all(element.get("message") for case in cases for element in case)
    assert len({(case.get("classname"), case.get("name")) for case in cases}) == len(cases)
    assert [(case.get("name"), case[0].get("message")) for case in unusable.findall("testcase")] == [
        ("空.txt", "the file is empty")
    ]


def test_junit_replaces_what_xml_cannot_hold(book: gouji.Book) -> None:
    report = book.bind({"申请/新收/自然人": "4\x01\ud8001", "申请/新收/总计": "5"}, year=2024, agency="某\x0b局")
    (suite,) = suites(Run([book.check(report)]))
    properties = {one.get("name"): one.get("value") for one in suite.iter("property")}
    assert properties["agency"] == "某\ufffd局"
    assert any("4\ufffd\ufffd1" in "".join(case.itertext()) for case in suite.findall("testcase"))


def test_an_absent_row_is_told_at_each_of_its_cells(book: gouji.Book, tmp_path: Path) -> None:
    text = (ROOT / "docs" / "examples" / "2024.txt").read_text("utf-8")
    lines = [line for line in text.split("\n") if not line.startswith("2.重复申请")]
    file = tmp_path / "short.txt"
    file.write_text("\n".join(lines), "utf-8")
    (suite,) = suites(Run([book.check(gouji.read(file, book))]))
    told = [case for case in suite if case.get("classname") == "cells" and len(case)]
    assert len(told) == 7 and {case[0].get("message") for case in told} == {"undetermined: the row is absent"}


# Values between commas


def test_csv_is_for_excel_and_no_formula_gets_through(book: gouji.Book, tmp_path: Path) -> None:
    report = book.bind({"申请/新收/自然人": "=1+1\n2"}, year=2024, agency="=某局")
    printed = Run([book.check(report)]).render("csv")
    assert printed.startswith("\ufeffsource,agency")
    table = list(csv.DictReader(io.StringIO(printed.removeprefix("\ufeff"), newline="")))
    assert table and {row["agency"] for row in table} == {"'=某局"}
    assert not [value for row in table for value in row.values() if value.startswith(("=", "@"))]


def test_machines_get_utf8_from_the_command(tmp_path: Path) -> None:
    for style in ("csv", "junit", "sarif"):
        done = command("check", "docs/examples/2024.txt", "--format", style)
        assert done.returncode == 0 and done.stdout.decode("utf-8-sig").startswith(("source", "<?xml", "{"))


# Frames


def test_a_frame_has_a_row_for_each_finding_and_types(book: gouji.Book, tmp_path: Path) -> None:
    result = broken(book, tmp_path)
    frame = result.to_frame()
    assert isinstance(frame, polars.DataFrame) and tuple(frame.columns) == COLUMNS
    assert len(frame) == len(result.findings)
    assert {name: str(kind) for name, kind in frame.schema.items() if str(kind) != "String"} == {"year": "Int64"}
    row = frame.filter(polars.col("rule") == "收支平衡").to_dicts()[0]
    assert (row["left"], row["right"], row["difference"], row["year"]) == ("49", "46", "3", 2024)
    assert clean(book).to_frame().schema == frame.schema


@pytest.mark.parametrize("backend", ["pandas", "pyarrow"])
def test_a_frame_of_another_library_holds_the_same(backend: Any, book: gouji.Book, tmp_path: Path) -> None:
    result = broken(book, tmp_path)
    frame = result.to_frame(backend=backend)
    rows = frame.to_dict("records") if backend == "pandas" else frame.to_pylist()
    assert [row["message"] for row in rows] == [finding.message for finding in result.findings]


def test_an_unknown_or_absent_library_is_told(book: gouji.Book, monkeypatch: pytest.MonkeyPatch) -> None:
    unknown: Any = "spark"
    with pytest.raises(ValueError, match="backend is one of polars, pandas, pyarrow, not 'spark'"):
        clean(book).to_frame(backend=unknown)
    for absent, wanted in {"narwhals": r"pip install 'gouji\[frames\]'$", "polars": r"frames\]' polars$"}.items():
        with monkeypatch.context() as patch:
            patch.setitem(sys.modules, absent, None)
            with pytest.raises(ModuleNotFoundError, match=wanted):
                clean(book).to_frame()
