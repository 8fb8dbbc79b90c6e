"""Why so many were dialed at a moment, or nobody: how the notes are kept, and read again.

Each function is part of one transaction. The dialer writes them together with the attempts they
made (`CampaignStore.reserve`), so a note and its attempts bear the same moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, select, tuple_

from dialer.campaign import PacingNote
from storage import cursors
from storage.campaign_rows import note_of, note_row
from storage.errors import CursorError
from storage.tables import attempts, pacing_notes

_NEWEST_FIRST = (pacing_notes.c.decided_at, pacing_notes.c.id)
_BIGGEST_ID = 2**63 - 1
_KEEP = insert(pacing_notes)


@dataclass(frozen=True, slots=True)
class NotePage:
    """Notes, newest first, and the cursor with which the list goes on (None: it is over)."""

    notes: list[PacingNote]
    next_cursor: str | None


def keep(connection: Connection, note: PacingNote) -> None:
    """Write a note down."""
    connection.execute(_KEEP, [note_row(note)])


def page(
    connection: Connection,
    campaign_id: str,
    until: datetime | None,
    cursor: str | None,
    limit: int,
) -> NotePage:
    """A page of notes made at or before `until`; raises `CursorError` and `ValueError`."""
    cursors.check_limit(limit)
    where: list[ColumnElement[bool]] = [pacing_notes.c.campaign_id == campaign_id]
    if until is not None:
        where.append(pacing_notes.c.decided_at <= until)
    if cursor is not None:
        where.append(_after(cursor))
    order = [column.desc() for column in _NEWEST_FIRST]
    statement = select(pacing_notes).where(*where).order_by(*order).limit(limit + 1)
    rows = connection.execute(statement).all()
    notes = [note_of(row) for row in rows[:limit]]
    if len(rows) <= limit:
        return NotePage(notes, None)
    last = rows[limit - 1]
    return NotePage(notes, cursors.encode(last.decided_at, str(last.id)))


def first_at(connection: Connection, campaign_id: str) -> datetime | None:
    """When the campaign's first decision was kept."""
    statement = select(func.min(pacing_notes.c.decided_at)).where(
        pacing_notes.c.campaign_id == campaign_id
    )
    moment: datetime | None = connection.execute(statement).scalar_one()
    return moment


def dialed_at(connection: Connection, campaign_id: str, moment: datetime) -> int:
    """How many attempts the decision of that moment made: leads may have been fewer than wanted."""
    statement = select(func.count()).where(
        attempts.c.campaign_id == campaign_id, attempts.c.intended_at == moment
    )
    count: int = connection.execute(statement).scalar_one()
    return count


def _after(cursor: str) -> ColumnElement[bool]:
    """`cursors.after`, for a key that is a number."""
    at, (key,) = cursors.decode(cursor, 1)
    if not (key.isascii() and key.isdigit() and int(key[:20]) <= _BIGGEST_ID):
        raise CursorError("the cursor is not one of this list; ask again without a cursor")
    keys: tuple[Any, ...] = (at, int(key))
    return tuple_(*_NEWEST_FIRST) < tuple_(*keys, types=[column.type for column in _NEWEST_FIRST])
