"""What must have happened unseen: the difference between what we believe and what a snapshot shows.

Pure: calls and a snapshot in, facts out. The facts travel the ordinary road, so nothing else has
to know that they were concluded rather than seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from calls.call import Call, begin
from calls.events import (
    ATTEMPT_PREFIX,
    AgentConnected,
    AgentReleased,
    CallAnswered,
    CallArrived,
    CallDialed,
    CallEnded,
    CallFact,
    CallFellBack,
    CallNoted,
    CallRang,
    CallVanished,
    ChannelSeen,
    OverNote,
    QueueJoined,
    SnapshotTaken,
)
from calls.states import CallState

#: what a caller is in whom the dialplan leads; where those were whom it took while nobody looked
_THE_DIALPLAN_LEADS = ("Playback", "Queue")
_OURS_TO_LEAD = (CallState.ARRIVING, CallState.IN_MENU)
_TALK = (CallState.TALKING, CallState.ON_HOLD)


def conclude(
    calls: Iterable[Call],
    snapshot: SnapshotTaken,
    booted_at: datetime | None,
    strays: Iterable[CallFact] = (),
) -> list[CallFact]:
    """Facts that bring `calls` (all that are remembered) to what `snapshot` shows.

    A call that began before `booted_at` died with the Asterisk that carried it. A call is only
    declared vanished when its last fact is older than the question. `strays` are facts of calls
    that were not known: those that came since the question are told again of a call that only the
    snapshot told us of, or its end would not be known before the next one.
    """
    seen = {channel.call_id: channel for channel in snapshot.channels}
    talking = {call_id: agent for agent, call_id in snapshot.talking if call_id}
    waiting = {call_id: (queue, position) for queue, call_id, position in snapshot.waiting}
    noted = {note.call_id: note for note in snapshot.over}
    known: set[str] = set()
    adopted: set[str] = set()
    facts: list[CallFact] = []
    for call in calls:
        known.add(call.call_id)
        if not call.open:
            continue  # it ended while the question was answered
        channel = seen.get(call.call_id)
        if channel is None and call.call_id in noted:
            facts += _over(noted[call.call_id], snapshot)
        elif channel is None:
            if call.last_fact_at < snapshot.asked_at:
                facts.append(_vanished(call, snapshot, booted_at))
        elif call.last_fact_at < snapshot.asked_at:
            facts += _caught_up(call, channel, snapshot, talking, waiting)
    for channel in snapshot.channels:
        if channel.call_id not in known and channel.began_at < snapshot.asked_at:
            facts += _adopted(channel, snapshot, talking, waiting)
            adopted.add(channel.call_id)
    facts += [one for one in strays if one.call_id in adopted and one.at >= snapshot.asked_at]
    for note in snapshot.over:
        if note.call_id not in known:
            facts.append(_arrived(note, snapshot.pbx))
            facts += _over(note, snapshot)
    return facts


def _arrived(note: OverNote, pbx: str) -> CallArrived:
    return CallArrived(
        at=note.began_at, pbx=pbx, call_id=note.call_id, number_called=note.number_called,
        caller_number=note.caller_number,
    )  # fmt: skip


def _over(note: OverNote, snapshot: SnapshotTaken) -> list[CallFact]:
    """The end that nobody heard, and what is known of the time before it."""
    at, pbx, call_id = note.ended_at, snapshot.pbx, note.call_id
    return [
        CallNoted(
            at=at, pbx=pbx, call_id=call_id, answered_at=note.answered_at, queue=note.queue,
            queued_at=note.queued_at, agent=note.agent, connected_at=note.connected_at,
        ),
        CallEnded(at=at, pbx=pbx, call_id=call_id, cause=note.cause, sip_code=0),
    ]  # fmt: skip


def _vanished(call: Call, snapshot: SnapshotTaken, booted_at: datetime | None) -> CallVanished:
    restarted = booted_at is not None and call.began_at < booted_at
    return CallVanished(
        at=snapshot.at,
        pbx=snapshot.pbx,
        call_id=call.call_id,
        last_seen_at=call.last_fact_at,
        reason="switch_restarted" if restarted else "lost_sync",
    )


def _caught_up(
    call: Call,
    channel: ChannelSeen,
    snapshot: SnapshotTaken,
    talking: dict[str, str],
    waiting: dict[str, tuple[str, int]],
) -> list[CallFact]:
    at, pbx, call_id = snapshot.at, snapshot.pbx, call.call_id
    facts: list[CallFact] = []
    if call.state is CallState.PLACED:
        facts.append(CallDialed(at=at, pbx=pbx, call_id=call_id))
    if channel.state == "Ringing" and call.state in (CallState.PLACED, CallState.DIALING):
        facts.append(CallRang(at=at, pbx=pbx, call_id=call_id))
    if channel.state == "Up" and call.answered_at is None:
        facts.append(CallAnswered(at=at, pbx=pbx, call_id=call_id))
    agent = talking.get(call_id)
    # while an agent's line is being joined no agent shows, but the customer is in a bridge
    if call.state in _TALK and agent != call.agent and (agent or not channel.in_bridge):
        facts.append(
            AgentReleased(
                at=at, pbx=pbx, call_id=call_id, queue=call.queue, agent=call.agent,
                ended_by="unknown",
            )
        )  # fmt: skip
    taken_over = call.state in _OURS_TO_LEAD and channel.application in _THE_DIALPLAN_LEADS
    if snapshot.first_after_connect and taken_over:
        facts.append(CallFellBack(at=at, pbx=pbx, call_id=call_id, reason="unseen"))
    if call_id in waiting and call.state is not CallState.QUEUED:
        queue, position = waiting[call_id]
        facts.append(QueueJoined(at=at, pbx=pbx, call_id=call_id, queue=queue, position=position))
    if agent and not (call.state in _TALK and agent == call.agent):
        queue = channel.queue or call.queue
        facts.append(AgentConnected(at=at, pbx=pbx, call_id=call_id, queue=queue, agent=agent))
    return facts


def _adopted(
    channel: ChannelSeen,
    snapshot: SnapshotTaken,
    talking: dict[str, str],
    waiting: dict[str, tuple[str, int]],
) -> list[CallFact]:
    began, pbx, call_id = channel.began_at, snapshot.pbx, channel.call_id
    if call_id.startswith(ATTEMPT_PREFIX):
        # the dialer owns attempts and their facts; one it does not know is not ours to open
        return []
    first = CallArrived(
        at=began, pbx=pbx, call_id=call_id, number_called=channel.number_called,
        caller_number=channel.caller_number,
    )  # fmt: skip
    return [first, *_caught_up(begin(first), channel, snapshot, talking, waiting)]
