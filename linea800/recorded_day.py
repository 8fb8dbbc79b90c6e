"""A campaign's day out of its records: a world to dial in once more, and the figures it had. Pure.

Only stretches in which the campaign worked count, and of the agents only the time that was this
campaign's: who served a subscriber meanwhile was not there for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from agents.states import AgentState
from calls.errors import Linea800Error
from dialer.attempt import Attempt, Outcome
from dialer.memory import PastTalk
from simulator.people import Fate, Reply
from simulator.recorded import Recorded, RecordedDay
from simulator.scenario import Presence
from simulator.what_if import Figures
from storage.agent_states import AgentInterval

#: no attempt open for so long: the campaign was paused, or there was nobody to dial for
PAUSE = timedelta(minutes=15)
_AT_WORK = (
    AgentState.READY, AgentState.OFFERED, AgentState.TALKING, AgentState.WRAPPING_UP
)  # fmt: skip
_LIVE = (Outcome.CONNECTED, Outcome.ABANDONED)
_REPLIES = {Outcome.BUSY: Reply.BUSY, Outcome.FAILED: Reply.FAILED}
#: nobody knows how these would have ended
_UNTOLD = (Outcome.CANCELLED, Outcome.UNKNOWN)

Stretch = tuple[datetime, datetime]


class NothingRecordedError(Linea800Error):
    """A day has too little to make a world of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A recorded day: the world, what came of it then, and how many attempts say nothing."""

    day: RecordedDay
    figures: Figures
    left_out: int


def recording(
    attempts: Sequence[Attempt],
    talks: Iterable[PastTalk],
    intervals: Iterable[AgentInterval],
    *,
    lines: int,
    ring_seconds: float,
) -> Recording:
    """The day of these records, each in order of time; `intervals` are of its queue's agents.

    Raises `NothingRecordedError` naming what is missing.
    """
    stretches = _stretches(attempts)
    if not stretches:
        raise NothingRecordedError("no attempt of the campaign was recorded that day")
    begin = stretches[0][0]

    def second(moment: datetime) -> float:
        return (moment - begin).total_seconds()

    own = {attempt.id for attempt in attempts}
    at_work = [
        one
        for one in intervals
        if one.state in _AT_WORK and (not one.call_id or one.call_id in own)
    ]
    presences = [
        Presence(agent, second(start), second(end))
        for agent, start, end in _presences(at_work, stretches)
    ]
    kept = list(talks)
    day = RecordedDay(
        seconds=second(stretches[-1][1]),
        fates=[
            Recorded(second(attempt.intended_at), fate)
            for attempt in attempts
            if (fate := _fate(attempt)) is not None
        ],
        talks=[Recorded(second(one.began_at), one.talk_seconds) for one in kept],
        wrap_ups=[
            Recorded(second(one.began_at), one.wrap_up_seconds)
            for one in kept
            if one.wrap_up_seconds is not None
        ],
        presences=presences,
        lines=lines,
        ring_seconds=ring_seconds,
    )
    _must_suffice(day)
    talking = _seconds(at_work, stretches, AgentState.TALKING)
    figures = Figures(
        attempts=len(attempts),
        live=sum(attempt.outcome in _LIVE for attempt in attempts),
        abandoned=sum(attempt.outcome is Outcome.ABANDONED for attempt in attempts),
        busy_seconds=talking + _seconds(at_work, stretches, AgentState.WRAPPING_UP),
        talk_seconds=talking,
        signed_in_seconds=sum(presence.ends - presence.begins for presence in presences),
    )
    return Recording(day=day, figures=figures, left_out=len(attempts) - len(day.fates))


def _must_suffice(day: RecordedDay) -> None:
    for what, found in (
        ("an attempt with a known end", day.fates),
        ("a talk that ended", day.talks),
        ("a wrap-up that ended", day.wrap_ups),
        ("an agent of its queue at work", day.presences),
    ):
        if not found:
            raise NothingRecordedError(
                f"that day has not {what} recorded: there is no world to be made of it"
            )


def _fate(attempt: Attempt) -> Fate | None:
    """What became of it; None when nobody knows."""
    answered_at = attempt.answered_at or attempt.connected_at
    if answered_at is not None:
        return Fate(Reply.PICKED_UP, _rang(attempt, answered_at))
    if attempt.outcome is None or attempt.outcome in _UNTOLD or attempt.ended_at is None:
        return None
    return Fate(_REPLIES.get(attempt.outcome, Reply.NO_ANSWER), _rang(attempt, attempt.ended_at))


def _rang(attempt: Attempt, until: datetime) -> float:
    return max((until - attempt.intended_at).total_seconds(), 0.0)


def _stretches(attempts: Iterable[Attempt]) -> list[Stretch]:
    """From when to when attempts were open, with pauses in between left out."""
    found: list[Stretch] = []
    for attempt in attempts:
        end = attempt.ended_at or attempt.intended_at
        if found and attempt.intended_at - found[-1][1] < PAUSE:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((attempt.intended_at, end))
    return found


def _presences(
    intervals: Collection[AgentInterval], stretches: Sequence[Stretch]
) -> Iterator[tuple[str, datetime, datetime]]:
    """Who was at work from when to when; states that follow each other are one presence."""
    ordered = sorted(intervals, key=lambda one: (one.agent, one.began_at))
    for agent, theirs in groupby(ordered, key=lambda one: one.agent):
        joined: list[Stretch] = []
        for one in theirs:
            for start, end in _within(one, stretches):
                if joined and start <= joined[-1][1]:
                    joined[-1] = (joined[-1][0], max(joined[-1][1], end))
                else:
                    joined.append((start, end))
        for start, end in joined:
            yield agent, start, end


def _within(one: AgentInterval, stretches: Sequence[Stretch]) -> Iterator[Stretch]:
    for start, end in stretches:
        begins, ends = max(one.began_at, start), min(one.ended_at or end, end)
        if begins < ends:
            yield begins, ends


def _seconds(
    intervals: Iterable[AgentInterval], stretches: Sequence[Stretch], state: AgentState
) -> float:
    return sum(
        (end - start).total_seconds()
        for one in intervals
        if one.state == state
        for start, end in _within(one, stretches)
    )
