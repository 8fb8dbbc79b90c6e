"""At most once in so many seconds for each thing: a decoder is refreshed, then left alone."""

from __future__ import annotations

from collections.abc import Hashable

#: remembered at most; beyond it the ones longest ago are forgotten
_REMEMBERED = 100_000


class Pace:
    """When each thing was last done. Moments are seconds of any clock that only goes forward."""

    def __init__(self, every_seconds: float, remembered: int = _REMEMBERED) -> None:
        self._every = every_seconds
        self._remembered = remembered
        #: in the order of the moments
        self._taken: dict[Hashable, float] = {}

    def take(self, key: Hashable, now: float) -> float:
        """0: it is the key's turn, which is taken now. Else so many seconds are to be waited."""
        last = self._taken.get(key)
        if last is not None and now < last + self._every:
            return last + self._every - now
        self._taken.pop(key, None)  # the new moment belongs at the end
        self._forget(now)
        self._taken[key] = now
        return 0.0

    def give_back(self, key: Hashable) -> None:
        """It was not done after all."""
        self._taken.pop(key, None)

    def _forget(self, now: float) -> None:
        while self._taken:
            key, at = next(iter(self._taken.items()))
            if now < at + self._every and len(self._taken) < self._remembered:
                return
            del self._taken[key]

    def __len__(self) -> int:
        return len(self._taken)
