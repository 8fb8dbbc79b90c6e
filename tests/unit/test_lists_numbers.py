"""Numbers read fast are the numbers that `dialer.phone_rules` and `dialer.rules.place` read."""

from __future__ import annotations

from functools import lru_cache

import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneMetadata, PhoneNumberType

from dialer.lists.numbers import NumberReader
from dialer.lists.refusals import NumberRefusedError
from dialer.phone_rules import PhoneRules
from dialer.rules.place import UnknownZoneError, place_of

COUNTRIES = [
    "AR", "BO", "BR", "CL", "CO", "CR", "CU", "DO", "EC", "SV", "GT", "HN", "MX", "NI", "PA", "PY",
    "PE", "UY", "VE", "US", "ES", "PT", "DE", "FR", "IT", "GB",
]  # fmt: skip
KINDS = [
    PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.TOLL_FREE,
    PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST, PhoneNumberType.VOIP,
    PhoneNumberType.UAN, PhoneNumberType.PERSONAL_NUMBER, PhoneNumberType.PAGER,
]  # fmt: skip
PREFIXES = ["", "", "0", "00", "+", "9", "1", "15", "011", "0057", "+0"]


@lru_cache(maxsize=64)
def reader(country: str) -> tuple[NumberReader, PhoneRules]:
    rules = PhoneRules(country)
    return NumberReader(rules, country), rules


@lru_cache(maxsize=64)
def examples(country: str) -> list[str]:
    found = [phonenumbers.example_number_for_type(country, kind) for kind in KINDS]
    return [phonenumbers.national_significant_number(one) for one in found if one is not None]


@st.composite
def written(draw: st.DrawFn) -> tuple[str, str]:
    """A country, and a text that is a number of it, or nearly."""
    country = draw(st.sampled_from(COUNTRIES))
    digits = list(draw(st.sampled_from(examples(country))))
    for at in draw(st.lists(st.integers(0, len(digits) - 1), max_size=5)):
        digits[at] = draw(st.sampled_from("0123456789"))
    cut = draw(st.sampled_from([0, 0, 0, 0, 1, 2]))
    text = "".join(digits[: len(digits) - cut])
    if draw(st.booleans()):
        text = str(phonenumbers.country_code_for_region(country)) + text
    text = draw(st.sampled_from(PREFIXES)) + text
    if draw(st.integers(0, 4)) == 0:
        at = draw(st.integers(1, len(text)))
        text = text[:at] + draw(st.sampled_from([" ", "-", "(", ")", ".", ") "])) + text[at:]
    return country, text


def slow(rules: PhoneRules, text: str) -> tuple[str, str] | str:
    try:
        number = rules.dialable(text)
    except NumberRefusedError as error:
        return str(error)
    try:
        return number, place_of(f"+{number}").key
    except UnknownZoneError:
        return number, ""


@settings(max_examples=400, deadline=None)
@given(written())
@example(("CO", "3001234567"))
@example(("CO", "573001234567"))
@example(("CO", "+573001234567"))
@example(("EC", "0999123456"))
@example(("MX", "+525512345678"))
@example(("BR", "+5511912345678"))
def test_read_fast_is_read_right(case: tuple[str, str]) -> None:
    country, text = case
    numbers, rules = reader(country)
    try:
        phone = numbers.read(text, "", "x")
        found: tuple[str, str] | str = (phone.number, phone.zone)
    except NumberRefusedError as error:
        found = str(error)
    assert found == slow(rules, text)


@pytest.mark.parametrize("country", ["CO", "EC", "PE", "CL", "BR", "MX"])
def test_plain_numbers_do_not_go_the_long_way(
    country: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = PhoneMetadata.metadata_for_region(country)
    assert table is not None
    assert table.mobile is not None
    national = table.mobile.example_number
    numbers = NumberReader(PhoneRules(country), country)

    def long_way(_rules: PhoneRules, _text: str) -> str:
        raise AssertionError("the long way")

    monkeypatch.setattr(PhoneRules, "dialable", long_way)
    assert numbers.read(f"+{table.country_code}{national}", "Z", "").number == (
        f"{table.country_code}{national}"
    )


def test_the_zone_that_the_row_says_counts() -> None:
    numbers, _ = reader("CO")
    assert numbers.read("3001234567", "America/Lima", "").zone == "America/Lima"
    assert numbers.read("3001234567", "", "").zone == "America/Bogota"
