"""`gouji check --jobs N`: more reports than fit in memory, in chunks over several processes, each written whole.

A chunk's findings and its counts are two files, the counts written last; a run that was stopped is gone on with where
counts are missing. Nothing is kept of a chunk but its counts. A chunk of which some report turns out to be that of the
year after another in the run is checked once more with it.
"""

from __future__ import annotations

import json
import os
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from attrs import asdict, evolve, frozen

from gouji.book import Book, bundled, load
from gouji.commands.checking import Earlier, Line, empty, files_of, lined, lines_of, progress, read_by_any, reports_in
from gouji.commands.output import complain, tell
from gouji.commands.pairing import Pairs, key
from gouji.commands.tables import check_share, polars_version, shares
from gouji.commands.tally import Tally, of_results
from gouji.findings.model import Result
from gouji.findings.table import rows, to_bytes, to_csv, to_frame
from gouji.findings.text import summary
from gouji.forms.report import Report
from gouji.messages import language, say, speak
from gouji.sources import GoujiError, Problem, ReportError, reason
from gouji.version import __version__

STYLES = ("csv", "jsonl", "parquet")
ONLY = ("jsonl", "parquet")
"""Those in which findings are written in chunks alone."""
_COUNTS = "counts.json"
LINES, FILES = 2_000, 50
"""How many lines of a file, and how many documents, make a chunk."""
Submit = Callable[["Chunk", Path], Callable[[], Tally]]
"""Begins the work on a chunk, whose files are to be named so, and gives what waits for it."""
_OURS, _NAME = re.compile(r"\.?\d{6}-[0-9a-f]{12}(-[0-9a-f]{12})?\.(csv|jsonl|parquet|counts\.json).*"), 19
"""The files of a chunk, and how long its name is before it is checked once more."""


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
    beside: str = ""
    """A digest of the rules and of the reports of the year before, as they stand on disk."""


@frozen
class Chunk:
    """Some documents; or the lines of one file from `start` on; or share `start` of the bodies in a table of reports.

    `number` is its place in the run, `line` the number of its first line, `of` the number of shares of a table, and
    `before` for some that start here the file, byte and line of the report of the year before.
    """

    number: int
    paths: tuple[str, ...]
    start: int = 0
    line: int = 0
    of: int = 0
    before: tuple[tuple[int, tuple[str, int, int]], ...] = ()

    def name(self, options: Options) -> str:
        """The name of its files: it changes with what is read and how, so that a changed document is checked again."""
        states = [(path, *_state(path)) for path in self.paths]
        with_what = [__version__, polars_version() if self.of else ""]  # who divides a table into shares
        name = f"{self.number:06}-{_digest([with_what, states, self.start, self.of, asdict(options)])}"
        earlier = [(path, *_state(path)) for path in sorted({path for _, (path, *_) in self.before})]
        return f"{name}-{_digest([self.before, earlier])}" if earlier else name


def _state(path: str) -> tuple[int, int]:
    try:
        found = os.stat(path)
    except OSError:
        return 0, 0
    return found.st_size, found.st_mtime_ns


def _digest(what: object) -> str:
    text = json.dumps(what, ensure_ascii=False)
    return sha256(text.encode(errors="backslashreplace")).hexdigest()[:12]


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
    folder = Path(output)
    chunks = list(_chunks(paths))
    beside = [(str(path), *_state(str(path))) for path in (*_rule_files(options.rules), *files_of(options.previous))]
    options = evolve(options, beside=_digest(beside))
    if any(chunk.of for chunk in chunks) and (options.edition or options.year or options.previous):
        return complain(say("a table of reports says its years itself: leave out --year, --edition and --previous"))
    problems = empty((*options.previous, *paths))
    try:
        reports_in(options.previous, _books(options), None, None, problems)
        told = [str(problem) for _, problem in problems]
        for problem in told:
            complain(problem)
        folder.mkdir(parents=True, exist_ok=True)
        total = _all(chunks, folder, jobs, options).plus(Tally(problems=told))
    except GoujiError as error:
        return complain(error)
    except OSError as error:
        return complain(say("{path}: cannot be written: {reason}", path=output, reason=reason(error)))
    except BrokenProcessPool:
        hint = say("the memory may be too small: take fewer; run it again to go on where it stopped")
        return complain(f"{say('one of the processes was stopped')}\n{hint}")
    if not (total.reports or total.unusable):
        complain(say("no report stands in {paths}", paths=say(", ").join(paths)))
    tell(summary(total.reports, total.statuses, total.rules, total.unusable))
    return 2 if total.unusable or not total.reports else int(total.failed)


def _books(options: Options) -> list[Book]:
    return [load(name) for name in ([options.rules] if options.rules else bundled())]


def _rule_files(rules: str | None) -> list[Path]:
    """The files of rules that are no bundled form; an edition may extend one beside it."""
    path = Path(rules or "")
    return sorted((path if path.is_dir() else path.parent).glob("*.rules")) if rules and path.exists() else []


def _chunks(paths: tuple[str, ...]) -> Iterator[Chunk]:
    """The work in order; what runs have written is no report."""
    files = [str(path) for path in files_of(paths) if not _OURS.fullmatch(path.name)]
    number, plain = 0, []
    for path in files:
        if Path(path).suffix.lower() == ".parquet":
            made = [Chunk(0, (path,), share, of=of) for of in [shares(path)] for share in range(of)]
        elif lined(Path(path)):
            made = [Chunk(0, (path,), start, line) for start, line in _starts(path)]
        else:
            plain.append(path)
            continue
        yield from (evolve(chunk, number=number + at) for at, chunk in enumerate(made))
        number += len(made)
    for at in range(0, len(plain), FILES):
        yield Chunk(number + at // FILES, tuple(plain[at : at + FILES]))


def _starts(path: str) -> Iterator[tuple[int, int]]:
    """Where each chunk of lines begins, and with which line."""
    with open(path, "rb") as lines:
        at = 0
        for number, text in enumerate(lines, 1):
            if number % LINES == 1 or LINES == 1:
                yield at, number
            at += len(text)


def _all(chunks: Sequence[Chunk], folder: Path, jobs: int, options: Options) -> Tally:
    """The counts of all chunks; the files of others go, and the first findings of what is checked once more."""
    names = {chunk.number: chunk.name(options) for chunk in chunks}
    first = set(names.values())
    _sweep(folder, lambda name: name[:_NAME] in first)
    pairs = Pairs()
    with _workers(jobs, options) as submit:
        once = ((chunk, folder / names[chunk.number]) for chunk in progress(chunks, say("checking")))
        for chunk, _, tally in _done(once, _counted, submit, 2 * jobs):
            for problem in tally.problems:
                complain(problem)
            pairs.add(chunk.number, tally.bodies)
        paired = pairs.chunks(bool(options.previous))
        # The first findings are gone too of what had a year before in the last run and has none now.
        left = [n for n, name in names.items() if n in paired or not _file(folder / name, options.style).exists()]
        again = (_again(chunks, number, pairs) for number in progress(left, say("pairing the years")))
        twice = ((chunk, folder / chunk.name(options)) for chunk in again)

        def kept(at: Path) -> Tally | None:
            return _counted(at) if _file(at, options.style).exists() else None

        for chunk, at, _ in _done(twice, kept, submit, 2 * jobs):
            names[chunk.number] = at.name
    own = {f"{name}.{ending}" for name in names.values() for ending in (options.style, _COUNTS)}
    own |= {f"{name}.{_COUNTS}" for name in first}
    _sweep(folder, own.__contains__)
    total = Tally()
    for name in names.values():
        total = total.plus(_read(folder / name))
    return total


def _again(chunks: Sequence[Chunk], number: int, pairs: Pairs) -> Chunk:
    """A chunk that knows the reports of the year before."""

    def place(chunk: int, start: int, line: int) -> tuple[str, int, int]:
        paths = chunks[chunk].paths
        return (paths[0], start, line) if line else (paths[start], 0, 0)

    before = tuple((at, place(*found)) for at, found in pairs.before(number))
    return evolve(chunks[number], before=before)


def _sweep(folder: Path, kept: Callable[[str], bool]) -> None:
    """Takes away what runs have written into the folder, but for some."""
    for file in folder.iterdir():
        if _OURS.fullmatch(file.name) and not kept(file.name):
            file.unlink()


def _done(
    work: Iterable[tuple[Chunk, Path]], kept: Callable[[Path], Tally | None], submit: Submit, most: int
) -> Iterator[tuple[Chunk, Path, Tally]]:
    """Each chunk with its files and counts, in order; what is kept already is not done again."""
    waiting: deque[tuple[Chunk, Path, Tally | Callable[[], Tally]]] = deque()

    def next_one() -> tuple[Chunk, Path, Tally]:
        chunk, at, found = waiting.popleft()
        return chunk, at, found if isinstance(found, Tally) else found()

    for chunk, at in work:
        waiting.append((chunk, at, kept(at) or submit(chunk, at)))
        if len(waiting) >= most:
            yield next_one()
    while waiting:
        yield next_one()


def _counted(at: Path) -> Tally | None:
    """The counts of a chunk that is done; one of which nothing could be used is tried again."""
    try:
        found = _read(at)
    except (OSError, ValueError, TypeError):
        return None
    return found if found.reports or not found.problems else None


def _read(at: Path) -> Tally:
    return Tally(**json.loads(_file(at, _COUNTS).read_text("utf-8")))


def _file(at: Path, ending: str) -> Path:
    return at.with_name(f"{at.name}.{ending}")


@contextmanager
def _workers(jobs: int, options: Options) -> Iterator[Submit]:
    """What does a chunk: this process alone, or others that each load the rules once."""
    if jobs == 1:
        _load(options)
        yield lambda chunk, at: lambda: _work(chunk, at)
        return
    with ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (options,)) as pool:

        def submit(chunk: Chunk, at: Path) -> Callable[[], Tally]:
            found: Future[Tally] = pool.submit(_work, chunk, at)
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
    books = _books(options)
    told: list[tuple[str, Problem]] = []  # by the process that divides the work
    earlier = reports_in(options.previous, books, None, None, told)
    _LOADED[:] = [(options, books, Earlier(report for _, report in earlier))]


def _work(chunk: Chunk, at: Path) -> Tally:
    """Checks a chunk, writes its findings and then its counts, each under its name only when it is whole."""
    ((options, books, earlier),) = _LOADED
    if chunk.of:
        tally, frame = check_share(chunk.paths[0], chunk.start, chunk.of, books, options.blank)
        data = b"" if frame is None else to_bytes(frame, options.style)
        open_ = options.strict and tally.statuses.get("undetermined")
        tally = evolve(tally, failed=bool(tally.statuses.get("fail") or open_))
    else:
        results, problems, bodies = _checked(chunk, options, books, earlier)
        tally, data = of_results(results, problems, options.strict), _written(results, options.style)
        tally = evolve(tally, bodies=bodies)
    _put(_file(at, options.style), data)
    counts = json.dumps(asdict(tally), ensure_ascii=False)
    _put(_file(at, _COUNTS), counts.encode(errors="replace"))
    return tally


def _checked(
    chunk: Chunk, options: Options, books: list[Book], earlier: Earlier
) -> tuple[list[Result], list[str], list[tuple[object, ...]]]:
    """The results of the documents of a chunk, what could not be used, and the reports with their places."""
    results: list[Result] = []
    problems: list[str] = []
    bodies: list[tuple[object, ...]] = []
    before: dict[int, list[tuple[str, int, int]]] = {}
    for start, place in chunk.before:
        before.setdefault(start, []).append(place)
    for start, line, document in _documents(chunk):
        try:
            book, report = read_by_any(document, books, options.year, options.edition)
            found = [_at(*place, books, options) for place in before.get(start, ())]
            previous, _ = earlier.before(report, *found)
            results.append(book.check(report, previous=previous, blank=options.blank))
            bodies.append((*key(report), start, line))
        except ReportError as error:
            name = document.name if isinstance(document, Line) else str(document)
            problems += [str(evolve(p, place=p.place or name)) for p in error.problems]
    return results, problems, bodies


def _at(path: str, start: int, line: int, books: list[Book], options: Options) -> Report:
    """The report that stands in a file, or in a line of it."""
    document = next(lines_of(Path(path), start, line, 1), Path(path)) if line else Path(path)
    return read_by_any(document, books, options.year, options.edition)[1]


def _documents(chunk: Chunk) -> Iterator[tuple[int, int, Path | Line]]:
    """The documents with the byte and number of the line, or the number of the file and 0."""
    if chunk.line:
        lines = lines_of(Path(chunk.paths[0]), chunk.start, chunk.line, LINES)
        return ((line.start, line.number, line) for line in lines)
    return ((number, 0, Path(path)) for number, path in enumerate(chunk.paths))


def _written(results: Sequence[Result], style: str) -> bytes:
    """The findings of a chunk in one of STYLES; polars is needed for parquet alone."""
    if style == "parquet":
        return to_bytes(to_frame(results), style)
    if style == "csv":
        return f"{to_csv(results)}\n".encode(errors="backslashreplace")
    lines = (f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows(results))
    return "".join(lines).encode(errors="backslashreplace")


def _put(path: Path, data: bytes) -> None:
    """Writes a file that is there whole or not at all."""
    half = path.with_name(f".{path.name}.{os.getpid()}")
    with half.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(half, path)
