"""`gouji show` and `gouji read`: a form, and what is read in a document."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from gouji.book import bundled, load, rules_folder
from gouji.commands.checking import read_by_any
from gouji.commands.output import complain, write
from gouji.findings.reading import to_csv, to_data, to_text
from gouji.language.core import Rule
from gouji.language.rulebook import whole_files
from gouji.messages import say
from gouji.sources import GoujiError


def show_read(path: str, rules: str | None, year: int | None, edition: str | None, style: str) -> int:
    """Prints a report as it is read, each cell with its place."""
    try:
        books = [load(name) for name in ([rules] if rules else bundled())]
        _, report = read_by_any(Path(path), books, year, edition)
    except GoujiError as error:
        return complain(error)
    if style == "json":
        return write(json.dumps(to_data(report), ensure_ascii=False, indent=1), None)
    return write(to_csv(report) if style == "csv" else to_text(report), None)


def show(form: str, year: int | None, style: str) -> int:
    """Prints a form, or an empty report on it."""
    try:
        book = load(form)
        shape = book.form(year) if year is not None else book.editions[-1].form
    except GoujiError as error:
        return complain(error)
    if style == "rules":
        return write(_whole(form, shape.edition), None)
    if style == "json":
        return write(json.dumps(book.blank_report(year), ensure_ascii=False, indent=1), None)
    if style == "csv":
        rows = io.StringIO()
        writer = csv.writer(rows, lineterminator="\n")
        writer.writerow(("cell", "label", "unit", "value"))
        writer.writerows((cell.key, cell.label, cell.type.unit, "") for cell in shape.declared.cells)
        return write(rows.getvalue().rstrip("\n"), None)
    head = {"title": shape.title, "edition": shape.edition, "years": shape.years, "clause": shape.clause}
    lines = [say("{title}, edition {edition}, years {years}, {clause}", **head)]
    edition = next(e for e in book.editions if e.form is shape)
    for table in shape.tables:
        lines += ["", table.labels[0]]
        lines += [
            say("  {label} ({unit})", label=c.label, unit=c.type.unit) for c in shape.declared.cells if c.table is table
        ]
    lines += ["", *(_told(rule) for rule in edition.rules)]
    return write("\n".join(lines), None)


def _told(rule: Rule) -> str:
    if rule.severity == "error":
        return say("{rule} (error): {sentence}", rule=rule.name, sentence=rule.sentence)
    return say("{rule} (warning): {sentence}", rule=rule.name, sentence=rule.sentence)


def _whole(form: str, edition: str) -> str:
    """The rule file of an edition, whole where it extends another."""
    from gouji.language.extension import edition_of
    from gouji.language.printer import print_file

    path = rules_folder() / form if form in bundled() else Path(form)
    files, _ = whole_files(path if path.is_dir() else path.parent)
    return next(print_file(file).rstrip("\n") for file in files if edition_of(file) == edition)
