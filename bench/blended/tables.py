"""The tables: what each rule gave callers, and what it cost the campaign."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from statistics import mean, stdev

from bench.blended.figures import Figures

HEADS = (
    "guard", "served within 20 s", "mean wait, s", "longest, s", "gave up", "campaign talk, h",
    "occupancy", "people abandoned",
)  # fmt: skip


def cells(name: str, of: Sequence[Figures]) -> list[str]:
    """A row of several shifts together: shares over all of them, talk and occupancy per shift."""
    offered, live = sum(one.offered for one in of), sum(one.live for one in of)
    gave_up, abandoned = sum(one.gave_up for one in of), sum(one.abandoned for one in of)
    return [
        name,
        f"{_percent(sum(one.in_time for one in of), offered)} of {offered}",
        f"{sum(one.waited for one in of) / max(offered, 1):.1f}",
        f"{max(one.longest_wait for one in of):.0f}",
        f"{gave_up} ({_percent(gave_up, offered)})",
        f"{mean(one.talk_hours for one in of):.2f}",
        f"{100 * mean(one.occupancy for one in of):.1f} %",
        f"{abandoned} of {live} ({_percent(abandoned, live)})",
    ]


def gains(
    of: Mapping[str, Sequence[Figures]], value: Callable[[Figures], float], unit: float
) -> dict[str, str]:
    """By rule: how far each is from the first one, seed by seed, with its standard error."""
    first, *others = of
    found = {first: ""}
    for name in others:
        pairs = zip(of[name], of[first], strict=True)
        apart = [unit * (value(one) - value(without)) for one, without in pairs]
        error = stdev(apart) / math.sqrt(len(apart)) if len(apart) > 1 else 0.0
        found[name] = f"{mean(apart):+.1f} ± {error:.1f}"
    return found


def markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table for the page of figures."""
    lines = (heads, ["---"] * len(heads), *rows)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"
