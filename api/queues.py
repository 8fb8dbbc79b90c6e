"""/queues: who waits, and who is there to take the calls."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import AwareDatetime, BaseModel

from agents.states import AgentState
from api.access import Needs, Owner
from api.parts import Rooms
from api.problem_texts import Kind
from api.problems import ProblemError, told
from monitoring.queue_counts import Basis
from monitoring.service_level import Method
from storage.scopes import Scope

router = APIRouter(
    prefix="/queues", tags=["queues"], dependencies=[Depends(Needs(Scope.LIVE_READ))]
)

QueuePath = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,30}$")]


class SettingToday(BaseModel):
    """How service level is counted: method, threshold, goal of a hundred, short abandons."""

    method: Method
    seconds: int
    goal: int
    short_seconds: int


class QueueToday(BaseModel):
    """What is counted of the queue's local day so far, defined as in the reports; null: nothing.

    It is that of `GET /metrics/queues` from the day's beginning, with basis `offered`.
    """

    day: date
    time_zone: str
    basis: Basis
    offered: int
    answered: int
    abandoned: int
    service_level: float | None
    asa_seconds: float | None
    #: of waits that are over
    longest_wait_seconds: float | None
    #: by which service level was counted today; the last one is in force
    settings: list[SettingToday]


class QueueNow(BaseModel):
    """One queue now, as on the board; what is counted is counted since the service started."""

    name: str
    waiting: int
    oldest_waiting_since: AwareDatetime | None
    #: how long who joined now would wait, told anew when it is noticeably otherwise; null: nobody
    #: is there to take calls, the queue is closed, or Asterisk is not connected
    expected_wait_seconds: float | None
    #: callers who gave up the line and are to be called back in their turn
    places_kept: int
    #: since when a supervisor keeps it closed, and why; null and "" while it is open
    closed_since: AwareDatetime | None
    closed_reason: str
    agents_free: int
    #: by state, of the queue's agents
    agents: dict[AgentState, int]
    offered: int
    answered: int
    abandoned: int
    safe_harbour: int
    #: null: it cannot be told now
    today: QueueToday | None


class Queues(BaseModel):
    """Every queue of the floor, in its order."""

    items: list[QueueNow]


@router.get("")
async def every_queue(rooms: Rooms, owner: Owner) -> Queues:
    """Every queue now."""
    things = rooms.board.snapshot().things
    names = [queue.name for queue in rooms.floor.queues if owner.sees(queue.name)]
    return Queues(items=[QueueNow.model_validate(things[f"queues/{name}"]) for name in names])


@router.get("/{name}", responses=told(Kind.NO_SUCH_QUEUE))
async def one_queue(rooms: Rooms, owner: Owner, name: QueuePath) -> QueueNow:
    """One queue now."""
    thing = rooms.board.snapshot().things.get(f"queues/{name}")
    if thing is None or not owner.sees(name):
        raise ProblemError(Kind.NO_SUCH_QUEUE, name=name)
    return QueueNow.model_validate(thing)
