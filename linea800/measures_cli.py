"""`linea800 measures …`: the quarters reports are added up of, made anew from the facts."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console

from linea800.campaign_cli import Language
from linea800.settings import Settings
from linea800.telling import telling_errors
from storage.database import Database
from storage.measures import MeasureStore
from storage.rebuilding import days

measures_app = typer.Typer(no_args_is_help=True, help="What reports are added up of.")
out = Console(highlight=False)

WORDS: Mapping[str, Mapping[str, str]] = {
    "es": {
        "nothing": "No hay nada registrado: no hay nada que contar.",
        "day": "{day}: {count} cuartos de hora contados de nuevo",
        "done": "Contado de nuevo desde {since} hasta {until} (UTC): {count} cuartos de hora.",
    },
    "en": {
        "nothing": "Nothing is recorded: there is nothing to count.",
        "day": "{day}: {count} quarters of an hour counted again",
        "done": "Counted again from {since} to {until} (UTC): {count} quarters of an hour.",
    },
}


@measures_app.callback()
def _group() -> None:
    """What reports are added up of."""


@measures_app.command()
def rebuild(
    since: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="First day, UTC; by default the oldest."),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="Last day, UTC; by default today."),
    ] = None,
    language: Annotated[Language, typer.Option(help="es or en.")] = Language.SPANISH,
) -> None:
    """Make every quarter anew from the facts, in the database itself.

    Beside a running service with PostgreSQL; a SQLite file is the service's, which has to stop for
    it.
    """
    with telling_errors():
        asyncio.run(_rebuild(Settings.from_environment(), since, until, WORDS[language], out))


async def _rebuild(
    settings: Settings,
    since: datetime | None,
    until: datetime | None,
    words: Mapping[str, str],
    out: Console,
) -> None:
    """Say day by day how much was counted; raises `Linea800Error`."""
    pbx = settings.read_floor().pbx
    now = datetime.now(UTC)
    async with await Database.open(settings.database_url) as database:
        measures = MeasureStore(database)
        start = since.replace(tzinfo=UTC) if since else await measures.first_at(pbx)
        if start is None:
            out.print(words["nothing"])
            return
        end = until.replace(tzinfo=UTC) + timedelta(days=1) if until else now
        whole = 0
        for begins, ends in days(start, end):
            count = await measures.rebuild(pbx, begins, ends)
            out.print(words["day"].format(day=begins.date().isoformat(), count=count))
            whole += count
        told = {"since": _clock(start), "until": _clock(min(end, now)), "count": whole}
        out.print(words["done"].format(**told))


def _clock(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
