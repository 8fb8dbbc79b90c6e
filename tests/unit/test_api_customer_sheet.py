"""A customer file as data: its header, its cells, and that nothing depends on how it is cut."""

from __future__ import annotations

import contextlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.customer_sheet import CustomerSheet, RefusedLine
from customers.rows import COLUMNS, CustomerRow
from dialer.lists.columns import plain_name
from dialer.lists.refusals import ListFault, ListRefusedError

Found = list[CustomerRow | RefusedLine]


def read(file: bytes, cuts: list[int] | None = None, country: str | None = "CO") -> Found:
    """Everything in a file that comes in these pieces."""
    sheet = CustomerSheet(country)
    places = sorted({0, len(file), *(cut % (len(file) + 1) for cut in cuts or [])})
    pieces = [file[start:end] for start, end in pairwise(places)]
    found: Found = []
    for piece in [*pieces, b""]:
        sheet.feed(piece)
        found += [each for each in sheet.drain() if each is not None]
    return found


def refusal(file: str) -> ListRefusedError:
    with pytest.raises(ListRefusedError) as refused:
        read(file.encode())
    return refused.value


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_the_delimiter_is_found(mark: str) -> None:
    rows = [["Id Externo", "Teléfonos", "NOMBRE"], ["C-1", "3001234567|3001234568", "Ana"]]
    (row,) = read("\n".join(mark.join(row) for row in rows).encode())
    assert isinstance(row, CustomerRow)
    assert row.line == 2
    assert row.customer.phones == ("573001234567", "573001234568")
    assert (row.customer.external_id, row.customer.name) == ("C-1", "Ana")


def test_phones_between_semicolons_in_quotes() -> None:
    (row,) = read(b'external_id;phones\nC-1;"3001234567; 3001234568"\n')
    assert isinstance(row, CustomerRow)
    assert row.customer.phones == ("573001234567", "573001234568")


def test_a_number_is_left_out_before_its_row_and_only_of_a_row_that_is_kept() -> None:
    found = read(b"external_id,phones\nC-1,3001234567|12\n,12\n")
    kinds = [(type(each).__name__, each.line) for each in found]
    assert kinds == [("RefusedLine", 2), ("CustomerRow", 2), ("RefusedLine", 3)]
    left_out, _, refused = found
    assert isinstance(left_out, RefusedLine)
    assert isinstance(refused, RefusedLine)
    assert (left_out.kept, left_out.fault, left_out.column) == (True, "phone_short", "phones")
    assert (refused.kept, refused.fault) == (False, "nobody")
    assert refused.reason("es") != refused.reason("en")


def test_a_number_of_a_kind_that_is_not_dialed_may_be_a_customers() -> None:
    (row,) = read(b"external_id,phones\nC-1,018000123456|+12025550123\n")
    assert isinstance(row, CustomerRow)
    assert row.customer.phones == ("5718000123456", "12025550123")


def test_without_a_country_only_international_numbers() -> None:
    found = read(b"external_id,phones\nC-1,3001234567|+573001234567\n", country=None)
    assert [each.kept for each in found if isinstance(each, RefusedLine)] == [True]


@pytest.mark.parametrize(
    ("file", "fault"),
    [
        ("", ListFault.EMPTY),
        ("\n \n", ListFault.EMPTY),
        ("cuenta\n", ListFault.EMPTY),
        ("nombre,telefono\nAna,3001234567\n", ListFault.NO_SUCH_COLUMN),
        ("3001234567,Ana\n", ListFault.NO_SUCH_COLUMN),
        ("cuenta,,plan\n1,2,3\n", ListFault.BAD_HEADER),
        ("cuenta,\x07\n1,2\n", ListFault.BAD_HEADER),
        ("cuenta," + "x" * 101 + "\n1,2\n", ListFault.BAD_HEADER),
        ("cuenta,contrato\n1,2\n", ListFault.DOUBLE_COLUMN),
    ],
)
def test_what_is_no_file_of_customers(file: str, fault: ListFault) -> None:
    assert refusal(file).fault is fault


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (b"C-1", "too_few_fields"),
        (b"C-1,a,b", "too_many_fields"),
        (b'C-1,"a', "broken_quotes"),
        (b"C-1,a\x00b", "text_unprintable"),
        (b"C-1," + b"x" * 70_000, "row_too_long"),
        (b"C-1," + b"x" * 201, "text_too_long"),
    ],
)
def test_a_bad_row_costs_only_itself(row: bytes, fault: str) -> None:
    bad, good = read(b"external_id,name\n" + row + b"\nC-2,Luis,\n")
    assert isinstance(bad, RefusedLine)
    assert (bad.line, bad.fault) == (2, fault)
    assert isinstance(good, CustomerRow)
    assert good.line == 3


def test_every_name_of_a_column_is_plain_and_of_one_column_only() -> None:
    names = [name for column, others in COLUMNS.items() for name in (column, *others)]
    assert len(names) == len(set(names))
    assert [plain_name(name) for name in names] == names


def test_a_stray_quote_swallows_no_other_row() -> None:
    file = b'external_id,name\nC-1,"Ana\nC-2,Luis\nC-3,"Eva\nC-4,Gabo\n'
    found = [(each.line, type(each).__name__) for each in read(file)]
    assert found == [
        (2, "RefusedLine"), (3, "CustomerRow"), (4, "RefusedLine"), (5, "CustomerRow"),
    ]  # fmt: skip


def test_an_address_of_two_lines_in_a_column_that_is_not_used() -> None:
    first, second = read(b'external_id,direccion\nC-1,"Calle 1\nPiso 2"\nC-2,x\n')
    assert isinstance(first, CustomerRow)
    assert (first.line, second.line) == (2, 4)


_CELLS = st.text(alphabet='aá1";,|\n 0Ñ', max_size=8)


@given(
    st.lists(st.tuples(_CELLS, _CELLS, _CELLS), min_size=1, max_size=6),
    st.lists(st.integers(0, 500), max_size=6),
    st.sampled_from(["utf-8", "windows-1252"]),
)
def test_it_does_not_matter_how_the_file_is_cut(
    rows: list[tuple[str, str, str]], cuts: list[int], encoding: str
) -> None:
    lines = ["external_id;phones;name", *(";".join(row) for row in rows), "C-1;3001234567;Ana"]
    file = "\n".join(lines).encode(encoding)
    assert read(file, cuts) == read(file)


@given(st.binary(max_size=200))
def test_whatever_comes_is_read_or_refused(junk: bytes) -> None:
    for file in (junk, b"cuenta,nombre\n" + junk):
        with contextlib.suppress(ListRefusedError):
            read(file)
