"""Alerts: begun and ended by the watchman on both databases, told over the API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from agents.floor import Guard
from api.problem_texts import Kind
from calls.events import CarrierSlowed
from calls.tracker import Change
from dialer.campaign import CampaignState
from dialer.guards import Guards
from dialer.lead import NewLead
from linea800.watchman import Watchman
from simulator.unruled import Unruled
from storage.database import Database
from tests.integration.api_house import ApiHouse, open_house, places, problem
from tests.unit.facts import PBX

TO = "573001234567"


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with open_house(database, tmp_path) as opened:
        yield opened


def watchman(house: ApiHouse, guards: Guards | None = None) -> Watchman:
    parts = house.parts
    return Watchman(
        PBX, guards or Guards([]), parts.presets, parts.dialing.campaigns_in_hand, parts.alerts,
        parts.registers, parts.board, house.clock,
    )  # fmt: skip


async def told(house: ApiHouse, **params: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await house.get("/alerts", **params))["items"]
    return items


def on_the_board(house: ApiHouse) -> list[str]:
    things = house.parts.board.snapshot().things
    return [path for path in things if path.startswith("alerts/")]


async def test_a_guard_that_trips_is_one_alert_however_many_calls(house: ApiHouse) -> None:
    guards = Guards([Guard(digits=2, calls=1, seconds=60)])
    watching = watchman(house, guards)
    began = house.clock()
    for _ in range(10):  # as soon as there is room one call leaves, and the next is stopped
        now = house.clock().timestamp()
        if guards.stops(TO, now) is None:
            guards.counted(TO, now)
            guards.stops(TO, now)
        await watching.look()
        house.clock.advance(15)
    (alert,) = await told(house, open=True, kind="spending_guard")
    assert alert["subject"] == "guard_2_1_60/57"
    assert alert["began_at"] == began.isoformat().replace("+00:00", "Z")
    assert alert["sentence"].startswith("A spending guard stops calls to +57")
    assert on_the_board(house) == [f"alerts/{alert['id']}"]
    for _ in range(12):
        house.clock.advance(15)
        await watching.look()
    (alert,) = await told(house)
    assert alert["ended_at"] is not None
    assert await told(house, open=True) == []
    assert on_the_board(house) == []


async def test_what_left_before_a_restart_counts_for_the_guards(house: ApiHouse) -> None:
    campaign_id = await house.new_campaign()
    store, now = house.parts.campaigns, house.clock()
    await store.add_leads(campaign_id, _batch(), now)
    campaign = await store.set_state(campaign_id, CampaignState.RUNNING, now)
    await store.reserve(campaign_id, 1, judge=Unruled(campaign), pbx=PBX, now=now)
    guards = Guards([Guard(digits=2, calls=1, seconds=60)])
    assert await store.dialed_since("another", now - timedelta(seconds=60)) == []
    assert await store.dialed_since(PBX, now) == []
    guards.load(await store.dialed_since(PBX, now - timedelta(seconds=60)))
    assert guards.stops(TO, now.timestamp() + 59.0) is not None


async def test_a_carrier_that_slows(house: ApiHouse) -> None:
    watching = watchman(house)
    fact = CarrierSlowed(at=house.clock(), pbx=PBX, calls_per_second=2.0, congested_share=0.5)
    watching.fold(_change(fact))
    await watching.look()
    await watching.look()
    (alert,) = await told(house, kind="carrier_slowed")
    assert alert["details"] == {"calls_per_second": 2.0, "congested_share": 0.5}
    watching.fold(
        _change(CarrierSlowed(at=fact.at, pbx=PBX, calls_per_second=None, congested_share=0.0))
    )
    seen = house.clock()
    house.clock.advance(60)
    await watching.look()
    (alert,) = await told(house)
    assert alert["ended_at"] == seen.isoformat().replace("+00:00", "Z")


async def test_a_promise_that_is_broken(house: ApiHouse) -> None:
    campaign_id = await house.new_campaign()
    store = house.parts.campaigns
    await store.add_leads(campaign_id, _batch(), house.clock())
    lead = await store.lead_at(campaign_id, TO)
    assert lead is not None
    promised_at = house.clock() + timedelta(seconds=600)
    made = await store.make_callback(
        lead, at=promised_at, agent="", zone="", made_by="1001", made_at=house.clock(), note=""
    )
    watching = watchman(house)
    for _ in range(2):
        house.clock.advance(330)  # at its moment and half a minute after it is not broken
        assert await told(house) == []
        await watching.look()
    assert await told(house) == []
    house.clock.advance(1)
    await watching.look()
    (alert,) = await told(house)
    assert (alert["kind"], alert["subject"]) == ("promise_broken", f"campaigns/{campaign_id}")
    assert alert["details"]["calls"] == 1
    campaign = await store.get(campaign_id)
    assert campaign is not None
    await store.cancel_callback(campaign_id, made.callback.id, campaign.retry, house.clock())
    house.clock.advance(60)
    await watching.look()
    assert await told(house, open=True) == []


async def test_a_register_that_is_stale_concerns_running_campaigns(house: ApiHouse) -> None:
    rules = {"preset": "co-2300", "purpose": "marketing"}
    campaign_id = await house.new_campaign(options={"rules": rules})
    await house.parts.campaigns.add_leads(campaign_id, _batch(), house.clock())
    watching = watchman(house)
    await watching.look()
    assert await told(house) == []
    await house.parts.dialing.set_state(campaign_id, CampaignState.RUNNING, "test")
    await watching.look()
    (alert,) = await told(house)
    assert (alert["kind"], alert["subject"]) == ("register_stale", "registers/RNE")
    assert alert["details"] == {"as_of": None, "campaigns": [campaign_id]}
    response = await house.ask("GET", "/alerts", headers={"Accept-Language": "es"})
    told_so = response.json()["items"][0]["sentence"]
    assert told_so == "El registro RNE no está cargado: 1 campañas no marcan."


async def test_whoever_watches_after_a_crash_ends_what_is_over(house: ApiHouse) -> None:
    watching = watchman(house)
    watching.fold(
        _change(CarrierSlowed(at=house.clock(), pbx=PBX, calls_per_second=2.0, congested_share=0.5))
    )
    await watching.look()
    house.clock.advance(3600)
    after = watchman(house)
    await after.look()
    assert len(await told(house, open=True)) == len(on_the_board(house)) == 1
    house.clock.advance(60)
    await after.look()
    assert len(await told(house, open=False)) == 1


async def test_alerts_come_in_pages_and_a_wrong_kind_is_refused(house: ApiHouse) -> None:
    guards = Guards([Guard(digits=4, calls=1, seconds=60)])
    watching = watchman(house, guards)
    for number in ("5710111", "5720111", "5730111"):
        guards.counted(number, house.clock().timestamp())
        guards.stops(number, house.clock().timestamp())
        await watching.look()
        house.clock.advance(1)
    first = await house.get("/alerts", limit=2)
    rest = await house.get("/alerts", limit=2, cursor=first["next_cursor"])
    found = [one["details"]["destination"] for one in first["items"] + rest["items"]]
    assert found == ["5730", "5720", "5710"]
    assert rest["next_cursor"] is None
    response = await house.ask("GET", "/alerts", params={"kind": "fire"})
    assert places(problem(response, Kind.INVALID)) == [("query.kind", "enum")]


def _change(fact: CarrierSlowed) -> Change:
    return Change(fact)


async def _batch() -> AsyncIterator[list[NewLead]]:
    yield [NewLead(number=TO, name="Ana", extra={})]
