"""Which number may be promised a call back, and from which day on the rules allow it. Pure."""

from __future__ import annotations

import logging
from datetime import date, datetime
from typing import NamedTuple

import phonenumbers

from dialer.lists.refusals import NumberRefusedError
from dialer.phone_rules import PhoneRules
from dialer.rules.place import UnknownZoneError, place_from, place_of, whole_country
from dialer.rules.wall_clock import zoned
from dialer.ruling import Candidate, Judge, Seen

log = logging.getLogger(__name__)


class Promisable(NamedTuple):
    """A number that may be promised a call."""

    #: as it is dialed
    number: str
    #: as people there say it
    spoken: str
    #: by the clock there
    today: date
    #: from which the rules allow the call, by the same clock; None: they do now
    from_day: date | None


def promisable(judge: Judge, country: str, written: str, now: datetime) -> Promisable | None:
    """What a caller wrote or was shown as, held to the rules; None: it may never be called."""
    try:
        number = PhoneRules(country).dialable(written)
    except NumberRefusedError as error:
        log.info("no call back is promised to %s: %s", written, error)
        return None
    zone = zone_of(number)
    opens = opening(judge, number, zone, now)
    if opens is None:
        return None
    clock = zoned((place_from(zone) if zone else whole_country(country)).zones[0])
    return Promisable(
        number=number,
        spoken=phonenumbers.national_significant_number(phonenumbers.parse(f"+{number}")),
        today=now.astimezone(clock).date(),
        from_day=None if opens <= now else opens.astimezone(clock).date(),
    )


def opening(judge: Judge, number: str, zone: str, now: datetime) -> datetime | None:
    """The first moment from now on at which the rules allow the call; None: they never do."""
    candidate = Candidate(lead_id=0, number=number, zone=zone, attempts=0)
    return judge.promise(candidate, Seen(), now)


def zone_of(number: str) -> str:
    """Whose clock counts at a number: a key of `dialer.rules.place`; "": nobody knows."""
    try:
        return place_of(f"+{number}").key
    except UnknownZoneError:
        return ""
