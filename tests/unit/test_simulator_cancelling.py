"""A shift in which what rings may be hung up: accounts that add up, and nothing else changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dialer.pacing.decision import Decision, Reason, Rules
from dialer.pacing.lessons import Cancelled, Launched, Lesson, PickedUp, Unanswered
from dialer.pacing.lookahead import Lookahead
from dialer.pacing.picture import Picture
from simulator.cancelling import CancellingShift
from simulator.scenario import Scenario, always
from simulator.scenarios import NAMED
from simulator.shift import Account, Shift

HALF = replace(NAMED["medium20"], hours=0.5)


class Impatient:
    """Keeps ten ringing and lets none ring longer than fifteen seconds; notes what it learns."""

    def __init__(self) -> None:
        self.told: list[Lesson] = []
        self.lines: list[int] = []

    def learn(self, lesson: Lesson, now: float) -> None:
        """Note it."""
        self.told.append(lesson)

    def decide(self, picture: Picture, now: float) -> Decision:
        """Hang up, else dial."""
        self.lines.append(picture.lines_free)
        old = tuple(attempt for attempt, since in picture.rang.items() if now - since >= 15.0)
        if old:
            return Decision(0, Reason.TOO_MANY_RINGING, now, cancel=old)
        wanted = 10 - len(picture.ringing)
        dial = max(0, min(wanted, picture.lines_free, picture.leads_due))
        return Decision(dial, Reason.PACED, now + 1.0)

    def count(self, kind: type[Lesson]) -> int:
        """How often it was told so."""
        return sum(isinstance(lesson, kind) for lesson in self.told)


def _told(account: Account) -> tuple[int, int, int, float, int]:
    return (
        account.attempts, len(account.live_at), len(account.abandoned_at),
        round(account.busy_seconds, 1), account.decisions,
    )  # fmt: skip


@pytest.mark.parametrize("shift", [Shift, CancellingShift])
def test_a_policy_that_may_not_hang_up_plays_as_it_did_before_any_could(
    shift: type[Shift],
) -> None:
    """The figures were recorded with the code as it was before."""
    assert _told(shift(HALF, Lookahead(Rules()), 3).run()) == (843, 248, 7, 31254.1, 2882)


def test_what_is_hung_up_frees_its_line_and_ends_once() -> None:
    scenario = replace(HALF, trunks=30, answered=always(0.2))
    pacing = Impatient()
    shift = CancellingShift(scenario, pacing, 1)
    account = shift.run()
    picture = shift.picture
    assert shift.cancelled > shift.would_have_answered > 0
    assert pacing.count(Cancelled) == shift.cancelled
    assert account.attempts == pacing.count(Launched)
    ended = account.answered + account.unanswered + shift.cancelled
    assert account.attempts == ended + len(picture.ringing)
    assert picture.hung_up == {}
    rung = [each.ring_seconds for each in pacing.told if isinstance(each, PickedUp | Unanswered)]
    assert max(rung) <= 16.0
    assert min(pacing.lines) >= 0
    assert max(pacing.lines) == 30


def test_who_was_hung_up_is_due_again_half_an_hour_later() -> None:
    few = Scenario(name="few", agents=2, hours=0.9, answered=always(0.0), busy=(0.0, 3.0),
                   failed=(0.0, 2.0), leads=10)  # fmt: skip
    shift = CancellingShift(few, Impatient(), 1)
    account = shift.run()
    # ten at once, hung up after 15 s, and once more after 30 minutes
    assert (account.attempts, shift.cancelled) == (20, 20)


def test_ours_hangs_up_and_keeps_the_limit() -> None:
    rules = Rules(cancel_after_seconds=15.0)
    scenario = replace(NAMED["medium20"], hours=1)
    shifts = [CancellingShift(scenario, Lookahead(rules), seed) for seed in (1, 2)]
    accounts = [shift.run() for shift in shifts]
    assert all(shift.cancelled > 0 for shift in shifts)
    abandoned = sum(len(account.abandoned_at) for account in accounts)
    assert abandoned / sum(len(account.live_at) for account in accounts) < 0.04
