"""A supervisor acts from the live board: real service, real Asterisk, a real browser."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

from playwright.async_api import Locator, Page, expect

from agents.states import AgentState
from calls.states import CallState
from linea800.demo.client import Client
from storage.tokens import Role
from storage.users import NewUser
from tests.browser import chromium, watched_page
from tests.system.scene import Scene, eventually, until
from traffic.scenario import Step

PASSWORD = "una frase bien larga 800"
CALLER, SECOND = "573015550001", "573015550002"


async def test_a_supervisor_acts_on_the_floor_from_the_board(scene: Scene) -> None:
    address = f"http://127.0.0.1:{scene.house.settings.http_port}"
    now = datetime.now(UTC)
    person = NewUser(login="ana", name="Ana", role=Role.SUPERVISOR, agent=None, queues=None)
    await scene.house.parts.users.add(person, PASSWORD, now=now)
    _, token = await scene.house.tokens.create("test", Role.ADMIN, None, now=now)
    client = Client(address, token)
    await scene.sign_in("1001")
    async with (
        asyncio.timeout(300),
        chromium() as browser,
        watched_page(browser, locale="es-CO") as watched,
    ):
        page = watched.page
        await page.goto(f"{address}/board")
        await page.locator("#login").fill("ana")
        await page.locator("#password").fill(PASSWORD)
        await page.locator("#password").press("Enter")
        await _an_agent_is_paused(scene, page)
        numbers = (CALLER, SECOND)
        with scene.caller(Step(1500, "0"), hold_ms=90_000, numbers=numbers, per_second=1):
            call, second = await _two_callers_wait(scene)
            await _the_second_is_put_ahead(scene, page, call)
            await _the_caller_is_moved_and_withdrawn(scene, page, call)
            assert await watched.barriers() == []
        await _a_queue_is_closed(page, client)
        assert await watched.barriers() == []
        assert watched.complaints == []
        assert await watched.violations() == []
    for subject, actions in {
        "agents/1001": ["agent.pause"],
        f"calls/{call}": ["call.move", "call.withdraw"],
        f"calls/{second}": ["call.prioritize", "call.withdraw"],
        "queues/ventas": ["queue.close"],
    }.items():
        rows = (await client.get(f"/audit?subject={subject}"))["items"]
        assert [row["action"] for row in rows][::-1] == actions
        assert all(row["who"].startswith("Ana (") for row in rows)
    await _ended(client, call)


async def _open(page: Page, place: str) -> Locator:
    await page.evaluate("place => { location.hash = place; }", place)
    return page.locator("#panel")


def _act(panel: Locator, name: str) -> Locator:
    return panel.locator(f"[data-act={name}]")


async def _send(page: Page, **fields: str) -> None:
    """Answer the question that is open; choices by what they are called here."""
    question = page.locator("#ask")
    await expect(question).to_be_visible()
    for name, value in fields.items():
        field = question.locator(f"[name={name}]")
        choice = await field.evaluate("field => field.localName === 'select'")
        await (field.select_option(value) if choice else field.fill(value))
    await question.locator("#ask-send").click()
    await expect(question).to_be_hidden()


async def _an_agent_is_paused(scene: Scene, page: Page) -> None:
    await expect(page.locator("#floor")).to_be_visible()
    panel = await _open(page, "agent/1001")
    await _act(panel, "pause").click()
    await _send(page, reason="descanso")
    await scene.in_state("1001", AgentState.PAUSED)
    await expect(_act(panel, "ready")).to_be_visible()


async def _two_callers_wait(scene: Scene) -> list[str]:
    """Both in the same line; who called first is the first of them."""
    calls = scene.house.parts.tracker.open_calls

    def wait() -> bool:
        return [call.state for call in calls()] == [CallState.QUEUED] * 2

    await until(wait, "both in the queue")
    found = sorted(calls(), key=lambda call: call.caller_number)
    assert len({call.queue for call in found}) == 1
    return [call.call_id for call in found]


async def _the_second_is_put_ahead(scene: Scene, page: Page, call: str) -> None:
    """The line that is seen has another order by then."""
    known = scene.house.parts.tracker.get(call)
    assert known is not None
    panel = await _open(page, f"queue/{known.queue}")
    rows = panel.locator("tbody tr:has([data-act=prioritize])")
    await expect(rows.locator("th")).to_contain_text([CALLER, SECOND])
    await _act(rows.last, "prioritize").click()
    await _send(page)
    await expect(rows.locator("th")).to_contain_text([SECOND, CALLER])
    await expect(rows.locator("td:first-child")).to_have_text(["1", "2"])
    await _act(rows.first, "withdraw").click()
    await _send(page, to="hang_up")
    await expect(rows.locator("th")).to_contain_text([CALLER])


async def _the_caller_is_moved_and_withdrawn(scene: Scene, page: Page, call: str) -> None:
    def queue() -> str:
        known = scene.house.parts.tracker.get(call)
        return known.queue if known is not None and known.state is CallState.QUEUED else ""

    first = queue()
    panel = await _open(page, f"queue/{first}")
    await _act(panel, "move").click()
    await _send(page, queue="ventas" if first != "ventas" else "soporte", reason="más manos")
    await until(lambda: queue() not in ("", first), "the other queue")
    panel = await _open(page, f"queue/{queue()}")
    await _act(panel, "withdraw").click()
    await expect(page.locator("#ask")).to_have_accessible_name(f"Sacar: {CALLER}")
    await _send(page, to="hang_up")
    await expect(panel).to_contain_text("Nadie espera.")


async def _a_queue_is_closed(page: Page, client: Client) -> None:
    panel = await _open(page, "queue/ventas")
    await _act(panel, "close_queue").click()
    await _send(page, reason="simulacro")
    await expect(panel).to_contain_text("simulacro")
    closed = await client.get("/queues/ventas")
    assert closed["closed_reason"] == "simulacro"
    await _act(panel, "emergency").click()
    await expect(page.locator("#ask")).to_be_visible()


async def _ended(client: Client, call: str) -> None:
    async def there() -> Any:
        return [one for one in (await client.get("/calls"))["items"] if one["outcome"]]

    await eventually(there, "the record in SQL")
    record = (await client.get(f"/calls/{call}"))["record"]
    assert (record["outcome"], record["ended_by"]) == ("unserved", "supervisor")
