"""The header of a lead list: which delimiter, and which column is what."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dialer.lists.columns import GUESSED, Columns, plain_name
from dialer.lists.refusals import ListFault, ListRefusedError
from dialer.lists.rows import Row

DELIMITERS = (",", ";", "\t", "|")
MAX_EXTRA_COLUMNS = 30
MAX_PHONE_COLUMNS = 10
MAX_COLUMN_NAME = 100

#: a cell that is data and not a column's name
_LOOKS_LIKE_A_NUMBER = re.compile(r"[+(]*[0-9][0-9 ().-]{5,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The columns of a list, by position; `extra` are those kept beside what has a meaning."""

    delimiter: str
    columns: tuple[str, ...]
    #: in the order in which they are tried
    phones: tuple[int, ...]
    name: int | None = None
    external_id: int | None = None
    zone: int | None = None
    priority: int | None = None
    score: int | None = None
    extra: tuple[int, ...] = ()

    @property
    def phone_columns(self) -> tuple[str, ...]:
        """The phone columns as the file calls them, in the order in which they are tried."""
        return tuple(self.columns[at] for at in self.phones)

    @property
    def name_column(self) -> str:
        """The name column as the file calls it, or ""."""
        return "" if self.name is None else self.columns[self.name]


def read_header(rows: Mapping[str, Row], wanted: Columns = GUESSED) -> Header:
    """The header out of the first row as each delimiter reads it; raises `ListRefusedError`."""
    readings = {
        delimiter: _column_names(row.fields) for delimiter, row in rows.items() if row.fault is None
    }
    line = next(iter(rows.values())).line
    if not readings:
        fault = next(row.fault for row in rows.values() if row.fault is not None)
        raise ListRefusedError(ListFault.BAD_HEADER, line=line, detail=fault.value)
    with_phone = {
        delimiter: columns for delimiter, columns in readings.items() if _has_phone(columns, wanted)
    }
    # The delimiter that finds most columns; a file of one column has none and any will do.
    delimiter, columns = max((with_phone or readings).items(), key=lambda item: len(item[1]))
    try:
        phones = wanted.phone_positions(columns)
        others = wanted.positions(columns)
    except KeyError as error:
        missing = str(error.args[0])[:200]
        raise ListRefusedError(ListFault.NO_SUCH_COLUMN, line=line, detail=missing) from None
    if not phones:
        raise _no_phone(columns, line)
    _refuse_faults(columns, line)
    used = [*phones, *(at for at in others.values() if at is not None)]
    _refuse_uses(columns, phones, used, line)
    extra = tuple(at for at in range(len(columns)) if at not in used)
    if len(extra) > MAX_EXTRA_COLUMNS:
        raise ListRefusedError(ListFault.TOO_MANY_COLUMNS, line=line, detail=str(len(extra)))
    return Header(delimiter=delimiter, columns=columns, phones=phones, extra=extra, **others)


def _has_phone(columns: tuple[str, ...], wanted: Columns) -> bool:
    try:
        return bool(wanted.phone_positions(columns))
    except KeyError:
        return False


def _column_names(fields: tuple[str, ...]) -> tuple[str, ...]:
    names = [" ".join(field.split()) for field in fields]
    # Spreadsheets write empty columns at the end of every row.
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _no_phone(columns: tuple[str, ...], line: int) -> ListRefusedError:
    if any(_LOOKS_LIKE_A_NUMBER.fullmatch(column) for column in columns):
        return ListRefusedError(ListFault.NO_HEADER, line=line)
    shown = ", ".join(columns)[:200]
    return ListRefusedError(ListFault.NO_PHONE_COLUMN, line=line, detail=shown)


def _refuse_faults(columns: tuple[str, ...], line: int) -> None:
    plain = [plain_name(column) for column in columns]
    doubled = sorted({column for column in plain if column and plain.count(column) > 1})
    if doubled:
        raise ListRefusedError(ListFault.DOUBLE_COLUMN, line=line, detail=", ".join(doubled)[:200])
    for at, column in enumerate(columns, start=1):
        if not column or len(column) > MAX_COLUMN_NAME or not column.isprintable():
            raise ListRefusedError(ListFault.BAD_HEADER, line=line, detail=f"{at}: {column[:40]!r}")


def _refuse_uses(
    columns: tuple[str, ...], phones: Sequence[int], used: Sequence[int], line: int
) -> None:
    twice = sorted({columns[at] for at in used if used.count(at) > 1})
    if twice:
        raise ListRefusedError(ListFault.COLUMN_TWICE, line=line, detail=", ".join(twice)[:200])
    if len(phones) > MAX_PHONE_COLUMNS:
        raise ListRefusedError(ListFault.TOO_MANY_PHONES, line=line, detail=str(len(phones)))
