"""Rows of texts -> values between commas that a spreadsheet may open."""

import csv
import io
from collections.abc import Iterable, Sequence


def delimited(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A header and rows, values with commas, quotes or line ends in quotes; no line end behind the last row."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([safe(item) for item in row] for row in rows)
    return text.getvalue().removesuffix("\n")


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula; signed numbers stay."""
    signed = text[:1] in ("+", "-") and text[1:] and not text[1:].replace(".", "", 1).isdecimal()
    return f"'{text}" if text[:1] in ("=", "@", "\t", "\r") or signed else text
