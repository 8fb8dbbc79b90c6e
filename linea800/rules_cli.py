"""`linea800 rules …`: which calling rules there are, and whether a call may be made by them."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from calls.errors import Linea800Error
from dialer.rules.calling_rules import CallingRules
from dialer.rules.catalog import PresetCatalog
from dialer.rules.check import check as judge
from dialer.rules.frequency import Kind, Past
from dialer.rules.place import place_of
from dialer.rules.preset import Purpose
from dialer.rules.verdict import NoteKind, Question, Verdict
from linea800.campaign_cli import AskedError, Language, moment_of
from linea800.rules_telling import sentences, shown
from linea800.rules_words import said
from linea800.settings import Settings

rules_app = typer.Typer(no_args_is_help=True, help="The rules for calling people.")
out = Console(highlight=False, soft_wrap=True)

#: what a shell is told: the call may be made, it may not, the question makes no sense
ALLOWED, REFUSED, BAD_QUESTION = 0, 1, 2

Presets = Annotated[
    Path | None,
    typer.Option("--presets", help="A folder with presets of your own; default: the home's."),
]
Spoken = Annotated[Language, typer.Option(help="es or en.")]
AsJson = Annotated[bool, typer.Option("--json", help="The answer as JSON.")]


@contextlib.contextmanager
def _telling_bad_questions() -> Iterator[None]:
    try:
        yield
    except Linea800Error as error:
        typer.echo(f"linea800: {error}", err=True)
        raise typer.Exit(BAD_QUESTION) from None


def _catalog(folder: Path | None) -> PresetCatalog:
    """The same presets as the service's, unless a folder is named."""
    return (
        Settings.from_environment().read_presets() if folder is None else PresetCatalog.read(folder)
    )


@rules_app.command()
def check(
    preset: Annotated[str, typer.Option(help="Its id, as `rules list` shows it.")],
    purpose: Annotated[Purpose, typer.Option(help="Why the person is called.")],
    number: Annotated[str, typer.Option(help="As +573001234567, or as written in the country.")],
    at: Annotated[
        str | None,
        typer.Option(help="ISO 8601, 2026-11-22T15:00:00Z; UTC without a zone; default: now."),
    ] = None,
    timezone: Annotated[str | None, typer.Option(help="The person's own, America/Bogota.")] = None,
    country: Annotated[
        list[str] | None, typer.Option(help="Allowed, as CO; may be given again.")
    ] = None,
    consent_on: Annotated[str | None, typer.Option(help="When the person agreed.")] = None,
    contract: Annotated[bool, typer.Option(help="The call is about a contract in force.")] = False,
    attempt: Annotated[
        list[str] | None, typer.Option(help="When it was tried before; may be given again.")
    ] = None,
    contact: Annotated[
        list[str] | None, typer.Option(help="When they talked before; may be given again.")
    ] = None,
    listed_in: Annotated[
        list[str] | None, typer.Option(help="A do-not-call list that has the number.")
    ] = None,
    register_age: Annotated[
        list[str] | None, typer.Option(help="REGISTER=DAYS, how old its copy is.")
    ] = None,
    caller_id: Annotated[str | None, typer.Option(help="The number that would be shown.")] = None,
    presets: Presets = None,
    as_json: AsJson = False,
    language: Spoken = Language.SPANISH,
) -> None:
    """May this person be called? Exit 0: yes, 1: no, 2: the question makes no sense."""
    with _telling_bad_questions():
        rules = _catalog(presets).rules(preset)
        past = [(when, Kind.ATTEMPT) for when in attempt or ()]
        past += [(when, Kind.CONTACT) for when in contact or ()]
        question = Question(
            number=number,
            purpose=purpose,
            at=moment_of(at),
            zone=timezone if timezone is None else place_of(number, timezone).key,
            countries=frozenset(country) if country else None,
            consented_at=None if consent_on is None else _moment(consent_on),
            has_contract=contract,
            history=tuple(Past(_moment(when), kind) for when, kind in past) or None,
            listed_in=frozenset(listed_in) if listed_in else None,
            register_age_days=_ages(register_age, rules) if register_age else None,
            caller_id=caller_id,
        )
        try:
            verdict = judge(rules, question, facts_required=False)
        except ValueError as error:
            raise AskedError(f"{error}") from error
    if as_json:
        typer.echo(json.dumps(plain(verdict), indent=2, ensure_ascii=False))
    else:
        for sentence in sentences(verdict, language):
            out.print(sentence, markup=False)
    raise typer.Exit(ALLOWED if verdict.allowed else REFUSED)


@rules_app.command("list")
def list_(
    presets: Presets = None, as_json: AsJson = False, language: Spoken = Language.SPANISH
) -> None:
    """Every preset: country, version, and how far it may be trusted."""
    with _telling_bad_questions():
        catalog = _catalog(presets)
    found = [catalog.rules(name).preset for name in catalog.ids]
    if as_json:
        rows = [
            each.model_dump(mode="json", include={"id", "country", "version", "confidence", "name"})
            for each in found
        ]
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    heads = ("preset", "country", "version", "confidence", "name")
    table = Table(*(said(language, head) for head in heads), box=None)
    for each in found:
        table.add_row(
            each.id,
            each.country or said(language, "any"),
            each.version,
            said(language, each.confidence),
            each.name.sentence(language),
        )
    Console(highlight=False).print(table)


@rules_app.command()
def show(
    preset: Annotated[str, typer.Argument(metavar="PRESET", help="Its id.")],
    presets: Presets = None,
    as_json: AsJson = False,
    language: Spoken = Language.SPANISH,
) -> None:
    """One preset: sources, purposes, rules, and what is not sure of them."""
    with _telling_bad_questions():
        rules = _catalog(presets).rules(preset)
    if as_json:
        whole = rules.preset.model_dump(mode="json", by_alias=True, exclude_none=True)
        typer.echo(json.dumps(whole, indent=2, ensure_ascii=False))
        return
    for line in shown(rules, language):
        out.print(line, markup=False)


def plain(verdict: Verdict) -> dict[str, Any]:
    """The verdict for other programs: codes and times, no sentences."""
    local, following = verdict.local_time, verdict.next_allowed_at
    return {
        "allowed": verdict.allowed,
        "reasons": list(verdict.reasons),
        "preset": verdict.preset,
        "version": verdict.version,
        "local_time": None if local is None else local.isoformat(),
        "zones": None if verdict.place is None else verdict.place.key,
        "next_allowed_at": None if following is None else following.isoformat(),
        "details": [{"reason": each.reason, "detail": each.detail} for each in verdict.findings],
        "house_rules": [n.detail for n in verdict.notes if n.kind is NoteKind.HOUSE_RULE],
        "not_judged": [n.detail for n in verdict.notes if n.kind is NoteKind.NOT_JUDGED],
        "fingerprint": verdict.fingerprint,
    }


def _moment(text: str) -> dt.datetime:
    """A date counts as its first moment in UTC; raises `AskedError`."""
    return moment_of(f"{text}T00:00" if len(text.strip()) == len("2026-11-22") else text)


def _ages(written: list[str], rules: CallingRules) -> dict[str, float]:
    ages: dict[str, float] = {}
    for each in written:
        name, _, days = each.rpartition("=")
        try:
            ages[name] = float(days)
        except ValueError:
            name = ""
        if name not in rules.known_registers():
            known = ", ".join(sorted(rules.known_registers())) or "none"
            raise AskedError(
                f"--register-age {each!r}: write REGISTER=DAYS; registers of this preset: {known}"
            )
    return ages
