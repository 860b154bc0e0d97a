"""A result as plain text for a person."""

from collections.abc import Sequence

from gouji.findings.explain import Finding
from gouji.findings.rendered import Rendered
from gouji.sources import width

_COLUMNS = ("expected", "pass", "fail", "undetermined", "not_applicable", "waived", "error")
_VERDICTS = {"pass": "PASS", "fail": "FAIL", "undetermined": "UNDETERMINED"}


def render_all(results: Sequence[Rendered], unusable: int = 0) -> str:
    """One result whole; of several those with something to tell, then how each file and each rule came out."""
    if len(results) < 2:
        return "\n".join(map(render, results))
    told = [render(result) for result in results if result.findings or result.report.unplaced or not result.ok]
    return "\n\n".join([*told, _summary(results, unusable)])


def _summary(results: Sequence[Rendered], unusable: int) -> str:
    columns = ("pass", "fail", "undetermined", "error")
    files = [["file", "agency", "year", "status", *columns]]
    rules: dict[str, dict[str, int]] = {}
    for result in results:
        report = result.report
        counts = [str(result.counts[column]) for column in columns]
        files.append([report.source, report.agency, str(report.year), _VERDICTS[result.status], *counts])
        for name, rule in result.rules.items():
            found = rules.setdefault(name, dict.fromkeys(columns, 0))
            for column in columns:
                found[column] += rule[column]
    table = [["rule", *columns]]
    table += [[name, *(str(counts[column]) for column in columns)] for name, counts in rules.items()
              if any(counts[column] for column in columns[1:])]  # fmt: skip
    statuses = [result.status for result in results]
    whole = ", ".join(f"{statuses.count(status)} {word.lower()}" for status, word in _VERDICTS.items())
    last = f"{len(results)} reports: {whole}" + (f"; {unusable} that cannot be used" if unusable else "")
    broken = [*aligned(table), ""] if table[1:] else []
    return "\n".join([*broken, *aligned(files, words=4), "", last])


def render(result: Rendered) -> str:
    """Form, edition, agency and year; a table of rules; the findings; the verdict."""
    report = result.report
    head = f"{report.form.title}, edition {report.form.edition}: {report.agency or 'agency unknown'}, {report.year}"
    columns = [name for name in _COLUMNS if name not in ("waived", "error") or result.counts[name]]
    table = [["rule", *(name.replace("_", " ") for name in columns)]]
    idle = [counts for counts in result.rules.values() if 0 < counts["not_applicable"] == counts["expected"]]
    for name, counts in result.rules.items():
        label = name if counts["severity"] == "error" else f"{name} ({counts['severity']})"
        if counts not in idle:
            table.append([label, *(str(counts[column]) for column in columns)])
    if idle:
        label = f"{len(idle)} {'rule that does' if len(idle) == 1 else 'rules that do'} not apply"
        table.append([label, *(str(sum(counts[column] for counts in idle)) for column in columns)])
    table.append(["total", *(str(result.counts[column]) for column in columns)])
    lines = [head, *([report.source] if report.source else []), "", *aligned(table), ""]
    for finding in result.findings:
        lines += [*_finding(finding), ""]
    plain = result.to_dict()
    lines += [f"filled: {cell['cell']} is {cell['value']}, by {cell['rule']}" for cell in plain.get("filled", ())]
    lines += [f"not placed: {key}" for key in report.unplaced]
    lines += [f"note: {note}" for note in plain["notes"]]
    counts = result.counts
    lines.append(
        f"{_VERDICTS[result.status]}: {counts['pass']} of {counts['expected']} checks pass, {counts['fail']} fail, "
        f"{counts['undetermined']} undetermined, {counts['not_applicable']} not applicable, {counts['error']} in error"
    )
    return "\n".join(lines)


def aligned(table: Sequence[Sequence[str]], words: int = 1) -> list[str]:
    """The rows of a table, so many columns of words and then numbers."""
    widths = [max(width(row[i]) for row in table) for i in range(len(table[0]))]
    return [
        "  ".join(
            cell + " " * (w - width(cell)) if i < words else " " * (w - width(cell)) + cell
            for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in table
    ]


def _finding(finding: Finding) -> list[str]:
    where = ", ".join([finding.table, *finding.at.values()]) if finding.table else ", ".join(finding.at.values())
    lines = [f"{finding.outcome.upper()} {finding.rule} ({finding.severity}) {where}", f"  {finding.message}"]
    if finding.difference not in (None, "0"):
        lines.append(f"  difference {finding.difference}")
    for cell in finding.cells[:40]:
        place = f"  ({cell.place})" if cell.place else ""
        lines.append(f"    {cell.label}: {cell.printed or cell.value or '(blank)'}{place}")
    if finding.clause or finding.rule_at:
        lines.append("  " + ", ".join(part for part in (finding.clause, finding.rule_at) if part))
    return lines
