"""How the example misbehaves: dead, slow, or lying in every way there is."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import RedirectResponse, Response, StreamingResponse

_BALANCE = '"currency": "ARS", "due_on": "2026-11-30", "overdue": false'


class MoodName(StrEnum):
    """What may be the matter."""

    WELL = "well"
    DEAD = "dead"  # 503 at once; for a dead port, stop the server
    SLOW = "slow"  # a good answer, after `seconds`
    LYING = "lying"  # as `lie` says


class Lie(StrEnum):
    """What a lying system answers, with status 200."""

    EACH_IN_TURN = "each_in_turn"
    WRONG_KIND = "wrong_kind"
    MISSING = "missing"
    NAN = "nan"
    HTML = "html"
    CUT_SHORT = "cut_short"
    EMPTY = "empty"
    DEEP = "deep"
    HUGE = "huge"
    TRICKLE = "trickle"
    REDIRECT = "redirect"


class Mood(BaseModel):
    """How every service answers from now on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mood: MoodName = MoodName.WELL
    seconds: Annotated[float, Field(ge=0, le=3600)] = 5.0
    lie: Lie = Lie.EACH_IN_TURN


class Moods:
    """The mood, and a way to hear that it changed."""

    def __init__(self, mood: Mood) -> None:
        self.now = mood
        self._changed = asyncio.Event()
        self._lies = 0

    def change(self, mood: Mood) -> None:
        """Whoever is kept waiting waits no longer."""
        self.now = mood
        self._changed.set()
        self._changed = asyncio.Event()

    async def be_slow(self) -> None:
        """Take as long as the mood wants, whether somebody waits for it still or not."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.now.seconds):
                await self._changed.wait()

    def lie(self, path: str) -> Response:
        """The answer of a system that lies."""
        lie = self.now.lie
        if lie is Lie.EACH_IN_TURN:
            every = list(_LIES)
            lie, self._lies = every[self._lies % len(every)], self._lies + 1
        return _LIES[lie](path)


async def _endless(piece: bytes, pause_seconds: float) -> AsyncIterator[bytes]:
    while True:
        yield piece
        await asyncio.sleep(pause_seconds)


def _text(body: str, media_type: str = "application/json") -> Callable[[str], Response]:
    return lambda _: Response(body, media_type=media_type)


_LIES: Mapping[Lie, Callable[[str], Response]] = {
    Lie.WRONG_KIND: _text(f'{{"amount": "mucho", {_BALANCE}}}'),
    Lie.MISSING: _text(f"{{{_BALANCE}}}"),
    Lie.NAN: _text(f'{{"amount": NaN, {_BALANCE}}}'),
    Lie.HTML: _text("<html><body>Iniciar sesión</body></html>", "text/html"),
    Lie.CUT_SHORT: _text(f'{{"amount": 1021.01, {_BALANCE}'),
    Lie.EMPTY: _text(""),
    Lie.DEEP: _text("[" * 50_000),
    Lie.HUGE: _text('{"amount": "' + "9" * 10_000_000 + '"}'),
    Lie.TRICKLE: lambda _: StreamingResponse(_endless(b" ", 0.05), media_type="application/json"),
    # to itself, for ever
    Lie.REDIRECT: lambda path: RedirectResponse(path),
}
