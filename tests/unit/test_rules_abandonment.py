"""The abandonment rate: worked examples, the three definitions, and the estimates."""

from __future__ import annotations

import datetime as dt
import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.rules.abandonment import (
    AnsweredBy,
    DialedAttempt,
    Period,
    Sample,
    Tally,
    rates,
    tally,
    wilson_upper,
)
from dialer.rules.catalog import PresetCatalog
from dialer.rules.preset import Purpose
from dialer.rules.sections import AbandonmentRule, AbandonmentWindow, ClockStart

START = dt.datetime(2026, 11, 1, 14, tzinfo=dt.UTC)


def rule(
    window: AbandonmentWindow = AbandonmentWindow.CALENDAR_DAY,
    *,
    clock: ClockStart = ClockStart.ANSWER,
    estimate: str = "counted",
) -> AbandonmentRule:
    """Two seconds, 3 %."""
    return AbandonmentRule.model_validate(
        {
            "cap": 0.03, "clock_start": clock, "threshold_seconds": 2, "window": window,
            "minimum_sample": 100, "estimate": estimate,
        }
    )  # fmt: skip


def call(
    joined: float | None,
    *,
    day: float = 0,
    by: AnsweredBy = AnsweredBy.UNKNOWN,
    greeting: tuple[float, float] | None = None,
    screened: bool = False,
    campaign: str = "ventas",
) -> DialedAttempt:
    """An answered call; the agent joined so many seconds after the answer."""
    dialed = START + dt.timedelta(days=day)
    answered = dialed + dt.timedelta(seconds=10)

    def after(seconds: float | None) -> dt.datetime | None:
        return None if seconds is None else answered + dt.timedelta(seconds=seconds)

    return DialedAttempt(
        campaign=campaign,
        dialed_at=dialed,
        answered_at=answered,
        greeting_began_at=after(greeting[0]) if greeting else None,
        greeting_ended_at=after(greeting[1]) if greeting else None,
        answered_by=by,
        screened=screened,
        agent_joined_at=after(joined),
    )


def unanswered(day: float = 0) -> DialedAttempt:
    """Nobody was there."""
    return DialedAttempt(campaign="ventas", dialed_at=START + dt.timedelta(days=day))


def test_a_worked_example() -> None:
    # 200 dialed: 90 nobody, 10 machines that agents heard, 97 people served, 3 who met nobody.
    attempts = [unanswered()] * 90 + [call(1, by=AnsweredBy.MACHINE)] * 10
    attempts += [call(0.2)] * 95 + [call(2.0)] * 2 + [call(None)] * 2 + [call(2.1)]
    counted = tally(attempts, rule())
    assert counted == Tally(live=100.0, abandoned=3.0)
    assert counted.rate == pytest.approx(0.03)


def test_without_answers_there_is_no_rate() -> None:
    assert tally([unanswered(), call(None, by=AnsweredBy.MACHINE)], rule()).rate is None
    assert rates([], rule()) == {}


@pytest.mark.parametrize(
    ("clock", "abandoned"),
    [(ClockStart.ANSWER, 1.0), (ClockStart.GREETING_START, 1.0), (ClockStart.GREETING_END, 0.0)],
)
def test_the_clock_starts_where_the_law_says(clock: ClockStart, abandoned: float) -> None:
    # "Hello, this is María": from 0.5 to 1.8 s; an agent after 3.5 s.
    attempt = call(3.5, greeting=(0.5, 1.8))
    assert tally([attempt], rule(clock=clock)).abandoned == abandoned


def test_an_unknown_greeting_is_none_at_all() -> None:
    assert tally([call(3.5)], rule(clock=ClockStart.GREETING_END)).abandoned == 1.0


def test_ftc_periods_of_thirty_days_follow_each_other_from_the_campaigns_start() -> None:
    attempts = [call(None, day=29.9), call(1, day=0), call(1, day=30), call(None, day=61)]
    found = rates(attempts, rule(AbandonmentWindow.THIRTY_DAYS))
    begins = [START + dt.timedelta(days=days) for days in (0, 30, 60, 90)]
    assert found == {
        Period(campaign="ventas", since=begins[0], until=begins[1]): Tally(live=2, abandoned=1),
        Period(campaign="ventas", since=begins[1], until=begins[2]): Tally(live=1, abandoned=0),
        Period(campaign="ventas", since=begins[2], until=begins[3]): Tally(live=1, abandoned=1),
    }
    earlier = {"ventas": START - dt.timedelta(days=29)}
    shifted = rates(attempts, rule(AbandonmentWindow.THIRTY_DAYS), started=earlier)
    assert [each.rate for each in shifted.values()] == [0.0, 0.5, 1.0]


def test_calendar_days_are_those_of_the_zone() -> None:
    # 14:00 UTC and twelve hours later: one day in Bogotá, two in Madrid.
    attempts = [call(1), call(None, day=0.5)]
    assert len(rates(attempts, rule(), zone="America/Bogota")) == 1
    by_madrid = rates(attempts, rule(), zone="Europe/Madrid")
    assert [each.rate for each in by_madrid.values()] == [0.0, 1.0]


def test_campaigns_are_counted_apart() -> None:
    attempts = [call(1), call(None, campaign="cobranza")]
    found = rates(attempts, rule())
    assert {period.campaign: each.rate for period, each in found.items()} == {
        "ventas": 0.0,
        "cobranza": 1.0,
    }


def test_without_a_detector_some_of_the_abandoned_were_machines() -> None:
    # Of 100 calls put through to agents 20 were machines; 10 were dropped unheard.
    attempts = [call(1)] * 80 + [call(1, by=AnsweredBy.MACHINE)] * 20 + [call(None)] * 10
    found = tally(attempts, rule(estimate="reasoned"))
    assert found.abandoned == pytest.approx(8.0)
    assert found.live == pytest.approx(88.0)
    assert found.rate == pytest.approx(8 / 88)


def test_with_a_detector_some_of_the_machines_were_people() -> None:
    # 500 hung up as machines; 200 recordings heard again held 2 people.
    heard = [call(1, by=AnsweredBy.PERSON, screened=True)] * 480
    dropped = [call(None, by=AnsweredBy.PERSON, screened=True)] * 5
    machines = [call(None, by=AnsweredBy.MACHINE, screened=True)] * 500
    found = tally([*heard, *dropped, *machines], rule(estimate="reasoned"), Sample(200, 2))
    upper = wilson_upper(2, 200)
    assert upper == pytest.approx(0.0357, abs=5e-5)
    assert found.abandoned == pytest.approx(5 + 500 * upper)
    assert found.rate == pytest.approx((5 + 500 * upper) / (485 + 500 * upper))


def test_without_a_sample_every_machine_may_have_been_a_person() -> None:
    machines = [call(None, by=AnsweredBy.MACHINE, screened=True)] * 10
    assert tally(machines, rule(estimate="reasoned")).rate == 1.0
    assert tally(machines, rule()).rate is None


@pytest.mark.parametrize(
    ("hits", "tries", "upper"),
    [(0, 0, 1.0), (0, 10, 0.2775), (2, 200, 0.0357), (5, 100, 0.1118), (10, 10, 1.0)],
)
def test_the_upper_end_of_wilsons_interval(hits: int, tries: int, upper: float) -> None:
    assert wilson_upper(hits, tries) == pytest.approx(upper, abs=5e-5)


@given(st.integers(1, 2000), st.data())
def test_wilsons_end_is_where_the_share_lies_just_within_the_doubt(
    tries: int, data: st.DataObject
) -> None:
    hits = data.draw(st.integers(0, tries))
    upper, share = wilson_upper(hits, tries), hits / tries
    assert upper >= share - 1e-9
    # 1.96 standard deviations of a share of `upper` reach down to what was seen
    assert (upper - share) ** 2 == pytest.approx(3.841459 * upper * (1 - upper) / tries, abs=1e-6)


def test_one_call_more_would_pass_the_cap() -> None:
    assert not Tally(live=99, abandoned=50).stops_at(0.03, 100)
    assert not Tally(live=132, abandoned=2).stops_at(0.03, 100)
    assert Tally(live=132, abandoned=3).stops_at(0.03, 100)
    assert not Tally(live=133, abandoned=3).stops_at(0.03, 100)


CALLS = st.lists(
    st.tuples(
        st.integers(0, 100_000),
        st.one_of(st.none(), st.floats(0, 10)),
        st.sampled_from(AnsweredBy),
        st.booleans(),
        st.booleans(),
    ),
    max_size=60,
)


@pytest.mark.parametrize("window", AbandonmentWindow)
@given(calls=CALLS, seed=st.integers(0, 5))
def test_the_rate_is_what_counting_by_hand_gives(
    window: AbandonmentWindow,
    calls: list[tuple[int, float | None, AnsweredBy, bool, bool]],
    seed: int,
) -> None:
    attempts = []
    for minutes, joined, by, screened, answered in calls:
        made = call(joined, day=minutes / 1440, by=by, screened=screened)
        attempts.append(made if answered else unanswered(minutes / 1440))
    shuffled = attempts[:]
    random.Random(seed).shuffle(shuffled)
    found = rates(shuffled, rule(window))
    assert sum(each.live for each in found.values()) == sum(
        one.answered_at is not None and one.answered_by is not AnsweredBy.MACHINE
        for one in attempts
    )
    for period, each in found.items():
        mine = [one for one in attempts if period.since <= one.dialed_at < period.until]
        live = [
            one for one in mine if one.answered_at and one.answered_by is not AnsweredBy.MACHINE
        ]
        late = [
            one
            for one in live
            if one.agent_joined_at is None
            or one.answered_at is None
            or (one.agent_joined_at - one.answered_at).total_seconds() > 2
        ]
        assert (each.live, each.abandoned) == (len(live), len(late))
        if live:
            assert each.rate == pytest.approx(float(Fraction(len(late), len(live))))


def test_the_presets_have_the_laws_windows() -> None:
    told = {
        "us-tsr": (AbandonmentWindow.THIRTY_DAYS, ClockStart.GREETING_END, 0.03),
        "uk-ofcom-2016": (AbandonmentWindow.LAST_24_HOURS, ClockStart.GREETING_START, None),
        "uk-legacy-3pct": (AbandonmentWindow.CALENDAR_DAY, ClockStart.GREETING_START, 0.03),
        "house-strict": (AbandonmentWindow.CALENDAR_DAY, ClockStart.ANSWER, 0.03),
    }
    for name, facts in told.items():
        first = PresetCatalog.read().rules(name).held(Purpose.MARKETING).abandonment[0]
        assert (first.window, first.clock_start, first.cap) == facts
        assert first.threshold_seconds == 2.0
