"""How things stand at the moment a menu decides: asked, never remembered."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueNow:
    """One queue."""

    waiting: int = 0
    #: agents who are at work in it, whatever they do just now
    staffed: int = 1
    free: int = 0
    #: until somebody who comes now is served; None: nobody can say
    wait_seconds: float | None = None
    #: a supervisor closed it, and callers are told this prompt ("": none); None: it is open
    closed_with: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One caller's world."""

    call_id: str = ""
    #: digits as the trunk shows them; "" hidden
    caller: str = ""
    called: str = ""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    queue: Callable[[str], QueueNow] = lambda _: QueueNow()
    #: the prompts of what goes on in an area
    incidents: Callable[[str], tuple[str, ...]] = lambda _: ()
    #: what is recorded in a language: which first names can be said
    recorded: Callable[[str], Set[str]] = lambda _: frozenset()
