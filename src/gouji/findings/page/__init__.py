"""A run as one web page that needs nothing else: the forms as they are printed, and the findings beside them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from gouji.findings.rendered import Rendered
from gouji.messages import language, say
from gouji.sources import Problem, visible
from gouji.version import __version__

if TYPE_CHECKING:
    from jinja2 import Template

FOLDER = Path(__file__).parent


def render(results: Sequence[Rendered], problems: Sequence[tuple[str, Problem]] = ()) -> str:
    """The page for these results; several have an overview that sorts.

    Nothing is loaded from elsewhere and only the page's own script runs: both are said in its content security policy
    by their hashes. Raises ModuleNotFoundError, with what to install, where jinja2 is absent.
    """
    from gouji.findings.page.view import overview, view, words

    template = _template()
    style, script = ((FOLDER / name).read_text("utf-8") for name in ("page.css", "page.js"))
    views = [view(result, f"r{number}") for number, result in enumerate(results)]
    return visible(
        template.render(
            language={"zh": "zh-CN"}.get(language(), language()),
            policy=f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
            "base-uri 'none'; form-action 'none'",
            style=style,
            script=script,
            version=__version__,
            words=words(),
            views=views,
            problems=problems,
            **overview(views),
        )
    )


@cache
def _template() -> Template:
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ModuleNotFoundError:
        message = say("a page needs jinja2: {command}", command="pip install 'gouji[cli]'")
        raise ModuleNotFoundError(message, name="jinja2") from None
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return made.get_template("page.html")


def _hash(text: str) -> str:
    """A text as a content security policy names it."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
