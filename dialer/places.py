"""Places kept in a queue's line by callers who gave up the line: whose turn it is. Pure.

A callback's turn has come when nobody who began to wait before it is still waiting. Then the next
agent of the queue who becomes free is theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from calls.events import CallbackAsked


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A call back that is owed: to whom, and since when they have waited in which queue."""

    callback_id: str
    campaign_id: str
    lead_id: int
    #: the person's, E.164 without the plus
    number: str
    #: whose clock counts there: a key of `dialer.rules.place`, "" when nobody knows
    zone: str
    queue: str
    since: datetime
    #: the first moment of a call: later than `since` for who was dialed and did not answer
    not_before: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlace:
    """A place to be written down. `number` is E.164 without the plus."""

    callback_id: str
    campaign_id: str
    number: str
    #: whose clock counts there: a key of `dialer.rules.place`, "" when nobody knows
    zone: str
    queue: str
    since: datetime
    asked_at: datetime


def next_of(
    line: Collection[datetime], places: Iterable[Place], free: int, now: datetime
) -> Place | None:
    """To whom one more free agent of a queue belongs; None: to somebody on the line, or nobody.

    `line` is since when each caller waits there. `free` other agents are there already: each of
    them is about to take the first of the line, so those are not waited for.
    """
    due = sorted((place for place in places if place.not_before <= now), key=_order)
    before = sorted(line)[free:]
    if not due or (before and before[0] < due[0].since):
        return None
    return due[0]


def number_in_line(place: Place, line: Iterable[datetime], places: Iterable[Place]) -> int:
    """How manieth the place is of all who wait in the queue and keep a place in it; 1 is next."""
    kept = sum(_order(other) < _order(place) for other in places if other.queue == place.queue)
    return 1 + kept + sum(since < place.since for since in line)


def kept_by_queue(places: Iterable[Place]) -> Mapping[str, int]:
    """How many keep a place in each queue where anybody does."""
    counts: dict[str, int] = {}
    for place in places:
        counts[place.queue] = counts.get(place.queue, 0) + 1
    return counts


def _order(place: Place) -> tuple[datetime, str]:
    return place.since, place.callback_id


class PlaceBook(Protocol):
    """Places, kept so that nobody is forgotten and nobody called twice. `storage/places.py`."""

    async def keep(self, new: NewPlace) -> bool:
        """Write a place down, once; False while the person is being called anyway."""

    async def places(self) -> Sequence[Place]:
        """Every place that is kept, the oldest first."""

    async def turn_came(self, place: Place, agent: str, now: datetime) -> bool:
        """It is theirs to be called now, by that agent; False when nobody is to be called."""

    async def wait_on(self, place: Place) -> datetime | None:
        """They were not called after all: until when the rules forbid it, if they do."""

    async def tried(self, attempt_id: str, most_tries: int) -> None:
        """What becomes of the place of an attempt that ended: kept on, or given up; once."""

    async def unfinished(self, pbx: str) -> Sequence[tuple[str, str]]:
        """Attempts that ended and `tried` was not told of: campaign and attempt."""

    async def known(self, callback_ids: Sequence[str]) -> Set[str]:
        """Those of them that are written down, whatever became of them."""

    async def asked_recorded(self, pbx: str, since: datetime) -> Sequence[CallbackAsked]:
        """Who asked for a call back since then, as the records of calls have it."""
