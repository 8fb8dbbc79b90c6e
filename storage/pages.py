"""Pages of tables whose rows bear a moment and a number of their own, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, Table, select, tuple_

from storage import cursors
from storage.errors import CursorError

_BIGGEST_ID = 2**63 - 1


def newest_first(
    connection: Connection,
    table: Table,
    at: Column[Any],
    where: Sequence[ColumnElement[bool]],
    cursor: str | None,
    limit: int,
) -> tuple[Sequence[Row[Any]], str | None]:
    """A page of rows, and the cursor of the next one (None: there is none).

    Raises `CursorError`, and `ValueError` when `limit` is not 1 to 1000.
    """
    cursors.check_limit(limit)
    order = (at, table.c.id)
    conditions = [*where, _after(cursor, order)] if cursor is not None else where
    statement = (
        select(table)
        .where(*conditions)
        .order_by(*(column.desc() for column in order))
        .limit(limit + 1)  # one more than asked for: whether the list goes on
    )
    rows = connection.execute(statement).all()
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]
    return rows[:limit], cursors.encode(getattr(last, at.name), str(last.id))


def _after(cursor: str, order: tuple[Column[Any], Column[Any]]) -> ColumnElement[bool]:
    """`cursors.after`, for a key that is a number."""
    at, (key,) = cursors.decode(cursor, 1)
    if not (key.isascii() and key.isdigit() and int(key[:20]) <= _BIGGEST_ID):
        raise CursorError("the cursor is not one of this list; ask again without a cursor")
    return tuple_(*order) < tuple_(at, int(key), types=[column.type for column in order])
