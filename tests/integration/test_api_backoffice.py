"""GET /backoffice: how the operator's own systems answer, for supervisors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from backoffice.address import Address
from backoffice.breaker import BreakerRule
from backoffice.clerk import Pattern
from backoffice.office import BackOffice
from backoffice.service_file import read_services
from ivr.services import Question
from tests.integration.api_house import ApiHouse, sqlite_house
from tests.integration.misbehaving import dead_port

QUESTION = Question(call_id="c1", service="balance", arguments={"account": "123456"}, key="c1-1")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with sqlite_house(tmp_path) as opened:
        yield opened


async def test_nobody_is_asked_where_no_address_is_set(house: ApiHouse) -> None:
    told = await house.get("/backoffice")
    assert told["address"] is None
    assert [service["name"] for service in told["services"]] == list(read_services())
    assert {service["breaker"] for service in told["services"]} == {"closed"}
    assert all(service["last_trouble"] is None for service in told["services"])


async def test_a_dead_system_is_told_in_both_languages(house: ApiHouse) -> None:
    address = Address.read(dead_port())
    pattern = Pattern(rule=BreakerRule(failures=2), drawn=lambda: 0.0)
    async with BackOffice(read_services(), address, pattern=pattern) as dead:
        house.app.state.parts = replace(house.parts, back_office=dead)
        await dead.ask(QUESTION)
        told = await house.get("/backoffice")
        assert told["address"] == address.url
        balance = told["services"][0]
        assert balance["breaker"] == "open"
        assert datetime.fromisoformat(balance["since"]) <= datetime.now(UTC)
        assert balance["last_trouble"]["kind"] == "unreachable"
        assert balance["last_trouble"]["sentence"] == "No connection could be made."
        assert balance["outcomes"] == {"failed": 1}
        assert balance["troubles"] == {"unreachable": 2}
        assert (balance["asked"], balance["tries"], balance["under_way"]) == (1, 2, 0)
        assert 0 < balance["median_seconds"] <= balance["worst_seconds"] < 3
        spanish = await house.ask("GET", "/backoffice", headers={"Accept-Language": "es"})
        sentence = spanish.json()["services"][0]["last_trouble"]["sentence"]
        assert sentence == "No se pudo conectar."
        assert "123456" not in spanish.text
