"""From an event on the wire to each supervisor's screen, with a big floor and stuck screens.

A pretended Asterisk writes events as a real one would; linea800 is a process of its own, on SQLite;
the screens are another. Clocks are one machine's. Screens that never read are open all the time.

    python -m bench.freshness [--agents 300] [--reading 150] [--deaf 50] [--seconds 60]
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from bench.freshness.clients import Sight, watch
from bench.freshness.floor import Floor, Shown
from bench.ivr.load import Meter, load, told
from linea800.demo.client import ApiRefusedError, Client
from linea800.demo.stage import write_floor
from linea800.local import installed, render_prompts
from linea800.settings import Settings
from linea800.web import free_tcp_port
from local_asterisk.ports import free_udp_port
from storage.database import Database
from storage.tokens import Role, TokenStore
from tests.scripted_peer import ScriptedPeer

_STREAMS_PER_TOKEN = 8
_QUEUE = "soporte"
_START_SECONDS = 60.0
_ASKED_MS, _SHARE = 200.0, 99


async def _tokens(settings: Settings, count: int) -> list[str]:
    async with await Database.open(settings.database_url) as database:
        store = TokenStore(database)
        return [
            (await store.create(f"{at}", Role.ADMIN, None, now=datetime.now(UTC)))[1]
            for at in range(count)
        ]


async def _ready(client: Client) -> None:
    async with asyncio.timeout(_START_SECONDS):
        while True:
            try:
                await client.get("/ready")
            except (ApiRefusedError, OSError):
                await asyncio.sleep(0.2)
            else:
                return


def delays_ms(events: dict[Shown, float], sights: Sequence[Sight]) -> tuple[list[float], int]:
    """Of each reading screen and event, how long it took; and how many were not seen as such.

    A state that was over before the next picture was made is told by what came after it.
    """
    seen: dict[Shown, list[float]] = {}
    for call, state, at in sights:
        seen.setdefault((call, state), []).append(at)
    delays: list[float] = []
    missing = 0
    for (call, state), at in events.items():
        after = seen.get((call, state), [])
        missing += not after
        delays += [1000 * (each - at) for each in after]
    return delays, missing


async def show(arguments: Sequence[str] | None = None) -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.freshness")
    parser.add_argument("--agents", type=int, default=300)
    parser.add_argument("--reading", type=int, default=150)
    parser.add_argument("--deaf", type=int, default=50)
    parser.add_argument("--calls-per-second", type=float, default=5.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--sounds", type=Path, help="rendered prompts, kept")
    asked = parser.parse_args(arguments)
    agents = [str(1001 + at) for at in range(asked.agents)]
    with tempfile.TemporaryDirectory(prefix="l8f-") as folder:
        home = Path(folder)
        async with ScriptedPeer() as peer:
            floor = Floor(peer, _QUEUE, agents)
            secret = home / "secret"
            secret.write_text(peer.secret)
            secret.chmod(0o600)
            settings = Settings(
                home=home, floor=home / "floor.yaml", http_port=free_tcp_port(),
                ami_host="127.0.0.1", ami_port=peer.port, ami_user="linea800",
                ami_secret_file=secret, sounds=asked.sounds,
            )  # fmt: skip
            await asyncio.to_thread(lambda: render_prompts(settings, installed()))
            people = [
                {"number": agent, "name": f"Agente {agent}", "queues": [_QUEUE]} for agent in agents
            ]
            ends = (free_udp_port(), (free_udp_port(),), free_udp_port())
            write_floor(home / "floor.yaml", *ends, {"agents": people})
            tokens = await _tokens(settings, -(-(asked.reading + asked.deaf) // _STREAMS_PER_TOKEN))
            environment = dict(os.environ) | {
                f"LINEA800_{name.upper()}": str(value)
                for name, value in settings.model_dump(
                    exclude_none=True, exclude_defaults=True
                ).items()
            }
            log = (home / "service.log").open("wb")
            service = subprocess.Popen(  # noqa: ASYNC220 - begins at once
                [sys.executable, "-m", "linea800", "run"], env=environment, stdout=log, stderr=log
            )
            try:
                await _measure(asked, settings, floor, service.pid, tokens)
            except TimeoutError:
                print((home / "service.log").read_text()[-2000:])
                raise
            finally:
                service.terminate()
                service.wait(20)


async def _measure(
    asked: argparse.Namespace, settings: Settings, floor: Floor, pid: int, tokens: Sequence[str]
) -> None:
    client = Client(f"http://127.0.0.1:{settings.http_port}", tokens[0])
    await _ready(client)
    for at in range(asked.agents):
        await client.post(f"/agents/{1001 + at}/sign-in")
    async with asyncio.timeout(_START_SECONDS):
        # it is the service's doing
        while len(floor.signed_in) < asked.agents:  # noqa: ASYNC110
            await asyncio.sleep(0.2)
    print(f"{len(floor.signed_in)} agents signed in; {load()}", flush=True)
    spawn = multiprocessing.get_context("spawn")
    pipe, theirs = spawn.Pipe()
    screens = spawn.Process(
        target=watch,
        args=(theirs, settings.http_port, tokens, asked.reading, asked.deaf),
        daemon=True,
    )
    screens.start()
    await asyncio.to_thread(pipe.recv)
    meter = Meter({"linea800": pid, "screens": screens.pid or 0, "Asterisk's part": os.getpid()})
    began = time.monotonic()
    await floor.work(asked.calls_per_second, asked.seconds, random.Random(800))
    await asyncio.sleep(1.0)
    seconds = time.monotonic() - began
    shares = told(meter.shares())
    pipe.send("end")
    sights: list[Sight] = await asyncio.to_thread(pipe.recv)
    delays, missing = delays_ms(floor.told, sights)
    p50, p95, p99 = np.percentile(delays, (50, 95, _SHARE))
    print(
        f"{len(floor.told)} events in {seconds:.0f} s, {asked.reading} screens that read, "
        f"{asked.deaf} that never do: {len(delays)} sights, {missing} events not seen as such"
    )
    print(f"event to screen: p50 {p50:.1f}, p95 {p95:.1f}, p99 {p99:.1f}, max {max(delays):.1f} ms")
    print(f"processors: {shares}; {load()}")
    print("good" if p99 <= _ASKED_MS else f"BAD: p99 over {_ASKED_MS:g} ms")


if __name__ == "__main__":
    asyncio.run(show())
