"""/call-recordings: recorded talks, their sound, and removing them. Every play leaves a row.

What callers leave as messages is `/recordings`.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import AwareDatetime, BaseModel, Field
from starlette.responses import Response

from agents.floor import own_queue
from api.access import Needs, Owner
from api.fields import Asked, Label, Moment, PageQuery
from api.parts import Parts, Rooms
from api.problem_texts import Kind
from api.problems import ProblemError, told
from api.sounds import part_of, sound_answers, sound_response, told_of
from api.trail import Trailed
from monitoring.call_recordings import WITH_SOUND, RecordingState
from storage.call_recordings import CallRecording, CallRecordingFilter
from storage.scopes import Scope
from storage.sound_files import SoundMissingError
from storage.tokens import TokenOwner

router = APIRouter(prefix="/call-recordings", tags=["call recordings"])
_HEAR = [Depends(Needs(Scope.CALL_RECORDINGS_HEAR))]
_REMOVE = [Depends(Needs(Scope.CALL_RECORDINGS_REMOVE))]

_Name = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")]
_Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,80}$")]


class CallRecordingQuery(PageQuery):
    """Which recordings; what is not given does not matter."""

    call_id: _Word | None = None
    agent: _Word | None = None
    queue: _Word | None = None
    campaign_id: _Word | None = None
    state: RecordingState | None = None
    started_from: Annotated[Moment | None, Field(alias="from")] = None
    started_until: Annotated[
        Moment | None, Field(alias="to", description="Itself not included")
    ] = None


class HearQuery(Asked):
    """How a recording is heard."""

    changed: Annotated[
        bool, Field(description="Even if the file is not what was kept; the audit says so")
    ] = False


class RemoveQuery(Asked):
    """Why a recording goes."""

    reason: Annotated[Label, Field(description="For the recording's row and the audit")]


class HoldAsked(Asked):
    """Why a recording must not go."""

    reason: Label


class PauseTold(BaseModel):
    """A stretch that was kept out; there is silence in its place."""

    since: AwareDatetime
    #: null: to the end
    until: AwareDatetime | None
    #: an agent's number or a token's id
    by: str


class CallRecordingTold(BaseModel):
    """One recorded talk; null is what is not known, or not yet."""

    recording: str
    call_id: str
    queue: str
    #: null: the customer called in
    campaign_id: str | None
    agent: str
    #: who told the customer: caller (who heard the sentence), agent (who says it); "" nobody knows
    announced: str
    state: RecordingState
    started_at: AwareDatetime
    #: of the talk
    began_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    seconds: float | None
    paused_seconds: float | None
    pauses: list[PauseTold]
    bytes: int | None
    #: of the file, hexadecimal
    sha256: str | None
    #: Asterisk did not live to finish the file
    cut_short: bool
    kept_at: AwareDatetime | None
    #: when the file was found not to be what was kept
    changed_at: AwareDatetime | None
    removed_at: AwareDatetime | None
    removed_why: str
    #: it must not go, since when and why; null: it may
    held_at: AwareDatetime | None
    held_why: str


class CallRecordings(BaseModel):
    """A page of recordings, the newest first; `next_cursor` null: there are no more."""

    items: list[CallRecordingTold]
    next_cursor: str | None


@router.get("", dependencies=_HEAR)
async def call_recordings(
    rooms: Rooms, owner: Owner, query: Annotated[CallRecordingQuery, Query()]
) -> CallRecordings:
    """Recorded talks, the newest first."""
    wanted = CallRecordingFilter(
        **query.model_dump(exclude=set(PageQuery.model_fields)), seen_queues=_seen(rooms, owner)
    )
    page = await rooms.call_recordings.page(wanted, query.cursor, query.limit)
    return CallRecordings(
        items=[_told(one) for one in page.recordings], next_cursor=page.next_cursor
    )


@router.get("/{name}", dependencies=_HEAR, responses=told(Kind.NO_SUCH_CALL_RECORDING))
async def call_recording(rooms: Rooms, owner: Owner, name: _Name) -> CallRecordingTold:
    """One recorded talk."""
    return _told(await _shown(rooms, owner, name))


@router.get(
    "/{name}/audio",
    dependencies=_HEAR,
    response_class=Response,
    responses=sound_answers(
        Kind.NO_SUCH_CALL_RECORDING, Kind.CALL_RECORDING_NOT_NOW, Kind.CALL_RECORDING_CHANGED
    ),
)
async def hear_call_recording(
    rooms: Rooms,
    owner: Owner,
    name: _Name,
    query: Annotated[HearQuery, Query()],
    request: Request,
    trail: Trailed,
) -> Response:
    """The sound of a talk, or the part that `Range` asks for; who listened is kept."""
    recording = await _shown(rooms, owner, name)
    subject = f"call-recordings/{name}"
    if recording.state not in WITH_SOUND:
        raise ProblemError(Kind.CALL_RECORDING_NOT_NOW, recording=name, state=recording.state)
    try:
        found = await rooms.call_recordings.sound(recording)
    except SoundMissingError as error:
        await trail.leave("call_recording.missing", subject)
        raise ProblemError(Kind.NO_SUCH_CALL_RECORDING, recording=name) from error
    if found.changed and not query.changed:
        await trail.leave("call_recording.changed", subject, before={"sha256": recording.sha256})
        raise ProblemError(Kind.CALL_RECORDING_CHANGED, recording=name)
    part = part_of(request.headers.get("range"), len(found.sound))
    after = {"bytes": told_of(part), "call_id": recording.call_id, "changed": found.changed}
    await trail.leave("call_recording.hear", subject, after=after)
    return sound_response(found.sound, part)


@router.delete(
    "/{name}",
    dependencies=_REMOVE,
    status_code=204,
    responses=told(
        Kind.NO_SUCH_CALL_RECORDING,
        Kind.CALL_RECORDING_NOT_NOW,
        Kind.CALL_RECORDING_HELD,
        Kind.RECORDING_KEPT,
    ),
)
async def remove_call_recording(
    rooms: Rooms,
    owner: Owner,
    name: _Name,
    query: Annotated[RemoveQuery, Query()],
    trail: Trailed,
) -> None:
    """Remove the sound of a talk for good; that there was one, and why it went, stays."""
    recording = await _shown(rooms, owner, name)
    if recording.held_at is not None:
        raise ProblemError(Kind.CALL_RECORDING_HELD, recording=name, why=recording.held_why)
    if not await rooms.call_recordings.remove(name, query.reason):
        raise ProblemError(Kind.CALL_RECORDING_NOT_NOW, recording=name, state=recording.state)
    await trail.leave(
        "call_recording.remove",
        f"call-recordings/{name}",
        before={"sha256": recording.sha256, "call_id": recording.call_id},
        after={"reason": query.reason},
    )


@router.put(
    "/{name}/hold",
    dependencies=_REMOVE,
    responses=told(Kind.NO_SUCH_CALL_RECORDING, Kind.CALL_RECORDING_NOT_NOW),
)
async def hold_call_recording(
    rooms: Rooms, owner: Owner, name: _Name, asked: HoldAsked, trail: Trailed
) -> CallRecordingTold:
    """Keep a recording from going, by age, by order, or with its customer: a court may want it."""
    before = await _shown(rooms, owner, name)
    if not await rooms.call_recordings.hold(name, asked.reason):
        raise ProblemError(Kind.CALL_RECORDING_NOT_NOW, recording=name, state=before.state)
    await trail.leave(
        "call_recording.hold",
        f"call-recordings/{name}",
        before={"held_why": before.held_why},
        after={"held_why": asked.reason},
    )
    return _told(await _shown(rooms, owner, name))


@router.delete(
    "/{name}/hold",
    dependencies=_REMOVE,
    status_code=204,
    responses=told(Kind.NO_SUCH_CALL_RECORDING),
)
async def release_call_recording(rooms: Rooms, owner: Owner, name: _Name, trail: Trailed) -> None:
    """It may go again."""
    before = await _shown(rooms, owner, name)
    if before.held_at is not None and await rooms.call_recordings.release(name):
        await trail.leave(
            "call_recording.release",
            f"call-recordings/{name}",
            before={"held_why": before.held_why},
        )


async def _shown(rooms: Parts, owner: TokenOwner, name: str) -> CallRecording:
    recording = await rooms.call_recordings.get(name)
    seen = _seen(rooms, owner)
    if recording is None or (seen is not None and recording.queue not in seen):
        raise ProblemError(Kind.NO_SUCH_CALL_RECORDING, recording=name)
    return recording


def _seen(rooms: Parts, owner: TokenOwner) -> set[str] | None:
    """The queues whose talks this owner may hear, their agents' own ones too; None: all."""
    if owner.queues is None:
        return None
    agents = [agent for agent in rooms.floor.agents if any(map(owner.sees, agent.queues))]
    return {*owner.queues, *(own_queue(agent.number) for agent in agents)}


def _told(one: CallRecording) -> CallRecordingTold:
    return CallRecordingTold(
        recording=one.recording,
        call_id=one.call_id,
        queue=one.queue,
        campaign_id=one.campaign_id or None,
        agent=one.agent,
        announced=one.announced,
        state=one.state,
        started_at=one.started_at,
        began_at=one.began_at,
        ended_at=one.ended_at,
        seconds=one.seconds,
        paused_seconds=one.paused_seconds,
        pauses=[
            PauseTold(since=pause.since, until=pause.until, by=pause.by) for pause in one.pauses
        ],
        bytes=one.bytes,
        sha256=one.sha256 or None,
        cut_short=one.cut_short,
        kept_at=one.kept_at,
        changed_at=one.changed_at,
        removed_at=one.removed_at,
        removed_why=one.removed_why,
        held_at=one.held_at,
        held_why=one.held_why,
    )
