"""How many to dial: the progressive policy never promises an agent twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.pacing import (
    Decision,
    FloorView,
    Progressive,
    Reason,
    UnknownPolicyError,
    policy,
    policy_names,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
QUIET = FloorView(agents_free=5, lines_free=30, leads_due=1000)

counts = st.integers(0, 200)
views = st.builds(
    FloorView,
    agents_free=counts,
    agents_talking=counts,
    agents_wrapping_up=counts,
    attempts_ringing=counts,
    waiting_inbound=counts,
    waiting_dialed=counts,
    lines_free=st.integers(-50, 200),
    leads_due=counts,
)


def dial(view: FloorView) -> int:
    return Progressive().decide(view, NOON).dial


@pytest.mark.parametrize(
    ("view", "decision"),
    [
        (QUIET, Decision(5, Reason.ONE_PER_FREE_AGENT)),
        (replace(QUIET, attempts_ringing=3), Decision(2, Reason.ONE_PER_FREE_AGENT)),
        (replace(QUIET, waiting_inbound=1), Decision(4, Reason.ONE_PER_FREE_AGENT)),
        (replace(QUIET, waiting_dialed=1), Decision(4, Reason.ONE_PER_FREE_AGENT)),
        (replace(QUIET, lines_free=2), Decision(2, Reason.FEW_LINES)),
        (replace(QUIET, leads_due=3), Decision(3, Reason.FEW_LEADS)),
        (replace(QUIET, agents_free=0), Decision(0, Reason.NO_AGENT_FREE)),
        (replace(QUIET, attempts_ringing=5), Decision(0, Reason.AGENTS_SPOKEN_FOR)),
        (replace(QUIET, attempts_ringing=9), Decision(0, Reason.AGENTS_SPOKEN_FOR)),
        (replace(QUIET, lines_free=0), Decision(0, Reason.NO_LINE_FREE)),
        (replace(QUIET, lines_free=-4), Decision(0, Reason.NO_LINE_FREE)),
        (replace(QUIET, leads_due=0), Decision(0, Reason.NO_LEADS_DUE)),
    ],
)
def test_progressive_dials_one_per_free_agent_and_says_what_set_the_number(
    view: FloorView, decision: Decision
) -> None:
    assert Progressive().decide(view, NOON) == decision


@given(views)
def test_nobody_is_dialed_for_an_agent_who_is_spoken_for(view: FloorView) -> None:
    spoken_for = view.attempts_ringing + view.waiting_inbound + view.waiting_dialed
    assert 0 <= dial(view) <= max(0, view.agents_free - spoken_for)


@given(views)
def test_never_more_than_lines_or_leads(view: FloorView) -> None:
    assert dial(view) <= max(0, view.lines_free)
    assert dial(view) <= view.leads_due


@given(views)
def test_no_agent_stays_without_a_call_that_could_be_dialed(view: FloorView) -> None:
    after = replace(
        view,
        attempts_ringing=view.attempts_ringing + dial(view),
        lines_free=view.lines_free - dial(view),
        leads_due=view.leads_due - dial(view),
    )
    assert dial(after) == 0


@given(views, st.integers(0, 20))
def test_more_room_never_dials_less(view: FloorView, more: int) -> None:
    assert dial(replace(view, agents_free=view.agents_free + more)) >= dial(view)
    assert dial(replace(view, lines_free=view.lines_free + more)) >= dial(view)
    assert dial(replace(view, leads_due=view.leads_due + more)) >= dial(view)


@given(views, st.integers(0, 20))
def test_more_calls_under_way_never_dial_more(view: FloorView, more: int) -> None:
    assert dial(replace(view, attempts_ringing=view.attempts_ringing + more)) <= dial(view)
    assert dial(replace(view, waiting_inbound=view.waiting_inbound + more)) <= dial(view)
    assert dial(replace(view, waiting_dialed=view.waiting_dialed + more)) <= dial(view)


@given(views, counts, counts)
def test_busy_agents_change_nothing(view: FloorView, talking: int, wrapping_up: int) -> None:
    busy = replace(view, agents_talking=talking, agents_wrapping_up=wrapping_up)
    assert dial(busy) == dial(view)


@given(views)
def test_zero_is_told_as_not_dialing(view: FloorView) -> None:
    decision = Progressive().decide(view, NOON)
    assert decision.sentence("en").startswith("Not dialing" if decision.dial == 0 else "Dialing")


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_a_sentence_in_both_languages(reason: Reason) -> None:
    decision = Decision(7, reason)
    assert decision.sentence("es") != decision.sentence("en")
    assert "{" not in decision.sentence("es") + decision.sentence("en")


def test_the_sentence_carries_the_number() -> None:
    decision = Decision(3, Reason.ONE_PER_FREE_AGENT)
    assert decision.sentence("es") == "Se marca a 3: una llamada por agente libre."
    with pytest.raises(ValueError, match="'fr'"):
        decision.sentence("fr")


def test_a_policy_is_made_anew_for_each_campaign() -> None:
    assert "progressive" in policy_names()
    assert isinstance(policy("progressive"), Progressive)
    assert policy("progressive") is not policy("progressive")


def test_an_unknown_policy_is_named_with_those_that_exist() -> None:
    with pytest.raises(UnknownPolicyError, match=r"'guess'.*known are: .*progressive"):
        policy("guess")
