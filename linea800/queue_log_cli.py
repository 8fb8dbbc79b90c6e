"""`linea800 queue-log`: the lines of Asterisk's `queue_log`, for the tools that read it."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from linea800.campaign_cli import moment_of
from linea800.settings import Settings
from linea800.telling import telling_errors
from storage.export_sources import Chosen
from storage.queue_log import QueueLogStore
from storage.reading import opened_to_read


def queue_log(
    since: Annotated[str, typer.Option("--from", help="The first moment.")],
    until: Annotated[
        str | None, typer.Option("--to", help="The moment after the last; by default now.")
    ] = None,
) -> None:
    """What happened in the queues, as Asterisk would have written it; beside a running service."""
    with telling_errors():
        settings = Settings.from_environment()
        begin, end = moment_of(since, "--from"), moment_of(until, "--to")
        asyncio.run(_write(settings, begin.astimezone(UTC), end.astimezone(UTC)))


async def _write(settings: Settings, since: datetime, until: datetime) -> None:
    floor = settings.read_floor()
    async with await opened_to_read(settings.database_url) as database:
        async for lines in QueueLogStore(database).lines(Chosen(since=since, until=until), floor):
            sys.stdout.write("".join(f"{line.text}\n" for line in lines))
