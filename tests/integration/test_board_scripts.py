"""The page's scripts one by one, in a real browser: parser, stream, lanes, curves, clock, text."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from tests.browser import chromium, watched_page
from tests.integration.api_house import served, sqlite_house

_STREAM = """async () => {
  // thirty seconds of silence are three tenths here
  const real = window.setTimeout;
  window.setTimeout = (call, wait, ...rest) => real(call, wait / 100, ...rest);
  const { Stream } = await import("/board/stream.js");
  const event = (name, seq) =>
    `event: ${name}\\nid: ${seq}\\ndata: ${JSON.stringify({ seq, things: {} })}\\n\\n`;
  const answer = (text, end, signal) => new Response(new ReadableStream({ start(controller) {
    controller.enqueue(new TextEncoder().encode(text));
    if (end) controller.close();
    else signal.addEventListener("abort", () => controller.error(signal.reason));
  } }));
  const answers = [
    (signal) => answer(event("snapshot", 5) + event("delta", 8) + event("delta", 8), false, signal),
    () => answer(event("snapshot", 9), true),
    () => { throw new TypeError("no network"); },
    (signal) => answer(event("snapshot", 3) + ": still here\\n\\n", false, signal),
    () => new Response("{}", { status: 401 }),
  ];
  const told = [];
  await new Stream(async (signal) => answers.shift()(signal), {
    up: () => told.push("up"),
    down: () => told.push("down"),
    picture: ({ seq }, whole) => told.push(`${whole ? "whole" : "delta"} ${seq}`),
    refused: () => told.push("refused"),
  }).run();
  return told;
}"""
_PARSER = """async () => {
  const { EventParser } = await import("/board/stream.js");
  const parser = new EventParser();
  const text = ': here\\n\\nevent: delta\\r\\nid: 7\\r\\n' +
    'data: {"a":\\r\\ndata: "ñ: 1"}\\r\\n\\r\\n' +
    'event: end\\n\\ndata: x\\n\\n';
  return [...text].flatMap((sign) => parser.push(sign));
}"""


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Page]:
    async with (
        sqlite_house(tmp_path) as house,
        served(house.app) as address,
        chromium() as browser,
        watched_page(browser, locale="en-GB") as watched,
    ):
        await watched.page.goto(f"{address}/board")
        await watched.page.locator("#entry").wait_for()
        yield watched.page
        assert watched.complaints == []


def _fact(second: float, kind: str, **details: Any) -> dict[str, Any]:
    return {"at": f"2026-03-01T12:00:{second:04.1f}Z", "kind": kind, "details": details}


async def _lanes(page: Page, timeline: list[dict[str, Any]], now: float) -> dict[str, Any]:
    """The lanes in seconds since noon."""
    found: dict[str, Any] = await page.evaluate(
        """async ([timeline, now]) => {
          const { lanesOf } = await import("/board/lanes.js");
          const noon = Date.parse("2026-03-01T12:00:00Z");
          const second = (moment) => (moment - noon) / 1000;
          const { from, to, lanes } = lanesOf(timeline, noon + now * 1000);
          return { span: [second(from), second(to)], lanes: Object.fromEntries(
            lanes.map(({ lane, bars }) => [lane, bars.map((bar) =>
              [bar.kind, bar.text, second(bar.from), second(bar.to), bar.open])])) };
        }""",
        [timeline, now],
    )
    return found


async def test_scripts(page: Page) -> None:
    # one browser for all of them: it takes longer to start than they take
    async with asyncio.timeout(30):
        await _scripts(page)


async def _scripts(page: Page) -> None:
    await _a_call_is_drawn_in_lanes(page)
    await _a_dialed_call_is_drawn_in_lanes(page)
    await _curves_are_sums_and_tell_a_minute(page)
    await _text_from_outside_hides_nothing(page)
    await _times_are_the_services(page)
    assert await page.evaluate(_PARSER) == [
        {"event": "delta", "id": "7", "data": '{"a":\n"ñ: 1"}'},
        {"data": "x"},
    ]
    assert await page.evaluate(_STREAM) == [
        "up", "whole 5", "delta 8", "down",  # a number that did not grow
        "up", "whole 9", "down",  # it ended
        "down",  # not reached
        "up", "whole 3", "down",  # silence; and a service started anew
        "refused",
    ]  # fmt: skip


async def _a_call_is_drawn_in_lanes(page: Page) -> None:
    timeline = [
        _fact(0, "CallArrived", number_called="0800"),
        _fact(1, "CallAnswered"),
        _fact(1, "MenuEntered", menu="main", node="welcome"),
        _fact(4, "MenuEntered", menu="main", node="help"),
        _fact(6, "QueueJoined", queue="soporte", position=1),
        _fact(9, "AgentOffered", queue="soporte", agent="1001"),
        _fact(11, "AgentMissed", queue="soporte", agent="1001"),
        _fact(12, "AgentOffered", queue="soporte", agent="1002"),
        _fact(13, "AgentConnected", queue="soporte", agent="1002"),
        _fact(20, "HoldStarted"),
        _fact(25, "HoldEnded"),
    ]
    menu = [["node", "welcome", 1, 4, False], ["node", "help", 4, 6, False]]
    before = [["ringing", "1001", 9, 11, False], ["ringing", "1002", 12, 13, False]]
    found = await _lanes(page, timeline, now=30)
    assert found == {
        "span": [0, 30],
        "lanes": {
            "menu": menu,
            "queue": [["wait", "soporte", 6, 13, False]],
            "agent": [*before, ["talk", "1002", 13, 30, True]],
            "hold": [["hold", "", 20, 25, False]],
        },
    }
    # the release was never seen; the wrap-up outlasts the call
    timeline += [
        _fact(33, "CallEnded", cause=16),
        _fact(33, "WrapUpStarted", agent="1002"),
        _fact(40, "WrapUpEnded", agent="1002"),
    ]
    found = await _lanes(page, timeline, now=59)
    assert found["span"] == [0, 40]
    assert found["lanes"]["agent"] == [
        *before, ["talk", "1002", 13, 33, False], ["wrap_up", "1002", 33, 40, False],
    ]  # fmt: skip


async def _a_dialed_call_is_drawn_in_lanes(page: Page) -> None:
    timeline = [
        _fact(0, "AttemptStarted", campaign_id="c"),
        _fact(2, "CallRang"),
        _fact(8, "CallAnswered"),
        _fact(8.5, "AgentConnected", agent="1001"),
        _fact(9, "AgentReleased", agent="1001"),
        _fact(9, "CallEnded", cause=16),
    ]
    assert await _lanes(page, timeline, now=59) == {
        "span": [0, 9],
        "lanes": {
            "line": [["dialing", "", 0, 2, False], ["ringing", "", 2, 8, False]],
            "agent": [["talk", "1001", 8.5, 9, False]],
        },
    }


async def _curves_are_sums_and_tell_a_minute(page: Page) -> None:
    found = await page.evaluate(
        """async () => {
          const { together, perMinute } = await import("/board/curves.js");
          const curve = (answered) => ({ waiting: [1, 2], talking: [0, null], answered });
          const { at, ...sums } = together({
            at: ["2026-03-01T12:00:00Z", "2026-03-01T12:00:15Z"],
            queues: { a: curve([null, 1]), b: curve([null, 2]) },
          });
          return [at[1] - at[0], sums, perMinute([null, 1, 2, 3, 4, 5])];
        }"""
    )
    sums = {"waiting": [2, 4], "talking": [0, None], "answered": [None, 3]}
    assert found == [15, sums, [None, None, None, None, 10, 14]]


async def _text_from_outside_hides_nothing(page: Page) -> None:
    shown = await page.evaluate(
        """async (text) => (await import("/board/dom.js")).visible(text)""",
        "<b>José</b>\u202egpj.exe\x07 \u2066x\u2069 日本",
    )
    assert shown == "<b>José</b>‹U+202E›gpj.exe‹U+0007› ‹U+2066›x‹U+2069› 日本"


async def _times_are_the_services(page: Page) -> None:
    found = await page.evaluate(
        """async () => {
          const time = await import("/board/time.js");
          const later = new Date(Date.now() + 3600_000).toISOString();
          time.learnClock(later);
          return [
            Math.round(time.secondsSince(new Date(Date.now() + 3590_000).toISOString())),
            ...[0, 59.9, 61, 3661].map(time.clock),
          ];
        }"""
    )
    assert found == [10, "0:00", "0:59", "1:01", "1:01:01"]
