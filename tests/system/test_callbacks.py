"""Promised calls on a real Asterisk: kept to the second by who is free, and seen to be broken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from agents.states import AgentState
from dialer.callbacks import KEPT_WITHIN
from linea800.demo.client import Client
from storage.tokens import Role
from tests.system.scene import Scene, eventually, until

#: the simulated carrier answers numbers that end in 0
FOR_ANYBODY, FOR_1002, FOR_1003 = "573001230010", "573001230020", "573001230030"
#: of a promised moment, on a machine that does other things, too
LATE_SECONDS = 30.0


async def test_promises_are_kept_in_time_and_a_broken_one_is_told(scene: Scene) -> None:
    """1001 and 1002 are there for theirs; 1003, who promised a call, comes when it is too late."""
    client = await _supervisor(scene)
    campaign = await _campaign(client)
    await scene.sign_in("1001", "1002")
    missed_at = await _promise(client, campaign, FOR_1003, 10.0, "1003")
    await _promise(client, campaign, FOR_1002, 12.0, "1002")
    await _promise(client, campaign, FOR_ANYBODY, 15.0)
    await client.post(f"/campaigns/{campaign}/start")

    for number in ("1001", "1002"):
        await scene.in_state(number, AgentState.TALKING)
    told = {one["number"]: one for one in await _promises(client, campaign)}
    for number in (FOR_ANYBODY, FOR_1002):
        assert told[number]["state"] == "kept"
        assert told[number]["late_seconds"] < LATE_SECONDS
    assert told[FOR_1003]["state"] == "due"
    assert told[FOR_1003]["attempt_id"] is None
    for number, person in (("1001", FOR_ANYBODY), ("1002", FOR_1002)):
        assert scene.house.parts.tracker.open_calls()
        (call,) = [one for one in scene.house.parts.tracker.open_calls() if one.agent == number]
        assert call.number_called == person
        await _over(scene, client, number)

    over_at = missed_at + KEPT_WITHIN
    await until(lambda: datetime.now(UTC) > over_at, "the promise to be over", 120.0)
    assert (await _promise_to(client, campaign, FOR_1003))["state"] == "broken"
    summary = await client.get(f"/campaigns/{campaign}/callbacks/summary")
    assert (summary["kept"], summary["broken"], summary["open"]) == (2, 1, 0)
    assert summary["kept_share"] == 2 / 3

    # made all the same, by the one who promised it though others are free; and broken it stays
    await scene.house.desk.sign_in("1003")
    await scene.in_state("1003", AgentState.TALKING)

    async def tried() -> bool:
        return (await _promise_to(client, campaign, FOR_1003))["tried_at"] is not None

    await eventually(tried, "the call to be in SQL")
    late = await _promise_to(client, campaign, FOR_1003)
    assert late["state"] == "broken"
    assert late["late_seconds"] > KEPT_WITHIN.total_seconds()
    await _over(scene, client, "1003")


async def _supervisor(scene: Scene) -> Client:
    now = datetime.now(UTC)
    _, token = await scene.house.tokens.create("test", Role.SUPERVISOR, None, now=now)
    return Client(f"http://127.0.0.1:{scene.house.settings.http_port}", token)


async def _campaign(client: Client) -> str:
    options = {"rules": {"preset": "test-line"}}
    made = await client.post(
        "/campaigns",
        {"name": "promesas", "queue": "salida", "country": "CO", "options": options},
    )
    return str(made["id"])


async def _promise(
    client: Client, campaign: str, number: str, seconds: float, agent: str | None = None
) -> datetime:
    """Promise a call in so many seconds; its moment."""
    at = datetime.now(UTC) + timedelta(seconds=seconds)
    asked = {"number": f"+{number}", "promised_at": at.isoformat(), "agent": agent}
    made = await client.post(f"/campaigns/{campaign}/callbacks", asked)
    assert made["state"] == "open"
    return at


async def _promises(client: Client, campaign: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client.get(f"/campaigns/{campaign}/callbacks"))["items"]
    return found


async def _promise_to(client: Client, campaign: str, number: str) -> dict[str, Any]:
    (found,) = [one for one in await _promises(client, campaign) if one["number"] == number]
    return found


async def _over(scene: Scene, client: Client, number: str) -> None:
    """The agent says goodbye and is free again."""
    await client.post(f"/agents/{number}/end-call")
    await scene.in_state(number, AgentState.WRAPPING_UP)
    await client.post(f"/agents/{number}/wrap-up", {"disposition": "sold"})
    await until(lambda: scene.agent(number).free, f"agent {number} to be free")
