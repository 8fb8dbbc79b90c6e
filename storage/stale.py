"""Which quarters have to be counted again: marked in the transaction that writes what is counted.

A mark is a row that is only ever added. So writers never wait for each other, and what is written
while a count is under way is marked by a row which that count has not seen and does not take away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, insert, select

from calls.events import AgentMissed, Fact
from monitoring.quarters import quarter_of, quarters
from monitoring.record import CallRecord
from storage.measure_rows import Kind
from storage.tables import agent_quarters, campaign_quarters, stale_quarters

#: built once: to build a statement costs more than to run it
_MARK = insert(stale_quarters)
_LONG = timedelta(days=1)


class Mark(NamedTuple):
    """One queue's, agent's or campaign's quarter."""

    quarter: datetime
    kind: Kind
    subject: str
    pbx: str


def mark(connection: Connection, marks: Iterable[Mark], now: datetime | None = None) -> int:
    """Have these counted again; how many there are."""
    marked_at = now or datetime.now(UTC)
    rows = [
        {
            "pbx": one.pbx, "kind": one.kind, "subject": one.subject, "quarter": one.quarter,
            "marked_at": marked_at,
        }
        for one in sorted(set(marks))
    ]  # fmt: skip
    if rows:
        connection.execute(_MARK, rows)
    return len(rows)


def mark_campaign(connection: Connection, campaign_id: str) -> None:
    """Have every quarter of a campaign counted again."""
    there = campaign_quarters.c
    mine = select(there.pbx, there.quarter).where(there.campaign_id == campaign_id)
    marks = [
        Mark(row.quarter, Kind.CAMPAIGN, campaign_id, row.pbx) for row in connection.execute(mine)
    ]
    mark(connection, marks)


def mark_time_until(
    connection: Connection, pbx: str, agent: str, since: datetime, until: datetime
) -> None:
    """A state that went on since a moment turns out to have ended: what was counted after that."""
    there = agent_quarters.c
    later = select(there.quarter).where(
        there.pbx == pbx, there.agent == agent, there.quarter > quarter_of(until)
    )
    marks = [
        Mark(quarter, Kind.AGENT, agent, pbx) for quarter in connection.execute(later).scalars()
    ]
    mark(connection, [*marks, *marks_of_time(pbx, agent, since, max(since, until))])


def marks_of(record: CallRecord) -> Iterator[Mark]:
    """Every quarter that may have something of this call, now or by what was known before."""
    for stay in record.stays:
        moments = (stay.joined_at, stay.left_at, stay.connected_at, stay.released_at)
        for quarter in {quarter_of(moment) for moment in moments if moment is not None}:
            yield Mark(quarter, Kind.QUEUE, stay.queue, record.pbx)
        if stay.agent and stay.released_at is not None:
            yield Mark(quarter_of(stay.released_at), Kind.AGENT, stay.agent, record.pbx)


def marks_of_missed(facts: Iterable[Fact]) -> Iterator[Mark]:
    """The quarters in which an agent did not take a call."""
    for fact in facts:
        if isinstance(fact, AgentMissed):
            yield Mark(quarter_of(fact.at), Kind.AGENT, fact.agent, fact.pbx)


def marks_of_time(pbx: str, agent: str, since: datetime, until: datetime) -> Iterator[Mark]:
    """The quarters in which an agent was in a state; one at least, however short it was.

    Of one that went on for days the last of them: it was counted as it went on.
    """
    yield Mark(quarter_of(since), Kind.AGENT, agent, pbx)
    for quarter in quarters(max(since, until - _LONG), until):
        yield Mark(quarter, Kind.AGENT, agent, pbx)


def marks_of_attempts(made: Iterable[tuple[str, str, datetime]]) -> Sequence[Mark]:
    """The quarters of attempts, each given by its switch, campaign and when it was meant."""
    return [
        Mark(quarter_of(intended_at), Kind.CAMPAIGN, campaign_id, pbx)
        for pbx, campaign_id, intended_at in made
    ]
