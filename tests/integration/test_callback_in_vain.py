"""A call back that fails three times: promised, tried, given up, and no figure says else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from calls.events import (
    AgentDeviceChanged,
    AgentLineUp,
    AgentReadied,
    AgentSignInAsked,
    CallAnswered,
    CallArrived,
    CallbackAsked,
    CallDialed,
    CallEnded,
    CallRang,
    DialogueOffered,
    DialRefused,
    QueueGaveUp,
    QueueJoined,
    SnapshotTaken,
)
from dialer.attempt import Outcome
from dialer.campaign import Campaign, CampaignState, RetryRule
from dialer.options import Options
from storage.database import Database
from tests.integration.api_house import ApiHouse, Clock, open_house
from tests.unit.facts import PBX, START

TRIES = 3
AGAIN_MINUTES = 10.0
PERIOD = {"from": "2026-03-01T12:00:00Z", "until": "2026-03-02T12:00:00Z"}
DAY_SECONDS = 86_400.0


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> AsyncIterator[ApiHouse]:
    """One agent is free; a campaign calls back for `soporte`, three times at most."""
    async with open_house(database, tmp_path, clock=Clock()) as opened:
        await opened.parts.campaigns.create(
            Campaign(
                id="back", name="back", queue="salida", country="CO", created_at=START,
                caller_number="5716001234",
                retry=RetryRule(max_attempts=9, minutes={Outcome.NO_ANSWER: AGAIN_MINUTES}),
                options=Options(callbacks_of=("soporte",), callback_tries=TRIES),
            )
        )  # fmt: skip
        await opened.parts.dialing.set_state("back", CampaignState.RUNNING, "test")
        await opened.happen(
            *(_told(opened, kind, agent="1001") for kind in (AgentSignInAsked, AgentLineUp)),
            _told(opened, AgentReadied, agent="1001"),
            _told(
                opened, AgentDeviceChanged, agent="1001", queue="soporte", status=1, paused=False,
                pause_reason="",
            ),
            _told(
                opened, SnapshotTaken, asked_at=START, first_after_connect=True, channels=(),
                members=(), waiting=(), lines_up=frozenset({"1001"}), talking=(),
            ),
        )  # fmt: skip
        yield opened


def _told(house: ApiHouse, kind: Any, **what: Any) -> Any:
    return kind(at=house.clock(), pbx=PBX, **what)


async def _asks(house: ApiHouse) -> None:
    """Waits 40 s, presses the key, asks to be called back, and is gone."""
    call = {"call_id": "asks"}
    since = house.clock()
    await house.happen(
        _told(house, CallArrived, number_called="0800", caller_number="573105550000", **call),
        _told(house, CallAnswered, **call),
        _told(house, QueueJoined, queue="soporte", position=1, **call),
    )
    house.clock.advance(40)
    await house.happen(
        _told(house, QueueGaveUp, queue="soporte", status="CALLBACK_KEY", **call),
        _told(house, DialogueOffered, number_called="", reason="callback_key", **call),
    )
    house.clock.advance(5)
    await house.happen(
        _told(
            house, CallbackAsked, queue="soporte", number="573105550000", waiting_since=since,
            **call,
        ),
        _told(house, CallEnded, cause=16, sip_code=0, **call),
    )  # fmt: skip


async def _turn(house: ApiHouse) -> list[str]:
    """What the dialer does now, to the end; the attempts that left."""
    before = len(house.switch.asked)
    for _ in range(4):
        await house.parts.dialing.turn()
        await house.happen()
    return [asked[1] for asked in house.switch.asked[before:] if asked[0] == "dial"]


async def _rings_in_vain(house: ApiHouse, attempt: str) -> None:
    await house.happen(
        _told(house, CallDialed, call_id=attempt), _told(house, CallRang, call_id=attempt)
    )
    house.clock.advance(25)
    await house.happen(
        _told(house, DialRefused, call_id=attempt, reason="originate failed, reason 3"),
        _told(house, CallEnded, call_id=attempt, cause=19, sip_code=480),
    )


async def test_three_calls_in_vain_and_what_the_figures_say(house: ApiHouse) -> None:
    await _asks(house)
    for tried in range(1, TRIES + 1):
        (attempt,) = await _turn(house)
        await _rings_in_vain(house, attempt)
        assert await _turn(house) == [], "not at once again"
        state = "open" if tried < TRIES else "broken"
        (kept,) = (await house.get("/campaigns/back/callbacks"))["items"]
        assert kept["state"] == state, tried
        house.clock.advance(AGAIN_MINUTES * 60 + 30)
    assert await _turn(house) == [], "three times and no more"
    house.clock.advance(DAY_SECONDS / 2)
    assert await _turn(house) == [], "and not later either"
    agent = house.parts.roster.get("1001")
    assert agent is not None
    assert agent.free

    await house.parts.recorder.ship_now()
    while await house.parts.reports.measures.recount(200):
        pass
    told = await house.get("/metrics/queues", **PERIOD, queue="soporte")
    (soporte,) = told["items"]
    some = {
        name: value for name, value in soporte["counts"].items() if value and "bands" not in name
    }
    assert some == {
        "received": 1, "offered": 1, "key_exit": 1, "callback_booked": 1,
        "longest_wait_seconds": 40.0,
    }  # fmt: skip
    values = {name: kpi["value"] for name, kpi in soporte["kpis"].items()}
    assert (values["callback_rate"], values["abandonment_rate"]) == (1.0, 0.0)
    assert (values["service_level"], values["asa"]) == (None, None)

    told = await house.get("/metrics/callbacks", **PERIOD, queue="soporte")
    (called_back,) = told["items"]
    assert called_back["counts"] == {
        "booked": 1, "attempts": 3, "connected": 0, "expired": 1, "cancelled": 0, "waiting": 0,
        "until_talk_seconds": 0.0,
    }  # fmt: skip

    told = await house.get("/metrics/campaigns", **PERIOD)
    (back,) = told["items"]
    assert (back["counts"]["attempts"], back["counts"]["outcomes"]) == (3, {"no_answer": 3})
    for name in ("answered", "contacts", "abandoned", "talk_seconds"):
        assert back["counts"][name] == 0, name
    (leads,) = told["leads"]
    assert (leads["leads"], leads["tried"], leads["attempts"]) == (1, 1, 3)
    assert leads["kpis"]["attempts_per_lead"]["value"] == 3.0

    # who was kept for the calls was at work, and missed nothing
    (agent_told,) = (await house.get("/metrics/agents", **PERIOD, agent="1001"))["items"]
    assert agent_told["counts"]["reserved_seconds"] == 3 * 25.0
    assert agent_told["counts"]["missed"] == agent_told["counts"]["handled_dialed"] == 0
    assert await house.parts.reports.measures.rebuild(PBX, START, house.clock())
    assert (await house.get("/metrics/queues", **PERIOD, queue="soporte"))["items"] == [soporte]
