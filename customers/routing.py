"""Which way a known caller goes on: to the agent who has their matter, and before whom. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

#: the second call for the same reason goes before first ones, and behind none of its kind
REPEAT_PRIORITY = 5
#: from when the agent is expected to be free: one who rings longer is not there
TAKING_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerNow:
    """The agent who looks after the customer's open matter."""

    number: str
    queues: Collection[str]
    #: 0: now; None: signed out, in a pause, or about to be
    free_in_seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """How the caller goes on. Without an agent: to the queue asked for, at once."""

    agent: str = ""
    #: until the agent is expected to be free
    free_in_seconds: float = 0.0
    #: the agent is waited for so long, ringing included; then the queue asked for
    hold_seconds: float = 0.0
    priority: int = 0


def route(
    queue: str,
    *,
    owner: OwnerNow | None = None,
    owner_seconds: float | None = None,
    reason: str = "",
    reasons: Collection[str] = (),
    priority: int = 0,
    repeat_priority: int = REPEAT_PRIORITY,
) -> Route:
    """The way of a caller who is to go to `queue` with the `priority` that the menu gives.

    The owner is preferred who serves that queue and is free, or will be in `owner_seconds` (None:
    owners are not asked for in that queue). `reasons` are why the
    customer called in the last 24 hours: who calls again for the same `reason` has waited before.
    """
    if reason and reason in reasons:
        priority += repeat_priority
    free_in = owner.free_in_seconds if owner is not None else None
    if owner is None or free_in is None or queue not in owner.queues:
        return Route(priority=priority)
    if owner_seconds is None or free_in > owner_seconds:
        return Route(priority=priority)
    free_in = max(0.0, free_in)
    return Route(
        agent=owner.number,
        free_in_seconds=free_in,
        hold_seconds=free_in + TAKING_SECONDS,
        priority=priority,
    )
