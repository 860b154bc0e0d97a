"""As written -> as meant, in two passes: the form, then the rules; all problems at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from attrs import evolve, field, frozen

from gouji.forms import form as forms
from gouji.language import core, nodes, ranging
from gouji.language.counterparts import declared as counterparts_of
from gouji.language.expressions import Meaning
from gouji.language.formation import form_of
from gouji.language.printer import formula
from gouji.language.selections import Refused, Scope
from gouji.messages import say
from gouji.sources import Problem, Span

MAX_CHECKS = 100_000
MAX_CHOICES = 1_000
_ORDERED = ("position(", "before(")


def check(file: nodes.File, id: str) -> tuple[core.Edition | None, list[Problem]]:
    """The edition that a file means, and every problem in it."""
    form, problems = form_of(file, id)
    if form is None:
        return None, problems
    rules: list[core.Rule] = []
    names: set[str] = {core.CELLS}
    for rule, table, block in _placed(file):
        if rule.name.text in names:
            problems.append(
                Problem(
                    say("a second rule is named {name}", name=rule.name.text),
                    rule.name.span,
                    say("give it its own name"),
                )
            )
            continue
        names.add(rule.name.text)
        try:
            rules += _Drafting(rule, Scope(form, table, block), file, id).rules()
        except Refused as refused:
            problems.append(refused.problem)
    functions = (item for item in file.items if isinstance(item, nodes.Function))
    declared = tuple((item.name, item.parameters, item.result) for item in functions)
    counterparts, found = counterparts_of(file, form, id)
    return core.Edition(form, tuple(rules), declared, counterparts), problems + found


def _placed(file: nodes.File) -> Iterable[tuple[nodes.Rule, str, int | None]]:
    """The rules with the table and the block in which each stands."""
    for item in file.items:
        if isinstance(item, nodes.Rule):
            yield item, "", None
        elif isinstance(item, nodes.Table):
            blocks = [part for part in item.items if isinstance(part, nodes.Block)]
            for part in item.items:
                if isinstance(part, nodes.Rule):
                    yield part, item.name.text, None
            for number, block in enumerate(blocks):
                for inner in block.items:
                    if isinstance(inner, nodes.Rule):
                        yield inner, item.name.text, number


@frozen
class _Draft:
    """A rule half way: where it stands after some of its `every` lines, and what they bound."""

    scope: Scope
    overs: tuple[core.Over, ...] = ()
    fixed: tuple[tuple[str, str], ...] = ()
    guards: tuple[core.Node, ...] = ()


@frozen
class _Drafting:
    """Turns one rule as written into rules as meant, one for each choice of its tables and groups."""

    rule: nodes.Rule
    scope: Scope
    file: nodes.File = field(repr=False)
    id: str

    def rules(self) -> list[core.Rule]:
        """The rules as meant; Refused where one has no meaning."""
        drafts = [_Draft(self.scope)]
        for line in self.rule.lines:
            if isinstance(line, nodes.Every):
                made = (after for draft in drafts for after in self._every(draft, line))
                drafts = list(islice(made, MAX_CHOICES + 1))
                if len(drafts) > MAX_CHOICES:
                    raise Refused(
                        say("a rule takes at most {most} choices of tables and groups", most=MAX_CHOICES), line.span
                    )
        rules = [rule for draft in drafts for rule in self._made(draft)]
        self._used(rules)
        return rules

    def _made(self, draft: _Draft) -> list[core.Rule]:
        """The rule; where its rows or columns differ in unit, one for those of each unit."""
        try:
            return [self._rule(draft)]
        except Refused:
            parts = self._by_unit(draft)
            if len(parts) < 2 or any(word in formula(self.rule.body) for word in _ORDERED):
                raise
            return [self._rule(part) for part in parts]

    def _by_unit(self, draft: _Draft) -> list[_Draft]:
        """The draft for the members of each unit, on the first axis where units differ."""
        for at, over in enumerate(draft.overs):
            units: dict[frozenset[str], list[forms.Path]] = {}
            for path in over.paths if not (over.open or over.after_first) else ():
                own = (c for c in self.scope.form.declared.cells
                       if c.table.name == over.table and c.declared[over.axis == "column"] == path)  # fmt: skip
                units.setdefault(frozenset(cell.type.unit for cell in own), []).append(path)
            if len(units) > 1:
                parts = [evolve(over, paths=tuple(paths)) for paths in units.values()]
                return [
                    evolve(draft, overs=(*draft.overs[:at], part, *draft.overs[at + 1 :]),
                           scope=draft.scope.bind(part.variable, ranging.stands_for(part)))
                    for part in parts
                ]  # fmt: skip
        return []

    def _every(self, draft: _Draft, line: nodes.Every) -> Iterator[_Draft]:
        name = line.variable.text
        if name in draft.scope.variables:
            raise Refused(say("every {name} is said twice", name=name), line.span, say("keep one"))
        if name == "cell" and not line.selections:
            for part in ("row", "column"):
                draft = self._bound(draft, ranging.axis_of(draft.scope, part, (), line.span), line)
            yield draft
            return
        found = self._found(draft.scope, name, line)
        if isinstance(found, core.Over):
            yield self._bound(draft, found, line)
            return
        if line.where or line.after_first:
            hint = ranging.opening(draft.scope, tuple(choice for choice, _ in found))
            raise Refused(
                say("{name} stands for tables or groups; where and after first are asked of rows", name=name),
                line.span,
                hint,
            )
        for choice, variable in found:
            fixed = (*draft.fixed, (name, choice))
            yield evolve(draft, scope=draft.scope.bind(name, variable), fixed=fixed)

    def _found(self, scope: Scope, name: str, line: nodes.Every) -> core.Over | ranging.Choices:
        if name in ("row", "column"):
            return ranging.axis_of(scope, name, line.selections, line.span)
        if line.selections:
            return ranging.binding(scope, line.selections, line.span, name)
        opened = ranging.opened(scope, name)
        if opened is None:
            raise Refused(
                say("every {name} does not say of what", name=name),
                line.span,
                say("write every row, or every {name} of …", name=name),
            )
        return opened

    def _bound(self, draft: _Draft, over: core.Over, line: nodes.Every) -> _Draft:
        over = evolve(over, after_first=line.after_first, missing=line.missing)
        narrowed = self._tagged(draft.scope, over, line.where) if line.where else None
        over = narrowed or over
        scope = draft.scope.bind(over.variable, ranging.stands_for(over))
        guards = draft.guards
        if line.where and narrowed is None:
            guards = (*guards, self._meaning(scope).truth(line.where))
        return evolve(draft, scope=scope, overs=(*draft.overs, over), guards=guards)

    def _tagged(self, scope: Scope, over: core.Over, where: nodes.Expression) -> core.Over | None:
        """The members that carry a tag or a type of cell, where `where` is such a word alone."""
        if not isinstance(where, nodes.Path) or len(where.names) != 1 or where.star:
            return None
        word = where.names[0].text
        members = scope.members(over.table, over.axis)

        def carries(path: forms.Path) -> bool:
            chain = members[path]
            types = {cell.type.kind for cell in scope.form.declared.cells
                     if cell.table.name == over.table and cell.declared[over.axis == "column"] == path}  # fmt: skip
            return any(word in member.tags for member in chain) or types == {word}

        paths = tuple(path for path in over.paths if carries(path))
        if not paths:
            raise Refused(
                say("no {axis} is {word}", axis=say(over.axis), word=word),
                where.span,
                say("write behind a {axis}: is {word}", axis=say(over.axis), word=word),
            )
        return evolve(over, paths=paths)

    def _meaning(self, scope: Scope) -> Meaning:
        marks = {text for mark in scope.form.marks for text in mark.texts}
        for line in self.rule.lines:
            for text in line.texts if isinstance(line, nodes.Mark) else ():
                if text not in marks:
                    hint = say('declare it for the form: mark "{text}" skip', text=text)
                    raise Refused(say("{text} is no mark of this form", text=text), line.span, hint)
        functions = tuple(item for item in self.file.items if isinstance(item, nodes.Function))
        codes = {item.name.text: item.texts for item in self.file.items if isinstance(item, nodes.Codes)}
        return Meaning(scope, functions, tuple(sorted(marks)), codes)

    def _rule(self, draft: _Draft) -> core.Rule:
        rule, meaning = self.rule, self._meaning(draft.scope)
        guards = [*draft.guards, *(meaning.truth(line.guard) for line in rule.lines if isinstance(line, nodes.When))]
        body = rule.body
        if isinstance(body, nodes.Implication):
            guards.append(meaning.truth(body.guard))
            body = body.body
        guard = guards[0] if len(guards) == 1 else core.Logic("and", tuple(guards)) if guards else None
        name = rule.span.source.name.replace("\\", "/").rsplit("/", 1)[-1]
        made = core.Rule(
            rule.name.text, rule.sentence, rule.severity, self._said("clause") or draft.scope.form.clause,
            self._said("message"), self._table(draft), draft.fixed, draft.overs, guard, meaning.truth(body),
            self._years(), any(isinstance(line, nodes.Line) and line.keyword == "explained" for line in rule.lines),
            tuple(forms.Mark(line.texts, line.meaning, line.low, line.high)
                  for line in rule.lines if isinstance(line, nodes.Mark)),
            f"{self.id}/{name}:{rule.span.line}",
        )  # fmt: skip
        return made

    def _table(self, draft: _Draft) -> str:
        tables = [over.table for over in draft.overs] or [
            variable.table for variable in draft.scope.variables.values() if variable.sort == "table"
        ]
        return draft.scope.table or (tables[0] if tables else "")

    def _said(self, keyword: str) -> str:
        lines = [line for line in self.rule.lines if isinstance(line, nodes.Line) and line.keyword == keyword]
        if len(lines) > 1:
            raise Refused(say("{keyword} is said twice", keyword=keyword), lines[1].span, say("keep one"))
        return lines[0].value if lines else ""

    def _years(self) -> tuple[int, int | None]:
        first, last = self._said("since") or "0", self._said("until")
        if not (first.isdecimal() and (last or "0").isdecimal()) or (last and int(last) < int(first)):
            raise Refused(
                say("the years of a rule are written from 2022, until 2023, the earlier first"), self.rule.span
            )
        form = self.scope.form
        if (last and int(last) < form.first_year) or (form.last_year and int(first) > form.last_year):
            raise Refused(
                say("the rule is never in force in {years}", years=form.years),
                self.rule.span,
                say("leave from and until out"),
            )
        return int(first), int(last) if last else None

    def _used(self, made: list[core.Rule]) -> None:
        """Refuses a rule with more checks than the limit, or one that ranges over what it does not read."""
        total = 0
        self._alike(made)
        for rule in made:
            self._partners(rule)
            count = 1
            for over in rule.overs:
                count *= len(over.paths)
            total += count
            read = {
                point.variable
                for node in (*core.walk(rule.body), *(core.walk(rule.guard) if rule.guard else ()))
                if isinstance(node, core.Read)
                for point in (*node.row, *node.column)
            } | {node.name for node in core.walk(rule.body) if isinstance(node, core.Apply)}
            for over in rule.overs:
                if over.variable not in read:
                    span = self._span(over.variable)
                    raise Refused(
                        say("the formula does not use {name}", name=over.variable),
                        span,
                        say("leave the line out"),
                    )
        if total > MAX_CHECKS:
            raise Refused(
                say("a rule makes at most {most} checks, this one {total}", most=MAX_CHECKS, total=total),
                self.rule.span,
            )

    def _alike(self, made: list[core.Rule]) -> None:
        """Refuses a variable for tables or groups that the formula does not use, so that checks come out twice."""
        seen: dict[object, core.Rule] = {}
        for rule in made:
            twin = seen.setdefault((rule.overs, rule.guard, rule.body), rule)
            name = next((mine[0] for mine, theirs in zip(rule.fixed, twin.fixed, strict=True) if mine != theirs), "")
            if name:
                raise Refused(
                    say("the formula does not use {name}", name=name), self._span(name), say("leave the line out")
                )

    def _partners(self, rule: core.Rule) -> None:
        """Refuses a join by name that does not say what holds where another table lacks the name."""
        for over in (over for over in rule.overs if over.open and not over.missing):
            read = next((read for node in (rule.body, rule.guard) if node for read in core.joined(node, over)), None)
            if read:
                message = say("a name of {table} may be missing in {other}", table=over.table, other=read.table)
                hint = say(
                    "write: every {variable} of {table} missing error, or zero, or skip",
                    variable=over.variable,
                    table=over.table,
                )
                raise Refused(message, self._span(over.variable), hint)

    def _span(self, name: str) -> Span:
        lines = [line for line in self.rule.lines if isinstance(line, nodes.Every)]
        return next((line.span for line in lines if line.variable.text == name), self.rule.span)
