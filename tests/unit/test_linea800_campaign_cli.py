"""When a supervisor means, and which campaign."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linea800.campaign_cli import AskedError, chosen, moment_of
from tests.unit.test_linea800_campaign_replay import CAMPAIGN

NOON = datetime(2026, 11, 21, 19, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21T19:05Z", "2026-11-21T19:05:00+00:00", "2026-11-21T14:05-05:00",
        "2026-11-21 19:05", " 2026-11-21T19:05:00.000 ",
    ],
)  # fmt: skip
def test_a_moment_is_iso_8601_and_utc_without_a_zone(text: str) -> None:
    assert moment_of(text) == NOON


def test_the_zone_that_was_asked_in_is_the_one_to_answer_in() -> None:
    assert moment_of("2026-11-21T14:05-05:00").utcoffset() == timedelta(hours=-5)
    assert moment_of("2026-11-21T14:05").utcoffset() == timedelta(0)


def test_no_moment_is_now() -> None:
    assert abs(moment_of(None) - datetime.now(UTC)) < timedelta(seconds=5)


@pytest.mark.parametrize(
    "text",
    [
        "", "now", "14:05", "2026-11-21", "21/11/2026 14:05", "2026-13-01T00:00", "1700000000",
        "2026-11-21T25:00", "2026-11-21T14:05 America/Bogota", "0001-01-01T00:00+05:00",
    ],
)  # fmt: skip
def test_what_is_no_moment_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(AskedError, match="2026-11-21T14:05-05:00"):
        moment_of(text)


@given(st.text(max_size=40))
def test_any_text_is_a_moment_or_refused(text: str) -> None:
    try:
        assert moment_of(text).tzinfo is not None
    except AskedError:
        return


def test_a_campaign_is_found_by_its_id_before_any_name() -> None:
    campaigns = [replace(CAMPAIGN, id="a", name="b"), replace(CAMPAIGN, id="b", name="Cobranza")]
    assert chosen(campaigns, "b", "es").id == "b"
    assert chosen(campaigns, "COBRANZA", "es").id == "b"
    with pytest.raises(AskedError, match=r"Cobranza \(b\)"):
        chosen(campaigns, "ventas", "en")
