"""The formats of a workbook: one like another, with another fill."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from attrs import define, field

from gouji.findings.annotate.package import Package

_NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_S = f"{{{_NAMESPACE}}}"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_EMPTY = (
    f'<styleSheet xmlns="{_NAMESPACE}"><fonts count="1"><font/></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="1"><xf/></cellXfs></styleSheet>'
)

_ORDER = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs")


@define
class Styles:
    """The fills and formats of a workbook, with those that were added."""

    root: Any
    _empty: Any
    _fills: dict[str, str] = field(factory=dict)
    _formats: dict[tuple[str, str], str] = field(factory=dict)

    @classmethod
    def of(cls, package: Package) -> Styles:
        """The part with the styles, made where there is none."""
        main = next(iter(package.linked("", "officeDocument").values()), "xl/workbook.xml")
        part = next((part for part in package.linked(main, "styles").values() if part in package.parts), "")
        if not part:
            part = package.free("xl/styles{n}.xml", first="xl/styles.xml")
            package.link(main, "styles", part)
            package.declare(_TYPE, part)
        return cls(package.tree(part, _EMPTY), package.parsed(_EMPTY.encode(), part))

    def filled(self, style: str, colour: str) -> str:
        """The number of a format that differs from `style` in its fill alone."""
        found = self._formats.get((style, colour))
        if found is None:
            formats = self._list("cellXfs")
            number = int(style) if style.isdecimal() and int(style) < len(formats) else 0
            made = deepcopy(formats[number])
            made.set("fillId", self._fill(colour))
            made.set("applyFill", "1")
            found = self._formats[style, colour] = _added(formats, made)
        return found

    def _fill(self, colour: str) -> str:
        found = self._fills.get(colour)
        if found is None:
            fills = self._list("fills")
            fill = fills.makeelement(f"{_S}fill")
            pattern = fill.makeelement(f"{_S}patternFill", {"patternType": "solid"})
            pattern.append(fill.makeelement(f"{_S}fgColor", {"rgb": f"FF{colour}"}))
            pattern.append(fill.makeelement(f"{_S}bgColor", {"indexed": "64"}))
            fill.append(pattern)
            found = self._fills[colour] = _added(fills, fill)
        return found

    def _list(self, tag: str) -> Any:
        """A list of the styles; where a workbook lacks it, the one of an empty workbook at its place."""
        found = self.root.find(f"{_S}{tag}")
        if found is None:
            found = self._empty.find(f"{_S}{tag}")
            before = [self.root.find(f"{_S}{other}") for other in _ORDER[: _ORDER.index(tag)]]
            known = [self.root.index(node) for node in before if node is not None]
            self.root.insert(max(known, default=-1) + 1, found)
        return found


def _added(parent: Any, node: Any) -> str:
    """Appends to a counted list and gives the number."""
    parent.append(node)
    count = len(parent.findall(node.tag))
    parent.set("count", str(count))
    return str(count - 1)
