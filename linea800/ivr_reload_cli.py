"""`linea800 ivr reload`: the running service reads its menus again, without dropping a call."""

from __future__ import annotations

from typing import Annotated

import typer

from linea800.campaign_cli import Language
from linea800.import_cli import Api
from linea800.ivr_words import said
from linea800.telling import telling_errors


def reload(
    url: Annotated[str | None, typer.Option(help="The service; else LINEA800_URL.")] = None,
    token: Annotated[str | None, typer.Option(help="Else LINEA800_TOKEN.")] = None,
    language: Annotated[Language, typer.Option(help="es or en.")] = Language.SPANISH,
) -> None:
    """Take the menus as their files are now. Exit 1: a file has faults, and nothing changed."""
    with telling_errors():
        done = Api.asked_for(url, token, language).post("/menus/reload")
    changed = set(done["changed"])
    for menu in done["items"]:
        word = "menu_changed" if menu["number"] in changed else "menu_kept"
        typer.echo(
            said(language, word, number=menu["number"], name=menu["name"], version=menu["version"])
        )
