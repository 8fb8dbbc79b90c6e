"""Doctor tells of call backs that are offered and that nobody makes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from calls.errors import Linea800Error
from dialer.campaign import Campaign, CampaignState
from dialer.options import Options
from ivr.menu_file import MENUS, read_menu
from linea800.offered_callbacks import look, made, offered, told
from linea800.settings import Settings
from prompts.catalog import prompt_names
from prompts.sounds import prompt_file
from prompts.spoken import LANGUAGES
from storage.campaigns import CampaignStore
from storage.database import Database
from tests.unit.facts import FLOOR

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def campaign(*queues: str, state: CampaignState = CampaignState.RUNNING) -> Campaign:
    return Campaign(
        id="".join(queues) + state, name="c", queue="salida", country="CO", caller_number="",
        options=Options(callbacks_of=queues), state=state, created_at=NOW,
    )  # fmt: skip


def test_menus_and_keys_in_the_line_offer_them() -> None:
    simple, operator = (read_menu(MENUS / f"{name}.yaml") for name in ("simple", "operator"))
    assert offered(FLOOR, [simple]) == frozenset()
    assert offered(FLOOR, [operator]) == {"soporte", "facturacion", "ventas"}
    soporte, salida = FLOOR.queues
    key = soporte.model_copy(update={"callback_key": "3"})
    assert offered(FLOOR.model_copy(update={"queues": (key, salida)}), [simple]) == {"soporte"}


def test_only_a_campaign_that_runs_makes_them() -> None:
    paused = campaign("ventas", state=CampaignState.PAUSED)
    assert made([campaign("soporte"), paused, campaign()]) == {"soporte"}


def test_what_nobody_makes_is_told_with_what_to_do() -> None:
    of = frozenset({"soporte", "ventas"})
    assert told(frozenset(), frozenset()) == "no menu and no queue offers one"
    assert told(of, of) == "made for soporte, ventas"
    lacking = told(of, frozenset({"soporte"}))
    assert lacking.startswith("nobody makes those of ventas: ")
    assert "`callbacks_of`" in lacking


async def test_it_looks_beside_a_running_service(tmp_path: Path) -> None:
    for language in LANGUAGES:
        for name in prompt_names(language):
            file = tmp_path / "sounds" / prompt_file(language, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
    settings = Settings(home=tmp_path)
    with pytest.raises(Linea800Error, match="linea800 run"):
        await look(settings)
    async with await Database.open(settings.database_url) as database:
        assert (await look(settings)).startswith("nobody makes those of facturacion, soporte, v")
        await CampaignStore(database).create(campaign("soporte", "facturacion", "ventas"))
        assert await look(settings) == "made for facturacion, soporte, ventas"
