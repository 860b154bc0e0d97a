"""What outcomes, severities and counts are called, in the language spoken."""

from collections.abc import Mapping

from gouji.forms.report import Report
from gouji.language.core import CELLS, PARTS
from gouji.messages import say


def outcome_word(outcome: str) -> str:
    """An outcome or a status as a word of a sentence."""
    return {
        "expected": say("expected"),
        "pass": say("pass"),
        "fail": say("fail"),
        "undetermined": say("undetermined"),
        "not_applicable": say("not applicable"),
        "waived": say("waived"),
        "error": say("error"),
    }[outcome]


def verdict_word(outcome: str) -> str:
    """An outcome or a status where it begins a line."""
    return {
        "pass": say("PASS"),
        "fail": say("FAIL"),
        "undetermined": say("UNDETERMINED"),
        "waived": say("WAIVED"),
        "error": say("ERROR"),
    }[outcome]


def missing_word(state: str) -> str:
    """Why nothing is read in a cell."""
    return {"blank": say("blank"), "absent": say("absent")}.get(state, say("unreadable"))


def severity_word(severity: str) -> str:
    """How grave a rule is."""
    return {"error": say("error"), "warning": say("warning")}[severity]


def rule_word(rule: str) -> str:
    """A built-in rule in the language spoken; any other as its author calls it."""
    return {CELLS: say("cells"), PARTS: say("parts")}.get(rule, rule)


def graded(rule: str, severity: str) -> str:
    """A rule with how grave it is."""
    return say("{rule} ({severity})", rule=rule_word(rule), severity=severity_word(severity))


def cells_sentence() -> str:
    """What the built-in rule on cells demands."""
    return say("every cell holds a value of its domain")


def parts_sentence() -> str:
    """What the built-in rule on parts demands, as its checks say it."""
    return say("each cell is the sum over the parts")


def place_word(axis: str) -> str:
    """What an axis that a rule ranges over is called; a variable of the rule keeps its name."""
    return {"row": say("row"), "column": say("column")}.get(axis, axis)


def headline(report: Report) -> str:
    """Form, edition, agency and year in a line."""
    agency = report.agency or say("agency unknown")
    form = report.form
    return say("{form}, edition {edition}: {agency}, {year}", form=form.title, edition=form.edition, agency=agency,
               year=report.year)  # fmt: skip


def balance(counts: Mapping[str, int]) -> str:
    """The counts in a sentence; those that are not passed add up to what is expected."""
    numbers = {"passed": counts["pass"]} | {name: number for name, number in counts.items() if name != "pass"}
    if counts["waived"]:
        return say(
            "{passed} of {expected} checks pass, {fail} fail, {undetermined} undetermined, "
            "{not_applicable} not applicable, {waived} waived, {error} in error",
            **numbers,
        )
    return say(
        "{passed} of {expected} checks pass, {fail} fail, {undetermined} undetermined, "
        "{not_applicable} not applicable, {error} in error",
        **numbers,
    )
