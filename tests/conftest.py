"""What several tests share: the bundled book and the real figures beside its rules."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

import gouji
from conformance.runner import FOLDER, rewrite

# CI runs few examples and always the same; HYPOTHESIS_PROFILE=large looks further.
settings.register_profile("default", max_examples=60, deadline=None, derandomize=True)
settings.register_profile("large", max_examples=3000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

# What is tested is said in English, whatever the locale; GOUJI_LANG reaches commands too.
os.environ["GOUJI_LANG"] = "en"

ROOT = Path(__file__).resolve().parents[1]
REPORTS = ROOT / "rules" / "cn-disclosure" / "reports"


def figures(name: str) -> dict[str, Any]:
    """A real report as plain data, fresh for each caller."""
    data: dict[str, Any] = json.loads((REPORTS / f"{name}.json").read_text("utf-8"))
    return data


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite", action="store_true", help="write what comes out of the conformance cases into them")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--rewrite"):
        for file in sorted(FOLDER.glob("*.cases")):
            rewrite(file)


@pytest.fixture(scope="session")
def book() -> gouji.Book:
    return gouji.load("cn-disclosure")
