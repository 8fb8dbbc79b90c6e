"""A kept decision decided again gives the same, whatever the floor was and whatever was learned."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialer.campaign import PacingNote
from dialer.explaining import made_again, sentence
from dialer.pacing.decision import Decision, Reason, Rules
from dialer.pacing.evidence import replay
from dialer.pacing.lessons import Lesson, LiveAnswer, MachineAnswer, PickedUp, Talked, Unanswered
from dialer.pacing.lookahead import Lookahead
from tests.unit.pacing_floor import floor

COUNT = st.integers(0, 30)
FLOORS = st.fixed_dictionaries(
    {
        "ready": st.integers(0, 8),
        "talking": st.integers(0, 200),
        "serving": COUNT,
        "wrapping_up": COUNT,
        "ringing": st.integers(20, 30),
        "rang": st.integers(0, 20),
        "screened": st.integers(0, 3),
        "waiting": st.integers(0, 3),
        "inbound_waiting": st.integers(0, 3),
        "live": st.integers(100, 5000),
        "abandoned": st.integers(0, 100),
        "lines_free": st.integers(0, 400),
        "leads_due": st.integers(0, 400),
        "since": st.floats(-300.0, 0.0),
        "ends_at": st.none() | st.floats(60.0, 30_000.0),
    }
)
LESSONS: st.SearchStrategy[list[Lesson]] = st.lists(
    st.one_of(
        st.sampled_from([LiveAnswer(), MachineAnswer()]),
        st.builds(PickedUp, st.floats(1.0, 25.0)),
        st.builds(Unanswered, st.floats(0.5, 25.0)),
        st.builds(Talked, st.floats(1.0, 900.0), dialed=st.just(True)),
    ),
    max_size=60,
)
RULES = st.sampled_from(
    [
        Rules(),
        Rules(screening_seconds=2.0, abandonment_cap=0.05),
        Rules(cancel_after_seconds=15.0),
    ]
)


def noted(decision: Decision, **changes: Any) -> PacingNote:
    """The decision as it comes back out of a database."""
    evidence = decision.evidence.plain() if decision.evidence is not None else {}
    note = PacingNote(
        campaign_id="c", pbx="pbx1", decided_at=datetime(2026, 3, 1, tzinfo=UTC),
        policy="predictive", dial=decision.dial, reason=decision.reason,
        evidence=json.loads(json.dumps(evidence)),
    )  # fmt: skip
    return replace(note, **changes)


def a_launch() -> Decision:
    """Twenty agents talk, and ours dials for those who will be free."""
    return Lookahead(Rules()).decide(
        floor(ready=3, talking=20, ringing=2, since=-60.0, lines_free=50), 0.0
    )


@settings(max_examples=150, deadline=None)
@given(rules=RULES, earlier=st.lists(st.tuples(LESSONS, FLOORS), max_size=4), seen=FLOORS)
def test_a_decision_made_again_is_the_same(
    rules: Rules, earlier: list[tuple[list[Lesson], dict[str, Any]]], seen: dict[str, Any]
) -> None:
    policy = Lookahead(rules)
    for lessons, before in earlier:
        for lesson in lessons:
            policy.learn(lesson, 0.0)
        policy.decide(floor(**before), 0.0)
    decision = policy.decide(floor(**seen), 1.0)
    if decision.evidence is None:
        assert decision.dial == 0
        return
    note = noted(decision)
    replayed = replay(note.evidence)
    assert replayed.dial == replayed.was == note.evidence.get("chosen", 0)
    assert replayed.cancel == replayed.cancel_was == len(decision.cancel)
    again = made_again(note)
    assert again is not None
    assert again.same
    assert again.dial == decision.dial


def a_hang_up() -> Decision:
    """Twelve ring for sixteen seconds, and nobody will be free soon."""
    seen = floor(talking=4, ringing=14, rang=12, since=-16.0)
    seen.talking = dict.fromkeys(seen.talking, 0.0)
    return Lookahead(Rules(cancel_after_seconds=15.0)).decide(seen, 0.0)


def test_each_that_is_hung_up_has_the_risk_that_was_too_high() -> None:
    decision = a_hang_up()
    again = made_again(noted(decision))
    assert again is not None
    assert (again.same, again.dial, again.cancel) == (True, 0, len(decision.cancel))
    assert again.cancel > 1
    too_many = [step.risk > step.price for step in again.steps]
    assert too_many[:-1] == [True] * again.cancel
    assert sentence(noted(decision), "en").startswith(
        f"Hanging up what rings unanswered, {again.cancel} in all: "
    )


@pytest.mark.parametrize("evidence", [{"cancelled": 1}, {"bearable": 0.99}, {"spare": 30}])
def test_a_hang_up_that_differs_is_seen(evidence: dict[str, Any]) -> None:
    note = noted(a_hang_up())
    again = made_again(replace(note, evidence={**note.evidence, **evidence}))
    assert again is not None
    assert not again.same


def test_each_further_attempt_has_its_risk_against_the_price() -> None:
    again = made_again(noted(a_launch()))
    assert again is not None
    assert again.chosen > 1
    assert [step.ordinal for step in again.steps] == list(range(1, again.chosen + 4))
    pays = [step.risk <= step.price for step in again.steps]
    assert pays == [True] * again.chosen + [False] * 3
    risks = [step.risk for step in again.steps]
    assert risks == sorted(risks)


def test_of_a_long_launch_the_last_and_the_next_are_told_as_well() -> None:
    seen = floor(ready=200, talking=300, ringing=5, since=-100.0, lines_free=2000)
    decision = Lookahead(Rules()).decide(seen, 0.0)
    again = made_again(noted(decision))
    assert again is not None
    assert again.chosen > 100
    assert [step.ordinal for step in again.steps[-2:]] == [again.chosen, again.chosen + 1]
    assert again.steps[-2].risk <= again.steps[-1].risk


@pytest.mark.parametrize(
    "changes", [{"dial": 99}, {"evidence": {"price": 0.9}}, {"evidence": {"chosen": 0}}]
)
def test_what_differs_is_seen(changes: dict[str, Any]) -> None:
    note = noted(a_launch())
    if "evidence" in changes:
        changes = {"evidence": {**note.evidence, **changes["evidence"]}}
    again = made_again(replace(note, **changes))
    assert again is not None
    assert not again.same


@pytest.mark.parametrize("evidence", [{}, {"level": 2.0}, {"spare": [1.0]}])
def test_a_policy_that_keeps_nothing_cannot_be_asked_again(evidence: dict[str, Any]) -> None:
    assert made_again(noted(a_launch(), evidence=evidence)) is None


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_sentence_is_the_decisions_own(language: str) -> None:
    decision = a_launch()
    assert sentence(noted(decision), language) == decision.sentence(language)
    assert sentence(noted(decision, reason="of_tomorrow"), language) == "of_tomorrow"
    for reason in Reason:
        assert sentence(noted(decision, reason=reason), language) != reason
