"""A run as SARIF 2.1.0: a result for each finding, with the place in the document and in the rule file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from attrs import define, field

from gouji.findings.model import Result
from gouji.findings.words import cells_sentence
from gouji.language.core import CELLS
from gouji.messages import language, say
from gouji.sources import Problem
from gouji.version import __version__

if TYPE_CHECKING:
    from gouji.findings.explain import Evidence, Finding

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LINE_OF = re.compile(r"(.+\.(?:jsonl|ndjson)):(\d+)", re.IGNORECASE)
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_RULES = "RULES"
Plain = dict[str, Any]


def to_sarif(results: Sequence[Result], problems: Sequence[tuple[str, Problem]] = ()) -> Plain:
    """The log as plain data."""
    log = _Log()
    found = [log.result(result, finding) for result in results for finding in result.findings]
    told = [log.problem(source, problem) for source, problem in problems]
    told += [log.note(result, note) for result in results for note in _notes(result)]
    for result in results:
        log.describe(result)
    driver = {"name": "gouji", "version": __version__, "semanticVersion": __version__, "rules": log.rules}
    run: Plain = {
        "tool": {"driver": driver},
        "language": language(),
        "invocations": [{"executionSuccessful": not problems, "toolExecutionNotifications": told}],
        "originalUriBaseIds": {_RULES: {"description": {"text": say("the folder of the rule files")}}},
        "artifacts": [{"location": {"uri": uri}, "roles": ["analysisTarget"]} for uri in log.artifacts],
        "results": found,
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def uri(path: str) -> str:
    """A path as a URI reference: relative as it is given, or absolute with its scheme."""
    slashed = path.replace("\\", "/")
    if _DRIVE.match(path):
        return "file:///" + slashed[:2] + quote(slashed[2:], errors="backslashreplace")
    quoted = quote(slashed, errors="backslashreplace")
    return f"file:{quoted if slashed.startswith('//') else f'//{quoted}'}" if slashed.startswith("/") else quoted


@define
class _Log:
    """The documents and rules that were met, each once."""

    artifacts: dict[str, int] = field(factory=dict)
    rules: list[Plain] = field(factory=list)
    _known: dict[tuple[str, str, str], int] = field(factory=dict)

    def describe(self, result: Result) -> None:
        """Takes up the rules of a report, and the report itself."""
        self._artifact(result.report.source)
        form, clause = result.report.form, result.report.form.clause
        if (form.id, form.edition, CELLS) in self._known:
            return
        told = {CELLS: (cells_sentence(), "error", clause)}
        told |= {r.name: (r.sentence, r.severity, r.clause) for r in result.evaluation.plan.rules}
        for name, (sentence, severity, clause) in told.items():
            self._known[form.id, form.edition, name] = len(self.rules)
            about = {"form": form.id, "edition": form.edition} | ({"clause": clause} if clause else {})
            self.rules.append({
                "id": name, "shortDescription": {"text": sentence or name},
                "defaultConfiguration": {"level": severity}, "properties": about,
            })  # fmt: skip

    def result(self, result: Result, finding: Finding) -> Plain:
        """One finding."""
        self.describe(result)
        report = result.report
        first, *others = finding.cells or (None,)
        said: Plain = {
            "ruleId": finding.rule,
            "ruleIndex": self._known[report.form.id, report.form.edition, finding.rule],
            "kind": "open" if finding.outcome == "undetermined" else "fail",
            "level": "none" if finding.outcome == "undetermined" else finding.severity,
            "message": {"text": finding.message},
            "locations": [self._location(report.source, first)],
            "relatedLocations": [self._related(report.source, cell) for cell in others] + _rule_file(finding.rule_at),
            "partialFingerprints": {"gouji/v1": _fingerprint(result, finding)},
            "properties": _properties(result, finding),
        }
        if finding.outcome == "waived":
            said["suppressions"] = [{"kind": "external", "status": "accepted", "justification": finding.note}]
        for number, related in enumerate(said["relatedLocations"]):
            related["id"] = number
        return {key: value for key, value in said.items() if value != []}

    def problem(self, source: str, problem: Problem) -> Plain:
        """What could not be used."""
        text = "\n".join(filter(None, (problem.message, problem.hint)))
        told: Plain = {"level": "error", "message": {"text": text}}
        return told | ({"locations": [self._location(source, None)]} if source else {})

    def note(self, result: Result, note: str) -> Plain:
        """What is told beside a report."""
        source = result.report.source
        told: Plain = {"level": "note", "message": {"text": note}}
        return told | ({"locations": [self._location(source, None)]} if source else {})

    def _location(self, source: str, cell: Evidence | None) -> Plain:
        """A place in a document, by its line or by name."""
        if cell is not None and cell.document is not None:
            source = cell.document
        physical = self._artifact(source)
        line = cell.spot.line if cell is not None and cell.spot and source else 0
        if line and "region" not in physical:
            physical["region"] = {"startLine": line}
        found: Plain = {"physicalLocation": physical} if physical else {}
        if cell is not None:
            found["logicalLocations"] = [{"name": cell.place or cell.label, "fullyQualifiedName": cell.cell}]
        return found

    def _related(self, source: str, cell: Evidence) -> Plain:
        message = f"{cell.label}: {cell.printed}" if cell.printed else cell.label
        return self._location(source, cell) | {"message": {"text": message}}

    def _artifact(self, source: str) -> Plain:
        """Where a document is; a line of a file of reports is a line in it."""
        if not source:
            return {}
        row = _LINE_OF.fullmatch(source)
        path = uri(row[1] if row else source)
        index = self.artifacts.setdefault(path, len(self.artifacts))
        found: Plain = {"artifactLocation": {"uri": path, "index": index}}
        return found | ({"region": {"startLine": int(row[2])}} if row else {})


def _notes(result: Result) -> list[str]:
    unplaced = (say("not placed: {key}", key=key) for key in result.report.unplaced)
    return [*unplaced, *result.to_dict()["notes"]]


def _rule_file(rule_at: str) -> list[Plain]:
    """The place of the rule in its file."""
    path, _, line = rule_at.rpartition(":")
    if not path or not line.isdecimal():
        return []
    where = {"artifactLocation": {"uri": uri(path), "uriBaseId": _RULES}, "region": {"startLine": int(line)}}
    return [{"physicalLocation": where, "message": {"text": say("the rule")}}]


def _fingerprint(result: Result, finding: Finding) -> str:
    """What makes a finding the same one in another run: its rule and where it stands, not what is printed there."""
    report = result.report
    whose = report.agency or report.source
    parts = [report.form.id, whose, str(report.year), finding.rule, finding.table]
    parts += [part for pair in sorted(finding.at.items()) for part in pair]
    return hashlib.sha256("\0".join(parts).encode(errors="backslashreplace")).hexdigest()


def _properties(result: Result, finding: Finding) -> Plain:
    """What SARIF has no place for."""
    told: Plain = {"outcome": finding.outcome, "severity": finding.severity, "agency": result.report.agency,
                   "year": result.report.year, "table": finding.table, "at": dict(finding.at)}  # fmt: skip
    names = ("left", "right", "difference", "holds_if", "clause")
    return told | {name: value for name in names if (value := getattr(finding, name))}
