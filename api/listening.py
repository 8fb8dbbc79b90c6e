"""/calls/{call_id}/listen: a supervisor hears a talk, whispers to its agent, or joins it.

A command answers 202 with what is known so far: its effect comes as facts, in the call's timeline.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from agents.listening import (
    ListenedAlreadyError,
    Listener,
    NoTalkError,
    PhoneInUseError,
)
from api.access import Needs, Owner
from api.fields import Asked, IdPath
from api.open_calls import open_call
from api.parts import Rooms
from api.problem_texts import Kind
from api.problems import ProblemError, told
from api.trail import Trailed
from calls.switch import Mode
from storage.scopes import Scope

router = APIRouter(
    prefix="/calls/{call_id}/listen",
    tags=["calls"],
    dependencies=[Depends(Needs(Scope.CALLS_MONITOR))],
)

#: why somebody does it, for the audit
Why = Annotated[
    str,
    StringConstraints(pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]{0,200}$"),
    Field(description="For the audit; may be empty"),
]
_PLAIN_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_SWITCH = (Kind.CALL_GONE, Kind.SWITCH_REFUSED, Kind.LINK_DOWN, Kind.OUTCOME_UNKNOWN)


class ListenAsked(Asked):
    """Which phone is to hear the talk, and who hears that phone."""

    phone: Annotated[
        str,
        StringConstraints(pattern=r"^[0-9]{3,6}$"),
        Field(description="The number of an agent who is signed out: that phone rings"),
    ]
    mode: Annotated[
        Mode, Field(description="whisper: the agent hears it; barge: the customer, too")
    ] = Mode.LISTEN
    reason: Why = ""


class ListeningNow(BaseModel):
    """Who hears a call."""

    call_id: str
    agent: str
    phone: str
    mode: Mode
    #: null: the phone rings
    since: AwareDatetime | None


@router.get("", responses=told(Kind.NO_SUCH_CALL, Kind.CALL_GONE, Kind.NOBODY_LISTENS))
async def who_listens(rooms: Rooms, owner: Owner, call_id: IdPath) -> ListeningNow:
    """Who hears the call now."""
    open_call(rooms, owner, call_id)
    listener = rooms.listening.of(call_id)
    if listener is None:
        raise ProblemError(Kind.NOBODY_LISTENS, call_id=call_id)
    return _now(listener)


@router.post(
    "",
    status_code=202,
    responses=told(
        Kind.NO_SUCH_CALL, Kind.NO_SUCH_AGENT, Kind.CALL_NOT_NOW, Kind.PHONE_IN_USE,
        Kind.LISTENED_ALREADY, *_SWITCH,
    ),
)  # fmt: skip
async def listen(
    rooms: Rooms, owner: Owner, call_id: IdPath, asked: ListenAsked, trail: Trailed
) -> ListeningNow:
    """Ring the phone, or change the mode of the one that hears the call."""
    call = open_call(rooms, owner, call_id)
    if rooms.roster.get(asked.phone) is None:
        raise ProblemError(Kind.NO_SUCH_AGENT, number=asked.phone)
    before, by = rooms.listening.of(call_id), told_by(owner.id)
    try:
        async with trail.row(
            "call.listen",
            f"calls/{call_id}",
            before={"mode": before.order.mode} if before is not None else {},
            after={
                "mode": asked.mode, "phone": asked.phone, "agent": call.agent,
                "reason": asked.reason, "by": by,
            },
        ):  # fmt: skip
            listener = await rooms.listening.begin(call_id, asked.phone, asked.mode, by)
    except NoTalkError as error:
        raise ProblemError(Kind.CALL_NOT_NOW, state=call.state) from error
    except PhoneInUseError as error:
        raise ProblemError(Kind.PHONE_IN_USE, phone=asked.phone) from error
    except ListenedAlreadyError as error:
        phone = before.order.phone if before is not None else ""
        raise ProblemError(Kind.LISTENED_ALREADY, phone=phone) from error
    return _now(listener)


@router.delete(
    "", status_code=204, responses=told(Kind.NO_SUCH_CALL, Kind.NOBODY_LISTENS, *_SWITCH)
)
async def stop_listening(rooms: Rooms, owner: Owner, call_id: IdPath, trail: Trailed) -> None:
    """Hang up the phone that hears the call."""
    open_call(rooms, owner, call_id)
    listener = rooms.listening.of(call_id)
    if listener is None:
        raise ProblemError(Kind.NOBODY_LISTENS, call_id=call_id)
    before = {"mode": listener.order.mode, "phone": listener.order.phone}
    async with trail.row("call.listen_end", f"calls/{call_id}", before=before):
        await rooms.listening.end(call_id)


def told_by(owner_id: str) -> str:
    """The id as the dialplan may carry it: ids from outside are anything, so of those a digest."""
    if _PLAIN_ID.fullmatch(owner_id):
        return owner_id
    return f"id-{sha256(owner_id.encode()).hexdigest()[:32]}"


def _now(listener: Listener) -> ListeningNow:
    order = listener.order
    return ListeningNow(
        call_id=order.call_id, agent=order.agent, phone=order.phone, mode=order.mode,
        since=listener.since,
    )  # fmt: skip
