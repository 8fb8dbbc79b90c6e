"""Which numbers may be promised a call back, and from which day on, by real calling rules."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from dialer.campaign import Campaign
from dialer.guards import Guards
from dialer.judging import CampaignJudge
from dialer.options import Options, RuleChoice
from dialer.promising import promisable, zone_of
from dialer.rules.catalog import PresetCatalog

PRESETS = PresetCatalog.read()
NUMBER = "573001234567"


def judge(preset: str, country: str) -> CampaignJudge:
    campaign = Campaign(
        id="c", name="c", queue="salida", country=country, caller_number="5716001234",
        options=Options(rules=RuleChoice(preset=preset)),
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    return CampaignJudge(campaign, PRESETS.rules(preset), Guards(()))


@pytest.mark.parametrize(
    ("now", "today", "from_day"),
    [
        # Bogotá is five hours behind; co-2300 has Monday to Friday 7 to 19, Saturday 8 to 15
        ("2026-11-24T15:00", 24, None),
        ("2026-11-24T23:59", 24, None),
        ("2026-11-25T00:00", 24, 25),
        ("2026-11-25T04:30", 24, 25),
        ("2026-11-25T11:00", 25, 25),
        ("2026-11-28T00:30", 27, 28),
        ("2026-11-28T20:00", 28, 30),
        ("2026-11-29T15:00", 29, 30),
    ],
)
def test_the_first_day_is_told_by_the_clock_of_the_person(
    now: str, today: int, from_day: int | None
) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    found = promisable(judge("co-2300", "CO"), "CO", "3001234567", moment)
    assert found is not None
    assert (found.number, found.spoken) == (NUMBER, "3001234567")
    assert found.today == date(2026, 11, today)
    assert found.from_day == (None if from_day is None else date(2026, 11, from_day))


@pytest.mark.parametrize("written", ["", "123", "+14155550100", "018000110000"])
def test_a_number_that_is_not_dialed_is_not_promised_at_any_hour(written: str) -> None:
    for hour in (3, 15):
        now = datetime(2026, 11, 24, hour, tzinfo=UTC)
        assert promisable(judge("co-2300", "CO"), "CO", written, now) is None


def test_of_a_country_of_several_zones_a_day_is_told() -> None:
    now = datetime(2026, 11, 24, 4, tzinfo=UTC)
    found = promisable(judge("house-strict", "MX"), "MX", "5512345678", now)
    assert found is not None
    assert (found.today, found.from_day) == (date(2026, 11, 23), date(2026, 11, 24))


def test_nobody_knows_the_clock_of_what_is_no_number() -> None:
    assert zone_of(NUMBER) == "America/Bogota"
    assert zone_of("99912345678") == ""
