"""A cell stays text in whatever opens the CSV."""

from __future__ import annotations

import csv
import io

import pytest

from documents.spreadsheet import csv_rows


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", " =1", "\t=1", "\r=1", "\n=1", "\uff1d1"])
def test_what_a_spreadsheet_would_calculate_begins_with_an_apostrophe(cell: str) -> None:
    (row,) = csv.reader(io.StringIO(csv_rows([[cell]]).decode(), newline=""))
    assert row == [f"'{cell}"]


@pytest.mark.parametrize("cell", ["Ana", "", "1", "a=b", 'dice "sí", no', "dos\nlíneas"])
def test_everything_else_stays_as_it_is(cell: str) -> None:
    (row,) = csv.reader(io.StringIO(csv_rows([[cell, "x"]]).decode(), newline=""))
    assert row == [cell, "x"]
