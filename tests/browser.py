"""A real browser for the tests of pages: the machine's Chromium, driven by playwright."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageChops, ImageStat

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# A clone is tested on machines without a browser too; the project's own run installs one.
BROWSER = pytest.mark.skipif(not PROGRAM, reason="no Chromium is installed")
SHOT = ("page-zh", "page-en")


@contextmanager
def chromium() -> "Iterator[Browser]":
    """The browser, without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=PROGRAM, args=["--no-sandbox"])
        yield opened
        opened.close()


def alike(one: Path, other: Path) -> bool:
    """Whether two pictures have one layout: alike when they are so small that the shape of letters is lost."""
    with Image.open(one) as first, Image.open(other) as second:
        small = [picture.convert("L").resize((64, 45)) for picture in (first, second)]
        return first.size == second.size and ImageStat.Stat(ImageChops.difference(*small)).mean[0] < 6
