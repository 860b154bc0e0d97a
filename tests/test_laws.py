"""Laws of the language: what is printed reads back, what is formatted means the same, and only problems escape."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import gouji
from conformance.runner import FOLDER, cases
from conftest import ROOT
from gouji.language import nodes
from gouji.language.parser import parse
from gouji.language.printer import format_source, formula, print_file
from gouji.language.rulebook import load_text
from gouji.sources import Source
from strategies import expressions

HEAD = 'form "f"\n  edition 1\n  years 2000..\n\nrule r "s"\n  '
TEXTS = {path.name: path.read_text("utf-8") for path in (ROOT / "rules").rglob("*.rules")}
TEXTS |= {f"{case.file}: {case.name}": case.rules for file in sorted(FOLDER.glob("*.cases")) for case in cases(file)}


@given(expressions)
def test_a_printed_formula_reads_back_as_the_same_nodes(node: nodes.Expression) -> None:
    file, problems = parse(Source("made", f"{HEAD}{formula(node)}\n"))
    assert not problems and file is not None
    rule = file.items[0]
    assert isinstance(rule, nodes.Rule) and rule.body == node


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_formatted_file_is_the_same_file_and_stays_as_it_is(text: str) -> None:
    source = Source("made", text)
    file, problems = parse(source)
    if problems or file is None:
        return
    formatted = format_source(source, file)
    again, problems = parse(Source("formatted", formatted))
    assert not problems and again == file
    assert format_source(Source("formatted", formatted), again) == formatted
    assert parse(Source("printed", print_file(file)))[0] == file


def test_comments_stay_where_they_stood() -> None:
    text = TEXTS["2021.rules"].replace("  count 件\n", "  # 说明\n  count 件  # 件数\n", 1)
    source = Source("made", text)
    file, _ = parse(source)
    assert file is not None and format_source(source, file) == text


@given(st.text(max_size=200))
def test_only_problems_come_of_any_text(text: str) -> None:
    edition, problems = load_text(Source("any", text), "any")
    assert edition is None and problems


@given(st.sampled_from(sorted(TEXTS)), st.integers(0, 5000), st.text('甲合计一()[]{}*"#= \n', max_size=5))
def test_only_problems_come_of_a_rule_file_with_a_piece_changed(name: str, at: int, piece: str) -> None:
    text = TEXTS[name]
    at %= len(text)
    edition, problems = load_text(Source("any", text[:at] + piece + text[at + len(piece) :]), "any")
    assert edition is not None or problems
    assert all(str(problem) for problem in problems)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_only_report_errors_come_of_any_bytes(data: bytes) -> None:
    with pytest.raises(gouji.ReportError):
        gouji.read(data, gouji.load("cn-disclosure"))


def test_a_rule_that_means_the_same_has_the_same_core() -> None:
    one, _ = load_text(Source("a.rules", TEXTS["2021.rules"]), "a")
    other, _ = load_text(Source("a.rules", TEXTS["2021.rules"].replace(" + ", " ＋ ").replace("sum(", "sum （")), "a")
    assert one is not None and other is not None
    assert [evolve(rule, at="") for rule in one.rules] == [evolve(rule, at="") for rule in other.rules]
