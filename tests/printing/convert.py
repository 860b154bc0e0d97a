"""A second producer: LibreOffice turns our documents into one another."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice") or ""
# A clone is tested on machines without it too; the project's own run installs it.
OFFICE = pytest.mark.skipif(not SOFFICE, reason="LibreOffice (soffice) is not installed")
# From the ending of our files to what LibreOffice is asked for: an ending, and a filter where it has several.
TARGETS = (
    ("docx", "pdf"),
    ("docx", "html:HTML (StarWriter)"),
    ("docx", "docx:MS Word 2007 XML"),
    ("html", "docx:MS Word 2007 XML"),
    ("xlsx", "xlsx:Calc MS Excel 2007 XML"),
    ("xlsx", "html:HTML (StarCalc)"),
    ("xlsx", "csv:Text - txt - csv (StarCalc):44,34,76"),
)
_LIMIT = 240


def convert(files: Mapping[str, bytes], target: str, folder: Path) -> dict[str, bytes]:
    """Files by their names without ending, all in one call; those that LibreOffice could not make are missing."""
    source, made = folder / "source", folder / "made"
    source.mkdir(parents=True)
    made.mkdir()
    for name, data in files.items():
        (source / name).write_bytes(data)
    own = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    infilter = ["--infilter=HTML (StarWriter)"] if any(name.endswith(".html") for name in files) else []
    command = [SOFFICE, "--headless", own, *infilter, "--convert-to", target, "--outdir", str(made)]
    command += [str(source / name) for name in files]
    subprocess.run(command, capture_output=True, timeout=_LIMIT, check=True)
    return {file.stem: file.read_bytes() for file in made.iterdir()}
