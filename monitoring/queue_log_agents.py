"""The lines of agents in Asterisk's `queue_log`, made of the states that agents were in.

A wrap-up is a pause of the reason `wrap_up`, from the end of the talk on: that is how the tools
that read the log know of it. Asterisk's own file has that pause begin with the talk.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from agents.floor import Agent, Floor
from agents.floor import Line as AgentLine
from agents.settle import WRAP_UP
from agents.states import AgentState
from monitoring.queue_log import NOBODY, Line

_BY_US = "MANAGER"
_AWAY = frozenset({AgentState.SIGNED_OUT, AgentState.SIGNING_IN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A stretch of time of an agent in one state; `followed`: another begins where it ends."""

    agent: str
    state: str
    reason: str
    began_at: datetime
    ended_at: datetime | None
    followed: bool


@dataclass(slots=True)
class _Shift:
    signed_in_at: datetime | None = None
    pause: str = ""


class AgentLog:
    """Folds stretches, oldest first, into lines; an agent's queues are those of the floor now."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._shifts: dict[str, _Shift] = {}

    def lines(self, stretch: Stretch) -> Iterator[Line]:
        """What the stretch adds; nothing of an agent whom the floor does not have."""
        agent = self._floor.agent(stretch.agent)
        if agent is None:
            return
        shift = self._shifts.setdefault(agent.number, _Shift())
        at = stretch.began_at
        if stretch.state in _AWAY:
            yield from _leave(agent, shift, at)
        else:
            yield from _come(agent, shift, at)
            yield from _pause(agent, shift, _pause_of(stretch), at)
        if stretch.ended_at is not None and not stretch.followed:
            # linea800 stopped, and lost sight of the agent
            yield from _leave(agent, shift, stretch.ended_at)


def _pause_of(stretch: Stretch) -> str:
    if stretch.state == AgentState.WRAPPING_UP:
        return WRAP_UP
    return stretch.reason if stretch.state == AgentState.PAUSED else ""


def _come(agent: Agent, shift: _Shift, at: datetime) -> Iterator[Line]:
    if shift.signed_in_at is not None:
        return
    shift.signed_in_at = at
    for queue in agent.queues:
        yield _line(agent, at, "ADDMEMBER", queue=queue, call_id=_BY_US)
    if agent.line is AgentLine.HELD:
        yield _line(agent, at, "AGENTLOGIN", _channel(agent))


def _leave(agent: Agent, shift: _Shift, at: datetime) -> Iterator[Line]:
    if shift.signed_in_at is None:
        return
    yield from _pause(agent, shift, "", at)
    for queue in agent.queues:
        yield _line(agent, at, "REMOVEMEMBER", queue=queue, call_id=_BY_US)
    if agent.line is AgentLine.HELD:
        seconds = int(at.timestamp()) - int(shift.signed_in_at.timestamp())
        yield _line(agent, at, "AGENTLOGOFF", _channel(agent), str(seconds))
    shift.signed_in_at = None


def _pause(agent: Agent, shift: _Shift, reason: str, at: datetime) -> Iterator[Line]:
    if reason == shift.pause:
        return
    if shift.pause:
        yield _line(agent, at, "UNPAUSEALL")
        for queue in agent.queues:
            yield _line(agent, at, "UNPAUSE", queue=queue)
    if reason:
        yield _line(agent, at, "PAUSEALL", reason)
        for queue in agent.queues:
            yield _line(agent, at, "PAUSE", reason, queue=queue)
    shift.pause = reason


def _channel(agent: Agent) -> str:
    return f"PJSIP/{agent.number}"


def _line(
    agent: Agent, at: datetime, event: str, *data: str, queue: str = NOBODY, call_id: str = NOBODY
) -> Line:
    return Line(at=at, call_id=call_id, queue=queue, agent=agent.number, event=event, data=data)
