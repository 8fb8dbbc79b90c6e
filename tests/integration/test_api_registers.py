"""/registers: a newer copy takes the place of the one before, whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.limits import Limits
from api.problem_texts import Kind
from tests.integration.api_house import ApiHouse, places, problem, sqlite_house


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with sqlite_house(tmp_path, Limits(list_bytes=5000)) as opened:
        yield opened


async def put(
    house: ApiHouse, content: str | bytes, name: str = "RNE", language: str = "en", **params: str
) -> httpx.Response:
    headers = {"Content-Type": "text/csv", "Accept-Language": language}
    return await house.ask(
        "PUT", f"/registers/{name}", params=params, content=content, headers=headers
    )


async def loaded(house: ApiHouse, name: str = "RNE") -> Any:
    items = (await house.get("/registers"))["items"]
    return next(each for each in items if each["name"] == name)["loaded"]


async def test_a_copy_is_loaded(house: ApiHouse) -> None:
    assert await loaded(house) is None
    content = "3001234567\n+573001234568\n300 123 4567\n"
    response = await put(house, content, as_of="2026-02-27")
    assert response.status_code == 200, response.text
    body = response.json()
    now = body["loaded"]
    assert (body["rows"], body["repeated"], body["refused_count"]) == (3, 1, 0)
    assert (now["generation"], now["entries"], now["format"]) == (1, 2, "lines")
    assert now["as_of"] == "2026-02-27T00:00:00Z"
    assert now["sha256"] == hashlib.sha256(content.encode()).hexdigest()
    assert now["loaded_by"].startswith("supervisor (")
    assert await loaded(house) == now
    again = (await put(house, "# 2026-02-28\n3001234567\n")).json()["loaded"]
    assert (again["generation"], again["entries"]) == (2, 1)
    assert again["as_of"] == "2026-02-28T00:00:00Z"


async def test_csv_with_a_column(house: ApiHouse) -> None:
    content = "cédula;línea A;línea B\n1;3001234567;3007654321\n"
    response = await put(house, content, as_of="2026-02-27", format="csv", column="LINEA B")
    assert response.status_code == 200, response.text
    check = await house.ask("POST", "/do-not-call/check", json={"number": "+573007654321"})
    assert check.json()["listed"] is True


async def test_the_registers_there_are_and_who_asks_for_them(house: ApiHouse) -> None:
    items = {each["name"]: each for each in (await house.get("/registers"))["items"]}
    assert items["RNE"]["countries"] == ["CO"]
    assert items["RNE"]["asked_by"] == [
        {"preset": "co-2300", "required": True, "max_age_days": 5.0}
    ]
    body = problem(await put(house, "3001234567\n", name="RNA"), Kind.NO_SUCH_REGISTER)
    assert "RNE" in body["detail"]
    spaced = await put(house, "11999990000\n", name="Não Me Perturbe", as_of="2026-01-01")
    assert spaced.status_code == 200, spaced.text


async def test_a_register_of_several_countries_needs_to_be_told_which(house: ApiHouse) -> None:
    items = {each["name"]: each for each in (await house.get("/registers"))["items"]}
    shared = [name for name, each in items.items() if len(each["countries"]) > 1]
    for name in shared:
        response = await put(house, "3001234567\n", name=name, as_of="2026-01-01")
        assert places(problem(response, Kind.INVALID)) == [("query.country", "country_needed")]
    response = await put(house, "3001234567\n", country="XX")
    assert places(problem(response, Kind.INVALID)) == [("query.country", "no_such_country")]


@pytest.mark.parametrize(
    ("content", "params", "why"),
    [
        ("", {}, "no number at all"),
        ("3001234567\n", {}, "nobody knows of which day"),
        ("3001234567\n", {"as_of": "2999-01-01"}, "of the future"),
        ("# 2999-01-01\n3001234567\n", {}, "of the future"),
        ("3001230000-3001239999\n", {}, "line 1: the file lists ranges or prefixes"),
        ("desde,hasta\n1,2\n", {"format": "csv"}, "line 1: the file lists ranges"),
        ("nombre,nota\nAna,x\n", {"format": "csv"}, "Columns: nombre, nota"),
        ("3001234567\nx\n", {}, "line 2: 1 / 2 rows cannot be read"),
        ("PK\x03\x04.......", {}, "is not text (xlsx, zip)"),
    ],
)
async def test_what_is_no_register_leaves_the_one_before(
    house: ApiHouse, content: str, params: dict[str, str], why: str
) -> None:
    assert (await put(house, "3001234567\n", as_of="2026-01-01")).status_code == 200
    before = await loaded(house)
    if "#" not in content and why != "nobody knows of which day":
        params = {"as_of": "2026-02-01"} | params
    if why == "nobody knows of which day":
        params = {}
    body = problem(await put(house, content, **params), Kind.REGISTER_REFUSED)
    assert why in body["detail"]
    assert await loaded(house) == before
    spanish = problem(await put(house, content, language="es", **params), Kind.REGISTER_REFUSED)
    assert spanish["detail"].endswith("Sigue valiendo la copia anterior.")


@pytest.mark.parametrize(
    "as_of", ["2026-02-30", "1700000000", "27/02/2026", "2026-02-27T10:00:00Z"]
)
async def test_a_day_is_a_day(house: ApiHouse, as_of: str) -> None:
    response = await put(house, "3001234567\n", as_of=as_of)
    assert places(problem(response, Kind.INVALID))[0][0] == "query.as_of"


async def test_rows_that_cannot_be_read_are_told(house: ApiHouse) -> None:
    good = "".join(f"300{number:07}\n" for number in range(150))
    body = (await put(house, good + "12\n", language="es", as_of="2026-01-01")).json()
    assert (body["rows"], body["refused_count"]) == (151, 1)
    assert body["refused"] == [
        {
            "line": 151, "column": "", "fault": "phone_short",
            "reason": "línea 151: es un número corto o incompleto (12)",
        }
    ]  # fmt: skip


async def test_how_big_and_of_what_type_a_file_may_be(house: ApiHouse) -> None:
    assert (await put(house, "3001234567\n" * 400, as_of="2026-01-01")).status_code == 200
    problem(await put(house, "3001234567\n" * 600, as_of="2026-01-01"), Kind.BODY_TOO_BIG)
    response = await house.ask("PUT", "/registers/RNE", json={})
    problem(response, Kind.WRONG_MEDIA_TYPE)


async def test_agents_load_nothing(house: ApiHouse) -> None:
    response = await house.ask("PUT", "/registers/RNE", "1001", content=b"")
    problem(response, Kind.ROLE_TOO_LOW)
