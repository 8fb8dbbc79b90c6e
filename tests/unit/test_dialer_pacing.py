"""How many to dial: the progressive policy never promises an agent twice."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.pacing.decision import Decision, Reason, Rules
from dialer.pacing.knobs import KnobError
from dialer.pacing.policies import UnknownPolicyError, policy, policy_names
from dialer.pacing.progressive import Progressive
from tests.unit.pacing_floor import floor

NOON = 1_772_452_800.0


@dataclass(frozen=True)
class View:
    """A floor in numbers."""

    ready: int = 5
    talking: int = 0
    wrapping_up: int = 0
    ringing: int = 0
    waiting: int = 0
    inbound_waiting: int = 0
    lines_free: int = 30
    leads_due: int = 1000


QUIET = View()
counts = st.integers(0, 60)
views = st.builds(
    View,
    ready=counts,
    talking=counts,
    wrapping_up=counts,
    ringing=counts,
    waiting=counts,
    inbound_waiting=counts,
    lines_free=st.integers(-50, 60),
    leads_due=counts,
)


def decided(view: View) -> Decision:
    return Progressive(Rules()).decide(floor(**asdict(view)), NOON)


def dial(view: View) -> int:
    return decided(view).dial


@pytest.mark.parametrize(
    ("view", "decision"),
    [
        (QUIET, Decision(5, Reason.ONE_PER_FREE_AGENT)),
        (replace(QUIET, ringing=3), Decision(2, Reason.ONE_PER_FREE_AGENT)),
        (replace(QUIET, inbound_waiting=1), Decision(4, Reason.ONE_PER_FREE_AGENT)),
        (replace(QUIET, waiting=1), Decision(4, Reason.ONE_PER_FREE_AGENT)),
        (replace(QUIET, lines_free=2), Decision(2, Reason.FEW_LINES)),
        (replace(QUIET, leads_due=3), Decision(3, Reason.FEW_LEADS)),
        (replace(QUIET, ready=0), Decision(0, Reason.NOBODY_AT_WORK)),
        (replace(QUIET, ready=0, talking=2), Decision(0, Reason.NO_AGENT_FREE)),
        (replace(QUIET, ringing=5), Decision(0, Reason.AGENTS_SPOKEN_FOR)),
        (replace(QUIET, ringing=9), Decision(0, Reason.AGENTS_SPOKEN_FOR)),
        (replace(QUIET, lines_free=0), Decision(0, Reason.NO_LINE_FREE)),
        (replace(QUIET, lines_free=-4), Decision(0, Reason.NO_LINE_FREE)),
        (replace(QUIET, leads_due=0), Decision(0, Reason.NO_LEADS_DUE)),
    ],
)
def test_progressive_dials_one_per_free_agent_and_says_what_set_the_number(
    view: View, decision: Decision
) -> None:
    assert decided(view) == decision


@given(views)
def test_nobody_is_dialed_for_an_agent_who_is_spoken_for(view: View) -> None:
    spoken_for = view.ringing + view.inbound_waiting + view.waiting
    assert 0 <= dial(view) <= max(0, view.ready - spoken_for)


@given(views)
def test_never_more_than_lines_or_leads(view: View) -> None:
    assert dial(view) <= max(0, view.lines_free)
    assert dial(view) <= view.leads_due


@given(views)
def test_no_agent_stays_without_a_call_that_could_be_dialed(view: View) -> None:
    after = replace(
        view,
        ringing=view.ringing + dial(view),
        lines_free=view.lines_free - dial(view),
        leads_due=view.leads_due - dial(view),
    )
    assert dial(after) == 0


@given(views, st.integers(0, 20))
def test_more_room_never_dials_less(view: View, more: int) -> None:
    assert dial(replace(view, ready=view.ready + more)) >= dial(view)
    assert dial(replace(view, lines_free=view.lines_free + more)) >= dial(view)
    assert dial(replace(view, leads_due=view.leads_due + more)) >= dial(view)


@given(views, st.integers(0, 20))
def test_more_calls_under_way_never_dial_more(view: View, more: int) -> None:
    assert dial(replace(view, ringing=view.ringing + more)) <= dial(view)
    assert dial(replace(view, inbound_waiting=view.inbound_waiting + more)) <= dial(view)
    assert dial(replace(view, waiting=view.waiting + more)) <= dial(view)


@given(views, counts, counts)
def test_busy_agents_change_nothing(view: View, talking: int, wrapping_up: int) -> None:
    assert dial(replace(view, talking=talking, wrapping_up=wrapping_up)) == dial(view)


@given(views)
def test_zero_is_told_as_not_dialing(view: View) -> None:
    decision = decided(view)
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


@pytest.mark.parametrize("name", policy_names())
def test_a_policy_is_made_anew_for_each_campaign(name: str) -> None:
    assert policy(name, Rules()) is not policy(name, Rules())


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        (QUIET, Reason.AGENTS_DECIDE),
        (replace(QUIET, ready=0), Reason.AGENTS_DECIDE),
        (replace(QUIET, leads_due=0), Reason.NO_LEADS_DUE),
        (replace(QUIET, lines_free=0), Reason.NO_LINE_FREE),
    ],
)
def test_preview_dials_nobody_and_says_whether_leads_may_be_shown(
    seen: View, reason: Reason
) -> None:
    decision = policy("preview", Rules()).decide(floor(**asdict(seen)), NOON)
    assert decision == Decision(0, reason)


def test_an_unknown_policy_is_named_with_those_that_exist() -> None:
    with pytest.raises(UnknownPolicyError, match=r"'guess'.*known are: .*progressive"):
        policy("guess", Rules())


def test_settings_of_a_policy_are_refused_with_what_may_be_set() -> None:
    assert policy("ratio", Rules(), {"level": 2.5}) is not None
    with pytest.raises(KnobError, match=r"ratio: no setting 'speed'; it has: level"):
        policy("ratio", Rules(), {"speed": 2.5})
    with pytest.raises(KnobError, match=r"level is 99, it must be 1 to 10"):
        policy("ratio", Rules(), {"level": 99.0})
