"""Formulas filled in and in words keep the structure of the rule that they tell."""

from __future__ import annotations

import re
import statistics
from contextlib import suppress
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gouji
from conftest import REPORTS
from gouji.book import Book
from gouji.findings.explain import Finding
from gouji.findings.spoken import Speech
from gouji.language import core
from gouji.language.rulebook import load_text
from gouji.messages import speaking
from gouji.sources import Source

FORM = """form "甲"
  edition 1
  years 2021..
  mark "/" skip

codes 级 {"省", "市"}

table t "T"
  count 件
  columns
    a
    b
    c
    d number 1
    k number 1
    e code 级
    f date
    g date
    h yesno
    i text
  rows
    r

"""
BARE = FORM.replace("count 件", "number 2 signed")


def book(*rules: str, form: str = FORM, functions: dict[str, Any] | None = None) -> Book:
    """A book of rules r0, r1 … of the table."""
    text = form + "".join(f'  rule r{n} "s"\n    every row\n    {rule}\n\n' for n, rule in enumerate(rules))
    edition, problems = load_text(Source("made", text), "made")
    assert edition is not None and not problems, problems
    return Book((edition,), functions or {})


def check(rule: str, functions: dict[str, Any] | None = None, form: str = FORM, **cells: object) -> Finding:
    """The finding of a rule on a report of one row."""
    plain = dict.fromkeys("abc", 1) | {
        "d": "1.0",
        "k": "2.0",
        "e": "省",
        "f": "2024-01-01",
        "g": "2024-01-01",
        "h": "yes",
        "i": "x",
    }
    made = book(rule, form=form, functions=functions)
    result = made.check(made.bind({"year": 2024, "tables": {f"t/r/{name}": v for name, v in (plain | cells).items()}}))
    return result.explain(next(v for v in result.verdicts if v.rule == "r0"))


# Filled in


@pytest.mark.parametrize(("rule", "formula"), [
    ("(a + b) * c = 0", "(2 + 3) * 4 = 20, but 0"),
    ("(a + b) / c = 0", "(2 + 3) / 4 = 1.25, but 0"),
    ("a / (b + c) * 7 = 0", "7 * 2 / (3 + 4) = 2, but 0"),
    ("a - max(b, c) = 0", "2 - max(3, 4) = -2, but 0"),
    ("a - (b + max(b, c)) = 0", "2 - (3 + max(3, 4)) = -5, but 0"),
    ("a / (b / c) = 0", "2 / (3 / 4) = 2.666666666667, but 0"),
    ("a / 3 = 1", "2 / 3 = 0.666666666667, but 1"),
    ("max(a, b + c) / 2 = 0", "max(2, 3 + 4) / 2 = 3.5, but 0"),
    ("0.25 * a = 0", "2 / 4 = 0.5, but 0"),
    ("(a = 1 or b = 1) and c = 4", "(2 = 1 or 3 = 1) and 4 = 4"),
    ("a = 1 or b = 1 and c = 4", "2 = 1 or (3 = 1 and 4 = 4)"),
    ("not (a = 2 and b = 3)", "not (2 = 2 and 3 = 3)"),
    ("not present(a)", "not present(2)"),
    ("exactly one of {a, b = 3}", "exactly one of {2, 3 = 3}"),
    ("d = k within 0.5", "1, but 2, give or take 0.5"),
    ("d = k within 2", "1 = 2, give or take 2"),
    ("min(d, k) >= k within 2", "min(1, 2) = 1 >= 2, give or take 2"),
    ("min(d, k) <= k within 2", "min(1, 2) = 1 <= 2"),
])  # fmt: skip
def test_a_formula_is_filled_in_with_its_brackets(rule: str, formula: str) -> None:
    assert check(rule, a=2, b=3, c=4).formula == formula


def test_the_share_of_the_prose_is_filled_in_with_its_brackets() -> None:
    made = gouji.load("cn-disclosure")
    row = dict.fromkeys(made.columns(year=2024), 0) | {"申请/办理结果/总计/总计": 3521}
    row |= {
        f"申请/办理结果/无法提供/{name}/总计": n for name, n in (("不掌握", 897), ("另行制作", 36), ("补正不明确", 8))
    }
    prose = {"总体情况": "无法提供941件，占26.74%。"}
    result = made.check(made.bind({"year": 2024, "tables": row, "narrative": prose}))
    found = result.explain(next(v for v in result.verdicts if v.rule == "正文无法提供占比"))
    assert found.formula == "rounds(26.74, 100 * (897 + 36 + 8) / 3521)"


NUMBERS = ["({}) + ({})", "({}) - ({})", "({}) * ({})", "({}) / ({})", "({}) - ({})", "({}) * ({})", "({}) / ({})",
           "max({}, {})", "min({}, {})", "average({}, {})", "abs(({}) - ({}))", "-(({}) + ({}))"]  # fmt: skip
TRUTHS = ["({}) and ({})", "({}) or ({})", "not (({}) and ({}))", "(not ({})) or ({})"]


def numbers(depth: int = 3) -> st.SearchStrategy[str]:
    """Numbers of the language, as text."""
    leaf = st.sampled_from(["a", "b", "c", "2", "5", "0.5", "3"])
    if not depth:
        return leaf
    inner = st.one_of(numbers(depth - 1), leaf)
    return st.builds(str.format, st.sampled_from(NUMBERS), inner, inner)


def truths(depth: int = 2) -> st.SearchStrategy[str]:
    """What holds or does not, as text; every comparison reads a cell."""
    relations = st.sampled_from(["=", "<=", ">", "!="])
    compare = st.builds("a + ({}) {} {}".format, numbers(2), relations, numbers(1))
    if not depth:
        return compare
    inner = truths(depth - 1)
    return st.builds(str.format, st.sampled_from(TRUTHS), inner, inner)


def worth(formula: str) -> Any:
    """What Python makes of a formula."""
    text = re.sub(r"\d+(\.\d+)?", lambda found: f"F('{found[0]}')", formula)
    text = re.sub(r"(?<![<>!])=", "==", text)
    return eval(text, {"F": Fraction, "max": max, "min": min, "abs": abs, "average": lambda *n: statistics.mean(n)})


def loaded(rule: str) -> Book | None:
    """The book of a rule, None where the rule is refused: a division by 0, say."""
    try:
        return book(rule, form=BARE)
    except AssertionError:
        return None


@settings(max_examples=150, deadline=None)
@given(numbers(), st.lists(st.integers(-4, 6), min_size=3, max_size=3))
def test_a_filled_formula_is_worth_what_the_rule_is(rule: str, cells: list[int]) -> None:
    made = loaded(f"a + ({rule}) = 1234567.5 within 0.01")
    if made is None:
        return
    values = dict(zip("abc", cells, strict=True))
    result = made.check(made.bind({"year": 2024, "tables": {f"t/r/{name}": value for name, value in values.items()}}))
    found = result.explain(next(v for v in result.verdicts if v.rule == "r0"))
    if found.outcome != "fail" or found.left is None:
        assert found.outcome in ("error", "undetermined")
        return
    printed = found.formula.split(", but ")[0].rsplit(" = ", 1)[0]
    assert abs(worth(printed) - Fraction(found.left)) < Fraction(1, 10**9)


@settings(max_examples=150, deadline=None)
@given(truths(), st.lists(st.integers(-4, 6), min_size=3, max_size=3))
def test_a_filled_condition_holds_where_the_rule_does(rule: str, cells: list[int]) -> None:
    made = loaded(f"({rule}) and c = c or ({rule}) and c != c")
    if made is None:
        return
    values = dict(zip("abc", cells, strict=True))
    result = made.check(made.bind({"year": 2024, "tables": {f"t/r/{name}": value for name, value in values.items()}}))
    found = result.explain(next(v for v in result.verdicts if v.rule == "r0"))
    if found.outcome in ("pass", "fail"):
        with suppress(ZeroDivisionError):  # another part decides
            assert bool(worth(found.formula)) is (found.outcome == "pass")


# Days, codes, yes and no


@pytest.mark.parametrize(("rule", "cells", "formula"), [
    ('e = "省"', {"e": "市"}, "市, but 省"),
    ("f >= 2024-01-01", {"f": "2023-05-01"}, "2023-05-01 is not >= 2024-01-01"),
    ("g - f <= 30", {"g": "2024-03-01"}, "2024-03-01 - 2024-01-01 = 60 is not <= 30"),
    ("f + 30 >= g", {"g": "2024-03-01"}, "2024-01-01 + 30 = 2024-01-31 is not >= 2024-03-01"),
    ('h = "no"', {}, "yes, but no"),
    ('e = "市" and h = "no"', {}, "省 = 市 and yes = no"),
    ('i = "y"', {}, '"x" = "y"'),
    ('a != "/"', {"a": "/"}, '"/" != "/"'),
])  # fmt: skip
def test_constants_are_said_as_the_cells_beside_them(rule: str, cells: dict[str, object], formula: str) -> None:
    assert check(rule, None, FORM, **cells).formula == formula


def test_yes_and_no_are_the_same_for_programs_in_every_language() -> None:
    for lang, formula in (("en", "yes, but no"), ("zh", "是，而 否")):
        with speaking(lang):
            found = check('h = "no"')
            assert (found.left, found.right, found.difference) == ("yes", "no", None)
            assert found.formula == formula
    assert (code := check('e = "市"')).difference is None and (code.left, code.right) == ("省", "市")
    assert check("f = g", g="2024-01-03").difference == "-2"


# Errors, and what is long


@pytest.mark.parametrize(("rule", "formula"), [
    ("a / b = 1", "5 / 0 = 1, in error: division by zero in /"),
    ("when a / b = 1\n    a = 1", "5 = 1, in error: division by zero in /"),
    ("bad(a) = 1", "bad(5) = 1, in error: bad raised KeyError: 'x'"),
    ("worse(a) = 1", "worse(5) = 1, in error: worse raised Odd"),
    ("text(a) = 1", "text(5) = 1, in error: text gave str in place of a number"),
    ("odd(a)", "odd(5), in error: odd gave str in place of yes or no"),
])  # fmt: skip
def test_an_error_says_why(rule: str, formula: str) -> None:
    class Odd(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    def bad(number: Any) -> Any:
        raise KeyError("x")

    def worse(number: Any) -> Any:
        raise Odd

    functions: dict[str, Any] = {"bad": bad, "worse": worse, "text": str, "odd": str}
    declared = "".join(
        f'function {name}(number) {kind} "s"\n'
        for name, kind in (("bad", "number"), ("worse", "number"), ("text", "number"), ("odd", "truth"))
    )
    form = FORM.replace("\ntable", f"\n{declared}\ntable")
    found = check(rule, functions, form, a=5, b=0)
    assert (found.outcome, found.formula) == ("error", formula)
    with speaking("zh"):
        assert "，出错：" in check(rule, functions, form, a=5, b=0).formula


@pytest.mark.parametrize("terms", [40, 41, 502])
def test_a_long_sum_is_abridged_and_its_total_stays(terms: int) -> None:
    rows = "".join(f"    x{n}\n" for n in range(terms))
    head = 'form "f"\n  edition 1\n  years 2021..\n\ntable t "T"\n  count 件\n  columns\n    a\n'
    form = f"{head}  rows\n    y total\n{rows}\n"
    edition, problems = load_text(Source("made", form + '  rule r "s"\n    every column\n    y = sum(**)\n'), "made")
    assert edition is not None and not problems
    made = Book((edition,), {})
    cells = {f"t/x{n}/a": n for n in range(terms)} | {"t/y/a": 1}
    result = made.check(made.bind({"year": 2024, "tables": cells}))
    (found,) = [finding for finding in result.findings if finding.rule == "r"]
    total = sum(range(terms))
    if terms == 40:
        assert found.formula == f"1, but {' + '.join(map(str, range(terms)))} = {total}"
    else:
        assert found.formula == f"1, but 0 + 1 + … + {terms - 1} ({terms} terms) = {total}"
    assert found.right == str(total)


def test_a_figure_that_is_not_stated_has_no_value() -> None:
    made = gouji.load("cn-disclosure")
    row = gouji.read(REPORTS / "2024-suqian.json", made).to_row()
    result = made.check(made.bind({"year": 2024, "tables": row}))
    found = result.explain(next(v for v in result.verdicts if v.rule == "正文不予公开"))
    assert re.fullmatch(r"not stated = \d+( \+ \d+)+", found.formula) and found.left is None


# In words


def words(rule: str, form: str = FORM) -> str:
    """A rule in words."""
    edition = book(rule, form=form).editions[0]
    return Speech(edition.form, "t").formula(edition.rules[0].body)


@pytest.mark.parametrize(("rule", "said"), [
    ("(a + b) * c = 0", "(a plus b) times c equals 0"),
    ("(a = 1 or b = 1) and c = 1", "(a equals 1 or b equals 1) and c equals 1"),
    ("not (a = 1 and b = 1)", "not: (a equals 1 and b equals 1)"),
    ("abs(a - b) = 1", "the absolute value of (a minus b) equals 1"),
    ("choose(a = 1 or b = 1, a, b) = 1", "(a if (a equals 1 or b equals 1), else b) equals 1"),
    ("max(a, b + c) / 2 = 1", "(the largest of a, (b plus c)) divided by 2 equals 1"),
    ("a / 3 = 1", "a divided by 3 equals 1"),
    ("a - (b - c) = 1", "a minus (b minus c) equals 1"),
    ("round(a / b, 1) = 1", "(a divided by b) rounded to 1 decimal equals 1"),
    ("truncate(a / b, 2) = 1", "(a divided by b) cut off after 2 decimals equals 1"),
    ("median(a, b, c) = 1", "the median of a, b, c equals 1"),
    ('e = "市"', "e equals 市"),
    ("f >= 2024-01-01", "f is at least 2024-01-01"),
    ("g - f <= 30", "g minus f is at most 30"),
    ('h = "no"', "h equals no"),
    ("rounds(d, a / b)", "d is a divided by b (rounded or truncated as it is printed)"),
])  # fmt: skip
def test_a_rule_is_told_in_words_with_its_brackets(rule: str, said: str) -> None:
    assert words(rule) == said


def test_brackets_in_chinese_are_chinese() -> None:
    with speaking("zh"):
        assert words("(a + b) * c = 0") == "（a 加 b） 乘 c 等于 0"
        assert words("a - 2 * c = 0") == "a 减 2 乘 c 等于 0"
        assert words("rounds(d, a / b)") == "d 等于 a 除以 b（按所填小数位数四舍五入或截取）"
        assert words("round(a / b, 1) = 1") == "（a 除以 b） 四舍五入到 1 位小数 等于 1"


def plain(node: core.Node) -> object:
    """A node without what makes no difference: a choice or a sum of one."""
    match node:
        case core.Linear(terms=((factor, item),)) if factor == 1:
            return plain(item)
        case core.Linear():
            return ("linear", tuple((factor, plain(item)) for factor, item in node.terms))
        case core.Apply() | core.Logic():
            name = node.function if isinstance(node, core.Apply) else node.operator
            return (name, tuple(plain(item) for item in node.arguments))
        case core.Gather():
            return (node.function, tuple(plain(body) for body, _, _ in node.parts))
        case core.Compare():
            return (node.relation, plain(node.left), plain(node.right), node.width)
    return node


def told(rules: list[str], lang: str) -> tuple[list[str], list[object]]:
    """What rules say and what they mean, without those that are refused."""
    editions = [made.editions[0] for made in map(loaded, rules) if made]
    with speaking(lang):
        said = [Speech(edition.form, "t").formula(edition.rules[0].body) for edition in editions]
    return said, [plain(edition.rules[0].body) for edition in editions]


@settings(max_examples=100, deadline=None)
@given(st.lists(truths(), min_size=2, max_size=8), st.sampled_from(["zh", "en"]))
def test_two_formulas_are_never_said_in_the_same_words(rules: list[str], lang: str) -> None:
    said, meant = told(rules, lang)
    assert len(set(said)) == len(set(meant))


@settings(max_examples=200, deadline=None)
@given(
    numbers(2), st.sampled_from("+-*/"), numbers(2), st.sampled_from("+-*/"), numbers(2), st.sampled_from(["zh", "en"])
)
def test_other_brackets_are_said_in_other_words(x: str, one: str, y: str, other: str, z: str, lang: str) -> None:
    rules = [f"a + (({x}) {one} ({y})) {other} ({z}) = 1", f"a + ({x}) {one} (({y}) {other} ({z})) = 1"]
    said, meant = told(rules, lang)
    assert len(set(said)) == len(set(meant))


@settings(max_examples=100, deadline=None)
@given(truths(1), st.sampled_from(["and", "or"]), truths(1), st.sampled_from(["and", "or"]), truths(1))
def test_other_brackets_of_conditions_are_said_in_other_words(x: str, one: str, y: str, other: str, z: str) -> None:
    rules = [f"(({x}) {one} ({y})) {other} ({z})", f"({x}) {one} (({y}) {other} ({z}))"]
    rules += [f"not ({x}) {one} ({y})", f"not (({x}) {one} ({y}))"]
    rules += [f"exactly one of {{{x}, {y}}}", f"not exactly one of {{{x}, {y}}}"]
    for lang in ("zh", "en"):
        said, meant = told(rules, lang)
        assert len(said) == 6 and len(set(said)) == len(set(meant))


def test_members_of_one_label_are_told_apart() -> None:
    form = FORM.replace("    r\n", "    甲\n      其他\n    乙\n      其他\n    丙\n    丁\n    戊\n    己\n")
    made = book(form=form + "  rule y \"s\"\n    every column where 'count'\n    甲.其他 = 乙.其他 + sum(丙 to 己)\n")
    edition = made.editions[0]
    assert (
        Speech(edition.form, "t").formula(edition.rules[0].body)
        == "甲 其他 equals 乙 其他 plus (the sum of 丙, 丁, 戊, 己)"
    )


def test_the_row_of_the_rule_is_told_from_the_row_of_an_aggregate() -> None:
    form = FORM.replace("    r\n", "    甲\n    乙\n")
    own, other = (words(f"a = sum(t[{x}, a] - t[{y}, b] for y of t.rows)", form) for x, y in (("y", "y"), ("row", "y")))
    assert own == "a equals (the sum of (a minus b) for each of 甲, 乙)"
    assert other == "a equals (the sum of (the row of the rule / a minus b) for each of 甲, 乙)"
