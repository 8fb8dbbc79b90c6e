"""`linea800 do-not-call …`: send a file of numbers that are not to be called, over the API."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

import typer
from rich.console import Console

from linea800.campaign_cli import RefusedTo, ServiceUrl, Spoken, Token
from linea800.import_cli import WORDS as CLIENT_WORDS
from linea800.import_cli import Api, ImportFailedError, campaign_id
from linea800.telling import telling_errors

do_not_call_app = typer.Typer(no_args_is_help=True, help="Who must not be called.")
out = Console(highlight=False, soft_wrap=True)

#: a file of a million numbers is answered when all of them are listed
_ANSWER_SECONDS = 1800.0
_SHOWN = 20

WORDS: Mapping[str, Mapping[str, str]] = {
    "es": {
        "done": "{rows} filas: {added} números anotados, {already_listed} ya lo estaban o se "
        "repiten, {refused_count} rechazadas.",
        "line": "línea {line}: {reason}",
        "more": "… y {count} más; --refused FILE las escribe todas.",
        "refused_file": "Lo rechazado, con su motivo: {file}",
    },
    "en": {
        "done": "{rows} rows: {added} numbers listed, {already_listed} were or are there twice, "
        "{refused_count} refused.",
        "line": "line {line}: {reason}",
        "more": "… and {count} more; --refused FILE writes all of them.",
        "refused_file": "What was refused, and why: {file}",
    },
}


@do_not_call_app.callback()
def _group() -> None:
    """Who must not be called."""


@do_not_call_app.command()
def add(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Numbers, or CSV with a header.")],
    campaign: Annotated[
        str | None, typer.Option(help="Only this campaign's list: its id, or its name.")
    ] = None,
    column: Annotated[
        str | None, typer.Option(help="The column of the numbers; without: one per line.")
    ] = None,
    country: Annotated[
        str | None, typer.Option(help="Whose numbers those written nationally are, as CO.")
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Kept with each of them.")] = None,
    refused: RefusedTo = None,
    url: ServiceUrl = None,
    token: Token = None,
    language: Spoken = None,
) -> None:
    """List every number of a file at once, over the API of a running linea800."""
    with telling_errors():
        api = replace(Api.asked_for(url, token, language), answer_seconds=_ANSWER_SECONDS)
        asked = {"column": column, "country": country, "reason": reason}
        add_file(api, file, campaign, asked, refused_to=refused, out=out)


def add_file(
    api: Api,
    file: Path,
    campaign: str | None,
    asked: Mapping[str, str | None],
    *,
    refused_to: Path | None,
    out: Console,
) -> None:
    """Send the file and show what came of it; raises `ImportFailedError`.

    `asked` is the query of the route, without what is None.
    """
    words = WORDS[api.language]
    if not api.token:
        raise ImportFailedError(CLIENT_WORDS[api.language]["no_token"])
    given = {name: value for name, value in asked.items() if value is not None}
    if campaign is not None:
        given["campaign_id"] = campaign_id(api, campaign)
    try:
        with file.open("rb") as opened:
            size = file.stat().st_size
            found = api.send(f"/do-not-call/numbers?{urlencode(given)}", opened, size)
    except OSError as error:
        why = error.strerror or error
        told = CLIENT_WORDS[api.language]["no_file"].format(file=file, why=why)
        raise ImportFailedError(told) from error
    out.print(words["done"].format(**found), markup=False)
    if refused_to is not None:
        _write(refused_to, found["refused"])
        out.print(words["refused_file"].format(file=refused_to), markup=False)
        return
    for row in found["refused"][:_SHOWN]:
        out.print(words["line"].format(**row), markup=False)
    if found["refused_count"] > _SHOWN:
        out.print(words["more"].format(count=found["refused_count"] - _SHOWN), markup=False)


def _write(file: Path, rows: list[dict[str, Any]]) -> None:
    names = ("line", "column", "fault", "reason")
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, names)
        writer.writeheader()
        writer.writerows(rows)
