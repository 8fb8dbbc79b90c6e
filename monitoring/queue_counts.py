"""What is added up of a queue: only counts and sums, never a ratio. So any two can be added."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Self

from monitoring.quarters import quarter_of
from monitoring.visits import Ending, Visit
from monitoring.wait_histogram import BANDS, band_of


class Basis(StrEnum):
    """Which quarter a fact is counted in."""

    OFFERED = "offered"  # all of a visit where the caller joined: sums belong together
    EVENT = "event"  # each where it happened: final at once


def _bands() -> list[int]:
    return [0] * BANDS


@dataclass(slots=True, kw_only=True)
class QueueCounts:
    """The additive counts of one queue; durations are sums of whole milliseconds.

    `offered` is what the endings add up to: answered + abandoned + key_exit + withdrawn + timed_out
    + empty_exit + failed + lost + waiting. `received` is offered + refused. `callback_booked` is
    part of key_exit, `longest_wait_ms` the greatest of all waits whose end was seen, the only one
    that is not a sum.
    """

    received: int = 0
    refused: int = 0
    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    key_exit: int = 0
    withdrawn: int = 0
    timed_out: int = 0
    empty_exit: int = 0
    failed: int = 0
    lost: int = 0
    waiting: int = 0
    callback_booked: int = 0
    transferred: int = 0
    answered_wait_ms: int = 0
    abandoned_wait_ms: int = 0
    longest_wait_ms: int = 0
    talk_ms: int = 0
    hold_ms: int = 0
    wrap_up_ms: int = 0
    #: by band of `wait_histogram`
    answered_bands: list[int] = field(default_factory=_bands)
    abandoned_bands: list[int] = field(default_factory=_bands)

    def add(self, other: Self) -> None:
        """Take another's counts in."""
        for one in fields(self):
            mine, theirs = getattr(self, one.name), getattr(other, one.name)
            if one.name == "longest_wait_ms":
                setattr(self, one.name, max(mine, theirs))
            elif isinstance(mine, list):
                setattr(self, one.name, [a + b for a, b in zip(mine, theirs, strict=True)])
            else:
                setattr(self, one.name, mine + theirs)

    @property
    def endings(self) -> int:
        """The sum of all endings: it is `offered`, or something was counted twice or not."""
        return sum(int(getattr(self, ending.value)) for ending in Ending)


def counted(visits: Iterable[Visit], quarter: datetime, basis: Basis) -> QueueCounts:
    """What one quarter of one queue has of these visits; those of other quarters add nothing."""
    counts = QueueCounts()
    for visit in visits:
        _come(counts, visit, quarter)
        _go(counts, visit, quarter, basis)
    return counts


def ended_at(visit: Visit) -> datetime:
    """When the wait was over: by event its ending is counted there."""
    return visit.connected_at or visit.left_at or visit.joined_at


def touched(visit: Visit) -> set[datetime]:
    """The quarters that have something of this visit, whatever the basis."""
    moments = (visit.joined_at, visit.connected_at, visit.left_at, visit.released_at)
    return {quarter_of(moment) for moment in moments if moment is not None}


def _come(counts: QueueCounts, visit: Visit, quarter: datetime) -> None:
    if quarter_of(visit.joined_at) != quarter:
        return
    counts.received += 1
    if visit.refused:
        counts.refused += 1
    else:
        counts.offered += 1


def _go(counts: QueueCounts, visit: Visit, quarter: datetime, basis: Basis) -> None:
    if visit.refused:
        return
    at = visit.joined_at if basis is Basis.OFFERED else ended_at(visit)
    if quarter_of(at) == quarter:
        name = visit.ending.value
        setattr(counts, name, getattr(counts, name) + 1)
        counts.callback_booked += visit.callback
        if visit.ending is not Ending.LOST:  # nobody saw when that one ended
            counts.longest_wait_ms = max(counts.longest_wait_ms, visit.wait_ms)
        if visit.ending is Ending.ANSWERED:
            counts.answered_wait_ms += visit.wait_ms
            counts.answered_bands[band_of(visit.wait_ms)] += 1
        elif visit.ending is Ending.ABANDONED:
            counts.abandoned_wait_ms += visit.wait_ms
            counts.abandoned_bands[band_of(visit.wait_ms)] += 1
    over = visit.joined_at if basis is Basis.OFFERED else visit.released_at
    if visit.ending is Ending.ANSWERED and over is not None and quarter_of(over) == quarter:
        counts.transferred += visit.transferred
        counts.talk_ms += visit.talk_ms
        counts.hold_ms += visit.hold_ms
        counts.wrap_up_ms += visit.wrap_up_ms
