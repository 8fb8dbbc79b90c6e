"""Where the called person is, as far as it is known: the time zones that count for a number.

A lead may name its zone. Else the number tells: an area code its zones, any other number all those
of its country. Where several zones count, a moment has to be good in every one of them. A mobile
number is taken for its area code where it has one, though its owner may have moved.
"""

from __future__ import annotations

import importlib.resources
import zoneinfo
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber
from phonenumbers import timezone as number_zones

from calls.errors import Linea800Error

#: an area code that lies in more zones than this counts as "somewhere in the country"
_MOST_ZONES = 4
#: names that the database has and that are nobody's time
_NOBODYS = {"Factory", "localtime", "posixrules"}


class UnknownZoneError(Linea800Error):
    """Nobody knows the local time of the called person."""


@dataclass(frozen=True, slots=True)
class Place:
    """The zones that count. `key` is short, stable, and enough to have the place again."""

    #: `America/Bogota`, `America/Boise,America/Denver`, or `MX:*` for every zone of a country
    key: str
    zones: tuple[str, ...]


@lru_cache(maxsize=65_536)
def place_of(number: str, zone: str | None = None) -> Place:
    """Where the person at this number (E.164 with the plus) is; `zone` is what the lead says.

    Raises `UnknownZoneError` when the lead's zone does not exist, or the number tells nothing.
    """
    if zone is not None:
        return place_from(_known(zone))
    try:
        parsed = phonenumbers.parse(number)
    except NumberParseException as error:
        raise UnknownZoneError(
            f"number {number!r}: the zone cannot be told; give it as +573001234567"
        ) from error
    country = phonenumbers.region_code_for_number(parsed)
    named = _by_area_code(parsed)
    if 0 < len(named) <= _MOST_ZONES:
        return place_from(",".join(named))
    if country is None or country not in _zones_by_country():
        raise UnknownZoneError(
            f"number {number!r}: no time zone is known for it; give the lead's zone, such as "
            "America/Bogota"
        )
    return whole_country(country)


def whole_country(country: str) -> Place:
    """Anywhere in a country; raises `UnknownZoneError` for a country without zones."""
    return place_from(f"{country}:*")


@lru_cache(maxsize=4096)
def place_from(key: str) -> Place:
    """The place with this key; raises `UnknownZoneError` for what is none."""
    country, star, rest = key.partition(":")
    if not star:
        names = tuple(sorted({_known(name) for name in key.split(",")}))
        return Place(",".join(names), names)
    zones = _zones_by_country().get(country, ())
    if rest != "*" or not zones:
        raise UnknownZoneError(f"place {key!r}: write the zones, or a country as in MX:*")
    return Place(zones[0] if len(zones) == 1 else key, zones)


def _by_area_code(number: PhoneNumber) -> list[str]:
    """The zones of its area; empty when the number says no more than its country's code does.

    For a country without zones by area code, what `phonenumbers` gives is one of its zones (for
    Chile that of Santiago, for Nicaragua even one of the United States): no answer to rely on.
    """
    if not phonenumbers.is_number_geographical(number):
        return []
    names = set(number_zones.time_zones_for_geographical_number(number))
    bare = PhoneNumber(country_code=number.country_code, national_number=0)
    if names == set(number_zones.time_zones_for_geographical_number(bare)):
        return []
    return sorted(names) if names <= _zone_names() else []


def _known(name: str) -> str:
    if name not in _zone_names():
        raise UnknownZoneError(
            f"time zone {name!r} does not exist; write it as the IANA database does, such as "
            "America/Bogota"
        )
    return name


@lru_cache(maxsize=1)
def _zone_names() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones() - _NOBODYS)


@lru_cache(maxsize=1)
def _zones_by_country() -> dict[str, tuple[str, ...]]:
    """ISO 3166 country to its zones, by the database's own table."""
    table = importlib.resources.files("tzdata").joinpath("zoneinfo", "zone.tab")
    found: dict[str, list[str]] = {}
    for line in table.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            country, _, name, *_ = line.split("\t")
            found.setdefault(country, []).append(name)
    known = _zone_names()
    return {
        country: kept
        for country, names in found.items()
        if (kept := tuple(sorted(name for name in names if name in known)))
    }
