"""`gouji check --jobs`: chunks over processes, files whole or not there, a run that goes on where it stopped."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import polars
import pytest

import gouji
from conftest import ROOT, figures
from gouji.commands import checking, streaming, tables
from gouji.commands.streaming import Options, stream
from gouji.commands.tally import Tally
from test_frame_parts import whole

BOOK = gouji.load("cn-disclosure")
ROW = BOOK.bind(figures("2024-suqian")).to_row()
NOTHING = dict.fromkeys(ROW, 0)


def reports(many: int) -> list[dict[str, Any]]:
    """Reports of which every seventh does not tie and every eleventh has a blank."""
    found = []
    for number in range(many):
        row: dict[str, Any] = dict(ROW)
        if number % 7 == 0:
            row["申请/新收/自然人"] = number
        if number % 11 == 0:
            row["申请/新收/总计"] = None
        found.append({"year": 2024, "agency": f"第{number}局", "tables": row})
    return found


def lines(file: Path, many: int) -> Path:
    file.write_text("".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in reports(many)), "utf-8")
    return file


def options(style: str = "csv", **more: Any) -> Options:
    chosen: dict[str, Any] = {"edition": None, "year": None, "previous": (), "blank": None, "strict": False}
    return Options(**{"rules": "cn-disclosure", "style": style, "lang": "en", **chosen, **more})


def told(folder: Path) -> list[tuple[str, ...]]:
    """The findings in a folder, as source, rule, outcome and numbers."""
    names = ("agency", "rule", "outcome", "at", "left", "right", "difference")
    found: list[tuple[str, ...]] = []
    for file in sorted(folder.iterdir()):
        if file.suffix == ".csv":
            text = file.read_text("utf-8").removeprefix("\ufeff")
            found += [tuple(row[n] for n in names) for row in csv.DictReader(io.StringIO(text, newline=""))]
        if file.suffix == ".jsonl":
            rows = map(json.loads, file.read_text("utf-8").splitlines())
            found += [tuple(str(row[n] or "") if row[n] != 0 else "0" for n in names) for row in rows]
    return found


def wanted(many: int) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for one in reports(many):
        for f in BOOK.check(BOOK.bind(one)).findings:
            at = "; ".join(f"{variable}={value}" for variable, value in f.at.items())
            found.append((one["agency"], f.rule, f.outcome, at, f.left or "", f.right or "", f.difference or ""))
    return found


@pytest.mark.parametrize(("style", "jobs"), [("csv", 1), ("jsonl", 1), ("csv", 2)])
def test_the_findings_of_all_chunks_are_those_of_each_report(
    tmp_path: Path, style: str, jobs: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if jobs == 1:
        monkeypatch.setattr(streaming, "LINES", 7)
    file, out = lines(tmp_path / "r.jsonl", 40), tmp_path / "out"
    assert stream((str(file),), str(out), jobs, options(style)) == 1
    assert told(out) == wanted(40) != []
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == "40 reports: 31 pass, 6 fail, 3 undetermined"
    assert len(list(out.iterdir())) == 2 * (1 if jobs == 2 else 6)


def test_parquet_is_written_whole(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert stream((str(lines(tmp_path / "r.jsonl", 8)),), str(out), 1, options("parquet")) == 1
    (file,) = out.glob("*.parquet")
    frame = polars.read_parquet(file)
    assert frame["agency"].to_list() == [agency for agency, *_ in wanted(8)]


@pytest.mark.parametrize("style", ["csv", "jsonl", "parquet"])
def test_a_table_is_checked_in_shares_that_hold_the_years_of_a_body_together(
    tmp_path: Path, style: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tables, "ROWS", 4)
    rows = [
        {
            "report": f"{number}",
            "agency": f"第{number // 2}局",
            "year": 2023 + number % 2,
            **ROW,
            "申请/新收/自然人": value,
        }
        for number, value in enumerate([3440, 3440, 1, 3440, 3440, None, 3440, 7])
    ]
    table = polars.DataFrame(rows)
    table.write_parquet(tmp_path / "r.parquet")
    out = tmp_path / "out"
    assert stream((str(tmp_path / "r.parquet"),), str(out), 1, options(style)) == 1
    files = sorted(out.glob(f"*.{style}"))
    assert len(files) == 2
    wanted = BOOK.check_frame(table).select("report", "rule", "at", "outcome", "difference").rows()
    if style == "csv":
        found = [row for file in files for row in csv.DictReader(io.StringIO(file.read_text("utf-8-sig"), newline=""))]
    elif style == "jsonl":
        found = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    else:
        found = [row for file in files for row in polars.read_parquet(file).rows(named=True)]
    names = ("report", "rule", "at", "outcome", "difference")
    told = sorted(tuple(row[name] or "" for name in names) for row in found)
    assert told == sorted(tuple(value or "" for value in row) for row in wanted) != []
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("8 reports: ") and "0 pass" not in last


NAMES = """\
form "f"
  edition 1
  years 2020..

agency "新甲" | "旧甲"
agency "新乙" | "旧乙"
agency "新丙" | "旧丙"
agency "新丁" | "旧丁"

table t "t"
  count 件
  columns
    a
  rows
    r

  rule 衔接 "s"
    every row
    a = previous(a)
"""


def test_a_body_under_its_old_name_is_in_one_share_and_what_names_none_in_any(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tables, "ROWS", 1)
    (tmp_path / "f.rules").write_text(NAMES, "utf-8")
    bodies = [*("旧" + name for name in "甲乙丙丁"), *("新" + name for name in "甲乙丙丁"), *[None] * 8]
    rows = [
        {"report": f"r{at}", "agency": name, "year": 2020 + (at > 3), "t/r/a": at} for at, name in enumerate(bodies)
    ]
    polars.DataFrame(rows).write_parquet(tmp_path / "r.parquet")
    chosen = options("parquet", rules=str(tmp_path / "f.rules"))
    assert stream((str(tmp_path / "r.parquet"),), str(tmp_path / "out"), 1, chosen) == 1
    found = polars.concat(polars.read_parquet(file) for file in (tmp_path / "out").glob("*.parquet"))
    assert sorted(found["report"]) == ["r4", "r5", "r6", "r7"]
    sizes = [json.loads(file.read_text("utf-8"))["reports"] for file in (tmp_path / "out").glob("*.json")]
    assert len(sizes) == sum(sizes) == 16 and max(sizes) < 8
    assert "16 reports: 12 pass, 4 fail, 0 undetermined" in capsys.readouterr().out


def test_reports_of_one_name_are_counted_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"report": "same", "year": 2024, **ROW, "申请/新收/自然人": 1}] * 3
    polars.DataFrame([*rows, {**rows[0], "report": "other", **ROW}]).write_parquet(tmp_path / "r.parquet")
    assert stream((str(tmp_path),), str(tmp_path / "out"), 1, options()) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "4 reports: 1 pass, 3 fail, 0 undetermined"


def test_reports_of_a_long_table_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tables, "ROWS", 2)
    cells = [
        (f"r{at}", cell, 7 if not at and cell.position == 20 else 0)
        for at in range(5)
        for cell in BOOK.form(2024).cells
    ]
    long = [{"report": name, "year": 2024, "table": cell.table.name, "row": "/".join(cell.row),
             "column": "/".join(cell.column), "value": value} for name, cell, value in cells]  # fmt: skip
    polars.DataFrame(long).write_parquet(tmp_path / "r.parquet")
    assert stream((str(tmp_path / "r.parquet"),), str(tmp_path / "out"), 1, options()) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "5 reports: 4 pass, 1 fail, 0 undetermined"
    assert len(list((tmp_path / "out").glob("*.csv"))) == 3


def test_a_table_of_parts_is_not_divided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "ROWS", 1)
    whole(BOOK, **{"主动公开/规章/现行有效": 7}).write_parquet(tmp_path / "r.parquet")
    out = tmp_path / "out"
    assert stream((str(tmp_path / "r.parquet"),), str(out), 1, options("parquet")) == 1
    (file,) = out.glob("*.parquet")
    assert polars.read_parquet(file).select("report", "rule", "at").rows() == [("甲市", "parts", "规章 现行有效")]


def test_a_table_that_cannot_be_used_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 no")
    polars.DataFrame({"report": ["a"], "year": [2024], "x": [1]}).write_parquet(tmp_path / "other.parquet")
    assert stream((str(tmp_path),), str(tmp_path / "out"), 1, options()) == 2
    told = capsys.readouterr().err
    assert f"{tmp_path / 'broken.parquet'}: the table cannot be read: " in told
    assert f"{tmp_path / 'other.parquet'}: " in told and "200 cells" in told


def test_a_second_run_does_only_what_is_missing_or_has_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "LINES", 10)
    file, out = lines(tmp_path / "r.jsonl", 30), tmp_path / "out"
    stream((str(file),), str(out), 1, options())
    done: list[int] = []
    work = streaming._work

    def counted(chunk: streaming.Chunk, folder: Path) -> Tally:
        done.append(chunk.number)
        return work(chunk, folder)

    monkeypatch.setattr(streaming, "_work", counted)
    stream((str(file),), str(out), 1, options())
    assert done == []
    next(out.glob("000001-*.counts.json")).unlink()
    next(out.glob("000002-*.counts.json")).write_text("{half")
    assert stream((str(file),), str(out), 1, options()) == 1 and done == [1, 2]
    stream((str(file),), str(out), 1, options(blank="zero"))
    assert done == [1, 2, 0, 1, 2] and len(list(out.iterdir())) == 6
    with file.open("a") as more:
        more.write(json.dumps(reports(1)[0], ensure_ascii=False) + "\n")
    stream((str(file),), str(out), 1, options())
    assert len(told(out)) == len(wanted(30)) + len(wanted(1))


def test_what_a_run_wrote_is_no_report_of_the_next_and_goes_where_it_is_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(streaming, "LINES", 10)
    file, out = lines(tmp_path / "r.jsonl", 30), tmp_path / "out"
    stream((str(tmp_path),), str(out), 1, options())
    (out / ".000001-0123456789ab.csv.77").write_text("half")
    (out / ".mine.csv").write_text("kept")
    lines(file, 10)
    stream((str(tmp_path),), str(out), 1, options())
    assert capsys.readouterr().out.splitlines()[-1].startswith("10 reports: ")
    assert len(list(out.iterdir())) == 3 and (out / ".mine.csv").read_text() == "kept"


def test_every_problem_is_told_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "r.jsonl").write_text("{\n" * 150)
    assert stream((str(tmp_path),), str(tmp_path / "out"), 1, options()) == 2
    caught = capsys.readouterr()
    assert caught.err.count("r.jsonl:") == 150
    assert caught.out.splitlines()[-1].endswith("; 150 that cannot be used")


def test_the_year_before_is_read_by_every_process_and_its_problems_are_told_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, own = tmp_path / "before", tmp_path / "own"
    for folder, year in ((before, 2023), (own, 2024)):
        folder.mkdir()
        text = json.dumps({"year": year, "agency": "某局", "tables": ROW}, ensure_ascii=False)
        (folder / "r.jsonl").write_text(f"{text}\n", "utf-8")
    (before / "x.txt").write_text("nothing")
    chosen = options(previous=(str(before),))
    assert stream((str(own),), str(tmp_path / "out"), 2, chosen) == 2
    caught = capsys.readouterr()
    assert caught.err.count("x.txt") == 1 and "结转衔接" in caught.out


def years(folder: Path) -> Path:
    """Two years of bodies, in lines and documents: one carries over what it had, one does not, some are in doubt."""
    folder.mkdir()
    reports = [("甲局", 2023, 41), ("乙局", 2023, 41), ("丙局", 2023, 41), ("丙局", 2023, 42), ("丁局", 2023, 41),
               ("丁局", 2023, 41), ("甲局", 2024, 41), ("乙局", 2024, 42), ("丙局", 2024, 43), ("丁局", 2024, 42),
               ("", 2024, 43), ("戊局", 2022, 7), ("", 2023, 8), ("乙局", 2025, 43), ("\ud800", 2024, 1)]  # fmt: skip
    texts = []
    for agency, year, number in reports:
        tables = NOTHING | {"申请/上年结转/自然人": number, "申请/结转下年/自然人": number}
        texts.append(json.dumps({"year": year, "agency": agency, "tables": tables}))
    (folder / "r.jsonl").write_text("".join(f"{text}\n\n" for text in texts[:9]), "utf-8")
    for number, text in enumerate(texts[9:]):
        (folder / f"{number}.json").write_text(text, "utf-8")
    return folder


def in_one_run(folder: Path, file: Path, *previous: str) -> list[tuple[str, ...]]:
    """What `check` tells of a folder without --jobs."""
    given: dict[str, Any] = {"rules": "cn-disclosure", "edition": None, "year": None, "previous": previous, "parts": (),
                             "partial": False, "blank": None, "waivers": None, "filling": False}  # fmt: skip
    checking.check((str(folder),), **given, style="csv", output=str(file), strict=False)
    return sorted(map(tuple, csv.reader(io.StringIO(file.read_text("utf-8-sig"), newline=""))))


def in_chunks(out: Path) -> list[tuple[str, ...]]:
    """The lines of all tables of a streamed run."""
    texts = [io.StringIO(file.read_text("utf-8-sig"), newline="") for file in out.glob("*.csv")]
    return sorted({tuple(row) for text in texts for row in csv.reader(text)})


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_years_of_a_body_are_paired_across_chunks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    if jobs == 1:
        monkeypatch.setattr(streaming, "LINES", 4)
        monkeypatch.setattr(streaming, "FILES", 2)
    folder, out = years(tmp_path / "in"), tmp_path / "out"
    stream((str(folder),), str(out), jobs, options())
    wanted = in_one_run(folder, tmp_path / "one.csv")
    assert in_chunks(out) == wanted
    told = {(row[1], row[2]) for row in wanted if row[5] == "结转衔接"}
    assert told == {("乙局", "2024"), ("乙局", "2025"), ("丁局", "2024"), ("", "2023")}


def test_a_chunk_is_paired_once_and_again_when_the_year_before_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(streaming, "FILES", 1)
    (tmp_path / "in").mkdir()
    for year, number in ((2023, 41), (2024, 42)):
        tables = NOTHING | {"申请/上年结转/自然人": number, "申请/结转下年/自然人": number}
        text = json.dumps({"year": year, "agency": "甲局", "tables": tables}, ensure_ascii=False)
        (tmp_path / "in" / f"{year}.json").write_text(text, "utf-8")
    done: list[tuple[int, bool]] = []
    work = streaming._work

    def noted(chunk: streaming.Chunk, at: Path) -> Tally:
        done.append((chunk.number, bool(chunk.before)))
        return work(chunk, at)

    monkeypatch.setattr(streaming, "_work", noted)

    def run() -> list[tuple[str, ...]]:
        done.clear()
        stream((str(tmp_path / "in"),), str(tmp_path / "out"), 1, options())
        return [row for row in in_chunks(tmp_path / "out") if row[5] == "结转衔接"]

    assert len(run()) == 1 and done == [(0, False), (1, False), (1, True)]
    assert capsys.readouterr().out.splitlines()[-1].startswith("2 reports: ")
    files = sorted(file.name for file in (tmp_path / "out").iterdir())
    assert len(files) == 5 and len([name for name in files if name.endswith(".csv")]) == 2
    assert len(run()) == 1 and done == []
    next((tmp_path / "out").glob("000001-*-*.counts.json")).unlink()
    assert len(run()) == 1 and done == [(1, True)]
    earlier = tmp_path / "in" / "2023.json"
    earlier.write_text(earlier.read_text("utf-8").replace("41", "42"), "utf-8")
    assert run() == [] and done == [(0, False), (1, True)]
    earlier.unlink()
    assert run() == [] and done == [(0, False)] and len(list((tmp_path / "out").iterdir())) == 2


@pytest.mark.parametrize("agency", ["丙局", "己局", ""])
def test_a_report_of_the_year_before_beside_the_run_is_weighed_with_those_in_it(tmp_path: Path, agency: str) -> None:
    folder, before, out = years(tmp_path / "in"), tmp_path / "before", tmp_path / "out"
    before.mkdir()
    text = json.dumps({"year": 2023, "agency": agency, "tables": NOTHING | {"申请/结转下年/自然人": 40}})
    (before / "p.json").write_text(text, "utf-8")
    stream((str(folder),), str(out), 1, options(previous=(str(before),)))
    assert in_chunks(out) == in_one_run(folder, tmp_path / "one.csv", str(before))


def one(folder: Path, name: str, year: int, number: int) -> None:
    """A document of a body that carries over so much."""
    folder.mkdir(exist_ok=True)
    tables = NOTHING | {"申请/上年结转/自然人": number, "申请/结转下年/自然人": number}
    (folder / name).write_text(json.dumps({"year": year, "agency": "甲局", "tables": tables}), "utf-8")


@pytest.mark.parametrize("year", [2022, None])
def test_what_was_paired_and_is_no_more_has_its_findings_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, year: int | None
) -> None:
    monkeypatch.setattr(streaming, "FILES", 1)
    folder, out = tmp_path / "in", tmp_path / "out"
    one(folder, "a.json", 2024, 41)
    one(folder, "b.json", 2023, 42)
    stream((str(folder),), str(out), 1, options())
    assert {row[5] for row in in_chunks(out)} >= {"结转衔接"}
    if year:
        one(folder, "b.json", year, 42)
    else:
        (folder / "b.json").unlink()
    stream((str(folder),), str(out), 1, options())
    wanted = in_one_run(folder, tmp_path / "one.csv")
    assert in_chunks(out) == wanted and "结转衔接" not in {row[5] for row in wanted}
    for file in out.glob("*.csv"):
        file.unlink()
    stream((str(folder),), str(out), 1, options())
    assert in_chunks(out) == wanted


def test_a_changed_report_of_the_year_before_is_asked_again(tmp_path: Path) -> None:
    one(tmp_path / "in", "a.json", 2024, 41)
    one(tmp_path / "before", "p.json", 2023, 41)
    chosen = options(previous=(str(tmp_path / "before"),))
    for number in (41, 42):
        one(tmp_path / "before", "p.json", 2023, number)
        stream((str(tmp_path / "in"),), str(tmp_path / "out"), 1, chosen)
        told = {row[5] for row in in_chunks(tmp_path / "out")}
        assert ("结转衔接" in told) == (number == 42)


def test_changed_rules_are_asked_again(tmp_path: Path) -> None:
    rules, report = tmp_path / "f.rules", tmp_path / "r.json"
    report.write_text(json.dumps({"year": 2020, "agency": "某局", "tables": {"t/r/a": 3}}), "utf-8")
    for text, status in ((NAMES, 0), (NAMES.replace("a = previous(a)", "a <= 2"), 1)):
        rules.write_text(text, "utf-8")
        assert stream((str(report),), str(tmp_path / "out"), 1, options(rules=str(rules))) == status


@pytest.mark.parametrize("out", ["in", "."])
def test_findings_may_be_written_where_the_reports_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], out: str
) -> None:
    one(tmp_path / "in", "a.json", 2024, 0)
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        assert stream(("in",), out, 1, options()) == 0
        assert capsys.readouterr().out.splitlines()[-1].startswith("1 reports: 1 pass")


def test_a_run_without_reports_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "r.jsonl").write_text("")
    assert stream((str(tmp_path),), str(tmp_path / "out"), 1, options()) == 2
    assert capsys.readouterr().err == f"no report stands in {tmp_path}\n"


# Linux alone lists the processes that another began there, and no library that does it elsewhere is worth one test.
@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="finds the processes in /proc")
def test_a_process_that_is_stopped_is_told(tmp_path: Path) -> None:
    file, out = lines(tmp_path / "r.jsonl", 20_000), tmp_path / "out"
    command = [sys.executable, "-m", "gouji.cli", "check", str(file), "--jobs", "2", "-o", str(out), "--lang", "en"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as running:
        until = time.monotonic() + 60
        while not list(out.glob("*.counts.json")) and time.monotonic() < until:
            time.sleep(0.02)
        children = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()
        os.kill(int(children[-1]), signal.SIGKILL)
        told = running.communicate()[1]
    assert running.returncode == 2 and told.startswith("one of the processes was stopped\nthe memory may be too small")


def test_a_table_and_lines_are_counted_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines(tmp_path / "r.jsonl", 8)
    row = {"report": "t", "year": 2024, **ROW, "申请/新收/自然人": 1}
    polars.DataFrame([row]).write_parquet(tmp_path / "t.parquet")
    assert stream((str(tmp_path),), str(tmp_path / "out"), 1, options()) == 1
    told = capsys.readouterr().out.splitlines()
    assert [line.split() for line in told if line.startswith("收支平衡")] == [["收支平衡", "59", "3", "1", "0"]]
    assert told[-1] == "9 reports: 6 pass, 3 fail, 0 undetermined"


def test_a_table_of_which_nothing_could_be_used_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    polars.DataFrame([{"report": "t", "year": 2024, **ROW}]).write_parquet(tmp_path / "t.parquet")
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "polars", None)
        assert stream((str(tmp_path),), str(tmp_path / "out"), 1, options()) == 2
    assert "data frames need polars" in capsys.readouterr().err
    assert stream((str(tmp_path),), str(tmp_path / "out"), 1, options()) == 0


def test_a_table_says_its_years_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    polars.DataFrame([{"report": "t", "year": 2024, **ROW}]).write_parquet(tmp_path / "t.parquet")
    assert stream((str(tmp_path),), str(tmp_path / "out"), 1, options(year=2023)) == 2
    assert capsys.readouterr().err.startswith("a table of reports says its years itself")


def test_a_run_that_is_killed_leaves_whole_files_and_is_gone_on_with(tmp_path: Path) -> None:
    file, out = lines(tmp_path / "r.jsonl", 12_000), tmp_path / "out"
    command = [sys.executable, "-m", "gouji.cli", "check", str(file), "--jobs", "2", "-o", str(out)]
    nowhere = subprocess.DEVNULL
    with subprocess.Popen(command, start_new_session=True, stdout=nowhere, stderr=nowhere) as running:
        until = time.monotonic() + 60
        while not list(out.glob("*.counts.json")) and time.monotonic() < until:
            time.sleep(0.02)
        os.killpg(running.pid, signal.SIGKILL)
    finished = len(list(out.glob("*.counts.json")))
    assert 0 < finished < 6
    for counts in out.glob("*.counts.json"):
        assert json.loads(counts.read_text("utf-8"))["reports"] == 2000
    before = {path: path.stat().st_mtime_ns for path in out.glob("*.counts.json")}
    again = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert again.returncode == 1 and again.stdout.splitlines()[-1].startswith("12000 reports: ")
    assert {path: path.stat().st_mtime_ns for path in before} == before
    whole = tmp_path / "whole"
    assert stream((str(file),), str(whole), 1, options(rules=None)) == 1
    assert told(out) == told(whole)


def test_what_cannot_be_used_is_told_with_its_line_and_the_rest_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = lines(tmp_path / "r.jsonl", 3)
    with file.open("a") as more:
        more.write('\n{"year": \n')
    (tmp_path / "x.txt").write_text("nothing")
    assert stream((str(tmp_path),), str(tmp_path.parent / "out-of-bad"), 1, options()) == 2
    caught = capsys.readouterr()
    assert f"{file}:5: line 2" in caught.err and "x.txt" in caught.err
    assert caught.out.splitlines()[-1] == "3 reports: 2 pass, 1 fail, 0 undetermined; 2 that cannot be used"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--jobs", "2"], "with --jobs the findings are written to a folder"),
        (
            ["--jobs", "2", "--format", "html", "-o", "x"],
            "with --jobs the format is one of csv, jsonl, parquet, not html",
        ),
        (["--jobs", "2", "-o", "x", "--fill", "--waivers", "w"], "with --jobs there is no --waivers, --fill"),
        (["--jobs", "2", "-o", "/dev/null/x"], "cannot be written"),
        (["--jobs", "2", "-o", "x", "--rules", "nowhere"], "there is no form"),
    ],
)
def test_what_a_streamed_run_needs_is_told(tmp_path: Path, arguments: list[str], message: str) -> None:
    command = [sys.executable, "-m", "gouji.cli", "check", str(ROOT / "docs" / "examples" / "2024.txt"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, cwd=tmp_path)
    assert done.returncode == 2 and message in done.stderr


def test_a_file_that_is_gone_when_its_chunk_is_read_is_told(tmp_path: Path) -> None:
    assert stream((str(tmp_path / "none.jsonl"),), str(tmp_path / "out"), 1, options()) == 2
