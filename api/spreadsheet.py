"""CSV that people open in a spreadsheet: a cell is text there, never a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

MEDIA_TYPE = "text/csv; charset=utf-8"
#: what makes a spreadsheet calculate a cell, or leave it
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_rows(rows: Iterable[Sequence[str]]) -> bytes:
    """The rows, each with its end of line; what could be a formula begins with an apostrophe."""
    text = io.StringIO()
    csv.writer(text).writerows([_plain(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8", "replace")


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.lstrip(" ").startswith(_DANGEROUS) else cell
