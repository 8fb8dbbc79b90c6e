"""Every agent as they are now, folded from the facts. Pure: nothing is asked, nothing is sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from agents.floor import Agent, Floor, Line
from agents.states import AgentState, next_state
from calls.events import (
    AgentConnected,
    AgentDeviceChanged,
    AgentFact,
    AgentLineDown,
    AgentLineUp,
    AgentMissed,
    AgentOffered,
    AgentPaused,
    AgentReadied,
    AgentReleased,
    AgentReserved,
    AgentSignedOut,
    CallFact,
    Fact,
    LinkLost,
    SnapshotTaken,
    WrapUpEnded,
    WrapUpStarted,
)
from calls.tracker import Change

DEVICE_FREE = 1
_WITH_AGENT = AgentOffered | AgentMissed | AgentConnected | AgentReleased


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentStatus:
    """One agent now."""

    number: str
    name: str
    queues: tuple[str, ...]
    held: bool
    state: AgentState = AgentState.SIGNED_OUT
    since: datetime | None = None
    reason: str = ""  # of the pause, or of the sign-out
    call_id: str = ""  # offered, talking, or being written up; the one waited for while reserved
    queue: str = ""  # the queue that call came from
    wrap_up_until: datetime | None = None
    pause_next: str = ""  # asked for during the talk
    #: while reserved: for which lead of which campaign (none: for a caller), and for how long
    campaign_id: str = ""
    lead_id: int | None = None
    reserved_until: datetime | None = None
    line_up: bool = False
    line_id: str = ""  # the channel of that line; after a sign-out of the line that is let go
    device: int = 0  # Asterisk's device state; 1 is free

    @property
    def signed_in(self) -> bool:
        """Whether the agent works, in whatever state."""
        return self.state is not AgentState.SIGNED_OUT

    @property
    def free(self) -> bool:
        """Whether a call would reach the agent at once."""
        return self.state is AgentState.READY and self.device == DEVICE_FREE


class Roster:
    """Folds facts into agents' statuses; tells `on_move` of each change of state."""

    def __init__(self, floor: Floor) -> None:
        self._agents = {agent.number: _status(agent) for agent in floor.agents}
        self._with_call: dict[str, str] = {}
        self.on_move: Callable[[AgentStatus, AgentStatus, datetime], None] | None = None

    def get(self, number: str) -> AgentStatus | None:
        """The agent, or None when the floor has no such agent."""
        return self._agents.get(number)

    def all(self) -> list[AgentStatus]:
        """Every agent of the floor, in its order."""
        return list(self._agents.values())

    def staffed(self, queue: str) -> tuple[int, int]:
        """How many agents of a queue are at work, whatever they do now; and how many are free."""
        theirs = [each for each in self._agents.values() if queue in each.queues]
        return sum(each.signed_in for each in theirs), sum(each.free for each in theirs)

    def fold(self, change: Change) -> None:
        """Take a change in."""
        fact = change.fact
        if isinstance(fact, LinkLost):
            for number, agent in self._agents.items():
                self._agents[number] = replace(agent, device=0)
        if isinstance(fact, SnapshotTaken):
            self._learn_devices(fact)
        number = self._subject(fact)
        before = self._agents.get(number)
        if before is None or _of_another_call(before, fact):
            return
        after = _learn(before, fact)
        state = next_state(before.state, fact)
        if state is not before.state or _restates(before, fact):
            after = _moved(after, fact, state)
        self._agents[number] = after
        self._remember_call(before, after)
        moved = after.state is not before.state or after.reason != before.reason
        if moved and self.on_move is not None:
            self.on_move(before, after, fact.at)

    def _learn_devices(self, snapshot: SnapshotTaken) -> None:
        """After a reconnection nobody tells of idle agents: fill in what is not known."""
        for member in snapshot.members:
            agent = self._agents.get(member.agent)
            if agent is not None and agent.device == 0:
                self._agents[member.agent] = replace(agent, device=member.status)

    def _subject(self, fact: Fact) -> str:
        if isinstance(fact, AgentFact | _WITH_AGENT):
            return fact.agent
        return self._with_call.get(fact.call_id, "") if isinstance(fact, CallFact) else ""

    def _remember_call(self, before: AgentStatus, after: AgentStatus) -> None:
        if before.call_id != after.call_id:
            if self._with_call.get(before.call_id) == before.number:
                del self._with_call[before.call_id]
            if after.call_id:
                self._with_call[after.call_id] = after.number


def _status(agent: Agent) -> AgentStatus:
    return AgentStatus(
        number=agent.number,
        name=agent.name,
        queues=agent.queues,
        held=agent.line is Line.HELD,
    )


def _of_another_call(agent: AgentStatus, fact: Fact) -> bool:
    """The end of an earlier call, told late, must not end the one that came after it."""
    if not isinstance(fact, AgentMissed | AgentReleased | WrapUpStarted | WrapUpEnded):
        return False
    return agent.call_id != "" and fact.call_id != agent.call_id


def _beside_the_line(agent: AgentStatus, fact: AgentLineDown) -> bool:
    """A phone that was rung and got on the line otherwise, by dialing, rings to an end as well."""
    return "" not in (agent.line_id, fact.line_id) and agent.line_id != fact.line_id


def _restates(agent: AgentStatus, fact: Fact) -> bool:
    """A pause within a pause gives a new reason; a talk within a talk a new call.

    One who looks at a lead is told again when the call to it leaves.
    """
    if isinstance(fact, AgentReserved):
        return agent.state is AgentState.RESERVED
    if isinstance(fact, AgentPaused):
        return agent.state is AgentState.PAUSED and fact.reason != agent.reason
    if isinstance(fact, AgentConnected):
        return fact.call_id != agent.call_id
    return False


def _learn(agent: AgentStatus, fact: Fact) -> AgentStatus:
    """What a fact tells of an agent whatever the state."""
    match fact:
        case AgentDeviceChanged():
            return replace(agent, device=fact.status)
        case AgentLineUp():
            return replace(agent, line_up=True, line_id=fact.line_id)
        case AgentLineDown() if agent.line_up and not _beside_the_line(agent, fact):
            return replace(agent, line_up=False, line_id="", device=0)
        case AgentPaused() if agent.state in (AgentState.TALKING, AgentState.OFFERED):
            return replace(agent, pause_next=fact.reason)
        case AgentReadied():
            return replace(agent, pause_next="")
        case WrapUpStarted():
            return replace(agent, wrap_up_until=fact.until)
        case _:
            return agent


def _moved(agent: AgentStatus, fact: Fact, state: AgentState) -> AgentStatus:
    moved = replace(
        agent, state=state, since=fact.at, reason="", campaign_id="", lead_id=None,
        reserved_until=None,
    )  # fmt: skip
    match state:
        case AgentState.RESERVED if isinstance(fact, AgentReserved):
            return replace(
                moved, call_id=fact.attempt_id, queue="", wrap_up_until=None,
                campaign_id=fact.campaign_id, lead_id=fact.lead_id or None,
                reserved_until=fact.until,
            )  # fmt: skip
        case AgentState.OFFERED | AgentState.TALKING if isinstance(fact, _WITH_AGENT):
            return replace(moved, call_id=fact.call_id, queue=fact.queue, wrap_up_until=None)
        case AgentState.WRAPPING_UP:
            return moved
        case AgentState.PAUSED if isinstance(fact, AgentPaused):
            return replace(
                moved, reason=fact.reason, call_id="", queue="", pause_next="", wrap_up_until=None
            )
        case AgentState.SIGNED_OUT if isinstance(fact, AgentSignedOut):
            return replace(
                moved, reason=fact.reason, call_id="", queue="", pause_next="",
                wrap_up_until=None, line_up=False, device=0,
            )  # fmt: skip
        case _:
            return replace(moved, call_id="", queue="", wrap_up_until=None)
