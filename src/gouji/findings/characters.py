"""Texts that XML can hold."""

import re

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def allowed(text: str) -> str:
    """The text, a replacement character for each that XML 1.0 forbids."""
    return _FORBIDDEN.sub("\ufffd", text)
