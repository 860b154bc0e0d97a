"""A paper as text: a page of the web, plain or messy, a file of separated values, Markdown."""

import csv
import re
from collections.abc import Callable
from html import escape
from io import StringIO

from printing.paper import Area, Grid, Paper

_STYLE = (
    "<style>body{font-family:'WenQuanYi Zen Hei',sans-serif;font-size:9pt}"
    "table{border-collapse:collapse;width:100%}td{border:1px solid #000;padding:2px}</style>"
)


def print_html(paper: Paper, messy: bool = False) -> bytes:
    """A page of the web; a messy one has layout tables, spans inside words, and rows where a head should be."""
    body = "".join(
        (_table(item, _messy if messy else _plain, paper) if isinstance(item, Grid) else _paragraph(item, messy))
        for item in paper.items
    )
    if messy:
        menu = "<ul><li><a href='#'>首页</a></li><li>政务公开</li></ul><script>var a='<td>7</td>';</script>"
        body = f"{menu}<table width=100%><tr><td>当前位置：首页&gt;年报</td></tr><tr><td>{body}</td></tr></table>"
        return f"<html><body>{body}<p>主办：某单位&nbsp;备案号：12345678</p></body></html>".encode()
    head = f'<head><meta charset="utf-8"><title>{escape(paper.form.title)}</title>{_STYLE}</head>'
    return f"<!DOCTYPE html>\n<html>{head}\n<body>\n{body}</body></html>\n".encode()


def _paragraph(text: str, messy: bool) -> str:
    if not messy:
        return f"<p>{escape(text)}</p>\n"
    return f"<div><span style='color:red'>{_messy(text)}</span><o:p></o:p></div>"


def _table(grid: Grid, write: Callable[[str], str], paper: Paper) -> str:
    rows: list[list[Area]] = [[] for _ in grid.matrix]
    for area in grid.areas():
        rows[area.row].append(area)
    lines = ["".join(_cell(area, write) for area in row) for row in rows]
    return "<table>\n" + "\n".join(f"<tr>{line}</tr>" for line in lines) + "\n</table>\n"


def _cell(area: Area, write: Callable[[str], str]) -> str:
    spans = f' rowspan="{area.rows}"' if area.rows > 1 else ""
    spans += f' colspan="{area.columns}"' if area.columns > 1 else ""
    return f"<td{spans}>{write(area.spot.text)}</td>"


def _plain(text: str) -> str:
    return escape(text).replace("\n", "<br>").replace("\xa0", "&nbsp;")


def _messy(text: str) -> str:
    """Text as word processors export it: paragraphs, spans inside words, breaks of the source, blanks that do not."""
    middle = len(text) // 2
    inner = f"<font>{_plain(text[:middle])}</font><span lang=EN-US>{_plain(text[middle:])}</span>"
    return f"\n   <p class=MsoNormal align=center>{inner}</p>\n" if text else "\n<p>&nbsp;</p>"


def _spread(grid: Grid) -> list[list[str]]:
    """The rows with a cell for each place; a merged one has its text in the first, as spreadsheets save it."""
    rows = [["" for _ in row] for row in grid.matrix]
    for area in grid.areas():
        rows[area.row][area.column] = area.spot.text
    return rows


def print_csv(paper: Paper, encoding: str = "utf-8-sig") -> bytes:
    """Separated values, as a spreadsheet saves them."""
    out = StringIO()
    writer = csv.writer(out)
    for item in paper.items:
        writer.writerows(_spread(item) if isinstance(item, Grid) else [[item]])
    return out.getvalue().encode(encoding)


def print_md(paper: Paper) -> bytes:
    """Markdown, whose tables know no merged cells."""
    lines: list[str] = []
    for item in paper.items:
        if not isinstance(item, Grid):
            lines += [item, ""]
            continue
        width = item.width
        rows = [[*map(_inline, row), *[""] * (width - len(row))] for row in _spread(item)]
        printed = [f"| {' | '.join(row)} |" for row in rows]
        lines += [*printed[:1], "|" + " --- |" * width, *printed[1:], ""]
    return "\n".join(lines).encode()


def _inline(text: str) -> str:
    return re.sub(r"\n", "<br>", text).replace("|", "\\|")
