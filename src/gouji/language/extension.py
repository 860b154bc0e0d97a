"""An edition written as changes to another: the nodes of both -> the nodes of the whole edition."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from attrs import define, evolve, field

from gouji.forms.labels import nearest
from gouji.language import nodes
from gouji.messages import say
from gouji.sources import Problem, Span

Members = tuple[nodes.Member, ...]
Path = tuple[str, ...]


def base_of(file: nodes.File) -> nodes.Setting | None:
    """The line that names the edition which a file extends."""
    found = (item for item in file.form.settings if isinstance(item, nodes.Setting) and item.keyword == "extends")
    return next(found, None)


def extended(base: nodes.File, changes: nodes.File) -> tuple[nodes.File, list[Problem]]:
    """The file that `changes` makes of a whole one, and what in it cannot be applied."""
    extension = _Extension(list(base.items))
    for item in changes.items:
        extension.apply(item)
    form = nodes.Form(changes.form.title, _settings(base.form, changes.form), span=changes.form.span)
    return nodes.File(form, tuple(extension.items), span=changes.span), extension.problems


def _settings(base: nodes.Form, changes: nodes.Form) -> tuple[nodes.Setting | nodes.Mark, ...]:
    """The header of the changes, filled up from the other; marks are taken all from one."""
    own = [item for item in changes.settings if not (isinstance(item, nodes.Setting) and item.keyword == "extends")]
    said = {item.keyword for item in own if isinstance(item, nodes.Setting)} | {"years", "replaces"}
    marked = any(isinstance(item, nodes.Mark) for item in own)
    kept = [
        item
        for item in base.settings
        if (isinstance(item, nodes.Mark) and not marked)
        or (isinstance(item, nodes.Setting) and item.keyword not in said)
    ]
    return (*own, *kept)


@define
class _Extension:
    """The items of an edition while changes are applied to them."""

    items: list[nodes.Item]
    problems: list[Problem] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        """Leaves out what corresponds for the other edition alone."""
        self.items = [item for item in self.items if not isinstance(item, nodes.Counterparts)]

    def tell(self, message: str, span: Span, hint: str = "") -> None:
        """Adds a problem."""
        self.problems.append(Problem(message, span, hint))

    def apply(self, item: nodes.Item) -> None:
        """Applies one change, or takes up a declaration in the place of one with its name."""
        match item:
            case nodes.Change():
                self._change(item)
            case nodes.Table() if self._table(item.name.text) is not None:
                self._within(item)
            case nodes.Rule():
                if any(rule.name.text == item.name.text for rule in self._rules()):
                    self._without_rule(item.name)
                self.items.append(item)
            case nodes.Codes() | nodes.Narrative():
                self._instead(item)
            case _:
                self.items.append(item)

    def _instead(self, item: nodes.Codes | nodes.Narrative) -> None:
        for at, other in enumerate(self.items):
            if isinstance(other, type(item)) and other.name.text == item.name.text:
                self.items[at] = item
                return
        self.items.append(item)

    def _table(self, name: str) -> int | None:
        tables = (at for at, item in enumerate(self.items) if isinstance(item, nodes.Table) and item.name.text == name)
        return next(tables, None)

    def _within(self, table: nodes.Table) -> None:
        """Rules and blocks of a table that there is; a rule with the name of another stands in its place."""
        at = self._table(table.name.text)
        assert at is not None
        mine = self.items[at]
        assert isinstance(mine, nodes.Table)
        for item in table.items:
            if isinstance(item, nodes.Rule):
                mine = self._ruled(at, mine, item)
            elif isinstance(item, nodes.Block):
                mine = evolve(mine, items=(*mine.items, item))
            else:
                self.tell(
                    say("the table {table} is there already", table=table.name.text),
                    item.span,
                    say("write: add rows to …, retype …"),
                )
            self.items[at] = mine
        if table.labels:
            self.items[at] = evolve(mine, labels=table.labels)

    def _ruled(self, at: int, table: nodes.Table, rule: nodes.Rule) -> nodes.Table:
        """The table with a rule, in the place of the one with its name if that stands there or in a block."""
        found = next((other for other in self._rules() if other.name.text == rule.name.text), None)
        placed: list[nodes.Block | nodes.Axis | nodes.Rule | nodes.Type | nodes.Across] = []
        for item in table.items:
            if isinstance(item, nodes.Block):
                placed.append(evolve(item, items=tuple(rule if inner is found else inner for inner in item.items)))
            else:
                placed.append(rule if item is found else item)
        if found is not None and tuple(placed) != table.items:
            return evolve(table, items=tuple(placed))
        if found is not None:
            self._without_rule(rule.name)
            table = self._mine(at)
        return evolve(table, items=(*table.items, rule))

    def _mine(self, at: int) -> nodes.Table:
        table = self.items[at]
        assert isinstance(table, nodes.Table)
        return table

    def _rules(self) -> Iterator[nodes.Rule]:
        for item in self.items:
            if isinstance(item, nodes.Rule):
                yield item
            for part in item.items if isinstance(item, nodes.Table) else ():
                inner = part.items if isinstance(part, nodes.Block) else (part,)
                yield from (rule for rule in inner if isinstance(rule, nodes.Rule))

    def _without_rule(self, name: nodes.Name) -> None:
        if all(rule.name.text != name.text for rule in self._rules()):
            self.tell(
                say("there is no rule {name}", name=name.text),
                name.span,
                nearest(name.text, [r.name.text for r in self._rules()]),
            )

        def kept(item: object) -> bool:
            return not (isinstance(item, nodes.Rule) and item.name.text == name.text)

        for at, item in enumerate(self.items):
            if isinstance(item, nodes.Table):
                parts = [evolve(part, items=tuple(filter(kept, part.items))) if isinstance(part, nodes.Block) else part
                         for part in item.items if kept(part)]  # fmt: skip
                self.items[at] = evolve(item, items=tuple(parts))
        self.items = [item for item in self.items if kept(item)]

    def _change(self, change: nodes.Change) -> None:
        if change.keyword == "remove rule":
            assert change.name is not None
            self._without_rule(change.name)
            return
        first, *path = (name.text for name in change.path.names) if change.path else ("",)
        at = self._table(first)
        if at is None or change.path is None:
            names = [item.name.text for item in self.items if isinstance(item, nodes.Table)]
            self.tell(say("there is no table {table}", table=first), change.span, nearest(first, names))
        elif not path and change.keyword == "remove":
            del self.items[at]
        elif not path and change.keyword == "rename":
            table = self._mine(at)
            self.items[at] = evolve(table, name=change.name or table.name, labels=change.labels or table.labels)
        else:
            self.items[at] = self._in_table(self._mine(at), tuple(path), change)

    def _in_table(self, table: nodes.Table, path: Path, change: nodes.Change) -> nodes.Table:
        """The table with one change to a member, or below it."""
        parts = [part for item in table.items for part in (item.items if isinstance(item, nodes.Block) else (item,))]
        axes = [axis for axis in parts if isinstance(axis, nodes.Axis)]
        found = [(axis, full) for axis in axes for full in _paths(axis.members) if path and _ends(full, path)]
        whole = [(axis, full) for axis, full in found if full == path] or found
        kind = change.keyword.removeprefix("add ")
        if not path and change.keyword.startswith("add "):
            whole = [(axis, ()) for axis in axes if axis.kind == kind and _after(axis.members, change)]
        if len(whole) != 1:
            name = ".".join((table.name.text, *path))
            many = (
                say("{name} names {number} members", name=name, number=len(whole))
                if whole
                else say("there is no {name}", name=name)
            )
            alike = len({full for _, full in whole}) == 1
            hint = say("it stands in several blocks: restate the table") if alike else say("write its whole path")
            if not path:
                many, hint = (
                    say("{keyword} is said of a row or column of {name}", keyword=change.keyword, name=name),
                    say("write {name}.NAME", name=name),
                )
            self.tell(many, change.span, hint if whole or not path else "")
            return table
        axis, full = whole[0]
        made = evolve(axis, members=self._made(axis.members, full, change))
        items: list[nodes.Block | nodes.Axis | nodes.Rule | nodes.Type | nodes.Across] = []
        for item in table.items:
            if isinstance(item, nodes.Block):
                items.append(evolve(item, items=tuple(made if inner is axis else inner for inner in item.items)))
            else:
                items.append(made if item is axis else item)
        return evolve(table, items=tuple(items))

    def _made(self, members: Members, path: Path, change: nodes.Change) -> Members:
        """The members with the change to the one at the path."""
        match change.keyword:
            case "remove":
                return _at(members, path, lambda _: ())
            case "rename":
                name, labels = change.name, change.labels
                return _at(members, path, lambda m: (evolve(m, name=name or m.name, labels=labels or m.labels),))
            case "retype":
                return _at(members, path, lambda m: (evolve(m, type=change.type),))
            case "move":
                return self._moved(members, path, change)
        if not path:
            return self._put(members, change.members, change)
        return _at(members, path, lambda m: (evolve(m, children=self._put(m.children, change.members, change)),))

    def _moved(self, members: Members, path: Path, change: nodes.Change) -> Members:
        moved: list[nodes.Member] = []

        def out(member: nodes.Member) -> Members:
            moved.append(member)
            return ()

        left = _at(members, path, out)
        if len(path) == 1:
            return self._put(left, tuple(moved), change)
        return _at(left, path[:-1], lambda m: (evolve(m, children=self._put(m.children, tuple(moved), change)),))

    def _put(self, members: Members, new: Members, change: nodes.Change) -> Members:
        """The members with new ones behind the one that is named, else at the end."""
        if change.name is None:
            return (*members, *new)
        at = next((at for at, member in enumerate(members) if member.name.text == change.name.text), None)
        if at is None:
            names = [member.name.text for member in members]
            self.tell(
                say("there is no {name} beside it", name=change.name.text),
                change.name.span,
                nearest(change.name.text, names),
            )
            return (*members, *new)
        return (*members[: at + 1], *new, *members[at + 1 :])


def _paths(members: Members, above: Path = ()) -> Iterator[Path]:
    for member in members:
        yield (*above, member.name.text)
        yield from _paths(member.children, (*above, member.name.text))


def _ends(full: Path, path: Path) -> bool:
    return full[-len(path) :] == path


def _after(members: Members, change: nodes.Change) -> bool:
    return change.name is None or any(member.name.text == change.name.text for member in members)


def _at(members: Members, path: Path, make: Callable[[nodes.Member], Members]) -> Members:
    """The members with others in the place of the one at the path."""
    found: list[nodes.Member] = []
    for member in members:
        if member.name.text != path[0]:
            found.append(member)
        elif len(path) == 1:
            found += make(member)
        else:
            found.append(evolve(member, children=_at(member.children, path[1:], make)))
    return tuple(found)


def resolve(files: Sequence[nodes.File]) -> tuple[list[nodes.File], list[Problem]]:
    """The files of a folder, those that extend another made whole; what leads nowhere or in a circle is a problem."""
    named = {edition_of(file): file for file in reversed(files)}
    done: dict[int, nodes.File] = {}
    problems: list[Problem] = []

    def whole(file: nodes.File, above: tuple[nodes.Setting, ...]) -> nodes.File | None:
        line = base_of(file)
        if line is None:
            return file
        if line in above:
            places = say(", ").join(f"{one.span}" for one in above)
            problems.append(
                Problem(
                    say("editions extend each other in a circle"), line.span, say("the others: {places}", places=places)
                )
            )
            return None
        edition = edition_of(file)
        if id(file) not in done:
            base = named.get(line.values[0])
            if base is None:
                known = [name for name in named if name != edition]
                message = say("there is no edition {edition} to extend", edition=line.values[0])
                problems.append(
                    Problem(
                        message,
                        line.span,
                        nearest(line.values[0], known) or say("there is: {known}", known=say(", ").join(known)),
                    )
                )
                return None
            made = whole(base, (*above, line))
            if made is None:
                return None
            done[id(file)], found = extended(made, file)
            problems.extend(found)
        return done[id(file)]

    made = [whole(file, ()) for file in files]
    return [file for file in made if file is not None], list(dict.fromkeys(problems))


def edition_of(file: nodes.File) -> str:
    """The name of the edition that a file says."""
    settings = (item for item in file.form.settings if isinstance(item, nodes.Setting) and item.keyword == "edition")
    return next((setting.values[0] for setting in settings), "")
