"""Rows as a file, piece by piece: CSV, JSON Lines, Parquet. Only the piece at hand is held."""

from __future__ import annotations

import importlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from api.export_dictionary import Column, Type
from documents.spreadsheet import BYTE_ORDER_MARK, MEDIA_TYPE, csv_rows
from storage.exports import Record


class Form(StrEnum):
    """A file's form; the value is its extension."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


MEDIA_TYPES = {
    Form.CSV: MEDIA_TYPE,
    Form.JSONL: "application/jsonl; charset=utf-8",
    Form.PARQUET: "application/vnd.apache.parquet",
}


class ParquetMissingError(Exception):
    """The library that writes Parquet is not installed: it is an extra of linea800."""


class ExportFile(Protocol):
    """Makes the bytes of one file, in order: `head`, any number of `rows`, `tail`."""

    def head(self) -> bytes:
        """What stands before the first row."""

    def rows(self, records: Sequence[Record]) -> bytes:
        """More rows."""

    def tail(self) -> bytes:
        """What stands after the last row."""


class CsvFile:
    """One line per row below the names of the columns; no cell is a formula."""

    def __init__(
        self, columns: Sequence[Column], zone: ZoneInfo, *, separator: str, marked: bool
    ) -> None:
        self._columns = columns
        self._zone = zone
        self._separator = separator
        self._marked = marked

    def head(self) -> bytes:
        """The names of the columns, after a byte order mark if it is `marked`."""
        names = csv_rows([[column.name for column in self._columns]], self._separator)
        return (BYTE_ORDER_MARK if self._marked else b"") + names

    def rows(self, records: Sequence[Record]) -> bytes:
        """See `ExportFile`."""
        return csv_rows(
            ([self._cell(record[column.name]) for column in self._columns] for record in records),
            self._separator,
        )

    def tail(self) -> bytes:
        """Nothing."""
        return b""

    def _cell(self, value: Any) -> str | float:
        match value:
            case None:
                return ""
            case bool():
                return "true" if value else "false"
            case int() | float() | str():
                return value
            case datetime():
                return told(value, self._zone)
            case _:
                return _json(value)


class JsonLines:
    """One JSON object per row and line."""

    def __init__(self, columns: Sequence[Column], zone: ZoneInfo) -> None:
        self._columns = columns
        self._zone = zone

    def head(self) -> bytes:
        """Nothing."""
        return b""

    def rows(self, records: Sequence[Record]) -> bytes:
        """See `ExportFile`."""
        lines = (
            _json({column.name: self._value(record[column.name]) for column in self._columns})
            for record in records
        )
        return "".join(line + "\n" for line in lines).encode("utf-8", "replace")

    def tail(self) -> bytes:
        """Nothing."""
        return b""

    def _value(self, value: Any) -> Any:
        return told(value, self._zone) if isinstance(value, datetime) else value


class _Sink:
    """Where the writer writes, and what was written since it was last asked."""

    closed = False

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing waits."""

    def taken(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


class ParquetFile:
    """Parquet: a row group per piece; times are instants shown in the zone, JSON is text."""

    def __init__(self, columns: Sequence[Column], zone: ZoneInfo) -> None:
        """Raises `ParquetMissingError`."""
        try:
            arrow = importlib.import_module("pyarrow")
            parquet = importlib.import_module("pyarrow.parquet")
        except ImportError as error:
            raise ParquetMissingError from error
        self._columns = columns
        self._arrow = arrow
        types = {
            Type.WHOLE: arrow.int64(),
            Type.NUMBER: arrow.float64(),
            Type.TRUTH: arrow.bool_(),
            Type.MOMENT: arrow.timestamp("us", tz=zone.key),
        }
        self._schema = arrow.schema(
            [(column.name, types.get(column.type, arrow.string())) for column in columns]
        )
        self._sink = _Sink()
        self._writer = parquet.ParquetWriter(arrow.PythonFile(self._sink, "w"), self._schema)

    def head(self) -> bytes:
        """The signature."""
        return self._sink.taken()

    def rows(self, records: Sequence[Record]) -> bytes:
        """See `ExportFile`."""
        if not records:
            return b""
        values = {
            column.name: [_parquet_value(record[column.name]) for record in records]
            for column in self._columns
        }
        self._writer.write_table(self._arrow.table(values, schema=self._schema))
        return self._sink.taken()

    def tail(self) -> bytes:
        """Where everything is."""
        self._writer.close()
        return self._sink.taken()


def file_of(
    form: Form,
    columns: Sequence[Column],
    zone: ZoneInfo,
    *,
    separator: str = ",",
    marked: bool = False,
) -> ExportFile:
    """The file of this form; raises `ParquetMissingError`."""
    match form:
        case Form.CSV:
            return CsvFile(columns, zone, separator=separator, marked=marked)
        case Form.JSONL:
            return JsonLines(columns, zone)
        case Form.PARQUET:
            return ParquetFile(columns, zone)


def told(at: datetime, zone: ZoneInfo) -> str:
    """The moment as RFC 3339, on this zone's clock."""
    if zone.key == "UTC":
        return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return at.astimezone(zone).isoformat()


def _parquet_value(value: Any) -> Any:
    return _json(value) if isinstance(value, dict | list) else value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
