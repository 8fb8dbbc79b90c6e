"""What a supervisor does from the board, in a real browser: each order arrives, and once."""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Locator, Page, ViewportSize, expect

from calls.errors import CommandRefusedError
from calls.events import (
    CallAnswered,
    CallArrived,
    CampaignStateChanged,
    QueueGaveUp,
    QueueJoined,
    SupervisionEnded,
    SupervisionStarted,
)
from storage.scopes import Scope
from storage.tokens import Role
from tests.browser import WatchedPage, chromium, watched_page
from tests.integration.agent_recipes import talking
from tests.integration.api_house import ApiHouse, served, sqlite_house
from tests.unit.facts import CALL, PBX, at, fact, on_call

WAITS = "pbx1-1772366400.2"
NAME = "<b>Ana</b>"
PHONE = ViewportSize(width=390, height=844)


async def test_actions(tmp_path: Path) -> None:
    # one browser for all of them: it takes longer to start than they take
    async with asyncio.timeout(120), chromium() as browser:
        await _a_waiting_caller_is_moved_and_the_service_has_the_last_word(browser, tmp_path)
        await _an_agent_is_paused_and_heard(browser, tmp_path)
        await _a_queue_is_closed_and_told_something(browser, tmp_path)
        await _a_campaign_is_started_and_paused(browser, tmp_path)
        await _what_is_not_allowed_is_not_shown(browser, tmp_path)


@asynccontextmanager
async def _opened(
    browser: Browser, folder: Path, locale: str = "en-GB"
) -> AsyncIterator[tuple[ApiHouse, WatchedPage]]:
    """A floor where 1001 talks and somebody waits, and the board of a supervisor."""
    own = Path(tempfile.mkdtemp(dir=folder))
    async with sqlite_house(own) as house:
        await talking(house)
        await house.happen(
            _arrived(WAITS, "573009876543", NAME), _of(WAITS, CallAnswered, 6),
            _of(WAITS, QueueJoined, 7, queue="soporte", position=1),
        )  # fmt: skip
        async with (
            _carried(house),
            served(house.app) as address,
            watched_page(browser, locale=locale) as watched,
        ):
            await _sign_in(watched.page, house, address, "supervisor")
            yield house, watched
            # what the service refuses on purpose is in the console as well
            told = [one for one in watched.complaints if "Failed to load resource" not in one]
            assert (told, watched.dialogs, await watched.violations()) == ([], [], [])


@asynccontextmanager
async def _carried(house: ApiHouse) -> AsyncIterator[None]:
    """What orders make happen takes its road by itself."""
    carrying = asyncio.create_task(house.parts.intake.run())
    yield
    carrying.cancel()
    await asyncio.wait({carrying})


def _of(call_id: str, kind: Any, seconds: float, **fields: Any) -> Any:
    return kind(at=at(seconds), pbx=PBX, call_id=call_id, **fields)


def _arrived(call_id: str, number: str, name: str) -> CallArrived:
    return CallArrived(
        at=at(0), pbx=PBX, call_id=call_id, number_called="08001234567", caller_number=number,
        caller_name=name,
    )  # fmt: skip


async def _sign_in(page: Page, house: ApiHouse, address: str, who: str) -> None:
    await page.goto(f"{address}/board")
    keep = "token => sessionStorage.setItem('linea800.token', token)"
    await page.evaluate(keep, house.tokens[who])
    await page.reload()
    await expect(page.locator("#floor")).to_be_visible()


async def _open(page: Page, place: str) -> Locator:
    await page.evaluate("place => { location.hash = place; }", place)
    panel = page.locator("#panel")
    await expect(panel).to_be_visible()
    return panel


def _act(where: Locator, name: str) -> Locator:
    return where.locator(f"[data-act={name}]")


async def _rows(house: ApiHouse, subject: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = (await house.get("/audit", "admin", subject=subject))["items"]
    return rows[::-1]


async def _until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - the condition is the browser's
            await asyncio.sleep(0.005)


async def _a_waiting_caller_is_moved_and_the_service_has_the_last_word(
    browser: Browser, folder: Path
) -> None:
    async with _opened(browser, folder) as (house, watched):
        page = watched.page
        panel, question = await _open(page, "queue/soporte"), page.locator("#ask")
        withdraw = _act(panel, "withdraw")
        await expect(withdraw).to_have_accessible_name(f"Withdraw: {NAME}")
        # by the keyboard; and nothing is done by leaving
        await withdraw.focus()
        await page.keyboard.press("Enter")
        await expect(question).to_have_accessible_name(f"Withdraw: {NAME}")
        await expect(question.get_by_label("What becomes of the caller")).to_be_focused()
        assert await watched.barriers() == []
        await page.set_viewport_size(PHONE)
        assert await page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        await page.emulate_media(color_scheme="dark")
        assert await watched.barriers() == []
        await page.keyboard.press("Escape")
        await expect(question).to_be_hidden()
        await expect(panel).to_be_visible()
        await expect(withdraw).to_be_focused()
        assert house.switch.asked == []
        # refused: it says why, and stays
        house.switch.error = CommandRefusedError("no")
        await withdraw.click()
        await question.locator("#ask-send").click()
        await expect(question.get_by_role("alert")).to_contain_text("Asterisk")
        house.switch.error = None
        await question.get_by_role("button", name="No, go back").click()
        # a double click gives the order once
        await _act(panel, "move").dblclick()
        await expect(question).to_be_visible()
        assert house.switch.asked == []
        await expect(question.locator("option")).to_have_text(["salida"])
        await question.get_by_label("Why (kept in the audit)").fill("more hands there")
        await question.locator("#ask-send").dblclick()
        await _until(lambda: house.switch.asked)
        await house.happen(_of(WAITS, QueueGaveUp, 9, queue="soporte", status="MOVED"))
        await expect(panel.get_by_text(f"{NAME} goes to the queue salida.")).to_be_focused()
        await expect(question).to_be_hidden()
        assert [asked[0] for asked in house.switch.asked] == ["send_elsewhere"]
        (row,) = await _rows(house, f"calls/{WAITS}")
        assert (row["action"], row["after"]["reason"]) == ("call.move", "more hands there")


async def _an_agent_is_paused_and_heard(browser: Browser, folder: Path) -> None:
    async with _opened(browser, folder) as (house, watched):
        page = watched.page
        panel, question = await _open(page, "agent/1001"), page.locator("#ask")
        await expect(_act(panel, "sign_out")).to_be_hidden()
        await _act(panel, "pause").click()
        await expect(question).to_contain_text("The pause begins when the call is over.")
        await question.get_by_label("Reason").select_option("almuerzo")
        await question.locator("#ask-send").click()
        await expect(panel.get_by_text("Asked: a pause of Agente 1001 (almuerzo).")).to_be_visible()
        await _act(panel, "listen").click()
        # its owner is at work
        await question.get_by_label("Phone that rings").fill("1001")
        await question.locator("#ask-send").click()
        await expect(question.get_by_role("alert")).to_contain_text("1001")
        await question.get_by_label("Phone that rings").fill("1002")
        await question.locator("#ask-send").click()
        await expect(question).to_be_hidden()
        ear = {"agent": "1001", "phone": "1002", "by": "x"}
        await house.happen(on_call(SupervisionStarted, 8, mode="listen", **ear))
        await expect(panel).to_contain_text("1002 · listen")
        await expect(_act(panel, "listen")).to_be_hidden()
        # nothing to be asked: the phone hears already
        await _act(panel, "whisper").click()
        await _until(lambda: "listen_otherwise" in [one[0] for one in house.switch.asked])
        await house.happen(on_call(SupervisionStarted, 9, mode="whisper", **ear))
        await expect(_act(panel, "whisper")).to_be_hidden()
        await _act(panel, "hear_no_more").click()
        await expect(panel.get_by_text("Nobody hears Agente 1001 any more.")).to_be_visible()
        await house.happen(on_call(SupervisionEnded, 10, mode="whisper", **ear))
        await expect(_act(panel, "hear_no_more")).to_be_hidden()
        # the browser remembers the phone
        await _act(panel, "barge").click()
        await expect(question.get_by_label("Phone that rings")).to_have_value("1002")
        assert await watched.barriers() == []
        await page.keyboard.press("Escape")
        await _act(panel, "pass_on").click()
        await expect(question.locator("option")).to_have_text(["soporte", "salida"])
        await question.get_by_label("Where to").select_option("queue:salida")
        assert await watched.barriers() == []
        await question.locator("#ask-send").click()
        passed = panel.get_by_text("Asked: the call of Agente 1001 goes elsewhere.")
        await expect(passed).to_be_visible()
        assert ("pass_to_queue", CALL, "salida") in house.switch.asked
        await _act(panel, "end_call").click()
        await expect(question.get_by_role("button", name="No, go back")).to_be_focused()
        await question.locator("#ask-send").click()
        await expect(question).to_be_hidden()
        assert house.switch.asked[-1] == ("hang_up", CALL)
        actions = [row["action"] for row in await _rows(house, f"calls/{CALL}")]
        assert actions == ["call.listen", "call.listen", "call.listen_end", "call.transfer"]
        actions = [row["action"] for row in await _rows(house, "agents/1001")]
        assert actions == ["agent.pause", "agent.end_call"]


async def _a_queue_is_closed_and_told_something(browser: Browser, folder: Path) -> None:
    async with _opened(browser, folder, "es-CO") as (house, watched):
        page = watched.page
        panel, question = await _open(page, "queue/salida"), page.locator("#ask")
        await _act(panel, "close_queue").click()
        await question.locator("#ask-send").click()  # the browser wants a reason
        await expect(question).to_be_visible()
        await question.get_by_label("Por qué se cierra").fill("simulacro")
        await question.get_by_label("Mensaje").fill("no_such")
        await question.locator("#ask-send").click()
        await expect(question.get_by_role("alert")).to_contain_text("La solicitud no es válida")
        await question.get_by_label("Mensaje").fill("outage")
        await question.locator("#ask-send").click()
        await expect(panel).to_contain_text(re.compile(r"Cerrada desde las .*: simulacro"))
        await expect(panel.get_by_role("status").first).to_have_text("La cola salida está cerrada.")
        await expect(_act(panel, "close_queue")).to_be_hidden()
        await _act(panel, "open_queue").click()
        await expect(_act(panel, "close_queue")).to_be_visible()
        await _act(panel, "emergency").click()
        await question.get_by_label("Mensaje").fill("outage")
        await question.locator("#ask-send").click()
        await expect(panel).to_contain_text("Se dice «outage» cada 60 s; lo puso supervisor.")
        assert await watched.barriers() == []
        await _act(panel, "emergency_end").click()
        await expect(panel).not_to_contain_text("Se dice «outage»")
        assert [row["action"] for row in await _rows(house, "queues/salida")] == [
            "queue.close", "queue.open", "queue.emergency", "queue.emergency_end",
        ]  # fmt: skip


async def _a_campaign_is_started_and_paused(browser: Browser, folder: Path) -> None:
    async with _opened(browser, folder) as (house, watched):
        page, question = watched.page, watched.page.locator("#ask")
        campaign = await house.new_campaign(options={"rules": {"preset": "test-line"}})
        await house.parts.dialing.recover()  # as at a start, which takes it in hand
        paused = {"campaign_id": campaign, "state": "paused", "reason": "asked"}
        await house.happen(fact(CampaignStateChanged, 1, **paused))
        card = page.locator(".campaign")
        await expect(card).to_contain_text("Cobranza")
        await _act(card, "start_campaign").click()
        await expect(question).to_have_accessible_name("Start: Cobranza")
        await expect(question).to_contain_text("Now: Paused.")
        await question.locator("#ask-send").click()
        await expect(question.get_by_role("alert")).to_contain_text("No lead is left")
        await page.keyboard.press("Escape")
        await house.upload(campaign, "telefono\n3001239990\n")
        await _act(card, "start_campaign").click()
        await question.locator("#ask-send").click()
        await expect(_act(card, "pause_campaign")).to_be_visible()
        await expect(card).to_contain_text("of 10 lines")
        await _act(card, "slow_campaign").click()
        lines = question.get_by_label("Lines at once, at most")
        await expect(lines).to_have_value("10")
        await lines.fill("11")  # than the trunk has
        await question.locator("#ask-send").click()
        await expect(question.get_by_role("alert")).to_contain_text("body.max_lines")
        await lines.fill("2")
        await question.locator("#ask-send").click()
        await expect(card).to_contain_text("The campaign Cobranza uses up to 2 lines.")
        house.parts.board.look(house.clock())
        await expect(card).to_contain_text("of 2 lines")
        await _act(card, "pause_campaign").click()
        await question.locator("#ask-send").click()
        await expect(_act(card, "start_campaign")).to_be_visible()
        await _act(card, "stop_campaign").click()
        await expect(question.get_by_role("button", name="No, go back")).to_be_focused()
        await question.locator("#ask-send").click()
        await expect(_act(card, "stop_campaign")).to_be_hidden()
        assert await watched.barriers() == []
        actions = [row["action"] for row in await _rows(house, f"campaigns/{campaign}")]
        expected = ["campaign.start", "campaign.change", "campaign.pause", "campaign.stop"]
        assert actions[-4:] == expected


async def _what_is_not_allowed_is_not_shown(browser: Browser, folder: Path) -> None:
    async with _opened(browser, folder) as (house, watched):
        page = watched.page
        _, house.tokens["looks"] = await house.parts.tokens.create(
            "looks", Role.SUPERVISOR, None, now=house.clock(),
            scopes=[Scope.OWN, Scope.LIVE_READ, Scope.AGENTS_STATE, Scope.PII_READ],
        )  # fmt: skip
        address = page.url.split("/board")[0]
        await _open(page, "agent/1001")
        await expect(_act(page.locator("#panel"), "end_call")).to_be_visible()
        await _sign_in(page, house, address, "looks")
        panel = await _open(page, "agent/1001")
        await expect(_act(panel, "pause")).to_be_visible()
        shown = panel.locator("[data-act]:visible")
        await expect(shown).to_have_count(1)
        await _open(page, "queue/soporte")
        await expect(panel).to_contain_text(NAME)
        await expect(shown).to_have_count(0)
