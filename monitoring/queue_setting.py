"""How a queue's figures are told: the method of its service level and its times, from a moment on.

Figures of a stretch of time in which the setting changed are made part by part, each quarter by
the setting that was in force when it began, and the parts added up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from monitoring.intervals import next_quarter
from monitoring.service_level import Method
from monitoring.wait_histogram import EDGES_SECONDS

#: of a hundred
MOST_GOAL = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueSetting:
    """One setting; `goal` is of a hundred, `short_seconds` 0: no call is too short to count.

    Raises `ValueError` for times that are no edges of the bands, and for a goal beyond 100.
    """

    method: Method = Method.EXCLUDE_SHORT
    seconds: int = 20
    goal: int = 80
    short_seconds: int = 5
    #: None: nobody has set it, it was always so
    valid_from: datetime | None = None

    def __post_init__(self) -> None:
        for name in ("seconds", "short_seconds"):
            if (value := getattr(self, name)) not in EDGES_SECONDS:
                raise ValueError(f"{name}: {value} s is no edge of the bands: {EDGES_SECONDS}")
        if not self.seconds:
            raise ValueError("seconds: nobody answers in 0 s; take a later edge of the bands")
        if not 0 <= self.goal <= MOST_GOAL:
            raise ValueError(f"goal: {self.goal} is not of a hundred")


#: of a queue that nobody has set
USUAL = QueueSetting()
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


def in_force(settings: Sequence[QueueSetting], at: datetime) -> QueueSetting:
    """The last one that began at this moment or before; the usual one before the first."""
    begun = [one for one in settings if (one.valid_from or _BEFORE_ALL) <= at]
    return max(begun, key=lambda one: one.valid_from or _BEFORE_ALL, default=USUAL)


def changes(settings: Iterable[Sequence[QueueSetting]]) -> list[datetime]:
    """The quarters with which another setting of any of these queues begins to count."""
    found = {one.valid_from for each in settings for one in each if one.valid_from is not None}
    return sorted(next_quarter(moment) for moment in found)
