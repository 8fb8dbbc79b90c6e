"""Counts by event opened: a random day of agents and queues, each count against its calls."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from calls.call import CALLBACK
from calls.events import (
    AgentConnected,
    AgentLineUp,
    AgentMissed,
    AgentOffered,
    AgentReadied,
    AgentReleased,
    AgentSignInAsked,
    AttemptStarted,
    CallArrived,
    CallEnded,
    Fact,
    QueueGaveUp,
    QueueJoined,
    QueueLeft,
    WrapUpEnded,
    WrapUpStarted,
)
from monitoring.agent_counts import AgentCounts
from monitoring.kpi_agents import handled
from monitoring.queue_counts import Basis, QueueCounts
from monitoring.visits import Ending
from monitoring.wait_histogram import BANDS
from storage import quarters_behind
from storage.counted_calls import AgentCall, AgentCalls, AgentCount, CountedCallStore
from storage.database import Database
from storage.errors import CursorError
from storage.visits_behind import VisitFound, Wanted
from tests.integration.api_house import ApiHouse, open_house
from tests.unit.facts import PBX, START, at, fact

SINCE, UNTIL = START - timedelta(hours=1), START + timedelta(hours=9)
QUARTER = timedelta(minutes=15)
AGENTS = ("1001", "1002")


class _Day:
    """What happens, told as it goes on."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.facts: list[Fact] = []

    def tell(self, kind: type[Fact], seconds: float, /, **fields: Any) -> None:
        self.facts.append(fact(kind, seconds, **fields))

    def shift(self, agent: str, calls: int) -> None:
        """One call after the other, some not taken a few times before they are."""
        for kind, seconds in ((AgentSignInAsked, -60), (AgentLineUp, -59), (AgentReadied, -58)):
            self.tell(kind, seconds, agent=agent)
        now = 0.0
        for number in range(calls):
            now = self._call(agent, f"{agent}-{number:03}", now + self.chance.randint(1, 300))

    def _call(self, agent: str, call_id: str, now: float) -> float:
        queue = {"queue": self.chance.choice(("soporte", "salida"))}
        call, mine = {"call_id": call_id}, {"call_id": call_id, "agent": agent}
        if self.chance.random() < 0.3:
            self.tell(
                AttemptStarted, now, **call, campaign_id="c", lead_id=1, number_called="573001",
            )  # fmt: skip
        else:
            self.tell(CallArrived, now, **call, number_called="0800", caller_number="573002")
            self.tell(QueueJoined, now + 1, **call, **queue, position=1)
        now += self.chance.randint(2, 400)
        for _ in range(self.chance.choice((0, 0, 1, 2))):
            self.tell(AgentOffered, now, **mine, **queue)
            now += self.chance.choice((20, 900))
            self.tell(AgentMissed, now, **mine, **queue)
            now += 5
        self.tell(AgentOffered, now, **mine, **queue)
        self.tell(AgentConnected, now + 2, **mine, **queue)
        now += self.chance.randint(3, 1500)
        by = self.chance.choice(("customer", "agent", "transfer"))
        self.tell(AgentReleased, now, **mine, **queue, ended_by=by)
        self.tell(WrapUpStarted, now, **mine, until=at(now + 30))
        self.tell(CallEnded, now + 1, **call, cause=16, sip_code=200)
        self.tell(WrapUpEnded, now + 20, **mine, disposition="", how="agent")
        return now + 20

    def unanswered(self, calls: int) -> None:
        """Callers whom nobody answers."""
        for number in range(calls):
            call: dict[str, Any] = {"call_id": f"u{number:03}"}
            queue = {"queue": self.chance.choice(("soporte", "salida"))}
            now = self.chance.uniform(0, 8 * 3600)
            left = now + self.chance.choice((3, 60, 1000))
            self.tell(CallArrived, now, **call, number_called="0800", caller_number="573003")
            how = self.chance.choice(("FULL", "TIMEOUT", CALLBACK, ""))
            if how != "FULL":
                self.tell(QueueJoined, now, **call, **queue, position=1)
                self.tell(QueueLeft, left, **call, **queue)
            if how:
                gone = now if how == "FULL" else left
                self.tell(QueueGaveUp, gone, **call, **queue, status=how)
            self.tell(CallEnded, left + 1, **call, cause=16, sip_code=200)


@pytest.fixture
async def house(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[ApiHouse]:
    """A day that is over and counted; pages end before there is nothing more."""
    monkeypatch.setattr(quarters_behind, "_LOOKED_AT", 12)
    day = _Day(5)
    for agent in AGENTS:
        day.shift(agent, 16)
    day.unanswered(60)
    async with open_house(database, tmp_path) as opened:
        await opened.happen(*sorted(day.facts, key=lambda one: one.at))
        await opened.parts.recorder.ship_now()
        opened.clock.advance(86_400)
        await opened.parts.reports.measures.rebuild(PBX, SINCE, UNTIL)
        yield opened


def _periods() -> Iterator[tuple[datetime, datetime]]:
    """The whole day, and some quarters of it."""
    yield SINCE, UNTIL
    for number in range(5, 20, 6):
        begins = SINCE + number * QUARTER
        yield begins, begins + QUARTER


async def _calls(store: CountedCallStore, limit: int = 6, **wanted: Any) -> list[AgentCall]:
    found: list[AgentCall] = []
    asked, cursor = AgentCalls(pbx=PBX, **wanted), None
    while True:
        page = await store.of_agent(asked, cursor, limit)
        assert len(page.calls) <= limit
        found += page.calls
        cursor = page.next_cursor
        if cursor is None:
            return found


async def _visits(store: CountedCallStore, limit: int = 7, **wanted: Any) -> list[VisitFound]:
    found: list[VisitFound] = []
    asked, cursor = Wanted(pbx=PBX, **wanted), None
    while True:
        page = await store.of_queue(asked, cursor, limit)
        assert len(page.visits) <= limit
        found += page.visits
        cursor = page.next_cursor
        if cursor is None:
            return found


async def test_every_count_of_an_agent_is_as_many_calls(house: ApiHouse) -> None:
    store, measures = CountedCallStore(house.database), house.parts.reports.measures
    seen: Counter[str] = Counter()
    for since, until in _periods():
        counted = await measures.agent_counts(PBX, None, since, until)
        for agent in AGENTS:
            counts = counted.get(agent, AgentCounts())
            of: dict[str, Any] = {"agent": agent, "since": since, "until": until}
            for name in AgentCount:
                expected = handled(counts) if name == "handled" else getattr(counts, name)
                found = await _calls(store, **of, count=name)
                assert len(found) == expected, (name, since)
                moments = [(one.at, one.call_id) for one in found]
                assert moments == sorted(moments, reverse=True)
                assert all(since <= one.at < until for one in found)
                assert {one.visit is None for one in found} <= {name == "missed"}
                seen[name] += expected
            mine = await _calls(store, **of, count=AgentCount.HANDLED, queues=["salida"])
            both = await _calls(store, **of, count=AgentCount.HANDLED)
            assert mine == [one for one in both if one.queue == "salida"]
    assert min(seen.values()) > 3
    assert set(seen) == set(AgentCount)
    known = await _calls(store, agent="1001", since=SINCE, until=UNTIL, count=AgentCount.HANDLED)
    assert {(one.direction, one.caller_number) for one in known} >= {("inbound", "573002")}
    asked = AgentCalls(pbx=PBX, agent="1001", since=SINCE, until=UNTIL, count=AgentCount.MISSED)
    with pytest.raises(CursorError):
        await store.of_agent(asked, "nonsense")


async def test_every_count_of_a_queue_by_event_is_as_many_visits(house: ApiHouse) -> None:
    store, measures = CountedCallStore(house.database), house.parts.reports.measures
    seen: Counter[str] = Counter()
    for since, until in _periods():
        counted = await measures.queue_counts(PBX, None, since, until, Basis.EVENT)
        for queue in ("soporte", "salida"):
            counts = counted.get(queue, QueueCounts())
            of: dict[str, Any] = {"queue": queue, "since": since, "until": until}
            asked: dict[str, dict[str, Any]] = {
                "offered": {},
                "refused": {"refused": True},
                "transferred": {"transferred": True},
                "callback_booked": {"callback": True},
                **{str(ending): {"ending": ending} for ending in Ending},
            }
            for name, words in asked.items():
                found = await _visits(store, **of, **words)
                assert len(found) == getattr(counts, name), (name, since)
                seen[name] += len(found)
            for band in range(BANDS) if until == UNTIL else ():
                answered = await _visits(store, **of, ending=Ending.ANSWERED, band=band)
                assert len(answered) == counts.answered_bands[band]
    wanted = ("offered", "refused", "transferred", "callback_booked", "answered", "abandoned")
    assert min(seen[name] for name in (*wanted, "timed_out", "key_exit")) > 3
