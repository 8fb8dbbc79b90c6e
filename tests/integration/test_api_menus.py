"""/menus: which menus answer, and reading them again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from documents.faults import DocumentRefusedError, Fault
from ivr.menu import Menu
from ivr.shelf import MenuShelf
from storage.database import Database
from tests.integration.api_house import ApiHouse, open_house
from tests.made_menus import menu_of

OLD = menu_of({"people": {"kind": "queue", "queue": "soporte"}})
NEW = menu_of({"people": {"kind": "queue", "queue": "ventas"}})


class Files:
    """The menus' files as they are now."""

    def __init__(self) -> None:
        self.menus: Mapping[str, Menu] | Exception = {"0800": OLD, "0900": OLD}

    def read(self) -> Mapping[str, Menu]:
        if isinstance(self.menus, Exception):
            raise self.menus
        return self.menus


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with open_house(database, tmp_path) as opened:
        yield opened


@pytest.fixture
def files(house: ApiHouse) -> Files:
    found = Files()
    parts = replace(house.parts, menus=MenuShelf(found.read), callers_in_menus=lambda: 3)
    house.parts = house.app.state.parts = parts
    return found


async def test_the_menus_that_answer_are_told(house: ApiHouse, files: Files) -> None:
    told = await house.get("/menus")
    assert told["callers"] == 3
    assert [each["number"] for each in told["items"]] == ["0800", "0900"]
    assert told["items"][0]["version"] == OLD.version


async def test_what_changed_answers_from_then_on(house: ApiHouse, files: Files) -> None:
    files.menus = {"0800": NEW, "0900": OLD}
    response = await house.ask("POST", "/menus/reload")
    assert response.status_code == 200, response.text
    assert response.json()["changed"] == ["0800"]
    assert house.parts.menus.of("0800") is NEW
    (row, *_) = (await house.parts.audit.page()).changes
    assert (row.action, row.after) == ("menu.reload", {"0800": NEW.version})
    again = await house.ask("POST", "/menus/reload")
    assert again.json()["changed"] == []


async def test_a_bad_file_never_replaces_a_good_one(house: ApiHouse, files: Files) -> None:
    files.menus = DocumentRefusedError([Fault("own.yaml", 7, 3, "nodes.main", "no way leads here")])
    response = await house.ask("POST", "/menus/reload")
    assert response.status_code == 422
    assert "own.yaml:7: nodes.main: no way leads here" in response.json()["detail"]
    assert house.parts.menus.of("0800") is OLD


async def test_agents_do_not_change_menus(house: ApiHouse, files: Files) -> None:
    assert (await house.ask("POST", "/menus/reload", "1001")).status_code == 403
