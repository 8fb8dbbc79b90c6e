"""An agent who is kept for a caller, as screens and the board show it: there is no campaign."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from calls.events import (
    AgentDeviceChanged,
    AgentFreed,
    AgentReadied,
    AgentReserved,
    AgentSignInAsked,
)
from tests.integration.api_house import ApiHouse, sqlite_house
from tests.unit.facts import CALL, arrived, at, fact


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with sqlite_house(tmp_path) as opened:
        yield opened


async def test_the_agent_sees_who_is_coming(house: ApiHouse) -> None:
    await house.happen(
        fact(AgentSignInAsked, 0, agent="1001"),
        fact(AgentReadied, 1, agent="1001"),
        fact(AgentDeviceChanged, 1, agent="1001", queue="soporte", status=1, paused=False,
             pause_reason=""),
        arrived(2),
        fact(AgentReserved, 3, agent="1001", campaign_id="", lead_id=0, attempt_id=CALL,
             until=at(23)),
    )  # fmt: skip
    mine = await house.get("/agents/me", "1001")
    agent = mine["agent"]
    assert (agent["state"], agent["campaign_id"]) == ("reserved", "")
    assert agent["reserved_until"] == "2026-03-01T12:00:23Z"
    assert (mine["call"]["call_id"], mine["call"]["caller_number"]) == (CALL, "573001234567")
    assert mine["preview"] is None
    assert (await house.get("/agents/1001"))["call_id"] == CALL
    everyone = (await house.get("/agents"))["items"]
    assert everyone[0] == agent
    assert (await house.get("/queues/soporte"))["agents"]["reserved"] == 1
    await house.happen(fact(AgentFreed, 24, agent="1001", how="clock"))
    mine = await house.get("/agents/me", "1001")
    assert (mine["agent"]["state"], mine["call"]) == ("ready", None)
