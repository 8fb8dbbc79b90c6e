"""The API against its own description: every answer is one that the description has, and no 500."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.unit.facts import CALL

Operation: TypeAlias = APIOperation[Any, Any, Any, Any]
AnyCase: TypeAlias = Case[Any]

#: what exists in the house: random names would hardly ever meet it
KNOWN_IN_PATHS = {"number": "1001", "name": "soporte", "call_id": CALL, "token_id": "x"}
KNOWN_IN_BODIES: dict[str, Any] = {
    "queue": "salida", "country": "CO", "pacing": "progressive", "reason": "descanso",
    "max_lines": 3, "agent": None,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Depth:
    """How many requests of each kind an operation gets."""

    #: that break the description
    bad: int
    #: that keep it, about what exists in the house, and about anything
    known: int
    unknown: int


def examine(
    document: dict[str, Any],
    address: str,
    headers: dict[str, str],
    known: dict[str, str],
    depth: Depth,
    part: slice,
) -> None:
    """Ask this part of all operations what is right and what is wrong; `known` ids exist."""
    schema = schemathesis.openapi.from_dict(document)
    schema.config.base_url = address
    with requests.Session() as session:
        for operation in list(_operations(schema))[part]:
            paths = {name: id_ for name, id_ in known.items() if f"{{{name}}}" in operation.path}
            good = operation.as_strategy(path_parameters=paths) if paths else _good(operation)
            if operation.path_parameters or operation.query or operation.body:
                bad = operation.as_strategy(GenerationMode.NEGATIVE)
                _try(bad, depth.bad, session, headers)
                _try(good.map(_meets_the_house), depth.known, session, headers)
                if paths:
                    _try(_good(operation), depth.unknown, session, headers)
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
            timeout=60,
            excluded_checks=[positive_data_acceptance],
        )

    one()
