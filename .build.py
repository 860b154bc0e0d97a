"""Keeps ready what is made from other files: the bundled forms as checked data, and the compiled Chinese messages."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ReadyForms(BuildHookInterface[Any]):
    """Writes into src/gouji/ready before a wheel or an editable install is made; loading then parses nothing."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Checks and writes the editions; a mistake in a rule file stops the build."""
        root = Path(self.root)
        sys.path.insert(0, str(root / "src"))
        from gouji.language.ready import dump
        from gouji.language.rulebook import kept_name, load_file

        folder = root / "src" / "gouji" / "ready"
        folder.mkdir(exist_ok=True)
        for file in sorted((root / "rules").glob("*/*.rules")):
            edition, problems = load_file(file, file.parent.name)
            if edition is None or problems:
                raise SystemExit("\n".join(map(str, problems)))
            kept = folder / kept_name(file, file.parent.name)
            kept.write_text(dump(edition, file.read_text("utf-8")), "utf-8")
        self.compile(
            root / "src" / "gouji" / "catalog" / "zh.po", folder / "locale" / "zh" / "LC_MESSAGES" / "gouji.mo"
        )
        build_data["artifacts"] += ["src/gouji/ready/*.json", "src/gouji/ready/locale"]

    def compile(self, catalog: Path, compiled: Path) -> None:
        """Writes the Chinese messages as the standard library reads them."""
        from babel.messages import mofile, pofile

        compiled.parent.mkdir(parents=True, exist_ok=True)
        with catalog.open("rb") as text, compiled.open("wb") as made:
            mofile.write_mo(made, pofile.read_po(text, locale="zh"))
