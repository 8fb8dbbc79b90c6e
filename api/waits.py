"""/queues/{name}/waits: how far off callers were told how long it takes."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from api.access import Needs, Owner
from api.fields import Asked
from api.parts import Rooms
from api.problem_texts import Kind
from api.problems import ProblemError, invalid, told
from api.queues import QueuePath
from dialer.rules.place import UnknownZoneError, place_from
from storage.scopes import Scope
from storage.waits import first_of_days

router = APIRouter(
    prefix="/queues", tags=["queues"], dependencies=[Depends(Needs(Scope.LIVE_READ))]
)


class WaitsQuery(Asked):
    """Which days."""

    days: Annotated[int, Field(ge=1, le=92, description="Today and those before it")] = 7
    zone: Annotated[
        str | None, Field(max_length=60, description="Whose days: America/Bogota. None: UTC")
    ] = None


class WaitsOfDay(BaseModel):
    """One day. Seconds and shares; null: nobody was reached."""

    day: date
    #: announcements; a caller who is told again counts again
    told: int
    #: of these, after which an agent came; the others gave up
    reached: int
    #: how much longer it took than was reckoned with; below zero: less long
    mean_error_seconds: float | None
    mean_absolute_error_seconds: float | None
    #: share of those reached between what was said, and of those reached no later
    within: float | None
    not_later: float | None


class Waits(BaseModel):
    """The days on which somebody was told, newest first."""

    queue: str
    zone: str
    items: list[WaitsOfDay]


@router.get("/{name}/waits", responses=told(Kind.NO_SUCH_QUEUE))
async def waits(
    rooms: Rooms, owner: Owner, name: QueuePath, query: Annotated[WaitsQuery, Query()]
) -> Waits:
    """What callers of the queue were told of their wait, and how long it was."""
    if rooms.floor.queue(name) is None or not owner.sees(name):
        raise ProblemError(Kind.NO_SUCH_QUEUE, name=name)
    zone = _zone(query.zone)
    now = rooms.now()
    found = await rooms.waits.by_day(name, first_of_days(query.days, zone, now), now, zone)
    items = [WaitsOfDay(**asdict(each)) for each in found]
    return Waits(queue=name, zone=zone.key, items=items)


def _zone(asked: str | None) -> ZoneInfo:
    if asked is None:
        return ZoneInfo("UTC")
    try:
        zones = place_from(asked).zones
    except UnknownZoneError as error:
        raise invalid("query.zone", "no_such_zone") from error
    if len(zones) != 1:
        raise invalid("query.zone", "no_such_zone")
    return ZoneInfo(zones[0])
