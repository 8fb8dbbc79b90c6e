"""The ways on from a node of a menu: those written in it, and those the menu adds."""

from __future__ import annotations

from ivr.menu import Menu
from ivr.nodes import MenuNode
from ivr.outline import PERSON_KEY, Exit, Leads, outline


def exits(menu: Menu, name: str) -> tuple[Exit, ...]:
    """In the order they are written, then the key to a person, then where too many misses lead.

    The last one is the exit without a key of a node that asks.
    """
    node = menu.nodes[name]
    seen = outline(node)
    if not seen.asks:
        return seen.exits
    added = []
    keys = {way.key for way in seen.exits}
    if PERSON_KEY not in keys:
        to = menu.person.queue
        added.append(Exit(leads=Leads.PERSON, to=to, key=PERSON_KEY, name="person"))
    if "" not in keys:
        own = menu.patience(node).too_many if isinstance(node, MenuNode) else None
        added.append(Exit(leads=Leads.PERSON, to=(own or menu.person).queue))
    return (*seen.exits, *added)
