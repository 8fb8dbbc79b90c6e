"""An agent's time: cut where quarters meet, counted once, to the millisecond."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from agents.states import AgentState
from calls.events import (
    AgentConnected,
    AgentReleased,
    AttemptStarted,
    CallEnded,
    HoldEnded,
    HoldStarted,
    QueueJoined,
    WrapUpEnded,
    WrapUpStarted,
)
from monitoring.agent_counts import AgentCounts, Handled, Stretch, counted, handled_of
from monitoring.folding import fold, opened_by
from monitoring.quarters import QUARTER, quarter_of, quarters
from tests.unit.facts import CALL, START, arrived, at, fact, on_call

LATER = at(86400)
STATES = [state for state in AgentState if state is not AgentState.SIGNED_OUT]


def _stretch(state: str, begins: float, ends: float | None, reason: str = "") -> Stretch:
    ended_at = None if ends is None else at(ends)
    return Stretch(state=state, reason=reason, began_at=at(begins), ended_at=ended_at)


def test_a_stretch_is_cut_where_quarters_meet() -> None:
    talk = _stretch("talking", 800, 1900)
    found = [counted([talk], [], [], at(first), LATER).talking_ms for first in (0, 900, 1800)]
    assert found == [100_000, 900_000, 100_000]
    assert counted([talk], [], [], at(2700), LATER) == AgentCounts()


def test_what_goes_on_is_counted_up_to_now() -> None:
    ready = _stretch("ready", 800, None)
    assert counted([ready], [], [], at(0), at(860)).ready_ms == 60_000
    assert counted([ready], [], [], at(900), at(860)) == AgentCounts()


def test_who_is_signed_out_is_not_on_the_shift() -> None:
    away = [_stretch("signed_out", 0, 500), _stretch("signing_in", 500, 600)]
    assert counted(away, [], [], START, LATER) == AgentCounts()


def test_wrap_up_after_the_shift_is_time_of_the_agent_until_the_end() -> None:
    """The shift ends at 890 s, the wrap-up, begun before, is signed out of at 905 s."""
    day = [_stretch("wrapping_up", 880, 905), _stretch("signed_out", 905, None)]
    assert counted(day, [], [], at(0), LATER).wrapping_up_ms == 20_000
    assert counted(day, [], [], at(900), LATER) == AgentCounts(wrapping_up_ms=5_000)


def test_pauses_are_told_by_their_reason() -> None:
    pauses = [
        _stretch("paused", 0, 60, "almuerzo"),
        _stretch("paused", 60, 70),
        _stretch("paused", 70, 100, "almuerzo"),
    ]
    counts = counted(pauses, [], [], START, LATER)
    assert counts.paused_ms == 100_000
    assert counts.pauses == {"almuerzo": 90_000, "": 10_000}


@given(
    st.lists(
        st.tuples(st.sampled_from(STATES), st.integers(1, 3_000_000_000)), min_size=1, max_size=20
    )
)
def test_states_add_up_to_the_time_on_the_shift(moves: list[tuple[AgentState, int]]) -> None:
    """Lengths in microseconds: no quarter gains or loses by rounding."""
    borders = [START]
    for _, length in moves:
        borders.append(borders[-1] + timedelta(microseconds=length))
    stretches = [
        Stretch(state=state, reason="", began_at=begins, ended_at=ends)
        for (state, _), (begins, ends) in zip(moves, pairwise(borders), strict=True)
        if state is not AgentState.SIGNING_IN
    ]
    for quarter in quarters(START, borders[-1]):
        counts = counted(stretches, [], [], quarter, LATER)
        sums = (
            counts.ready_ms + counts.offered_ms + counts.reserved_ms + counts.talking_ms
            + counts.wrapping_up_ms + counts.paused_ms
        )  # fmt: skip
        whole = quarter + QUARTER <= borders[-1]
        if len(stretches) == len(moves) and whole:
            assert sums == 900_000
        assert sums <= 900_000


def _handled(seconds: float, *, dialed: bool = False, transferred: bool = False) -> Handled:
    return Handled(
        agent="1001", at=at(seconds), dialed=dialed, transferred=transferred, hold_ms=1000,
        finished=True,
    )  # fmt: skip


def test_talks_are_counted_where_they_ended() -> None:
    talks = [_handled(899), _handled(900, dialed=True), _handled(901, transferred=True)]
    missed: list[datetime] = [at(899.5), at(1800)]
    assert counted([], talks, missed, START, LATER) == AgentCounts(
        handled_inbound=1, hold_ms=1000, missed=1
    )
    assert counted([], talks, missed, at(900), LATER) == AgentCounts(
        handled_inbound=1, handled_dialed=1, transferred=1, hold_ms=2000
    )


def test_two_agents_of_one_call_have_handled_it_each() -> None:
    record = opened_by(arrived(0))
    assert record is not None
    for told in (
        on_call(QueueJoined, 1, queue="soporte", position=1),
        on_call(AgentConnected, 2, queue="soporte", agent="1001"),
        on_call(AgentReleased, 30, queue="soporte", agent="1001", ended_by="transfer"),
        on_call(QueueJoined, 31, queue="ventas", position=1),
        on_call(AgentConnected, 35, queue="ventas", agent="1002"),
        on_call(HoldStarted, 40),
        on_call(HoldEnded, 47.5),
        on_call(AgentReleased, 60, queue="ventas", agent="1002", ended_by="customer"),
        on_call(CallEnded, 60, cause=16, sip_code=200),
        fact(WrapUpStarted, 60, call_id=CALL, agent="1002", until=at(90)),
        fact(WrapUpEnded, 70, call_id=CALL, agent="1002", how="agent", disposition=""),
    ):
        fold(record, told)
    first, second = handled_of(record, finished=True)
    assert (first.agent, first.at, first.transferred, first.hold_ms) == ("1001", at(30), True, 0)
    assert (second.agent, second.transferred, second.hold_ms) == ("1002", False, 7500)
    assert not first.dialed
    assert quarter_of(second.at) == START


def test_a_talk_that_goes_on_is_not_handled_yet() -> None:
    dialed = opened_by(
        on_call(AttemptStarted, 0, campaign_id="c", lead_id=1, number_called="573001234567")
    )
    assert dialed is not None
    fold(dialed, on_call(QueueJoined, 1, queue="salida", position=1))
    fold(dialed, on_call(AgentConnected, 2, queue="salida", agent="1001"))
    assert handled_of(dialed, finished=False) == []
    fold(dialed, on_call(AgentReleased, 9, queue="salida", agent="1001", ended_by="agent"))
    (talk,) = handled_of(dialed, finished=False)
    assert talk.dialed


def test_counts_are_added() -> None:
    counts = AgentCounts(ready_ms=1, pauses={"a": 1})
    counts.add(AgentCounts(ready_ms=2, missed=1, pauses={"a": 2, "b": 3}))
    assert counts == AgentCounts(ready_ms=3, missed=1, pauses={"a": 3, "b": 3})
