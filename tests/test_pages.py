"""The pages of rules that `gouji docs` writes."""

from pathlib import Path

import pytest

import gouji
from gouji.commands import explaining
from gouji.findings.ruling import rulings

BOOK = gouji.load("cn-disclosure")


def test_a_page_for_each_rule_is_written_and_listed(tmp_path: Path) -> None:
    assert explaining.docs("cn-disclosure", str(tmp_path)) == 0
    pages = {path.stem for path in (tmp_path / "2021").glob("*.md")}
    names = {one.name for one in rulings(BOOK.editions, BOOK.editions[-1])}
    assert pages == names | {"index"}
    index = (tmp_path / "2021" / "index.md").read_text("utf-8")
    assert all(f"(<{name}.md>)" in index for name in names)
    page = (tmp_path / "2021" / "收支平衡.md").read_text("utf-8")
    assert "## Where it fails\n\n    FAIL 收支平衡 (error)" in page and "but" in page
    without = [
        name for name in names if "## Where it fails" not in (tmp_path / "2021" / f"{name}.md").read_text("utf-8")
    ]
    assert set(without) <= {"parts"}


def test_a_name_with_signs_of_paths_stays_in_its_folder(tmp_path: Path) -> None:
    rules = tmp_path / "odd" / "1.rules"
    rules.parent.mkdir()
    rules.write_text(
        'form "甲"\n  edition 1\n  years 2021..\n\ntable t "t"\n  count 件\n  columns\n    x\n  rows\n    a\n\n'
        "  rule '../b' \"a|b `c` <i>\"\n    every row\n    x >= 0\n",
        "utf-8",
    )
    assert explaining.docs(str(rules), str(tmp_path / "out")) == 0
    written = [path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.md")]
    assert "1/~2e~2e~2fb.md" in written and len(written) == 4
    assert r"a\|b \`c\` \<i\>" in (tmp_path / "out" / "1" / "~2e~2e~2fb.md").read_text("utf-8")


def odd(folder: Path, *rules: str, sentence: str = "s", edition: int = 1) -> str:
    """A rule file with rules of these names."""
    path = folder / "odd" / f"{edition}.rules"
    path.parent.mkdir(exist_ok=True)
    table = 'table t "t"\n  count 件\n  columns\n    x\n  rows\n    a\n\n'
    text = f'form "甲 <b>*"\n  edition {edition}\n  years 2021..\n\n{table}'
    path.write_text(
        text + "".join(f"  rule '{name}' \"{sentence}\"\n    every row\n    x >= 0\n\n" for name in rules), "utf-8"
    )
    return str(path)


def pages(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*.md"))


def test_every_rule_has_a_page_of_its_own_on_every_system(tmp_path: Path) -> None:
    names = ["index", "A", "a", "con", "ﬁ", "fi", "x" * 300, "x" * 301, "长" * 200]
    assert explaining.docs(odd(tmp_path, *names), str(tmp_path / "out")) == 0
    written = pages(tmp_path / "out")
    assert len(written) == len(names) + 3 and "index.md" in written
    assert len({name.casefold() for name in written}) == len(written)
    assert all(len(name.encode()) < 255 for name in written)
    index = (tmp_path / "out" / "1" / "index.md").read_text("utf-8")
    assert all(f"(<{name}>)" in index for name in written if name != "index.md")


def test_an_index_escapes_what_markdown_would_mark(tmp_path: Path) -> None:
    assert explaining.docs(odd(tmp_path, "a*b", sentence="<i> | [x](y)"), str(tmp_path / "out")) == 0
    index = (tmp_path / "out" / "1" / "index.md").read_text("utf-8")
    assert index.startswith("# 甲 \\<b\\>\\*, edition 1\n")
    assert r"| [a\*b](<a~2ab.md>) | \<i\> \| \[x\](y) |" in index


def test_pages_of_rules_that_are_gone_are_taken_away_and_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert explaining.docs(odd(tmp_path, "a", "b"), str(out)) == 0
    (out / "1" / "own.md").write_text("mine", "utf-8")
    assert explaining.docs(odd(tmp_path, "a"), str(out)) == 0
    assert pages(out) == ["a.md", "cells.md", "index.md", "own.md", "parts.md"]
    (tmp_path / "odd" / "1.rules").unlink()
    assert explaining.docs(odd(tmp_path, "a", edition=2), str(out)) == 0
    assert pages(out / "1") == ["own.md"] and "a.md" in pages(out / "2")


def test_a_file_of_somebody_else_stays_and_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tmp_path / "out" / "1"
    own.mkdir(parents=True)
    (own / "a.md").write_text("mine", "utf-8")
    assert explaining.docs(odd(tmp_path, "a", "b"), str(tmp_path / "out")) == 2
    assert "a.md: cannot be written: gouji has not written what stands there" in capsys.readouterr().err
    assert (own / "a.md").read_text("utf-8") == "mine" and (own / "b.md").exists()


def test_a_page_that_cannot_be_written_is_told_and_the_others_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").write_text("a file", "utf-8")
    assert explaining.docs(odd(tmp_path, "a"), str(tmp_path / "out")) == 2
    assert "cannot be written" in capsys.readouterr().err
