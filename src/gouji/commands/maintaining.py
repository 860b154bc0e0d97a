"""`gouji lint`, `fmt`, `test` and `diff`: what the maintainer of rule files needs."""

from __future__ import annotations

import json
from pathlib import Path

from gouji.book import load, load_edition
from gouji.commands.cases import case_files, cases_in, run_case
from gouji.commands.output import complain, tell, write
from gouji.language.core import Edition
from gouji.language.rulebook import apart, load_file
from gouji.messages import count, say
from gouji.sources import GoujiError, Source, reason
from gouji.version import __version__


def _rule_files(rules: tuple[str, ...]) -> list[Path]:
    return [f for path in map(Path, rules) for f in (sorted(path.rglob("*.rules")) if path.is_dir() else [path])]


def lint(rules: tuple[str, ...]) -> int:
    """Prints every problem of the files: 0 none, 1 some, 2 a file cannot be read."""
    files = _rule_files(rules)
    missing = [file for file in files if not file.is_file()]
    if missing or not files:
        return complain(_none(say(", ").join(map(str, missing)) or " ".join(rules)))
    told = unusable = 0
    folders: dict[Path, list[Edition]] = {}
    for file in files:
        edition, problems = load_file(file, file.resolve().parent.name)
        if edition:
            folders.setdefault(file.resolve().parent, []).append(edition)
        for problem in problems:
            if problem.span:
                tell(f"{problem}\n")
            else:
                unusable = complain(problem)
        told += len(problems)
    for problem in (problem for editions in folders.values() for problem in apart(editions)):
        tell(f"{problem}\n")
        told += 1
    found = count("{n} problem", "{n} problems", told)
    tell(count("{n} rule file, {problems}", "{n} rule files, {problems}", len(files), problems=found))
    return unusable or int(told > 0)


def _none(names: str) -> str:
    return say("{names}: there is no such rule file", names=names)


def fmt(rules: tuple[str, ...], only: bool) -> int:
    """Formats the files: 0 nothing to change or changed, 1 `only` and something to change, 2 a file cannot be used."""
    from gouji.language.parser import parse
    from gouji.language.printer import format_source

    unusable = changed = 0
    if not _rule_files(rules):
        return complain(_none(" ".join(rules)))
    for path in _rule_files(rules):
        try:
            source = Source(str(path), path.read_bytes().decode("utf-8-sig"))
        except (OSError, UnicodeDecodeError) as error:
            unusable = complain(say("{path}: cannot be read: {reason}", path=path, reason=error))
            continue
        file, problems = parse(source)
        if file is None or problems:
            unusable = complain("\n\n".join(map(str, problems)))
            continue
        text = format_source(source, file)
        if text != source.text:
            changed += 1
            if not only:
                try:
                    path.write_text(text, "utf-8")
                except OSError as error:
                    unusable = complain(say("{path}: cannot be written: {reason}", path=path, reason=reason(error)))
                    continue
            tell(say("{path}: would change", path=path) if only else say("{path}: changed", path=path))
    return unusable or int(only and changed > 0)


def diff(old: str, new: str, style: str) -> int:
    """Prints what differs between two editions: 0 nothing, 1 something, 2 an edition cannot be used."""
    from gouji.analysis.diff import diff as compare
    from gouji.findings.difference import to_plain, to_words

    try:
        found = compare(load_edition(old), load_edition(new))
    except GoujiError as error:
        return complain(error)
    plain = style == "json"
    whole = {"gouji": __version__, **to_plain(found)}
    text = json.dumps(whole, ensure_ascii=False, indent=1) if plain else to_words(found)
    return write(text, None) or int(bool(found.changes))


def test(rules: tuple[str, ...]) -> int:
    """Runs the cases beside the rules: 0 all as written, 1 one is not, 2 something cannot be used."""
    passed = failed = unusable = 0
    for file in case_files(rules):
        try:
            cases, book = cases_in(file), load(file.parent)
            for case in cases:
                told = run_case(book, case, file.parent)
                passed, failed = passed + (not told), failed + bool(told)
                if told:
                    tell(f"{file.name}: {case['name']}\n" + "\n".join(f"  {line}" for line in told))
        except (GoujiError, OSError, KeyError, ValueError) as error:
            unusable = complain(f"{file}: {error}")
    tell(say("{passed} passed, {failed} failed", passed=passed, failed=failed))
    return unusable or (2 if passed + failed == 0 else int(failed > 0))
