"""What reports are read from, on both databases: calls again at their bounds, dated settings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert

from calls.events import (
    AgentConnected,
    CallArrived,
    CallEnded,
    CallFact,
    CustomerKnown,
    QueueJoined,
    ReasonGiven,
)
from monitoring.agent_counts import AgentCounts
from monitoring.customer_counts import CustomerCounts
from monitoring.intervals import Interval, Stretch, intervals
from monitoring.kpi_queues import QueuePart
from monitoring.queue_counts import Basis, QueueCounts
from monitoring.queue_setting import QueueSetting, in_force
from monitoring.service_level import Method
from storage.customer_measures import CustomerMeasureStore
from storage.database import Database
from storage.measure_rows import Kind, Measure
from storage.measures import MeasureStore
from storage.queue_settings import QueueSettingStore
from storage.reports import ReportStore, Subjects
from storage.tables import agent_quarters
from tests.integration.api_house import open_house
from tests.integration.made_menu_days import facts_of, visits
from tests.integration.made_report_day import report_day
from tests.unit.facts import PBX, START, at

DAY = 86_400


def talk(call_id: str, began: float, ended: float, reason: str, **who: Any) -> list[CallFact]:
    """A call with an agent, from the number or the customer given."""
    usual: dict[str, Any] = {"pbx": PBX, "call_id": call_id}
    number = str(who.get("number", ""))
    found: list[CallFact] = [
        CallArrived(at=at(began), **usual, number_called="0800", caller_number=number)
    ]
    if "customer" in who:
        found.append(CustomerKnown(at=at(began), **usual, customer_id=who["customer"]))
    return [
        *found,
        ReasonGiven(at=at(began), **usual, reason=reason),
        QueueJoined(at=at(began), **usual, queue="soporte", position=1),
        AgentConnected(at=at(began + 1), **usual, queue="soporte", agent="1001"),
        CallEnded(at=at(ended), **usual, cause=16, sip_code=200),
    ]


async def test_who_called_again_in_time_and_why(database: Database, tmp_path: Path) -> None:
    store = CustomerMeasureStore(database)
    facts = [
        # exactly 24 hours after the end counts, a second later does not
        *talk("a1", 0, 100, "x", number="1"),
        *talk("a2", 100 + DAY, 200 + DAY, "y", number="1"),
        *talk("a3", 201 + 2 * DAY, 300 + 2 * DAY, "x", number="1"),
        # for the same reason: exactly seven days, and a second more
        *talk("b1", 1000, 1100, "x", customer=5),
        *talk("b2", 1100 + 7 * DAY, 1200 + 7 * DAY, "x", customer=5),
        *talk("c1", 1000, 1100, "x", customer=6),
        *talk("c2", 1101 + 7 * DAY, 1200 + 7 * DAY, "x", customer=6),
        # two at once are no call again, and nobody knows who the last one was
        *talk("d1", 2000, 2600, "x", number="2"),
        *talk("d2", 2100, 2200, "x", number="2"),
        *talk("e1", 2000, 2600, "x"),
        *talk("e2", 2700, 2800, "x"),
    ]
    async with open_house(database, tmp_path) as house:
        await house.happen(*sorted(facts, key=lambda one: one.at))
        await house.parts.recorder.ship_now()
        counted = await store.counted(START, START + timedelta(days=30))
    total = CustomerCounts()
    for (queue, _), counts in counted.items():
        assert queue == "soporte"
        total.add(counts)
    assert (total.calls, total.contacts) == (9, 9)
    # a1 by a2; b1, c1 and a2 were called again too late, d1 and d2 not at all
    assert total.called_again == 1
    # a1 by a3 within seven days, b1 by b2
    assert total.came_back == 2


async def test_settings_stay_and_the_last_of_a_moment_holds(database: Database) -> None:
    store = QueueSettingStore(database)
    first = QueueSetting(method=Method.OFFERED, seconds=30)
    await store.put(PBX, "soporte", first, set_by="Ana", now=at(0))
    await store.put(PBX, "soporte", QueueSetting(seconds=45), set_by="Luis", now=at(60))
    await store.put(PBX, "soporte", QueueSetting(seconds=60), set_by="Ana", now=at(60))
    await store.put(PBX, "salida", QueueSetting(seconds=10), set_by="Ana", now=at(30))
    await store.put("pbx2", "soporte", QueueSetting(seconds=15), set_by="Ana", now=at(90))
    found = await store.all(PBX)
    assert {queue: [one.seconds for one in theirs] for queue, theirs in found.items()} == {
        "salida": [10], "soporte": [30, 60],
    }  # fmt: skip
    assert await store.all(PBX, ["salida"]) == {"salida": found["salida"]}
    assert await store.all(PBX, []) == {}
    assert in_force(found["soporte"], at(59)) == found["soporte"][0]
    assert in_force(found["soporte"], at(60)).seconds == 60
    history = await store.history(PBX, "soporte")
    assert [(one.setting.seconds, one.set_by, one.set_at) for one in history] == [
        (60, "Ana", at(60)), (30, "Ana", at(0)),
    ]  # fmt: skip


async def test_intervals_are_summed_up_as_their_quarters(
    database: Database, tmp_path: Path
) -> None:
    """Some in one go, many in several: the same sums."""
    async with open_house(database, tmp_path) as house:
        await house.happen(*facts_of(visits(3, 60, days=1.0)))
        await report_day(house)
        house.clock.advance(2 * DAY)
        reports = house.parts.reports
        since = START - timedelta(hours=12)
        whole = Stretch(since, since + timedelta(days=2))
        await reports.measures.rebuild(PBX, whole.since, whole.until)
        changed = {"soporte": [QueueSetting(seconds=60, valid_from=at(1000))]}
        of = Subjects(PBX, None)
        zone = ZoneInfo("America/Bogota")
        days, quarters = (
            intervals(whole, interval, zone) for interval in (Interval.DAY, Interval.QUARTER)
        )
        by_day = await reports.queues(of, days, Basis.EVENT, changed)
        by_quarter = await reports.queues(of, quarters, Basis.EVENT, changed)
        assert len(by_quarter) == 192
        agents, apart = await reports.agents(of, days), await reports.agents(of, quarters)
        finality = await reports.finality(Kind.QUEUE, of, quarters, house.clock(), Basis.EVENT)
        assert (finality.as_of, len(finality.final)) == (house.clock(), 192)
    for day, counted, shifts in zip(days, by_day, agents, strict=True):
        within = [place for place, quarter in enumerate(quarters) if quarter.since in day]
        assert _by_setting([counted]) == _by_setting([by_quarter[place] for place in within])
        added: dict[str, AgentCounts] = {}
        for place in within:
            for agent, counts in apart[place].items():
                added.setdefault(agent, AgentCounts()).add(counts)
        assert shifts == added
    assert {setting.seconds for _, setting in _by_setting(by_day)} == {20, 60}


async def test_many_days_are_read_as_sums_and_not_as_all_their_quarters(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A year of a floor by day would be millions of rows in memory, and nobody's turn meanwhile."""
    quarters = [START + timedelta(hours=6 * place) for place in range(70 * 4)]
    rows = [
        {
            "pbx": PBX, "agent": "1001", "quarter": quarter, "ready_ms": 1,
            "pauses": {"lunch": 2}, "final": True,
        }
        for quarter in quarters
    ]  # fmt: skip
    await database.write(lambda connection: connection.execute(insert(agent_quarters), rows))
    made = []
    of_values = Measure.of_values

    def noted(*args: Any) -> Any:
        made.append(1)
        return of_values(*args)

    monkeypatch.setattr(Measure, "of_values", noted)
    whole = Stretch(START, START + timedelta(days=70))
    days = [
        Stretch(START + timedelta(days=day), START + timedelta(days=day + 1)) for day in range(70)
    ]
    reports = ReportStore(database, MeasureStore(database))
    by_day = await reports.agents(Subjects(PBX, None), days)
    assert len(made) <= 70
    assert by_day == [{"1001": AgentCounts(ready_ms=4, pauses={"lunch": 8})}] * 70
    (all_of_it,) = await reports.agents(Subjects(PBX, ["1001"]), [whole])
    assert all_of_it == {"1001": AgentCounts(ready_ms=280, pauses={"lunch": 560})}


def _by_setting(
    some: Iterable[dict[str, list[QueuePart]]],
) -> dict[tuple[str, QueueSetting], QueueCounts]:
    found: dict[tuple[str, QueueSetting], QueueCounts] = {}
    for each in some:
        for queue, parts in each.items():
            for part in parts:
                found.setdefault((queue, part.setting), QueueCounts()).add(part.counts)
    return found
