"""Today's figures of each queue on the board: read where the reports read them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from agents.floor import Floor
from monitoring.board import Board
from monitoring.board_day import today_thing
from monitoring.intervals import Stretch
from monitoring.kpi_queues import QueuePart
from monitoring.quarters import QUARTER, day_of, quarter_of
from monitoring.queue_counts import Basis, QueueCounts
from monitoring.queue_setting import in_force
from storage.queue_settings import QueueSettingStore
from storage.reports import ReportStore, Subjects


class Today:
    """Shows what is counted of the local day of each queue."""

    def __init__(
        self,
        floor: Floor,
        reports: ReportStore,
        settings: QueueSettingStore,
        board: Board,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._pbx = floor.pbx
        self._reports = reports
        self._settings = settings
        self._board = board
        self._now = now
        self._zones: dict[ZoneInfo, list[str]] = {}
        for queue in floor.queues:
            self._zones.setdefault(floor.zone_of(queue.name), []).append(queue.name)

    async def look(self) -> None:
        """Show what is counted by now. Raises `StorageError`."""
        now = self._now()
        settings = await self._settings.all(self._pbx)
        told = {}
        for zone, queues in self._zones.items():
            day = now.astimezone(zone).date()
            so_far = Stretch(day_of(day, zone)[0], quarter_of(now) + QUARTER)
            of = Subjects(self._pbx, queues)
            (found,) = await self._reports.queues(of, [so_far], Basis.OFFERED, settings)
            for name in queues:
                usual = in_force(settings.get(name, ()), quarter_of(now))
                parts = found.get(name) or [QueuePart(QueueCounts(), usual)]
                told[name] = today_thing(day, zone.key, parts)
        self._board.show_today(told)

    def lost(self) -> None:
        """Nobody can tell them now."""
        self._board.show_today({name: None for names in self._zones.values() for name in names})
