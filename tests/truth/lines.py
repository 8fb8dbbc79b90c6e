"""A customer's channel in the made Asterisk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from calls.events import ChannelSeen
from tests.truth.ledger import Came, Wait


@dataclass(slots=True, kw_only=True)
class Line:
    """One customer's channel."""

    call: Came
    number_called: str
    place: str = "menu"  # rings_out, menu, waiting, offered, talking, outside, gone
    priority: int = 0
    wait: Wait | None = None
    agent: str = ""
    #: the place in the line
    since: datetime | None = None
    held_since: datetime | None = None
    up: bool = True
    rings: bool = False


def seen(line: Line) -> ChannelSeen:
    """As a snapshot shows it."""
    queued = line.place in ("waiting", "offered", "talking")
    return ChannelSeen(
        call_id=line.call.call_id,
        application="Queue" if queued else "AGI",
        state="Up" if line.up else "Ringing" if line.rings else "Down",
        number_called=line.number_called,
        caller_number=line.call.number,
        in_bridge=line.place in ("talking", "outside"),
        began_at=line.call.arrived_at,
        queue=line.wait.queue if queued and line.wait is not None else "",
    )
