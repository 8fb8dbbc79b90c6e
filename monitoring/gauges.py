"""What is counted since the service started, for Prometheus. Nothing of it names a person.

Counters and histograms only: what is so at this moment is on the board. They begin anew with the
service, as those who read them expect.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

from agents.floor import Floor
from calls.events import (
    AgentConnected,
    AttemptEnded,
    AttemptStarted,
    Fact,
    LinkUp,
    WrapUpEnded,
)
from calls.tracker import Change
from monitoring.record import CallRecord
from monitoring.visits import Ending, Visit, visits_of
from monitoring.wait_histogram import EDGES_SECONDS

HANDLE_EDGES_SECONDS = (15, 30, 60, 120, 180, 300, 450, 600, 900, 1800)
LAG_EDGES_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0)
#: agents' own queues bear agents' numbers: together they are one
OWN_QUEUE = "own"
REFUSED = "refused"
#: how a wait can be over
OUTCOMES = (*(end.value for end in Ending if end is not Ending.WAITING), REFUSED)
_WAITED = (Ending.ANSWERED.value, Ending.ABANDONED.value)


class Histogram:
    """How many values were no greater than each edge, and their sum."""

    def __init__(self, edges: Sequence[float]) -> None:
        self._edges = edges
        self._bands = [0] * (len(edges) + 1)
        self.total = 0.0

    def note(self, value: float) -> None:
        """One more value."""
        self._bands[bisect_left(self._edges, value)] += 1
        self.total += value

    def cumulated(self) -> list[tuple[str, float]]:
        """How many values up to each edge; the last edge is `+Inf`."""
        found, count = [], 0
        for edge, here in zip([*map(float, self._edges), float("inf")], self._bands, strict=True):
            count += here
            found.append(("+Inf" if edge == float("inf") else str(edge), float(count)))
        return found


class Gauges:
    """Folds changes into counts. `record_of` gives the record of a call that is not finished."""

    def __init__(
        self,
        floor: Floor,
        record_of: Callable[[str], CallRecord | None],
        now: Callable[[], datetime],
    ) -> None:
        self._queues = frozenset(queue.name for queue in floor.queues)
        self._record_of = record_of
        self._now = now
        self._began_at = now()
        #: of calls that have not ended: the talks that are counted already
        self._talks: dict[str, set[int]] = {}
        self._links = 0
        # all begin at nothing: what appears only with its first value has no rise before it
        names = [*sorted(self._queues), OWN_QUEUE]
        #: by queue and outcome
        self.calls = Counter({(name, outcome): 0 for name in names for outcome in OUTCOMES})
        self.waits = {(name, way): Histogram(EDGES_SECONDS) for name in names for way in _WAITED}
        #: by queue
        self.handles = {name: Histogram(HANDLE_EDGES_SECONDS) for name in names}
        #: by campaign and outcome
        self.attempts: Counter[tuple[str, str]] = Counter()
        self._open_attempts: dict[str, set[str]] = {}
        self.lag = Histogram(LAG_EDGES_SECONDS)

    @property
    def reconnects(self) -> int:
        """How often the link came up again."""
        return max(0, self._links - 1)

    @property
    def open_attempts(self) -> dict[str, int]:
        """By campaign, how many attempts have no end yet."""
        return {campaign: len(attempts) for campaign, attempts in self._open_attempts.items()}

    def fold(self, change: Change) -> None:
        """Take a change in; after the recorder, whose records are read."""
        fact = change.fact
        self._note_lag(fact)
        match fact:
            case LinkUp():
                self._links += 1
            case AttemptStarted():
                self._open_attempts.setdefault(fact.campaign_id, set()).add(fact.call_id)
            case AttemptEnded():
                self._open_attempts.setdefault(fact.campaign_id, set()).discard(fact.call_id)
                self.attempts[fact.campaign_id, fact.outcome] += 1
            case AgentConnected():
                self._count(fact.call_id, ended=False)
            case WrapUpEnded():
                self._note_handling(fact.call_id)
            case _:
                pass
        before, after = change.before, change.after
        if before is not None and after is not None and before.open and not after.open:
            self._count(after.call_id, ended=True)
            self._talks.pop(after.call_id, None)

    def _note_lag(self, fact: Fact) -> None:
        # what is older than the service comes from the journal
        if fact.at >= self._began_at:
            self.lag.note(max(0.0, (self._now() - fact.at).total_seconds()))

    def _count(self, call_id: str, *, ended: bool) -> None:
        """Count a talk when it begins, every other wait when the call is over."""
        record = self._record_of(call_id)
        if record is None:
            return
        talks = self._talks.setdefault(call_id, set())
        for visit in visits_of(record, finished=False):
            if visit.ordinal in talks or not (ended or visit.ending is Ending.ANSWERED):
                continue
            talks.add(visit.ordinal)
            self._count_visit(visit)

    def _count_visit(self, visit: Visit) -> None:
        queue = self._name(visit.queue)
        outcome = REFUSED if visit.refused else visit.ending.value
        self.calls[queue, outcome] += 1
        if outcome in _WAITED:
            self.waits[queue, outcome].note(visit.wait_ms / 1000)

    def _note_handling(self, call_id: str) -> None:
        record = self._record_of(call_id)
        talks = [stay for stay in record.stays if stay.connected_at] if record is not None else []
        if record is None or not talks:
            return
        self.handles[self._name(talks[-1].queue)].note(record.handle_seconds)

    def _name(self, queue: str) -> str:
        return queue if queue in self._queues else OWN_QUEUE
