"""`linea800 run` as a process of its own, which can be killed, and how to ask it over its API."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

from linea800.demo.client import ApiRefusedError, Client
from linea800.settings import Settings
from storage.database import Database
from storage.tokens import Role, TokenStore
from tests.system.scene import PATIENCE_SECONDS, eventually


class Service:
    """`linea800 run` as a process of its own, which can be killed."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._log = settings.home / "service.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; `ready` tells when it works."""
        environment = dict(os.environ) | {
            "LINEA800_HOME": str(self.settings.home),
            "LINEA800_FLOOR": str(self.settings.floor),
            "LINEA800_SOUNDS": str(self.settings.sounds),
            "LINEA800_HTTP_PORT": str(self.settings.http_port),
        }
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "linea800", "run"], env=environment, stdout=log, stderr=log
            )

    def kill(self) -> None:
        """As a power cut would."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(PATIENCE_SECONDS)

    def stop(self) -> int:
        """In order; its exit code."""
        if self._process is None or self._process.poll() is not None:
            return 0
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(PATIENCE_SECONDS)

    def log(self) -> str:
        """What it said so far."""
        return self._log.read_text(errors="replace")


async def admin_client(settings: Settings) -> Client:
    """An admin's client of the service that these settings make."""
    async with await Database.open(settings.database_url) as database:
        _, token = await TokenStore(database).create(
            "test", Role.ADMIN, None, now=datetime.now(UTC)
        )
    return Client(f"http://127.0.0.1:{settings.http_port}", token)


async def ready(client: Client, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until the service is ready."""

    async def answers() -> bool:
        try:
            await client.get("/ready")
        except ApiRefusedError:
            return False
        return True

    await eventually(answers, "the service to be ready", seconds)


async def agent_is(client: Client, number: str, state: str) -> None:
    """Wait until the agent is in this state."""

    async def is_so() -> bool:
        return bool((await client.get(f"/agents/{number}"))["state"] == state)

    await eventually(is_so, f"agent {number} to be {state}")


async def all_ended(client: Client, at_least: int) -> list[dict[str, Any]]:
    """Wait until so many calls, and all there are, have an end and an outcome."""
    calls: list[dict[str, Any]] = []

    async def ended() -> bool:
        calls[:] = (await client.get("/calls?limit=200"))["items"]
        return len(calls) >= at_least and all(
            call["ended_at"] and call["outcome"] for call in calls
        )

    await eventually(ended, lambda: f"{at_least} calls' records to have an end: {calls}")
    return calls
