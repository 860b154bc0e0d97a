"""The table of operators and functions: signature, row meaning, sentence and example."""

from collections.abc import Callable

from attrs import frozen


@frozen
class Operator:
    """One operator; `row` decides `d ⋈ 0` for a relation, w2 being twice the width; None for what is linear."""

    name: str
    signature: str
    sentence: str
    example: str
    row: Callable[[int, int], bool] | None = None


_TABLE = (
    Operator("+", "number + number → number", "The sum of both.", "甲 + 乙 = 3"),
    Operator("-", "number - number → number", "The left less the right.", "甲 - 乙 >= 0"),
    Operator("*", "whole number * number → number", "The number scaled.", "2 * 甲 = 乙"),
    Operator("sum", "sum(cells, …) → number", "The sum of all cells named, the same as `+`.", "总计 = sum(*)"),
    Operator("previous", "previous(cells) → number", "The cells in the report of the year before.",
             "期初 = previous(期末)"),
    Operator("=", "number = number → truth", "Both are equal.", "总计 = 3", lambda d, w2: 2 * abs(d) <= w2),
    Operator("!=", "number != number → truth", "They differ.", "总计 != 3", lambda d, w2: 2 * abs(d) > w2),
    Operator("<=", "number <= number → truth", "The left is not more.", "甲 <= 3", lambda d, w2: 2 * d <= w2),
    Operator(">=", "number >= number → truth", "The left is not less.", "甲 >= 3", lambda d, w2: 2 * d >= -w2),
    Operator("<", "number < number → truth", "The left is less.", "甲 < 3", lambda d, w2: 2 * d < -w2),
    Operator(">", "number > number → truth", "The left is more.", "甲 > 3", lambda d, w2: 2 * d > w2),
)  # fmt: skip

OPERATORS = {operator.name: operator for operator in _TABLE}
FUNCTIONS = tuple(name for name in OPERATORS if name.isidentifier())
