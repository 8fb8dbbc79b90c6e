"""The office forgets what was delivered long ago, however much that is."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

from linea800.webhook_office import KEPT, WebhookOffice
from tests.unit.facts import START


class Store:
    """Has nothing to tell, and so many pieces that can be forgotten."""

    def __init__(self, pieces: int) -> None:
        self.pieces = pieces
        self.asked: list[datetime] = []

    async def due(self, now: datetime) -> list[str]:
        return []

    async def forget(self, before: datetime) -> int:
        self.asked.append(before)
        self.pieces, went = max(0, self.pieces - 1), min(1, self.pieces)
        return went * 1000


async def test_a_piece_with_each_look_until_nothing_is_left_and_then_again_in_an_hour() -> None:
    """One piece an hour would never catch up with a busy line."""
    store: Any = Store(3)
    now = START
    sender: Any = None  # nothing is sent
    office = WebhookOffice(store, sender, now=lambda: now, drawn=lambda: 0.5)
    async with asyncio.TaskGroup() as group:
        for _ in range(6):
            await office.look(group)
        assert store.asked == [START - KEPT] * 4
        now = START + timedelta(hours=1)
        await office.look(group)
    assert len(store.asked) == 5
