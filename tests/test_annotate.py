"""The command and the function that hand documents back: where copies go, and what is refused."""

import subprocess
import sys
from pathlib import Path

import pytest

import gouji
from annotated import BOOK, content, parts, passing
from conftest import ROOT
from documents import as_docx, as_html, as_xlsx


def check(*arguments: object, folder: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "gouji.cli", "check", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, cwd=folder)


def test_one_document_is_copied_to_a_file(tmp_path: Path) -> None:
    data = as_docx(content())
    (tmp_path / "某区 年报.docx").write_bytes(data)
    done = check("某区 年报.docx", "--annotate", "批注/某区.docx", folder=tmp_path)
    assert (done.returncode, done.stderr) == (1, "") and "收支平衡" in done.stdout
    assert (tmp_path / "某区 年报.docx").read_bytes() == data
    assert "word/comments.xml" in parts((tmp_path / "批注" / "某区.docx").read_bytes())
    assert check("批注/某区.docx", folder=tmp_path).returncode == 1


def test_documents_of_folders_are_copied_to_a_folder(tmp_path: Path) -> None:
    for name, data in {"甲/1.docx": as_docx(content()), "甲/乙/1.xlsx": as_xlsx(content()),
                       "丙.docx": as_docx(passing())}.items():  # fmt: skip
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_bytes(data)
    done = check("in/甲", "in/丙.docx", "--annotate", "out", folder=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    made = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.*")}
    assert made == {"1.docx", "乙/1.xlsx", "丙.docx"}
    assert (tmp_path / "out" / "丙.docx").read_bytes() == (tmp_path / "in" / "丙.docx").read_bytes()


def test_two_documents_of_one_name_are_told(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.docx").write_bytes(as_docx(content()))
    done = check("a/1.docx", "b/1.docx", "--annotate", "out", folder=tmp_path)
    assert done.returncode == 2 and "the copy of a/1.docx stands there already" in done.stderr


@pytest.mark.parametrize("out", ["a.docx", "./a.docx", "link.docx", "."])
def test_a_document_is_never_written_over(out: str, tmp_path: Path) -> None:
    data = as_docx(content())
    (tmp_path / "a.docx").write_bytes(data)
    (tmp_path / "link.docx").symlink_to("a.docx")
    done = check("a.docx", "--annotate", out, folder=tmp_path)
    assert done.returncode == 2 and "收支平衡" in done.stdout
    assert "this is the document itself, which is never written" in done.stderr
    assert (tmp_path / "a.docx").read_bytes() == data


def test_nor_is_another_document_of_the_run(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
    data = as_docx(content())
    (tmp_path / "a" / "1.docx").write_bytes(data)
    (tmp_path / "b" / "2.docx").write_bytes(data)
    done = check("a", "b/2.docx", "--annotate", "b", folder=tmp_path)
    assert done.returncode == 2 and (tmp_path / "b" / "2.docx").read_bytes() == data


@pytest.mark.parametrize("name", ["a.html", "a.txt", "all.jsonl"])
def test_other_formats_are_refused_and_still_checked(name: str, tmp_path: Path) -> None:
    text = (ROOT / "docs" / "examples" / "2024.txt").read_bytes()
    line = '{"year": 2024, "tables": {"申请/新收/自然人": 1}}'.encode()
    (tmp_path / name).write_bytes({"a.html": as_html(passing()), "a.txt": text, "all.jsonl": line}[name])
    done = check(name, "--annotate", "out.docx", folder=tmp_path)
    assert (done.returncode == 2 and "PASS" in done.stdout) or "UNDETERMINED" in done.stdout
    assert "this document cannot be annotated: Word documents (.docx) and workbooks (.xlsx, .xlsm) can" in done.stderr
    assert not (tmp_path / "out.docx").exists()


def test_a_copy_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(as_docx(content()))
    (tmp_path / "file").write_bytes(b"")
    done = check("a.docx", "--annotate", "file/out.docx", folder=tmp_path)
    assert done.returncode == 2 and "the annotated copy cannot be written" in done.stderr


def test_another_document_than_the_one_checked_is_refused(tmp_path: Path) -> None:
    result = BOOK.check(gouji.read(as_docx(content()), BOOK))
    with pytest.raises(gouji.ReportError, match=r"this is not the document that was checked: .* is not where it was"):
        result.annotate(tmp_path / "out.docx", as_docx(passing()))
    assert not (tmp_path / "out.docx").exists()


def test_bytes_are_annotated_as_their_file_is(tmp_path: Path) -> None:
    data = as_docx(content())
    (tmp_path / "a.docx").write_bytes(data)
    result = BOOK.check(gouji.read(tmp_path / "a.docx", BOOK))
    result.annotate(tmp_path / "1.docx")
    result.annotate(tmp_path / "2.docx", data)
    assert (tmp_path / "1.docx").read_bytes() == (tmp_path / "2.docx").read_bytes()


def test_without_lxml_one_sentence_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = as_xlsx(content())
    result = BOOK.check(gouji.read(data, BOOK))
    monkeypatch.setitem(sys.modules, "lxml.etree", None)
    with pytest.raises(gouji.ReportError, match=r"needs lxml\npip install 'gouji\[xlsx\]'"):
        result.annotate(tmp_path / "out.xlsx", data)


def test_a_waived_failure_is_not_marked(tmp_path: Path) -> None:
    from gouji.evaluation.waivers import load_waivers

    lines = ["[[waiver]]", 'rule = "收支平衡"', 'reason = "口径"', 'approver = "办公室"', "until = 2999-12-31"]
    (tmp_path / "waivers.toml").write_text("\n".join(lines), "utf-8")
    data = as_docx(content())
    result = BOOK.check(gouji.read(data, BOOK), waivers=load_waivers(tmp_path / "waivers.toml"))
    result.annotate(tmp_path / "out.docx", data)
    assert "收支平衡" not in parts((tmp_path / "out.docx").read_bytes())["word/comments.xml"].decode()


def test_every_identity_that_fails_is_said_once_in_each_format(tmp_path: Path) -> None:
    for data, part in ((as_docx(content()), "word/comments.xml"), (as_xlsx(content()), "xl/comments1.xml")):
        result = BOOK.check(gouji.read(data, BOOK))
        result.annotate(tmp_path / "out", data)
        said = parts((tmp_path / "out").read_bytes())[part].decode()
        formulas = [finding.formula for finding in result.findings if finding.formula and finding.outcome == "fail"]
        assert len(formulas) >= 3 and all(said.count(formula) == 1 for formula in formulas)
