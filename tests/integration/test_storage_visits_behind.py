"""Counts opened: random calls, each count against the visits found behind it, on both databases."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from calls.call import OVERFLOW
from calls.events import (
    AgentConnected,
    CallArrived,
    CallEnded,
    CallFact,
    QueueGaveUp,
    QueueJoined,
)
from monitoring.queue_counts import Basis, QueueCounts
from monitoring.visits import Ending, Visit
from monitoring.wait_histogram import BANDS
from storage import visits_behind
from storage.database import Database
from storage.errors import CursorError
from storage.visits_behind import VisitStore, Wanted
from tests.integration.api_house import open_house
from tests.integration.made_menu_days import facts_of, visits
from tests.unit.facts import PBX, START, at

SINCE, UNTIL = START - timedelta(hours=12), START + timedelta(days=2)


async def _all(store: VisitStore, limit: int = 60, **wanted: Any) -> list[Visit]:
    found: list[Visit] = []
    asked = Wanted(pbx=PBX, **{"since": SINCE, "until": UNTIL, **wanted})
    cursor = None
    while True:
        page = await store.behind(asked, cursor, limit)
        found += [one.visit for one in page.visits]
        cursor = page.next_cursor
        if cursor is None:
            return found


async def test_every_count_is_as_many_visits_as_are_behind_it(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visits_behind, "_LOOKED_AT", 90)
    monkeypatch.setattr(visits_behind, "_AT_ONCE", 40)
    async with open_house(database, tmp_path) as house:
        await house.happen(*facts_of(visits(6, 200, days=1.0)), *_led_out_and_back())
        await house.parts.recorder.ship_now()
        house.clock.advance(2 * 86_400)
        measures = house.parts.reports.measures
        await measures.rebuild(PBX, SINCE, UNTIL)
        counted = await measures.queue_counts(PBX, None, SINCE, UNTIL, Basis.OFFERED)
        store = VisitStore(database)
        endings: set[str] = set()
        for queue, counts in counted.items():
            assert counts.endings == counts.offered
            found = await _all(store, queue=queue)
            assert len(found) == counts.offered > 0
            keys = [(visit.joined_at, visit.call_id) for visit in found]
            assert keys == sorted(set(keys), reverse=True)
            for ending in Ending:
                behind = await _all(store, queue=queue, ending=ending)
                assert behind == [visit for visit in found if visit.ending is ending]
                assert len(behind) == getattr(counts, ending)
                endings |= {ending} if behind else set()
            refused = await _all(store, queue=queue, refused=True)
            assert len(refused) == counts.refused
            assert len(await _all(store, queue=queue, callback=True)) == counts.callback_booked
            assert len(await _all(store, queue=queue, transferred=True)) == counts.transferred
        assert {"answered", "abandoned", "withdrawn"} <= endings
        await _bands(store, "soporte", counted["soporte"])
        (led,) = [one for one in await _all(store, queue="ventas") if one.call_id == "led"]
        assert (led.joined_at, led.ending, led.wait_ms) == (at(100), Ending.ANSWERED, 60_000)
        (quarter, *_) = await measures.queue_series(PBX, None, SINCE, UNTIL, Basis.OFFERED)
        of_quarter: dict[str, Any] = {
            "since": quarter.quarter,
            "until": quarter.quarter + timedelta(minutes=15),
        }
        of_it = await _all(store, queue=quarter.subject, **of_quarter)
        assert len(of_it) == quarter.counts.offered
        with pytest.raises(CursorError):
            await store.behind(Wanted(pbx=PBX, queue="x", since=SINCE, until=UNTIL), "nonsense")


def _led_out_and_back() -> list[CallFact]:
    """One wait in three stays: asked something in the middle of it, twice."""
    usual: dict[str, Any] = {"pbx": PBX, "call_id": "led"}
    of_queue = {**usual, "queue": "ventas"}
    found: list[CallFact] = [
        CallArrived(at=at(90), **usual, number_called="08001234567", caller_number="1")
    ]
    for joined in (100, 120):
        found += [
            QueueJoined(at=at(joined), **of_queue, position=1),
            QueueGaveUp(at=at(joined + 10), **of_queue, status=OVERFLOW),
        ]
    return [
        *found,
        QueueJoined(at=at(140), **of_queue, position=1),
        AgentConnected(at=at(160), **of_queue, agent="1001"),
        CallEnded(at=at(200), **usual, cause=16, sip_code=200),
    ]


async def _bands(store: VisitStore, queue: str, counts: QueueCounts) -> None:
    for band in range(BANDS):
        answered = await _all(store, queue=queue, ending=Ending.ANSWERED, band=band)
        assert len(answered) == counts.answered_bands[band]
