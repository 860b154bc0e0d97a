"""What one cell holds, and how a printed cell is read."""

import re
import unicodedata
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from attrs import frozen

from gouji.forms.form import CellType, Mark

Number = int | Fraction

_BLANK = frozenset("-‐‑‒–—―─−ー一")
_NUMBER = re.compile(
    r"(?:[?\ufffd]\s+)?([+-]?)(\d{1,3}(?:,\d{3})+|\d*)(?:\.(\d+))?\s*([^\d\s().,+-]{0,4})\s*(?:\([^()]*\))?"
)
_MONEY = {"元": 0, "千元": 3, "万元": 4, "百万元": 6, "亿元": 8}
MAX_DIGITS = 40


@frozen
class State:
    """Why a cell holds no number: `blank`, `mark`, `absent` or `unreadable`."""

    kind: str
    meaning: str = ""
    reason: str = ""
    low: str = ""
    high: str = ""


BLANK = State("blank")
ABSENT = State("absent")


def read(given: object, type: CellType, marks: tuple[Mark, ...] = ()) -> Number | State:
    """The value of a cell given as a printed string or a Python number, in units of its last declared place."""
    if given is None:
        return BLANK
    if isinstance(given, str):
        return read_printed(given, type, marks)
    if isinstance(given, State):
        return given
    if isinstance(given, bool):
        return State("unreadable", reason="a yes or no where a number is expected")
    if isinstance(given, int):
        return given * type.scale
    if isinstance(given, float) and given != given:
        return BLANK
    try:
        exact = given if isinstance(given, (Decimal, Fraction)) else Decimal(repr(float(given)))  # type: ignore[arg-type]
        return _whole(Fraction(exact) * type.scale)
    except (TypeError, ValueError, OverflowError, ArithmeticError):
        return State("unreadable", reason=f"a number is expected, not {type_name(given)}")


def type_name(given: object) -> str:
    """The name of a value's type, for messages."""
    return given.__class__.__name__


@lru_cache(maxsize=4096)
def read_printed(text: str, type: CellType, marks: tuple[Mark, ...] = ()) -> Number | State:
    """The value of a printed cell: stray blanks, separators, a unit or a note in brackets are read away."""
    if any(unicodedata.category(char) == "No" for char in text):
        return State("unreadable", reason="a raised or circled digit")
    plain = _clean(text)
    if not plain or (set(plain) <= _BLANK and plain != "一"):
        return BLANK
    for mark in marks:
        if plain in {_clean(sign) for sign in mark.texts}:
            return 0 if mark.meaning == "zero" else State("mark", mark.meaning, plain)
    match = _NUMBER.fullmatch(plain)
    if not match or not (match[2] or match[3]):
        return State("unreadable", reason="not a number")
    sign, whole, fraction, unit = match[1], match[2].replace(",", ""), match[3] or "", match[4]
    if len(whole) + len(fraction) > MAX_DIGITS:
        return State("unreadable", reason=f"more than {MAX_DIGITS} digits")
    shift = _shift(unit, type.unit)
    if shift is None:
        return State("unreadable", reason=f"the unit is {unit}, expected {type.unit}")
    value = Fraction(int(whole + fraction or "0") * type.scale, 10 ** len(fraction)) * Fraction(10) ** shift
    return _whole(-value if sign == "-" else value)


def decimal_text(value: Number, scale: int = 1) -> str:
    """The value as exact decimal text, without needless zeros."""
    exact = Fraction(value) / scale
    if exact.denominator == 1:
        return str(exact.numerator)
    places = 0
    while (exact * 10**places).denominator != 1:
        places += 1
    digits = str(abs(int(exact * 10**places))).rjust(places + 1, "0")
    return f"{'-' if exact < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def _clean(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    return "".join(char for char in plain if unicodedata.category(char) != "Cf").strip()


def _shift(unit: str, expected: str) -> int | None:
    if not unit or unit == expected:
        return 0
    return _MONEY[unit] - _MONEY[expected] if unit in _MONEY and expected in _MONEY else None


def _whole(value: Fraction) -> Number:
    return value.numerator if value.denominator == 1 else value
