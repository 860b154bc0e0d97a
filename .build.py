"""Keeps the bundled forms ready: each rule file as checked data inside the package, so that loading does not parse."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ReadyForms(BuildHookInterface[Any]):
    """Writes src/gouji/ready/FORM.EDITION.json for each rule file before a wheel or an editable install is made."""

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
        build_data["artifacts"].append("src/gouji/ready/*.json")
