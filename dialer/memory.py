"""What a campaign's pacing learned before we were started, out of the records it left. Pure.

Without this every restart is a cold start: ring times, answer rate, talk and wrap-up would be
guesses again until the floor has made some hundred calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from dialer.attempt import Attempt, Outcome
from dialer.pacing.decision import Pacing
from dialer.pacing.lessons import (
    Cancelled,
    Lesson,
    LiveAnswer,
    PickedUp,
    Talked,
    Unanswered,
    WroteUp,
)

#: what is older says little of today
REMEMBERED = timedelta(hours=24)
#: as many as an estimate keeps anyway
MOST_ATTEMPTS = 1000
_RANG = frozenset(
    {Outcome.BUSY, Outcome.NO_ANSWER, Outcome.REJECTED, Outcome.INVALID, Outcome.CONGESTION}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastTalk:
    """How long a dialed call kept its agent."""

    call_id: str
    began_at: datetime  # the attempt's
    talk_seconds: float  # hold included: the agent was with the customer
    wrap_up_seconds: float | None  # None: its end was never seen


@dataclass(frozen=True, slots=True)
class Past:
    """A campaign's last attempts and talks, in any order."""

    attempts: list[Attempt]
    talks: list[PastTalk]


def teach(pacing: Pacing, past: Past) -> int:
    """Tell a policy what happened, in the order in which it did; how many lessons that were."""
    lessons = sorted((*_of_attempts(past.attempts), *_of_talks(past.talks)), key=_moment)
    for moment, lesson in lessons:
        pacing.learn(lesson, moment)
    return len(lessons)


def _moment(told: tuple[float, Lesson]) -> float:
    return told[0]


def _of_attempts(attempts: Iterable[Attempt]) -> Iterator[tuple[float, Lesson]]:
    for attempt in attempts:
        if attempt.answered_at is not None:
            at = attempt.answered_at.timestamp()
            yield at, PickedUp((attempt.answered_at - attempt.intended_at).total_seconds())
            yield at, LiveAnswer()
        elif attempt.ended_at is not None and attempt.outcome in _RANG:
            rang = (attempt.ended_at - attempt.intended_at).total_seconds()
            yield attempt.ended_at.timestamp(), Unanswered(rang)
        elif attempt.ended_at is not None and attempt.outcome is Outcome.CANCELLED:
            rang = (attempt.ended_at - attempt.intended_at).total_seconds()
            yield attempt.ended_at.timestamp(), Cancelled(rang)


def _of_talks(talks: Iterable[PastTalk]) -> Iterator[tuple[float, Lesson]]:
    for talk in talks:
        ended = talk.began_at.timestamp() + talk.talk_seconds
        yield ended, Talked(talk.talk_seconds, dialed=True)
        if talk.wrap_up_seconds is not None:
            yield ended + talk.wrap_up_seconds, WroteUp(talk.wrap_up_seconds)
