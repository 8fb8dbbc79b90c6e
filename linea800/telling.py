"""How a command tells what went wrong."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import typer

from calls.errors import Linea800Error


@contextlib.contextmanager
def telling_errors() -> Iterator[None]:
    """An error of ours is a message for a person, not a traceback."""
    try:
        yield
    except Linea800Error as error:
        typer.echo(f"linea800: {error}", err=True)
        raise typer.Exit(1) from None
