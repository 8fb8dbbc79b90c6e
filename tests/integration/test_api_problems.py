"""Everything that goes wrong leaves as a problem, and tells nothing that is ours to keep."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from api.limits import Limits
from api.problem_texts import Kind
from storage.database import Database
from storage.errors import DatabaseUnavailableError
from tests.integration.api_house import ApiHouse, open_house, places, problem, sqlite_house
from tests.postgres import PostgresServer

CAMPAIGN = {"name": "x", "queue": "salida", "country": "CO"}
JSON = {"Content-Type": "application/json"}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with sqlite_house(tmp_path, Limits(body_pause_seconds=0.2)) as opened:
        yield opened


async def test_nothing_at_this_address(house: ApiHouse) -> None:
    for path in ("/", "/nothing", "/agents/", "/docs", "/redoc", "/..%2f..%2fetc/passwd", "/%ff"):
        problem(await house.ask("GET", path), Kind.NOT_FOUND)


async def test_405_names_every_method_of_the_address(house: ApiHouse) -> None:
    for method, path, allowed in (
        ("PUT", "/campaigns", "GET, POST"),
        ("GET", "/campaigns/x/start", "POST"),
        ("DELETE", "/agents/1001", "GET"),
        ("GET", "/tokens/x", "DELETE"),
        ("OPTIONS", "/tokens", "GET, POST"),
    ):
        response = await house.ask(method, path, "admin")
        problem(response, Kind.METHOD_NOT_ALLOWED)
        assert response.headers["allow"] == allowed
    assert (await house.ask("HEAD", "/agents")).status_code == 405


async def test_each_fault_has_its_place(house: ApiHouse) -> None:
    asked = {**CAMPAIGN, "name": "", "retry": {"max_attempts": "x"}, "colour": "red"}
    body = problem(await house.ask("POST", "/campaigns", json=asked), Kind.INVALID)
    assert sorted(places(body)) == [
        ("body.colour", "extra_forbidden"),
        ("body.name", "string_pattern_mismatch"),
        ("body.retry.max_attempts", "int_parsing"),
    ]


async def test_problems_are_told_in_the_language_asked_for(house: ApiHouse) -> None:
    for accepted, language, title in (
        ("es-CO", "es", "No existe ese agente"),
        ("en-GB", "en", "No such agent"),
        ("fr", "es", "No existe ese agente"),
    ):
        response = await house.ask("GET", "/agents/9999", headers={"Accept-Language": accepted})
        assert problem(response, Kind.NO_SUCH_AGENT)["title"] == title
        assert response.headers["content-language"] == language
        assert response.headers["vary"] == "accept-language"


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"\xff\xfe", b'"' + b"a" * 10, b"[" * 60_000, b"9" * 60_000, b'{"a":NaN}', b"null",
        b"[]", b"{}", b'{"\\ud800": "\\udfff", "name": "\\ud800"}', b'{"ring_seconds": 1e999}',
        b'{"max_lines": ' + b"9" * 5000 + b"}",
    ],
    ids=lambda body: repr(body[:12]),
)  # fmt: skip
async def test_bodies_that_are_none(house: ApiHouse, body: bytes) -> None:
    response = await house.ask("POST", "/campaigns", content=body, headers=JSON)
    assert response.status_code in (400, 422), response.text
    assert response.headers["content-type"] == "application/problem+json"
    response.json()


async def test_a_body_of_another_type(house: ApiHouse) -> None:
    for sent in ("text/plain", "application/x-www-form-urlencoded", "application/json5", "x"):
        headers = {"Content-Type": sent}
        response = await house.ask("POST", "/campaigns", content=b"{}", headers=headers)
        assert "application/json" in problem(response, Kind.WRONG_MEDIA_TYPE)["detail"]
    response = await house.ask("POST", "/campaigns", content=b"{}")
    problem(response, Kind.WRONG_MEDIA_TYPE)


async def test_a_body_that_is_too_big(house: ApiHouse) -> None:
    big = b'{"name": "' + b"x" * 65_536 + b'"}'
    response = await house.ask("POST", "/campaigns", content=big, headers=JSON)
    assert "65536" in problem(response, Kind.BODY_TOO_BIG)["detail"]
    assert response.headers["connection"] == "close"
    taken = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield b"x" * 1000

    response = await house.ask("POST", "/campaigns", content=pieces(), headers=JSON)
    problem(response, Kind.BODY_TOO_BIG)
    assert taken < 100


async def test_a_body_that_never_comes(house: ApiHouse) -> None:
    async def stuck() -> AsyncIterator[bytes]:
        yield b'{"name"'
        await asyncio.Event().wait()

    response = await house.ask("POST", "/campaigns", content=stuck(), headers=JSON)
    problem(response, Kind.BODY_TOO_SLOW)


async def test_a_failure_of_ours_is_logged_under_its_id_and_not_told(
    house: ApiHouse, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr(type(house.parts.campaigns), "campaigns", fail)
    with caplog.at_level(logging.ERROR):
        response = await house.ask("GET", "/campaigns")
    body = problem(response, Kind.INTERNAL)
    assert "hunter2" not in response.text
    assert "RuntimeError" not in response.text
    assert response.headers["x-content-type-options"] == "nosniff"
    [line] = [record for record in caplog.records if record.name == "api.wall"]
    assert body["id"] in line.getMessage()
    assert line.exc_info


async def test_no_log_line_holds_a_token(house: ApiHouse, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        await house.ask("POST", "/campaigns", "admin", json=CAMPAIGN)
        await house.ask("GET", "/agents", headers={"Authorization": "Bearer canary_7f3a"})
        asked = {"setup_token": "canary_7f3a", "name": "x"}
        await house.ask("POST", "/setup", "nobody", json=asked)
        await house.ask("POST", "/nowhere%0D%0Aforged:%20line", "admin")
    assert "canary_7f3a" not in caplog.text
    assert not any(token in caplog.text for token in house.tokens.values())
    audit = [record.getMessage() for record in caplog.records if record.name == "api.gate"]
    assert any(line.startswith("POST /campaigns by admin (admin, token ") for line in audit)
    assert not any("\n" in line for line in audit)


async def test_what_browsers_are_told_of_every_answer(house: ApiHouse) -> None:
    for path, who in (("/agents", "supervisor"), ("/agents", "nobody"), ("/nothing", "admin")):
        headers = (await house.ask("GET", path, who)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert "access-control-allow-origin" not in headers


async def test_a_database_that_fails_is_said_and_its_address_is_not(
    house: ApiHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any, **__: Any) -> None:
        raise DatabaseUnavailableError("PostgreSQL database x at 10.0.0.9 did not answer")

    monkeypatch.setattr(type(house.parts.campaigns), "campaigns", away)
    response = await house.ask("GET", "/campaigns")
    assert "10.0.0.9" not in problem(response, Kind.DATABASE_AWAY)["detail"]
    assert response.headers["retry-after"] == "5"
    monkeypatch.setattr(type(house.parts.tokens), "find", away)
    problem(await house.ask("GET", "/agents"), Kind.DATABASE_AWAY)
    assert (await house.ask("GET", "/health", "nobody")).status_code == 200


async def test_a_database_that_is_really_gone(
    migrated_postgres: PostgresServer, tmp_path: Path
) -> None:
    url = migrated_postgres.create("api_away", "linea800_template")
    async with await Database.open(url) as database, open_house(database, tmp_path) as house:
        assert (await house.ask("GET", "/campaigns")).status_code == 200
        migrated_postgres.drop("api_away")
        for path in ("/agents", "/campaigns", "/calls"):
            problem(await house.ask("GET", path), Kind.DATABASE_AWAY)
