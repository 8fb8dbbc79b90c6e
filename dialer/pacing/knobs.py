"""What a call center may set of a policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from calls.errors import Linea800Error


class KnobError(Linea800Error):
    """A policy's setting that does not exist or lies outside its range."""


@dataclass(frozen=True, slots=True)
class Knob:
    """One number of a policy, and between what it may be."""

    default: float
    low: float
    high: float


Knobs = Mapping[str, Knob]


def settled(policy: str, knobs: Knobs, asked: Mapping[str, float]) -> dict[str, float]:
    """Every knob with its value: what was asked for, else the default; raises `KnobError`."""
    for name, value in asked.items():
        knob = knobs.get(name)
        if knob is None:
            known = ", ".join(sorted(knobs)) or "none"
            raise KnobError(f"pacing {policy}: no setting {name!r}; it has: {known}")
        if not knob.low <= value <= knob.high:
            raise KnobError(
                f"pacing {policy}: {name} is {value:g}, it must be {knob.low:g} to {knob.high:g}"
            )
    return {name: asked.get(name, knob.default) for name, knob in knobs.items()}
