"""What is proven of a made world: each answer is the book's, and quarters are the same again."""

from __future__ import annotations

from collections import Counter
from typing import Any

from monitoring.queue_counts import Basis
from tests.truth.compare import Comparison, Verdict, compared
from tests.truth.house import World
from tests.unit.facts import PBX

#: so many differences are told
_SHOWN = 20


async def proven(world: World, *, thorough: bool) -> Verdict:
    """Raises `AssertionError` with the differences."""
    verdict = await compared(world, thorough=thorough)
    assert not verdict.differences, "\n".join(
        [f"{len(verdict.differences)} differences", *verdict.differences[:_SHOWN]]
    )
    since, until = Comparison(world).period
    before = await _quarters(world)
    assert before, "nothing was counted"
    await world.house.parts.reports.measures.rebuild(PBX, since, until)
    assert await _quarters(world) == before
    return verdict


async def _quarters(world: World) -> list[Any]:
    """Every row of figures that there is."""
    read, (since, until) = world.house.parts.reports.measures, Comparison(world).period
    rows: list[Any] = []
    for basis in Basis:
        rows += await read.queue_series(PBX, None, since, until, basis)
    rows += await read.agent_series(PBX, None, since, until)
    rows += await read.campaign_series(PBX, None, since, until)
    return rows


def endings(world: World) -> Counter[str]:
    """What became of waits and attempts, and what else happened, by what the book says."""
    book = world.ledger
    found = Counter(wait.ended for call in book.calls.values() for wait in call.waits)
    found.update(f"{tried.campaign}: {tried.outcome}" for tried in book.tries.values())
    found.update(spell.state for spell in book.spells if spell.state)
    for call in book.calls.values():
        found["booked"] += sum(wait.booked for wait in call.waits)
        found["transferred"] += sum(talk.transferred for talk in call.talks)
        found["talked twice"] += len(call.talks) > 1
        found["own queue"] += any(wait.queue.startswith("own_") for wait in call.waits)
        found["held"] += bool(call.holds)
        found["asked"] += len(call.asked)
        found["told"] += len(call.told)
        if call.ended_at is not None:
            found["across midnight"] += call.arrived_at.date() != call.ended_at.date()
            found["across a quarter"] += (
                call.arrived_at.timestamp() // 900 != call.ended_at.timestamp() // 900
            )
    found["missed"] = len(book.missed)
    found["crossed"], found["twice"] = world.wire.crossed, world.wire.twice
    found["late"] = world.wire.late
    return found
