"""What the pages show is so: rule files load, Python runs, and the table of operators is the one of the source."""

from __future__ import annotations

import functools
import re
import subprocess
import sys

import pytest

from conformance.runner import Case, outcome
from conftest import ROOT
from gouji.book import Book
from gouji.language.operators import OPERATORS
from gouji.language.parser import parse
from gouji.language.printer import format_source
from gouji.language.rulebook import load_text
from gouji.sources import Source

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(kind: str) -> list[tuple[str, str]]:
    pattern = re.compile(rf"^```{kind}\n(.*?)^```", re.M | re.S)
    return [(page.name, block) for page in PAGES for block in pattern.findall(page.read_text("utf-8"))]


RULES, PYTHON = blocks("rules"), blocks("python")
COOKBOOK = ROOT / "docs" / "cookbook.md"
RECIPE = re.compile(r"^## (.*?)\n.*?```rules\n(.*?)```\n\n```case\n(.*?)```", re.M | re.S)


def recipes() -> list[Case]:
    found = RECIPE.findall(COOKBOOK.read_text("utf-8"))
    return [
        Case(
            "cookbook", name, rules, tuple(line[2:] for line in lines.split("\n") if line.startswith(": ")),
            tuple(line[3:] for line in lines.split("\n") if line.startswith("-> ")),
        )
        for name, rules, lines in found
    ]  # fmt: skip


@pytest.mark.parametrize("case", recipes(), ids=lambda case: case.name)
def test_a_recipe_comes_out_as_the_cookbook_says(case: Case, pytestconfig: pytest.Config) -> None:
    told = outcome(case)
    if pytestconfig.getoption("--rewrite"):
        text = COOKBOOK.read_text("utf-8")
        lines = "".join(f": {line}\n" for line in case.report)
        old, new = (lines + "".join(f"-> {line}\n" for line in lot) for lot in (case.expected, told))
        at = text.index(f"## {case.name}\n")
        COOKBOOK.write_text(text[:at] + text[at:].replace(old + "```", new + "```", 1), "utf-8")
    else:
        assert told == case.expected and told


def test_the_cookbook_holds_recipes() -> None:
    assert len(recipes()) == COOKBOOK.read_text("utf-8").count("\n## ") >= 12


def operator_table() -> str:
    lines = ["| operator | signature | meaning | example |", "| --- | --- | --- | --- |"]
    for operator in OPERATORS.values():
        signature, example = operator.signature.replace("|", "\\|"), operator.example.replace("|", "\\|")
        lines.append(f"| `{operator.name}` | {signature} | {operator.sentence} | `{example}` |")
    return "\n".join(lines)


@pytest.mark.parametrize(("page", "text"), RULES, ids=[page for page, _ in RULES])
def test_a_rule_file_on_a_page_loads_and_is_in_canonical_form(page: str, text: str) -> None:
    source = Source(page, text)
    edition, problems = load_text(source, "page")
    assert edition is not None and not problems
    file, _ = parse(source)
    assert file is not None and format_source(source, file) == text


def test_the_pages_hold_examples() -> None:
    assert len(RULES) >= 3 and len(PYTHON) >= 1


@pytest.mark.parametrize(("page", "text"), PYTHON, ids=[page for page, _ in PYTHON])
def test_python_on_a_page_runs(page: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    exec(compile(text, page, "exec"), {})


def test_the_language_page_shows_the_table_of_operators() -> None:
    page = ROOT / "docs" / "language.md"
    text = page.read_text("utf-8")
    shown = re.search(r"<!-- operators -->\n(.*?)<!-- end -->", text, re.S)
    assert shown is not None and shown[1].strip() == operator_table()


EXAMPLE = """form "f"
  edition 1
  years 2000..
table 收件 "x"
  count 件
  rows
    each 机构
  columns
    数
table 办结 "y"
  count 件
  rows
    each 机构
  columns
    数
table 表 "t"
  number 2
  rows
    一
  columns
    甲
    乙
    丙
    占比 percent 2
    编号 text
  rule r "s"
    every row
    {example}
"""


@pytest.mark.parametrize("name", OPERATORS)
def test_the_example_of_an_operator_is_a_rule_that_holds(name: str) -> None:
    example = OPERATORS[name].example
    text = EXAMPLE.format(example=example)
    if "before(" in example:
        text = text.replace("    every row\n", "    every row\n    every x of {甲, 乙, 丙} after first\n")
    if OPERATORS[name].name in ("given", "subset"):
        text = text.replace("    every row\n", "")
    edition, problems = load_text(Source("example", text), "example")
    assert edition is not None and not problems, "\n".join(map(str, problems))
    book = Book((edition,))
    figures = {"一": {"甲": 1, "乙": 2, "丙": 3, "占比": "0.33", "编号": "A12"}}
    partners = {"收件": {"a": {"数": 1}}, "办结": {"a": {"数": 1}}}
    before = book.bind({"year": 2023, "tables": {**partners, "一": {"丙": 1}}})
    given = None if example == OPERATORS["given"].example else before
    report = book.bind({**partners, **figures}, year=2024)
    result = book.check(report, previous=given, parts=[report] if name == "parts" else None)
    assert {v.outcome for v in result.verdicts if v.rule == "r"} == {"pass"}, example


COMMAND = re.compile(r"(?:^|`)(?:\.venv/bin/)?gouji ([a-z]+)([^`\n]*)", re.M)


@functools.cache
def options_of(verb: str) -> frozenset[str]:
    command = [sys.executable, "-m", "gouji.cli", verb, "--help"]
    told = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True).stdout
    return frozenset(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", told))


def test_every_command_on_a_page_exists_with_its_options() -> None:
    found = [
        (page.name, verb, option)
        for page in PAGES
        for verb, rest in COMMAND.findall(page.read_text("utf-8"))
        for option in ["", *re.findall(r"(?<![\w-])--?[a-z][a-z-]*", rest.split("#")[0])]
    ]
    assert len(found) > 40
    assert [one for one in found if one[2] and one[2] not in options_of(one[1])] == []


def test_every_page_is_linked_from_the_readme_or_another_page() -> None:
    text = "".join(page.read_text("utf-8") for page in PAGES)
    assert [page.name for page in PAGES[1:] if f"{page.name})" not in text and page.stem != "index"] == []
    index = (ROOT / "docs" / "index.md").read_text("utf-8")
    assert [page.name for page in PAGES[1:] if f"\n{page.stem}\n" not in index and page.stem != "index"] == []
