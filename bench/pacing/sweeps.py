"""Each policy by its knob: from rarely abandoning to more than the law allows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from bench.pacing.figure import Figure
from bench.pacing.measuring import OURS, PROGRESSIVE, Measuring
from bench.pacing.results import Curve, Plot, Point, WorldResult
from bench.pacing.searches import search_of
from bench.pacing.told import TOLD

_CAPS = (0.01, 0.02, 0.03, 0.04, 0.05)
#: places on a knob, in parts of the way from its safe end to the best place
_PARTS = (0.25, 0.5, 0.75, 0.9, 1.0, 1.1, 1.25)


async def plot(measuring: Measuring, result: WorldResult, seeds: int) -> Plot:
    """All policies of a world that was measured, ours by its cap."""
    ours = asyncio.gather(*(measuring.figure(result.world, OURS, seeds, cap=cap) for cap in _CAPS))
    others = await asyncio.gather(
        *(_around(measuring, result.world, each, seeds) for each in result.baselines)
    )
    return Plot(
        world=result.world,
        bound=result.bound,
        curves=(
            _curve(OURS, await ours, by_cap=True),
            *others,
            _curve(PROGRESSIVE, [result.progressive]),
            *([_curve(TOLD, [result.told])] if result.told else []),
        ),
    )


async def _around(measuring: Measuring, name: str, found: Figure, seeds: int) -> Curve:
    search = search_of(found.policy, found.knobs)
    best = search.place(found.knobs)
    settings = [search.knobs(min(part * best, 1.0)) for part in _PARTS]
    distinct = {knobs[search.knob]: knobs for knobs in settings}
    figures = await asyncio.gather(
        *(measuring.figure(name, found.policy, seeds, knobs) for knobs in distinct.values())
    )
    return _curve(found.policy, figures)


def _curve(policy: str, figures: Iterable[Figure], *, by_cap: bool = False) -> Curve:
    return Curve(
        policy=policy,
        points=tuple(
            Point(
                setting=f"cap {figure.cap:.0%}" if by_cap else figure.setting,
                abandonment=round(figure.abandonment, 5),
                occupancy=figure.occupancy,
            )
            for figure in figures
        ),
    )
