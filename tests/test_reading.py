"""From plain text to a report: every layout, every hazard alone and together, and what is said of damage."""

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gouji
from conftest import ROOT, figures
from gouji.forms.document import Document
from gouji.forms.match import heading
from gouji.forms.readers import read as read_bytes
from gouji.forms.values import State, read
from hazards import AGENCY, DAMAGES, ENCODINGS, GROUPS, LAYOUTS, RECOVERABLE, TITLES, Hazard, Sheet

REPORTS = ("2023-suqian", "2024-suqian", "2024-yaohai")
BOOK = gouji.load("cn-disclosure")
FORM = BOOK.form(2024)
# Figures that differ from cell to cell, so that one in the place of another is seen.
DISTINCT = tuple(str(1001 + 37 * cell.position) for cell in FORM.cells)
MAIN = FORM.tables[1].labels[0]
ACROSS = FORM.tables[2].labels[0]


def sheet(groups: str = "first", seed: int = 0) -> Sheet:
    return Sheet.of(FORM, DISTINCT, groups, seed)


def wrong(report: gouji.Report, printed: tuple[str, ...] = DISTINCT) -> list[str]:
    """The cells that hold another number than the one laid out."""
    return [
        cell.key
        for cell in FORM.cells
        if cell.position not in report.states
        and report.values[cell.position] != read(printed[cell.position], cell.type, FORM.marks)
    ]


def untold(report: gouji.Report) -> list[str]:
    """The cells that are lost without a word: no reason, and nothing in the notes."""
    lost = [cell.key for cell in FORM.cells if report.states.get(cell.position, State("blank")).kind != "blank"]
    return lost if not report.notes else []


def blanks(report: gouji.Report) -> set[str]:
    return {FORM.cells[position].key for position, state in report.states.items() if state.kind == "blank"}


# What is read whole


@pytest.mark.parametrize("groups", GROUPS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_binds_every_cell(layout: str, groups: str) -> None:
    for empty in (True, False):
        report = gouji.read(sheet(groups).print(layout, empty).encode(), BOOK)
        assert (report.agency, report.year, report.notes, report.unplaced) == (AGENCY, 2024, (), ())
        assert (wrong(report), dict(report.states)) == ([], {})


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", REPORTS)
def test_the_real_reports_read_as_they_were_laid_out(name: str, layout: str) -> None:
    bound = BOOK.bind(figures(name))
    printed = tuple(bound.printed(cell) for cell in FORM.cells)
    report = gouji.read(Sheet.of(FORM, printed).print(layout).encode(), BOOK)
    assert (report.values, report.notes, dict(report.states)) == (bound.values, (), {})


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("hazard", RECOVERABLE, ids=lambda hazard: str(hazard.__name__))
def test_a_hazard_alone_loses_nothing(hazard: Hazard, layout: str) -> None:
    if (hazard.__name__, layout) == ("dressed_figures", "words"):
        pytest.skip("blanks divide the cells and stand in them")
    for seed, groups in enumerate(GROUPS):
        page = sheet(groups, seed)
        before = page.print(layout)
        hazard(page)
        assert page.print(layout) != before
        report = gouji.read(page.print(layout).encode(), BOOK)
        assert (wrong(report), dict(report.states), report.unplaced) == ([], {}, ())


@pytest.mark.parametrize("layout", ("tabs", "bars", "boxes", "seed"))
def test_blank_cells_stay_in_their_place(layout: str) -> None:
    random = Random(layout)
    for _ in range(3):
        printed = tuple("" if random.random() < 0.2 else text for text in DISTINCT)
        report = gouji.read(Sheet.of(FORM, printed).print(layout).encode(), BOOK)
        assert wrong(report, printed) == []
        assert blanks(report) == {cell.key for cell in FORM.cells if not printed[cell.position]}
        assert report.notes == ()


@pytest.mark.parametrize("layout", ("blanks", "words", "lines", "gapped", "spaced"))
def test_rows_whose_blank_cells_are_dropped_are_told(layout: str) -> None:
    random = Random(layout)
    printed = tuple("" if random.random() < 0.1 else text for text in DISTINCT)
    report = gouji.read(Sheet.of(FORM, printed).print(layout, empty=False).encode(), BOOK)
    assert (wrong(report, printed), untold(report), blanks(report)) == ([], [], set())
    assert len(report.states) > sum(not text for text in printed)


@pytest.mark.parametrize("title", TITLES)
def test_agency_and_year_are_read_from_every_title(title: str) -> None:
    page = sheet()
    page.head[0] = title.format(agency=AGENCY, title=FORM.title)
    report = gouji.read(page.print("tabs").encode(), BOOK)
    assert (report.agency, report.year, report.notes) == (AGENCY, 2024, ())


def test_a_title_quoted_in_a_sentence_is_no_title() -> None:
    quoted = f"根据《{FORM.title}格式》的通知要求，编制2023年度报告。"
    document = read_bytes(f"{quoted}\n{AGENCY}\n2024年{FORM.title}\n{quoted}".encode(), "name")
    assert isinstance(document, Document)
    found = heading(document, FORM.title)
    assert found is not None and (found.agency, found.year) == (AGENCY, 2024)
    alone = read_bytes(f"通知\n{quoted}".encode(), "name")
    assert isinstance(alone, Document) and heading(alone, FORM.title) is None


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_encoding_and_line_end_reads_the_same(encoding: str) -> None:
    text = sheet().print()
    for end in ("\n", "\r\n", "\r"):
        report = gouji.read(text.replace("\n", end).encode(encoding), BOOK)
        assert (wrong(report), dict(report.states), report.notes) == ([], {}, ())


# What is lost is told


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: str(damage.__name__))
def test_damage_is_told_and_never_a_wrong_value(damage: Hazard, layout: str) -> None:
    for seed in range(3):
        page = sheet(GROUPS[seed], seed)
        before = page.print(layout)
        damage(page)
        assert page.print(layout) != before
        report = gouji.read(page.print(layout).encode(), BOOK)
        assert (wrong(report), untold(report)) == ([], [])
        assert report.notes or report.unplaced or damage.__name__ == "moved_row"


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, tuple[Hazard, ...], str, tuple[str, ...]]:
    """A layout, some hazards, the text, and the figures as laid out."""
    layout = draw(st.sampled_from(LAYOUTS))
    chosen = draw(st.sets(st.sampled_from((*DAMAGES, *RECOVERABLE)), max_size=5))
    names = {hazard.__name__ for hazard in chosen}
    # Two faults that make up for each other in one row are beyond any reader: a figure too many and one too few.
    surplus = names & {"split_number", "bare_page_number", "dressed_figures"}
    if names & {"row_twice"}:
        chosen -= {hazard for hazard in chosen if hazard.__name__ in ("cut_off", "cut_inside", "group_as_row")}
    if surplus:
        chosen -= {hazard for hazard in chosen if hazard.__name__ == "lost_number"}
    share = 0.0 if surplus else draw(st.sampled_from((0.0, 0.02, 0.3)))
    random = Random(draw(st.integers(0, 10**6)))
    printed = tuple("" if random.random() < share else text for text in DISTINCT)
    page = Sheet.of(FORM, printed, draw(st.sampled_from(GROUPS)), random.randrange(10**6))
    ordered = tuple(hazard for hazard in (*DAMAGES, *RECOVERABLE) if hazard in chosen)
    for hazard in ordered:
        hazard(page)
    return layout, ordered, page.print(layout, draw(st.booleans())), printed


@settings(derandomize=True, max_examples=60, deadline=None)
@given(documents())
def test_a_cell_is_read_as_laid_out_or_told_whatever_comes_together(
    case: tuple[str, tuple[Hazard, ...], str, tuple[str, ...]],
) -> None:
    layout, hazards, text, printed = case
    report = gouji.read(text.encode(), BOOK, year=2024)
    assert (wrong(report, printed), untold(report)) == ([], [])
    if not set(hazards) & set(DAMAGES) and all(printed) and layout != "words":
        assert dict(report.states) == {}


def damaged(old: str, new: str, layout: str = "tabs") -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Notes and unplaced figures of a report in which one stretch of text is replaced."""
    text = sheet().print(layout)
    assert old in text
    report = gouji.read(text.replace(old, new, 1).encode(), BOOK)
    assert (wrong(report), untold(report)) == ([], [])
    return report.notes, report.unplaced


def row(label: str) -> str:
    """A row as the layout with tabs prints it, from its label on."""
    lines = sheet().print("tabs").split("\n")
    return next(line[line.index(label) :] for line in lines if label in line)


LONG = "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请"
SECRET, OTHER, LEFT = "1.属于国家秘密", "3.其他", "四、结转下年度继续办理"


@pytest.mark.parametrize(
    ("old", "new", "notes", "unplaced"),
    [
        (
            "\t2407\t", "\t24\t07\t",
            [f"{MAIN}: {SECRET}: 8 figures printed, 7 expected (line 32); 7 cells not read;"
             " see whether a number is split or a cell is left out"], [],
        ),
        (
            "\t2407\t", "\t",
            [f"{MAIN}: {SECRET}: 6 figures printed, 7 expected (line 32); 7 cells not read;"
             " see whether a number is split or a cell is left out"], [],
        ),
        (
            row(LEFT), "",
            [f"{MAIN}: {LEFT} not found after line 51; see whether the table is cut off or a label is misspelt"], [],
        ),
        (
            row(OTHER), f"{row(OTHER)}\n{OTHER}\t1\t2\t3\t4\t5\t6\t7",
            [f"{MAIN}: {OTHER} is printed more than once (lines 50 and 51); 7 cells not read; keep one"], [],
        ),
        (
            row(OTHER), f"{row(OTHER)}\n小计\t1\t2\t3\t4\t5\t6\t7",
            [], [f"line 51, {MAIN}, after 小计: 1 2 3 4 5 6 7"],
        ),
        (
            OTHER, "",
            [f"{MAIN}: {OTHER} not found after line 49; see whether the table is cut off or a label is misspelt"],
            [f"line 50, {MAIN}, after {LONG}: 7069 7106 7143 7180 7217 7254 7291"],
        ),
        (
            SECRET, "1.属于国家秘蜜",
            [f"line 32: 1.属于国家秘蜜 is read as {SECRET}"], [],
        ),
        (
            "2.其他法律行政法规禁止公开", "2.其他法律行政法",
            ["line 33: 2.其他法律行政法 is read as 2.其他法律行政法规禁止公开"], [],
        ),
        (
            "科研机构\t", "科研机枸\t",
            ["line 27: 科研机枸 is read as 科研机构"], [],
        ),
        (
            "机构\t其他\n", "机构\t其池\n",
            ["line 27: 其池 is read as 其他"], [],
        ),
        (
            "科研机构\t社会公益组织", "社会公益组织\t科研机构",
            [f"{MAIN}: the labels of the header stand in another order than the form's (line 27);"
             " 175 cells not read; put labels and figures in the form's order"], [],
        ),
        (
            "科研机构", "境外机构",
            [f"{MAIN}: the header does not name 科研机构 (line 27); 25 cells not read; correct its labels"], [],
        ),
        (
            "（单位：万元）", "（单位：元）",
            ["二、主动公开政府信息情况: the header does not name 本年收费金额（单位：万元） (line 20);"
             " 1 cell not read; correct its labels"], [],
        ),
        (
            row(LEFT), f"{row(LEFT)}\n12",
            [], [f"line 53, {MAIN}, after {LEFT}: 12"],
        ),
        (
            "结果维持\t结果纠正\t其他结果\t尚未审结\t总计\t结果", "结果纠正\t结果维持\t其他结果\t尚未审结\t总计\t结果",
            [f"{ACROSS}: the columns do not repeat in the form's order; 15 cells not read;"
             " put labels and figures in the form's order"], [],
        ),
    ],
)  # fmt: skip
def test_the_note_says_what_where_and_what_to_do(old: str, new: str, notes: list[str], unplaced: list[str]) -> None:
    assert damaged(old, new) == (tuple(notes), tuple(unplaced))


def test_a_table_without_title_is_told_and_its_figures_belong_to_no_cell() -> None:
    notes, unplaced = damaged(MAIN, "附表")
    assert notes == (f"{MAIN} is not found; its cells are absent; see whether a line holds this title",)
    first = FORM.tables[0].labels[0]
    assert (
        unplaced[0] == f"line 28, {first}, after 一、本年新收政府信息公开申请数量: 1371 1408 1445 1482 1519 1556 1593"
    )
    assert len(unplaced) == 25


TEXT = (ROOT / "docs" / "examples" / "2024.txt").read_text("utf-8")
TITLE = "政府信息公开工作年度报告"


@pytest.mark.parametrize(
    ("name", "text", "agency", "year", "notes"),
    [
        pytest.param("a.txt", TEXT, "瑶海区人民政府办公室", 2024, (), id="the title"),
        pytest.param(
            f"某局2023年{TITLE}.txt", TEXT.replace("瑶海区人民政府办公室\n", "").replace("2024年", ""), "某局", 2023,
            ("the year 2023 is taken from the file name", "the agency 某局 is taken from the file name"),
            id="the file name",
        ),
        pytest.param(
            "2023.txt", TEXT, "瑶海区人民政府办公室", 2024, ("the title says 2024; the file name says 2023",),
            id="years that differ",
        ),
        pytest.param(
            "report.txt", TEXT.replace("2024年政府", "政府").replace("2024年新", "自2022年1月1日至2022年12月31日，新"),
            "瑶海区人民政府办公室", 2022, ("the year 2022 is taken from the text",), id="the period in the text",
        ),
    ],
)  # fmt: skip
def test_agency_and_year_are_told_with_their_source(
    name: str, text: str, agency: str, year: int, notes: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    report = gouji.read(tmp_path / name, gouji.load("cn-disclosure"))
    assert (report.agency, report.year, report.notes) == (agency, year, notes)
