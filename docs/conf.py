"""The site of the documentation: Sphinx, because it checks every link, and takes the reference from the docstrings."""

import shutil
from pathlib import Path
from typing import ClassVar

from pygments.lexer import RegexLexer
from pygments.token import Comment, Keyword, Name, Operator, String
from sphinx.application import Sphinx

from gouji.book import bundled
from gouji.commands.explaining import docs
from gouji.messages import speaking
from gouji.version import __version__

project = "gouji 勾稽"
author = "the gouji authors"
release = version = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc"]
exclude_patterns = ["build"]
html_theme = "furo"
html_title = f"gouji 勾稽 {__version__}"
html_show_copyright = False
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3
suppress_warnings = ["toc.not_included"]  # pages of rules are reached from their index; a test looks for other orphans
autodoc_member_order = "bysource"
autodoc_typehints = "signature"

# A page for each rule of the bundled forms, made anew from the rule files.
RULES = Path(__file__).parent / "rules"
shutil.rmtree(RULES, ignore_errors=True)
for form in bundled():
    with speaking("zh"):
        docs(form, str(RULES / form))


class RulesLexer(RegexLexer):
    """Colours for rule files."""

    name = "rules"
    tokens: ClassVar = {
        "root": [
            (r"#.*", Comment),
            (r'"[^"\n]*"', String),
            (r"'[^'\n]*'", Name),
            (
                r"\b(form|edition|years|source|blank|mark|table|block|rows|columns|rule|every|each|list|total|count|amount"
                r"|number|percent|date|code|yesno|text|narrative|figure|counterparts|warning|error|if|then|when|where|for"
                r"|of|and|or|not|in|unless|explained|within|missing|skip|zero|is|from|until|printed|across)\b",
                Keyword,
            ),
            (r"[=!<>]=?|[+\-*/]", Operator),
            (r".|\n", Name),
        ]
    }


def setup(app: Sphinx) -> None:
    """Names the languages of the examples."""
    app.add_lexer("rules", RulesLexer)
    app.add_lexer("case", RulesLexer)
