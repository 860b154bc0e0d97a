"""What several tests share: the bundled book and the real figures beside its rules."""

import json
from pathlib import Path
from typing import Any

import pytest

import gouji

ROOT = Path(__file__).resolve().parents[1]
REPORTS = ROOT / "rules" / "cn-disclosure" / "reports"


def figures(name: str) -> dict[str, Any]:
    """A real report as plain data, fresh for each caller."""
    data: dict[str, Any] = json.loads((REPORTS / f"{name}.json").read_text("utf-8"))
    return data


@pytest.fixture(scope="session")
def book() -> gouji.Book:
    return gouji.load("cn-disclosure")
