"""What a policy is told of the past is what it would have been told at the time."""

from __future__ import annotations

from dialer.attempt import Attempt, Outcome
from dialer.memory import Past, PastTalk, teach
from dialer.pacing.decision import Decision, Reason
from dialer.pacing.lessons import (
    Cancelled,
    Lesson,
    LiveAnswer,
    PickedUp,
    Talked,
    Unanswered,
    WroteUp,
)
from dialer.pacing.picture import Picture
from tests.unit.facts import at


class Pupil:
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[float, Lesson]] = []

    def learn(self, lesson: Lesson, now: float) -> None:
        """As `dialer.pacing.decision.Pacing`."""
        self.told.append((now - at(0).timestamp(), lesson))

    def decide(self, picture: Picture, now: float) -> Decision:
        """As `dialer.pacing.decision.Pacing`."""
        return Decision(0, Reason.NOT_YET)


def _attempt(
    ordinal: int, began: float, outcome: Outcome, *, ended: float, answered: float | None = None
) -> Attempt:
    return Attempt(
        id=f"a{ordinal}", pbx="pbx1", campaign_id="c", lead_id=ordinal, ordinal=1,
        number="573001234567", intended_at=at(began), outcome=outcome, ended_at=at(ended),
        answered_at=None if answered is None else at(answered),
    )  # fmt: skip


def test_lessons_come_in_the_order_in_which_things_happened() -> None:
    past = Past(
        attempts=[
            _attempt(2, 5, Outcome.BUSY, ended=8),
            _attempt(1, 0, Outcome.CONNECTED, answered=10, ended=70),
        ],
        talks=[PastTalk(call_id="a1", began_at=at(0), talk_seconds=60.0, wrap_up_seconds=15.0)],
    )
    pupil = Pupil()
    assert teach(pupil, past) == 5
    assert pupil.told == [
        (8.0, Unanswered(3.0)),
        (10.0, PickedUp(10.0)),
        (10.0, LiveAnswer()),
        (60.0, Talked(60.0, dialed=True)),
        (75.0, WroteUp(15.0)),
    ]


def test_an_attempt_that_says_nothing_of_the_people_teaches_nothing() -> None:
    past = Past(
        attempts=[
            _attempt(2, 0, Outcome.FAILED, ended=0),
            _attempt(3, 0, Outcome.UNKNOWN, ended=9),
        ],
        talks=[],
    )
    assert teach(Pupil(), past) == 0


def test_what_we_hung_up_ourselves_is_no_proof_of_nobody_there() -> None:
    pupil = Pupil()
    teach(pupil, Past([_attempt(1, 0, Outcome.CANCELLED, ended=18)], []))
    assert pupil.told == [(18.0, Cancelled(18.0))]


def test_a_wrap_up_whose_end_was_never_seen_is_not_guessed() -> None:
    talk = PastTalk(call_id="a1", began_at=at(0), talk_seconds=60.0, wrap_up_seconds=None)
    pupil = Pupil()
    teach(pupil, Past([], [talk]))
    assert pupil.told == [(60.0, Talked(60.0, dialed=True))]
