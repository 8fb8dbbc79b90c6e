"""What a busy receiver asks for: seconds or a date, never for longer than we are willing to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.retry_after import MOST, asked_pause

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("1", 1),
        ("Sun, 22 Nov 2026 18:02:00 GMT", 120),
        ("Sunday, 22-Nov-26 18:02:00 GMT", 120),
        ("Sun Nov 22 18:02:00 2026", 120),
        ("Sun, 22 Nov 2026 18:02:00 -0000", 120),
        ("3600", 3600),
        ("3601", 3600),
        ("999999999", 3600),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 3600),
    ],
)
def test_what_is_asked_for(status: int, header: str, seconds: int) -> None:
    assert asked_pause(status, header, NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "header",
    [
        "", "0", "-5", "1.5", "1e3", "soon", "\u0663", "9" * 10, "1, 2", " 5", "Sun",
        "Sun, 22 Nov 2026 18:00:00 GMT", "Sun, 22 Nov 2026 17:00:00 GMT",
        "Sun, 99 Nov 2026 18:02:00 GMT", "Sun, 22 Nov 2026 18:02:00 +9999999",
        "Mon, 01 Jan 0001 00:00:00 +2300", "9" * 5000,
    ],
)  # fmt: skip
def test_what_is_none(header: str) -> None:
    assert asked_pause(429, header, NOW) is None


@pytest.mark.parametrize("status", [None, 200, 400, 410, 500, 502])
def test_other_answers_ask_for_nothing(status: int | None) -> None:
    assert asked_pause(status, "120", NOW) is None


@given(st.text(max_size=60))
def test_whatever_it_says_it_is_within_bounds(header: str) -> None:
    asked = asked_pause(503, header, NOW)
    assert asked is None or timedelta() < asked <= MOST
