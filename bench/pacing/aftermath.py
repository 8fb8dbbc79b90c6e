"""What follows a jump of the answer rate: how soon a floor is as busy as it will be again."""

from __future__ import annotations

from collections.abc import Sequence

from bench.pacing.play import Minute
from bench.pacing.results import Jump
from simulator.scenario import AnswerRate

WINDOW_MINUTES = 5
_WITHIN = 0.03
#: the long run after a jump begins so many minutes after it
_SETTLED_MINUTES = 20
_LOWEST_WITHIN_MINUTES = 15
_FACTOR = 2.0


def summed(shifts: Sequence[Sequence[Minute]]) -> list[Minute]:
    """The same minute of all shifts together."""
    return [
        Minute(
            sum(minute.busy_seconds for minute in same),
            sum(minute.live for minute in same),
            sum(minute.abandoned for minute in same),
        )
        for same in zip(*shifts, strict=True)
    ]


def jumps(minutes: Sequence[Minute], answered: AnswerRate, agents: int) -> list[Jump]:
    """Each jump and what followed; `agents` are those of all shifts together."""
    places = [minute for minute in range(1, len(minutes)) if _jumped(answered, minute)]
    ends = [*places[1:], len(minutes)]
    return [_after(minutes, answered, agents, *both) for both in zip(places, ends, strict=True)]


def _jumped(answered: AnswerRate, minute: int) -> bool:
    before, after = answered(60.0 * minute - 1.0), answered(60.0 * minute)
    return max(before, after) >= _FACTOR * min(before, after)


def _after(
    minutes: Sequence[Minute], answered: AnswerRate, agents: int, begins: int, ends: int
) -> Jump:
    def occupancy(first: int, last: int) -> float:
        busy = sum(minute.busy_seconds for minute in minutes[first:last])
        return busy / (60.0 * agents * (last - first))

    long_run = occupancy(min(begins + _SETTLED_MINUTES, ends - 1), ends)
    windows = [
        occupancy(first, first + WINDOW_MINUTES)
        for first in range(begins, ends - WINDOW_MINUTES + 1)
    ]
    back = next((at for at, each in enumerate(windows) if each >= long_run - _WITHIN), None)
    soon = minutes[begins : min(begins + _LOWEST_WITHIN_MINUTES, ends)]
    return Jump(
        at_minute=begins,
        before=answered(60.0 * begins - 1.0),
        after=answered(60.0 * begins),
        long_run=round(long_run, 4),
        minutes_until_back=back,
        lowest=round(min(windows[: _LOWEST_WITHIN_MINUTES - WINDOW_MINUTES + 1]), 4),
        abandonment=round(
            sum(minute.abandoned for minute in soon) / max(sum(each.live for each in soon), 1), 4
        ),
    )
