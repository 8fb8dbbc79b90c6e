"""A real Asterisk with the bench's dialplan, and calls through it to the called people."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ami.link import AmiLink
from ami.message import Event, RawMessage
from ami.wire import variable
from bench.amd.called import Answered, Called
from bench.amd.greetings import Greeting
from linea800 import local
from linea800.demo.stage import write_floor
from linea800.settings import Settings
from local_asterisk.install import Installation
from local_asterisk.ports import free_ports, free_udp_port
from local_asterisk.process import LocalAsterisk
from local_asterisk.run_folder import write_private

_DIALPLAN = Path(__file__).with_name("dialplan.conf")
_MODULES = (
    "app_amd.so", "app_chanspy.so", "app_originate.so", "app_waitforsilence.so",
    "func_talkdetect.so", "res_tonedetect.so", "app_mixmonitor.so",
)  # fmt: skip
_START_SECONDS = 20.0
_CALL_SECONDS = 90.0
#: RTP ports: two to a leg, and room for legs that linger
_RTP_PORTS = 1200


@dataclass(slots=True)
class Placed:
    """One call as both ends saw it; events are Asterisk's, in order."""

    greeting: Greeting
    answered: Answered
    events: list[RawMessage] = field(default_factory=list)

    def event(self, name: str) -> RawMessage | None:
        """The first event, or UserEvent, of this name."""
        return next((one for one in self.events if _name(one) == name), None)

    def seconds_to(self, name: str) -> float | None:
        """From the 200 OK to the first event of this name, by Asterisk's clock."""
        event = self.event(name)
        return None if event is None else (event.timestamp or 0.0) - self.answered.at


class Switchboard:
    """Places calls, many at once, and gathers what Asterisk says of each."""

    def __init__(self, asterisk: LocalAsterisk, called: Called) -> None:
        self.asterisk = asterisk
        self._called = called
        ports, secrets = asterisk.folder.ports(), asterisk.folder.secrets()
        self.link = AmiLink("127.0.0.1", ports.ami, "linea800", secrets.linea800)
        self._events: dict[str, list[RawMessage]] = {}
        self._over: dict[str, asyncio.Event] = {}
        self._serial = itertools.count()

    async def place(
        self,
        numbers: Mapping[str, Greeting],
        *,
        context: str,
        variables: Mapping[str, str],
        at_once: int,
    ) -> list[Placed]:
        """Call every number, `at_once` at a time, and wait for the end of each call."""
        room = asyncio.Semaphore(at_once)
        run = f"{context}-{next(self._serial)}"

        async def one(number: str, greeting: Greeting) -> Placed:
            async with room:
                events = await self._call(f"{run}-{number}", number, context, variables)
            return Placed(greeting, self._called.answered[number], events)

        async with asyncio.TaskGroup() as group:
            calls = [group.create_task(one(*item)) for item in numbers.items()]
        return [call.result() for call in calls]

    async def _call(
        self, call_id: str, number: str, context: str, variables: Mapping[str, str]
    ) -> list[RawMessage]:
        self._events[call_id] = []
        self._over[call_id] = asyncio.Event()
        await self.link.send(
            [
                ("Action", "Originate"),
                ("ActionID", call_id),
                ("ChannelId", call_id),
                ("Channel", f"PJSIP/{number}@trunk"),
                ("Context", context),
                ("Exten", "s"),
                ("Priority", "1"),
                ("Async", "true"),
                *(("Variable", variable(name, value)) for name, value in variables.items()),
            ]
        )
        async with asyncio.timeout(_CALL_SECONDS):
            await self._over[call_id].wait()
        return self._events.pop(call_id)

    async def listen(self) -> None:
        """Sort events to the calls they are of; for as long as the link runs."""
        async for item in self.link.items():
            if isinstance(item, Event):
                # what a helper says of a call names it in `Of`
                call_id = item.message.get("Of") or item.message.get("SpyeeUniqueid") or item.message.get("Uniqueid")
                if call_id in self._events:
                    self._events[call_id].append(item.message)
                    if item.message.event == "Hangup" and not item.message.get("Of"):
                        self._over[call_id].set()


def _name(message: RawMessage) -> str:
    return message.get("UserEvent") or message.event


@asynccontextmanager
async def switchboard(
    folder: Path, greetings: Sequence[Greeting], *, silent_lines: bool = False
) -> AsyncIterator[tuple[Switchboard, dict[str, Greeting]]]:
    """An Asterisk below `folder`, everybody to be called behind it, and their numbers."""
    numbers = {f"57310{index:07d}": greeting for index, greeting in enumerate(greetings)}
    called = Called(dict(numbers), silent_lines=silent_lines)
    sip_port = free_udp_port()
    installation = await asyncio.to_thread(local.installed, with_traffic=True)
    asterisk = await asyncio.to_thread(_started, installation, folder, sip_port)
    board = Switchboard(asterisk, called)
    try:
        async with called.listening(sip_port):
            tasks = {asyncio.create_task(board.link.run()), asyncio.create_task(board.listen())}
            try:
                await _linked(board.link)
                yield board, numbers
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks)
    finally:
        await asyncio.to_thread(asterisk.stop)


def _started(installation: Installation, folder: Path, sip_port: int) -> LocalAsterisk:
    settings = Settings(home=folder)
    local.render_prompts(settings, installation)
    floor = write_floor(folder / "floor.yaml", sip_port, (free_udp_port(),), sip_port, {})
    asterisk = LocalAsterisk(installation, settings.asterisk_folder)
    asterisk.configure(
        floor, ports=free_ports(rtp_count=_RTP_PORTS), sounds=settings.sounds_folder
    )
    etc = asterisk.folder.configuration.parent
    loads = "".join(f"load = {module}\n" for module in _MODULES)
    for name, more in (("extensions.conf", _DIALPLAN.read_text().replace("@ASYNC@", "6600,2400,1000,6500,100,50,30,512")), ("modules.conf", loads)):
        write_private(etc / name, (etc / name).read_text() + more)
    # without its file AMD() is not there
    write_private(etc / "amd.conf", "[general]\n")
    asterisk.start()
    return asterisk


async def _linked(link: AmiLink) -> None:
    async with asyncio.timeout(_START_SECONDS):
        while not link.up:  # noqa: ASYNC110 - Asterisk's doing
            await asyncio.sleep(0.05)
