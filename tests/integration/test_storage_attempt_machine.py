"""Nobody is dialed twice: reserving, ending and crashing in any order, by many at once."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection, select

from dialer.attempt import Attempt, AttemptResult, Outcome
from dialer.campaign import Campaign, CampaignState
from dialer.lead import LeadState, NewLead
from storage import tables
from storage.campaigns import CampaignStore
from storage.database import Database
from tests.unit.judges import reserved

START = datetime(2025, 3, 4, 5, 6, 7, tzinfo=UTC)
LEADS = 12
PBX = "pbx1"
places = st.sets(st.integers(0, LEADS - 1), max_size=6)
_numbers = itertools.count(1)


class Dialing(RuleBasedStateMachine):
    """One campaign, dialed by eight tasks; the service may die at any moment."""

    url: str

    @initialize()
    def open(self) -> None:
        self.runner = asyncio.Runner()
        self.now = START
        self.campaign = f"campaign-{next(_numbers)}"
        #: what the dialer was told it has, and has not ended
        self.open_ids: dict[str, int] = {}
        self.ended: set[str] = set()
        self.database = self.runner.run(Database.open(self.url))
        self.runner.run(self.begin())

    @property
    def book(self) -> CampaignStore:
        return CampaignStore(self.database)

    async def begin(self) -> None:
        await self.book.create(
            Campaign(
                id=self.campaign,
                name="",
                queue="q",
                country="CO",
                caller_number="1",
                state=CampaignState.RUNNING,
                created_at=START,
            )
        )

        async def people() -> AsyncIterator[list[NewLead]]:
            yield [NewLead(number=str(n), name="", extra={}) for n in range(LEADS)]

        await self.book.add_leads(self.campaign, people(), START)

    def teardown(self) -> None:
        self.runner.run(self.database.close())
        self.runner.close()

    def at(self, places: set[int]) -> set[str]:
        """Some of the open attempts. Which there are depends on how far a crash came."""
        known = list(self.open_ids)
        return {known[place] for place in places if place < len(known)}

    # --- what can happen

    @rule(counts=st.lists(st.integers(1, 4), min_size=1, max_size=8))
    def reserve(self, counts: list[int]) -> None:
        async def all_at_once() -> list[list[Attempt]]:
            return await asyncio.gather(*(self.reserving(count) for count in counts))

        for taken, count in zip(self.runner.run(all_at_once()), counts, strict=True):
            assert len(taken) <= count
            for attempt in taken:
                assert attempt.id not in self.open_ids
                assert attempt.lead_id not in self.open_ids.values()
                self.open_ids[attempt.id] = attempt.lead_id

    @rule(places=places, again=st.booleans(), minutes=st.integers(0, 30))
    def end(self, places: set[int], again: bool, minutes: int) -> None:
        some = self.at(places)
        retry_at = self.now + timedelta(minutes=minutes) if again else None

        async def all_at_once() -> list[bool]:
            twice = [*some, *some]
            return await asyncio.gather(*(self.ending(each, retry_at) for each in twice))

        answers = self.runner.run(all_at_once())
        # each was told twice at the same time: exactly one of the two ended it
        assert sum(answers) == len(some)
        for attempt_id in some:
            del self.open_ids[attempt_id]
        self.ended |= some

    @rule(place=st.integers(0, 5))
    def end_once_more(self, place: int) -> None:
        for attempt_id in sorted(self.ended)[place : place + 1]:
            assert not self.runner.run(self.ending(attempt_id, self.now))

    @rule(minutes=st.integers(1, 20))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(steps=st.integers(0, 40), places=places)
    def crash(self, steps: int, places: set[int]) -> None:
        """Eight tasks are at work when it happens, each somewhere in its transaction."""
        some = self.at(places)
        works: list[Coroutine[Any, Any, Any]] = [self.ending(each, self.now) for each in some]
        works += [self.reserving(2) for _ in range(8 - len(works))]

        async def die() -> None:
            tasks = [asyncio.create_task(work) for work in works]
            for _ in range(steps):
                await asyncio.sleep(0)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.database.close()

        self.runner.run(die())
        self.database = self.runner.run(Database.open(self.url))
        self.recover(some)

    def recover(self, were_ending: set[str]) -> None:
        """As the dialer does at start: what is open in the database is what there is."""
        found = {
            attempt.id: attempt.lead_id
            for attempt in self.runner.run(self.book.open_attempts(PBX))
            if attempt.campaign_id == self.campaign
        }
        lost = set(self.open_ids) - set(found)
        assert lost <= were_ending  # only an end that was asked for can have happened
        self.ended |= lost
        self.open_ids = found

    async def reserving(self, count: int) -> list[Attempt]:
        return await reserved(self.book, self.campaign, count, pbx=PBX, now=self.now)

    async def ending(self, attempt_id: str, retry_at: datetime | None) -> bool:
        return await self.book.end(
            AttemptResult(
                attempt_id=attempt_id,
                outcome=Outcome.BUSY,
                ended_at=self.now,
                answered_at=None,
                connected_at=None,
                cause=17,
                sip_code=486,
                agent="",
                retry_at=retry_at,
            )
        )

    # --- what always holds

    @invariant()
    def the_book_is_right(self) -> None:
        leads, attempts = self.runner.run(self.read())
        assert len(leads) == LEADS
        numbered: dict[int, list[int]] = {lead.id: [] for lead in leads}
        for attempt in attempts:
            numbered[attempt.lead_id].append(attempt.ordinal)
        still_open = Counter(row.lead_id for row in attempts if row.ended_at is None)
        for lead in leads:
            assert sorted(numbered[lead.id]) == list(range(1, lead.attempts + 1))
            assert still_open[lead.id] <= 1
            assert (lead.state == LeadState.RESERVED) == (still_open[lead.id] == 1)
        assert {row.id for row in attempts if row.ended_at is None} == set(self.open_ids)

    async def read(self) -> tuple[list[Any], list[Any]]:
        leads = select(tables.leads).where(tables.leads.c.campaign_id == self.campaign)
        attempts = select(tables.attempts).where(tables.attempts.c.campaign_id == self.campaign)

        def both(connection: Connection) -> tuple[list[Any], list[Any]]:
            return list(connection.execute(leads).all()), list(connection.execute(attempts).all())

        return await self.database.read(both)


def test_nobody_is_ever_dialed_twice_at_once(database_url: str) -> None:
    class Here(Dialing):
        url = database_url

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=20,
            stateful_step_count=15,
            deadline=None,
            database=None,
            # where a crash falls is never the same twice: a smaller example would prove nothing
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
