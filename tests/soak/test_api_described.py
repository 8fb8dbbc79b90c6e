"""The API against its own description, by many more requests than `make test` has time for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api.limits import Limits
from tests.integration.api_house import ApiHouse, sqlite_house
from tests.integration.examined_api import Depth
from tests.integration.test_api_schema import answers_as_described

MANY = Depth(bad=40, known=40, unknown=20)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with sqlite_house(tmp_path, Limits(failures_at_once=100_000)) as opened:
        yield opened


async def test_every_answer_is_as_described(house: ApiHouse) -> None:
    await answers_as_described(house, MANY, slice(None))
