"""A body that reports every year through every edition, and the edition that a maintainer writes next."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from random import Random

import pytest

import gouji
from conftest import ROOT
from test_command import gouji as command

BOOK = gouji.load("cn-disclosure")
STATISTICS = gouji.load("cn-disclosure-statistics")
COLUMNS = (
    "自然人",
    *(f"法人或其他组织/{name}" for name in ("商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他")),
)


def disclosure(year: int, random: Random, carried: dict[str, int], stock: dict[str, int]) -> dict[str, int]:
    """A report of 2019 or later that ties: with the year before by what was carried and in stock."""
    form = BOOK.form(year)
    row = {cell.key: 0 for cell in form.cells}
    leaves = [c.row for c in form.cells if c.table.name == "申请" and c.row[0] == "办理结果" and c.row[-1] != "总计"]
    leaves = list(dict.fromkeys(leaves))
    for column in COLUMNS:
        done = {path: random.randrange(9) for path in leaves}
        total = sum(done.values())
        left = random.randrange(5)
        row |= {f"申请/{'/'.join(path)}/{column}": count for path, count in done.items()}
        row[f"申请/办理结果/总计/{column}"], row[f"申请/结转下年/{column}"] = total, left
        row[f"申请/上年结转/{column}"] = min(carried.get(column, 0), total + left)
        row[f"申请/新收/{column}"] = total + left - row[f"申请/上年结转/{column}"]
        carried[column] = left
    for path in dict.fromkeys(c.row for c in form.cells if c.table.name == "申请"):
        row[f"申请/{'/'.join(path)}/总计"] = sum(row[f"申请/{'/'.join(path)}/{column}"] for column in COLUMNS)
    for path in dict.fromkeys(c.row for c in form.cells if c.table.name == "复议诉讼"):
        parts = {name: random.randrange(6) for name in ("结果维持", "结果纠正", "其他结果", "尚未审结")}
        row |= {f"复议诉讼/{'/'.join(path)}/{name}": count for name, count in parts.items()}
        row[f"复议诉讼/{'/'.join(path)}/总计"] = sum(parts.values())
    for name in ("规章", "规范性文件"):
        made = random.randrange(5)
        if form.edition == "2021":
            dropped = random.randrange(min(3, stock.get(name, 9) + made) + 1)
            stock[name] = stock.get(name, 9) + made - dropped
            row |= {
                f"主动公开/{name}/制发": made,
                f"主动公开/{name}/废止": dropped,
                f"主动公开/{name}/现行有效": stock[name],
            }
        else:
            stock[name] = stock.get(name, 20) + made
            row |= {
                f"主动公开/{name}/新制作": made,
                f"主动公开/{name}/新公开": made,
                f"主动公开/{name}/总数": stock[name],
            }
    return row


def statistics(random: Random, before: dict[str, int]) -> dict[str, int]:
    """A table of 2011 to 2018 that ties with the one before."""
    year = {cell.row[0]: random.randrange(40) for cell in STATISTICS.form(2011).cells}
    for total, parts in (("主动公开", ("网站公开", "公报公开")), ("受理", ("当面申请", "网上申请", "信函申请")),
                         ("答复", ("同意公开", "部分公开", "不予公开", "其他答复"))):  # fmt: skip
        year[total] = sum(year[part] for part in parts)
    return {f"统计/{name}/本年度": count for name, count in year.items()} | {
        f"统计/{name}/累计": count + before.get(f"统计/{name}/累计", 0) for name, count in year.items()
    }


def reports() -> list[tuple[int, gouji.Book, dict[str, int]]]:
    """Fifteen years of one body."""
    random, found = Random(7), []
    row: dict[str, int] = {}
    carried: dict[str, int] = {}
    stock: dict[str, int] = {}
    for year in range(2011, 2019):
        row = statistics(random, row)
        found.append((year, STATISTICS, row))
    for year in range(2019, 2026):
        if year == 2021:
            stock = {}
        found.append((year, BOOK, disclosure(year, random, carried, stock)))
    return found


YEARS = reports()


def checked(number: int, changes: dict[str, int]) -> gouji.Result:
    year, book, row = YEARS[number]
    report = book.bind({**row, **changes}, year=year, agency="某局")
    if not number or YEARS[number - 1][1] is not book:
        return book.check(report)
    before, _, earlier = YEARS[number - 1]
    return book.check(report, previous=book.bind(earlier, year=before, agency="某局"))


@pytest.mark.parametrize("number", range(len(YEARS)), ids=[str(year) for year, _, _ in YEARS])
def test_a_body_that_ties_passes_every_year_and_one_error_a_year_is_found(number: int) -> None:
    right = checked(number, {})
    assert (right.counts["fail"], right.counts["undetermined"], right.counts["error"]) == (0, 0, 0)
    key = "统计/网上申请/本年度" if number < 8 else "申请/上年结转/自然人"
    wrong = checked(number, {key: YEARS[number][2][key] + 1})
    failed = {finding.rule for finding in wrong.findings}
    tied = number and YEARS[number - 1][1] is YEARS[number][1]
    if number < 8:
        assert failed == {"受理合计", "累计衔接" if tied else "累计不少"}
    else:
        assert failed == {"收支平衡", "申请人合计"} | ({"结转衔接"} if tied else set())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of the form with the next edition, as the page for maintainers has it."""
    made = tmp_path / "cn-disclosure"
    made.mkdir()
    page = (ROOT / "docs" / "editions.md").read_text("utf-8")
    (text,) = re.findall(r'```\n(form "政府信息公开工作年度报告"\n  edition  2027\n.*?)```', page, re.S)
    for name in ("2019", "2021"):
        whole = (ROOT / "rules" / "cn-disclosure" / f"{name}.rules").read_text("utf-8")
        (made / f"{name}.rules").write_text(whole.replace("years    2021..", "years    2021..2026"), "utf-8")
    (made / "2027.rules").write_text(text, "utf-8")
    return made


def test_the_commands_of_the_page_for_maintainers_work(folder: Path) -> None:
    assert command("lint", folder).stdout == "3 rule files, 0 problems\n"
    told = command("diff", f"{folder}@2021", f"{folder}@2027")
    assert told.returncode == 1
    for line in ("column added: 网络媒体", "row split: 1.属于国家秘密", "amount 万元 6 -> amount 元 2"):
        assert line in told.stdout
    whole = command("show", folder, "--year", "2027", "--format", "rules").stdout
    assert "extends" not in whole and '        国家秘密     "1.属于国家秘密"\n          绝密' in whole
    assert command("show", folder, "--year", "2027", "--format", "json").returncode == 0
    rules = ROOT / "rules" / "cn-disclosure"
    shutil.copytree(rules / "reports", folder / "reports")
    shutil.copy(rules / "2021.cases.toml", folder)
    tested = command("test", folder)
    assert (tested.returncode, tested.stdout.splitlines()[-1].endswith(", 0 failed")) == (0, True)


def test_the_next_edition_ties_with_the_one_before(folder: Path) -> None:
    book = gouji.load(folder)
    new, old = book.form(2027), book.form(2026)
    assert len(new.cells) == len(old.cells) + 25 + 2 * 8
    amount = next(cell for cell in new.cells if cell.column[-1] == "收费金额")
    assert (amount.type.unit, amount.type.decimals) == ("元", 2)
    before = book.bind(disclosure(2025, Random(4), {}, {}), year=2026)
    zero = book.bind({key: 0 for key in book.columns(2027)}, year=2027)
    result = book.check(zero, previous=before)
    assert result.rules["收支平衡"]["pass"] == result.rules["办理合计"]["pass"] == 8
    assert result.rules["申请人合计"]["expected"] == 27
    assert result.rules["结转衔接"]["not_applicable"] == 1


def test_a_region_of_three_hundred_bodies_is_their_sum() -> None:
    random = Random(11)
    bodies = [BOOK.bind(disclosure(2024, random, {}, {}), year=2024, agency=f"第{n}局") for n in range(300)]
    total = {key: sum(int(body.values[at]) for body in bodies) for at, key in enumerate(BOOK.columns(2024))}
    region = BOOK.bind(total, year=2024, agency="某市")
    assert BOOK.check(region, parts=bodies).ok
    total["申请/新收/自然人"] += 1
    broken = BOOK.check(BOOK.bind(total, year=2024, agency="某市"), parts=bodies)
    assert [dict(f.at) for f in broken.findings if f.rule == "parts"] == [{"row": "新收", "column": "自然人"}]


def test_what_an_older_report_says_is_kept_where_the_newer_edition_can_hold_it() -> None:
    old = BOOK.bind(disclosure(2020, Random(5), {}, {}), year=2024, edition="2019", agency="某局")
    cells = {cell.key: old.values[cell.position] for cell in old.cells}
    held = {key: cells[key] for key in BOOK.columns(2024) if key in cells}
    result = BOOK.check(BOOK.bind(held, year=2024, agency="某市"), parts=[old])
    outcomes = {f"{v.at['row']}/{v.at['column']}": v.outcome for v in result.verdicts if v.rule == "parts"}
    assert {outcomes[key.split("/", 1)[1]] for key in held} == {"pass"} and len(held) == 172


def test_a_body_that_changed_its_name_is_found_under_the_old_one(tmp_path: Path) -> None:
    text = (ROOT / "rules" / "cn-disclosure" / "2021.rules").read_text("utf-8")
    (tmp_path / "2021.rules").write_text(
        text.replace("counterparts 2019", 'agency "新局" | "旧局"\n\ncounterparts 2019'), "utf-8"
    )
    book = gouji.load(tmp_path / "2021.rules")
    carried: dict[str, int] = {}
    stock: dict[str, int] = {}
    random = Random(2)
    before = book.bind(disclosure(2023, random, carried, stock), year=2023, agency="旧局")
    report = book.bind(disclosure(2024, random, carried, stock), year=2024, agency="新局")
    assert book.check(report, previous=before).rules["结转衔接"]["pass"] == 7
    assert (
        BOOK.check(BOOK.bind(report.to_row(), year=2024, agency="新局"), previous=before).rules["结转衔接"]["pass"] == 0
    )
