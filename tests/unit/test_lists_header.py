"""The header: delimiter, phone and name, and what is refused."""

from __future__ import annotations

import pytest

from dialer.lists.columns import GUESSED, Columns
from dialer.lists.header import DELIMITERS, Header, read_header
from dialer.lists.refusals import ListFault, ListRefusedError
from dialer.lists.rows import Row, Rows


def rows_of(text: str) -> dict[str, Row]:
    rows = Rows()
    rows.feed(text.encode())
    rows.finish()
    looks = {delimiter: rows.look(delimiter) for delimiter in DELIMITERS}
    return {delimiter: row for delimiter, row in looks.items() if row is not None}


def header_of(text: str, columns: Columns = GUESSED) -> Header:
    return read_header(rows_of(text), columns)


def refusal_of(text: str, columns: Columns = GUESSED) -> ListRefusedError:
    with pytest.raises(ListRefusedError) as caught:
        header_of(text, columns)
    return caught.value


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_the_delimiter_is_found(delimiter: str) -> None:
    header = header_of(delimiter.join(["Nombre", "Teléfono", "Ciudad, barrio; calle"[:6]]))
    assert header == Header(
        delimiter=delimiter,
        columns=("Nombre", "Teléfono", "Ciudad"),
        phones=(1,),
        name=0,
        extra=(2,),
    )


def test_a_quoted_header_may_hold_another_delimiter() -> None:
    header = header_of('"telefono";"ciudad, barrio, calle, casa";nombre')
    assert (header.delimiter, header.columns[1]) == (";", "ciudad, barrio, calle, casa")


@pytest.mark.parametrize(
    "column",
    ["phone", "PHONE", "Teléfono", "telefono", "NÚMERO", "number", "Celular", "Móvil", " movil "],
)
def test_the_phone_column_is_known_by_many_names(column: str) -> None:
    assert header_of(f"x,{column},name").phones == (1,)


def test_a_single_column_needs_no_delimiter() -> None:
    assert header_of("teléfono") == Header(delimiter=",", columns=("teléfono",), phones=(0,))


def test_telefono_is_believed_before_numero() -> None:
    header = header_of("calle,numero,telefono")
    assert (header.phones, header.name, header.extra) == ((2,), None, (0, 1))
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


@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("telefono,telefono2,nombre", ("telefono", "telefono2")),
        ("celular,telefono_2,Teléfono 1", ("Teléfono 1", "telefono_2", "celular")),
        ("phone_2,x,phone", ("phone", "phone_2")),
        ("numero,celular,number", ("celular",)),
        ("number,numero", ("numero",)),
        ("telefono,telefono de la casa", ("telefono",)),
    ],
)
def test_several_columns_may_be_phones(text: str, phones: tuple[str, ...]) -> None:
    assert header_of(text).phone_columns == phones


def test_what_else_a_column_is_its_name_tells() -> None:
    header = header_of("phone,External ID,Zona horaria,PRIORIDAD,puntaje,barrio")
    assert (header.external_id, header.zone, header.priority, header.score) == (1, 2, 3, 4)
    assert header.extra == (5,)


def test_whoever_sends_a_list_may_say_which_column_is_what() -> None:
    said = Columns(phones=("fijo", "Otro"), name="", priority="orden", score="nombre")
    header = header_of("otro;fijo;nombre;orden;telefono", said)
    assert (header.delimiter, header.phone_columns) == (";", ("fijo", "otro"))
    assert (header.name, header.priority, header.score, header.extra) == (None, 3, 2, (4,))


@pytest.mark.parametrize(
    ("columns", "fault", "detail"),
    [
        (Columns(phones=("fono",)), ListFault.NO_SUCH_COLUMN, "fono"),
        (Columns(score="puntos"), ListFault.NO_SUCH_COLUMN, "puntos"),
        (Columns(phones=("phone", "PHONE")), ListFault.COLUMN_TWICE, "phone"),
        (Columns(name="x", zone="x"), ListFault.COLUMN_TWICE, "x"),
    ],
)
def test_columns_that_cannot_be_what_was_said(
    columns: Columns, fault: ListFault, detail: str
) -> None:
    error = refusal_of("phone,x", columns)
    assert (error.fault, error.detail) == (fault, detail)


def test_ten_phone_columns_are_enough() -> None:
    ten = ",".join(f"phone{at}" for at in range(10))
    assert len(header_of(ten).phones) == 10
    assert refusal_of(ten + ",phone10").fault is ListFault.TOO_MANY_PHONES
