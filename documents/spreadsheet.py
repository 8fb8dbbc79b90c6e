"""CSV that people open in a spreadsheet: a cell is text there, never a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

#: before the first row it tells spreadsheets that accents are UTF-8
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
#: what makes a spreadsheet calculate a cell, or leave it; wide signs count like narrow ones there
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def csv_rows(rows: Iterable[Sequence[str | float]], separator: str = ",") -> bytes:
    """The rows, each with its end of line; what could be a formula begins with an apostrophe.

    Only a text can be one: a number is written as it is.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8", "replace")


def _plain(cell: str | float) -> str | float:
    dangerous = isinstance(cell, str) and cell.lstrip(" ").startswith(_DANGEROUS)
    return f"'{cell}" if dangerous else cell
