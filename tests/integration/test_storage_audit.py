"""The audit: what is written is read again as it was, newest first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from storage.audit import AuditStore, Change
from storage.database import Database
from storage.errors import CursorError

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def _change(at: int, subject: str = "campaigns/x") -> Change:
    return Change(
        at=NOW + timedelta(seconds=at), who="Ana (1)", action="campaign.start", subject=subject,
        before={"state": "draft"}, after={"state": "running", "at": at, "nested": {"a": [1, None]}},
    )  # fmt: skip


async def test_changes_by_subject_and_time(database: Database) -> None:
    store = AuditStore(database)
    changes = [_change(at, "agents/1001" if at == 2 else "campaigns/x") for at in range(5)]
    for change in changes:
        await store.write(change)
    everything = (await store.page()).changes
    assert everything == changes[::-1]
    assert (await store.page(subject="agents/1001")).changes == [changes[2]]
    middle = await store.page(since=changes[1].at, until=changes[4].at)
    assert middle.changes == [changes[3], changes[2], changes[1]]


async def test_pages_of_changes_of_one_moment(database: Database) -> None:
    store = AuditStore(database)
    for _ in range(5):
        await store.write(_change(0))
    await store.write(_change(1))
    seen, cursor = 0, None
    while True:
        page = await store.page(cursor=cursor, limit=2)
        seen += len(page.changes)
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == 6
    with pytest.raises(CursorError):
        await store.page(cursor="x")
