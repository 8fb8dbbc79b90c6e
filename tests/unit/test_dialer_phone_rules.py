"""Which numbers may be dialed: hostile and honest ones."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.lists.refusals import NumberRefusedError, RowFault
from dialer.phone_rules import PhoneRules


def fault_of(written: str, country: str = "EC", allowed: tuple[str, ...] | None = None) -> RowFault:
    with pytest.raises(NumberRefusedError) as caught:
        PhoneRules(country, allowed).dialable(written)
    return caught.value.fault


@pytest.mark.parametrize(
    ("country", "written", "dialed"),
    [
        ("EC", "0999123456", "593999123456"),
        ("EC", "999123456", "593999123456"),
        ("EC", "593999123456", "593999123456"),
        ("EC", " (+593) 99 912-3456 ", "593999123456"),
        ("EC", "0999.123.456", "593999123456"),
        ("EC", "02 234-5678", "59322345678"),
        ("EC", "00593999123456", "593999123456"),
        ("AR", "011 15-2345-6789", "5491123456789"),
        ("CL", "2 2345 6789", "56223456789"),
        ("CL", "44 234 5678", "56442345678"),  # over the internet, of that country
        ("CO", "300 123 4567", "573001234567"),
        ("DO", "(809) 555-1234", "18095551234"),
        ("MX", "55 1234 5678", "525512345678"),
        ("PE", "987 654 321", "51987654321"),
        ("VE", "0412-765.43.21", "584127654321"),
    ],
)
def test_numbers_as_people_write_them(country: str, written: str, dialed: str) -> None:
    assert PhoneRules(country).dialable(written) == dialed


@pytest.mark.parametrize(
    "written",
    [
        "0999123456&PJSIP/x@trunk",
        "0999123456;ext=1",
        "0999123456,,1",
        "0999123456#",
        "0999123456*1",
        "0999123456@evil",
        "0999123456/022345678",
        "0999123456\r\nAction: Logoff",
        "0999123456\n",
        "0999123456\x00",
        "${EXTEN}",
        "1-800-FLOWERS",
        "٠٩٩٩١٢٣٤٥٦",
        "０９９９１２３４５６",
        "099912345²",
        "\u202a0999123456",
        "0999 123456".replace(" ", "\u00a0"),
        "+593+999123456",
        "593+999123456",
        "-0999123456",
        "=0999123456",
        "0" * 60,
    ],
)
def test_anything_but_digits_and_separators_is_refused(written: str) -> None:
    assert fault_of(written) is RowFault.PHONE_CHARACTERS


@pytest.mark.parametrize("written", ["999123456.0", "5.93999E+11", "5,93999E+11", "59e9"])
def test_a_number_a_spreadsheet_spoiled_is_refused(written: str) -> None:
    assert fault_of(written) is RowFault.PHONE_QUANTITY


@pytest.mark.parametrize("written", ["911", "190", "112", "1", "100200"])
def test_short_and_emergency_numbers_are_refused(written: str) -> None:
    assert fault_of(written) is RowFault.PHONE_SHORT


@pytest.mark.parametrize(
    "written",
    [
        "+19005551234",
        "+37190012345",
        "+447012345678",
        "+5351234567",
        "0015551234567",
        "+881612345678",
        "+8821600000000",
        "+870773111632",
        "+9791234567",
        "+56223456789",
    ],
)
def test_other_countries_and_satellites_are_refused(written: str) -> None:
    assert fault_of(written) is RowFault.PHONE_COUNTRY


@pytest.mark.parametrize(
    ("country", "written"),
    [
        ("EC", "1800123456"),
        ("CL", "6003600000"),
        ("CL", "800123456"),
        ("AR", "08101234567"),
        ("CO", "018000123456"),
        ("US", "9005551234"),
        ("GB", "07012345678"),
        ("LV", "90012345"),
        ("BR", "0900123456"),
    ],
)
def test_valid_numbers_of_a_kind_that_is_not_called_are_refused(country: str, written: str) -> None:
    assert fault_of(written, country) is RowFault.PHONE_KIND


@pytest.mark.parametrize("written", ["099912345", "09991234567", "0000000000", "+5930000000"])
def test_numbers_nobody_has_are_refused(written: str) -> None:
    assert fault_of(written) is RowFault.PHONE_INVALID


def test_nothing_written_is_told_apart() -> None:
    assert fault_of("") is RowFault.PHONE_MISSING
    assert fault_of("   ") is RowFault.PHONE_MISSING


def test_countries_that_share_a_prefix_are_told_apart() -> None:
    assert fault_of("+17875551234", "DO") is RowFault.PHONE_COUNTRY
    assert PhoneRules("DO", ("DO", "PR")).dialable("+17875551234") == "17875551234"


def test_allowed_countries_replace_the_own_one() -> None:
    assert PhoneRules("EC", ("PE",)).dialable("+51987654321") == "51987654321"
    assert fault_of("0999123456", "EC", ("PE",)) is RowFault.PHONE_COUNTRY


@pytest.mark.parametrize("country", ["XX", "ec", "", "001", "+593"])
def test_a_country_without_numbers_is_refused(country: str) -> None:
    with pytest.raises(ValueError, match="ISO 3166"):
        PhoneRules(country)
    with pytest.raises(ValueError, match="ISO 3166"):
        PhoneRules("EC", ("EC", country))


RULES = PhoneRules("EC")


@given(st.text(max_size=20) | st.text(alphabet="0123456789+-. ()", max_size=20))
def test_what_is_dialed_is_always_plain_digits_of_the_country(written: str) -> None:
    try:
        dialed = RULES.dialable(written)
    except NumberRefusedError:
        return
    assert re.fullmatch(r"593[0-9]{8,9}", dialed, re.ASCII)
    assert RULES.dialable("+" + dialed) == dialed
