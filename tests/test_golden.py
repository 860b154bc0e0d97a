"""Real published figures against every identity of the form."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import attrs
import pydantic
import pytest

import gouji
from conftest import ROOT, figures

SHARED = ROOT.parent / "shared" / "seed"


@pytest.mark.parametrize("name", ["2023-suqian", "2024-suqian", "2024-yaohai"])
def test_a_report_alone_passes_all_but_the_cross_year_checks(book: gouji.Book, name: str) -> None:
    counts = book.check(book.bind(figures(name))).counts
    assert counts == {
        "expected": 274, "pass": 244, "fail": 0, "undetermined": 0, "not_applicable": 30, "waived": 0, "error": 0,
    }  # fmt: skip


def test_with_the_year_before_all_255_checks_of_the_tables_pass(book: gouji.Book) -> None:
    before, report = book.bind(figures("2023-suqian")), book.bind(figures("2024-suqian"))
    result = book.check(report, previous=before)
    assert result.ok and result.counts["pass"] == 255
    assert all(rule.startswith("正文") for rule, counts in result.rules.items() if counts["not_applicable"])


def test_the_amount_is_exact(book: gouji.Book) -> None:
    report = book.bind(figures("2024-suqian"))
    assert report.text(report.form.at[("主动公开", ("行政事业性收费",), ("收费金额",))]) == "72701.2578"


def test_the_example_reads_as_the_figures_it_prints(book: gouji.Book) -> None:
    report = gouji.read(ROOT / "docs" / "examples" / "2024.txt", book)
    assert (report.agency, report.year, report.notes) == ("瑶海区人民政府办公室", 2024, ())
    assert report.values == book.bind(figures("2024-yaohai")).values


# A clone alone lacks that folder; the example above holds the figures of the same report.
@pytest.mark.skipif(not SHARED.is_dir(), reason="the folder with the published report is absent")
def test_the_published_report_is_read_cell_for_cell(book: gouji.Book) -> None:
    report = gouji.read(next(SHARED.glob("*.txt")), book)
    assert (report.agency, report.year, report.notes, report.unplaced) == ("瑶海区人民政府办公室", 2024, (), ())
    assert report.values == book.bind(figures("2024-yaohai")).values
    assert book.check(report).counts["pass"] == 251  # seven figures of the prose among them


def nested(report: gouji.Report) -> dict[str, object]:
    """The report as nested dictionaries under the names of the rule file."""
    whole: dict[str, object] = {}
    for key, value in report.to_row().items():
        *path, last = key.split("/")
        inner: Any = whole
        for part in path:
            inner = inner.setdefault(part, {})
        inner[last] = value
    return whole


def as_object(value: object) -> object:
    if not isinstance(value, dict):
        return value
    return SimpleNamespace(**{key: as_object(inner) for key, inner in value.items()})


def as_attrs(value: object) -> object:
    if not isinstance(value, dict):
        return value
    names = {f"x{i}": key for i, key in enumerate(value)}
    kind = attrs.make_class("Made", list(value))
    return kind(**{key: as_attrs(value[key]) for key in names.values()})


def as_model(value: object) -> object:
    if not isinstance(value, dict):
        return value
    create: Any = pydantic.create_model  # whose types know no model with fields that are named at run time
    made: object = create("Made", **dict.fromkeys(value, (object, ...)))(
        **{key: as_model(inner) for key, inner in value.items()}
    )
    return made


@pytest.mark.parametrize("shape", [dict, as_object, as_attrs, as_model], ids=["dict", "plain", "attrs", "pydantic"])
def test_any_object_binds_to_the_same_values(book: gouji.Book, shape: Callable[[Any], object]) -> None:
    report = book.bind(figures("2024-suqian"))
    made = book.bind(shape(nested(report)), year=2024)
    assert made.values == report.values and not made.unplaced
    assert book.bind(report.to_row(), year=2024).values == report.values


def test_a_finding_shows_formula_difference_cells_places_and_clause(book: gouji.Book, tmp_path: Path) -> None:
    text = (ROOT / "docs" / "examples" / "2024.txt").read_text("utf-8")
    file = tmp_path / "changed.txt"
    file.write_text(text.replace("结转下年度继续办理\t2", "结转下年度继续办理\t3"), "utf-8")
    finding = next(f for f in book.check(gouji.read(file, book)).findings if f.rule == "收支平衡")
    assert finding.message == "第一项加第二项之和，等于第三项加第四项之和: 41 + 5 = 46, but 44 + 3 = 47"
    assert (finding.left, finding.right, finding.difference) == ("46", "47", "-1")
    assert finding.clause == "国办公开办函〔2021〕30号"
    assert finding.rule_at.startswith("cn-disclosure/2021.rules:")
    last = finding.cells[-1]
    assert (last.label, last.printed, last.value) == ("四、结转下年度继续办理 / 自然人", "3", "3")
    assert text.split("\n")[int(last.place.removeprefix("line ")) - 1].startswith("四、结转下年度")


SENTENCES = (ROOT / "tests" / "cases" / "sentences.txt").read_text("utf-8").splitlines()[1:]


@pytest.mark.parametrize("line", SENTENCES)
def test_a_sentence_fires_only_where_its_figure_differs(line: str, book: gouji.Book) -> None:
    expected, sentence = line.split(" ", 1)
    report = book.bind({**figures("2024-suqian"), "narrative": {"总体情况": sentence}})
    findings = book.check(report, previous=book.bind(figures("2023-suqian"))).findings
    assert ("fires" if any(finding.rule.startswith("正文") for finding in findings) else "ok") == expected
