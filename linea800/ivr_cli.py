"""`linea800 ivr …`: a menu's file checked, walked by keys, held to its flows, and drawn."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Never

import typer

from agents.floor import Floor
from documents.faults import DocumentRefusedError
from documents.yaml_document import read_document
from ivr.checks.check import Finding, check_file
from ivr.checks.inbound import inbound_rules
from ivr.flow_run import Difference, first_difference
from ivr.flows import read_flows
from ivr.menu import Menu
from ivr.menu_file import MENUS, read_menu
from ivr.picture import menu_picture
from ivr.walking import Caller, Walk
from linea800.campaign_cli import Language
from linea800.ivr_try import KEYS, keys_of, prompt_texts, told
from linea800.ivr_words import said
from linea800.settings import Settings, SettingsError
from prompts.catalog import prompt_names
from prompts.sounds import known_sounds
from prompts.spoken import LANGUAGES

ivr_app = typer.Typer(no_args_is_help=True, help="The menus of the 0800 line.")

#: what a shell is told: fine, something is wrong in it, it is not there
FINE, WRONG, NOT_THERE = 0, 1, 2

MenuFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="A menu's file, or one of those that come along.")
]
Spoken = Annotated[Language, typer.Option(help="es or en.")]
AsJson = Annotated[bool, typer.Option("--json", help="The answer as JSON.")]


@ivr_app.command()
def check(
    file: MenuFile,
    floor: Annotated[
        Path | None, typer.Option(help="A floor file: its queues are those there are.")
    ] = None,
    country: Annotated[
        str | None, typer.Option(help="As CO: warn of what it asks of menus.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as faults.")] = False,
    as_json: AsJson = False,
    language: Spoken = Language.SPANISH,
) -> None:
    """Everything wrong in a menu, with its line. Exit 0: nothing, 1: something, 2: no such file."""
    path = _found(file, language)
    place = (country or "").upper()
    rules = inbound_rules().countries
    if place and place not in rules:
        known = ", ".join(sorted(rules))
        _stop(said(language, "no_country", country=place, known=known))
    queues = None if floor is None else _queues(floor, language)
    found = check_file(path, queues=queues, prompts=_prompts(language), country=place)
    if language is Language.SPANISH:
        found = tuple(each.in_spanish() for each in found)
    faults = [each for each in found if not each.warning]
    fine = not (found if strict else faults)
    if as_json:
        answer = {
            "file": path.name,
            "fine": fine,
            "country": place or None,
            "country_rules": len(rules.get(place, ())),
            "findings": [_plain(each) for each in found],
        }
        typer.echo(json.dumps(answer, indent=2, ensure_ascii=False))
    else:
        _show(path.name, found, language)
        if place and not rules[place]:
            typer.echo(said(language, "no_rules", country=place))
    raise typer.Exit(FINE if fine else WRONG)


def _plain(found: Finding) -> dict[str, object]:
    fault = found.fault
    return {
        "severity": "warning" if found.warning else "fault",
        "rule": found.rule,
        "line": fault.line,
        "column": fault.column,
        "place": fault.place,
        "reason": fault.reason,
    }


def _show(name: str, found: tuple[Finding, ...], language: str) -> None:
    for each in found:
        mark = f"{said(language, 'warning')}: " if each.warning else ""
        typer.echo(f"{mark}{each.fault}")
    if found:
        warnings = sum(each.warning for each in found)
        typer.echo(said(language, "counts", faults=len(found) - warnings, warnings=warnings))
    else:
        typer.echo(said(language, "fine", file=name))


@ivr_app.command("try")
def try_(
    file: MenuFile,
    keys: Annotated[
        str | None, typer.Option(help='Asks nothing: "1,timeout,9"; "12" is typed ahead.')
    ] = None,
    number: Annotated[str, typer.Option(help="The caller's number; without it, hidden.")] = "",
    waiting: Annotated[int, typer.Option(min=0, max=999, help="How many wait.")] = 0,
    callbacks: Annotated[bool, typer.Option(help="Whether somebody calls back now.")] = True,
    language: Spoken = Language.SPANISH,
) -> None:
    """Walk a menu by keys, as a caller would, with no Asterisk. Exit 1: the file has faults."""
    menu = _menu(_found(file, language), language)
    caller = Caller(language=language, number=number, waiting=waiting, called_back=callbacks)
    walk, texts = Walk(menu, caller), prompt_texts()
    given = None if keys is None else _keys(keys, language)

    def show() -> None:
        for line in told(walk.turn, texts, language):
            typer.echo(line)

    show()
    for pressed in _typed(walk, language) if given is None else given:
        if walk.end is not None:
            typer.echo(said(language, "unused", keys=pressed or said(language, "silence")))
            break
        if given is not None:
            word = said(language, "pressed", key=pressed or said(language, "silence"))
            typer.echo(word)
        _take(walk, pressed)
        show()
    if walk.end is None:
        typer.echo(said(language, "end_listening" if given is not None else "left"))


def _take(walk: Walk, pressed: str) -> None:
    if pressed:
        walk.press(pressed)
    else:
        walk.wait()


def _typed(walk: Walk, language: str) -> Iterator[str]:
    """What a person types, one line for each turn, until the menu is over or `q`."""
    while walk.end is None:
        typer.echo(said(language, "ask"), nl=False)
        line = sys.stdin.readline()
        if not line or line.strip().lower() == "q":
            return
        if KEYS.issuperset(line.strip()):
            yield line.strip()
        else:
            typer.echo(said(language, "bad_key", key=line.strip()))


def _keys(written: str, language: str) -> tuple[str, ...]:
    try:
        return keys_of(written)
    except ValueError as error:
        _stop(said(language, "bad_key", key=error))


@ivr_app.command("test")
def hold_to_flows(
    path: Annotated[
        Path, typer.Argument(metavar="FOLDER|FILE", help="A flow file, or a folder of them.")
    ],
    language: Spoken = Language.SPANISH,
) -> None:
    """Hold menus to their *.flow files. Exit 1: the first difference of each is shown."""
    files = sorted(path.rglob("*.flow")) if path.is_dir() else [path]
    if not all(file.is_file() for file in files):
        _stop(said(language, "not_there", file=path))
    if not files:
        _stop(said(language, "no_flows", file=path))
    flows, wrong = 0, 0
    for file in files:
        tried, differences = _held(file, language)
        flows, wrong = flows + tried, wrong + len(differences)
        for each in differences:
            typer.echo(
                said(
                    language,
                    "difference",
                    file=each.file,
                    line=each.line,
                    flow=each.flow,
                    expected=each.expected,
                    seen=each.seen,
                )
            )
    word = "failed" if wrong else "passed"
    typer.echo(said(language, word, flows=flows, failed=wrong))
    raise typer.Exit(WRONG if wrong else FINE)


def _held(file: Path, language: str) -> tuple[int, list[Difference]]:
    """How many flows a file has, and what is different of them."""
    try:
        flows = read_flows(file)
    except DocumentRefusedError as error:
        _refuse(error, language)
    menus: dict[str, Menu] = {}
    found = []
    for flow in flows:
        if flow.menu not in menus:
            menus[flow.menu] = _menu(_found(file.parent / flow.menu, language), language)
        if difference := first_difference(flow, menus[flow.menu], language):
            found.append(difference)
    return len(flows), found


@ivr_app.command()
def graph(file: MenuFile, language: Spoken = Language.SPANISH) -> None:
    """A menu as a Mermaid flowchart, for Markdown pages. Exit 1: the file has faults."""
    typer.echo(menu_picture(_menu(_found(file, language), language)), nl=False)


def _found(file: Path, language: str) -> Path:
    """The file; a bare name that is none is looked for as the floor's menus are."""
    places = [file]
    if len(file.parts) == 1:
        places += [Settings.from_environment().home / file, MENUS / file]
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        _stop(said(language, "not_there", file=file))
    return found


def _menu(path: Path, language: str) -> Menu:
    try:
        return read_menu(path)
    except DocumentRefusedError as error:
        _refuse(error, language)


def _queues(floor: Path, language: str) -> frozenset[str]:
    if not floor.is_file():
        _stop(said(language, "not_there", file=floor))
    try:
        return frozenset(queue.name for queue in read_document(floor, Floor).queues)
    except DocumentRefusedError as error:
        _refuse(error, language)


def _prompts(language: str) -> dict[str, frozenset[str]]:
    """Those of the catalogue, and recordings of one's own."""
    try:
        sounds = Settings.from_environment().sounds_folder
    except SettingsError as error:
        _stop(f"{error}")
    return {each: prompt_names(each) | known_sounds(sounds, each) for each in LANGUAGES}


def _refuse(error: DocumentRefusedError, language: str) -> Never:
    for fault in error.faults:
        found = Finding("", fault)
        typer.echo(f"{(found.in_spanish() if language == 'es' else found).fault}", err=True)
    raise typer.Exit(WRONG)


def _stop(reason: str) -> Never:
    typer.echo(f"linea800: {reason}", err=True)
    raise typer.Exit(NOT_THERE)
