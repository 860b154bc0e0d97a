"""`gouji test --engines`: the same verdicts from columns as from rows, for the rules of the user, engine by engine."""

from __future__ import annotations

import os
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from gouji.book import Book, load
from gouji.commands.cases import case_files, cases_in, reports_of
from gouji.commands.output import complain, tell
from gouji.findings.words import outcome_word, rule_word
from gouji.forms.report import Report
from gouji.messages import say
from gouji.sources import GoujiError

VARIATIONS = 5
"""So many variations of each report of a case are checked too, always the same ones."""
Row = dict[str, Any]
Said = Counter[tuple[str, ...]]


def certify(rules: tuple[str, ...]) -> int:
    """Compares the verdicts of every engine that is installed: 0 the same, 1 one differs, 2 nothing can be compared."""
    engines = [name for name in _ENGINES if find_spec(name)]
    if "polars" not in engines or not find_spec("narwhals"):
        wanted = "pip install 'gouji[frames]'"
        return complain(say("data frames need {library}: {command}", library="polars", command=wanted))
    files = case_files(rules)
    if not files:
        return complain(say("there are no cases beside the rules"))
    try:
        differ = [_differ(folder, files, engines) for folder in dict.fromkeys(file.parent for file in files)]
    except (GoujiError, OSError, KeyError, ValueError) as error:
        return complain(error)
    return int(any(differ))


def _differ(folder: Path, files: Sequence[Path], engines: Sequence[str]) -> bool:
    """Whether an engine says something else of the reports of a folder's cases; each is told."""
    book = load(folder)
    cases = [case for file in files if file.parent == folder for case in cases_in(file)]
    rows = list(_rows(book, cases, folder))
    wanted, differ = _by_rows(book, rows), False
    for name in engines:
        found = _by_columns(book, rows, _ENGINES[name])
        odd = sorted(((found - wanted) + (wanted - found)).elements())
        differ = differ or bool(odd)
        for report, rule, at, outcome in odd[:20]:
            tell(say("{engine}: {report}: {rule} {at}: {outcome}", engine=name, report=report, rule=rule_word(rule),
                     at=at, outcome=outcome_word(outcome)))  # fmt: skip
        if not odd:
            tell(say("{engine}: {n} reports of {rules} come out as row by row", engine=name, n=len(rows), rules=folder))
    return differ


def _rows(book: Book, cases: Sequence[Row], folder: Path) -> Iterator[Row]:
    """A row for each report of a case and of the year before, and variations of it, each pair an agency of its own."""
    chance = random.Random(0)
    for number, case in enumerate(cases):
        report, previous = reports_of(book, case, folder)
        for variation in range(VARIATIONS + 1):
            agency = f"{number}-{variation}"
            for one, when in ((report, ""), (previous, "-before")):
                if one is not None:
                    cells = {cell.key: one.text(cell) for cell in one.cells if cell.position not in one.states}
                    cells |= _varied(one, chance) if variation else {}
                    yield {"report": agency + when, "agency": agency, "year": one.year, **cells}


def _varied(report: Report, chance: random.Random) -> Row:
    """Some cells blank, one more or less, negative, printed with a unit of their own, or no number."""
    found: Row = {}
    for cell in chance.sample(report.cells, min(len(report.cells), chance.randint(0, 6))):
        text = report.text(cell) or "0"
        whole = text.lstrip("-").isdecimal()
        near = str(int(text) + chance.choice((-1, 1))) if whole else text
        found[cell.key] = chance.choice((None, near, near, f"{text}{cell.type.unit}", "-1", "0", "?"))
    return found


def _by_rows(book: Book, rows: Sequence[Row]) -> Said:
    """What is said of each report alone, beside the one before."""
    bound = {row["report"]: _bound(book, row) for row in rows}
    before = {(report.agency, report.year): report for report in bound.values()}
    said: Said = Counter()
    for name, report in bound.items():
        result = book.check(report, previous=before.get((report.agency, report.year - 1)))
        for verdict in result.verdicts:
            if verdict.outcome not in ("pass", "not_applicable"):
                said[name, verdict.rule, " ".join(verdict.at.values()), verdict.outcome] += 1
    return said


def _bound(book: Book, row: Row) -> Report:
    cells = {name: value for name, value in row.items() if name not in ("report", "agency", "year")}
    return book.bind({"tables": cells, "agency": row["agency"], "year": row["year"]})


def _by_columns(book: Book, rows: Sequence[Row], made: Callable[[Any], tuple[Any, Callable[[Any], Any]]]) -> Said:
    import polars

    names = dict.fromkeys(name for row in rows for name in row)
    types = {name: polars.Int64 if name == "year" else polars.String for name in names}
    columns = {name: [row.get(name) for row in rows] for name in names}
    frame, listed = made(polars.DataFrame(columns, schema=types))
    found = listed(book.check_frame(frame))
    return Counter(tuple(row) for row in found.select(_SAID).rows())


def _polars(frame: Any) -> tuple[Any, Callable[[Any], Any]]:
    return frame.lazy(), lambda found: found.collect()


def _duckdb(frame: Any) -> tuple[Any, Callable[[Any], Any]]:
    import duckdb
    import polars

    return duckdb.connect().from_arrow(frame.to_arrow()), lambda found: polars.from_arrow(found.to_arrow_table())


def _spark(frame: Any) -> tuple[Any, Callable[[Any], Any]]:
    import polars
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # else its workers run a Python without these rules
    session = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    types = ", ".join(f"`{name}` {'bigint' if name == 'year' else 'string'}" for name in frame.columns)
    made = session.createDataFrame(frame.rows(), types)
    return made, lambda found: polars.DataFrame(
        [row.asDict() for row in found.collect()], dict.fromkeys(_SAID, polars.String)
    )


_SAID = ("report", "rule", "at", "outcome")
_ENGINES = {"polars": _polars, "duckdb": _duckdb, "pyspark": _spark}
"""By the name of the library."""
