"""A wall screen's key, which may look at the floor and no more; and lines in Asterisk's order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, Response, expect

from calls.events import CallFact, LinkUp, QueueGaveUp, QueueJoined
from dialer.pacing.decision import Decision, Reason
from dialer.pacing.picture import Ledger
from storage.scopes import Scope
from storage.tokens import Role
from tests.browser import WatchedPage, chromium, watched_page
from tests.integration.agent_recipes import talking
from tests.integration.api_house import ApiHouse, served, sqlite_house
from tests.unit.facts import arrived, at, fact, on_call

NAME = "Cobranza <i>norte</i>"
WHY = "Dialing 2: by the time they answer, agents are expected to be free."


async def test_a_wall_and_a_line(tmp_path: Path) -> None:
    # one browser for both: it takes longer to start than they take
    async with asyncio.timeout(120), chromium() as browser, sqlite_house(tmp_path) as house:
        await talking(house)
        await house.happen(fact(LinkUp, 5, booted_at=at(-100)))
        for place, call_id in enumerate(("first", "second"), start=1):
            await _joins(house, call_id, 6 + place, place)
        await _joins(house, "vip", 9, 1)
        house.clock.advance(600)
        async with served(house.app) as address:
            await _a_key_that_only_looks_sees_campaigns_whole(browser, house, address)
            await _a_line_is_in_asterisks_order(browser, house, address)


def _of(call_id: str, one: CallFact) -> CallFact:
    return replace(one, call_id=call_id)


async def _joins(house: ApiHouse, call_id: str, second: float, place: int) -> None:
    came = arrived(second, caller_name=call_id)
    joined = on_call(QueueJoined, second, queue="soporte", position=place)
    await house.happen(_of(call_id, came), _of(call_id, joined))


@asynccontextmanager
async def _looked_at(
    browser: Browser, house: ApiHouse, address: str, who: str
) -> AsyncIterator[WatchedPage]:
    async with watched_page(browser, locale="en-GB") as watched:
        page = watched.page
        await page.goto(f"{address}/board?lang=en&wall=1")
        keep = "token => sessionStorage.setItem('linea800.token', token)"
        await page.evaluate(keep, house.tokens[who])
        await page.reload()
        await expect(page.locator("#floor")).to_be_visible()
        yield watched
        # what the service refuses is in the console as well
        told = [one for one in watched.complaints if "Failed to load resource" not in one]
        assert (told, watched.dialogs, await watched.violations()) == ([], [], [])


async def _a_key_that_only_looks_sees_campaigns_whole(
    browser: Browser, house: ApiHouse, address: str
) -> None:
    """As `docs/how-to/users-and-keys.md` makes it."""
    _, house.tokens["wall"] = await house.parts.tokens.create(
        "wall", Role.SUPERVISOR, None, now=house.clock(), scopes=[Scope.LIVE_READ]
    )
    campaign = await house.new_campaign(name=NAME, options={"rules": {"preset": "test-line"}})
    await house.upload(campaign, "telefono\n3001239990\n")
    await house.ask("POST", f"/campaigns/{campaign}/start")
    await house.happen()
    running = house.parts.dialing.campaigns_in_hand()[campaign]
    running.told = Decision(2, Reason.PACED)
    running.picture.ledger = Ledger(live=40, abandoned=1)
    running.ledger_of = running.judge.ledger_since(house.clock())
    house.parts.board.look(house.clock())
    assert (await house.ask("GET", f"/campaigns/{campaign}", "wall")).status_code == 403
    async with _looked_at(browser, house, address, "wall") as watched:
        page, refused = watched.page, list[str]()

        def note(response: Response) -> None:
            if response.status == 403:
                refused.append(urlsplit(response.url).path)

        page.on("response", note)
        card = page.locator(".campaign")
        await expect(card.locator("h3")).to_contain_text(NAME)
        await expect(card).to_contain_text(WHY)
        await expect(card).to_contain_text("2.5% of a cap of 3%")
        await expect(card).to_contain_text("within the cap")
        await expect(card).to_contain_text("of 10 lines")
        expected = page.locator("#queue-tiles .expected").first
        seconds = (await house.get("/queues/soporte"))["expected_wait_seconds"]
        assert 60 < seconds < 3600
        await expect(expected).to_have_text(f"{seconds // 60:.0f}:{seconds % 60:02.0f}")
        # it goes on with the stream
        running.told = Decision(0, Reason.LIMIT_REACHED)
        running.picture.ledger = Ledger(live=40, abandoned=2)
        house.parts.board.look(house.clock())
        await expect(card).to_contain_text("Not dialing ahead: the abandonment limit is reached.")
        await expect(card).to_contain_text("5% of a cap of 3%")
        await expect(card).to_contain_text("above the cap")
        assert await watched.barriers() == []
        # in vain, and once: what is not allowed is not asked for every few seconds
        path = f"/campaigns/{campaign}"
        assert set(refused) <= {path, f"{path}/abandonment", "/me"}
        assert len(refused) == len(set(refused))


async def _a_line_is_in_asterisks_order(browser: Browser, house: ApiHouse, address: str) -> None:
    async with _looked_at(browser, house, address, "supervisor") as watched:
        page = watched.page
        await page.evaluate("location.hash = 'queue/soporte'")
        rows = page.locator("#panel table").first.locator("tbody tr")
        await expect(rows.locator("th a")).to_have_text(["vip", "first", "second"])
        await expect(rows.locator("td:first-child")).to_have_text(["1", "2", "3"])
        left = on_call(QueueGaveUp, 20, queue="soporte", status="AHEAD")
        back = on_call(QueueJoined, 20, queue="soporte", position=2)
        await house.happen(_of("second", left), _of("second", back))
        await expect(rows.locator("th a")).to_have_text(["vip", "second", "first"])
        calls: dict[str, Any] = (await house.get("/live"))["things"]
        places = {name: calls[f"calls/{name}"]["place"] for name in ("vip", "second", "first")}
        assert places == {"vip": 1, "second": 2, "first": 3}
