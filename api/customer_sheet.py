"""A customer file as data: bytes in, rows and refusals out, without any waiting.

The file is cut and decoded as a lead list is (`dialer.lists.rows`); what its cells mean is told by
`customers.rows`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from phonenumbers import SUPPORTED_REGIONS

from customers.refusals import CustomerRefusedError, Refusal, reason_of
from customers.rows import COLUMNS, CustomerRow, customer_row, parts_of
from dialer.lists.columns import plain_name
from dialer.lists.header import DELIMITERS, MAX_COLUMN_NAME
from dialer.lists.numbers import NumberReader
from dialer.lists.refusals import (
    ListFault,
    ListRefusedError,
    NumberRefusedError,
    RefusedRow,
    RowFault,
)
from dialer.lists.rows import Row, Rows, parse_line
from dialer.lists.sheet import MAX_ROWS
from dialer.phone_rules import PhoneRules
from storage.customer_numbers import customer_number

#: one of these has to be there, or no row could be known again
_KEYS = ("external_id", "accounts")
#: any zone does: customers' numbers are kept without one
_NO_ZONE = "-"
_ROLES: Mapping[str, str] = {
    other: name for name, others in COLUMNS.items() for other in (name, *others)
}


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """What does not become a customer's; `column` as the file calls it, "": the whole row."""

    line: int
    column: str
    fault: str
    es: str
    en: str
    #: the row is kept all the same: only this number of it is left out
    kept: bool = False

    def reason(self, language: str) -> str:
        """Why; anything but `en` is told in Spanish."""
        return self.en if language == "en" else self.es


class CustomerSheet:
    """One file; fed piece by piece, and drained after each."""

    def __init__(self, country: str | None) -> None:
        """National numbers are read as the country's (ISO 3166 alpha-2)."""
        self._country = country
        self._numbers = (
            NumberReader(PhoneRules(country, SUPPORTED_REGIONS), country) if country else None
        )
        self._rows = Rows()
        self._delimiter = ""
        self._names: tuple[str, ...] = ()
        self._at: dict[str, int] = {}
        self.rows = 0

    @property
    def encoding(self) -> str:
        """utf-8, windows-1252, or "mixed" when lines of both were found."""
        return self._rows.lines.encoding

    @property
    def ignored_columns(self) -> list[str]:
        """Those that say nothing of a customer."""
        used = set(self._at.values())
        return [name for at, name in enumerate(self._names) if at not in used]

    def feed(self, piece: bytes) -> None:
        """Take more of the file; an empty piece is its end."""
        if piece:
            self._rows.feed(piece)
        else:
            self._rows.finish()

    def drain(self) -> Iterator[CustomerRow | RefusedLine | None]:
        """Each row that is complete by now, None for an empty one, and before it what is left out.

        Raises `ListRefusedError`.
        """
        while not self._names:
            looks = {mark: self._rows.look(mark) for mark in DELIMITERS}
            rows = {mark: row for mark, row in looks.items() if row is not None}
            if not rows:
                break
            self._take_header(rows)
        while self._names and (row := self._rows.look(self._delimiter)) is not None:
            if len(row.lines) > 1 and self._hides_rows(row):
                row = Row(row.line, row.lines[:1], fault=RowFault.BROKEN_QUOTES)
            self._rows.take(row)
            left_out: list[RefusedLine] = []
            found = self._read(row, left_out)
            if isinstance(found, CustomerRow):
                yield from left_out
            yield found
        if self._rows.ended and not self.rows:
            raise ListRefusedError(ListFault.EMPTY)

    def refused(self, refusal: Refusal) -> RefusedLine:
        """A row that was good by itself."""
        return self._told(refusal.line, refusal)

    def _take_header(self, rows: Mapping[str, Row]) -> None:
        first = next(iter(rows.values()))
        readings = {mark: _names_of(row) for mark, row in rows.items() if row.fault is None}
        if not readings:
            raise ListRefusedError(ListFault.BAD_HEADER, line=first.line, detail=str(first.fault))
        mark, names = max(readings.items(), key=lambda each: (_known(each[1]), len(each[1])))
        self._rows.take(rows[mark])
        if not any(names):
            return
        for at, name in enumerate(names, start=1):
            if not name or len(name) > MAX_COLUMN_NAME or not name.isprintable():
                detail = f"{at}: {name[:40]!r}"
                raise ListRefusedError(ListFault.BAD_HEADER, line=first.line, detail=detail)
        for at, name in enumerate(names):
            role = _ROLES.get(plain_name(name))
            if role is not None and self._at.setdefault(role, at) != at:
                twice = f"{names[self._at[role]]}, {name}"
                raise ListRefusedError(ListFault.DOUBLE_COLUMN, line=first.line, detail=twice)
        if not any(key in self._at for key in _KEYS):
            wanted = " / ".join(_KEYS)
            raise ListRefusedError(ListFault.NO_SUCH_COLUMN, line=first.line, detail=wanted)
        self._delimiter, self._names = mark, names

    def _read(self, row: Row, left_out: list[RefusedLine]) -> CustomerRow | RefusedLine | None:
        if row.fault is None and not any(field.strip() for field in row.fields):
            return None
        if self.rows >= MAX_ROWS:
            raise ListRefusedError(ListFault.TOO_MANY_ROWS, line=row.line)
        self.rows += 1
        fault = row.fault or self._length_fault(row.fields)
        if fault is not None:
            return _of_list(RefusedRow(row.line, "", fault, str(len(row.fields))))
        return self._understood(row.line, row.fields, left_out)

    def _understood(
        self, line: int, fields: Sequence[str], left_out: list[RefusedLine]
    ) -> CustomerRow | RefusedLine:
        cells = {name: fields[at] for name, at in self._at.items()}
        try:
            return customer_row(line, cells, self._phones(line, cells.get("phones", ""), left_out))
        except CustomerRefusedError as error:
            return self._told(line, error)

    def _hides_rows(self, row: Row) -> bool:
        """Whether lines inside a quoted field are rows themselves: then its quote is a stray."""
        for line in row.lines[1:]:
            fields = parse_line(line, self._delimiter)
            if fields and self._length_fault(fields) is None:
                found = self._understood(line.number, fields, [])
                if isinstance(found, CustomerRow):
                    return True
        return False

    def _length_fault(self, fields: Sequence[str]) -> RowFault | None:
        if len(fields) < len(self._names):
            return RowFault.TOO_FEW_FIELDS
        # spreadsheets write empty columns at the end
        return RowFault.TOO_MANY_FIELDS if any(fields[len(self._names) :]) else None

    def _phones(self, line: int, cell: str, left_out: list[RefusedLine]) -> list[str]:
        """Those that are numbers: a customer is not turned away for one that is not."""
        found = []
        for written in parts_of(cell):
            try:
                found.append(self._number(written))
            except NumberRefusedError as error:
                row = RefusedRow(line, self._column("phones"), error.fault, error.detail, kept=True)
                left_out.append(_of_list(row))
        return found

    def _number(self, written: str) -> str:
        """The fast way for what is plain, the long way for all that is not."""
        if self._numbers is not None:
            try:
                return self._numbers.read(written, _NO_ZONE, "").number
            except NumberRefusedError:
                pass  # one that is not dialed may still be a customer's
        return customer_number(written, self._country)

    def _column(self, field: str) -> str:
        at = self._at.get(field)
        return field if at is None else self._names[at]

    def _told(self, line: int, why: CustomerRefusedError | Refusal) -> RefusedLine:
        es, en = (reason_of(why.fault, why.detail, language) for language in ("es", "en"))
        return RefusedLine(line, self._column(why.field), why.fault, es, en)


def _of_list(row: RefusedRow) -> RefusedLine:
    return RefusedLine(
        row.line, row.column, row.fault, row.reason("es"), row.reason("en"), row.kept
    )


def _names_of(row: Row) -> tuple[str, ...]:
    names = [" ".join(field.split()) for field in row.fields]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _known(names: Sequence[str]) -> int:
    return sum(plain_name(name) in _ROLES for name in names)
