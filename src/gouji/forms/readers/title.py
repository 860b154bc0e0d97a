"""The title of a document, its file name and its text -> which agency and which year."""

import re
from functools import lru_cache
from itertools import islice
from pathlib import PurePath

from attrs import frozen

from gouji.forms.document import Document
from gouji.forms.labels import fold
from gouji.messages import later, say

_LINES = 60
_LONGEST = 80
_NUMERAL = "[〇○零O一二三四五六七八九]"
_DIGITS = str.maketrans("〇○零O一二三四五六七八九", "0000123456789")
_YEAR = rf"([12]\d{{3}}|[一二]{_NUMERAL}{{3}})"
_MARKED = re.compile(rf"\(?(?<!\d){_YEAR}年度?\)?")
_BARE = re.compile(rf"^\(?{_YEAR}\)?$|(?<!\d)([12]\d{{3}})$")
_REMARK = re.compile(r"\([^()]{1,10}\)")
_AROUND = "《》〈〉\"“”'‘’()-—–:,、。|#*"


_PERIOD = re.compile(rf"{_YEAR}年0?1月0?1日.{{0,9}}?12月31日")
_NAMED = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_PERIOD_WITHIN = 20_000


@frozen
class Heading:
    """What the title of a document says."""

    agency: str
    year: int | None


def heading(document: Document, title: str) -> Heading | None:
    """Agency and year from the title of a document, or None when no line holds the form's title.

    The title may be broken over three lines; agency and year stand around it, in either order, or on the lines above.
    """
    lines = ["".join(fold(line[: 2 * _LONGEST]).split()) for line in islice(document.lines(), _LINES)]
    wanted = _spellings("".join(fold(title).split()))
    stated = [head for at in range(len(lines)) if (head := _stated(lines, at, wanted))]
    return next((head for head in stated if head.year and head.agency), next(iter(stated), None))


@frozen
class Identity:
    """Whose report it is and of which year, as far as the document says; `notes` tell what is not from its title."""

    agency: str
    year: int | None
    titled: bool
    notes: tuple[str, ...] = ()


def identity(document: Document, title: str) -> Identity:
    """Agency and year from the title, else from the file name, else from the period that the text states.

    Years that differ are told; the title's comes first.
    """
    own = heading(document, title)
    head = own or Heading("", None)
    named = _file_name(document.name, title)
    years = {later("title"): head.year, later("file name"): named.year, later("text"): _period(document)}
    stated = {where: year for where, year in years.items() if year}
    notes = []
    if len(set(stated.values())) > 1:
        told = (say("the {where} says {year}", where=say(where), year=year) for where, year in stated.items())
        notes.append(say("; ").join(told))
    if stated and not head.year:
        where, first = next(iter(stated.items()))
        notes.append(say("the year {year} is taken from the {where}", year=first, where=say(where)))
    if named.agency and not head.agency:
        notes.append(say("the agency {agency} is taken from the file name", agency=named.agency))
    year = next(iter(stated.values()), None)
    return Identity(head.agency or named.agency, year, own is not None or bool(named.agency), tuple(notes))


def _file_name(name: str, title: str) -> Heading:
    """What the name of a file says: the title with agency and year, or a year alone."""
    stem = "".join(fold(PurePath(name).stem[: 2 * _LONGEST]).split())
    if found := _stated([stem], 0, _spellings("".join(fold(title).split()))):
        return found
    years = set(_NAMED.findall(stem))
    return Heading("", int(years.pop()) if len(years) == 1 else None)


def _period(document: Document) -> int | None:
    """The year of the period that the text states: from the first to the last day of a year."""
    text = "".join(islice(document.lines(), 4 * _LINES))[:_PERIOD_WITHIN]
    found = {found.group(1) for found in _PERIOD.finditer("".join(fold(text).split()))}
    return int(found.pop().translate(_DIGITS)) if len(found) == 1 else None


@lru_cache(maxsize=64)
def _spellings(title: str) -> re.Pattern[str]:
    """The title, or the title with one character wrong or up to two left out."""
    places = range(2, len(title) - 1)
    wrong = [f"{re.escape(title[:at])}.{re.escape(title[at + 1 :])}" for at in places]
    short = [re.escape(title[:at] + title[at + lost :]) for lost in (1, 2) for at in places]
    return re.compile("|".join([re.escape(title), *wrong, *short]))


def _stated(lines: list[str], at: int, title: re.Pattern[str]) -> Heading | None:
    """The heading whose title begins in this line; a title that is quoted in a sentence is none."""
    for end in range(at + 1, min(at + 4, len(lines) + 1)):
        found = title.search("".join(lines[at:end]))
        if not found:
            continue
        before, after = found.string[: found.start()], found.string[found.end() :]
        rest, year = _split(after)
        if (rest and not _REMARK.fullmatch(after)) or found.start() >= len(lines[at]) or len(before) > _LONGEST:
            return None
        below = _split(lines[end]) if end < len(lines) else ("", None)
        behind = year or (None if below[0] else below[1])
        return _around(before, behind, lines[max(0, at - 2) : at][::-1])
    return None


def _around(before: str, behind: int | None, above: list[str]) -> Heading:
    """Agency and year from the text before the title, the year behind it, and the lines above, the nearest first."""
    agency, year = _split(before)
    year = year or behind
    for line in above:
        if (agency and year) or len(line) > _LONGEST // 2:
            break
        name, stated = _split(line)
        year = year or stated
        agency = agency or name
    return Heading(agency, year)


def _split(text: str) -> tuple[str, int | None]:
    """The text without the year that it states, and that year."""
    found = next(reversed(list(_MARKED.finditer(text))), None) or _BARE.search(text)
    if not found:
        return text.strip(_AROUND), None
    year = next(filter(None, found.groups()))
    return (text[: found.start()] + text[found.end() :]).strip(_AROUND), int(year.translate(_DIGITS))
