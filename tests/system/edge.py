"""The Asterisk edge alone: switch, agents and records, and a test in the place of the reception."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from agents.desk import Desk
from agents.floor import Floor
from agents.roster import Roster
from agents.states import AgentState
from ami.connector import Connector
from ami.link import AmiLink
from ami.switch import AmiSwitch
from calls.call import Call
from calls.events import DialogueOffered, Fact, LinkUp, QueueJoined
from calls.feed import Feed
from calls.intake import Intake
from calls.tracker import Change, Tracker
from linea800.demo.stage import Stage
from linea800.settings import Settings
from monitoring.folding import fold, opened_by
from monitoring.record import CallRecord
from tests.system.scene import PATIENCE_SECONDS, until
from traffic import roles
from traffic.scenario import Step
from traffic.sipp import Sipp

_F = TypeVar("_F", bound=Fact)


class _Memory:
    """A journal that remembers nothing."""

    async def append(self, facts: Sequence[Fact]) -> list[int]:
        return [0 for _ in facts]


class Switch(AmiSwitch):
    """One that can be dead to the dialplan."""

    dead = False

    async def say_alive(self, switch_time: float) -> None:
        """As ever, or a time long past."""
        await super().say_alive(0 if self.dead else switch_time)


class Edge:
    """What the edge hears, and what it can be asked; no reception answers."""

    def __init__(self, stage: Stage, settings: Settings, folder: Path) -> None:
        floor: Floor = stage.floor
        self.stage = stage
        self.folder = folder
        self.recordings = settings.recordings_folder
        self.link = AmiLink(*settings.ami())
        self.switch = Switch(self.link, settings.prompts(), self.recordings)
        self.tracker = Tracker()
        self.facts: list[Fact] = []
        self.records: dict[str, CallRecord] = {}
        self._feed = Feed()
        self._intake = Intake(_Memory(), self.tracker, self._feed)
        self.roster = Roster(floor)
        self.desk = Desk(floor, self.roster, self.switch, self._intake.put)
        self._connector = Connector(
            self.link, self.switch, floor.pbx, self._intake.put, heartbeat_seconds=0.2
        )
        for take in (self.roster.fold, self._fold, self.desk.fold):
            self._feed.fold(take)
        self._desk_hears = self._feed.listen("desk")
        self._callers = 0

    def _fold(self, change: Change) -> None:
        self.facts.append(change.fact)
        new = opened_by(change.fact)
        if new is not None:
            self.records[new.call_id] = new
        record = self.records.get(getattr(change.fact, "call_id", ""))
        if record is not None:
            fold(record, change.fact)

    async def run(self) -> None:
        """For ever."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._intake.run())
            group.create_task(self.desk.run(self._desk_hears))
            group.create_task(self._connector.run())

    # --- what is seen

    def call(self, call_id: str) -> Call:
        """The call as it is tracked."""
        call = self.tracker.get(call_id)
        assert call is not None
        return call

    async def fact(
        self, kind: type[_F], call_id: str = "", *, seconds: float = PATIENCE_SECONDS
    ) -> _F:
        """Wait for a fact of this kind, of this call; it is taken off the list."""
        await until(lambda: self._found(kind, call_id), f"{kind.__name__} {call_id}", seconds)
        fact = self._found(kind, call_id)
        assert fact is not None
        self.facts.remove(fact)
        return fact

    def _found(self, kind: type[_F], call_id: str) -> _F | None:
        for fact in self.facts:
            if isinstance(fact, kind) and call_id in ("", getattr(fact, "call_id", "")):
                return fact
        return None

    def heard(self, kind: type[Fact], call_id: str) -> bool:
        """Whether such a fact has been told and not been taken."""
        return self._found(kind, call_id) is not None

    def line(self, queue: str) -> list[str]:
        """Who waits there, in Asterisk's own order."""
        shown = self.stage.asterisk.cli(f"queue show {queue}")
        return re.findall(r"^\s+\d+\. (PJSIP/trunk-\w+)", shown, re.M)

    def channels(self) -> int:
        """How many channels Asterisk has now."""
        match = re.search(r"(\d+) active channel", self.stage.asterisk.cli("core show channels"))
        assert match is not None
        return int(match.group(1))

    # --- who calls

    @contextlib.contextmanager
    def rings(
        self, *, hold_ms: int = 120_000, steps: Sequence[Step] = (), says: bytes = b""
    ) -> Iterator[Sipp]:
        """A subscriber calls, from a port and a number of their own; says a tone, or this A-law."""
        place = self._callers % len(self.stage.caller_ports)
        self._callers += 1
        sipp = roles.callers(
            self.stage.sipp,
            self.folder / f"caller{self._callers}",
            asterisk_port=self.stage.sip_port,
            port=self.stage.caller_ports[place],
            number=self.stage.floor.numbers[0].number,
            caller_numbers=(f"5730155501{self._callers:02d}",),
            steps=steps,
            hold_ms=hold_ms,
        )
        if says:
            (self.folder / f"caller{self._callers}" / "tone.alaw").write_bytes(says)
        with sipp:
            yield sipp

    async def led(self) -> str:
        """The next caller who is offered to us; nobody else will lead them for two minutes."""
        offer = await self.fact(DialogueOffered)
        assert offer.reason == ""
        await self.switch.keep(offer.call_id, 120)
        return offer.call_id

    async def back(self, call_id: str, reason: str) -> None:
        """The caller is back in a dialogue, for this reason, and stays for two minutes."""
        offer = await self.fact(DialogueOffered, call_id)
        assert (offer.reason, offer.number_called) == (reason, "")
        await self.switch.keep(call_id, 120)

    async def waits(self, call_id: str, queue: str) -> None:
        """The caller joins the queue."""
        joined = await self.fact(QueueJoined, call_id)
        assert joined.queue == queue

    async def at_work(self, number: str) -> None:
        """Sign the agent in, or see the wrap-up over, until a call would reach them."""
        await self.desk.sign_in(number)
        await self.free(number)

    async def free(self, number: str) -> None:
        """Wait until a call would reach the agent."""
        await until(partial(self._free, number), f"agent {number} to be free")

    def _free(self, number: str) -> bool:
        status = self.roster.get(number)
        return status is not None and status.free

    async def in_state(self, number: str, state: AgentState) -> None:
        """Wait until the agent is in this state."""
        await until(lambda: self._state(number) is state, f"agent {number} to be {state}")

    def _state(self, number: str) -> AgentState:
        status = self.roster.get(number)
        assert status is not None
        return status.state


@contextlib.asynccontextmanager
async def at_the_edge(stage: Stage, settings: Settings, folder: Path) -> AsyncIterator[Edge]:
    """The edge, linked; at its end everyone goes home and Asterisk is empty."""
    edge = Edge(stage, settings, folder)
    running = asyncio.create_task(edge.run())
    try:
        await edge.fact(LinkUp)
        yield edge
        for agent in edge.roster.all():
            await edge.desk.sign_out(agent.number)
        await until(lambda: edge.channels() == 0, "Asterisk to have no channel left")
        await until(lambda: not edge.tracker.open_calls(), "every call to be told ended")
    finally:
        running.cancel()
        await asyncio.wait({running})
