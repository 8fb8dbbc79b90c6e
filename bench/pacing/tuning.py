"""The best setting of a policy for one world, found with hindsight: as bold as the cap allows.

First by halving, with few seeds; then with all of them, aimed just below the cap and stepped back
until all shifts together keep it. Places are between 0, the safe end of the knob, and 1.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from bench.pacing.figure import Figure
from bench.pacing.searches import Search

#: the figure of these settings over so many seeds
Probe = Callable[[Mapping[str, float], int], Awaitable[Figure]]

#: so close below the cap is close enough: with few seeds, with all
_NEAR_FEW, _NEAR = 0.0015, 0.0008
_STEPS_BACK = (0.97, 0.9, 0.75, 0.0)


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard to search."""

    few_seeds: int
    seeds: int
    halvings: int
    last_steps: int


@dataclass(slots=True)
class Tried:
    """What was found with few seeds, by place."""

    search: Search
    cap: float
    rough: dict[float, Figure] = field(default_factory=dict)

    @property
    def best(self) -> Figure | None:
        """The busiest that keeps the cap; None: none of them does."""
        return best(self.rough, self.cap)


def best(figures: Mapping[float, Figure], cap: float) -> Figure | None:
    """The busiest that keeps the cap; None: none of them does."""
    kept = [figure for figure in figures.values() if figure.abandonment <= cap]
    return max(kept, key=lambda figure: figure.occupancy, default=None)


async def roughly(search: Search, cap: float, probe: Probe, effort: Effort) -> Tried:
    """Halve towards the cap."""
    tried = Tried(search, cap)
    for _ in range(effort.halvings):
        low, high = _bracket({at: each.abandonment for at, each in tried.rough.items()}, cap)
        place = (low + high) / 2.0
        if _probed(tried.rough, search.knobs(place)):
            break
        figure = await probe(search.knobs(place), effort.few_seeds)
        tried.rough[place] = figure
        if cap - _NEAR_FEW <= figure.abandonment <= cap:
            break
    return tried


async def exactly(tried: Tried, probe: Probe, effort: Effort) -> Figure | None:
    """Go on with all seeds from the best place found; None: even the safe end is over the cap."""
    search, cap = tried.search, tried.cap
    found = tried.best
    place = search.place(found.knobs) if found else 0.0
    exact: dict[float, Figure] = {}
    for _ in range(effort.last_steps):
        exact[place] = await probe(search.knobs(place), effort.seeds)
        if cap - _NEAR <= exact[place].abandonment <= cap:
            break
        place = _aimed(tried, exact)
        if _probed(exact, search.knobs(place)):
            break
    for step in _STEPS_BACK:
        if best(exact, cap) is not None or 0.0 in exact:
            break
        place = min(exact) * step
        exact[place] = await probe(search.knobs(place), effort.seeds)
    return best(exact, cap)


def _probed(figures: Mapping[float, Figure], knobs: Mapping[str, float]) -> bool:
    return any(figure.knobs == knobs for figure in figures.values())


def _bracket(shares: Mapping[float, float], cap: float) -> tuple[float, float]:
    """The safest place above the cap, and the boldest below that keeps it."""
    high = min((place for place, share in shares.items() if share > cap), default=1.0)
    low = max((at for at, share in shares.items() if share <= cap and at < high), default=0.0)
    return low, high


def _aimed(tried: Tried, exact: Mapping[float, Figure]) -> float:
    """Where all seeds should come out just below the cap, between the nearest places known."""
    # what few seeds showed is off by about as much everywhere: they are the same seeds
    scale = 1.0
    for place, figure in exact.items():
        few = tried.rough.get(place)
        if few and few.abandonment and figure.abandonment:
            scale = figure.abandonment / few.abandonment
    shares = {place: scale * figure.abandonment for place, figure in tried.rough.items()}
    shares |= {place: figure.abandonment for place, figure in exact.items()}
    low, high = _bracket(shares, tried.cap)
    above, below = shares.get(high), shares.get(low, 0.0)
    if above is None or high <= low:
        return (low + high) / 2.0
    part = (tried.cap - _NEAR / 2.0 - below) / (above - below)
    return low + min(max(part, 0.05), 0.95) * (high - low)
