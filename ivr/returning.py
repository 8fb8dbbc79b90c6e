"""How a caller whom Asterisk offers us begins: new, or back from a queue, a talk or a transfer."""

from __future__ import annotations

from dataclasses import replace

from calls.call import Call
from calls.events import DialogueOffered
from ivr.carrying_out import Left
from ivr.menu import Menu
from ivr.nodes import TransferNode
from ivr.session import Begin


def beginning(offered: DialogueOffered, call: Call, left: Left | None, menu: Menu) -> Begin | None:
    """Where the caller goes on; None: nothing follows the talk, the call is over.

    `left` is how they left us; None for a new caller, and when a restart of ours forgot it: then
    they begin anew, but for the line they wait in.
    """
    begin = Begin()
    if left is not None:
        begin = Begin(
            language=left.language, reason=left.reason, values=left.values, visits=left.visits
        )
    terms = menu.queues.get((left.then_queue or left.queue) if left is not None else call.queue)
    priority = left.priority if left is not None else 0
    match offered.reason:
        case "callback_key":
            return replace(begin, queue=call.queue, priority=priority, calls_back=True)
        case "overflow":
            goal = terms.too_long if terms is not None else None
            return replace(begin, node=goal or "", queue=call.queue, priority=priority)
        case "after_call":
            goal = terms.after_call if terms is not None else None
            return replace(begin, node=goal) if goal is not None else None
        case "transfer_failed":
            node = menu.nodes.get(left.node) if left is not None else None
            return replace(begin, node=node.failed if isinstance(node, TransferNode) else "")
        case _:
            return begin
