"""Editions as plain data, so that a bundled form is loaded without parsing it.

What is kept carries the digest of the rule text and of the code that gives it its meaning; it is used only where both
are the same today, so it can be missing but never stale.
"""

from __future__ import annotations

import hashlib
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

from attrs import fields, has

from gouji.forms import form as forms
from gouji.language import core

_LANGUAGE = Path(__file__).parent
_CLASSES: list[type] = [
    *(
        forms.CellType,
        forms.Member,
        forms.Axis,
        forms.Block,
        forms.Table,
        forms.Figure,
        forms.Narrative,
        forms.Mark,
        forms.Form,
    ),
    *(core.Point, core.Over, core.Read, core.Constant, core.Linear, core.Gather, core.Apply, core.State, core.Compare),
    *(core.Logic, core.Rule, core.Selection, core.Counterpart, core.Edition),
]
_NUMBERS = {kind: number for number, kind in enumerate(_CLASSES)}


def digest(text: str) -> str:
    """The digest of a rule text together with the code of the language and of the form."""
    found = hashlib.sha256(text.encode())
    for path in sorted((*_LANGUAGE.glob("*.py"), _LANGUAGE / "grammar.lark", Path(forms.__file__))):
        found.update(path.read_bytes())
    return found.hexdigest()


def dump(edition: core.Edition, text: str) -> str:
    """The edition that a rule text means, as JSON."""
    return json.dumps({"digest": digest(text), "edition": _plain(edition)}, ensure_ascii=False, separators=(",", ":"))


def restore(kept: Path, text: str) -> core.Edition | None:
    """The edition kept in a file, None where there is none or where it is of another text or another code."""
    try:
        data = json.loads(kept.read_text("utf-8"))
        if data["digest"] != digest(text):
            return None
        edition = _meant(data["edition"])
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return None
    return edition if isinstance(edition, core.Edition) else None


def _plain(value: Any) -> Any:
    """An instance is a list with the number of its class first, a tuple a list with null first."""
    if isinstance(value, tuple):
        return [None, *map(_plain, value)]
    if isinstance(value, Fraction):
        return {"": str(value)}
    if has(type(value)):
        return [_NUMBERS[type(value)], *(_plain(getattr(value, f.name)) for f in fields(type(value)) if f.init)]
    return value


def _meant(value: Any) -> Any:
    if isinstance(value, list):
        kind, *inner = value
        made = [_meant(item) if item.__class__ in (list, dict) else item for item in inner]
        return tuple(made) if kind is None else _CLASSES[kind](*made)
    return Fraction(value[""]) if isinstance(value, dict) else value
