"""/live: the floor as it is now, once or as a stream of what changes."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import AwareDatetime, BaseModel

from api.access import Needs, Owner
from api.campaign_path import queue_of
from api.gate import Doorkeeper
from api.live_stream import EventStream, Streams, picture
from api.parts import Parts, Rooms
from api.problem_texts import Kind
from api.problems import told
from api.row_filter import BoardFilter, within
from storage.scopes import Scope
from storage.tokens import TokenOwner

router = APIRouter(prefix="/live", tags=["live"], dependencies=[Depends(Needs(Scope.LIVE_READ))])


class Picture(BaseModel):
    """Everything on the board, by path: `link`, `carrier`, `queues/…`, `agents/…`, `campaigns/…`,
    `calls/…`, `menus/…`, `curves`, `alerts/…`.

    In a delta a thing that is null is gone.
    """

    seq: int
    as_of: AwareDatetime
    things: dict[str, dict[str, Any] | None]


@router.get("")
async def live(rooms: Rooms, owner: Owner) -> Picture:
    """The whole picture."""
    seen = await _filter(rooms, owner).seen(rooms.board.snapshot())
    return Picture.model_validate(picture(seen, rooms.now()))


@router.get(
    "/events",
    response_class=Response,
    responses={
        200: {
            "description": "Server-sent events: one `snapshot`, then `delta`s; `data` is a Picture",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
        **told(Kind.TOO_MANY_STREAMS),
    },
)
async def events(rooms: Rooms, owner: Owner, request: Request) -> EventStream:
    """The whole picture, then what changes; a comment every 15 s shows that the stream lives."""
    streams: Streams = request.app.state.streams
    doorkeeper: Doorkeeper = request.app.state.doorkeeper
    updates, seen = rooms.board.watch(), _filter(rooms, owner)
    if not seen.sees_all:
        updates = seen.watched(updates)
    return EventStream(
        updates,
        telling=streams.telling,
        place=streams.place(owner.id),
        still_allowed=lambda: doorkeeper.still_knows(request),
        now=rooms.now,
        limits=request.app.state.limits,
    )


def _filter(rooms: Parts, owner: TokenOwner) -> BoardFilter:
    return BoardFilter(owner, queue_of(rooms), within(owner, rooms.floor))
