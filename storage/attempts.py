"""Attempts as they are read: one, those without an end, how many ended how."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, case, func, or_, select

from calls.call import Verdict
from dialer.attempt import Attempt, Outcome
from dialer.book import Answered
from storage.campaign_rows import attempt_of
from storage.tables import attempts


@dataclass(frozen=True, slots=True)
class AttemptCounts:
    """How many attempts are under way, and how many ended, by outcome."""

    open: int
    by_outcome: dict[Outcome, int]


def one(connection: Connection, attempt_id: str) -> Attempt | None:
    """The attempt with this id."""
    found = connection.execute(select(attempts).where(attempts.c.id == attempt_id))
    row = found.one_or_none()
    return attempt_of(row) if row is not None else None


def open_ones(connection: Connection, pbx: str) -> list[Attempt]:
    """One switch's attempts without an end, oldest first."""
    statement = (
        select(attempts)
        .where(attempts.c.pbx == pbx, attempts.c.ended_at.is_(None))
        .order_by(attempts.c.intended_at, attempts.c.id)
    )
    return [attempt_of(row) for row in connection.execute(statement)]


def counts(connection: Connection, campaign_id: str, since: datetime | None) -> AttemptCounts:
    """A campaign's attempts by how they ended."""
    where = [attempts.c.campaign_id == campaign_id]
    if since is not None:
        where.append(attempts.c.intended_at >= since)
    statement = select(attempts.c.outcome, func.count()).where(*where).group_by(attempts.c.outcome)
    found: dict[str | None, int] = {row[0]: row[1] for row in connection.execute(statement)}
    # an attempt has an outcome exactly when it has ended
    under_way = found.pop(None, 0)
    return AttemptCounts(under_way, {Outcome(name): n for name, n in found.items() if name})


def answered(connection: Connection, campaign_id: str, since: datetime) -> Answered:
    """What a campaign's answered attempts were; a machine that an agent heard is in no count."""
    person = or_(attempts.c.machine.is_(None), attempts.c.machine != Verdict.MACHINE)
    outcome = attempts.c.outcome
    live = and_(outcome.in_((Outcome.CONNECTED, Outcome.ABANDONED)), person)
    counted = (
        func.count(case((which, 1)))
        for which in (
            live,
            and_(outcome == Outcome.ABANDONED, person),
            outcome == Outcome.MACHINE,
        )
    )
    statement = select(*counted).where(
        attempts.c.campaign_id == campaign_id, attempts.c.intended_at >= since
    )
    row = connection.execute(statement).one()
    return Answered(live=row[0], abandoned=row[1], machines=row[2])


def shown_since(connection: Connection, pbx: str, since: datetime) -> list[tuple[str, datetime]]:
    """Which numbers one switch showed since then and when, oldest first."""
    statement = (
        select(attempts.c.caller_number, attempts.c.intended_at)
        .where(attempts.c.intended_at > since, attempts.c.pbx == pbx)
        .order_by(attempts.c.intended_at)
    )
    return [(row.caller_number, row.intended_at) for row in connection.execute(statement)]


def dialed_since(connection: Connection, pbx: str, since: datetime) -> list[tuple[str, float]]:
    """What one switch dialed since then: the number and when, in epoch seconds, oldest first."""
    statement = (
        select(attempts.c.number, attempts.c.intended_at)
        .where(attempts.c.intended_at > since, attempts.c.pbx == pbx)
        .order_by(attempts.c.intended_at)
    )
    return [(row.number, row.intended_at.timestamp()) for row in connection.execute(statement)]
