"""What one cell holds, and how a printed string or a Python value is read."""

from __future__ import annotations

import operator
import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from numbers import Integral, Rational
from numbers import Number as AnyNumber
from typing import Any, cast

from attrs import field, frozen

from gouji.forms.form import CellType, Mark
from gouji.forms.units import conversion
from gouji.messages import Saying, later, say, saying

Number = int | Fraction

MAX_DIGITS = 40
MAX_LENGTH = 1000
LIMIT = 10**MAX_DIGITS
_PLACES = 12
_IN_WHOLE = later("in the one row of {group}")
_COUNTED = frozenset({"count", "amount", "number", "percent"})

# Signs that people type for "nothing"; a letter that looks like a dash is none, it may be the numeral one.
_DASHES = frozenset("-‐‑‒–—―⸺⸻〜〰−ー─━_")
_MINUS = str.maketrans("‐‑–−", "----")
_NUMERALS = frozenset("〇零一二三四五六七八九十百千万亿两壹贰叁肆伍陆柒捌玖拾佰仟")
_THIN = re.compile(r"(?<=\d)[\u2006\u2009\u200a\u202f](?=\d)")
_NOTE = r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕"
_NUMBER = re.compile(
    r"(?:[?\ufffd]\s+)?([+-]?)([1-9]\d{0,2}(?:,\d{3})+|\d*)(?:\.(\d+))?"
    rf"\s*([^\s\d()\[\]【】〔〕.,+-]{{0,12}})((?:\s*(?:{_NOTE}))*)",
    re.ASCII,
)
_DATE = re.compile(
    r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日)", re.ASCII
)
_YES = {"是": 1, "yes": 1, "true": 1, "1": 1, "否": 0, "no": 0, "false": 0, "0": 0}

# An argument named `type` is the type of a cell, here as everywhere.
_class_of = type


@frozen
class State:
    """Why a cell holds no plain number: `blank`, `mark`, `absent`, `unreadable`, or `text` for a text, its `reason`.

    A mark has its declared meaning and sign, the latter as `reason`, and `low` and `high` of a number or of `between`.
    """

    kind: str
    meaning: str = ""
    _reason: str | Saying = field(default="", eq=str)
    low: str = ""
    high: str = ""

    @property
    def reason(self) -> str:
        """The sign of a mark, a text, or why there is neither number nor mark, in the language spoken."""
        return str(self._reason)

    @property
    def known(self) -> bool:
        """Whether a mark stands for one number."""
        return self.kind == "mark" and self.meaning in ("zero", "number")

    def number(self, type: CellType) -> Number:
        """The number that a mark stands for, in steps of the last declared place; 0 where there is none."""
        return _scaled(Fraction(self.low), type) if self.meaning == "number" else 0


BLANK = State("blank")
ABSENT = State("absent")


def unreadable(reason: str | Saying) -> State:
    """The state of a cell that cannot be read, for a reason that a person understands."""
    return State("unreadable", reason=reason)


def in_whole(label: str) -> State:
    """The state of a row whose group is printed as one row: another of its rows stands for all."""
    return State("mark", "skip", saying(_IN_WHOLE, group=label))


def whole_of(state: State) -> str:
    """The label of the group that is printed as one row in the place of a cell's, or nothing."""
    reason = state._reason
    return str(dict(reason.values)["group"]) if isinstance(reason, Saying) and reason.text == _IN_WHOLE else ""


_TOO_MANY = unreadable(saying("more than {most} digits", most=MAX_DIGITS))


def read(given: object, type: CellType, marks: tuple[Mark, ...] = ()) -> Number | State:
    """The value of a cell given as a printed string or a Python value, in units of its last declared place.

    Whatever is given has a value or a state; nothing is raised.
    """
    kind = _class_of(given)
    if given is None:
        return BLANK
    if kind is State:
        return cast(State, given)
    if issubclass(kind, str):
        return read_printed(str.__str__(given), type, marks)
    try:
        return _GIVEN.get(type.kind, _given_number)(given, type)
    except Exception:  # whatever a stranger's number raises when it is asked for its digits
        expected = saying(_EXPECTED.get(type.kind, later("a number")))
        found = saying(later("yes or no")) if kind is bool else type_name(given)
        return unreadable(saying("{expected} is expected, not {found}", expected=expected, found=found))


def type_name(given: object) -> str:
    """The name of a value's type, for messages; a metaclass of a stranger's has no say in it."""
    kind = _class_of(given)
    return say("yes or no") if kind is bool else _short(_class_of.__dict__["__name__"].__get__(kind))


def read_printed(text: str, type: CellType, marks: tuple[Mark, ...] = ()) -> Number | State:
    """The value of a printed cell: stray blanks, separators, a unit or a note in brackets are read away."""
    if type.kind in _COUNTED and text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS:
        return int(text) * type.scale  # as most cells are printed
    if len(text) > MAX_LENGTH and type.kind != "text":
        return unreadable(saying("more than {most} characters", most=MAX_LENGTH))
    plain = _clean(text)
    if not plain:
        return BLANK
    for mark in marks:
        for sign in mark.texts:
            if plain == _sign(sign):
                return State("mark", mark.meaning, sign, mark.low, mark.high)
    if _DASHES.issuperset(plain):
        return BLANK
    return _PRINTED.get(type.kind, _printed_number)(text, plain, type)


def decimal_text(value: Number, scale: int = 1) -> str:
    """The value as decimal text without needless zeros; exact, or rounded to 12 places where it has no end."""
    if scale == 1 and value.denominator == 1:
        return str(value.numerator)
    exact = Fraction(value) / scale
    if exact.denominator == 1:
        return str(exact.numerator)
    places = next((n for n in range(1, 2 * MAX_DIGITS) if 10**n % exact.denominator == 0), _PLACES)
    digits = str(abs(round(exact * 10**places))).rjust(places + 1, "0")
    return f"{'-' if exact < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def _clean(text: str) -> str:
    """The text in one spelling: NFKC, thin blanks as separators, other blanks plain, invisible signs left out."""
    if text.isascii() and text.isprintable():
        return text.strip()
    plain = unicodedata.normalize("NFKC", _THIN.sub(",", text))
    kept = (char for char in plain if unicodedata.category(char) != "Cf")
    return "".join(" " if char.isspace() or unicodedata.category(char) == "Cc" else char for char in kept).strip()


@lru_cache(maxsize=256)
def _sign(text: str) -> str:
    return _clean(text)


def _printed_number(text: str, plain: str, type: CellType) -> Number | State:
    if odd := _odd_digits(text):
        return odd
    found = _NUMBER.fullmatch(plain.translate(_MINUS))
    if not found or not (found[2] or found[3]):
        return unreadable(_why_no_number(plain))
    sign, whole, fraction, unit, notes = found[1], found[2].replace(",", ""), found[3] or "", found[4], found[5]
    if len(whole) + len(fraction) > MAX_DIGITS:
        return _TOO_MANY
    power = _power(unit, notes, type)
    if isinstance(power, State):
        return power
    value = Fraction(int(sign + whole + fraction), 10 ** len(fraction)) * Fraction(10) ** power
    return _scaled(value, type)


def _odd_digits(text: str) -> State | None:
    """Why digits that a reader would take for others are refused: `5²` is not 52."""
    for char in text if not text.isascii() else "":
        if char.isdecimal():
            if not unicodedata.normalize("NFKC", char).isascii():
                return unreadable(saying("the digits are of another script"))
        elif any(folded.isdigit() for folded in unicodedata.normalize("NFKC", char)):
            return unreadable(saying("a raised, circled or otherwise composed digit"))
    return None


def _power(unit: str, notes: str, type: CellType) -> int | State:
    """The power of ten by which the printed unit differs from the cell's; a note may name the unit as well."""
    inner = [note.strip("()[]【】〔〕 ") for note in re.findall(_NOTE, notes)]
    noted = [note for note in inner if note and conversion(note, type.unit) is not None]
    found = {conversion(name, type.unit) for name in (*([unit] if unit else []), *noted)}
    if None in found:
        told, own = _short(unit), type.unit
        behind = saying("{unit} stands behind the number, where {expected} is expected", unit=told, expected=own)
        return unreadable(behind if own else saying("{unit} stands behind the number", unit=told))
    if len(found) > 1:
        return unreadable(saying("two units are named, {unit} and {other}", unit=unit or noted[0], other=noted[-1]))
    return found.pop() or 0 if found else 0


def _why_no_number(plain: str) -> Saying:
    """What a person sees to be wrong with a text that is not a number."""
    bare = re.sub(_NOTE, " ", plain).strip()
    numbers = re.findall(r"\d[\d,.]*", bare, re.ASCII)
    if not numbers:
        digits = _NUMERALS.issuperset(bare) and bare
        chinese = saying("the number is written in Chinese characters")
        return chinese if digits else saying("{text} is not a number", text=_short(plain))
    if re.fullmatch(r"[+-]?[\d.]+[eE][+-]?\d+", bare, re.ASCII):
        return saying("the number is written with an exponent")
    if len(numbers) > 1:
        return saying("more than one number stands in the cell")
    if "," in numbers[0]:
        return saying("the separators do not set off three digits each")
    before, _, behind = plain.partition(numbers[0])
    if before:
        return saying("{text} stands before the number", text=_short(before))
    if behind:
        return saying("{unit} stands behind the number", unit=_short(behind))
    return saying("{text} is not a number", text=_short(plain))


def _printed_date(text: str, plain: str, type: CellType) -> Number | State:
    from datetime import date

    found = _DATE.fullmatch(plain)
    if odd := _odd_digits(text):
        return odd
    if not found:
        return unreadable(saying("{text} is not a date such as 2024-01-31", text=_short(plain)))
    try:
        return date(*(int(part) for part in found.groups() if part)).toordinal()
    except ValueError:
        return unreadable(saying("there is no day {text}", text=_short(plain)))


def _printed_code(text: str, plain: str, type: CellType) -> Number | State:
    for known, asked in ((type.codes, text.strip()), ([_sign(code) for code in type.codes], plain)):
        if asked in known:
            return known.index(asked)
        if odd := _odd_digits(text):
            return odd
    return unreadable(
        saying(
            "{text} is none of: {codes}",
            text=_short(plain),
            codes=(*type.codes[:8], "…")[: len(type.codes)],
        )
    )


def _printed_yesno(text: str, plain: str, type: CellType) -> Number | State:
    found = _YES.get(plain.casefold())
    return unreadable(saying("{text} is neither yes nor no", text=_short(plain))) if found is None else found


def _printed_text(text: str, plain: str, type: CellType) -> Number | State:
    return State("text", reason=text.strip())


def _given_number(given: object, type: CellType) -> Number | State:
    exact = _exact(given)
    return exact if isinstance(exact, State) else _scaled(exact, type)


def _given_date(given: Any, type: CellType) -> Number | State:
    from datetime import date

    if issubclass(_class_of(given), date):
        return date.toordinal(given)
    return _numbered(given, 1, date.max.toordinal(), saying("the number of a day"))


def _given_code(given: object, type: CellType) -> Number | State:
    found = _numbered(given, 0, len(type.codes) - 1, saying("the number of a code"))
    text = "" if isinstance(found, State) else str(found)
    if text in type.codes and type.codes.index(text) != found:
        return unreadable(
            saying("{text} may be the code {text} or the number of a code; a code is given as text", text=text)
        )
    return found


def _given_yesno(given: object, type: CellType) -> Number | State:
    return int(given) if given is True or given is False else _numbered(given, 0, 1, saying("1 for yes or 0 for no"))


def _given_text(given: object, type: CellType) -> Number | State:
    exact = _exact(given)
    return exact if isinstance(exact, State) else State("text", reason=decimal_text(exact))


def _numbered(given: object, low: int, high: int, what: Saying) -> Number | State:
    exact = _exact(given)
    if isinstance(exact, State):
        return exact
    return (
        exact.numerator
        if exact.denominator == 1 and low <= exact <= high
        else unreadable(saying("{number} is not {what}", number=exact, what=what))
    )


def _exact(given: Any) -> Fraction | State:
    """A Python number as what its shortest decimal text says; raises whatever shows that it is none."""
    kind = _class_of(given)
    if kind is bool or not issubclass(kind, (int, AnyNumber)):
        raise TypeError
    if issubclass(kind, Integral):
        exact = Fraction(int.__add__(given, 0) if issubclass(kind, int) else operator.index(given))
    elif issubclass(kind, Rational):
        exact = Fraction(given)
    else:
        decimal = Decimal(float.__repr__(given) if issubclass(kind, float) else str(given))
        if not decimal.is_finite():
            return unreadable(saying("{number} is not a finite number", number=decimal))
        if not -MAX_DIGITS <= decimal.adjusted() < MAX_DIGITS:
            return Fraction(0) if decimal == 0 else _TOO_MANY
        exact = Fraction(decimal)
    if abs(exact.numerator) >= LIMIT:
        return _TOO_MANY
    if (10**MAX_DIGITS) % exact.denominator:
        endless = exact.denominator < LIMIT and 10 ** exact.denominator.bit_length() % exact.denominator
        return unreadable(saying("{number} has no end as a decimal number", number=exact)) if endless else _TOO_MANY
    return exact


def _scaled(value: Fraction, type: CellType) -> Number:
    scaled = value * type.scale
    return scaled.numerator if scaled.denominator == 1 else scaled


def _short(text: str) -> str:
    text = text.strip()
    return text if len(text) <= 20 else f"{text[:19]}…"


_EXPECTED = {"date": later("a date"), "code": later("a code"), "yesno": later("yes or no"), "text": later("a text")}
_PRINTED: dict[str, Callable[[str, str, CellType], Number | State]] = {
    "date": _printed_date, "code": _printed_code, "yesno": _printed_yesno, "text": _printed_text,
}  # fmt: skip
_GIVEN: dict[str, Callable[[object, CellType], Number | State]] = {
    "date": _given_date, "code": _given_code, "yesno": _given_yesno, "text": _given_text,
}  # fmt: skip
