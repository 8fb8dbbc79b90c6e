"""/calls/{call_id}/recording: the recording of a call that goes on, paused and resumed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, BaseModel

from agents.recording import NotRecordedError, Recorded
from api.access import Needs, OnlyAgent, Owner
from api.fields import IdPath
from api.listening import told_by
from api.open_calls import own_or_open_call
from api.parts import Rooms
from api.problem_texts import Kind
from api.problems import ProblemError, told
from api.trail import Trailed
from storage.scopes import Scope

router = APIRouter(
    prefix="/calls/{call_id}/recording",
    tags=["calls"],
    dependencies=[Depends(Needs(Scope.CALLS_CONTROL, Scope.OWN))],
)
_NO_CALL = (Kind.NO_SUCH_CALL, Kind.CALL_GONE, Kind.CALL_NOT_RECORDED)
_SWITCH = (Kind.SWITCH_REFUSED, Kind.LINK_DOWN, Kind.OUTCOME_UNKNOWN)


class RecordingNow(BaseModel):
    """The recording of a call that goes on."""

    call_id: str
    recording: str
    queue: str
    #: who tells the customer: caller (who heard the sentence), or the agent, who has to say it
    announced: str
    #: null: what is said is recorded
    paused_at: AwareDatetime | None


@router.get("", responses=told(*_NO_CALL))
async def recording_now(
    rooms: Rooms, owner: Owner, only: OnlyAgent, call_id: IdPath
) -> RecordingNow:
    """The recording of the call; an agent's token sees that of the agent's own call."""
    own_or_open_call(rooms, owner, only, call_id)
    made = rooms.recordings_now.of(call_id)
    if made is None:
        raise ProblemError(Kind.CALL_NOT_RECORDED, call_id=call_id)
    return _told(made)


@router.post("/pause", responses=told(*_NO_CALL, *_SWITCH))
async def pause_recording(
    rooms: Rooms, owner: Owner, only: OnlyAgent, call_id: IdPath, trail: Trailed
) -> RecordingNow:
    """From now on the recording holds silence, until it is resumed or the talk is over."""
    own_or_open_call(rooms, owner, only, call_id)
    with _recorded(call_id):
        async with trail.row("call.recording_pause", f"calls/{call_id}") as after:
            made = await rooms.recordings_now.pause(call_id, only or told_by(owner.id))
            after |= _kept(made)
    return _told(made)


@router.post("/resume", responses=told(*_NO_CALL, *_SWITCH))
async def resume_recording(
    rooms: Rooms, owner: Owner, only: OnlyAgent, call_id: IdPath, trail: Trailed
) -> RecordingNow:
    """The recording holds what is said again."""
    own_or_open_call(rooms, owner, only, call_id)
    with _recorded(call_id):
        async with trail.row("call.recording_resume", f"calls/{call_id}") as after:
            made = await rooms.recordings_now.resume(call_id, only or told_by(owner.id))
            after |= _kept(made)
    return _told(made)


@contextmanager
def _recorded(call_id: str) -> Iterator[None]:
    try:
        yield
    except NotRecordedError as error:
        raise ProblemError(Kind.CALL_NOT_RECORDED, call_id=call_id) from error


def _kept(made: Recorded) -> dict[str, Any]:
    """What the audit keeps of it."""
    return {"recording": made.recording, "paused": made.paused_at is not None}


def _told(made: Recorded) -> RecordingNow:
    return RecordingNow(
        call_id=made.call_id,
        recording=made.recording,
        queue=made.queue,
        announced=made.announced,
        paused_at=made.paused_at,
    )
