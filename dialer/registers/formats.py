"""The forms in which registers are published: each an adapter from bytes to cells with a number."""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from dialer.lists.header import DELIMITERS
from dialer.lists.refusals import RowFault
from dialer.lists.rows import Line, Lines, Row, Rows
from dialer.registers.refusals import RegisterFault, RegisterRefusedError

_COMMENT = "#"
_DATE = re.compile(r"\b(\d{4}-\d{2}-\d{2})\b", re.ASCII)
_DIGIT = re.compile(r"[0-9]")
_SHOWN = 200


class RegisterFormat(StrEnum):
    """How a file is written."""

    LINES = "lines"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands where a number should be: its line in the file, its column, and the text."""

    line: int
    column: str
    written: str
    fault: RowFault | None = None


class Adapter(Protocol):
    """Reads one form of file; drained after each piece it is fed, an empty piece is the end."""

    @property
    def dated(self) -> date | None:
        """The day that the file itself says it is of."""

    def feed(self, piece: bytes) -> None:
        """Take more of the file."""

    def drain(self) -> Iterator[Cell]:
        """The cells that are complete by now; raises `RegisterRefusedError`."""


class OnePerLine:
    """A number in each line, and nothing else; a first line without a digit is a heading."""

    def __init__(self) -> None:
        self.dated: date | None = None
        self._lines = Lines()
        self._read: deque[Line] = deque()

    def feed(self, piece: bytes) -> None:
        """See `Adapter`."""
        self._read.extend(self._lines.feed(piece) if piece else self._lines.finish())

    def drain(self) -> Iterator[Cell]:
        """See `Adapter`."""
        while self._read:
            line = self._read.popleft()
            text = line.text.strip().strip('"').strip()
            if line.too_long:
                yield Cell(line.number, "", "", RowFault.ROW_TOO_LONG)
            elif text.startswith(_COMMENT):
                self.dated = self.dated or _day(text)
            elif text and (line.number > 1 or _DIGIT.search(text)):
                yield Cell(line.number, "", text)


class CsvColumn:
    """A header and rows; the numbers are in the column named, or in the one that looks like it."""

    def __init__(self, column: str = "") -> None:
        self.dated: date | None = None
        self._column = column
        self._rows = Rows()
        self._delimiter = ""
        self._names: tuple[str, ...] = ()
        self._at = 0

    def feed(self, piece: bytes) -> None:
        """See `Adapter`."""
        if piece:
            self._rows.feed(piece)
        else:
            self._rows.finish()

    def drain(self) -> Iterator[Cell]:
        """See `Adapter`."""
        while not self._names:
            looks = {mark: self._rows.look(mark) for mark in DELIMITERS}
            rows = {mark: row for mark, row in looks.items() if row is not None}
            if not rows:
                return
            self._take_header(rows)
        while (row := self._rows.look(self._delimiter)) is not None:
            self._rows.take(row)
            if row.fault is not None:
                yield Cell(row.line, "", "", row.fault)
            elif len(row.fields) > self._at:
                yield Cell(row.line, self._names[self._at], row.fields[self._at].strip())
            elif any(field.strip() for field in row.fields):
                yield Cell(row.line, "", "", RowFault.TOO_FEW_FIELDS)

    def _take_header(self, rows: Mapping[str, Row]) -> None:
        readings = {mark: _names(row) for mark, row in rows.items()}
        mark, names = max(readings.items(), key=lambda item: len(item[1]))
        self._rows.take(rows[mark])
        text = " ".join(names)
        if not text or text.startswith(_COMMENT):
            self.dated = self.dated or _day(text)
            return
        plain = [_plain(name) for name in names]
        wanted = (_plain(self._column),) if self._column else _NUMBER_COLUMNS
        found = next((plain.index(name) for name in wanted if name in plain), None)
        line, shown = rows[mark].line, ", ".join(names)[:_SHOWN]
        # a column that was named says that the others do not matter
        if _BLOCK_COLUMNS.intersection(wanted if self._column else plain):
            raise RegisterRefusedError(RegisterFault.BLOCKS, line=line, detail=shown)
        if found is None:
            raise RegisterRefusedError(RegisterFault.NO_COLUMN, line=line, detail=shown)
        self._delimiter, self._names, self._at = mark, names, found


#: in the order in which they are believed
_NUMBER_COLUMNS = (
    "phone", "telefono", "phone_number", "numero_telefonico", "numero de telefono", "celular",
    "movil", "linea", "telefone", "abonado", "numero", "number", "msisdn",
)  # fmt: skip
_BLOCK_COLUMNS = frozenset(
    {
        "desde", "hasta", "inicio", "fin", "from", "to", "start", "end", "rango", "range",
        "bloque", "block", "prefijo", "prefix",
    }
)  # fmt: skip


def adapter(form: RegisterFormat, column: str = "") -> Adapter:
    """What reads files of this form; `column` names the one with the numbers, "" finds it."""
    return CsvColumn(column) if form is RegisterFormat.CSV else OnePerLine()


def _names(row: Row) -> tuple[str, ...]:
    return () if row.fault is not None else tuple(" ".join(each.split()) for each in row.fields)


def _plain(name: str) -> str:
    """Without case and accents."""
    apart = unicodedata.normalize("NFKD", " ".join(name.split()).casefold())
    return "".join(mark for mark in apart if not unicodedata.combining(mark))


def _day(comment: str) -> date | None:
    for found in _DATE.findall(comment):
        try:
            return date.fromisoformat(found)
        except ValueError:
            continue
    return None
