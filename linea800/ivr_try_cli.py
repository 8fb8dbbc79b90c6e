"""`linea800 ivr try`: a menu walked in the terminal, with a clock and a customer of one's own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from dialer.rules.preset import HOUSE
from documents.faults import DocumentRefusedError
from documents.yaml_document import Document
from ivr import flow_caller
from ivr.services import Answer
from ivr.values import Values
from ivr.walked import Caller
from ivr.walking import Walk
from linea800.campaign_cli import Language
from linea800.ivr_files import (
    MenuFile,
    Rules,
    Spoken,
    found,
    menu_of,
    promises_by,
    refuse,
    stop,
    texts_known,
)
from linea800.ivr_try import KEYS, keys_of, prompt_texts, told
from linea800.ivr_words import said


def try_(
    file: MenuFile,
    keys: Annotated[
        str | None, typer.Option(help='Asks nothing: "1,timeout,9"; "12" is typed ahead.')
    ] = None,
    number: Annotated[str, typer.Option(help="The caller's number; without it, hidden.")] = "",
    at: Annotated[
        str | None, typer.Option(help='When: "2026-11-23 10:00" by the menu\'s clock.')
    ] = None,
    customer: Annotated[
        str | None,
        typer.Option(help='Who calls: "first_name=Ana account=1020 …", or a YAML file of that.'),
    ] = None,
    answer: Annotated[
        list[str] | None,
        typer.Option(help="What a service says: 'balance=found {\"amount\": 45000}'; may be many."),
    ] = None,
    tickets: Annotated[bool, typer.Option(help="Whether tickets can be opened.")] = True,
    incident: Annotated[
        list[str] | None, typer.Option(help="A prompt that tells what goes on; may be many.")
    ] = None,
    waiting: Annotated[int, typer.Option(min=0, max=9999, help="How many wait.")] = 0,
    staffed: Annotated[int, typer.Option(min=0, max=9999, help="Agents at work.")] = 1,
    wait: Annotated[
        float | None, typer.Option(min=0, help="Seconds until somebody is free.")
    ] = None,
    speaks: Annotated[
        float, typer.Option(min=0, max=999, help="Seconds the caller speaks when asked to.")
    ] = 5.0,
    node: Annotated[str, typer.Option("--from", help="Begin at this node.")] = "",
    waits_in: Annotated[str, typer.Option(help="The queue the caller waits in meanwhile.")] = "",
    callbacks: Annotated[bool, typer.Option(help="Whether somebody calls back now.")] = True,
    rules: Rules = HOUSE,
    language: Spoken = Language.SPANISH,
) -> None:
    """Walk a menu by keys, as a caller would, with no Asterisk. Exit 1: the file has faults."""
    menu = menu_of(found(file, language), language)
    if node and node not in menu.nodes:
        stop(said(language, "no_node", node=node))
    caller = Caller(
        language=language,
        number=number,
        waiting=waiting,
        called_back=callbacks,
        staffed=staffed,
        wait_seconds=wait,
        tickets=tickets,
        incidents=tuple(incident or ()),
        speaks_seconds=speaks,
        node=node,
        waits_in=waits_in,
    )
    caller = _known(caller, at, customer, answer or [], language)
    walk = Walk(menu, caller, promises_by(rules, language))
    _walk(walk, None if keys is None else _keys(keys, language), language)


def _known(
    caller: Caller, at: str | None, customer: str | None, answers: list[str], language: str
) -> Caller:
    """The caller with what is told in words; a word that makes no sense ends the command."""
    try:
        if at is not None:
            caller = flow_caller.at_moment(caller, at)
        if customer is not None:
            who = Answer("found", _customer(customer, language))
            caller = flow_caller.answering(caller, flow_caller.CUSTOMER, who)
        for each in answers:
            caller = flow_caller.answering(caller, *flow_caller.read_answer(each))
    except ValueError as error:
        stop(said(language, "no_sense", what=error))
    return caller


def _customer(written: str, language: str) -> Values:
    """Raises `ValueError`."""
    if not written.endswith((".yaml", ".yml")):
        return flow_caller.read_customer(written)
    path = Path(written)
    if not path.is_file():
        stop(said(language, "not_there", file=path))
    try:
        plain = Document.read(path).plain()
    except DocumentRefusedError as error:
        refuse(error, language)
    if not isinstance(plain, dict):
        raise ValueError(path.name)
    return flow_caller.customer(plain)


def _walk(walk: Walk, given: tuple[str, ...] | None, language: str) -> None:
    texts = prompt_texts(texts_known(language))

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
        stop(said(language, "bad_key", key=error))
