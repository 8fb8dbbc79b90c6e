"""Which number a called person sees: one of the campaign's, near them, and not worn out. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from agents.floor import PhoneDigits

Prefix = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,11}$")]


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
