"""The header of a lead list: which delimiter, which column is the phone, which the name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from dialer.list_refusals import ListFault, ListRefusedError
from dialer.list_rows import Row

DELIMITERS = (",", ";", "\t", "|")
MAX_EXTRA_COLUMNS = 30
MAX_COLUMN_NAME = 100

#: in the order in which they are believed: "numero" may well be the number of a house
_PHONE_COLUMNS = ("phone", "telefono", "celular", "movil", "numero", "number")
_NAME_COLUMNS = ("name", "nombre")

#: a cell that is data and not a column's name
_LOOKS_LIKE_A_NUMBER = re.compile(r"[+(]*[0-9][0-9 ().-]{5,}")


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a list, by position; `extra` are those kept beside phone and name."""

    delimiter: str
    columns: tuple[str, ...]
    phone: int
    name: int | None
    extra: tuple[int, ...]

    @property
    def name_column(self) -> str:
        """The name column as the file calls it, or ""."""
        return "" if self.name is None else self.columns[self.name]


def read_header(rows: Mapping[str, Row]) -> Header:
    """The header out of the first row as each delimiter reads it; raises `ListRefusedError`."""
    readings = {
        delimiter: _column_names(row.fields) for delimiter, row in rows.items() if row.fault is None
    }
    line = next(iter(rows.values())).line
    if not readings:
        fault = next(row.fault for row in rows.values() if row.fault is not None)
        raise ListRefusedError(ListFault.BAD_HEADER, line=line, detail=fault.value)
    with_phone = {
        delimiter: columns
        for delimiter, columns in readings.items()
        if _position(columns, _PHONE_COLUMNS) is not None
    }
    # The delimiter that finds most columns; a file of one column has none and any will do.
    delimiter, columns = max((with_phone or readings).items(), key=lambda item: len(item[1]))
    phone = _position(columns, _PHONE_COLUMNS)
    if phone is None:
        if any(_LOOKS_LIKE_A_NUMBER.fullmatch(column) for column in columns):
            raise ListRefusedError(ListFault.NO_HEADER, line=line)
        shown = ", ".join(columns)[:200]
        raise ListRefusedError(ListFault.NO_PHONE_COLUMN, line=line, detail=shown)
    name = _position(columns, _NAME_COLUMNS)
    _refuse_faults(columns, line)
    extra = tuple(at for at in range(len(columns)) if at not in (phone, name))
    if len(extra) > MAX_EXTRA_COLUMNS:
        raise ListRefusedError(ListFault.TOO_MANY_COLUMNS, line=line, detail=str(len(extra)))
    return Header(delimiter, columns, phone, name, extra)


def _column_names(fields: tuple[str, ...]) -> tuple[str, ...]:
    names = [" ".join(field.split()) for field in fields]
    # Spreadsheets write empty columns at the end of every row.
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _refuse_faults(columns: tuple[str, ...], line: int) -> None:
    plain = [_plain(column) for column in columns]
    doubled = sorted({column for column in plain if column and plain.count(column) > 1})
    if doubled:
        raise ListRefusedError(ListFault.DOUBLE_COLUMN, line=line, detail=", ".join(doubled)[:200])
    for at, column in enumerate(columns, start=1):
        if not column or len(column) > MAX_COLUMN_NAME or not column.isprintable():
            raise ListRefusedError(ListFault.BAD_HEADER, line=line, detail=f"{at}: {column[:40]!r}")


def _position(columns: tuple[str, ...], wanted: tuple[str, ...]) -> int | None:
    plain = [_plain(column) for column in columns]
    return next((plain.index(name) for name in wanted if name in plain), None)


def _plain(text: str) -> str:
    """Without case and accents, so that Teléfono, TELEFONO and telefono are one."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(mark for mark in apart if not unicodedata.combining(mark))
