"""The house: imports point down, the door is what it says, the source knows no real form."""

import ast
import subprocess
import sys
from pathlib import Path

import gouji

SOURCE = Path(__file__).resolve().parents[1] / "src" / "gouji"
FLOORS = ("sources", "forms", "language", "evaluation", "findings", "book", "cli")


def floor(module: str) -> int:
    return FLOORS.index(module.split(".")[1]) if module != "gouji" else FLOORS.index("book")


def imports(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("gouji"):
            names = [alias.name for alias in node.names]
            found += [f"gouji.{name}" for name in names] if node.module == "gouji" else [str(node.module)]
    return found


def test_every_import_points_down() -> None:
    seen = 0
    for path in SOURCE.rglob("*.py"):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        if parts in (("__init__",),):
            continue
        own = FLOORS.index(parts[0])
        for module in imports(path):
            if module == "gouji.__version__":
                continue
            seen += 1
            assert floor(module) <= own, f"{path.name} imports {module}"
    assert seen > 30


def test_the_door_has_at_most_fourteen_names_and_all_exist() -> None:
    assert len(gouji.__all__) <= 14
    assert all(hasattr(gouji, name) for name in gouji.__all__)


def test_the_source_knows_no_real_form() -> None:
    words = ("自然人", "结转", "不予公开", "行政复议", "商业企业", "cn-disclosure", "政府信息")
    for path in SOURCE.rglob("*.py"):
        text = path.read_text("utf-8")
        assert not [word for word in words if word in text], path.name


def test_importing_the_library_needs_no_extra() -> None:
    code = "import sys, gouji; print([m for m in ('click', 'rich', 'hypothesis', 'pydantic') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
