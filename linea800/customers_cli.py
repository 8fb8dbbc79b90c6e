"""`linea800 customers …`: send a file of customers, over the API."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

import typer
from rich.console import Console

from linea800.campaign_cli import ServiceUrl, Spoken, Token
from linea800.import_cli import WORDS as CLIENT_WORDS
from linea800.import_cli import Api, ImportFailedError
from linea800.telling import telling_errors

customers_app = typer.Typer(no_args_is_help=True, help="Who calls.")
out = Console(highlight=False, soft_wrap=True)

#: a file of a million customers is answered when all of them are kept
_ANSWER_SECONDS = 3600.0
_SHOWN = 20

WORDS: Mapping[str, Mapping[str, str]] = {
    "es": {
        "done": "{rows} filas: {added} clientes nuevos, {changed} actualizados, "
        "{refused_count} filas rechazadas, {left_out_count} números omitidos.",
        "tried": "Prueba, no se guardó nada. {rows} filas: {added} clientes nuevos, {changed} "
        "actualizados, {refused_count} filas rechazadas, {left_out_count} números omitidos.",
        "line": "línea {line}: {reason}",
        "cell": "línea {line}, columna {column}: {reason}",
        "ignored": "Columnas que no se usan: {columns}",
        "more": "… y {count} más; --errors FILE las escribe.",
        "errors_file": "Lo rechazado, con su motivo: {file}",
    },
    "en": {
        "done": "{rows} rows: {added} new customers, {changed} brought up to date, "
        "{refused_count} rows refused, {left_out_count} numbers left out.",
        "tried": "Tried out, nothing was kept. {rows} rows: {added} new customers, {changed} "
        "brought up to date, {refused_count} rows refused, {left_out_count} numbers left out.",
        "line": "line {line}: {reason}",
        "cell": "line {line}, column {column}: {reason}",
        "ignored": "Columns that are not used: {columns}",
        "more": "… and {count} more; --errors FILE writes them.",
        "errors_file": "What was refused, and why: {file}",
    },
}


@customers_app.callback()
def _group() -> None:
    """Who calls."""


@customers_app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV with a header.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would become of it.")
    ] = False,
    errors: Annotated[
        Path | None, typer.Option(help="Write what was refused to this file, as CSV.")
    ] = None,
    country: Annotated[
        str | None, typer.Option(help="Whose numbers those written nationally are, as CO.")
    ] = None,
    url: ServiceUrl = None,
    token: Token = None,
    language: Spoken = None,
) -> None:
    """Keep every customer of a file, over the API of a running linea800."""
    with telling_errors():
        api = replace(Api.asked_for(url, token, language), answer_seconds=_ANSWER_SECONDS)
        import_file(api, file, country, dry_run=dry_run, errors_to=errors, out=out)


def import_file(
    api: Api,
    file: Path,
    country: str | None,
    *,
    dry_run: bool,
    errors_to: Path | None,
    out: Console,
) -> None:
    """Send the file and show what came of it; raises `ImportFailedError`."""
    words = WORDS[api.language]
    if not api.token:
        raise ImportFailedError(CLIENT_WORDS[api.language]["no_token"])
    asked = {"dry_run": "true" if dry_run else "false"}
    if country is not None:
        asked["country"] = country
    try:
        with file.open("rb") as opened:
            size = file.stat().st_size
            found = api.send(f"/customers/file?{urlencode(asked)}", opened, size)
    except OSError as error:
        why = error.strerror or error
        told = CLIENT_WORDS[api.language]["no_file"].format(file=file, why=why)
        raise ImportFailedError(told) from error
    out.print(words["tried" if found["dry_run"] else "done"].format(**found), markup=False)
    if found["ignored_columns"]:
        columns = ", ".join(found["ignored_columns"])
        out.print(words["ignored"].format(columns=columns), markup=False)
    if errors_to is not None:
        _write(errors_to, found["refused"])
        out.print(words["errors_file"].format(file=errors_to), markup=False)
        return
    for row in found["refused"][:_SHOWN]:
        out.print(words["cell" if row["column"] else "line"].format(**row), markup=False)
    told = found["refused_count"] + found["left_out_count"]
    if told > _SHOWN:
        out.print(words["more"].format(count=told - _SHOWN), markup=False)


def _write(file: Path, rows: list[dict[str, Any]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, ("line", "column", "fault", "reason", "kept"))
        writer.writeheader()
        writer.writerows(rows)
