"""An agent's day, folded from facts; and what the desk decides must follow."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from agents.codes import Code, Keys, parse
from agents.roster import Roster
from agents.settle import WRAP_UP, Order, after_change, after_snapshot
from agents.states import TRANSITIONS, AgentState
from calls.events import (
    AgentConnected,
    AgentDeviceChanged,
    AgentLineDown,
    AgentLineUp,
    AgentMissed,
    AgentOffered,
    AgentPaused,
    AgentReadied,
    AgentReleased,
    AgentSignedOut,
    AgentSignInAsked,
    CallEnded,
    ChannelSeen,
    Fact,
    LinkLost,
    MemberSeen,
    QueueLeft,
    SnapshotTaken,
    WrapUpEnded,
    WrapUpStarted,
)
from calls.tracker import Change
from tests.unit.facts import CALL, FLOOR, at, fact, on_call

ANA: dict[str, Any] = {"agent": "1001"}
TALK: dict[str, Any] = {"queue": "soporte", "agent": "1001"}
FREE: dict[str, Any] = {
    "agent": "1001", "queue": "soporte", "status": 1, "paused": False, "pause_reason": "",
}  # fmt: skip


def _roster(*facts: Fact) -> tuple[Roster, list[Order]]:
    roster = Roster(FLOOR)
    orders: list[Order] = []
    for one in facts:
        roster.fold(Change(one))
        orders = after_change(FLOOR, roster, Change(one))
    return roster, orders


def _ready() -> list[Fact]:
    return [
        fact(AgentSignInAsked, 0, **ANA),
        fact(AgentLineUp, 1, **ANA),
        fact(AgentDeviceChanged, 6, **FREE),
        fact(AgentReadied, 6, **ANA),
    ]


def _state(roster: Roster) -> AgentState:
    agent = roster.get("1001")
    assert agent is not None
    return agent.state


def _free(roster: Roster) -> bool:
    agent = roster.get("1001")
    assert agent is not None
    return agent.free


def test_every_state_has_a_row() -> None:
    assert set(TRANSITIONS) == set(AgentState)


def test_an_agent_is_free_only_when_the_line_is_too() -> None:
    roster, _ = _roster(fact(AgentSignInAsked, 0, **ANA))
    assert _state(roster) is AgentState.SIGNING_IN
    assert not _free(roster)
    roster, orders = _roster(fact(AgentSignInAsked, 0, **ANA), fact(AgentDeviceChanged, 6, **FREE))
    assert [type(one) for order in orders for one in order.facts] == [AgentReadied]
    roster, _ = _roster(*_ready())
    assert _free(roster)
    roster, _ = _roster(*_ready(), fact(LinkLost, 7, reason="mute"))
    assert not _free(roster)


def test_a_talk_pauses_at_once_and_leads_through_the_wrap_up() -> None:
    roster, orders = _roster(
        *_ready(), on_call(AgentOffered, 10, **TALK), on_call(AgentConnected, 10, **TALK)
    )
    assert orders == [Order(agent="1001", pause=WRAP_UP)]
    released = on_call(AgentReleased, 60, **TALK, ended_by="customer")
    roster.fold(Change(released))
    (order,) = after_change(FLOOR, roster, Change(released))
    (started,) = order.facts
    assert isinstance(started, WrapUpStarted)
    assert started.until == at(60) + timedelta(seconds=10)
    assert started.call_id == CALL
    roster.fold(Change(started))
    # the call's end, which follows, must not begin a second wrap-up
    ended = on_call(CallEnded, 60, cause=16, sip_code=0)
    roster.fold(Change(ended))
    assert after_change(FLOOR, roster, Change(ended)) == []
    roster.fold(Change(fact(WrapUpEnded, 65, **ANA, call_id=CALL, how="agent")))
    assert _state(roster) is AgentState.READY


def test_a_talk_whose_release_was_never_seen_ends_with_its_call() -> None:
    roster, orders = _roster(
        *_ready(), on_call(AgentConnected, 10, **TALK), on_call(CallEnded, 30, cause=16, sip_code=0)
    )
    assert _state(roster) is AgentState.WRAPPING_UP
    assert [type(one) for order in orders for one in order.facts] == [WrapUpStarted]


@pytest.mark.parametrize(
    "over",
    [
        on_call(AgentMissed, 12, **TALK),
        on_call(QueueLeft, 12, queue="soporte"),
        on_call(CallEnded, 12, cause=16, sip_code=0),
    ],
)
def test_an_offer_that_comes_to_nothing_leaves_the_agent_ready(over: Fact) -> None:
    roster, _ = _roster(*_ready(), on_call(AgentOffered, 10, **TALK), over)
    assert _state(roster) is AgentState.READY


def test_a_pause_asked_for_during_an_offer_is_taken_when_the_offer_is_over() -> None:
    roster, orders = _roster(
        *_ready(),
        on_call(AgentOffered, 10, **TALK),
        fact(AgentPaused, 11, **ANA, reason="almuerzo"),
    )
    assert _state(roster) is AgentState.OFFERED
    missed = on_call(AgentMissed, 12, **TALK)
    roster.fold(Change(missed))
    readied = fact(AgentDeviceChanged, 12, **FREE)
    roster.fold(Change(readied))
    (order,) = after_change(FLOOR, roster, Change(readied))
    assert order.pause == "almuerzo"
    assert orders == []


def test_a_phone_that_hangs_up_in_a_talk_ends_the_shift_and_the_wrap_up_with_it() -> None:
    _, orders = _roster(
        *_ready(), on_call(AgentConnected, 10, **TALK), fact(AgentLineDown, 20, **ANA, reason="x")
    )
    (order,) = orders
    assert order.end_shift
    assert [type(one) for one in order.facts] == [WrapUpEnded, AgentSignedOut]


@pytest.mark.parametrize("reason", ["phone_not_answered", "phone_hung_up"])
def test_a_ring_that_ends_beside_the_line_signs_nobody_out(reason: str) -> None:
    """The screen had the phone rung, and the agent dialed in meanwhile."""
    ring = fact(AgentLineDown, 20, **ANA, reason=reason, line_id="line-1001-a")
    dialed = fact(AgentLineUp, 1, **ANA, line_id="1795000000.7")
    roster, orders = _roster(*_ready(), dialed, on_call(AgentConnected, 10, **TALK), ring)
    assert (orders, _state(roster)) == ([], AgentState.TALKING)
    left = fact(AgentLineDown, 30, **ANA, reason="line_released", line_id="1795000000.7")
    roster.fold(Change(left))
    assert [order.end_shift for order in after_change(FLOOR, roster, Change(left))] == [True]


def test_the_end_of_the_line_of_an_earlier_shift_does_not_end_the_next() -> None:
    """Told late, when the agent has signed in again and the phone rings."""
    old = {**ANA, "line_id": "line-1001-a"}
    out, again = fact(AgentSignedOut, 20, **ANA, reason="asked"), fact(AgentSignInAsked, 21, **ANA)
    late = fact(AgentLineDown, 22, **old, reason="line_released")
    roster, orders = _roster(*_ready(), fact(AgentLineUp, 1, **old), out, again, late)
    assert (orders, _state(roster)) == ([], AgentState.SIGNING_IN)
    unanswered = {**ANA, "reason": "phone_not_answered", "line_id": "line-1001-b"}
    _, orders = _roster(
        *_ready(), fact(AgentLineUp, 1, **old), out, again, fact(AgentLineDown, 51, **unanswered)
    )
    assert [order.end_shift for order in orders] == [True]


def _seen(*members: MemberSeen, lines: frozenset[str] = frozenset({"1001"})) -> SnapshotTaken:
    return fact(
        SnapshotTaken, 200, asked_at=at(200), first_after_connect=True, channels=(),
        members=members, waiting=(), lines_up=lines, talking=(),
    )  # fmt: skip


def _members(**fields: Any) -> list[MemberSeen]:
    values: dict[str, Any] = {"status": 1, "paused": False, "pause_reason": "", **fields}
    return [MemberSeen(agent="1001", queue=queue, **values) for queue in ("soporte", "salida")]


def test_an_agent_we_had_forgotten_is_taken_in_as_asterisk_has_them() -> None:
    roster = Roster(FLOOR)
    (order,) = after_snapshot(FLOOR, roster, _seen(*_members()))
    for one in order.facts:
        roster.fold(Change(one))
    assert _state(roster) is AgentState.READY
    assert _free(roster)
    roster = Roster(FLOOR)
    (order,) = after_snapshot(FLOOR, roster, _seen(*_members(paused=True, pause_reason="almuerzo")))
    for one in order.facts:
        roster.fold(Change(one))
    assert _state(roster) is AgentState.PAUSED


def test_a_member_left_over_without_a_line_is_taken_out_of_the_queues() -> None:
    seen = _seen(*_members(), lines=frozenset())
    assert after_snapshot(FLOOR, Roster(FLOOR), seen) == [Order(agent="1001", end_shift=True)]


def test_a_pause_that_asterisk_did_not_hear_is_said_again() -> None:
    roster, _ = _roster(*_ready(), fact(AgentPaused, 20, **ANA, reason="descanso"))
    (order,) = after_snapshot(FLOOR, roster, _seen(*_members()))
    assert (order.pause, order.facts) == ("descanso", ())
    agreed = _seen(*_members(paused=True, pause_reason="descanso"))
    assert after_snapshot(FLOOR, roster, agreed) == []


def test_a_line_lost_with_its_asterisk_is_called_again_in_the_same_state() -> None:
    roster, _ = _roster(*_ready(), fact(AgentPaused, 20, **ANA, reason="descanso"))
    (order,) = after_snapshot(FLOOR, roster, _seen(lines=frozenset()))
    assert order.begin_shift
    assert order.pause == "descanso"
    for one in order.facts:
        roster.fold(Change(one))
    assert _state(roster) is AgentState.PAUSED


@pytest.mark.parametrize(
    ("dialed", "code"),
    [
        ("*22", (Code.SIGN_IN, "")), ("*253", (Code.PAUSE, "3")), ("*25", None), ("*2", None),
        ("*27", (Code.DIAL_LEAD, "")), ("*28", (Code.SKIP_LEAD, "")),
        ("22", None), ("*99", None), ("*2222", None), ("", None),
    ],
)  # fmt: skip
def test_short_codes(dialed: str, code: tuple[Code, str] | None) -> None:
    assert parse(dialed) == code


def test_keys_become_codes_only_when_they_follow_each_other() -> None:
    keys = Keys()
    assert [keys.press(key, at(index)) for index, key in enumerate("12*24")][-1] == (Code.READY, "")
    keys = Keys()
    assert keys.press("*", at(0)) is None
    assert keys.press("2", at(1)) is None
    assert keys.press("4", at(10)) is None
    for index, key in enumerate("*251"):
        code = keys.press(key, at(20 + index))
    assert code == (Code.PAUSE, "1")


def test_the_same_state_told_by_each_queue_is_one_state() -> None:
    """Trap 17: Asterisk tells each change once per queue of the agent."""
    moves: list[AgentState] = []
    roster = Roster(FLOOR)
    roster.on_move = lambda _before, after, _at: moves.append(after.state)
    for one in _ready():
        roster.fold(Change(one))
        if isinstance(one, AgentDeviceChanged):
            roster.fold(Change(fact(AgentDeviceChanged, 6, **(FREE | {"queue": "salida"}))))
    assert moves == [AgentState.SIGNING_IN, AgentState.READY]
    assert _free(roster)


def test_a_reconnection_makes_idle_agents_free_again() -> None:
    """Nobody tells of agents to whom nothing happens: the snapshot has to."""
    roster, _ = _roster(*_ready(), fact(LinkLost, 7, reason="mute"), _seen(*_members()))
    assert _free(roster)


def test_a_sign_out_that_asterisk_did_not_hear_is_finished_not_undone() -> None:
    roster, _ = _roster(*_ready(), fact(AgentSignedOut, 20, **ANA, reason="asked"))
    assert after_snapshot(FLOOR, roster, _seen(*_members())) == [
        Order(agent="1001", end_shift=True)
    ]


def test_nobody_is_rung_on_the_journals_word_alone() -> None:
    roster, _ = _roster(*_ready())
    seen = _seen(lines=frozenset())
    (order,) = after_snapshot(FLOOR, roster, seen, remembered_until=at(100))
    assert not order.begin_shift
    assert [type(one) for one in order.facts] == [AgentSignedOut]


@pytest.mark.parametrize("reached_the_queues", [True, False])
def test_who_signs_in_before_we_have_looked_is_not_taken_for_a_memory(
    *, reached_the_queues: bool
) -> None:
    """The link is up, the first snapshot is not asked for yet: the phone rings meanwhile."""
    roster, _ = _roster(fact(AgentSignInAsked, 199, **ANA))
    members = _members(status=5) if reached_the_queues else ()
    seen = _seen(*members, lines=frozenset())
    orders = after_snapshot(FLOOR, roster, seen, remembered_until=at(198))
    assert not [order for order in orders if order.facts or order.end_shift]
    assert [order.begin_shift for order in orders] == ([] if reached_the_queues else [True])


def test_a_crash_before_the_wrap_up_began_leaves_no_agent_waiting_for_ever() -> None:
    roster, _ = _roster(
        *_ready(),
        on_call(AgentConnected, 10, **TALK),
        on_call(AgentReleased, 60, **TALK, ended_by="customer"),
    )
    (order,) = after_snapshot(FLOOR, roster, _seen(*_members(paused=True, pause_reason=WRAP_UP)))
    assert [type(one) for one in order.facts] == [WrapUpStarted]


def test_an_offer_or_a_talk_whose_call_is_gone_is_over() -> None:
    offered = on_call(AgentOffered, 10, **TALK)
    roster, _ = _roster(*_ready(), offered)
    (order,) = after_snapshot(FLOOR, roster, _seen(*_members()))
    assert [type(one) for one in order.facts] == [AgentMissed]
    roster, _ = _roster(*_ready(), offered, on_call(AgentConnected, 11, **TALK))
    (order,) = after_snapshot(FLOOR, roster, _seen(*_members(paused=True, pause_reason=WRAP_UP)))
    assert [type(one) for one in order.facts] == [AgentReleased]
    alive = replace(
        _seen(*_members(paused=True, pause_reason=WRAP_UP)),
        channels=(
            ChannelSeen(
                call_id=CALL, application="Queue", state="Up", number_called="",
                caller_number="", in_bridge=True, began_at=at(0),
            ),
        ),
    )  # fmt: skip
    assert after_snapshot(FLOOR, roster, alive) == []


def test_a_phone_that_never_comes_on_the_line_ends_the_sign_in() -> None:
    roster, _ = _roster(fact(AgentSignInAsked, 0, **ANA))
    (order,) = after_snapshot(FLOOR, roster, _seen(*_members(status=5), lines=frozenset()))
    assert order.end_shift
    assert [type(one) for one in order.facts] == [AgentSignedOut]


@pytest.mark.parametrize(
    "late",
    [
        fact(AgentReleased, 70, call_id="earlier", **TALK, ended_by="unknown"),
        fact(WrapUpStarted, 70, agent="1001", call_id="earlier", until=at(80)),
        fact(WrapUpEnded, 70, agent="1001", call_id="earlier", how="clock"),
    ],
)
def test_the_late_end_of_an_earlier_call_does_not_end_the_present_one(late: Fact) -> None:
    roster, _ = _roster(*_ready(), on_call(AgentConnected, 10, **TALK), late)
    agent = roster.get("1001")
    assert agent is not None
    assert (agent.state, agent.call_id) == (AgentState.TALKING, CALL)


def test_a_sign_in_asked_without_a_link_is_carried_out_with_it() -> None:
    roster, _ = _roster(fact(AgentSignInAsked, 190, **ANA))
    (order,) = after_snapshot(FLOOR, roster, _seen(lines=frozenset()))
    assert order == Order(agent="1001", begin_shift=True)
