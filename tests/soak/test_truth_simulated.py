"""10,000 made calls before the real house: every KPI of every answer is what was written down.

A day and a night in which the clocks of Santiago are put back: one of its days has 25 hours.
`pytest --log-cli-level=INFO` shows the figures.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

from storage.database import Database
from tests.truth.house import Plan, made_world
from tests.truth.proof import endings, proven

log = logging.getLogger(__name__)

PLAN = Plan(
    begins=datetime(2026, 4, 4, 10, 7, tzinfo=UTC), length=timedelta(hours=22), callers=8_000,
    agents=28, leads=1_400, seed=7,
)  # fmt: skip
#: those that came, and those that were dialed
MOST_OF_IT = 10_000
#: of each of these there were some
HAPPENED = (
    "answered", "abandoned", "key_exit", "withdrawn", "timed_out", "empty_exit", "failed",
    "refused", "booked", "transferred", "talked twice", "own queue", "held", "asked", "told",
    "reserved", "paused", "missed", "across midnight", "across a quarter", "crossed", "twice",
    "late", "sales: connected", "sales: abandoned", "sales: busy", "callbacks: connected",
    "callbacks: no_answer",
)  # fmt: skip


async def test_every_figure_of_ten_thousand_calls(database: Database, tmp_path: Path) -> None:
    began = monotonic()
    async with made_world(PLAN, database, tmp_path) as world:
        await world.play()
        played, seen = monotonic(), endings(world)
        log.info("%d calls in %.0f s", len(world.ledger.calls), played - began)
        log.info("%s", dict(seen))
        assert len(world.ledger.calls) >= MOST_OF_IT
        assert not [name for name in HAPPENED if not seen[name]]
        verdict = await proven(world, thorough=True)
        log.info(
            "%d items, %d counts and %d KPIs are equal, means within %.4f s; in %.0f s",
            verdict.items, verdict.counts, verdict.kpis, verdict.apart_seconds,
            monotonic() - played,
        )  # fmt: skip
