"""The API against its own description: every answer is one that the description has, and no 500."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance

from api.app import described
from api.limits import Limits
from tests.integration.api_house import ApiHouse, served, sqlite_house
from tests.unit.facts import CALL, arrived

Operation: TypeAlias = APIOperation[Any, Any, Any, Any]
AnyCase: TypeAlias = Case[Any]

#: what exists in the house: random names would hardly ever meet it
KNOWN_IN_PATHS = {"number": "1001", "name": "soporte", "call_id": CALL, "token_id": "x"}
KNOWN_IN_BODIES: dict[str, Any] = {
    "queue": "salida", "country": "CO", "pacing": "progressive", "reason": "descanso",
    "max_lines": 3, "agent": None,
}  # fmt: skip


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[ApiHouse]:
    # whether doors are locked is tried with wrong tokens, by the hundred
    async with sqlite_house(tmp_path, Limits(failures_at_once=100_000)) as opened:
        yield opened


async def test_every_answer_is_as_described(house: ApiHouse) -> None:
    await house.happen(arrived(0))
    await house.parts.recorder.ship_now()
    campaign_id = await house.new_campaign()
    assert (await house.upload(campaign_id, "telefono\n3001234567\n")).status_code == 200
    known = {"campaign_id": campaign_id, **KNOWN_IN_PATHS}
    document = described(house.app)
    async with served(house.app) as address:
        await asyncio.to_thread(_examine, document, address, house.headers("admin"), known)


def _examine(
    document: dict[str, Any], address: str, headers: dict[str, str], known: dict[str, str]
) -> None:
    schema = schemathesis.openapi.from_dict(document)
    schema.config.base_url = address
    with requests.Session() as session:
        for operation in _operations(schema):
            paths = {name: id_ for name, id_ in known.items() if f"{{{name}}}" in operation.path}
            good = operation.as_strategy(path_parameters=paths) if paths else _good(operation)
            if operation.path_parameters or operation.query or operation.body:
                bad = operation.as_strategy(GenerationMode.NEGATIVE)
                _try(bad, 5, session, headers)
                _try(good.map(_meets_the_house), 4, session, headers)
                if paths:
                    _try(_good(operation), 2, session, headers)
            else:
                _try(good, 1, session, headers)


def _operations(schema: schemathesis.BaseSchema) -> Iterator[Operation]:
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found.err()
        operation: Operation = found.ok()
        if operation.path != "/live/events":  # has no end; `test_api_live` reads it
            yield operation


def _good(operation: Operation) -> SearchStrategy[AnyCase]:
    return operation.as_strategy(GenerationMode.POSITIVE)


def _meets_the_house(case: AnyCase) -> AnyCase:
    if isinstance(case.body, dict):
        case.body.update(
            {name: KNOWN_IN_BODIES[name] for name in case.body.keys() & KNOWN_IN_BODIES}
        )
    return case


def _try(
    cases: SearchStrategy[AnyCase],
    examples: int,
    session: requests.Session,
    headers: dict[str, str],
) -> None:
    @settings(
        max_examples=examples, derandomize=True, database=None, deadline=None,
        phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=cases)
    def one(case: AnyCase) -> None:
        # what only this floor can tell (its queues, its agents) is no part of the description
        case.call_and_validate(
            session=session,
            headers=headers,
            timeout=5,
            excluded_checks=[positive_data_acceptance],
        )

    one()
