"""What a room may ask of the telephone switch; spoken in AMI by `ami/switch.py`.

A command returns when Asterisk has accepted it, never when its effect is there: the effect comes
back as a fact. Every method may raise the errors of `calls/errors.py`. Nothing is ever sent twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Dial:
    """One attempt to be dialed. `number` is digits only, already checked against the rules."""

    attempt_id: str
    number: str
    caller_number: str
    queue: str
    ring_seconds: float
    #: somebody listens beside the answered call whether it is a machine's (`MachineJudged`)
    judged: bool = False
    #: the talk is recorded; it is the agent who says so
    recorded: bool = False


class Mode(StrEnum):
    """How a supervisor takes part in a talk."""

    LISTEN = "listen"  # nobody hears the supervisor
    WHISPER = "whisper"  # only the agent does
    BARGE = "barge"  # both do


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenIn:
    """A supervisor's phone that is to hear a talk. `channel_id` begins with `LISTEN_PREFIX`."""

    channel_id: str
    call_id: str
    agent: str
    phone: str
    mode: Mode
    #: the id of the token that asked
    by: str


class CallPlacer(Protocol):
    """The part of the switch that places calls."""

    async def dial(self, order: Dial) -> None:
        """Originate an attempt; on `OutcomeUnknownError` it must count as dialed."""

    async def leave_message(self, call_id: str, prompt: str) -> None:
        """Take the call from whoever has it, play the prompt after the machine's beep, hang up.

        Raises `PromptMissingError` (not asked for), `CallGoneError`.
        """

    async def hang_up(self, channel_id: str) -> None:
        """End a call by its channel's unique id."""


class AgentPhones(Protocol):
    """The part of the switch that knows agents' phones and queue membership."""

    async def ring_agent(self, agent: str) -> None:
        """Call the agent's phone and hold it on the line."""

    async def hold_line(self, agent: str, channel_id: str) -> None:
        """Hold the line of an agent who called us."""

    async def tell_agent(self, channel_id: str, prompt: str) -> None:
        """Play a prompt to an agent who called us, then end that call."""

    async def release_agent(self, agent: str) -> None:
        """Let the held phone go, at once."""

    async def join_queue(self, agent: str, queue: str, *, held: bool, paused: str) -> None:
        """Make the agent a member; `paused` is a reason or ""; `held` on the line or rung."""

    async def leave_queue(self, agent: str, queue: str, *, held: bool) -> None:
        """End the membership; not being a member is no error."""

    async def pause(self, agent: str, reason: str, *, held: bool) -> None:
        """Pause the agent in all queues; an empty reason ends the pause."""

    async def hang_up(self, channel_id: str) -> None:
        """End a call by its channel's unique id."""

    async def end_talk(self, call_id: str) -> None:
        """Part a subscriber from the agent: into the dialogue that was asked for after the call.

        Without one (`CallerDialogue.ask_after_call`) the call ends. A call that is gone is no
        error.
        """


class CallerDialogue(Protocol):
    """The part of the switch that a caller's dialogue speaks to."""

    async def play(self, call_id: str, language: str, prompt: str) -> None:
        """Play one prompt to its end, or to `stop_playing`.

        Raises `PromptMissingError` (not asked for), `PlaybackFailedError`, `CallGoneError`.
        """

    async def stop_playing(self, call_id: str) -> None:
        """Stop what is being played; nothing being played is no error."""

    async def speak_language(self, call_id: str, language: str) -> None:
        """The language of whatever the switch itself says to the caller from now on."""

    async def keep(self, call_id: str, seconds: int) -> None:
        """Renew the dead man's switch: without it the dialplan takes the caller to a queue."""

    async def rescue(self, call_id: str) -> None:
        """End a dialogue that nobody leads any more: the dialplan's own fallback takes the caller.

        Raises `CallGoneError`; a caller who left the dialogue meanwhile stays where they are.
        """

    async def send_to_queue(self, call_id: str, queue: str, priority: int) -> None:
        """Leave the dialogue for a queue; a higher priority is served first."""

    async def play_recording(self, call_id: str, recording: str) -> None:
        """Play what a caller recorded, to its end or to `stop_playing`; raises as `play`."""

    async def record(
        self, call_id: str, recording: str, *, most_seconds: float, silence_seconds: float
    ) -> float:
        """Beep and record until a key, silence or the time is over; how many seconds there are.

        Raises `RecordingFailedError`, `CallGoneError`. The key comes as a fact as well.
        """

    async def mute_recorders(self, call_id: str, *, muted: bool) -> None:
        """Whoever records the call hears nothing for a while; nobody doing so is no error."""

    async def transfer(self, call_id: str, target: str) -> None:
        """Leave the dialogue for a target of the floor; a failure comes back as a dialogue."""

    async def back_to_dialogue(self, call_id: str) -> None:
        """Take a waiting caller out of the queue, into a dialogue (`DialogueOffered` comes).

        The place is kept. A caller who got an agent meanwhile stays with the agent.
        """

    async def ask_after_call(self, call_id: str) -> None:
        """When the agent ends the talk to come, the caller comes back into a dialogue, once."""

    async def send_back_to_queue(self, call_id: str, queue: str, position: int) -> None:
        """Leave the dialogue for the queue the caller comes from; 1 is the head of the line.

        Who has a higher priority stays before the caller, whatever the position.
        """

    async def hang_up(self, channel_id: str) -> None:
        """End a call by its channel's unique id."""


class SupervisorPhones(Protocol):
    """The part of the switch that lets supervisors hear talks."""

    async def listen_in(self, order: ListenIn) -> None:
        """Ring the phone; once it answers it hears the talk (`SupervisionStarted`).

        Raises `CallGoneError` when the agent talks to nobody.
        """

    async def listen_otherwise(self, channel_id: str, mode: Mode) -> None:
        """Go on in another mode; raises `CallGoneError` when that phone does not hear anything."""

    async def keep(self, call_id: str, seconds: int) -> None:
        """Renew the dead man's switch of a phone that listens."""

    async def hang_up(self, channel_id: str) -> None:
        """End a call by its channel's unique id."""


class WaitingLine(Protocol):
    """The part of the switch that moves callers who wait. Who got an agent meanwhile stays there.

    A caller who is being told something may take no notice: then the order may be given again.
    """

    async def send_elsewhere(self, call_id: str, queue: str) -> None:
        """To the end of another queue's line."""

    async def send_ahead(self, call_id: str, queue: str, position: int) -> None:
        """To another place in the line of the queue where the caller waits; 1 is its head."""

    async def send_away(self, call_id: str) -> None:
        """Tell the caller that nobody is available, and hang up."""

    async def back_to_dialogue(self, call_id: str) -> None:
        """As `CallerDialogue`."""

    async def announce(self, call_id: str, language: str, prompt: str) -> None:
        """Play a prompt into whatever a waiting caller hears; the caller stays in the line.

        Raises `PromptMissingError` (not asked for), `CallGoneError`.
        """


class TalkPassing(Protocol):
    """The part of the switch that takes a caller from an agent and sends the caller on.

    The agent is free of the caller at once. Both raise `CallGoneError`.
    """

    async def pass_to_queue(self, call_id: str, queue: str) -> None:
        """To the end of a queue's line."""

    async def pass_to_target(self, call_id: str, target: str) -> None:
        """To a target of the floor.

        One that does not take the call gives the caller back, to the head of the line that the
        talk came from.
        """


class CallRecorders(Protocol):
    """The part of the switch that keeps things out of recordings."""

    async def mute_recorders(self, call_id: str, *, muted: bool) -> None:
        """As `CallerDialogue`; raises `CallGoneError`."""


class SupervisorSwitch(SupervisorPhones, WaitingLine, TalkPassing, Protocol):
    """The part of the switch that supervisors act with."""


class Switch(CallPlacer, AgentPhones, CallerDialogue, CallRecorders, SupervisorSwitch, Protocol):
    """All of it."""
