"""/recordings: messages that callers left, their sound, and removing them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import AwareDatetime, BaseModel, Field
from starlette.responses import Response

from api.access import Needs, Owner
from api.fields import Asked, PageQuery
from api.parts import Rooms
from api.persons import PhoneTold, must_see_persons
from api.problem_texts import Kind
from api.problems import ProblemError, told
from api.sounds import part_of, sound_answers, sound_response, told_of
from api.trail import Trailed
from storage.recordings import Recording, RecordingFilter, SoundMissingError
from storage.scopes import Scope

router = APIRouter(prefix="/recordings", tags=["recordings"])
_READ = [Depends(Needs(Scope.RECORDINGS_READ))]

RecordingName = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")]
_PhoneNumber = Annotated[str, Field(pattern=r"^\+?[0-9]{3,20}$")]


class RecordingQuery(PageQuery):
    """Which messages; what is not given does not matter."""

    purpose: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9._-]{1,80}$")] = None
    number: Annotated[_PhoneNumber | None, Field(description="Who called; needs `pii:read`")] = None
    call_id: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9._-]{1,80}$")] = None
    heard: bool | None = None
    removed: bool | None = None


class RecordingTold(BaseModel):
    """One message."""

    recording: str
    call_id: str
    #: what it is for, by a word of the menu
    purpose: str
    seconds: float
    at: AwareDatetime
    #: "" once the message is removed
    caller_number: PhoneTold
    #: when somebody listened first
    heard_at: AwareDatetime | None
    removed_at: AwareDatetime | None


class Recordings(BaseModel):
    """A page of messages, the newest first; `next_cursor` null: there are no more."""

    items: list[RecordingTold]
    next_cursor: str | None


class Erasure(Asked):
    """Whose messages go."""

    number: _PhoneNumber


class Erased(BaseModel):
    """How many went."""

    erased: int


@router.get("", dependencies=_READ)
async def recordings(
    rooms: Rooms, owner: Owner, query: Annotated[RecordingQuery, Query()]
) -> Recordings:
    """Messages, the newest first."""
    must_see_persons(owner, query.number)
    wanted = RecordingFilter(
        **query.model_dump(exclude=set(PageQuery.model_fields)), seen_queues=owner.queues
    )
    page = await rooms.recordings.page(wanted, query.cursor, query.limit)
    items = [RecordingTold.model_validate(one, from_attributes=True) for one in page.recordings]
    return Recordings(items=items, next_cursor=page.next_cursor)


@router.get(
    "/{name}/audio",
    dependencies=_READ,
    response_class=Response,
    responses=sound_answers(Kind.NO_SUCH_RECORDING),
)
async def hear_recording(
    rooms: Rooms, owner: Owner, name: RecordingName, request: Request, trail: Trailed
) -> Response:
    """The sound of a message, or the part that `Range` asks for; who listened is kept."""
    if _gone(await rooms.recordings.get(name, owner.queues)):
        raise ProblemError(Kind.NO_SUCH_RECORDING, recording=name)
    try:
        sound = await rooms.recordings.sound(name)
    except SoundMissingError as error:
        raise ProblemError(Kind.NO_SUCH_RECORDING, recording=name) from error
    part = part_of(request.headers.get("range"), len(sound))
    await rooms.recordings.heard(name)
    await trail.leave("recording.hear", f"recordings/{name}", after={"bytes": told_of(part)})
    return sound_response(sound, part)


@router.delete(
    "/{name}",
    dependencies=[Depends(Needs(Scope.RECORDINGS_REMOVE))],
    status_code=204,
    responses=told(Kind.NO_SUCH_RECORDING, Kind.RECORDING_KEPT),
)
async def remove_recording(rooms: Rooms, owner: Owner, name: RecordingName, trail: Trailed) -> None:
    """Remove a message for good: its sound, and whose it was."""
    seen = await rooms.recordings.get(name, owner.queues) is not None
    if not seen or not await rooms.recordings.remove(name):
        raise ProblemError(Kind.NO_SUCH_RECORDING, recording=name)
    await trail.leave("recording.remove", f"recordings/{name}", after={"removed": True})


@router.post(
    "/erase",
    dependencies=[Depends(Needs(Scope.RECORDINGS_MANAGE))],
    responses=told(Kind.RECORDING_KEPT),
)
async def erase_recordings(rooms: Rooms, asked: Erasure, trail: Trailed) -> Erased:
    """Remove every message of whoever calls by a number."""
    erased = await rooms.recordings.erase(asked.number)
    if erased:
        # the number itself is what was to be forgotten
        await trail.leave("recording.erase", "recordings", after={"erased": erased})
    return Erased(erased=erased)


def _gone(recording: Recording | None) -> bool:
    return recording is None or recording.removed_at is not None
