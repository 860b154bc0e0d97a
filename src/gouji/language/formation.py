"""The first pass of the checker: what a file says of its form -> a Form, or problems."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from attrs import define, field

from gouji.forms import form as forms
from gouji.forms.labels import nearest
from gouji.language import nodes
from gouji.messages import later, say
from gouji.sources import Problem, Span

MAX_CELLS = 100_000
MAX_ENTRIES = 1_000
MAX_WORDING = 100
_GAP = re.compile(r"\{[*#n]\}")
_KINDS = ("count", "amount", "number", "date", "code", "text", "yesno")
_SIGNED = ("number", "date")


def form_of(file: nodes.File, id: str) -> tuple[forms.Form | None, list[Problem]]:
    """The form that a file declares, and every problem in its declaration."""
    formation = _Formation(file)
    form = formation.form(id)
    return (None if formation.problems else form), formation.problems


@define
class _Formation:
    """One pass over the declarations of a file, collecting problems."""

    file: nodes.File
    problems: list[Problem] = field(factory=list)
    codes: dict[str, tuple[str, ...]] = field(factory=dict)
    marked: set[str] = field(factory=set)

    def tell(self, message: str, span: Span, hint: str = "") -> None:
        """Adds a problem."""
        self.problems.append(Problem(message, span, hint))

    def form(self, id: str) -> forms.Form:
        """The form; what is wrong with it is in `problems`."""
        settings = self._settings()
        first, last = self._years(settings.get("years"))
        self._codes()
        items = self.file.items
        tables = tuple(self._table(item) for item in items if isinstance(item, nodes.Table))
        self._distinct(
            (i.name for i in items if isinstance(i, (nodes.Table, nodes.Narrative))), later("table or section")
        )
        if not tables:
            self.tell(say("the form has no table"), self.file.form.span, say('add: table 名字 "标题"'))

        def said(keyword: str, default: str) -> str:
            return settings[keyword].values[0] if keyword in settings else default

        form = forms.Form(
            id, self.file.form.title, said("edition", ""), first, last, said("source", ""), said("blank", "unknown"),
            tuple(self.mark(item) for item in self.file.form.settings if isinstance(item, nodes.Mark)), tables,
            tuple(self._narrative(item) for item in items if isinstance(item, nodes.Narrative)),
            said("cells", ""), tuple(self._wholes(tables)),
            tuple(item.names for item in items if isinstance(item, nodes.Agency)),
        )  # fmt: skip
        if not self.problems:
            self._keys(form)
        return form

    def _wholes(self, tables: tuple[forms.Table, ...]) -> Iterator[tuple[str, forms.Path]]:
        """The groups of rows that correspond to one row of another edition, which may be printed in their place."""
        pairs = [pair for item in self.file.items if isinstance(item, nodes.Counterparts) for pair in item.pairs]
        for pair in pairs:
            if not pair.left.star or pair.right is None or pair.right.star:
                continue
            table, *names = (name.text for name in pair.left.names)
            for block in next((t.blocks for t in tables if t.name == table), ()):
                yield from ((table, path) for path, chain in block.rows.walk()
                            if names and path[-len(names):] == tuple(names) and chain[-1].children)  # fmt: skip

    def _settings(self) -> dict[str, nodes.Setting]:
        settings: dict[str, nodes.Setting] = {}
        for setting in self.file.form.settings:
            if isinstance(setting, nodes.Setting):
                if setting.keyword in settings:
                    self.tell(say("{keyword} is said twice", keyword=setting.keyword), setting.span, say("keep one"))
                settings.setdefault(setting.keyword, setting)
        for keyword in ("edition", "years"):
            if keyword not in settings:
                self.tell(
                    say("the form does not say its {keyword}", keyword=keyword),
                    self.file.form.span,
                    say("add a line {keyword} …", keyword=keyword),
                )
        return settings

    def _years(self, setting: nodes.Setting | None) -> tuple[int, int | None]:
        if setting is None:
            return 0, None
        first, last = setting.values
        right = all(text.isdecimal() and len(text) == 4 for text in (first, last or first))
        if not right or (last and last < first):
            self.tell(say("years are written 2021.. or 2019..2020"), setting.span)
            return 0, None
        return int(first), int(last) if last else None

    def _codes(self) -> None:
        for item in self.file.items:
            if isinstance(item, nodes.Codes):
                if item.name.text in self.codes:
                    self.tell(
                        say("a second list is named {name}", name=item.name.text),
                        item.name.span,
                        say("give it its own name"),
                    )
                if len(set(item.texts)) < len(item.texts):
                    self.tell(
                        say("the list {name} names a text twice", name=item.name.text),
                        item.span,
                        say("keep one of them"),
                    )
                self.codes[item.name.text] = item.texts

    def _keys(self, form: forms.Form) -> None:
        cells = form.declared.cells
        if len(cells) > MAX_CELLS:
            self.tell(
                say("a form has at most {most} cells, this one {number}", most=MAX_CELLS, number=len(cells)),
                self.file.form.span,
            )
        keys: set[str] = set()
        for cell in cells:
            if cell.key in keys:
                self.tell(
                    say("two cells have the key {key}", key=cell.key),
                    self.file.form.span,
                    say("rename a row or a column"),
                )
            keys.add(cell.key)

    def mark(self, node: nodes.Mark) -> forms.Mark:
        """A mark of the form; its texts are no numbers and have one meaning each."""
        for text in node.texts:
            if not text.strip() or text.strip().isdecimal():
                number = say('"{text}" is no mark: it is read as a number', text=text)
                self.tell(
                    number if text.strip() else say('"{text}" is no mark: it is read as a blank', text=text), node.span
                )
            if text in self.marked:
                self.tell(say('the mark "{text}" is said twice', text=text), node.span, say("keep one"))
            self.marked.add(text)
        if node.meaning == "between" and float(node.low) >= float(node.high):
            self.tell(
                say(
                    "a mark lies between a smaller and a larger number, not {low} and {high}",
                    low=node.low,
                    high=node.high,
                ),
                node.span,
            )
        return forms.Mark(node.texts, node.meaning, node.low, node.high)

    def _narrative(self, node: nodes.Narrative) -> forms.Narrative:
        self._distinct((figure.name for figure in node.figures), later("figure"))
        return forms.Narrative(node.name.text, node.labels, tuple(self._figure(figure) for figure in node.figures))

    def _figure(self, node: nodes.Figure) -> forms.Figure:
        for text in node.wordings:
            literal = max((part.strip() for part in _GAP.split(text)), key=len)
            if text.count("{n}") > 1 or "{" in literal or "}" in literal:
                self.tell(
                    say('the wording "{text}" is not literals with gaps', text=text),
                    node.span,
                    say("write {n} once, {*} and {#}"),
                )
            elif len(literal) < 2 or len(text) > MAX_WORDING:
                hint = say("a wording has at most {most} signs, two of them at least side by side", most=MAX_WORDING)
                self.tell(say('the wording "{text}" says too little or too much', text=text), node.span, hint)
        if node.unit.text in _KINDS:
            self.tell(say("a figure says its unit, or percent"), node.unit.span, say("write: figure 收到 件"))
        type = (
            forms.CellType("percent", "%") if node.unit.text == "percent" else forms.CellType("number", node.unit.text)
        )
        return forms.Figure(node.name.text, type, node.wordings, node.without)

    def _table(self, table: nodes.Table) -> forms.Table:
        default = self._only_type(table.items)
        blocks = [item for item in table.items if isinstance(item, nodes.Block)]
        axes = [item for item in table.items if isinstance(item, nodes.Axis)]
        if blocks and axes:
            self.tell(say("a table has rows and columns of its own or blocks, not both"), axes[0].span)
        if blocks:
            built = [self._block(b.headings, b.items, b.span, default) for b in blocks]
        else:
            built = [self._block((), axes, table.name.span, default)]
        across = any(isinstance(item, nodes.Across) for item in table.items)
        return forms.Table(table.name.text, table.labels, tuple(built), across)

    def _only_type(self, items: Iterable[object]) -> forms.CellType | None:
        types = [item for item in items if isinstance(item, nodes.Type)]
        for extra in types[1:]:
            self.tell(say("the type is said twice"), extra.span, say("keep one"))
        return self._type(types[0]) if types else None

    def _type(self, node: nodes.Type) -> forms.CellType | None:
        unit, decimals = node.unit, int(node.decimals) if node.decimals.isdecimal() else 0
        codes: tuple[str, ...] = ()
        if node.kind in ("count", "amount") and not unit:
            self.tell(say("a {kind} says its unit", kind=node.kind), node.span, say("write: {kind} 件", kind=node.kind))
        if node.kind == "amount" and not node.decimals:
            self.tell(say("an amount says its decimals"), node.span, say("write: amount 万元 6"))
        if node.decimals and (not node.decimals.isdecimal() or decimals > 18):
            self.tell(say("a cell has 0 to 18 decimals"), node.span, say("write: amount 万元 6"))
            decimals = 0
        if node.decimals and node.kind not in ("amount", "number", "percent"):
            self.tell(
                say("a {kind} has no decimals", kind=node.kind), node.span, say("leave the number out, or write amount")
            )
        if node.kind == "code":
            if unit not in self.codes:
                hint = nearest(unit, self.codes) or say('write above the tables: codes 名字 {"甲", "乙"}')
                self.tell(
                    say("there is no list {unit}", unit=unit) if unit else say("a code says its list"), node.span, hint
                )
            codes = self.codes.get(unit, ())
        low: int | None = None if node.signed or node.kind in _SIGNED else 0
        high: int | None = len(codes) - 1 if node.kind == "code" else 1 if node.kind == "yesno" else None
        if node.low:
            if "." in node.low + node.high or int(node.low) > int(node.high):
                self.tell(say("the bounds of a cell are whole numbers, the smaller first"), node.span)
            else:
                low, high = int(node.low), int(node.high)
        unit = "%" if node.kind == "percent" else unit
        return forms.CellType(node.kind, unit, decimals, low, high, codes)

    def _block(
        self, headings: tuple[str, ...], items: Iterable[object], span: Span, default: forms.CellType | None
    ) -> forms.Block:
        items = tuple(items)
        axes: dict[str, forms.Axis] = {}
        for item in items:
            if isinstance(item, nodes.Axis):
                if item.kind in axes:
                    self.tell(say("{kind} are said twice", kind=item.kind), item.span, say("keep one"))
                self._distinct((member.name for member in item.members), later("member"))
                axes[item.kind] = forms.Axis(item.headings, tuple(self._member(m) for m in item.members))
        for kind in ("rows", "columns"):
            if kind not in axes:
                self.tell(
                    say("{kind} are missing here", kind=kind),
                    span,
                    say("add {kind} and, indented, their names", kind=kind),
                )
        own, empty = self._only_type(items) or default, forms.Axis((), ())
        block = forms.Block(headings, axes.get("rows", empty), axes.get("columns", empty), own)
        if own is None:
            self._typed(block, span)
        return block

    def _typed(self, block: forms.Block, span: Span) -> None:
        for _, row in block.rows.leaves():
            for _, column in block.columns.leaves():
                if not any(member.type for member in (*row, *column)):
                    message = say("{row}, {column} has no type", row=row[-1].name, column=column[-1].name)
                    self.tell(message, span, say("write a type in the table, such as: count 件"))
                    return

    def _member(self, node: nodes.Member) -> forms.Member:
        self._distinct((child.name for child in node.children), later("member"))
        name, span = node.name.text, node.name.span
        if not name or "/" in name or "." in name:
            self.tell(say("a name is not empty and holds no / or ."), span)
        if node.total and node.children:
            self.tell(say("a total has no children"), span, say("make it the last child of its group"))
        limit = int(node.limit) if node.limit.isdecimal() else 0
        if node.kind == "list" and not 0 < limit <= MAX_ENTRIES:
            self.tell(
                say("a list has 1 to {most} entries", most=MAX_ENTRIES), span, say("write: list {name} 10", name=name)
            )
        words = self._words(node)
        children = tuple(self._member(child) for child in node.children)
        type = self._type(node.type) if node.type else None
        opened = {"each": "names", "list": "list"}.get(node.kind, "")
        return forms.Member(
            name, node.labels or (name,), node.total, type, children, opened, limit,
            words.get("need", ""), words.get("blank", ""),
            tuple(word.value for word in node.words if word.keyword == "is"),
        )  # fmt: skip

    def _words(self, node: nodes.Member) -> dict[str, str]:
        found: dict[str, str] = {}
        for word in node.words:
            if word.keyword != "is" and word.keyword in found:
                self.tell(
                    say("{word} is said beside {found}", word=word.value, found=found[word.keyword]),
                    word.span,
                    say("keep one"),
                )
            found.setdefault(word.keyword, word.value)
        return found

    def _distinct(self, names: Iterable[nodes.Name], what: str) -> None:
        seen: set[str] = set()
        for name in names:
            if name.text in seen:
                self.tell(
                    say("a second {what} is named {name}", what=say(what), name=name.text),
                    name.span,
                    say("names differ side by side"),
                )
            seen.add(name.text)
