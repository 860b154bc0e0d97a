"""Reports laid out as plain text in many ways, with the hazards that published documents show.

`Sheet` holds the figures under the labels of a form; a hazard changes what is printed, never what is true. A reader is
right if it gives each figure back, or says that it cannot.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from random import Random

from attrs import define, evolve, field

from gouji.forms.form import Cell, Form, Member, Table
from gouji.forms.labels import normal

LAYOUTS = ("seed", "tabs", "bars", "boxes", "blanks", "words", "lines", "gapped", "spaced")
GROUPS = ("first", "each", "none")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030")
AGENCY = "瑶海区人民政府办公室"


@define
class Line:
    """A printed row: labels (empty where a cell is merged with the one above), then figures of cells."""

    labels: list[str]
    figures: list[str] = field(factory=list)
    cells: tuple[Cell, ...] = ()
    kind: str = "row"
    wide: list[str] | None = None
    """A line of a header with an empty cell for each column over which a label goes on."""

    def renamed(self, names: dict[str, str]) -> None:
        """Puts other labels in the place of some."""
        self.labels = [names.get(label, label) for label in self.labels]
        self.wide = self.wide and [names.get(label, label) for label in self.wide]

    @property
    def parts(self) -> list[str]:
        return [*self.labels, *self.figures]


@define
class Part:
    """A table: its title and its lines, headers among them."""

    table: Table
    title: str
    lines: list[Line]

    @property
    def rows(self) -> list[int]:
        """Where the lines with figures stand."""
        return [at for at, line in enumerate(self.lines) if line.kind == "row"]


@define
class Sheet:
    """A document about to be printed."""

    form: Form
    head: list[str]
    parts: list[Part]
    tail: list[str]
    random: Random

    @classmethod
    def of(cls, form: Form, figures: Sequence[str], groups: str = "first", seed: int = 0) -> "Sheet":
        """The form filled with one printed figure for each cell; `groups` says on which rows group labels stand."""
        parts = [Part(table, table.labels[0], list(_lines(form, table, figures, groups))) for table in form.tables]
        first, *others = [narrative.labels[0] for narrative in form.narratives]
        head = [f"{AGENCY}2024年{form.title}", "", first, "2024年，新收申请103件，结转5件。", ""]
        return cls(form, head, parts, ["", *(text for label in others for text in (label, "无。"))], Random(seed))

    @property
    def main(self) -> Part:
        """The largest table."""
        return max(self.parts, key=lambda part: len(part.lines))

    def print(self, layout: str = "seed", empty: bool = True) -> str:
        """The sheet as text; `empty` says whether cells without text are printed."""
        lines = [*self.head]
        for part in self.parts:
            rows = [line.parts if empty else [text for text in line.parts if text] for line in part.lines]
            printed = _bars(part.lines) if layout == "bars" else _PRINT[layout](rows)
            lines += [part.title, *([] if layout == "lines" else [""]), *printed, ""]
        return "\n".join([*lines, *self.tail]) + "\n"


def _lines(form: Form, table: Table, figures: Sequence[str], groups: str) -> Iterator[Line]:
    for number, block in enumerate(table.blocks):
        cells = [cell for cell in form.cells if cell.table.name == table.name and cell.block == number]
        if block.headings:
            yield Line([block.headings[0]], kind="heading")
        if table.across:
            yield from _header((), block.rows.members, block.columns.members)
            yield Line([], [figures[cell.position] for cell in cells], tuple(cells))
            continue
        yield from _header(block.columns.headings, block.columns.members, ())
        above: tuple[Member, ...] = ()
        for path in dict.fromkeys(cell.row for cell in cells):
            row = tuple(cell for cell in cells if cell.row == path)
            yield Line(_labels(row[0].rows, above, groups), [figures[cell.position] for cell in row], row)
            above = row[0].rows


def _labels(chain: tuple[Member, ...], above: tuple[Member, ...], groups: str) -> list[str]:
    if groups == "none":
        return [chain[-1].labels[0]]
    return [
        "" if groups == "first" and chain[: depth + 1] == above[: depth + 1] else member.labels[0]
        for depth, member in enumerate(chain)
    ]


def _header(headings: Sequence[str], members: tuple[Member, ...], under: tuple[Member, ...]) -> Iterator[Line]:
    """The lines of a nested header; the members of `under` stand below each leaf."""
    nested = any(member.children for member in members) or bool(under)
    if headings and nested:
        yield Line(["", headings[0]], kind="header")
    start = [] if nested else [*headings[:1]]
    columns: Sequence[Member | None] = members
    while members:
        yield Line([*start, *(member.labels[0] for member in members)], kind="header", wide=list(_wide(columns, under)))
        below = [child for m in members for child in (m.children or (under if m not in under else ()))]
        columns = [child for m in columns for child in _children(m, under)]
        members, start = tuple(below), [""]


def _children(member: Member | None, under: tuple[Member, ...]) -> Sequence[Member | None]:
    if member is None:
        return [None]
    return member.children or (under if under and member not in under else [None])


def _wide(columns: Sequence[Member | None], under: tuple[Member, ...]) -> Iterator[str]:
    for member in columns:
        yield member.labels[0] if member else ""
        yield from [""] * (_leaves(member, under) - 1 if member else 0)


def _leaves(member: Member, under: tuple[Member, ...]) -> int:
    inner = sum(_leaves(child, under) for child in member.children)
    return inner or (len(under) if under and member not in under else 1)


Hazard = Callable[[Sheet], None]


# Ways to print ----------------------------------------------------------------------------------------------------

Rows = list[list[str]]


def _bars(lines: list[Line]) -> list[str]:
    """A table of Markdown: rows of one length, the cells of merged labels ahead of the figures."""
    labels = max((len(line.labels) for line in lines if line.figures), default=0)
    width = max(labels + max(len(line.figures) for line in lines), *(len(line.parts) for line in lines))
    most = max(len(line.figures) for line in lines)
    rows = []
    for line in lines:
        if line.kind == "other":
            rows.append(line.parts)
            continue
        if line.wide and len(line.wide) > 1:
            rows.append([""] * (width - len(line.wide)) + line.wide)
            continue
        gap = [""] * (width - len(line.parts)) if len(line.figures) == len(line.cells) else []
        wide = len(line.figures) == most
        rows.append([*line.labels, *gap, *line.figures] if wide else [*line.parts, *gap])
    printed = [f"| {' | '.join(row)} |" if len(row) > 1 else "".join(row) for row in rows]
    return [printed[0], "|" + " --- |" * width, *printed[1:]]


def _boxes(rows: Rows) -> list[str]:
    ruler = "├" + "─" * 30 + "┤"
    return [text for row in rows for text in (ruler, "│" + "│".join(row) + "│" if len(row) > 1 else "".join(row))]


def _one_each(between: list[str], behind: list[str]) -> Callable[[Rows], list[str]]:
    return lambda rows: [t for row in rows for t in [*(t for text in row if text for t in (text, *between)), *behind]]


_PRINT: dict[str, Callable[[Rows], list[str]]] = {
    "seed": lambda rows: [text for row in rows for text in [*(f"\t{part}" for part in row), ""]],
    "tabs": lambda rows: ["\t".join(row) for row in rows],
    "boxes": _boxes,
    "blanks": lambda rows: ["  " + "    ".join(part for part in row if part) for row in rows],
    "words": lambda rows: [" ".join(part for part in row if part) for row in rows],
    "lines": _one_each([], []),
    "gapped": _one_each([], [""]),
    "spaced": _one_each([""], []),
}


# Hazards that a reader overcomes -----------------------------------------------------------------------------------


def _each_label(page: Sheet, change: Callable[[str], str]) -> None:
    for part in page.parts:
        part.title = change(part.title)
        for line in part.lines:
            line.renamed({label: change(label) for label in line.labels})


def list_of_contents(page: Sheet) -> None:
    entries = [f"{part.title}……………{number}" for number, part in enumerate(page.parts, 2)]
    page.head[1:1] = ["目录", *entries, ""]


def running_header(page: Sheet) -> None:
    """The title of the document, the title of the table and its header again at a page break."""
    for part in (page.main, page.parts[0]):
        header = [evolve(line, labels=[*line.labels]) for line in part.lines if line.kind == "header"][:3]
        at = page.random.choice(part.rows)
        part.lines[at:at] = [Line([page.head[0]], kind="other"), Line([f"{part.title}（续）"], kind="other"), *header]


def page_numbers(page: Sheet) -> None:
    for part in page.parts[:2]:
        at = page.random.choice(part.rows)
        part.lines.insert(at, Line([page.random.choice(["— 3 —", "- 12 -", "第 3 页 共 9 页", "3 / 9"])], kind="other"))


def misspelt(page: Sheet) -> None:
    """One character of a row label, of a column label and of a title is wrong; labels of two signs are beyond that."""
    rows = [page.main.lines[at] for at in page.main.rows if page.main.lines[at].cells]
    rows = [line for line in rows if max(map(len, map(normal, line.labels))) >= 4]
    for line in (*page.random.sample(rows, min(1, len(rows))), page.main.lines[2]):
        at = max(range(len(line.labels)), key=lambda at: len(line.labels[at]))
        line.renamed({line.labels[at]: _slip(line.labels[at], page.random)})
    page.parts[0].title = _slip(page.parts[0].title, page.random)


def _slip(label: str, random: Random) -> str:
    places = [at for at, char in enumerate(label) if char.isalpha() and char not in "一二三四五六七八九十" and at > 2]
    if not places:
        return label
    at = random.choice(places)
    return label[:at] + random.choice(["某", "", label[at] + "某"]) + label[at + 1 :]


def radicals(page: Sheet) -> None:
    signs = str.maketrans("一二人行工用自非西長面", "⼀⼆⼈⾏⼯⽤⾃⾮⻄⻑⾯")
    _each_label(page, lambda label: label.translate(signs))


def other_width(page: Sheet) -> None:
    signs = str.maketrans("（），、.：", "(),､．:")
    _each_label(page, lambda label: label.translate(signs))


def other_quotes(page: Sheet) -> None:
    _each_label(page, lambda label: label.replace("“", "「").replace("”", "」").replace("（", "〔").replace("）", "〕"))


def other_items(page: Sheet) -> None:
    """（三） as (3), 三、 as 3. and 1. as （1）."""

    def change(label: str) -> str:
        found = re.match(r"（(.)）|(.)、|(\d)\.", label)
        if not found or not (found[3] or (found[1] or found[2]) in "一二三四五六七八九"):
            return label
        rest = label[found.end() :]
        if found[3]:
            return f"（{found[3]}）{rest}"
        number = "一二三四五六七八九".index(found[1] or found[2]) + 1
        return f"({number}){rest}" if found[1] else f"{number}、 {rest}"

    _each_label(page, change)


def shortened(page: Sheet) -> None:
    """The last alternative that the form declares for each label."""
    short = {
        chain[-1].labels[0]: chain[-1].labels[-1]
        for table in page.form.tables
        for block in table.blocks
        for axis in (block.rows, block.columns)
        for _, chain in axis.walk()
    }
    _each_label(page, lambda label: short.get(label, label))


def inner_blanks(page: Sheet) -> None:
    """A blank inside each label, as typed to fill a narrow cell."""
    _each_label(page, lambda label: label[:3] + "\u3000" + label[3:] if len(label) > 5 else label)


def dressed_figures(page: Sheet) -> None:
    """Separators, full-width digits, a unit, a note, blanks around the figure."""
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    for part in page.parts:
        for at in part.rows:
            line = part.lines[at]
            number = page.random.randrange(len(line.figures)) if line.figures else 0
            text = line.figures[number] if line.figures else ""
            if not text:
                continue
            choices = [text.translate(wide), f"{text}（含自然失效2件）", f" {text}\xa0"]
            if text.isdecimal():
                choices += [f"{int(text):,}", f"{text}{line.cells[0].type.unit}", f"？ {text}"]
            line.figures[number] = page.random.choice(choices)


def bookmarks(page: Sheet) -> None:
    for part in page.parts:
        part.title = f"[bookmark: _Toc1]{part.title}"
        line = page.random.choice(part.lines)
        line.figures[:1] = [f"[bookmark: _GoBack]{text}" for text in line.figures[:1]]


def swapped_rows(page: Sheet) -> None:
    """Two neighbours of one group in another order."""
    part = page.main
    pairs = [(a, b) for a, b in zip(part.rows, part.rows[1:], strict=False) if b == a + 1]
    same = [(a, b) for a, b in pairs if part.lines[a].cells[0].row[:-1] == part.lines[b].cells[0].row[:-1]]
    if same:
        a, b = page.random.choice([(a, b) for a, b in same if not any(part.lines[a].labels[:-1])] or same)
        part.lines[a], part.lines[b] = part.lines[b], part.lines[a]


RECOVERABLE: tuple[Hazard, ...] = (
    list_of_contents, running_header, page_numbers, misspelt, radicals, other_width, other_quotes, other_items,
    shortened, inner_blanks, dressed_figures, bookmarks, swapped_rows,
)  # fmt: skip

TITLES = (
    "{agency}2024年{title}", "2024年度{agency}{title}", "{agency}{title}（2024年）", "{agency}{title}(2024年度)",
    "{agency}\n2024年{title}", "{agency}\n2024年度\n{title}", "2024年度\n{agency}\n{title}",
    "{agency}二〇二四年{title}", "{agency}\n二○二四年度{title}", "{agency}　　2024 年　{title}",
    "{agency}\n{title}\n（2024年）", "{agency}2024年政府信息\n公开工作年度报告", "{agency}\n{title}\n二〇二四年度",
    "政务公开\n\n{agency}2024年\n{title}", "{agency}2024{title}", "# {agency}2024年{title}",
)  # fmt: skip


# Damage: what is lost must be told ----------------------------------------------------------------------------------


def cut_off(page: Sheet) -> None:
    """The last rows of the largest table are absent."""
    part = page.main
    del part.lines[page.random.choice(part.rows[2:]) :]


def cut_inside(page: Sheet) -> None:
    part = page.main
    start = page.random.choice(part.rows)
    del part.lines[start : start + page.random.randrange(1, 5)]


def row_twice(page: Sheet) -> None:
    """A row once more, somewhere below, with other figures."""
    part = page.main
    at = page.random.choice(part.rows)
    line = part.lines[at]
    again = Line([*line.labels], ["7" + text for text in line.figures], line.cells, "again")
    part.lines.insert(page.random.choice([row for row in part.rows if row >= at]) + 1, again)


def split_number(page: Sheet) -> None:
    """12 as 1 and 2."""
    for line, at in _some_figure(page):
        text = line.figures[at]
        line.figures[at : at + 1] = [text[:1], text[1:]]


def lost_number(page: Sheet) -> None:
    for line, at in _some_figure(page):
        del line.figures[at]


def _some_figure(page: Sheet) -> Iterator[tuple[Line, int]]:
    for part in page.parts:
        line = part.lines[page.random.choice(part.rows)] if part.rows else Line([])
        if line.figures and len(line.figures) == len(line.cells) and all(len(text) > 1 for text in line.figures):
            yield line, page.random.randrange(len(line.figures))


def swapped_columns(page: Sheet) -> None:
    """Two columns, labels and figures, change places."""
    part = page.random.choice([page.main, page.parts[-1]])
    columns = [cell.columns[-1].labels[0] for cell in page.form.cells if cell.table.name == part.table.name]
    first = page.random.randrange(1, 4)
    other = {columns[first]: columns[first + 1], columns[first + 1]: columns[first]}
    headers = [line for line in part.lines if line.kind == "header" and other.keys() <= set(line.labels)]
    for line in headers:
        line.renamed(other)
    for line in part.lines if headers else ():
        for at, cell in enumerate(line.cells[:-1]):
            if cell.columns[-1].labels[0] == columns[first] and len(line.figures) > at + 1:
                line.figures[at : at + 2] = reversed(line.figures[at : at + 2])


def extra_row(page: Sheet) -> None:
    part = page.main
    label = page.random.choice(["9.依法不属于公开范围的情形", "小计", "其中：涉企"])
    part.lines.insert(page.random.choice(part.rows), Line([label], [str(n) for n in range(901, 908)], kind="extra"))


def group_as_row(page: Sheet) -> None:
    """A group printed as one row with figures, in the place of its rows, as no edition does."""
    part = page.main
    groups = [cell.row[:-1] for at in part.rows for cell in part.lines[at].cells[:1]
              if len(cell.row) > 2 and (cell.table.name, cell.row[:-1]) not in page.form.wholes]  # fmt: skip
    if not groups:
        return
    group = page.random.choice(sorted(set(groups)))
    rows = [at for at in part.rows if part.lines[at].cells and part.lines[at].cells[0].row[:-1] == group]
    label = part.lines[rows[0]].cells[0].rows[-2].labels[0]
    part.lines[rows[0]] = Line([label], [str(n) for n in range(901, 908)], kind="extra")
    for at in reversed(rows[1:]):
        del part.lines[at]


def moved_row(page: Sheet) -> None:
    """A row among those of another group, or of its own."""
    part = page.main
    line = part.lines.pop(page.random.choice(part.rows))
    part.lines.insert(page.random.choice(part.rows or [len(part.lines)]), line)


def lost_label(page: Sheet) -> None:
    part = page.random.choice(page.parts[:2])
    for at in page.random.sample(part.rows, min(1, len(part.rows))):
        part.lines[at].labels = [""]


def strange_column(page: Sheet) -> None:
    """A column with another label in the place of one of the form's."""
    part = page.main
    header = [line for line in part.lines if line.kind == "header"][-1]
    header.renamed({header.labels[page.random.randrange(1, len(header.labels))]: "境外机构"})


def other_unit(page: Sheet) -> None:
    for line in page.parts[0].lines:
        line.renamed({label: label.replace("万元", "元") for label in line.labels})


def lost_title(page: Sheet) -> None:
    page.random.choice(page.parts).title = "附表"


def bare_page_number(page: Sheet) -> None:
    part = page.main
    part.lines.insert(page.random.choice(part.rows), Line(["3"], kind="other"))


DAMAGES: tuple[Hazard, ...] = (
    cut_off, cut_inside, row_twice, split_number, lost_number, swapped_columns, extra_row, group_as_row, moved_row,
    lost_label, strange_column, other_unit, lost_title, bare_page_number,
)  # fmt: skip
