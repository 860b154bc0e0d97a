"""Three forms of other fields, written from their public descriptions: what the language can say without Python."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from typing import Any

import pytest

import gouji
from conftest import ROOT
from gouji.commands.cases import run_case

FOLDER = ROOT / "tests" / "forms"
FORMS = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())


def check_digit(code: str) -> bool:
    """Whether the last sign of a unified social credit code is its check digit."""
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    total = sum(signs.index(sign) * 3**place % 31 for place, sign in enumerate(code[:17]))
    return signs[(31 - total % 31) % 31] == code[17]


FUNCTIONS: dict[str, dict[str, Callable[..., object]]] = {"enforcement": {"校验码": check_digit}}


def load(form: str) -> gouji.Book:
    return gouji.load(FOLDER / form, functions=FUNCTIONS.get(form))


def cases(form: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((FOLDER / form / "2024.cases.toml").read_text("utf-8"))["case"]
    return found


ALL = [(form, case) for form in FORMS for case in cases(form)]


@pytest.mark.parametrize(("form", "case"), ALL, ids=[f"{form}: {case['name']}" for form, case in ALL])
def test_a_case_of_a_form_comes_out_as_written(form: str, case: dict[str, Any]) -> None:
    assert run_case(load(form), case, FOLDER / form) == []


@pytest.mark.parametrize("form", FORMS)
def test_every_rule_of_a_form_has_a_case_in_which_it_fails(form: str) -> None:
    (edition,) = load(form).editions
    failing = {name.split(" ")[0] for case in cases(form) for name in case.get("fail", ())}
    rules = {rule.name for rule in edition.rules}
    assert len(rules) >= 15
    assert rules - failing == set()


@pytest.mark.parametrize("form", FORMS)
def test_no_rule_takes_more_than_six_lines(form: str) -> None:
    text = (FOLDER / form / "2024.rules").read_text("utf-8")
    rules = [part.split("\n\n")[0].strip().split("\n") for part in text.split("rule ")[1:]]
    assert max(len(lines) for lines in rules) <= 6


@pytest.mark.parametrize("form", FORMS)
def test_every_key_of_the_data_finds_its_cell(form: str) -> None:
    report = load(form).bind(json.loads((FOLDER / form / "2024.json").read_text("utf-8")))
    assert report.unplaced == ()
