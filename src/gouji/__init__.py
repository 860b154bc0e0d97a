"""gouji 勾稽: check statutory reports against the identities that their form demands."""

from gouji.book import Book, load, read
from gouji.findings.explain import Finding
from gouji.findings.model import Result, Verdict
from gouji.forms.report import Report
from gouji.sources import Problem, ReportError, RuleError

__version__ = "0.1.0"

__all__ = ["Book", "Finding", "Problem", "Report", "ReportError", "Result", "RuleError", "Verdict", "load", "read"]
