"""The waits of a call, folded from its facts: each queue, and who took the call there."""

from __future__ import annotations

from datetime import datetime, timedelta

from calls.events import (
    AgentConnected,
    AgentOffered,
    CallNoted,
    QueueGaveUp,
    QueueJoined,
    QueueLeft,
    QueueRefused,
)
from monitoring.record import CallRecord, QueueStay

#: why a call's end is known only from what Asterisk noted (`CallRecord.end_reason`)
UNHEARD = "unheard"
#: the queue never took the caller: not offered
REFUSED = frozenset({"FULL", "JOINEMPTY", "JOINUNAVAIL", "CLOSED"})
#: what the dialogue says of a queue that takes nobody, as Asterisk would say it
_TURNED_AWAY = {"closed": "CLOSED", "full": "FULL", "nobody": "JOINEMPTY"}
#: a note's times are whole seconds: two that are this close are the same
_ROUNDED = timedelta(seconds=2)


def fold_queue(
    record: CallRecord,
    fact: QueueJoined | QueueLeft | QueueGaveUp | QueueRefused | AgentOffered | AgentConnected,
) -> None:
    """Take in what happens to a caller in a queue."""
    if isinstance(fact, QueueJoined):
        _join(record, fact)
        return
    if isinstance(fact, QueueRefused):
        _turn_away(record, fact.queue, fact.at, _TURNED_AWAY.get(fact.why, "CLOSED"))
        return
    if isinstance(fact, QueueGaveUp) and fact.status in REFUSED and not _open(record, fact.queue):
        _turn_away(record, fact.queue, fact.at, fact.status)
        return
    stay = stay_in(record, fact.queue, fact.at)
    match fact:
        case QueueLeft():
            stay.left_at = stay.left_at or fact.at
        case QueueGaveUp():
            stay.left_at = stay.left_at or fact.at
            stay.status = fact.status
        case AgentOffered():
            stay.offered_at = stay.offered_at or fact.at
        case AgentConnected():
            stay.agent = fact.agent
            stay.connected_at = stay.connected_at or fact.at
            stay.left_at = stay.left_at or fact.at


def _join(record: CallRecord, fact: QueueJoined) -> None:
    current = record.stays[-1] if record.stays else None
    if current is None or current.left_at is not None or current.queue != fact.queue:
        record.stays.append(QueueStay(queue=fact.queue, joined_at=fact.at))


def _open(record: CallRecord, queue: str) -> bool:
    """Whether the call is in this queue, and nobody has said what came of it."""
    last = record.stays[-1] if record.stays else None
    return last is not None and last.queue == queue and not last.status and not last.connected_at


def _turn_away(record: CallRecord, queue: str, at: datetime, status: str) -> None:
    """A stay of its own and of no time, whatever was waited there before."""
    refused = QueueStay(queue=queue, joined_at=at, left_at=at, status=status)
    if refused not in record.stays:
        record.stays.append(refused)


def waited_in(record: CallRecord) -> list[QueueStay]:
    """The stays of queues that took the caller."""
    return [stay for stay in record.stays if stay.connected_at or stay.status not in REFUSED]


def talk_with(record: CallRecord, agent: str, queue: str, at: datetime) -> QueueStay:
    """The agent's last talk: its end may be told when the caller waits elsewhere already."""
    talks = [stay for stay in record.stays if stay.connected_at and stay.agent == agent]
    return talks[-1] if talks else stay_in(record, queue, at)


def stay_in(record: CallRecord, queue: str, at: datetime) -> QueueStay:
    """The current stay; one is begun when its beginning was never seen."""
    if not record.stays or record.stays[-1].queue != queue:
        record.stays.append(QueueStay(queue=queue, joined_at=at))
    return record.stays[-1]


def fold_note(record: CallRecord, fact: CallNoted) -> None:
    """Times that nobody heard, as Asterisk noted them; what was heard stands."""
    record.end_reason, record.ended_by = UNHEARD, record.ended_by or "unknown"
    record.answered_at = record.answered_at or fact.answered_at
    if fact.queued_at is None:
        return
    stay = record.stays[-1] if record.stays else None
    if stay is None or stay.queue != fact.queue or abs(fact.queued_at - stay.joined_at) > _ROUNDED:
        if stay is not None:
            stay.left_at = stay.left_at or fact.queued_at
        stay = QueueStay(queue=fact.queue, joined_at=fact.queued_at)
        record.stays.append(stay)
    if fact.connected_at is not None:
        stay.agent = stay.agent or fact.agent
        stay.connected_at = stay.connected_at or fact.connected_at
        stay.left_at = stay.left_at or fact.connected_at
