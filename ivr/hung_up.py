"""What a caller leaves behind who hangs up in the middle: a complaint that was spoken is one."""

from __future__ import annotations

from collections.abc import Mapping

from ivr.menu import Menu
from ivr.nodes import RecordNode, TicketNode
from ivr.turn import Phase, State
from ivr.vocabulary import OpenTicket


def ticket_left(menu: Menu, state: State, spoken: str) -> OpenTicket | None:
    """The ticket that the caller's message was for, if it was not asked for before they went.

    `spoken` is the recording they had not sent yet, "" for none.
    """
    if state.phase is Phase.DONE:
        return None  # they went on to somebody
    here = menu.nodes[state.node]
    for node in menu.nodes.values():
        if not isinstance(node, TicketNode) or node.note is None:
            continue
        speaks = spoken and isinstance(here, RecordNode) and here.into == node.note
        message = spoken if speaks else state.values.get(node.note)
        asked = state.values.get(node.into)
        known = asked.get("note") if isinstance(asked, Mapping) else None
        if isinstance(message, str) and message and message != known:
            return OpenTicket(node.ticket, state.reason, message, node.working_days)
    return None
