"""The house under test: a local Asterisk and `linea800 run`, each a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.ivr.exchange import Exchange
from calls.errors import Linea800Error
from linea800 import local
from linea800.demo.client import ApiRefusedError, Client
from linea800.demo.stage import write_floor
from linea800.settings import Settings
from linea800.web import free_tcp_port
from local_asterisk.ports import free_ports, free_udp_port
from local_asterisk.process import LocalAsterisk
from storage.database import Database
from storage.tokens import Role, TokenStore

#: UDP ports of Asterisk's, two for each call
RTP_PORTS = 4000
_START_SECONDS, _END_SECONDS, _LOOK_SECONDS = 60.0, 20.0, 0.2
_FAULT = re.compile(r" (ERROR|CRITICAL) |Traceback|never awaited|never retrieved")
_OF_ONE_CALL = re.compile(r"\b[a-z0-9]+-\d+\.\d+\b")
_ACTIVE = re.compile(r"(\d+) active channel")


class HouseError(Linea800Error):
    """The house did not start, or does not answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What runs. `menu_file` is a copy of ours: it may be written over."""

    settings: Settings
    asterisk: LocalAsterisk
    client: Client
    exchange: Exchange
    number: str
    fallback_queue: str
    menu_file: Path
    asterisk_pid: int
    service_pid: int
    log: Path

    @property
    def sounds(self) -> Path:
        """The rendered prompts."""
        return self.settings.sounds_folder

    async def channels(self) -> int:
        """How many channels Asterisk has now."""
        shown = await asyncio.to_thread(self.asterisk.cli, "core show channels count")
        match = _ACTIVE.search(shown)
        if match is None:
            raise HouseError(f"Asterisk says: {shown}")
        return int(match[1])

    async def open_calls(self) -> dict[str, Any]:
        """The calls that are open by what the service knows."""
        things = (await self.client.get("/live"))["things"]
        return {path: call for path, call in things.items() if path.startswith("calls/") and call}

    async def dialogues(self) -> int:
        """How many callers the service leads through a menu now."""
        return int((await self.client.get("/menus"))["callers"])

    async def empty(self, seconds: float) -> bool:
        """Wait until there is no channel, no open call and no dialogue; False: some stayed."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                # both are other processes' doing
                while (  # noqa: ASYNC110
                    await self.channels() or await self.open_calls() or await self.dialogues()
                ):
                    await asyncio.sleep(_LOOK_SECONDS)
                return True
        return False

    def faults(self) -> dict[str, int]:
        """What the service's log has of errors, alike ones counted together."""
        lines = self.log.read_text(errors="replace").splitlines()
        found = (_FAULT.search(line) for line in lines)
        faults = (match.string[match.start() :].strip() for match in found if match)
        return dict(Counter(_OF_ONE_CALL.sub("…", fault) for fault in faults))


@contextlib.asynccontextmanager
async def house(
    menu: Path, *, floor_changes: dict[str, Any] | None = None, sounds: Path | None = None
) -> AsyncIterator[House]:
    """Everything on free ports with this menu; taken down again at the end.

    `sounds` is a folder of rendered prompts to be used again. Raises `HouseError`, `InstallError`,
    `AsteriskError`.
    """
    with tempfile.TemporaryDirectory(prefix="l8i-") as folder:
        home = Path(folder)
        menu_file = home / "menu.yaml"
        shutil.copyfile(menu, menu_file)
        port = free_udp_port()
        settings = Settings(
            home=home, floor=home / "floor.yaml", http_port=free_tcp_port(), sounds=sounds
        )
        changes = {"numbers": [{"number": "08001234567", "menu": str(menu_file)}]}
        ends = (free_udp_port(), (port,), free_udp_port())
        floor = write_floor(home / "floor.yaml", *ends, changes | (floor_changes or {}))
        ports = free_ports(rtp_count=RTP_PORTS)
        asterisk = await asyncio.to_thread(
            local.started, settings, floor, ports=ports, with_traffic=True
        )
        log = home / "service.log"
        try:
            client = await _admin(settings)
            with log.open("wb") as file:
                service = subprocess.Popen(  # noqa: ASYNC220 - begins at once
                    [sys.executable, "-m", "linea800", "run"],
                    env=dict(os.environ) | _environment(settings),
                    stdout=file,
                    stderr=file,
                )
            try:
                await _ready(client, service, log)
                async with Exchange(port, ports.sip).open() as exchange:
                    yield House(
                        settings=settings,
                        asterisk=asterisk,
                        client=client,
                        exchange=exchange,
                        number=floor.numbers[0].number,
                        fallback_queue=floor.fallback_queue,
                        menu_file=menu_file,
                        asterisk_pid=_asterisk_pid(asterisk),
                        service_pid=service.pid,
                        log=log,
                    )
            finally:
                _end(service)
        finally:
            await asyncio.to_thread(asterisk.stop)


def _environment(settings: Settings) -> dict[str, str]:
    environment = {
        "LINEA800_HOME": str(settings.home),
        "LINEA800_FLOOR": str(settings.floor),
        "LINEA800_HTTP_PORT": str(settings.http_port),
    }
    if settings.sounds is not None:
        environment["LINEA800_SOUNDS"] = str(settings.sounds)
    return environment


async def _admin(settings: Settings) -> Client:
    """An admin's client; made while nobody else has the database open."""
    async with await Database.open(settings.database_url) as database:
        tokens = TokenStore(database)
        _, token = await tokens.create("bench", Role.ADMIN, None, now=datetime.now(UTC))
    return Client(f"http://127.0.0.1:{settings.http_port}", token)


async def _ready(client: Client, service: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the service is ready."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_START_SECONDS):
            while service.poll() is None:
                with contextlib.suppress(ApiRefusedError):
                    await client.get("/ready")
                    break
                await asyncio.sleep(_LOOK_SECONDS)
            else:
                raise HouseError(f"linea800 ended at its start: {_last_words(log)}")
            return
    raise HouseError(f"linea800 was not ready in {_START_SECONDS:g} s: {_last_words(log)}")


def _last_words(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:]


def _asterisk_pid(asterisk: LocalAsterisk) -> int:
    return int(asterisk.folder.pid_file.read_text())


def _end(service: subprocess.Popen[bytes]) -> None:
    if service.poll() is None:
        service.send_signal(signal.SIGTERM)
    try:
        service.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        service.kill()
        service.wait()
