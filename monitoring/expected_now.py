"""How long who joined a queue now would wait, told anew when it is noticeably otherwise. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

#: seconds until an agent takes whoever stands at a place (1: next) of a queue; None: nobody will
Estimate = Callable[[str, int, datetime], float | None]

#: who is told of one wait does not care for so much more or less
_SECONDS = 5.0
_SHARE = 0.1


def nobody_reckons(_queue: str, _place: int, _now: datetime) -> float | None:
    """Nothing is known of any wait."""
    return None


class ExpectedNow:
    """What is told of each queue; `look` brings it up to date."""

    def __init__(self, estimate: Estimate) -> None:
        self._estimate = estimate
        self._told: dict[str, float] = {}

    def of(self, queue: str) -> float | None:
        """Whole seconds; None: it cannot be told."""
        return self._told.get(queue)

    def look(self, queue: str, waiting: int, now: datetime) -> None:
        """Reckon anew for who comes after so many."""
        found = self._estimate(queue, waiting + 1, now)
        if found is None:
            self._told.pop(queue, None)
        elif _is_news(self._told.get(queue), float(round(found))):
            self._told[queue] = float(round(found))

    def forget(self, queues: Iterable[str]) -> None:
        """It cannot be told of these."""
        for queue in queues:
            self._told.pop(queue, None)


def _is_news(told: float | None, found: float) -> bool:
    if told is None or (told == 0.0) != (found == 0.0):
        return True
    return abs(found - told) >= max(_SECONDS, _SHARE * told)
