"""The house: imports point down, the door is what it says, the source knows no real form."""

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import gouji

SOURCE = Path(__file__).resolve().parents[1] / "src" / "gouji"
FLOORS = (
    "version",
    "messages",
    "sources",
    "forms",
    "language",
    "evaluation",
    "analysis",
    "findings",
    "frames",
    "book",
    "commands",
    "cli",
)


def floor(module: str) -> int:
    return FLOORS.index(module.split(".")[1]) if module != "gouji" else FLOORS.index("book")


def module_file(module: str) -> Path:
    return SOURCE.joinpath(*module.split(".")[1:]).with_suffix(".py")


def imports(path: Path) -> list[str]:
    """The modules of the library that a file imports, also where it names them behind their package."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("gouji"):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            found += [name if module_file(name).is_file() else str(node.module) for name in names]
    return found


def test_every_import_points_down() -> None:
    seen = 0
    for path in SOURCE.rglob("*.py"):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        if parts in (("__init__",),):
            continue
        own = FLOORS.index(parts[0])
        for module in imports(path):
            if module == "gouji":
                continue
            seen += 1
            assert floor(module) <= own, f"{path.name} imports {module}"
    assert seen > 30


def test_no_module_imports_itself_through_others() -> None:
    arrows = {
        ".".join(("gouji", *path.relative_to(SOURCE).with_suffix("").parts)).removesuffix(".__init__"): imports(path)
        for path in SOURCE.rglob("*.py")
    }
    order = TopologicalSorter({name: {m for m in found if m in arrows} for name, found in arrows.items()})
    assert set(order.static_order()) == set(arrows)


def test_no_file_is_above_450_lines() -> None:
    assert [path.name for path in SOURCE.rglob("*.py") if len(path.read_text("utf-8").split("\n")) > 451] == []


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
