"""One agent's day: the states one after the other, and the talks, as they are counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, or_, select

from storage.database import Database
from storage.tables import agent_states, queue_stays
from storage.visits_behind import VisitFound, visits_of_calls

_STATE = agent_states.c
_STAY = queue_stays.c


@dataclass(frozen=True, slots=True, kw_only=True)
class StatePart:
    """A stretch in one state, cut to the day; without an end it goes on."""

    state: str
    reason: str
    call_id: str
    began_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentDay:
    """What an agent did; talks by when they began, those that ended in the day or go on."""

    states: list[StatePart]
    talks: list[VisitFound]


class AgentDayStore:
    """Reads days of agents."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def day(self, pbx: str, agent: str, since: datetime, until: datetime) -> AgentDay:
        """What there is from `since` to `until`, that not included."""
        return await self._database.read(
            lambda connection: AgentDay(
                states=_states(connection, pbx, agent, since, until),
                talks=_talks(connection, pbx, agent, since, until),
            )
        )


def _states(
    connection: Connection, pbx: str, agent: str, since: datetime, until: datetime
) -> list[StatePart]:
    mine = select(agent_states).where(_STATE.pbx == pbx, _STATE.agent == agent)
    # stretches of an agent do not overlap: only the last that began before can reach into it
    before = mine.where(_STATE.began_at < since).order_by(_STATE.began_at.desc()).limit(1)
    within = mine.where(_STATE.began_at >= since, _STATE.began_at < until)
    rows = [
        *connection.execute(before),
        *connection.execute(within.order_by(_STATE.began_at)),
    ]
    return [
        StatePart(
            state=row.state,
            reason=row.reason,
            call_id=row.call_id,
            began_at=max(row.began_at, since),
            ended_at=None if row.ended_at is None else min(row.ended_at, until),
        )
        for row in rows
        if row.ended_at is None or row.ended_at > since
    ]


def _talks(
    connection: Connection, pbx: str, agent: str, since: datetime, until: datetime
) -> list[VisitFound]:
    open_or_ended = or_(
        _STAY.released_at.is_(None),
        (_STAY.released_at >= since) & (_STAY.released_at < until),
    )
    mine = select(_STAY.call_id).where(
        _STAY.pbx == pbx,
        _STAY.agent == agent,
        _STAY.connected_at.is_not(None),
        _STAY.connected_at < until,
        open_or_ended,
    )
    ids = sorted(set(connection.execute(mine).scalars()))
    talks = [
        (found.visit.connected_at, found)
        for visits in visits_of_calls(connection, pbx, ids).values()
        for found in visits
        if found.visit.agent == agent and found.visit.connected_at is not None
    ]
    return [
        found
        for began_at, found in sorted(talks, key=lambda talk: (talk[0], talk[1].visit.call_id))
        if _is_of(found, began_at, since, until)
    ]


def _is_of(found: VisitFound, began_at: datetime, since: datetime, until: datetime) -> bool:
    released_at = found.visit.released_at
    if released_at is not None:
        return since <= released_at < until
    # one that goes on is of the day that goes on; of an older one nobody saw the end
    return since <= began_at < until
