"""Opaque cursors: where a page of a newest-first list ended, and how the next one begins."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, tuple_

from storage.errors import CursorError

_LONGEST_CURSOR = 2000
_LONGEST_PAGE = 1000


def encode(at: datetime, *keys: str) -> str:
    """The cursor that continues after the row with this time and these keys."""
    plain = json.dumps([at.isoformat(), *keys], separators=(",", ":"))
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def decode(cursor: str, keys: int) -> tuple[datetime, list[str]]:
    """The time and the keys that `encode` was given; raises `CursorError` for anything else."""
    wrong = CursorError("the cursor is not one of this list; ask again without a cursor")
    if len(cursor) > _LONGEST_CURSOR or not cursor.isascii():
        raise wrong
    try:
        packed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        parts = json.loads(packed.decode())
    except (binascii.Error, ValueError, RecursionError):
        raise wrong from None
    if not isinstance(parts, list) or len(parts) != keys + 1:
        raise wrong
    if not all(isinstance(part, str) for part in parts):
        raise wrong
    try:
        at = datetime.fromisoformat(parts[0])
        if at.tzinfo is None:
            raise wrong
        return at.astimezone(UTC), parts[1:]
    except (ValueError, OverflowError):
        raise wrong from None


def after(cursor: str, order: Sequence[ColumnElement[Any]]) -> ColumnElement[bool]:
    """That a row comes after the cursor in the descending `order`: a time, then texts."""
    at, keys = decode(cursor, len(order) - 1)
    return tuple_(*order) < tuple_(at, *keys, types=[column.type for column in order])


def check_limit(limit: int) -> None:
    """Raise `ValueError` for a page that would be empty or too long."""
    if not 1 <= limit <= _LONGEST_PAGE:
        raise ValueError(f"limit must be 1 to {_LONGEST_PAGE}, not {limit}")
