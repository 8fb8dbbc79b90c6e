"""What a KPI is: one definition as data, and the ratio that counts come to by it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from monitoring.service_level import Ratio

C = TypeVar("C")
_MILLISECONDS = 1000
_SECONDS_OF_HOUR = 3600


class Unit(StrEnum):
    """What a KPI is told in."""

    SHARE = "share"  # 0 to 1
    SCORE = "score"  # -1 to 1
    POINTS = "points"  # on the scale of a question
    COUNT = "count"
    TIMES = "times"  # a mean of counts
    SECONDS = "seconds"
    SECONDS_PER_HOUR = "seconds_per_hour"


@dataclass(frozen=True, slots=True)
class Words:
    """The same in both languages."""

    es: str
    en: str

    def told(self, language: str) -> str:
        """Anything but `en` is told in Spanish."""
        return self.en if language == "en" else self.es


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi(Generic[C]):
    """One KPI. `ratio` has seconds as milliseconds; `needs` names the counts it is made of.

    A ratio of several counts is the sum of the numerators to the sum of the denominators: ratios
    are never averaged. Of a `greatest` the largest is taken.
    """

    id: str
    unit: Unit
    name: Words
    #: in words
    formula: Words
    needs: tuple[str, ...]
    ratio: Callable[[C], Ratio]
    greatest: bool = False
    #: it can change until so long after what it counts
    window_seconds: int = 0

    def of(self, parts: Iterable[C]) -> Ratio:
        """What these counts come to together."""
        ratios = [self.ratio(part) for part in parts]
        if len(ratios) == 1:
            return ratios[0]
        if self.greatest:
            return max(ratios, key=lambda one: (one.denominator, one.numerator), default=_NOTHING)
        top = sum(one.numerator for one in ratios)
        # a count is of one, however many parts it has
        bottom = 1 if self.unit is Unit.COUNT else sum(one.denominator for one in ratios)
        return Ratio(top, bottom)

    def value(self, ratio: Ratio) -> float | int | None:
        """The ratio in the KPI's unit; None without a denominator."""
        if self.unit is Unit.COUNT:
            return ratio.numerator
        if ratio.value is None:
            return None
        match self.unit:
            case Unit.SECONDS:
                return round(ratio.value / _MILLISECONDS, 3)
            case Unit.SECONDS_PER_HOUR:
                return round(ratio.value * _SECONDS_OF_HOUR, 3)
            case _:
                return ratio.value

    def scaled(self, ratio: Ratio) -> tuple[float, float]:
        """Numerator and denominator as people read them: in seconds, or seconds and hours."""
        match self.unit:
            case Unit.SECONDS:
                return ratio.numerator / _MILLISECONDS, ratio.denominator
            case Unit.SECONDS_PER_HOUR:
                seconds = ratio.denominator / _MILLISECONDS
                return ratio.numerator / _MILLISECONDS, seconds / _SECONDS_OF_HOUR
            case _:
                return ratio.numerator, ratio.denominator


_NOTHING = Ratio(0, 0)
