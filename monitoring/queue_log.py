"""The lines of calls in Asterisk's `queue_log`, made of our facts, for the tools that read it.

A line is `time|callid|queue|agent|event|data1|…|data5`. Asterisk's own file has the same lines;
what differs is told in docs/how-to/exports.md. Pure: facts in, lines out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from calls.call import AHEAD, CALLBACK_KEY, OVERFLOW
from calls.events import (
    AgentConnected,
    AgentMissed,
    AgentOffered,
    AgentReleased,
    CallArrived,
    CallEnded,
    CallFact,
    CallNoted,
    CallVanished,
    Fact,
    QueueGaveUp,
    QueueJoined,
    QueueLeft,
)
from monitoring.line_order import LineOrder

NOBODY = "NONE"
#: the key that linea800 presses to take a caller out
_OUR_KEY = "D"
_TAKEN_OUT = frozenset({OVERFLOW, AHEAD, "MOVED", "WITHDRAW"})
_LEFT = {
    "TIMEOUT": "EXITWITHTIMEOUT",
    "LEAVEEMPTY": "EXITEMPTY",
    "LEAVEUNAVAIL": "EXITEMPTY",
}
_OF_THE_AGENT = "agent"
_TRANSFER = "transfer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line. `place` is the field of `data` that is the caller's place in the queue by then."""

    at: datetime
    call_id: str
    queue: str
    agent: str
    event: str
    data: tuple[str, ...] = ()
    place: int | None = None

    @property
    def text(self) -> str:
        """As Asterisk writes it, without the end of line."""
        time = str(int(self.at.timestamp()))
        fields = [time, self.call_id, self.queue, self.agent, self.event, *(self.data or ("",))]
        return "|".join(map(_plain, fields))


@dataclass(slots=True)
class _Wait:
    """One caller in one queue."""

    queue: str
    joined_at: datetime
    position: int
    offered_at: dict[str, datetime]
    left_at: datetime | None = None
    agent: str = ""
    connected_at: datetime | None = None


def call_lines(
    facts: Iterable[Fact], keys: Mapping[str, str], *, shown_number: str = ""
) -> Iterator[Line]:
    """The lines of one call, from its facts in order.

    `keys` are the keys by which callers of a queue ask to be called back, `shown_number` is what
    a dialed call shows of us.
    """
    wait: _Wait | None = None
    number = shown_number
    for fact in _talks_first(facts):
        if not isinstance(fact, CallFact):
            continue
        if isinstance(fact, CallArrived):
            number = fact.caller_number
        elif isinstance(fact, QueueJoined):
            if wait is not None:
                yield from _over(wait, fact)
            wait = _Wait(fact.queue, fact.at, fact.position, {})
            yield _joined(fact, wait, number)
        elif isinstance(fact, CallNoted):
            yield from _noted(fact, wait, number)
            wait = None
        elif wait is not None:
            yield from _within(wait, fact, keys)
            if isinstance(fact, QueueGaveUp | AgentReleased | CallEnded | CallVanished):
                wait = None


def _talks_first(facts: Iterable[Fact]) -> list[Fact]:
    """A talk's end before the wait that follows it: of a transfer it is told a moment later."""
    found: list[Fact] = []
    talking = ""
    left: tuple[str, int] | None = None  # whose talk's end is not told, and where it belongs
    for fact in facts:
        if isinstance(fact, AgentConnected):
            talking = fact.agent
        elif isinstance(fact, QueueJoined) and talking:
            left, talking = (talking, len(found)), ""
        elif isinstance(fact, AgentReleased) and fact.agent == talking:
            talking = ""
        elif isinstance(fact, AgentReleased) and left is not None and fact.agent == left[0]:
            found.insert(left[1], fact)
            left = None
            continue
        found.append(fact)
    return found


def _joined(fact: CallFact, wait: _Wait, number: str) -> Line:
    data = ("", number, str(wait.position))
    return _line(fact, wait, NOBODY, "ENTERQUEUE", data, at=wait.joined_at)


def _within(wait: _Wait, fact: CallFact, keys: Mapping[str, str]) -> Iterator[Line]:
    match fact:
        case QueueLeft():
            wait.left_at = fact.at  # why is told by what follows
        case QueueGaveUp() if wait.connected_at is None:
            yield from _gave_up(wait, fact, keys)
        case AgentOffered():
            wait.offered_at[fact.agent] = fact.at
        case AgentMissed():
            rang = fact.at - wait.offered_at.pop(fact.agent, fact.at)
            milliseconds = round(rang.total_seconds() * 1000)
            yield _line(fact, wait, fact.agent, "RINGNOANSWER", (str(milliseconds),))
        case AgentConnected():
            wait.agent, wait.connected_at = fact.agent, fact.at
            rang_seconds = _seconds(wait.offered_at.get(fact.agent, fact.at), fact.at)
            # which channel the agent speaks on is not kept
            data = (_seconds(wait.joined_at, fact.at), "", rang_seconds)
            yield _line(fact, wait, fact.agent, "CONNECT", data)
        case AgentReleased():
            wait.agent = wait.agent or fact.agent
            yield _released(wait, fact, fact.ended_by, fact.passed_to)
        case CallEnded() | CallVanished():
            yield from _over(wait, fact)
        case _:
            pass


def _gave_up(wait: _Wait, fact: QueueGaveUp, keys: Mapping[str, str]) -> Iterator[Line]:
    """The wait is over without an agent, and the call goes on."""
    at = wait.left_at or fact.at
    waited = _seconds(wait.joined_at, at)
    position = str(wait.position)
    if fact.status == CALLBACK_KEY or fact.status in _TAKEN_OUT:
        key = keys.get(wait.queue, "") if fact.status == CALLBACK_KEY else _OUR_KEY
        by_key = (key, position, position, waited)
        yield _line(fact, wait, NOBODY, "EXITWITHKEY", by_key, at=at, place=1)
    elif fact.status in _LEFT:
        data = (position, position, waited)
        yield _line(fact, wait, NOBODY, _LEFT[fact.status], data, at=at, place=0)
    elif wait.left_at is not None:
        yield _abandoned(wait, fact)


def _over(wait: _Wait, fact: CallFact) -> Iterator[Line]:
    """Nothing more is known of the wait: the call has ended, or waits elsewhere."""
    if wait.connected_at is not None:
        yield _released(wait, fact, "")
    elif isinstance(fact, QueueJoined) and wait.left_at is None:
        # we took the caller out, and put them back
        data = (_OUR_KEY, str(wait.position), str(wait.position), _seconds(wait.joined_at, fact.at))
        yield _line(fact, wait, NOBODY, "EXITWITHKEY", data, place=1)
    else:
        yield _abandoned(wait, fact)


def _abandoned(wait: _Wait, fact: CallFact) -> Line:
    at = wait.left_at or fact.at
    data = (str(wait.position), str(wait.position), _seconds(wait.joined_at, at))
    return _line(fact, wait, NOBODY, "ABANDON", data, at=at, place=0)


def _released(wait: _Wait, fact: CallFact, ended_by: str, passed_to: str = "") -> Line:
    connected_at = wait.connected_at or fact.at
    waited, talked = _seconds(wait.joined_at, connected_at), _seconds(connected_at, fact.at)
    position = str(wait.position)
    if ended_by == _TRANSFER:
        context = f"to-{passed_to.partition('_')[0]}" if passed_to else ""
        passed_on = (passed_to, context, waited, talked, position)
        return _line(fact, wait, wait.agent, "BLINDTRANSFER", passed_on)
    event = "COMPLETEAGENT" if ended_by == _OF_THE_AGENT else "COMPLETECALLER"
    return _line(fact, wait, wait.agent, event, (waited, talked, position))


def _noted(fact: CallNoted, wait: _Wait | None, number: str) -> Iterator[Line]:
    """A call whose end nobody heard, by Asterisk's own note of it."""
    if wait is None and fact.queued_at is not None:
        wait = _Wait(fact.queue, fact.queued_at, 1, {})
        yield _joined(fact, wait, number)
    if wait is None:
        return
    if wait.connected_at is None and fact.connected_at is not None:
        wait.agent, wait.connected_at = fact.agent, fact.connected_at
        data = (_seconds(wait.joined_at, fact.connected_at), "", "0")
        yield _line(fact, wait, fact.agent, "CONNECT", data, at=fact.connected_at)
    yield from _over(wait, fact)


def _line(
    fact: CallFact,
    wait: _Wait,
    agent: str,
    event: str,
    data: tuple[str, ...],
    *,
    at: datetime | None = None,
    place: int | None = None,
) -> Line:
    return Line(
        at=at or fact.at, call_id=fact.call_id, queue=wait.queue, agent=agent, event=event,
        data=data, place=place,
    )  # fmt: skip


def _seconds(start: datetime, end: datetime) -> str:
    """Asterisk's clock has whole seconds: it is their difference that is told."""
    return str(max(0, int(end.timestamp()) - int(start.timestamp())))


def _plain(field: str) -> str:
    return field.replace("|", "").replace("\n", "").replace("\r", "")


class Places:
    """Who stands where in each queue: fills in the place of who leaves, line by line in order."""

    def __init__(self) -> None:
        self._lines = LineOrder()

    def placed(self, line: Line) -> Line:
        """The line with the caller's place by then; who was never seen to come keeps the first."""
        if line.event == "ENTERQUEUE":
            self._lines.joined(line.queue, line.call_id, int(line.data[2]))
        elif line.event == "CONNECT" or line.place is not None:
            place = self._lines.left(line.queue, line.call_id)
            if place is not None and line.place is not None:
                data = list(line.data)
                data[line.place] = str(place)
                return replace(line, data=tuple(data))
        return line
