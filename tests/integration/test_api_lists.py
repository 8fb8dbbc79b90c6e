"""Lists and imports through the API, on both databases."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from api.limits import Limits
from api.problem_texts import Kind
from storage.database import Database
from storage.errors import DatabaseUnavailableError
from tests.integration.api_house import ApiHouse, open_house, places, problem

CSV = "celu,nombre\n3001234567,Ana\n3001234567,Otra\n12,=1+1\n"


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> AsyncIterator[ApiHouse]:
    limits = Limits(import_bytes=200_000, imports_at_once=1)
    async with open_house(database, tmp_path, limits) as opened:
        importing = asyncio.create_task(opened.importing.run())
        yield opened
        importing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await importing


async def sent(house: ApiHouse, campaign_id: str, csv: str, **query: Any) -> Any:
    """Send a file to be imported; the answer."""
    return await house.ask(
        "POST", f"/campaigns/{campaign_id}/imports", params=query, content=csv.encode(),
        headers={"Content-Type": "text/csv"},
    )  # fmt: skip


async def ended(house: ApiHouse, path: str) -> Any:
    """The import once it has its end."""
    async with asyncio.timeout(60):
        others = asyncio.all_tasks() - {asyncio.current_task()}
        while (found := await house.get(path))["ended_at"] is None:
            await asyncio.wait(others, timeout=0.02)
    return found


async def test_a_list_is_imported_and_what_was_refused_is_a_file(house: ApiHouse) -> None:
    campaign_id = await house.new_campaign()
    response = await sent(house, campaign_id, CSV, phone="celu", list="Norte", file_name="a.csv")
    assert response.status_code == 202, response.text
    path = response.headers["location"]
    assert path == f"/campaigns/{campaign_id}/imports/{response.json()['id']}"
    found = await ended(house, path)
    assert found["state"] == "done"
    assert (found["rows"], found["added"], found["refused"]) == (3, 1, 2)
    assert (found["list_name"], found["file_name"], found["reason"]) == ("Norte", "a.csv", None)
    assert found["done_bytes"] == found["total_bytes"] == len(CSV)
    assert (await house.get(f"/campaigns/{campaign_id}/imports"))["items"] == [found]
    file = await house.ask("GET", f"{path}/refused.csv", headers={"Accept-Language": "es"})
    assert file.status_code == 200
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert file.text.splitlines() == [
        "línea,columna,qué se rechazó,código,motivo,fila",
        '3,celu,la fila,duplicate,el número ya está en la línea 2,"3001234567,Otra"',
        '4,celu,la fila,phone_short,es un número corto o incompleto (12),"12,=1+1"',
    ]
    changes = (await house.get("/audit", "admin"))["items"]
    assert changes[0]["action"] == "import.begin"
    assert changes[0]["after"]["list"] == "Norte"


async def test_what_is_no_list_is_told_at_once(house: ApiHouse) -> None:
    campaign_id = await house.new_campaign()
    body = problem(await sent(house, campaign_id, CSV, phone="fono"), Kind.LIST_REFUSED)
    assert "no such column: fono" in body["detail"]
    problem(await sent(house, campaign_id, ""), Kind.LIST_REFUSED)
    problem(await sent(house, campaign_id, "phone\n" + "1\n" * 150_000), Kind.BODY_TOO_BIG)
    body = problem(await sent(house, campaign_id, CSV, mode="replace"), Kind.INVALID)
    assert places(body) == [("query.mode", "enum")]
    problem(await sent(house, "nothing", CSV), Kind.NO_SUCH_CAMPAIGN)
    assert (await house.get(f"/campaigns/{campaign_id}/imports"))["items"] == []
    missing = await house.ask("GET", f"/campaigns/{campaign_id}/imports/x")
    problem(missing, Kind.NO_SUCH_IMPORT)
    assert not list(house.parts.spool.path("x").parent.glob("*"))


async def test_a_file_that_nobody_could_write_down_is_looked_for_all_the_same(
    house: ApiHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have been written all the same: the sweep tells, and only once it is old."""
    campaign_id = await house.new_campaign()
    woken: list[bool] = []
    wake = partial(woken.append, True)
    house.app.state.parts = replace(house.parts, wake_imports=wake)

    async def away(*what: Any, **fields: Any) -> None:
        raise DatabaseUnavailableError("gone")

    monkeypatch.setattr(house.parts.imports, "create", away)
    answer = await sent(house, campaign_id, CSV, phone="celu")
    problem(answer, Kind.DATABASE_AWAY)
    assert woken
    (kept,) = house.parts.spool.present()
    assert house.parts.spool.untouched(datetime.now(UTC) + timedelta(seconds=60)) == {kept}
    assert house.parts.spool.untouched(datetime.now(UTC) - timedelta(hours=1)) == set()


async def test_a_cell_that_a_spreadsheet_would_calculate_is_text(house: ApiHouse) -> None:
    campaign_id = await house.new_campaign()
    response = await sent(house, campaign_id, "phone,x\n3001234567,a\n=1+1,b\n")
    path = response.headers["location"]
    await ended(house, path)
    file = await house.ask("GET", f"{path}/refused.csv")
    assert file.text.splitlines()[-1].endswith("'=1+1,b\"") or '"\'=1+1,b"' in file.text


async def test_a_small_list_may_name_its_list_and_columns(house: ApiHouse) -> None:
    campaign_id = await house.new_campaign()
    csv = "celu,otro,nombre\n3001234567,12,Ana\n"
    response = await house.upload(
        campaign_id, csv, params={"list": "Sur", "phone": ["celu", "otro"]}
    )
    told = response.json()
    assert (told["added"], told["refused_count"], told["left_out_count"]) == (1, 0, 1)
    assert (told["phone_columns"], told["refused"][0]["kept"]) == (["celu", "otro"], True)
    (made,) = (await house.get(f"/campaigns/{campaign_id}/lists"))["items"]
    assert (made["name"], made["weight"], made["active"], made["leads"]) == ("Sur", 1.0, True, 1)


async def test_lists_are_weighed_named_and_put_aside(house: ApiHouse) -> None:
    campaign_id = await house.new_campaign()
    for name in ("a", "b"):
        await house.upload(
            campaign_id, f"phone\n300123456{ord(name) % 10}\n", params={"list": name}
        )
    first, second = (await house.get(f"/campaigns/{campaign_id}/lists"))["items"]
    path = f"/campaigns/{campaign_id}/lists/{first['id']}"
    changed = await house.ask("PATCH", path, json={"weight": 3, "active": False})
    assert changed.json() == {**first, "weight": 3.0, "active": False}
    change = (await house.get("/audit", "admin"))["items"][0]
    assert (change["action"], change["before"]) == ("list.change", {"weight": 1.0, "active": True})
    body = problem(await house.ask("PATCH", path, json={"name": second["name"]}), Kind.INVALID)
    assert places(body) == [("body.name", "list_name_taken")]
    body = problem(await house.ask("PATCH", path, json={"weight": 0}), Kind.INVALID)
    assert places(body) == [("body.weight", "greater_than_equal")]
    gone = f"/campaigns/{campaign_id}/lists/none"
    problem(await house.ask("PATCH", gone, json={"weight": 1}), Kind.NO_SUCH_LIST)
    assert (await house.get(f"/campaigns/{campaign_id}/lists"))["items"][1] == second
