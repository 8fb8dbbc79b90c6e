"""What an agent says of a talk, and what becomes of the lead by it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from dialer.dispositions import USUAL, Disposition, DispositionError, after_talk
from tests.unit.facts import at


def test_a_code_that_the_campaign_does_not_have_is_refused_with_those_it_has() -> None:
    with pytest.raises(DispositionError, match="'vendido': the campaign has sold, promised"):
        after_talk(USUAL, "vendido", at(0))


def test_a_lead_is_done_dialed_again_or_owed_a_call() -> None:
    assert after_talk(USUAL, "sold", at(0)).again_at is None
    again = after_talk(USUAL, "dead_line", at(0))
    assert (again.again_at, again.promised_at) == (at(3600), None)
    promised = after_talk(USUAL, "call_back", at(0), promised_at=at(7200), promised_agent="1001")
    assert (promised.again_at, promised.promised_at) == (at(7200), at(7200))
    assert promised.promised_agent == "1001"


@pytest.mark.parametrize(
    ("code", "promised_at", "fault"),
    [
        ("call_back", None, "say when the call is promised"),
        ("call_back", at(0), "is over, promise a later time"),
        ("sold", at(60), "it promises no call"),
    ],
)
def test_a_promise_has_its_time_and_nothing_else_has_one(
    code: str, promised_at: object, fault: str
) -> None:
    with pytest.raises(DispositionError, match=fault):
        after_talk(USUAL, code, at(0), promised_at=promised_at)  # type: ignore[arg-type] # of both


def test_one_disposition_leads_to_one_future() -> None:
    with pytest.raises(ValidationError, match="exclude each other"):
        Disposition(code="both", name_es="a", name_en="a", do_not_call=True, callback=True)
    with pytest.raises(ValidationError):
        Disposition(code="No spaces", name_es="a", name_en="a")


def test_everything_usual_is_told_in_both_languages() -> None:
    for one in USUAL:
        assert one.name("es") != one.name("en")
    assert timedelta(minutes=USUAL[3].again_minutes or 0) == timedelta(days=1)
