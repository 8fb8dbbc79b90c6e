"""Which quarters a period has: marked to be counted, all of them, from the facts that are there."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, func, insert, select, update

from agents.states import AgentState
from monitoring.quarters import QUARTER, quarter_of
from storage import quarter_facts
from storage.elapsed import quarter
from storage.measure_rows import AGENTS, CAMPAIGNS, QUEUES, Kind
from storage.stale import Mark, mark, marks_of_time
from storage.tables import agent_states, attempts, calls, campaigns, queue_stays, settings

_DAY = timedelta(days=1)
_QUARTER_SECONDS = int(QUARTER.total_seconds())
#: what is kept as the next day to be marked, once there is none
_DONE = "done"


def days(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """A period, whole quarters of it, in pieces of a day at most."""
    since = quarter_of(start)
    while since < end:
        until = min(since + _DAY, end)
        yield since, until
        since = until


def first_at(connection: Connection, pbx: str) -> datetime | None:
    """The moment of the oldest fact there is; of any switch, if that is the older one."""
    columns = (calls.c.arrived_at, agent_states.c.began_at, attempts.c.intended_at)
    found = [connection.execute(select(func.min(column))).scalar() for column in columns]
    return min((moment for moment in found if moment is not None), default=None)


def mark_all(
    connection: Connection, pbx: str, start: datetime, end: datetime, now: datetime
) -> int:
    """Mark whatever has facts or figures in a period; how many quarters that are."""
    marks = {
        *_with_figures(connection, pbx, start, end),
        *_with_visits(connection, pbx, start, end),
        *_with_talks(connection, pbx, start, end),
        *_at_work(connection, pbx, start, min(end, now), now),
        *_with_attempts(connection, pbx, start, end),
    }
    return mark(connection, (one for one in marks if start <= one.quarter < end), now)


def mark_past(connection: Connection, pbx: str, now: datetime) -> bool:
    """Mark a day that was recorded before there were measures; whether there may be another.

    How far that is lasts with the marks: what is written from now on is marked by its writer.
    """
    key = f"measures_marked:{pbx}"
    kept = connection.execute(select(settings.c.value).where(settings.c.key == key)).scalar()
    if kept == _DONE:
        return False
    since = datetime.fromisoformat(kept) if kept else first_at(connection, pbx)
    following = _DONE
    if since is not None:
        since = quarter_of(since)
        mark_all(connection, pbx, since, since + _DAY, now)
        if since + _DAY <= now:
            following = (since + _DAY).isoformat()
    if kept is None:
        connection.execute(insert(settings).values(key=key, value=following))
    else:
        connection.execute(update(settings).where(settings.c.key == key).values(value=following))
    return following != _DONE


def _with_figures(
    connection: Connection, pbx: str, start: datetime, end: datetime
) -> Iterator[Mark]:
    """Rows that are there: one without any facts is taken away."""
    for measure in (QUEUES, AGENTS, CAMPAIGNS):
        columns = measure.table.c
        there = select(columns.quarter, measure.subject).where(
            columns.pbx == pbx, columns.quarter >= start, columns.quarter < end
        )
        for moment, subject in connection.execute(there.distinct()):
            yield Mark(moment, measure.kind, subject, pbx)


def _with_visits(
    connection: Connection, pbx: str, start: datetime, end: datetime
) -> Iterator[Mark]:
    stay = queue_stays.c
    names = _names(connection, stay.queue)
    theirs = [stay.pbx == pbx, stay.queue.in_(names)]
    for moment, where in (
        (stay.joined_at, [stay.joined_at >= start, stay.joined_at < end]),
        (stay.left_at, [stay.left_at >= start, stay.left_at < end]),
        (stay.released_at, [stay.released_at >= start, stay.released_at < end]),
        # it has no index of its own
        (
            stay.connected_at,
            [
                stay.left_at >= start - quarter_facts.SOON,
                stay.left_at < end + quarter_facts.SOON,
                stay.connected_at.is_not(None),
            ],
        ),
    ):
        yield from _marks(connection, Kind.QUEUE, pbx, stay.queue, moment, [*theirs, *where])


def _with_talks(connection: Connection, pbx: str, start: datetime, end: datetime) -> Iterator[Mark]:
    stay = queue_stays.c
    where = [
        stay.pbx == pbx,
        stay.agent.in_(_names(connection, stay.agent)),
        stay.released_at >= start,
        stay.released_at < end,
    ]
    yield from _marks(connection, Kind.AGENT, pbx, stay.agent, stay.released_at, where)


def _at_work(
    connection: Connection, pbx: str, start: datetime, end: datetime, now: datetime
) -> Iterator[Mark]:
    state = agent_states.c
    begun = select(agent_states).where(
        state.pbx == pbx, state.began_at >= start, state.began_at < end
    )
    numbers = _names(connection, state.agent, state.pbx == pbx)
    for row in [*connection.execute(begun), *quarter_facts.before(connection, pbx, start, numbers)]:
        since, until = max(row.began_at, start), min(row.ended_at or now, end)
        if row.state != AgentState.SIGNED_OUT:
            yield from marks_of_time(pbx, row.agent, since, until)


def _with_attempts(
    connection: Connection, pbx: str, start: datetime, end: datetime
) -> Iterator[Mark]:
    attempt = attempts.c
    where = [
        attempt.campaign_id.in_(list(connection.execute(select(campaigns.c.id)).scalars())),
        attempt.intended_at >= start,
        attempt.intended_at < end,
        attempt.pbx == pbx,
    ]
    yield from _marks(
        connection, Kind.CAMPAIGN, pbx, attempt.campaign_id, attempt.intended_at, where
    )


def _marks(
    connection: Connection,
    kind: Kind,
    pbx: str,
    subject: Column[Any],
    moment: Column[Any],
    where: Collection[ColumnElement[bool]],
) -> Iterator[Mark]:
    since_1970 = quarter(connection.dialect.name, moment)
    for name, count in connection.execute(select(subject, since_1970).where(*where).distinct()):
        yield Mark(datetime.fromtimestamp(count * _QUARTER_SECONDS, UTC), kind, name, pbx)


def _names(connection: Connection, column: Column[Any], *where: ColumnElement[bool]) -> list[str]:
    """Every name there is, one step of the index for each."""
    found: list[str] = []
    following = select(func.min(column)).where(*where)
    while True:
        name = connection.execute(following.where(column > (found[-1] if found else ""))).scalar()
        if name is None:
            return found
        found.append(name)
