"""How labels are compared: NFKC, without white space, punctuation and leading item numbers."""

import difflib
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_ITEM = re.compile(
    r"\s*(?:[一二三四五六七八九十百]{1,4}\s*[、.,．]|\([一二三四五六七八九十百]{1,4}\)|\d{1,3}\s*[、.)]|\(\d{1,3}\))"
)


@lru_cache(maxsize=4096)
def normal(label: str) -> str:
    """The label as it is compared: `（三）合 计` and `合计` are one."""
    text = unicodedata.normalize("NFKC", label)
    bare = _squeeze(_ITEM.sub("", text, count=1) if _ITEM.match(text) else text)
    return bare or _squeeze(text) or text.strip()


def _squeeze(text: str) -> str:
    return "".join(char for char in text if unicodedata.category(char)[0] not in "ZCP")


def tokens(key: str) -> tuple[str, ...]:
    """The normal labels in a key whose parts are joined with `/`."""
    return tuple(normal(part) for part in key.split("/") if part.strip())


def nearest(name: str, candidates: Iterable[str]) -> str:
    """A hint with the candidate that looks most like `name`, or nothing."""
    found = difflib.get_close_matches(name, list(dict.fromkeys(candidates)), n=1, cutoff=0.4)
    return f"did you mean {found[0]}?" if found else ""
