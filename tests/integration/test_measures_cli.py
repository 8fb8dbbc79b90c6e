"""`linea800 measures rebuild`: the same rows again, in both languages and on both databases."""

from __future__ import annotations

import random
from pathlib import Path
from string import Formatter

import pytest
from sqlalchemy import delete, select

from linea800.measures_cli import WORDS
from storage.calls import CallStore
from storage.database import Database
from storage.measures import MeasureStore
from storage.tables import queue_quarters
from tests.integration.command_line import CommandLine
from tests.integration.made_traffic import traffic


def _fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize("word", sorted(WORDS["es"]))
def test_every_word_exists_in_both_languages(word: str) -> None:
    assert WORDS["es"].keys() == WORDS["en"].keys()
    assert _fields(WORDS["es"][word]) == _fields(WORDS["en"][word])


async def test_it_makes_the_same_rows_again(database_url: str, tmp_path: Path) -> None:
    asked = CommandLine(database_url, tmp_path)
    nothing = await asked("measures", "rebuild")
    assert nothing.exit_code == 0, nothing.output
    assert "No hay nada registrado" in nothing.output

    every = select(queue_quarters).order_by(*queue_quarters.primary_key)
    async with await Database.open(database_url) as database:
        await CallStore(database).save(traffic(7, calls=20).versions(random.Random(7)), [])
        while await MeasureStore(database).recount(200):
            pass
        before = await database.rows(every)
        await database.write(lambda c: c.execute(delete(queue_quarters)).rowcount)
        assert before
    again = await asked(
        "measures", "rebuild", "--from", "2026-03-01", "--to", "2026-03-02", "--language", "en"
    )
    assert again.exit_code == 0, again.output
    assert "Counted again from 2026-03-01 00:00 to 2026-03-03 00:00 (UTC)" in again.output
    async with await Database.open(database_url) as database:
        assert await database.rows(every) == before


async def test_a_file_that_the_service_holds_is_told(tmp_path: Path) -> None:
    url = str(tmp_path / "linea800.db")
    async with await Database.open(url):
        busy = await CommandLine(url, tmp_path)("measures", "rebuild")
    assert busy.exit_code == 1
    assert "linea800.db" in busy.output
