"""Our policy told what nobody can know: when each agent will be free.

The same decision with the same risk and the same price; only the chance of each agent to be free by
a moment is replaced by what the world has drawn. How far ours stays behind says what better
forecasts of talks and wrap-ups could still give.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from dialer.pacing.decision import Rules
from dialer.pacing.lognormal import Floats
from dialer.pacing.lookahead import Lookahead
from dialer.pacing.outlook import Chances, Outlook, Sum
from dialer.pacing.picture import Picture
from simulator.scenario import Scenario
from simulator.shift import Shift

TOLD = "told"


class ToldShift(Shift):
    """A shift that tells when each busy agent will be free. A wrap-up is drawn with its talk."""

    def __init__(self, scenario: Scenario, rules: Rules, seed: int) -> None:
        self._wrap_ups: dict[str, float] = {}
        #: moments in shift time
        self._free_at: dict[str, float] = {}
        super().__init__(scenario, ToldLookahead(rules, self._free_at), seed)

    def _after(self, seconds: float, happen: Callable[..., None], *what: object) -> None:
        if happen == self._talk_ends:
            agent = str(what[0])
            self._wrap_ups[agent] = self._draw.lognormvariate(*self._wrap_up)
            self._free_at[agent] = self._now + seconds + self._wrap_ups[agent]
        elif happen == self._written_up:
            seconds = self._wrap_ups.pop(str(what[0]))
        super()._after(seconds, happen, *what)


class ToldLookahead(Lookahead):
    """Predicts all but when agents get free."""

    def __init__(self, rules: Rules, free_at: dict[str, float]) -> None:
        super().__init__(rules)
        self._free_at = free_at

    def _tables(self, picture: Picture, now: float) -> Chances:
        return ToldChances(super()._tables(picture, now), self._rules, self._free_at)


class ToldChances(Chances):
    """The chances of called people, and certainty about agents."""

    def __init__(self, guess: Chances, rules: Rules, free_at: dict[str, float]) -> None:
        self.calls = guess.calls
        self._guess = guess
        self._patience = rules.screening_seconds + rules.patience_seconds
        self._free_at = free_at

    def outlook(self, picture: Picture, now: float) -> Outlook:
        """What may come, seen from `now` (shift time)."""
        by = now + self._guess._moments + self._patience
        free_at = np.array([
            self._free_at[agent]
            for place in (picture.talking, picture.serving, picture.wrapping_up)
            for agent in place
            if agent not in picture.leaving
        ])  # fmt: skip
        free: Floats = (free_at[:, None] <= by).sum(axis=0).astype(np.float64)
        certain = np.zeros_like(free)
        return replace(self._guess.outlook(picture, now), freeing=Sum(free, certain, certain))
