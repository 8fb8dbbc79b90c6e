"""/calls/{call_id}/…: a caller who waits is moved, put to another place, or taken out of the line.

An order answers when the caller has left the place: who got an agent first stays with the agent.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from api.access import Needs, Owner
from api.fields import Asked, IdPath
from api.listening import Why
from api.open_calls import must_be_a_queue, open_call
from api.parts import Parts, Rooms
from api.problem_texts import Kind
from api.problems import ProblemError, told
from api.trail import Trailed
from calls.call import Call
from calls.states import CallState
from ivr.taking_out import NotInLineError
from storage.scopes import Scope

_PROBLEMS = (
    Kind.NO_SUCH_CALL, Kind.CALL_GONE, Kind.CALL_NOT_NOW, Kind.SWITCH_REFUSED, Kind.LINK_DOWN,
    Kind.OUTCOME_UNKNOWN,
)  # fmt: skip
router = APIRouter(
    prefix="/calls/{call_id}",
    tags=["calls"],
    dependencies=[Depends(Needs(Scope.CALLS_CONTROL))],
    responses=told(*_PROBLEMS),
)


class MoveAsked(Asked):
    """Another queue."""

    queue: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")]
    reason: Why = ""


class PlaceAsked(Asked):
    """Another place in the line."""

    position: Annotated[int, Field(ge=1, le=1000, description="1 is the head of the line")] = 1
    reason: Why = ""


class WithdrawalAsked(Asked):
    """What becomes of the caller."""

    to: Annotated[
        Literal["menu", "hang_up"],
        Field(description="menu: led on, with the place kept; hang_up: told that nobody can talk"),
    ]
    reason: Why = ""


class CallNow(BaseModel):
    """Where the call is now."""

    call_id: str
    state: CallState
    queue: str


@router.post("/move", status_code=202, responses=told(*_PROBLEMS, Kind.NO_SUCH_QUEUE))
async def move(
    rooms: Rooms, owner: Owner, call_id: IdPath, asked: MoveAsked, trail: Trailed
) -> CallNow:
    """To the end of another queue's line."""
    call = open_call(rooms, owner, call_id)
    must_be_a_queue(rooms, owner, asked.queue)
    if asked.queue in rooms.closures.closed:
        raise ProblemError(Kind.QUEUE_CLOSED, name=asked.queue)
    before, after = {"queue": call.queue}, {"queue": asked.queue, "reason": asked.reason}
    with _in_line(call):
        async with trail.row("call.move", f"calls/{call_id}", before=before, after=after):
            await rooms.taking_out.move(call_id, asked.queue)
    return call_now(rooms, call)


@router.post("/prioritize", status_code=202)
async def prioritize(
    rooms: Rooms, owner: Owner, call_id: IdPath, asked: PlaceAsked, trail: Trailed
) -> CallNow:
    """To another place in the same line."""
    call = open_call(rooms, owner, call_id)
    before, after = {"queue": call.queue}, {"position": asked.position, "reason": asked.reason}
    with _in_line(call):
        async with trail.row("call.prioritize", f"calls/{call_id}", before=before, after=after):
            await rooms.taking_out.prioritize(call_id, asked.position)
    return call_now(rooms, call)


@router.post("/withdraw", status_code=202)
async def withdraw(
    rooms: Rooms, owner: Owner, call_id: IdPath, asked: WithdrawalAsked, trail: Trailed
) -> CallNow:
    """Out of the line: into the menu, or told so and hung up."""
    call = open_call(rooms, owner, call_id)
    before, after = {"queue": call.queue}, {"to": asked.to, "reason": asked.reason}
    with _in_line(call):
        async with trail.row("call.withdraw", f"calls/{call_id}", before=before, after=after):
            if asked.to == "menu":
                await rooms.taking_out.to_menu(call_id)
            else:
                await rooms.taking_out.away(call_id)
    return call_now(rooms, call)


@contextmanager
def _in_line(call: Call) -> Iterator[None]:
    try:
        yield
    except NotInLineError as error:
        raise ProblemError(Kind.CALL_NOT_NOW, state=call.state) from error


def call_now(rooms: Parts, before: Call) -> CallNow:
    """The call as it is by now."""
    call = rooms.tracker.get(before.call_id) or before
    return CallNow(call_id=call.call_id, state=call.state, queue=call.queue)
