"""Groups of rows that may be printed as one row, as another edition of the form does."""

from __future__ import annotations

from collections.abc import Iterable

from gouji.forms.form import Cell, Form, Path
from gouji.forms.labels import normal
from gouji.forms.spelling import Found, Index, Key, split
from gouji.forms.values import State, whole_of
from gouji.messages import say


def _path(form: Form, cell: Cell) -> Path:
    """The path of the group in which a cell lies, or nothing."""
    paths = (path for name, path in form.wholes if name == cell.table.name and cell.row[: len(path)] == path)
    return next(paths, ())


def label(form: Form, cell: Cell) -> str:
    """The label of the group in which a cell lies."""
    return cell.rows[len(_path(form, cell)) - 1].labels[0]


def parts(form: Form, cell: Cell) -> set[int]:
    """The cells of its group in the column of a cell."""
    path = _path(form, cell)
    return {
        other.position
        for other in form.declared.cells
        if (other.table.name, other.column) == (cell.table.name, cell.column) and other.row[: len(path)] == path
    }


def spelt(index: Index, key: Key) -> Found | None:
    """The first cell of such a group, where a key spells the group in the place of its rows."""
    words = split(key)
    for name, path in index.form.wholes:
        first = next(cell for cell in index.form.declared.cells
                     if cell.table.name == name and cell.row[: len(path)] == path)  # fmt: skip
        member = first.rows[len(path) - 1]
        labels = {normal(spelling) for spelling in (member.name, *member.labels)}
        for at, word in enumerate(words):
            if normal(word) in labels:
                found = index.find((*words[: at + 1], *first.row[len(path) :], *words[at + 1 :]))
                return found[0] if len(found) == 1 else None
    return None


def notes(form: Form, given: Iterable[object]) -> tuple[str, ...]:
    """A note for each group that is printed as one row."""
    if not form.wholes:
        return ()
    groups = dict.fromkeys(group for item in given if isinstance(item, State) and (group := whole_of(item)))
    return tuple(say("{group} is given as one row; it is judged in place of its rows", group=group) for group in groups)
