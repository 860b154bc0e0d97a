"""Reports of any number of rows that the data names, with sums over all rows and a join by name."""

from typing import Any

import gouji
from gouji.book import Book
from gouji.language.rulebook import load_text
from gouji.sources import Source

RULES = """\
form "growth"
  edition 1
  years   2020..

table 收件 "received"
  count 件
  rows
    each 机构
    总体 total
  columns
    期初
    收到
    办结
    期末
  rule 平衡 "s"
    every row
    期初 + 收到 = 办结 + 期末
  rule 总体合计 "s"
    every column
    总体 = sum(机构.*)

table 办结 "finished"
  count 件
  rows
    each 机构
  columns
    公开
    不公开

rule 办结一致 "s"
  every 机构 of 收件 missing error
  收件[机构, 办结] = sum(办结[机构, *])
"""


def rows(count: int) -> dict[str, Any]:
    """Plain data with so many bodies; everything holds."""
    one = {"期初": 1, "收到": 5, "办结": 4, "期末": 2}
    received = {f"局{number}": one for number in range(count)}
    whole = {name: count * value for name, value in one.items()}
    finished = {name: {"公开": 3, "不公开": 1} for name in received}
    return {"收件": {**received, "总体": whole}, "办结": finished}


def check(data: dict[str, Any]) -> gouji.Result:
    """The check with nothing kept from the last one: bind, plan and decide."""
    edition, problems = load_text(Source("growth", RULES), "growth")
    assert edition and not problems
    book = Book((edition,))
    result = book.check(book.bind(data, year=2024))
    assert result.ok
    return result
