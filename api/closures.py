"""/queues/{name}/…: a supervisor closes a queue, opens it, or has something told to who waits."""

from __future__ import annotations

import asyncio
import logging
from enum import Enum, auto
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from api.access import Needs, Owner
from api.fields import Asked, PageQuery
from api.open_calls import must_be_a_queue, must_be_sayable
from api.parts import Parts, Rooms
from api.problem_texts import Kind
from api.problems import ProblemError, told
from api.queues import QueuePath
from api.trail import UNKNOWN, Trailed
from calls.call import Call, Direction
from calls.errors import LinkDownError, OutcomeUnknownError, SwitchError
from calls.events import QueueClosed, QueueOpened
from calls.states import CallState
from storage.closures import Closure
from storage.scopes import Scope

log = logging.getLogger(__name__)

router = APIRouter(prefix="/queues", tags=["queues"], responses=told(Kind.NO_SUCH_QUEUE))
_RUN = [Depends(Needs(Scope.QUEUES_RUN))]
#: so many callers are spoken to at once
_AT_ONCE = 20


class _Heard(Enum):
    """Whether one caller was told something."""

    YES = auto()
    NO = auto()
    UNKNOWN = auto()
    NO_LINK = auto()


_Prompt = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,60}$"),
    Field(description="There is one in every language"),
]


class CloseAsked(Asked):
    """Why the queue is closed, and what callers are told."""

    reason: Annotated[
        str,
        StringConstraints(
            pattern=r"^[^\x00-\x20\x7f-\x9f\u2028-\u202e\u2066-\u2069]"
            r"[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]{0,199}$"
        ),
    ]
    message: Annotated[
        _Prompt | None, Field(description="Said before what the menu has for a closed queue")
    ] = None


class AnnounceAsked(Asked):
    """What those who wait are told."""

    prompt: _Prompt


class ClosureTold(BaseModel):
    """One closure of a queue."""

    queue: str
    reason: str
    #: what callers are told; null: only what the menu says of a closed queue
    message: str | None
    closed_by: str
    began_at: AwareDatetime
    ended_at: AwareDatetime | None


class Closures(BaseModel):
    """A page of closures, the latest to begin first; `next_cursor` null: there are no more."""

    items: list[ClosureTold]
    next_cursor: str | None


class QueueOpen(BaseModel):
    """The queue takes callers; `ended` is the closure that this ended, null: it was open."""

    queue: str
    ended: ClosureTold | None


class Announced(BaseModel):
    """How many of those who wait are being told."""

    queue: str
    callers: int


@router.get("/{name}/closures", dependencies=[Depends(Needs(Scope.LIVE_READ))])
async def closures(
    rooms: Rooms, owner: Owner, name: QueuePath, query: Annotated[PageQuery, Query()]
) -> Closures:
    """When the queue was closed by hand, the latest first."""
    must_be_a_queue(rooms, owner, name)
    page = await rooms.closures.page(name, cursor=query.cursor, limit=query.limit)
    return Closures(items=[_told(one) for one in page.closures], next_cursor=page.next_cursor)


@router.post("/{name}/close", dependencies=_RUN)
async def close_queue(
    rooms: Rooms, owner: Owner, name: QueuePath, asked: CloseAsked, trail: Trailed
) -> ClosureTold:
    """Nobody comes in from now on; who waits is served. A closed queue stays as it is."""
    must_be_a_queue(rooms, owner, name)
    if asked.message is not None:
        must_be_sayable(rooms, "body.message", asked.message)
    closure, began = await rooms.closures.close(
        name, reason=asked.reason.strip(), prompt=asked.message or "", closed_by=owner.name,
        now=rooms.now(),
    )  # fmt: skip
    said = _told(closure)
    if began:
        pbx, reason = rooms.floor.pbx, closure.reason
        rooms.intake.put(
            QueueClosed(at=closure.began_at, pbx=pbx, queue=name, reason=reason, by=owner.id)
        )
        await trail.leave("queue.close", f"queues/{name}", after=said.model_dump(mode="json"))
    return said


@router.post("/{name}/open", dependencies=_RUN)
async def open_queue(rooms: Rooms, owner: Owner, name: QueuePath, trail: Trailed) -> QueueOpen:
    """Callers come in again; an open queue stays as it is."""
    must_be_a_queue(rooms, owner, name)
    ended = await rooms.closures.open(name, rooms.now())
    if ended is None:
        return QueueOpen(queue=name, ended=None)
    said = _told(ended)
    rooms.intake.put(QueueOpened(at=rooms.now(), pbx=rooms.floor.pbx, queue=name, by=owner.id))
    before = {"reason": ended.reason, "began_at": said.model_dump(mode="json")["began_at"]}
    await trail.leave("queue.open", f"queues/{name}", before=before)
    return QueueOpen(queue=name, ended=said)


@router.post("/{name}/announce", status_code=202, dependencies=_RUN, responses=told(Kind.LINK_DOWN))
async def announce(
    rooms: Rooms, owner: Owner, name: QueuePath, asked: AnnounceAsked, trail: Trailed
) -> Announced:
    """Tell those who wait now something, each once, in their language; they keep their places."""
    must_be_a_queue(rooms, owner, name)
    must_be_sayable(rooms, "body.prompt", asked.prompt)
    waiting = [call for call in rooms.tracker.open_calls() if _waits(call, name)]
    limit = asyncio.Semaphore(_AT_ONCE)

    async def tell(call: Call) -> _Heard:
        record = rooms.recorder.record(call.call_id)
        language = record.language if record is not None and record.language else ""
        async with limit:
            return await _tell(rooms, call, language or rooms.floor.language, asked.prompt)

    heard = await asyncio.gather(*map(tell, waiting))
    told_to = heard.count(_Heard.YES)
    after: dict[str, Any] = {"prompt": asked.prompt, "callers": told_to}
    if _Heard.UNKNOWN in heard:
        after |= UNKNOWN
    elif _Heard.NO_LINK in heard and not told_to:
        raise ProblemError(Kind.LINK_DOWN)
    await trail.leave("queue.announce", f"queues/{name}", after=after)
    return Announced(queue=name, callers=told_to)


async def _tell(rooms: Parts, call: Call, language: str, prompt: str) -> _Heard:
    try:
        await rooms.taking_out.tell(call.call_id, language, prompt)
    except LinkDownError:
        return _Heard.NO_LINK
    except OutcomeUnknownError as error:
        log.warning("call %s may have been told %s: %s", call.call_id, prompt, error)
        return _Heard.UNKNOWN
    except SwitchError as error:
        log.warning("call %s was not told %s: %s", call.call_id, prompt, error)
        return _Heard.NO
    return _Heard.YES


def _waits(call: Call, queue: str) -> bool:
    inbound = call.direction is Direction.INBOUND
    return inbound and call.queue == queue and call.state is CallState.QUEUED


def _told(closure: Closure) -> ClosureTold:
    return ClosureTold(
        queue=closure.queue,
        reason=closure.reason,
        message=closure.prompt or None,
        closed_by=closure.closed_by,
        began_at=closure.began_at,
        ended_at=closure.ended_at,
    )
