"""The API against its own description, a few requests of each kind; `tests/soak` asks more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api.app import described
from api.limits import Limits
from tests.integration.api_house import ApiHouse, served, sqlite_house
from tests.integration.examined_api import KNOWN_IN_PATHS, Depth, examine
from tests.unit.facts import arrived

#: in so many parts, which several workers take on at the same time
PARTS = 4
A_FEW = Depth(bad=3, known=2, unknown=1)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[ApiHouse]:
    # whether doors are locked is tried with wrong tokens, by the hundred
    async with sqlite_house(tmp_path, Limits(failures_at_once=100_000)) as opened:
        yield opened


@pytest.mark.parametrize("part", range(PARTS))
async def test_every_answer_is_as_described(house: ApiHouse, part: int) -> None:
    await answers_as_described(house, A_FEW, slice(part, None, PARTS))


async def answers_as_described(house: ApiHouse, depth: Depth, part: slice) -> None:
    """With a call, a campaign and a lead in the house."""
    await house.happen(arrived(0))
    await house.parts.recorder.ship_now()
    campaign_id = await house.new_campaign()
    assert (await house.upload(campaign_id, "telefono\n3001234567\n")).status_code == 200
    known = {"campaign_id": campaign_id, **KNOWN_IN_PATHS}
    document = described(house.app)
    async with served(house.app) as address:
        headers = house.headers("admin")
        await asyncio.to_thread(examine, document, address, headers, known, depth, part)
