"""Documents written by hand: layouts seen in the wild, doubtful rows, labels, bytes that hold no report, time."""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import groupby
from pathlib import Path

import pytest

import gouji
from gouji.forms.document import Document
from gouji.forms.labels import Words, normal
from gouji.forms.readers import read as read_bytes
from hazards import AGENCY
from test_reading import ACROSS, BOOK, DISTINCT, FORM, LONG, MAIN, SECRET, blanks, row, sheet, wrong


def text_of(lines: str) -> gouji.Report:
    """The report in a document with the given lines below its title."""
    return gouji.read(f"{AGENCY}2024年{FORM.title}\n{lines}".encode(), BOOK)


def replaced(old: str, new: str, layout: str = "tabs") -> gouji.Report:
    """The report of distinct figures in which one stretch of text is replaced."""
    text = sheet().print(layout)
    assert old in text
    return gouji.read(text.replace(old, new, 1).encode(), BOOK)


# Layouts that no generator prints


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("甲\n乙\n\n丙", [["甲", "乙"], ["丙"]]),
        ("甲\n乙\t1\n丙\n丁", [["甲"], ["乙", "1"], ["丙", "丁"]]),
        ("甲\n乙  1\n丙", [["甲"], ["乙", "1"], ["丙"]]),
        ("甲\n乙 1 - 2\n|丙|1|\n\t\n丁", [["甲"], ["乙", "1", "-", "2"], ["丙", "1"], ["", "丁"]]),
        ("\t甲\n\t\n\t 1\n\n乙 丙\n5 件", [["甲", "", "1"], ["乙", "丙", "5 件"]]),
        ("# 甲\n|---|:-:|\n第 3 页\n- 4 -\n**乙**……5", [["甲"], ["乙", "5"]]),
    ],
)
def test_a_divided_line_is_a_row_and_other_lines_are_one_until_a_line_is_empty(
    text: str, rows: list[list[str]]
) -> None:
    document = read_bytes(text.encode(), "name")
    assert isinstance(document, Document)
    found = groupby(document.cells, key=lambda cell: cell.row)
    assert [[cell.text for cell in cells] for _, cells in found] == rows


@pytest.mark.parametrize(
    ("layout", "old", "new"),
    [
        pytest.param("seed", "\t商业企业", "\t商业\n企业", id="a label goes on in the next line"),
        pytest.param("lines", LONG, f"{LONG[:9]}\n{LONG[9:20]}\n{LONG[20:]}", id="a label over three lines"),
        pytest.param("blanks", f"  {LONG}", f"  {LONG[:12]}\n  {LONG[12:]}", id="a label begins in the line above"),
        pytest.param("seed", "\t法律服务机构", "\t法律服务\n机构", id="a column label over two lines"),
        pytest.param("lines", MAIN, f"{MAIN[:10]}\n{MAIN[10:]}", id="a title over two lines"),
        pytest.param("tabs", "\t2407\t", "\t  2407 \t", id="stray blanks"),
        pytest.param("seed", "\t2407", "\t？ 2407", id="a broken blank before the figure"),
        pytest.param("seed", "2407", "2407（含自然失效 29 件）", id="a note in the cell"),
        pytest.param("blanks", "    2407    2444", "  2407        2444", id="columns that do not line up"),
        pytest.param("words", "2407 2444 2481 2518", "2407 2444\n2481 2518", id="a line broken by mail"),
        pytest.param("tabs", "（七）总计", "\t\t（七）总计", id="empty cells of merged labels"),
        pytest.param("tabs", "\n\t（七）总计", "\n\n\f\n\t（七）总计", id="a form feed"),
        pytest.param(
            "tabs", "二、主动公开政府信息情况", "6、 主动公开政府信息情况", id="a section number in another style"
        ),
        pytest.param("tabs", "\t商业企业", "\t商业企业\t商业企业", id="a merged header cell repeated"),
        pytest.param("seed", "\t（七）总计", "\t\n\t\n\t（七）总计", id="empty cells ahead of a label"),
        pytest.param("bars", "| --- | --- |", "|:---:| --- |", id="an aligned ruler"),
    ],
)
def test_a_printed_form_seen_in_the_wild_binds_every_cell(layout: str, old: str, new: str) -> None:
    report = replaced(old, new, layout)
    assert (wrong(report), dict(report.states), report.notes, report.unplaced) == ([], {}, (), ())


def test_a_label_wrapped_around_its_figures_is_joined() -> None:
    at = sheet().print("blanks").split("\n")
    line = next(text for text in at if LONG in text)
    figures_only = line.replace(LONG, " " * 20)
    for new in (f"  {LONG[:16]}\n{figures_only}\n  {LONG[16:]}", f"{line.replace(LONG, LONG[:16])}\n  {LONG[16:]}"):
        report = replaced(line, new, "blanks")
        assert (wrong(report), dict(report.states), report.notes) == ([], {}, ())


PRINTED = """
                                                                   申请人情况
                                                      法人或其他组织
                                 自然人    商业    科研    社会公    法律服             总计
                                           企业    机构    益组织    务机构    其他
一、本年新收政府信息公开申请数量    41      1       0        0        61       0      103
三、    （一）予以公开               8      0       0        0         4       0       12
本年
度办    （三）    1.属于国家秘密     1      0       0        0         0       0        1
理结    不予      2.其他法律行政法   0      0       0        0         0       0        0
果      公开      规禁止公开

                                         — 3 —
\f
        （七）总计                  44      1       0        0        61       0      106
"""


def test_a_page_printed_with_blanks_to_its_layout_is_read() -> None:
    report = text_of(f"{MAIN}\n{PRINTED}")
    row = [
        ("新收",),
        ("办理结果", "予以公开"),
        ("办理结果", "不予公开", "国家秘密"),
        ("办理结果", "不予公开", "法律法规禁止"),
    ]
    found = {cell.row: report.values[cell.position] for cell in FORM.cells if cell.position not in report.states}
    assert found == dict(zip([*row, ("办理结果", "总计")], (103, 12, 1, 0, 106), strict=True))
    assert (len(report.places), report.unplaced) == (35, ())


def test_figures_in_prose_below_a_table_across_are_not_taken_for_its_own() -> None:
    lost = FORM.narratives[1].labels[0]
    report = replaced(lost, "开展培训\n2024年 3月 5日 共 12 次")
    assert (wrong(report), dict(report.states)) == ([], {})


def test_a_table_across_may_be_printed_as_labelled_rows() -> None:
    lines = [ACROSS, "结果维持\t结果纠正\t其他结果\t尚未审结\t总计", "行政复议\t6\t8\t1\t1\t16"]
    lines += ["行政诉讼\t未经复议直接起诉\t0\t0\t0\t0\t0", "\t复议后起诉\t3\t0\t1\t1\t5"]
    report = text_of("\n".join(lines))
    assert report.values[-15:] == (6, 8, 1, 1, 16, 0, 0, 0, 0, 0, 3, 0, 1, 1, 5)


def test_a_row_of_empty_cells_is_blank_and_a_label_alone_is_absent() -> None:
    old = row(SECRET)
    assert len(blanks(replaced(old, SECRET + "\t" * 7))) == 7
    report = replaced(old, SECRET)
    assert {state.kind for state in report.states.values()} == {"absent"} and len(report.states) == 7


@pytest.mark.parametrize(
    "new",
    [
        pytest.param("2407\t2444\t2481\t2518\t2555\t2592", id="the last cell cut away with its tab"),
        pytest.param("2407\t\t2444\t2481\t2518\t2555\t2592\t2629", id="an empty cell too many inside"),
        pytest.param("2407\t2444\t2481\t2518\t2555\t2592\t2629\t见附注", id="a remark after the last figure"),
        pytest.param("2407\t2444\t2481\t2518", id="cut off in the middle"),
    ],
)
def test_a_row_whose_figures_cannot_be_told_apart_is_unreadable(new: str) -> None:
    report = replaced("\t".join(DISTINCT[38:45]), new)
    assert [cell.key for cell in FORM.cells if cell.position in report.states] == [c.key for c in FORM.cells[38:45]]
    assert {state.kind for state in report.states.values()} == {"unreadable"}


@pytest.mark.parametrize("below", ["1297", "\t1297\t"])
def test_a_label_that_lost_its_figure_does_not_take_that_of_a_row_without_label(below: str) -> None:
    report = replaced("行政处罚\t1260\n行政强制\t1297", f"行政处罚\n{below}")
    assert [FORM.cells[position].row for position in report.states] == [("行政处罚",), ("行政强制",)]
    assert report.notes[0] == (
        "二、主动公开政府信息情况: 行政处罚: 1 figure printed, out of line with the columns (line 18); 1 cell not read;"
        " see whether a number is split or a cell is left out"
    )


def test_a_garbled_figure_leaves_its_neighbours_readable() -> None:
    for layout in ("tabs", "seed", "bars"):
        report = replaced("2444", "2A44", layout)
        assert [FORM.cells[position].column[-1] for position in report.states] == ["商业企业"]
        assert report.notes == ()


def test_labels_ahead_of_all_figures_are_not_paired_with_them() -> None:
    rows = ["行政处罚", "行政强制", "1", "2"]
    for gap in ("\n", "\n\n"):
        report = text_of("\n".join([FORM.tables[0].labels[0], "行政许可\t7", gap.join(rows)]))
        assert [report.text(cell) for cell in FORM.cells[6:9]] == ["7", None, None]


def test_figures_ahead_of_their_labels_are_not_read_as_the_next_row() -> None:
    lines = sheet().print("tabs").split("\n")
    turned = [
        "\t".join([*line.split("\t")[-7:], *line.split("\t")[:-7]]) if line.count("\t") > 6 else line for line in lines
    ]
    report = gouji.read("\n".join(turned).encode(), BOOK)
    assert wrong(report) == []
    assert len(report.places) < 30


TWINS = """
form "双生表"
  edition 1
  years 2020..
  blank unknown

table 表 "一、数量表"
  count 件
  columns
    数量
  rows
    甲
      一般 "1.一般"
      其他 "2.其他"
    乙
      特别 "1.特别"
      其他 "2.其他"
    丙
      其他 "1.其他"
"""


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> gouji.Book:
    path = tmp_path_factory.mktemp("twins") / "1.rules"
    path.write_text(TWINS.lstrip(), "utf-8")
    return gouji.load(path)


@pytest.mark.parametrize(
    ("rows", "values"),
    [
        pytest.param(["1.一般 1", "2.其他 2", "1.特别 3", "2.其他 4", "1.其他 5"], "1 2 3 4 5", id="without groups"),
        pytest.param(
            ["甲 1.一般 1", "2.其他 2", "乙 1.特别 3", "2.其他 4", "丙 1.其他 5"], "1 2 3 4 5", id="with groups"
        ),
        pytest.param(["1.一般 1", "1.特别 3", "2.其他 4", "1.其他 5"], "1 - 3 4 5", id="the rows around leave one way"),
        pytest.param(["1.一般 1", "2.其他 2", "1.特别 3", "2.其他 4"], "1 2 3 - -", id="one of two"),
        pytest.param(["1.一般 1", "其他 2"], "1 - - - -", id="one of three"),
        pytest.param(["乙 其他 4", "甲 其他 2"], "- 2 - 4 -", id="another order, groups named"),
        pytest.param(["1.一般 1", "2.其他 2", "乙 2.其他 4"], "1 2 - 4 -", id="the named group leaves one way"),
        pytest.param(["1.特别 3", "2.其他 4", "1.一般 1", "2.其他 2"], "- - 3 - -", id="another order, no group named"),
    ],
)
def test_labels_that_occur_in_several_groups_go_by_parent_and_place(
    twins: gouji.Book, rows: list[str], values: str
) -> None:
    lines = ["某局2024年双生表", "一、数量表", "数量", *rows]
    for layout in (" ", "\t", "\n"):
        report = gouji.read("\n".join(lines).replace(" ", layout).encode(), twins)
        assert [report.text(cell) or "-" for cell in report.form.cells] == values.split()
        assert bool(report.notes) == ("-" in values)


def test_the_note_on_a_doubtful_row_asks_for_its_group(twins: gouji.Book) -> None:
    report = gouji.read("某局2024年双生表\n一、数量表\n数量\n1.一般\t1\n其他\t2".encode(), twins)
    assert report.notes[0] == "一、数量表: 其他 may be one of several rows (line 5); print the label of its group"
    assert report.unplaced == ("line 5, 一、数量表, after 其他: 2",)


# Labels


@pytest.mark.parametrize(
    ("printed", "label"),
    [
        ("⼀、 本年新收", "一、本年新收"), ("(3)不予公开", "（三）不予公开"), ("1．属于", "1.属于"),
        ("⑵ 其他", "2.其他"),
        ("① 其他", "2.其他"), ("危及「三安全」", "3.危及“三安全”"), ("合\u3000计", "合计"), ("〔三〕 合计", "合计"),
        ("人⺠政府", "人民政府"), ("商\u200b业", "商业"),
    ],
)  # fmt: skip
def test_labels_are_compared_without_number_blanks_brackets_and_width(printed: str, label: str) -> None:
    assert normal(printed) == normal(label)


@pytest.mark.parametrize("a, b", [("30日内", "60日内"), ("1.5倍以下", "2.5倍以下"), ("第（一）项", "第（二）项")])
def test_a_number_inside_a_label_counts(a: str, b: str) -> None:
    assert normal(a) != normal(b)


WORDS = Words.of([
    ("本年处理决定数量",), ("本年收费金额（单位：万元）", "本年收费金额"), ("3.其他",), ("行政处罚",), ("行政许可",),
    ("属于三类信息",),
])  # fmt: skip


@pytest.mark.parametrize(
    ("printed", "label"),
    [
        ("本年处理决足数量", "本年处理决定数量"), ("本年处决定数量", "本年处理决定数量"),
        ("行政处罪", "行政处罚"), ("3.其它", "其他"),
        ("本年收费金额（万元）", "本年收费金额单位万元"),
        ("行政处可", ""), ("其它", ""), ("4.其它", ""), ("属于四类信息", ""), ("本年收费金额（元）", ""),
        ("本年收费金额（单位：元）", ""),
        ("合计", ""), ("本年收费全额（单位：元）", ""),
    ],
)  # fmt: skip
def test_a_misspelt_label_is_recognised_unless_it_may_mean_another(printed: str, label: str) -> None:
    assert WORDS.near(printed, WORDS.spell(printed)) == label


# Bytes

REPORT = sheet().print()
LABEL = "3.危及“三安全一稳定”"
LAST = REPORT.count("\n") + 1
NO_TABLES = f"no cell of {FORM.title} can be read in this document\n" + "\n".join(
    f"{table.labels[0]} is not found; its cells are absent; see whether a line holds this title"
    for table in FORM.tables
)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the file is empty\nsave the report again"),
        (" \n\u3000".encode("utf-16"), "the file is empty\nsave the report again"),
        (REPORT.encode()[:200] + b"\xff" + REPORT.encode()[200:], "line 8 is not UTF-8 but line 1 is\n"
         "the encodings may be mixed; save the file again as UTF-8"),
        (REPORT.encode("gb18030") + LABEL.encode(), f"line 1 is not UTF-8 but line {LAST} is\n"
         "the encodings may be mixed; save the file again as UTF-8"),
        (REPORT.encode("utf-16")[:-1], f"not UTF-16 at byte {2 * len(REPORT)}\nsave the file again as UTF-8"),
        (bytes(range(256)) * 9, "this is a binary file, not a text\nsave the report as plain text in UTF-8"),
        (REPORT.encode() + b"\0", "this is a binary file, not a text\nsave the report as plain text in UTF-8"),
        (b"{\\rtf1", "this is a rich text document, which is not read here\nopen it in Word and save it as .docx"),
        (b"\x89PNG", "this is a picture, which is not read here\n"
         "run text recognition on it, or take the Word file that it was made from"),
        ("会议纪要".encode(), f"no line holds the title {FORM.title}\nis this the report? give its --year"),
        (f"某局2024年{FORM.title}\n无表格".encode(), NO_TABLES),
        (b"1\t" * 600_000, "line 1: more than 500000 cells\na report is smaller; check which file this is"),
        (b"1" * 20_000_001, "the file has more than 20000000 bytes\na report is smaller; check which file this is"),
    ],
    ids=["empty", "blank", "a broken byte", "two encodings", "half a character", "binary", "a zero byte", "rich text",
         "a picture", "another text", "no table", "too many cells", "too large"],
)  # fmt: skip
def test_bytes_that_hold_no_report_are_refused_with_the_reason(data: bytes, message: str, tmp_path: Path) -> None:
    file = tmp_path / "report.txt"
    file.write_bytes(data)
    with pytest.raises(gouji.ReportError) as caught:
        gouji.read(file, BOOK)
    assert str(caught.value) == f"{file}: {message}"


def test_a_text_in_square_brackets_is_no_json() -> None:
    report = gouji.read(f"[bookmark: a]{REPORT}".encode(), BOOK)
    assert (report.agency, dict(report.states)) == (AGENCY, {})
    assert isinstance(read_bytes(json.dumps({"year": 2024}).encode(), "name"), dict)


# Time


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param(lambda n: "字" * 20 * n, id="one line"),
        pytest.param(lambda n: LABEL + "\t1" * n, id="one line of figures"),
        pytest.param(lambda n: "其 " * 10 * n + "(" * 10 * n, id="one line of blanks and brackets"),
        pytest.param(lambda n: "".join(f"第{i}段的文字\n" for i in range(n)), id="lines of prose"),
        pytest.param(lambda n: f"{LABEL}\n" * n, id="one label"),
        pytest.param(lambda n: f"{LABEL}\t1\t2\n" * (n // 2), id="one row"),
        pytest.param(lambda n: "其他\n1\n总计\n2\n" * (n // 3), id="labels that occur twice"),
        pytest.param(lambda n: f"{LABEL[:4]}\n其\n属\n于\n" * (n // 4), id="beginnings of labels"),
        pytest.param(lambda n: f"{MAIN}\n{LABEL}\n3\n" * (n // 3), id="titles"),
        pytest.param(lambda n: f"{ACROSS}\n" + "结果维持\n结果纠正\n" * (n // 2) + "1\n" * n, id="headers"),
    ],
)
def test_hostile_documents_take_time_in_proportion_to_their_size(hostile: Callable[[int], str]) -> None:
    def seconds(size: int) -> float:
        data = f"{AGENCY}2024年{FORM.title}\n{MAIN}\n{hostile(size)}".encode()
        start = time.perf_counter()
        with suppress(gouji.ReportError):
            gouji.read(data, BOOK)
        return time.perf_counter() - start

    small = min(seconds(4_000), seconds(4_000))
    assert seconds(20_000) < 15 * max(small, 0.02)
