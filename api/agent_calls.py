"""/metrics/agents/{number}/calls: the very calls that the counts of an agent are made of."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import AwareDatetime, BaseModel, Field

from agents.floor import own_queue
from api.access import Needs, Owner
from api.fields import PageQuery
from api.metric_query import PeriodQuery
from api.parts import Parts, Rooms
from api.persons import PhoneTold
from api.problem_texts import Kind
from api.problems import ProblemError, told
from api.row_filter import sees_agent
from storage.counted_calls import AgentCall, AgentCalls, AgentCount
from storage.scopes import Scope
from storage.tokens import TokenOwner

router = APIRouter(
    prefix="/metrics/agents", tags=["metrics"], dependencies=[Depends(Needs(Scope.REPORTS_READ))]
)
NumberPath = Annotated[str, Path(pattern=r"^[0-9]{3,6}$", description="An agent's number.")]


class AgentCallsQuery(PeriodQuery, PageQuery):
    """Which calls: those of one count, in the period in which the report counts them."""

    count: Annotated[
        AgentCount, Field(description="The count of this name; `handled`: both of them")
    ] = AgentCount.HANDLED


class AgentCallTold(BaseModel):
    """A talk that was over, or a call that the agent did not take."""

    #: when it is counted: the talk's end, or when the call was not taken
    at: AwareDatetime
    call_id: str
    #: the call's facts, in order
    call: str
    queue: str
    direction: str
    #: null: the client may not see calls
    caller_number: PhoneTold | None
    #: null, as all that follows: the call was not taken
    connected_at: AwareDatetime | None = None
    wait_seconds: float | None = None
    talk_seconds: float | None = None
    hold_seconds: float | None = None
    wrap_up_seconds: float | None = None
    transferred: bool | None = None


class AgentCallsTold(BaseModel):
    """A page of them, newest first; it may be short and go on: `next_cursor` null is the end."""

    items: list[AgentCallTold]
    next_cursor: str | None


@router.get("/{number}/calls", responses=told(Kind.NO_SUCH_AGENT))
async def agent_calls(
    rooms: Rooms, owner: Owner, number: NumberPath, query: Annotated[AgentCallsQuery, Query()]
) -> AgentCallsTold:
    """The calls that a count of an agent is made of; of the queues that the client sees."""
    _must_be_seen(rooms, owner, number)
    period = query.period(rooms.now())
    wanted = AgentCalls(
        pbx=rooms.floor.pbx,
        agent=number,
        since=period.since,
        until=period.until,
        count=query.count,
        queues=None if owner.queues is None else owner.queues | {own_queue(number)},
    )
    page = await rooms.counted_calls.of_agent(wanted, query.cursor, query.limit)
    is_known = rooms.floor.agent(number) or page.calls or page.next_cursor or query.cursor
    if not is_known:
        raise ProblemError(Kind.NO_SUCH_AGENT, number=number)
    sees_calls = owner.may(Scope.CALLS_READ)
    items = [_call_told(one, sees_calls) for one in page.calls]
    return AgentCallsTold(items=items, next_cursor=page.next_cursor)


def _must_be_seen(rooms: Parts, owner: TokenOwner, number: str) -> None:
    """An agent whom the floor has no more is known by the figures, to who sees every queue."""
    agent = rooms.floor.agent(number)
    if not sees_agent(owner, number, () if agent is None else agent.queues):
        raise ProblemError(Kind.NO_SUCH_AGENT, number=number)


def _call_told(one: AgentCall, sees_calls: bool) -> AgentCallTold:
    found = AgentCallTold(
        at=one.at,
        call_id=one.call_id,
        call=f"/calls/{one.call_id}",
        queue=one.queue,
        direction=one.direction,
        caller_number=one.caller_number if sees_calls else None,
    )
    if (visit := one.visit) is not None:
        found.connected_at = visit.connected_at
        found.wait_seconds = visit.wait_ms / 1000
        found.talk_seconds = visit.talk_ms / 1000
        found.hold_seconds = visit.hold_ms / 1000
        found.wrap_up_seconds = visit.wrap_up_ms / 1000
        found.transferred = visit.transferred
    return found
