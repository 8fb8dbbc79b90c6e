"""A call's page plays what was recorded of it, in a real browser, to whoever may hear it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from playwright.async_api import Page, expect

from storage.scopes import Scope
from storage.tokens import Role
from tests.browser import chromium, watched_page
from tests.integration.api_house import ApiHouse, served, sqlite_house
from tests.integration.talk_recipes import call_of, kept


async def test_a_recorded_talk_is_heard_and_that_is_audited(tmp_path: Path) -> None:
    async with asyncio.timeout(60), sqlite_house(tmp_path) as house:
        name = await kept(house, tmp_path, 1)
        _, house.tokens["deaf"] = await house.parts.tokens.create(
            "deaf", Role.SUPERVISOR, None, now=house.clock(),
            scopes=[Scope.CALLS_READ, Scope.LIVE_READ],
        )  # fmt: skip
        async with (
            served(house.app) as address,
            chromium() as browser,
            watched_page(browser, locale="en-GB") as watched,
        ):
            page = watched.page
            await _opened(page, house, address, "supervisor")
            await page.get_by_role("button", name="Hear it").click()
            audio = page.locator(".recordings audio")
            await expect(audio).to_have_js_property("duration", 5)
            await expect(page.get_by_text("0:05 · kept")).to_be_visible()
            assert await watched.violations() == []
            assert await watched.barriers() == []
            assert watched.complaints == []
            rows = await house.get("/audit", "admin", subject=f"call-recordings/{name}")
            assert [row["action"] for row in rows["items"]] == ["call_recording.hear"]

            await _opened(page, house, address, "deaf")
            await expect(page.get_by_text("handled").first).to_be_visible()
            await expect(page.get_by_role("button", name="Hear it")).to_have_count(0)


async def _opened(page: Page, house: ApiHouse, address: str, who: str) -> None:
    """The page of the call, as its owner of a token sees it."""
    await page.goto(f"{address}/board")
    keep = "token => sessionStorage.setItem('linea800.token', token)"
    await page.evaluate(keep, house.tokens[who])
    await page.goto(f"{address}/board#call/{call_of(1)}")
    await page.reload()
