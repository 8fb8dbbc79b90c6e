"""A call record is a fold over the facts of its call. Pure; facts may come late, twice or not."""

from __future__ import annotations

from datetime import datetime, timedelta

from calls.call import CALLBACK, KEEPING_THE_PLACE
from calls.events import (
    AgentConnected,
    AgentOffered,
    AgentReleased,
    AttemptEnded,
    AttemptStarted,
    CallAnswered,
    CallArrived,
    CallbackAsked,
    CallEnded,
    CallFellBack,
    CallNoted,
    CallRang,
    CallVanished,
    CustomerKnown,
    DialogueOffered,
    DialRefused,
    EndAsked,
    EndNotTaken,
    Fact,
    HangUpAsked,
    HoldEnded,
    HoldStarted,
    QueueGaveUp,
    QueueJoined,
    QueueLeft,
    QueueRefused,
    ReasonGiven,
    SafeHarbourPlayed,
    TaskMoved,
    WrapUpEnded,
    WrapUpStarted,
)
from monitoring.menu_steps import MenuTrail
from monitoring.record import CallerTask, CallRecord, WrapUp
from monitoring.stays import UNHEARD, fold_note, fold_queue, talk_with, waited_in

LATEST_WRAP_UP = timedelta(hours=2)
_TRANSFER = "transfer"
_OF_QUEUES = QueueJoined | QueueLeft | QueueGaveUp | QueueRefused | AgentOffered | AgentConnected
#: the outcome of a caller who gave up the line and keeps the place
CALLED_BACK = "callback"


def call_of(fact: Fact) -> str:
    """The id of the call a fact belongs to, "" when to none."""
    return str(getattr(fact, "call_id", ""))


def opened_by(fact: Fact) -> CallRecord | None:
    """A new record, when the fact is one that begins a call."""
    match fact:
        case CallArrived():
            return CallRecord(
                pbx=fact.pbx,
                call_id=fact.call_id,
                direction="inbound",
                number_called=fact.number_called,
                caller_number=fact.caller_number,
                caller_name=fact.caller_name,
                arrived_at=fact.at,
            )
        case AttemptStarted():
            return CallRecord(
                pbx=fact.pbx,
                call_id=fact.call_id,
                direction="dialed",
                number_called=fact.number_called,
                caller_number="",
                campaign_id=fact.campaign_id,
                lead_id=fact.lead_id,
                arrived_at=fact.at,
            )
        case _:
            return None


def fold(record: CallRecord, fact: Fact) -> None:
    """Take a fact of the call in. The first word on a moment stands."""
    # one that was read from the database is finished
    if isinstance(record.menu_path, MenuTrail) and record.menu_path.take(fact):
        _fold_menu(record, record.menu_path)
    if isinstance(fact, _OF_QUEUES):
        fold_queue(record, fact)
    elif isinstance(fact, AgentReleased | HoldStarted | HoldEnded | WrapUpStarted | WrapUpEnded):
        _fold_talk(record, fact)
    elif isinstance(fact, TaskMoved):
        _fold_task(record, fact)
    elif isinstance(fact, CustomerKnown | ReasonGiven):
        _fold_customer(record, fact)
    elif isinstance(fact, CallNoted):
        fold_note(record, fact)
    else:
        _fold_line(record, fact)
    _measure(record)


def finished(record: CallRecord, now: datetime) -> bool:
    """Whether nothing more is expected of this call; two hours after its end nothing is."""
    if record.ended_at is None:
        return False
    if now - record.ended_at > LATEST_WRAP_UP:
        return True
    if not _written_up(record):
        return False
    return record.direction != "dialed" or record.outcome != ""


def _written_up(record: CallRecord) -> bool:
    """Whether each agent who talked has done with it; of a record that was read, the last one."""
    talks = [stay for stay in record.stays if stay.connected_at is not None]
    ended_at = record.wrap_up_ended_at
    if not talks or ended_at is None:
        return not talks
    if record.wrap_ups:
        return len(record.wrap_ups) >= len(talks) and all(one.ended_at for one in record.wrap_ups)
    return all(stay.released_at is None or stay.released_at <= ended_at for stay in talks)


def _fold_line(record: CallRecord, fact: Fact) -> None:
    match fact:
        case CallRang():
            record.rang_at = record.rang_at or fact.at
        case CallAnswered() | DialogueOffered():
            record.answered_at = record.answered_at or fact.at
        case CallFellBack():
            record.fell_back = record.fell_back or fact.reason
        case HangUpAsked():
            record.ended_by = record.ended_by or "customer"
        case EndAsked():
            record.ended_by = record.ended_by or fact.by
        case EndNotTaken() if record.ended_at is None and record.ended_by == fact.by:
            record.ended_by = ""
        case SafeHarbourPlayed():
            record.safe_harbour_at = fact.at
        case CallbackAsked():
            record.outcome = CALLED_BACK
            # said of the wait, too: who had talked before is `handled` in the end
            if (waits := waited_in(record)) and waits[-1].status in KEEPING_THE_PLACE:
                waits[-1].status = CALLBACK
        case CallEnded() | CallVanished() | DialRefused() | AttemptEnded():
            _fold_end(record, fact)
        case _:
            pass


def _fold_end(
    record: CallRecord, fact: CallEnded | CallVanished | DialRefused | AttemptEnded
) -> None:
    match fact:
        case CallEnded():
            _end(record, fact.at)
            record.cause, record.sip_code = fact.cause, fact.sip_code
            if record.end_reason != UNHEARD:
                record.end_reason = ""  # an ordinary end, whatever was feared before
        case CallVanished() if record.ended_at is None:
            _end(record, fact.at)
            record.last_seen_at, record.end_reason = fact.last_seen_at, fact.reason
            record.ended_by = "unknown"
        case DialRefused() if record.cause is None:
            record.end_reason = record.end_reason or fact.reason
        case AttemptEnded():
            record.outcome = fact.outcome
            _end(record, fact.at)


def _fold_menu(record: CallRecord, trail: MenuTrail) -> None:
    if trail:
        record.menu = trail[-1].menu
        record.language = trail[-1].language or record.language


def _fold_task(record: CallRecord, fact: TaskMoved) -> None:
    """What is done was started, even if nobody said so."""
    task = next((each for each in record.tasks if each.task == fact.task), None)
    if task is None:
        task = CallerTask(task=fact.task, started_at=fact.at)
        record.tasks = sorted([*record.tasks, task], key=lambda each: each.task)
    task.started_at = min(task.started_at, fact.at)
    match fact.step:
        case "done":
            task.done_at = min(task.done_at or fact.at, fact.at)
        case "failed":
            task.failed_at = min(task.failed_at or fact.at, fact.at)
        case _:
            pass


def _fold_customer(record: CallRecord, fact: CustomerKnown | ReasonGiven) -> None:
    if isinstance(fact, ReasonGiven):
        record.reason = fact.reason
        return
    if record.customer_id not in (None, fact.customer_id):
        record.account, record.proven = "", False  # what was known was of somebody else
    record.customer_id = fact.customer_id
    record.account = fact.account or record.account
    record.proven = record.proven or fact.proven


def _fold_talk(
    record: CallRecord,
    fact: AgentReleased | HoldStarted | HoldEnded | WrapUpStarted | WrapUpEnded,
) -> None:
    match fact:
        case HoldStarted():
            record.held_since = record.held_since or fact.at
        case HoldEnded():
            _end_hold(record, fact.at)
        case AgentReleased():
            _end_hold(record, fact.at)
            stay = talk_with(record, fact.agent, fact.queue, fact.at)
            stay.released_at = stay.released_at or fact.at
            stay.ended_by = stay.ended_by or record.ended_by or fact.ended_by
            if fact.ended_by == _TRANSFER:
                stay.ended_by = _TRANSFER  # nobody else knows, whatever was concluded before
        case WrapUpStarted() | WrapUpEnded():
            _fold_wrap_up(record, fact)


def _fold_wrap_up(record: CallRecord, fact: WrapUpStarted | WrapUpEnded) -> None:
    """Each agent who talked writes up; a word that is told again changes nothing."""
    theirs = [one for one in record.wrap_ups if one.agent == fact.agent]
    last = theirs[-1] if theirs else None
    if isinstance(fact, WrapUpStarted):
        if last is None or (last.ended_at is not None and last.ended_at < fact.at):
            record.wrap_ups.append(WrapUp(agent=fact.agent, started_at=fact.at))
        record.wrap_up_started_at = record.wrap_up_started_at or fact.at
        record.wrap_up_agent = fact.agent
        return
    if last is None:
        record.wrap_ups.append(WrapUp(agent=fact.agent, started_at=fact.at, ended_at=fact.at))
    else:
        last.ended_at = last.ended_at or fact.at
    record.wrap_up_ended_at = max(one.ended_at for one in record.wrap_ups if one.ended_at)
    record.disposition = record.disposition or fact.disposition


def _end_hold(record: CallRecord, at: datetime) -> None:
    if record.held_since is not None:
        # a clock that was set back took nothing from a talk
        record.hold_seconds += max(0.0, (at - record.held_since).total_seconds())
        record.held_since = None


def _end(record: CallRecord, at: datetime) -> None:
    if record.ended_at is not None:
        return
    _end_hold(record, at)
    record.ended_at = at
    for stay in record.stays:
        stay.left_at = stay.left_at or at
        if stay.connected_at is not None and stay.released_at is None:
            stay.released_at = at
            stay.ended_by = stay.ended_by or record.ended_by or "unknown"
    if not record.ended_by:
        last = record.stays[-1].ended_by if record.stays else ""
        record.ended_by = last if last in ("agent", "customer") else "service"


def _measure(record: CallRecord) -> None:
    """Durations, and for inbound calls the outcome; a dialed call's comes with its attempt."""
    record.wait_seconds = sum(
        max(0.0, (stay.left_at - stay.joined_at).total_seconds())
        for stay in record.stays
        if stay.left_at
    )
    bridged = sum(
        max(0.0, (stay.released_at - stay.connected_at).total_seconds())
        for stay in record.stays
        if stay.connected_at and stay.released_at
    )
    record.talk_seconds = max(0.0, bridged - record.hold_seconds)
    record.wrap_up_seconds = sum(
        max(0.0, (one.ended_at - one.started_at).total_seconds())
        for one in record.wrap_ups
        if one.ended_at
    )
    record.handle_seconds = record.talk_seconds + record.hold_seconds + record.wrap_up_seconds
    if record.direction == "inbound" and record.ended_at is not None:
        record.outcome = _inbound_outcome(record)


def _inbound_outcome(record: CallRecord) -> str:
    """handled: talked to an agent; abandoned: left while waiting; self_service: ended in the menu.

    `callback` is a caller who is to be called back instead of waiting,
    `unserved` is a caller we let go (a full or closed queue), `unanswered` one who left before.
    """
    if any(stay.connected_at is not None for stay in record.stays):
        return "handled"
    if record.outcome == CALLED_BACK:
        return CALLED_BACK
    if waits := waited_in(record):
        status = waits[-1].status
        given_up = status == "" or status in KEEPING_THE_PLACE
        return "abandoned" if given_up else "unserved"
    if record.stays and not any(task.done_at for task in record.tasks):
        return "unserved"
    if record.menu_path:
        return "self_service"
    return "unanswered"
