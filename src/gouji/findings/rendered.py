"""What the renderers need of a result."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol

from gouji.language.core import CELLS

if TYPE_CHECKING:
    from gouji.evaluation.fill import Filled
    from gouji.evaluation.rows import Evaluation
    from gouji.findings.explain import Finding
    from gouji.forms.report import Report

RANK = ("error", "fail", "undetermined", "waived")
"""The outcomes that are told, the gravest first."""


def by_weight(findings: Iterable[Finding]) -> list[Finding]:
    """Findings, the gravest first; of one outcome errors before warnings, and rules before single cells."""
    return sorted(findings, key=lambda found: (RANK.index(found.outcome), found.severity, found.rule == CELLS))


class Rendered(Protocol):
    """A result, as far as it is rendered."""

    @property
    def evaluation(self) -> Evaluation: ...
    @property
    def filled(self) -> Filled | None: ...
    @property
    def report(self) -> Report: ...
    @property
    def rules(self) -> dict[str, dict[str, Any]]: ...
    @property
    def counts(self) -> dict[str, int]: ...
    @property
    def status(self) -> str: ...
    @property
    def ok(self) -> bool: ...
    @property
    def findings(self) -> tuple[Finding, ...]: ...
    def to_dict(self) -> dict[str, Any]: ...
