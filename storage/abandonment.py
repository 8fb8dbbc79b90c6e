"""The abandonment ledger: counted anew from the attempts each time it is asked for, nothing kept.

The greeting of a called person is not recorded, so the law's clock starts at the answer, which is
never later: what counts as in time here is in time by every definition.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    case,
    func,
    not_,
    or_,
    select,
)

from calls.call import Verdict
from dialer.attempt import Outcome
from dialer.dispositions import SAID_MACHINE
from dialer.rules.abandonment import Answers, Detector, Tally, period_around, tallied
from dialer.rules.sections import AbandonmentRule, AbandonmentWindow
from storage.database import Database
from storage.elapsed import microseconds
from storage.tables import attempts

_MILLION = 1_000_000
_DAY = timedelta(hours=24)
_DETECTOR = Detector()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One period of a campaign by one rule; `until` is not included."""

    since: datetime
    until: datetime
    attempts: int
    #: without an end yet: they will be in the figures when they have one
    under_way: int
    answered: int
    #: a machine by whoever listened: that an agent was with, and that was ended for being one
    machines_joined: int
    machines_hung_up: int
    #: of the latter, people at most: what the detector's measurement allows
    people_taken_for_machines: float
    #: an agent joined a person later than the law's threshold
    late: int
    #: among the abandoned: that an agent joined cannot be shown, as nobody saw the end
    unproven: int
    #: people who answered, and those of them who were abandoned; whole unless estimated
    live: float
    abandoned: float
    #: None: nobody answered
    rate: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """What one rule says of a campaign: up to now, and each period before, newest first."""

    rule: AbandonmentRule
    current: Figures
    history: list[Figures]
    #: ask again with it as `before` for what was earlier; None: there was nothing
    earlier: datetime | None


class AbandonmentStore:
    """Counts a campaign's answered and abandoned calls as each rule defines them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ledgers(
        self,
        campaign_id: str,
        rules: Sequence[AbandonmentRule],
        *,
        begun: datetime,
        zone: str,
        now: datetime,
        before: datetime | None = None,
        limit: int = 31,
    ) -> list[Ledger]:
        """The ledger of each rule; its history begins before `before` and has `limit` periods.

        `begun` is when the campaign's periods of 24 hours and 30 days begin to follow each other,
        `zone` whose calendar days count. Periods in which nobody was dialed are left out.
        """

        def read(connection: Connection) -> list[Ledger]:
            books = _Books(connection, campaign_id, begun, zone)
            return [books.ledger(rule, now, before, limit) for rule in rules]

        return await self._database.read(read)


class _Books:
    """One campaign's attempts, in one transaction."""

    def __init__(
        self, connection: Connection, campaign_id: str, begun: datetime, zone: str
    ) -> None:
        self._connection = connection
        self._campaign_id = campaign_id
        self._begun = begun
        self._zone = zone

    def ledger(
        self, rule: AbandonmentRule, now: datetime, before: datetime | None, limit: int
    ) -> Ledger:
        """See `AbandonmentStore.ledgers`."""
        since, until = self._current(rule, now)
        history: list[Figures] = []
        earliest = before or now + timedelta(microseconds=1)
        while len(history) < limit and (last := self._last(earliest)) is not None:
            period = period_around(last, rule.window, self._begun, self._zone)
            history.append(self._figures(rule, *period))
            earliest = period[0]
        more = len(history) == limit and self._last(earliest) is not None
        return Ledger(
            rule=rule,
            current=self._figures(rule, since, until),
            history=history,
            earlier=earliest if more else None,
        )

    def _current(self, rule: AbandonmentRule, now: datetime) -> tuple[datetime, datetime]:
        """The 24 hours before now, else the day or period that it is."""
        if rule.window is AbandonmentWindow.LAST_24_HOURS:
            moment = timedelta(microseconds=1)
            return now - _DAY + moment, now + moment
        return period_around(now, rule.window, self._begun, self._zone)

    def _last(self, before: datetime) -> datetime | None:
        statement = select(func.max(attempts.c.intended_at)).where(
            attempts.c.campaign_id == self._campaign_id, attempts.c.intended_at < before
        )
        found: datetime | None = self._connection.execute(statement).scalar_one()
        return found

    def _figures(self, rule: AbandonmentRule, since: datetime, until: datetime) -> Figures:
        statement = _counted(self._connection.dialect.name, rule.threshold_seconds).where(
            attempts.c.campaign_id == self._campaign_id,
            attempts.c.intended_at >= since,
            attempts.c.intended_at < until,
        )
        row = self._connection.execute(statement).one()
        answers = Answers(**{name: row._mapping[name] for name in Answers.__slots__})
        tally: Tally = tallied(answers, rule, _DETECTOR)
        return Figures(
            since=since,
            until=until,
            attempts=row.attempts,
            under_way=row.under_way,
            answered=row.answered,
            machines_joined=answers.machines_joined,
            machines_hung_up=answers.hung_up,
            people_taken_for_machines=_DETECTOR.people_among(answers),
            late=answers.late,
            unproven=row.unproven,
            live=tally.live,
            abandoned=tally.abandoned,
            rate=tally.rate,
        )


def _counted(dialect: str, threshold_seconds: float) -> Any:
    """SELECT the counts; those of `Answers` by their names."""
    ended = attempts.c.ended_at.is_not(None)
    answered = and_(ended, attempts.c.answered_at.is_not(None))
    joined = and_(answered, attempts.c.connected_at.is_not(None))
    alone = and_(answered, attempts.c.connected_at.is_(None))
    ended_as_one = attempts.c.outcome == Outcome.MACHINE
    screened = or_(attempts.c.machine.is_not(None), ended_as_one)
    judged = or_(func.coalesce(attempts.c.machine, "") == Verdict.MACHINE, ended_as_one)
    said = attempts.c.disposition
    # an agent who was there knows better than a detector
    heard = or_(said == SAID_MACHINE, and_(judged, said == ""))
    machine = case((attempts.c.connected_at.is_not(None), heard), else_=judged)
    waited = microseconds(dialect, attempts.c.answered_at, attempts.c.connected_at)
    late = and_(joined, not_(machine), waited > round(threshold_seconds * _MILLION))
    dropped = and_(alone, not_(machine))
    return select(
        func.count().label("attempts"),
        _sum(not_(ended)).label("under_way"),
        _sum(answered).label("answered"),
        _sum(joined).label("joined"),
        _sum(and_(joined, machine)).label("machines_joined"),
        _sum(late).label("late"),
        _sum(and_(dropped, screened)).label("dropped_screened"),
        _sum(and_(dropped, not_(screened))).label("dropped_blind"),
        _sum(and_(answered, machine, or_(ended_as_one, alone))).label("hung_up"),
        _sum(and_(answered, screened, not_(machine))).label("let_through"),
        _sum(and_(dropped, attempts.c.outcome == Outcome.UNKNOWN)).label("unproven"),
    ).select_from(attempts)


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
