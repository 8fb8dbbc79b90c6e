"""How the routes of supervisors are brought to change something, so that a row has to be left."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from calls.events import (
    AgentConnected,
    CallAnswered,
    Fact,
    QueueGaveUp,
    QueueJoined,
)
from tests.integration.api_house import ApiHouse
from tests.unit.facts import CALL, arrived, on_call

LISTEN = f"/calls/{CALL}/listen"
TRANSFER = f"/calls/{CALL}/transfer"


async def waits(house: ApiHouse) -> None:
    """The test's call waits in `soporte`."""
    joined = on_call(QueueJoined, 2, queue="soporte", position=1)
    await house.happen(arrived(), on_call(CallAnswered, 1), joined)


async def talks(house: ApiHouse) -> None:
    """It talks with 1001."""
    await waits(house)
    await house.happen(on_call(AgentConnected, 5, queue="soporte", agent="1001"))


async def ordered(
    house: ApiHouse, what: str, asked: dict[str, Any], *facts: Fact
) -> httpx.Response:
    """Give an order for the call; these facts come once the switch has it."""
    before = len(house.switch.asked)
    asking = asyncio.create_task(house.ask("POST", f"/calls/{CALL}/{what}", json=asked))
    async with asyncio.timeout(60):
        while len(house.switch.asked) == before and not asking.done():  # noqa: ASYNC110
            await asyncio.sleep(0.001)
    if facts:
        await house.happen(*facts)
    return await asking


async def passed_on(house: ApiHouse) -> httpx.Response:
    await talks(house)
    return await house.ask("POST", TRANSFER, json={"queue": "salida"})


async def listened(house: ApiHouse) -> httpx.Response:
    await talks(house)
    return await house.ask("POST", LISTEN, json={"phone": "1002"})


async def listened_no_more(house: ApiHouse) -> httpx.Response:
    await listened(house)
    return await house.ask("DELETE", LISTEN)


async def _taken_out(house: ApiHouse, what: str, asked: dict[str, Any]) -> httpx.Response:
    await waits(house)
    gave_up = on_call(QueueGaveUp, 9, queue="soporte", status="MOVED")
    return await ordered(house, what, asked, gave_up)


async def moved(house: ApiHouse) -> httpx.Response:
    return await _taken_out(house, "move", {"queue": "salida"})


async def put_ahead(house: ApiHouse) -> httpx.Response:
    return await _taken_out(house, "prioritize", {"position": 1})


async def withdrawn(house: ApiHouse) -> httpx.Response:
    return await _taken_out(house, "withdraw", {"to": "hang_up"})


async def closed(house: ApiHouse) -> httpx.Response:
    return await house.ask("POST", "/queues/soporte/close", json={"reason": "simulacro"})


async def opened(house: ApiHouse) -> httpx.Response:
    await closed(house)
    return await house.ask("POST", "/queues/soporte/open")


async def announced(house: ApiHouse) -> httpx.Response:
    return await house.ask("POST", "/queues/soporte/announce", json={"prompt": "outage"})


async def emergency_begun(house: ApiHouse) -> httpx.Response:
    return await house.ask("POST", "/queues/soporte/emergency", json={"prompt": "outage"})


async def emergency_ended(house: ApiHouse) -> httpx.Response:
    await emergency_begun(house)
    return await house.ask("POST", "/queues/soporte/emergency/end")
