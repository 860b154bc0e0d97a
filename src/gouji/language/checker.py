"""As written -> as meant: first the form, then the rules; all problems at once."""

from collections.abc import Iterable

from attrs import evolve, frozen

from gouji.forms import form as forms
from gouji.forms.form import Path
from gouji.forms.labels import nearest
from gouji.language import core, nodes
from gouji.language.operators import FUNCTIONS
from gouji.sources import Problem, Span

MAX_CELLS = 100_000


@frozen
class Edition:
    """One edition, checked: its form and its rules."""

    form: forms.Form
    rules: tuple[core.Rule, ...]


class _Refused(Exception):
    """A rule cannot be accepted; carries its problem to the loop over the rules."""

    def __init__(self, message: str, span: Span, hint: str = "") -> None:
        self.problem = Problem(message, span, hint)


def check(file: nodes.File, id: str) -> tuple[Edition | None, list[Problem]]:
    """The edition that a file means, and every problem in it."""
    problems: list[Problem] = []
    form = _form(file, id, problems)
    if form is None:
        return None, problems
    rules: list[core.Rule] = []
    names: dict[str, nodes.Rule] = {}
    for rule, table, block in _placed(file):
        if rule.name.text in names or rule.name.text == "cells":
            problems.append(Problem(f"a second rule is named {rule.name.text}", rule.name.span, "give it its own name"))
            continue
        names[rule.name.text] = rule
        try:
            rules.append(_Scope(form, table, block).rule(rule, id))
        except _Refused as refused:
            problems.append(refused.problem)
    return Edition(form, tuple(rules)), problems


def _placed(file: nodes.File) -> Iterable[tuple[nodes.Rule, str, int | None]]:
    for item in file.items:
        if isinstance(item, nodes.Rule):
            yield item, "", None
        elif isinstance(item, nodes.Table):
            blocks = 0
            for part in item.items:
                if isinstance(part, nodes.Rule):
                    yield part, item.name.text, None
                elif isinstance(part, nodes.Block):
                    for inner in part.items:
                        if isinstance(inner, nodes.Rule):
                            yield inner, item.name.text, blocks
                    blocks += 1


def _form(file: nodes.File, id: str, problems: list[Problem]) -> forms.Form | None:
    before = len(problems)
    settings: dict[str, nodes.Setting] = {}
    for setting in file.form.settings:
        if setting.keyword in settings and setting.keyword != "mark":
            problems.append(Problem(f"{setting.keyword} is said twice", setting.span, "keep one"))
        settings.setdefault(setting.keyword, setting)
    for keyword in ("edition", "years"):
        if keyword not in settings:
            problems.append(Problem(f"the form does not say its {keyword}", file.form.span, f"add a line {keyword} …"))
    first, last = _years(settings.get("years"), problems)
    tables = tuple(_table(item, problems) for item in file.items if isinstance(item, nodes.Table))
    _distinct([item.name for item in file.items if not isinstance(item, nodes.Rule)], "table or section", problems)
    if not tables:
        problems.append(Problem("the form has no table", file.form.span, 'add: table 名字 "标题"'))
    if len(problems) > before:
        return None

    def setting_of(keyword: str, default: str) -> str:
        return settings[keyword].values[0] if keyword in settings else default

    form = forms.Form(
        id,
        file.form.title,
        setting_of("edition", ""),
        first,
        last,
        setting_of("source", ""),
        setting_of("blank", "unknown"),
        tuple(forms.Mark(s.values[:-1], s.values[-1]) for s in file.form.settings if s.keyword == "mark"),
        tables,
        tuple(forms.Narrative(i.name.text, i.labels) for i in file.items if isinstance(i, nodes.Narrative)),
    )
    if len(form.cells) > MAX_CELLS:
        problems.append(Problem(f"a form has at most {MAX_CELLS} cells, this one {len(form.cells)}", file.form.span))
    keys: set[str] = set()
    for cell in form.cells:
        if cell.key in keys:
            problems.append(Problem(f"two cells have the key {cell.key}", file.form.span, "rename a row or a column"))
        keys.add(cell.key)
    return form if len(problems) == before else None


def _years(setting: nodes.Setting | None, problems: list[Problem]) -> tuple[int, int | None]:
    if setting is None:
        return 0, None
    first, last = setting.values
    if not first.isdecimal() or (last and not last.isdecimal()) or len(first + last) > 8 or (last and last < first):
        problems.append(Problem("years are written 2021.. or 2019..2020", setting.span))
        return 0, None
    return int(first), int(last) if last else None


def _table(table: nodes.Table, problems: list[Problem]) -> forms.Table:
    default = _only_type(table.items, problems)
    blocks = [item for item in table.items if isinstance(item, nodes.Block)]
    own = [item for item in table.items if isinstance(item, nodes.Axis)]
    if blocks and own:
        problems.append(Problem("a table has rows and columns of its own or blocks, not both", own[0].span))
    if blocks:
        built = [_block(b.headings, b.items, b.span, default, problems) for b in blocks]
    else:
        built = [_block((), table.items, table.name.span, default, problems)]
    across = any(isinstance(item, nodes.Across) for item in table.items)
    return forms.Table(table.name.text, table.labels, tuple(built), across)


def _only_type(items: Iterable[object], problems: list[Problem]) -> forms.CellType | None:
    types = [item for item in items if isinstance(item, nodes.Type)]
    for extra in types[1:]:
        problems.append(Problem("the type is said twice", extra.span, "keep one"))
    return _type(types[0], problems) if types else None


def _type(node: nodes.Type | None, problems: list[Problem]) -> forms.CellType | None:
    if node is None:
        return None
    if not 0 <= node.decimals <= 18:
        problems.append(Problem("an amount has 0 to 18 decimals", node.span, "write: amount 万元 6"))
        return None
    return forms.CellType(node.kind, node.unit, node.decimals)


def _block(
    headings: tuple[str, ...],
    items: Iterable[object],
    span: Span,
    default: forms.CellType | None,
    problems: list[Problem],
) -> forms.Block:
    items = tuple(items)
    axes: dict[str, forms.Axis] = {}
    for item in items:
        if isinstance(item, nodes.Axis):
            if item.kind in axes:
                problems.append(Problem(f"{item.kind} are said twice", item.span, "keep one"))
            _distinct([member.name for member in item.members], "member", problems)
            axes[item.kind] = forms.Axis(item.headings, tuple(_member(m, problems) for m in item.members))
    for kind in ("rows", "columns"):
        if kind not in axes:
            problems.append(Problem(f"{kind} are missing here", span, f"add {kind} and, indented, their names"))
    own = _only_type(items, problems) or default
    empty = forms.Axis((), ())
    block = forms.Block(headings, axes.get("rows", empty), axes.get("columns", empty), own)
    if own is None:
        for _, row in block.rows.leaves():
            for _, column in block.columns.leaves():
                if not any(member.type for member in (*row, *column)):
                    message = f"{row[-1].name}, {column[-1].name} has no type"
                    problems.append(Problem(message, span, "write a type in the table, such as: count 件"))
                    return block
    return block


def _member(node: nodes.Member, problems: list[Problem]) -> forms.Member:
    _distinct([child.name for child in node.children], "member", problems)
    if not node.name.text or "/" in node.name.text or "." in node.name.text:
        problems.append(Problem("a name is not empty and holds no / or .", node.name.span))
    if node.total and node.children:
        problems.append(Problem("a total has no children", node.name.span, "make it the last child of its group"))
    children = tuple(_member(child, problems) for child in node.children)
    kind = _type(node.type, problems)
    return forms.Member(node.name.text, node.labels or (node.name.text,), node.total, kind, children)


def _distinct(names: list[nodes.Name], what: str, problems: list[Problem]) -> None:
    seen: set[str] = set()
    for name in names:
        if name.text in seen:
            problems.append(Problem(f"a second {what} is named {name.text}", name.span, "names differ side by side"))
        seen.add(name.text)


@frozen
class _Scope:
    """Where a rule stands: resolves its names and builds its core."""

    form: forms.Form
    table: str
    block: int | None
    bound: tuple[str, ...] = ()

    def rule(self, rule: nodes.Rule, id: str) -> core.Rule:
        overs: list[core.Over] = []
        for every in rule.overs:
            if not self.table:
                raise _Refused(f"every {every.axis} stands in a table", every.span, "move the rule into its table")
            if every.axis in [over.variable for over in overs]:
                raise _Refused(f"every {every.axis} is said twice", every.span, "keep one")
            everything = nodes.Path((), "**", every.span)
            paths = self._leaves(self.table, every.axis, every.selection or everything, totals=every.selection is None)
            overs.append(core.Over(every.axis, paths))
        inner = evolve(self, bound=tuple(over.variable for over in overs))
        body = core.Compare(inner.linear(rule.body.left), rule.body.relation, inner.linear(rule.body.right))
        at = f"{id}/{rule.span.source.name.replace(chr(92), '/').rsplit('/', 1)[-1]}:{rule.span.line}"
        made = core.Rule(
            rule.name.text,
            rule.sentence,
            rule.severity,
            rule.clause or self.form.clause,
            self.table,
            tuple(overs),
            body,
            at,
        )
        self._sound(made, rule)
        return made

    def _sound(self, rule: core.Rule, node: nodes.Rule) -> None:
        """Refuses a rule that meets a cell that is not there, mixes units, or compares nothing but numbers."""
        units: dict[str, str] = {}
        for reading in reads(rule.body):
            rows = _choices(reading.row, rule)
            columns = _choices(reading.column, rule)
            for row in rows:
                for column in columns:
                    cell = self.form.at.get((reading.table, row, column))
                    if cell is None:
                        missing = f"{reading.table}[{'.'.join(row)}, {'.'.join(column)}]"
                        raise _Refused(f"there is no cell {missing}", node.body.span, "choose rows of one block")
                    units.setdefault(cell.type.unit, cell.key)
        if not units:
            raise _Refused("the formula reads no cell", node.body.span)
        if len(units) > 1:
            (a, first), (b, second) = list(units.items())[:2]
            raise _Refused(f"{a} and {b} do not add: {first} and {second}", node.body.span)

    def linear(self, node: nodes.Sum) -> core.Linear:
        return core.Linear(tuple((sign, self.term(term)) for sign, term in node.terms))

    def term(self, node: nodes.Term) -> core.Read | core.Constant | core.Linear:
        match node:
            case nodes.Sum():
                return self.linear(node)
            case nodes.Number():
                whole, _, fraction = node.text.partition(".")
                if len(whole + fraction) > 40:
                    raise _Refused("a number has at most 40 digits", node.span)
                return core.Constant(int(whole + fraction), len(fraction))
            case nodes.Factor():
                if not node.number.text.isdecimal() or len(node.number.text) > 9:
                    raise _Refused("a factor is a whole number of at most 9 digits", node.number.span)
                return core.Linear(((int(node.number.text), self.term(node.term)),))
            case nodes.Call():
                return self._call(node)
            case nodes.Cell():
                return self._one(self._cell(node), node.span)
            case nodes.Path() | nodes.Set():
                return self._one(self._bare(node), node.span)

    def _call(self, node: nodes.Call) -> core.Linear:
        if node.function not in FUNCTIONS:
            raise _Refused(f"there is no function {node.function}", node.span, nearest(node.function, FUNCTIONS))
        if not node.arguments:
            raise _Refused(f"{node.function} needs what it is taken of", node.span, f"write {node.function}(…)")
        if node.function == "previous" and len(node.arguments) > 1:
            raise _Refused("previous takes one argument", node.arguments[1].span)
        added = core.Linear(tuple((1, self._many(argument)) for argument in node.arguments))
        return _earlier(added, node.span) if node.function == "previous" else added

    def _many(self, node: nodes.Sum) -> core.Read | core.Constant | core.Linear:
        """An argument of a function: here a selection may hold many cells."""
        if len(node.terms) == 1 and node.terms[0][0] == 1:
            only = node.terms[0][1]
            if isinstance(only, nodes.Cell):
                return self._cell(only)
            if isinstance(only, (nodes.Path, nodes.Set)):
                return self._bare(only)
        return self.linear(node)

    def _one(self, reading: core.Read, span: Span) -> core.Read:
        count = 1
        for coordinate in (reading.row, reading.column):
            count *= 1 if isinstance(coordinate, str) else len(coordinate)
        if count != 1:
            raise _Refused(f"this names {count} cells where one is expected", span, "write sum(…) to add them")
        return reading

    def _cell(self, node: nodes.Cell) -> core.Read:
        names = [table.name for table in self.form.tables]
        if node.table.text not in names:
            raise _Refused(f"there is no table {node.table.text}", node.table.span, nearest(node.table.text, names))
        row = self._leaves(node.table.text, "row", node.row, everywhere=True)
        column = self._leaves(node.table.text, "column", node.column, everywhere=True)
        return core.Read(node.table.text, row, column)

    def _bare(self, node: nodes.Selection) -> core.Read:
        match self.bound:
            case ("column",):
                return core.Read(self.table, self._leaves(self.table, "row", node), "column")
            case ("row",):
                return core.Read(self.table, "row", self._leaves(self.table, "column", node))
        hint = "write every row or every column above the formula, or table[row, column]"
        raise _Refused("a name alone needs one axis that the rule ranges over", node.span, hint)

    def _leaves(
        self, table: str, axis: str, node: nodes.Selection, totals: bool = False, everywhere: bool = False
    ) -> tuple[Path, ...]:
        """The leaves that a selection names, each once, in the order written."""
        if isinstance(node, nodes.Set):
            found = [path for item in node.items for path in self._leaves(table, axis, item, totals, everywhere)]
            return tuple(dict.fromkeys(found))
        walked = self._walk(table, axis, everywhere)
        names = tuple(name.text for name in node.names)
        base: Path = ()
        if names:
            base, member = self._member(names, walked, table, axis, node)
            if not node.star:
                if member.children:
                    message = f"{'.'.join(names)} is a group and has no cell of its own"
                    raise _Refused(message, node.span, f"write sum({'.'.join(names)}.**)")
                return (base,)
        below = [
            (path, chain)
            for path, chain in walked.items()
            if len(path) > len(base)
            and path[: len(base)] == base
            and (totals or not any(member.total for member in chain[len(base) :]))
        ]
        if node.star == "*":
            below = [(path, chain) for path, chain in below if len(path) == len(base) + 1]
            for path, chain in below:
                if chain[-1].children:
                    dotted = ".".join((*names, "**")) if names else "**"
                    raise _Refused(f"{path[-1]} is a group and has no cell of its own", node.span, f"write {dotted}")
        found = [path for path, chain in below if not chain[-1].children]
        if not found:
            raise _Refused("this selection is empty", node.span)
        return tuple(found)

    def _walk(self, table: str, axis: str, everywhere: bool) -> dict[Path, tuple[forms.Member, ...]]:
        blocks = next(t.blocks for t in self.form.tables if t.name == table)
        if self.block is not None and not everywhere:
            blocks = blocks[self.block : self.block + 1]
        return {p: chain for b in blocks for p, chain in (b.rows if axis == "row" else b.columns).walk()}

    def _member(
        self, names: Path, walked: dict[Path, tuple[forms.Member, ...]], table: str, axis: str, node: nodes.Path
    ) -> tuple[Path, forms.Member]:
        """The member whose whole path is `names`, else the only one whose path ends so."""
        found = [names] if names in walked else [path for path in walked if path[-len(names) :] == names]
        if not found:
            hint = nearest(names[-1], [path[-1] for path in walked])
            raise _Refused(f"there is no {axis} {'.'.join(names)} in table {table}", node.span, hint)
        if len(found) > 1:
            choices = " or ".join(".".join(path) for path in found[:4])
            raise _Refused(f"{'.'.join(names)} names {len(found)} {axis}s", node.span, f"write {choices}")
        return found[0], walked[found[0]][-1]


def reads(node: core.Compare | core.Linear | core.Read | core.Constant) -> Iterable[core.Read]:
    """Every cell selection that a formula reads."""
    match node:
        case core.Compare():
            yield from reads(node.left)
            yield from reads(node.right)
        case core.Linear():
            for _, term in node.terms:
                yield from reads(term)
        case core.Read():
            yield node
        case core.Constant():
            pass


def _choices(coordinate: core.Coordinate, rule: core.Rule) -> tuple[Path, ...]:
    if isinstance(coordinate, str):
        return next(over.selection for over in rule.overs if over.variable == coordinate)
    return coordinate


def _earlier(node: core.Linear, span: Span) -> core.Linear:
    def move(term: core.Read | core.Constant | core.Linear) -> core.Read | core.Constant | core.Linear:
        match term:
            case core.Read(source="previous"):
                raise _Refused("previous stands inside previous", span, "write it once")
            case core.Read():
                return evolve(term, source="previous")
            case core.Constant():
                raise _Refused("previous is taken of cells, not of numbers", span)
            case core.Linear():
                return core.Linear(tuple((sign, move(inner)) for sign, inner in term.terms))

    return core.Linear(tuple((sign, move(term)) for sign, term in node.terms))
