"""Some hundred made calls before the real house: every KPI of every answer is what happened.

The same with 10,000 calls is `tests/soak/test_truth_simulated.py`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage.database import Database
from tests.truth.house import Plan, made_world
from tests.truth.proof import endings, proven

#: over the midnight of UTC
PLAN = Plan(
    begins=datetime(2026, 4, 4, 23, 40, tzinfo=UTC), length=timedelta(minutes=35), callers=120,
    agents=7, leads=10, seed=5, unruly=0.02,
)  # fmt: skip
HAPPENED = (
    "answered", "abandoned", "withdrawn", "timed_out", "refused", "transferred", "held", "paused",
    "asked", "told", "across midnight", "across a quarter", "crossed", "twice", "late",
    "sales: connected",
)  # fmt: skip


async def test_every_figure_is_what_happened(database: Database, tmp_path: Path) -> None:
    async with made_world(PLAN, database, tmp_path) as world:
        await world.play()
        seen = endings(world)
        assert not [name for name in HAPPENED if not seen[name]], seen
        verdict = await proven(world, thorough=False)
        assert verdict.kpis > 1000, "many were compared"
