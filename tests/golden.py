"""Two golden reports: the example, and the example with figures changed, a blank cell and one that cannot be read."""

import os
from pathlib import Path

import gouji
from conftest import ROOT
from gouji.findings.run import Run

EXAMPLE = Path("docs") / "examples" / "2024.txt"
CHANGES = (
    ("办结106件", "办结107件"),
    ("政府信息公开申请数量\t41\t", "政府信息公开申请数量\t44\t"),
    ("行政许可\t0", "行政许可\t-1"),
    ("1.本机关不掌握相关政府信息\t9\t0", "1.本机关不掌握相关政府信息\t9\t"),
    ("2.重复申请\t0\t0", "2.重复申请\t0\t1O2"),
)


def broken_text() -> str:
    text = (ROOT / EXAMPLE).read_text("utf-8")
    for before, after in CHANGES:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return text


def clean(book: gouji.Book) -> gouji.Result:
    """The example, read by the path that the pages show."""
    here = Path.cwd()
    os.chdir(ROOT)
    try:
        return book.check(gouji.read(EXAMPLE.as_posix(), book))
    finally:
        os.chdir(here)


def broken(book: gouji.Book, folder: Path) -> gouji.Result:
    """The changed example, read as `破损 2024.txt`."""
    (folder / "破损 2024.txt").write_text(broken_text(), "utf-8")
    here = Path.cwd()
    os.chdir(folder)
    try:
        return book.check(gouji.read("破损 2024.txt", book))
    finally:
        os.chdir(here)


def runs(book: gouji.Book, folder: Path) -> dict[str, Run]:
    """The golden runs by name; the broken one has a file that cannot be used beside it."""
    problem = gouji.Problem("the file is empty", place="空.txt", hint="check which file this is")
    return {
        "clean": Run([clean(book)]),
        "broken": Run([broken(book, folder)], [("空.txt", problem)]),
    }
