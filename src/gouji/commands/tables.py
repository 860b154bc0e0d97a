"""A table of reports in a parquet file, share by share: the bodies of a share stand in it with all their years."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from gouji.book import Book
from gouji.commands.checking import by_any
from gouji.commands.tally import Tally
from gouji.frames.reading import PART
from gouji.messages import say
from gouji.sources import Problem, ReportError

ROWS = 100_000
"""About so many reports make a share."""
_COUNTED = {"pass": None, "fail": 0, "undetermined": 0, "error": 0}
"""Columns tell what does not pass; how many pass or do not apply they do not count."""


def polars_version() -> str:
    """The version of polars, whose hashes divide a table; nothing where there is none."""
    try:
        return version("polars")
    except PackageNotFoundError:
        return ""


def shares(path: str) -> int:
    """In how many shares a table is checked; one where parts add up to others, or where it cannot be read."""
    try:
        import polars as pl

        frame = pl.scan_parquet(path)
        if PART in frame.collect_schema():
            return 1
        rows = int(frame.select(pl.len()).collect().item())
    except Exception:  # of whatever kind polars or the file system raises
        return 1
    return max(1, -(-rows // ROWS))


def check_share(path: str, share: int, of: int, books: Sequence[Book], blank: str | None) -> tuple[Tally, Any]:
    """What is counted of a share, and its findings as a polars DataFrame; None where the table cannot be used."""
    try:
        import polars as pl
    except ModuleNotFoundError:
        command = "pip install 'gouji[frames]'"
        return _unusable(path, say("data frames need {library}: {command}", library="polars", command=command))
    try:
        frame = pl.scan_parquet(path)
        names = frame.collect_schema().names()
        if of > 1:
            body = pl.col("agency" if "agency" in names else "report").cast(pl.String).fill_null("")
            frame = frame.filter(body.hash(0) % of == share)
        found = by_any(books, lambda book: book.check_frame(frame, blank=blank)).collect()
        reports = int(frame.select(pl.len()).collect().item())
    except ReportError as error:
        return _unusable(path, "\n".join(map(str, error.problems)))
    except (OSError, pl.exceptions.PolarsError) as error:
        return _unusable(path, say("the table cannot be read: {reason}", reason=str(error).splitlines()[0]))
    return Tally(reports, _statuses(found, reports), _rules(found)), found


def _unusable(path: str, message: str) -> tuple[Tally, None]:
    return Tally(problems=(str(Problem(message, place=path)),)), None


def _statuses(found: Any, reports: int) -> dict[str, int]:
    """How many reports come out how, by the rules of severity error."""
    grave = found.filter(found["severity"] == "error")
    failed = set(grave.filter(grave["outcome"].is_in(["fail", "error"]))["report"])
    open_ = set(grave["report"]) - failed
    return {"fail": len(failed), "undetermined": len(open_), "pass": reports - len(failed) - len(open_)}


def _rules(found: Any) -> dict[str, dict[str, Any]]:
    rules: dict[str, dict[str, Any]] = {}
    for rule, severity, outcome, n in found.group_by("rule", "severity", "outcome").len().sort("rule").rows():
        rules.setdefault(rule, {"severity": severity, **_COUNTED})[outcome] += n
    return rules
