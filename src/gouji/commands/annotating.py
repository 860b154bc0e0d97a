"""`gouji check --annotate`: each document is handed back with its failing cells marked."""

from collections.abc import Sequence
from pathlib import Path

from gouji.findings.annotate.copies import write
from gouji.findings.model import Result
from gouji.messages import say
from gouji.sources import Problem, ReportError


def annotate(results: Sequence[Result], paths: Sequence[str], out: str) -> list[tuple[str, Problem]]:
    """Writes a copy of each document that was checked, and gives what could not be written.

    `out` is a file for one document, else a folder in which the copies stand as the documents do in theirs.
    """
    single = len(paths) == 1 and not Path(paths[0]).is_dir() and not Path(out).is_dir()
    originals = [result.report.source for result in results]
    problems: list[tuple[str, Problem]] = []
    written: dict[Path, str] = {}
    for result in results:
        source = result.report.source
        target = Path(out) if single else Path(out) / _inside(Path(source), paths)
        if target in written:
            message = say("the copy of {other} stands there already", other=written[target])
            hint = say("annotate the two in two runs")
            problems.append((source, Problem(message, place=str(target), hint=hint)))
            continue
        written[target] = source
        try:
            write(result, target, source, originals)
        except ReportError as error:
            problems += [(source, problem) for problem in error.problems]
    return problems


def _inside(source: Path, paths: Sequence[str]) -> Path:
    """The path of a document below the folder that was named, or its name alone."""
    for path in map(Path, paths):
        if path.is_dir() and source.is_relative_to(path):
            return source.relative_to(path)
    return Path(source.name)
