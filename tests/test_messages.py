"""What the tool says: every message is in the catalogue, none passes it by, and a run in Chinese says no English."""

import ast
import io
import json
import os
import re
import threading
from collections.abc import Callable, Iterator
from contextvars import copy_context
from datetime import date
from functools import cache
from gettext import GNUTranslations
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

import gouji
from catalog import FILE, SOURCE, kept, messages, said, translation, updated
from conformance.runner import FOLDER, Case, cases, outcome
from conftest import REPORTS, ROOT
from documents import FORMATS
from gouji.analysis.diff import diff
from gouji.book import load_edition
from gouji.commands import maintaining, showing
from gouji.commands.checking import check as run_check
from gouji.findings.difference import to_plain, to_words
from gouji.findings.reading import to_data, to_text
from gouji.findings.run import Run
from gouji.forms.form import CellType
from gouji.forms.readers import read
from gouji.forms.values import State
from gouji.forms.values import read as read_cell
from gouji.language.operators import OPERATORS
from gouji.language.rulebook import load_editions, load_text
from gouji.messages import FOLDER as COMPILED
from gouji.messages import count, language, later, say, saying, speak, speaking, surroundings
from gouji.sources import GoujiError, Source
from printing.formats import reread
from printing.hazards import NAMED
from test_cells import CASES as CELLS
from test_cells import MARKS
from test_hostile import WHOLE
from test_printed import paper_of
from test_readers import compound, page, zipped

BOOK = gouji.load("cn-disclosure")
EXAMPLE = ROOT / "docs" / "examples" / "2024.txt"
VARIABLES = ("GOUJI_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


# The catalogue


def test_every_message_has_a_translation_and_none_is_stale() -> None:
    known = {message.id if isinstance(message.id, tuple) else (message.id,) for message in kept() if message.id}
    assert known == set(messages())
    assert [message.id for message in kept() if message.id and (message.fuzzy or not translation(message))] == []
    assert len({texts[0] for texts in messages()}) == len(messages())


def fields(text: str) -> set[tuple[str, str, str]]:
    """The fields of a text with their conversions and formats; none where a brace stands for itself."""
    try:
        found = [(name, spec or "", change or "") for _, name, spec, change in Formatter().parse(text) if name]
    except ValueError:
        return set()
    return set(found)


def test_a_translation_has_the_fields_of_its_message() -> None:
    for message in kept():
        texts = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
        assert fields(translation(message)) in map(fields, texts) or not message.id, message.id


def test_the_catalogue_is_as_its_command_writes_it() -> None:
    def places(catalog: Catalog) -> list[tuple[str, str]]:
        return [(m.id if isinstance(m.id, str) else m.id[0], file) for m in catalog for file, _ in m.locations]

    assert places(kept()) == sorted(places(updated()))


def test_the_catalogue_knows_no_real_form() -> None:
    text = FILE.read_text("utf-8")
    assert [word for word in ("自然人", "结转", "不予公开", "行政复议", "商业企业", "政府信息") if word in text] == []


def test_the_compiled_messages_are_those_of_the_catalogue() -> None:
    made = io.BytesIO()
    write_mo(made, kept())
    made.seek(0)
    with (COMPILED / "zh" / "LC_MESSAGES" / "gouji.mo").open("rb") as installed:
        fresh, found = (vars(GNUTranslations(file))["_catalog"] for file in (made, installed))
    fresh[""] = found[""]  # when it was made
    assert found == fresh, "install the package again"


# The source

ROOMS = ("sources.py", "book.py", "forms", "language", "evaluation", "analysis", "commands",
         "findings/difference.py", "findings/reading.py")  # fmt: skip
# What these write is no message: rules, signatures and sentences of the documentation, questions to an index.
WRITTEN = ("operators.py", "printer.py", "wording.py", "pairing.py")
# Texts of two words that are no messages: words of rules, code that is generated, commands, what others' parsers say.
NO_MESSAGES = frozenset({
    "all or none of", "exactly one of", "same as", "after first", "unless explained", "sum of", "add rows",
    "add columns", "add ", "remove rule", "rule ", "missing ", "code {", "from ", " to ", " and ",
    "between {0.low} and {0.high}", "heading of the ", "label of the ", "not given", "Extra data", "Number | State",
    "pip install 'gouji[frames]'",
    "pip install 'gouji[", "gouji.load(…, functions={", "the checker gives every block a type", "def ", "  return ",
    "def extract(v):", "  return (", "  if type(", ") is not ", " or len(", ": return None", "  if (*", ",) != o",
})  # fmt: skip
TELLING = frozenset({
    "Problem", "Refused", "refuse", "refused", "crowded", "foreign", "library", "deadline", "ReportError", "RuleError",
    "ValueError", "NotApplicable", "Lacking", "PartnerMissing", "Fault", "BeyondLimits", "State", "unreadable", "note",
    "tell", "complain", "print", "_note", "_refuse",
})  # fmt: skip
# What is said of something that is marked elsewhere, and not of a constant in the same file.
MARKED = frozenset({
    "axis", "over.axis", "variable.axis", "what", "where", "word", "hint", "kind", "outcome", "kind.unit",
    "change.what", "change.aspect", "tally.name", "told if all(cells) else plain", "told[first.kind == 'removed']",
    "f'{change.what}s' if several else change.what", "_EXPECTED.get(type.kind, later('a number'))",
    "later('yes or no')", "error.strerror or str(error)",
})  # fmt: skip


def rooms() -> Iterator[tuple[Path, ast.Module]]:
    for room in ROOMS:
        for path in sorted((SOURCE / room).rglob("*.py")) if (SOURCE / room).is_dir() else [SOURCE / room]:
            yield path, ast.parse(path.read_text("utf-8"))


def spoken(tree: ast.AST) -> set[int]:
    """The literals that are handed to what takes a message."""
    return {id(part) for node, texts in said(tree) for part in node.args[: len(texts)]}


def test_no_text_of_two_words_passes_the_catalogue_by() -> None:
    found = []
    for path, tree in rooms():
        through = spoken(tree)
        documented = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree) if path.name not in WRITTEN else ():
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in through | documented:
                sentence = re.search(r"[A-Za-z][,:;]? | [A-Za-z]", node.value) and not re.search(r"[\\\n]", node.value)
                if sentence and node.value not in NO_MESSAGES:
                    found.append(f"{path.name}:{node.lineno} {node.value!r}")
    assert found == []


def test_what_tells_a_person_something_is_given_no_bare_text() -> None:
    found, seen = [], 0
    for path, tree in rooms():
        through = spoken(tree)
        for node in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            hints = [k.value for k in node.keywords if k.arg in ("hint", "message", "reason", "note")]
            given = [*node.args, *hints] if called in TELLING else hints
            seen += len(given)
            inner = [
                part for argument in given for part in ast.walk(argument)
                if isinstance(argument, (ast.Constant, ast.JoinedStr)) and isinstance(part, ast.Constant)
            ]  # fmt: skip
            for part in inner:
                known = part.value in NO_MESSAGES or id(part) in through or called in ("State", "library")
                if isinstance(part.value, str) and re.search(r"[A-Za-z]{2}", part.value) and not known:
                    found.append(f"{path.name}:{part.lineno} {part.value!r}")
    assert seen > 400
    assert [text for text in found if not re.search(r"gouji\.load|functions=|\.notes|\]'$", text)] == []


def test_what_is_said_is_a_literal_or_marked_by_later() -> None:
    for path, tree in rooms():
        marked = {
            target.id for node in tree.body if isinstance(node, ast.Assign) and "later(" in ast.unparse(node.value)
            for target in node.targets if isinstance(target, ast.Name)
        }  # fmt: skip
        for node, texts in said(tree):
            name = "" if texts else re.sub(r"\[.*\]$", "", ast.unparse(node.args[0]))
            known = marked | MARKED | {"STRUCK"}
            assert texts or name in known or ast.unparse(node.args[0]) in MARKED, f"{path.name}:{node.lineno} {name}"


# A run in Chinese

GRAMMAR = (SOURCE / "language" / "grammar.lark").read_text("utf-8")
RULES = frozenset(re.findall(r"[A-Za-z]{2,}", " ".join([
    *(one + other for one, other in re.findall(r'"([^"\n]*)"|/([^/\n]*)/', GRAMMAR)), *OPERATORS,
    *(operator.signature for operator in OPERATORS.values()), "row rows column columns name table NAME signed total",
])))  # fmt: skip
NAMES = frozenset(re.findall(r"\w+", """
    UTF GB18030 Excel Word WPS PDF docx xlsx xlsb xls doc html OpenDocument Office OFD XML RTF MB pip install gouji
    check show json txt SIG cases rules FORM year tables unknown zero blank is pdf md csv paper grid report GB
    UTF8 first empty XII out
"""))  # fmt: skip


def english(text: str, *sources: str) -> list[str]:
    """The words of a text that are English: no words of rules or formats, and not from what it speaks of."""
    known = RULES | NAMES | set(re.findall(r"[A-Za-z]{2,}", " ".join(sources)))
    return [word for word in re.findall(r"[A-Za-z]{2,}", text) if word not in known]


def assert_chinese(said: Callable[[], str], *sources: str) -> None:
    """What is said differs in English, holds Chinese, and no English word."""
    with speaking("en"):
        before = said()
    with speaking("zh"):
        after = said()
    assert before and english(after, *sources) == [], after
    for one, other in zip(before.split("\n"), after.split("\n"), strict=True):
        quoted = any(one.strip() and one.strip() in source for source in sources) or not re.search(r"[A-Za-z]{2}", one)
        assert one != other or quoted or set(re.findall(r"[A-Za-z]{2,}", one)) <= RULES | NAMES, one
    assert re.search(r"[\u4e00-\u9fff]", after)


BAD = [
    case for file in sorted(FOLDER.glob("*.cases")) for case in cases(file) if case.expected[0].startswith("refused")
]


@pytest.mark.parametrize("case", BAD, ids=lambda case: f"{case.file}: {case.name}")
def test_a_rule_that_is_refused_is_told_in_chinese(case: Case) -> None:
    assert_chinese(lambda: "\n".join(outcome(case)).replace("refused:", ""), case.rules, *case.report)


def problems(make: Callable[[], object]) -> str:
    """What is told of something that cannot be used."""
    with pytest.raises(GoujiError) as caught:
        make()
    return str(caught.value)


def unquoted(text: str) -> str:
    """The text without the reason that another's parser gives."""
    return re.sub(r"(cannot be read|无法读取)[:：] ?.*", r"\1", text)


FILES: dict[str, bytes] = {
    "empty.txt": b"", "zip.docx": b"PK\x03\x04rest", "binary.txt": b"\x00\x01\x02\x00\x00abc\x05",
    "other.txt": "会议纪要\n无表格".encode(), "mixed.txt": "年度".encode() + b"\xff\xff\xfe",
    "twice.json": '{"申请": {"甲": 1, "甲": 2}}'.encode(),
    "nowhere.json": '{"year": 2024, "tables": {"申請表": 1}}'.encode(),
    "early.json": '{"year": 1990, "tables": {"申请/新收/总计": 1}}'.encode(), "list.json": b"[1]",
    "deep.json": b'{"year": 2024, "tables": ' + b'{"a":' * 30 + b"1" + b"}" * 31, "word.rtf": b"{\\rtf1",
    "several.json": b'{"year": 2024}\n{"year": 2023}\n', "folder.zip": zipped(a="b"),
    "ofd.ofd": zipped(**{"OFD.xml": ""}),
    "old.doc": compound("WordDocument", "1Table"), "locked.xls": compound("EncryptionInfo", "EncryptedPackage"),
    "none.xls": compound("Contents"), "tangle.html": page("<div>" * 100_000), "picture.png": b"\x89PNG\r\n",
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_document_that_cannot_be_used_is_told_in_chinese(name: str) -> None:
    file = io.BytesIO(FILES[name])
    file.name = name

    def told() -> str:
        file.seek(0)
        return unquoted(problems(lambda: gouji.read(file, BOOK)))

    assert_chinese(told, name, FILES[name].decode("latin1"))


@pytest.mark.parametrize("name", FORMATS)
def test_a_damaged_document_is_told_in_chinese(name: str) -> None:
    data = WHOLE[name][:400]

    def told() -> str:
        try:
            read(data, name)
        except gouji.ReportError as error:
            return unquoted(str(error))
        return ""

    if told():
        assert_chinese(told, name)


@pytest.mark.parametrize("hazard", NAMED)
@pytest.mark.parametrize("way", ["grid", "csv"])
def test_what_is_told_of_a_hazard_is_chinese(way: str, hazard: str) -> None:
    paper = paper_of(hazard, "distinct", 1)

    @cache
    def told(lang: str) -> str:
        report = reread(paper, way, BOOK)
        reasons = dict.fromkeys(state.reason for state in report.states.values() if state.kind != "text")
        return "\n".join(filter(None, (*report.notes, *report.unplaced, *reasons)))

    if told(language()):
        assert_chinese(lambda: told(language()))


@pytest.mark.parametrize(("old", "new"), [
    ("数量\t41\t", "数量\t"), ("数量\t41\t", "数量\t4\t1\t"), ("一、本年新收政府信息公开申请数量", "别的"),
    ("三、收到和处理政府信息公开申请情况", "别的"), ("2024年政府", "某政府"), ("总计", "合汁"),
    ("（七）总计", "（七）总计\t1\n（七）总计"), ("二、上年结转", "四、结转下年度继续办理\t1\n二、上年结转"),
])  # fmt: skip
def test_what_is_told_of_a_damaged_text_is_chinese(old: str, new: str) -> None:
    text = EXAMPLE.read_text("utf-8")
    assert old in text
    file = io.BytesIO(text.replace(old, new).encode())
    file.name = "某机关2023.txt"

    def told() -> str:
        file.seek(0)
        report = gouji.read(file, BOOK, year=2024)
        return "\n".join((*report.notes, *report.unplaced, "文"))

    assert_chinese(told, "文")


@pytest.mark.parametrize("name", FORMATS)
def test_places_are_told_in_chinese(name: str) -> None:
    with speaking("zh"):
        found = read(WHOLE[name], name)
        assert not isinstance(found, dict)
        places = {cell.place for cell in found.cells}
    assert [place for place in places if not re.fullmatch(r"第 \d+ .*|\w+![A-Z]+\d+", place)] == []


@pytest.mark.parametrize(("group", "text", "type", "said"), CELLS, ids=[f"{c[0]}: {c[1]!r}" for c in CELLS])
def test_why_a_cell_cannot_be_read_is_told_in_chinese(group: str, text: str, type: CellType, said: str) -> None:
    found = read_cell(text, type, MARKS)
    if isinstance(found, State) and found.kind == "unreadable":
        assert_chinese(lambda: found.reason, text)


@pytest.mark.parametrize("given", [1 / 3, float("nan"), 10**50, True, date(2024, 1, 1), [], object()])
@pytest.mark.parametrize("kind", ["count", "date", "yesno", "text", "code"])
def test_why_a_value_is_none_is_told_in_chinese(kind: str, given: object) -> None:
    found = read_cell(given, CellType(kind, "", high=1, codes=("甲", "乙")))
    if isinstance(found, State) and found.kind == "unreadable":
        assert_chinese(lambda: found.reason, "list object datetime NaN")


@pytest.mark.parametrize("data", [
    {"year": 2024, "tables": {"申请": {"新收": {"自然人": 1, "自然": 2}, "总计": 3}}, "notes": {"无": "x"}, "extra": 1,
     "narrative": {"无此": "一"}},
    {"year": 2024, "tables": {"申请/新收/自然人": 5, "三、收到和处理政府信息公开申请情况/新收/自然人": 6, "总计": 1}},
])  # fmt: skip
def test_what_is_told_of_data_is_chinese(data: dict[str, Any]) -> None:
    def told() -> str:
        report = BOOK.bind(data)
        reasons = dict.fromkeys(state.reason for state in report.states.values())
        return "\n".join(filter(None, (*report.notes, *report.unplaced, *reasons)))

    for _ in range(4):  # the way through keys that are met again is kept
        assert_chinese(told, "extra agency form narrative notes")


def test_what_is_not_used_beside_a_report_is_told_in_chinese() -> None:
    report = gouji.read(EXAMPLE, BOOK)
    other = BOOK.bind(json.loads((REPORTS / "2024-suqian.json").read_text("utf-8")))

    def told() -> str:
        result = BOOK.check(report, previous=other, parts=[other, other, report, report])
        plan = result.evaluation.plan
        lacking = dict.fromkeys(check.lacking for check in plan.checks)
        return "\n".join(filter(None, (*result.notes, *lacking, plan.rules[-1].sentence)))

    assert_chinese(told)


RULE_FILES = {
    "twice": {"a.rules": "form", "b.rules": 'form "报表"\n  edition 1\n  years 2021..\n\ntable 表\n  count 件\n'},
    "circle": {
        "a.rules": 'form "报表"\n  edition 1\n  years 2021..\n  extends 2\n',
        "b.rules": 'form "报表"\n  edition 2\n  years 2021..\n  extends 1\n',
        "c.rules": 'form "报表"\n  edition 3\n  years 2021..\n  extends 9\n',
    },
    "none": {},
}


@pytest.mark.parametrize("name", RULE_FILES)
def test_rule_files_that_cannot_be_used_are_told_in_chinese(name: str, tmp_path: Path) -> None:
    for file, text in RULE_FILES[name].items():
        (tmp_path / file).write_text(text, "utf-8")
    assert_chinese(lambda: problems(lambda: load_editions(tmp_path)), str(tmp_path), *RULE_FILES[name].values())


def test_the_commands_speak_chinese(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.rules").write_text('form "报表"\n  edition 1\n  years 2021..\n  years 2022..\n', "utf-8")
    (tmp_path / "a.cases.toml").write_text("[[case]]\nname = '甲'\n", "utf-8")
    (tmp_path / "empty").mkdir()
    (tmp_path / "one.csv").write_text("会议纪要", "utf-8")
    runs: list[Callable[[], int]] = [
        lambda: maintaining.lint((str(tmp_path),)),
        lambda: maintaining.lint((str(tmp_path / "no"),)),
        lambda: maintaining.fmt((str(tmp_path),), True),
        lambda: maintaining.fmt((str(tmp_path / "empty"),), True),
        lambda: maintaining.diff("cn-disclosure@1999", "cn-disclosure@2021", "text"),
        lambda: maintaining.diff("cn-disclosure", "nowhere", "text"),
        lambda: showing.show_read(str(EXAMPLE), None, None, None, "text"),
        lambda: showing.show_read(str(tmp_path / "one.csv"), None, None, None, "text"),
        lambda: showing.show("cn-disclosure", 2024, "text"),
        lambda: showing.show("cn-disclosure", 1980, "text"),
        lambda: run_check((str(tmp_path / "empty"),), None, None, None, (), (), False, None, None, False, "json",
                          str(tmp_path / "no" / "out"), False),
    ]  # fmt: skip
    for run in runs:

        def told(run: Callable[[], int] = run) -> str:
            run()
            return "".join(capsys.readouterr())

        assert_chinese(told, str(tmp_path), "cn disclosure nowhere no form edition years", EXAMPLE.read_text("utf-8"),
                       str(EXAMPLE), (ROOT / "rules" / "cn-disclosure" / "2021.rules").read_text("utf-8"))  # fmt: skip


OLD, NEW = (
    """form "报表"
  edition  甲
  years    2021..2022
  source   "一号文"
  mark     "/" skip
  mark     "…" between 1 and 2

function 加倍(number) number "加倍"

table 收件 "一、收件"
  count 件
  columns
    本年 "本年件数"
    上年
    合计 total
  rows
    来信 "来信" | "信件"
    来访
    其他
      电话
      网络
      短信

  rule 合计 "合计为两年之和"
    every row
    合计 = 本年 + 上年

  rule 不少 "本年不少于上年"
    every row
    本年 >= 上年

  rule 平稳 "变化不大" warning
    every row
    本年 <= 10

  rule 旧名 "上年不过百"
    every row
    上年 <= 100

table 办结 "二、办结"
  count 件
  columns
    本年
  rows
    机关

narrative 概况 "三、概况"
  figure 收到 件 "收到{n}件" | "收件{n}件"
  figure 办结 件 "办结{n}件"
""",
    """form "报表"
  edition  乙
  years    2023..
  source   "二号文"
  blank    zero
  cells    required
  mark     "/" zero
  mark     "无" zero

function 加倍(number) truth "加倍"
function 减半(number) number "减半"

table 收件 "一、收件情况"
  number 件 2
  printed across
  columns "时间"
    本年 "今年件数"
    上年
    合计
  rows
    来信 "来信" | "书信"
    来访数 "来访"
    其他

  rule 合计 "合计为两年之和" warning
    every row of 来信, 来访数
    clause "第三条"
    合计 = 本年 + 上年

  rule 不多 "本年不多于上年"
    every row
    when 本年 > 0
    本年 <= 上年

  rule 新名 "上年不过百"
    every row
    上年 <= 100

  rule 平稳 "变化不大" warning
    every row
    from 2024
    unless explained
    本年 <= 20

table 督办 "四、督办"
  count 件
  columns
    本年
  rows
    each 机关

narrative 概况 "三、总体概况"
  figure 收到 宗 "收到{n}宗" except "未收到{n}宗"
  figure 督办 件 "督办{n}件"
""",
)


@pytest.mark.parametrize("way", [1, -1])
def test_a_difference_is_told_in_chinese(way: int) -> None:
    editions = []
    for text in (OLD, NEW)[::way]:
        edition, found = load_text(Source("报表", text), "报表")
        assert edition and found == []
        editions.append(edition)
    assert_chinese(lambda: to_words(diff(*editions)), "signed")


def test_a_difference_of_real_editions_is_told_in_chinese() -> None:
    texts = [path.read_text("utf-8") for path in (ROOT / "rules" / "cn-disclosure").glob("*.rules")]
    assert_chinese(lambda: to_words(diff(*(load_edition(f"cn-disclosure@{year}") for year in (2019, 2021)))), *texts)


# What is said changes nothing else

SAYING = frozenset({
    "message", "sentence", "formula", "note", "notes", "unplaced", "place", "places", "hint", "holds_if", "told",
    "figures", "problems",
})  # fmt: skip


def silent(data: Any) -> Any:
    """Plain data without what is said in it."""
    if isinstance(data, dict):
        return {key: silent(value) for key, value in data.items() if key not in SAYING}
    return [silent(item) for item in data] if isinstance(data, list) else data


def both(make: Callable[[], Any]) -> list[Any]:
    found = []
    for lang in ("zh", "en"):
        with speaking(lang):
            found.append(make())
    return found


def test_a_run_is_the_same_in_both_languages_but_for_what_it_says(tmp_path: Path) -> None:
    broken = EXAMPLE.read_text("utf-8").replace("数量\t41\t", "数量\t4x4\t").replace("\t2\t", "\t2九\t", 1)

    def run() -> Any:
        report = gouji.read(broken.encode(), BOOK)
        runs = [Run([BOOK.check(report, blank=blank)]).to_dict() for blank in ("unknown", "zero")]
        return [*runs, to_data(report)]

    zh, en = both(run)
    assert silent(zh) == silent(en) and zh != en


def test_a_difference_is_the_same_in_both_languages_but_for_what_it_says() -> None:
    editions = [load_edition(f"cn-disclosure@{year}") for year in (2019, 2021)]
    zh, en = both(lambda: to_plain(diff(*editions)))
    for one in (zh, en):
        for change in one["changes"]:
            del change["before"], change["after"]
    assert silent(zh) == silent(en)


def test_what_is_kept_is_said_in_the_language_of_the_moment() -> None:
    """A plan, a route and the states of a report outlive a change of language."""
    report = BOOK.bind({"year": 2024, "tables": {"申请/新收/自然人": "五"}})

    def kept() -> Any:
        checks = BOOK.check(report).evaluation.plan.checks
        reasons = [state.reason for state in report.states.values() if state.kind == "unreadable"]
        return reasons, [check.lacking for check in checks if check.lacking]

    zh, en = both(kept)
    assert zh[0] == ["数用汉字写成"] and en[0] == ["the number is written in Chinese characters"]
    assert len(zh[1]) == len(en[1]) > 0 and not set(zh[1]) & set(en[1])


# Which language is spoken


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """An environment that says nothing, and is looked up anew."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    surroundings.cache_clear()
    yield monkeypatch
    surroundings.cache_clear()


@pytest.mark.parametrize(("given", "spoken"), [
    ({}, "en"), ({"LANG": "C"}, "en"), ({"LC_ALL": "zh_CN.UTF-8"}, "zh"), ({"LANG": "zh_CN.GB18030"}, "zh"),
    ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en"), ({"GOUJI_LANG": "zh", "LC_ALL": "C"}, "zh"),
    ({"GOUJI_LANG": "en", "LANG": "zh_CN.UTF-8"}, "en"), ({"LANG": "de_DE.UTF-8"}, "en"), ({"LANGUAGE": "zh_TW"}, "zh"),
])  # fmt: skip
def test_the_surroundings_say_which_language(bare: pytest.MonkeyPatch, given: dict[str, str], spoken: str) -> None:
    for name, value in given.items():
        bare.setenv(name, value)
    if os.name == "posix" or given:
        assert language() == spoken


def test_what_is_said_in_the_code_comes_before_the_surroundings(bare: pytest.MonkeyPatch) -> None:
    bare.setenv("GOUJI_LANG", "zh")
    assert say("the file is empty") == "文件是空的"
    with speaking("en"):
        assert say("the file is empty") == "the file is empty"
        with speaking(None):
            assert language() == "en"
    assert language() == "zh"


def test_an_unknown_language_is_refused_and_nothing_changes() -> None:
    before = language()
    with pytest.raises(ValueError, match="lang is one of zh, en, not 'fr'"):
        speak("fr")
    with pytest.raises(ValueError), speaking("xx"):
        pass
    assert language() == before


def test_two_threads_speak_different_languages() -> None:
    found: dict[str, list[str]] = {"zh": [], "en": []}
    meet = threading.Barrier(2)

    def talk(lang: str) -> None:
        speak(lang)
        for n in range(200):
            meet.wait(10)
            found[lang].append(count("{n} cell", "{n} cells", n))

    threads = [threading.Thread(target=talk, args=(lang,)) for lang in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found["zh"] == [f"{n} 个单元格" for n in range(200)]
    assert found["en"] == [f"{n} cell{'s' * (n != 1)}" for n in range(200)]


def test_speaking_in_another_context_changes_nothing_here() -> None:
    before = language()
    copy_context().run(speak, "zh")
    assert language() == before


def test_a_text_without_values_is_said_as_it_stands() -> None:
    assert say("write {n} once, {*} and {#}") == "write {n} once, {*} and {#}"
    assert later("a") == "a" and str(saying("{text} is not a number", text="甲")) == "甲 is not a number"


def test_what_is_read_is_shown_in_chinese() -> None:
    with speaking("zh"):
        report = gouji.read(EXAMPLE, BOOK)
        assert to_text(report).splitlines()[-1] == "共 200 个单元格，读到 200 个"
