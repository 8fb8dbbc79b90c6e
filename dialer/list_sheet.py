"""A lead list as data: bytes in, leads and refusals out, without any waiting.

Nothing of the file is kept but the numbers already seen and the first refusals. Cells are data: a
formula of a spreadsheet stays the text it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dialer.lead import NewLead
from dialer.list_header import DELIMITERS, Header, read_header
from dialer.list_refusals import (
    ListFault,
    ListRefusedError,
    NumberRefusedError,
    RefusedRow,
    RowFault,
)
from dialer.list_rows import Row, Rows, parse_line
from dialer.phone_rules import PhoneRules

MAX_FILE_BYTES = 100 * 1024 * 1024
MAX_ROWS = 1_000_000
#: empty lines are no rows, but reading them takes time too
MAX_LINES = 2 * MAX_ROWS
MAX_FIELD_LENGTH = 1000
MAX_REFUSED_TOLD = 1000

#: C0, C1, line separators, and marks that turn the direction of text and so disguise it
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
#: the same without tab and line break, which a note or an address may hold
_CONTROL_IN_EXTRA = re.compile(_CONTROL.pattern.replace(r"\x00-\x1f", r"\x00-\x08\x0b-\x1f"))

#: how files of other programs begin
_FOREIGN = {
    b"PK\x03\x04": "xlsx, ods, zip",
    b"\xd0\xcf\x11\xe0": "xls",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
    b"%PDF": "PDF",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListReport:
    """What was found in a list so far; final once the reader is exhausted."""

    #: rows with something in them, without the header; always good + refused_count
    rows: int
    good: int
    refused_count: int
    #: the first of the refused rows, in the order of the file
    refused: tuple[RefusedRow, ...]
    #: utf-8, windows-1252, or "mixed" when lines of both were found
    encoding: str
    #: the first line that is not valid UTF-8, so that its accents can be looked at; 0: none
    first_line_not_utf8: int
    delimiter: str
    phone_column: str
    name_column: str
    extra_columns: tuple[str, ...]
    bytes_read: int


class Sheet:
    """The list itself, without any waiting: bytes in, leads and refusals out."""

    def __init__(self, rules: PhoneRules) -> None:
        self._rules = rules
        self._rows = Rows()
        self._header: Header | None = None
        self._begin = b""
        self._bytes_read = 0
        self._good = 0
        self._refused_count = 0
        self._refused: list[RefusedRow] = []
        self._line_of: dict[int, int] = {}  # by number; integers, for there may be a million

    def feed(self, piece: bytes) -> None:
        """Take more of the file; an empty piece is its end."""
        self._bytes_read += len(piece)
        if self._bytes_read > MAX_FILE_BYTES:
            raise ListRefusedError(ListFault.TOO_BIG)
        if len(self._begin) < 4:
            self._begin = (self._begin + piece)[:4]
            for beginning, kind in _FOREIGN.items():
                if self._begin.startswith(beginning):
                    raise ListRefusedError(ListFault.NOT_CSV, detail=kind)
        if piece:
            self._rows.feed(piece)
        else:
            self._rows.finish()
        if self._rows.lines.count > MAX_LINES:
            raise ListRefusedError(ListFault.TOO_MANY_ROWS, line=MAX_LINES)

    def drain(self) -> Iterator[NewLead | None]:
        """A lead, or None for a row that is none, for each row that is complete by now."""
        while self._header is None:
            looks = {delimiter: self._rows.look(delimiter) for delimiter in DELIMITERS}
            rows = {delimiter: row for delimiter, row in looks.items() if row is not None}
            if not rows:
                break
            self._header = self._take_header(rows)
            yield None
        header = self._header
        if header is not None:
            while (row := self._rows.look(header.delimiter)) is not None:
                yield self._lead(header, row)
        if self._rows.ended and not self._good + self._refused_count:
            raise ListRefusedError(ListFault.EMPTY)

    def report(self) -> ListReport:
        """What was found so far."""
        lines, header = self._rows.lines, self._header
        return ListReport(
            rows=self._good + self._refused_count,
            good=self._good,
            refused_count=self._refused_count,
            refused=tuple(self._refused),
            encoding=lines.encoding,
            first_line_not_utf8=lines.first_other_line,
            delimiter=header.delimiter if header else "",
            phone_column=header.columns[header.phone] if header else "",
            name_column=header.name_column if header else "",
            extra_columns=tuple(header.columns[at] for at in header.extra) if header else (),
            bytes_read=self._bytes_read,
        )

    def _take_header(self, rows: dict[str, Row]) -> Header | None:
        blank = next((row for row in rows.values() if _is_blank(row)), None)
        if blank is not None:
            self._rows.take(blank)
            return None
        header = read_header(rows)
        self._rows.take(rows[header.delimiter])
        return header

    def _lead(self, header: Header, row: Row) -> NewLead | None:
        if len(row.lines) > 1 and self._hides_leads(header, row):
            row = Row(row.line, row.lines[:1], fault=RowFault.BROKEN_QUOTES)
        self._rows.take(row)
        if _is_blank(row):
            return None
        if self._good + self._refused_count >= MAX_ROWS:
            raise ListRefusedError(ListFault.TOO_MANY_ROWS, line=row.line)
        refusal = _row_refusal(header, row)
        if refusal is not None:
            return self._refused_for(refusal)
        column = header.columns[header.phone]
        try:
            number = self._rules.dialable(row.fields[header.phone])
        except NumberRefusedError as error:
            return self._refused_for(RefusedRow(row.line, column, error.fault, error.detail))
        first = self._line_of.setdefault(int(number), row.line)
        if first != row.line:
            return self._refused_for(RefusedRow(row.line, column, RowFault.DUPLICATE, str(first)))
        self._good += 1
        return NewLead(
            number=number,
            name="" if header.name is None else row.fields[header.name].strip(),
            extra={header.columns[at]: row.fields[at] for at in header.extra},
        )

    def _hides_leads(self, header: Header, row: Row) -> bool:
        """Whether lines inside a quoted field are leads themselves: then its quote is a stray."""
        for line in row.lines[1:]:
            fields = parse_line(line, header.delimiter)
            if len(fields) == len(header.columns):
                try:
                    self._rules.dialable(fields[header.phone])
                except NumberRefusedError:
                    continue
                return True
        return False

    def _refused_for(self, refusal: RefusedRow) -> NewLead | None:
        self._refused_count += 1
        if len(self._refused) < MAX_REFUSED_TOLD:
            self._refused.append(refusal)
        return None


def _is_blank(row: Row) -> bool:
    return row.fault is None and not any(field.strip() for field in row.fields)


def _row_refusal(header: Header, row: Row) -> RefusedRow | None:
    """What is wrong with the row apart from its number."""
    if row.fault is not None:
        return RefusedRow(row.line, "", row.fault)
    have, want = len(row.fields), len(header.columns)
    if have < want:
        return RefusedRow(row.line, "", RowFault.TOO_FEW_FIELDS, f"{have} < {want}")
    if any(field.strip() for field in row.fields[want:]):
        return RefusedRow(row.line, "", RowFault.TOO_MANY_FIELDS, f"{have} > {want}")
    for at, (column, field) in enumerate(zip(header.columns, row.fields, strict=False)):
        if len(field) > MAX_FIELD_LENGTH:
            return RefusedRow(row.line, column, RowFault.FIELD_TOO_LONG)
        control = (_CONTROL_IN_EXTRA if at in header.extra else _CONTROL).search(field)
        if control is not None:
            shown = f"U+{ord(control[0]):04X}"
            return RefusedRow(row.line, column, RowFault.CONTROL_CHARACTER, shown)
    return None
