"""/live: the floor as it is now, once or as a stream of what changes."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import AwareDatetime, BaseModel

from api.access import Needs, Owner
from api.gate import Doorkeeper
from api.live_stream import EventStream, Streams, picture
from api.parts import Rooms
from api.problem_texts import Kind
from api.problems import told
from storage.tokens import Role

router = APIRouter(prefix="/live", tags=["live"], dependencies=[Depends(Needs(Role.SUPERVISOR))])


class Picture(BaseModel):
    """Everything on the board, by path: `link`, `queues/…`, `agents/…`, `campaigns/…`, `calls/…`.

    In a delta a thing that is null is gone.
    """

    seq: int
    as_of: AwareDatetime
    things: dict[str, dict[str, Any] | None]


@router.get("")
async def live(rooms: Rooms) -> Picture:
    """The whole picture."""
    return Picture.model_validate(picture(rooms.board.snapshot(), rooms.now()))


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
    return EventStream(
        rooms.board.watch(),
        place=streams.place(owner.id),
        still_allowed=lambda: doorkeeper.still_knows(request),
        now=rooms.now,
        limits=request.app.state.limits,
    )
