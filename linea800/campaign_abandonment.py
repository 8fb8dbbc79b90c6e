"""`linea800 campaign abandonment`: the ledger of abandoned calls, as a supervisor reads it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from api.abandonment import Abandonment, FiguresTold, LedgerTold, abandonment_of
from dialer.campaign import Campaign
from dialer.rules.catalog import PresetCatalog
from linea800.campaign_words import percent
from storage.abandonment import AbandonmentStore
from storage.database import Database

WORDS: Mapping[str, Mapping[str, str]] = {
    "es": {
        "head": "{campaign}: según {preset} {version}, al {at} ({zone}).",
        "so_far": "hasta ahora",
        "period": "periodo desde",
        "answered": "contestadas",
        "live": "personas",
        "abandoned": "abandonadas",
        "late": "tarde",
        "machines": "máquinas colgadas",
        "rate": "tasa",
        "cap": "tope",
        "True": "dentro",
        "False": "SUPERADO",
        "None": "-",
        "earlier": "Hay periodos anteriores: pida más con --periods.",
        "under_way": "{count} llamadas siguen en curso y no cuentan todavía.",
        "unproven": "De {count} abandonadas no se sabe el fin: se cuentan, porque nada prueba que "
        "hubo agente.",
    },
    "en": {
        "head": "{campaign}: by {preset} {version}, as of {at} ({zone}).",
        "so_far": "so far",
        "period": "period from",
        "answered": "answered",
        "live": "people",
        "abandoned": "abandoned",
        "late": "late",
        "machines": "machines hung up",
        "rate": "rate",
        "cap": "cap",
        "True": "within",
        "False": "PASSED",
        "None": "-",
        "earlier": "There are earlier periods: ask for more with --periods.",
        "under_way": "{count} calls are under way and not counted yet.",
        "unproven": "Of {count} abandoned the end is not known: they count, as nothing shows that "
        "an agent was there.",
    },
}


async def read(
    database: Database,
    campaign: Campaign,
    presets: PresetCatalog,
    now: datetime,
    language: str,
    periods: int,
) -> Abandonment:
    """What `GET /campaigns/{campaign_id}/abandonment` answers."""
    store = AbandonmentStore(database)
    return await abandonment_of(store, campaign, presets, now, language, limit=periods)


def show(found: Abandonment, name: str, language: str, out: Console) -> None:
    """A table for each rule, below its definition."""
    words = WORDS[language]
    zone = ZoneInfo(found.zone)
    at = _clock(found.as_of, zone)
    head = words["head"].format(
        campaign=name, preset=found.preset, version=found.version, at=at, zone=found.zone
    )
    out.print(head, markup=False)
    for ledger in found.rules:
        out.print()
        out.print(ledger.sentence, markup=False)
        out.print(_table(ledger, words, zone))
        current = ledger.current
        if current.under_way:
            out.print(words["under_way"].format(count=current.under_way))
        if current.unproven:
            out.print(words["unproven"].format(count=current.unproven))
        if ledger.earlier is not None:
            out.print(words["earlier"])


def _table(ledger: LedgerTold, words: Mapping[str, str], zone: ZoneInfo) -> Table:
    columns = ("answered", "live", "abandoned", "late", "machines", "rate", "cap")
    table = Table(words["period"], box=None)
    for column in columns:
        table.add_column(words[column], justify="right")
    table.add_row(words["so_far"], *_cells(ledger.current, words))
    for figures in ledger.history:
        table.add_row(_clock(figures.since, zone), *_cells(figures, words))
    return table


def _cells(figures: FiguresTold, words: Mapping[str, str]) -> tuple[str, ...]:
    return (
        str(figures.answered),
        _counted(figures.live),
        _counted(figures.abandoned),
        str(figures.late),
        str(figures.machines_hung_up),
        "-" if figures.rate is None else percent(figures.rate),
        words[str(figures.within_cap)],
    )


def _counted(count: float) -> str:
    return str(round(count)) if count == round(count) else f"{count:.1f}"


def _clock(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")
