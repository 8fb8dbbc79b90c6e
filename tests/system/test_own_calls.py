"""A call that one agent promised, on a real Asterisk: it reaches that agent though others wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from agents.floor import own_queue
from agents.states import AgentState
from linea800.demo.client import Client
from storage.tokens import Role
from tests.system.scene import Scene, until
from traffic.scenario import Step

#: what the simulated carrier does with numbers that end in these digits
ANSWERS, IS_BUSY = "573001239990", "573001230093"


async def _supervisor(scene: Scene) -> Client:
    now = datetime.now(UTC)
    _, token = await scene.house.tokens.create("test", Role.SUPERVISOR, None, now=now)
    return Client(f"http://127.0.0.1:{scene.house.settings.http_port}", token)


async def _campaign(client: Client) -> str:
    made = await client.post(
        "/campaigns",
        {
            "name": "promesas", "queue": "salida", "country": "CO",
            "options": {"rules": {"preset": "test-line"}},
        },
    )  # fmt: skip
    return str(made["id"])


async def _promise(client: Client, campaign: str, number: str, agent: str) -> None:
    moment = datetime.now(UTC) + timedelta(seconds=1)
    await client.post(
        f"/campaigns/{campaign}/callbacks",
        {"number": f"+{number}", "promised_at": moment.isoformat(), "agent": agent},
    )
    await client.post(f"/campaigns/{campaign}/start")


async def test_the_promised_agent_has_the_call_and_is_one_among_others_again(scene: Scene) -> None:
    await scene.sign_in("1001", "1002")
    client = await _supervisor(scene)
    campaign = await _campaign(client)
    await _promise(client, campaign, ANSWERS, "1002")
    await scene.in_state("1002", AgentState.TALKING)
    agent = scene.agent("1002")
    assert agent.queue == own_queue("1002")
    assert scene.agent("1001").state is AgentState.READY
    await client.post("/agents/1002/end-call")
    await scene.in_state("1002", AgentState.WRAPPING_UP)
    await client.post("/agents/1002/wrap-up", {"disposition": ""})
    await until(lambda: scene.agent("1002").free, "1002 free again")
    (kept,) = (await client.get(f"/campaigns/{campaign}/callbacks"))["items"]
    assert (kept["state"], kept["agent"]) == ("kept", "1002")
    (record,) = await scene.records(1)
    assert (record.outcome, record.ended_by) == ("connected", "agent")
    assert [stay.agent for stay in record.stays] == ["1002"]
    # a subscriber's call finds both of them as before
    await client.post("/agents/1001/pause", {"reason": "descanso"})
    with scene.caller(Step(1500, "0"), hold_ms=60_000):
        await scene.in_state("1002", AgentState.TALKING)


async def test_the_agent_whose_person_is_not_reached_takes_other_calls(scene: Scene) -> None:
    await scene.sign_in("1001")
    client = await _supervisor(scene)
    await _promise(client, await _campaign(client), IS_BUSY, "1001")
    (record,) = await scene.records(1)
    assert record.outcome == "busy"
    await until(lambda: scene.agent("1001").free, "1001 free again")
    with scene.caller(Step(1500, "0"), hold_ms=60_000):
        await scene.in_state("1001", AgentState.TALKING)
