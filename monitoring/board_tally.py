"""What the board counts of each queue since the service started. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from calls.call import Call, Verdict
from calls.events import AgentConnected, CallEnded, QueueJoined, QueueLeft, SafeHarbourPlayed
from calls.states import CallState
from calls.tracker import Change


class BoardTally:
    """Folds changes into the counts of the queues it knows."""

    def __init__(self, queues: Iterable[str]) -> None:
        self._counts: dict[str, Counter[str]] = {queue: Counter() for queue in queues}

    def queues(self) -> list[str]:
        """The queues it knows."""
        return list(self._counts)

    def of(self, queue: str) -> Counter[str]:
        """The counts of a queue: offered, answered, abandoned, safe_harbour."""
        return self._counts[queue]

    def fold(self, change: Change) -> None:
        """Take a change in."""
        fact, before = change.fact, change.before
        queue = getattr(fact, "queue", "") or (before.queue if before is not None else "")
        counts = self._counts.get(queue)
        if counts is None:
            return
        match fact:
            case QueueJoined() if before is None or not _waits(before, queue):
                counts["offered"] += 1
            case AgentConnected() if before is None or before.state is not CallState.TALKING:
                counts["answered"] += 1
            case QueueLeft() if before is not None and _gives_up(before):
                counts["abandoned"] += 1
            case CallEnded() if before is not None and _gives_up_the_key(before):
                counts["abandoned"] += 1
            case SafeHarbourPlayed():
                counts["safe_harbour"] += 1
            case _:
                pass


def _waits(call: Call, queue: str) -> bool:
    """Whether the call has been offered to the queue before: who comes back to it has."""
    return call.in_line and call.queue == queue


def _gives_up_the_key(call: Call) -> bool:
    """Whether one who hangs up in a dialogue still had a place in the line."""
    return call.keeps_place


def _gives_up(call: Call) -> bool:
    """Whether one who leaves the queue is a person who waited in it."""
    return call.state is CallState.QUEUED and call.machine != Verdict.MACHINE
