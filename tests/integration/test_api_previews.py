"""Preview through the API: what an agent is shown, what is decided, what the supervisor sees."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.problem_texts import Kind
from calls.events import (
    AgentDeviceChanged,
    AgentKeyPressed,
    AgentLineUp,
    AgentReadied,
    AgentSignInAsked,
    SnapshotTaken,
)
from calls.feed import Listener
from dialer.ruling import Candidate, Ruling, Seen
from simulator.unruled import Unruled
from tests.integration.api_house import ApiHouse, places, problem, sqlite_house
from tests.unit.facts import at, fact

LIST = "telefono,nombre,plan\n3001234567,Ana Rojas,HD\n3001234568,Luis Paz,4K\n"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with sqlite_house(tmp_path) as opened:
        yield opened


async def _turn(house: ApiHouse) -> None:
    await house.parts.dialing.turn()
    await house.happen()


async def _begun(house: ApiHouse, *agents: str, **preview: Any) -> str:
    """A running preview campaign of two leads, and agents who are free."""
    await house.happen(
        fact(
            SnapshotTaken, 0, asked_at=at(0), first_after_connect=True, channels=(),
            members=(), waiting=(), lines_up=frozenset(), talking=(),
        )
    )  # fmt: skip
    for agent in agents:
        await house.happen(
            fact(AgentSignInAsked, 0, agent=agent),
            fact(AgentLineUp, 0, agent=agent),
            fact(AgentReadied, 0, agent=agent),
            fact(AgentDeviceChanged, 0, agent=agent, queue="salida", status=1, paused=False,
                 pause_reason=""),
        )  # fmt: skip
    campaign_id = await house.new_campaign(pacing="preview", options={"preview": preview})
    await house.upload(campaign_id, LIST)
    assert (await house.ask("POST", f"/campaigns/{campaign_id}/start")).status_code == 200
    await _turn(house)
    return campaign_id


async def _decided(
    house: ApiHouse, decision: str, who: str = "1001", number: str = "me", **more: str
) -> httpx.Response:
    """What is answered once the dialer has looked at it."""
    body = {"decision": decision, **more}
    asking = asyncio.create_task(
        house.ask("POST", f"/agents/{number}/preview", who, json=body, headers={})
    )
    while not asking.done():
        await _turn(house)
        await asyncio.wait({asking}, timeout=0.01)
    return await asking


async def test_an_agent_sees_the_lead_and_dials_it(house: ApiHouse) -> None:
    campaign_id = await _begun(house, "1001", seconds=20)
    mine = await house.get("/agents/me", "1001")
    shown = mine["preview"]
    assert shown["number"] == "573001234567"
    assert (shown["name"], shown["extra"]) == ("Ana Rojas", {"plan": "HD"})
    assert (shown["campaign_id"], shown["campaign_name"]) == (campaign_id, "Cobranza")
    assert (shown["list_name"], shown["attempts"], shown["past"]) == ("1", 0, [])
    assert (shown["promised"], shown["attempt_id"]) == (None, None)
    assert shown["until"] == "2026-03-01T12:00:20Z"
    live = (await house.get("/live"))["things"]["agents/1001"]
    assert (live["state"], live["campaign_id"]) == ("reserved", campaign_id)
    assert live["reserved_until"] == "2026-03-01T12:00:25+00:00"
    assert mine["agent"]["reserved_until"] == "2026-03-01T12:00:25Z"
    answer = await _decided(house, "dial")
    assert answer.status_code == 202
    (order,) = [one for one in house.switch.asked if one[0] == "dial"]
    mine = await house.get("/agents/me", "1001")
    assert mine["preview"]["attempt_id"] == mine["agent"]["call_id"] == order[1]
    told = await house.get(f"/campaigns/{campaign_id}/previews/summary")
    assert (told["shown"], told["dialed"], told["skipped"]) == (1, 1, 0)
    audit = (await house.get("/audit", "admin"))["items"]
    assert not [one for one in audit if one["action"] == "agent.preview"], "it is their work"


async def test_a_lead_is_passed_over_and_the_next_one_is_shown(house: ApiHouse) -> None:
    await _begun(house, "1001")
    assert (await _decided(house, "skip", reason="ya pagó")).status_code == 202
    await _turn(house)
    mine = await house.get("/agents/me", "1001")
    assert mine["preview"]["number"] == "573001234568"


async def test_a_supervisor_decides_and_it_is_audited(house: ApiHouse) -> None:
    await _begun(house, "1001")
    answer = await _decided(house, "skip", "supervisor", "1001", reason="otra gestión")
    assert answer.status_code == 202
    (row,) = [
        one
        for one in (await house.get("/audit", "admin"))["items"]
        if one["action"] == "agent.preview"
    ]
    assert (row["subject"], row["before"]) == ("agents/1001", {"state": "reserved"})
    assert row["after"]["reason"] == "otra gestión"


async def test_what_cannot_be_decided(house: ApiHouse) -> None:
    await _begun(house, "1001")
    problem(await _decided(house, "dial", "1002"), Kind.NOTHING_SHOWN)
    problem(await _decided(house, "dial", "1002", "1001"), Kind.NOT_YOUR_NUMBER)
    problem(await _decided(house, "dial", "supervisor", "9999"), Kind.NO_SUCH_AGENT)
    assert places(problem(await _decided(house, "later"), Kind.INVALID)) == [
        ("body.decision", "enum")
    ]
    house.clock.advance(31)
    late = {"json": {"decision": "dial"}, "headers": {}}  # no turn before it: that would end it
    problem(await house.ask("POST", "/agents/me/preview", "1001", **late), Kind.PREVIEW_OVER)
    await _turn(house)
    paused = await house.get("/agents/me", "1001")
    assert (paused["agent"]["state"], paused["agent"]["reason"]) == ("paused", "no_decision")
    assert paused["preview"] is None


async def test_the_agent_is_told_why_the_rules_refuse(house: ApiHouse) -> None:
    class Closing(Unruled):
        def judge(
            self,
            candidate: Candidate,
            seen: Seen,
            registers: Any,
            now: datetime,
        ) -> Ruling:
            allowed = super().judge(candidate, seen, registers, now)
            return replace(allowed, allowed=False, reasons=("spending_guard",))

    await _begun(house, "1001")
    running = next(iter(house.parts.dialing.campaigns_in_hand().values()))
    running.judge = Closing(running.campaign)
    body = problem(await _decided(house, "dial"), Kind.RULES_REFUSE)
    assert "a spending guard lets no calls" in body["detail"]
    assert "(spending_guard)" in body["detail"]


async def test_keys_on_the_held_line_decide(house: ApiHouse) -> None:
    await _begun(house, "1001")
    hears = Listener("desk", 100)
    working = asyncio.create_task(house.parts.desk.run(hears))
    for key in "*28":
        hears.offer(house.parts.tracker.apply(fact(AgentKeyPressed, 1, agent="1001", digit=key)))

    async def next_one() -> bool:
        await _turn(house)
        mine = await house.get("/agents/me", "1001")
        return mine["preview"] is not None and mine["preview"]["number"] == "573001234568"

    async with asyncio.timeout(60):
        while not await next_one():
            await asyncio.wait({working}, timeout=0.01)
    working.cancel()
    await asyncio.wait({working})


async def test_the_rule_is_held_to_its_bounds(house: ApiHouse) -> None:
    campaign_id = await house.new_campaign(pacing="preview")
    made = await house.get(f"/campaigns/{campaign_id}")
    assert made["campaign"]["options"]["preview"] == {
        "seconds": 30.0, "when_over": "pause", "skip_minutes": 60.0, "most_skips": 3,
    }  # fmt: skip
    for wrong in ({"seconds": 4}, {"seconds": 601}, {"when_over": "wait"}, {"most_skips": 0}):
        asked = {
            "name": "x", "queue": "salida", "country": "CO", "pacing": "preview",
            "options": {"preview": wrong},
        }  # fmt: skip
        ((place, _),) = places(
            problem(await house.ask("POST", "/campaigns", json=asked), Kind.INVALID)
        )
        assert place == f"body.options.preview.{next(iter(wrong))}"
