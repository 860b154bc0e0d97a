"""A Word document handed back: failing cells shaded and commented, everything else as it was."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest
from lxml import etree

from annotated import BOOK, by_office, content, copied, parts, passing, rezipped
from documents import as_docx, as_html
from gouji.findings.annotate.marks import COLOURS
from printing.convert import OFFICE

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
CHANGED = {"word/document.xml", "word/comments.xml", "[Content_Types].xml", "word/_rels/document.xml.rels"}
Maker = Callable[[Path], bytes]


def by_library(folder: Path) -> bytes:
    return as_docx(content())


def by_writer(folder: Path) -> bytes:
    return by_office("a.docx", as_docx(content()), "docx:MS Word 2007 XML", folder)


def from_html(folder: Path) -> bytes:
    return by_office("a.html", as_html(content()), "docx:MS Word 2007 XML", folder)


MAKERS = [by_library, pytest.param(by_writer, marks=OFFICE), pytest.param(from_html, marks=OFFICE)]


def root(data: bytes, part: str = "word/document.xml") -> Any:
    return etree.fromstring(parts(data)[part])


def text(node: Any) -> str:
    return "".join(node.itertext(f"{W}t"))


def comments(data: bytes) -> dict[str, list[str]]:
    """The lines of each comment of gouji by what it stands at: the text of the cell, or of the paragraph."""
    said = {
        one.get(f"{W}id"): [text(line) for line in one.iter(f"{W}p")]
        for one in root(data, "word/comments.xml")
        if one.get(f"{W}author") == "gouji"
    }
    found: dict[str, list[str]] = {}
    for reference in root(data).iter(f"{W}commentReference"):
        paragraph = next(reference.iterancestors(f"{W}p"))
        cell = next(paragraph.iterancestors(f"{W}tc"), None)
        if reference.get(f"{W}id") in said:
            found.setdefault(text(paragraph if cell is None else cell), []).extend(said[reference.get(f"{W}id")])
    return found


def shaded(data: bytes, kind: str) -> list[str]:
    marks = root(data).iter(f"{W}shd")
    return [text(mark.getparent().getparent()) for mark in marks if mark.get(f"{W}fill") == COLOURS[kind]]


def unmarked(data: bytes) -> bytes:
    """The main part of a copy without what was added, in canonical form."""
    tree = root(data)
    for reference in list(tree.iter(f"{W}commentReference")):
        run = reference.getparent()
        run.getparent().remove(run)
    for node in list(tree.iter(f"{W}commentRangeStart", f"{W}commentRangeEnd")):
        node.getparent().remove(node)
    return canonical(tree)


def canonical(tree: Any) -> bytes:
    """Without shadings, and properties of cells that held nothing else."""
    for shading in list(tree.iter(f"{W}shd")):
        properties = shading.getparent()
        properties.remove(shading)
        if not len(properties):
            properties.getparent().remove(properties)
    return bytes(etree.tostring(tree, method="c14n"))


@pytest.mark.parametrize("make", MAKERS)
def test_what_fails_is_marked_and_said_and_all_else_stays(make: Maker, tmp_path: Path) -> None:
    data = make(tmp_path)
    result, copy = copied(data, "年报.docx", tmp_path)
    before, after = parts(data), parts(copy)
    assert after.keys() - before.keys() <= {"word/comments.xml"} and before.keys() <= after.keys()
    assert {name for name in before if before[name] != after[name]} <= CHANGED
    assert unmarked(copy) == canonical(root(data))

    said = comments(copy)
    told = [line for lines in said.values() for line in lines]
    for finding in result.findings:
        if finding.rule != "cells":
            assert finding.formula in told, finding
    assert f"收支平衡: {next(f.sentence for f in result.findings if f.rule == '收支平衡')}" in said["44"]
    assert "difference 3" in said["44"]
    assert "cells: -1 is outside the domain: a whole number, from 0 up, in 件" in said["-1"]
    assert any(line.startswith("正文上年结转: ") for line in said["2024年，新收申请103件，上年结转6件。"])
    assert {"44", "-1", "1O2"} <= set(shaded(copy, "fail"))
    assert "" in shaded(copy, "open")
    assert {"5", "2"} <= set(shaded(copy, "beside"))


@OFFICE
@pytest.mark.parametrize("target", ["pdf", "txt:Text", "docx:MS Word 2007 XML"])
def test_another_program_opens_the_copy(target: str, tmp_path: Path) -> None:
    _, copy = copied(as_docx(content()), "年报.docx", tmp_path)
    made = by_office("copy.docx", copy, target, tmp_path)
    assert made
    if target.startswith("docx"):
        assert "difference 3" in comments(made)["44"]


def test_comments_that_are_there_stay(tmp_path: Path) -> None:
    document = docx.Document(BytesIO(as_docx(content())))
    cell = next(c for table in document.tables for row in table.rows for c in row.cells if c.text == "44")
    for run in (document.paragraphs[0].runs, cell.paragraphs[0].runs):
        document.add_comment(run, "核对过", author="李四", initials="L")
    stream = BytesIO()
    document.save(stream)
    _, copy = copied(stream.getvalue(), "a.docx", tmp_path)
    every = list(docx.Document(BytesIO(copy)).comments)
    assert [(one.author, one.text) for one in every[:2]] == [("李四", "核对过")] * 2
    assert len({one.comment_id for one in every}) == len(every) > 4
    assert "difference 3" in comments(copy)["44"]


def test_a_document_without_findings_is_handed_back_as_it_is(tmp_path: Path) -> None:
    data = rezipped(as_docx(passing()), {})
    result, copy = copied(data, "a.docx", tmp_path)
    assert not result.findings and copy == data


def test_a_table_in_a_cell_and_a_shaded_cell_are_marked(tmp_path: Path) -> None:
    data = as_docx(content())
    tree = root(data)
    for table in list(tree.iter(f"{W}tbl")):
        outer = etree.fromstring(
            f'<w:tbl xmlns:w="{W[1:-1]}"><w:tblPr/><w:tblGrid/><w:tr><w:tc/><w:tc/></w:tr></w:tbl>'
        )
        table.getparent().replace(table, outer)
        cell, other = outer.iter(f"{W}tc")
        cell.append(table)
        for each in (cell, other):
            each.append(etree.fromstring(f'<w:p xmlns:w="{W[1:-1]}"/>'))
    cell = next(cell for cell in tree.iter(f"{W}tc") if text(cell) == "44")
    old = etree.SubElement(cell.find(f"{W}tcPr"), f"{W}shd")
    old.set(f"{W}fill", "00FF00")
    data = rezipped(data, {"word/document.xml": etree.tostring(tree)})
    _, copy = copied(data, "a.docx", tmp_path)
    assert "44" in shaded(copy, "fail") and "difference 3" in comments(copy)["44"]


def test_text_in_a_box_is_commented_where_the_box_hangs(tmp_path: Path) -> None:
    data = as_docx(content())
    tree = root(data)
    paragraph = next(p for p in tree.iter(f"{W}p") if "新收申请" in text(p))
    outer = etree.fromstring(
        f'<w:p xmlns:w="{W[1:-1]}"><w:r><w:t>下见框。</w:t></w:r><w:r><w:pict><w:txbxContent/></w:pict></w:r></w:p>'
    )
    paragraph.getparent().replace(paragraph, outer)
    next(outer.iter(f"{W}txbxContent")).append(paragraph)
    _, copy = copied(rezipped(data, {"word/document.xml": etree.tostring(tree)}), "a.docx", tmp_path)
    assert not [one for box in root(copy).iter(f"{W}txbxContent") for one in box.iter(f"{W}commentReference")]
    assert any("正文上年结转" in line for key, lines in comments(copy).items() if "下见框" in key for line in lines)


def test_a_row_that_is_not_there_is_told_at_the_first_text(tmp_path: Path) -> None:
    data = as_docx(content())
    tree = root(data)
    row = next(row for row in tree.iter(f"{W}tr") if "2.重复申请" in text(row))
    row.getparent().remove(row)
    _, copy = copied(rezipped(data, {"word/document.xml": etree.tostring(tree)}), "a.docx", tmp_path)
    title = next(key for key in comments(copy) if "年度报告" in key)
    assert "cells (undetermined): the row is absent" in comments(copy)[title]


def test_tracked_changes_stay(tmp_path: Path) -> None:
    data = as_docx(content())
    tree = root(data)
    cell = next(cell for cell in tree.iter(f"{W}tc") if text(cell) == "44")
    paragraph = cell.find(f"{W}p")
    run = paragraph.find(f"{W}r")
    inserted = etree.SubElement(paragraph, f"{W}ins")
    gone = etree.SubElement(paragraph, f"{W}del")
    gone.append(etree.fromstring(f'<w:r xmlns:w="{W[1:-1]}"><w:delText>41</w:delText></w:r>'))
    inserted.append(run)
    data = rezipped(data, {"word/document.xml": etree.tostring(tree)})
    _, copy = copied(data, "a.docx", tmp_path)
    assert unmarked(copy) == canonical(root(data)) and "difference 3" in comments(copy)["44"]


def test_signs_that_xml_cannot_hold_are_no_fault(tmp_path: Path) -> None:
    import gouji

    data = as_docx(content())
    report = gouji.read(data, BOOK)
    result = BOOK.check(report)
    at = result.findings[0].at
    assert isinstance(at, dict)
    at["x"] = "\x01"
    result.annotate(tmp_path / "a.docx", data)
    assert comments((tmp_path / "a.docx").read_bytes())["44"]
