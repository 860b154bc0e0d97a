"""Whether a web page can be parsed in bounded time, by one pass over its tags."""

import re

from gouji.messages import say

_TAG = re.compile(
    r"""<(/?)([a-zA-Z][^\s/>]*+)((?:=\s*+"[^"]*+(?:"|\Z)|=\s*+'[^']*+(?:'|\Z)|[^>=]++|=)*+)(?:>|\Z)""", re.DOTALL
)
_ONCE_OPEN = frozenset(
    ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"]
)
_CLOSED_BY_OTHERS = frozenset([
    "area", "base", "basefont", "body", "br", "col", "colgroup", "dd", "dt", "embed", "frame", "head", "hr", "html",
    "img", "input", "li", "link", "meta", "option", "p", "param", "rp", "rt", "source", "tbody", "td", "tfoot", "th",
    "thead", "track", "tr", "wbr",
])  # fmt: skip
_SMALL = 20_000
_DEEPEST = 5_000
_MOST_REOPENED = 2_000_000
_MOST_COMPARED = 200_000_000
_MANY = 200


def tangle(text: str) -> str:
    """What makes a page costly to parse, or nothing: nesting, formats that are opened again and again, attributes."""
    if len(text) < _SMALL:
        return ""
    depth = formats = reopened = compared = 0
    for tag in _TAG.finditer(text):
        closes, name, attributes = tag.groups()
        name = name.lower()
        if len(attributes) > _MANY:
            compared += len(attributes.split()) ** 2
        if name not in _CLOSED_BY_OTHERS and not attributes.endswith("/"):
            depth = max(0, depth + (-1 if closes else 1))
            if name in _ONCE_OPEN:
                formats = max(0, formats + (-1 if closes else 1))
        reopened += 0 if closes else formats
        if depth > _DEEPEST:
            return say("tags are nested deeper than {most}", most=_DEEPEST)
        if reopened > _MOST_REOPENED:
            return say("formats are opened and not closed")
        if compared > _MOST_COMPARED:
            return say("a tag has too many attributes")
    return ""
