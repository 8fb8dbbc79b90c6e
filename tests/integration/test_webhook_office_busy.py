"""A receiver that asks to be left alone for a while is, and nobody tells it anything meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from backoffice.webhooks import PAUSES
from storage.database import Database
from storage.deliveries import DeliveryState
from tests.integration.test_webhook_office import House


@pytest.fixture
def house(database: Database) -> House:
    return House(database)


@pytest.fixture
async def light(tmp_path: Path) -> AsyncIterator[House]:
    """On one database only: what is tried is not what it does."""
    async with await Database.open(str(tmp_path / "linea800.db")) as database:
        yield House(database)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("later", "seconds"), [("120", 120), ("Sun, 01 Mar 2026 12:02:00 GMT", 120), ("86400", 3600)]
)
async def test_a_busy_receiver_is_left_alone_for_as_long_as_it_asks(
    light: House, status: int, later: str, seconds: int
) -> None:
    busy = await light.new_webhook()
    for key in ("t1", "t2"):
        await light.happens(key)
    light.receiver.answers, light.receiver.later = [status], later

    async def looked() -> None:
        async with asyncio.TaskGroup() as group:
            await light.office.look(group)

    await looked()
    (tried,) = [one for one in await light.all(busy) if one.tries]
    until = light.clock() + timedelta(seconds=seconds)
    assert (tried.status, tried.not_before, tried.next_at) == (status, until, until)
    light.clock.advance(seconds - 1)
    await looked()
    assert len(light.receiver.got) == 1, "neither this one nor the others"
    light.clock.advance(1)
    await looked()
    told = await light.all(busy, DeliveryState.DELIVERED)
    assert [(one.status, one.not_before) for one in told] == [(200, None)] * 2


async def test_a_receiver_that_asks_for_less_than_our_pause_gets_our_pause(house: House) -> None:
    webhook_id = await house.new_webhook()
    house.receiver.answers, house.receiver.later = [503], "1"
    await house.happens("t1")
    await house.office.tell(webhook_id)
    (delivery,) = await house.all(webhook_id)
    assert delivery.next_at == house.clock() + PAUSES[0]
    assert delivery.not_before == house.clock() + timedelta(seconds=1)
    again = await house.deliveries.again(webhook_id, delivery.id, house.clock())
    assert again is not None
    assert (again.status, again.not_before) == (None, None)
