"""JSON -> the plain data of one report."""

import json
import re
from decimal import Decimal
from typing import Any

from gouji.forms.readers.refusals import refuse
from gouji.messages import say

_LINE = re.compile(r"\r\n|\r|\n")


def read_data(text: str, name: str) -> dict[str, Any]:
    """The report in a JSON text, or in the one line of a file with a report to a line.

    Raises ReportError when the text is broken, or holds something else than one report.
    """

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise refuse(name, say("the key {key} is given twice in one place", key=twice), say("keep one of them"))
        return found

    def refuse_constant(word: str) -> None:
        raise refuse(name, say("{word} is no number of a report", word=word), say("write null for a blank"))

    try:
        data = json.loads(text, object_pairs_hook=once, parse_float=Decimal, parse_constant=refuse_constant)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" and (count := _reports(text)):
            message = say("{count} reports stand here, one to a line; one is expected", count=count)
            hint = say("gouji check reads them one by one")
            ended = say("end each line with a line feed; gouji check reads them one by one")
            old = "\n" not in text.strip()  # a line ends with a carriage return alone
            raise refuse(name, message, ended if old else hint) from None
        line = text.split("\n")[error.lineno - 1][:120]
        raise refuse(
            name,
            say("line {line}, column {column}: {reason}", line=error.lineno, column=error.colno, reason=error.msg),
            line.strip(),
        ) from None
    except (RecursionError, ValueError) as error:
        deep = isinstance(error, RecursionError)
        raise refuse(
            name, say("nested too deep") if deep else say("a number has too many digits"), say("see gouji show")
        ) from None
    if not isinstance(data, dict):
        raise refuse(
            name, say("one report is expected: an object with tables"), say("gouji show FORM prints an empty one")
        )
    return data


def _reports(text: str) -> int:
    """How many reports stand in a text, one to a line; 0 where a line is something else."""
    lines = [line.strip() for line in _LINE.split(text) if line.strip()]
    return len(lines) if all(line.startswith("{") and line.endswith("}") for line in lines) else 0
