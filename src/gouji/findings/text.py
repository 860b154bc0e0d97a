"""A result as plain text for a person."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from gouji.sources import width

if TYPE_CHECKING:
    from gouji.findings.explain import Finding
    from gouji.forms.report import Report

_COLUMNS = ("expected", "pass", "fail", "undetermined", "not_applicable", "waived", "error")
_VERDICTS = {"pass": "PASS", "fail": "FAIL", "undetermined": "UNDETERMINED"}


class Rendered(Protocol):
    """What is rendered: a result, of which this module need not know more."""

    @property
    def report(self) -> "Report": ...
    @property
    def rules(self) -> dict[str, dict[str, Any]]: ...
    @property
    def counts(self) -> dict[str, int]: ...
    @property
    def status(self) -> str: ...
    @property
    def findings(self) -> "tuple[Finding, ...]": ...
    def to_dict(self) -> dict[str, Any]: ...


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
    lines = [head, *([report.source] if report.source else []), "", *_aligned(table), ""]
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


def _aligned(table: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(width(row[i]) for row in table) for i in range(len(table[0]))]
    return [
        "  ".join(
            cell + " " * (w - width(cell)) if i == 0 else " " * (w - width(cell)) + cell
            for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in table
    ]


def _finding(finding: "Finding") -> list[str]:
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
