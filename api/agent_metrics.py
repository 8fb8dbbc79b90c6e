"""/metrics/agents: the KPIs of agents in intervals."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from api.access import Needs, Owner
from api.metric_answers import Answer, Item, answer_told, behind, counts_told, grouped, kpis_told
from api.metric_query import AgentQuery, must_be_few, report_of
from api.metric_subjects import agents_seen, in_order
from api.parts import Rooms
from monitoring.agent_counts import AgentCounts
from monitoring.intervals import Stretch
from monitoring.kpi_agents import pause_shares
from monitoring.kpis import Subject
from monitoring.queue_counts import Basis
from storage.counted_calls import AgentCount
from storage.measure_rows import Kind
from storage.reports import Subjects
from storage.scopes import Scope

router = APIRouter(prefix="/metrics/agents", tags=["metrics"])


class AgentCountsTold(BaseModel):
    """What is counted of an agent."""

    ready_seconds: float
    offered_seconds: float
    reserved_seconds: float
    talking_seconds: float
    wrapping_up_seconds: float
    paused_seconds: float
    hold_seconds: float
    handled_inbound: int
    handled_dialed: int
    transferred: int
    missed: int
    #: by reason
    pauses_seconds: dict[str, float]


class AgentItem(Item):
    """One agent in one interval."""

    agent: str | None
    counts: AgentCountsTold
    #: share of the time signed in, by reason
    pause_shares: dict[str, float]
    #: the talks that it counts; null: of several agents
    calls: str | None


class AgentMetrics(Answer):
    """Agents by interval."""

    items: list[AgentItem]


@router.get("", dependencies=[Depends(Needs(Scope.REPORTS_READ))])
async def agent_metrics(
    rooms: Rooms, owner: Owner, query: Annotated[AgentQuery, Query()]
) -> AgentMetrics:
    """Agents by interval: time in each state, talks, and KPIs. Time is cut where quarters meet."""
    now = rooms.now()
    report = report_of(query, Subject.AGENTS, now)
    of = Subjects(rooms.floor.pbx, agents_seen(rooms.floor, owner, query))
    on_floor = [agent.number for agent in rooms.floor.agents]
    must_be_few(len(on_floor if of.names is None else of.names), report)
    found = await rooms.reports.agents(of, report.intervals)
    names = of.names
    if names is None:
        names = in_order(on_floor, {name for each in found for name in each})
    must_be_few(len(names), report)
    finality = await rooms.reports.finality(Kind.AGENT, of, report.intervals, now)
    items = []
    for interval, final, counts in zip(report.intervals, finality.final, found, strict=True):
        parts = {name: [theirs] for name, theirs in counts.items()}
        for agent, theirs in grouped(query.by, names, parts):
            total = AgentCounts()
            for one in theirs:
                total.add(one)
            items.append(
                AgentItem(
                    agent=agent,
                    since=interval.since,
                    until=interval.until,
                    final=final,
                    counts=AgentCountsTold(**counts_told(total)),
                    pause_shares=dict(pause_shares(total)),
                    kpis=kpis_told(report.kpis, [total]),
                    calls=agent and _calls(agent, interval),
                )
            )
    return AgentMetrics(
        **answer_told(query, report, Basis.EVENT),
        as_of=finality.as_of,
        final=all(finality.final),
        items=items,
    )


def _calls(agent: str, interval: Stretch) -> str:
    return behind(f"/metrics/agents/{agent}/calls", interval, count=AgentCount.HANDLED)
