"""All that the bench has measured, as one document: the page and the plot are made from it."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bench.pacing.figure import Figure


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class WorldResult(_Record):
    """One world: ours and the others' best."""

    world: str
    #: the version of our policy that was measured
    version: str
    agents: int
    hours: float
    trunks_bind: bool
    closed_form: float | None
    bound: float
    progressive: Figure
    predictive: Figure
    #: each published policy at its best setting; of those far behind, with fewer seeds
    baselines: tuple[Figure, ...]
    #: ours, told when agents get free
    told: Figure | None = None

    @property
    def rival(self) -> Figure:
        """The busiest of the others."""
        return max(self.baselines, key=lambda each: each.occupancy, default=self.progressive)

    @property
    def lead(self) -> float:
        """Ours less the busiest of the others."""
        return self.predictive.occupancy - self.rival.occupancy


class RandomResult(_Record):
    """One world drawn at random."""

    result: WorldResult
    answered: float
    talk_seconds: float
    #: every published policy at the setting that was best for another world
    untuned: tuple[Figure, ...]


class Jump(_Record):
    """What followed one jump of the answer rate."""

    at_minute: int
    before: float
    after: float
    long_run: float
    #: until five minutes begin that are near the long run; None: not before the next jump
    minutes_until_back: int | None
    #: the least busy five minutes of the quarter of an hour after the jump
    lowest: float
    abandonment: float


class JumpResult(_Record):
    """The jump world."""

    figure: Figure
    jumps: tuple[Jump, ...]


class Cost(_Record):
    """Microseconds of processor time a decision takes, and what lay before it in the median."""

    agents: int
    under_way: int
    decisions: int
    mean: float
    median: float
    p99: float
    highest: float


class Point(_Record):
    """One setting of a policy's knob."""

    setting: str
    abandonment: float
    occupancy: float


class Curve(_Record):
    """A policy by its knob, from the safe side to the bold one."""

    policy: str
    points: tuple[Point, ...]


class Plot(_Record):
    """All curves of a world."""

    world: str
    bound: float
    curves: tuple[Curve, ...]


class Results(_Record):
    """The whole bench; what was not measured is empty."""

    python: str = ""
    cut: bool = False
    named: tuple[WorldResult, ...] = ()
    random: tuple[RandomResult, ...] = ()
    jump: JumpResult | None = None
    costs: tuple[Cost, ...] = ()
    plots: tuple[Plot, ...] = ()

    def world(self, name: str) -> WorldResult | None:
        """The result of a named world."""
        return next((result for result in self.named if result.world == name), None)

    def with_world(self, new: WorldResult) -> Results:
        """With one named world measured again."""
        known = {result.world: result for result in self.named} | {new.world: new}
        return self.model_copy(update={"named": tuple(known.values())})


def read(path: Path) -> Results:
    """What was measured before; empty when there is no such file."""
    if not path.exists():
        return Results()
    return Results.model_validate_json(path.read_text(encoding="utf-8"))


def write(results: Results, path: Path) -> None:
    """Keep it, readable and with a line end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(results.model_dump_json(indent=1) + "\n", encoding="utf-8")
