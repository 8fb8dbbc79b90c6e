"""What is said at call time is put together from prompts that exist."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts.catalog import prompt_names
from prompts.pieces import LIMIT, Gender
from prompts.spoken import (
    LANGUAGES,
    PAUSE,
    pieces,
    say_amount,
    say_date,
    say_digits,
    say_number,
    say_people_ahead,
)

KNOWN = {language: prompt_names(language) for language in LANGUAGES}
languages = st.sampled_from(LANGUAGES)
genders = st.sampled_from(("masculine", "feminine", "alone"))
currencies = st.sampled_from(("COP", "MXN", "ARS", "PEN", "USD", "EUR"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_piece_has_a_name_of_its_own(language: str) -> None:
    recorded = pieces(language)
    assert len({piece.name for piece in recorded}) == len(recorded)
    assert all(re.fullmatch("[a-z][a-z0-9_]*", piece.name) for piece in recorded)


@given(st.integers(0, LIMIT - 1), languages, genders)
def test_numbers_are_made_of_known_prompts(value: int, language: str, gender: Gender) -> None:
    said = say_number(value, language, gender)
    assert said
    assert KNOWN[language].issuperset(said)


@given(st.integers(0, LIMIT * 100 - 1), currencies, languages)
def test_amounts_are_made_of_known_prompts(cents: int, currency: str, language: str) -> None:
    said = say_amount(Decimal(cents) / 100, currency, language)
    assert KNOWN[language].issuperset(said)
    assert said[-1].endswith("_end"), "the voice falls where the amount ends, and only there"
    assert not any(name.endswith("_end") for name in said[:-1])


@given(st.from_regex("[0-9]{1,20}([ .-][0-9]{1,9}){0,3}", fullmatch=True), languages)
def test_digits_are_said_one_by_one(text: str, language: str) -> None:
    said = say_digits(text, language)
    assert KNOWN[language].issuperset(said)
    digits = {say_number(digit, language)[0]: str(digit) for digit in range(10)}
    heard = "".join(digits[name.removesuffix("_end")] for name in said if name != PAUSE)
    assert heard == re.sub("[^0-9]", "", text)


@given(st.dates(), languages)
def test_dates_are_made_of_known_prompts(date: datetime.date, language: str) -> None:
    assert KNOWN[language].issuperset(say_date(date, language))


@given(st.integers(0, 999), languages)
def test_places_are_made_of_known_prompts(count: int, language: str) -> None:
    assert KNOWN[language].issuperset(say_people_ahead(count, language))


def test_examples() -> None:
    assert say_number(21, "es", "masculine") == ("n_veintiun",)
    assert say_number(200_001, "es", "feminine") == ("n_doscientas", "n_mil", "n_una")
    assert say_amount(Decimal("1000000"), "COP", "es") == ("n_un", "n_millon", "c_de_pesos_end")
    assert say_amount(Decimal("2.50"), "PEN", "es") == (
        *("n_dos", "c_soles_con"),
        *("n_cincuenta", "c_centimos_end"),
    )
    assert say_date(datetime.date(2026, 3, 1), "es") == ("d_el_primero", "d_de_marzo_end")
    assert say_people_ahead(0, "es") == ("queue_youarenext",)
    assert say_people_ahead(1, "es") == ("position_prefix", "n_una", "position_suffix_one")
    assert say_people_ahead(31, "es") == (
        *("position_prefix", "n_treinta_y_una", "position_suffix_many"),
    )


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("5", "5"),
        ("1234", "1234"),
        ("12345", "123 45"),
        ("1234567", "123 4567"),
        ("3001234567", "300 123 4567"),
        ("12-345", "12 345"),
        ("1 2.3", "1 2 3"),
    ],
)
def test_digits_go_in_groups(text: str, groups: str) -> None:
    digits = {say_number(digit, "es")[0]: str(digit) for digit in range(10)} | {PAUSE: " "}
    said = say_digits(text, "es")
    assert said[-1].endswith("_end")
    assert "".join(digits[name.removesuffix("_end")] for name in said) == groups


@pytest.mark.parametrize("value", [-1, LIMIT])
def test_a_number_out_of_range_is_refused(value: int) -> None:
    with pytest.raises(ValueError, match=f"number {value}"):
        say_number(value, "es")


@pytest.mark.parametrize("text", ["", "12a", "+57", "1--2", "-1", "1-", "1\n", "٣"])
def test_what_is_not_digits_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="digit by digit"):
        say_digits(text, "es")


@pytest.mark.parametrize(
    ("amount", "currency", "complaint"),
    [
        ("1", "XXX", "currencies are ARS, COP, EUR, MXN, PEN, USD"),
        ("-0.01", "COP", "from 0"),
        ("1000000000000", "COP", "from 0"),
        ("NaN", "COP", "from 0"),
        ("Infinity", "COP", "from 0"),
        ("1.005", "COP", "round it to cents"),
    ],
)
def test_an_amount_that_cannot_be_said_is_refused(
    amount: str, currency: str, complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        say_amount(Decimal(amount), currency, "es")


def test_a_language_not_spoken_is_refused() -> None:
    with pytest.raises(ValueError, match="'pt': the languages are es, en"):
        say_number(1, "pt")
