"""A customer's line in a simulated switch, and what the switch tells of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from calls.events import ChannelSeen


class End(NamedTuple):
    """How a line ends, as Asterisk tells it."""

    cause: int  # Q.850
    sip_code: int


NORMAL, BUSY, NO_SUCH_NUMBER = End(16, 0), End(17, 486), End(1, 404)
RANG_OUT, NO_TRUNK, DECLINED = End(19, 480), End(34, 503), End(21, 603)


class Place(StrEnum):
    """Where a customer is."""

    RINGING = "ringing"
    WAITING = "waiting"
    OFFERED = "offered"  # an agent's line is being joined
    TALKING = "talking"
    MESSAGE = "message"  # hears that nobody is free
    RECORDING = "recording"  # a machine that takes our message
    GONE = "gone"


@dataclass(slots=True, kw_only=True)
class Line:
    """One customer's channel."""

    call_id: str
    queue: str
    number_called: str
    caller_number: str
    #: whose it is
    number: str
    began_at: datetime
    #: somebody listens beside it what answered
    judged: bool = False
    #: the higher is served first
    priority: int = 0
    place: Place = Place.RINGING
    agent: str = ""

    def seen(self) -> ChannelSeen:
        """As a snapshot shows it."""
        queued = self.place in (Place.WAITING, Place.OFFERED, Place.TALKING)
        return ChannelSeen(
            call_id=self.call_id,
            application="Queue" if queued else "",
            state="Ringing" if self.place is Place.RINGING else "Up",
            number_called=self.number_called,
            caller_number=self.caller_number,
            in_bridge=self.place is Place.TALKING,
            began_at=self.began_at,
            queue=self.queue if queued else "",
        )
