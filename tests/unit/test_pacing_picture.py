"""The picture agrees with what it is told, and every ending is told once as a lesson."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.pacing.lessons import (
    Abandoned,
    AgentLeft,
    Cancelled,
    Connected,
    InboundCame,
    Launched,
    LiveAnswer,
    MachineAnswer,
    PickedUp,
    Talked,
    Unanswered,
    WroteUp,
)
from dialer.pacing.picture import Doing, Ledger, Picture, Stage


def test_an_agents_day() -> None:
    picture = Picture()
    assert picture.agent_is("1001", Doing.READY, 0.0) == ()
    assert picture.agent_is("1001", Doing.TALKING, 10.0) == ()
    assert picture.talking == {"1001": 10.0}
    assert picture.agent_is("1001", Doing.WRAPPING_UP, 70.0) == (Talked(60.0, dialed=True),)
    assert picture.agent_is("1001", Doing.READY, 85.0) == (WroteUp(15.0),)
    assert picture.agent_is("1001", Doing.SERVING, 90.0) == ()
    talked = Talked(30.0, dialed=False)
    assert picture.agent_is("1001", Doing.PAUSED, 120.0) == (talked, AgentLeft())
    assert picture.agent_is("1001", Doing.AWAY, 130.0) == ()
    assert picture.signed_in == 0


def test_told_twice_an_agent_stays_since_before() -> None:
    picture = Picture()
    picture.agent_is("1001", Doing.TALKING, 10.0)
    assert picture.agent_is("1001", Doing.TALKING, 50.0) == ()
    assert picture.talking == {"1001": 10.0}


def test_an_attempt_answered_and_connected() -> None:
    picture = Picture()
    assert picture.attempt_is("a", Stage.RINGING, 0.0) == (Launched(),)
    assert picture.attempt_is("a", Stage.WAITING, 7.0) == (PickedUp(7.0), LiveAnswer())
    assert picture.asking == 1
    assert picture.attempt_is("a", Stage.CONNECTED, 7.5) == (Connected(0.5),)
    assert (picture.ledger.live, picture.ledger.abandoned, picture.asking) == (1, 0, 0)


def test_steps_that_were_never_seen_are_made_up_for() -> None:
    picture = Picture()
    picture.attempt_is("a", Stage.RINGING, 0.0)
    lessons = picture.attempt_is("a", Stage.ABANDONED, 9.0)
    assert lessons == (PickedUp(9.0), LiveAnswer(), Abandoned())
    assert picture.ledger.share == 1.0


def test_screening_tells_people_from_machines() -> None:
    picture = Picture()
    for name in "ab":
        picture.attempt_is(name, Stage.RINGING, 0.0)
        assert picture.attempt_is(name, Stage.SCREENED, 5.0) == (PickedUp(5.0),)
    assert picture.under_way == 2
    assert picture.attempt_is("a", Stage.MACHINE, 7.0) == (MachineAnswer(),)
    assert picture.attempt_is("b", Stage.WAITING, 7.0) == (LiveAnswer(),)
    assert picture.ledger.live == 1


def test_the_unanswered_and_the_unknown() -> None:
    picture = Picture()
    picture.attempt_is("a", Stage.RINGING, 0.0)
    assert picture.attempt_is("a", Stage.UNANSWERED, 25.0) == (Unanswered(25.0),)
    assert picture.attempt_is("never launched", Stage.ABANDONED, 1.0) == ()
    assert picture.ledger.live == 0


def test_what_is_hung_up_is_not_waited_for_and_teaches_that_nobody_knows() -> None:
    picture = Picture()
    picture.attempt_is("a", Stage.RINGING, 0.0)
    picture.rings("a", 2.0)
    picture.rings("a", 9.0)
    assert picture.rang == {"a": 2.0}
    assert picture.attempt_is("a", Stage.HUNG_UP, 18.0) == ()
    assert (picture.under_way, picture.rang, picture.hung_up) == (0, {}, {"a": 0.0})
    assert picture.attempt_is("a", Stage.RINGING, 18.1) == ()
    assert picture.attempt_is("a", Stage.UNANSWERED, 18.2) == (Cancelled(18.2),)
    assert picture.hung_up == {}


def test_who_answers_as_we_hang_up_is_a_live_answer() -> None:
    picture = Picture()
    picture.attempt_is("a", Stage.RINGING, 0.0)
    picture.attempt_is("a", Stage.HUNG_UP, 18.0)
    lessons = picture.attempt_is("a", Stage.ABANDONED, 18.2)
    assert lessons == (PickedUp(18.2), LiveAnswer(), Abandoned())
    assert (picture.ledger.live, picture.ledger.abandoned) == (1, 1)


def test_only_what_rings_may_be_hung_up() -> None:
    picture = Picture()
    picture.rings("never launched", 1.0)
    picture.attempt_is("a", Stage.RINGING, 0.0)
    picture.rings("a", 1.0)
    picture.attempt_is("a", Stage.WAITING, 5.0)
    picture.rings("a", 6.0)
    assert picture.rang == {}


def test_another_campaigns_attempt_is_seen_and_not_in_the_ledger() -> None:
    picture = Picture()
    picture.attempt_is("b", Stage.RINGING, 0.0, own=False)
    picture.attempt_is("b", Stage.WAITING, 4.0, own=False)
    assert (picture.asking, picture.ledger.live) == (1, 0)


def test_an_answer_that_was_a_machines_leaves_the_ledger() -> None:
    ledger = Ledger(live=100, abandoned=3)
    ledger.was_machine(abandoned=True, ended=True)
    ledger.was_machine(abandoned=False, ended=True)
    ledger.was_machine(abandoned=False, ended=False)  # the agent kept it
    assert (ledger.live, ledger.abandoned, ledger.machines) == (97, 2, 2)
    assert ledger.share == 2 / 97
    empty = Ledger()
    empty.was_machine(abandoned=True, ended=True)
    assert (empty.live, empty.abandoned, empty.share) == (0, 0, 0.0)


def test_people_among_the_machines_are_abandoned_where_the_rules_want_the_estimate() -> None:
    ledger = Ledger(live=965, abandoned=10, machines=200, mistaken=0.035)
    assert ledger.people_hung_up_on == pytest.approx(35)
    assert (ledger.live_estimated, ledger.abandoned_estimated) == pytest.approx((1000, 45))
    assert ledger.share == pytest.approx(0.045)
    # never more of them than were hung up on
    assert replace(ledger, machines=20).people_hung_up_on == 20
    assert replace(ledger, mistaken=0.0).share == 10 / 965


def test_callers_of_ours_come_once_and_go() -> None:
    picture = Picture()
    assert picture.inbound_is("c", waiting=True, at=1.0) == (InboundCame(),)
    assert picture.inbound_is("c", waiting=True, at=2.0) == ()
    assert picture.inbound_is("c", waiting=False, at=3.0) == ()
    assert picture.asking == 0


def test_what_is_not_there_any_more_is_forgotten() -> None:
    picture = Picture()
    for name in "abc":
        picture.attempt_is(name, Stage.RINGING, 0.0)
    picture.inbound_is("d", waiting=True, at=0.0)
    picture.forget_calls_except({"b"})
    assert (set(picture.ringing), picture.asking) == ({"b"}, 0)


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(Stage)), max_size=60))
def test_every_attempt_ends_once_whatever_is_told(told: list[tuple[str, Stage]]) -> None:
    picture = Picture()
    launched = ended = live = abandoned = 0
    for moment, (attempt, stage) in enumerate(told):
        picture.rings(attempt, float(moment))
        for lesson in picture.attempt_is(attempt, stage, float(moment)):
            launched += isinstance(lesson, Launched)
            live += isinstance(lesson, LiveAnswer)
            abandoned += isinstance(lesson, Abandoned)
            over = Unanswered | Cancelled | Connected | Abandoned | MachineAnswer
            ended += isinstance(lesson, over)
    going_on = picture.under_way + len(picture.hung_up) + len(picture.waiting)
    assert launched == ended + going_on
    assert picture.rang.keys() <= picture.ringing.keys()
    assert (picture.ledger.live, picture.ledger.abandoned) == (live, abandoned)


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(Doing)), max_size=60))
def test_an_agent_is_in_one_place(told: list[tuple[str, Doing]]) -> None:
    picture = Picture()
    last: dict[str, Doing] = {}
    for moment, (agent, doing) in enumerate(told):
        picture.agent_is(agent, doing, float(moment))
        last[agent] = doing
    assert picture.signed_in == sum(doing is not Doing.AWAY for doing in last.values())
