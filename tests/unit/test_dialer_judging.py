"""The rules of one campaign at work: what a ruling says, until when, and what stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agents.floor import Guard
from dialer.caller_ids import CallerNumber
from dialer.campaign import Campaign
from dialer.guards import Guards
from dialer.judging import GUARDED, NO_CALLER_NUMBER, CampaignJudge
from dialer.options import Options, RuleChoice
from dialer.rules.catalog import PresetCatalog
from dialer.rules.preset import Purpose
from dialer.ruling import Candidate, Seen

#: a Monday, ten in the morning in Bogotá
MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
SUNDAY = MONDAY - timedelta(days=1)
ANA = Candidate(lead_id=1, number="573001234567", zone="America/Bogota", attempts=0)
BETO = replace(ANA, lead_id=2, number="573009876543")


def _judge(
    preset: str = "house-strict",
    *,
    purpose: Purpose = Purpose.SERVICE,
    guards: tuple[Guard, ...] = (),
    country: str = "CO",
    pacing: str = "predictive",
    numbers: tuple[CallerNumber, ...] = (),
    choice: RuleChoice | None = None,
) -> CampaignJudge:
    campaign = Campaign(
        id="c", name="c", queue="salida", country=country, caller_number="5716001234",
        pacing=pacing, created_at=MONDAY - timedelta(days=40),
        options=Options(
            rules=choice or RuleChoice(preset=preset, purpose=purpose), caller_numbers=numbers
        ),
    )  # fmt: skip
    return CampaignJudge(campaign, PresetCatalog.read().rules(preset), Guards(guards))


def test_on_a_working_day_a_person_may_be_called_and_the_ruling_says_by_what() -> None:
    ruling = _judge().judge(ANA, Seen(), {}, MONDAY)
    assert ruling.allowed
    assert ruling.reasons == ()
    assert (ruling.preset, ruling.purpose, ruling.zone) == (
        "house-strict", "service", "America/Bogota",
    )  # fmt: skip
    assert ruling.local_time == "2026-11-23T10:00:00-05:00"
    assert ruling.caller_number == "5716001234"
    assert ruling.evidence["fingerprint"]


def test_on_a_sunday_nobody_is_called_before_monday_nine_oclock() -> None:
    ruling = _judge().judge(ANA, Seen(), {}, SUNDAY)
    assert ruling.reasons == ("outside_hours",)
    assert ruling.next_at == datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def test_zones_that_are_closed_are_told_with_their_next_opening() -> None:
    zones = _judge().zones(["America/Bogota", ""], SUNDAY)
    assert zones.open == {""}  # one that nobody knows is looked into
    assert zones.next_open_at == datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
    assert _judge().zones(["America/Bogota"], MONDAY).open == {"America/Bogota"}


def test_whoever_is_listed_is_never_asked_about_again() -> None:
    ruling = _judge().judge(ANA, Seen(listed=frozenset({"own"})), {}, MONDAY)
    assert ruling.reasons == ("dnc_listed",)
    assert ruling.next_at is None
    assert ruling.evidence["listed"] == ["own"]


def test_a_guard_stops_its_destination_until_there_is_room_again() -> None:
    judge = _judge("test-line", guards=(Guard(digits=5, calls=1, seconds=60.0),))
    assert judge.judge(ANA, Seen(), {}, MONDAY).allowed
    ruling = judge.judge(BETO, Seen(), {}, MONDAY + timedelta(seconds=10))
    assert ruling.reasons == (GUARDED,)
    assert ruling.next_at == MONDAY + timedelta(seconds=60)
    assert str(ruling.evidence["guard"]).endswith("57300")
    assert judge.judge(BETO, Seen(), {}, MONDAY + timedelta(seconds=61)).allowed


def test_what_is_only_looked_at_counts_for_no_guard_and_shows_no_number() -> None:
    judge = _judge(
        "test-line",
        guards=(Guard(calls=1, seconds=60.0),),
        numbers=(CallerNumber(number="5716001234", calls_per_day=1),),
    )
    for _ in range(3):
        assert judge.look(ANA, Seen(), {}, MONDAY).allowed
    assert judge.judge(ANA, Seen(), {}, MONDAY).allowed
    refused = judge.look(BETO, Seen(), {}, MONDAY)
    assert refused.reasons == (GUARDED, NO_CALLER_NUMBER)


def test_an_agent_who_looks_is_there_for_the_call() -> None:
    for pacing in ("progressive", "preview"):
        assert _judge(pacing=pacing).judge(ANA, Seen(), {}, MONDAY).allowed


def test_what_is_refused_counts_for_no_guard() -> None:
    judge = _judge(guards=(Guard(calls=1, seconds=60.0),))
    for _ in range(3):
        assert GUARDED not in judge.judge(ANA, Seen(), {}, SUNDAY).reasons
    assert judge.judge(ANA, Seen(), {}, MONDAY).allowed


def test_caller_numbers_are_shown_near_the_person_and_not_worn_out() -> None:
    judge = _judge(
        "test-line",
        numbers=(
            CallerNumber(number="5714440000"),
            CallerNumber(number="5730011111", prefixes=("57300",), calls_per_day=1),
        ),
    )
    assert judge.judge(ANA, Seen(), {}, MONDAY).caller_number == "5730011111"
    assert judge.judge(BETO, Seen(), {}, MONDAY).caller_number == "5714440000"
    alone = _judge("test-line", numbers=(CallerNumber(number="5714440000", calls_per_day=1),))
    assert alone.judge(ANA, Seen(), {}, MONDAY).allowed
    assert alone.judge(BETO, Seen(), {}, MONDAY).reasons == (NO_CALLER_NUMBER,)


def test_without_consent_a_campaign_that_needs_it_stands_as_a_whole() -> None:
    judge = _judge("pe-32323", purpose=Purpose.MARKETING, country="PE")
    standing = judge.standing({}, MONDAY)
    assert standing is not None
    assert "no_consent" in standing.reasons
    assert standing.lead_id is None
    agreed = RuleChoice(
        preset="pe-32323", purpose=Purpose.MARKETING, consented_at=MONDAY - timedelta(days=3)
    )
    agreed_judge = _judge("pe-32323", country="PE", choice=agreed)
    standing = agreed_judge.standing({}, MONDAY)
    assert standing is None or "no_consent" not in standing.reasons


def test_a_register_that_was_never_loaded_or_is_old_stands_against_all() -> None:
    judge = _judge("mx-repep", purpose=Purpose.MARKETING, country="MX")
    for registers in ({}, {judge.registers[0]: MONDAY - timedelta(days=60)}):
        standing = judge.standing(registers, MONDAY)
        assert standing is not None
        assert "dnc_stale" in standing.reasons
    assert judge.standing(dict.fromkeys(judge.registers, MONDAY), MONDAY) is None


@pytest.mark.parametrize(
    ("preset", "country", "since"),
    [
        # the day of the called country
        ("house-strict", "CO", datetime(2026, 11, 23, 5, 0, tzinfo=UTC)),
        # periods of thirty days one after another, from the campaign's first one
        ("us-tsr", "US", MONDAY - timedelta(days=10)),
    ],
)
def test_the_ledger_is_that_of_the_period_which_the_law_names(
    preset: str, country: str, since: datetime
) -> None:
    judge = _judge(preset, country=country)
    assert judge.ledger_since(MONDAY) == since
    assert judge.abandonment_cap == 0.03


def test_a_law_without_a_share_names_none() -> None:
    assert _judge("test-line").abandonment_cap is None


def test_people_among_the_machines_count_where_the_law_wants_a_reasoned_estimate() -> None:
    assert _judge("uk-legacy-3pct", country="GB").estimates_people
    assert not _judge().estimates_people
