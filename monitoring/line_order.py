"""Who stands where in each queue's line: by where callers come to stand, and who leaves. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from calls.call import Call
from calls.events import QueueJoined, SnapshotTaken
from calls.states import CallState
from calls.tracker import Change

_HEAD = 1


class LineOrder:
    """The line of each queue; who stands at its head has place 1."""

    def __init__(self) -> None:
        self._lines: dict[str, list[str]] = {}

    def of(self, queue: str) -> Sequence[str]:
        """Who waits there by call id, the head first."""
        return tuple(self._lines.get(queue, ()))

    def joined(self, queue: str, call_id: str, place: int) -> None:
        """A caller stands at this place by now; 0 when it was not told: at the end."""
        line = self._lines.setdefault(queue, [])
        if call_id in line:
            line.remove(call_id)
        line.insert(place - _HEAD if place > 0 else len(line), call_id)

    def left(self, queue: str, call_id: str) -> int | None:
        """A caller is gone: the place until then; None for one who was never seen to come."""
        line = self._lines.get(queue, [])
        if call_id not in line:
            return None
        place = line.index(call_id) + _HEAD
        line.remove(call_id)
        return place

    def told(self, queue: str, call_ids: Collection[str]) -> None:
        """The switch told its whole line: whom it names stand in its order among themselves.

        Who is not named has come since, and keeps the place.
        """
        line = self._lines.get(queue, [])
        here, named = set(line), set(call_ids)
        in_order = (call_id for call_id in call_ids if call_id in here)
        self._lines[queue] = [next(in_order) if each in named else each for each in line]


class WaitingLines:
    """The lines as they are now, folded from what happens to calls."""

    def __init__(self) -> None:
        self._order = LineOrder()
        #: what the last snapshot told, and when
        self._told: dict[str, list[str]] = {}
        self._told_at: datetime | None = None

    def of(self, queue: str) -> Sequence[str]:
        """Who waits there by call id, the head first."""
        return self._order.of(queue)

    def fold(self, change: Change) -> set[str]:
        """Take a change in; the queues in whose line somebody may stand elsewhere by now."""
        fact = change.fact
        if isinstance(fact, SnapshotTaken):
            return self._look_at(fact)
        was, now = _waits_in(change.before), _waits_in(change.after)
        joins = isinstance(fact, QueueJoined) and fact.queue == now
        if was == now and not joins:
            return set()
        if change.before is not None and was != now:
            self._order.left(was, change.before.call_id)
        if isinstance(fact, QueueJoined) and joins:
            self._order.joined(now, fact.call_id, fact.position)
            if fact.at == self._told_at:
                # concluded from the snapshot: those whom it names come in any order
                self._order.told(now, self._told.get(now, ()))
        return {was, now} - {""}

    def _look_at(self, snapshot: SnapshotTaken) -> set[str]:
        self._told, self._told_at = {}, snapshot.at
        for queue, call_id, _ in sorted(snapshot.waiting, key=lambda entry: entry[2]):
            self._told.setdefault(queue, []).append(call_id)
        for queue, call_ids in self._told.items():
            self._order.told(queue, call_ids)
        return set(self._told)


def _waits_in(call: Call | None) -> str:
    return call.queue if call is not None and call.state is CallState.QUEUED else ""
