"""What flows between one Asterisk and the house: facts in, heartbeat and questions out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from ami.link import AmiLink
from ami.message import Down, Event, RawMessage, Up
from ami.over_notes import last_alive, take_notes
from ami.snapshot import take_snapshot
from ami.switch import AmiSwitch
from ami.translate import Translator
from calls.errors import SwitchError
from calls.events import DialRefused, Fact, LinkLost, LinkUp

log = logging.getLogger(__name__)

#: an event may come this much later than the list that already shows its effect
SETTLE_SECONDS = 0.5
#: that a dial failed may be told before the channel and its end, which knows why
REFUSED_SECONDS = 1.0
#: Asterisk's own time comes with its first answer to a ping, a moment after the login
FIRST_PONG_SECONDS = 0.02
#: what Asterisk says so long before a link is known to be lost may be lost with it
LOST_BEFORE_SECONDS = 10.0


class Connector:
    """Runs the link and carries what it says."""

    def __init__(
        self,
        link: AmiLink,
        switch: AmiSwitch,
        pbx: str,
        put: Callable[[Fact], None],
        *,
        snapshot_seconds: float = 60.0,
        heartbeat_seconds: float = 1.0,
    ) -> None:
        self._link = link
        self._switch = switch
        self._pbx = pbx
        self._put = put
        self._snapshot_seconds = snapshot_seconds
        self._heartbeat_seconds = heartbeat_seconds
        self._connected = asyncio.Event()
        self._gone = asyncio.Event()
        self._connections = 0
        self._translator = Translator(pbx)
        self._booted_at = 0.0
        #: when somebody of ours last heard Asterisk, in its own time; None: not asked yet
        self._heard_at: float | None = None
        self._knows_when = asyncio.Event()
        #: calls that ended since then may not have been heard; None: they were told of
        self._unheard_since: float | None = None

    @property
    def unfit(self) -> Mapping[str, int]:
        """How many events spoke of our subjects and were not understood, by event."""
        return self._translator.unfit

    async def run(self) -> None:
        """For ever."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._link.run())
            group.create_task(self._carry(group))
            group.create_task(self._beat())
            group.create_task(self._look())

    async def _carry(self, group: asyncio.TaskGroup) -> None:
        async for item in self._link.items():
            match item:
                case Up(info=info):
                    self._put(LinkUp(at=info.at, pbx=self._pbx, booted_at=info.booted_at))
                    self._connections += 1
                    self._booted_at = info.booted_at.timestamp()
                    self._gone.clear()
                    self._connected.set()
                case Down(reason=reason):
                    self._connected.clear()
                    self._gone.set()
                    if self._unheard_since is None and self._heard_at is not None:
                        self._unheard_since = self._heard_at - LOST_BEFORE_SECONDS
                    self._switch.link_lost()
                    self._put(LinkLost(at=datetime.now(UTC), pbx=self._pbx, reason=reason))
                case Event(message=message):
                    fact = self._heard(message)
                    if isinstance(fact, DialRefused):
                        group.create_task(self._put_late(fact))
                    elif fact is not None:
                        self._put(fact)

    async def _put_late(self, refused: DialRefused) -> None:
        await asyncio.sleep(REFUSED_SECONDS)
        self._put(refused)

    def _heard(self, message: RawMessage) -> Fact | None:
        match message.event:
            case "AsyncAGIExec":
                self._switch.command_finished(message)
                return None
            case "AsyncAGIEnd" | "Hangup":
                self._switch.dialogue_over(message.get("Uniqueid"))
            case _:
                pass
        return self._translator.fact(message, datetime.now(UTC))

    async def _beat(self) -> None:
        """Tell the dialplan every second that we are here."""
        while True:
            await self._connected.wait()
            pause_seconds = self._heartbeat_seconds
            try:
                if self._heard_at is None:
                    # who was here before us said so, and saying so ourselves overwrites it
                    alive = await last_alive(self._link)
                    self._unheard_since = self._heard_at = alive or self._booted_at
                    self._knows_when.set()
                if self._link.switch_time is not None:
                    await self._switch.say_alive(self._link.switch_time)
                    self._heard_at = self._link.switch_time
                else:
                    pause_seconds = FIRST_PONG_SECONDS
            except SwitchError as error:
                log.debug("no heartbeat: %s", error)
            await asyncio.sleep(pause_seconds)

    async def _look(self) -> None:
        """A snapshot after every connect and then every minute."""
        taken_of = 0  # the connection that the last snapshot was taken of
        while True:
            await self._knows_when.wait()
            await self._connected.wait()
            first = taken_of != self._connections
            if await self._take(first=first):
                taken_of, pause_seconds = self._connections, self._snapshot_seconds
            else:
                pause_seconds = SETTLE_SECONDS
            try:
                async with asyncio.timeout(pause_seconds):
                    await self._gone.wait()
            except TimeoutError:
                continue

    async def _take(self, *, first: bool) -> bool:
        """Take a snapshot and tell it; False when it did not come about."""
        connection, since = self._connections, self._unheard_since
        try:
            over = () if since is None else await take_notes(self._link, since)
            snapshot = await take_snapshot(self._link, self._pbx, first=first, over=over)
        except SwitchError as error:
            log.warning("no snapshot: %s", error)
            return False
        await asyncio.sleep(SETTLE_SECONDS)
        if connection != self._connections or not self._connected.is_set():
            return False  # it speaks of a connection that is over
        for agent, call_id in snapshot.talking:
            self._translator.knows_talk(agent, call_id)
        self._put(snapshot)
        self._unheard_since = None
        return True
