"""The worlds by name, what each policy is told of them, and the figures that are to be reached."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dialer.pacing.decision import Rules
from simulator.scenario import Scenario
from simulator.scenarios import NAMED, drawn, jumps

CAP = 0.03
JUMP = "jump"
_DRAWN = "drawn"
#: trunks without end: more than any world could use
_PLENTY = 100_000


@dataclass(frozen=True, slots=True)
class Reference:
    """Occupancies asked for: of a policy that knows nothing of the future, and of one told."""

    to_reach: float
    progressive: float | None = None
    told: float | None = None


REFERENCES: dict[str, Reference] = {
    "small5": Reference(0.797, 0.695, 0.817),
    "medium20": Reference(0.890, 0.698, 0.904),
    "large100": Reference(0.962, 0.709, 0.969),
    "xlarge500": Reference(0.990),
    "low_p15": Reference(0.876, 0.515, 0.892),
    "high_p50": Reference(0.903, 0.812, 0.919),
    "drift_lunch": Reference(0.911, 0.680, 0.925),
    "short40": Reference(0.854, 0.454, 0.871),
    "long300": Reference(0.923, 0.842, 0.939),
    "waves40": Reference(0.910, 0.703, 0.922),
    "trunk28": Reference(0.853, 0.592),
    "amd30": Reference(0.886, 0.714),
}


def world(name: str, hours: float | None = None) -> Scenario:
    """A named world, `jump`, or `drawn` and a number; `hours` cuts it; raises `KeyError`."""
    if name == JUMP:
        scenario = jumps()
    elif name.startswith(_DRAWN):
        scenario = drawn(int(name.removeprefix(_DRAWN)))
    else:
        scenario = NAMED[name]
    return scenario if hours is None else replace(scenario, hours=min(hours, scenario.hours))


def named() -> list[str]:
    """The named worlds, those with figures to reach first and the largest of them last."""
    first = sorted(REFERENCES, key=lambda name: NAMED[name].agents >= 100)
    return [*first, *(name for name in NAMED if name not in REFERENCES)]


def random_worlds(count: int) -> list[str]:
    """The names of so many worlds drawn at random."""
    return [f"{_DRAWN}{seed}" for seed in range(1, count + 1)]


def rules(scenario: Scenario, cap: float) -> Rules:
    """What a policy is told of a world before it begins."""
    return Rules(
        abandonment_cap=cap,
        patience_seconds=scenario.patience,
        ring_seconds=scenario.ring_limit,
        screening_seconds=scenario.screening,
    )


def trunks_bind(scenario: Scenario) -> bool:
    """Whether there are fewer trunks than a dialer would use."""
    return scenario.trunks < _PLENTY
