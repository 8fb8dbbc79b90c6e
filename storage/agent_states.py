"""What state each agent was in, from when to when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, func, or_, select, update

from storage.database import Database
from storage.tables import agent_states


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentInterval:
    """A stretch of time an agent spent in one state; without an end it goes on."""

    pbx: str
    agent: str
    state: str
    reason: str
    call_id: str
    began_at: datetime
    ended_at: datetime | None


class AgentStateStore:
    """Agents' states as intervals that neither overlap nor leave a gap."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def changed(
        self, pbx: str, agent: str, state: str, reason: str, call_id: str, at: datetime
    ) -> None:
        """From `at` on the agent is in `state`; what was open ends there.

        Told twice, or after a later change, it leaves the same intervals.
        """
        mine = and_(agent_states.c.pbx == pbx, agent_states.c.agent == agent)
        ends = and_(
            mine,
            agent_states.c.began_at < at,
            or_(agent_states.c.ended_at.is_(None), agent_states.c.ended_at > at),
        )
        next_one = select(func.min(agent_states.c.began_at)).where(
            mine, agent_states.c.began_at > at
        )
        insert = self._database.insert(agent_states)
        async with self._database.writing() as connection:
            await connection.execute(update(agent_states).where(ends).values(ended_at=at))
            until = (await connection.execute(next_one)).scalar_one()
            statement = insert.values(
                pbx=pbx,
                agent=agent,
                began_at=at,
                state=state,
                reason=reason,
                call_id=call_id,
                ended_at=until,
            ).on_conflict_do_update(
                index_elements=("pbx", "agent", "began_at"),
                # not `ended_at`: a repetition must not open again what has been closed
                set_={name: insert.excluded[name] for name in ("state", "reason", "call_id")},
            )
            await connection.execute(statement)

    async def close_all(self, pbx: str, at: datetime) -> int:
        """End every open interval of a switch (the service stops or has lost it); how many."""
        began = agent_states.c.began_at
        end = case((began > at, began), else_=at)
        is_open = and_(agent_states.c.pbx == pbx, agent_states.c.ended_at.is_(None))
        async with self._database.writing() as connection:
            result = await connection.execute(
                update(agent_states).where(is_open).values(ended_at=end)
            )
        return result.rowcount

    async def between(
        self, since: datetime, until: datetime, *, agent: str | None = None
    ) -> list[AgentInterval]:
        """Intervals that touch the time from `since` to `until`, by agent and time, not cut."""
        where = [
            agent_states.c.began_at < until,
            or_(agent_states.c.ended_at.is_(None), agent_states.c.ended_at > since),
        ]
        if agent is not None:
            where.append(agent_states.c.agent == agent)
        order = (agent_states.c.pbx, agent_states.c.agent, agent_states.c.began_at)
        async with self._database.reading() as connection:
            rows = await connection.execute(select(agent_states).where(*where).order_by(*order))
            return [AgentInterval(**row._mapping) for row in rows]
