"""The live board in a real Chromium: a supervisor sees real calls, and hostile names are only text.

With BOARD_PICTURES set to a number of seconds, so much traffic passes first, and the pictures of
the documentation are taken.
"""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from playwright.async_api import Error, Locator, Page, ViewportSize, expect

from agents.states import AgentState
from calls.events import CallArrived, CallEnded, QueueJoined
from calls.states import CallState
from linea800.demo.client import Client
from linea800.demo.people import lead_list
from linea800.demo.stage import Stage
from monitoring.quarters import day_of
from storage.tokens import Role
from storage.users import NewUser
from tests.browser import WatchedPage, chromium, watched_page
from tests.system.scene import LogWatch, Scene, opened, settings_for, until
from traffic.scenario import Step

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
PASSWORD = "una frase bien larga 800"
NAMES = ("Lucía Peña", "Andrés Mora", "Camila Rojas", "Julián Ríos", "Daniela Vega", "Óscar Luna")
#: agents of the pictures' traffic; the first of them is the test's own
CREW = ("1001", "1002", "1003", "1004", "1005", "1006")
HOSTILE = (
    "<script>window.owned = 1</script>",
    "<img src=x onerror='window.owned = 1'>",
    "javascript:window.owned=1//",
    '\u202eoiduA\u202c\x07 ‘"><svg onload=window.owned=1>',
)
DESK = ViewportSize(width=1360, height=900)
PHONE = ViewportSize(width=390, height=844)


@pytest.fixture
async def floor(
    the_stage: Stage, short_folder: Path, tmp_path: Path, asterisk_log: LogWatch
) -> AsyncIterator[Scene]:
    """A house whose agents have names, and one supervisor with a password."""
    home = Path(tempfile.mkdtemp(prefix="b-", dir=short_folder))
    written = yaml.safe_load((the_stage.settings.home / "floor.yaml").read_text(encoding="utf-8"))
    for agent, name in zip(written["agents"], NAMES, strict=False):
        agent["name"] = name
    for queue in written["queues"]:
        queue["wrap_up_seconds"] = 120  # on a busy machine much is looked at until it is over
    named = home / "floor.yaml"
    named.write_text(yaml.safe_dump(written, allow_unicode=True), encoding="utf-8")
    settings = settings_for(the_stage, home).model_copy(update={"floor": named})
    async with opened(the_stage, settings, tmp_path) as scene:
        person = NewUser(login="ana", name="Ana", role=Role.SUPERVISOR, agent=None, queues=None)
        await scene.house.parts.users.add(person, PASSWORD, now=datetime.now(UTC))
        yield scene


def _address(scene: Scene) -> str:
    return f"http://127.0.0.1:{scene.house.settings.http_port}"


async def _client(scene: Scene) -> Client:
    now = datetime.now(UTC)
    _, token = await scene.house.tokens.create("test", Role.SUPERVISOR, None, now=now)
    return Client(_address(scene), token)


async def _dial(client: Client, rows: str) -> str:
    """A running campaign with these leads; its id."""
    asked = {
        "name": "Recuperación noviembre", "queue": "salida", "country": "CO",
        "pacing": "progressive", "options": {"rules": {"preset": "test-line"}},
    }  # fmt: skip
    campaign = str((await client.post("/campaigns", asked))["id"])
    await client.post_csv(f"/campaigns/{campaign}/leads", rows)
    await client.post(f"/campaigns/{campaign}/start")
    return campaign


async def _sign_in(page: Page, scene: Scene) -> None:
    await page.goto(f"{_address(scene)}/board")
    await page.locator("#login").fill("ana")
    await page.locator("#password").fill(PASSWORD)
    await page.locator("#password").press("Enter")
    await expect(page.locator("#floor")).to_be_visible()


def _tile(page: Page, queue: str) -> Locator:
    return page.locator("#queue-tiles > li").filter(has=page.get_by_role("link", name=queue))


def _agent(page: Page, number: str) -> Locator:
    return page.locator("#agent-table tbody tr").filter(has_text=number)


async def _whole(watched: WatchedPage) -> None:
    """Nothing went wrong in the page, and whoever cannot see it can use it."""
    assert await watched.barriers() == []
    assert watched.complaints == []
    assert watched.dialogs == []
    assert await watched.violations() == []


async def test_a_supervisor_sees_the_floor_at_work(floor: Scene) -> None:
    async with (
        asyncio.timeout(300 + _traffic_seconds()),
        chromium() as browser,
        watched_page(browser, locale="es-CO", viewport=DESK) as watched,
    ):
        page = watched.page
        await page.goto(f"{_address(floor)}/board")
        await expect(page.get_by_role("heading", name="Entrar")).to_be_visible()
        await _whole(watched)
        await _sign_in(page, floor)
        await expect(page.locator("#status")).to_contain_text("Asterisk conectado")
        await expect(_agent(page, "1001")).to_contain_text("Fuera")
        await floor.sign_in("1001")
        await expect(_agent(page, "1001")).to_contain_text("Disponible")
        await floor.house.desk.pause("1001", "descanso")
        await expect(_agent(page, "1001")).to_contain_text("En pausa")
        await expect(_agent(page, "1001")).to_contain_text("descanso")
        with floor.caller(Step(1500, "2"), Step(1500, "1"), hold_ms=24_000):
            await expect(page.locator("#menu-list tbody tr").first).to_be_visible()
            await _a_caller_waits_and_talks(floor, page)
            call = await _the_calls_lanes(page)
            await _in_english_and_dark_and_on_a_phone(watched)
            await floor.in_state("1001", AgentState.WRAPPING_UP, seconds=30)
        await expect(page.locator("#agent-table tbody tr").first).to_contain_text("Wrapping up")
        await floor.house.desk.wrap_up("1001", "resuelto")
        await _todays_figures(floor, page)
        await _the_agents_day(floor, watched, call)
        await _over(page, call)
        if _traffic_seconds():
            await _pictures(floor, watched, _traffic_seconds())
        await page.get_by_role("button", name="Sign out").click()
        await expect(page.locator("#login")).to_be_visible()
        await expect(page.locator("#queue-tiles > li")).to_have_count(0)
        assert watched.complaints == []


async def _a_caller_waits_and_talks(scene: Scene, page: Page) -> None:
    calls = scene.house.parts.tracker.open_calls
    await until(lambda: calls() and calls()[0].state is CallState.QUEUED, "the queue")
    tile = _tile(page, "soporte")
    waiting, oldest = tile.locator(".big").first, tile.locator("time")
    await expect(waiting).to_have_text("1")
    await expect(oldest).to_have_text(re.compile(r"^0:0[1-9]$"))
    # by the keyboard
    await tile.get_by_role("link").focus()
    await page.keyboard.press("Enter")
    panel = page.get_by_role("dialog", name="Cola · soporte")
    await expect(panel).to_contain_text("573015550001")
    await expect(page).to_have_url(re.compile("#queue/soporte$"))
    await page.keyboard.press("Escape")
    await expect(panel).to_be_hidden()
    await expect(page).not_to_have_url(re.compile("#"))
    await expect(tile.get_by_role("link")).to_be_focused()
    await scene.house.desk.ready("1001")
    # Asterisk looks for free agents every few seconds
    await expect(_agent(page, "1001")).to_contain_text("En conversación", timeout=60_000)
    await expect(waiting).to_have_text("0")
    await expect(page.locator("#agent-states")).to_contain_text("1 En conversación")


async def _the_calls_lanes(page: Page) -> str:
    """Open the agent's call; its id."""
    await _agent(page, "1001").get_by_role("link", name="573015550001").click()
    panel = page.get_by_role("dialog", name="Llamada de 573015550001")
    lanes = panel.locator(".lane")
    # what happened a moment ago is in the database a moment later
    await expect(lanes).to_contain_text(["Menú", "Cola", "Agente"], timeout=60_000)
    await expect(lanes.nth(1)).to_contain_text("soporte")
    await expect(lanes.nth(2)).to_contain_text(f"{NAMES[0]} · Conversación")
    for fact in ("Llega la llamada", "Entra en la cola", "Habla con un agente"):
        await expect(panel.locator("tbody")).to_contain_text(fact)
    return page.url.rpartition("#call/")[2]


async def _in_english_and_dark_and_on_a_phone(watched: WatchedPage) -> None:
    page = watched.page
    await _whole(watched)  # with the call open
    await page.keyboard.press("Escape")
    await _whole(watched)
    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_role("heading", name="Queues", exact=True)).to_be_visible()
    assert await page.title() == "linea800 · Live board"
    await page.get_by_role("button", name="Colours: automatic").click()
    await page.get_by_role("button", name="Colours: light").click()
    ground = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(13, 17, 23)"
    await _whole(watched)
    await page.set_viewport_size(PHONE)
    assert await page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    await _whole(watched)
    await page.set_viewport_size(DESK)


async def _todays_figures(scene: Scene, page: Page) -> None:
    """What the tile says of today is what the report says, digit by digit."""
    tile = _tile(page, "soporte")
    await expect(tile.locator("dl")).to_contain_text("Answered1")
    client = await _client(scene)
    zone = scene.house.floor.zone_of("soporte")
    begins, ends = day_of(datetime.now(zone).date(), zone)
    period = f"from={begins:%Y-%m-%dT%H:%M:%SZ}&until={ends:%Y-%m-%dT%H:%M:%SZ}"
    (item,) = (await client.get(f"/metrics/queues?queue=soporte&{period}"))["items"]
    kpis = {name: kpi["value"] for name, kpi in item["kpis"].items()}
    told = {
        "service_level": f"{kpis['service_level'] * 100:.0f}%",
        "offered": "1", "answered": "1", "abandoned": "0",
        "asa": f"{round(kpis['asa'], 1):g} s",
        "longest_today": f"0:{int(kpis['longest_wait']):02d}",
    }  # fmt: skip
    for name, text in told.items():
        await expect(tile.locator(f"[data-figure={name}]")).to_have_text(text)
    await expect(tile.locator(".how")).to_contain_text("within 20 s, leaving out abandons")


async def _the_agents_day(scene: Scene, watched: WatchedPage, call: str) -> None:
    """The agent's day: every state it went through, its pause by reason, its call."""
    page = watched.page
    await _agent(page, "1001").get_by_role("link", name=NAMES[0]).click()
    panel = page.get_by_role("dialog", name=f"{NAMES[0]} · 1001")
    lanes = panel.locator(".day .lane")
    await expect(lanes).to_contain_text(["Ready", "Talking", "Wrapping up", "Paused"])
    pauses = panel.locator("section", has=page.get_by_role("heading", name="Pauses by reason"))
    await expect(pauses.last.locator("tbody th")).to_have_text("descanso")
    await panel.get_by_text("Every state", exact=False).click()
    states = panel.locator("details table")
    await expect(states.get_by_role("columnheader", name="Reason")).to_be_visible()
    rows = states.locator("tbody tr")
    await expect(rows.filter(has_text="Talking")).to_have_count(1)
    # the feed tells of a pause before it is counted: the day goes on at once
    await expect(rows.last).to_contain_text("Ready")
    await scene.house.desk.pause("1001", "almuerzo")
    await expect(rows.last).to_contain_text("Paused")
    await expect(rows.last).to_contain_text("almuerzo")
    await expect(pauses.last).to_contain_text("almuerzo", timeout=60_000)
    await expect(panel.locator(".pairs").last).to_contain_text("Talks1")
    await _whole(watched)
    await panel.locator(f"tbody a[href='#call/{call}']").click()
    await expect(page.get_by_role("dialog", name="Call of 573015550001")).to_be_visible()
    await page.keyboard.press("Escape")
    await scene.house.desk.ready("1001")


async def _over(page: Page, call: str) -> None:
    """A call that is over is opened by its address."""
    await page.evaluate("(call) => { location.hash = `call/${call}`; }", call)
    panel = page.get_by_role("dialog", name="Call of 573015550001")
    await expect(panel.locator("dl")).to_contain_text("Handled", timeout=60_000)
    await expect(panel.locator("dl")).to_contain_text("resuelto")
    await expect(panel.locator(".lane").last).to_contain_text("Wrap-up", timeout=60_000)
    await page.keyboard.press("Escape")


async def test_hostile_names_are_shown_and_do_nothing(floor: Scene) -> None:
    client = await _client(floor)
    await floor.sign_in("1001")
    lead = HOSTILE[1]
    await _dial(client, f'telefono;nombre;plan\n3001239990;"{lead}";{HOSTILE[0]}\n')
    await floor.in_state("1001", AgentState.TALKING)
    async with (
        asyncio.timeout(300),
        chromium() as browser,
        watched_page(browser, locale="es-CO", viewport=DESK) as watched,
    ):
        page = watched.page
        await _sign_in(page, floor)
        await _callers_called(floor, HOSTILE)
        await page.evaluate("location.hash = 'queue/soporte'")
        line = page.get_by_role("dialog").locator("table").first
        for name in HOSTILE[:3]:
            await expect(line.get_by_text(name, exact=True)).to_be_visible()
        await expect(line).to_contain_text('‹U+202E›oiduA‹U+202C›‹U+0007› ‘"><svg onload=')
        await page.keyboard.press("Escape")
        await _agent(page, "1001").get_by_role("link", name="573001239990").click()
        await expect(page.get_by_role("dialog")).to_contain_text(lead, timeout=60_000)
        await expect(page.get_by_role("dialog")).to_contain_text(f"plan: {HOSTILE[0]}")
        await _whole(watched)
        assert await page.evaluate("window.owned") is None
        assert await page.locator("img, main svg[onload], main script").count() == 0
        # and if a name ever reached the page as markup, the browser itself would refuse it
        with pytest.raises(Error, match="TrustedHTML"):
            await page.evaluate("name => { document.body.innerHTML = name; }", HOSTILE[1])
        assert await page.evaluate("window.owned") is None
    await _callers_leave(floor, HOSTILE)
    await client.post("/agents/1001/end-call")
    await floor.in_state("1001", AgentState.WRAPPING_UP)
    await client.post("/agents/1001/wrap-up", {"disposition": "promised"})


async def _callers_called(scene: Scene, names: tuple[str, ...]) -> None:
    """Callers by facts, with marks that SIP does not carry; by SIP: test_hostile_callers.py."""
    now, pbx, intake = datetime.now(UTC), scene.house.floor.pbx, scene.house.intake
    for place, name in enumerate(names):
        call_id = f"{pbx}-named.{place}"
        intake.put(
            CallArrived(
                at=now, pbx=pbx, call_id=call_id, number_called="08001234567",
                caller_number=f"5730155502{place:02d}", caller_name=name,
            ),
            QueueJoined(at=now, pbx=pbx, call_id=call_id, queue="soporte", position=place + 1),
        )  # fmt: skip
    await until(lambda: len(scene.house.parts.tracker.open_calls()) > len(names), "the callers")


async def _callers_leave(scene: Scene, names: tuple[str, ...]) -> None:
    now, pbx = datetime.now(UTC), scene.house.floor.pbx
    for place in range(len(names)):
        call_id = f"{pbx}-named.{place}"
        scene.house.intake.put(CallEnded(at=now, pbx=pbx, call_id=call_id, cause=16, sip_code=200))
    await until(lambda: len(scene.house.parts.tracker.open_calls()) <= 1, "the callers to leave")


# --- the pictures of the documentation --------------------------------------------------------


def _traffic_seconds() -> int:
    return int(os.environ.get("BOARD_PICTURES", "0"))


async def _pictures(scene: Scene, watched: WatchedPage, seconds: int) -> None:
    """Take them, after so many seconds of traffic."""
    page = watched.page
    client = await _client(scene)
    await scene.sign_in(*CREW[1:])
    campaign = await _dial(client, lead_list(96))
    numbers = tuple(f"57301600{place:04d}" for place in range(seconds // 4))
    steps = (Step(2500, "2"), Step(2500, "1"))
    working = asyncio.create_task(_work(scene, client))
    with scene.caller(*steps, hold_ms=26_000, numbers=numbers, per_second=0.25):
        await asyncio.sleep(seconds - 45)
        await client.post(f"/agents/{CREW[5]}/pause", {"reason": "almuerzo"})
        await asyncio.sleep(15)
        await _take(page, "board-en-dark", DESK)
        await page.get_by_role("button", name="Español").click()
        await page.get_by_role("button", name="Colores: oscuros").click()
        await page.get_by_role("button", name="Colores: automáticos").click()
        await _take(page, "board-es-light", DESK)
        await _take(page, "board-phone", PHONE, whole=False)
        await _take(
            page, "board-wall", ViewportSize(width=1600, height=900), whole=False, wall=True
        )
        await page.locator("#agent-table a[href^='#call/']").first.click()
        await expect(page.locator(".lane").last).to_be_visible(timeout=60_000)
        await asyncio.sleep(9)  # a talk that lasts
        await _take(page, "board-call", DESK, whole=False)
        await page.keyboard.press("Escape")
        await _agent(page, CREW[0]).get_by_role("link", name=NAMES[0]).click()
        await expect(page.locator(".day .lane").last).to_be_visible(timeout=60_000)
        await _take(page, "board-agent", DESK, whole=False)
        await page.keyboard.press("Escape")
        await client.post(f"/campaigns/{campaign}/stop")
        await until(lambda: not scene.house.parts.tracker.open_calls(), "the end", 90)
    working.cancel()
    await asyncio.wait({working})
    await page.get_by_role("button", name="English").click()


async def _take(
    page: Page, name: str, size: ViewportSize, *, whole: bool = True, wall: bool = False
) -> None:
    await page.set_viewport_size(size)
    if wall:
        await page.locator("#wall").click()
    await asyncio.sleep(1.2)  # the clocks and curves of the new size
    PICTURES.mkdir(exist_ok=True)
    await page.screenshot(path=PICTURES / f"{name}.png", full_page=whole)
    if wall:
        await page.keyboard.press("Escape")


async def _work(scene: Scene, client: Client) -> None:
    """Agents end long talks and their wrap-ups."""
    while True:
        now = datetime.now(UTC)
        for agent in scene.house.roster.all():
            lasts = (now - agent.since).total_seconds() if agent.since else 0
            if agent.state is AgentState.TALKING and lasts > 14 + int(agent.number) % 7:
                await scene.house.desk.end_call(agent.number)
            elif agent.state is AgentState.WRAPPING_UP and lasts > 4:
                said = "promised" if agent.call_id.startswith("attempt-") else "resuelto"
                await scene.house.desk.wrap_up(agent.number, said)
        await asyncio.sleep(0.5)
