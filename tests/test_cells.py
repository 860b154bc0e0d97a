"""How a cell is read: a table of printed texts, and what holds for every text and every Python value."""

import tomllib
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, IntEnum
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gouji.forms.form import CellType, Mark
from gouji.forms.values import ABSENT, BLANK, MAX_DIGITS, State, decimal_text, read, unreadable

TABLE: dict[str, Any] = tomllib.loads((Path(__file__).parent / "cases" / "cells.toml").read_text("utf-8"))
MARKS = tuple(Mark(tuple(m["texts"]), m["meaning"], m.get("low", ""), m.get("high", "")) for m in TABLE["marks"])
COUNT, AMOUNT = CellType("count", "件"), CellType("amount", "万元", 6)
NUMBER, PERCENT = CellType("number", ""), CellType("percent", "%", 1)
DATE, YESNO, TEXT = CellType("date", "", low=None), CellType("yesno", "", high=1), CellType("text", "")
CODE, DIGITS = CellType("code", "", high=1, codes=("甲", "乙")), CellType("code", "", high=1, codes=("1", "2"))
TYPES = (COUNT, AMOUNT, NUMBER, PERCENT, DATE, YESNO, TEXT, CODE)


def cell_type(group: dict[str, Any]) -> CellType:
    fields = group["type"]
    return CellType(fields["kind"], fields["unit"], fields.get("decimals", 0), codes=tuple(fields.get("codes", ())))


CASES = [(group["name"], text, cell_type(group), said) for group in TABLE["group"] for text, said in group["cases"]]


def told(value: object, type: CellType) -> str:
    """A value or state as the table writes it."""
    match value:
        case State("mark"):
            return " ".join(("mark", value.meaning, value.low, value.high)).strip()
        case State("unreadable"):
            return f"unreadable: {value.reason}"
        case State("text"):
            return f"text {value.reason}"
        case State():
            return value.kind
        case int() | Fraction():
            return decimal_text(value, type.scale)
    raise AssertionError(value)


@pytest.mark.parametrize(("group", "text", "type", "said"), CASES, ids=[f"{c[0]}: {c[1]!r}" for c in CASES])
def test_a_printed_cell_is_read_as_the_table_says(group: str, text: str, type: CellType, said: str) -> None:
    assert told(read(text, type, MARKS), type) == said


def test_the_table_is_large_has_no_case_twice_and_refuses_as_much_as_it_reads() -> None:
    assert len(CASES) >= 120
    assert len({(text, type) for _, text, type, _ in CASES}) == len(CASES)
    refused = [said for *_, said in CASES if said.split()[0] in ("blank", "mark", "unreadable:")]
    assert len(refused) >= 0.4 * len(CASES)


class Size(IntEnum):
    LARGE = 5


class Colour(Enum):
    RED = 5


class Label(str):
    def __str__(self) -> str:
        raise RuntimeError


class Broken(int):
    @property
    def numerator(self) -> int:
        raise RuntimeError


class Float64(float):
    def __repr__(self) -> str:
        return f"Float64({float.__repr__(self)})"

    __str__ = __repr__


@pytest.mark.parametrize(
    ("thing", "type", "said"),
    [
        (None, COUNT, "blank"),
        (41, COUNT, "41"),
        (41, AMOUNT, "41"),
        (-1, COUNT, "-1"),
        (Size.LARGE, COUNT, "5"),
        (Broken(7), COUNT, "7"),
        (Label("8"), COUNT, "8"),
        (Float64(0.1), AMOUNT, "0.1"),
        (2.0, COUNT, "2"),
        (0.1, AMOUNT, "0.1"),
        (1e22, NUMBER, "10000000000000000000000"),
        (2.5e-7, NUMBER, "0.00000025"),
        (Decimal("72701.2578"), AMOUNT, "72701.2578"),
        (Decimal("1.50"), NUMBER, "1.5"),
        (Decimal("0E+999999999999"), NUMBER, "0"),
        (Fraction(1, 8), NUMBER, "0.125"),
        (12.5, PERCENT, "12.5"),
        (date(2024, 1, 31), DATE, "738916"),
        (datetime(2024, 1, 31, 12), DATE, "738916"),
        (738916, DATE, "738916"),
        (1, CODE, "1"),
        (True, YESNO, "1"),
        (False, YESNO, "0"),
        (1, YESNO, "1"),
        (12, TEXT, "text 12"),
        (ABSENT, COUNT, "absent"),
        (True, COUNT, "unreadable: a number is expected, not yes or no"),
        (True, CODE, "unreadable: a code is expected, not yes or no"),
        (float("nan"), COUNT, "unreadable: NaN is not a finite number"),
        (float("-inf"), COUNT, "unreadable: -Infinity is not a finite number"),
        (Decimal("sNaN"), COUNT, "unreadable: sNaN is not a finite number"),
        (10**MAX_DIGITS, COUNT, "unreadable: more than 40 digits"),
        (1e300, COUNT, "unreadable: more than 40 digits"),
        (5e-324, COUNT, "unreadable: more than 40 digits"),
        (Decimal("1E+999999999999"), COUNT, "unreadable: more than 40 digits"),
        (Fraction(1, 2**200), COUNT, "unreadable: more than 40 digits"),
        (Fraction(1, 3), COUNT, "unreadable: 1/3 has no end as a decimal number"),
        (1j, COUNT, "unreadable: a number is expected, not complex"),
        ([1], COUNT, "unreadable: a number is expected, not list"),
        (b"1", COUNT, "unreadable: a number is expected, not bytes"),
        (Colour.RED, COUNT, "unreadable: a number is expected, not Colour"),
        (date(2024, 1, 31), COUNT, "unreadable: a number is expected, not date"),
        ([1], TEXT, "unreadable: a text is expected, not list"),
        ("x" * 1001, COUNT, "unreadable: more than 1000 characters"),
        (20240131, DATE, "unreadable: 20240131 is not the number of a day"),
        (0.5, DATE, "unreadable: 1/2 is not the number of a day"),
        (2, CODE, "unreadable: 2 is not the number of a code"),
        (1, DIGITS, "unreadable: 1 may be the code 1 or the number of a code; a code is given as text"),
        (2, YESNO, "unreadable: 2 is not 1 for yes or 0 for no"),
    ],
)
def test_a_python_value_is_read_exactly(thing: object, type: CellType, said: str) -> None:
    assert told(read(thing, type), type) == said


def test_a_declared_mark_comes_before_the_dash_that_it_is() -> None:
    assert read("－", COUNT, (Mark(("-",), "skip"),)) == State("mark", "skip", "-")


def test_a_mark_keeps_the_sign_as_declared() -> None:
    assert read(" ＜1", AMOUNT, MARKS) == State("mark", "between", "<1", "0", "1")


def test_a_number_mark_is_in_the_unit_of_the_cell() -> None:
    mark = read("个别", AMOUNT, MARKS)
    assert isinstance(mark, State) and mark.known and mark.number(AMOUNT) == 2_000_000


class Foreign:
    """Stands for a number of another library, known as such only by its registration."""

    def __init__(self, value: object) -> None:
        self.value = value

    def __index__(self) -> int:
        assert isinstance(self.value, int)
        return self.value

    def __str__(self) -> str:
        return str(self.value)


class Int64(Foreign):
    pass


class Float32(Foreign):
    pass


def test_numbers_of_other_libraries_are_read_by_their_digits() -> None:
    import numbers

    numbers.Integral.register(Int64)
    numbers.Real.register(Float32)
    assert (read(Int64(41), COUNT), read(Float32(0.1), AMOUNT)) == (41, 100_000)
    assert read(Int64("x"), COUNT) == unreadable("a number is expected, not Int64")
    assert read(Float32("x"), COUNT) == unreadable("a number is expected, not Float32")


def _raises(*arguments: object) -> Any:
    raise RuntimeError


# Made at run time: these break what objects promise, which no type checker lets a class do.
Liar: Any = type("Liar", (type,), {"__name__": property(_raises)})
Hostile: Any = Liar(
    "Hostile",
    (),
    {"__class__": property(_raises), "__getattribute__": _raises, "__eq__": _raises, "__str__": _raises,
     "__hash__": None},
)  # fmt: skip


@pytest.mark.parametrize("type", TYPES, ids=[type.kind for type in TYPES])
def test_an_object_that_raises_whatever_it_is_asked_is_unreadable(type: CellType) -> None:
    found = read(Hostile(), type)
    assert isinstance(found, State) and found.reason.endswith(" is expected, not Hostile")


def test_decimal_text_is_exact_where_it_ends_and_rounded_where_not() -> None:
    assert [decimal_text(*pair) for pair in ((7, 1), (-5, 100), (1500, 1000), (Fraction(-1, 3), 1), (2, 3))] == [
        "7", "-0.05", "1.5", "-0.333333333333", "0.666666666667",
    ]  # fmt: skip


TEXTS = st.one_of(
    st.text(max_size=12),
    st.text(alphabet="0123456789,.+-−—/%（）() 　\u2009件万元亿年月日是否甲²①١e", max_size=12),
)


@given(TEXTS, st.sampled_from(TYPES))
def test_any_text_has_a_value_or_a_state_with_a_reason(text: str, type: CellType) -> None:
    found = read(text, type, MARKS)
    assert isinstance(found, (int, Fraction, State)) and not isinstance(found, bool)
    if isinstance(found, State):
        assert found.kind in ("blank", "mark", "unreadable", "text")
        assert bool(found.reason) == (found.kind != "blank")


@given(TEXTS)
def test_a_text_that_is_read_as_a_number_spells_its_digits(text: str) -> None:
    found = read(text, NUMBER)
    if isinstance(found, (int, Fraction)):
        assert any(char.isdecimal() for char in text)
    else:
        assert found == BLANK or found.kind == "unreadable"


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12),
    st.sampled_from(["", " ", "\u00a0", "\u3000", "\t", "\u200b"]),
    st.sampled_from(["", "万元", " 万元", "（含三）", " [注]", "万元（2 项）"]),
    st.booleans(),
    st.booleans(),
)
def test_a_decorated_number_reads_back(value: Decimal, blank: str, behind: str, grouped: bool, wide: bool) -> None:
    text = f"{value:,}" if grouped else f"{value}"
    if wide:
        text = "".join(chr(ord(char) + 0xFEE0) for char in text)
    assert read(f"{blank}{text}{behind}{blank}", AMOUNT) == value * 10**6


@given(st.integers(-(10**20), 10**20), st.sampled_from(["元", "千元", "万元", "百万元", "亿元"]))
def test_units_of_one_base_convert(value: int, unit: str) -> None:
    powers = {"元": 0, "千元": 3, "万元": 4, "百万元": 6, "亿元": 8}
    assert read(f"{value}{unit}", AMOUNT) == Fraction(value * 10 ** powers[unit] * 10**6, 10**4)


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15))
def test_a_float_is_its_shortest_decimal_text(value: float) -> None:
    found = read(value, NUMBER)
    if isinstance(found, State):
        assert found == unreadable("more than 40 digits")
    else:
        assert found == Fraction(repr(value))


@given(st.dates())
def test_a_date_is_its_day_number_however_it_is_given(day: date) -> None:
    spelt = (day, day.isoformat(), f"{day.year:04}/{day.month}/{day.day}", f"{day.year:04}年{day.month}月{day.day}日")
    assert {read(form, DATE) for form in spelt} == {day.toordinal()}
