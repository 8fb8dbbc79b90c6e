"""What others tell callers, each by its published formula, from the same events."""

from __future__ import annotations

from collections import deque

from bench.expected_wait.world import Caller, Street

_HALF_HOUR = 1800.0


class Contenders:
    """Tells each waiting caller's wait by every formula; the answers are in `Caller.told`."""

    def __init__(self, street: Street) -> None:
        self._street = street
        self._hold = 0.0
        self._last_wait = 0.0
        #: when it began, its queue, the talk
        self._talks: deque[tuple[float, str, float]] = deque()
        street.heard.append(self._connected)
        street.tell = self._tell

    def _connected(self, caller: Caller, _: str, talk: float) -> None:
        now = self._street.now
        self._talks.append((now, caller.queue, talk))
        while self._talks and now - self._talks[0][0] > _HALF_HOUR:
            self._talks.popleft()
        if caller.queue == "first" and caller.waited is not None:
            self._last_wait = caller.waited
            self._hold = (3 * self._hold + caller.waited) / 4

    def _tell(self, caller: Caller, position: int) -> None:
        if caller.queue != "first":
            return
        street = self._street
        now, wrap_up = street.now, street.world.wrap_up
        # known to whoever reckons by then: talks that are over
        over = [(queue, talk) for begun, queue, talk in self._talks if begun + talk <= now]
        own = [talk for queue, talk in over if queue == "first"]
        every = sum(talk + wrap_up for _, talk in over)
        part = sum(talk + wrap_up for talk in own) / every if own else 1.0
        talk = sum(own) / len(own) if own else None
        handling = talk + wrap_up if talk is not None else 90.0
        agents = street.staffed("first")
        caller.told = {
            "linea800": street.expected.estimate("first", position, street.at(), caller.priority),
            "Asterisk's average hold": self._hold,
            "last caller's wait": self._last_wait,
        }
        if agents:
            caller.told |= {
                "handling x position / agents": handling * position / agents,
                "Genesys": handling * position / (agents * part),
                "Mitel": talk * position / agents if talk is not None else 60.0,
            }
