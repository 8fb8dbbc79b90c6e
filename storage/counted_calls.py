"""The calls that counts by event are made of: those of an agent, and of a queue by `basis=event`.

They are looked for in the quarters that have counted any, by the functions that counted them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, select, true

from monitoring.agent_counts import talks_of
from monitoring.quarters import quarter_of
from monitoring.queue_counts import Basis, ended_at
from monitoring.visits import Ending, Visit, visits_of
from storage import quarter_facts, quarters_behind
from storage.counting import not_taken
from storage.database import Database
from storage.quarters_behind import Counted
from storage.tables import agent_quarters, calls, queue_quarters
from storage.visits_behind import VisitFound, VisitPage, Wanted

_AGENT, _QUEUE = agent_quarters.c, queue_quarters.c
_DIALED = "dialed"


class AgentCount(StrEnum):
    """A count of an agent, by its name in the report; `handled` is both of those."""

    HANDLED = "handled"
    HANDLED_INBOUND = "handled_inbound"
    HANDLED_DIALED = "handled_dialed"
    TRANSFERRED = "transferred"
    MISSED = "missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentCalls:
    """Which calls of an agent: those that the count has in the period, of these queues."""

    pbx: str
    agent: str
    since: datetime
    until: datetime
    count: AgentCount
    #: None: all
    queues: Collection[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentCall:
    """A talk of an agent that was over, or a call that was not taken, and when that was."""

    at: datetime
    call_id: str
    queue: str
    #: None: the call was not taken
    visit: Visit | None
    direction: str = ""
    caller_number: str = ""


@dataclass(frozen=True, slots=True)
class AgentCallPage:
    """Calls, newest first, and the cursor with which the list goes on (None: it is over)."""

    calls: list[AgentCall]
    next_cursor: str | None


class CountedCallStore:
    """Finds calls; pages may have fewer than were asked for, or none, and go on."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_agent(
        self, wanted: AgentCalls, cursor: str | None = None, limit: int = 100
    ) -> AgentCallPage:
        """A page of an agent's calls; raises `CursorError`, and `ValueError` for `limit`."""
        return await self._database.read(lambda c: _of_agent(c, wanted, cursor, limit))

    async def of_queue(
        self, wanted: Wanted, cursor: str | None = None, limit: int = 100
    ) -> VisitPage:
        """A page of visits, each where it is counted by event.

        A transfer, or that there was none, is counted where the talk was over, what a wait came to
        where it ended, all else where the caller joined. Raises `CursorError`, and `ValueError` for
        `limit`.
        """
        return await self._database.read(lambda c: _of_queue(c, wanted, cursor, limit))


# --- agents


def _of_agent(
    connection: Connection, wanted: AgentCalls, cursor: str | None, limit: int
) -> AgentCallPage:
    def counted_in(quarter: datetime) -> Iterator[Counted[AgentCall]]:
        find = _missed if wanted.count is AgentCount.MISSED else _talks
        for one in find(connection, wanted, quarter):
            if wanted.queues is None or one.what.queue in wanted.queues:
                yield one

    has_any = {
        AgentCount.HANDLED: _AGENT.handled_inbound + _AGENT.handled_dialed > 0,
        AgentCount.HANDLED_INBOUND: _AGENT.handled_inbound > 0,
        AgentCount.HANDLED_DIALED: _AGENT.handled_dialed > 0,
        AgentCount.TRANSFERRED: _AGENT.transferred > 0,
        AgentCount.MISSED: _AGENT.missed > 0,
    }[wanted.count]
    where = [
        _AGENT.pbx == wanted.pbx,
        _AGENT.agent == wanted.agent,
        _AGENT.quarter >= wanted.since,
        _AGENT.quarter < wanted.until,
        has_any,
    ]
    found, goes_on = quarters_behind.page(
        connection, _AGENT.quarter, where, counted_in, cursor, limit
    )
    callers = _callers(connection, wanted.pbx, [one.call_id for one in found])
    told = []
    for one in found:
        direction, number = callers.get(one.call_id, ("", ""))
        told.append(replace(one, direction=direction, caller_number=number))
    return AgentCallPage(told, goes_on)


def _talks(
    connection: Connection, wanted: AgentCalls, quarter: datetime
) -> Iterator[Counted[AgentCall]]:
    found = quarter_facts.calls_released(connection, wanted.pbx, quarter, [wanted.agent])
    for record in found:
        dialed = record.direction == _DIALED
        for at, visit in talks_of(record, finished=record.ended_at is not None):
            if (
                visit.agent == wanted.agent
                and quarter_of(at) == quarter
                and not (wanted.count is AgentCount.HANDLED_INBOUND and dialed)
                and not (wanted.count is AgentCount.HANDLED_DIALED and not dialed)
                and not (wanted.count is AgentCount.TRANSFERRED and not visit.transferred)
            ):
                call = AgentCall(at=at, call_id=visit.call_id, queue=visit.queue, visit=visit)
                yield Counted(at, _key(visit), call)


def _missed(
    connection: Connection, wanted: AgentCalls, quarter: datetime
) -> Iterator[Counted[AgentCall]]:
    states = quarter_facts.states(connection, wanted.pbx, quarter, [wanted.agent])
    for fact in not_taken(connection, wanted.pbx, states):
        if fact.agent == wanted.agent and quarter_of(fact.at) == quarter:
            call = AgentCall(at=fact.at, call_id=fact.call_id, queue=fact.queue, visit=None)
            yield Counted(fact.at, f"{fact.call_id} {fact.queue}", call)


# --- queues


def _of_queue(connection: Connection, wanted: Wanted, cursor: str | None, limit: int) -> VisitPage:
    def counted_in(quarter: datetime) -> Iterator[Counted[Visit]]:
        for record in quarter_facts.calls_in_queues(
            connection, wanted.pbx, quarter, [wanted.queue]
        ):
            for visit in visits_of(record, finished=record.ended_at is not None):
                at = _counted_at(wanted, visit)
                if at is not None and quarter_of(at) == quarter and wanted.fits(visit):
                    yield Counted(at, _key(visit), visit)

    where = [
        _QUEUE.pbx == wanted.pbx,
        _QUEUE.queue == wanted.queue,
        _QUEUE.basis == Basis.EVENT,
        _QUEUE.quarter >= wanted.since,
        _QUEUE.quarter < wanted.until,
        _has_any(wanted),
    ]
    found, goes_on = quarters_behind.page(
        connection, _QUEUE.quarter, where, counted_in, cursor, limit
    )
    callers = _callers(connection, wanted.pbx, [visit.call_id for visit in found])
    told = []
    for visit in found:
        direction, number = callers.get(visit.call_id, ("", ""))
        told.append(VisitFound(visit, number, direction))
    return VisitPage(told, goes_on)


def _counted_at(wanted: Wanted, visit: Visit) -> datetime | None:
    """Where what is asked for is counted of a visit; None: nowhere."""
    if wanted.transferred is not None:
        return visit.released_at if visit.ending is Ending.ANSWERED else None
    if (wanted.ending, wanted.band, wanted.callback) != (None, None, None):
        return ended_at(visit)
    return visit.joined_at


def _has_any(wanted: Wanted) -> ColumnElement[bool]:
    """Of a quarter that may have such a visit."""
    if wanted.transferred is not None:
        return _QUEUE.transferred > 0 if wanted.transferred else true()
    if wanted.refused:
        return _QUEUE.refused > 0
    if wanted.ending is not None:
        return _QUEUE[wanted.ending.value] > 0
    return _QUEUE.callback_booked > 0 if wanted.callback else true()


# --- both


def _key(visit: Visit) -> str:
    return f"{visit.call_id} {visit.ordinal:06}"


def _callers(connection: Connection, pbx: str, ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Of each of these calls the direction and who called."""
    call = calls.c
    statement = select(call.call_id, call.direction, call.caller_number).where(
        call.pbx == pbx, call.call_id.in_(sorted(set(ids)))
    )
    return {
        row.call_id: (row.direction, row.caller_number) for row in connection.execute(statement)
    }
