"""What callers did in menus, as rows: stays at nodes, sessions, and what they wanted to get done.

Written in the transaction that writes the calls, and as what their newest records say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete

from monitoring.menu_sessions import sessions_of
from monitoring.record import CallRecord
from storage.call_rows import step_rows, task_rows
from storage.database import Database, Insert
from storage.tables import menu_sessions, menu_steps, tasks


class MenuRows:
    """Writes these rows; costs nothing where there are none to write."""

    def __init__(self, database: Database) -> None:
        self._keep_step = _replacing(database.insert(menu_steps), menu_steps)
        self._keep_session = _replacing(database.insert(menu_sessions), menu_sessions)
        self._keep_task = _replacing(database.insert(tasks), tasks)
        self._drop_steps = delete(menu_steps).where(
            menu_steps.c.pbx == bindparam("of_pbx"),
            menu_steps.c.call_id == bindparam("of_call"),
            menu_steps.c.ordinal >= bindparam("steps"),
        )

    def save(self, connection: Connection, records: Sequence[CallRecord]) -> None:
        """Replace what is kept of these calls by what their records say."""
        done = [row for record in records for row in task_rows(record)]
        if done:
            connection.execute(self._keep_task, done)
        led = [record for record in records if record.menu_path]
        if not led:
            return
        connection.execute(self._keep_step, [row for each in led for row in step_rows(each)])
        # a stay that was only guessed at may have turned out to be another one's
        ends = [
            {"of_pbx": each.pbx, "of_call": each.call_id, "steps": len(each.menu_path)}
            for each in led
        ]
        connection.execute(self._drop_steps, ends)
        connection.execute(self._keep_session, [row for each in led for row in _sessions(each)])


def _replacing(insert: Insert, table: Table) -> Insert:
    keys = [column.name for column in table.primary_key]
    rest = {column.name: insert.excluded[column.name] for column in table.c}
    return insert.on_conflict_do_update(
        index_elements=keys, set_={name: new for name, new in rest.items() if name not in keys}
    )


def _sessions(record: CallRecord) -> list[dict[str, Any]]:
    call = {"pbx": record.pbx, "call_id": record.call_id}
    return [{**call, **asdict(session)} for session in sessions_of(record)]
