"""A cell stays text in whatever opens the CSV."""

from __future__ import annotations

import csv
import io

import pytest

from documents.spreadsheet import csv_rows


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", " =1", "\t=1", "\rx", "\nx", "\uff1d1"])
def test_what_a_spreadsheet_would_calculate_begins_with_an_apostrophe(cell: str) -> None:
    (row,) = csv.reader(io.StringIO(csv_rows([[cell]]).decode(), newline=""))
    assert row == [f"'{cell}"]


@pytest.mark.parametrize(
    ("own", "cell", "written"),
    [
        (",", "Ana;=1+1;b", "Ana;'=1+1;b"),
        (",", "Ana; \t=1", "Ana; \t'=1"),
        (",", ";-1+cmd;@x", ";'-1+cmd;'@x"),
        (",", "uno\r\n=1;dos", "uno\r\n'=1;dos"),
        (",", "\n=1;dos", "'\n'=1;dos"),
        (";", "Ana,=1+1,b", "Ana,'=1+1,b"),
        (";", "Ana;=1", "Ana;=1"),
        (",", "Ana,=1", "Ana,=1"),
    ],
)
def test_nor_does_one_that_expects_another_separator(own: str, cell: str, written: str) -> None:
    """Excel in Spanish begins a cell at each semicolon, and a row at each end of line."""
    text = csv_rows([["x", cell]], own).decode()
    (row,) = csv.reader(io.StringIO(text, newline=""), delimiter=own)
    assert row == ["x", written]


@pytest.mark.parametrize(
    "cell", ["Ana", "", "1", "a=b", 'dice "sí", no', "dos\nlíneas", "a;b", "uno; dos", "[1,-2]"]
)
def test_everything_else_stays_as_it_is(cell: str) -> None:
    (row,) = csv.reader(io.StringIO(csv_rows([[cell, "x"]]).decode(), newline=""))
    assert row == [cell, "x"]
