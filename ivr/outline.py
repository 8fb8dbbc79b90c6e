"""What each kind of node leads to, plays and needs: all that checks and pictures know of a node.

A new kind of node says here where it leads. What it plays and which queues it needs is found by
itself, as long as prompts stand in fields called `prompts` or `…_prompts` and queues in a
`Handover`; what is played beyond that is named in `plays`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import singledispatch

from documents.faults import Place
from ivr.callback import CALLBACK_PROMPTS
from ivr.nodes import (
    Back,
    CallbackNode,
    Choice,
    EndCall,
    Goto,
    Handover,
    HangUpNode,
    Key,
    MenuNode,
    Part,
    QueueNode,
    SayNode,
)

#: leads to a person wherever a node gives it no other meaning
PERSON_KEY: Key = "0"


class Leads(StrEnum):
    """Where a way ends."""

    NODE = "node"
    PERSON = "person"
    END = "end"  # of the call
    BACK = "back"  # the menu before
    NOWHERE = "nowhere"  # the node stays: repeat, another language


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """One way on from a node."""

    leads: Leads
    #: the node or the queue it leads to
    to: str = ""
    #: what is pressed; "": nothing, it comes by itself
    key: str = ""
    #: of the choice, as records have it
    name: str = ""
    #: where it is written, below its node
    place: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One node as seen from outside."""

    exits: tuple[Exit, ...]
    #: a key is awaited: `PERSON_KEY` leads to a person, and so do too many misses, unless an exit
    #: says otherwise
    asks: bool = False
    #: prompts that no field of the node names
    plays: tuple[str, ...] = ()


@singledispatch
def outline(node: object) -> Outline:
    """The outline of a node; raises `TypeError` for a kind that has said nothing here."""
    raise TypeError(f"{type(node).__name__} has no outline: say in ivr/outline.py where it leads")


@outline.register
def _(node: MenuNode) -> Outline:
    exits = tuple(_exit(key, choice) for key, choice in node.choices.items())
    return Outline(exits=exits, asks=True)


@outline.register
def _(node: SayNode) -> Outline:
    return Outline(exits=(Exit(leads=Leads.NODE, to=node.goto, place=("goto",)),))


@outline.register
def _(node: QueueNode) -> Outline:
    return Outline(exits=(Exit(leads=Leads.PERSON, to=node.queue),))


@outline.register
def _(node: CallbackNode) -> Outline:
    exits = (Exit(leads=Leads.PERSON, to=node.queue),)
    return Outline(exits=exits, plays=CALLBACK_PROMPTS)


@outline.register
def _(_node: HangUpNode) -> Outline:
    return Outline(exits=(Exit(leads=Leads.END),))


def _exit(key: str, choice: Choice) -> Exit:
    place: Place = ("choices", key)
    match choice:
        case Goto(goto=goal):
            leads, to, place = Leads.NODE, goal, (*place, "goto")
        case Handover(queue=queue):
            leads, to = Leads.PERSON, queue
        case EndCall():
            leads, to = Leads.END, ""
        case Back():
            leads, to = Leads.BACK, ""
        case _:
            leads, to = Leads.NOWHERE, ""
    return Exit(leads=leads, to=to, key=key, name=choice.name, place=place)


def handovers(part: object, place: Place = ()) -> Iterator[tuple[Place, Handover]]:
    """Every way to a queue anywhere below, with its place."""
    if isinstance(part, Handover):
        yield place, part
    for name, value in _below(part):
        yield from handovers(value, (*place, name))


def prompts(part: object, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Every prompt named anywhere below, with its place."""
    for name, value in _below(part):
        here = (*place, name)
        if isinstance(value, tuple) and (name == "prompts" or name.endswith("_prompts")):
            yield from (((*here, position), prompt) for position, prompt in enumerate(value))
        else:
            yield from prompts(value, here)


def _below(part: object) -> Iterator[tuple[str, object]]:
    if isinstance(part, Part):
        yield from ((field, getattr(part, field)) for field in type(part).model_fields)
    elif isinstance(part, dict):
        yield from part.items()
