"""What a signal does to a command's work: it is ended in order."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from linea800.cli import _until_signalled


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_the_work_in_order(number: signal.Signals) -> None:
    began, tidied = asyncio.Event(), asyncio.Event()

    async def work() -> str:
        try:
            began.set()
            await asyncio.Event().wait()
        finally:
            tidied.set()
        return "done"

    running = asyncio.create_task(_until_signalled(work()))
    await began.wait()
    os.kill(os.getpid(), number)
    async with asyncio.timeout(5):
        assert await running is None
    assert tidied.is_set()


async def test_work_that_is_done_is_answered() -> None:
    assert await _until_signalled(asyncio.sleep(0, "done")) == "done"
