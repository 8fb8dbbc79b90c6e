"""Talks that their agents pass on, to a queue or to a target of the floor, without staying in them.

An order answers when the switch has it: that the talk is over, and where the caller goes, come as
facts.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from calls.call import Direction
from calls.errors import Linea800Error, SwitchError
from calls.events import AgentReleased, CallEnded, CallVanished
from calls.states import CallState
from calls.switch import TalkPassing
from calls.tracker import Change, Tracker

_TALKS = (CallState.TALKING, CallState.ON_HOLD)


class NotTalkingError(Linea800Error):
    """Nobody talks in this call now, or its talk is being passed on already."""


class CalledByUsError(Linea800Error):
    """Whom we called is not passed on."""


class PassingOn:
    """Passes talks on, each once. To be folded after the tracker."""

    def __init__(self, tracker: Tracker, switch: TalkPassing) -> None:
        self._tracker = tracker
        self._switch = switch
        self._under_way: set[str] = set()

    async def to_queue(self, call_id: str, queue: str) -> None:
        """To the end of this queue's line.

        As `to_target` raises `NotTalkingError`, `CalledByUsError`, `SwitchError`.
        """
        await self._once(call_id, partial(self._switch.pass_to_queue, call_id, queue))

    async def to_target(self, call_id: str, target: str) -> None:
        """To this target; when it does not take the call the caller is back in the line."""
        await self._once(call_id, partial(self._switch.pass_to_target, call_id, target))

    def fold(self, change: Change) -> None:
        """Note that a talk is over."""
        if isinstance(change.fact, AgentReleased | CallEnded | CallVanished):
            self._under_way.discard(change.fact.call_id)

    async def _once(self, call_id: str, order: Callable[[], Awaitable[None]]) -> None:
        call = self._tracker.get(call_id)
        if call is None or call.state not in _TALKS or call_id in self._under_way:
            raise NotTalkingError(f"nobody talks in {call_id}")
        if call.direction is Direction.DIALED:
            raise CalledByUsError(f"{call_id} is a call that we made")
        self._under_way.add(call_id)
        try:
            await order()
        except SwitchError:
            self._under_way.discard(call_id)
            raise
