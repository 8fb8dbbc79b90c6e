"""One row of a list into a lead, or into the reason why it is none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dialer.lead import MAX_PRIORITY, MAX_SCORE, NewLead, Phone
from dialer.lists.header import Header
from dialer.lists.numbers import NumberReader
from dialer.lists.refusals import NumberRefusedError, RefusedRow, RowFault
from dialer.lists.rows import Row
from dialer.rules.place import UnknownZoneError, place_of

MAX_FIELD_LENGTH = 1000

#: C0, C1, line separators, and marks that turn the direction of text and so disguise it
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
#: the same without tab and line break, which a note or an address may hold
_CONTROL_IN_EXTRA = re.compile(_CONTROL.pattern.replace(r"\x00-\x1f", r"\x00-\x08\x0b-\x1f"))
_PRIORITY = re.compile(r"[+-]?[0-9]{1,4}")
#: a comma before three digits may as well stand for thousands
_SCORE = re.compile(r"[+-]?[0-9]{1,7}(\.[0-9]{1,9}|,[0-9]{1,2})?")


@dataclass(frozen=True, slots=True)
class GoodRow:
    """A row that is a lead, and what of it is not."""

    line: int
    lead: NewLead
    #: which of priority and score the row itself gives
    given: frozenset[str] = frozenset()
    #: numbers that are none, or another lead's
    left_out: tuple[RefusedRow, ...] = ()
    #: the row as it was in the file
    text: str = ""


class _BadRowError(Exception):
    def __init__(self, column: str, fault: RowFault, detail: str = "") -> None:
        self.column = column
        self.fault = fault
        self.detail = detail
        super().__init__(fault)


class LeadRows:
    """Makes leads of the rows below one header; it remembers the numbers it has seen."""

    def __init__(self, header: Header, numbers: NumberReader) -> None:
        self._header = header
        self._numbers = numbers
        self._line_of: dict[int, int] = {}  # by number; integers, for there may be a million

    def read(self, row: Row) -> GoodRow | RefusedRow:
        """The row as a lead, or refused."""
        text = "\n".join(line.text for line in row.lines)
        try:
            return self._good(row, text)
        except _BadRowError as bad:
            return RefusedRow(row.line, bad.column, bad.fault, bad.detail, row=text)

    def hides(self, fields: tuple[str, ...]) -> bool:
        """Whether these fields would be a lead themselves."""
        if len(fields) != len(self._header.columns):
            return False
        for at in self._header.phones:
            try:
                self._numbers.read(fields[at].strip(" "), "", "")
            except NumberRefusedError:
                continue
            return True
        return False

    def _good(self, row: Row, text: str) -> GoodRow:
        header, fields = self._header, row.fields
        _must_be_whole(header, row)
        zone = self._zone(fields)
        priority = self._cell(header.priority, fields)
        score = self._cell(header.score, fields)
        lead_priority = self._priority(priority)
        lead_score = self._score(score)
        left_out: list[RefusedRow] = []
        phones = self._phones(row, zone, left_out, text)
        first, *others = phones
        for phone in phones:
            self._line_of[int(phone.number)] = row.line
        lead = NewLead(
            number=first.number,
            name=self._cell(header.name, fields),
            extra={header.columns[at]: fields[at] for at in header.extra},
            zone=first.zone,
            label=first.label,
            others=tuple(others),
            priority=lead_priority,
            score=lead_score,
            external_id=self._cell(header.external_id, fields),
        )
        given = [name for name, cell in (("priority", priority), ("score", score)) if cell]
        return GoodRow(row.line, lead, frozenset(given), tuple(left_out), text)

    def _phones(self, row: Row, zone: str, left_out: list[RefusedRow], text: str) -> list[Phone]:
        """Its good numbers; the first of them has to be nobody else's, or the row is refused."""
        good: list[Phone] = []
        for bad in self._numbers_of(row, zone, good):
            if bad.fault is RowFault.DUPLICATE and not good:
                raise bad
            left_out.append(
                RefusedRow(row.line, bad.column, bad.fault, bad.detail, kept=True, row=text)
            )
        if not good:
            if not left_out:
                raise _BadRowError(self._header.phone_columns[0], RowFault.PHONE_MISSING)
            first = left_out[0]
            raise _BadRowError(first.column, first.fault, first.detail)
        return good

    def _numbers_of(self, row: Row, zone: str, good: list[Phone]) -> Iterator[_BadRowError]:
        """Adds to `good`; gives what is wrong with the others."""
        for at, column in zip(self._header.phones, self._header.phone_columns, strict=True):
            written = row.fields[at].strip(" ")
            if not written:
                continue
            try:
                phone = self._numbers.read(written, zone, column)
            except NumberRefusedError as error:
                yield _BadRowError(column, error.fault, error.detail)
                continue
            seen = self._line_of.get(int(phone.number))
            if seen is not None:
                yield _BadRowError(column, RowFault.DUPLICATE, str(seen))
            elif all(phone.number != other.number for other in good):
                good.append(phone)

    def _cell(self, at: int | None, fields: tuple[str, ...]) -> str:
        return "" if at is None else fields[at].strip()

    def _zone(self, fields: tuple[str, ...]) -> str:
        name = self._cell(self._header.zone, fields)
        if not name:
            return ""
        try:
            return place_of("", name).key
        except UnknownZoneError:
            raise self._bad(self._header.zone, RowFault.ZONE_UNKNOWN, name) from None

    def _priority(self, cell: str) -> int:
        if not cell:
            return 0
        if not _PRIORITY.fullmatch(cell) or abs(int(cell)) > MAX_PRIORITY:
            raise self._bad(self._header.priority, RowFault.PRIORITY_INVALID, cell)
        return int(cell)

    def _score(self, cell: str) -> float:
        if not cell:
            return 0.0
        if not _SCORE.fullmatch(cell) or abs(float(cell.replace(",", "."))) > MAX_SCORE:
            raise self._bad(self._header.score, RowFault.SCORE_INVALID, cell)
        return float(cell.replace(",", "."))

    def _bad(self, at: int | None, fault: RowFault, cell: str) -> _BadRowError:
        column = "" if at is None else self._header.columns[at]
        return _BadRowError(column, fault, cell[:40])


def _must_be_whole(header: Header, row: Row) -> None:
    """Raise for what is wrong with the row apart from what its cells mean."""
    if row.fault is not None:
        raise _BadRowError("", row.fault)
    have, want = len(row.fields), len(header.columns)
    if have < want:
        raise _BadRowError("", RowFault.TOO_FEW_FIELDS, f"{have} < {want}")
    if have > want and any(field.strip() for field in row.fields[want:]):
        raise _BadRowError("", RowFault.TOO_MANY_FIELDS, f"{have} > {want}")
    for at, (column, field) in enumerate(zip(header.columns, row.fields, strict=False)):
        if len(field) > MAX_FIELD_LENGTH:
            raise _BadRowError(column, RowFault.FIELD_TOO_LONG)
        if field.isprintable():
            continue  # nothing that is looked for below is
        control = (_CONTROL_IN_EXTRA if at in header.extra else _CONTROL).search(field)
        if control is not None:
            raise _BadRowError(column, RowFault.CONTROL_CHARACTER, f"U+{ord(control[0]):04X}")
