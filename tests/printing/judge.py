"""Whether a report says what its paper prints: no cell is wrong, none is lost without a word."""

from attrs import frozen

import gouji
from gouji.forms.values import BLANK, State, read
from printing.paper import Paper

_LOST = ("absent", "unreadable")


@frozen
class Verdict:
    """What is amiss: cells with another value, cells lost that no person would doubt, absent ones without a word."""

    wrong: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()
    unplaced: tuple[str, ...] = ()


def judge(paper: Paper, report: gouji.Report) -> Verdict:
    """The report against the paper it was read from."""
    wrong: list[str] = []
    lost: list[str] = []
    for cell in paper.form.cells:
        state = report.states.get(cell.position)
        found = state or report.values[cell.position]
        true = read(paper.truth[cell.position], cell.type, paper.form.marks)
        if found == true or (isinstance(true, State) and true.kind == "unreadable" and state == true):
            continue
        if state and state.kind in _LOST:
            lost += [cell.key] if cell.position not in paper.doubt else []
        else:
            wrong.append(f"{cell.key}: {report.printed(cell) or found} for {paper.truth[cell.position] or 'a blank'}")
    told = report.notes or report.unplaced
    absent = [cell.key for cell in paper.form.cells if report.states.get(cell.position, BLANK).kind == "absent"]
    return Verdict(
        tuple(wrong), tuple(lost), () if told else tuple(absent), () if paper.doubt else tuple(report.unplaced)
    )
