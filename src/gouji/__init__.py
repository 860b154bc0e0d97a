"""gouji 勾稽: check statutory reports against the identities that their form demands."""

from typing import TYPE_CHECKING, Any

from gouji.book import Book, load, read
from gouji.findings.model import Result, Verdict
from gouji.forms.report import Report
from gouji.messages import speak
from gouji.sources import Problem, ReportError, RuleError
from gouji.version import __version__ as __version__

if TYPE_CHECKING:
    from gouji.findings.explain import Finding

__all__ = [
    "Book",
    "Finding",
    "Problem",
    "Report",
    "ReportError",
    "Result",
    "RuleError",
    "Verdict",
    "load",
    "read",
    "speak",
]


def __getattr__(name: str) -> Any:
    """`Finding`, which only a report that does not pass needs, is imported when it is asked for."""
    if name == "Finding":
        from gouji.findings.explain import Finding

        return Finding
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
