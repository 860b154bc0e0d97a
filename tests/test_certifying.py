"""`gouji test --engines`: columns say what rows say, and the command finds it out where they do not."""

from pathlib import Path
from typing import Any

import pytest

import gouji
from conftest import ROOT
from gouji.commands import certifying


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """The quick engine alone; others are tried with the law of frames."""
    monkeypatch.setattr(certifying, "_ENGINES", {"polars": certifying._ENGINES["polars"]})
    monkeypatch.setattr(certifying, "VARIATIONS", 2)


def test_the_bundled_rules_come_out_as_row_by_row(capsys: pytest.CaptureFixture[str]) -> None:
    assert certifying.certify((str(ROOT / "rules"),)) == 0
    told = capsys.readouterr().out.splitlines()
    assert len(told) == 2 and all("come out as row by row" in line for line in told)
    assert int(told[0].split()[1]) > 150


def test_a_verdict_that_differs_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    right = gouji.Book.check_frame

    def wrong(book: gouji.Book, frame: Any, **options: Any) -> Any:
        found = right(book, frame, **options).collect()
        return found.filter(found["rule"] != "收支平衡").lazy()

    monkeypatch.setattr(gouji.Book, "check_frame", wrong)
    assert certifying.certify((str(ROOT / "rules" / "cn-disclosure"),)) == 1
    told = capsys.readouterr().out.splitlines()
    assert told and all(": 收支平衡 " in line for line in told)


def test_rules_without_cases_cannot_be_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert certifying.certify((str(tmp_path),)) == 2
    assert capsys.readouterr().err == "there are no cases beside the rules\n"


def test_without_an_engine_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(certifying, "find_spec", lambda name: None)
    assert certifying.certify((str(ROOT / "rules"),)) == 2
    assert "pip install 'gouji[frames]'" in capsys.readouterr().err
