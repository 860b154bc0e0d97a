"""What people and programs get of two golden reports, byte for byte; `pytest tests/test_snapshots.py --rewrite`."""

import re
from pathlib import Path

import pytest

import gouji
from golden import runs

FOLDER = Path(__file__).parent / "snapshots"
ENDINGS = {"text": "txt", "html": "html", "json": "json", "sarif": "sarif", "junit": "junit.xml", "csv": "csv"}

# The style and script of a page, and their hashes, stand in files of their own.
OWN = re.compile(r"(?<=<style>).*?(?=</style>)|(?<=<script>).*?(?=</script>)|(?<=sha256-)[\w+/=]+", re.DOTALL)


@pytest.mark.parametrize("style", ENDINGS)
@pytest.mark.parametrize("name", ["clean", "broken"])
def test_a_format_of_a_golden_report_is_as_kept(
    name: str, style: str, book: gouji.Book, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    text = OWN.sub("…", runs(book, tmp_path)[name].render(style)) + "\n"
    kept = FOLDER / f"{name}.{ENDINGS[style]}"
    if request.config.getoption("--rewrite"):
        kept.write_bytes(text.encode())
    assert kept.read_bytes().decode() == text
