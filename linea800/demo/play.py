"""The demonstration from curtain to curtain."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from agents.floor import Floor
from agents.states import AgentState
from backoffice.example.moods import Mood
from backoffice.example.server import create_example
from calls.events import ATTEMPT_PREFIX
from linea800 import local
from linea800.demo import entrance, people, screen
from linea800.demo.client import ApiRefusedError, Client
from linea800.demo.stage import Stage, stage
from linea800.demo.summary import Summary, summarize
from linea800.main import House, built, run
from linea800.settings import Settings
from linea800.web import free_tcp_port, listening, serve_http
from storage.tokens import Role

_READY_SECONDS = 30.0
_CURTAIN_SECONDS = 10.0
_LEADS = 48
_LEADS_PER_SECOND = 0.8
_USUAL_PORT = 8800
_WRAP_UP_SECONDS = 4
#: SIPp answers, whatever the hour
_ANY_HOUR = {"preset": "test-line"}

log = logging.getLogger(__name__)


async def show(home: Path, *, seconds: int, watch: bool) -> Summary:
    """Set the stage, run traffic for so many seconds, and count. `watch` draws the live board."""
    console = Console(stderr=True)
    began = time.monotonic()
    console.print("Preparando Asterisk, SIPp y las voces… / preparing Asterisk, SIPp and voices…")
    await asyncio.to_thread(local.installed, with_traffic=True)
    sounds = Settings.from_environment().sounds
    systems = listening("127.0.0.1", free_tcp_port())
    settings = Settings(
        home=home,
        # where the pages of docs/ ask, unless `linea800 run` is there
        http_port=free_tcp_port(_USUAL_PORT),
        sounds=sounds,
        backoffice_url=f"http://127.0.0.1:{systems.getsockname()[1]}",
        webhooks_private=True,  # a receiver to try them with is on this machine
    )
    queues = [
        queue.model_dump(mode="json") | {"wrap_up_seconds": _WRAP_UP_SECONDS}
        for queue in Settings(home=home / "none").read_floor().queues
    ]
    with stage(home, settings, changes={"queues": queues}) as scene:
        async with built(settings) as house:
            service = asyncio.create_task(run(house))
            # an operator's billing and provisioning, as `linea800 example-backoffice`
            billing = asyncio.create_task(serve_http(create_example(Mood()), systems))
            try:
                playing = asyncio.create_task(_play(house, scene, console, seconds, began, watch))
                await asyncio.wait({service, playing}, return_when=asyncio.FIRST_COMPLETED)
                if service.done():
                    playing.cancel()
                    await service
                return await playing
            finally:
                service.cancel()
                billing.cancel()
                await asyncio.wait({service, billing})


async def _play(
    house: House, scene: Stage, console: Console, seconds: int, began: float, watch: bool
) -> Summary:
    since = datetime.now(UTC)
    client, token = await _administrator(house)
    await _until(lambda: _is_ready(client), "linea800 to be ready", _READY_SECONDS)
    address = f"http://{house.settings.http_host}:{house.settings.http_port}"
    login, password = await entrance.admitted(client)
    console.print(f"Tablero / board: {address}/board  {login}  {password}", soft_wrap=True)
    console.print(f"API: URL={address} TOKEN={token}", soft_wrap=True)
    for agent in scene.floor.agents:
        await client.post(f"/agents/{agent.number}/sign-in")
    for campaign in (await client.get("/campaigns"))["items"]:
        if campaign["state"] == "running":  # of a demonstration that was ended early
            await client.post(f"/campaigns/{campaign['id']}/stop")
    customers = await client.post_csv("/customers/file", people.customer_file(seconds))
    console.print(f"Clientes / customers: {customers['added'] + customers['changed']}")
    campaign = await client.post(
        "/campaigns",
        {
            "name": f"demo {since:%H:%M:%S}",
            "queue": "salida",
            "country": "CO",
            "pacing": "predictive",
            "ring_seconds": 15,
            "options": {"rules": _ANY_HOUR},
        },
    )
    leads = people.lead_list(max(_LEADS, int(seconds * _LEADS_PER_SECOND)))
    report = await client.post_csv(f"/campaigns/{campaign['id']}/leads", leads)
    console.print(f"Lista / list: {report['added']} leads, {len(report['refused'])} refused")
    back = await client.post("/campaigns", _calling_back(scene.floor, f"{since:%H:%M:%S}"))
    for each in (campaign, back):
        await client.post(f"/campaigns/{each['id']}/start")

    callers = list(people.callers(scene, house.settings.home / "sipp", seconds))
    first_answer: list[float] = []
    tasks = [
        asyncio.create_task(_work(house, client)),
        asyncio.create_task(_first_answer(house, began, first_answer)),
    ]
    if watch:
        tasks.append(asyncio.create_task(screen.draw(house.board, console)))
    traffic_began = time.monotonic()
    try:
        for sipp in callers:
            await asyncio.to_thread(sipp.start)
        await asyncio.sleep(seconds)
        for each in (campaign, back):
            await client.post(f"/campaigns/{each['id']}/pause")
        with contextlib.suppress(TimeoutError):  # who still talks then is counted as talking
            await _until(lambda: _is_quiet(house), "the last calls to end", _CURTAIN_SECONDS)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        for sipp in callers:
            await asyncio.to_thread(sipp.stop)
    await house.recorder.ship_now()
    return await summarize(
        house,
        await asyncio.to_thread(scene.carrier.calls),
        since=since,
        seconds=time.monotonic() - traffic_began,
        first_answer_seconds=first_answer[0] if first_answer else None,
    )


def _calling_back(floor: Floor, when: str) -> dict[str, Any]:
    """The campaign that calls those who would rather not wait, of whichever queue."""
    queues = [queue.name for queue in floor.queues if queue.name != "salida"]
    return {
        "name": f"demo {when}, devoluciones / call backs",
        "queue": "salida",
        "country": "CO",
        "ring_seconds": 15,
        "options": {"rules": _ANY_HOUR, "callbacks_of": queues},
    }


async def _administrator(house: House) -> tuple[Client, str]:
    """The demonstration's own administrator, and the key."""
    _, token = await house.tokens.create("demo", Role.ADMIN, None, now=datetime.now(UTC))
    return Client(f"http://{house.settings.http_host}:{house.settings.http_port}", token), token


async def _work(house: House, client: Client) -> None:
    """The agents: they end the talks that last, and write up with a disposition."""
    dice = random.Random(800)  # noqa: S311 - a simulated person's patience
    patience: dict[str, float] = {}
    while True:
        now = datetime.now(UTC)
        for agent in house.roster.all():
            if agent.since is None or agent.state not in (
                AgentState.TALKING, AgentState.WRAPPING_UP
            ):  # fmt: skip
                continue
            key = f"{agent.call_id} {agent.state}"
            longest = patience.setdefault(key, dice.uniform(1, 3) * (
                4 if agent.state is AgentState.TALKING else 1
            ))  # fmt: skip
            if (now - agent.since).total_seconds() < longest:
                continue
            with contextlib.suppress(ApiRefusedError):  # it ended by itself just now
                if agent.state is AgentState.TALKING:
                    await client.post(f"/agents/{agent.number}/end-call")
                else:
                    dialed = agent.call_id.startswith(ATTEMPT_PREFIX)
                    said = {"disposition": "promised" if dialed else "resuelto"}
                    await client.post(f"/agents/{agent.number}/wrap-up", said)
            patience[key] = longest + 5
        await asyncio.sleep(0.2)


async def _first_answer(house: House, began: float, answers: list[float]) -> None:
    """Note when the first caller or called person talks to an agent, counted from the command."""
    async for update in house.board.watch():
        calls = [thing for path, thing in update.things.items() if path.startswith("calls/")]
        if any(call is not None and call["connected_at"] for call in calls):
            answers.append(round(time.monotonic() - began, 1))
            return


async def _is_ready(client: Client) -> bool:
    try:
        await client.get("/ready")
    except ApiRefusedError:
        return False
    return True


async def _is_quiet(house: House) -> bool:
    busy = {AgentState.TALKING, AgentState.WRAPPING_UP, AgentState.OFFERED}
    agents = any(agent.state in busy for agent in house.roster.all())
    return not agents and not house.parts.tracker.open_calls()


async def _until(
    condition: Callable[[], Awaitable[bool]], what: str, patience_seconds: float
) -> None:
    """Look until it is so. Raises `TimeoutError` naming what was waited for."""
    try:
        async with asyncio.timeout(patience_seconds):
            while not await condition():  # noqa: ASYNC110 - what is waited for is elsewhere
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise TimeoutError(f"waited {patience_seconds:.0f} s for {what}") from None
