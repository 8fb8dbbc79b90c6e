"""A file of customers: over the API, by the command, on both databases."""

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

from api.customer_file import STEP_ROWS
from api.problem_texts import Kind
from linea800.customers_cli import WORDS, import_file
from linea800.import_cli import Api, ImportFailedError
from storage.database import Database
from tests.integration.api_house import ApiHouse, open_house, places, problem, served

SHEET = """\
id_externo;nombre;primer_nombre;teléfonos;cuenta;plan;estado;zona;idioma;clave;saldo;moneda;vence;c
C-1;Ana Ñusta;Ana;300 123 4567|+57 601 2345678;12345678;Oro;Activa;N;es;4321;1021,01;COP;30/3/2026;a
C-2;Luis;;3001234568;2222;;;;;;;;;
;Eva;;3001234569;3333;;;;;;;;;
;Nadie;;3001234570;;;;;;;;;;
C-3;Beto;;12;4444;;;;;;;;;
C-4;Caro;;;5555;;raro;;;;;;;
C-5;Dora;;;2222;;;;;;;;;
C-6;Fito;;;6666;;;;;12;;;;
C-7;Gina;;;7777;;;;pt;;;;;
C-8;Hugo;;;8888;;;;;;1.021;COP;;
C-9;Iris;;;9999;;;;;;5;COP;31/02/2026;
C-10;"Juan
"""
REFUSED = [
    (5, "id_externo", "nobody"),
    (6, "teléfonos", "phone_short"),
    (7, "estado", "status_unknown"),
    (8, "cuenta", "account_taken"),
    (9, "clave", "proof_form"),
    (10, "idioma", "language_unknown"),
    (11, "saldo", "amount_form"),
    (12, "vence", "day_form"),
    (13, "", "broken_quotes"),
]


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with open_house(database, tmp_path) as opened:
        yield opened


async def sent(house: ApiHouse, file: str | bytes, **params: Any) -> httpx.Response:
    return await house.ask(
        "POST", "/customers/file", params=params, content=file,
        headers={"Content-Type": "text/csv"},
    )  # fmt: skip


async def test_good_rows_are_kept_and_bad_ones_told(house: ApiHouse) -> None:
    tried = (await sent(house, SHEET, dry_run=True)).json()
    assert (await house.get("/customers"))["items"] == []
    # as spreadsheets of Windows write it
    found = (await sent(house, SHEET.encode("windows-1252"))).json()
    assert {**tried, "dry_run": False, "encoding": "windows-1252"} == found
    assert (found["rows"], found["added"], found["changed"]) == (12, 4, 0)
    assert found["ignored_columns"] == ["c"]
    assert [(row["line"], row["column"], row["fault"]) for row in found["refused"]] == REFUSED
    assert [row["line"] for row in found["refused"] if row["kept"]] == [6]
    assert (found["refused_count"], found["left_out_count"]) == (8, 1)
    assert "12" not in next(row["reason"] for row in found["refused"] if row["line"] == 9)
    (ana,) = (await house.get("/customers", search="C-1"))["items"]
    assert (ana["name"], ana["phones"]) == ("Ana Ñusta", ["573001234567", "576012345678"])
    (account,) = ana["accounts"]
    assert (account["balance"], account["due_on"], account["status"]) == (
        "1021.01", "2026-03-30", "active",
    )  # fmt: skip
    again = (await sent(house, SHEET)).json()
    assert (again["added"], again["changed"]) == (0, 4)
    rows = (await house.get("/audit", "admin", subject="customers"))["items"]
    assert [row["action"] for row in rows] == ["customer.import", "customer.import"]
    assert rows[-1]["after"]["added"] == 4
    assert len(rows[-1]["after"]["sha256"]) == 64


async def test_the_country_of_the_line_or_another(house: ApiHouse) -> None:
    file = "external_id,phones\nE-1,0999123456\n"
    found = (await sent(house, file)).json()
    assert (found["added"], [row["fault"] for row in found["refused"]]) == (1, ["phone_invalid"])
    assert (await sent(house, file, country="EC")).json()["changed"] == 1
    (one,) = (await house.get("/customers"))["items"]
    assert one["phones"] == ["593999123456"]


async def test_what_is_no_file_of_customers(house: ApiHouse) -> None:
    for file in (
        "", b"PK\x03\x04\x00\x01\n1\n", "nombre;plan\nAna;Oro\n", "cuenta\n", "\n\n",
        "cuenta;contrato\n1234;1234\n", "cuenta;\x07\n1234;1\n",
    ):  # fmt: skip
        problem(await sent(house, file), Kind.LIST_REFUSED)
    response = await sent(house, SHEET, country="XX")
    assert places(problem(response, Kind.INVALID)) == [("query.country", "no_such_country")]
    response = await house.ask("POST", "/customers/file", json={})
    problem(response, Kind.WRONG_MEDIA_TYPE)
    assert (await house.get("/customers"))["items"] == []


async def test_many_rows_in_many_steps_and_nobody_waits(house: ApiHouse) -> None:
    count = 5 * STEP_ROWS + 1
    lines = [f"C-{index},300{index:07d},{10_000 + index}" for index in range(count)]
    file = "external_id,phones,accounts\n" + "\n".join([*lines, *lines[:3], "x"])
    found = (await sent(house, file)).json()
    assert (found["rows"], found["added"], found["refused_count"]) == (count + 4, count, 1)
    last = await house.get("/customers", limit=1)
    assert last["items"][0]["external_id"] == f"C-{count - 1}"


# --- the command


async def imported(api: Api, file: Path, **how: Any) -> str:
    out = io.StringIO()
    asked = {"dry_run": False, "errors_to": None, **how}
    await asyncio.to_thread(
        import_file, api, file, asked.pop("country", None), out=Console(file=out, width=200),
        **asked,
    )  # fmt: skip
    return out.getvalue()


async def test_the_command(house: ApiHouse, tmp_path: Path) -> None:
    file, errors = tmp_path / "clientes.csv", tmp_path / "errores.csv"
    file.write_text(SHEET, encoding="utf-8")
    async with served(house.app) as url:
        api = Api(url, house.tokens["supervisor"], "es")
        tried = await imported(api, file, dry_run=True)
        assert tried.startswith("Prueba, no se guardó nada. 12 filas: 4 clientes nuevos")
        assert "línea 6, columna teléfonos: es un número corto" in tried
        assert "Columnas que no se usan: c" in tried
        told = await imported(api, file, errors_to=errors)
        assert "4 clientes nuevos, 0 actualizados, 8 filas rechazadas, 1 números omitidos" in told
        with errors.open(encoding="utf-8", newline="") as opened:
            rows = list(csv.DictReader(opened))
        assert [(int(row["line"]), row["column"], row["fault"]) for row in rows] == REFUSED
        with pytest.raises(ImportFailedError, match="token"):
            await imported(Api(url, "", "es"), file)
        with pytest.raises(ImportFailedError, match=r"nada\.csv"):
            await imported(api, tmp_path / "nada.csv")
        file.write_text("nombre\nAna\n", encoding="utf-8")
        with pytest.raises(ImportFailedError, match="external_id"):
            await imported(api, file)


def test_the_command_says_the_same_in_both_languages() -> None:
    assert set(WORDS["es"]) == set(WORDS["en"])
    for name, sentence in WORDS["es"].items():
        fields = {field for _, field, _, _ in Formatter().parse(sentence)}
        assert fields == {field for _, field, _, _ in Formatter().parse(WORDS["en"][name])}
