"""A caller's dialogue with Asterisk: what is played and recorded, and where the caller goes."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path

from ami.agi import AgiOrders
from ami.headers import LEAVE_KEY
from ami.link import AmiLink
from ami.orders import is_gone
from ami.wire import agi_quote
from calls.errors import (
    CallGoneError,
    CommandRefusedError,
    PlaybackFailedError,
    PromptMissingError,
    RecordingFailedError,
)
from prompts.sounds import played_as

#: the longest prompt there may be; a command without an answer for longer is lost
PLAY_SECONDS = 120.0
#: what a command may take beyond what it was asked for: the beep, and Asterisk's own pace
_MARGIN_SECONDS = 10.0
_SAMPLES_A_SECOND = 8000
#: what a recording may be called; the file is that and `.wav`
RECORDING_NAME = re.compile(r"[a-z0-9_-]{1,80}")
_TARGET_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")
_PLAYED = re.compile(r"^200 result=(-?\d+)")
#: how a recording ended: timeout (or silence), dtmf, hangup, randomerror (a key stopped the beep,
#: or there is no beep), writefile, waitfor
_RECORDED = re.compile(r"^200 result=(-?\d+) \((\w+)\)(?: endpos=(\d+))?")
#: nobody records: no such thing on the channel, or no module in Asterisk that could
_NOBODY_RECORDS = re.compile(r"cannot set mute flag|unknown command", re.IGNORECASE)


class AsteriskDialogue(AgiOrders):
    """`calls.switch.CallerDialogue`.

    `prompts` names the sounds that exist, by language; `recordings` is a folder that Asterisk sees
    by the same path as we do.
    """

    def __init__(
        self, link: AmiLink, prompts: Mapping[str, frozenset[str]], recordings: Path
    ) -> None:
        super().__init__(link)
        self._prompts = prompts
        self._recordings = recordings.absolute()

    # --- what is played

    async def play(self, call_id: str, language: str, prompt: str) -> None:
        """See `calls.switch.CallerDialogue`; Asterisk does not tell a hang-up from a lost sound."""
        if prompt not in self._prompts.get(language, frozenset()):
            # Asterisk would end the dialogue over it (lab notes, trap 21)
            raise PromptMissingError(f"there is no prompt {prompt!r} in {language}")
        await self._play(call_id, played_as(prompt))

    async def play_recording(self, call_id: str, recording: str) -> None:
        """See `calls.switch.CallerDialogue`."""
        path = self._path(recording)
        if not path.is_file():
            raise PromptMissingError(f"there is no recording {recording!r}")
        await self._play(call_id, str(path.with_suffix("")))

    async def _play(self, call_id: str, sound: str) -> None:
        # no key of the caller stops it: keys come as facts, and `stop_playing` does; A, B and C
        # take the places of Asterisk's own forward, rewind and pause keys, which phones lack
        command = f'CONTROL STREAM FILE {agi_quote(sound)} "" 3000 A B C'
        answer = await self._run(call_id, command, most_seconds=PLAY_SECONDS)
        match = _PLAYED.match(answer)
        if match is None:
            raise CommandRefusedError(f"playing {sound!r}: {answer[:200]!r}")
        if match.group(1) == "-1":
            raise PlaybackFailedError(f"playing {sound!r}: the caller or the sound is gone")

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

    # --- what is recorded

    async def record(
        self, call_id: str, recording: str, *, most_seconds: float, silence_seconds: float
    ) -> float:
        """See `calls.switch.CallerDialogue`. What a caller said who hung up stays as a file.

        Silence is heard by the whole second, and only as sound: of a phone that sends nothing the
        end comes after `most_seconds`. The fact of the key comes just before the answer; its sound
        is cut off (200 ms).
        """
        path = self._path(recording)
        if not path.parent.is_dir():
            # Asterisk would end the dialogue over it
            raise RecordingFailedError(f"there is no folder for recordings: {path.parent}")
        answer = await self._run(
            call_id,
            f'RECORD FILE {agi_quote(str(path.with_suffix("")))} wav "0123456789*#" '
            f"{round(most_seconds * 1000)} BEEP s={max(1, math.ceil(silence_seconds))}",
            most_seconds=most_seconds + _MARGIN_SECONDS,
        )
        match = _RECORDED.match(answer)
        if match is None:
            raise CommandRefusedError(f"recording {recording!r}: {answer[:200]!r}")
        result, how, samples = match.groups()
        if how == "hangup":
            raise CallGoneError(f"the caller hung up while {recording!r} was recorded")
        if result == "-1":
            raise RecordingFailedError(f"{recording!r} could not be recorded: {how}")
        return int(samples or 0) / _SAMPLES_A_SECOND

    async def mute_recorders(self, call_id: str, *, muted: bool) -> None:
        """See `calls.switch.CallerDialogue`."""
        try:
            await self._send(
                ("Action", "MixMonitorMute"),
                ("Channel", call_id),
                ("Direction", "both"),
                ("State", "1" if muted else "0"),
            )
        except CommandRefusedError as error:
            if is_gone(error):
                raise CallGoneError(f"muting recorders: {error}") from error
            if not _NOBODY_RECORDS.search(str(error)):
                raise

    def _path(self, recording: str) -> Path:
        if not RECORDING_NAME.fullmatch(recording):
            raise CommandRefusedError(f"{recording[:100]!r} is not the name of a recording")
        return self._recordings / f"{recording}.wav"

    # --- who leads it

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

    # --- where the caller goes

    async def send_to_queue(self, call_id: str, queue: str, priority: int) -> None:
        """See `calls.switch.CallerDialogue`."""
        await self._set(call_id, "QUEUE_PRIO", str(priority))
        await self._redirect(call_id, "to-queue", f"queue_{queue}")

    async def send_back_to_queue(self, call_id: str, queue: str, position: int) -> None:
        """See `calls.switch.CallerDialogue`. The priority is the channel's still."""
        await self._set(call_id, "L8_POSITION", str(position))
        await self._redirect(call_id, "to-queue", f"back_{queue}")

    async def back_to_dialogue(self, call_id: str) -> None:
        """See `calls.switch.CallerDialogue`.

        The key is pressed for the caller: Asterisk takes it only while the caller waits, so that
        one who got an agent this very moment stays there. It is pressed twice, because the first
        may do no more than stop an announcement.
        """
        await self._set(call_id, "L8_BACK", "1")
        for _ in range(2):
            await self._send(
                ("Action", "PlayDTMF"),
                ("Channel", call_id),
                ("Digit", LEAVE_KEY),
                ("Receive", "true"),
            )

    async def transfer(self, call_id: str, target: str) -> None:
        """See `calls.switch.CallerDialogue`."""
        if not _TARGET_NAME.fullmatch(target):
            raise CommandRefusedError(f"{target[:40]!r} is not the name of a target")
        await self._redirect(call_id, "to-target", f"target_{target}")

    async def ask_after_call(self, call_id: str) -> None:
        """See `calls.switch.CallerDialogue`."""
        await self._set(call_id, "L8_AFTER", "1")
