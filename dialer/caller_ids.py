"""Which number a called person sees: one of the campaign's, near them, and not worn out. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from agents.floor import PhoneDigits

Prefix = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,11}$")]


#: over which calls of one number are counted
DAY = timedelta(days=1)


class CallerNumber(BaseModel):
    """A number that the campaign may show."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: PhoneDigits
    #: shown to numbers that begin so (E.164 without the plus); empty: to all
    prefixes: tuple[Prefix, ...] = ()
    #: carriers mark numbers that call too often as a nuisance: at most so many calls a day
    calls_per_day: int | None = Field(default=None, ge=1, le=1_000_000)

    def nearness(self, called: str) -> int | None:
        """How many digits of the called number it is meant for; None: not for this one."""
        if not self.prefixes:
            return 0
        return max((len(one) for one in self.prefixes if called.startswith(one)), default=None)


class ShownNumbers:
    """How often each number was shown in the last day, by all campaigns together."""

    def __init__(self) -> None:
        self._times: dict[str, deque[datetime]] = {}

    def load(self, shown: Iterable[tuple[str, datetime]]) -> None:
        """At start: what was shown in the last day, oldest first."""
        for number, at in shown:
            self.counted(number, at)

    def counted(self, number: str, at: datetime) -> None:
        """It is shown to one more person."""
        self._times.setdefault(number, deque()).append(at)

    def today(self, now: datetime) -> Mapping[str, int]:
        """How often in the last 24 hours."""
        for times in self._times.values():
            while times and times[0] <= now - DAY:
                times.popleft()
        return {number: len(times) for number, times in self._times.items()}


def caller_number(
    numbers: Sequence[CallerNumber], called: str, calls_today: Mapping[str, int]
) -> str | None:
    """The number to show; None when each that fits has made its calls of the day.

    The one meant for the longest prefix goes first, among those the one with the fewest calls.
    """
    fitting = [
        (-nearness, calls_today.get(one.number, 0), place, one.number)
        for place, one in enumerate(numbers)
        if (nearness := one.nearness(called)) is not None
        and (one.calls_per_day is None or calls_today.get(one.number, 0) < one.calls_per_day)
    ]
    return min(fitting)[3] if fitting else None
