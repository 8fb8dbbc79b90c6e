"""Each form of file, read back by another reader; and the data dictionary."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import runpy
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow.parquet
import pytest

from api.export_dictionary import Column, Type, dictionary
from api.export_files import Form, ParquetMissingError, file_of
from api.export_masking import masked_number, masking
from calls.events import KINDS
from monitoring.visits import Visit
from monitoring.wait_histogram import BANDS, EDGES_SECONDS
from storage.export_sources import SOURCES, What
from storage.exports import Record

UTC_ZONE, BOGOTA = ZoneInfo("UTC"), ZoneInfo("America/Bogota")
AT = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)


def _column(name: str, kind: Type) -> Column:
    return Column(name=name, type=kind, unit="", es=name, en=name)


COLUMNS = (
    _column("text", Type.TEXT), _column("whole", Type.WHOLE), _column("number", Type.NUMBER),
    _column("truth", Type.TRUTH), _column("at", Type.MOMENT), _column("data", Type.DATA),
)  # fmt: skip
FULL: Record = {
    "text": 'Ñandú, "sí"; a\nb', "whole": -7, "number": -0.125, "truth": True, "at": AT,
    "data": {"motivo": "año", "n": [1, None]},
}  # fmt: skip
EMPTY: Record = dict.fromkeys(FULL)
FORMULAS = [
    "=1+1", "+57300", "-1", "@SUM(A1)", "\t=1", "\rx", "\nx", " =1", "=cmd|'/c calc'!A1",
    "\uff1d1", "\uff0b1", "\uff0d1", "\uff201",
]  # fmt: skip


def written(form: Form, records: list[Record], zone: ZoneInfo = UTC_ZONE, **how: Any) -> bytes:
    """A file of one piece per row."""
    file = file_of(form, COLUMNS, zone, **how)
    return b"".join([file.head(), *(file.rows([record]) for record in records), file.tail()])


def cells(text: bytes, separator: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.decode("utf-8"), newline=""), delimiter=separator))


@pytest.mark.parametrize("separator", [",", ";"])
def test_csv_comes_back(separator: str) -> None:
    head, full, empty = cells(written(Form.CSV, [FULL, EMPTY], separator=separator), separator)
    assert head == [column.name for column in COLUMNS]
    assert full == [
        FULL["text"], "-7", "-0.125", "true", "2026-03-01T12:00:00.250000Z",
        '{"motivo":"año","n":[1,null]}',
    ]  # fmt: skip
    assert empty == [""] * len(COLUMNS)


def test_a_byte_order_mark_only_if_wanted() -> None:
    assert written(Form.CSV, [], marked=True).startswith(b"\xef\xbb\xbftext,")
    assert written(Form.CSV, []).startswith(b"text,")


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_of_a_csv_is_a_formula(formula: str) -> None:
    for separator in ",;":
        rows = cells(written(Form.CSV, [{**FULL, "text": formula}], separator=separator), separator)
        assert rows[1][0] == f"'{formula}"


def test_json_lines_come_back() -> None:
    lines = written(Form.JSONL, [FULL, EMPTY]).decode().splitlines()
    assert [json.loads(line) for line in lines] == [
        {**FULL, "at": "2026-03-01T12:00:00.250000Z"},
        EMPTY,
    ]


def test_times_are_told_on_the_clock_that_is_asked_for() -> None:
    (line,) = written(Form.JSONL, [FULL], BOGOTA).decode().splitlines()
    assert json.loads(line)["at"] == "2026-03-01T07:00:00.250000-05:00"
    assert "2026-03-01T07:00:00.250000-05:00" in written(Form.CSV, [FULL], BOGOTA).decode()


def test_parquet_comes_back_with_its_types() -> None:
    table = pyarrow.parquet.read_table(
        pyarrow.BufferReader(written(Form.PARQUET, [FULL, EMPTY], BOGOTA))
    )
    full, empty = table.to_pylist()
    assert full == {**FULL, "data": '{"motivo":"año","n":[1,null]}'}
    assert empty == EMPTY
    assert [str(field.type) for field in table.schema] == [
        "string", "int64", "double", "bool", "timestamp[us, tz=America/Bogota]", "string",
    ]  # fmt: skip


def test_a_parquet_file_without_rows_has_its_columns() -> None:
    file = file_of(Form.PARQUET, COLUMNS, UTC_ZONE)
    whole = file.head() + file.rows([]) + file.tail()
    table = pyarrow.parquet.read_table(pyarrow.BufferReader(whole))
    assert (table.num_rows, table.column_names) == (0, [column.name for column in COLUMNS])


def test_parquet_leaves_as_it_is_made() -> None:
    file = file_of(Form.PARQUET, COLUMNS, UTC_ZONE)
    file.head()
    assert len(file.rows([FULL] * 1000)) > 100, "a row group is given away, not held"


def test_without_its_library_there_is_no_parquet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ParquetMissingError):
        file_of(Form.PARQUET, COLUMNS, UTC_ZONE)


# --- the data dictionary ----------------------------------------------------------------------


def test_every_export_is_described() -> None:
    assert set(dictionary()) == set(What)


@pytest.mark.parametrize("what", sorted(SOURCES))
def test_every_column_of_a_table_is_described(what: What) -> None:
    columns = [column.name for column in SOURCES[what].table.columns]
    told = [column.name for column in dictionary()[what].columns]
    assert sorted(told) == sorted(set(columns) - {"progress", "menu_path"})


def test_every_column_of_a_visit_is_described() -> None:
    told = [column.name for column in dictionary()[What.VISITS].columns]
    assert told == [field.name for field in dataclasses.fields(Visit)]


def test_every_description_is_in_both_languages() -> None:
    for export in dictionary().values():
        assert export.es != export.en
        for column in export.columns:
            assert column.es, (export.what, column.name)
            assert column.en, (export.what, column.name)


def test_each_band_says_its_edges() -> None:
    told = {column.name: column for column in dictionary()[What.QUEUE_QUARTERS].columns}
    assert told["answered_band_0"].en == "Answered after a wait of up to 0 s"
    assert told["answered_band_4"].es == "Atendidas que esperaron más de 15 y hasta 20 s"
    last = told[f"abandoned_band_{BANDS - 1}"]
    assert last.en == f"Abandoned after a wait of more than {EDGES_SECONDS[-1]} s"


def test_the_page_says_what_the_dictionary_says() -> None:
    docs = Path(__file__).parents[2] / "docs"
    page = runpy.run_path(str(docs / "data_dictionary.py"))["page"]()
    written = (docs / "reference" / "data-dictionary.md").read_text("utf-8")
    assert written == page, "run python -m docs.data_dictionary"


# --- whose it is ------------------------------------------------------------------------------


def test_a_number_shows_its_last_three_digits() -> None:
    numbers = ("573001234567", "+57300", "12", "")
    assert [masked_number(number) for number in numbers] == [
        "*********567", "***300", "12", "",
    ]  # fmt: skip


def test_a_call_hides_the_customer_and_not_us() -> None:
    masked = masking(dictionary()[What.CALLS])
    inbound = {
        "direction": "inbound", "number_called": "08001234567", "caller_number": "573001234567",
        "caller_name": "Ana",
    }  # fmt: skip
    assert masked(inbound) == {
        "direction": "inbound", "number_called": "08001234567", "caller_number": "*********567",
        "caller_name": "***",
    }  # fmt: skip
    dialed = {**inbound, "direction": "dialed", "caller_number": "", "caller_name": ""}
    assert masked(dialed)["number_called"] == "********567"


def test_a_fact_hides_the_customer_in_its_details() -> None:
    masked = masking(dictionary()[What.FACTS])

    def details(kind: str, **values: Any) -> Any:
        return masked({"kind": kind, "details": values})["details"]

    number = "573001234567"
    assert details("CallArrived", number_called="0800", caller_number=number, caller_name="A") == {
        "number_called": "0800", "caller_number": "*********567", "caller_name": "***",
    }  # fmt: skip
    assert details("AttemptStarted", number_called=number) == {"number_called": "*********567"}
    assert details("CallbackAsked", number=number) == {"number": "*********567"}
    assert details("TicketOpened", number="T-1", phone=number) == {
        "number": "T-1",
        "phone": "*********567",
    }


def test_no_fact_has_a_number_that_masking_does_not_know() -> None:
    """A new field that sounds like a person's number has to be thought of."""
    known = {"number", "number_called", "caller_number", "caller_name", "phone"}
    found = {
        field.name
        for kind in KINDS.values()
        for field in dataclasses.fields(kind)
        if kind.durable and any(word in field.name for word in ("number", "phone", "name"))
    }
    assert found <= known
