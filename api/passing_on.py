"""/calls/{call_id}/transfer: the agent's talk goes on elsewhere, in a queue or at a target.

It answers when Asterisk has the order: that the talk is over comes as facts, and so does it that a
target did not take the call.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field

from agents.passing_on import CalledByUsError, NotTalkingError
from api.access import Needs, OnlyAgent, Owner
from api.fields import Asked, IdPath
from api.listening import Why
from api.open_calls import must_be_a_queue, own_or_open_call
from api.parts import Parts, Rooms
from api.problem_texts import Kind
from api.problems import ProblemError, invalid, told
from api.trail import Trailed
from api.waiting_calls import CallNow, call_now
from calls.call import Call
from storage.scopes import Scope
from storage.tokens import TokenOwner

router = APIRouter(
    prefix="/calls/{call_id}/transfer",
    tags=["calls"],
    dependencies=[Depends(Needs(Scope.OWN, Scope.CALLS_CONTROL))],
)


class TransferAsked(Asked):
    """Where the talk goes: a queue or a target, one of the two."""

    queue: Annotated[str | None, Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")] = None
    target: Annotated[
        str | None,
        Field(pattern=r"^[a-z][a-z0-9_]{0,30}$", description="As the floor file names it"),
    ] = None
    reason: Why = ""


@router.post(
    "",
    status_code=202,
    responses=told(
        Kind.NO_SUCH_CALL, Kind.NO_SUCH_QUEUE, Kind.QUEUE_CLOSED, Kind.CALL_GONE,
        Kind.CALL_NOT_NOW, Kind.CALLED_BY_US, Kind.SWITCH_REFUSED, Kind.LINK_DOWN,
        Kind.OUTCOME_UNKNOWN,
    ),
)  # fmt: skip
async def transfer(
    rooms: Rooms, owner: Owner, only: OnlyAgent, call_id: IdPath, asked: TransferAsked,
    trail: Trailed,
) -> CallNow:  # fmt: skip
    """Out of the talk; an agent's token passes on the agent's own talk."""
    call = own_or_open_call(rooms, owner, only, call_id)
    place = _place(rooms, owner, asked)
    before = {"queue": call.queue, "agent": call.agent}
    after = {**place, "reason": asked.reason}
    with _in_talk(call):
        async with trail.row("call.transfer", f"calls/{call_id}", before=before, after=after):
            if asked.queue is not None:
                await rooms.passing_on.to_queue(call_id, asked.queue)
            else:
                await rooms.passing_on.to_target(call_id, place["target"])
    return call_now(rooms, call)


def _place(rooms: Parts, owner: TokenOwner, asked: TransferAsked) -> dict[str, str]:
    """Where to; raises `ProblemError` unless it is one place of the floor that takes calls."""
    if (asked.queue is None) == (asked.target is None):
        raise invalid("body", "queue_or_target")
    if asked.queue is not None:
        must_be_a_queue(rooms, owner, asked.queue)
        if asked.queue in rooms.closures.closed:
            raise ProblemError(Kind.QUEUE_CLOSED, name=asked.queue)
        return {"queue": asked.queue}
    known = [target.name for target in rooms.floor.targets]
    if asked.target not in known:
        raise invalid("body.target", "no_such_place", known=", ".join(known))
    return {"target": asked.target}


@contextmanager
def _in_talk(call: Call) -> Iterator[None]:
    try:
        yield
    except NotTalkingError as error:
        raise ProblemError(Kind.CALL_NOT_NOW, state=call.state) from error
    except CalledByUsError as error:
        raise ProblemError(Kind.CALLED_BY_US) from error
