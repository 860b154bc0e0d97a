"""Forms printed as documents of every format: no cell is ever wrong, and what is lost is told."""

import os
import re
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gouji
from conftest import figures
from printing.formats import FORMATS, SPREAD, reread
from printing.hazards import NAMED, compatible, lay
from printing.judge import Verdict, judge
from printing.official import AGENCY, official
from printing.paper import Paper

BOOK = gouji.load("cn-disclosure")
FORM = BOOK.form(2024)
# Figures that differ from cell to cell, so that one in the place of another is seen.
DISTINCT = tuple(str(1001 + 37 * cell.position) for cell in FORM.cells)
REAL = ("2023-suqian", "2024-suqian", "2024-yaohai")
WAYS = ("grid", *FORMATS)
DOCUMENTS = 5000 if os.environ.get("HYPOTHESIS_PROFILE") == "large" else 400


@cache
def printed(name: str) -> tuple[str, ...]:
    """The figures of a real report as they are printed."""
    bound = BOOK.bind(figures(name))
    return tuple(bound.printed(cell) for cell in FORM.cells)


@cache
def unread(way: str) -> str:
    """Why documents of this format are not read here, or nothing."""
    try:
        reread(official(FORM, DISTINCT), way, BOOK)
    except gouji.ReportError as error:
        return str(error) if "not read here" in str(error) or way == "csv" else ""
    return ""


def reported(paper: Paper, way: str) -> gouji.Report:
    """The report in a paper of this format; the test is skipped where there is no reader for it."""
    if reason := unread(way):
        pytest.skip(reason)
    return reread(paper, way, BOOK)


@pytest.mark.parametrize("way", WAYS)
def test_every_format_is_read_whole(way: str) -> None:
    for values in (DISTINCT, *map(printed, REAL)):
        paper = official(FORM, values)
        report = reported(paper, way)
        assert (judge(paper, report), report.agency, report.notes) == (Verdict(), AGENCY, ())


# Hazards that alone lose what a person would read: what is lost is told, and nothing is wrong.
LOSING = {
    "garbled_figures": "a remark alone beside a label is not seen as a figure",
    "csv-split_number": "where merged cells are spread, two columns of figures stand under one label",
    "md-split_number": "where merged cells are spread, two columns of figures stand under one label",
    "xlsx-blank_rows": "a row without any value is no row of a sheet",
    "xlsx of sheets-blank_rows": "a row without any value is no row of a sheet",
}


@pytest.mark.parametrize("hazard", NAMED)
@pytest.mark.parametrize("way", WAYS)
def test_a_hazard_alone_loses_nothing_but_what_it_hides(way: str, hazard: str) -> None:
    if reason := unread(way):
        pytest.skip(reason)
    losing = {hazard, f"{way}-{hazard}"} & LOSING.keys()
    for seed in range(30 if way == "grid" else 1 if way == "docx" else 2):
        paper = paper_of(hazard, "distinct", seed)
        verdict = judge(paper, reread(paper, way, BOOK))
        expected = Verdict(lost=verdict.lost, unplaced=verdict.unplaced) if losing else Verdict()
        assert (verdict, seed) == (expected, seed)


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, str, str, int]:
    """A format, the names of up to three hazards, those of figures, a seed."""
    way = draw(st.sampled_from([way for way in WAYS if not unread(way)]))
    able = [name for name in NAMED if way not in SPREAD or name != "merged_figures"]
    chosen = draw(st.sets(st.sampled_from(able), max_size=3).filter(compatible))
    values = draw(st.sampled_from(("distinct", *REAL)))
    return way, " ".join(sorted(chosen)), values, draw(st.integers(0, 10**6))


def paper_of(hazards: str, values: str, seed: int) -> Paper:
    return lay(official(FORM, DISTINCT if values == "distinct" else printed(values), seed), hazards.split())


@settings(max_examples=DOCUMENTS, deadline=None, derandomize=DOCUMENTS < 5000)
@given(cases())
def test_no_cell_is_ever_wrong_and_what_is_lost_is_told(case: tuple[str, str, str, int]) -> None:
    way, hazards, values, seed = case
    paper = paper_of(hazards, values, seed)
    try:
        verdict = judge(paper, reread(paper, way, BOOK))
    except gouji.ReportError as error:
        assert "no cell of" in str(error)
        return
    assert (verdict.wrong, verdict.untold) == ((), ())


@pytest.mark.parametrize(
    ("hazards", "values", "seed"),
    [
        pytest.param("torn_row", "distinct", 107764, id="the rest of a torn label"),
        pytest.param("marked_figures unmerged_columns", "distinct", 630662, id="a mark that the label swallows"),
        pytest.param("blank_ends numbered_rows", "distinct", 688811, id="numbers of rows for figures"),
        pytest.param("blank_rows numbered_columns", "distinct", 204200, id="numbers of columns for figures"),
        pytest.param("blank_figures remark_column", "distinct", 216045, id="a column of remarks"),
        pytest.param("blank_figures strange_column", "distinct", 91789, id="a column that the form does not know"),
        pytest.param("blank_figures spacer_columns", "distinct", 998434, id="an empty column"),
        pytest.param("blank_figures split_number", "distinct", 193436, id="a number in two cells"),
        pytest.param("lost_number strange_column", "distinct", 624874, id="cells moved up to a strange column"),
        pytest.param("merged_figures strange_column", "2024-suqian", 750019, id="a merged figure"),
        pytest.param("dressed_figures spacer_columns torn_labels", "distinct", 1, id="other columns over the page"),
        pytest.param("garbled_figures split_number", "2024-yaohai", 63871, id="the end of a garbled figure"),
        pytest.param(
            "blank_ends broken_table numbered_rows", "2024-suqian", 699388, id="numbers of rows over the page"
        ),
        pytest.param("misspelt spacer_columns torn_labels", "2024-suqian", 132349, id="a label above a figure"),
    ],
)
def test_a_figure_goes_by_the_column_it_stands_in(hazards: str, values: str, seed: int) -> None:
    paper = paper_of(hazards, values, seed)
    assert judge(paper, reread(paper, "grid", BOOK)).wrong == ()


@pytest.mark.parametrize("sign", ["/", "-", "—"])
def test_a_sign_behind_a_label_is_what_its_cell_holds(sign: str) -> None:
    paper = official(FORM, [sign] * 3 + list(DISTINCT[3:]))
    assert judge(paper, reread(paper, "grid", BOOK)) == Verdict()


def test_a_label_of_a_column_is_not_the_row_of_that_name() -> None:
    paper = paper_of("lost_label one_grid remark_column", "distinct", 975)
    assert judge(paper, reread(paper, "md", BOOK)).wrong == ()


def doubled(year_first: str) -> bytes:
    """A page of the form in which each label of table three stands beside two rows, one for each of two years."""
    rows = []
    for number, row in enumerate(dict.fromkeys(cell.row for cell in FORM.cells if cell.table is FORM.tables[1])):
        cells = [cell for cell in FORM.cells if cell.table is FORM.tables[1] and cell.row == row]
        figures_ = "".join(f"<td>{1000 + number}</td>" for _ in cells)
        label = cells[0].rows[-1].labels[0]
        rows.append(f"<tr><td rowspan=2>{label}</td><td>{year_first}</td>{figures_}</tr>")
        rows.append(f"<tr><td>2024年</td>{figures_}</tr>")
    names = [cell.columns[-1].labels[0] for cell in FORM.cells if cell.table is FORM.tables[1]][:7]
    header = "".join(f"<td>{name}</td>" for name in names)
    body = f"<p>某局2024年{FORM.title}</p><p>{FORM.tables[1].labels[0]}</p><table><tr><td></td><td></td>{header}</tr>"
    return f"<html><body>{body}{''.join(rows)}</table></body></html>".encode()


@pytest.mark.parametrize("first", ["2023年", ""])
def test_rows_of_two_years_beside_a_label_are_refused(first: str) -> None:
    with pytest.raises(gouji.ReportError, match="two rows of figures stand beside most labels"):
        gouji.read(doubled(first), BOOK)


def test_a_table_that_has_lost_its_merged_cells_is_read_by_the_number_of_its_figures() -> None:
    page = doubled("2023年").decode()
    page = re.sub(r"<tr><td>2024年.*?</tr>", "", page).replace(" rowspan=2", "").replace("<td>2023年</td>", "")
    page = page.replace("<td></td><td></td>", "").replace(
        "<td>（一）予以公开</td>", "<td>三、本年度办理结果</td><td>（一）予以公开</td>"
    )
    report = gouji.read(page.encode(), BOOK)
    assert len(report.places) == 175
