"""Documents that LibreOffice made of ours: a second producer, with page breaks and styles of its own."""

from functools import cache
from pathlib import Path

import pytest

import gouji
from printing.convert import OFFICE, TARGETS, convert
from printing.formats import FORMATS, read_named
from printing.judge import Verdict, judge
from printing.office import print_docx
from printing.paper import Paper
from test_printed import BOOK, paper_of, unread

pytestmark = OFFICE

# Figures and hazards of each paper.
PLAIN = ("distinct", "2023-suqian", "2024-yaohai")
ODD = (
    "vertical_labels radicals", "broken_table_headed dressed_figures", "one_grid", "groups_first title_inside",
    "contents_first swapped_rows", "running_header", "row_missing remarks", "extra_row units_line", "group_as_row",
    "columns_swapped", "groups_repeated page_numbers", "row_twice", "shortened other_signs",
)  # fmt: skip


@cache
def papers() -> dict[str, Paper]:
    plain = {f"plain-{values}": paper_of("", values, 0) for values in PLAIN}
    return plain | {hazards.replace(" ", "-"): paper_of(hazards, "distinct", 1) for hazards in ODD}


def verdicts(files: dict[str, bytes], target: str, folder: Path) -> dict[str, Verdict]:
    """What is amiss in each of the papers when its file has been converted."""
    ending = target.partition(":")[0]
    if ending in FORMATS and (reason := unread(ending)):
        pytest.skip(reason)
    made = convert(files, target, folder / "office")
    names = [name.rpartition(".")[0] for name in files]
    assert sorted(made) == sorted(names)
    return {name: _verdict(papers()[name], made[name], f"{name}.{ending}") for name in names}


def _verdict(paper: Paper, data: bytes, name: str) -> Verdict:
    try:
        return judge(paper, read_named(data, name, BOOK))
    except gouji.ReportError as error:
        if "not read here" in str(error):
            pytest.skip(str(error))
        return Verdict(lost=(str(error),))


def wrong(found: dict[str, Verdict]) -> dict[str, Verdict]:
    return {name: verdict for name, verdict in found.items() if verdict.wrong or verdict.untold}


@pytest.mark.parametrize(("source", "target"), TARGETS)
def test_what_another_program_made_of_a_document_is_read_as_well(source: str, target: str, tmp_path: Path) -> None:
    files = {f"{name}.{source}": FORMATS[source][1](paper) for name, paper in papers().items()}
    found = verdicts(files, target, tmp_path)
    assert wrong(found) == {}
    assert {name: found[name] for name in found if name.startswith("plain") and found[name] != Verdict()} == {}


def test_pages_of_large_letters_tear_rows_and_figures_but_nothing_is_wrong(tmp_path: Path) -> None:
    files = {f"{name}.docx": print_docx(paper, points=11) for name, paper in papers().items()}
    assert wrong(verdicts(files, "pdf", tmp_path)) == {}
