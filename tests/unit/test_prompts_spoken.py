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
    ORDINALS,
    PAUSE,
    YEARS,
    pieces,
    say_amount,
    say_date,
    say_digits,
    say_from_day,
    say_number,
    say_ordinal,
    say_people_ahead,
    say_time,
    words,
)

KNOWN = {language: prompt_names(language) for language in LANGUAGES}
languages = st.sampled_from(LANGUAGES)
genders = st.sampled_from(("masculine", "feminine", "alone"))
CURRENCIES = (
    *("ARS", "BOB", "BRL", "CLP", "COP", "CRC", "DOP", "EUR", "GTQ", "HNL", "MXN", "NIO", "PEN"),
    *("PYG", "USD", "UYU", "VES"),
)
currencies = st.sampled_from(CURRENCIES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_piece_has_a_name_of_its_own(language: str) -> None:
    recorded = pieces(language)
    assert len({piece.name for piece in recorded}) == len(recorded)
    assert all(re.fullmatch("[a-z][a-z0-9_]*", piece.name) for piece in recorded)


@given(st.integers(1 - LIMIT, LIMIT - 1), languages, genders)
def test_numbers_are_made_of_known_prompts(value: int, language: str, gender: Gender) -> None:
    said = say_number(value, language, gender)
    assert said
    assert KNOWN[language].issuperset(said)


@given(st.integers(1 - LIMIT * 100, LIMIT * 100 - 1), currencies, languages)
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


@pytest.mark.parametrize("currency", CURRENCIES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_currency_is_said_one_and_many(language: str, currency: str) -> None:
    for figure in ("0", "1", "2", "1000000", "0.01", "0.02", "1.01", "2.02", "2000000.02"):
        said = say_amount(Decimal(figure), currency, language)
        assert KNOWN[language].issuperset(said), figure


def test_a_currency_is_known_in_both_languages_and_has_a_name() -> None:
    for language in LANGUAGES:
        for currency in CURRENCIES:
            one, many = (say_amount(Decimal(n), currency, language) for n in (1, 2))
            assert one[-1] != many[-1]


@given(st.dates(), languages)
def test_dates_are_made_of_known_prompts(date: datetime.date, language: str) -> None:
    assert KNOWN[language].issuperset(say_date(date, language))


@given(st.dates(datetime.date(1900, 1, 1), datetime.date(2099, 12, 31)), languages)
def test_dates_with_their_year_are_made_of_known_prompts(
    date: datetime.date, language: str
) -> None:
    said = say_date(date, language, year=True)
    assert KNOWN[language].issuperset(said)
    assert [name.endswith("_end") for name in said] == [False] * (len(said) - 1) + [True]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_day_and_year_has_words_of_its_own(language: str) -> None:
    first = datetime.date(2024, 1, 1)
    days = [first + datetime.timedelta(days=passed) for passed in range(366)]
    years = [datetime.date(year, 1, 1) for year in YEARS]
    assert len({say_date(day, language) for day in days}) == 366
    assert len({say_date(day, language, year=True) for day in years}) == len(YEARS)


@pytest.mark.parametrize("by_24_hours", [False, True])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_minute_is_made_of_known_prompts_and_is_told_apart(
    language: str, by_24_hours: bool
) -> None:
    minutes = [datetime.time(hour, minute) for hour in range(24) for minute in range(60)]
    said = [say_time(minute, language, by_24_hours=by_24_hours) for minute in minutes]
    assert KNOWN[language].issuperset(name for names in said for name in names)
    assert len(set(said)) == 24 * 60
    for names in said:
        assert [name.endswith("_end") for name in names] == [False] * (len(names) - 1) + [True]
        assert len(names) <= 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_ordinals_are_made_of_known_prompts(language: str) -> None:
    genders: tuple[Gender, ...] = ("masculine", "feminine", "alone")
    for gender in genders:
        said = [say_ordinal(value, language, gender) for value in ORDINALS]
        assert KNOWN[language].issuperset(name for names in said for name in names)
        assert len(set(said)) == len(ORDINALS)


@given(st.integers(1 - LIMIT * 100, LIMIT * 100 - 1), currencies)
def test_no_amount_of_masculine_money_is_counted_with_uno(cents: int, currency: str) -> None:
    said = words(say_amount(Decimal(cents) / 100, currency, "es"), "es")
    assert not re.search(r"uno\b|una\b", said)
    # "treinta y un mil", "ciento un mil", but a thousand alone has no "un"
    assert not re.search(r"(^|menos |millón |millones )un mil\b", said)
    assert said.startswith("menos ") == (cents < 0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_piece_is_needed(language: str) -> None:
    """Whatever is recorded can be asked for: no file without a use."""
    genders: tuple[Gender, ...] = ("masculine", "feminine", "alone")
    used: set[str] = set()
    for gender in genders:
        for value in (-1, *range(1000), 1000, 1_000_000, 2_000_000, 1_000_000_000):
            used |= set(say_number(value, language, gender))
        used |= {name for value in ORDINALS for name in say_ordinal(value, language, gender)}
    for currency in CURRENCIES:
        for figure in ("0", "1", "1000000", "0.01", "0.02", "1.01", "2.02", "1000000.02"):
            used |= set(say_amount(Decimal(figure), currency, language))
    day = datetime.date(2024, 1, 1)
    for passed in range(366):
        date = day + datetime.timedelta(days=passed)
        used |= {*say_date(date, language), *say_date(date, language, year=True)}
        used |= set(say_from_day(date, day, language))
        used |= set(say_from_day(date, date - datetime.timedelta(days=3), language))
    for year in YEARS:
        used |= set(say_date(day.replace(year=year), language, year=True))
    for minute in range(24 * 60):
        time = datetime.time(*divmod(minute, 60))
        used |= {*say_time(time, language), *say_time(time, language, by_24_hours=True)}
    used |= {name for digit in range(10) for name in say_digits(f"{digit}", language)}
    assert {piece.name for piece in pieces(language)} == used


@given(st.integers(1 - LIMIT, LIMIT - 1), languages)
def test_the_words_are_those_of_the_pieces(value: int, language: str) -> None:
    known = {piece.name: piece.words for piece in pieces(language)}
    said = say_number(value, language)
    assert words(said, language) == " ".join(known[name] for name in said)


def test_the_words_of_a_sentence_are_in_the_catalog() -> None:
    with pytest.raises(KeyError, match="welcome"):
        words(("welcome",), "es")


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


@pytest.mark.parametrize(
    ("text", "sizes", "heard"),
    [
        ("12345678", (3, 3, 2), "uno dos tres, cuatro cinco seis, siete ocho"),
        ("12-34", (4,), "uno dos tres cuatro"),
        ("5", (1,), "cinco"),
    ],
)
def test_digits_go_in_the_groups_asked_for(text: str, sizes: tuple[int, ...], heard: str) -> None:
    assert words(say_digits(text, "es", sizes), "es") == heard


@pytest.mark.parametrize("sizes", [(), (3,), (5, 0), (6, -1), (3, 3)])
def test_groups_that_do_not_fit_the_digits_are_refused(sizes: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="cannot cut 5 digits into groups"):
        say_digits("12345", "es", sizes)


@pytest.mark.parametrize("value", [-1, 0, 100])
def test_an_ordinal_out_of_range_is_refused(value: int) -> None:
    with pytest.raises(ValueError, match=f"ordinal of {value}: say ordinals from 1 to 99"):
        say_ordinal(value, "es")


@pytest.mark.parametrize("year", [1, 1899, 2100, 9999])
def test_a_year_out_of_range_is_refused(year: int) -> None:
    day = datetime.date(year, 3, 1)
    with pytest.raises(ValueError, match=f"the year {year}: say years from 1900 to 2099"):
        say_date(day, "es", year=True)
    assert say_date(day, "es")


@pytest.mark.parametrize("value", [-LIMIT, LIMIT])
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
        ("1", "XXX", "currencies are ARS, BOB, BRL, CLP, COP"),
        ("-1000000000000", "COP", "nearer to zero than 1000000000000"),
        ("1000000000000", "COP", "nearer to zero"),
        ("NaN", "COP", "nearer to zero"),
        ("Infinity", "COP", "nearer to zero"),
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
    with pytest.raises(ValueError, match="'pt': the languages are es, en"):
        say_time(datetime.time(1), "pt")


@pytest.mark.parametrize(
    ("day", "es", "en"),
    [
        (22, "hoy más tarde", "later today"),
        (23, "a partir de mañana", "from tomorrow on"),
        (24, "a partir del martes", "from Tuesday on"),
        (28, "a partir del sábado", "from Saturday on"),
        (29, "el veintinueve de noviembre", "November twenty-ninth"),
    ],
)
def test_from_which_day_on(day: int, es: str, en: str) -> None:
    today = datetime.date(2026, 11, 22)
    for language, said in (("es", es), ("en", en)):
        prompts = say_from_day(datetime.date(2026, 11, day), today, language)
        assert words(prompts, language) == said
        assert prompts[-1].endswith("_end"), "the voice falls: a sentence follows"


def test_no_call_comes_from_yesterday_on() -> None:
    with pytest.raises(ValueError, match="cannot say from 2026-11-21 on"):
        say_from_day(datetime.date(2026, 11, 21), datetime.date(2026, 11, 22), "es")
