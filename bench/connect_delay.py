"""How long a called person waits for our agent: from their own 200 OK, as SIPp timed it.

Calls are dialed one after the other through a real Asterisk; an agent is free each time. `agent on
the line` is Asterisk's AgentConnect. The audio figures are of packets on the wire: the first one
from Asterisk with the agent's tone (900 Hz) and with the called person's (450 Hz). Held agents and
rung agents are measured in the same run.

    python -m bench.connect_delay [held calls] [rung calls]      (the audio needs root)
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import struct
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from agents.states import AgentState
from calls.events import ATTEMPT_PREFIX, AgentConnected
from calls.switch import Dial
from calls.tracker import Change
from linea800.demo.stage import Stage, stage
from linea800.demo.summary import percentile
from linea800.main import House, built, run
from linea800.settings import Settings
from linea800.web import free_tcp_port

AGENT_HERTZ, CALLED_HERTZ = 900, 450
TALK_SECONDS = 0.6


@dataclass
class Ear:
    """Listens on the loopback interface to what Asterisk sends; one call at a time."""

    ports: range
    heard: dict[int, list[float]] = field(
        default_factory=lambda: {AGENT_HERTZ: [], CALLED_HERTZ: []}
    )

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Listen inside the block; needs the right to open a packet socket."""
        if os.geteuid() != 0:
            yield
            return
        wire = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
        wire.bind(("lo", 0))
        wire.settimeout(0.2)
        stop = threading.Event()
        thread = threading.Thread(target=self._listen, args=(wire, stop))
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
            wire.close()

    def _listen(self, wire: socket.socket, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                packet, (_, _, kind, _, _) = wire.recvfrom(2048)
            except TimeoutError:
                continue
            now = time.time()
            if kind == socket.PACKET_OUTGOING or packet[9] != socket.IPPROTO_UDP:
                continue
            header = (packet[0] & 15) * 4
            (source,) = struct.unpack_from("!H", packet, header)
            payload = packet[header + 8 + 12 :]
            if source in self.ports and len(payload) == 160:
                self._hear(payload, now)

    def _hear(self, payload: bytes, now: float) -> None:
        samples = _alaw(payload)
        power = float(np.mean(samples**2))
        if power < 1e4:
            return
        for hertz, moments in self.heard.items():
            wave = np.exp(-2j * np.pi * hertz * np.arange(160) / 8000)
            share = 2 * abs(np.dot(samples, wave) / 160) ** 2 / power
            if share > 0.95:  # music on hold has chords, a tone is nearly all there is
                moments.append(now)

    def first_after(self, hertz: int, moment: float) -> float | None:
        """When the tone was first heard after a moment, epoch seconds."""
        return next((heard for heard in self.heard[hertz] if heard >= moment), None)


def _alaw(payload: bytes) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """A-law (G.711) to linear samples."""
    code = np.frombuffer(payload, np.uint8) ^ 0x55
    exponent, mantissa = (code >> 4) & 7, (code & 15).astype(np.int32)
    low = (mantissa << 4) + 8
    high = ((mantissa << 4) + 0x108) << np.maximum(exponent.astype(np.int32) - 1, 0)
    value = np.where(exponent == 0, low, high).astype(np.float64)
    return np.where(code & 0x80, value, -value)


@dataclass(frozen=True)
class Figures:
    """Milliseconds from the called person's 200 OK."""

    name: str
    connected: list[float]
    callee_hears: list[float]
    agent_hears: list[float]


async def measure(held: int, rung: int) -> list[Figures]:
    """Dial so many calls with each kind of agent."""
    folder = Path(tempfile.mkdtemp(prefix="l8b-"))
    names = ["soporte", "facturacion", "ventas", "salida"]
    agents = [
        {"number": "1001", "name": "Held", "queues": [*names], "line": "held"},
        {"number": "1002", "name": "Rung", "queues": [*names], "line": "rung"},
    ]
    queues = [{"name": name, "wrap_up_seconds": 0} for name in names]
    settings = Settings(home=folder, http_port=free_tcp_port())
    changes = {"agents": agents, "queues": queues}
    with stage(folder, settings, changes=changes) as scene:
        async with built(settings) as house:
            service = asyncio.create_task(run(house))
            try:
                await _linked(house)
                return [
                    await _one_kind(house, scene, "1001", "held on the line", held),
                    await _one_kind(house, scene, "1002", "rung for each call", rung),
                ]
            finally:
                service.cancel()
                await asyncio.wait({service})


async def _one_kind(house: House, scene: Stage, agent: str, name: str, count: int) -> Figures:
    await house.desk.sign_in(agent)
    ports = scene.asterisk.folder.ports()
    ear = Ear(range(ports.rtp_first, ports.rtp_last + 1))
    connected: dict[str, datetime] = {}

    def note(change: Change) -> None:
        if isinstance(change.fact, AgentConnected):
            connected[change.fact.call_id] = change.fact.at

    house.feed.fold(note)
    numbers: dict[str, str] = {}
    with ear.listening():
        for index in range(count):
            await _until(house, agent, AgentState.READY)
            order = Dial(
                attempt_id=f"{ATTEMPT_PREFIX}bench-{agent}-{index}",
                number=f"573{agent}{index:04d}0",
                caller_number="5716001234",
                queue="salida",
                ring_seconds=15,
            )
            numbers[order.attempt_id] = order.number
            await house.switch.dial(order)
            await _until(house, agent, AgentState.TALKING)
            await asyncio.sleep(TALK_SECONDS)
            await house.switch.hang_up(order.attempt_id)
    await _until(house, agent, AgentState.READY)
    await house.desk.sign_out(agent)
    return _figures(scene, ear, {numbers[key]: at for key, at in connected.items()}, name)


async def _linked(house: House) -> None:
    async with asyncio.timeout(15):
        while not (house.board.snapshot().things["link"] or {}).get("up"):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def _until(house: House, agent: str, state: AgentState) -> None:
    async with asyncio.timeout(30):
        while True:
            status = house.roster.get(agent)
            free = status is not None and (status.free or state is not AgentState.READY)
            if status is not None and status.state is state and free:
                return
            await asyncio.sleep(0.01)


def _figures(scene: Stage, ear: Ear, connected: dict[str, datetime], name: str) -> Figures:
    figures = Figures(name, [], [], [])
    for call in scene.carrier.calls():
        if call.number not in connected or call.answered_at is None:
            continue
        answer = call.answered_at.timestamp()
        figures.connected.append((connected[call.number].timestamp() - answer) * 1000)
        for hertz, delays in (
            (AGENT_HERTZ, figures.callee_hears), (CALLED_HERTZ, figures.agent_hears)
        ):  # fmt: skip
            heard = ear.first_after(hertz, answer)
            if heard is not None:
                delays.append((heard - answer) * 1000)
    return figures


def main() -> None:
    """Measure and print the table."""
    held, rung = (int(value) for value in [*sys.argv[1:], "100", "30"][:2])
    table = Table("agents", "what, ms after the 200 OK", "calls", "p50", "p95", "max")
    for figures in asyncio.run(measure(held, rung)):
        for what, delays in (
            ("agent on the line", figures.connected),
            ("called person hears the agent", figures.callee_hears),
            ("agent hears the called person", figures.agent_hears),
        ):
            worst = f"{max(delays):.1f}" if delays else "not measured"
            table.add_row(
                figures.name, what, str(len(delays)), str(percentile(delays, 50)),
                str(percentile(delays, 95)), worst,
            )  # fmt: skip
    Console().print(table)


if __name__ == "__main__":
    main()
