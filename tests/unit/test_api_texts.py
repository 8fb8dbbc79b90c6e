"""What the API says: each in both languages, with the same things in them."""

from __future__ import annotations

from string import Formatter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.faults import REASONS, Fault, faults_of
from api.language import preferred_language
from api.problem_texts import TEXTS, Kind


def _fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize("kind", Kind)
def test_every_problem_is_told_in_both_languages(kind: Kind) -> None:
    text = TEXTS[kind]
    assert 400 <= text.status < 600
    for spanish, english in zip(text.told("es"), text.told("en"), strict=True):
        assert spanish != english
        assert _fields(spanish) == _fields(english)
    assert not _fields(text.es[0])


@pytest.mark.parametrize("code", REASONS)
def test_every_fault_is_told_in_both_languages(code: str) -> None:
    spanish, english = REASONS[code]
    assert spanish != english
    assert _fields(spanish) == _fields(english)


def test_a_fault_nobody_has_words_for_is_still_told() -> None:
    fault = Fault("body.x", "something_new")
    assert fault.told("es").reason == "no es válido"
    assert fault.told("en").reason == "is not valid"


def test_a_fault_shows_its_place_but_not_what_was_sent() -> None:
    errors: list[dict[str, Any]] = [
        {"type": "extra_forbidden", "loc": ("body", "a\u202eb\n" + "x" * 1000), "input": "secret"},
        {"type": "int_parsing", "loc": ("query", "limit"), "input": "secret"},
        {"type": "greater_than_equal", "loc": ("body", "rows", 2), "ctx": {"ge": 1}},
        {"type": "json_invalid", "loc": ("body", 17), "ctx": {"error": "Expecting value"}},
    ]
    faults = faults_of(errors)
    told = [fault.told("en") for fault in faults]
    assert told[0].place.startswith("body.a�b�xxx")
    assert len(told[0].place) == 120
    assert (told[1].place, told[1].reason) == ("query.limit", "has to be a whole number")
    assert (told[2].place, told[2].reason) == ("body.rows[2]", "has to be at least 1")
    assert told[3].place == "body"
    assert "secret" not in str(told)


def test_no_request_gets_more_faults_than_anyone_would_read() -> None:
    errors = [{"type": "extra_forbidden", "loc": ("body", str(at))} for at in range(5000)]
    assert len(faults_of(errors)) == 50


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "es"), ("*", "es"), ("en", "en"), ("en-US,en;q=0.9", "en"), ("es-EC", "es"),
        ("fr, en;q=0.5", "en"), ("en;q=0.3, es;q=0.7", "es"), ("EN", "en"), ("en;q=0", "es"),
        ("en;q=x", "es"), ("pt-BR", "es"), ("en;q=nan", "es"), ("en ; q=1", "en"),
    ],
)  # fmt: skip
def test_the_language_a_client_asks_for(accepted: str, language: str) -> None:
    assert preferred_language(accepted, "es") == language


@given(st.text())
def test_any_header_gives_a_language(accepted: str) -> None:
    assert preferred_language(accepted, "en") in ("es", "en")
