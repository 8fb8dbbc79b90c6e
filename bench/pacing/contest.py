"""One world: ours as it is, each of the others at its best with hindsight."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bench.pacing.closed_form import bound, progressive_occupancy
from bench.pacing.figure import Figure
from bench.pacing.measuring import OURS, PROGRESSIVE, Measuring
from bench.pacing.results import RandomResult, Results, WorldResult
from bench.pacing.searches import Search
from bench.pacing.sources import version
from bench.pacing.told import TOLD
from bench.pacing.tuning import Effort, Tried, exactly, roughly
from bench.pacing.worlds import CAP, trunks_bind, world

#: others so far behind the busiest with few seeds are not measured with all of them
_FAR_BEHIND = 0.02
#: agent hours over which an abandonment rate is known well enough to search by
_FEW_AGENT_HOURS = 400.0
_MOST_FEW_SEEDS = 5
#: how many of the others are tuned to each random world
STRONGEST = 3


@dataclass(frozen=True, slots=True)
class Contest:
    """How a world is measured."""

    measuring: Measuring
    searches: Sequence[Search]
    seeds: int
    told_seeds: int
    halvings: int = 6
    last_steps: int = 4

    async def world(self, name: str) -> WorldResult:
        """Measure everybody."""
        scenario = world(name, self.measuring.hours)
        few = round(_FEW_AGENT_HOURS / (scenario.agents * scenario.hours))
        effort = Effort(
            few_seeds=min(max(few, 1), _MOST_FEW_SEEDS, self.seeds),
            seeds=self.seeds,
            halvings=self.halvings,
            last_steps=self.last_steps,
        )
        ours, progressive, told, tried = await asyncio.gather(
            self.measuring.figure(name, OURS, self.seeds),
            self.measuring.figure(name, PROGRESSIVE, self.seeds),
            self._told(name),
            asyncio.gather(
                *(
                    roughly(search, CAP, self.measuring.probe(name, search.policy), effort)
                    for search in self.searches
                )
            ),
        )
        return WorldResult(
            world=name,
            version=version(OURS),
            agents=scenario.agents,
            hours=scenario.hours,
            trunks_bind=trunks_bind(scenario),
            closed_form=progressive_occupancy(scenario),
            bound=bound(scenario),
            progressive=progressive,
            predictive=ours,
            baselines=await self._finished(name, tried, effort),
            told=told,
        )

    async def random_world(
        self, name: str, settings: Mapping[str, Mapping[str, float]]
    ) -> RandomResult:
        """A world at random; `settings` are the others' best of another world, strongest first."""
        strongest = list(settings)[:STRONGEST]
        fewer = replace(self, searches=[each for each in self.searches if each.policy in strongest])
        result, untuned = await asyncio.gather(
            fewer.world(name),
            asyncio.gather(
                *(
                    self.measuring.figure(name, policy, self.seeds, knobs)
                    for policy, knobs in settings.items()
                )
            ),
        )
        scenario = world(name)
        return RandomResult(
            result=result,
            answered=round(scenario.answered(0.0), 3),
            talk_seconds=round(scenario.talk.mean, 1),
            untuned=tuple(untuned),
        )

    async def _told(self, name: str) -> Figure | None:
        seeds = min(self.told_seeds, self.seeds)
        return await self.measuring.figure(name, TOLD, seeds) if seeds else None

    async def _finished(
        self, name: str, tried: Sequence[Tried], effort: Effort
    ) -> tuple[Figure, ...]:
        """The best of each policy, busiest first."""
        rough = [each.best for each in tried]
        busiest = max((figure.occupancy for figure in rough if figure), default=0.0)

        async def finish(each: Tried, found: Figure | None) -> Figure | None:
            if found and found.occupancy < busiest - _FAR_BEHIND:
                return found
            return await exactly(each, self.measuring.probe(name, each.search.policy), effort)

        figures = await asyncio.gather(*map(finish, tried, rough))
        best: dict[str, Figure] = {}
        for figure in sorted(filter(None, figures), key=lambda each: -each.occupancy):
            best.setdefault(figure.policy, figure)
        return tuple(best.values())


def strongest_first(results: Results) -> list[str]:
    """The published policies by their mean occupancy over the named worlds."""
    totals: dict[str, float] = {}
    for result in results.named:
        for figure in result.baselines:
            totals[figure.policy] = totals.get(figure.policy, 0.0) + figure.occupancy
    return sorted(totals, key=lambda policy: -totals[policy])


def told_in_a_line(result: WorldResult) -> str:
    """The result as progress is told."""
    ours, rival = result.predictive, result.rival
    return (
        f"{result.world}: ours {ours.occupancy:.1%} at {ours.abandonment:.2%}, {rival.policy} "
        f"({rival.setting}) {rival.occupancy:.1%} at {rival.abandonment:.2%}"
    )
