"""The JSON Schema of what the command and `Result.to_dict` give as plain data."""

import json
from importlib.resources import files
from typing import Any


def schema() -> dict[str, Any]:
    """The schema (draft 2020-12) of the whole; one result alone is its definition `report`."""
    found: dict[str, Any] = json.loads((files("gouji.findings") / "schema.json").read_text("utf-8"))
    return found
