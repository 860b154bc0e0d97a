"""Where a text comes from, a place in it, and what is wrong there."""

import re
import unicodedata
from collections.abc import Iterable

from attrs import field, frozen

from gouji.messages import later, say


def width(text: str) -> int:
    """Columns that `text` takes on a terminal, a Chinese character counting two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_PAINT = re.compile(r"(\x1b\[\d\d?m)")


def visible(text: str, painted: bool = False) -> str:
    """The text without what would steer a terminal or turn the order of its letters; colours stay where it is painted.

    Labels, names and printed cells come from documents and rule files of strangers.
    """
    if not painted:
        return _UNSEEN.sub("\ufffd", text)
    pieces = _PAINT.split(text)
    return "".join(piece if _PAINT.fullmatch(piece) else visible(piece) for piece in pieces)


@frozen
class Source:
    """A text with the name under which a person knows it."""

    name: str
    text: str = field(repr=False)

    def line(self, number: int) -> str:
        """The line with this number, counted from 1; empty beyond the end."""
        lines = self.text.split("\n")
        return lines[number - 1].rstrip("\r") if 0 < number <= len(lines) else ""


@frozen
class Span:
    """A stretch of one line of a source; lines and columns count from 1, the end is exclusive."""

    source: Source
    line: int
    column: int
    end: int

    def __str__(self) -> str:
        return f"{self.source.name}:{self.line}:{self.column}"

    def excerpt(self) -> str:
        """The line and, below it, a marker under the stretch."""
        line = self.source.line(self.line).replace("\t", " ")
        if width(line) > 200:
            return f"    {line[self.column - 1 : self.column + 60]} …"
        before, marked = line[: self.column - 1], line[self.column - 1 : self.end - 1]
        return f"    {line}\n    {' ' * width(before)}{'^' * max(width(marked), 1)}"


@frozen
class Spot:
    """Where something is printed in a document, for a program: its printed line from 1, its column in a grid from 0.

    `column` is -1 outside of a grid; `line` is the line of the file, 0 where the file is not made of lines.
    """

    row: int
    column: int = -1
    line: int = 0


@frozen
class Problem:
    """What was expected and found, where, and what to do about it."""

    message: str
    span: Span | None = None
    hint: str = ""
    place: str = ""

    def __str__(self) -> str:
        where = str(self.span) if self.span else self.place
        lines = [f"{where}: {self.message}" if where else self.message]
        if self.span:
            lines.append(self.span.excerpt())
        if self.hint:
            lines.append(self.hint)
        return "\n".join(lines)


_REASONS = (
    later("No such file or directory"), later("Permission denied"), later("Is a directory"), later("Not a directory"),
    later("File name too long"), later("No space left on device"), later("Read-only file system"),
)  # fmt: skip
"""What a system says most often of a file that it cannot read or write."""


def reason(error: OSError) -> str:
    """Why a file cannot be read or written."""
    return say(error.strerror or str(error))


class GoujiError(Exception):
    """What leaves the library when an input cannot be used; `problems` holds every reason."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n\n".join(str(problem) for problem in self.problems))


class RuleError(GoujiError):
    """The rule files hold mistakes."""


class ReportError(GoujiError):
    """A document or an object cannot be used as a report."""
