"""Refusals speak Spanish and English, and say where."""

from __future__ import annotations

import pytest

from calls.errors import Linea800Error
from dialer.lists.refusals import (
    ListFault,
    ListRefusedError,
    NumberRefusedError,
    RefusedRow,
    RowFault,
)


@pytest.mark.parametrize("fault", list(RowFault))
def test_every_fault_of_a_row_is_told_in_both_languages(fault: RowFault) -> None:
    row = RefusedRow(7, "telefono", fault, "x")
    assert row.sentence("es").startswith("línea 7, columna «telefono»: ")
    assert row.sentence("en").startswith("line 7, column “telefono”: ")
    assert "{" not in row.sentence("es") + row.sentence("en")


@pytest.mark.parametrize("fault", list(ListFault))
def test_every_fault_of_a_list_is_told_in_both_languages(fault: ListFault) -> None:
    error = ListRefusedError(fault, line=3, detail="x")
    assert isinstance(error, Linea800Error)
    assert str(error) == error.sentence("en")
    assert error.sentence("es").startswith("línea 3: ")
    assert "{" not in error.sentence("es") + error.sentence("en")


def test_a_fault_without_a_place_says_none() -> None:
    assert RefusedRow(4, "", RowFault.BROKEN_QUOTES).sentence("en").startswith("line 4: a quote")
    assert ListRefusedError(ListFault.TOO_BIG).sentence("es").startswith("el archivo pasa")


def test_kinds_of_numbers_have_spanish_names() -> None:
    error = NumberRefusedError(RowFault.PHONE_KIND, "premium rate")
    assert "tarifa con recargo" in error.sentence("es")
    assert "premium rate" in str(error)


def test_a_brace_in_the_detail_is_only_text() -> None:
    row = RefusedRow(1, "{line}", RowFault.PHONE_CHARACTERS, "{0}")
    assert "{line}" in row.sentence("en")
    assert "({0})" in row.sentence("en")


def test_another_language_is_refused() -> None:
    with pytest.raises(ValueError, match="'pt'"):
        RefusedRow(1, "", RowFault.DUPLICATE, "2").sentence("pt")
