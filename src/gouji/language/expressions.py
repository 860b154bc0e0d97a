"""Formulas as written -> as meant, with the kind of each number checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import NoReturn

from attrs import evolve, field, frozen

from gouji.forms.labels import nearest
from gouji.language import core, nodes
from gouji.language.kinds import BARE, Kind, Number, kind_of, quotient, reckoned, together, total
from gouji.language.operators import FUNCTIONS, OPERATORS
from gouji.language.ranging import binding, stands_for
from gouji.language.selections import Refused, Scope
from gouji.messages import say
from gouji.sources import Span

MAX_DIGITS = 40
MAX_FACTORS = 20
MAX_NESTED = 2
_TRUTHS = (nodes.Comparison, nodes.Membership, nodes.Same, nodes.Negation, nodes.Conjunction, nodes.Disjunction,
           nodes.Quantity)  # fmt: skip
_DECIMALS = tuple(core.Constant(Fraction(places)) for places in range(19))
_AGGREGATES = ("sum", "count", "min", "max", "average", "median")


@frozen
class Meaning:
    """Gives the meaning of expressions where a rule stands; `functions`, `marks` and `codes` are those declared."""

    scope: Scope
    functions: tuple[nodes.Function, ...] = ()
    marks: tuple[str, ...] = ()
    codes: Mapping[str, tuple[str, ...]] = field(factory=dict)
    nested: int = 0

    def truth(self, node: nodes.Expression | nodes.Implication) -> core.Node:
        """The meaning of an expression that holds or does not."""
        match node:
            case nodes.Conjunction():
                return core.Logic("and", tuple(self.truth(item) for item in node.items))
            case nodes.Disjunction():
                return core.Logic("or", tuple(self.truth(item) for item in node.items))
            case nodes.Negation():
                return core.Logic("not", (self.truth(node.item),))
            case nodes.Comparison():
                return self._comparison(node)
            case nodes.Membership():
                return self._membership(node)
            case nodes.Quantity():
                return core.Logic(node.kind, tuple(self._filled(item) for item in node.items.items))
            case nodes.Same():
                return core.Logic("all or none of", (self._filled(node.left), self._filled(node.right)))
            case nodes.Call():
                return self._question(node)
        raise Refused(
            say("a comparison or a question is expected here, not a number"),
            node.span,
            say("write … = …, or present(…)"),
        )

    def _filled(self, node: nodes.Expression) -> core.Node:
        if isinstance(node, _TRUTHS) or (isinstance(node, nodes.Call) and node.function not in _AGGREGATES):
            return self.truth(node)
        return core.State("present", (self._read(node),))

    def _comparison(self, node: nodes.Comparison) -> core.Node:
        sides = [node.first, *(side for _, side in node.rest)]
        made = [
            self._relation(left, relation, right, node)
            for left, (relation, right) in zip(sides, node.rest, strict=False)
        ]
        return made[0] if len(made) == 1 else core.Logic("and", tuple(made))

    def _relation(
        self, left: nodes.Expression, relation: str, right: nodes.Expression, node: nodes.Comparison
    ) -> core.Node:
        if isinstance(left, nodes.Text):
            left, right = right, left
        if isinstance(right, nodes.Text):
            if relation not in ("=", "!="):
                raise Refused(say("a text is = or !=, not {relation}", relation=relation), right.span)
            same = self.said(left, right)
            return same if relation == "=" else core.Logic("not", (same,))
        made = [self.number(left), self.number(right)]
        a, b = made[0][1], made[1][1]
        (one, other), _ = together(made, node.span, "compare")
        if not a.cell and not b.cell and not self._asks(one, other):
            raise Refused(say("the formula reads no cell"), node.span)
        return core.Compare(one, relation, other, self._width(node, a, b))

    def _asks(self, *items: core.Node) -> bool:
        return any(
            True for item in items for node in core.walk(item) if not isinstance(node, (core.Constant, core.Linear))
        )

    def _width(self, node: nodes.Comparison, a: Kind, b: Kind) -> Fraction | None:
        if node.within is None:
            return None
        if a.whole and b.whole:
            raise Refused(
                say("counts are exact: a tolerance on a count is refused"), node.within.span, say("leave within out")
            )
        width, _ = self.number(node.within)
        if not isinstance(width, core.Constant):
            raise Refused(say("within takes a number"), node.within.span, say("write: … = … within 0.5"))
        return width.value

    def said(self, node: nodes.Expression, text: nodes.Text) -> core.Node:
        """Whether a cell is a code, a yes or no, a text, or a mark of the form."""
        read = self._one(node)
        type = self.scope.cells(read, node.span)[0].type
        if type.kind == "code":
            if text.text not in type.codes:
                raise Refused(
                    say("{text} is not in the list {name}", text=text.text, name=type.unit),
                    text.span,
                    nearest(text.text, type.codes),
                )
            return core.Compare(read, "=", core.Constant(Fraction(type.codes.index(text.text))))
        if type.kind == "yesno" and text.text in ("yes", "no", "是", "否"):
            return core.Compare(read, "=", core.Constant(Fraction(text.text in ("yes", "是"))))
        if type.kind == "text":
            return core.State("text", (read,), text.text)
        if text.text not in self.marks:
            message = say("{text} is no mark of this form", text=text.text)
            raise Refused(
                message,
                text.span,
                nearest(text.text, self.marks) or say('declare it: mark "{text}" skip', text=text.text),
            )
        return core.State("mark", (read,), text.text)

    def _membership(self, node: nodes.Membership) -> core.Node:
        items = node.choices.items if isinstance(node.choices, nodes.Set) else (node.choices,)
        if str(node.choices) in self.codes:
            items = tuple(nodes.Text(text, span=node.choices.span) for text in self.codes[str(node.choices)])
        choices: list[core.Node] = []
        for item in items:
            if isinstance(item, nodes.Text):
                choices.append(self.said(node.item, item))
                continue
            made = [self.number(node.item), self._several(item)]
            (one, other), _ = together(made, node.span, "compare")
            if isinstance(other, core.Read) and self.scope.many(other):
                choices.append(core.Gather("in", ((one, None, None), (other, None, None))))
            else:
                choices.append(core.Compare(one, "=", other))
        return core.Logic("or", tuple(choices))

    def _question(self, node: nodes.Call) -> core.Node:
        arguments = node.arguments
        self._arity(node)
        match node.function:
            case "present" | "blank" | "exists":
                return core.State(node.function, (self._read(arguments[0]),))
            case "given":
                if str(arguments[0]) not in ("previous", "parts"):
                    raise Refused(say("given asks for previous or parts"), node.span, say("write given(previous)"))
                return core.State("given", (), str(arguments[0]))
            case "matches":
                if not isinstance(arguments[1], nodes.Text):
                    raise Refused(say('a pattern stands in "quotes"'), arguments[1].span)
                if len(arguments[1].text) > 100:
                    raise Refused(say("a pattern has at most 100 signs"), arguments[1].span)
                return core.State("matches", (self._one(arguments[0]),), arguments[1].text)
            case "rounds":
                self._one(arguments[0])
                made = [self.number(arguments[0]), self.number(arguments[1])]
                (cell, value), _ = together(made, node.span, "compare")
                return core.State("rounds", (cell, value))
            case "unique":
                return core.State("unique", tuple(self._read(item) for item in arguments))
            case "subset":
                return core.State("subset", tuple(self._axis(item) for item in arguments))
        declared = self._declared(node)
        if declared and declared.result == "truth":
            return core.Apply("call", self._parameters(node, declared), declared.name)
        self._unknown(node, truth=True)

    def _axis(self, node: nodes.Expression) -> core.Read:
        over = binding(self.scope, (node,), node.span, "")
        if not isinstance(over, core.Over) or not over.open:
            raise Refused(say("an open axis is named here"), node.span, say("write table.name"))
        none = (core.Point(over.paths[0]),)
        return core.Read(over.table, none if over.axis == "row" else (), none if over.axis == "column" else ())

    def number(self, node: nodes.Expression) -> Number:
        """The meaning of an expression that is a number, and its kind."""
        match node:
            case nodes.Number():
                if len(node.text) > MAX_DIGITS:
                    raise Refused(say("a number has at most {most} digits", most=MAX_DIGITS), node.span)
                return core.Constant(Fraction(node.text)), BARE
            case nodes.Date():
                return core.Constant(Fraction(self._day(node))), Kind("date", True)
            case nodes.Sum():
                return self._sum(node)
            case nodes.Product():
                return self._product(node)
            case nodes.Call():
                return self._function(node)
            case nodes.Cell() | nodes.Path() | nodes.Set() | nodes.Range() | nodes.Without():
                read = self._read(node)
                if self.scope.many(read):
                    count = len(self.scope.cells(read, node.span))
                    several = say("this names {number} cells where one is expected", number=count)
                    message = several if count > 1 else say("this may be many cells")
                    raise Refused(message, node.span, say("write sum(…) to add them"))
                return read, kind_of(self.scope.cells(read, node.span), node.span)
            case nodes.Text():
                raise Refused(say("a text stands beside = or != alone"), node.span)
            case nodes.Gather():
                raise Refused(say("for and where stand inside of sum, count, min, max, average and median"), node.span)
        raise Refused(
            say("a number is expected here, not a comparison"), node.span, say("write choose(…, 1, 0) to count it")
        )

    def _sum(self, node: nodes.Sum) -> Number:
        """A sum: a day and a number of days are a day, and of two days the days between them are taken."""
        made = [self.number(term) for _, term in node.terms]
        signs = [sign for sign, _ in node.terms]
        items, kind = total(made, signs, node.span)
        return core.Linear(tuple(zip(map(Fraction, signs), items, strict=True))), kind

    def _day(self, node: nodes.Date) -> int:
        try:
            return date.fromisoformat(node.text).toordinal()
        except ValueError:
            raise Refused(say("there is no day {text}", text=node.text), node.span) from None

    def _read(self, node: nodes.Expression) -> core.Read:
        read = self.scope.read(node)
        self.scope.cells(read, node.span)
        return read

    def _one(self, node: nodes.Expression) -> core.Read:
        """A reading of one cell; refuses several, of which only the first would be asked."""
        read = self._read(node)
        if self.scope.many(read):
            raise Refused(say("one cell is asked here, not several"), node.span, say("range over them: every … of …"))
        return read

    def _product(self, node: nodes.Product) -> Number:
        if len(node.rest) >= MAX_FACTORS:
            raise Refused(say("a product has at most {most} factors", most=MAX_FACTORS), node.span)
        made, kind = self.number(node.first)
        for operator, factor in node.rest:
            other, their = self.number(factor)
            reckoned([(made, kind), (other, their)], node.span)
            if isinstance(other, core.Constant) and (operator == "*" or other.value):
                scale = other.value if operator == "*" else 1 / other.value
                made, kind = core.Linear(((scale, made),)), evolve(kind, whole=kind.whole and scale.denominator == 1)
            elif operator == "*" and isinstance(made, core.Constant):
                made, kind = core.Linear(((made.value, other),)), evolve(their, whole=their.whole and kind.whole)
            else:
                unit, power = quotient(operator, kind.unit or "", their.unit or "")
                other = core.Linear(((Fraction(10) ** power, other),)) if power else other
                kind = Kind(unit, False, kind.cell or their.cell)
                made = core.Apply(operator, (made, other))
        return made, kind

    def _function(self, node: nodes.Call) -> Number:
        declared = self._declared(node)
        if declared and declared.result == "number":
            return core.Apply("call", self._parameters(node, declared), declared.name), Kind(None, False)
        if node.function not in FUNCTIONS or OPERATORS[node.function].sort in ("state", "logic"):
            self._unknown(node, truth=False)
        self._arity(node)
        if node.function in _AGGREGATES:
            return self._aggregate(node)
        special: dict[str, Callable[[nodes.Call], Number]] = {
            "previous": self._elsewhere, "parts": self._elsewhere, "before": self._before,
            "position": self._position, "choose": self._choose,
        }  # fmt: skip
        if node.function in special:
            return special[node.function](node)
        made = [self.number(argument) for argument in node.arguments]
        reckoned(made, node.span)
        kind = made[0][1]
        whole = kind.whole and node.function in ("abs", "round", "truncate")
        if node.function in ("round", "truncate") and not isinstance(made[1][0], core.Constant):
            raise Refused(say("{name} says its decimals as a number", name=node.function), node.arguments[1].span)
        if node.function in ("round", "truncate") and made[1][0] not in _DECIMALS:
            raise Refused(
                say("{name} takes a whole number of decimals, 0 to 18", name=node.function),
                node.arguments[1].span,
            )
        return core.Apply(node.function, tuple(item for item, _ in made)), evolve(kind, whole=whole)

    def _aggregate(self, node: nodes.Call) -> Number:
        parts, kinds = [], []
        for argument in node.arguments:
            inner, over, where, body = self, None, None, argument
            if isinstance(argument, nodes.Gather):
                inner, over, body = self._gathered(argument)
                where = inner.truth(argument.where) if argument.where else None
            item, kind = inner._counted(body) if node.function == "count" else inner._several(body)
            self._partners(over, (item, *((where,) if where else ())), argument.span)
            parts.append((item, over, where))
            kinds.append(kind)
        if node.function == "count":
            return core.Gather("count", tuple(parts)), BARE
        made = list(zip((part[0] for part in parts), kinds, strict=True))
        if node.function in ("sum", "average", "median"):
            reckoned(made, node.span)
        items, kind = together(made, node.span, "add")
        parts = [(item, over, where) for item, (_, over, where) in zip(items, parts, strict=True)]
        return core.Gather(node.function, tuple(parts)), evolve(kind, whole=kind.whole and node.function != "average")

    def _gathered(self, node: nodes.Gather) -> tuple[Meaning, core.Over, nodes.Expression]:
        """What an argument ranges over; a lone `name.*` with `where` ranges over that open member."""
        if node.variable and node.selection:
            name, selections, body = node.variable.text, (node.selection,), node.body
        elif isinstance(node.body, nodes.Path) and len(node.body.names) == 1 and node.body.star == "*":
            name = node.body.names[0].text
            selections, body = (evolve(node.body, star=""),), evolve(node.body, star="")
        else:
            raise Refused(say("where needs what it is asked of"), node.span, say("write sum(… for x of … where …)"))
        over = binding(self.scope, selections, node.span, name)
        if not isinstance(over, core.Over):
            raise Refused(say("an aggregate ranges over rows or columns that have cells"), node.span)
        if self.nested >= MAX_NESTED:
            raise Refused(
                say("for stands at most {most} deep", most=MAX_NESTED), node.span, say("range with every … of … above")
            )
        over = evolve(over, missing=node.missing)
        inner = evolve(self, scope=self.scope.bind(name, stands_for(over)), nested=self.nested + 1)
        return inner, over, body

    def _partners(self, over: core.Over | None, items: tuple[core.Node, ...], span: Span) -> None:
        """Refuses an aggregate that joins by name and does not say what holds where the other table lacks the name."""
        if over is None or not over.open or over.missing:
            return
        read = next((read for item in items for read in core.joined(item, over)), None)
        if read:
            message = say("a name of {table} may be missing in {other}", table=over.table, other=read.table)
            hint = say(
                "write: for {variable} of {table} missing error, or zero, or skip",
                variable=over.variable,
                table=over.table,
            )
            raise Refused(message, span, hint)

    def _counted(self, node: nodes.Expression) -> Number:
        """An argument of count, whose units need not go together."""
        if isinstance(node, (nodes.Cell, nodes.Path, nodes.Set, nodes.Range, nodes.Without)):
            return self._read(node), BARE
        return self.number(node)

    def _several(self, node: nodes.Expression) -> Number:
        """An argument of an aggregate: here a selection may hold many cells."""
        if isinstance(node, (nodes.Cell, nodes.Path, nodes.Set, nodes.Range, nodes.Without)):
            read = self._read(node)
            return read, kind_of(self.scope.cells(read, node.span), node.span)
        return self.number(node)

    def _elsewhere(self, node: nodes.Call) -> Number:
        """`previous` and `parts`: the same cells in the report of the period before, or summed over the parts."""
        name, source = node.function, "previous" if node.function == "previous" else "part"
        if len(node.arguments) > 1:
            raise Refused(say("{name} takes one argument", name=name), node.arguments[1].span)
        item, kind = self._several(node.arguments[0])
        if any(isinstance(inner, core.Constant) for inner in core.walk(item)):
            raise Refused(say("{name} is taken of cells, not of numbers", name=name), node.span)
        sources = {inner.source for inner in core.walk(item) if isinstance(inner, core.Read)}
        if sources & {"previous", "part"}:
            itself = say("{name} stands inside {name}", name=name)
            message = itself if source in sources else say("previous and parts do not nest")
            raise Refused(message, node.span, say("write it once"))
        if "figure" in sources:
            raise Refused(say("{name} is taken of cells, not of what the prose quotes", name=name), node.span)
        return core.Gather("sum", ((core.elsewhere(item, source), None, None),)), kind

    def _before(self, node: nodes.Call) -> Number:
        read = self._read(node.arguments[0])
        used = [point.variable for point in (*read.row, *read.column) if point.variable]
        last = [name for name in self.scope.variables if name in used][-1:]
        if not last:
            raise Refused(
                say("before is taken of what a variable stands for"), node.span, say("write every … of … above")
            )
        moved = [tuple(evolve(p, shift=-1) if p.variable == last[0] else p for p in points)
                 for points in (read.row, read.column)]  # fmt: skip
        kind = kind_of(self.scope.cells(read, node.span), node.span)
        return evolve(read, row=moved[0], column=moved[1]), kind

    def _position(self, node: nodes.Call) -> Number:
        name = str(node.arguments[0])
        if name not in self.scope.variables or self.scope.variables[name].sort not in ("member", "open"):
            raise Refused(
                say("position is taken of what the rule ranges over"), node.span, nearest(name, self.scope.variables)
            )
        return core.Apply("position", (), name), BARE

    def _choose(self, node: nodes.Call) -> Number:
        test = self.truth(node.arguments[0])
        made = [self.number(argument) for argument in node.arguments[1:]]
        items, kind = together(made, node.span, "compare")
        return core.Apply("choose", (test, *items)), kind

    def _declared(self, node: nodes.Call) -> nodes.Function | None:
        return next((f for f in self.functions if f.name == node.function), None)

    def _parameters(self, node: nodes.Call, declared: nodes.Function) -> tuple[core.Node, ...]:
        if len(node.arguments) != len(declared.parameters):
            count = len(declared.parameters)
            raise Refused(self._many(declared.name, count, node), node.span)
        return tuple(
            core.State("printed", (self._one(argument),)) if kind == "text"
            else self.truth(argument) if kind == "truth" else self.number(argument)[0]
            for argument, kind in zip(node.arguments, declared.parameters, strict=True)
        )  # fmt: skip

    def _arity(self, node: nodes.Call) -> None:
        if node.function not in FUNCTIONS:
            return
        few, most = OPERATORS[node.function].arguments
        if not node.arguments:
            raise Refused(
                say("{name} needs what it is taken of", name=node.function),
                node.span,
                say("write {example}", example=f"{node.function}(…)"),
            )
        if len(node.arguments) < few or (len(node.arguments) > most and node.function not in ("previous", "parts")):
            signature = OPERATORS[node.function].signature
            raise Refused(self._many(node.function, few, node), node.span, signature)

    def _many(self, name: str, number: int, node: nodes.Call) -> str:
        found = len(node.arguments)
        return say("{name} takes {number} arguments, found {found}", name=name, number=number, found=found)

    def _unknown(self, node: nodes.Call, truth: bool) -> NoReturn:
        names = [*FUNCTIONS, *(f.name for f in self.functions)]
        if node.function in names:
            number = say("a number is expected here; {name} is not one", name=node.function)
            asked = say("a comparison or a question is expected here; {name} is not one", name=node.function)
            raise Refused(asked if truth else number, node.span)
        raise Refused(say("there is no function {name}", name=node.function), node.span, nearest(node.function, names))
