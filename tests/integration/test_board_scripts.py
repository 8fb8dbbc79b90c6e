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
    async with asyncio.timeout(60):
        await _scripts(page)


async def _scripts(page: Page) -> None:
    await _a_call_is_drawn_in_lanes(page)
    await _a_dialed_call_is_drawn_in_lanes(page)
    await _the_marks_of_a_call_go_on_with_it(page)
    await _a_day_is_drawn_in_lanes_and_goes_on(page)
    await _todays_figures_are_the_services(page)
    await _curves_are_sums_and_tell_a_minute(page)
    await _curves_begin_with_the_first_point_told(page)
    await _text_from_outside_hides_nothing(page)
    await _times_are_the_services(page)
    await _a_menu_shows_where_callers_are_and_fits_a_phone(page)
    await _campaigns_that_were_over_are_not_shown(page)
    await _an_alert_leads_to_what_it_is_about(page)
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


async def _the_marks_of_a_call_go_on_with_it(page: Page) -> None:
    found = await page.evaluate(
        """async () => {
          const { drawLanes } = await import("/board/call.js");
          const { lanesOf } = await import("/board/lanes.js");
          const [lanes, axis] = [document.createElement("div"), document.createElement("div")];
          const noon = Date.parse("2026-03-01T12:00:00Z");
          const facts = [{ at: "2026-03-01T12:00:00Z", kind: "CallRang", details: {} }];
          const marks = (second) => {
            drawLanes(lanes, axis, lanesOf(facts, noon + second * 1000), String);
            return [...axis.children].map((mark) => [mark.textContent, mark.style.left]);
          };
          return [marks(4), marks(8)];
        }"""
    )
    assert found == [
        [["0:00", "0%"], ["0:01", "25%"], ["0:02", "50%"], ["0:03", "75%"]],
        [["0:00", "0%"], ["0:02", "25%"], ["0:04", "50%"], ["0:06", "75%"]],
    ]


async def _a_day_is_drawn_in_lanes_and_goes_on(page: Page) -> None:
    def part(state: str, begins: int, ends: int | None, reason: str = "") -> dict[str, Any]:
        noon = "2026-03-01T12:00:"
        return {
            "state": state, "reason": reason, "call_id": "", "began_at": f"{noon}{begins:02d}Z",
            "ended_at": None if ends is None else f"{noon}{ends:02d}Z", "seconds": 1,
        }  # fmt: skip

    until = "2026-03-02T05:00:00Z"
    states = [part("ready", 0, 10), part("paused", 10, 20, "descanso"), part("ready", 20, None)]
    day = {"states": [part("signed_out", 0, 0), *states], "until": until}
    ask = """async ([day, agent, now]) => {
      const { stretchesOf, dayLanes } = await import("/board/day_lanes.js");
      const noon = Date.parse("2026-03-01T12:00:00Z");
      const stretches = stretchesOf(day, agent);
      const { from, to, lanes } = dayLanes(stretches, day.until, noon + now * 1000);
      const second = (moment) => (moment - noon) / 1000;
      return [second(from), second(to), Object.fromEntries(lanes.map(({ state, bars }) => [state,
        bars.map((bar) => [second(bar.from), second(bar.to), bar.reason, bar.open])]))];
    }"""
    known = {"state": "ready", "reason": "", "call_id": "", "since": states[-1]["began_at"]}
    paused = ["paused", [[10, 20, "descanso", False]]]
    assert await page.evaluate(ask, [day, known, 30]) == [
        0, 30, {"ready": [[0, 10, "", False], [20, 30, "", True]], paused[0]: paused[1]},
    ]  # fmt: skip
    # what the feed tells before it is recorded
    talks = {**known, "state": "talking", "since": "2026-03-01T12:00:25Z"}
    assert await page.evaluate(ask, [day, talks, 30]) == [
        0, 30, {"ready": [[0, 10, "", False], [20, 25, "", False]], paused[0]: paused[1],
                "talking": [[25, 30, "", True]]},
    ]  # fmt: skip
    # a day that is over does not go on, and one without a shift has nothing to draw
    over = {**day, "until": "2026-03-01T12:00:22Z"}
    assert (await page.evaluate(ask, [over, talks, 30]))[1] == 22
    assert await page.evaluate(ask, [{"states": [], "until": until}, None, 30]) == [
        -1772366400, -1772366399.999, {},
    ]  # fmt: skip


async def _todays_figures_are_the_services(page: Page) -> None:
    ask = """async (today) => {
      const { figuresOf, howOf } = await import("/board/today.js");
      return [figuresOf({ today }).map(({ text }) => text), howOf({ today })];
    }"""
    none, how = await page.evaluate(ask, None)
    assert (set(none), how) == ({"–"}, "")
    today = {
        "service_level": 0.6, "offered": 7, "answered": 4, "abandoned": 2, "asa_seconds": 16.25,
        "longest_wait_seconds": 61.0,
        "settings": [{"method": "exclude_short", "seconds": 20, "goal": 80, "short_seconds": 5}],
    }  # fmt: skip
    assert await page.evaluate(ask, today) == [
        ["60%", "7", "4", "2", "16.3 s", "1:01"],
        "Today. Service level within 20 s, leaving out abandons within 5 s; goal 80%.",
    ]


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


async def _curves_begin_with_the_first_point_told(page: Page) -> None:
    told = await page.evaluate(
        """async () => {
          const { makeCurves } = await import("/board/curves.js");
          const { Things } = await import("/board/state.js");
          const real = window.fetch;
          const queues = { a: { waiting: [3], talking: [0], answered: [null] } };
          window.fetch = async () => Response.json({ at: ["2026-03-01T12:00:00Z"], queues });
          const parent = document.createElement("div");
          const things = new Things();
          const curves = makeCurves(parent, things);
          const text = () => parent.querySelector("p").textContent;
          curves.draw();
          const before = text();
          // the page was opened before there was any point
          const point = { at: "2026-03-01T12:00:00Z", queues: { a: { waiting: 3 } } };
          things.take({ things: { curves: point } }, true);
          curves.draw();
          while (text() === before) await new Promise(requestAnimationFrame);
          window.fetch = real;
          return text();
        }"""
    )
    assert told == "latest point 3 · peak 3"


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


async def _a_menu_shows_where_callers_are_and_fits_a_phone(page: Page) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    found = await page.evaluate(
        """async () => {
          const { makeMenus } = await import("/board/menus.js");
          const [floor, list] = ["floor", "menu-list"].map((id) => document.getElementById(id));
          const counts = (callers, chosen) => ({ callers, entered: 12345, chosen, missed: 0 });
          const nodes = { welcome: counts(0, 0), a_name_that_is_as_long_as_some_are: counts(0, 7) };
          const draw = makeMenus(list, { of: () => [{ name: "operator", callers: 1, nodes }] });
          const rows = () => [...list.querySelectorAll("tbody th")].map((node) => node.textContent);
          floor.hidden = false;
          const drawn = [0, 1, 0].map((callers) => {
            nodes.welcome = counts(callers, 0);
            draw();
            return rows();
          });
          const width = document.documentElement.scrollWidth;
          floor.hidden = true;
          list.replaceChildren();
          return [drawn, width];
        }"""
    )
    long = "a_name_that_is_as_long_as_some_are"
    assert found == [[[long], ["welcome", long], ["welcome", long]], 390]


async def _an_alert_leads_to_what_it_is_about(page: Page) -> None:
    alerts: list[tuple[str, dict[str, str]]] = [
        ("campaigns/c 1", {}),
        ("t1", {"subject_kind": "queue", "subject": "soporte"}),
        ("t2", {"subject_kind": "agent", "subject": "1001"}),
        ("t3", {"subject_kind": "campaign", "subject": "c"}),
        ("t4", {"subject_kind": "queue", "subject": ""}),
        ("t5", {"subject_kind": "switch", "subject": ""}),
        ("trunk", {}),
    ]
    found = await page.evaluate(
        """async (alerts) => {
          const { placeOf } = await import("/board/alerts.js");
          return alerts.map(([subject, details]) => placeOf({ subject, details }));
        }""",
        alerts,
    )
    to_open = ["#campaign/c%201", "#queue/soporte", "#agent/1001", "#campaign/c"]
    assert found == [*to_open, "", "", ""]


async def _campaigns_that_were_over_are_not_shown(page: Page) -> None:
    found = await page.evaluate(
        """async () => {
          const { shownOf } = await import("/board/campaigns.js");
          const campaign = (id, state, reason) => ({ id, state, reason });
          const of = () => [
            campaign("over", "stopped", "restart"), campaign("old", "finished", "restart"),
            campaign("stopped", "stopped", "asked"), campaign("paused", "paused", "restart"),
            campaign("runs", "running", "restart"),
          ];
          return shownOf({ of }).map(({ id }) => id);
        }"""
    )
    assert found == ["runs", "paused", "stopped"]
