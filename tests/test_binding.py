"""Any object binds to the same report, fast or slow, and a stranger's object does no harm."""

from __future__ import annotations

import re
from collections import OrderedDict, namedtuple
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import make_dataclass
from functools import partial
from types import MappingProxyType, SimpleNamespace
from typing import Any

import attrs
import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gouji
from conftest import figures
from gouji.book import Book
from gouji.forms import binding, routes
from gouji.forms.form import Cell, Member, Table
from gouji.forms.report import Report
from gouji.forms.values import BLANK, State, unreadable
from gouji.language.rulebook import load_text
from gouji.sources import Source

SMALL = """form "a small form"
  edition 1
  years 2000..
  mark "/" skip
  mark "个别" 2

table 收件 "一、收件情况"
  count 件
  rows "项目"
    本年 "1.本年收件"
    结转
    来源
      甲 "（一）甲类" | "甲"
      乙
      其他
    总计 total
  columns "数量情况"
    件数
    增减 "本年增/减" count 件 signed
    其他
      占比 percent 1 from 0 to 100
      金额 amount 万元 2
      备注 text
"""
OPEN = """form "an open form"
  edition 1
  years 2000..

table 机构表 "一、各机构"
  count 件
  rows
    each 机构
    总计 total
  columns
    收到
    list 最久 3

table 单表 "二、单表"
  count 件
  rows
    一
  columns
    数
"""


def edition(text: str) -> Book:
    made, problems = load_text(Source("form", text), "form")
    assert made is not None and not problems, problems
    return Book((made,))


BOOK = gouji.load("cn-disclosure")
FULL = BOOK.bind(figures("2024-suqian"))
SMALL_BOOK, OPEN_BOOK = edition(SMALL), edition(OPEN)
CELLS = {cell.key: cell for cell in SMALL_BOOK.form(2024).cells}


def bind(tables: object, book: Book = SMALL_BOOK) -> Report:
    return book.bind({"year": 2024, "tables": tables})


def placed(report: Report) -> dict[str, object]:
    """What is given, under the keys of the cells."""
    return {cell.key: report.given[cell.position] for cell in report.cells if cell.position in report.places}


# Shapes of objects and spellings of keys.


def nest(pairs: Mapping[tuple[str, ...], object]) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for path, value in pairs.items():
        inner = whole
        for part in path[:-1]:
            inner = inner.setdefault(part, {})
        inner[path[-1]] = value
    return whole


def convert(make: Callable[[dict[str, Any]], object], value: object) -> object:
    """Every dictionary made into another kind of object, from the innermost on."""
    if not isinstance(value, dict):
        return value
    return make({key: convert(make, inner) for key, inner in value.items()})


def as_plain(fields: dict[str, Any]) -> object:
    made = type("Plain", (), {})()
    made.__dict__.update(fields)
    return made


def as_dataclass(fields: dict[str, Any], slots: bool = False) -> object:
    return make_dataclass("Made", list(fields), slots=slots)(**fields)


def as_attrs(fields: dict[str, Any], slots: bool = True) -> object:
    return attrs.make_class("Made", list(fields), slots=slots)(**fields)


def as_model(fields: dict[str, Any]) -> object:
    create: Any = pydantic.create_model  # whose types know no model with fields that are named at run time
    made: object = create("Made", **dict.fromkeys(fields, (object, ...)))(**fields)
    return made


def as_named_tuple(fields: dict[str, Any]) -> object:
    return namedtuple("Made", list(fields))(**fields)


def as_slots(fields: dict[str, Any]) -> object:
    made = type("Made", (), {"__slots__": (*fields, "未填")})()
    for name, value in fields.items():
        setattr(made, name, value)
    return made


OBJECTS: dict[str, Callable[[dict[str, Any]], object]] = {
    "dict": dict,
    "ordered": OrderedDict,
    "mapping": MappingProxyType,
    "namespace": lambda fields: SimpleNamespace(**fields),
    "plain": as_plain,
    "dataclass": as_dataclass,
    "dataclass with slots": partial(as_dataclass, slots=True),
    "attrs": as_attrs,
    "attrs without slots": partial(as_attrs, slots=False),
    "pydantic": as_model,
    "named tuple": as_named_tuple,
    "slots": as_slots,
}


def names(thing: Table | Member) -> str:
    return thing.name


def labels(thing: Table | Member) -> str:
    return thing.labels[0]


def spaced(thing: Table | Member) -> str:
    label = f" {thing.labels[0][:4]}  {thing.labels[0][4:]}\u00a0"
    return label.translate(str.maketrans("0123456789（）", "０１２３４５６７８９()"))


def headed(cell: Cell, name: Callable[[Any], str]) -> tuple[list[str], list[str], list[str]]:
    block = cell.table.blocks[cell.block]
    rows = [*block.headings[:1], *block.rows.headings[:1], *map(name, cell.rows)]
    return [name(cell.table)], rows, [*block.columns.headings[:1], *map(name, cell.columns)]


def bare(cell: Cell, name: Callable[[Any], str]) -> tuple[list[str], list[str], list[str]]:
    return [name(cell.table)], [name(member) for member in cell.rows], [name(member) for member in cell.columns]


ORDERS: dict[str, Callable[[list[str], list[str], list[str]], tuple[str, ...]]] = {
    "rows first": lambda table, rows, columns: (*table, *rows, *columns),
    "columns first": lambda table, rows, columns: (*table, *columns, *rows),
    "axes joined": lambda table, rows, columns: (*table, "/".join(rows), "/".join(columns)),
    "all joined": lambda table, rows, columns: ("/".join((*table, *rows, *columns)),),
    "joined with blanks": lambda table, rows, columns: (" / ".join((*table, *rows)), "/".join(columns) + "/"),
}


@pytest.mark.parametrize("order", ORDERS.values(), ids=list(ORDERS))
@pytest.mark.parametrize("path", [bare, headed])
@pytest.mark.parametrize("name", [names, labels, spaced])
def test_any_spelling_binds_to_the_same_values(
    name: Callable[[Any], str], path: Callable[..., Any], order: Callable[..., tuple[str, ...]]
) -> None:
    pairs = {order(*path(cell, name)): FULL.given[cell.position] for cell in FULL.cells}
    made = BOOK.bind(nest(pairs), year=2024)
    assert (made.values, made.given, made.unplaced) == (FULL.values, FULL.given, ())


@pytest.mark.parametrize("shape", OBJECTS.values(), ids=list(OBJECTS))
def test_any_kind_of_object_binds_to_the_same_values(shape: Callable[[dict[str, Any]], object]) -> None:
    pairs = {(cell.table.name, *cell.row, *cell.column): FULL.given[cell.position] for cell in FULL.cells}
    made = BOOK.bind(convert(shape, nest(pairs)), year=2024)
    assert (made.values, made.given, made.unplaced) == (FULL.values, FULL.given, ())


def test_the_whole_may_be_an_object_too() -> None:
    whole = SimpleNamespace(
        form="cn-disclosure", year="2024年度", agency="某市", tables=figures("2024-suqian")["tables"]
    )
    made = BOOK.bind(whole)
    assert (made.year, made.agency, made.values, made.unplaced) == (2024, "某市", FULL.values, ())


def test_year_and_agency_may_stand_beside_the_tables() -> None:
    made = BOOK.bind({"year": 2024, "agency": "某市", **FULL.to_row()})
    assert (made.year, made.agency, made.values, made.unplaced) == (2024, "某市", FULL.values, ())


def test_headings_and_groups_that_carry_no_choice_may_be_left_out() -> None:
    made = BOOK.bind({
        "三、收到和处理政府信息公开申请情况": {
            "三、本年度办理结果/（三）不予公开/1.属于国家秘密": {"申请人情况/法人或其他组织/商业企业": "0"},
            "国家秘密": {"自然人": 7},
        },
        "四、政府信息公开行政复议、行政诉讼情况": {"数据行": {"行政诉讼/复议后起诉/总计": 5}},
        "行政许可": 3,
    }, year=2024)  # fmt: skip
    assert not made.unplaced and placed(made) == {
        "申请/办理结果/不予公开/国家秘密/法人或其他组织/商业企业": "0",
        "申请/办理结果/不予公开/国家秘密/自然人": 7,
        "复议诉讼/行政诉讼/复议后起诉/总计": 5,
        "主动公开/行政许可/处理决定": 3,
    }


def test_a_place_is_the_way_through_the_keys() -> None:
    made = bind({"收件": {"来源/甲": {"件数": 1}}})
    assert made.places == {CELLS["收件/来源/甲/件数"].position: "收件/来源/甲/件数"}


def test_a_label_may_hold_a_slash() -> None:
    made = bind({"一、收件情况": {"本年收件": {"本年增/减": "-3"}}, "结转/本年增/减": 4})
    assert placed(made) == {"收件/本年/增减": "-3", "收件/结转/增减": 4} and not made.unplaced


# What leads nowhere, and what is given twice.


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("收件/本年/件数量", "nothing is called 件数量; did you mean 件数?"),
        ("收建情况/本年/件数", "nothing is called 收建情况; did you mean 一、收件情况?"),
        ("收件/丙类/件数", "nothing is called 丙类; did you mean （一）甲类?"),
        ("收件/zzz/件数", "nothing is called zzz"),
        ("收件/来源/件数", "leads nowhere; near it: 收件/来源/甲/件数, 收件/来源/乙/件数"),
        ("收件/本年", "leads nowhere; near it: 收件/本年/件数, 收件/本年/增减"),
        ("收件/本年/件数/件数", "leads nowhere; near it: 收件/本年/件数, 收件/本年/增减"),
        ("收件", "leads nowhere; near it: 收件/本年/件数, 收件/本年/增减"),
        ("", "leads nowhere; near it: 收件/本年/件数, 收件/本年/增减"),
        ("其他/其他", "leads nowhere; near it: 收件/来源/其他/其他/占比, 收件/来源/其他/其他/金额"),
        ("/".join(["收件"] * 61), "leads nowhere; a key has at most 60 parts"),
    ],
)
def test_a_key_that_leads_nowhere_is_told_with_what_is_near(key: str, hint: str) -> None:
    assert bind({key: 1, "收件/结转/件数": 2}).unplaced == (f"{key}: {hint}",)


def test_a_key_that_leads_to_two_cells_is_told_with_both() -> None:
    form = """form "two"
  edition 1
  years 2000..

table 一 "一"
  count 件
  rows
    共 total
    左
      子
    右
      子
  columns
    甲
"""
    made = bind({"一": {"子": 1, "左/子": 2}}, edition(form))
    assert made.unplaced == ("一/子: leads to 2 cells: 一/左/子/甲 or 一/右/子/甲",)
    assert placed(made) == {"一/左/子/甲": 2}


def test_a_key_that_leaves_more_out_is_not_a_worse_one() -> None:
    form = """form "deep"
  edition 1
  years 2000..

table 一 "一"
  count 件
  rows
    左
      子
    右
      中
        子
  columns
    甲
    乙
"""
    made = bind({"一": {"子/甲": 1, "中/子/甲": 2}}, edition(form))
    assert made.unplaced == ("一/子/甲: leads to 2 cells: 一/左/子/甲 or 一/右/中/子/甲",)
    assert placed(made) == {"一/右/中/子/甲": 2}


def test_a_key_that_leaves_nothing_out_comes_first() -> None:
    form = """form "one above"
  edition 1
  years 2000..

table 一 "一"
  count 件
  rows
    子
    左
      子
  columns
    甲
"""
    made = bind({"一/子/甲": 1}, edition(form))
    assert placed(made) == {"一/子/甲": 1}


def test_a_long_key_is_shortened_where_it_is_told() -> None:
    (told,) = bind({"x" * 5000: 1, "收件/结转/件数": 2}).unplaced
    assert told == f"{'x' * 199}…: nothing is called {'x' * 60}"


def test_only_the_first_twenty_keys_that_lead_nowhere_have_a_hint() -> None:
    made = bind({"收件/结转/件数": 2} | {f"{n}件": 1 for n in "abcdefghijklmnopqrstuvw"})
    assert [told.split(": ")[1] == "leads nowhere" for told in made.unplaced] == [False] * 20 + [True] * 3


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        (5, "5 件", 5),
        (5, "６", unreadable("given twice, as 5 and ６")),
        (None, "—", BLANK),
        (None, 5, unreadable("given twice, as nothing and 5")),
        (5, [5], 5),
    ],
)
def test_a_cell_given_twice_keeps_only_a_value_that_is_the_same(one: object, other: object, said: object) -> None:
    made = bind({"收件": {"本年": {"件数": one}, "1.本年收件/件数": other}})
    at = CELLS["收件/本年/件数"].position
    assert made.states.get(at, made.values[at]) == said
    assert made.places[at] == "收件/本年/件数"


def test_no_cell_found_is_an_error_that_says_what_was_tried() -> None:
    with pytest.raises(gouji.ReportError) as caught:
        SMALL_BOOK.bind({"tables": {"收件/本年/件数量": 1}}, year=2024, source="x.json")
    assert str(caught.value) == (
        "x.json: no cell of a small form is found in the data\n"
        "收件/本年/件数量: nothing is called 件数量; did you mean 件数?"
    )  # fmt: skip


# The fast way is the slow way.

KEYS = list(CELLS)
VALUES = st.one_of(
    st.integers(-3, 10**12), st.none(), st.sampled_from(["5", " ７", "—", "/", "1 2", "x", "1.25", "3元", "-2"]),
    st.floats(allow_nan=True), st.booleans(), st.just({"件数": 1}), st.just({}), st.just([1]), st.just(10**50),
)  # fmt: skip


def slow(value: object) -> object:
    """The same data in mappings that are not plain dictionaries, for which no route is kept."""
    return convert(OrderedDict, value)


def facts(report: Report) -> tuple[object, ...]:
    shown = tuple((type(item), repr(item)) for item in report.given)
    return report.values, dict(report.states), shown, dict(report.places), report.unplaced, report.outside


def same_both_ways(data: dict[str, Any], book: Book = SMALL_BOOK) -> None:
    try:
        expected = facts(bind(slow(data), book))
    except gouji.ReportError as error:
        with pytest.raises(gouji.ReportError, match=re.escape(str(error))):
            bind(data, book)
        return
    for _ in range(3):
        assert facts(bind(data, book)) == expected


def spell(key: str, nested: bool) -> tuple[str, ...]:
    return tuple(key.split("/")) if nested else (key,)


@given(st.permutations(KEYS), st.booleans(), st.integers(0, 6), st.dictionaries(st.sampled_from(KEYS), VALUES))
def test_the_fast_way_is_the_slow_way(keys: list[str], nested: bool, dropped: int, values: dict[str, Any]) -> None:
    pairs = {spell(key, nested): values.get(key, number) for number, key in enumerate(keys[dropped:])}
    same_both_ways(nest(pairs))


@given(
    st.dictionaries(st.sampled_from([*KEYS, "收件/丙", "收件/本年/件数量", "备注", "表/x"]), VALUES),
    st.dictionaries(st.sampled_from(KEYS), VALUES),
    st.booleans(),
)
def test_keys_more_and_keys_fewer_are_noticed(one: dict[str, Any], other: dict[str, Any], nested: bool) -> None:
    def data(values: dict[str, Any]) -> dict[str, Any]:
        return nest({spell(key, nested): value for key, value in ({"收件/结转/件数": 1} | values).items()})

    for values in (one, one, other, one | other, one):
        same_both_ways(data(values))


LEAVES = st.one_of(st.integers(0, 9), st.none(), st.just("4"), st.lists(st.integers(0, 9), max_size=4))


@given(st.dictionaries(st.sampled_from(["甲局", "乙局", "总计", "x"]), LEAVES), st.sampled_from(["收到", "最久"]))
def test_rows_named_by_the_data_bind_the_same_both_ways(rows: dict[str, Any], column: str) -> None:
    same_both_ways({"单表/一/数": 1, "机构表": {name: {column: value} for name, value in rows.items()}}, OPEN_BOOK)


def test_the_second_report_of_a_shape_makes_a_route_and_the_third_takes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    data = nest({("收件", *key.split("/")[1:]): 1 for key in KEYS if "备注" not in key})
    book = edition(SMALL)
    first = [bind(data, book), bind(data, book)][0]

    def never(*_: object) -> Iterator[Any]:
        raise AssertionError

    monkeypatch.setattr(binding, "_leaves", never)
    other = {table: dict(reversed(rows.items())) for table, rows in data.items()}
    assert facts(bind(other, book)) == facts(first)
    changed = nest({("收件", *key.split("/")[1:]): "2" for key in KEYS if "备注" not in key})
    assert set(bind(changed, book).values) == {2, 20, 200, 0}
    with pytest.raises(AssertionError):
        bind({**data, "收件": {**data["收件"], "新": 1}}, book)
    with pytest.raises(AssertionError):
        bind({"收件": {**data["收件"], "总计": {"件数": 1}}}, book)


def test_a_route_for_lists_knows_their_length(monkeypatch: pytest.MonkeyPatch) -> None:
    book = edition(OPEN)
    data: dict[str, Any] = {"机构表": {"甲": {"收到": 1, "最久": [7, 8]}, "乙": {"收到": 2, "最久": [9]}}}
    first = facts([bind(data, book), bind(data, book)][0])
    monkeypatch.setattr(binding, "_leaves", lambda thing: pytest.fail("looked up again"))
    assert facts(bind(data, book)) == first
    monkeypatch.undo()
    data["机构表"]["甲"]["最久"].append(6)
    assert bind(data, book).given[3] == 6


def test_values_that_are_equal_in_python_are_not_mistaken_for_each_other() -> None:
    at = CELLS["收件/本年/件数"].position
    for value, said in ((1, 1), (True, "a number is expected, not yes or no"), (1.0, 1), ("1", 1)):
        made = bind({"收件/本年/件数": value, "收件/结转/件数": "x"})
        state = made.states.get(at)
        assert (state.reason if state else made.values[at]) == said


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("收件/本年/件数", -1), ("收件/本年/件数", 1.5), ("收件/结转/其他/占比", 101), ("收件/结转/其他/占比", -1),
        ("收件/总计/其他/金额", -1), ("收件/总计/其他/金额", "0.001"), ("收件/结转/增减", 0.5),
    ],
)  # fmt: skip
def test_a_value_outside_its_domain_is_noticed_on_every_way(key: str, value: object) -> None:
    numbers = {key: 1 for key in KEYS if "备注" not in key}
    for text in (None, "一"):
        good = numbers | {"收件/本年/其他/备注": text, "收件/本年/增减": -5}
        for _ in range(3):
            assert bind(good).outside == ()
            assert bind(good | {key: value}).outside == (CELLS[key].position,)


def test_whole_numbers_are_scaled_and_tested_on_the_fast_way() -> None:
    keys, at = list(FULL.to_row()), FULL.cells[9]
    assert at.type.decimals == 6
    for _ in range(3):
        made = BOOK.bind(dict.fromkeys(keys, 3), year=2024)
        assert made.values == (3,) * 9 + (3_000_000,) + (3,) * 190 and not made.outside
        made = BOOK.bind(dict.fromkeys(keys, 3) | {keys[20]: -3}, year=2024)
        assert made.outside == (20,)


def test_whole_numbers_are_tested_where_the_cells_have_other_bounds() -> None:
    form = """form "bounds"
  edition 1
  years 2000..

table 一 "一"
  rows
    甲
  columns
    子 count 件 from 1 to 9
    丑 count 件 signed
"""
    book = edition(form)
    for _ in range(3):
        assert bind({"子": 1, "丑": -1}, book).outside == ()
        assert bind({"子": 10, "丑": 0}, book).outside == (0,)
        assert bind({"子": None, "丑": "0.5"}, book).outside == (1,)


def test_a_mark_that_stands_for_a_number_has_its_value() -> None:
    made = bind({"收件/结转/件数": "个别", "收件/结转/其他/金额": "个别", "收件/本年/件数": "/"})
    values = {cell.key: made.values[cell.position] for cell in made.cells if cell.position in made.places}
    assert values == {"收件/结转/件数": 2, "收件/结转/其他/金额": 200, "收件/本年/件数": 0}


def test_numbers_with_too_many_digits_are_noticed_on_the_fast_way() -> None:
    row: dict[str, Any] = {key: 1 for key in FULL.to_row()}
    huge = row | {"申请/新收/自然人": 10**40}
    for _ in range(3):
        assert not BOOK.bind(row, year=2024).states
        assert [state.reason for state in BOOK.bind(huge, year=2024).states.values()] == ["more than 40 digits"]


# What is generated and what is kept.


def test_generated_code_holds_numbers_only() -> None:
    nasty = 'k0"]\n  __import__("os").abort()  # '
    keys: list[tuple[str | int, ...]] = [(nasty, "a'b"), ("x", 1), ("x", 2)]
    extract = routes.extractor(routes.Ends([keys[2], None, keys[0]], keys, True), [3, None, 1])
    assert extract({nasty: {"a'b": 1}, "x": [2, 3]}) == (3, None, 1)
    code = extract.__code__
    assert {type(constant) for constant in code.co_consts} <= {int, type(None)}
    assert all(re.fullmatch(r"[kcvo]\d*|type|len|dict|list", name) for name in (*code.co_names, *code.co_varnames))


@pytest.mark.parametrize(
    "data",
    [
        {"a": {"b": 1}}, {"a": {"b": 1, "c": 2, "d": 3}}, {"a": {"b": 1, "d": 2}}, {"a": OrderedDict(b=1, c=2)},
        {"a": [1, 2]}, {"a": None}, {"a": {"b": 1, "c": 2}, "e": 1}, {},
    ],
    ids=repr,
)  # fmt: skip
def test_a_route_refuses_another_shape(data: Any) -> None:
    keys: list[tuple[str | int, ...]] = [("a", "b"), ("a", "c")]
    extract = routes.extractor(routes.Ends([*keys], keys, False), [1, 2])
    assert extract({"a": {"c": 2, "b": {}}}) == ({}, 2)
    with suppress(KeyError):
        assert extract(data) is None


def test_what_is_kept_is_bounded() -> None:
    book = edition(SMALL)
    for number in range(1100):
        data = {"收件/结转/件数": 1, **{f"x{n}": 1 for n in range(number % 70 if number < 500 else 3)}, f"y{number}": 1}
        for _ in range(20 if 600 < number < 620 else 2):
            bind(data, book)
    kept = binding._binder(book.form(2024))
    assert len(kept.routes.known) <= 64 and len(kept.routes.seen) <= 1024
    assert all(len(rivals) <= 8 for rivals in kept.routes.known.values())


def test_texts_that_are_kept_are_bounded() -> None:
    book = edition(SMALL)
    for number in range(11_000):
        bind({"收件/结转/件数": f"{number}", "收件/本年/其他/备注": "x" * 200}, book)
    for memo in routes.Reader.of(book.form(2024).layout()).memos:
        assert len(memo) <= 10_000 and all(text is None or len(str(text)) < 100 for text in memo)


# Strangers.


class Raises:
    """Whatever it is asked for raises."""

    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError(name)

    def __str__(self) -> str:
        raise RuntimeError

    def __eq__(self, other: object) -> bool:
        raise RuntimeError

    def __hash__(self) -> int:
        return 1

    def __len__(self) -> int:
        raise RuntimeError


class Properties:
    """Its one field is data, all else is code."""

    def __init__(self) -> None:
        self.件数 = 4
        self._hidden = {"结转": {"件数": 1}}

    @property
    def 增减(self) -> int:
        raise AssertionError("a property was called")

    def 其他(self) -> int:
        raise AssertionError("a method was called")

    def __getattr__(self, name: str) -> Any:
        raise AssertionError("an attribute was made up")


class Broken(Mapping[str, Any]):
    """A mapping that raises when it is read."""

    def __getitem__(self, key: str) -> Any:
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        raise OSError("gone")

    def __len__(self) -> int:
        return 1


class Endless(Broken):
    """A mapping without end."""

    def __iter__(self) -> Iterator[str]:
        number = 0
        while True:
            yield f"k{(number := number + 1)}"

    def __getitem__(self, key: str) -> Any:
        return 1


def _called(*arguments: object) -> Any:
    raise AssertionError("a stranger's method was called")


# Made at run time: no type checker lets a class claim to be another.
Fake: Any = type("Fake", (dict,), {"__class__": property(lambda self: dict), "__getitem__": _called})
"""A mapping that claims to be a plain dictionary."""


def test_only_plain_fields_of_an_object_are_read() -> None:
    made = bind({"收件": {"本年": Properties()}})
    assert (placed(made), made.unplaced) == ({"收件/本年/件数": 4}, ())


@pytest.mark.parametrize(
    "make",
    [Raises, lambda: Raises, object, lambda: len, lambda: {1, 2}, lambda: b"1", lambda: 1j],
    ids=["raises", "class", "object", "function", "set", "bytes", "complex"],
)
def test_a_strange_value_is_unreadable_and_can_be_shown(make: Callable[[], object]) -> None:
    stranger = make()
    for _ in range(3):
        made = bind({"收件": {"本年": {"件数": stranger}, "结转": {"件数": 1}}})
        cell = CELLS["收件/本年/件数"]
        assert made.states[cell.position].kind == "unreadable"
        assert isinstance(made.printed(cell), str)
        assert SMALL_BOOK.check(made).to_json()


def test_a_strange_key_leads_nowhere_and_harms_nothing() -> None:
    class Text(str):
        def __str__(self) -> str:
            raise RuntimeError

        def split(self, *_: Any) -> Any:
            raise RuntimeError

    data = {"收件/结转/件数": 1, Raises(): 2, 3: 4, ("收件", "本年"): 5, Text("收件/本年/件数"): 6}
    for _ in range(3):
        made = bind(data)
        assert placed(made) == {"收件/结转/件数": 1, "收件/本年/件数": 6}
        assert [told.split(":")[0] for told in made.unplaced] == ["(Raises)", "3", "(tuple)"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: {"收件": {"本年": Broken()}}, "收件/本年 cannot be read: OSError in Broken"),
        (Broken, "the data cannot be read: OSError in Broken"),
        (lambda: {"收件": Endless()}, "a report has at most 100000 keys"),
        (list, "no cell of a small form is found in the data"),
        (lambda: 5, "no cell of a small form is found in the data"),
        (lambda: "收件", "no cell of a small form is found in the data"),
        (lambda: None, "no cell of a small form is found in the data"),
        (Raises, "no cell of a small form is found in the data"),
    ],
)
def test_what_cannot_be_used_is_a_report_error(make: Callable[[], object], message: str) -> None:
    with pytest.raises(gouji.ReportError, match=re.escape(message)):
        bind(make())
    with pytest.raises(gouji.ReportError):
        SMALL_BOOK.bind(make(), year=2024)


def cyclic_dict() -> object:
    data: dict[str, Any] = {"收件/结转/件数": 1}
    data["收件"] = data
    return data


def cyclic_object() -> object:
    data = SimpleNamespace(件数=1)
    data.收件 = [data]
    return data


def deep() -> object:
    data: object = 1
    for _ in range(100_000):
        data = {"收件": data}
    return data


def bomb() -> object:
    data: object = 1
    for _ in range(19):
        data = {"收件": data, "本年": data}
    return data


def test_keys_nest_twenty_deep_and_no_deeper() -> None:
    data: dict[str, Any] = {"x": 1}
    for _ in range(18):
        data = {"x": data}
    assert len(bind({"收件/结转/件数": 1, "x": data}).unplaced) == 1
    with pytest.raises(gouji.ReportError, match="keys nest deeper than 20"):
        bind({"收件/结转/件数": 1, "x": {"x": data}})


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (cyclic_dict, "keys nest deeper than 20"),
        (cyclic_object, "keys nest deeper than 20"),
        (deep, "keys nest deeper than 20"),
        (bomb, "a report has at most 100000 keys"),
        (lambda: {f"x{n}": 1 for n in range(100_001)}, "a report has at most 100000 keys"),
        (lambda: {"收件": [0] * 100_001}, "a report has at most 100000 keys"),
    ],
)
def test_what_is_too_deep_or_too_large_is_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(gouji.ReportError, match=message):
        bind(make())


def test_open_axes_do_not_multiply_without_bound() -> None:
    form = """form "open"
  edition 1
  years 2000..

table 一 "一"
  count 件
  rows
    each 甲
  columns
    each 乙
"""
    data = {f"r{n}": {f"c{n}": 1} for n in range(1000)}
    with pytest.raises(gouji.ReportError, match="a report has at most 200000 cells"):
        bind({"一": data}, edition(form))


def test_a_false_dictionary_is_not_taken_for_a_plain_one() -> None:
    rows = {"本年": {"件数": 1}, "结转": {"件数": 2}}
    expected = facts([bind({"收件": rows}), bind({"收件": rows})][0])
    assert facts(bind({"收件": Fake(rows)})) == expected


def test_a_leaf_that_becomes_a_dictionary_is_followed() -> None:
    for _ in range(3):
        bind({"收件": {"结转": {"件数": 1}, "来源": 5}})
    assert placed(bind({"收件": {"结转": {"件数": 1}, "来源": {"乙": {"件数": 5}}}})) == {
        "收件/结转/件数": 1, "收件/来源/乙/件数": 5,
    }  # fmt: skip


# Rows that the data names.


def test_rows_and_entries_of_lists_are_named_by_the_data() -> None:
    made = bind({"机构表": {" 乙  局 ": {"收到": 1, "最久": [7, 8]}, "甲局": {"最久": []}, "总计/收到": 3}}, OPEN_BOOK)
    shown = {cell.key: made.states.get(cell.position, made.values[cell.position]) for cell in made.cells}
    end = State("mark", "skip", "no entry")
    assert shown == {
        "机构表/乙局/收到": 1, "机构表/乙局/最久/1": 7, "机构表/乙局/最久/2": 8,
        "机构表/甲局/收到": BLANK, "机构表/甲局/最久/1": end, "机构表/甲局/最久/2": end,
        "机构表/总计/收到": 3, "机构表/总计/最久/1": BLANK, "机构表/总计/最久/2": BLANK,
        "单表/一/数": BLANK,
    }  # fmt: skip


def test_an_entry_beyond_the_end_of_a_list_leads_nowhere() -> None:
    made = bind({"机构表": {"甲": {"最久": [4, 3, 2, 1]}}}, OPEN_BOOK)
    assert [told.split(":")[0] for told in made.unplaced] == ["机构表/甲/最久/4"]


def test_notes_are_placed_like_values() -> None:
    data = {
        "year": 2024,
        "tables": {"收件/本年/件数": 1},
        "notes": {"一、收件情况": "甲", "收件/结转/件数": 5, "x": "y"},
    }
    made = SMALL_BOOK.bind(data)
    assert made.remarks == {"收件": "甲", "收件/结转/件数": "5"}
    assert made.unplaced == ("the note on x: nothing is called x",)


def test_agencies_are_one_under_several_spellings() -> None:
    assert binding.same_name("某 市（本级）", "某市(本级)") and not binding.same_name("某市", "某县")


def test_a_list_of_rows_is_named_by_the_column_that_holds_the_name() -> None:
    listed = {"机构表": [{"机构": "甲局", "收到": 3}, {"机构": "总计", "收到": 3}]}
    named = {"机构表": {"甲局": {"收到": 3}, "总计": {"收到": 3}}}
    assert facts(OPEN_BOOK.bind(listed, year=2024)) == facts(OPEN_BOOK.bind(named, year=2024))


def test_a_name_in_two_rows_of_a_list_is_told_and_its_figures_are_not_known() -> None:
    rows = [{"机构": name, "收到": number} for name, number in (("甲局", 3), ("乙局", 4), ("甲局", 3))]
    for _ in range(3):
        report = OPEN_BOOK.bind({"机构表": rows}, year=2024)
        assert {key: value for key, value in report.to_row().items() if value} == {"机构表/乙局/收到": 4}
        assert report.unplaced == ("机构表: the name 甲局 stands in more than one row",)


def test_what_stands_beside_the_tables_and_is_not_read_is_told() -> None:
    report = OPEN_BOOK.bind({"tables": {"机构表": {"甲局": {"收到": 3}}}, "year": 2024, "agnecy": "甲"})
    assert report.notes == ("not read: agnecy; beside tables stand agency, form, narrative, notes, year",)


def test_a_row_of_a_list_without_a_name_is_told_and_the_others_keep_theirs() -> None:
    rows = [{"机构": "甲局", "收到": 3}, {"收到": 4}, 5, {"机构": "", "收到": 6}, {"机构": 7, "收到": 8}]
    report = OPEN_BOOK.bind({"机构表": rows}, year=2024)
    assert {key: value for key, value in report.to_row().items() if value} == {
        "机构表/甲局/收到": 3,
        "机构表/7/收到": 8,
    }
    assert report.unplaced == (
        "机构表/收到: row 2 of the list has no name", "机构表: row 3 of the list has no name",
        "机构表/收到: row 4 of the list has no name",
    )  # fmt: skip
