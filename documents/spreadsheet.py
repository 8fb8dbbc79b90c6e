"""CSV that people open in a spreadsheet: a cell is text there, never a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

MEDIA_TYPE = "text/csv; charset=utf-8"
#: before the first row it tells spreadsheets that accents are UTF-8
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
#: what makes a spreadsheet calculate a cell, or leave it; wide signs count like narrow ones there
_SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"
_DANGEROUS = (*_SIGNS, "\t", "\r", "\n")
#: by separator, where a cell begins for who expects the other one, before such a sign
_WITHIN = {
    own: re.compile(rf"[{other}\r\n][ \t]*(?=[{re.escape(_SIGNS)}])")
    for own, other in ((",", ";"), (";", ","))
}


def csv_rows(rows: Iterable[Sequence[str | float]], separator: str = ",") -> bytes:
    """The rows, each with its end of line; what could be a formula begins with an apostrophe.

    Only a text can be one: a number is written as it is. Also within a cell: a spreadsheet that
    expects the other separator begins a cell there, as one in Spanish does at each semicolon.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    within = _WITHIN[separator]
    writer.writerows([_plain(cell, within) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8", "replace")


def _plain(cell: str | float, within: re.Pattern[str]) -> str | float:
    if not isinstance(cell, str):
        return cell
    cell = within.sub(r"\g<0>'", cell)
    return f"'{cell}" if cell.lstrip(" ").startswith(_DANGEROUS) else cell
