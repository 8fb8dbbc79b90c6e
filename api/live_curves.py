"""/live/curves: the last hour of each queue, for whoever has just opened the live board."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, BaseModel

from api.access import Needs, Owner
from api.parts import Rooms
from monitoring.curves import STEP_SECONDS, Moment
from storage.scopes import Scope

router = APIRouter(prefix="/live", tags=["live"], dependencies=[Depends(Needs(Scope.LIVE_READ))])


class QueueCurve(BaseModel):
    """One queue, a figure for each moment of `at`; null: not told then."""

    waiting: list[int | None]
    #: agents who talk with callers of this queue
    talking: list[int | None]
    #: since the moment before
    answered: list[int | None]


class LastHour(BaseModel):
    """The last hour since the service started, oldest first; the stream's `curves` goes on."""

    as_of: AwareDatetime
    step_seconds: int
    at: list[AwareDatetime]
    queues: dict[str, QueueCurve]


@router.get("/curves")
async def last_hour(rooms: Rooms, owner: Owner) -> LastHour:
    """Who waited, who talked and how many were answered, every 15 s."""
    moments = rooms.board.curves()
    seen = [queue.name for queue in rooms.floor.queues if owner.sees(queue.name)]
    return LastHour(
        as_of=rooms.now(),
        step_seconds=STEP_SECONDS,
        at=[moment.at for moment in moments],
        queues={name: _curve(name, moments) for name in seen},
    )


def _curve(name: str, moments: list[Moment]) -> QueueCurve:
    points = [moment.queues.get(name) for moment in moments]
    return QueueCurve(
        waiting=[point.waiting if point else None for point in points],
        talking=[point.talking if point else None for point in points],
        answered=[point.answered if point else None for point in points],
    )
