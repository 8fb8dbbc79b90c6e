"""Which zones count for a number: the lead's, the area code's, or every one of the country."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.rules.place import Place, UnknownZoneError, place_from, place_of, whole_country


@pytest.mark.parametrize(
    ("number", "key"),
    [
        ("+573001234567", "America/Bogota"),
        ("+59899123456", "America/Montevideo"),
        ("+525512345678", "America/Mexico_City"),
        ("+526641234567", "America/Tijuana"),
        ("+12085551234", "America/Boise,America/Los_Angeles"),
        ("+5511999990000", "America/Sao_Paulo"),
        ("+5592999990000", "America/Manaus"),
        ("+593991234567", "EC:*"),
        ("+59322123456", "America/Guayaquil"),
        ("+34612345678", "ES:*"),
        # phonenumbers names one zone for the whole of Chile, and a wrong one for Nicaragua
        ("+56221234567", "CL:*"),
        ("+50521234567", "America/Managua"),
    ],
)
def test_the_number_tells_the_place(number: str, key: str) -> None:
    place = place_of(number)
    assert place.key == key
    assert place_from(place.key) == place


def test_the_leads_own_zone_comes_first() -> None:
    assert place_of("+525512345678", "America/Cancun") == Place(
        "America/Cancun", ("America/Cancun",)
    )


def test_a_country_is_all_its_zones() -> None:
    assert set(place_of("+56221234567").zones) >= {"America/Santiago", "Pacific/Easter"}
    assert len(whole_country("MX").zones) > 5
    assert whole_country("CO").key == "America/Bogota"


@pytest.mark.parametrize(
    "zone",
    ["", "Bogota", "America/Atlantis", "../../etc/passwd", "America", "Factory", "MX:*",
     "America/Bogota ", "america/bogota", "UTC+5"],
)  # fmt: skip
def test_a_zone_that_does_not_exist_is_refused(zone: str) -> None:
    with pytest.raises(UnknownZoneError, match="America/Bogota"):
        place_of("+573001234567", zone)


@pytest.mark.parametrize("key", ["XX:*", "MX:", "MX:2", ":*", ",", "America/Bogota,", "*"])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    with pytest.raises(UnknownZoneError):
        place_from(key)


@pytest.mark.parametrize("number", ["+881612345678", "+80012345678", "3001234567", "", "+0"])
def test_a_number_that_lies_nowhere_is_refused(number: str) -> None:
    with pytest.raises(UnknownZoneError):
        place_of(number)


@given(st.text(max_size=30))
def test_any_text_is_a_place_or_refused(key: str) -> None:
    try:
        place = place_from(key)
    except UnknownZoneError:
        return
    assert place_from(place.key) == place
