"""Plays a list of sounds to one caller, one after the other, until the end or until stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from calls.switch import CallerDialogue
from ivr.vocabulary import PlayRecording

#: a stop may reach Asterisk before the prompt has begun: it is said again this often
STOP_AGAIN_SECONDS = 0.2


class Player:
    """One caller's loudspeaker. `finished` is called when everything was heard to its end."""

    def __init__(
        self, switch: CallerDialogue, call_id: str, finished: Callable[[BaseException | None], None]
    ) -> None:
        self._switch = switch
        self._call_id = call_id
        self._finished = finished
        self._task: asyncio.Task[None] | None = None
        self._stopped = False

    def play(self, language: str, sounds: Sequence[str | PlayRecording]) -> None:
        """Begin; nothing may be playing. A `str` is a prompt."""
        self._stopped = False
        self._task = asyncio.create_task(self._run(language, tuple(sounds)))

    async def stop(self) -> None:
        """Silence, now. Nothing being played is fine; `finished` is not called."""
        task, self._task = self._task, None
        if task is None:
            return
        self._stopped = True
        while not task.done():
            await self._switch.stop_playing(self._call_id)
            await asyncio.wait({task}, timeout=STOP_AGAIN_SECONDS)

    async def close(self) -> None:
        """Forget what is being played: the caller is gone or elsewhere."""
        task, self._task = self._task, None
        if task is not None:
            self._stopped = True
            task.cancel()
            await asyncio.wait({task})

    async def _run(self, language: str, sounds: tuple[str | PlayRecording, ...]) -> None:
        error: BaseException | None = None
        try:
            for sound in sounds:
                if self._stopped:
                    return
                if isinstance(sound, PlayRecording):
                    await self._switch.play_recording(self._call_id, sound.recording)
                else:
                    await self._switch.play(self._call_id, language, sound)
        except Exception as failure:  # told to the session, which decides what becomes of the call
            error = failure
        if not self._stopped:
            self._task = None
            self._finished(error)
