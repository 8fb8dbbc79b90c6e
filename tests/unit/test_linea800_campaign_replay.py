"""What may be asked of a replay: policies, settings, a day in a zone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dialer.campaign import Campaign
from dialer.pacing.knobs import KnobError
from dialer.pacing.policies import UnknownPolicyError
from linea800.campaign_replay import Choice, ReplayError, choices, span_of
from tests.unit.facts import START

CAMPAIGN = Campaign(
    id="c", name="c", queue="salida", country="CO", caller_number="5716001234", created_at=START
)


def test_the_campaigns_own_policy_comes_first_and_once() -> None:
    assert choices(CAMPAIGN, ["predictive", "progressive"], []) == [
        Choice("progressive", {}),
        Choice("predictive", {}),
    ]
    own = replace(CAMPAIGN, pacing="ratio", pacing_settings={"level": 1.5})
    assert [str(choice) for choice in choices(own, ["ratio"], [])] == ["ratio (level=1.5)", "ratio"]


def test_a_setting_goes_to_the_policies_that_have_it() -> None:
    asked = choices(CAMPAIGN, ["ratio", "predictive"], ["level=2.5"])
    assert asked[1:] == [Choice("ratio", {"level": 2.5}), Choice("predictive", {})]


@pytest.mark.parametrize(
    ("names", "settings", "error", "told"),
    [
        (["reckless"], [], UnknownPolicyError, "reckless"),
        (["preview"], [], ReplayError, "agents decided"),
        (["ratio"], ["levle=2"], ReplayError, "they have: level"),
        (["ratio"], ["level"], ReplayError, "name=number"),
        (["ratio"], ["level=much"], ReplayError, "name=number"),
        (["ratio"], ["level=99"], KnobError, "1 to 10"),
    ],
)
def test_what_no_policy_can_be_asked_is_refused(
    names: list[str], settings: list[str], error: type[Exception], told: str
) -> None:
    with pytest.raises(error, match=told):
        choices(CAMPAIGN, names, settings)


def test_a_day_lasts_from_midnight_to_midnight_where_it_is() -> None:
    since, until = span_of("2026-03-01", "America/Guayaquil")
    assert since == datetime(2026, 3, 1, 5, tzinfo=UTC)
    assert until - since == timedelta(days=1)
    # the clocks go forward in Santiago's spring: that day has 23 hours
    since, until = span_of("2026-09-06", "America/Santiago")
    assert until.astimezone(UTC) - since.astimezone(UTC) == timedelta(hours=23)


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "20260301", "2026-W09-7", "9999-12-31"])
def test_a_day_that_is_none_is_refused(day: str) -> None:
    with pytest.raises(ReplayError, match="--day"):
        span_of(day, "UTC")


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc", "America"])
def test_a_zone_that_is_none_is_refused(zone: str) -> None:
    with pytest.raises(ReplayError, match="--zone"):
        span_of("2026-03-01", zone)
