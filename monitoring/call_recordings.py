"""A recording of a talk as it is kept: its states, and what the call's facts tell of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from calls.events import (
    AgentConnected,
    AgentReleased,
    CallEnded,
    CallRecordingPaused,
    CallRecordingResumed,
    CallRecordingStarted,
    CallVanished,
    DialogueOffered,
    Fact,
    QueueGaveUp,
)
from monitoring.record import CallRecord


class RecordingState(StrEnum):
    """What became of a recording."""

    OPEN = "open"  # its call goes on, or the file has not been looked at yet
    KEPT = "kept"  # the file is there, its hash is known
    LOST = "lost"  # there was a talk, and no sound of it was found
    CHANGED = "changed"  # the file is not what was kept
    REMOVED = "removed"  # by age, or by order


#: every state has a row; one without a talk and a sound leaves no row at all
TRANSITIONS: Mapping[RecordingState, frozenset[RecordingState]] = {
    RecordingState.OPEN: frozenset({RecordingState.KEPT, RecordingState.LOST}),
    RecordingState.KEPT: frozenset({RecordingState.CHANGED, RecordingState.REMOVED}),
    # somebody put the file right
    RecordingState.CHANGED: frozenset({RecordingState.KEPT, RecordingState.REMOVED}),
    # its disk is back
    RecordingState.LOST: frozenset({RecordingState.OPEN}),
    RecordingState.REMOVED: frozenset(),
}
#: of these there is a file
WITH_SOUND = frozenset({RecordingState.KEPT, RecordingState.CHANGED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A stretch of silence that somebody asked for."""

    since: datetime
    #: None: to the end
    until: datetime | None
    #: an agent's number or a token's id
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What was said while it was recorded: between whom, and when."""

    agent: str
    began_at: datetime
    ended_at: datetime | None = None
    pauses: tuple[Pause, ...] = ()

    @property
    def paused_seconds(self) -> float:
        """How much of the talk was kept out; of an end that nobody knows up to the last moment."""
        return sum(self._seconds(pause) for pause in self.pauses)

    def _seconds(self, pause: Pause) -> float:
        until = [moment for moment in (pause.until, self.ended_at) if moment is not None]
        if not until:
            return 0.0
        return max(0.0, (min(until) - max(pause.since, self.began_at)).total_seconds())


def talk_in(recording: str, facts: Iterable[Fact]) -> Talk | None:
    """The talk that this recording holds, by the facts of its call in their order; None: none."""
    talk: Talk | None = None
    pauses: list[Pause] = []
    mine = False
    for fact in facts:
        match fact:
            case CallRecordingStarted():
                mine = fact.recording == recording
            case CallRecordingPaused() if fact.recording == recording:
                pauses.append(Pause(since=fact.at, until=None, by=fact.by))
            case CallRecordingResumed() if fact.recording == recording and pauses:
                pauses[-1] = replace(pauses[-1], until=pauses[-1].until or fact.at)
            case AgentConnected() if mine and talk is None:
                talk = Talk(agent=fact.agent, began_at=fact.at)
            case AgentReleased() | QueueGaveUp() | DialogueOffered() | CallEnded() | CallVanished():
                if talk is not None and talk.ended_at is None:
                    talk = replace(talk, ended_at=fact.at)
                mine = False
            case _:
                pass
    return replace(talk, pauses=tuple(pauses)) if talk is not None else None


def talk_by_record(record: CallRecord, written_at: datetime) -> Talk | None:
    """The talk of a call that ended when the file was last written: for a start nobody heard."""

    def distance(talk: Talk) -> float:
        return abs(((talk.ended_at or written_at) - written_at).total_seconds())

    talks = [
        Talk(
            agent=stay.agent,
            began_at=stay.connected_at,
            ended_at=stay.released_at or record.ended_at,
        )
        for stay in record.stays
        if stay.connected_at is not None
    ]
    return min(talks, key=distance, default=None)


def became(talk: Talk | None, *, has_sound: bool) -> RecordingState | None:
    """What an open recording becomes once its call is over; None: there was nothing to record."""
    if has_sound:
        return RecordingState.KEPT
    return RecordingState.LOST if talk is not None else None
