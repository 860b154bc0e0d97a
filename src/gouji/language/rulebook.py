"""A rule file, or a folder of them, -> the editions of one form."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from gouji.language.core import Edition
from gouji.language.ready import restore
from gouji.messages import say
from gouji.sources import Problem, RuleError, Source, reason

if TYPE_CHECKING:
    from gouji.language import nodes

_EXTENDS = re.compile(r"^[ \t]+extends\b", re.M)


def load_editions(path: Path, ready: Path | None = None) -> tuple[Edition, ...]:
    """Every edition in the folder or file; RuleError holds the problems of all files.

    `ready` is a folder with editions kept as data; what fits there is not parsed.
    """
    files = sorted(path.glob("*.rules")) if path.is_dir() else [path]
    if not files:
        raise RuleError([Problem(say("the folder holds no .rules file"), place=str(path))])
    id = path.name if path.is_dir() else path.resolve().parent.name or path.stem
    editions: list[Edition] = []
    problems: list[Problem] = []
    for file in files:
        edition, found = load_file(file, id, ready)
        problems += [problem for problem in found if problem not in problems]
        if edition:
            editions.append(edition)
    # Of bundled forms that are kept ready this was asked when they were made.
    problems += _clashes(editions) or ([] if ready else apart(editions))
    if problems:
        raise RuleError(problems)
    return tuple(sorted(editions, key=lambda edition: edition.form.first_year))


def apart(editions: list[Edition]) -> list[Problem]:
    """What the rules of an edition read of the one before it that this one does not have."""
    from gouji.language.counterparts import unreached

    ordered = sorted(editions, key=lambda edition: edition.form.first_year)
    return [problem for older, newer in pairwise(ordered) for problem in unreached(newer, older)]


def kept_name(file: Path, id: str) -> str:
    """The name under which the edition of a rule file is kept as data."""
    return f"{id}.{file.stem}.json"


def load_file(path: Path, id: str, ready: Path | None = None) -> tuple[Edition | None, list[Problem]]:
    """One rule file checked, with its problems."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        return None, [Problem(say("cannot be read: {reason}", reason=reason(error)), place=str(path))]
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return None, [
            Problem(say("line {line} is not UTF-8", line=line), hint=say("save the file as UTF-8"), place=str(path))
        ]
    if _EXTENDS.search(text):
        return _extended(path, id)
    kept = restore(ready / kept_name(path, id), text) if ready else None
    return (kept, []) if kept else load_text(Source(str(path), text), id)


def _extended(path: Path, id: str) -> tuple[Edition | None, list[Problem]]:
    """The edition of a file that extends another of its folder."""
    from gouji.language.checker import check

    whole, problems = whole_files(path.parent)
    file = next((file for file in whole if file.span.source.name == str(path)), None)
    if file is None:
        return None, problems
    edition, found = check(file, id)
    own = [problem for problem in problems if problem.span and problem.span.source.name == str(path)]
    return (edition, found) if not own else (None, own)


def whole_files(folder: Path) -> tuple[list[nodes.File], list[Problem]]:
    """The rule files of a folder as nodes, those that extend another made whole, and what cannot be read or applied."""
    from gouji.language.extension import resolve
    from gouji.language.parser import parse

    files: list[nodes.File] = []
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.rules")):
        try:
            file, found = parse(Source(str(path), path.read_bytes().decode("utf-8-sig")))
        except (OSError, UnicodeDecodeError):
            continue  # told where the file itself is loaded
        problems += found
        files += [file] if file else []
    whole, found = resolve(files)
    return whole, problems + found


def load_text(source: Source, id: str) -> tuple[Edition | None, list[Problem]]:
    """The edition that a rule text means, with its problems."""
    # Parsing needs lark, which takes longer to import than all else; a form that is kept ready goes without.
    from gouji.language.checker import check
    from gouji.language.parser import parse

    file, problems = parse(source)
    if file is None:
        return None, problems
    edition, found = check(file, id)
    return edition, problems + found


def _clashes(editions: list[Edition]) -> list[Problem]:
    problems = []
    for number, one in enumerate(editions):
        for other in editions[:number]:
            a, b = one.form, other.form
            if a.edition == b.edition:
                problems.append(
                    Problem(say("two files say edition {edition}", edition=a.edition), hint=say("keep one"))
                )
            elif max(a.first_year, b.first_year) <= min(a.last_year or 9999, b.last_year or 9999):
                message = say(
                    "editions {edition} ({years}) and {other} ({others}) share years",
                    edition=b.edition,
                    years=b.years,
                    other=a.edition,
                    others=a.years,
                )
                problems.append(Problem(message, hint=say("end one before the other begins")))
    return problems
