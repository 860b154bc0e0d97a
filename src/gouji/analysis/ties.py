"""Names of two editions -> keys that both share, by which their rules can be compared."""

from __future__ import annotations

from attrs import define, field, frozen

from gouji.forms.form import Path

Key = tuple[str, ...]
"""A member as both editions know it: `=` or `<` and a path, or `-` or `+` and the path that only one side has."""

Place = tuple[str, str, Path]
"""A member of one edition: table, axis, declared path."""


@define
class Side:
    """The keys of one edition's tables, sections, figures and members."""

    alone: str
    tables: dict[str, Key] = field(factory=dict)
    members: dict[Place, tuple[Key, ...]] = field(factory=dict)

    def table(self, name: str) -> Key:
        """The key of a table or section."""
        return self.tables.get(name, (self.alone, name))

    def member(self, table: str, axis: str, path: Path) -> tuple[Key, ...]:
        """The keys of a member; several where the other edition splits it."""
        return self.members.get((table, axis, path), ((self.alone, *path),))


@frozen
class Ties:
    """What corresponds in two editions; a member tied in one block of a table is tied in all."""

    old: Side = field(factory=lambda: Side("-"))
    new: Side = field(factory=lambda: Side("+"))

    def tables(self, old: str, new: str) -> None:
        """Ties two tables or sections."""
        self.old.tables[old] = self.new.tables[new] = ("=", new)

    def members(self, axis: str, tables: tuple[str, str], old: list[Path], new: list[Path]) -> None:
        """Ties one member to one, or one to the several that it is split into, whichever side they are on."""
        many, mark = (old, "<") if len(old) > len(new) else (new, "=")
        keys = tuple((mark, *path) for path in many)
        for side, table, paths in ((self.old, tables[0], old), (self.new, tables[1], new)):
            for number, path in enumerate(paths):
                side.members.setdefault((table, axis, path), keys if len(paths) < len(keys) else (keys[number],))
