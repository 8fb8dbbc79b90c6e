"""How the service is, asked of the composition root no more than once a second."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

_ANSWER_SECONDS = 5.0
_FRESH_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One part of the service: whether it is well, and what there is to say about it."""

    ok: bool
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How the service is now; `recorder_backlog` counts records that wait for the database."""

    link: Finding
    database: Finding
    journal: Finding
    recorder: Finding
    recorder_backlog: int = 0


def ready(health: Health) -> bool:
    """Whether calls can be taken, dialed and kept; a late recorder alone does not matter."""
    return health.link.ok and health.database.ok and health.journal.ok


class Examination:
    """Asks how the service is; many who ask at once, and anybody may, cost one question."""

    def __init__(self, ask: Callable[[], Awaitable[Health]]) -> None:
        self._ask = ask
        self._found: Health | None = None
        self._asked_at = 0.0
        self._one_at_a_time = asyncio.Lock()

    async def health(self) -> Health:
        """The health, at most a second old; a part that does not answer in 5 s is not well."""
        loop = asyncio.get_running_loop()
        async with self._one_at_a_time:
            if self._found is None or loop.time() - self._asked_at >= _FRESH_SECONDS:
                try:
                    async with asyncio.timeout(_ANSWER_SECONDS):
                        self._found = await self._ask()
                except TimeoutError:
                    self._found = _silent()
                self._asked_at = loop.time()
            return self._found


def _silent() -> Health:
    finding = Finding(ok=False, detail=f"no answer within {_ANSWER_SECONDS:g} s")
    return Health(link=finding, database=finding, journal=finding, recorder=finding)
