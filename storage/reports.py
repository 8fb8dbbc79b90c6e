"""What reports are made of: counts for each interval, and which intervals can still change.

The database sums up, some intervals at a time: a year by day is no year of quarters in memory.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import ColumnElement

from agents.said import USUAL, Said
from monitoring.agent_counts import AgentCounts
from monitoring.callback_counts import CallbackCounts
from monitoring.campaign_cost import Rates
from monitoring.campaign_counts import CampaignCounts
from monitoring.customer_counts import CustomerCounts
from monitoring.intervals import Stretch, cut
from monitoring.kpi_campaigns import LeadCounts
from monitoring.kpi_queues import QueuePart
from monitoring.queue_counts import Basis
from monitoring.queue_setting import QueueSetting, changes, in_force
from storage import callback_measures, campaign_costs
from storage.customer_measures import CustomerMeasureStore
from storage.database import Database
from storage.interval_sums import counts_of, interval_sums
from storage.lead_counts import LeadCountStore
from storage.measure_rows import AGENTS, CAMPAIGNS, QUEUES, C, Kind, Measure
from storage.measures import MeasureStore, Standing

#: intervals that the database sums up in one go
_AT_ONCE = 62
#: the settings of each queue, oldest first
Dated = dict[str, list[QueueSetting]]


@dataclass(frozen=True, slots=True)
class Subjects:
    """Of whom; None: of everybody who has something in the time."""

    pbx: str
    names: Sequence[str] | None


@dataclass(frozen=True, slots=True)
class Finality:
    """Up to when everything recorded is counted, and of each interval whether it can change."""

    as_of: datetime
    final: list[bool]


class ReportStore:
    """Reads counts by interval; intervals follow each other and are of whole quarters."""

    def __init__(self, database: Database, measures: MeasureStore, said: Said = USUAL) -> None:
        """`said`: the words of agents for what was resolved."""
        self._database = database
        self.measures = measures
        self._customers = CustomerMeasureStore(database, said)
        self._leads = LeadCountStore(database)

    async def queues(
        self, of: Subjects, intervals: Sequence[Stretch], basis: Basis, settings: Dated
    ) -> list[dict[str, list[QueuePart]]]:
        """Of each interval, by queue: the counts, apart where another setting was in force."""
        moments = changes(settings.values())
        pieces = [(at, piece) for at, each in enumerate(intervals) for piece in cut(each, moments)]
        counted = await self._counted(
            QUEUES, of, [piece for _, piece in pieces], QUEUES.table.c.basis == basis
        )
        found: list[dict[str, list[QueuePart]]] = [{} for _ in intervals]
        for (at, piece), by_queue in zip(pieces, counted, strict=True):
            for queue, counts in by_queue.items():
                setting = in_force(settings.get(queue, ()), piece.since)
                found[at].setdefault(queue, []).append(QueuePart(counts, setting))
        return found

    async def agents(
        self, of: Subjects, intervals: Sequence[Stretch]
    ) -> list[dict[str, AgentCounts]]:
        """Of each interval, by agent."""
        return await self._counted(AGENTS, of, intervals)

    async def campaigns(
        self, of: Subjects, intervals: Sequence[Stretch]
    ) -> list[dict[str, CampaignCounts]]:
        """Of each interval, by campaign."""
        return await self._counted(CAMPAIGNS, of, intervals)

    async def rates(self, campaigns: Sequence[str]) -> dict[str, list[Rates]]:
        """What the calls of these campaigns cost, oldest rates first."""
        return await campaign_costs.rates(self._database, campaigns)

    async def leads(self, campaigns: Sequence[str]) -> dict[str, LeadCounts]:
        """The leads of these campaigns as they are now."""
        return await self._leads.counted(campaigns)

    async def customers(self, intervals: Sequence[Stretch]) -> list[dict[str, CustomerCounts]]:
        """Of each interval, by the queue of the call's last talk; "" is no queue."""
        counted = await self._customers.counted(intervals[0].since, intervals[-1].until)
        found: list[dict[str, CustomerCounts]] = [{} for _ in intervals]
        begins = [each.since for each in intervals]
        for (queue, at), counts in counted.items():
            place = bisect_right(begins, at) - 1
            found[place].setdefault(queue, CustomerCounts()).add(counts)
        return found

    async def callbacks(self, intervals: Sequence[Stretch]) -> list[dict[str, CallbackCounts]]:
        """Of each interval, by queue: the call backs that were asked for in it."""
        counted = await callback_measures.counted(
            self._database, intervals[0].since, intervals[-1].until
        )
        found: list[dict[str, CallbackCounts]] = [{} for _ in intervals]
        begins = [each.since for each in intervals]
        for (queue, at), counts in counted.items():
            place = bisect_right(begins, at) - 1
            found[place].setdefault(queue, CallbackCounts()).add(counts)
        return found

    async def oldest_callbacks(self) -> dict[str, datetime]:
        """When who has been waiting longest to be called back asked for it, by queue."""
        return await callback_measures.oldest(self._database)

    async def finality(
        self,
        kind: Kind,
        of: Subjects,
        intervals: Sequence[Stretch],
        now: datetime,
        basis: Basis | None = None,
    ) -> Finality:
        """Asked of all at once, and only where something may change of each half, and so on."""

        async def standing(some: Sequence[Stretch]) -> Standing:
            return await self.measures.standing(
                kind, of.pbx, of.names, some[0].since, some[-1].until, now, basis
            )

        async def apart(some: Sequence[Stretch], known: Standing) -> list[bool]:
            if known.final or len(some) == 1:
                return [known.final] * len(some)
            half = len(some) // 2
            found = []
            for part in (some[:half], some[half:]):
                found += await apart(part, await standing(part))
            return found

        whole = await standing(intervals)
        # what is not over is not final: of that nobody is asked
        ended = [each for each in intervals if each.until <= now]
        known = await apart(ended, await standing(ended)) if ended else []
        return Finality(whole.as_of, known + [False] * (len(intervals) - len(ended)))

    async def _counted(
        self,
        measure: Measure[C],
        of: Subjects,
        pieces: Sequence[Stretch],
        *chosen: ColumnElement[bool],
    ) -> list[dict[str, C]]:
        where = [measure.table.c.pbx == of.pbx, *chosen]
        if of.names is not None:
            where.append(measure.subject.in_(of.names))
        found: list[dict[str, C]] = []
        for start in range(0, len(pieces), _AT_ONCE):
            some = pieces[start : start + _AT_ONCE]
            sums = partial(interval_sums, measure=measure, where=where, intervals=some)
            rows = await self._database.read(sums)
            # not here: live calls wait for this loop
            found += await asyncio.to_thread(counts_of, measure, rows, len(some))
        return found
