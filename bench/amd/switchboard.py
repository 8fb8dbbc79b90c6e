"""A real Asterisk with the bench's dialplan, and calls through it to the called people."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from agents.floor import Address, Floor
from ami.link import AmiLink
from ami.message import Event, RawMessage
from ami.wire import variable
from bench.amd.called import Answered, Called
from bench.amd.greetings import Greeting
from documents.yaml_document import read_document
from linea800 import local
from linea800.settings import DEFAULT_FLOOR, Settings
from local_asterisk.ports import free_ports, free_udp_port
from local_asterisk.process import LocalAsterisk
from local_asterisk.run_folder import write_private

_DIALPLAN = Path(__file__).with_name("dialplan.conf")
_QUEUE = "salida"
_MODULES = (
    "app_amd.so", "app_chanspy.so", "app_originate.so", "app_talkdetect.so",
    "app_waitforsilence.so", "func_talkdetect.so",
)  # fmt: skip
_START_SECONDS = 20.0
_CALL_SECONDS = 120.0
#: two to a leg, and room for legs that linger
_RTP_PORTS = 1200
#: the header that tells which call an event is of; a helper's own channel is not the call
_OF = ("Of", "SpyeeUniqueid", "Uniqueid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """One call as both ends saw it; events are Asterisk's, in order."""

    greeting: Greeting
    answered: Answered
    events: Sequence[RawMessage]

    def all(self, name: str) -> list[RawMessage]:
        """The events, or UserEvents, of this name."""
        return [one for one in self.events if name in (one.event, one.get("UserEvent"))]

    def seconds_to(self, event: RawMessage) -> float:
        """From the 200 OK to the event, by the clock they share."""
        return (event.timestamp or 0.0) - self.answered.at


class Switchboard:
    """Places calls, many at once, and gathers what Asterisk says of each."""

    def __init__(self, asterisk: LocalAsterisk, floor: Floor, called: Called) -> None:
        self._asterisk = asterisk
        self._agents = [agent.number for agent in floor.agents]
        self._called = called
        ports, secrets = asterisk.folder.ports(), asterisk.folder.secrets()
        self.link = AmiLink("127.0.0.1", ports.ami, "linea800", secrets.linea800)
        self._events: dict[str, list[RawMessage]] = {}
        self._over: dict[str, asyncio.Event] = {}
        self._serial = itertools.count()
        #: events of all kinds that the service's own AMI user was told
        self.heard = 0

    async def place(
        self,
        numbers: Mapping[str, Greeting],
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
            return Placed(greeting=greeting, answered=self._called.answered[number], events=events)

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

    @asynccontextmanager
    async def agents_at_work(self) -> AsyncIterator[int]:
        """Inside the block so many agents answer the calls in the queue."""
        for agent in self._agents:
            await self.link.send([("Action", "QueueAdd"), *_membership(agent)])
        yield len(self._agents)
        for agent in self._agents:
            await self.link.send([("Action", "QueueRemove"), *_membership(agent)])

    @property
    def cpu_seconds(self) -> float:
        """What Asterisk has computed since it was started."""
        stat = Path(f"/proc/{self._asterisk.status().pid}/stat").read_text()
        user, system = stat.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    async def listen(self) -> None:
        """Sort events to the calls they are of, without end."""
        async for item in self.link.items():
            if isinstance(item, Event):
                self.heard += 1
                self._sort(item.message)

    def _sort(self, message: RawMessage) -> None:
        call_id = next(filter(None, map(message.get, _OF)), "")
        if call_id in self._events:
            self._events[call_id].append(message)
            if message.event == "Hangup":
                self._over[call_id].set()


def _membership(agent: str) -> list[tuple[str, str]]:
    return [("Queue", _QUEUE), ("Interface", f"PJSIP/{agent}")]


@asynccontextmanager
async def switchboard(
    folder: Path, greetings: Sequence[Greeting], agent: Greeting, *, silent_lines: bool = False
) -> AsyncIterator[tuple[Switchboard, dict[str, Greeting]]]:
    """An Asterisk below `folder`, everybody to be called behind it, and their numbers.

    All agents sound like `agent`. `silent_lines` send no packets when there is nothing to hear.
    """
    numbers = {f"57310{index:07d}": greeting for index, greeting in enumerate(greetings)}
    sip_port = free_udp_port()
    asterisk, floor = await asyncio.to_thread(partial(_started, folder, sip_port))
    agents = {one.number: agent for one in floor.agents}
    called = Called({**numbers, **agents}, silent_lines=silent_lines)
    board = Switchboard(asterisk, floor, called)
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


def _started(folder: Path, sip_port: int) -> tuple[LocalAsterisk, Floor]:
    installation = local.installed()
    settings = Settings(home=folder)
    local.render_prompts(settings, installation)
    floor = _floor(sip_port)
    asterisk = LocalAsterisk(installation, settings.asterisk_folder)
    ports = free_ports(rtp_count=_RTP_PORTS)
    asterisk.configure(floor, ports=ports, sounds=settings.sounds_folder)
    etc = asterisk.folder.configuration.parent
    loads = "".join(f"load = {module}\n" for module in _MODULES)
    for name, more in (("extensions.conf", _DIALPLAN.read_text()), ("modules.conf", loads)):
        write_private(etc / name, (etc / name).read_text() + more)
    # without its file app_amd does not load
    write_private(etc / "amd.conf", "[general]\n")
    asterisk.start()
    return asterisk, floor


def _floor(sip_port: int) -> Floor:
    """The example floor with trunk and phones alike at the port of the called."""
    example, there = read_document(DEFAULT_FLOOR, Floor), Address(port=sip_port)
    trunk = example.trunk.model_copy(update={"to": there, "accepts_from": ()})
    agents = tuple(agent.model_copy(update={"phone": there}) for agent in example.agents)
    return example.model_copy(update={"trunk": trunk, "agents": agents})


async def _linked(link: AmiLink) -> None:
    async with asyncio.timeout(_START_SECONDS):
        while not link.up:  # noqa: ASYNC110 - Asterisk's doing
            await asyncio.sleep(0.05)
