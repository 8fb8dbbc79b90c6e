"""Which knob of each published policy is turned to find its best, and between which values.

A policy with two ways to be made bolder has two searches; the better one counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Search:
    """One knob from its safe end, where nobody is abandoned, to its bold one."""

    policy: str
    knob: str
    safe: float
    bold: float
    fixed: Mapping[str, float] = field(default_factory=dict)
    whole: bool = False

    def knobs(self, place: float) -> dict[str, float]:
        """The settings at a place between 0, the safe end, and 1, the bold one."""
        value = self.safe + place * (self.bold - self.safe)
        return {**self.fixed, self.knob: float(round(value) if self.whole else f"{value:.4g}")}

    def place(self, knobs: Mapping[str, float]) -> float:
        """The place of such settings."""
        return (knobs[self.knob] - self.safe) / (self.bold - self.safe)


#: with VICIdial's limit out of the way its three modes are one: searched once, as the average mode
_NO_LIMIT = {"drop_percent": 20.0}
_READY_ONLY = {"available_only": 1.0}

SEARCHES: tuple[Search, ...] = (
    Search("ratio", "level", 1.0, 8.0),
    Search("vicidial_average", "maximum_level", 1.0, 8.0, {**_NO_LIMIT, **_READY_ONLY}),
    Search("vicidial_average", "maximum_level", 1.0, 2.0, _NO_LIMIT),
    Search("vicidial_average", "drop_percent", 0.2, 8.0, {**_READY_ONLY, "maximum_level": 5.0}),
    Search("vicidial_hard", "drop_percent", 0.2, 8.0, {**_READY_ONLY, "maximum_level": 5.0}),
    Search("vicidial_tapered", "drop_percent", 0.2, 8.0, {**_READY_ONLY, "maximum_level": 5.0}),
    Search("issabel", "qos", 0.99, 0.4),
    Search("issabel", "over_place", 0.0, 20.0, whole=True),
    Search("wombat", "boost", 1.0, 8.0),
    Search("unicom", "adjust", 0.0, 250.0),
    Search("unicom_pi", "target_percent", 0.2, 6.0),
    Search("erlang", "target_percent", 0.2, 6.0),
    Search("expected_value", "overdial", 0.3, 1.3),
    Search("eis_window", "target_percent", 0.2, 6.0),
    Search("impact", "target_percent", 0.2, 10.0),
    Search("cisco", "maximum_lines", 1.0, 10.0),
)


def first_searches() -> tuple[Search, ...]:
    """One search for each policy: the quick bench has no time for more."""
    return tuple({search.policy: search for search in reversed(SEARCHES)}.values())[::-1]


def search_of(policy: str, knobs: Mapping[str, float]) -> Search:
    """The search that found these settings; raises `LookupError`."""
    for search in SEARCHES:
        same = all(knobs.get(name) == value for name, value in search.fixed.items())
        if search.policy == policy and set(knobs) == {search.knob, *search.fixed} and same:
            return search
    raise LookupError(f"pacing {policy} with {dict(knobs)}: no search turns that knob")
