"""The places of cells for a program: the line of a file that has lines, the column in a grid."""

from collections.abc import Callable
from typing import Any

import pytest

import gouji
from conftest import ROOT
from documents import as_csv, as_html, laid
from gouji.sources import Spot

EXAMPLE = ROOT / "docs" / "examples" / "2024.txt"


def test_a_text_has_lines(book: gouji.Book) -> None:
    report = gouji.read(EXAMPLE, book)
    lines = EXAMPLE.read_text("utf-8").split("\n")
    assert report.spots.keys() == report.places.keys()
    for position, spot in report.spots.items():
        assert report.printed(report.cells[position]) in lines[spot.line - 1].split("\t")
        assert report.places[position] == f"line {spot.line}"
    (mention,) = report.figures[0]
    assert mention.spot == Spot(5, -1, 5)


@pytest.mark.parametrize(("name", "made", "numbered"), [("a.csv", as_csv, True), ("a.html", as_html, False)])
def test_a_grid_has_columns(book: gouji.Book, name: str, made: Callable[[Any], bytes], numbered: bool) -> None:
    figures = [str(number) for number in range(1000, 1200)]
    data = made(laid(book.form(2024), figures))
    report = gouji.read(data, book)
    assert len(report.spots) == 200 == len(set(report.spots.values()))
    assert all(bool(spot.line) == numbered and spot.column >= 0 for spot in report.spots.values())
    if numbered:
        rows = data.decode("utf-8-sig").split("\r\n")
        for position, spot in report.spots.items():
            assert rows[spot.line - 1].split(",")[spot.column] == figures[position]


def test_plain_data_has_none(book: gouji.Book) -> None:
    report = book.bind({"申请/新收/自然人": 1}, year=2024)
    assert report.spots == {} and report.places != {}
