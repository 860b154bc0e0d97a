"""`gouji check --jobs N`: more reports than fit in memory, in chunks over several processes, each written whole.

A chunk's findings and its counts are two files, the counts written last; a run that was stopped is gone on with where
counts are missing. Nothing is kept of a chunk but its counts.
"""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from hashlib import sha256
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from attrs import asdict, evolve, field, frozen

from gouji.book import Book, bundled, load
from gouji.commands.checking import Earlier, files_of, progress, read_by_any
from gouji.commands.output import complain, tell
from gouji.commands.tables import check_share, shares
from gouji.findings.model import Result
from gouji.findings.table import rows, to_csv, to_frame
from gouji.findings.text import summary
from gouji.messages import language, say, speak
from gouji.sources import GoujiError, ReportError, reason
from gouji.version import __version__

STYLES = ("csv", "jsonl", "parquet")
LINES, FILES = 2_000, 50
"""How many lines of a file, and how many documents, make a chunk."""
_LINED = (".jsonl", ".ndjson")


@frozen
class Options:
    """What of the command a chunk needs."""

    rules: str | None
    edition: str | None
    year: int | None
    previous: tuple[str, ...]
    blank: str | None
    style: str
    strict: bool
    lang: str


@frozen
class Chunk:
    """Some documents; or the lines of one file from `start` on; or share `start` of the bodies in a table of reports.

    `number` is its place in the run, `of` the number of shares of a table.
    """

    number: int
    paths: tuple[str, ...]
    start: int = 0
    line: int = 0
    of: int = 0

    def name(self, options: Options) -> str:
        """The name of its files: it changes with what is read and how, so that a changed document is checked again."""
        states = [(path, *_state(path)) for path in self.paths]
        text = json.dumps([__version__, states, self.start, self.of, asdict(options)], ensure_ascii=False, default=str)
        return f"{self.number:06}-{sha256(text.encode()).hexdigest()[:12]}"


@frozen
class Tally:
    """What is kept of a chunk: how many reports came out how, the counts of the rules, what could not be used."""

    reports: int = 0
    statuses: Mapping[str, int] = field(factory=dict)
    rules: Mapping[str, Mapping[str, Any]] = field(factory=dict)
    problems: Sequence[str] = ()
    failed: bool = False

    def plus(self, other: Tally) -> Tally:
        """Both together; of problems the first hundred."""
        names = dict.fromkeys((*self.rules, *other.rules))
        return Tally(
            self.reports + other.reports,
            _added(self.statuses, other.statuses),
            {name: _added(self.rules.get(name, {}), other.rules.get(name, {})) for name in names},
            (*self.problems, *other.problems)[:100],
            self.failed or other.failed,
        )


def _added(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """The sums of numbers; a text, the severity of a rule, is the same in both."""
    both = {**other, **one}
    return {k: one.get(k, 0) + other.get(k, 0) if isinstance(v, int) else v for k, v in both.items()}


def _state(path: str) -> tuple[int, int]:
    try:
        found = os.stat(path)
    except OSError:
        return 0, 0
    return found.st_size, found.st_mtime_ns


def run(jobs: int, paths: tuple[str, ...], output: str | None, style: str, **options: Any) -> int:
    """Runs the command with these options, or says which of them need the reports of a run together."""
    together = {"parts": "--parts", "partial": "--partial", "waivers": "--waivers", "filling": "--fill",
                "copies": "--annotate", "quiet": "--quiet", "verbose": "--verbose"}  # fmt: skip
    given = [flag for name, flag in together.items() if options.pop(name)]
    if given:
        return complain(say("with --jobs there is no {options}", options=say(", ").join(given)))
    chosen = Options(style="csv" if style == "text" else style, lang=language(), **options)
    return stream(paths, output, jobs, chosen)


def stream(paths: tuple[str, ...], output: str | None, jobs: int, options: Options) -> int:
    """Checks in chunks and writes their findings into the folder `output`: 0, 1 or 2 as `check`."""
    if options.style not in STYLES:
        known = say(", ").join(STYLES)
        return complain(say("with --jobs the format is one of {known}, not {style}", known=known, style=options.style))
    if output is None:
        hint = say("name a folder: -o FOLDER")
        return complain(f"{say('with --jobs the findings are written to a folder')}\n{hint}")
    try:
        for name in [options.rules] if options.rules else bundled():
            load(name)
        Path(output).mkdir(parents=True, exist_ok=True)
    except GoujiError as error:
        return complain(error)
    except OSError as error:
        return complain(say("{path}: cannot be written: {reason}", path=output, reason=reason(error)))
    total = Tally()
    try:
        for tally in _tallies(list(_chunks(paths)), Path(output), jobs, options):
            total = total.plus(tally)
    except OSError as error:
        return complain(say("{path}: cannot be written: {reason}", path=output, reason=reason(error)))
    for problem in total.problems:
        complain(problem)
    tell(summary(total.reports, total.statuses, total.rules, len(total.problems)))
    return 2 if total.problems or not total.reports else int(total.failed)


def _chunks(paths: tuple[str, ...]) -> Iterator[Chunk]:
    """The work in order: lines of files with a report to a line, and other documents by the dozen."""
    number, plain = 0, []
    for path in map(str, files_of(paths)):
        if Path(path).suffix.lower() == ".parquet":
            for share in range(of := shares(path)):
                yield Chunk(number, (path,), share, of=of)
                number += 1
            continue
        if Path(path).suffix.lower() not in _LINED:
            plain.append(path)
            continue
        for start, line in _starts(path):
            yield Chunk(number, (path,), start, line)
            number += 1
    for at in range(0, len(plain), FILES):
        yield Chunk(number, tuple(plain[at : at + FILES]))
        number += 1


def _starts(path: str) -> Iterator[tuple[int, int]]:
    """Where each chunk of lines begins, and with which line."""
    try:
        with open(path, "rb") as lines:
            at = 0
            for number, text in enumerate(lines, 1):
                if number % LINES == 1:
                    yield at, number
                at += len(text)
    except OSError:
        yield 0, 1  # whoever reads the chunk says why it cannot be


def _tallies(chunks: Sequence[Chunk], folder: Path, jobs: int, options: Options) -> Iterator[Tally]:
    """The counts of each chunk, in order; what stands there already is not done again."""
    with _workers(jobs, options) as submit:
        waiting: deque[Callable[[], Tally]] = deque()
        for chunk in progress(chunks, say("checking")):
            kept = _kept(folder, chunk, options)
            waiting.append((lambda found: lambda: found)(kept) if kept else submit(chunk, str(folder)))
            if len(waiting) >= 2 * jobs:
                yield waiting.popleft()()
        while waiting:
            yield waiting.popleft()()


def _kept(folder: Path, chunk: Chunk, options: Options) -> Tally | None:
    """The counts of a chunk that is done; what is left of an older one is removed."""
    name = chunk.name(options)
    for old in folder.glob(f"{chunk.number:06}-*"):
        if not old.name.startswith(f"{name}."):
            old.unlink()
    try:
        return Tally(**json.loads((folder / f"{name}.counts.json").read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


@contextmanager
def _workers(jobs: int, options: Options) -> Iterator[Callable[[Chunk, str], Callable[[], Tally]]]:
    """What does a chunk: this process alone, or others that each load the rules once."""
    if jobs == 1:
        _load(options)
        yield lambda chunk, folder: lambda: _work(chunk, folder)
        return
    with ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (options,)) as pool:

        def submit(chunk: Chunk, folder: str) -> Callable[[], Tally]:
            found: Future[Tally] = pool.submit(_work, chunk, folder)
            return found.result

        try:
            yield submit
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


_LOADED: list[tuple[Options, list[Book], Earlier]] = []
"""What a process that does chunks has loaded."""


def _begin(options: Options) -> None:
    speak(options.lang)
    _load(options)


def _load(options: Options) -> None:
    books = [load(name) for name in ([options.rules] if options.rules else bundled())]
    earlier = []
    for path in files_of(options.previous):
        try:
            earlier.append(read_by_any(path, books, None, None)[1])
        except ReportError:
            continue  # the first process tells what cannot be used
    _LOADED[:] = [(options, books, Earlier(earlier))]


def _work(chunk: Chunk, folder: str) -> Tally:
    """Checks a chunk, writes its findings and then its counts, each under its name only when it is whole."""
    ((options, books, earlier),) = _LOADED
    if chunk.of:
        return _work_on_table(chunk, Path(folder), options, books)
    results: list[Result] = []
    problems: list[str] = []
    for document, name in _documents(chunk):
        try:
            book, report = read_by_any(document, books, options.year, options.edition)
            found = book.check(report, previous=earlier.before(report)[0], blank=options.blank)
        except ReportError as error:
            problems += [str(evolve(p, place=p.place or name)) for p in error.problems]
            continue
        results.append(found)
    tally = _count(results, problems, options.strict)
    name = chunk.name(options)
    _put(Path(folder, f"{name}.{options.style}"), _written(results, options.style))
    _put(Path(folder, f"{name}.counts.json"), json.dumps(asdict(tally), ensure_ascii=False).encode())
    return tally


def _work_on_table(chunk: Chunk, folder: Path, options: Options, books: Sequence[Book]) -> Tally:
    """The same for a share of a table of reports, which columns check."""
    tally, data = check_share(chunk.paths[0], chunk.start, chunk.of, books, options.blank, options.style)
    total = Tally(**tally)
    open_ = options.strict and total.statuses.get("undetermined")
    total = evolve(total, failed=bool(total.statuses.get("fail") or open_))
    name = chunk.name(options)
    _put(folder / f"{name}.{options.style}", data)
    _put(folder / f"{name}.counts.json", json.dumps(asdict(total), ensure_ascii=False).encode())
    return total


class _Line(BytesIO):
    """A line of a file, under its own name."""

    name = ""


def _documents(chunk: Chunk) -> Iterator[tuple[Any, str]]:
    if not chunk.line:
        yield from ((Path(path), path) for path in chunk.paths)
        return
    (path,) = chunk.paths
    if not os.access(path, os.R_OK):
        yield Path(path), path  # reading it says why it cannot be
        return
    with open(path, "rb") as lines:
        lines.seek(chunk.start)
        for number, text in zip(range(chunk.line, chunk.line + LINES), lines, strict=False):
            if text.strip():
                line = _Line(text)
                line.name = f"{path}:{number}"
                yield line, line.name


def _count(results: Iterable[Result], problems: Sequence[str], strict: bool) -> Tally:
    total = Tally(problems=tuple(problems))
    for result in results:
        open_ = strict and (result.counts["undetermined"] or result.report.unplaced)
        rules = {name: dict(counts) for name, counts in result.rules.items()}
        total = total.plus(Tally(1, {result.status: 1}, rules, (), not result.ok or bool(open_)))
    return total


def _written(results: Sequence[Result], style: str) -> bytes:
    """The findings of a chunk in one of STYLES."""
    if style == "csv":
        return f"{to_csv(results)}\n".encode(errors="backslashreplace")
    if style == "jsonl":
        return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows(results)).encode(errors="replace")
    made = BytesIO()
    to_frame(results).write_parquet(made)
    return made.getvalue()


def _put(path: Path, data: bytes) -> None:
    """Writes a file that is there whole or not at all."""
    half = path.with_name(f".{path.name}.{os.getpid()}")
    with half.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(half, path)
