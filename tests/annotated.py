"""Documents with broken figures for the tests of annotation, and what their copies hold."""

import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import gouji
from conftest import figures
from documents import Laid, as_docx, as_xlsx, laid
from printing.convert import convert

BOOK = gouji.load("cn-disclosure")
FORM = BOOK.form(2024)
BROKEN: Mapping[str, str] = {
    "申请/新收/自然人": "44",
    "申请/办理结果/无法提供/不掌握/法人或其他组织/商业企业": "",
    "申请/办理结果/不予处理/重复申请/法人或其他组织/商业企业": "1O2",
    "主动公开/行政许可/处理决定": "-1",
}
MAKERS = {"docx": as_docx, "xlsx": as_xlsx}


def content(changes: Mapping[str, str] = BROKEN, prose: str = "2024年，新收申请103件，上年结转6件。") -> list[Laid]:
    """The report laid out, some of its figures changed; its prose states one figure that does not tie."""
    row = BOOK.bind(figures("2024-yaohai")).to_row()
    printed = [changes.get(key, str(value)) for key, value in row.items()]
    return [prose if isinstance(item, str) and "新收申请" in item else item for item in laid(FORM, printed)]


def passing() -> list[Laid]:
    return content({}, "2024年，新收申请103件，上年结转5件。")


def by_office(name: str, data: bytes, target: str, folder: Path) -> bytes:
    """The document as LibreOffice writes it."""
    (made,) = convert({name: data}, target, folder / f"office-{target[:4].strip(':')}").values()
    return made


def copied(data: bytes, name: str, folder: Path) -> tuple[gouji.Result, bytes]:
    """What checking a document gives, and its annotated copy, which holds the very same report."""
    file, out = folder / name, folder / f"批注 {name}"
    file.write_bytes(data)
    result = BOOK.check(gouji.read(file, BOOK))
    result.annotate(out)
    assert file.read_bytes() == data
    again = gouji.read(out, BOOK)
    report = result.report
    for one in ("values", "states", "given", "places", "spots", "figures", "notes", "unplaced"):
        assert getattr(again, one) == getattr(report, one), one
    return result, out.read_bytes()


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def rezipped(data: bytes, changes: Mapping[str, bytes]) -> bytes:
    """The archive with some parts replaced or added."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        for name, part in (parts(data) | dict(changes)).items():
            made.writestr(name, part)
    return target.getvalue()
