"""What other tools read of us: exports, the queue log, what Prometheus scrapes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from agents.floor import Floor
from monitoring.gauges import Gauges
from monitoring.recorder import Recorder
from storage.database import Database
from storage.exports import ExportStore
from storage.queue_log import QueueLogStore


@dataclass(frozen=True, slots=True)
class Figures:
    """The three of them; `gauges` folds changes after the recorder has."""

    gauges: Gauges
    exports: ExportStore
    queue_log: QueueLogStore

    @classmethod
    def of(
        cls,
        database: Database,
        floor: Floor,
        recorder: Recorder,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> Self:
        """Those of this floor."""
        gauges = Gauges(floor, recorder.record, now)
        return cls(gauges, ExportStore(database), QueueLogStore(database))
