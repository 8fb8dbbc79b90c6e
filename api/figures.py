"""What other tools read of us: exports, the queue log, what Prometheus scrapes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self

from agents.floor import Floor
from monitoring.gauges import Gauges
from monitoring.recorder import Recorder
from storage.database import Database
from storage.exports import ExportStore
from storage.queue_log import QueueLogStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """What the service has noticed of itself since it began."""

    #: what came from Asterisk and nobody has taken yet
    events_waiting: int = 0
    #: events that spoke of calls or agents and were not understood, by event
    events_unfit: Mapping[str, int] = field(default_factory=dict)
    #: facts of the journal that could not be read when the service began
    journal_damaged: int = 0
    #: how late our own loop woke us at worst
    loop_lag_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Figures:
    """The three of them; `gauges` folds changes after the recorder has."""

    gauges: Gauges
    exports: ExportStore
    queue_log: QueueLogStore
    noticed: Callable[[], Noticed] = Noticed

    @classmethod
    def of(
        cls,
        database: Database,
        floor: Floor,
        recorder: Recorder,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        noticed: Callable[[], Noticed] = Noticed,
    ) -> Self:
        """Those of this floor."""
        gauges = Gauges(floor, recorder.record, now)
        return cls(gauges, ExportStore(database), QueueLogStore(database), noticed)
