"""`linea800 ivr measures`, beside the service and on both databases."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from string import Formatter

import pytest

from linea800.ivr_measures_cli import WORDS
from storage.calls import CallStore
from storage.database import Database
from tests.integration.command_line import CommandLine
from tests.integration.made_menu_days import plain_counts, visits
from tests.integration.test_storage_menu_measures import records
from tests.unit.facts import START


def _fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize("word", sorted(WORDS["es"]))
def test_every_word_exists_in_both_languages(word: str) -> None:
    assert WORDS["es"].keys() == WORDS["en"].keys()
    assert _fields(WORDS["es"][word]) == _fields(WORDS["en"][word])


async def test_it_is_told_as_the_api_tells_it_and_drawn(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    some = visits(5, 40, days=0.5)
    await CallStore(database).save(records([fact for visit in some for fact in visit.facts]), [])
    asked = CommandLine(database_url, tmp_path)
    period = ("--since", START.isoformat(), "--until", (START + timedelta(days=1)).isoformat())

    result = await asked("ivr", "measures", "operator", "--json", *period)
    assert result.exit_code == 0, result.output
    told = json.loads(result.output)
    counts = {count: n for count, n in told["counts"].items() if n}
    assert counts == plain_counts(some, some)
    assert told["definitions"]["containment"] == "contained de measured."

    drawn = await asked("ivr", "measures", "operator", "--language", "en", *period)
    assert drawn.exit_code == 0, drawn.output
    assert "operator: sessions that began between 2026-03-01 12:00" in drawn.output
    for said in ("contained", "welcome", "refresh", "billing"):
        assert said in drawn.output

    nobody = await asked("ivr", "measures", "operator")
    assert nobody.exit_code == 0, nobody.output
    assert "Nadie llegó al menú en ese tiempo." in nobody.output
    unknown = await asked("ivr", "measures", "nowhere")
    assert unknown.exit_code == 1
    assert "nadie llegó nunca a un menú «nowhere»" in unknown.output
    unclear = await asked("ivr", "measures", "operator", "--since", "yesterday")
    assert unclear.exit_code == 1
    assert "--since 'yesterday'" in unclear.output
