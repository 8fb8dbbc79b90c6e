"""/agents/{number}/day: one agent's local day, stretch by stretch, with its sums and talks."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from agents.floor import Agent, own_queue
from agents.states import AgentState
from api.access import AgentActedFor, Needs, Owner
from api.agent_metrics import AgentCountsTold
from api.fields import Asked
from api.metric_answers import KpiTold, counts_told, kpis_told
from api.parts import Parts, Rooms
from api.problem_texts import Kind
from api.problems import ProblemError, invalid, told
from api.zones import zone_of
from monitoring.agent_counts import AgentCounts
from monitoring.intervals import Stretch
from monitoring.kpi_agents import AGENT_KPIS, pause_shares, signed_in_ms
from monitoring.quarters import day_of
from storage.agent_days import StatePart
from storage.measure_rows import Kind as Measured
from storage.reports import Subjects
from storage.scopes import Scope
from storage.visits_behind import VisitFound

router = APIRouter(prefix="/agents", tags=["agents"], responses=told(Kind.NO_SUCH_AGENT))
_EARLIEST, _LATEST = date(2000, 1, 1), date(2099, 12, 31)
_MILLISECONDS = 1000


def _iso(value: object) -> object:
    """Pydantic alone would also take a bare figure for seconds since 1970."""
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        raise PydanticCustomError("calendar_date", "has to be a day as 2026-11-20")
    return value


_Day = Annotated[date, BeforeValidator(_iso, json_schema_input_type=str)]


class DayQuery(Asked):
    """Which day, and by whose clock."""

    day: Annotated[_Day | None, Field(description="Default: today there")] = None
    tz: Annotated[
        str | None,
        Field(max_length=60, description="IANA; default: that of the agent's first queue"),
    ] = None


class StretchTold(BaseModel):
    """A stretch of the day in one state."""

    state: AgentState
    #: of the pause, or of the sign-out
    reason: str
    #: "" for none, or one that the client does not see
    call_id: str
    began_at: AwareDatetime
    #: null: it goes on
    ended_at: AwareDatetime | None
    #: up to now for one that goes on
    seconds: float


class TalkTold(BaseModel):
    """A talk that ended on the day, or goes on."""

    call_id: str
    #: the call's facts, in order
    call: str
    direction: str
    queue: str
    connected_at: AwareDatetime
    #: null: it goes on
    released_at: AwareDatetime | None
    wait_seconds: float
    talk_seconds: float
    hold_seconds: float
    wrap_up_seconds: float
    transferred: bool


class AgentDayTold(BaseModel):
    """An agent's day; sums and KPIs are those of `GET /metrics/agents` for the same time."""

    agent: str
    day: date
    time_zone: str
    since: AwareDatetime
    until: AwareDatetime
    #: everything recorded up to here is in the sums
    as_of: AwareDatetime
    #: in order, without gaps while the agent was signed in
    states: list[StretchTold]
    signed_in_seconds: float
    counts: AgentCountsTold
    #: share of the time signed in, by reason
    pause_shares: dict[str, float]
    kpis: dict[str, KpiTold]
    #: in order; of queues that the client sees
    talks: list[TalkTold]


@router.get("/{number}/day", dependencies=[Depends(Needs(Scope.OWN, Scope.REPORTS_READ))])
async def agent_day(
    rooms: Rooms, owner: Owner, number: AgentActedFor, query: Annotated[DayQuery, Query()]
) -> AgentDayTold:
    """What an agent did on one day: states, sums, pauses by reason, talks."""
    agent = rooms.floor.agent(number)
    if agent is None:
        raise ProblemError(Kind.NO_SUCH_AGENT, number=number)
    now = rooms.now()
    zone = _zone(rooms, agent, query.tz)
    day = query.day or now.astimezone(zone).date()
    if not _EARLIEST <= day <= _LATEST:
        raise invalid("query.day", "not_of_these_years")
    since, until = day_of(day, zone)
    found = await rooms.agent_days.day(rooms.floor.pbx, number, since, until)
    of = Subjects(rooms.floor.pbx, [number])
    whole = [Stretch(since, until)]
    (counted,) = await rooms.reports.agents(of, whole)
    finality = await rooms.reports.finality(Measured.AGENT, of, whole, now)
    counts = counted.get(number, AgentCounts())
    sees_all = owner.queues is None or owner.agent == number
    theirs = own_queue(number)
    talks = [
        talk
        for talk in found.talks
        if sees_all or talk.visit.queue == theirs or owner.sees(talk.visit.queue)
    ]
    seen = None if sees_all else {talk.visit.call_id for talk in talks}
    return AgentDayTold(
        agent=number,
        day=day,
        time_zone=zone.key,
        since=since,
        until=until,
        as_of=finality.as_of,
        states=[_stretch_told(one, seen, min(now, until)) for one in found.states],
        signed_in_seconds=signed_in_ms(counts) / _MILLISECONDS,
        counts=AgentCountsTold(**counts_told(counts)),
        pause_shares=dict(pause_shares(counts)),
        kpis=kpis_told(AGENT_KPIS, [counts]),
        talks=[_talk_told(talk) for talk in talks],
    )


def _zone(rooms: Parts, agent: Agent, asked: str | None) -> ZoneInfo:
    return rooms.floor.zone_of(agent.queues[0]) if asked is None else zone_of(asked, "query.tz")


def _stretch_told(part: StatePart, seen: Collection[str] | None, now: datetime) -> StretchTold:
    """`seen` are the calls that the client sees; None: all."""
    lasts = (part.ended_at or max(now, part.began_at)) - part.began_at
    return StretchTold(
        state=AgentState(part.state),
        reason=part.reason,
        call_id=part.call_id if seen is None or part.call_id in seen else "",
        began_at=part.began_at,
        ended_at=part.ended_at,
        seconds=lasts.total_seconds(),
    )


def _talk_told(found: VisitFound) -> TalkTold:
    visit = found.visit
    assert visit.connected_at is not None  # or it would be no talk
    return TalkTold(
        call_id=visit.call_id,
        call=f"/calls/{visit.call_id}",
        direction=found.direction,
        queue=visit.queue,
        connected_at=visit.connected_at,
        released_at=visit.released_at,
        wait_seconds=visit.wait_ms / _MILLISECONDS,
        talk_seconds=visit.talk_ms / _MILLISECONDS,
        hold_seconds=visit.hold_ms / _MILLISECONDS,
        wrap_up_seconds=visit.wrap_up_ms / _MILLISECONDS,
        transferred=visit.transferred,
    )
