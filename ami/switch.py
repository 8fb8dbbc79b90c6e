"""The switch of `calls/switch.py`, spoken in AMI. Commands go out once; effects come as facts."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import Mapping
from urllib.parse import unquote

from ami.errors import ValueRefusedError
from ami.link import AmiLink
from ami.message import RawMessage
from ami.wire import agi_quote
from calls.errors import (
    CallGoneError,
    CommandRefusedError,
    LinkDownError,
    PlaybackFailedError,
    PromptMissingError,
)
from calls.events import LINE_PREFIX
from calls.switch import Dial

#: what Asterisk says when the thing to be ended is not there any more: that is what was wanted
_GONE = re.compile(r"no such channel|not logged in|not there|no such agent", re.IGNORECASE)
_RESULT = re.compile(r"^200 result=(-?\d+)")
#: the longest prompt there may be; a command without an answer for longer is lost
PLAY_SECONDS = 120.0


class AmiSwitch:
    """Orders to one Asterisk. `prompts` names the sounds that exist, by language."""

    def __init__(self, link: AmiLink, prompts: Mapping[str, frozenset[str]]) -> None:
        self._link = link
        self._prompts = prompts
        self._plays: dict[str, tuple[str, asyncio.Future[str]]] = {}

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
            ("Exten", f"judged_queue_{order.queue}" if order.judged else f"queue_{order.queue}"),
            ("Priority", "1"),
            ("Async", "true"),  # without it the whole connection waits for the far end
        )

    async def leave_message(self, call_id: str, prompt: str) -> None:
        """See `calls.switch.CallPlacer`."""
        if not any(prompt in known for known in self._prompts.values()):
            # the dialplan would make a gap of it
            raise PromptMissingError(f"there is no prompt {prompt!r}")
        await self._redirect(call_id, "machine-message", f"leave_{prompt}")

    async def hang_up(self, channel_id: str) -> None:
        """See `calls.switch`. A call that is gone already is no error."""
        await self._send_if_there(("Action", "Hangup"), ("Channel", channel_id), ("Cause", "16"))

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

    # --- CallerDialogue

    async def play(self, call_id: str, language: str, prompt: str) -> None:
        """See `calls.switch.CallerDialogue`; Asterisk does not tell a hang-up from a lost sound."""
        if prompt not in self._prompts.get(language, frozenset()):
            # Asterisk would end the dialogue over it (lab notes, trap 21)
            raise PromptMissingError(f"there is no prompt {prompt!r} in {language}")
        command_id = uuid.uuid4().hex
        result: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._plays[command_id] = (call_id, result)
        # no key of the caller stops it: keys come as facts, and `stop_playing` does; A, B and C
        # take the places of Asterisk's own forward, rewind and pause keys, which phones lack
        sound = agi_quote(f"linea800/{prompt}")
        try:
            await self._send(
                ("Action", "AGI"),
                ("Channel", call_id),
                ("Command", f'CONTROL STREAM FILE {sound} "" 3000 A B C'),
                ("CommandID", command_id),
            )
            async with asyncio.timeout(PLAY_SECONDS):
                answer = await result
        finally:
            del self._plays[command_id]
        match = _RESULT.match(answer)
        if match is None:
            raise CommandRefusedError(f"playing {prompt!r}: {answer[:200]!r}")
        if match.group(1) == "-1":
            raise PlaybackFailedError(f"playing {prompt!r}: the caller or the sound is gone")

    async def stop_playing(self, call_id: str) -> None:
        """See `calls.switch.CallerDialogue`."""
        try:
            await self._send(
                ("Action", "ControlPlayback"), ("Channel", call_id), ("Control", "stop")
            )
        except CommandRefusedError:
            return  # nothing is being played

    async def speak_language(self, call_id: str, language: str) -> None:
        """See `calls.switch.CallerDialogue`."""
        await self._set(call_id, "CHANNEL(language)", language)

    async def keep(self, call_id: str, seconds: int) -> None:
        """See `calls.switch.CallerDialogue`."""
        await self._send(
            ("Action", "AbsoluteTimeout"), ("Channel", call_id), ("Timeout", str(seconds))
        )

    async def rescue(self, call_id: str) -> None:
        """See `calls.switch.CallerDialogue`.

        It ends the dialogue and moves nobody: a caller who has left it meanwhile stays there.
        """
        try:
            await self._send(("Action", "AGI"), ("Channel", call_id), ("Command", "ASYNCAGI BREAK"))
        except CommandRefusedError as error:
            raise CallGoneError(f"not in a dialogue any more: {error}") from error

    async def send_to_queue(self, call_id: str, queue: str, priority: int) -> None:
        """See `calls.switch.CallerDialogue`."""
        await self._set(call_id, "QUEUE_PRIO", str(priority))
        await self._redirect(call_id, "to-queue", f"queue_{queue}")

    async def send_back_to_queue(self, call_id: str, queue: str, position: int) -> None:
        """See `calls.switch.CallerDialogue`. The priority is the channel's still."""
        await self._set(call_id, "L8_POSITION", str(position))
        await self._redirect(call_id, "to-queue", f"queue_{queue}")

    # --- what the connector tells

    async def say_alive(self, switch_time: float) -> None:
        """Let the dialplan know that somebody is here to lead dialogues."""
        await self._set("", "L8_ALIVE", str(int(switch_time)))

    def command_finished(self, message: RawMessage) -> None:
        """An `AsyncAGIExec` came: wake whoever waits for that command."""
        play = self._plays.get(message.get("CommandId"))
        if play is not None and not play[1].done():
            play[1].set_result(unquote(message.get("Result")).strip())

    def dialogue_over(self, call_id: str) -> None:
        """Commands still queued for the call never run (lab notes, trap 23)."""
        self._fail(CallGoneError("the dialogue is over"), call_id)

    def link_lost(self) -> None:
        """No result will come any more."""
        self._fail(LinkDownError("the link was lost while a prompt played"))

    def _fail(self, error: Exception, call_id: str = "") -> None:
        for owner, result in self._plays.values():
            if call_id in ("", owner) and not result.done():
                result.set_exception(error)
                result.exception()  # it may be that nobody waits any more

    # --- sending

    async def _send(self, *fields: tuple[str, str]) -> None:
        try:
            await self._link.send(fields)
        except ValueRefusedError as error:
            raise CommandRefusedError(str(error)) from error

    async def _send_if_there(self, *fields: tuple[str, str]) -> None:
        try:
            await self._send(*fields)
        except CommandRefusedError as error:
            if not _GONE.search(str(error)):
                raise

    async def _set(self, channel_id: str, name: str, value: str) -> None:
        fields = [("Action", "Setvar"), ("Variable", name), ("Value", value)]
        if channel_id:
            fields.insert(1, ("Channel", channel_id))
        await self._send(*fields)

    async def _redirect(self, channel_id: str, context: str, exten: str) -> None:
        try:
            await self._send(
                ("Action", "Redirect"),
                ("Channel", channel_id),
                ("Context", context),
                ("Exten", exten),
                ("Priority", "1"),
            )
        except CommandRefusedError as error:
            if _GONE.search(str(error)) or "does not exist" in str(error):
                raise CallGoneError(f"redirect to {context}: {error}") from error
            raise


def _interface(agent: str, *, held: bool) -> str:
    return f"Local/{agent}@agents" if held else f"PJSIP/{agent}"
