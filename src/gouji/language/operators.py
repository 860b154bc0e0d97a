"""THE table of operators and functions: signature, row meaning, sentence and example.

The checker takes signatures from here, the row engine meanings, the documentation sentences and examples, and the tests
all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import reduce
from operator import and_, or_
from typing import Any

from attrs import frozen

from gouji.language import quotients, ranges
from gouji.language.ranges import Kleene, Range
from gouji.messages import later

Width = Fraction | int
_MOST_PAIRED = 10


@frozen
class Operator:
    """One operator or function.

    `sort` says what gives its meaning: `linear` (the plan adds and scales), `relation` (`holds` over the range of the
    difference and the width; `exact` is the same for a known difference, as code), `number` (`value` over the ranges of
    the arguments, None for a fault), `logic` (`truth` over Kleene's values) or `state` (asks of the cell itself).
    `unit` says what a number's unit is: `same` as its arguments', their `product` or `quotient`, or none. `words` say a
    formula to a person: `{a}`, `{b}` and `{c}` are the arguments, `{all}` a list of them. `column` is the meaning over
    columns of known values, made by the narwhals module that is given: over truths, or quotients; of a relation over
    the difference and the width, times the same; None where rows decide.
    """

    name: str
    sort: str
    signature: str
    sentence: str
    words: str
    example: str
    arguments: tuple[int, int] = (1, 1000)
    unit: str = "same"
    exact: str = ""
    holds: Callable[[Range, Width], Kleene] | None = None
    value: Callable[[Sequence[Range]], Range | None] | None = None
    truth: Callable[[Iterable[Kleene]], Kleene] | None = None
    column: Callable[[Any, Sequence[Any]], Any] | None = None


def _not(test: Callable[[Range, Width], Kleene]) -> Callable[[Range, Width], Kleene]:
    return lambda d, width: ranges.negation(test(d, width))


def _at_least(d: Range, width: Width) -> Kleene:
    return ranges.at_most(d.times(-1), width)


def _none(width: Any) -> bool:
    """Whether a width, a number or a column of them, is surely 0."""
    return isinstance(width, int) and not width


def _all_differ(nw: Any, cells: Sequence[Any]) -> Any:
    """Whether no two of several cells hold the same; None of more than are compared in pairs."""
    pairs = [one != other for at, one in enumerate(cells) for other in cells[:at]]
    if len(cells) > _MOST_PAIRED or not pairs:
        return None
    return reduce(and_, pairs)


def _number_of(nw: Any, truths: Sequence[Any]) -> Any:
    """For how many the condition holds."""
    return reduce(
        lambda one, other: one + other, [nw.when(one).then(nw.lit(1)).when(~one).then(nw.lit(0)) for one in truths]
    )


_LINEAR = (
    Operator("+", "linear", "number + number → number", "The sum of both.",
             later("{a} plus {b}"), "甲 + 乙 = 丙",
             column=quotients.total),
    Operator("-", "linear", "number - number → number", "The left less the right.",
             later("{a} minus {b}"), "丙 - 乙 = 甲"),
    Operator("sum", "linear", "sum(cells, …) → number", "The sum of all named, the same as `+`.",
             later("the sum of {all}"), "丙 = sum(甲, 乙)"),
    Operator("count", "linear", "count(cells, …) → number",
             "How many there are, or for how many the condition holds.",
             later("how many there are of {all}"),
             "count(x for x of {甲, 乙} where x > 1) = 1", unit="none",
             column=quotients.total),
    Operator("previous", "linear", "previous(cells) → number", "The cells in the report of the period before.",
             later("{a} of the report before"),
             "甲 = previous(丙)"),
    Operator("parts", "linear", "parts(cells) → number", "The cells summed over the reports that add up to this one.",
             later("{a} summed over the parts"),
             "甲 = parts(甲)"),
    Operator("before", "linear", "before(variable) → number", "The cell of the element before this one.",
             later("{a} of the element before"),
             "x >= before(x)", (1, 1)),
    Operator("position", "linear", "position(variable) → number", "Which element this one is, from 1 on.",
             later("the position of {a}"),
             "position(row) = 1", (1, 1), "none"),
    Operator("choose", "linear", "choose(truth, number, number) → number",
             "The second where the first holds, else the third.",
             later("{b} if {a}, else {c}"), "choose(甲 = 1, 甲, 乙) = 1", (3, 3),
             column=quotients.choice),
)  # fmt: skip

_RELATIONS = (
    Operator("=", "relation", "number = number → truth", "Both are equal.",
             later("{a} equals {b}"), "丙 = 3", (2, 2),
             exact="-{w} <= {d} <= {w}", holds=ranges.equal,
             column=lambda nw, x: x[0] == 0 if _none(x[1]) else (x[0] >= -x[1]) & (x[0] <= x[1])),
    Operator("!=", "relation", "number != number → truth", "They differ.",
             later("{a} differs from {b}"), "甲 != 3", (2, 2),
             exact="not -{w} <= {d} <= {w}", holds=_not(ranges.equal),
             column=lambda nw, x: x[0] != 0 if _none(x[1]) else (x[0] < -x[1]) | (x[0] > x[1])),
    Operator("<=", "relation", "number <= number → truth", "The left is not more.",
             later("{a} is at most {b}"), "甲 <= 3", (2, 2),
             exact="{d} <= {w}", holds=ranges.at_most,
             column=lambda nw, x: x[0] <= x[1]),
    Operator(">=", "relation", "number >= number → truth", "The left is not less.",
             later("{a} is at least {b}"), "丙 >= 3", (2, 2),
             exact="{d} >= -{w}", holds=_at_least,
             column=lambda nw, x: x[0] >= -x[1]),
    Operator("<", "relation", "number < number → truth", "The left is less.",
             later("{a} is less than {b}"), "甲 < 3", (2, 2),
             exact="{d} < -{w}", holds=_not(_at_least),
             column=lambda nw, x: x[0] < -x[1]),
    Operator(">", "relation", "number > number → truth", "The left is more.",
             later("{a} is more than {b}"), "丙 > 2", (2, 2),
             exact="{d} > {w}", holds=_not(ranges.at_most),
             column=lambda nw, x: x[0] > x[1]),
)  # fmt: skip

_NUMBERS = (
    Operator("*", "number", "number * number → number", "The product of both.",
             later("{a} times {b}"), "甲 * 乙 = 2", (2, 2), "product",
             value=ranges.product,
             column=quotients.product),
    Operator("/", "number", "number / number → number",
             "The quotient; a division by zero is an error unless another part decides.",
             later("{a} divided by {b}"), "甲 / 乙 <= 1", (2, 2),
             "quotient", value=ranges.quotient,
             column=quotients.quotient),
    Operator("min", "number", "min(numbers, …) → number", "The smallest.",
             later("the smallest of {all}"), "min(甲, 乙) = 1", value=ranges.least,
             column=quotients.least),
    Operator("max", "number", "max(numbers, …) → number", "The largest.",
             later("the largest of {all}"), "max(甲, 乙) = 2", value=ranges.greatest,
             column=quotients.greatest),
    Operator("average", "number", "average(numbers, …) → number", "The mean.",
             later("the mean of {all}"), "average(甲, 乙) <= 2",
             value=ranges.average,
             column=quotients.average),
    Operator("median", "number", "median(numbers, …) → number",
             "The middle one, or the mean of both in the middle.",
             later("the median of {all}"),
             "median(甲, 乙, 丙) = 2", value=ranges.median),
    Operator("abs", "number", "abs(number) → number", "The value without its sign.",
             later("the absolute value of {a}"), "abs(甲 - 乙) <= 1", (1, 1),
             value=ranges.magnitude,
             column=quotients.magnitude),
    Operator("round", "number", "round(number, decimals) → number", "Rounded to decimals, a half away from zero.",
             later("{a} rounded to {b}"),
             "round(甲 / 丙, 2) = 0.33", (2, 2), value=ranges.rounded,
             column=quotients.rounded),
    Operator("truncate", "number", "truncate(number, decimals) → number", "Cut off after so many decimals.",
             later("{a} cut off after {b}"),
             "truncate(甲 / 丙, 2) = 0.33", (2, 2), value=ranges.truncated,
             column=quotients.truncated),
)  # fmt: skip

_LOGIC = (
    Operator("and", "logic", "truth and truth → truth", "Both hold.",
             later("{a} and {b}"), "甲 = 1 and 乙 = 2", truth=ranges.conjunction,
             column=lambda nw, x: reduce(and_, x)),
    Operator("or", "logic", "truth or truth → truth", "One of them holds, or both.",
             later("{a} or {b}"), "甲 = 1 or 乙 = 1",
             truth=ranges.disjunction,
             column=lambda nw, x: reduce(or_, x)),
    Operator("not", "logic", "not truth → truth", "It does not hold.",
             later("not: {a}"), "not 甲 = 2", (1, 1),
             truth=lambda truths: ranges.negation(next(iter(truths))),
             column=lambda nw, x: ~x[0]),
    Operator("exactly one of", "logic", "exactly one of {truth or cell, …} → truth",
             "One of them holds, or is filled, alone.",
             later("exactly one of these: {all}"), "exactly one of {甲 = 1, 乙 = 1}", truth=ranges.exactly_one,
             column=lambda nw, x: _number_of(nw, x) == 1),
    Operator("all or none of", "logic", "all or none of {truth or cell, …} → truth",
             "All of them hold, or are filled, or none.",
             later("all or none of these: {all}"), "all or none of {甲, 乙}", truth=ranges.all_or_none,
             column=lambda nw, x: reduce(and_, x) | reduce(and_, [~one for one in x])),
)  # fmt: skip

_STATES = (
    Operator("present", "state", "present(cell) → truth", "The cell holds a number or a text.",
             later("{a} is stated"), "present(甲)", (1, 1)),
    Operator("blank", "state", "blank(cell) → truth", "The cell is blank.",
             later("{a} is blank"), "not blank(甲)", (1, 1)),
    Operator("exists", "state", "exists(cell) → truth", "The report has the row or column of the cell.",
             later("{a} exists"), "exists(甲)",
             (1, 1)),
    Operator("given", "state", "given(previous or parts) → truth",
             "The run was given the report before, or the parts.",
             later("{a} is given"),
             "not given(previous)", (1, 1)),
    Operator("matches", "state", "matches(cell, pattern) → truth",
             "The printed text fits: `#` is a digit, `@` a letter, `?` any sign, `*` any run, all else itself.",
             later("{a} is written like {b}"),
             'matches(编号, "@##")', (2, 2)),
    Operator("rounds", "state", "rounds(cell, number) → truth",
             "The cell is the number rounded or truncated to the decimals that are printed.",
             later("{a} is {b} (rounded or truncated as it is printed)"), "rounds(占比, 甲 / 丙)",
             (2, 2)),
    Operator("unique", "state", "unique(cells) → truth", "No two of the cells hold the same.",
             later("no two of {all} are the same"), "unique({甲, 乙})",
             column=_all_differ),
    Operator("subset", "state", "subset(open axis, open axis) → truth",
             "Every name on the first axis stands on the second.",
             later("every name of {a} stands in {b}"), "subset(收件.机构, 办结.机构)", (2, 2)),
)  # fmt: skip

RELATIONS = tuple(o.name for o in _RELATIONS)
OPERATORS = {o.name: o for o in (*_LINEAR, *_RELATIONS, *_NUMBERS, *_LOGIC, *_STATES)}
FUNCTIONS = tuple(name for name in OPERATORS if name.isidentifier() and name not in ("and", "or", "not"))
