"""The `queue_log` of a stretch of time, line by line in order, made of kept facts and states."""

from __future__ import annotations

import heapq
import itertools
import logging
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, exists, select

from agents.floor import Floor
from calls.events import (
    AgentConnected,
    AgentMissed,
    AgentOffered,
    AgentReleased,
    CallArrived,
    CallEnded,
    CallNoted,
    CallVanished,
    Fact,
    QueueGaveUp,
    QueueJoined,
    QueueLeft,
    from_body,
)
from monitoring.queue_log import NOBODY, Line, Places, call_lines
from monitoring.queue_log_agents import AgentLog, Stretch
from storage.database import Database
from storage.export_sources import SOURCES, Chosen, What
from storage.exports import PAGE_CALLS, PAGE_ROWS, ExportStore, in_calls
from storage.tables import agent_states, attempts, call_facts

log = logging.getLogger(__name__)

#: calls and shifts that began so long before may still have lines in the stretch
LOOK_BACK = timedelta(hours=12)
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_FOREVER = datetime.max.replace(tzinfo=UTC)
_KINDS = [
    kind.__name__
    for kind in (
        AgentConnected, AgentMissed, AgentOffered, AgentReleased, CallArrived, CallEnded,
        CallNoted, CallVanished, QueueGaveUp, QueueJoined, QueueLeft,
    )
]  # fmt: skip
_next = agent_states.alias()
#: whether another stretch of the agent begins where one ends
_FOLLOWED = (
    exists()
    .where(
        _next.c.pbx == agent_states.c.pbx,
        _next.c.agent == agent_states.c.agent,
        _next.c.began_at == agent_states.c.ended_at,
    )
    .label("followed")
)
#: lines, and the moment before which no more will come from there
_Known = tuple[list[Line], datetime]


class QueueLogStore:
    """Reads; holds a page of calls, a page of states, and the lines that are still to come."""

    def __init__(
        self, database: Database, *, page_rows: int = PAGE_ROWS, page_calls: int = PAGE_CALLS
    ) -> None:
        self._database = database
        self._calls = ExportStore(database, page_calls=page_calls)
        self._page_rows = page_rows

    async def lines(self, chosen: Chosen, floor: Floor) -> AsyncGenerator[list[Line], None]:
        """The lines of [since, until), some at a time; of the queues and agents that are chosen."""
        since = max(chosen.since, _EARLIEST) - LOOK_BACK
        wide = Chosen(since=since, until=chosen.until)
        places = Places()
        async for some in _merged(self._of_calls(wide, floor), self._of_agents(wide, floor)):
            placed = [places.placed(line) for line in some]
            yield [line for line in placed if _shown(line, chosen)]

    async def _of_calls(self, wide: Chosen, floor: Floor) -> AsyncGenerator[_Known, None]:
        keys = {queue.name: queue.callback_key or "" for queue in floor.queues}
        async for rows in self._calls.calls(wide):
            facts, shown = await self._database.read(_told(rows))
            found = [
                line
                for row in rows
                for line in call_lines(
                    facts.get((row.pbx, row.call_id), ()), keys,
                    shown_number=shown.get(row.call_id, ""),
                )
            ]  # fmt: skip
            yield found, rows[-1].arrived_at if rows else _FOREVER
        yield [], _FOREVER

    async def _of_agents(self, wide: Chosen, floor: Floor) -> AsyncGenerator[_Known, None]:
        log = AgentLog(floor)
        source = SOURCES[What.AGENT_STATES]
        page = select(agent_states, _FOLLOWED).order_by(*source.order).limit(self._page_rows)
        where = source.where(wide)
        while True:
            rows = await self._database.rows(page.where(*where))
            found = [line for row in rows for line in log.lines(_stretch(row))]
            if len(rows) < self._page_rows:
                yield found, _FOREVER
                return
            yield found, rows[-1].began_at
            where = source.after(rows[-1], wide)


def _shown(line: Line, chosen: Chosen) -> bool:
    if not chosen.since <= line.at < chosen.until:
        return False
    if chosen.queues is None:
        return True
    if line.queue in chosen.queues:
        return True
    return line.queue == NOBODY and line.agent in (chosen.agents or ())


async def _merged(*sources: AsyncGenerator[_Known, None]) -> AsyncGenerator[list[Line], None]:
    """The lines of all, in order of time, as soon as no earlier one can come."""
    waiting: list[tuple[datetime, int, Line]] = []
    numbers = itertools.count()
    known = {source: datetime.min.replace(tzinfo=UTC) for source in sources}
    while min(known.values()) < _FOREVER:
        behind = min(known, key=known.__getitem__)
        lines, known[behind] = await anext(behind)
        for line in lines:
            heapq.heappush(waiting, (line.at, next(numbers), line))
        yield list(_until(waiting, min(known.values())))


def _until(waiting: list[tuple[datetime, int, Line]], moment: datetime) -> Iterator[Line]:
    while waiting and waiting[0][0] < moment:
        yield heapq.heappop(waiting)[2]


_Told = tuple[dict[tuple[str, str], list[Fact]], dict[str, str]]


def _told(rows: Sequence[Row[Any]]) -> Callable[[Connection], _Told]:
    """The facts of these calls that make lines, and what dialed ones showed of us."""

    def read(connection: Connection) -> _Told:
        facts: dict[tuple[str, str], list[Fact]] = {}
        kept = in_calls(call_facts, rows, call_facts.c.at, call_facts.c.seq)
        for row in connection.execute(kept.where(call_facts.c.kind.in_(_KINDS))):
            try:
                fact = from_body(row.kind, row.body)
            except (KeyError, TypeError, ValueError) as error:
                log.warning("call %s: %s left out: %r", row.call_id, row.kind, error)
                continue
            facts.setdefault((row.pbx, row.call_id), []).append(fact)
        dialed = [row.call_id for row in rows if row.direction == "dialed"]
        shown = select(attempts.c.id, attempts.c.caller_number).where(attempts.c.id.in_(dialed))
        return facts, {row.id: row.caller_number for row in connection.execute(shown)}

    return read


def _stretch(row: Row[Any]) -> Stretch:
    return Stretch(
        agent=row.agent, state=row.state, reason=row.reason, began_at=row.began_at,
        ended_at=row.ended_at, followed=bool(row.followed),
    )  # fmt: skip
