"""A day out of its records: whose time counts, what says how an attempt ends, what is left out."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from dialer.attempt import Attempt, Outcome
from dialer.memory import PastTalk
from linea800.recorded_day import NothingRecordedError, Recording, recording
from simulator.people import Fate, Reply
from simulator.recorded import Recorded
from simulator.scenario import Presence
from storage.agent_states import AgentInterval
from tests.unit.facts import PBX, at


def attempt(
    name: str,
    begins: float,
    ends: float | None,
    outcome: Outcome | None,
    *,
    answered: float | None = None,
) -> Attempt:
    """An attempt by its seconds."""
    moment = None if answered is None else at(answered)
    return Attempt(
        id=name, pbx=PBX, campaign_id="c", lead_id=1, ordinal=1, number="573001234567",
        intended_at=at(begins), answered_at=moment, outcome=outcome,
        ended_at=None if ends is None else at(ends),
    )  # fmt: skip


def state(
    agent: str, name: str, begins: float, ends: float | None, call_id: str = ""
) -> AgentInterval:
    """An interval by its seconds."""
    return AgentInterval(
        pbx=PBX, agent=agent, state=name, reason="", call_id=call_id, began_at=at(begins),
        ended_at=None if ends is None else at(ends),
    )  # fmt: skip


def talk(call_id: str, begins: float, seconds: float, wrap_up: float | None) -> PastTalk:
    """A talk by its seconds."""
    return PastTalk(
        call_id=call_id, began_at=at(begins), talk_seconds=seconds, wrap_up_seconds=wrap_up
    )


@dataclass
class Past:
    """A short day with one of everything."""

    attempts: list[Attempt] = field(
        default_factory=lambda: [
            attempt("a1", 100, 172, Outcome.CONNECTED, answered=112),
            attempt("a2", 110, 113, Outcome.BUSY),
            attempt("a3", 120, 145, Outcome.NO_ANSWER),
            attempt("a4", 130, 150, Outcome.ABANDONED, answered=140),
            attempt("a5", 140, 150, Outcome.CANCELLED),
            attempt("a6", 141, 900, Outcome.UNKNOWN),
            attempt("a7", 142, None, None),
            # more than a quarter of an hour later: the campaign was paused
            attempt("b1", 3000, 3090, Outcome.CONNECTED, answered=3010),
        ]
    )
    talks: list[PastTalk] = field(
        default_factory=lambda: [talk("a1", 100, 60, 8), talk("b1", 3000, 80, None)]
    )
    states: list[AgentInterval] = field(
        default_factory=lambda: [
            state("1001", "signing_in", 0, 10),
            state("1001", "ready", 10, 112),
            state("1001", "talking", 112, 172, "a1"),
            state("1001", "wrapping_up", 172, 180, "a1"),
            state("1001", "paused", 180, 300),
            state("1001", "ready", 300, 400),
            state("1001", "talking", 400, 500, "inbound"),
            state("1001", "wrapping_up", 500, 510, "inbound"),
            state("1001", "ready", 510, 3010),
            state("1001", "talking", 3010, 3090, "b1"),
            state("1001", "wrapping_up", 3090, None, "b1"),
        ]
    )

    def recording(self) -> Recording:
        """What is made of it."""
        return recording(self.attempts, self.talks, self.states, lines=5, ring_seconds=25.0)


def test_only_time_for_this_campaign_while_it_worked_counts() -> None:
    made = Past().recording()
    # time runs from the first attempt; the unknown one was open until second 900
    assert made.day.presences == [
        Presence("1001", 0, 80),
        Presence("1001", 200, 300),
        Presence("1001", 410, 800),
        Presence("1001", 2900, 2990),
    ]
    assert made.day.seconds == 2990
    assert (made.day.lines, made.day.ring_seconds) == (5, 25.0)
    figures = made.figures
    assert figures.signed_in_seconds == 80 + 100 + 390 + 90
    assert figures.talk_seconds == 60 + 80
    assert figures.busy_seconds == 60 + 8 + 80
    assert (figures.attempts, figures.live, figures.abandoned) == (8, 3, 1)
    assert figures.abandoned_share == pytest.approx(1 / 3)
    assert figures.talk_minutes_per_hour == pytest.approx(60 * 140 / 660)


def test_an_attempt_of_which_nobody_knows_the_end_says_nothing() -> None:
    made = Past().recording()
    assert made.left_out == 3
    assert made.day.fates == [
        Recorded(0, Fate(Reply.PICKED_UP, 12)),
        Recorded(10, Fate(Reply.BUSY, 3)),
        Recorded(20, Fate(Reply.NO_ANSWER, 25)),
        Recorded(30, Fate(Reply.PICKED_UP, 10)),
        Recorded(2900, Fate(Reply.PICKED_UP, 10)),
    ]


def test_lengths_are_those_that_ended() -> None:
    day = Past().recording().day
    assert day.talks == [Recorded(0, 60), Recorded(2900, 80)]
    assert day.wrap_ups == [Recorded(0, 8)]


def test_an_answer_that_ended_unseen_is_an_answer() -> None:
    past = Past()
    past.attempts[5] = attempt("a6", 141, 900, Outcome.UNKNOWN, answered=150)
    made = past.recording()
    assert made.left_out == 2
    assert Recorded(41, Fate(Reply.PICKED_UP, 9)) in made.day.fates


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        ("attempts", "no attempt of the campaign"),
        ("talks", "a talk that ended"),
        ("states", "an agent of its queue at work"),
    ],
)
def test_a_day_with_too_little_is_refused(missing: str, told: str) -> None:
    past = Past()
    getattr(past, missing).clear()
    with pytest.raises(NothingRecordedError, match=told):
        past.recording()


def test_a_day_without_a_known_end_or_a_wrap_up_is_refused() -> None:
    past = Past()
    past.attempts = [attempt("a7", 142, None, None)]
    with pytest.raises(NothingRecordedError, match="known end"):
        past.recording()
    past = Past()
    past.talks = [talk("a1", 100, 60, None)]
    with pytest.raises(NothingRecordedError, match="a wrap-up that ended"):
        past.recording()


def test_a_clock_that_went_back_gives_no_negative_ring() -> None:
    past = Past()
    past.attempts[0] = attempt("a1", 100, 172, Outcome.CONNECTED, answered=99)
    assert past.recording().day.fates[0].value.seconds == 0.0
