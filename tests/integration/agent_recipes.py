"""How agents are brought to a state in which the routes about them change something."""

from __future__ import annotations

import httpx

from calls.events import (
    AgentConnected,
    AgentLineUp,
    AgentOffered,
    AgentReadied,
    AgentSignInAsked,
    CallEnded,
    QueueJoined,
    WrapUpStarted,
)
from tests.integration.api_house import ApiHouse
from tests.unit.facts import CALL, arrived, at, fact, on_call


async def at_work(house: ApiHouse) -> None:
    await house.happen(
        fact(AgentSignInAsked, 0, agent="1001"),
        fact(AgentLineUp, 1, agent="1001"),
        fact(AgentReadied, 2, agent="1001"),
    )


async def talking(house: ApiHouse) -> None:
    await at_work(house)
    await house.happen(
        arrived(3),
        on_call(QueueJoined, 4, queue="soporte", position=1),
        on_call(AgentOffered, 5, queue="soporte", agent="1001"),
        on_call(AgentConnected, 6, queue="soporte", agent="1001"),
    )


async def signed_in(house: ApiHouse) -> httpx.Response:
    return await house.ask("POST", "/agents/1001/sign-in")


async def signed_out(house: ApiHouse) -> httpx.Response:
    await at_work(house)
    return await house.ask("POST", "/agents/1001/sign-out")


async def paused_agent(house: ApiHouse) -> httpx.Response:
    await at_work(house)
    return await house.ask("POST", "/agents/1001/pause", json={"reason": "descanso"})


async def readied(house: ApiHouse) -> httpx.Response:
    await paused_agent(house)
    await house.happen()
    return await house.ask("POST", "/agents/1001/ready")


async def call_ended(house: ApiHouse) -> httpx.Response:
    await talking(house)
    return await house.ask("POST", "/agents/1001/end-call")


async def wrapped_up(house: ApiHouse) -> httpx.Response:
    await talking(house)
    await house.happen(
        on_call(CallEnded, 7, cause=16, sip_code=200),
        fact(WrapUpStarted, 7, agent="1001", call_id=CALL, until=at(40)),
    )
    return await house.ask("POST", "/agents/1001/wrap-up", json={"disposition": "pagó"})
