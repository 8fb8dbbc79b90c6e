"""What the switch is told of agents' shifts and pauses.

An order that the switch does not take is logged and no more: the facts stand, and the next snapshot
brings Asterisk in line with them.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Iterable

from agents.floor import own_queue
from agents.roster import AgentStatus
from calls.errors import SwitchError
from calls.switch import AgentPhones

log = logging.getLogger(__name__)


class PhoneOrders:
    """Orders to the switch that raise nothing of what goes wrong there."""

    def __init__(self, phones: AgentPhones) -> None:
        self._phones = phones

    async def begin_shift(self, agent: AgentStatus, *, channel_id: str = "") -> None:
        """Into the queues and onto the line; `channel_id`: the agent's own call to us."""
        await self.join(agent, agent.queues, pause="")
        if not agent.held:
            return
        if channel_id:
            await _tried(self._phones.hold_line(agent.number, channel_id))
        else:
            await _tried(self._phones.ring_agent(agent.number))

    async def end_shift(self, agent: AgentStatus) -> None:
        """Out of the queues and off the line."""
        await self.leave(agent, (*agent.queues, own_queue(agent.number)))
        if agent.held:
            await _tried(self._phones.release_agent(agent.number))

    async def join(self, agent: AgentStatus, queues: Iterable[str], *, pause: str) -> None:
        """Into these queues, paused for a reason or not ("")."""
        for queue in queues:
            join = self._phones.join_queue(agent.number, queue, held=agent.held, paused=pause)
            await _tried(join)

    async def leave(self, agent: AgentStatus, queues: Iterable[str]) -> None:
        """Out of these queues."""
        for queue in queues:
            await _tried(self._phones.leave_queue(agent.number, queue, held=agent.held))

    async def pause(self, agent: AgentStatus, reason: str) -> None:
        """A pause in all queues; an empty reason ends it."""
        await _tried(self._phones.pause(agent.number, reason, held=agent.held))

    async def answer_code(self, channel_id: str, prompt: str) -> None:
        """Play a prompt to the phone that dialed a short code."""
        await _tried(self._phones.tell_agent(channel_id, prompt))


async def _tried(order: Awaitable[None]) -> None:
    try:
        await order
    except SwitchError as error:
        log.warning("the switch did not take it, the next snapshot will mend it: %s", error)
