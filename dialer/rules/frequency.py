"""How often a person may be called: which limits a history has reached, and until when.

Days are local dates of the called person. Where several zones count, a limit is reached when it is
by any of their calendars, and over when it is by all of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from dialer.rules.place import Place
from dialer.rules.sections import FrequencyLimit, FrequencyRule
from dialer.rules.wall_clock import day_begins, instant, local_day, zoned

_WEEK_DAYS = 7


class Kind(StrEnum):
    """How far a person was reached; each call is one entry, at its furthest."""

    ATTEMPT = "attempt"
    #: a conversation; an attempt too
    CONTACT = "contact"
    #: a person answered and met no agent; an attempt too
    ABANDONED = "abandoned"
    #: a machine answered; an attempt too
    MACHINE = "machine"
    #: a message in writing: no call at all
    OTHER_CHANNEL = "other_channel"


CALLS = frozenset(Kind) - {Kind.OTHER_CHANNEL}
_COUNTED = {"attempts": CALLS, "contacts": frozenset({Kind.CONTACT})}


@dataclass(frozen=True, slots=True)
class Past:
    """One earlier call to a lead, or to the number that is to be called now."""

    at: dt.datetime
    kind: Kind
    #: it went to the number that is to be called now
    this_number: bool = True
    #: it was for the lead that is to be called now
    this_lead: bool = True


class Cap(StrEnum):
    """Which kind of limit was reached."""

    DAILY_CAP = "daily_cap"
    WEEKLY_CAP = "weekly_cap"
    PERIOD_CAP = "period_cap"
    TOO_SOON = "too_soon"


@dataclass(frozen=True, slots=True)
class Reached:
    """A limit that forbids a call now; with a history that grows no more it ends at `until`."""

    cap: Cap
    until: dt.datetime


def reached(
    rules: Iterable[FrequencyRule], history: Iterable[Past], place: Place, at: dt.datetime
) -> list[Reached]:
    """The limits that a call at this instant would pass; empty when it may be made."""
    kept = tuple(history)
    if not kept:
        return []
    found: dict[Cap, int] = {}
    for name in place.zones:
        zone = zoned(name)
        today = local_day(zone, _second(at))
        past = [(local_day(zone, _second(each.at)), each) for each in kept]
        for rule in rules:
            for cap, day in _over(rule, past, today):
                found[cap] = max(found.get(cap, 0), day_begins(zone, day))
    return [Reached(cap, instant(found[cap])) for cap in Cap if cap in found]


def _over(
    rule: FrequencyRule, past: list[tuple[int, Past]], today: int
) -> Iterator[tuple[Cap, int]]:
    """Each limit that is reached today, and the first day on which it is not."""
    for limit in rule.limits:
        days = sorted((day for day, each in past if _counts(limit, each)), reverse=True)
        # The call that has to leave the period before there is room for another one.
        if len(days) >= limit.at_most and (free := days[limit.at_most - 1] + limit.days) > today:
            yield _cap(limit.days), free
    for apart, kinds in (
        (rule.min_days_between_attempts, CALLS),
        (rule.min_days_between_contacts, _COUNTED["contacts"]),
        (_WEEK_DAYS if rule.one_channel_per_week else None, {Kind.OTHER_CHANNEL}),
    ):
        days = [day for day, each in past if each.kind in kinds and each.this_lead]
        if apart is not None and days and (free := max(days) + apart) > today:
            yield Cap.TOO_SOON, free


def _counts(limit: FrequencyLimit, each: Past) -> bool:
    mine = each.this_number if limit.per == "number" else each.this_lead
    return mine and each.kind in _COUNTED[limit.count]


def _cap(days: int) -> Cap:
    return {1: Cap.DAILY_CAP, _WEEK_DAYS: Cap.WEEKLY_CAP}.get(days, Cap.PERIOD_CAP)


def _second(at: dt.datetime) -> int:
    return int(at.timestamp() // 1)


def redial_until(
    history: Iterable[Past],
    place: Place,
    *,
    after_abandoned_hours: float | None,
    machine_same_day: bool,
) -> dt.datetime | None:
    """Until when this number is left alone unless an agent is guaranteed; None: it need not be.

    `machine_same_day` says whether a number where a machine answered may be called that day.
    """
    until: list[dt.datetime] = []
    for each in history:
        if not each.this_number:
            continue
        if each.kind is Kind.ABANDONED and after_abandoned_hours is not None:
            until.append(each.at + dt.timedelta(hours=after_abandoned_hours))
        if each.kind is Kind.MACHINE and not machine_same_day:
            until += [
                instant(day_begins(zone, local_day(zone, _second(each.at)) + 1))
                for zone in map(zoned, place.zones)
            ]
    return max(until, default=None)
