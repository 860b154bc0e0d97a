"""The page of a run, as text and in a real browser: the form as printed, what is found in it, and nothing else."""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pdfplumber
import pytest
from attrs import evolve
from selectolax.lexbor import LexborHTMLParser, LexborNode

import gouji
from browser import BROWSER, SHOT, alike, chromium
from conftest import ROOT
from gouji.findings.run import Run
from gouji.sources import Problem

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

BOOK = gouji.load("cn-disclosure")
EXAMPLE = ROOT / "docs" / "examples" / "2024.txt"
BROKEN = {
    "申请/新收/自然人": 44,
    "申请/办理结果/不予公开/国家秘密/法人或其他组织/商业企业": None,
    "主动公开/行政许可/处理决定": "约十件",
    "复议诉讼/行政复议/总计": 9,
}
PICTURES = ROOT / "docs" / "pictures"


def result(cells: Mapping[str, object] | None = None, prose: str = "", **data: object) -> gouji.Result:
    """The bundled example with some cells changed, checked."""
    report = gouji.read(EXAMPLE, BOOK)
    narrative = dict(report.prose) | ({"总体情况": prose} if prose else {})
    row = report.to_row() | dict(cells or {})
    bound = BOOK.bind({"agency": "瑶海区人民政府办公室", "year": 2024, "tables": row, "narrative": narrative} | data)
    return BOOK.check(bound)


def broken() -> gouji.Result:
    return result(BROKEN, "2024年新收政府信息公开申请104件，结转下年度2件。")


def own_book(folder: Path, columns: Sequence[str], rule: str) -> gouji.Book:
    """A form of one row x, with one rule."""
    head = ['form "f"', "  edition 1", "  years 2000..", "", 'table t "t"', "  count 件", "  columns"]
    tail = ["  rows", "    x", "", '  rule r "s"', "    every row", f"    {rule}", ""]
    rules = folder / "f" / "1.rules"
    rules.parent.mkdir()
    rules.write_text("\n".join([*head, *(f"    {column}" for column in columns), *tail]), "utf-8")
    return gouji.load(rules)


def first(page: LexborHTMLParser, selector: str) -> LexborNode:
    """What is found first; there must be one."""
    found = page.css_first(selector)
    assert found is not None, selector
    return found


def said(node: LexborNode, name: str) -> str:
    """An attribute, or nothing."""
    return node.attrs.get(name) or ""


def table(page: str, number: int) -> list[list[tuple[str, str, int, int]]]:
    """The boxes of a printed table: tag, text, rows and columns that it spans."""
    rows = LexborHTMLParser(page).css("table.sheet")[number].css("tr")
    return [
        [
            (
                box.tag or "",
                box.text(strip=True),
                int(box.attrs.get("rowspan") or 1),
                int(box.attrs.get("colspan") or 1),
            )
            for box in row.css("th, td")
        ]
        for row in rows
    ]


def test_the_form_stands_on_the_page_as_it_is_printed() -> None:
    page = result().to_html()
    rows = table(page, 1)
    assert rows[0] == [("th", "", 3, 3), ("th", "申请人情况", 1, 7)]
    assert rows[1] == [("th", "自然人", 2, 1), ("th", "法人或其他组织", 1, 5), ("th", "总计", 2, 1)]
    assert [box[1] for box in rows[2]] == ["商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他"]
    assert rows[3][0] == ("th", "一、本年新收政府信息公开申请数量", 1, 3)
    assert rows[5][:2] == [("th", "三、本年度办理结果", 22, 1), ("th", "（一）予以公开", 1, 2)]
    assert rows[7][:2] == [("th", "（三）不予公开", 8, 1), ("th", "1.属于国家秘密", 1, 1)]
    assert [box[1] for box in rows[3] if box[0] == "td"] == ["41", "1", "0", "0", "61", "0", "103"]
    across = table(page, 2)
    assert across[0] == [("th", "行政复议", 1, 5), ("th", "行政诉讼", 1, 10)]
    assert [len(row) for row in across] == [2, 7, 10, 15]
    assert [box[3] for box in table(page, 0)[6]] == [1, 3]  # one figure under a header of four columns


@pytest.mark.parametrize("number", range(3))
def test_every_line_of_a_printed_table_is_of_one_width(number: int) -> None:
    rows = table(result().to_html(), number)
    width = sum(columns for *_, columns in rows[0])
    taken = [0] * (len(rows) + 30)
    for at, row in enumerate(rows):
        for *_, deep, columns in row:
            for below in range(at, at + deep):
                taken[below] += columns
    assert set(taken[: len(rows)]) == {width} and not any(taken[len(rows) :])


def test_a_cell_and_what_is_found_in_it_point_at_each_other() -> None:
    checked = broken()
    page = LexborHTMLParser(checked.to_html())
    articles = page.css("article.finding")
    assert len(articles) == len(checked.findings) > 5
    for article in articles:
        ids = said(article, "data-c").split()
        assert ids
        for id in ids:
            cell = first(page, f"#{id}")
            assert said(article, "id") in said(cell, "data-f").split()
            assert page.css_matches(f"article{said(first(page, f'#{id} a'), 'href')}")
    assert all(page.css_matches(said(link, "href")) for link in page.css("a"))
    named = [said(item, "id") for item in page.css("[id]")]
    assert len(named) == len(set(named))


def test_what_a_cell_shows_is_told_by_a_sign_and_by_a_word() -> None:
    page = LexborHTMLParser(broken().to_html(lang="en"))
    shown = {
        kind: first(page, f"td.{kind}").text(strip=True) for kind in ("fail", "unreadable", "undetermined", "beside")
    }
    assert shown == {
        "fail": "44✗2fail",
        "unreadable": "约十件⚠cannot be read",
        "undetermined": "—?undetermined",
        "beside": "0·beside a cell that is missing",
    }
    assert first(page, "mark.fail").text(strip=True) == "104✗fail"
    zero = BOOK.check(broken().report, blank="zero").to_html(lang="en")
    assert first(LexborHTMLParser(zero), "td.assumed").text(strip=True).startswith("—∅blank, read as 0")


def test_nothing_is_loaded_and_only_the_page_s_own_script_may_run() -> None:
    page = Run([broken()], [("x.docx", Problem("is broken", hint="mend it"))]).render("html")
    assert re.findall(r'\s(?:src|action|srcset|data|poster)="', page) == []
    assert {link[0] for link in re.findall(r'href="([^"]*)"', page)} == {"#"}
    assert "url(" not in page and "@import" not in page and 'style="' not in page and not re.search(r"\son\w+=", page)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy and policy[1].startswith("default-src &#39;none&#39;") and policy[1].count("sha256-") == 2
    assert "base-uri &#39;none&#39;" in policy[1] and "form-action &#39;none&#39;" in policy[1]


def test_a_page_says_what_cannot_be_used() -> None:
    text = Run([broken()], [("a.docx", Problem("is <b>", place="a.docx"))]).render("html")
    assert "a.docx</b>: is &lt;b&gt;" in text


def test_many_findings_of_a_rule_are_told_as_one_and_mark_their_cells_all_the_same() -> None:
    blank = result(dict.fromkeys(broken().report.to_row(), "") | {"申请/新收/自然人": 3, "申请/新收/总计": 2})
    page = LexborHTMLParser(blank.to_html(lang="en"))
    cells = [article for article in page.css("article") if said(article, "data-rule") == "cells"]
    assert len(cells) == 13 and "and 186 more of this rule" in cells[12].text()
    assert len(said(cells[12], "data-c").split()) == 186
    assert (len(page.css("td.undetermined")), len(page.css("td.fail"))) == (193, 7)
    # None hides what fails: it comes first, and is in the filter.
    assert said(page.css("article")[0], "data-outcome") == "fail"
    assert 'value="申请人合计"' in blank.to_html()
    assert len(blank.to_html().encode()) < 150_000


def test_an_error_that_is_no_cell_is_not_called_unreadable(tmp_path: Path) -> None:
    book = own_book(tmp_path, ("a", "b"), "a / b = 1")
    page = LexborHTMLParser(book.check(book.bind({"x": {"a": 5, "b": 0}}, year=2024)).to_html(lang="en"))
    assert first(page, "article.error h3").text(strip=True) == "!rerror"
    assert [cell.text(strip=True) for cell in page.css("td.error")] == ["5!error", "0!error"]


def test_a_figure_is_marked_wherever_it_is_stated() -> None:
    text = "新收政府信息公开申请104件。结转下年度2件。新收政府信息公开申请104件。"
    page = LexborHTMLParser(result(prose=text).to_html())
    assert [mark.text(strip=True) for mark in page.css("mark")] == ["104✗fail", "2", "104✗fail"]
    assert len(page.css("mark.fail")) == 2 and len(page.css("mark.fail[id]")) == 1


def test_what_is_computed_and_what_is_assumed_have_signs_of_their_own() -> None:
    blank = result({"申请/新收/自然人": ""})
    filled = evolve(blank, filled=BOOK.fill(blank.report))
    page = LexborHTMLParser(filled.to_html(lang="en"))
    assert first(page, "td.filled").text(strip=True) == "41+computed"
    zero = BOOK.check(blank.report, blank="zero")
    page = LexborHTMLParser(zero.to_html(lang="en"))
    assert "—✗2∅fail" in [cell.text(strip=True) for cell in page.css("td.fail")]


def test_a_long_value_is_cut_and_signs_that_turn_letters_are_shown() -> None:
    page = result({"申请/新收/自然人": "9" * 100_000, "申请/新收/总计": "\u202e12"}).to_html()
    assert len(page) < 80_000 and "\u202e" not in page and "\ufffd12" in page


def test_a_notebook_shows_the_page_in_a_frame() -> None:
    frame = broken()._repr_html_()
    assert frame and frame.startswith('<iframe srcdoc="&lt;!doctype html&gt;') and 'sandbox="allow-scripts"' in frame


def test_without_jinja2_a_page_is_refused_and_a_notebook_shows_text() -> None:
    code = (
        "import sys; sys.modules['jinja2'] = None\n"
        "import gouji; book = gouji.load('cn-disclosure')\n"
        "result = book.check(book.bind({'申请/新收/总计': 1}, year=2024))\n"
        "print(result._repr_html_())\n"
        "try: result.to_html()\nexcept ModuleNotFoundError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "None\na page needs jinja2: pip install 'gouji[cli]'\n"


def test_days_and_codes_given_as_numbers_are_shown_as_they_are_called(tmp_path: Path) -> None:
    book = own_book(tmp_path, ("a date", "b yesno", "c"), "c >= 0")
    page = book.check(book.bind({"x": {"a": 738886, "b": 1, "c": 5}}, year=2024)).to_html(lang="en")
    assert [cell.text() for cell in LexborHTMLParser(page).css("td")[:3]] == ["2024-01-01", "yes", "5"]


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    with chromium() as opened:
        yield opened


def opened(browser: "Browser", tmp_path: Path, text: str, width: int = 1360) -> "tuple[Page, list[str]]":
    """The page in a browser, and what its console says."""
    file = tmp_path / "page.html"
    file.write_text(text, "utf-8")
    page = browser.new_page(viewport={"width": width, "height": 900})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: said.append(request.url) if not request.url.startswith("file:") else None)
    page.goto(file.as_uri())
    return page, said


@BROWSER
def test_hover_focus_and_tap_light_up_the_identity_and_tell_the_formula(browser: "Browser", tmp_path: Path) -> None:
    page, said = opened(browser, tmp_path, broken().to_html(lang="en"))
    cell = page.locator("td.strong.fail").first
    cell.hover()
    tip = page.locator("#tip")
    assert "44 + 5 = 49, but 44 + 2 = 46" in (tip.text_content() or "")
    assert "left 49 right 46 difference 3" in (tip.text_content() or "")
    assert page.locator("td.lit").count() == 4 + 7 - 1  # two identities that share a cell
    assert page.locator("article.lit").count() == 2
    page.keyboard.press("Escape")
    assert tip.is_hidden() and page.locator(".lit").count() == 0
    cell.locator("a").focus()
    assert tip.is_visible()
    page.keyboard.press("Enter")
    page.wait_for_function("location.hash === '#r0-f1'")
    assert page.evaluate("document.activeElement.id") == "r0-f1"
    assert page.locator("td.lit").count() == 4
    page.locator("#r0-f1 li a").first.click()
    assert page.locator("td.lit").count() == 10
    seen = []
    for _ in range(3):
        cell.locator("a").focus()
        page.keyboard.press("Enter")
        page.wait_for_function("document.activeElement.tagName === 'ARTICLE'")
        seen.append(page.evaluate("document.activeElement.id"))
    assert seen == ["r0-f2", "r0-f1", "r0-f2"]  # one after the other; the first was reached before
    assert page.locator("mark.fail").count() == 1
    assert said == []


@BROWSER
def test_a_tap_tells_first_and_leads_to_the_finding_then(browser: "Browser", tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(broken().to_html(lang="en"), "utf-8")
    with browser.new_context(has_touch=True, viewport={"width": 400, "height": 800}) as context:
        page = context.new_page()
        page.goto(file.as_uri())
        cell = page.locator("td.strong.fail a").first
        cell.tap()
        assert page.locator("#tip").is_visible() and "#" not in page.url
        box = page.locator("#tip").bounding_box()
        assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 400
        cell.tap()
        assert page.url.endswith("#r0-f1")


@BROWSER
def test_in_a_notebook_no_link_leaves_the_frame(browser: "Browser", tmp_path: Path) -> None:
    page, said = opened(browser, tmp_path, f"<!doctype html><title>notebook</title>{broken()._repr_html_()}")
    frame = page.frames[1]
    frame.locator("td.strong.fail a").first.click()
    frame.locator("article.lit").first.wait_for()
    assert frame.locator("title").text_content() != "notebook" and len(page.frames) == 2
    frame.locator("article li a").first.click()
    assert frame.locator("td.lit").count() > 0 and said == []


@BROWSER
def test_a_broken_address_leaves_the_page_working(browser: "Browser", tmp_path: Path) -> None:
    page, said = opened(browser, tmp_path, Run([broken(), result()]).render("html"))
    page.goto(f"{page.url}#%E0%A4%A")
    page.reload()
    page.get_by_role("button", name="year").click()
    assert page.locator("th[aria-sort]").count() == 1 and said == []


@BROWSER
def test_the_keyboard_alone_reaches_every_marked_cell(browser: "Browser", tmp_path: Path) -> None:
    page, _ = opened(browser, tmp_path, broken().to_html())
    cells, seen = page.locator("td a").count(), set()
    for _ in range(cells + 200):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.closest('td')?.id"))
    assert len(seen - {None}) == cells


@BROWSER
def test_boxes_lie_under_their_headers_and_beside_their_labels(browser: "Browser", tmp_path: Path) -> None:
    page, _ = opened(browser, tmp_path, broken().to_html())
    boxes: list[list[dict[str, Any]]] = page.evaluate(
        "[...document.querySelectorAll('table.sheet')[1].rows].map(row => [...row.cells].map(cell => {"
        "const box = cell.getBoundingClientRect();"
        "return {tag: cell.tagName, text: cell.textContent.trim(), x: box.x, r: box.right, y: box.y, b: box.bottom}}))"
    )
    heads = {box["text"]: box for row in boxes[:3] for box in row}
    names = ("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计")
    for row in boxes[3:]:
        cells = [box for box in row if box["tag"] == "TD"]
        for name, cell in zip(names, cells, strict=True):
            assert abs(cell["x"] - heads[name]["x"]) < 1.5 and abs(cell["r"] - heads[name]["r"]) < 1.5
            assert abs(cell["y"] - row[-8]["y"]) < 1.5
    group = next(box for row in boxes for box in row if box["text"] == "（四）无法提供")
    inner = [
        box for row in boxes for box in row if box["text"] in ("1.本机关不掌握相关政府信息", "3.补正后申请内容仍不明确")
    ]
    assert abs(group["y"] - inner[0]["y"]) < 1.5 and abs(group["b"] - inner[1]["b"]) < 1.5


@BROWSER
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_text_stands_out_from_its_ground(browser: "Browser", tmp_path: Path, lang: str) -> None:
    page, _ = opened(browser, tmp_path, BOOK.check(broken().report, blank="zero").to_html(lang=lang))
    poor = page.evaluate(CONTRAST)
    assert poor == []


@BROWSER
def test_a_hostile_report_stays_text(browser: "Browser", tmp_path: Path) -> None:
    evil = "</script><script>document.title='run'</script><img src=x onerror=\"document.title='run'\">"
    checked = result({"申请/新收/自然人": evil}, f"新收申请5件{evil}", agency=evil, source=evil, notes={"申请": evil})
    page, said = opened(browser, tmp_path, Run([checked, checked], [(evil, Problem(evil, hint=evil))]).render("html"))
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert page.title() == "Check of reports" and said == []
    assert page.locator("img").count() == 0 and page.locator("script").count() == 1
    blocked = page.evaluate(
        "() => { const bad = document.createElement('script'); bad.textContent = 'document.title = \"run\"';"
        "document.body.append(bad); return document.title }"
    )
    assert blocked == "Check of reports"  # even what slips in does not run


@BROWSER
@pytest.mark.parametrize("width", [360, 800])
def test_on_a_narrow_screen_only_the_tables_scroll(browser: "Browser", tmp_path: Path, width: int) -> None:
    page, _ = opened(browser, tmp_path, Run([broken(), result()]).render("html"), width)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@BROWSER
def test_the_overview_sorts_and_filters_hide_what_does_not_fit(browser: "Browser", tmp_path: Path) -> None:
    run = Run([broken(), result(agency="乙局", year=2022), result({"申请/新收/总计": 1}, agency="丙局", year=2023)])
    page, _ = opened(browser, tmp_path, run.render("html"))
    rows = page.locator(".overview tbody tr:visible")
    page.get_by_role("button", name="year").click()
    assert [text.split()[1] for text in rows.all_inner_texts()] != [] and "2022" in rows.nth(0).inner_text()
    page.get_by_role("button", name="year").click()
    assert "2024" in rows.nth(0).inner_text()
    page.locator("select[name=rule]").select_option("收支平衡")
    assert rows.count() == 2
    assert page.locator("td.muted").count() > 0 and page.locator("article:not([hidden])").count() == 2
    page.get_by_label("search").fill("丙")
    assert rows.count() == 1
    rows.nth(0).get_by_role("link").click()
    report = page.locator("details.report[open]")
    assert report.count() == 1 and "丙局" in (report.locator("> summary").text_content() or "")
    assert report.locator("article:visible").count() == 1


@BROWSER
def test_what_is_printed_holds_every_report_with_its_findings(browser: "Browser", tmp_path: Path) -> None:
    page, _ = opened(browser, tmp_path, Run([broken(), result({"申请/新收/总计": 1}, agency="丙局")]).render("html"))
    page.pdf(path=str(tmp_path / "page.pdf"), format="A4")
    with pdfplumber.open(tmp_path / "page.pdf") as printed:
        text = "".join(sheet.extract_text() or "" for sheet in printed.pages)
        assert max(sheet.width for sheet in printed.pages) < 600
    assert text.count("三、本年度办") >= 2 and "44 + 5 = 49" in text and "丙局" in text
    assert "Show findings" not in text


@BROWSER
def test_a_thousand_reports_are_one_page_of_bounded_size(browser: "Browser", tmp_path: Path) -> None:
    one, other = broken(), result()
    blank = result(dict.fromkeys(other.report.to_row(), ""))
    text = Run([{0: one, 1: blank}.get(number % 10, other) for number in range(1000)]).render("html")
    assert len(text.encode()) < 1000 * 35_000
    page, said = opened(browser, tmp_path, text)
    assert page.locator(".overview tbody tr").count() == 1000
    page.goto(f"{page.url}#r990")
    assert page.locator("#r990 td.fail").first.is_visible() and said == []


@BROWSER
@pytest.mark.parametrize("name", SHOT)
def test_the_pictures_of_the_documentation_show_the_page_of_today(
    browser: "Browser", tmp_path: Path, name: str, pytestconfig: pytest.Config
) -> None:
    page, _ = opened(browser, tmp_path, broken().to_html(lang=name.removeprefix("page-")), 1280)
    page.locator("td.strong.fail a").first.focus()
    page.screenshot(path=str(tmp_path / "shot.png"))
    kept = PICTURES / f"{name}.png"
    if pytestconfig.getoption("--rewrite"):
        kept.write_bytes((tmp_path / "shot.png").read_bytes())
    assert alike(tmp_path / "shot.png", kept)


CONTRAST = """() => {
  const parse = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
  const ground = (at) => {
    for (; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0.99) return colour;
    }
    return [255, 255, 255];
  };
  const poor = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walk.nextNode(); text; text = walk.nextNode()) {
    const at = text.parentElement;
    if (!text.textContent.trim() || ["SCRIPT", "STYLE", "OPTION"].includes(at.tagName)) continue;
    const [a, b] = [light(parse(getComputedStyle(at).color)), light(ground(at))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.push([at.tagName, at.className, text.textContent.trim().slice(0, 20), ratio]);
  }
  return poor;
}"""
"""The texts whose contrast with what lies below them is less than WCAG asks of small text."""
