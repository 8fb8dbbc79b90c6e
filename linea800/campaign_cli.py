"""`linea800 campaign …`: why it dialed or waited, and what another policy might have done."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from api.abandonment import Abandonment
from calls.errors import Linea800Error
from dialer.campaign import Campaign
from dialer.explaining import made_again
from dialer.lists.settling import Mode
from linea800 import campaign_abandonment, campaign_replay
from linea800.campaign_why import Why, plain, show
from linea800.campaign_words import said
from linea800.import_cli import Api, import_list
from linea800.recorded_day import Recording
from linea800.settings import Settings
from linea800.telling import telling_errors
from storage.campaigns import CampaignStore
from storage.reading import opened_to_read

campaign_app = typer.Typer(no_args_is_help=True, help="Look into a campaign.")
out = Console(highlight=False)

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*", re.ASCII)


class Language(StrEnum):
    """In which language to answer."""

    SPANISH = "es"
    ENGLISH = "en"


class AskedError(Linea800Error):
    """What was asked for does not exist, or cannot be understood."""


Named = Annotated[str, typer.Argument(metavar="CAMPAIGN", help="Its id, or its name.")]
Spoken = Annotated[
    Language | None, typer.Option(help="es or en; by default what the floor speaks.")
]
#: of every command that asks a running linea800
ServiceUrl = Annotated[str | None, typer.Option(help="By default LINEA800_URL, or this host.")]
Token = Annotated[str | None, typer.Option(help="By default LINEA800_TOKEN.")]
RefusedTo = Annotated[
    Path | None, typer.Option(help="Write what was refused to this file, as CSV.")
]


@campaign_app.command()
def why(
    campaign: Named,
    at: Annotated[
        str | None,
        typer.Option(help="ISO 8601, 2026-11-21T14:05-05:00; UTC without a zone; default: now."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Everything, as JSON.")] = False,
    language: Spoken = None,
) -> None:
    """Why it dialed so many at a moment, or nobody; decided again to prove it."""
    with telling_errors():
        settings = Settings.from_environment()
        spoken = language or settings.read_floor().language
        found = asyncio.run(_why(settings, campaign, moment_of(at), spoken))
        if as_json:
            typer.echo(json.dumps(plain(found, spoken), indent=2, ensure_ascii=False))
        else:
            show(found, spoken, out)


async def _why(settings: Settings, named: str, moment: datetime, language: str) -> Why:
    async with await opened_to_read(settings.database_url) as database:
        store = CampaignStore(database)
        campaign = chosen(await store.campaigns(), named, language)
        note = await store.note_at(campaign.id, moment)
        if note is None:
            raise _no_note(campaign, moment, await store.first_note_at(campaign.id), language)
        return Why(
            campaign=campaign,
            note=note,
            again=made_again(note),
            dialed=await store.dialed_at(campaign.id, note.decided_at) if note.dial else 0,
            at=note.decided_at.astimezone(moment.tzinfo),
        )


@campaign_app.command()
def abandonment(
    campaign: Named,
    periods: Annotated[int, typer.Option(min=1, max=400, help="How many of each rule.")] = 31,
    as_json: Annotated[bool, typer.Option("--json", help="As the API answers it.")] = False,
    language: Spoken = None,
) -> None:
    """How many who answered met no agent, as each rule in force counts it."""
    with telling_errors():
        settings = Settings.from_environment()
        spoken = language or settings.read_floor().language
        presets, now = settings.read_presets(), datetime.now(UTC)

        async def read() -> tuple[Campaign, Abandonment]:
            async with await opened_to_read(settings.database_url) as database:
                found = chosen(await CampaignStore(database).campaigns(), campaign, spoken)
                return found, await campaign_abandonment.read(
                    database, found, presets, now, spoken, periods
                )

        found, told = asyncio.run(read())
        if as_json:
            typer.echo(told.model_dump_json(indent=2))
        else:
            campaign_abandonment.show(told, found.name, spoken, out)


@campaign_app.command()
def replay(
    campaign: Named,
    day: Annotated[str, typer.Option(help="Which day's records, YYYY-MM-DD.")],
    policy: Annotated[
        list[str] | None,
        typer.Option(help="A pacing policy, predictive without; may be given again."),
    ] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="name=number, a setting of those policies.")
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, max=100, help="How often it is drawn.")] = 3,
    zone: Annotated[str, typer.Option(help="Whose day, as America/Guayaquil.")] = "UTC",
    language: Spoken = None,
) -> None:
    """A recorded day under other policies: a what-if beside what was recorded."""
    with telling_errors():
        settings = Settings.from_environment()
        floor = settings.read_floor()
        spoken = language or floor.language
        since, until = campaign_replay.span_of(day, zone)

        async def read() -> tuple[Campaign, Recording]:
            async with await opened_to_read(settings.database_url) as database:
                found = chosen(await CampaignStore(database).campaigns(), campaign, spoken)
                return found, await campaign_replay.read(database, found, floor, since, until)

        found, recorded = asyncio.run(read())
        wanted = campaign_replay.choices(found, policy or ["predictive"], set_ or [])
        playing = said(spoken, "playing", policies=", ".join(map(str, wanted)))
        with Console(stderr=True).status(playing):  # on a terminal only
            rows = list(campaign_replay.replays(recorded, found, wanted, seeds))
        campaign_replay.show(recorded, rows, language=spoken, seeds=seeds, out=out)


@campaign_app.command("import")
def import_(
    campaign: Named,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV with a header.")],
    list_: Annotated[str, typer.Option("--list", help="Into which list; made if need be.")] = "1",
    mode: Annotated[Mode, typer.Option(help="What is done with numbers it has.")] = Mode.SKIP,
    phone: Annotated[
        list[str] | None, typer.Option(help="A column of phone numbers; may be given again.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="The column of names.")] = None,
    external_id: Annotated[str | None, typer.Option(help="The column of your own ids.")] = None,
    zone: Annotated[str | None, typer.Option(help="The column of time zones.")] = None,
    priority: Annotated[str | None, typer.Option(help="The column of priorities.")] = None,
    score: Annotated[str | None, typer.Option(help="The column of scores.")] = None,
    refused: RefusedTo = None,
    url: ServiceUrl = None,
    token: Token = None,
    language: Spoken = None,
) -> None:
    """Import a list over the API of a running linea800, and show how far it is."""
    with telling_errors():
        api = Api.asked_for(url, token, language)
        asked = {
            "list": list_, "mode": mode.value, "phone": phone, "name": name,
            "external_id": external_id, "zone": zone, "priority": priority, "score": score,
        }  # fmt: skip
        import_list(api, campaign, file, asked, refused_to=refused, out=out)


def moment_of(text: str | None, option: str = "--at") -> datetime:
    """The moment a person wrote; None is now. Raises `AskedError`."""
    if text is None:
        return datetime.now(UTC).astimezone()
    try:
        if _MOMENT.fullmatch(text.strip()) is None:
            raise ValueError
        moment = datetime.fromisoformat(text.strip())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        moment.astimezone(UTC)  # what the database will be asked: the year 1 may lie before it
    except (ValueError, OverflowError):
        raise AskedError(
            f"{option} {text!r}: a date and a time are needed, as in 2026-11-21T14:05:00Z or "
            "2026-11-21T14:05-05:00; without a zone it is UTC"
        ) from None
    return moment


def chosen(campaigns: list[Campaign], named: str, language: str) -> Campaign:
    """The campaign with this id, else the only one with this name; raises `AskedError`."""
    for campaign in campaigns:
        if campaign.id == named:
            return campaign
    matching = [one for one in campaigns if one.name.casefold() == named.casefold()]
    if len(matching) == 1:
        return matching[0]
    if matching:
        ids = ", ".join(one.id for one in matching)
        raise AskedError(said(language, "several", name=named, ids=ids))
    if not campaigns:
        raise AskedError(said(language, "no_campaigns"))
    known = ", ".join(f"{one.name} ({one.id})" for one in campaigns)
    raise AskedError(said(language, "no_such_campaign", name=named, known=known))


def _no_note(
    campaign: Campaign, moment: datetime, first: datetime | None, language: str
) -> AskedError:
    if first is None:
        return AskedError(said(language, "no_notes", campaign=campaign.name))
    told = first.astimezone(moment.tzinfo).isoformat(sep=" ", timespec="seconds")
    asked = moment.isoformat(sep=" ", timespec="seconds")
    return AskedError(said(language, "no_note", campaign=campaign.name, at=asked, first=told))
