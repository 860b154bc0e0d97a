"""A run as JUnit XML: a suite for each report, a case for each check."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from gouji.findings.characters import allowed
from gouji.findings.checks import Checked, checked
from gouji.findings.model import Result
from gouji.messages import say
from gouji.sources import Problem

if TYPE_CHECKING:
    from gouji.findings.explain import Finding

_ELEMENTS = {"fail": "failure", "error": "error", "undetermined": "skipped", "not_applicable": "skipped",
             "waived": "skipped"}  # fmt: skip
_COUNTED = ("tests", "failures", "errors", "skipped")


def render(results: Sequence[Result], problems: Sequence[tuple[str, Problem]]) -> str:
    """The document; what could not be used is a suite of its own."""
    suites = [_suite(result) for result in results] + ([_unusable(problems)] if problems else [])
    whole = ElementTree.Element("testsuites", {"name": "gouji"})
    for name in _COUNTED:
        whole.set(name, str(sum(int(suite.get(name, "0")) for suite in suites)))
    whole.extend(suites)
    ElementTree.indent(whole, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(whole, encoding="unicode")


def _suite(result: Result) -> ElementTree.Element:
    """The checks of one report; the counts of the suite are those of the result."""
    report, counts = result.report, result.counts
    skipped = counts["undetermined"] + counts["not_applicable"] + counts["waived"]
    numbers = (counts["expected"], counts["fail"], counts["error"], skipped)
    suite = _element("testsuite", name=report.source or f"{report.agency} {report.year}".strip())
    for name, number in zip(_COUNTED, numbers, strict=True):
        suite.set(name, str(number))
    properties = ElementTree.SubElement(suite, "properties")
    told = {"agency": report.agency, "year": report.year, "form": report.form.id, "edition": report.form.edition,
            "status": result.status, **counts}  # fmt: skip
    properties.extend(_element("property", name=name, value=str(value)) for name, value in told.items())
    suite.extend(_case(check) for check in checked(result))
    notes = [*(say("not placed: {key}", key=key) for key in report.unplaced), *result.to_dict()["notes"]]
    if notes:
        ElementTree.SubElement(suite, "system-out").text = allowed("\n".join(notes))
    return suite


def _case(check: Checked) -> ElementTree.Element:
    case = _element("testcase", classname=check.rule, name=check.where)
    if check.outcome == "pass":
        return case
    finding = check.finding
    outcome = _element(_ELEMENTS[check.outcome], message=_message(check))
    if check.outcome in ("fail", "error"):
        outcome.set("type", check.severity)
    if finding:
        outcome.text = allowed("\n".join(_lines(finding)))
    case.append(outcome)
    return case


def _message(check: Checked) -> str:
    if check.finding is None:
        return check.lacking or say("does not apply")
    match check.outcome:
        case "undetermined":
            return say("undetermined: {message}", message=check.finding.message)
        case "waived":
            return say("waived ({note}): {message}", note=check.finding.note, message=check.finding.message)
    return check.finding.message


def _lines(finding: Finding) -> list[str]:
    """The numbers, the cells with their places, the clause and the place of the rule."""
    numbers = {"left": finding.left, "right": finding.right, "difference": finding.difference}
    lines = [f"{name}: {value}" for name, value in numbers.items() if value is not None]
    for cell in finding.cells:
        lines.append(f"{cell.cell}: {cell.printed}" + (f" ({cell.place})" if cell.place else ""))
    return [*lines, *filter(None, (finding.clause, finding.rule_at))]


def _unusable(problems: Sequence[tuple[str, Problem]]) -> ElementTree.Element:
    number = str(len(problems))
    suite = _element("testsuite", name=say("not usable"), tests=number, failures="0", errors=number, skipped="0")
    for source, problem in problems:
        case = _element("testcase", classname="gouji", name=source)
        error = _element("error", message=problem.message, type="unusable")
        error.text = allowed(str(problem))
        case.append(error)
        suite.append(case)
    return suite


def _element(tag: str, **attributes: str) -> ElementTree.Element:
    return ElementTree.Element(tag, {name: allowed(value) for name, value in attributes.items()})
