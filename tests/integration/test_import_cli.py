"""`linea800 campaign import` against a real server: what it sends, shows and refuses."""

from __future__ import annotations

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from rich.console import Console

from linea800.import_cli import WORDS, Api, ImportFailedError, import_list
from tests.integration.api_house import ApiHouse, served, sqlite_house

CSV = "fono;nombre\n3001234567;Ana\n12;Corta\n"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with sqlite_house(tmp_path) as opened:
        importing = asyncio.create_task(opened.importing.run())
        yield opened
        importing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await importing


async def imported(
    api: Api, campaign: str, file: Path, refused_to: Path | None = None, **asked: str | list[str]
) -> str:
    """What is said of it."""
    out = io.StringIO()
    await asyncio.to_thread(
        import_list, api, campaign, file, asked,
        refused_to=refused_to, out=Console(file=out, width=200),
    )  # fmt: skip
    return out.getvalue()


async def test_a_list_is_imported_and_what_was_refused_is_written(
    house: ApiHouse, tmp_path: Path
) -> None:
    await house.new_campaign(name="Cobranza Ñ")
    file, refused_to = tmp_path / "lista ñ.csv", tmp_path / "refused.csv"
    file.write_text(CSV, encoding="utf-8")
    async with served(house.app) as url:
        api = Api(url, house.tokens["supervisor"], "es")
        told = await imported(api, "cobranza ñ", file, refused_to, phone=["fono"], list="Norte")
    assert "2 filas: 1 contactos nuevos, 0 actualizados, 0 ya estaban, 1 rechazadas." in told
    assert "3,fono,la fila,phone_short" in refused_to.read_text(encoding="utf-8")


async def test_what_cannot_be_imported_says_why(house: ApiHouse, tmp_path: Path) -> None:
    first = await house.new_campaign(name="Dos")
    second = await house.new_campaign(name="dos")
    file = tmp_path / "list.csv"
    file.write_text(CSV)
    async with served(house.app) as url:
        good = Api(url, house.tokens["supervisor"], "en")
        for api, campaign, path, message in (
            (good, "none", file, "there is no campaign “none”"),
            (good, "DOS", file, "more than one campaign"),
            (good, first, tmp_path / "none.csv", "cannot be read: No such file"),
            (good, second, file, "no column is a phone number's"),
            (Api(url, "", "es"), first, file, "falta el token"),
            (Api(url, "wrong", "en"), first, file, "does not exist or was revoked"),
            (Api(url, house.tokens["1001"], "es"), first, file, "requiere el rol"),
            (Api("ftp://x", "t", "en"), first, file, "an address such as"),
            (Api("http://127.0.0.1:1", "t", "es"), first, file, "no responde"),
        ):
            with pytest.raises(ImportFailedError) as caught:
                await imported(api, campaign, path)
            assert message in str(caught.value)


def test_everything_is_said_in_both_languages() -> None:
    assert WORDS["es"].keys() == WORDS["en"].keys()
