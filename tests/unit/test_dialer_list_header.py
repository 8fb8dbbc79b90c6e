"""The header: delimiter, phone and name, and what is refused."""

from __future__ import annotations

import pytest

from dialer.list_header import DELIMITERS, Header, read_header
from dialer.list_refusals import ListFault, ListRefusedError
from dialer.list_rows import Row, Rows


def rows_of(text: str) -> dict[str, Row]:
    rows = Rows()
    rows.feed(text.encode())
    rows.finish()
    looks = {delimiter: rows.look(delimiter) for delimiter in DELIMITERS}
    return {delimiter: row for delimiter, row in looks.items() if row is not None}


def header_of(text: str) -> Header:
    return read_header(rows_of(text))


def refusal_of(text: str) -> ListRefusedError:
    with pytest.raises(ListRefusedError) as caught:
        header_of(text)
    return caught.value


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_the_delimiter_is_found(delimiter: str) -> None:
    header = header_of(delimiter.join(["Nombre", "Teléfono", "Ciudad, barrio; calle"[:6]]))
    assert header == Header(delimiter, ("Nombre", "Teléfono", "Ciudad"), 1, 0, (2,))


def test_a_quoted_header_may_hold_another_delimiter() -> None:
    header = header_of('"telefono";"ciudad, barrio, calle, casa";nombre')
    assert (header.delimiter, header.columns[1]) == (";", "ciudad, barrio, calle, casa")


@pytest.mark.parametrize(
    "column",
    ["phone", "PHONE", "Teléfono", "telefono", "NÚMERO", "number", "Celular", "Móvil", " movil "],
)
def test_the_phone_column_is_known_by_many_names(column: str) -> None:
    assert header_of(f"x,{column},name").phone == 1


def test_a_single_column_needs_no_delimiter() -> None:
    assert header_of("teléfono") == Header(",", ("teléfono",), 0, None, ())


def test_telefono_is_believed_before_numero() -> None:
    header = header_of("calle,numero,telefono")
    assert (header.phone, header.name, header.extra) == (2, None, (0, 1))
    assert header.name_column == ""


def test_empty_columns_at_the_end_are_a_spreadsheets_habit() -> None:
    assert header_of("telefono;nombre;;;").columns == ("telefono", "nombre")


@pytest.mark.parametrize(
    ("text", "fault", "detail"),
    [
        ("0999123456,Ana", ListFault.NO_HEADER, ""),
        ("+593 99 912 3456;Ana", ListFault.NO_HEADER, ""),
        ("nombre;ciudad", ListFault.NO_PHONE_COLUMN, "nombre, ciudad"),
        ("phone,City,CITY", ListFault.DOUBLE_COLUMN, "city"),
        ("telefono,Teléfono", ListFault.DOUBLE_COLUMN, "telefono"),
        ("phone,,city", ListFault.BAD_HEADER, "2: ''"),
        ("phone,ci\x00ty", ListFault.BAD_HEADER, "2: 'ci\\x00ty'"),
        ("phone," + "x" * 101, ListFault.BAD_HEADER, "2: '" + "x" * 40 + "'"),
        ('"phone,city', ListFault.BAD_HEADER, "broken_quotes"),
        ("x" * 70_000, ListFault.BAD_HEADER, "row_too_long"),
        (
            "phone,name," + ",".join(f"c{at}" for at in range(31)),
            ListFault.TOO_MANY_COLUMNS,
            "31",
        ),
    ],
)
def test_a_header_that_cannot_be_used(text: str, fault: ListFault, detail: str) -> None:
    error = refusal_of(text)
    assert (error.fault, error.line, error.detail) == (fault, 1, detail)


def test_thirty_columns_beside_phone_and_name_are_allowed() -> None:
    assert len(header_of("phone,name," + ",".join(f"c{at}" for at in range(30))).extra) == 30
