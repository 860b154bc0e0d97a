"""Waivers: failures that somebody answers for, with reason, approver and expiry."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from attrs import field, frozen

from gouji.messages import say
from gouji.sources import Problem, ReportError

_NEEDED = ("rule", "reason", "approver", "until")


@frozen
class Waiver:
    """A failure of a rule that is waived: for one agency and year and place, where these are said."""

    rule: str
    reason: str
    approver: str
    until: date
    agency: str = ""
    year: int | None = None
    at: Mapping[str, str] = field(factory=dict)

    def covers(self, rule: str, at: Mapping[str, str], agency: str, year: int) -> bool:
        """Whether a failing check is the one that is waived."""
        return (
            self.rule == rule
            and self.agency in ("", agency)
            and self.year in (None, year)
            and all(at.get(name) == place for name, place in self.at.items())
        )

    def __str__(self) -> str:
        return say("{reason} ({approver}, until {until})", reason=self.reason, approver=self.approver, until=self.until)


def load_waivers(path: Path) -> tuple[Waiver, ...]:
    """The waivers of a TOML file, tables named `waiver`; ReportError says what is missing in which."""
    try:
        entries = tomllib.loads(path.read_text("utf-8")).get("waiver", [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ReportError([Problem(say("the waivers cannot be read: {error}", error=error), place=str(path))]) from None
    if not isinstance(entries, list):
        raise ReportError([Problem(say("the waivers are tables [[waiver]]"), place=str(path))])
    problems = [
        Problem(
            say("waiver {number}: {said}", number=number, said=said),
            place=str(path),
            hint=say("a waiver says rule, reason, approver and until"),
        )
        for number, entry in enumerate(entries, 1)
        if (said := _wrong(entry))
    ]
    if problems:
        raise ReportError(problems)
    return tuple(Waiver(**entry) for entry in entries)


def _wrong(entry: Any) -> str:
    if not isinstance(entry, dict):
        return say("a table is expected")
    missing = [name for name in _NEEDED if name not in entry]
    if missing:
        return say("{names} missing", names=say(", ").join(missing))
    unknown = [name for name in entry if name not in (*_NEEDED, "agency", "year", "at")]
    if unknown:
        return say("{names} is nothing that a waiver says", names=say(", ").join(unknown))
    if type(entry["until"]) is not date:
        return say("until is a day, such as 2025-12-31")
    if not isinstance(entry.get("at", {}), dict) or not all(isinstance(v, str) for v in entry.get("at", {}).values()):
        return say('at is a place, such as { row = "…" }')
    if type(entry.get("year", 0)) is not int:
        return say("year is a whole number")
    texts = ("rule", "reason", "approver", "agency")
    wrong = [name for name in texts if not isinstance(entry.get(name, ""), str)]
    return say("{names} is a text", names=say(", ").join(wrong)) if wrong else ""
