"""The time zone a client names, by which days and hours are told apart."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from api.problems import invalid
from dialer.rules.place import UnknownZoneError, place_from


def zone_of(name: str, place: str) -> ZoneInfo:
    """The zone; raises `ProblemError` at this place of the request for what is no IANA zone."""
    try:
        zones = place_from(name).zones
    except UnknownZoneError as error:
        raise invalid(place, "no_such_zone") from error
    if zones != (name,):
        raise invalid(place, "no_such_zone")
    return ZoneInfo(name)
