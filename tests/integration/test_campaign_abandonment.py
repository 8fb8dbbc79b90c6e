"""`linea800 campaign abandonment`, beside the service and on both databases."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Formatter

import pytest

from dialer.campaign import Campaign
from dialer.options import Options, RuleChoice
from linea800.campaign_abandonment import WORDS
from storage.campaigns import CampaignStore
from storage.database import Database
from tests.integration.command_line import CommandLine
from tests.integration.test_api_abandonment import dialed


def _fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize("word", sorted(WORDS["es"]))
def test_every_word_exists_in_both_languages(word: str) -> None:
    assert WORDS["es"].keys() == WORDS["en"].keys()
    assert _fields(WORDS["es"][word]) == _fields(WORDS["en"][word])


async def test_it_is_told_as_the_api_tells_it_and_drawn(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    now = datetime.now(UTC)  # the command has no other
    made = Campaign(
        id="c1", name="Cobranza Ñ", queue="salida", country="US", caller_number="13125550000",
        options=Options(rules=RuleChoice(preset="us-fcc")), created_at=now - timedelta(days=40),
    )  # fmt: skip
    await CampaignStore(database).create(made)
    for index in range(101):
        joined = None if index < 3 else 1.5
        await dialed(database, "c1", now - timedelta(days=20), joined)
    await dialed(database, "c1", now - timedelta(seconds=90), None, outcome="unknown")
    await dialed(database, "c1", now - timedelta(seconds=90), None, ended_at=None, outcome=None)
    asked = CommandLine(database_url, tmp_path)
    result = await asked("campaign", "abandonment", "cobranza ñ", "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.output)
    ftc, house = told["rules"]
    assert [(each["attempts"], each["rate"]) for each in ftc["history"]] == [
        (2, 1.0),
        (101, 3 / 101),
    ]
    assert [each["within_cap"] for each in house["history"]] == [None, True]
    assert ftc["sentence"].startswith("Abandonada es la llamada")

    drawn = await asked("campaign", "abandonment", "c1", "--language", "en", "--periods", "1")
    assert drawn.exit_code == 0, drawn.output
    assert "Cobranza Ñ: by us-fcc 2026-11" in drawn.output
    assert "so far" in drawn.output
    assert "1 calls are under way" in drawn.output
    assert "There are earlier periods" in drawn.output
