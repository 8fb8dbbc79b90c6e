"""Reasons said anew in Spanish: every one that documents give has its sentence."""

from __future__ import annotations

import pytest

from documents.faults import _REASONS
from documents.phrases import SPANISH, Phrases
from documents.yaml_tree import _MEANINGS


def test_every_reason_of_documents_has_a_sentence() -> None:
    reasons = {*_REASONS.values(), *(meaning for _, meaning in _MEANINGS)}
    assert set(SPANISH.unknown(reasons)) == {"{error}"}  # a model's own words


@pytest.mark.parametrize(
    ("english", "spanish"),
    [
        ("is missing", "falta"),
        ("'kind' is missing", "falta 'kind'"),
        ("has to be at most 10", "tiene que ser 10 como máximo"),
        ("has no value: it has to be a list", "no tiene valor: tiene que ser una lista"),
        ("this name has to be one of: '0' or '1'", "este nombre tiene que ser uno de: '0' or '1'"),
        ("is given twice; first in line 3", "está dos veces; la primera, en la línea 3"),
        ("nobody ever said this", "nobody ever said this"),
    ],
)
def test_a_reason_is_said_in_spanish(english: str, spanish: str) -> None:
    assert SPANISH.said(english) == spanish


def test_more_phrases_leave_the_first_as_they_are() -> None:
    few = Phrases({"a {thing}": "un {thing}"})
    more = few.with_more({"dog": "perro", "a dog that bites": "un perro malo"})
    assert more.said("a dog") == "un perro"
    assert more.said("a dog that bites") == "un perro malo"
    assert few.said("a dog") == "un dog"
