"""Recordings of talks while they are made: which there are, and keeping things out of them.

Asterisk's dialplan begins and ends them (`calls/events.py`, `CallRecordingStarted`). Here is only
what is going on now: a paused recording holds silence, and goes on when it is told to, or never.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from agents.roster import Roster
from agents.states import AgentState
from calls.errors import Linea800Error
from calls.events import (
    AgentReleased,
    CallEnded,
    CallRecordingPaused,
    CallRecordingResumed,
    CallRecordingStarted,
    CallVanished,
    DialogueOffered,
    Fact,
    QueueGaveUp,
)
from calls.switch import CallRecorders
from calls.tracker import Change


class NotRecordedError(Linea800Error):
    """Nothing of this call is recorded now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A recording that is being made, or waits for its talk."""

    call_id: str
    recording: str
    queue: str
    #: who tells the customer: caller (who heard the sentence), or the agent
    announced: str
    #: None: it goes on
    paused_at: datetime | None = None


class Recordings:
    """Knows the recordings of open calls, and pauses them. To be folded after the tracker."""

    def __init__(
        self,
        pbx: str,
        roster: Roster,
        recorders: CallRecorders,
        put: Callable[[Fact], None],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._pbx = pbx
        self._roster = roster
        self._recorders = recorders
        self._put = put
        self._now = now
        self._made: dict[str, Recorded] = {}

    def of(self, call_id: str) -> Recorded | None:
        """The recording of this call that is being made; None: there is none."""
        return self._made.get(call_id)

    async def pause(self, call_id: str, by: str) -> Recorded:
        """From now on it holds silence; paused already it stays so.

        `by` is an agent's number or a token's id. Raises `NotRecordedError`, `SwitchError`.
        """
        made = self._must_be(call_id)
        # asked of Asterisk even so: a second recorder may have begun meanwhile
        await self._recorders.mute_recorders(call_id, muted=True)
        if made.paused_at is None:
            self._put(
                CallRecordingPaused(
                    at=self._now(), pbx=self._pbx, call_id=call_id, recording=made.recording, by=by
                )
            )
        return replace(made, paused_at=made.paused_at or self._now())

    async def resume(self, call_id: str, by: str) -> Recorded:
        """It holds what is said again. Raises `NotRecordedError`, `SwitchError`."""
        made = self._must_be(call_id)
        await self._recorders.mute_recorders(call_id, muted=False)
        if made.paused_at is not None:
            self._put(
                CallRecordingResumed(
                    at=self._now(), pbx=self._pbx, call_id=call_id, recording=made.recording, by=by
                )
            )
        return replace(made, paused_at=None)

    async def switch(self, agent: str) -> None:
        """Pause the recording of the agent's talk, or resume it when it is paused.

        Raises `NotRecordedError` when there is none, `SwitchError`.
        """
        status = self._roster.get(agent)
        if status is None or status.state is not AgentState.TALKING:
            raise NotRecordedError(f"agent {agent} talks to nobody")
        if self._must_be(status.call_id).paused_at is None:
            await self.pause(status.call_id, agent)
        else:
            await self.resume(status.call_id, agent)

    def fold(self, change: Change) -> None:
        """Note what begins, pauses and ends."""
        fact = change.fact
        match fact:
            case CallRecordingStarted():
                self._made[fact.call_id] = Recorded(
                    call_id=fact.call_id, recording=fact.recording, queue=fact.queue,
                    announced=fact.announced,
                )  # fmt: skip
            case CallRecordingPaused() | CallRecordingResumed():
                made = self._made.get(fact.call_id)
                if made is not None and made.recording == fact.recording:
                    paused_at = fact.at if isinstance(fact, CallRecordingPaused) else None
                    self._made[fact.call_id] = replace(made, paused_at=paused_at)
            case AgentReleased() | QueueGaveUp() | DialogueOffered() | CallEnded() | CallVanished():
                self._made.pop(fact.call_id, None)
            case _:
                pass

    def _must_be(self, call_id: str) -> Recorded:
        made = self._made.get(call_id)
        if made is None:
            raise NotRecordedError(f"nothing of {call_id} is recorded now")
        return made
