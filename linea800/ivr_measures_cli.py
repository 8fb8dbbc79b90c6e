"""`linea800 ivr measures`: the figures of a menu as a supervisor reads them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from api.menu_figures import MenuMeasures, RatioTold
from api.menu_measures import measures_of, period
from linea800.campaign_cli import AskedError, Language, moment_of
from linea800.campaign_words import percent
from linea800.settings import Settings
from linea800.telling import telling_errors
from monitoring.menu_counts import RATIOS, Count
from storage.menu_measures import Chosen, MenuMeasureStore
from storage.reading import opened_to_read

out = Console(highlight=False)

WORDS: Mapping[str, Mapping[str, str]] = {
    "es": {
        "head": "{menu}: sesiones que empezaron entre {since} y {until} (UTC), vistas a las "
        "{at}{only}.",
        "only_version": ", versión {version}",
        "unknown": "nadie llegó nunca a un menú «{name}»",
        "nobody": "Nadie llegó al menú en ese tiempo.",
        "figure": "cifra",
        "count": "cuántas",
        "share": "tasa",
        "of": "de",
        "meaning": "qué es",
        "node": "nodo",
        "entries": "entradas",
        "no_input": "sin tecla",
        "no_match": "tecla errada",
        "hang_ups": "cuelgan",
        "to_person": "a persona",
        "median": "mediana s",
        "mean": "media s",
        "choices": "eligen",
        "task": "gestión",
        "started": "empezadas",
        "done": "hechas",
        "failed": "fallidas",
        "left": "a medias",
        "reason": "motivo",
        "no_reason": "(sin motivo)",
        "sessions": "sesiones",
        "under_way": "siguen en el menú",
        "lost": "perdidas",
        "measured": "medidas",
        "contained": "resueltas en el menú",
        "abandoned": "cuelgan sin gestión",
        "ended": "el menú termina sin gestión",
        "queued": "a una cola",
        "called_back": "se les llamará",
        "transferred": "transferidas",
        "asked_person": "piden persona",
        "queued_undone": "a una cola sin gestión",
        "talked": "hablan con agente",
        "passed_on": "pasadas enseguida",
        "came_back": "vuelven a otra cola",
        "misrouted": "mal dirigidas",
    },
    "en": {
        "head": "{menu}: sessions that began between {since} and {until} (UTC), as of {at}{only}.",
        "only_version": ", version {version}",
        "unknown": "nobody ever came to a menu “{name}”",
        "nobody": "Nobody came to the menu in that time.",
        "figure": "figure",
        "count": "how many",
        "share": "ratio",
        "of": "of",
        "meaning": "what it is",
        "node": "node",
        "entries": "entries",
        "no_input": "no key",
        "no_match": "wrong key",
        "hang_ups": "hang up",
        "to_person": "to a person",
        "median": "median s",
        "mean": "mean s",
        "choices": "choose",
        "task": "task",
        "started": "started",
        "done": "done",
        "failed": "failed",
        "left": "left midway",
        "reason": "reason",
        "no_reason": "(none given)",
        "sessions": "sessions",
        "under_way": "in the menu still",
        "lost": "lost",
        "measured": "measured",
        "contained": "contained",
        "abandoned": "hung up, no task done",
        "ended": "menu ended, no task done",
        "queued": "to a queue",
        "called_back": "to be called back",
        "transferred": "transferred",
        "asked_person": "asked for a person",
        "queued_undone": "to a queue, no task done",
        "talked": "talked to an agent",
        "passed_on": "passed on at once",
        "came_back": "back in another queue",
        "misrouted": "misrouted",
    },
}

#: which ratio stands beside a count
_RATIO_OF = {part: name for name, (part, _) in RATIOS.items()}
_MOST_CHOICES = 4


def measures(
    menu: Annotated[str, typer.Argument(metavar="NAME", help="The menu's name.")],
    since: Annotated[
        str | None, typer.Option(help="ISO 8601, UTC without a zone; default: 24 h before.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Itself not included; default: now.")] = None,
    version: Annotated[str | None, typer.Option(help="Only of this version.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As the API answers it.")] = False,
    language: Annotated[
        Language | None, typer.Option(help="es or en; by default what the floor speaks.")
    ] = None,
) -> None:
    """What callers did in a menu: where they hung up, what they got done, who needed a person."""
    with telling_errors():
        settings = Settings.from_environment()
        spoken = language or settings.read_floor().language
        now = datetime.now(UTC)
        begin = None if since is None else moment_of(since, "--since")
        end = None if until is None else moment_of(until, "--until")
        began_from, began_until = period(begin, end, now)
        chosen = Chosen(menu=menu, since=began_from, until=began_until, version=version)
        found = asyncio.run(_read(settings.database_url, chosen, now, spoken))
        if as_json:
            typer.echo(found.model_dump_json(indent=2))
        else:
            show(found, spoken, out)


async def _read(url: str, chosen: Chosen, now: datetime, language: str) -> MenuMeasures:
    async with await opened_to_read(url) as database:
        store = MenuMeasureStore(database)
        if not await store.known(chosen.menu):
            raise AskedError(WORDS[language]["unknown"].format(name=chosen.menu))
        return await measures_of(store, chosen, now, language)


def show(found: MenuMeasures, language: str, out: Console) -> None:
    """The counts with their meaning, then a table of nodes, of tasks and of reasons."""
    words = WORDS[language]
    only = words["only_version"].format(version=found.version) if found.version else ""
    head = words["head"].format(
        menu=found.menu, since=_clock(found.since), until=_clock(found.until),
        at=_clock(found.as_of), only=only,
    )  # fmt: skip
    out.print(head, markup=False)
    if not found.counts[Count.SESSIONS]:
        out.print(words["nobody"])
        return
    for table in (_counts(found, words), _nodes(found, words), _tasks(found, words)):
        out.print()
        out.print(table)
    if any(group.key for group in found.reasons):
        out.print()
        out.print(_reasons(found, words))


def _counts(found: MenuMeasures, words: Mapping[str, str]) -> Table:
    table = _table(words, "figure", "count", "share", "of")
    table.add_column(words["meaning"])
    for count in Count:
        ratio = found.ratios[_RATIO_OF[count]] if count in _RATIO_OF else None
        table.add_row(
            words[count], str(found.counts[count]), _share(ratio), str(ratio.n) if ratio else "",
            found.definitions[count],
        )  # fmt: skip
    return table


def _nodes(found: MenuMeasures, words: Mapping[str, str]) -> Table:
    table = _table(
        words, "node", "entries", "no_input", "no_match", "hang_ups", "to_person", "median", "mean"
    )
    table.add_column(words["choices"])
    for node in found.nodes:
        counts = (node.entries, node.no_input, node.no_match, node.hang_ups, node.to_person)
        most = sorted(node.choices.items(), key=lambda choice: (-choice[1], choice[0]))
        chosen = ", ".join(f"{name} {count}" for name, count in most[:_MOST_CHOICES])
        times = (_seconds(node.median_seconds), _seconds(node.mean_seconds))
        table.add_row(node.node, *map(str, counts), *times, chosen)
    return table


def _tasks(found: MenuMeasures, words: Mapping[str, str]) -> Table:
    table = _table(words, "task", "started", "done", "failed", "left", "share")
    for task in found.tasks:
        counts = (task.started, task.done, task.failed, task.left)
        table.add_row(task.task, *map(str, counts), _share(task.ratios["done"]))
    return table


def _reasons(found: MenuMeasures, words: Mapping[str, str]) -> Table:
    table = _table(words, "reason", "sessions", "contained", "share", "queued", "abandoned")
    for group in found.reasons:
        counts = group.counts
        table.add_row(
            group.key or words["no_reason"], str(counts[Count.SESSIONS]),
            str(counts[Count.CONTAINED]), _share(group.ratios["containment"]),
            str(counts[Count.QUEUED]), str(counts[Count.ABANDONED]),
        )  # fmt: skip
    return table


def _table(words: Mapping[str, str], first: str, *numbers: str) -> Table:
    table = Table(words[first], box=None)
    for number in numbers:
        table.add_column(words[number], justify="right")
    return table


def _share(ratio: RatioTold | None) -> str:
    if ratio is None:
        return ""
    return "-" if ratio.value is None else percent(ratio.value)


def _seconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:.1f}"


def _clock(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
