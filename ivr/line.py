"""The line of a queue as it stands when a caller leaves it or comes back to it. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

_JUST_BEFORE = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class InLine:
    """Somebody who waits: since when, and with which priority (the higher goes first)."""

    call_id: str
    since: datetime
    priority: int = 0


def position(caller: InLine, line: Collection[InLine]) -> int:
    """The caller's place among those who wait now, 1 at the head."""
    return 1 + sum(_goes_before(other, caller) for other in line)


def place(caller: InLine, line: Collection[InLine]) -> datetime:
    """The place as a moment: before it began to wait whoever is in front, and nobody else.

    That is the caller's own moment, unless a priority had led past others.
    """
    behind = [
        other.since - _JUST_BEFORE
        for other in line
        if other.call_id != caller.call_id and not _goes_before(other, caller)
    ]
    return min([caller.since, *behind])


def _goes_before(other: InLine, caller: InLine) -> bool:
    if other.call_id == caller.call_id:
        return False
    return (-other.priority, other.since) < (-caller.priority, caller.since)
