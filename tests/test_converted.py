"""Documents that LibreOffice made of ours: a second producer, with page breaks and styles of its own."""

from functools import cache
from pathlib import Path

import pytest

import gouji
from printing.convert import SOFFICE, TARGETS, convert
from printing.formats import FORMATS, read_named
from printing.judge import Verdict, judge
from printing.paper import Paper
from test_printed import BOOK, paper_of, unread

pytestmark = pytest.mark.skipif(not SOFFICE, reason="LibreOffice (soffice) is not installed")

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


@pytest.mark.parametrize(("source", "target"), TARGETS)
def test_what_another_program_made_of_a_document_is_read_as_well(source: str, target: str, tmp_path: Path) -> None:
    ending = target.partition(":")[0]
    if ending in FORMATS and (reason := unread(ending)):
        pytest.skip(reason)
    files = {f"{name}.{source}": FORMATS[source][1](paper) for name, paper in papers().items()}
    made = convert(files, target, tmp_path / "office")
    assert made.keys() == papers().keys()
    found = {name: verdict_of(paper, made[name], f"{name}.{ending}") for name, paper in papers().items()}
    assert {name: verdict for name, verdict in found.items() if verdict.wrong or verdict.untold} == {}
    assert {name: found[name] for name in found if name.startswith("plain") and found[name] != Verdict()} == {}


def verdict_of(paper: Paper, data: bytes, name: str) -> Verdict:
    try:
        return judge(paper, read_named(data, name, BOOK))
    except gouji.ReportError as error:
        if "not read here" in str(error):
            pytest.skip(str(error))
        return Verdict(lost=(str(error),))
