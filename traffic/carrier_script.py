"""What scenarios/carrier.xml does with a number, told to a simulated switch."""

from __future__ import annotations

import math
import re

from simulator.called import Reaction
from simulator.lines import BUSY, DECLINED, NO_SUCH_NUMBER, NO_TRUNK

_REFUSALS = {"3": BUSY, "5": NO_SUCH_NUMBER, "6": NO_TRUNK, "9": DECLINED}
_RING_SECONDS = {"0": 0.0, "1": 1.0, "2": 3.0, "8": 0.0}
_NEVER, _EARLY_MEDIA, _BRIEF = "4", "7", "8"
_EARLY_MEDIA_SECONDS, _BRIEF_TALK_SECONDS = 2.0, 5.0
_TIMED = re.compile(r"57350(?P<half_seconds>\d\d)")


class CarrierScript:
    """`simulator.called.CalledPeople` who do what SIPp does as the carrier."""

    def called(self, number: str, second: float) -> Reaction:
        """What becomes of a call to this number; it is the same at every second."""
        last, timed = number[-1], _TIMED.match(number)
        if last in _REFUSALS:
            return Reaction(seconds=0.0, refusal=_REFUSALS[last], rings=False)
        if last == _EARLY_MEDIA:
            return Reaction(seconds=_EARLY_MEDIA_SECONDS, rings=False)
        if last == _NEVER:
            return Reaction(seconds=math.inf)
        if timed:
            return Reaction(seconds=max(int(timed["half_seconds"]), 1) / 2)
        return Reaction(seconds=_RING_SECONDS[last])

    def talk_seconds(self, number: str) -> float:
        """How long the person talks; all but the brief ones until the other side hangs up."""
        return _BRIEF_TALK_SECONDS if number.endswith(_BRIEF) else math.inf

    def waits_seconds(self, number: str) -> float:
        """Nobody of this script calls the line."""
        return math.inf
