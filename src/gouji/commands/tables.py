"""A table of reports in a parquet file, share by share: the bodies of a share stand in it with all their years."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from gouji.book import Book
from gouji.commands.checking import by_any
from gouji.commands.tally import Tally
from gouji.frames.reading import HEADS, PART, is_long
from gouji.frames.suspects import body_of
from gouji.messages import say
from gouji.sources import Problem, ReportError

ROWS = 100_000
"""About so many reports make a share."""


def polars_version() -> str:
    """The version of polars, whose hashes divide a table; nothing where there is none."""
    try:
        return version("polars")
    except PackageNotFoundError:
        return ""


def shares(path: str) -> int:
    """In how many shares a table is checked; one where parts add up to others, or where it cannot be used."""
    try:
        import polars as pl

        frame = pl.scan_parquet(path)
        names = frame.collect_schema().names()
        if PART in names or "report" not in names:
            return 1
        number = pl.col("report").approx_n_unique() if is_long(names) else pl.len()
        rows = int(frame.select(number).collect().item())
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
        if of > 1:
            frame = frame.filter(_body(frame.collect_schema().names(), books).hash(0) % of == share)
        table = frame.collect()
        found, rules = by_any(books, lambda book: book.check_frame(table, blank=blank, counts=True))
    except ReportError as error:
        return _unusable(path, "\n".join(map(str, error.problems)))
    except (OSError, pl.exceptions.PolarsError) as error:
        return _unusable(path, say("the table cannot be read: {reason}", reason=str(error).splitlines()[0]))
    heads = table.select(name for name in HEADS if name in table.columns)
    reports = heads.unique() if is_long(table.columns) else heads
    return Tally(reports.height, _statuses(reports, found), rules), found


def _unusable(path: str, message: str) -> tuple[Tally, None]:
    return Tally(problems=(str(Problem(message, place=path)),)), None


def _body(names: Iterable[str], books: Sequence[Book]) -> Any:
    """Whose report a row is, whatever name the body had then; where it names none, the report."""
    import polars as pl

    report = pl.col("report").cast(pl.String).fill_null("")
    if "agency" not in names:
        return report
    forms = [edition.form for book in books for edition in book.editions]
    known = dict.fromkeys(names for form in forms for names in form.agencies)
    return pl.coalesce(body_of(pl, known, "agency"), report)


def _statuses(reports: Any, found: Any) -> dict[str, int]:
    """How many reports come out how, by the rules of severity error; those of one name for one year as the worst."""
    import polars as pl

    heads = reports.columns
    of = pl.when(pl.col("outcome").is_in(["fail", "error"])).then(0).otherwise(1)
    worst = found.filter(pl.col("severity") == "error").group_by(heads).agg(of.min().alias("status"))
    counts = dict(reports.join(worst, heads, "left", nulls_equal=True)["status"].value_counts().rows())
    return {name: counts.get(status, 0) for name, status in (("fail", 0), ("undetermined", 1), ("pass", None))}
