"""What came of one policy with one setting in one world, over all its seeds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from bench.pacing.play import Outcome


class Figure(BaseModel):
    """Shares between 0 and 1; abandonment is of live answers."""

    model_config = ConfigDict(frozen=True)

    policy: str
    knobs: dict[str, float]
    cap: float
    #: one for each seed: two policies of one world are compared seed by seed
    occupancies: tuple[float, ...]
    occupancy: float
    live: int
    abandoned: int
    worst_shift: float
    #: abandoned calls beyond what the cap allows, in the shift that has most of them
    calls_above_cap: float
    worst_half_hour: float | None
    decisions: int
    cpu_seconds: float

    @property
    def abandonment(self) -> float:
        """Abandoned per live answer, all shifts together."""
        return self.abandoned / self.live if self.live else 0.0

    @property
    def setting(self) -> str:
        """The knobs in words."""
        return ", ".join(f"{name} {value:g}" for name, value in self.knobs.items())


def pooled(
    policy: str, knobs: Mapping[str, float], cap: float, outcomes: Sequence[Outcome]
) -> Figure:
    """All shifts together."""
    signed_in = sum(outcome.signed_in_seconds for outcome in outcomes)
    windows = [each.worst_half_hour for each in outcomes if each.worst_half_hour is not None]
    return Figure(
        policy=policy,
        knobs=dict(knobs),
        cap=cap,
        occupancies=tuple(
            round(outcome.busy_seconds / outcome.signed_in_seconds, 5) for outcome in outcomes
        ),
        occupancy=round(sum(outcome.busy_seconds for outcome in outcomes) / signed_in, 5),
        live=sum(outcome.live for outcome in outcomes),
        abandoned=sum(outcome.abandoned for outcome in outcomes),
        worst_shift=round(max(each.abandoned / max(each.live, 1) for each in outcomes), 5),
        calls_above_cap=round(
            max(0.0, *(each.abandoned - cap * each.live for each in outcomes)), 2
        ),
        worst_half_hour=max(windows, default=None),
        decisions=sum(outcome.decisions for outcome in outcomes),
        cpu_seconds=round(sum(outcome.cpu_seconds for outcome in outcomes), 1),
    )


def paired_error(one: Figure, other: Figure) -> float | None:
    """Standard error of the difference of occupancies, seed by seed; None: too few seeds."""
    count = min(len(one.occupancies), len(other.occupancies))
    if count < 3:
        return None
    apart = [one.occupancies[index] - other.occupancies[index] for index in range(count)]
    mean = sum(apart) / count
    return math.sqrt(sum((each - mean) ** 2 for each in apart) / (count - 1) / count)
