"""What holds for every published policy."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialer.pacing.baselines.catalog import BASELINES
from dialer.pacing.baselines.observed import AnswerRates, ForgettingMean, Recent, Ticks
from dialer.pacing.decision import Reason, Rules
from dialer.pacing.knobs import settled
from dialer.pacing.lessons import (
    Abandoned,
    Connected,
    Launched,
    Lesson,
    LiveAnswer,
    MachineAnswer,
    PickedUp,
    Talked,
    Unanswered,
    WroteUp,
)
from tests.unit.pacing_floor import floor

NOW = 1_800_000_000.0
RULES = Rules()
COUNT = st.integers(0, 30)
LESSONS = st.lists(
    st.sampled_from(
        [
            Launched(),
            PickedUp(9.0),
            LiveAnswer(),
            MachineAnswer(),
            Unanswered(3.0),
            Unanswered(25.0),
            Connected(0.0),
            Abandoned(),
            Talked(80.0, dialed=True),
            Talked(0.0, dialed=False),
            WroteUp(12.0),
        ]
    ),
    max_size=120,
)
MOMENTS = st.lists(
    st.tuples(
        st.floats(0.0, 100.0),
        LESSONS,
        st.fixed_dictionaries(
            {
                "ready": COUNT,
                "talking": COUNT,
                "serving": COUNT,
                "wrapping_up": COUNT,
                "paused": COUNT,
                "ringing": COUNT,
                "screened": COUNT,
                "waiting": COUNT,
                "inbound_waiting": COUNT,
                "live": st.integers(100, 200),
                "abandoned": st.integers(0, 100),
                "lines_free": st.integers(-5, 40),
                "leads_due": st.integers(0, 40),
            }
        ),
    ),
    min_size=1,
    max_size=6,
)


@pytest.mark.parametrize("name", BASELINES)
@settings(max_examples=25, deadline=None)
@given(moments=MOMENTS, at=st.sampled_from(["low", "default", "high"]))
def test_never_more_than_lines_and_leads(
    name: str, moments: list[tuple[float, list[Lesson], dict[str, int]]], at: str
) -> None:
    maker, knobs = BASELINES[name]
    pacing = maker(RULES, **{knob: getattr(knobs[knob], at) for knob in knobs})
    now = NOW
    for step, lessons, counts in moments:
        for lesson in lessons:
            pacing.learn(lesson, now)
        now += step
        decision = pacing.decide(floor(since=now - 60.0, **counts), now)
        assert 0 <= decision.dial <= max(0, min(counts["lines_free"], counts["leads_due"]))
        assert decision.look_again_at is None or decision.look_again_at > now


@pytest.mark.parametrize("name", BASELINES)
def test_unlearned_nobody_dials_many_times_over(name: str) -> None:
    maker, knobs = BASELINES[name]
    pacing = maker(RULES, **settled(name, knobs, {}))
    assert pacing.decide(floor(ready=10), NOW).dial <= 20


@pytest.mark.parametrize("name", BASELINES)
def test_an_empty_floor_dials_nobody(name: str) -> None:
    maker, knobs = BASELINES[name]
    decision = maker(RULES, **settled(name, knobs, {})).decide(floor(), NOW)
    assert (decision.dial, decision.reason) == (0, Reason.NOBODY_AT_WORK)


def test_ticks_at_once_and_each_period_after() -> None:
    ticks = Ticks(5.0)
    assert [ticks.due(NOW + at) for at in (0.0, 0.0, 4.9, 5.0, 9.0, 12.0, 16.0)] == [
        True, False, False, True, False, True, False,
    ]  # fmt: skip
    assert ticks.next_at == NOW + 17.0


def test_ticks_one_period_later() -> None:
    ticks = Ticks(5.0, at_once=False)
    assert [ticks.due(NOW + at) for at in (0.0, 4.0, 5.0)] == [False, False, True]


def test_a_clock_set_back_does_not_stop_the_ticks() -> None:
    ticks = Ticks(5.0)
    assert ticks.due(NOW)
    assert ticks.due(NOW - 3600.0)
    assert ticks.next_at == NOW - 3595.0


def test_a_mean_forgets_its_guess_and_then_what_is_old() -> None:
    mean = ForgettingMean(10.0, weight=1.0, memory=4.0)
    mean.add(20.0)
    assert mean.value == 15.0
    for _ in range(50):
        mean.add(40.0)
    assert mean.value == pytest.approx(40.0, abs=0.01)


def test_recent_counts_and_sums_its_window() -> None:
    recent = Recent(60.0)
    for at, value in ((0.0, 1.0), (30.0, 0.0), (50.0, 1.0)):
        recent.add(value, NOW + at)
    assert recent.count_and_total(NOW + 59.0) == (3, 2.0)
    assert recent.count_and_total(NOW + 60.0) == (2, 1.0)


def test_a_busy_signal_counts_once_its_wave_has_rung_out() -> None:
    rates = AnswerRates(RULES)
    for _ in range(95):
        rates.learn(Unanswered(2.0), NOW)  # launched 2 s ago: counts in 23 s
    assert rates.of_attempts == 1.0
    rates.learn(Talked(1.0, dialed=True), NOW + 22.9)
    assert rates.of_attempts == 1.0
    rates.learn(Talked(1.0, dialed=True), NOW + 23.0)
    assert rates.of_attempts == pytest.approx(5 / 100)


def test_a_dead_list_is_not_dialed_without_end() -> None:
    rates = AnswerRates(RULES)
    for _ in range(5000):
        rates.learn(Unanswered(25.0), NOW)
    rates.learn(Launched(), NOW)
    assert rates.of_attempts == 0.01


def test_expected_answers_of_ringing_and_screened() -> None:
    rates = AnswerRates(RULES)
    for lesson in [LiveAnswer()] * 5 + [MachineAnswer()] * 10:
        rates.learn(lesson, NOW)
    picture = floor(ringing=6, screened=2)  # both rates: 5 guessed and 5 live of 20
    assert rates.expected(picture) == pytest.approx(4.0)
    assert rates.expected(picture, sureness=0.0) == pytest.approx(8.0)
