"""How each queue's figures are told, dated: every change is a row, and old rows stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from monitoring.queue_setting import QueueSetting
from monitoring.service_level import Method
from storage.database import Database
from storage.tables import queue_settings

_SAID = ("method", "seconds", "goal", "short_seconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingMade:
    """A setting, and who made it."""

    setting: QueueSetting
    set_by: str
    set_at: datetime


class QueueSettingStore:
    """Reads what was set, and sets."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(
        self, pbx: str, queues: Sequence[str] | None = None
    ) -> dict[str, list[QueueSetting]]:
        """The settings of these queues (None: of all), oldest first; who has none is left out."""
        columns = queue_settings.c
        where = [columns.pbx == pbx]
        if queues is not None:
            where.append(columns.queue.in_(queues))
        statement = select(queue_settings).where(*where)
        found: dict[str, list[QueueSetting]] = {}
        for row in await self._database.rows(statement.order_by(columns.queue, columns.valid_from)):
            found.setdefault(row.queue, []).append(_setting(row))
        return found

    async def history(self, pbx: str, queue: str) -> list[SettingMade]:
        """The settings of one queue with who made them, newest first."""
        columns = queue_settings.c
        statement = (
            select(queue_settings)
            .where(columns.pbx == pbx, columns.queue == queue)
            .order_by(columns.valid_from.desc())
        )
        return [
            SettingMade(setting=_setting(row), set_by=row.set_by, set_at=row.set_at)
            for row in await self._database.rows(statement)
        ]

    async def put(
        self, pbx: str, queue: str, setting: QueueSetting, *, set_by: str, now: datetime
    ) -> QueueSetting:
        """Let a setting be in force from now on; of two of the same moment the later one holds."""
        said = {name: getattr(setting, name) for name in _SAID}
        key = {"pbx": pbx, "queue": queue, "valid_from": now}
        by = {"set_by": set_by, "set_at": now}
        statement = (
            self._database.insert(queue_settings)
            .values(**key, **said, **by)
            .on_conflict_do_update(index_elements=list(key), set_={**said, **by})
        )
        await self._database.write(lambda connection: connection.execute(statement).rowcount)
        return QueueSetting(**said, valid_from=now)


def _setting(row: Row[Any]) -> QueueSetting:
    return QueueSetting(
        method=Method(row.method),
        seconds=row.seconds,
        goal=row.goal,
        short_seconds=row.short_seconds,
        valid_from=row.valid_from,
    )
