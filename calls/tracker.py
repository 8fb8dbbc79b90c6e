"""From facts to calls: every open call of one switch, and those that ended a moment ago."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from calls.call import Call, after, begin
from calls.events import AttemptStarted, CallArrived, CallFact, Fact

#: late facts of an ended call (a release after the hang-up) are still understood this long
REMEMBER_ENDED = timedelta(seconds=120)
#: so many facts of calls we do not know are kept for the snapshot that may tell us of the call
STRAYS_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Change:
    """A fact, what it did to the call it speaks of, and its place in the journal."""

    fact: Fact
    seq: int | None = None  # None: transient, not in the journal
    before: Call | None = None
    after: Call | None = None


class Tracker:
    """Keeps the calls. `apply` is the only way in; it never raises on what the switch says."""

    def __init__(self) -> None:
        self._calls: dict[str, Call] = {}
        #: those that have not ended: asked for at every change
        self._open: dict[str, Call] = {}
        #: facts that spoke of no call we know, or that no row of the table expected, by kind
        self.surprises: Counter[str] = Counter()
        #: facts of calls we do not know, oldest first: of calls that began while nobody listened
        self.strays: deque[CallFact] = deque(maxlen=STRAYS_KEPT)

    @property
    def open_count(self) -> int:
        """How many calls have not ended."""
        return len(self._open)

    def get(self, call_id: str) -> Call | None:
        """The call, also for a while after its end."""
        return self._calls.get(call_id)

    def calls(self) -> list[Call]:
        """Every call we remember, ended ones too."""
        return list(self._calls.values())

    def open_calls(self) -> list[Call]:
        """Every call that has not ended, oldest first."""
        return list(self._open.values())

    def apply(self, fact: Fact, seq: int | None = None) -> Change:
        """Take a fact in; what it changed is told in the answer."""
        if not isinstance(fact, CallFact):
            return Change(fact, seq)
        before = self._calls.get(fact.call_id)
        now = self._next(before, fact)
        if now is None:
            self.surprises[type(fact).__name__] += 1
            if before is None:
                self.strays.append(fact)
            return Change(fact, seq)
        self._calls[fact.call_id] = now
        if now.open:
            self._open[fact.call_id] = now
        else:
            self._open.pop(fact.call_id, None)
        return Change(fact, seq, before, now)

    def _next(self, before: Call | None, fact: CallFact) -> Call | None:
        if before is not None:
            return after(before, fact)
        return begin(fact) if isinstance(fact, CallArrived | AttemptStarted) else None

    def forget_ended(self, now: datetime) -> list[str]:
        """Drop calls that ended long enough ago; returns their ids."""
        gone = [
            call.call_id
            for call in self._calls.values()
            if call.ended_at is not None and now - call.last_fact_at > REMEMBER_ENDED
        ]
        for call_id in gone:
            del self._calls[call_id]
        while self.strays and now - self.strays[0].at > REMEMBER_ENDED:
            self.strays.popleft()
        return gone


def replayed(facts: Iterable[tuple[int, Fact]]) -> tuple[Tracker, list[Change]]:
    """A tracker as it was before a crash, and the changes that led there."""
    tracker = Tracker()
    return tracker, [tracker.apply(fact, seq) for seq, fact in facts]
