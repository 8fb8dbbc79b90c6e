"""A real Chromium for tests, and a page whose every complaint is kept."""

from __future__ import annotations

import importlib.resources
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, ConsoleMessage, Dialog, Page, async_playwright, expect

#: a page that is late on a busy machine is no fault: waiting only bounds a failure
expect.set_options(timeout=60_000)

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
#: nothing of the browser's own goes out
_ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
_NOTE_VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""
#: how a browser tells of the first look, before anybody has signed in
_NOT_SIGNED_IN = "the server responded with a status of 401"


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """The system's Chromium, without a window. Raises `RuntimeError` when there is none."""
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        raise RuntimeError(f"none of {_PROGRAMS} is there: run `make setup`")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class WatchedPage:
    """A page, and what went wrong in it."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    async def hear_complaint(self, message: ConsoleMessage) -> None:
        """Keep what the console shows as a warning or an error."""
        if message.type in ("error", "warning") and _NOT_SIGNED_IN not in message.text:
            self.complaints.append(f"{message.type}: {message.text}")

    async def hear_dialog(self, dialog: Dialog) -> None:
        """Keep that a script of somebody asked something."""
        self.dialogs.append(dialog.message)
        await dialog.dismiss()

    async def violations(self) -> list[str]:
        """What the page's policy had to stop."""
        found: list[str] = await self.page.evaluate("window.violations")
        return found

    async def barriers(self) -> list[str]:
        """What axe finds serious or critical."""
        source = importlib.resources.files("axe_playwright_python") / "axe.min.js"
        await self.page.evaluate(source.read_text(encoding="utf-8"))
        result: dict[str, Any] = await self.page.evaluate(
            "axe.run(document, {resultTypes: ['violations']})"
        )
        return [
            f"{found['impact']} {found['id']}: {[node['html'][:160] for node in found['nodes']]}"
            for found in result["violations"]
            if found["impact"] in ("serious", "critical")
        ]


@asynccontextmanager
async def watched_page(browser: Browser, **context: Any) -> AsyncIterator[WatchedPage]:
    """A page in a context of its own (`locale`, `viewport` and so on)."""
    async with await browser.new_context(**context) as fresh:
        await fresh.add_init_script(_NOTE_VIOLATIONS)
        watched = WatchedPage(await fresh.new_page())
        watched.page.on("console", watched.hear_complaint)
        watched.page.on("pageerror", lambda error: watched.complaints.append(str(error)))
        watched.page.on("dialog", watched.hear_dialog)
        yield watched
