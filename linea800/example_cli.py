"""`linea800 example-backoffice`: an operator's systems to try menus with, as bad as you like."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Annotated

import typer

from backoffice.example.moods import Lie, Mood, MoodName
from backoffice.example.server import create_example
from linea800.telling import telling_errors
from linea800.web import PortTakenError, listening, serve_http


def example_backoffice(
    port: Annotated[int, typer.Option(min=1, max=65535, help="On 127.0.0.1.")] = 8801,
    mood: Annotated[MoodName, typer.Option(help="How it answers.")] = MoodName.WELL,
    seconds: Annotated[
        float, typer.Option(min=0, max=3600, help="How long it takes when it is slow.")
    ] = 5.0,
    lie: Annotated[Lie, typer.Option(help="What it says when it lies.")] = Lie.EACH_IN_TURN,
) -> None:
    """An operator's CRM and billing as an example: accounts, promises, refreshes, tickets."""
    with telling_errors():
        try:
            listener = listening("127.0.0.1", port)
        except PortTakenError:
            raise PortTakenError(f"127.0.0.1:{port} is taken: choose another --port") from None
        typer.echo(f"export LINEA800_BACKOFFICE_URL=http://127.0.0.1:{port}")
        app = create_example(Mood(mood=mood, seconds=seconds, lie=lie))
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(serve_http(app, listener))
