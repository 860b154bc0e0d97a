"""What the tool itself says, in the language of whoever reads it: `zh` or `en`.

The English text stands in the source and is the key of `catalog/zh.po`; sentences of rule files stay as written.
"""

import locale
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import NullTranslations, translation
from pathlib import Path

from attrs import frozen

LANGUAGES = ("zh", "en")
FOLDER = Path(__file__).parent / "ready" / "locale"
_SPOKEN: ContextVar[str] = ContextVar("language", default="")


def say(text: str, /, **values: object) -> str:
    """A text with `{name}` filled in, in the language spoken."""
    lang = language()
    found = text if lang == "en" else _catalog(lang).gettext(text)
    return found.format(**values) if values else found


def count(one: str, many: str, n: int, /, **values: object) -> str:
    """The text for one or the text for many things, with `{n}` and the other names filled in."""
    return _catalog(language()).ngettext(one, many, n).format(n=n, **values)


def later(text: str) -> str:
    """The text itself, marked as one that is said where it is used: `say(text)`."""
    return text


@frozen
class Saying:
    """A message that outlives the moment: `str` says it in the language that is spoken then; a tuple is listed."""

    text: str
    values: tuple[tuple[str, object], ...] = ()

    def __str__(self) -> str:
        listed = {name: say(", ").join(value) for name, value in self.values if isinstance(value, tuple)}
        return say(self.text, **dict(self.values) | listed)


def saying(text: str, /, **values: object) -> Saying:
    """A message for what is kept, such as a plan or the state of a cell."""
    return Saying(text, tuple(values.items()))


def language() -> str:
    """The language spoken: what `speak` set, else GOUJI_LANG, else the locale; `en` where that is no Chinese one."""
    return _SPOKEN.get() or surroundings()


def speak(lang: str) -> None:
    """From here on, in this thread or task, the tool speaks `zh` or `en`; raises ValueError for another."""
    if lang not in LANGUAGES:
        raise ValueError(say("lang is one of {known}, not {lang!r}", known=say(", ").join(LANGUAGES), lang=lang))
    _SPOKEN.set(lang)


@contextmanager
def speaking(lang: str | None) -> Iterator[None]:
    """For a while, the language `lang`; None leaves it as it is."""
    before = _SPOKEN.get()
    if lang is not None:
        speak(lang)
    try:
        yield
    finally:
        _SPOKEN.set(before)


@cache
def surroundings() -> str:
    """The language of the environment, looked up once: a message costs less than the five names that may say it."""
    names = ("GOUJI_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    said = next((os.environ[name] for name in names if os.environ.get(name)), "")
    if not said and os.name == "nt":
        said = locale.getlocale()[0] or ""
    return "zh" if said.lower().startswith(("zh", "chinese")) else "en"


@cache
def _catalog(lang: str) -> NullTranslations:
    return translation("gouji", FOLDER, [lang], fallback=True) if lang != "en" else NullTranslations()
