"""How the check of a frame grows with reports, rules and cells, as a picture for the documentation.

`python -m tests.benchmarks curves` measures, prints, and writes docs/pictures/growth.svg; each curve is in
multiples of its own first point, and the dotted line is growth in proportion.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import polars as pl

from gouji.book import Book
from gouji.language.rulebook import load_text
from gouji.sources import Source

PICTURE = Path(__file__).resolve().parents[2] / "docs" / "pictures" / "growth.svg"
STEPS = (1, 2, 3, 4)
REPORTS, RULES, ROWS = 300_000, 10, 10
Curve = tuple[str, list[float]]


def book(rules: int, rows: int) -> Book:
    """A form of so many rows of four cells, and so many rules on the first of them."""
    lines = ['form "growth"', "  edition 1", "  years 2020..", "", 'table t "t"', "  count 件", "  columns"]
    lines += ["    a", "    b", "    c", "    d", "  rows", *(f"    r{row}" for row in range(rows))]
    for number in range(rules):
        lines += [
            "",
            f'  rule s{number} "s"',
            f"    every row of r0 to r{ROWS - 1}",
            f"    a + b + {number} = c + d + {number}",
        ]
    edition, problems = load_text(Source("growth", "\n".join(lines) + "\n"), "growth")
    assert edition is not None and not problems
    return Book((edition,))


def seconds(rules: int, rows: int, reports: int) -> float:
    """The best of three checks of a frame in which everything holds."""
    made = book(rules, rows)
    number = pl.int_range(reports)
    values = (number % 7, number % 3, number % 3, number % 7)  # a + b = c + d
    cells = {key: values[index % 4] for index, key in enumerate(made.columns())}
    heads = [number.cast(pl.String).alias("report"), pl.repeat(2024, reports).alias("year")]
    frame = pl.select(*heads, *(value.alias(key) for key, value in cells.items()))
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        found = made.check_frame(frame)
        best = min(best, time.perf_counter() - start)
        assert found.is_empty()
    return best


def curves() -> list[Curve]:
    """The three curves, each in multiples of its first point."""
    measured: Sequence[tuple[str, Callable[[int], float]]] = (
        ("reports", lambda step: seconds(RULES, ROWS, step * REPORTS)),
        ("rules", lambda step: seconds(step * RULES, ROWS, REPORTS)),
        ("cells", lambda step: seconds(RULES, step * ROWS, REPORTS)),
    )
    found = []
    for name, measure in measured:
        times = [measure(step) for step in STEPS]
        found.append((name, [one / times[0] for one in times]))
    return found


def drawn(found: Sequence[Curve]) -> str:
    """The curves as a picture: steps to the right, multiples of the first point upwards."""
    wide, high, edge, most = 480, 320, 48, max(STEPS)
    top = max(most, *(value for _, values in found for value in values))

    def place(step: float, value: float) -> str:
        x = edge + (wide - 2 * edge) * (step - 1) / (most - 1)
        return f"{x:.0f},{high - edge - (high - 2 * edge) * (value - 1) / (top - 1):.0f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" font-family="sans-serif" font-size="13">'
    ]
    parts.append(f'<rect width="{wide}" height="{high}" fill="#fff"/>')
    parts.append(
        f'<polyline points="{place(1, 1)} {place(most, most)}" fill="none" stroke="#888" stroke-dasharray="3 4"/>'
    )
    for (name, values), (colour, dash) in zip(
        found, (("#b3121d", ""), ("#1f5f8b", "9 4"), ("#1b6b3a", "2 3")), strict=True
    ):
        points = " ".join(place(step, value) for step, value in zip(STEPS, values, strict=True))
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5" stroke-dasharray="{dash}"/>'
        )
        x, y = place(most, values[-1]).split(",")
        parts.append(f'<text x="{int(x) - 4}" y="{int(y) - 8}" text-anchor="end" fill="{colour}">{name}</text>')
    for step in STEPS:
        x, _ = place(step, 1).split(",")
        parts.append(f'<text x="{x}" y="{high - edge + 20}" text-anchor="middle">×{step}</text>')
        _, y = place(1, step).split(",")
        parts.append(f'<text x="{edge - 10}" y="{y}" text-anchor="end">×{step}</text>')
    return "\n".join([*parts, "</svg>", ""])


def lines() -> Iterator[str]:
    """Measures, tells and draws."""
    found = curves()
    for name, values in found:
        yield f"{name:<10} {' '.join(f'{value:6.2f}' for value in values)}"
    PICTURE.write_text(drawn(found), "utf-8")
