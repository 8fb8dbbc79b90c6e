"""What is older than it has to be kept goes, and nothing else: on both databases."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from sqlalchemy import Table, func, insert, select

from api import retention as route
from linea800.import_cli import Api, ImportFailedError
from linea800.retention_cli import WORDS, show
from storage import tables
from storage.database import Database
from tests.integration.api_house import ApiHouse, open_house, served
from tests.integration.test_api_abandonment import dialed
from tests.unit.facts import PBX

YEAR = timedelta(days=366)
MOMENT = timedelta(seconds=1)
#: what us-tsr says, and house-strict with it: proofs 5 years, records 5 and 2
OLDER, YOUNGER = 5 * YEAR + MOMENT, 5 * YEAR - MOMENT


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with open_house(database, tmp_path) as opened:
        yield opened


async def put(house: ApiHouse, table: Table, *rows: dict[str, Any]) -> None:
    await house.database.write(lambda c: c.execute(insert(table), list(rows)).rowcount)


async def count(house: ApiHouse, table: Table) -> int:
    (row,) = await house.database.rows(select(func.count()).select_from(table))
    return int(row[0])


def ruling(campaign_id: str, at: datetime) -> dict[str, Any]:
    return {
        "at": at, "campaign_id": campaign_id, "lead_id": 1, "number": "573001234567",
        "attempt_id": None, "allowed": 0, "reasons": ["dnc_listed"], "preset": "us-tsr",
        "version": "2026-11", "purpose": "service", "zone": "", "local_time": "", "evidence": {},
    }  # fmt: skip


def note(campaign_id: str, at: datetime) -> dict[str, Any]:
    return {
        "pbx": PBX, "campaign_id": campaign_id, "decided_at": at, "policy": "progressive",
        "dial": 0, "reason": "no_agents", "evidence": {},
    }  # fmt: skip


def import_of(import_id: str, campaign_id: str, list_id: str, ended: datetime) -> dict[str, Any]:
    return {
        "id": import_id, "campaign_id": campaign_id, "list_id": list_id, "file_name": "a.csv",
        "mode": "skip", "mapping": {}, "state": "done", "fault": "", "total_bytes": 1,
        "done_bytes": 1, "rows": 1, "added": 0, "merged": 0, "already_there": 0, "refused": 2,
        "asked_by": "x", "started_at": ended, "changed_at": ended, "ended_at": ended,
    }  # fmt: skip


def refusal(import_id: str, line: int) -> dict[str, Any]:
    return {
        "import_id": import_id, "line": line, "column": "", "fault": "phone_short", "detail": "",
        "row": "Ana;12", "kept": 0,
    }  # fmt: skip


async def filled(house: ApiHouse, preset: str = "us-tsr") -> str:
    """A campaign with something too old and something young enough of everything."""
    campaign_id = await house.new_campaign(
        country="US", options={"rules": {"preset": preset, "purpose": "service"}}
    )
    now = house.clock()
    older, younger = now - OLDER, now - YOUNGER
    await put(house, tables.rulings, ruling(campaign_id, older), ruling(campaign_id, younger))
    await put(house, tables.pacing_notes, note(campaign_id, older), note(campaign_id, younger))
    await dialed(house.database, campaign_id, older, None)
    await dialed(house.database, campaign_id, older, 1.0, ended_at=None, outcome=None)
    await dialed(house.database, campaign_id, younger, None)
    list_id = f"list-{campaign_id}"
    for name, ended in (("old", older), ("new", younger)):
        await put(house, tables.imports, import_of(name, campaign_id, list_id, ended))
        await put(house, tables.import_refusals, refusal(name, 2), refusal(name, 3))
    change = {"who": "x", "action": "a", "subject": "s", "before": {}, "after": {}}
    await put(house, tables.audit, {"at": older, **change}, {"at": younger, **change})
    return campaign_id


async def test_what_would_go_is_told_and_stays(house: ApiHouse) -> None:
    campaign_id = await filled(house)
    found = (await house.get("/retention", "admin"))["items"]
    told = {(each["table"], each["campaign_id"]): each["rows"] for each in found}
    assert told == {
        ("rulings", campaign_id): 1,
        ("pacing_notes", campaign_id): 1,
        ("attempts", campaign_id): 1,
        ("import_refusals", campaign_id): 2,
        ("audit", None): 1,
    }
    assert {each["preset"] for each in found} == {"us-tsr", None}
    assert await count(house, tables.rulings) == 2


async def test_it_goes_and_what_is_young_enough_stays(house: ApiHouse) -> None:
    campaign_id = await filled(house)
    path = f"/campaigns/{campaign_id}/abandonment"
    before = await house.get(path)
    response = await house.ask("POST", "/retention", "admin")
    assert response.status_code == 200, response.text
    assert response.json()["more"] is False
    assert len(response.json()["items"]) == 5
    for table, rows in (
        (tables.rulings, 1), (tables.pacing_notes, 1), (tables.attempts, 3),
        (tables.import_refusals, 2), (tables.imports, 2),
    ):  # fmt: skip
        assert await count(house, table) == rows, table.name
    numbers = await house.database.rows(
        select(tables.attempts.c.number).order_by(tables.attempts.c.id)
    )
    assert [bool(row.number) for row in numbers] == [False, True, True]
    assert await house.get(path) == before, "attempts are counted as before"
    assert (await house.get("/retention", "admin"))["items"] == []
    newest = (await house.get("/audit", "admin", subject="retention"))["items"]
    assert [change["action"] for change in newest] == ["retention.remove"]
    again = (await house.ask("POST", "/retention", "admin")).json()
    assert again == {"items": [], "more": False}


async def test_a_preset_that_limits_nothing_keeps_everything(house: ApiHouse) -> None:
    await filled(house, preset="test-line")
    assert (await house.get("/retention", "admin"))["items"] == []


async def test_it_goes_little_by_little_and_others_come_in_between(
    house: ApiHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign_id = await filled(house)
    old = house.clock() - OLDER
    await put(house, tables.rulings, *[ruling(campaign_id, old) for _ in range(2500)])
    monkeypatch.setattr(route, "_WORK_SECONDS", 0.0)
    answer = (await house.ask("POST", "/retention", "admin")).json()
    assert answer == {"items": [], "more": True}, "there is no time at all"
    monkeypatch.undo()
    largest: list[int] = []
    remove = house.parts.retention.remove

    async def counted(due: Any) -> Any:
        found = await remove(due)
        largest.append(found[0])
        return found

    monkeypatch.setattr(house.parts.retention, "remove", counted)
    asked = asyncio.create_task(house.ask("POST", "/retention", "admin"))
    during = await house.new_campaign()  # somebody writes meanwhile
    assert (await asked).json()["more"] is False
    assert max(largest) == 1000
    assert await count(house, tables.rulings) == 1
    assert await house.get(f"/campaigns/{during}")


# --- the command


async def said(api: Api, *, yes: bool = False, as_json: bool = False) -> str:
    out = io.StringIO()
    console = Console(file=out, width=200)
    await asyncio.to_thread(show, api, yes=yes, as_json=as_json, out=console)
    return out.getvalue()


async def test_the_command_says_what_would_go_and_lets_it_go(house: ApiHouse) -> None:
    campaign_id = await filled(house)
    async with served(house.app) as url:
        api = Api(url, house.tokens["admin"], "es")
        told = await said(api)
        assert "se iría con --yes" in told
        assert campaign_id in told
        assert await count(house, tables.rulings) == 2
        gone = json.loads(await said(api, yes=True, as_json=True))
        assert sum(each["rows"] for each in gone) == 6
        assert await said(api) == "Nada pasa del plazo en que hay que guardarlo.\n"
        with pytest.raises(ImportFailedError, match="needs the role"):
            await said(Api(url, house.tokens["supervisor"], "en"))
        with pytest.raises(ImportFailedError, match="falta el token"):
            await said(Api(url, "", "es"))


def test_every_word_exists_in_both_languages() -> None:
    assert WORDS["es"].keys() == WORDS["en"].keys()
