"""A table in a grid: which of its columns hold the figures of which member, and which cell of a row is whose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import groupby, pairwise

from attrs import frozen

from gouji.forms.document import Printed, is_figure
from gouji.forms.form import Mark, Path
from gouji.messages import say

_LONGEST = 20
Range = tuple[int, int]
"""Columns of a grid, from the first up to the one behind the last."""


def meet(one: Range, other: Range) -> bool:
    """Whether two ranges of columns share one."""
    return one[0] < other[1] and other[0] < one[1]


@frozen(slots=False)
class Line:
    """A row of a grid behind its label: its cells, where one is blank too."""

    cells: tuple[Printed, ...]

    @cached_property
    def ends(self) -> tuple[Range, ...]:
        """The columns of its cells."""
        return tuple(cell.ends for cell in self.cells)

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Where its cells begin."""
        return tuple(cell.column for cell in self.cells)

    @property
    def filled(self) -> list[Printed]:
        """Its cells that are not empty."""
        return [cell for cell in self.cells if not cell.empty]


@frozen(slots=False)
class Columns:
    """The columns of each member in one grid; `foreign` are those that the header gives to something else."""

    ends: Mapping[Path, Range]
    foreign: tuple[Range, ...] = ()

    @cached_property
    def exact(self) -> tuple[Range, ...]:
        """The columns of the members, as most rows have their cells."""
        return tuple(self.ends.values())

    def take(self, line: Line) -> tuple[dict[Path, Printed], str]:
        """The cell of each member in a row; or nothing, and why they are not told apart."""
        found: dict[Path, Printed] = {}
        if line.ends == self.exact:
            return dict(zip(self.ends, line.cells, strict=True)), ""
        for path, ends in self.ends.items():
            under = [cell for cell in line.cells if meet(cell.ends, ends)]
            full = [cell for cell in under if not cell.empty]
            if not under:
                return {}, say("there is no cell under {column}", column=path[-1])
            if len(full) > 1:
                return {}, say("{number} cells stand under {column}", number=len(full), column=path[-1])
            if full and sum(meet(full[0].ends, other) for other in self.ends.values()) > 1:
                return {}, say("the cell under {column} stands under another column too", column=path[-1])
            found[path] = (full or under)[0]
        return found, ""

    def stray(self, line: Line, marks: tuple[Mark, ...]) -> list[Printed]:
        """The figures of the row that stand in no column that the header names."""
        if line.ends == self.exact:
            return []
        known = (*self.ends.values(), *self.foreign)
        return [
            cell for cell in line.filled if _may_be(cell, marks) and not any(meet(cell.ends, ends) for ends in known)
        ]

    def fit(self, lines: Sequence[Line], marks: tuple[Mark, ...]) -> bool:
        """Whether the columns are those of the rows: half of them have a cell for each member and no stray figure.

        A stray figure beside all the columns would mean that these are shifted, unless its row is laid out otherwise.
        """
        low, high = min(self.ends.values())[0], max(self.ends.values())[1]
        stray = [(line, self.stray(line, marks)) for line in lines]
        fitting = [line for line, odd in stray if not odd and not self.take(line)[1]]
        layouts = {line.starts for line in fitting}
        beside = [line.starts for line, odd in stray if any(not low <= cell.column < high for cell in odd)]
        return 2 * len(fitting) >= len(lines) and bool(fitting) and layouts.isdisjoint(beside)


def _may_be(cell: Printed, marks: tuple[Mark, ...]) -> bool:
    """Whether a cell may be a figure or a part of one."""
    return is_figure(cell.text, marks) or (len(cell.text) < _LONGEST and any(map(str.isdigit, cell.text)))


def numbering(cells: Sequence[Printed]) -> bool:
    """Whether cells number what they stand beside: 1, 2, 3 and so on."""
    return len(cells) > 1 and [cell.text.strip() for cell in cells] == [str(at) for at in range(1, len(cells) + 1)]


def by_header(
    paths: Sequence[Path], named: Mapping[Path, Range], foreign: Iterable[Range], lines: Sequence[Line]
) -> Columns | None:
    """The columns that a header names; members that it does not name lie between those that it does."""
    ranges = sorted(named.values())
    if not named or any(one[1] > other[0] for one, other in pairwise(ranges)):
        return None
    ends: dict[Path, Range] = {}
    for known, run in groupby(range(len(paths)), key=lambda at: paths[at] in named):
        places = list(run)
        if known:
            ends |= {paths[at]: named[paths[at]] for at in places}
            continue
        before = named[paths[places[0] - 1]][1] if places[0] else None
        after = named[paths[places[-1] + 1]][0] if places[-1] + 1 < len(paths) else None
        between = _starts(lines, before, after)
        if len(between) != len(places):
            return None
        ends |= {paths[at]: (start, start + 1) for at, start in zip(places, between, strict=True)}
    others = tuple(ends_ for ends_ in foreign if not any(meet(ends_, own) for own in ends.values()))
    return Columns({path: ends[path] for path in paths}, others)


def _starts(lines: Sequence[Line], before: int | None, after: int | None) -> list[int]:
    """Where cells of the rows begin between two columns; at an end of the rows, where figures do."""
    closed = before is not None and after is not None
    found = {
        cell.column
        for line in lines
        for cell in (line.cells if closed else line.filled)
        if (before is None or cell.column >= before) and (after is None or cell.column < after)
    }
    return sorted(found)


def by_order(
    paths: Sequence[Path], lines: Sequence[Line], marks: tuple[Mark, ...], foreign: Sequence[Range] = ()
) -> Columns | None:
    """The columns in the order of the form, where most rows have as many cells, or cells that ever hold a figure."""
    often = Counter(line.starts for line in lines if line.cells)
    if not often:
        return None
    starts, times = often.most_common(1)[0]
    held = {
        cell.column
        for line in lines
        for cell in (line.filled if line.starts == starts else ())
        if is_figure(cell.text, marks) and not any(meet(cell.ends, ends) for ends in foreign)
    }
    taken = starts if len(starts) == len(paths) else tuple(start for start in starts if start in held)
    if len(taken) != len(paths) or 2 * times <= len(lines) or not held <= set(taken):
        return None
    return Columns({path: (start, start + 1) for path, start in zip(paths, taken, strict=True)})
