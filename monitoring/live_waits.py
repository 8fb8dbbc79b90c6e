"""How the waits of the last hours ended, queue by queue, folded from the feed as they end.

The endings are those of `monitoring.visits`, told at once and not from the whole call: an answer
when the agent is there, a caller who gave up when the call is over.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from calls.call import KEEPING_THE_PLACE, Call, Verdict
from calls.events import (
    AgentConnected,
    CallbackAsked,
    CallEnded,
    CallFact,
    CallTransferred,
    CallVanished,
    QueueGaveUp,
    QueueJoined,
    QueueLeft,
)
from calls.tracker import Change
from monitoring.queue_counts import QueueCounts
from monitoring.sliding import SlidingSums
from monitoring.stays import REFUSED
from monitoring.wait_histogram import BANDS, band_of

_ANSWERED, _ABANDONED, _FLOWED_OUT, _WAIT_MS, _FIRST_BAND = range(5)
_WIDTH = _FIRST_BAND + 2 * BANDS


@dataclass(frozen=True, slots=True)
class _Wait:
    """A wait that has no ending yet."""

    queue: str
    since: datetime
    #: it is over, and nobody has said why
    left_at: datetime | None = None


class LiveWaits:
    """Folds changes of calls; tells each queue's counts of the last so many seconds."""

    def __init__(self, queues: Iterable[str]) -> None:
        self._sums = {queue: SlidingSums(_WIDTH) for queue in queues}
        #: by call, only of calls that have not ended
        self._waits: dict[str, _Wait] = {}

    def fold(self, change: Change) -> None:
        """Take a change in."""
        fact, before = change.fact, change.before
        if isinstance(fact, CallFact) and before is not None and before.open:
            self._fold(fact, before)

    def counts(self, queue: str, now: datetime, seconds: float) -> QueueCounts:
        """What became of the waits that ended within the last so many seconds.

        `timed_out` holds all who flowed out, however. Raises `KeyError` for no queue of the floor.
        """
        sums = self._sums[queue].over(now.timestamp(), seconds)
        return QueueCounts(
            answered=sums[_ANSWERED],
            abandoned=sums[_ABANDONED],
            timed_out=sums[_FLOWED_OUT],
            answered_wait_ms=sums[_WAIT_MS],
            answered_bands=list(sums[_FIRST_BAND : _FIRST_BAND + BANDS]),
            abandoned_bands=list(sums[_FIRST_BAND + BANDS :]),
        )

    def _fold(self, fact: CallFact, before: Call) -> None:
        wait = self._waits.get(fact.call_id)
        if isinstance(fact, QueueJoined):
            self._joined(fact, before, wait)
            return
        if wait is None:
            return
        match fact:
            case AgentConnected():
                self._end(fact.call_id, wait, _ANSWERED, fact.at)
            case QueueLeft():
                self._waits[fact.call_id] = _Wait(wait.queue, wait.since, fact.at)
            case QueueGaveUp() if fact.status in KEEPING_THE_PLACE:
                self._waits[fact.call_id] = _Wait(wait.queue, wait.since, fact.at)
            case QueueGaveUp() if fact.status in REFUSED:
                del self._waits[fact.call_id]  # was never let in
            case QueueGaveUp() | CallbackAsked() | CallTransferred():
                self._end(fact.call_id, wait, _FLOWED_OUT, fact.at)
            case CallEnded() if before.machine != Verdict.MACHINE:
                self._end(fact.call_id, wait, _ABANDONED, wait.left_at or fact.at)
            case CallEnded():
                self._end(fact.call_id, wait, _FLOWED_OUT, fact.at)  # a machine gave nothing up
            case CallVanished():
                del self._waits[fact.call_id]  # nobody saw it
            case _:
                pass

    def _joined(self, fact: QueueJoined, before: Call, wait: _Wait | None) -> None:
        since = fact.at
        if wait is not None and wait.queue == fact.queue:
            if before.keeps_place or wait.left_at is None:  # back in line, or told twice
                since = wait.since
            else:
                self._end(fact.call_id, wait, _FLOWED_OUT, fact.at)
        elif wait is not None:
            self._end(fact.call_id, wait, _FLOWED_OUT, fact.at)
        self._waits[fact.call_id] = _Wait(fact.queue, since)

    def _end(self, call_id: str, wait: _Wait, ending: int, at: datetime) -> None:
        del self._waits[call_id]
        sums = self._sums.get(wait.queue)
        if sums is None:
            return
        amounts = [0] * _WIDTH
        amounts[ending] = 1
        wait_ms = max(0, round((at - wait.since).total_seconds() * 1000))
        if ending == _ANSWERED:
            amounts[_WAIT_MS] = wait_ms
            amounts[_FIRST_BAND + band_of(wait_ms)] = 1
        elif ending == _ABANDONED:
            amounts[_FIRST_BAND + BANDS + band_of(wait_ms)] = 1
        sums.add(at.timestamp(), amounts)
