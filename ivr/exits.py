"""The ways on from a node of a menu: those written in it, and those the menu adds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from ivr.nodes import Asking, CollectNode, Node
from ivr.outline import PERSON_KEY, Exit, Leads, outline
from ivr.parts import Exhausted, Handover, Onward
from ivr.terms import QueueTerms


class _Patience(Protocol):
    @property
    def too_many(self) -> Exhausted | None: ...


class Charted(Protocol):
    """The part of a menu that has to do with ways."""

    @property
    def nodes(self) -> Mapping[str, Node]: ...
    @property
    def start(self) -> str: ...
    @property
    def person(self) -> Handover: ...
    @property
    def queues(self) -> Mapping[str, QueueTerms]: ...

    def patience(self, node: Asking) -> _Patience: ...


def exits(menu: Charted, name: str) -> tuple[Exit, ...]:
    """In the order they are written, then the key to a person, then where too many misses lead.

    Behind each way to a queue stand the nodes to which the queue may send the caller on.
    """
    node = menu.nodes[name]
    seen = outline(node)
    ways = list(seen.exits)
    if seen.asks:
        keys = {way.key for way in seen.exits}
        # where one digit is enough, a 0 is an entry as any other
        if PERSON_KEY not in keys and not (isinstance(node, CollectNode) and node.fewest == 1):
            ways.append(
                Exit(leads=Leads.PERSON, to=menu.person.queue, key=PERSON_KEY, name="person")
            )
        if "" not in keys and isinstance(node, Asking):
            ways.append(_exhausted(menu.patience(node).too_many or menu.person))
    return tuple(each for way in ways for each in (way, *_terms(menu, way)))


def _exhausted(to: Exhausted) -> Exit:
    """The exit without a key of a node that asks."""
    if isinstance(to, Onward):
        return Exit(leads=Leads.NODE, to=to.goto, place=("too_many", "goto"))
    return Exit(leads=Leads.PERSON, to=to.queue)


def _terms(menu: Charted, way: Exit) -> Iterator[Exit]:
    to_queue = way.leads is Leads.PERSON and not way.outside
    terms = menu.queues.get(way.to) if to_queue else None
    for setting, goal in terms.goals() if terms is not None else ():
        yield Exit(leads=Leads.NODE, to=goal, key=way.key, name=way.name, term=setting)
