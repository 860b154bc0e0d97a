"""What one run of the command gives, in every format."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from attrs import frozen

from gouji.findings.model import Result
from gouji.sources import Problem
from gouji.version import __version__

if TYPE_CHECKING:
    from gouji.findings.text import Look

STYLES = ("text", "json", "html", "sarif", "junit", "csv")


@frozen
class Run:
    """A result for each report that could be checked, and what could not be used, each with its source."""

    results: Sequence[Result]
    problems: Sequence[tuple[str, Problem]] = ()

    def render(self, style: str, look: Look | None = None) -> str:
        """The run in one of STYLES, each imported where it is used; `look` is how text looks."""
        match style:
            case "json":
                return json.dumps(self.to_dict(), ensure_ascii=False, indent=1)
            case "html":
                from gouji.findings.page import render

                return render(self.results, self.problems)
            case "sarif":
                from gouji.findings.sarif import to_sarif

                return json.dumps(to_sarif(self.results, self.problems), ensure_ascii=False, indent=1)
            case "junit":
                from gouji.findings import junit

                return junit.render(self.results, self.problems)
            case "csv":
                from gouji.findings.table import to_csv

                return to_csv(self.results)
            case _:
                from gouji.findings import text

                return text.render_all(self.results, len(self.problems), look or text.PLAIN)

    def to_dict(self) -> dict[str, object]:
        """The JSON of the command as plain data."""
        told = [{"source": s, "message": p.message, "place": p.place, "hint": p.hint} for s, p in self.problems]
        return {"gouji": __version__, "reports": [result.to_dict() for result in self.results], "problems": told}
