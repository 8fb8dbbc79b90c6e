"""`linea800 retention`: what is older than the rules want it kept, and letting it go, over the API.

Over the API because a SQLite database has one process that writes, and that is the service.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from linea800.campaign_cli import ServiceUrl, Spoken
from linea800.import_cli import WORDS as CLIENT_WORDS
from linea800.import_cli import Api, ImportFailedError
from linea800.telling import telling_errors

out = Console(highlight=False)

WORDS: Mapping[str, Mapping[str, str]] = {
    "es": {
        "nothing": "Nada pasa del plazo en que hay que guardarlo.",
        "would": "Pasa del plazo de su campaña, y se iría con --yes:",
        "gone": "Se fue:",
        "table": "qué",
        "campaign": "campaña",
        "preset": "según",
        "before": "anterior a",
        "rows": "filas",
        "all": "(todas)",
        "rulings": "decisiones de las reglas",
        "pacing_notes": "decisiones de marcar",
        "attempts": "números en los intentos",
        "import_refusals": "filas rechazadas al importar",
        "audit": "auditoría",
        "recordings": "mensajes grabados",
        "call_recordings": "conversaciones grabadas",
        "calls": "números y nombres en las llamadas",
        "tickets": "números y cuentas en los casos cerrados",
        "queue": "cola",
    },
    "en": {
        "nothing": "Nothing is older than it has to be kept.",
        "would": "Older than its campaign has to keep it, and would go with --yes:",
        "gone": "Gone:",
        "table": "what",
        "campaign": "campaign",
        "preset": "by",
        "before": "before",
        "rows": "rows",
        "all": "(all)",
        "rulings": "rulings",
        "pacing_notes": "decisions to dial",
        "attempts": "numbers in attempts",
        "import_refusals": "rows refused by imports",
        "audit": "audit",
        "recordings": "recorded messages",
        "call_recordings": "recorded talks",
        "calls": "numbers and names in calls",
        "tickets": "numbers and accounts in closed tickets",
        "queue": "queue",
    },
}


def retention(
    yes: Annotated[
        bool, typer.Option("--yes/--dry-run", help="Let it go; else only say what would.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As the API answers it.")] = False,
    url: ServiceUrl = None,
    token: Annotated[
        str | None, typer.Option(help="An admin's; by default LINEA800_TOKEN.")
    ] = None,
    language: Spoken = None,
) -> None:
    """What is older than its campaign's rules want it kept: proofs, numbers, refused rows."""
    with telling_errors():
        api = Api.asked_for(url, token, language)
        show(api, yes=yes, as_json=as_json, out=out)


def show(api: Api, *, yes: bool, as_json: bool, out: Console) -> None:
    """Say what would go, or let it go and say what went; raises `ImportFailedError`."""
    if not api.token:
        raise ImportFailedError(CLIENT_WORDS[api.language]["no_token"])
    items = _gone(api) if yes else api.get("/retention")["items"]
    if as_json:
        out.print_json(json.dumps(items))
        return
    words = WORDS[api.language]
    if not items:
        out.print(words["nothing"])
        return
    out.print(words["gone" if yes else "would"])
    table = Table(box=None)
    for column in ("table", "campaign", "queue", "preset", "before"):
        table.add_column(words[column])
    table.add_column(words["rows"], justify="right")
    for item in items:
        table.add_row(
            words[item["table"]],
            item["campaign_id"] or words["all"],
            item["queue"] or "",
            item["preset"] or "",
            item["before"][:10],
            str(item["rows"]),
        )
    out.print(table)


def _gone(api: Api) -> list[dict[str, Any]]:
    """Ask until there is no more; each table and campaign once, with everything that went."""
    gone: dict[tuple[str, str, str], dict[str, Any]] = {}
    while True:
        answer = api.post("/retention")
        for item in answer["items"]:
            key = item["table"], item["campaign_id"] or "", item["queue"] or ""
            if key in gone:
                gone[key]["rows"] += item["rows"]
            else:
                gone[key] = item
        if not answer["more"]:
            return list(gone.values())
