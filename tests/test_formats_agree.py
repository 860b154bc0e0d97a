"""A law: a finding says the same rule, outcome, numbers and places in every format."""

import csv
import io
import json
import re
from collections import Counter
from typing import Any
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

import gouji
from conftest import figures
from gouji.findings.run import Run

BOOK = gouji.load("cn-disclosure")
ROW = BOOK.bind(figures("2024-suqian")).to_row()
Said = Counter[tuple[Any, ...]]
_NUMBERS = ("left", "right", "difference")
_PLACED = re.compile(r"(\S+/\S+)(?: =|:) .*?(?:\((.+)\))?")


@st.composite
def changes(draw: st.DrawFn) -> dict[str, Any]:
    """Some cells of a report that passes, with other values."""
    values = st.one_of(st.integers(-2, 60), st.none(), st.sampled_from(["乱", "—", "3.5", "1，2，x", "12件"]))
    return draw(st.dictionaries(st.sampled_from(list(ROW)), values, min_size=1, max_size=8))


def cells(pairs: Any) -> tuple[tuple[str, str], ...]:
    return tuple((key, place) for key, place in pairs)


def in_json(run: Run) -> Said:
    (report,) = json.loads(run.render("json"))["reports"]
    return Counter(
        (f["rule"], f["outcome"], *(f[n] for n in _NUMBERS), cells((c["cell"], c["place"]) for c in f["cells"]))
        for f in report["findings"]
    )


def in_sarif(run: Run) -> Said:
    said: Said = Counter()
    for one in json.loads(run.render("sarif"))["runs"][0]["results"]:
        more, places = one["properties"], [*one["locations"], *one.get("relatedLocations", [])]
        named = [place["logicalLocations"][0] for place in places if "logicalLocations" in place]
        numbers = [more.get(name) for name in _NUMBERS]
        told = cells((place["fullyQualifiedName"], place["name"]) for place in named)
        said[(one["ruleId"], more["outcome"], *numbers, told)] += 1
    return said


def in_junit(run: Run) -> Said:
    said: Said = Counter()
    outcomes = {"failure": "fail", "error": "error", "skipped": "undetermined"}
    for case in ElementTree.fromstring(run.render("junit")).iter("testcase"):
        for element in case:
            if element.text is None:
                continue  # does not apply
            lines = dict(line.split(": ", 1) for line in element.text.split("\n") if ": " in line)
            places = cells(placed(line) for line in element.text.split("\n") if _PLACED.fullmatch(line))
            numbers = [lines.get(name) for name in _NUMBERS]
            said[(case.get("classname"), outcomes[element.tag], *numbers, places)] += 1
    return said


def in_rows(rows: Any) -> Said:
    return Counter(
        (r["rule"], r["outcome"], *(r[n] or None for n in _NUMBERS), cells(map(placed, r["cells"].split("\n"))))
        for r in rows
    )


def on_page(run: Run) -> Said:
    """What the page says; a place that is but the key of its cell is left out there."""
    said: Said = Counter()
    for article in LexborHTMLParser(run.render("html")).css("article"):
        numbers = [node.text() for node in article.css(".sides b")]
        rule, outcome = article.attrs["data-rule"], article.attrs["data-outcome"]
        places = tuple(node.text() for node in article.css("li small"))
        said[(rule, outcome, *numbers, places)] += 1
    return said


def shortly(said: Said) -> Said:
    """The same without what the page leaves out: a number that is missing, a difference of 0, keys."""
    short: Said = Counter()
    for (rule, outcome, left, right, difference, where), n in said.items():
        numbers = [] if left is None or right is None else [left, right, *([difference] if difference != "0" else [])]
        short[(rule, outcome, *numbers, tuple(place for key, place in where if place and place != key))] += n
    return short


def placed(line: str) -> tuple[str, str]:
    found = _PLACED.fullmatch(line)
    assert found is not None, line
    return found[1], found[2] or ""


@settings(max_examples=15)
@given(changes())
def test_every_format_says_the_same(changed: dict[str, Any]) -> None:
    result = BOOK.check(BOOK.bind(ROW | changed, year=2024, agency="某局", source="某 局.json"))
    run = Run([result])
    said = in_json(run)
    assert said.total() == len(result.findings)
    assert in_sarif(run) == said
    assert in_junit(run) == said
    text = run.render("csv").removeprefix("\ufeff")
    assert in_rows(csv.DictReader(io.StringIO(text, newline=""))) == said
    assert on_page(run) == shortly(said)
    told = run.render("text")
    assert all(found.formula in told for found in result.findings)
    assert in_rows(result.to_frame().to_dicts()) == said
