"""What agents say of a call that came: compared plainly, by the words of the floor or the usual."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from agents.floor import Floor
from agents.said import USUAL, plain
from tests.unit.facts import FLOOR


def _floor(*words: tuple[str, bool]) -> Floor:
    said = [{"word": word, "resolved": resolved} for word, resolved in words]
    return Floor.model_validate({**FLOOR.model_dump(), "dispositions": said})


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Resuelto", "resuelto"),
        ("NO RESUELTO", "no_resuelto"),
        ("Solución dada", "solucion_dada"),
        ("SOLUCIÓN DADA", "solucion_dada"),
        ("Solucio\u0301n dada", "solucion_dada"),
        ("Averigüé mañana", "averigue_manana"),
        ("", ""),
    ],
)
def test_words_are_compared_plainly(written: str, meant: str) -> None:
    assert plain(written) == meant


def test_the_words_are_those_of_the_floor_or_the_usual_ones() -> None:
    assert FLOOR.said is USUAL
    said = _floor(("Solución dada", True), ("queda pendiente", False), ("resuelto", False)).said
    assert said.resolved == {"solucion_dada"}
    assert said.unresolved == {"queda_pendiente", "resuelto"}


def test_a_word_is_given_once_however_it_is_written() -> None:
    with pytest.raises(ValidationError, match="given twice: solucion_dada"):
        _floor(("Solución dada", True), ("solucion_dada", False))


def test_a_word_says_yes_or_no() -> None:
    with pytest.raises(ValidationError, match="resolved"):
        Floor.model_validate({**FLOOR.model_dump(), "dispositions": [{"word": "otro"}]})
    with pytest.raises(ValidationError, match="word"):
        _floor(("", True))
