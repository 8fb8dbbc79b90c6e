"""Agents' phones at a simulated switch: queue membership, pauses, and who has been free longest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from calls.events import AgentDeviceChanged, AgentLineDown, AgentLineUp, MemberSeen
from simulator.clock import VirtualClock
from simulator.wire import Wire

#: Asterisk's device states
FREE, IN_USE, UNAVAILABLE = 1, 2, 5


@dataclass(slots=True)
class Phone:
    """One agent's phone, and the queues it is a member of."""

    agent: str
    queues: dict[str, None] = field(default_factory=dict)
    device: int = UNAVAILABLE
    line_up: bool = False
    #: why it takes no calls, "" when it does
    pause: str = ""
    #: counts its shifts: what was meant for an earlier one comes to nothing
    shift: int = 0

    @property
    def free(self) -> bool:
        """Whether a call would reach it."""
        return self.device == FREE and not self.pause and bool(self.queues)

    def seen(self) -> list[MemberSeen]:
        """Its memberships as a snapshot shows them."""
        return [
            MemberSeen(
                agent=self.agent, queue=queue, status=self.device, paused=bool(self.pause),
                pause_reason=self.pause,
            )
            for queue in self.queues
        ]  # fmt: skip


class SimulatedPhones:
    """What `calls.switch.AgentPhones` asks of phones; every agent picks up at once."""

    def __init__(self, wire: Wire, clock: VirtualClock, line_seconds: float) -> None:
        self._wire = wire
        self._clock = clock
        self._line_seconds = line_seconds
        self._phones: dict[str, Phone] = {}
        self._free: dict[str, None] = {}  # free longest first
        #: called whenever a phone becomes free
        self.on_free: Callable[[], None] = lambda: None

    # --- orders

    async def ring_agent(self, agent: str) -> None:
        """See `calls.switch.AgentPhones`."""
        self._wire.carry_order()
        phone = self._of(agent)
        phone.shift += 1
        phone.line_up = True
        self._wire.tell(AgentLineUp, agent=agent)
        self._clock.after(self._line_seconds, self._line_is_ready, phone, phone.shift)

    async def hold_line(self, agent: str, channel_id: str) -> None:
        """See `calls.switch.AgentPhones`."""
        await self.ring_agent(agent)

    async def tell_agent(self, channel_id: str, prompt: str) -> None:
        """See `calls.switch.AgentPhones`; nobody listens."""
        self._wire.carry_order()

    async def release_agent(self, agent: str) -> None:
        """See `calls.switch.AgentPhones`."""
        self._wire.carry_order()
        phone = self._of(agent)
        if not phone.line_up:
            return
        phone.shift += 1
        phone.line_up = False
        self.set_device(agent, UNAVAILABLE)
        self._wire.tell(AgentLineDown, agent=agent, reason="line_released")

    async def join_queue(self, agent: str, queue: str, *, held: bool, paused: str) -> None:
        """See `calls.switch.AgentPhones`."""
        self._wire.carry_order()
        phone = self._of(agent)
        phone.queues[queue] = None
        phone.pause = paused
        self._changed(phone)

    async def leave_queue(self, agent: str, queue: str, *, held: bool) -> None:
        """See `calls.switch.AgentPhones`."""
        self._wire.carry_order()
        phone = self._of(agent)
        phone.queues.pop(queue, None)
        self._changed(phone)

    async def pause(self, agent: str, reason: str, *, held: bool) -> None:
        """See `calls.switch.AgentPhones`."""
        self._wire.carry_order()
        phone = self._of(agent)
        phone.pause = reason
        self._changed(phone)

    # --- for the switch

    @property
    def free_count(self) -> int:
        """How many would take a call."""
        return len(self._free)

    def longest_free(self) -> str:
        """Who has been free longest. Raises `StopIteration` when nobody is."""
        return next(iter(self._free))

    def set_device(self, agent: str, device: int) -> None:
        """The phone is in use, free again, or gone."""
        phone = self._of(agent)
        phone.device = device
        self._changed(phone)

    def members(self) -> tuple[MemberSeen, ...]:
        """Every membership."""
        return tuple(seen for phone in self._phones.values() for seen in phone.seen())

    def lines_up(self) -> frozenset[str]:
        """Agents whose phones are held on the line."""
        return frozenset(phone.agent for phone in self._phones.values() if phone.line_up)

    # --- inside

    def _of(self, agent: str) -> Phone:
        return self._phones.setdefault(agent, Phone(agent))

    def _line_is_ready(self, phone: Phone, shift: int) -> None:
        if phone.shift == shift:
            self.set_device(phone.agent, FREE)

    def _changed(self, phone: Phone) -> None:
        for seen in phone.seen():
            self._wire.tell(
                AgentDeviceChanged, agent=seen.agent, queue=seen.queue, status=seen.status,
                paused=seen.paused, pause_reason=seen.pause_reason,
            )  # fmt: skip
        if not phone.free:
            self._free.pop(phone.agent, None)
        elif phone.agent not in self._free:
            self._free[phone.agent] = None
            self.on_free()
