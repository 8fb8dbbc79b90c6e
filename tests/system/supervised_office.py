"""An office at a stage of its own: Asterisk, the house, phones that hear, a supervisor's client."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import wave
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from bench.ivr.rtp import RATE
from calls.events import Fact
from linea800 import local
from linea800.demo.stage import Stage, write_floor
from linea800.settings import Settings
from local_asterisk.ports import free_ports, free_udp_port
from local_asterisk.process import LocalAsterisk
from storage.tokens import Role
from tests.system.conftest import floor_changes
from tests.system.laid_sounds import lay_sounds
from tests.system.scene import LogWatch, Scene, opened, settings_for
from tests.system.tone_phones import LOUDNESS, TonePhones
from traffic import roles

CALLER_PORTS = 2
#: a prompt whose sound is a tone here, so that it is known from the music below it
MESSAGE, MESSAGE_HERTZ = "closed_hours", 1250


@contextmanager
def _stage(home: Path, phones_port: int, recorded: frozenset[str]) -> Iterator[Stage]:
    """An Asterisk whose agents' phones are at this port."""
    settings = Settings(home=home)
    ports = tuple(free_udp_port() for _ in range(CALLER_PORTS))
    carrier_port = free_udp_port()
    changes: dict[str, Any] = floor_changes()
    for queue in changes["queues"]:
        queue["record"] = queue["name"] in recorded
    floor = write_floor(home / "floor.yaml", carrier_port, ports, phones_port, changes)
    asterisk = LocalAsterisk(local.installed(with_traffic=True), settings.asterisk_folder)
    local.started(settings, floor, ports=free_ports(rtp_count=200), with_traffic=True)
    sipp = asterisk.installation.sipp
    assert sipp is not None
    try:
        with (
            roles.carrier(sipp, home / "carrier", port=carrier_port) as carrier,
            roles.phones(sipp, home / "phones", port=free_udp_port()) as nobody,
        ):
            yield Stage(
                settings=settings, floor=floor, asterisk=asterisk, sipp=sipp, carrier=carrier,
                phones=nobody, caller_ports=ports,
            )  # fmt: skip
    finally:
        asterisk.stop()


def _lay_message(path: Path) -> None:
    """Four seconds of a tone; the sound that was there is a link, and others' too."""
    assert path.is_file()
    path.unlink()
    tone = LOUDNESS * 32635 * np.sin(2 * np.pi * MESSAGE_HERTZ * np.arange(4 * RATE) / RATE)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(tone.astype("<i2").tobytes())


@dataclass(frozen=True)
class Office:
    """A house, its phones, and a client of its API."""

    scene: Scene
    phones: TonePhones
    client: httpx.AsyncClient
    told: list[Fact]

    async def ask(self, method: str, path: str, status: int, **body: Any) -> Any:
        """What the API answers."""
        response = await self.client.request(method, path, json=body or None)
        assert response.status_code == status, response.text
        return response.json() if response.content else None


@contextlib.asynccontextmanager
async def opened_office(
    folder: Path,
    tones: Mapping[str, int],
    *,
    recorded: frozenset[str] = frozenset(),
    expected: Sequence[str] = (),
) -> AsyncIterator[Office]:
    """Everything runs inside the block; `tones` are what the phones say, in hertz.

    `recorded` are the queues whose talks are recorded; the sentence about it is a tone, too.
    `expected` are what Asterisk may warn of.
    """
    home = Path(tempfile.mkdtemp(prefix="l8s-", dir=tempfile.gettempdir()))
    port = free_udp_port()
    try:
        lay_sounds(home)
        _lay_message(home / "sounds" / "es" / "linea800" / f"{MESSAGE}.wav")
        if recorded:
            _lay_message(home / "sounds" / "es" / "linea800" / "call_recorded.wav")
        with _stage(home, port, recorded) as stage:
            watch = LogWatch(stage.asterisk.folder.messages)
            watch.expected.extend(expected)
            async with (
                TonePhones(port, tones).open() as phones,
                opened(stage, settings_for(stage, home / "house"), folder) as scene,
                httpx.AsyncClient(
                    base_url=f"http://127.0.0.1:{scene.house.settings.http_port}",
                    timeout=60,
                    # the server ends a connection that was idle for 5 s, and then is none to ask on
                    limits=httpx.Limits(keepalive_expiry=1),
                ) as client,
            ):
                _, token = await scene.house.tokens.create(
                    "ana", Role.SUPERVISOR, None, now=datetime.now(UTC)
                )
                client.headers["Authorization"] = f"Bearer {token}"
                told: list[Fact] = []
                scene.house.feed.fold(lambda change: told.append(change.fact))
                yield Office(scene, phones, client, told)
            assert not watch.surprises(), watch.surprises()
    finally:
        shutil.rmtree(home)
