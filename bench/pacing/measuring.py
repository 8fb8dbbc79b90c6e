"""Figures: one policy with one setting in one world, over so many seeds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bench.pacing import aftermath
from bench.pacing.figure import Figure, pooled
from bench.pacing.play import Job, Outcome
from bench.pacing.results import JumpResult
from bench.pacing.runs import Runs
from bench.pacing.tuning import Probe
from bench.pacing.worlds import CAP, JUMP, world

OURS, PROGRESSIVE = "predictive", "progressive"


@dataclass(frozen=True, slots=True)
class Measuring:
    """Runs shifts and adds them up; `hours` cuts every shift."""

    runs: Runs
    hours: float | None = None

    async def figure(
        self,
        name: str,
        policy: str,
        seeds: int,
        knobs: Mapping[str, float] | None = None,
        cap: float = CAP,
    ) -> Figure:
        """The seeds are 1, 2, 3 and so on: the same people for every policy."""
        outcomes = await self._outcomes(name, policy, seeds, knobs or {}, cap)
        return pooled(policy, knobs or {}, cap, outcomes)

    def probe(self, name: str, policy: str) -> Probe:
        """What a search asks for figures."""

        async def figure(knobs: Mapping[str, float], seeds: int) -> Figure:
            return await self.figure(name, policy, seeds, knobs)

        return figure

    async def jump(self, seeds: int) -> JumpResult:
        """Our policy where the answer rate jumps."""
        outcomes = await self._outcomes(JUMP, OURS, seeds, {}, CAP, by_minute=True)
        scenario = world(JUMP, self.hours)
        minutes = aftermath.summed([outcome.minutes for outcome in outcomes])
        found = aftermath.jumps(minutes, scenario.answered, scenario.agents * seeds)
        return JumpResult(figure=pooled(OURS, {}, CAP, outcomes), jumps=tuple(found))

    async def _outcomes(
        self,
        name: str,
        policy: str,
        seeds: int,
        knobs: Mapping[str, float],
        cap: float,
        *,
        by_minute: bool = False,
    ) -> list[Outcome]:
        return await self.runs.of(
            Job(
                world=name,
                policy=policy,
                knobs=dict(knobs),
                cap=cap,
                seed=seed,
                hours=self.hours,
                by_minute=by_minute,
            )
            for seed in range(1, seeds + 1)
        )
