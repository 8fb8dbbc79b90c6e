"""Measures by quarters of an hour: read, counted again where facts came, made anew from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Generic

from sqlalchemy import ColumnElement, Connection, exists, null, select, true

from monitoring.agent_counts import AgentCounts
from monitoring.campaign_counts import CampaignCounts
from monitoring.quarters import quarter_of
from monitoring.queue_counts import Basis, QueueCounts
from storage import rebuilding, recounting
from storage.database import Database
from storage.measure_rows import AGENTS, CAMPAIGNS, QUEUES, C, Kind, Measure
from storage.rebuilding import days
from storage.recounting import Recounting
from storage.stale import Mark
from storage.tables import settings, stale_quarters

#: marks of one transaction: it is over within some milliseconds
AT_ONCE = 200
_MEASURES: dict[Kind, Measure[Any]] = {one.kind: one for one in (QUEUES, AGENTS, CAMPAIGNS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectQuarter(Generic[C]):
    """What one queue, agent or campaign has in one quarter."""

    subject: str
    quarter: datetime
    counts: C
    #: nothing of it will change any more
    final: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far figures can be relied upon."""

    #: everything that was recorded up to here is counted
    as_of: datetime
    #: nothing of them will change any more
    final: bool


class MeasureStore:
    """Sums and rows of quarters. A period has the quarters that begin in it, `end` not included.

    Of `None` subjects all are told; who has nothing in the period is left out.
    """

    def __init__(
        self, database: Database, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._database = database
        self._recounting = Recounting(database)
        self._now = now
        #: up to here the time of those at work is counted
        self._looked_at: dict[str, datetime] = {}

    # --- counting

    async def recount(self, limit: int) -> int:
        """Count what the oldest marks name, up to `limit` of them, in one transaction.

        How many marks there were; 0: nothing is left. Raises `DatabaseUnavailableError`.
        """
        return await self._database.write(
            lambda connection: self._recounting.stale(connection, limit, self._now())
        )

    async def look(self, pbx: str) -> None:
        """Count the time of those at work up to now, and what may have become final.

        Raises `DatabaseUnavailableError`.
        """
        now, since = self._now(), self._looked_at.get(pbx)
        marks = await self._database.read(lambda c: recounting.running(c, pbx, since, now))
        at_work = bool(marks)
        if since is None or since.minute != now.minute:
            marks += await self._database.read(
                lambda c: recounting.provisional(c, pbx, now, first=since is None)
            )

        def count(connection: Connection, some: Sequence[Mark]) -> None:
            self._recounting.these(connection, some, now)
            if at_work:
                self._looked(connection, pbx, now)

        for start in range(0, len(marks), AT_ONCE):
            await self._database.write(partial(count, some=marks[start : start + AT_ONCE]))
        self._looked_at[pbx] = now

    async def looked_at(self, pbx: str) -> datetime | None:
        """When the time of those at work was counted last, by this process or one before it.

        Raises `DatabaseUnavailableError`.
        """
        kept = select(settings.c.value).where(settings.c.key == _looked_key(pbx))
        found = await self._database.read(lambda c: c.execute(kept).scalar())
        return datetime.fromisoformat(found) if found else None

    def _looked(self, connection: Connection, pbx: str, now: datetime) -> None:
        row = {"key": _looked_key(pbx), "value": now.isoformat()}
        insert = self._database.insert(settings).values(row)
        connection.execute(
            insert.on_conflict_do_update(index_elements=["key"], set_={"value": row["value"]})
        )

    async def rebuild(self, pbx: str, start: datetime, end: datetime) -> int:
        """Make all quarters of a period anew from the facts; how many had something to count.

        Figures stay readable meanwhile; what a crash leaves undone the service does when it runs.
        Raises `DatabaseUnavailableError`.
        """
        marked = 0
        for since, until in days(start, end):
            marked += await self._database.write(
                partial(rebuilding.mark_all, pbx=pbx, start=since, end=until, now=self._now())
            )
            while await self.recount(AT_ONCE):
                pass
        return marked

    async def mark_past(self, pbx: str) -> bool:
        """Have a day counted that was recorded before there were measures; False: none is left.

        Raises `DatabaseUnavailableError`.
        """
        return await self._database.write(
            lambda connection: rebuilding.mark_past(connection, pbx, self._now())
        )

    async def first_at(self, pbx: str) -> datetime | None:
        """When the oldest thing was recorded that can be counted."""
        return await self._database.read(lambda c: rebuilding.first_at(c, pbx))

    # --- queues

    async def queue_counts(
        self, pbx: str, queues: Sequence[str] | None, start: datetime, end: datetime, basis: Basis
    ) -> dict[str, QueueCounts]:
        """The sums of each queue."""
        return await self._sums(QUEUES, _within(QUEUES, pbx, queues, start, end, basis))

    async def queue_series(
        self, pbx: str, queues: Sequence[str] | None, start: datetime, end: datetime, basis: Basis
    ) -> list[SubjectQuarter[QueueCounts]]:
        """Each queue's quarters that have something, by queue and time."""
        return await self._series(QUEUES, _within(QUEUES, pbx, queues, start, end, basis))

    # --- agents

    async def agent_counts(
        self, pbx: str, agents: Sequence[str] | None, start: datetime, end: datetime
    ) -> dict[str, AgentCounts]:
        """The sums of each agent."""
        return await self._sums(AGENTS, _within(AGENTS, pbx, agents, start, end))

    async def agent_series(
        self, pbx: str, agents: Sequence[str] | None, start: datetime, end: datetime
    ) -> list[SubjectQuarter[AgentCounts]]:
        """Each agent's quarters that have something, by agent and time."""
        return await self._series(AGENTS, _within(AGENTS, pbx, agents, start, end))

    # --- campaigns

    async def campaign_counts(
        self, pbx: str, campaigns: Sequence[str] | None, start: datetime, end: datetime
    ) -> dict[str, CampaignCounts]:
        """The sums of each campaign, of attempts that were meant to be made in the period."""
        return await self._sums(CAMPAIGNS, _within(CAMPAIGNS, pbx, campaigns, start, end))

    async def campaign_series(
        self, pbx: str, campaigns: Sequence[str] | None, start: datetime, end: datetime
    ) -> list[SubjectQuarter[CampaignCounts]]:
        """Each campaign's quarters that have something, by campaign and time."""
        return await self._series(CAMPAIGNS, _within(CAMPAIGNS, pbx, campaigns, start, end))

    # --- how far they can be relied upon

    async def standing(
        self,
        kind: Kind,
        pbx: str,
        subjects: Sequence[str] | None,
        start: datetime,
        end: datetime,
        now: datetime,
        basis: Basis | None = None,
    ) -> Standing:
        """What is counted of the facts of these subjects and this period. `basis`: of queues."""
        measure = _MEASURES[kind]
        stale = stale_quarters.c
        marked = [
            stale.pbx == pbx,
            stale.kind == kind,
            stale.quarter >= quarter_of(start),
            stale.quarter < end,
        ]
        if subjects is not None:
            marked.append(stale.subject.in_(subjects))
        oldest = select(stale.marked_at).where(*marked).order_by(stale.id).limit(1)
        open_ = exists().where(
            *_within(measure, pbx, subjects, start, end, basis),
            measure.table.c.final.is_(False),
        )

        def read(connection: Connection) -> Standing:
            marked_at = connection.execute(oldest).scalar_one_or_none()
            some_open = bool(connection.execute(select(open_)).scalar_one())
            return Standing(
                as_of=min(marked_at or now, self._looked_at.get(pbx, now), now),
                final=marked_at is None and not some_open and end <= now,
            )

        return await self._database.read(read)

    # --- reading

    async def _sums(
        self, measure: Measure[C], where: Sequence[ColumnElement[bool]]
    ) -> dict[str, C]:
        subject = measure.subject.label("subject")
        statement = select(subject, *measure.sums()).where(*where).group_by(measure.subject)

        def read(connection: Connection) -> dict[str, C]:
            keyed: dict[str, dict[str, int]] = {}
            if measure.keyed:
                pairs, key, total = measure.pairs(self._database.dialect)
                apart = (
                    select(measure.subject, key, total)
                    .select_from(measure.table)
                    .join(pairs, true())
                    .where(*where)
                    .group_by(measure.subject, key)
                )
                for owner, name, value in connection.execute(apart):
                    keyed.setdefault(owner, {})[name] = int(value)
            return {
                subject: measure.of_values(values, keyed.get(subject))
                for subject, *values in connection.execute(statement.order_by(measure.subject))
            }

        return await self._database.read(read)

    async def _series(
        self, measure: Measure[C], where: Sequence[ColumnElement[bool]]
    ) -> list[SubjectQuarter[C]]:
        columns = measure.table.c
        keyed = columns[measure.keyed] if measure.keyed else null()
        summed = [columns[name] for name in measure.names()]
        statement = (
            select(measure.subject, columns.quarter, columns.final, keyed, *summed)
            .where(*where)
            .order_by(measure.subject, columns.quarter)
        )
        found = []
        for row in await self._database.rows(statement):
            subject, quarter, final, keys, *values = tuple(row)
            counts = measure.of_values(values, keys)
            found.append(
                SubjectQuarter(subject=subject, quarter=quarter, counts=counts, final=final)
            )
        return found


def _looked_key(pbx: str) -> str:
    return f"measures_looked:{pbx}"


def _within(
    measure: Measure[Any],
    pbx: str,
    subjects: Sequence[str] | None,
    start: datetime,
    end: datetime,
    basis: Basis | None = None,
) -> list[ColumnElement[bool]]:
    columns = measure.table.c
    where = [columns.pbx == pbx, columns.quarter >= start, columns.quarter < end]
    if subjects is not None:
        where.append(measure.subject.in_(subjects))
    if basis is not None:
        where.append(columns.basis == basis)
    return where
