"""The phones of the made world's agents, and the book of what each did when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from calls.events import AgentDeviceChanged, AgentLineDown, AgentLineUp, Fact, MemberSeen
from tests.integration.recording_switch import RecordingSwitch
from tests.truth.ledger import Ledger, Spell
from tests.truth.time import WorldClock
from tests.unit.facts import PBX

#: Asterisk's device states
_FREE, _IN_USE, _GONE, _RINGS = 1, 2, 5, 6
#: a held phone is on the line so long before it takes calls
LINE_SECONDS = 5.0
_OWN = "own_"


@dataclass(slots=True)
class Phone:
    """One agent's phone."""

    agent: str
    #: why it takes no calls of that queue, "": it does
    queues: dict[str, str] = field(default_factory=dict)
    line_up: bool = False
    #: would ring or be heard if a call came
    there: bool = False
    #: "", rings, talks
    busy: str = ""
    shift: int = 0
    free_since: float = 0.0
    spell: Spell | None = None

    def takes(self, queue: str) -> bool:
        """Whether a call of that queue would reach it now."""
        return self.there and not self.busy and self.queues.get(queue) == ""

    @property
    def device(self) -> int:
        """As Asterisk sees it."""
        if not self.there:
            return _GONE
        return {"": _FREE, "rings": _RINGS, "talks": _IN_USE}[self.busy]

    def doing(self) -> tuple[str, str]:
        """What the agent does and why, told from the phone alone; "" is away."""
        reasons = [why for queue, why in self.queues.items() if not queue.startswith(_OWN)]
        if not reasons or not self.there:
            return "", ""
        if self.busy:
            return ("offered" if self.busy == "rings" else "talking"), ""
        if not reasons[0]:
            return "ready", ""
        if reasons[0] in ("wrap_up", "reserved"):
            return {"wrap_up": "wrapping_up"}.get(reasons[0], reasons[0]), ""
        return "paused", reasons[0]


class Phones(RecordingSwitch):
    """Carries out what the house asks of phones, and writes down what agents do by it."""

    def __init__(self, clock: WorldClock, ledger: Ledger, rung: frozenset[str]) -> None:
        super().__init__()
        self.clock = clock
        self.ledger = ledger
        self._rung = rung
        self.phones: dict[str, Phone] = {}
        self.tell: Callable[[Fact], None] = lambda _: None
        #: somebody may have become free
        self.on_free: Callable[[], None] = lambda: None

    def phone(self, agent: str) -> Phone:
        """The agent's."""
        return self.phones.setdefault(agent, Phone(agent))

    def looked_at(self, phone: Phone) -> None:
        """Something of the phone changed: Asterisk tells it, the book has it."""
        for queue, why in phone.queues.items():
            self.tell(
                AgentDeviceChanged(
                    at=self.clock(), pbx=PBX, agent=phone.agent, queue=queue, status=phone.device,
                    paused=bool(why), pause_reason=why,
                )
            )  # fmt: skip
        now, (state, reason) = self.clock(), phone.doing()
        last = phone.spell
        if last is None or (last.state, last.reason) != (state, reason):
            if last is not None:
                last.ended_at = now
            phone.spell = Spell(agent=phone.agent, state=state, reason=reason, began_at=now)
            self.ledger.spells.append(phone.spell)
            if state == "ready":
                phone.free_since = self.clock.seconds
                self.on_free()

    def members(self) -> tuple[MemberSeen, ...]:
        """As a snapshot shows them."""
        return tuple(
            MemberSeen(
                agent=phone.agent, queue=queue, status=phone.device, paused=bool(why),
                pause_reason=why,
            )
            for phone in self.phones.values()
            for queue, why in phone.queues.items()
        )  # fmt: skip

    # --- orders

    async def ring_agent(self, agent: str) -> None:
        """The phone is called, and picked up."""
        phone = self.phone(agent)
        phone.shift += 1
        phone.line_up = True
        self.tell(AgentLineUp(at=self.clock(), pbx=PBX, agent=agent))
        self.clock.after(LINE_SECONDS, self._is_there, phone, phone.shift)

    async def release_agent(self, agent: str) -> None:
        """The phone is let go."""
        phone = self.phone(agent)
        if phone.line_up:
            phone.shift += 1
            phone.line_up = phone.there = False
            self.looked_at(phone)
            self.tell(AgentLineDown(at=self.clock(), pbx=PBX, agent=agent, reason="line_released"))

    async def join_queue(self, agent: str, queue: str, *, held: bool, paused: str) -> None:
        """A member from now on."""
        phone = self.phone(agent)
        phone.queues[queue] = paused
        phone.there = phone.there or agent in self._rung
        self.looked_at(phone)
        if queue.startswith(_OWN):
            self.on_free()

    async def leave_queue(self, agent: str, queue: str, *, held: bool) -> None:
        """No member any more."""
        phone = self.phone(agent)
        phone.queues.pop(queue, None)
        if not phone.queues and agent in self._rung:
            phone.there = False
        self.looked_at(phone)

    async def pause(self, agent: str, reason: str, *, held: bool) -> None:
        """In every queue."""
        phone = self.phone(agent)
        phone.queues = dict.fromkeys(phone.queues, reason)
        self.looked_at(phone)

    def _is_there(self, phone: Phone, shift: int) -> None:
        if phone.shift == shift:
            phone.there = True
            self.looked_at(phone)


def spell_of(phones: Phones, agent: str) -> tuple[str, datetime | None]:
    """What the agent does by the phone, and since when."""
    spell = phones.phone(agent).spell
    return ("", None) if spell is None else (spell.state, spell.began_at)
