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
from ivr.choices import Back, Choice, EndCall, Goto
from ivr.nodes import (
    NO_KEY,
    YES_KEY,
    ActionNode,
    CallbackNode,
    CollectNode,
    ConditionNode,
    ConfirmNode,
    HangUpNode,
    IncidentsNode,
    LanguageNode,
    LookUpNode,
    MenuNode,
    QueueNode,
    RecordNode,
    SayNode,
    SurveyNode,
    TicketNode,
    TransferNode,
    WaitOnNode,
)
from ivr.parts import Handover, Key, Part

#: what is said while a caller records a message, whatever the node says
RECORD_PROMPTS = ("record_nothing", "record_sent")
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
    #: the node, the queue or the target it leads to
    to: str = ""
    #: what is pressed; "": nothing, it comes by itself
    key: str = ""
    #: of the choice, as records have it
    name: str = ""
    #: where it is written, below its node
    place: Place = ()
    #: the setting of the queue that sends the caller on; "" is a way of the node itself
    term: str = ""
    #: to a target of the floor, not to a queue
    outside: bool = False


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
def _(_node: WaitOnNode) -> Outline:
    return Outline(exits=(Exit(leads=Leads.PERSON),))


@outline.register
def _(node: CallbackNode) -> Outline:
    exits = (Exit(leads=Leads.PERSON, to=node.queue),)
    return Outline(exits=exits, plays=CALLBACK_PROMPTS)


@outline.register
def _(_node: HangUpNode) -> Outline:
    return Outline(exits=(Exit(leads=Leads.END),))


@outline.register
def _(node: CollectNode) -> Outline:
    return Outline(exits=(_on(node, "goto", key="#"),), asks=True)


@outline.register
def _(node: ConfirmNode) -> Outline:
    return Outline(exits=(_on(node, "yes", key=YES_KEY), _on(node, "no", key=NO_KEY)), asks=True)


@outline.register
def _(node: RecordNode) -> Outline:
    return Outline(
        exits=(_on(node, "goto", key="3"), _on(node, "nothing")), asks=True, plays=RECORD_PROMPTS
    )


@outline.register
def _(node: LookUpNode) -> Outline:
    return Outline(exits=tuple(_on(node, way) for way in ("found", "missing", "failed")))


@outline.register
def _(node: ActionNode) -> Outline:
    return Outline(exits=tuple(_on(node, way) for way in ("done", "refused", "failed")))


@outline.register
def _(node: ConditionNode) -> Outline:
    cases = (
        Exit(leads=Leads.NODE, to=case.goto, name=case.when, place=("cases", position, "goto"))
        for position, case in enumerate(node.cases)
    )
    return Outline(exits=(*cases, _on(node, "otherwise")))


@outline.register
def _(node: TicketNode) -> Outline:
    return Outline(exits=(_on(node, "goto"), _on(node, "failed")))


@outline.register
def _(node: TransferNode) -> Outline:
    outside = Exit(leads=Leads.PERSON, to=node.target, outside=True)
    return Outline(exits=(outside, _on(node, "failed")))


@outline.register(SurveyNode)
@outline.register(IncidentsNode)
@outline.register(LanguageNode)
def _(node: SurveyNode | IncidentsNode | LanguageNode) -> Outline:
    return Outline(exits=(_on(node, "goto"),))


def _on(node: Part, way: str, key: str = "") -> Exit:
    """The way that a field of the node names."""
    return Exit(leads=Leads.NODE, to=getattr(node, way), key=key, name=way, place=(way,))


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
    for name, value in below(part):
        yield from handovers(value, (*place, name))


def prompts(part: object, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Every prompt named anywhere below, with its place."""
    for name, value in below(part):
        here = (*place, name)
        if isinstance(value, tuple) and (name == "prompts" or str(name).endswith("_prompts")):
            for position, prompt in enumerate(value):
                if isinstance(prompt, str):
                    yield (*here, position), prompt
        else:
            yield from prompts(value, here)


def below(part: object) -> Iterator[tuple[str | int, object]]:
    """The parts of a part, with their names or positions."""
    if isinstance(part, Part):
        yield from ((field, getattr(part, field)) for field in type(part).model_fields)
    elif isinstance(part, dict):
        yield from part.items()
    elif isinstance(part, tuple):
        yield from enumerate(part)
