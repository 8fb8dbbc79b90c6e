"""Agents at work in virtual time: they come, write up what they talked about, and go."""

from __future__ import annotations

import random
from collections.abc import Iterable

from agents.desk import Desk
from agents.roster import Roster
from agents.states import AgentState
from calls.events import WrapUpStarted
from calls.tracker import Change
from simulator.clock import VirtualClock
from simulator.scenario import Presence, Scenario

#: one that every campaign has, and that ends the lead
_DISPOSITION = "sold"
_WITH_CALL = (AgentState.OFFERED, AgentState.TALKING)


class Staff:
    """Does at the desk what agents do, when they do it."""

    def __init__(
        self,
        scenario: Scenario,
        clock: VirtualClock,
        desk: Desk,
        roster: Roster,
        draw: random.Random,
        *,
        pause_reason: str,
    ) -> None:
        self._clock = clock
        self._desk = desk
        self._roster = roster
        self._draw = draw
        self._pause_reason = pause_reason
        self._wrap_up_moments = scenario.wrap_up.log_moments
        self._going: set[str] = set()  # as soon as what they do is done
        self._writing_up: dict[str, str] = {}  # agent -> call

    @property
    def gone(self) -> bool:
        """Whether nobody is signed in."""
        return not any(agent.signed_in for agent in self._roster.all())

    def begin(self, presences: Iterable[Presence]) -> None:
        """Put everybody's working day on the clock."""
        for presence in presences:
            self._clock.at(presence.begins, self._come, presence.agent)
            self._clock.at(presence.ends, self._go, presence.agent)

    def fold(self, change: Change) -> None:
        """Notice when a wrap-up begins; how long it will be is drawn then."""
        fact = change.fact
        # it is told once more when the call's own end is heard
        if isinstance(fact, WrapUpStarted) and self._writing_up.get(fact.agent) != fact.call_id:
            self._writing_up[fact.agent] = fact.call_id
            seconds = self._draw.lognormvariate(*self._wrap_up_moments)
            self._clock.after(seconds, self._written_up, fact.agent, fact.call_id)

    async def _come(self, number: str) -> None:
        if number not in self._going:
            await self._desk.sign_in(number)
            return
        self._going.discard(number)  # still at the call before the break
        if self._state(number) in _WITH_CALL:
            await self._desk.ready(number)

    async def _go(self, number: str) -> None:
        state = self._state(number)
        if state is AgentState.WRAPPING_UP:
            self._going.add(number)
        elif state in _WITH_CALL:
            self._going.add(number)
            # so that the dialer does not count on them
            await self._desk.pause(number, self._pause_reason)
        else:
            await self._desk.sign_out(number)

    async def _written_up(self, number: str, call_id: str) -> None:
        agent = self._roster.get(number)
        if agent is None or agent.state is not AgentState.WRAPPING_UP or agent.call_id != call_id:
            return  # it ended otherwise
        if number in self._going:
            self._going.discard(number)
            await self._desk.sign_out(number)
        else:
            await self._desk.wrap_up(number, _DISPOSITION)
            if agent.pause_next:  # asked for before the break that is over
                self._clock.after(0.0, self._desk.ready, number)

    def _state(self, number: str) -> AgentState:
        agent = self._roster.get(number)
        return agent.state if agent is not None else AgentState.SIGNED_OUT
