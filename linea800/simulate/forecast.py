"""What a policy gives in a plan: the shifts it played, and what they amount to."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from simulator.scenario import Scenario
from simulator.shift import Account

HALF_HOUR = 1800.0
#: a half hour with fewer answers says nothing of the share that was abandoned
LEAST_LIVE = 30


@dataclass(frozen=True, slots=True)
class HalfHour:
    """A half hour of the shift, over all its draws; shares, None where nothing was there."""

    occupancy: float | None
    abandoned: float | None


class Forecast:
    """One policy's shifts together."""

    def __init__(self, policy: str, scenario: Scenario, accounts: Sequence[Account]) -> None:
        """Raises `ValueError` when there is no shift."""
        if not accounts:
            raise ValueError(f"{policy}: no shift was played")
        self.policy = policy
        self.accounts = tuple(accounts)
        self._scenario = scenario
        self._signed_in = sum(account.signed_in_seconds for account in accounts) or 1.0

    @property
    def talk_minutes_per_hour(self) -> float:
        """Minutes of talk per hour of an agent."""
        return 60.0 * sum(account.talk_seconds for account in self.accounts) / self._signed_in

    @property
    def occupancy(self) -> float:
        """Talk and wrap-up as a share of the time signed in."""
        return sum(account.busy_seconds for account in self.accounts) / self._signed_in

    @property
    def attempts(self) -> float:
        """Attempts of a shift."""
        return sum(account.attempts for account in self.accounts) / len(self.accounts)

    @property
    def live(self) -> float:
        """Answers of a shift."""
        return sum(len(account.live_at) for account in self.accounts) / len(self.accounts)

    @property
    def abandoned_share(self) -> float:
        """Abandoned per live answer."""
        abandoned = sum(len(account.abandoned_at) for account in self.accounts)
        return abandoned / (self.live * len(self.accounts)) if self.live else 0.0

    @property
    def worst_half_hour(self) -> float | None:
        """The largest share abandoned in a half hour of any shift; None: too few answers."""
        shares = [
            abandoned / live
            for account in self.accounts
            for live, abandoned in zip(
                self._counts(account.live_at), self._counts(account.abandoned_at), strict=True
            )
            if live >= LEAST_LIVE
        ]
        return max(shares, default=None)

    @property
    def used_up_at(self) -> list[float]:
        """The second at which the list was used up, of each shift in which it was."""
        return [a.used_up_at for a in self.accounts if a.used_up_at is not None]

    def half_hours(self) -> list[HalfHour]:
        """The shift half hour by half hour."""
        presences = self._scenario.working(random.Random(0))  # noqa: S311 - a plan draws nothing
        there = self._spread((one.begins, one.ends) for one in presences)
        worked = self._spread(
            (ended - length, ended) for account in self.accounts for ended, length in account.worked
        )
        live = self._counts([at for account in self.accounts for at in account.live_at])
        abandoned = self._counts([at for account in self.accounts for at in account.abandoned_at])
        return [
            HalfHour(
                # whoever has a call at the end of their hours stays for it
                min(1.0, busy / (present * len(self.accounts))) if present else None,
                lost / answers if answers else None,
            )
            for busy, present, answers, lost in zip(worked, there, live, abandoned, strict=True)
        ]

    @property
    def _halves(self) -> int:
        return -int(-self._scenario.seconds // HALF_HOUR)

    def _counts(self, moments: Sequence[float]) -> list[int]:
        counts = [0] * self._halves
        for moment in moments:
            counts[min(int(moment / HALF_HOUR), self._halves - 1)] += 1
        return counts

    def _spread(self, spans: Iterator[tuple[float, float]]) -> list[float]:
        """The seconds of the spans that lie in each half hour."""
        seconds = [0.0] * self._halves
        for begins, ends in spans:
            for half in range(int(begins / HALF_HOUR), self._halves):
                start = half * HALF_HOUR
                if start >= ends:
                    break
                seconds[half] += min(ends, start + HALF_HOUR) - max(begins, start)
        return seconds
