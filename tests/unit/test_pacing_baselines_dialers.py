"""Fixed ratio, Issabel, Wombat, UNICOM and Cisco against their published formulas."""

from __future__ import annotations

import pytest

from dialer.pacing.baselines.cisco import CiscoLines
from dialer.pacing.baselines.issabel import Issabel
from dialer.pacing.baselines.ratio import FixedRatio
from dialer.pacing.baselines.unicom import UnicomPi, UnicomPredict
from dialer.pacing.baselines.wombat import Wombat
from dialer.pacing.decision import Reason, Rules
from dialer.pacing.lessons import Abandoned, LiveAnswer, PickedUp, Talked, Unanswered
from tests.unit.pacing_floor import floor, told

NOW = 1_800_000_000.0
RULES = Rules()


def test_a_fixed_ratio_counts_who_is_already_asked_for() -> None:
    pacing = FixedRatio(RULES, level=2.5)
    assert pacing.decide(floor(ready=4), NOW).dial == 10
    assert pacing.decide(floor(ready=4, ringing=3, waiting=1, inbound_waiting=1), NOW).dial == 2
    assert pacing.decide(floor(ready=1, waiting=3), NOW).dial == 0


def test_wombat_seven_free_agents_are_nine_slots() -> None:
    pacing = Wombat(RULES, boost=1.3)
    assert pacing.decide(floor(ready=7, talking=5), NOW).dial == 9
    assert pacing.decide(floor(ready=7, ringing=4), NOW).dial == 5


def test_wombat_stops_while_callers_wait() -> None:
    assert Wombat(RULES).decide(floor(ready=7, inbound_waiting=1), NOW).dial == 0
    assert Wombat(RULES, maximum_waiting=1.0).decide(floor(ready=7, waiting=1), NOW).dial == 8


def test_issabel_as_it_ships_is_one_to_one() -> None:
    pacing = Issabel(RULES)
    told(pacing, Talked(100.0, dialed=True), 10)
    # three mean talks: 1 - exp(-3.08) = 0.954 < 0.97
    assert pacing.decide(floor(ready=2, talking=8, since=NOW - 300.0), NOW).dial == 2


@pytest.mark.parametrize(("talked", "dial"), [(342.0, 0), (343.0, 8)])  # 3.5066 means less 8 s
def test_issabel_counts_who_talks_longer_than_nearly_anybody(talked: float, dial: int) -> None:
    pacing = Issabel(RULES)
    told(pacing, Talked(100.0, dialed=True), 10)
    assert pacing.decide(floor(talking=8, since=NOW - talked), NOW).dial == dial


def test_issabel_needs_ten_talks() -> None:
    pacing = Issabel(RULES)
    told(pacing, Talked(100.0, dialed=True), 9)
    told(pacing, Talked(100.0, dialed=False), 5)
    assert pacing.decide(floor(talking=8, since=NOW - 900.0), NOW).dial == 0


def test_issabel_learns_the_answer_delay_of_the_last_twenty() -> None:
    pacing = Issabel(RULES)
    told(pacing, Talked(100.0, dialed=True), 10)
    told(pacing, PickedUp(18.0), 20)
    assert pacing.decide(floor(talking=8, since=NOW - 333.0), NOW).dial == 8


@pytest.mark.parametrize(("answered", "dial"), [(4, 5), (1, 10), (10, 2)])
def test_issabel_overcommits_by_the_answers_of_half_an_hour(answered: int, dial: int) -> None:
    pacing = Issabel(RULES, overcommit=1.0)
    told(pacing, PickedUp(9.0), answered, NOW)
    told(pacing, Unanswered(25.0), 10 - answered, NOW)
    assert pacing.decide(floor(ready=2), NOW).dial == dial


def test_issabel_places_over_only_when_somebody_is_free() -> None:
    assert Issabel(RULES, over_place=3.0).decide(floor(ready=2, ringing=1), NOW).dial == 4
    assert Issabel(RULES, over_place=3.0).decide(floor(ready=2, waiting=2), NOW).dial == 0


def test_issabel_works_every_5_seconds() -> None:
    pacing = Issabel(RULES)
    assert pacing.decide(floor(ready=2), NOW).look_again_at == NOW + 5.0
    between = pacing.decide(floor(ready=2), NOW + 4.9)
    assert (between.dial, between.reason) == (0, Reason.NOT_YET)
    assert pacing.decide(floor(ready=2), NOW + 5.0).dial == 2


@pytest.mark.parametrize(("adjust", "dial"), [(150.0, 16), (100.0, 12), (0.0, 4)])
def test_unicom_dials_what_failed_per_answer_on_top(adjust: float, dial: int) -> None:
    pacing = UnicomPredict(RULES, adjust=adjust)
    told(pacing, LiveAnswer(), 10, NOW)
    told(pacing, Unanswered(25.0), 20, NOW)
    assert pacing.decide(floor(ready=5, waiting=1), NOW).dial == dial


def test_unicom_looks_at_the_last_900_seconds_only() -> None:
    pacing = UnicomPredict(RULES)
    told(pacing, LiveAnswer(), 10, NOW)
    told(pacing, Unanswered(25.0), 20, NOW)
    assert pacing.decide(floor(ready=4), NOW + 900.0).dial == 4


def test_unicom_looks_every_half_second_and_when_a_dial_fails() -> None:
    pacing, picture = UnicomPredict(RULES), floor(ready=4)
    assert pacing.decide(picture, NOW).look_again_at == NOW + 0.5
    assert pacing.decide(picture, NOW + 0.4).reason is Reason.NOT_YET
    told(pacing, Unanswered(2.0), now=NOW + 0.4)
    assert pacing.decide(picture, NOW + 0.4).dial == 4
    assert pacing.decide(picture, NOW + 0.4).reason is Reason.NOT_YET
    assert pacing.decide(picture, NOW + 0.5).dial == 4


def test_unicom_pi_moves_the_adjust_against_the_error() -> None:
    quiet, over = UnicomPi(RULES), UnicomPi(RULES)
    for half in range(1200):
        quiet.decide(floor(live=1000, abandoned=18), NOW + half / 2)
        over.decide(floor(live=1000, abandoned=38), NOW + half / 2)
    assert quiet.adjust == pytest.approx(150.0 + 40.0 + 40.0)  # a point under for ten minutes
    assert over.adjust == pytest.approx(150.0 - 40.0 - 40.0)


def test_unicom_pi_does_not_judge_by_a_handful() -> None:
    pacing = UnicomPi(RULES)
    pacing.decide(floor(live=9, abandoned=3), NOW)
    assert pacing.adjust == 150.0


def batch(pacing: CiscoLines, abandoned: int) -> None:
    told(pacing, Abandoned(), abandoned)
    told(pacing, LiveAnswer(), 100)


def test_cisco_corrects_after_each_hundred_answers() -> None:
    pacing = CiscoLines(RULES)
    told(pacing, LiveAnswer(), 99)
    assert pacing.lines == 1.0
    told(pacing, LiveAnswer())
    assert pacing.lines == 1.5
    batch(pacing, abandoned=3)
    assert pacing.lines == pytest.approx(1.5)
    batch(pacing, abandoned=20)
    assert pacing.lines == pytest.approx(1.0)


def test_cisco_keeps_to_its_maximum_and_its_gain() -> None:
    short, slow = CiscoLines(RULES, maximum_lines=1.2), CiscoLines(RULES, gain=0.2)
    for pacing in (short, slow):
        batch(pacing, abandoned=0)
    assert (short.lines, slow.lines) == (1.2, 1.1)


def test_cisco_dials_lines_per_free_agent() -> None:
    pacing = CiscoLines(RULES)
    batch(pacing, abandoned=0)
    assert pacing.decide(floor(ready=5, ringing=2), NOW).dial == 5
