"""What state each agent was in, from when to when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, and_, bindparam, case, func, or_, select, update

from monitoring.record import AgentMove
from storage import stale
from storage.database import Database
from storage.tables import agent_states

_KEY = ("pbx", "agent", "began_at")
_MOMENT = ("of_pbx", "of_agent", "moment")
_agent = and_(
    agent_states.c.pbx == bindparam("of_pbx"), agent_states.c.agent == bindparam("of_agent")
)
#: what is open at a move's moment ends there
_END = (
    update(agent_states)
    .where(
        _agent,
        agent_states.c.began_at < bindparam("moment"),
        or_(agent_states.c.ended_at.is_(None), agent_states.c.ended_at > bindparam("moment")),
    )
    .values(ended_at=bindparam("moment"))
)
#: it lasts until the next one that is known
_NEXT = (
    select(func.min(agent_states.c.began_at))
    .where(_agent, agent_states.c.began_at > bindparam("moment"))
    .scalar_subquery()
)
#: what began then, and what was before it
_AND_BEFORE = (
    select(agent_states.c.began_at, agent_states.c.ended_at)
    .where(_agent, agent_states.c.began_at <= bindparam("moment"))
    .order_by(agent_states.c.began_at.desc())
    .limit(2)
)


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

    def __init__(
        self, database: Database, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._database = database
        self._now = now
        begin = database.insert(agent_states)
        self._begin = begin.values(ended_at=_NEXT).on_conflict_do_update(
            index_elements=_KEY,
            # not `ended_at`: a repetition must not open again what has been closed
            set_={name: begin.excluded[name] for name in ("state", "reason", "call_id")},
        )

    async def moved(self, moves: Sequence[AgentMove]) -> None:
        """From its moment on each agent is in the state moved to; what was open ends there.

        One transaction. Told twice, or after a later move, it leaves the same intervals.
        """
        # the later ones first: each finds the one that ends it. Of one moment's the last counts.
        newest = sorted(moves, key=lambda move: (move.pbx, move.agent, move.at), reverse=True)
        rows = [_row(move) for move in newest]

        def write(connection: Connection) -> None:
            connection.execute(_END, [{name: row[name] for name in _MOMENT} for row in rows])
            connection.execute(self._begin, rows)
            _mark(connection, moves, self._now())

        if rows:
            await self._database.write(write)

    async def close_all(self, pbx: str, at: datetime) -> int:
        """End every open interval of a switch (the service stops or has lost it); how many."""
        began = agent_states.c.began_at
        end = case((began > at, began), else_=at)
        is_open = and_(agent_states.c.pbx == pbx, agent_states.c.ended_at.is_(None))
        ends = update(agent_states).where(is_open).values(ended_at=end)
        still = (agent_states.c.agent, agent_states.c.began_at)

        def close(connection: Connection) -> int:
            for agent, began_at in connection.execute(select(*still).where(is_open)).all():
                stale.mark_time_until(connection, pbx, agent, began_at, at)
            return connection.execute(ends).rowcount

        return await self._database.write(close)

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
        rows = await self._database.rows(select(agent_states).where(*where).order_by(*order))
        return [AgentInterval(**row._mapping) for row in rows]


def _mark(connection: Connection, moves: Sequence[AgentMove], now: datetime) -> None:
    """Have the time counted again from what each move ended to what ended that."""
    marks: set[stale.Mark] = set()
    for move in moves:
        key = {"of_pbx": move.pbx, "of_agent": move.agent, "moment": move.at}
        for began_at, ended_at in connection.execute(_AND_BEFORE, key):
            marks.update(stale.marks_of_time(move.pbx, move.agent, began_at, ended_at or now))
    stale.mark(connection, marks, now)


def _row(move: AgentMove) -> dict[str, str | datetime]:
    return {
        "pbx": move.pbx,
        "agent": move.agent,
        "began_at": move.at,
        "state": move.state,
        "reason": move.reason,
        "call_id": move.call_id,
        "of_pbx": move.pbx,
        "of_agent": move.agent,
        "moment": move.at,
    }
