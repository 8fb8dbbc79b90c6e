"""A caller's hostile name comes by SIP and Asterisk as far as the board: text, and no more."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from playwright.async_api import expect

from storage.tokens import Role
from storage.users import NewUser
from tests.browser import chromium, watched_page
from tests.system.scene import Scene, until
from traffic.scenario import Step

PASSWORD = "una frase bien larga 800"
#: what the callers' side says, and what is left of it: marks that turn the direction of text go,
#: Asterisk keeps the backslash by which SIP writes a quote
TOLD = {
    "<script>window.owned = 1</script>": "<script>window.owned = 1</script>",
    "<img src=x onerror='window.owned = 1'>": "<img src=x onerror='window.owned = 1'>",
    "javascript:window.owned=1//": "javascript:window.owned=1//",
    '\u202eoiduA\u2066 ñ‘"><svg onload=window.owned=1>': 'oiduA ñ‘\\"><svg onload=window.owned=1>',
    "x" * 70: "x" * 70,
    "<unknown>": "",
}
NUMBERS = tuple(f"5730155503{place:02d}" for place in range(len(TOLD)))


async def test_hostile_names_come_as_far_as_the_board_and_do_nothing(scene: Scene) -> None:
    house = scene.house
    person = NewUser(login="ana", name="Ana", role=Role.SUPERVISOR, agent=None, queues=None)
    await house.parts.users.add(person, PASSWORD, now=datetime.now(UTC))
    callers = scene.caller(
        Step(1500, "2"), Step(1500, "1"), hold_ms=45_000, numbers=NUMBERS, names=tuple(TOLD)
    )
    async with (
        asyncio.timeout(120),
        chromium() as browser,
        watched_page(browser, locale="es-CO", viewport={"width": 1360, "height": 900}) as watched,
    ):
        page = watched.page
        with callers:
            await until(lambda: len(_waiting(scene)) == len(TOLD), "the callers in the line")
            records = (house.recorder.record(call_id) for call_id in _waiting(scene))
            names = {each.caller_number: each.caller_name for each in records if each is not None}
            assert names == dict(zip(NUMBERS, TOLD.values(), strict=True))
            await page.goto(f"http://127.0.0.1:{house.settings.http_port}/board")
            await page.locator("#login").fill("ana")
            await page.locator("#password").fill(PASSWORD)
            await page.locator("#password").press("Enter")
            await expect(page.locator("#floor")).to_be_visible()
            await page.evaluate("location.hash = 'queue/soporte'")
            line = page.get_by_role("dialog").locator("table").first
            for name in filter(None, TOLD.values()):
                await expect(line.get_by_text(name, exact=True)).to_be_visible()
            await expect(line).to_contain_text(NUMBERS[-1])
            assert await page.evaluate("window.owned") is None
            assert await page.locator("img, main svg[onload], main script").count() == 0
            assert watched.complaints == []
            assert watched.dialogs == []
            assert await watched.violations() == []
            scene.stage.asterisk.cli("channel request hangup all")
            await until(lambda: not house.parts.tracker.open_calls(), "the callers to leave")
    kept = {call.caller_number: call.caller_name for call in await scene.records(len(TOLD))}
    assert kept == dict(zip(NUMBERS, TOLD.values(), strict=True))


def _waiting(scene: Scene) -> list[str]:
    """The calls in the queue."""
    calls = scene.house.parts.tracker.open_calls()
    return [call.call_id for call in calls if call.queue == "soporte"]
