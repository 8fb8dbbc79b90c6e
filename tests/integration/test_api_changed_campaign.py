"""Changing a campaign, running or not, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from api.problem_texts import Kind
from storage.database import Database
from tests.integration.api_house import ApiHouse, open_house, places, problem


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with open_house(database, tmp_path) as opened:
        yield opened


async def _change(house: ApiHouse, campaign_id: str, **values: Any) -> dict[str, Any]:
    response = await house.ask("PATCH", f"/campaigns/{campaign_id}", json=values)
    assert response.status_code == 200, response.text
    changed: dict[str, Any] = response.json()
    return changed


async def test_only_what_is_said_changes_and_stays_so(house: ApiHouse) -> None:
    campaign_id = await house.new_campaign(
        pacing="predictive", ring_seconds=30, options={"callback_grace_minutes": 5}
    )
    before = (await house.get(f"/campaigns/{campaign_id}"))["campaign"]
    changed = await _change(
        house, campaign_id, name="Otra", pacing="ratio", pacing_settings={"level": 1.5},
        abandonment_cap=0.02, retry={"max_attempts": 5},
        options={"blend": {"keep_free": 2}},
    )  # fmt: skip
    assert changed["options"]["callback_grace_minutes"] == 5
    assert changed["options"]["blend"]["keep_free"] == 2
    assert changed["retry"] == {**before["retry"], "max_attempts": 5}
    kept = {name: before[name] for name in ("id", "queue", "country", "ring_seconds", "state")}
    assert {name: changed[name] for name in kept} == kept
    assert (changed["name"], changed["pacing"], changed["abandonment_cap"]) == (
        "Otra", "ratio", 0.02,
    )  # fmt: skip
    assert (await house.get(f"/campaigns/{campaign_id}"))["campaign"] == changed


async def test_the_dialer_goes_by_it_at_once(house: ApiHouse) -> None:
    campaign_id = await house.new_campaign()
    await house.upload(campaign_id, "telefono\n3001234567\n")
    await house.ask("POST", f"/campaigns/{campaign_id}/start")
    running = house.parts.dialing.campaigns_in_hand()[campaign_id]
    policy, judge = running.pacing, running.judge
    await _change(house, campaign_id, pacing="predictive", options={"blend": {"keep_free": 1}})
    assert running.policy == "predictive"
    assert running.pacing is not policy
    assert running.judge is not judge
    assert running.blend is not None
    assert running.blend.rule.keep_free == 1
    assert running.ledger_of is None, "what was kept is read before anything is paced"
    blend = running.blend
    await _change(house, campaign_id, max_lines=2)
    assert running.campaign.max_lines == 2
    assert running.blend is blend, "who stood back stands back still"
    await _change(house, campaign_id, options={"blend": None})
    assert running.blend is None


async def test_nothing_changes_without_a_difference(house: ApiHouse) -> None:
    campaign_id = await house.new_campaign()
    before = (await house.get(f"/campaigns/{campaign_id}"))["campaign"]
    assert await _change(house, campaign_id) == before
    assert await _change(house, campaign_id, name=before["name"]) == before
    actions = [row["action"] for row in (await house.get("/audit", "admin"))["items"]]
    assert "campaign.change" not in actions


async def test_the_audit_has_before_and_after(house: ApiHouse) -> None:
    campaign_id = await house.new_campaign(max_lines=4)
    await _change(house, campaign_id, max_lines=3)
    row = (await house.get("/audit", "admin"))["items"][0]
    assert (row["action"], row["before"], row["after"]) == (
        "campaign.change", {"max_lines": 4}, {"max_lines": 3},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"queue": "soporte"}, ("body.queue", "extra_forbidden")),
        ({"country": "PE"}, ("body.country", "extra_forbidden")),
        ({"state": "running"}, ("body.state", "extra_forbidden")),
        ({"pacing": "reckless"}, ("body.pacing", "no_such_pacing")),
        ({"ring_seconds": 5}, ("body.ring_seconds", "greater_than_equal")),
        ({"max_lines": 11}, ("body.max_lines", "more_than_the_trunk")),
        ({"name": " "}, ("body.name", "string_pattern_mismatch")),
        ({"name": None}, ("body.name", "string_type")),
        (
            {"options": {"callbacks_of": ["ninguna"]}},
            ("body.options.callbacks_of", "no_such_queue"),
        ),
    ],
)
async def test_what_is_refused_changes_nothing(
    house: ApiHouse, values: dict[str, Any], fault: tuple[str, str]
) -> None:
    campaign_id = await house.new_campaign()
    before = (await house.get(f"/campaigns/{campaign_id}"))["campaign"]
    response = await house.ask("PATCH", f"/campaigns/{campaign_id}", json=values)
    assert places(problem(response, Kind.INVALID)) == [fault]
    assert (await house.get(f"/campaigns/{campaign_id}"))["campaign"] == before


async def test_options_that_do_not_go_together_are_refused(house: ApiHouse) -> None:
    campaign_id = await house.new_campaign(options={"callbacks_of": ["soporte"]})
    options = {"rules": {"purpose": "marketing"}}
    response = await house.ask("PATCH", f"/campaigns/{campaign_id}", json={"options": options})
    problem(response, Kind.INVALID)


async def test_a_campaign_that_is_not_there(house: ApiHouse) -> None:
    response = await house.ask("PATCH", "/campaigns/none", json={"max_lines": 2})
    problem(response, Kind.NO_SUCH_CAMPAIGN)
