"""The link between a simulated switch and the house: while it is down, nothing passes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from calls.errors import LinkDownError
from calls.events import Fact, LinkLost, LinkUp
from simulator.clock import VirtualClock

#: the switch was there long before the house
_UP_FOR = timedelta(days=1)


class Wire:
    """Carries facts of one switch to `put`."""

    def __init__(self, clock: VirtualClock, put: Callable[[Fact], None], pbx: str) -> None:
        self._clock = clock
        self._put = put
        self._pbx = pbx
        self.up = False
        self._booted_at = clock.now() - _UP_FOR

    def connect(self) -> None:
        """It comes up."""
        self.up = True
        self.tell(LinkUp, booted_at=self._booted_at)

    def lose(self) -> None:
        """It goes down, and the house notices."""
        self.tell(LinkLost, reason="simulated outage")
        self.up = False

    def tell(self, kind: type[Fact], **what: Any) -> None:
        """Tell a fact of this moment."""
        if self.up:
            self._put(kind(at=self._clock.now(), pbx=self._pbx, **what))

    def carry_order(self) -> None:
        """An order comes the other way. Raises `LinkDownError`."""
        if not self.up:
            raise LinkDownError("the link is down: the order did not leave")
