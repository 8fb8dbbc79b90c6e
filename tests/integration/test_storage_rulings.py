"""Rulings: the proof of each check, found by campaign, number, reason and time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from dialer.campaign import Campaign
from storage import tables
from storage.campaigns import CampaignStore
from storage.database import Database
from storage.rulings import RulingFilter, RulingStore

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


async def with_rulings(database: Database, count: int = 12) -> RulingStore:
    """Rulings of two campaigns: every third is refused for the hour, every fourth is listed."""
    campaigns = CampaignStore(database)
    for name in ("a", "b"):
        campaign = Campaign(
            id=name, name=name, queue="q", country="CO", caller_number="57160", created_at=NOW
        )
        await campaigns.create(campaign)
    rows: list[dict[str, Any]] = []
    for at in range(count):
        reasons = [*(["outside_hours"] * (at % 3 == 0)), *(["dnc_listed"] * (at % 4 == 0))]
        rows.append(
            {
                "at": NOW + timedelta(minutes=at // 2),
                "campaign_id": "ab"[at % 2],
                "lead_id": at or None,
                "number": f"57300{at % 5:07}",
                "attempt_id": None if reasons else f"attempt-{at}",
                "allowed": int(not reasons),
                "reasons": reasons,
                "preset": "co-2300",
                "version": "2026-11",
                "purpose": "marketing",
                "zone": "America/Bogota",
                "local_time": "2026-03-02T10:00:00-05:00",
                "evidence": {"findings": reasons, "past": []},
            }
        )
    await database.write(
        lambda connection: connection.execute(insert(tables.rulings), rows).rowcount
    )
    return RulingStore(database)


async def leads_of(store: RulingStore, **wanted: Any) -> list[int]:
    found = [one async for page in store.all(RulingFilter(**wanted)) for one in page]
    return [one.lead_id or 0 for one in found]


async def test_rulings_are_found(database: Database) -> None:
    store = await with_rulings(database)
    assert await leads_of(store) == list(range(11, -1, -1))
    assert await leads_of(store, campaign_id="a") == [10, 8, 6, 4, 2, 0]
    assert await leads_of(store, number="573000000001") == [11, 6, 1]
    assert await leads_of(store, number="573000000001", campaign_id="b") == [11, 1]
    assert await leads_of(store, allowed=True) == [11, 10, 7, 5, 2, 1]
    assert await leads_of(store, allowed=False) == [9, 8, 6, 4, 3, 0]
    assert await leads_of(store, reason="dnc_listed") == [8, 4, 0]
    assert await leads_of(store, reason="outside_hours", campaign_id="a") == [6, 0]
    assert await leads_of(store, reason="dnc%listed") == []
    assert await leads_of(store, reason="dnc") == []
    minute = timedelta(minutes=1)
    assert await leads_of(store, since=NOW + minute, until=NOW + 3 * minute) == [5, 4, 3, 2]


async def test_pages_go_on_where_they_ended(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await with_rulings(database, 25)
    monkeypatch.setattr("storage.rulings._AT_ONCE", 4)
    assert await leads_of(store) == list(range(24, -1, -1))
    (first,) = (await store.page(RulingFilter(), limit=1)).rulings
    assert (first.lead_id, first.reasons, first.allowed) == (
        24,
        ["outside_hours", "dnc_listed"],
        False,
    )
    assert first.evidence == {"findings": ["outside_hours", "dnc_listed"], "past": []}


async def test_none_at_all_is_one_empty_page(database: Database) -> None:
    assert [page async for page in RulingStore(database).all(RulingFilter())] == [[]]
