"""One wait of one caller in one queue, and what it came to: what every figure of a queue counts.

A call can make several (overflow, a transfer), each counted by the queue it was made in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from calls.call import CALLBACK, KEEPING_THE_PLACE
from monitoring.campaign_counts import MACHINE
from monitoring.folding import CALLED_BACK
from monitoring.record import CallRecord, QueueStay
from monitoring.stays import REFUSED


class Ending(StrEnum):
    """What a wait came to. Exactly one of these holds of each visit that was offered."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"  # the caller hung up while waiting
    KEY_EXIT = "key_exit"  # left with a key, or booked a callback
    WITHDRAWN = "withdrawn"  # taken out by us: led on, moved, sent elsewhere
    TIMED_OUT = "timed_out"
    EMPTY_EXIT = "empty_exit"  # nobody was left to serve the queue
    FAILED = "failed"  # an agent answered, and the call was lost
    LOST = "lost"  # nobody saw the end: kept out of every rate
    WAITING = "waiting"  # not over


#: by Asterisk's QUEUESTATUS, or by what we say in its place
_BY_STATUS = {
    CALLBACK: Ending.KEY_EXIT,
    "WITHDRAW": Ending.WITHDRAWN,
    "MOVED": Ending.WITHDRAWN,
    "TIMEOUT": Ending.TIMED_OUT,
    "LEAVEEMPTY": Ending.EMPTY_EXIT,
    "LEAVEUNAVAIL": Ending.EMPTY_EXIT,
}
#: of those who left the line for a dialogue: was it the last wait, was a callback booked
_LEFT_THE_LINE = {
    (True, True): Ending.KEY_EXIT,
    (True, False): Ending.ABANDONED,
    (False, True): Ending.WITHDRAWN,
    (False, False): Ending.WITHDRAWN,
}
_UNSEEN = frozenset({"lost_sync", "switch_restarted"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One wait in one queue; durations are whole milliseconds, so that sums are exact.

    `refused` is the queue's reason not to take the caller, "" when it did; a refused caller was
    received, not offered. `callback` tells whether the caller booked one. Hold and wrap-up are kept
    of a call, and counted with the talk that it ended with.
    """

    pbx: str
    call_id: str
    ordinal: int
    queue: str
    agent: str
    ending: Ending
    refused: str
    callback: bool
    transferred: bool
    joined_at: datetime
    left_at: datetime | None
    connected_at: datetime | None
    released_at: datetime | None
    wait_ms: int
    talk_ms: int
    hold_ms: int
    wrap_up_ms: int
    #: nothing of it will change any more
    finished: bool


def visits_of(record: CallRecord, *, finished: bool) -> list[Visit]:
    """The visits of one call, in order; `finished` tells whether more is expected of the call.

    Who leaves the line for a dialogue and comes back to the same place has waited once.
    """
    waits = _waits(record.stays)
    last_talk = max(
        (place for place, (_, stay) in enumerate(waits) if stay.connected_at is not None),
        default=None,
    )
    last_wait = max(
        (place for place, (_, stay) in enumerate(waits) if not _refused(stay)), default=None
    )
    visits = []
    for place, (joined_at, stay) in enumerate(waits):
        bridged = _ms(stay.connected_at, stay.released_at)
        talked_last = place == last_talk
        hold = min(bridged, round(record.hold_seconds * 1000)) if talked_last else 0
        visits.append(
            Visit(
                pbx=record.pbx,
                call_id=record.call_id,
                ordinal=place,
                queue=stay.queue,
                agent=stay.agent,
                ending=_ending(record, stay, is_last=place == last_wait),
                refused=_refused(stay),
                callback=place == last_wait and _booked(record, stay),
                transferred=stay.ended_by == "transfer",
                joined_at=joined_at,
                left_at=stay.left_at,
                connected_at=stay.connected_at,
                released_at=stay.released_at,
                wait_ms=_ms(joined_at, stay.connected_at or stay.left_at),
                talk_ms=bridged - hold,
                hold_ms=hold,
                wrap_up_ms=round(record.wrap_up_seconds * 1000) if talked_last else 0,
                finished=finished,
            )
        )
    return visits


def _refused(stay: QueueStay) -> str:
    return stay.status if stay.status in REFUSED and stay.connected_at is None else ""


def _waits(stays: Sequence[QueueStay]) -> list[tuple[datetime, QueueStay]]:
    """Each wait by its last stay, with the moment it began."""
    waits: list[tuple[datetime, QueueStay]] = []
    left: int | None = None  # which of them was the last wait
    for stay in stays:
        before = waits[left][1] if left is not None else None
        if _refused(stay):
            # who asks elsewhere and is not let in keeps the place
            waits.append((stay.joined_at, stay))
        elif before and before.queue == stay.queue and before.status in KEEPING_THE_PLACE:
            assert left is not None
            waits[left] = (waits[left][0], stay)
        else:
            left = len(waits)
            waits.append((stay.joined_at, stay))
    return waits


def _ending(record: CallRecord, stay: QueueStay, *, is_last: bool) -> Ending:
    if stay.connected_at is not None:
        return Ending.ANSWERED
    kept = stay.status in KEEPING_THE_PLACE
    # who left without a word may have been taken by an agent: that is told a moment later
    if record.ended_at is None and is_last and (kept or not stay.status):
        return Ending.WAITING
    unseen = record.end_reason in _UNSEEN
    if kept:
        # who then hung up gave up a place that was kept
        booked = _booked(record, stay)
        return Ending.LOST if unseen and is_last and not booked else _LEFT_THE_LINE[is_last, booked]
    if stay.status in _BY_STATUS:
        return _BY_STATUS[stay.status]
    if stay.status:
        return Ending.FAILED
    if unseen and stay.left_at == record.ended_at:
        return Ending.LOST
    # led on to another queue without a word why; or a machine, which gave nothing up
    taken_out = not is_last or record.outcome == MACHINE
    return Ending.WITHDRAWN if taken_out else Ending.ABANDONED


def _booked(record: CallRecord, stay: QueueStay) -> bool:
    """Whether the caller is to be called back; who had talked before is `handled` all the same."""
    return stay.status == CALLBACK or record.outcome == CALLED_BACK


def _ms(start: datetime | None, end: datetime | None) -> int:
    if start is None or end is None:
        return 0
    return max(0, round((end - start).total_seconds() * 1000))
