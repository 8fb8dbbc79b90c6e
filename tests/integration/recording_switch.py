"""A switch that carries nothing out and keeps what it was asked for."""

from __future__ import annotations

from calls.errors import SwitchError
from calls.switch import Dial, ListenIn, Mode


class RecordingSwitch:
    """Notes what is asked of it; raises `error` instead when that is set."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.error: SwitchError | None = None

    def _note(self, *asked: str) -> None:
        if self.error is not None:
            raise self.error
        self.asked.append(asked)

    async def dial(self, order: Dial) -> None:
        """Note it."""
        self._note("dial", order.attempt_id)

    async def leave_message(self, call_id: str, prompt: str) -> None:
        """Note it."""
        self._note("leave_message", call_id, prompt)

    async def hang_up(self, channel_id: str) -> None:
        """Note it."""
        self._note("hang_up", channel_id)

    async def end_talk(self, call_id: str) -> None:
        """Note it: without a dialogue afterwards the call ends."""
        self._note("hang_up", call_id)

    async def ring_agent(self, agent: str) -> None:
        """Note it."""
        self._note("ring_agent", agent)

    async def hold_line(self, agent: str, channel_id: str) -> None:
        """Note it."""
        self._note("hold_line", agent, channel_id)

    async def tell_agent(self, channel_id: str, prompt: str) -> None:
        """Note it."""
        self._note("tell_agent", channel_id, prompt)

    async def release_agent(self, agent: str) -> None:
        """Note it."""
        self._note("release_agent", agent)

    async def join_queue(self, agent: str, queue: str, *, held: bool, paused: str) -> None:
        """Note it."""
        self._note("join_queue", agent, queue)

    async def leave_queue(self, agent: str, queue: str, *, held: bool) -> None:
        """Note it."""
        self._note("leave_queue", agent, queue)

    async def pause(self, agent: str, reason: str, *, held: bool) -> None:
        """Note it."""
        self._note("pause", agent, reason)

    async def keep(self, call_id: str, seconds: int) -> None:
        """Note it."""
        self._note("keep", call_id)

    async def listen_in(self, order: ListenIn) -> None:
        """Note it."""
        self._note("listen_in", order.phone, order.agent, order.mode)

    async def listen_otherwise(self, channel_id: str, mode: Mode) -> None:
        """Note it."""
        self._note("listen_otherwise", channel_id, mode)

    async def send_elsewhere(self, call_id: str, queue: str) -> None:
        """Note it."""
        self._note("send_elsewhere", call_id, queue)

    async def send_ahead(self, call_id: str, queue: str, position: int) -> None:
        """Note it."""
        self._note("send_ahead", call_id, queue, str(position))

    async def pass_to_queue(self, call_id: str, queue: str) -> None:
        """Note it."""
        self._note("pass_to_queue", call_id, queue)

    async def pass_to_target(self, call_id: str, target: str) -> None:
        """Note it."""
        self._note("pass_to_target", call_id, target)

    async def send_away(self, call_id: str) -> None:
        """Note it."""
        self._note("send_away", call_id)

    async def back_to_dialogue(self, call_id: str) -> None:
        """Note it."""
        self._note("back_to_dialogue", call_id)

    async def mute_recorders(self, call_id: str, *, muted: bool) -> None:
        """Note it."""
        self._note("mute_recorders", call_id, str(muted))

    async def announce(self, call_id: str, language: str, prompt: str) -> None:
        """Note it."""
        self._note("announce", call_id, language, prompt)
