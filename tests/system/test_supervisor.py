"""What supervisors and agents see over the API while real calls pass, and what the doctor says."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from datetime import UTC, datetime
from typing import Any

from agents.states import AgentState
from linea800.demo.client import Client
from linea800.doctor import examine
from storage.tokens import Role
from tests.system.scene import Scene, eventually, until
from traffic.scenario import Step


async def _token(scene: Scene, role: Role, agent: str | None = None) -> str:
    now = datetime.now(UTC)
    _, token = await scene.house.tokens.create("test", role, agent, now=now)
    return token


def _address(scene: Scene) -> str:
    return f"http://127.0.0.1:{scene.house.settings.http_port}"


class Stream:
    """A browser's view of /live/events, read in a thread."""

    def __init__(self, address: str, token: str) -> None:
        self._request = urllib.request.Request(  # noqa: S310 - our own address
            f"{address}/live/events", headers={"Authorization": f"Bearer {token}"}
        )
        self.events: list[tuple[str, int, dict[str, Any]]] = []
        self.seen: set[tuple[str, str]] = set()
        self._stop = False

    def read(self) -> None:
        """Read until told to stop or the service ends the stream."""
        kind, number = "", 0
        with urllib.request.urlopen(self._request, timeout=30) as answer:  # noqa: S310
            for raw in answer:
                line = raw.decode().rstrip("\n")
                if line.startswith("event: "):
                    kind = line[7:]
                elif line.startswith("id: "):
                    number = int(line[4:])
                elif line.startswith("data: "):
                    picture = json.loads(line[6:])
                    self.events.append((kind, number, picture["things"]))
                    self._note(picture["things"])
                if self._stop:
                    return

    def _note(self, things: dict[str, Any]) -> None:
        for path, thing in things.items():
            self.seen.add((path.split("/")[0], "gone" if thing is None else thing.get("state", "")))

    def stop(self) -> None:
        """Stop at the next line."""
        self._stop = True


async def test_a_call_is_seen_live_and_can_be_opened_down_to_its_facts(scene: Scene) -> None:
    client = Client(_address(scene), await _token(scene, Role.SUPERVISOR))
    stream = Stream(_address(scene), await _token(scene, Role.SUPERVISOR))
    reading = asyncio.create_task(asyncio.to_thread(stream.read))
    await until(lambda: stream.events, "the first picture")
    await client.post("/agents/1001/sign-in")
    await until(lambda: scene.agent("1001").free, "the agent")
    with scene.caller(Step(1500, "0"), hold_ms=60_000):
        await scene.in_state("1001", AgentState.TALKING)
        await until(lambda: ("calls", "talking") in stream.seen, "the talk on the stream")
        shown = (await client.get("/live"))["things"]
        (call,) = [thing for path, thing in shown.items() if path.startswith("calls/")]
        assert (call["state"], call["agent"]) == ("talking", "1001")
        assert shown["agents/1001"]["state"] == "talking"
        await client.post("/agents/1001/end-call")
        await scene.in_state("1001", AgentState.WRAPPING_UP)
    await client.post("/agents/1001/wrap-up", {"disposition": "resuelto"})
    await until(lambda: ("calls", "gone") in stream.seen, "the end on the stream")
    stream.stop()
    await client.post("/agents/1001/sign-out")
    await asyncio.wait({reading}, timeout=20)
    assert reading.done()

    kinds = [kind for kind, _, _ in stream.events]
    assert kinds[0] == "snapshot"
    assert set(kinds[1:]) == {"delta"}
    numbers = [number for _, number, _ in stream.events]
    assert numbers == sorted(set(numbers))
    # twenty milliseconds in the queue are no picture of their own: the slot conflates
    assert {"in_menu", "talking", "gone"} <= {
        state for kind, state in stream.seen if kind == "calls"
    }

    async def ended() -> bool:
        items = (await client.get("/calls"))["items"]
        return bool(items) and items[0]["disposition"] == "resuelto"

    await eventually(ended, "the record in SQL")
    (record,) = (await client.get("/calls?agent=1001&outcome=handled"))["items"]
    opened = await client.get(f"/calls/{record['call_id']}")
    told = [one["kind"] for one in opened["timeline"]]
    for kind in ("CallArrived", "MenuEntered", "QueueJoined", "AgentConnected", "WrapUpEnded"):
        assert kind in told
    assert "DigitPressed" not in told


async def test_the_agent_sees_who_is_on_the_line(scene: Scene) -> None:
    supervisor = Client(_address(scene), await _token(scene, Role.SUPERVISOR))
    me = Client(_address(scene), await _token(scene, Role.AGENT, "1001"))
    await me.post("/agents/me/sign-in")
    await until(lambda: scene.agent("1001").free, "the agent")
    campaign = await supervisor.post(
        "/campaigns",
        {
            "name": "cobranza", "queue": "salida", "country": "CO",
            "options": {"rules": {"preset": "test-line"}},
        },
    )  # fmt: skip
    rows = "telefono;nombre;plan\n3001239990;Lucía Peña;Oro\n12;corto;-\n"
    report = await supervisor.post_csv(f"/campaigns/{campaign['id']}/leads", rows)
    assert report["added"] == 1
    assert [(row["line"], row["column"]) for row in report["refused"]] == [(3, "telefono")]
    await supervisor.post(f"/campaigns/{campaign['id']}/start")
    await scene.in_state("1001", AgentState.TALKING)
    shown = json.dumps(await me.get("/agents/me"), ensure_ascii=False)
    for word in ("Lucía Peña", "Oro", "573001239990"):
        assert word in shown
    await me.post("/agents/me/end-call")
    await scene.in_state("1001", AgentState.WRAPPING_UP)
    await me.post("/agents/me/wrap-up", {"disposition": "promised"})
    (record,) = await scene.records(1)
    assert (record.outcome, record.disposition, record.ended_by) == (
        "connected", "promised", "agent",
    )  # fmt: skip


async def test_the_doctor_finds_a_healthy_house_healthy(scene: Scene) -> None:
    findings = await asyncio.to_thread(examine, scene.house.settings)
    assert all(finding.ok for finding in findings), findings
    told = " ".join(finding.detail for finding in findings)
    assert "Asterisk Call Manager" in told or "22." in told
