"""What is counted of each service, for those who want to know how the operator's systems are."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from backoffice.breaker import BreakerState
from backoffice.trouble import Trouble, TroubleKind

_REMEMBERED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceHealth:
    """How one service is; counters count since linea800 started."""

    name: str
    kind: Literal["look_up", "action"]
    breaker: BreakerState
    #: since when the breaker is so
    since: datetime
    #: the last thing that was the matter, even if all is well now
    last_trouble: Trouble | None
    last_trouble_at: datetime | None
    asked: int
    #: how questions ended: found, missing, done, refused, failed
    outcomes: Mapping[str, int]
    troubles: Mapping[TroubleKind, int]
    #: requests that left, every try counted
    tries: int
    #: answered by linea800 itself, because the operator's system did not
    by_fallback: int
    under_way: int
    waiting: int
    #: of the last 200 questions; None before the first
    median_seconds: float | None
    worst_seconds: float | None


class Figures:
    """Counts."""

    def __init__(self) -> None:
        self.asked = 0
        self.tries = 0
        self.by_fallback = 0
        self.under_way = 0
        self.waiting = 0
        self.outcomes: Counter[str] = Counter()
        self.troubles: Counter[TroubleKind] = Counter()
        self.last_trouble: Trouble | None = None
        self.last_trouble_at: datetime | None = None
        self._seconds: deque[float] = deque(maxlen=_REMEMBERED)

    def went_wrong(self, trouble: Trouble, at: datetime) -> None:
        """One try, or a question that was not asked."""
        self.troubles[trouble.kind] += 1
        # that it rests says nothing of why it has to
        if trouble.kind is not TroubleKind.RESTING or self.last_trouble is None:
            self.last_trouble, self.last_trouble_at = trouble, at

    def ended(self, outcome: str, seconds: float) -> None:
        """One question."""
        self.outcomes[outcome] += 1
        self._seconds.append(seconds)

    @property
    def median_seconds(self) -> float | None:
        """The middle one of the last questions."""
        return sorted(self._seconds)[len(self._seconds) // 2] if self._seconds else None

    @property
    def worst_seconds(self) -> float | None:
        """The longest of the last questions."""
        return max(self._seconds, default=None)
