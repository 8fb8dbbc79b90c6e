"""A lead list as data: bytes in, leads and refusals out, without any waiting.

Nothing of the file is kept but the numbers already seen and the first refusals. Cells are data: a
formula of a spreadsheet stays the text it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from dialer.lists.columns import GUESSED, Columns
from dialer.lists.header import DELIMITERS, Header, read_header
from dialer.lists.lead_rows import GoodRow, LeadRows
from dialer.lists.numbers import NumberReader
from dialer.lists.refusals import ListFault, ListRefusedError, RefusedRow, RowFault
from dialer.lists.rows import Row, Rows, parse_line

_MB = 1024 * 1024
#: a list that is answered at once
MAX_FILE_BYTES = 100 * _MB
#: one that is imported in the background
MAX_IMPORT_BYTES = 1000 * _MB
MAX_ROWS = 1_000_000
#: empty lines are no rows, but reading them takes time too
MAX_LINES = 2 * MAX_ROWS
MAX_REFUSED_TOLD = 1000

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
    #: numbers of good rows that are left out, for the rows have others
    left_out_count: int
    #: the first of the refused rows and of the numbers left out, in the order of the file
    refused: tuple[RefusedRow, ...]
    #: utf-8, windows-1252, or "mixed" when lines of both were found
    encoding: str
    #: the first line that is not valid UTF-8, so that its accents can be looked at; 0: none
    first_line_not_utf8: int
    delimiter: str
    #: in the order in which they are tried
    phone_columns: tuple[str, ...]
    name_column: str
    extra_columns: tuple[str, ...]
    bytes_read: int


class Sheet:
    """The list itself, without any waiting: bytes in, good and refused rows out."""

    def __init__(
        self, numbers: NumberReader, columns: Columns = GUESSED, most_bytes: int | None = None
    ) -> None:
        self._numbers = numbers
        self._columns = columns
        self._most_bytes = MAX_FILE_BYTES if most_bytes is None else most_bytes
        self._rows = Rows()
        self._header: Header | None = None
        self._leads: LeadRows | None = None
        self._begin = b""
        self._bytes_read = 0
        self._good = 0
        self._refused_count = 0
        self._left_out_count = 0
        self._told: list[RefusedRow] = []

    def feed(self, piece: bytes) -> None:
        """Take more of the file; an empty piece is its end."""
        self._bytes_read += len(piece)
        if self._bytes_read > self._most_bytes:
            raise ListRefusedError(ListFault.TOO_BIG, detail=str(self._most_bytes // _MB))
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

    def drain(self) -> Iterator[GoodRow | RefusedRow | None]:
        """Each row that is complete by now; None for one that holds nothing."""
        while self._header is None:
            looks = {delimiter: self._rows.look(delimiter) for delimiter in DELIMITERS}
            rows = {delimiter: row for delimiter, row in looks.items() if row is not None}
            if not rows:
                break
            self._header = self._take_header(rows)
            yield None
        if self._header is not None:
            leads = self._leads = self._leads or LeadRows(self._header, self._numbers)
            while (row := self._rows.look(self._header.delimiter)) is not None:
                yield self._read(leads, self._header, row)
        if self._rows.ended and not self.rows:
            raise ListRefusedError(ListFault.EMPTY)

    @property
    def header(self) -> Header | None:
        """The header, once it was read."""
        return self._header

    @property
    def rows(self) -> int:
        """Rows with something in them so far."""
        return self._good + self._refused_count

    @property
    def bytes_read(self) -> int:
        """How much of the file was taken."""
        return self._bytes_read

    def report(self) -> ListReport:
        """What was found so far."""
        lines, header = self._rows.lines, self._header
        return ListReport(
            rows=self.rows,
            good=self._good,
            refused_count=self._refused_count,
            left_out_count=self._left_out_count,
            refused=tuple(self._told),
            encoding=lines.encoding,
            first_line_not_utf8=lines.first_other_line,
            delimiter=header.delimiter if header else "",
            phone_columns=header.phone_columns if header else (),
            name_column=header.name_column if header else "",
            extra_columns=tuple(header.columns[at] for at in header.extra) if header else (),
            bytes_read=self._bytes_read,
        )

    def _take_header(self, rows: dict[str, Row]) -> Header | None:
        blank = next((row for row in rows.values() if _is_blank(row)), None)
        if blank is not None:
            self._rows.take(blank)
            return None
        header = read_header(rows, self._columns)
        self._rows.take(rows[header.delimiter])
        return header

    def _read(self, leads: LeadRows, header: Header, row: Row) -> GoodRow | RefusedRow | None:
        if len(row.lines) > 1 and _hides_leads(leads, header, row):
            row = Row(row.line, row.lines[:1], fault=RowFault.BROKEN_QUOTES)
        self._rows.take(row)
        if _is_blank(row):
            return None
        if self.rows >= MAX_ROWS:
            raise ListRefusedError(ListFault.TOO_MANY_ROWS, line=row.line)
        found = leads.read(row)
        if isinstance(found, RefusedRow):
            self._refused_count += 1
            self._tell(found)
        else:
            self._good += 1
            self._left_out_count += len(found.left_out)
            for number in found.left_out:
                self._tell(number)
        return found

    def _tell(self, refusal: RefusedRow) -> None:
        if len(self._told) < MAX_REFUSED_TOLD:
            self._told.append(replace(refusal, row=""))


def _hides_leads(leads: LeadRows, header: Header, row: Row) -> bool:
    """Whether lines inside a quoted field are leads themselves: then its quote is a stray."""
    return any(leads.hides(parse_line(line, header.delimiter)) for line in row.lines[1:])


def _is_blank(row: Row) -> bool:
    return row.fault is None and not any(field.strip() for field in row.fields)
