"""A world made of records: it draws what was there, and gives back the shift it was made from."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.pacing.decision import Rules
from dialer.pacing.picture import Stage
from dialer.pacing.policies import policy
from simulator.people import Fate, Reply
from simulator.recorded import LEAST, NEAR_SECONDS, Near, Recorded, RecordedDay, RecordedPeople
from simulator.scenario import Lengths, Scenario, always
from simulator.shift import Account, Shift
from simulator.what_if import played

WORLD = Scenario(
    name="recorded", agents=12, hours=3.0, answered=always(0.35), talk=Lengths(90.0, 1.0)
)


class Recorder(Shift):
    """A shift that writes down what a service's records would hold of it."""

    def __init__(self, scenario: Scenario, name: str, seed: int) -> None:
        super().__init__(scenario, policy(name, Rules()), seed)
        self.picture.ends_at = None
        self.fates: list[Recorded[Fate]] = []
        self.talks: list[Recorded[float]] = []
        self.wrap_ups: list[Recorded[float]] = []

    def _attempt_is(self, attempt: str, stage: Stage) -> None:
        since = self.picture.ringing.get(attempt)
        if since is not None:
            reply = Reply.NO_ANSWER if stage is Stage.UNANSWERED else Reply.PICKED_UP
            self.fates.append(Recorded(since, Fate(reply, self._now - since)))
        super()._attempt_is(attempt, stage)

    def _count_work(self, began: float) -> None:
        wrote_up = any(since == began for since in self.picture.wrapping_up.values())
        place = self.wrap_ups if wrote_up else self.talks
        place.append(Recorded(began, self._now - began))
        super()._count_work(began)

    def day(self) -> RecordedDay:
        """The record of it, once it has run."""
        return RecordedDay(
            seconds=self.scenario.seconds,
            fates=sorted(self.fates, key=lambda one: one.at),
            talks=sorted(self.talks, key=lambda one: one.at),
            wrap_ups=sorted(self.wrap_ups, key=lambda one: one.at),
            presences=self.scenario.working(random.Random(0)),
            lines=1000,
            ring_seconds=25.0,
        )


@pytest.fixture(scope="module")
def recorded() -> tuple[Recorder, Account]:
    """A progressive shift, and what came of it."""
    shift = Recorder(WORLD, "progressive", 1)
    return shift, shift.run()


def test_the_same_policy_gives_back_what_was_recorded(recorded: tuple[Recorder, Account]) -> None:
    shift, account = recorded
    again = played(shift.day(), lambda: policy("progressive", Rules()), 3)
    assert again.occupancy == pytest.approx(account.occupancy, abs=0.02)
    assert again.attempts == pytest.approx(account.attempts, rel=0.05)
    assert again.live == pytest.approx(len(account.live_at), rel=0.05)
    assert again.talk_seconds == pytest.approx(account.talk_seconds, rel=0.05)
    assert again.signed_in_seconds == pytest.approx(account.signed_in_seconds)
    assert again.abandoned == 0


def test_another_policy_does_what_it_does_in_the_world_that_was_recorded(
    recorded: tuple[Recorder, Account],
) -> None:
    shift, _ = recorded
    what_if = played(shift.day(), lambda: policy("ratio", Rules(), {"level": 2.0}), 3)
    truth = [Recorder(WORLD, "ratio", seed).run() for seed in range(3)]
    occupancy = sum(one.occupancy for one in truth) / len(truth)
    assert what_if.occupancy == pytest.approx(occupancy, abs=0.03)
    assert what_if.abandoned_share == pytest.approx(
        sum(one.abandoned_share for one in truth) / len(truth), abs=0.03
    )
    assert what_if.talk_minutes_per_hour > 0


def test_what_is_drawn_was_recorded_near_that_time() -> None:
    near = Near([Recorded(60.0 * minute, minute) for minute in range(600)])
    draw = random.Random(1)
    drawn = Counter(near.draw(18_000.0, draw) for _ in range(2000))
    # 15 minutes each way hold 31 values: the nearest fifty are taken
    assert set(drawn) == set(range(300 - LEAST // 2, 300 + LEAST // 2))
    dense = Near([Recorded(float(second), second) for second in range(36_000)])
    drawn = Counter(dense.draw(18_000.0, draw) for _ in range(2000))
    assert min(drawn) >= 18_000 - NEAR_SECONDS
    assert max(drawn) <= 18_000 + NEAR_SECONDS


@given(st.lists(st.floats(0, 50_000), min_size=1, max_size=120).map(sorted), st.floats(-1e5, 1e5))
def test_there_is_always_something_to_draw(moments: list[float], now: float) -> None:
    near = Near([Recorded(moment, index) for index, moment in enumerate(moments)])
    drawn = {near.draw(now, random.Random(seed)) for seed in range(20)}
    assert drawn <= set(range(len(moments)))
    if len(moments) <= LEAST:
        first = {near.draw(-1e5, random.Random(seed)) for seed in range(400)}
        assert len(moments) > 20 or first == set(range(len(moments)))


def test_the_same_seed_draws_the_same_people(recorded: tuple[Recorder, Account]) -> None:
    day = recorded[0].day()
    one, other = RecordedPeople(day, 5), RecordedPeople(day, 5)
    for now in (0.0, 100.0, 9000.0):
        assert one.fate(now) == other.fate(now)
        assert (one.talk(now), one.wrap_up(now)) == (other.talk(now), other.wrap_up(now))


def test_nothing_recorded_is_no_world() -> None:
    with pytest.raises(ValueError, match="nothing was recorded"):
        Near([])
