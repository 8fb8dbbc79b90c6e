"""A file of numbers that are not to be called: over the API, by the command, on both databases."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path
from string import Formatter
from typing import Any

import httpx
import pytest
from rich.console import Console

from api.problem_texts import Kind
from linea800.do_not_call_cli import WORDS, add_file
from linea800.import_cli import Api, ImportFailedError
from storage.database import Database
from tests.integration.api_house import ApiHouse, open_house, places, problem, served

LINES = "# bajas de febrero\n+57 300 123 4567\n3001234568\n\nhola\n300123*\n+573001234567\n"
SHEET = "id;celular;nombre\n9001;300 123 4567;Ana\n9002;12;Luis\n9003;;Eva\n"


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with open_house(database, tmp_path) as opened:
        yield opened


async def sent(house: ApiHouse, file: str | bytes, **params: str) -> httpx.Response:
    return await house.ask(
        "POST", "/do-not-call/numbers", params=params, content=file,
        headers={"Content-Type": "text/csv"},
    )  # fmt: skip


async def listed(house: ApiHouse, **params: Any) -> list[tuple[str, str | None, str, str]]:
    items = (await house.get("/do-not-call", **params))["items"]
    return sorted(
        (one["number"], one["campaign_id"], one["source"], one["reason"]) for one in items
    )


async def test_a_number_per_line_each_bad_line_with_its_reason(house: ApiHouse) -> None:
    response = await sent(house, LINES, country="CO", reason="bajas")
    assert response.status_code == 200, response.text
    found = response.json()
    assert (found["rows"], found["added"], found["already_listed"]) == (5, 2, 1)
    assert [(row["line"], row["fault"]) for row in found["refused"]] == [
        (5, "phone_characters"),
        (6, "phone_characters"),
    ]
    assert all(row["reason"] for row in found["refused"])
    assert await listed(house) == [
        ("573001234567", None, "file", "bajas"),
        ("573001234568", None, "file", "bajas"),
    ]
    again = (await sent(house, LINES, country="CO")).json()
    assert (again["added"], again["already_listed"]) == (0, 3)
    (change,) = (await house.get("/audit", "admin", subject="do-not-call"))["items"]
    assert change["action"] == "do_not_call.add_file"
    assert (change["after"]["added"], change["after"]["rows"]) == (2, 5)
    assert len(change["after"]["sha256"]) == 64


async def test_the_column_that_is_named_on_a_campaigns_list(house: ApiHouse) -> None:
    campaign_id = await house.new_campaign()
    response = await sent(house, SHEET, column="celular", campaign_id=campaign_id)
    found = response.json()
    assert [(row["line"], row["column"], row["fault"]) for row in found["refused"]] == [
        (3, "celular", "phone_short"),
        (4, "celular", "phone_missing"),
    ]
    assert await listed(house) == [("573001234567", campaign_id, "file", "")]
    told = await house.ask("POST", "/do-not-call/check", json={"number": "+573001234567"})
    assert told.json()["listed"] is True


async def test_without_a_country_a_national_number_is_refused(house: ApiHouse) -> None:
    found = (await sent(house, "3001234567\n+573001234567\n")).json()
    assert (found["added"], found["refused_count"]) == (1, 1)


async def test_what_is_no_list_at_all_is_refused(house: ApiHouse) -> None:
    for file, params in (
        (b"PK\x03\x04", {}),
        ("", {}),
        (SHEET, {"column": "otra"}),
    ):
        problem(await sent(house, file, **params), Kind.LIST_REFUSED)
    problem(await sent(house, LINES, campaign_id="x"), Kind.NO_SUCH_CAMPAIGN)
    response = await sent(house, LINES, country="XX")
    assert places(problem(response, Kind.INVALID)) == [("query.country", "no_such_country")]
    response = await house.ask("POST", "/do-not-call/numbers", json={})
    problem(response, Kind.WRONG_MEDIA_TYPE)
    assert await listed(house) == []


async def test_many_numbers_are_listed_and_refusals_counted(house: ApiHouse) -> None:
    good = "".join(f"+57300{index:07d}\n" for index in range(6000))
    found = (await sent(house, good + "mal\n" * 11_000)).json()
    assert (found["added"], found["refused_count"], len(found["refused"])) == (6000, 11_000, 10_000)


# --- the command


async def added(api: Api, file: Path, campaign: str | None = None, **how: Any) -> str:
    out = io.StringIO()
    refused_to = how.pop("refused_to", None)
    await asyncio.to_thread(
        add_file, api, file, campaign, how,
        refused_to=refused_to, out=Console(file=out, width=200),
    )  # fmt: skip
    return out.getvalue()


async def test_the_command_sends_a_file_and_tells_what_was_refused(
    house: ApiHouse, tmp_path: Path
) -> None:
    campaign_id = await house.new_campaign(name="Cobranza Ñ")
    file, refused_to = tmp_path / "bajas.csv", tmp_path / "refused.csv"
    file.write_text(SHEET, encoding="utf-8")
    async with served(house.app) as url:
        api = Api(url, house.tokens["supervisor"], "es")
        told = await added(api, file, "cobranza ñ", column="celular")
        assert "3 filas: 1 números anotados, 0 ya lo estaban o se repiten, 2 rechazadas." in told
        assert "línea 3: " in told
        told = await added(api, file, refused_to=refused_to, column="celular", country="CO")
        assert str(refused_to) in told
        for broken, path, message in (
            (Api(url, "", "es"), file, "falta el token"),
            (api, tmp_path / "none.csv", "no se puede leer"),
        ):
            with pytest.raises(ImportFailedError, match=message):
                await added(broken, path)
        with pytest.raises(ImportFailedError, match="no hay campaña"):
            await added(api, file, "otra")
    rows = list(csv.DictReader(io.StringIO(refused_to.read_text(encoding="utf-8"))))
    assert [(row["line"], row["fault"]) for row in rows] == [
        ("3", "phone_short"),
        ("4", "phone_missing"),
    ]
    assert len(await listed(house, campaign_id=campaign_id)) == 1


def test_every_word_exists_in_both_languages() -> None:
    def fields(template: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(template) if name}

    assert WORDS["es"].keys() == WORDS["en"].keys()
    for word, template in WORDS["es"].items():
        assert fields(template) == fields(WORDS["en"][word])
