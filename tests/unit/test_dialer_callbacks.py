"""When a promise is kept, and when it is broken."""

from __future__ import annotations

from dialer.attempt import Outcome
from dialer.callbacks import (
    Callback,
    CallbackState,
    Standing,
    is_dialed_all_the_same,
    standing,
    summary,
)
from dialer.campaign import RetryRule
from tests.unit.facts import at

OPEN, TRIED = CallbackState.OPEN, CallbackState.TRIED


def _callback(zone: str = "America/Bogota", **values: object) -> Callback:
    made = {
        "id": "p", "campaign_id": "c", "lead_id": 1, "agent": "", "promised_at": at(600),
        "zone": zone, "made_by": "1001", "made_at": at(0), "note": "", "state": OPEN, **values,
    }  # fmt: skip
    return Callback(**made)  # type: ignore[arg-type] # whatever the test says


def test_a_promise_is_kept_within_a_minute_and_broken_after_it() -> None:
    assert standing(OPEN, at(600), None, at(599)) is Standing.OPEN
    assert standing(OPEN, at(600), None, at(600)) is Standing.DUE
    assert standing(OPEN, at(600), None, at(660)) is Standing.DUE
    assert standing(OPEN, at(600), None, at(661)) is Standing.BROKEN
    assert standing(TRIED, at(600), at(660), at(9000)) is Standing.KEPT
    assert standing(TRIED, at(600), at(661), at(9000)) is Standing.BROKEN
    assert standing(CallbackState.CANCELLED, at(600), None, at(9000)) is Standing.CANCELLED


def test_the_share_counts_those_whose_time_is_over() -> None:
    told = summary([Standing.OPEN, Standing.KEPT, Standing.KEPT, Standing.KEPT, Standing.BROKEN])
    assert (told.open, told.due, told.kept, told.broken, told.kept_share) == (1, 0, 3, 1, 0.75)
    assert summary([Standing.OPEN, Standing.DUE, Standing.CANCELLED]).kept_share is None


def test_how_late_it_is() -> None:
    assert _callback().late_seconds(at(0)) == 0.0
    assert _callback().late_seconds(at(700)) == 100.0
    assert _callback(state=TRIED, tried_at=at(615)).late_seconds(at(9000)) == 15.0
    assert _callback(state=CallbackState.CANCELLED).late_seconds(at(9000)) == 0.0


def test_the_customers_clock_is_told_where_it_is_one() -> None:
    told = _callback().local()
    assert told is not None
    assert told.isoformat() == "2026-03-01T07:10:00-05:00"
    assert _callback("MX:*").local() is None, "Mexico has several"
    assert _callback("").local() is None
    assert _callback("Nowhere/Atall").local() is None


def test_a_promise_taken_back_leaves_the_lead_where_the_list_had_it() -> None:
    rule = RetryRule(max_attempts=3)
    assert is_dialed_all_the_same(rule, None, 0)
    assert is_dialed_all_the_same(rule, Outcome.BUSY, 2)
    assert not is_dialed_all_the_same(rule, Outcome.BUSY, 3)
    assert not is_dialed_all_the_same(rule, Outcome.CONNECTED, 1)
    assert not is_dialed_all_the_same(rule, Outcome.INVALID, 1)
