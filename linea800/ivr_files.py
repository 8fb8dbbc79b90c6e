"""The files that `linea800 ivr …` looks at; each is read, or the command ends with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Never

import typer

from agents.floor import Floor
from dialer.rules.catalog import UnknownPresetError
from documents.faults import DocumentRefusedError
from documents.yaml_document import read_document
from ivr.checks.check import Finding
from ivr.menu import Menu
from ivr.menu_file import MENUS, read_menu
from ivr.services import BUILT_IN, Service
from ivr.walking import Promises
from linea800.campaign_cli import Language
from linea800.ivr_words import said
from linea800.promises import by_preset
from linea800.settings import Settings, SettingsError
from prompts.spoken import LANGUAGES

#: what a shell is told: fine, something is wrong in it, it is not there
FINE, WRONG, NOT_THERE = 0, 1, 2

MenuFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="A menu's file, or one of those that come along.")
]
Rules = Annotated[
    str,
    typer.Option(help="The calling rules of the campaign that calls back: numbers and hours."),
]
Spoken = Annotated[Language, typer.Option(help="es or en.")]


def found(file: Path, language: str) -> Path:
    """The file; a bare name that is none is looked for as the floor's menus are."""
    places = [file]
    if len(file.parts) == 1:
        places += [Settings.from_environment().home / file, MENUS / file]
    path = next((place for place in places if place.is_file()), None)
    if path is None:
        stop(said(language, "not_there", file=file))
    return path


def menu_of(path: Path, language: str) -> Menu:
    """The menu of a file."""
    try:
        return read_menu(path)
    except DocumentRefusedError as error:
        refuse(error, language)


def floor_of(path: Path, language: str) -> Floor:
    """The floor of a file."""
    if not path.is_file():
        stop(said(language, "not_there", file=path))
    try:
        return read_document(path, Floor)
    except DocumentRefusedError as error:
        refuse(error, language)


def services_known(language: str) -> dict[str, Service]:
    """What a menu may ask: linea800 itself, and the operator's systems."""
    try:
        specs = Settings.from_environment().read_services()
    except SettingsError as error:
        stop(f"{error}")
    except DocumentRefusedError as error:
        refuse(error, language)
    return {**{name: spec.as_service() for name, spec in specs.items()}, **BUILT_IN}


def prompts_known(language: str) -> dict[str, frozenset[str]]:
    """Those of the catalogue, sentences and recordings of one's own."""
    try:
        settings = Settings.from_environment()
        return {each: settings.prompts_to_be(each) for each in LANGUAGES}
    except SettingsError as error:
        stop(f"{error}")
    except DocumentRefusedError as error:
        refuse(error, language)


def texts_known(language: str) -> Mapping[str, Mapping[str, str]]:
    """The words of every sentence, by language and name."""
    try:
        return Settings.from_environment().read_sentences()
    except SettingsError as error:
        stop(f"{error}")
    except DocumentRefusedError as error:
        refuse(error, language)


def promises_by(preset: str, language: str) -> Promises:
    """Who may be called back, by the calling rules of a preset: one of ours or of the home."""
    try:
        return by_preset(Settings.from_environment().read_presets(), preset)
    except (SettingsError, UnknownPresetError) as error:
        stop(f"{error}")
    except DocumentRefusedError as error:
        refuse(error, language)


def refuse(error: DocumentRefusedError, language: str) -> Never:
    """Every fault, and the end of the command."""
    for fault in error.faults:
        told = Finding("", fault)
        typer.echo(f"{(told.in_spanish() if language == 'es' else told).fault}", err=True)
    raise typer.Exit(WRONG)


def stop(reason: str) -> Never:
    """The command cannot be carried out at all."""
    typer.echo(f"linea800: {reason}", err=True)
    raise typer.Exit(NOT_THERE)
