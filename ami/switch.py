"""The switch of `calls/switch.py`, spoken in AMI. Commands go out once; effects come as facts."""

from __future__ import annotations

import re
import uuid

from ami.dialogue import AsteriskDialogue
from ami.headers import CHANNEL_ID
from ami.supervision import SupervisorOrders, must_be_a_name
from calls.errors import CallGoneError, CommandRefusedError, PromptMissingError
from calls.events import LINE_PREFIX
from calls.switch import Dial


class AmiSwitch(AsteriskDialogue, SupervisorOrders):
    """Orders to one Asterisk; what they are made with is in `ami/dialogue.py`."""

    # --- CallPlacer

    async def dial(self, order: Dial) -> None:
        """See `calls.switch.CallPlacer`. The attempt's id is ActionID and ChannelId."""
        if not re.fullmatch(r"[0-9]{3,15}", order.number):
            raise CommandRefusedError(f"{order.number!r} is not a number to be dialed")
        await self._send(
            ("Action", "Originate"),
            ("ActionID", order.attempt_id),
            ("ChannelId", order.attempt_id),
            ("Channel", f"PJSIP/{order.number}@trunk"),
            ("CallerID", order.caller_number),
            ("Timeout", str(int(order.ring_seconds * 1000))),
            ("Context", "dialed"),
            ("Exten", _way(order)),
            ("Priority", "1"),
            ("Async", "true"),  # without it the whole connection waits for the far end
        )

    async def leave_message(self, call_id: str, prompt: str) -> None:
        """See `calls.switch.CallPlacer`."""
        if not any(prompt in known for known in self._prompts.values()):
            # the dialplan would make a gap of it
            raise PromptMissingError(f"there is no prompt {prompt!r}")
        await self._redirect(call_id, "machine-message", f"leave_{prompt}")

    # --- AgentPhones

    async def ring_agent(self, agent: str) -> None:
        """See `calls.switch.AgentPhones`."""
        line_id = f"{LINE_PREFIX}{agent}-{uuid.uuid4().hex[:12]}"
        await self._send(
            ("Action", "Originate"),
            ("ActionID", line_id),
            ("ChannelId", line_id),
            ("Channel", f"PJSIP/{agent}"),
            ("CallerID", agent),
            ("Timeout", "30000"),
            ("Context", "agent-line"),
            ("Exten", agent),
            ("Priority", "1"),
            ("Async", "true"),
        )

    async def hold_line(self, agent: str, channel_id: str) -> None:
        """See `calls.switch.AgentPhones`."""
        await self._redirect(channel_id, "agent-line", agent)

    async def tell_agent(self, channel_id: str, prompt: str) -> None:
        """See `calls.switch.AgentPhones`."""
        await self._redirect(channel_id, "agent-told", f"prompt_{prompt}")

    async def release_agent(self, agent: str) -> None:
        """See `calls.switch.AgentPhones`."""
        await self._send_if_there(("Action", "AgentLogoff"), ("Agent", agent), ("Soft", "false"))

    async def join_queue(self, agent: str, queue: str, *, held: bool, paused: str) -> None:
        """See `calls.switch.AgentPhones`. Being a member already is no error."""
        fields = [
            ("Action", "QueueAdd"),
            ("Queue", queue),
            ("Interface", _interface(agent, held=held)),
            ("MemberName", agent),
            ("Paused", "true" if paused else "false"),
        ]
        if held:
            # without it a held agent who is not there looks available (lab notes, trap 14)
            fields.append(("StateInterface", f"Agent:{agent}"))
        try:
            await self._send(*fields)
        except CommandRefusedError as error:
            if "already there" not in str(error).lower():
                raise
        else:
            if not paused:
                return
        # QueueAdd takes no reason, and a member left over from before may still be paused
        await self.pause(agent, paused, held=held)

    async def leave_queue(self, agent: str, queue: str, *, held: bool) -> None:
        """See `calls.switch.AgentPhones`."""
        await self._send_if_there(
            ("Action", "QueueRemove"),
            ("Queue", queue),
            ("Interface", _interface(agent, held=held)),
        )

    async def pause(self, agent: str, reason: str, *, held: bool) -> None:
        """See `calls.switch.AgentPhones`."""
        fields = [
            ("Action", "QueuePause"),
            ("Interface", _interface(agent, held=held)),
            ("Paused", "true" if reason else "false"),
        ]
        if reason:
            fields.append(("Reason", reason))
        await self._send(*fields)

    async def end_talk(self, call_id: str) -> None:
        """See `calls.switch.AgentPhones`; the dialplan knows whether a dialogue was asked for."""
        try:
            await self._redirect(call_id, "after-talk", "after_call")
        except CallGoneError:
            return

    # --- TalkPassing

    async def pass_to_queue(self, call_id: str, queue: str) -> None:
        """See `calls.switch.TalkPassing`."""
        must_be_a_name(queue)
        await self._redirect(call_id, "passed-on", f"queue_{queue}")

    async def pass_to_target(self, call_id: str, target: str) -> None:
        """See `calls.switch.TalkPassing`; the dialplan knows where the caller comes from."""
        must_be_a_name(target)
        await self._redirect(call_id, "passed-on", f"target_{target}")

    # --- WaitingLine

    async def announce(self, call_id: str, language: str, prompt: str) -> None:
        """See `calls.switch.WaitingLine`: somebody beside the call speaks into it."""
        if prompt not in self._prompts.get(language, frozenset()):
            raise PromptMissingError(f"there is no prompt {prompt!r} in {language}")
        if not CHANNEL_ID.fullmatch(call_id):
            raise CommandRefusedError(f"{call_id[:80]!r} is not the id of a call")
        await self._send(
            ("Action", "Originate"),
            ("ActionID", f"announce-{uuid.uuid4().hex[:12]}"),
            ("Channel", f"Local/beside_{call_id}@announcer/n"),
            ("Context", "announcement"),
            ("Exten", f"say_{prompt}"),
            ("Priority", "1"),
            ("Variable", f"L8_LANGUAGE={language}"),
            ("Async", "true"),
        )

    # --- what the connector tells

    async def say_alive(self, switch_time: float) -> None:
        """Let the dialplan know that somebody is here to lead dialogues."""
        await self._set("", "L8_ALIVE", str(int(switch_time)))


def _way(order: Dial) -> str:
    """The extension of `dialed`: each prefix does its part and leads on to what follows it."""
    judged = "judged_" if order.judged else ""
    recorded = "recorded_" if order.recorded else ""
    return f"{judged}{recorded}queue_{order.queue}"


def _interface(agent: str, *, held: bool) -> str:
    return f"Local/{agent}@agents" if held else f"PJSIP/{agent}"
