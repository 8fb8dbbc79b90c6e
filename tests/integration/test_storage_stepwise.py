"""Transactions step by step: an error or a cancellation anywhere takes everything back."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import insert, select

from storage.database import Database
from storage.tables import settings


def setting(key: str) -> dict[str, str]:
    return {"key": key, "value": ""}


async def kept(database: Database) -> set[str]:
    async with database.reading() as connection:
        return {row.key for row in await connection.execute(select(settings))}


async def test_error_and_cancellation_take_everything_back(database: Database) -> None:
    async def fail() -> None:
        async with database.writing() as connection:
            await connection.execute(insert(settings), [setting("error")])
            raise LookupError

    with pytest.raises(LookupError):
        await fail()

    written = asyncio.Event()

    async def write() -> None:
        async with database.writing() as connection:
            await connection.execute(insert(settings).values(setting("cancelled")))
            written.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write())
    await written.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await kept(database) == set()


async def test_writer_that_is_cancelled_anywhere_keeps_no_lock(database: Database) -> None:
    async def write(key: str) -> None:
        async with database.writing() as connection:
            await connection.execute(select(settings))
            await connection.execute(insert(settings).values(setting(key)))

    for steps in range(40):
        task = asyncio.create_task(write(f"cancelled {steps}"))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        async with asyncio.timeout(60):
            await write(f"next {steps}")
    assert {f"next {steps}" for steps in range(40)} <= await kept(database)
