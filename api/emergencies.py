"""/queues/{name}/emergency: what those who wait are told again and again, until it is ended."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel, Field

from api.access import Needs, Owner
from api.fields import Asked, PageQuery
from api.open_calls import must_be_a_queue, must_be_sayable
from api.parts import Rooms
from api.problem_texts import Kind
from api.problems import told
from api.queues import QueuePath
from api.trail import Trailed
from storage.emergencies import Emergency
from storage.scopes import Scope

router = APIRouter(prefix="/queues/{name}", tags=["queues"], responses=told(Kind.NO_SUCH_QUEUE))
_RUN = [Depends(Needs(Scope.QUEUES_RUN))]
#: a message that is told before it is over would be two voices at once
_SHORTEST_SECONDS = 20
_LONGEST_SECONDS = 600


class EmergencyAsked(Asked):
    """What those who wait are told, and how often."""

    prompt: Annotated[
        str,
        Field(pattern=r"^[a-z][a-z0-9_]{0,60}$", description="There is one in every language"),
    ]
    every_seconds: Annotated[
        int,
        Field(ge=_SHORTEST_SECONDS, le=_LONGEST_SECONDS, description="To each caller"),
    ] = 60


class EmergencyTold(BaseModel):
    """One message, from when to when it was told."""

    queue: str
    prompt: str
    every_seconds: int
    begun_by: str
    began_at: AwareDatetime
    #: null: it is told
    ended_at: AwareDatetime | None


class Emergencies(BaseModel):
    """A page of messages, the latest to begin first; `next_cursor` null: there are no more."""

    items: list[EmergencyTold]
    next_cursor: str | None


class EmergencyOver(BaseModel):
    """Nothing is told any more; `ended` is what this ended, null: nothing was."""

    queue: str
    ended: EmergencyTold | None


@router.get("/emergencies", dependencies=[Depends(Needs(Scope.LIVE_READ))])
async def emergencies(
    rooms: Rooms, owner: Owner, name: QueuePath, query: Annotated[PageQuery, Query()]
) -> Emergencies:
    """What was told in the queue and is, the latest first."""
    must_be_a_queue(rooms, owner, name)
    page = await rooms.emergencies.page(name, cursor=query.cursor, limit=query.limit)
    items = [_told(one) for one in page.emergencies]
    return Emergencies(items=items, next_cursor=page.next_cursor)


@router.post("/emergency", dependencies=_RUN)
async def begin_emergency(
    rooms: Rooms, owner: Owner, name: QueuePath, asked: EmergencyAsked, trail: Trailed
) -> EmergencyTold:
    """Tell everybody who waits, and who comes, in their language; they keep their places.

    Another message takes the place of the one that is on; the same one stays as it is.
    """
    must_be_a_queue(rooms, owner, name)
    must_be_sayable(rooms, "body.prompt", asked.prompt)
    before = rooms.emergencies.on.get(name)
    emergency, began = await rooms.emergencies.begin(
        name, prompt=asked.prompt, every_seconds=asked.every_seconds, begun_by=owner.name,
        now=rooms.now(),
    )  # fmt: skip
    if began:
        was = {} if before is None else _audited(before)
        await trail.leave(
            "queue.emergency", f"queues/{name}", before=was, after=_audited(emergency)
        )
    return _told(emergency)


@router.post("/emergency/end", dependencies=_RUN)
async def end_emergency(
    rooms: Rooms, owner: Owner, name: QueuePath, trail: Trailed
) -> EmergencyOver:
    """Tell it no more; who is being told hears it to its end."""
    must_be_a_queue(rooms, owner, name)
    ended = await rooms.emergencies.end(name, rooms.now())
    if ended is None:
        return EmergencyOver(queue=name, ended=None)
    await trail.leave("queue.emergency_end", f"queues/{name}", before=_audited(ended))
    return EmergencyOver(queue=name, ended=_told(ended))


def _told(emergency: Emergency) -> EmergencyTold:
    return EmergencyTold.model_validate(emergency, from_attributes=True)


def _audited(emergency: Emergency) -> dict[str, str | int]:
    return {"prompt": emergency.prompt, "every_seconds": emergency.every_seconds}
