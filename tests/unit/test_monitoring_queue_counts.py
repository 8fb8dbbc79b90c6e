"""Counts of a queue: whoever was offered came to one end, and every moment is in its quarter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.events import (
    AgentConnected,
    AgentReleased,
    CallEnded,
    CallVanished,
    Fact,
    QueueGaveUp,
    QueueJoined,
    QueueLeft,
    WrapUpEnded,
    WrapUpStarted,
)
from monitoring.folding import fold, opened_by
from monitoring.kpi_queues import QUEUE_KPIS, QueuePart
from monitoring.quarters import quarter_of
from monitoring.queue_counts import Basis, QueueCounts, counted, touched
from monitoring.queue_setting import QueueSetting
from monitoring.record import CallRecord
from monitoring.service_level import Method, service_level
from monitoring.visits import Ending, Visit, visits_of
from tests.unit.facts import CALL, START, arrived, at, fact, on_call

_AGENTS = st.sampled_from(["1001", "1002"])
_STATUS = st.sampled_from(
    ["TIMEOUT", "FULL", "JOINEMPTY", "CALLBACK", "CALLBACK_KEY", "OVERFLOW", "AHEAD", "WITHDRAW",
     "MOVED", "LEAVEEMPTY", "CONTINUE"]
)  # fmt: skip
_QUEUES = st.sampled_from(["soporte", "ventas"])
_SECONDS = st.floats(0, 4000).map(lambda seconds: round(seconds, 3))


def _facts() -> st.SearchStrategy[Fact]:
    """Any fact of a call, at any moment: nothing promises that they make sense."""
    return st.one_of(
        st.builds(lambda s, q: on_call(QueueJoined, s, queue=q, position=1), _SECONDS, _QUEUES),
        st.builds(lambda s, q: on_call(QueueLeft, s, queue=q), _SECONDS, _QUEUES),
        st.builds(
            lambda s, q, t: on_call(QueueGaveUp, s, queue=q, status=t), _SECONDS, _QUEUES, _STATUS
        ),
        st.builds(
            lambda s, q, a: on_call(AgentConnected, s, queue=q, agent=a), _SECONDS, _QUEUES, _AGENTS
        ),
        st.builds(
            lambda s, q, a: on_call(AgentReleased, s, queue=q, agent=a, ended_by="agent"),
            _SECONDS, _QUEUES, _AGENTS,
        ),
        st.builds(lambda s: on_call(CallEnded, s, cause=16, sip_code=200), _SECONDS),
        st.builds(
            lambda s: on_call(CallVanished, s, last_seen_at=at(s), reason="lost_sync"), _SECONDS
        ),
    )  # fmt: skip


def _record(*facts: Fact) -> CallRecord:
    made = opened_by(arrived(0))
    assert made is not None
    for each in facts:
        fold(made, each)
    return made


def _visits(*facts: Fact) -> list[Visit]:
    return visits_of(_record(*facts), finished=True)


@given(st.lists(st.lists(_facts(), max_size=12), max_size=6), st.booleans())
def test_offered_is_the_sum_of_all_endings(calls: list[list[Fact]], in_order: bool) -> None:
    """Of any facts, in any order; told twice they count no more."""
    seen: list[Visit] = []
    for facts in calls:
        told = sorted(facts, key=lambda fact: fact.at) if in_order else facts
        seen += _visits(*told)
    quarters = {quarter for visit in seen for quarter in touched(visit)}
    for basis in Basis:
        whole = QueueCounts()
        for quarter in quarters:
            one = counted(seen, quarter, basis)
            if basis is Basis.OFFERED:
                assert one.offered == one.endings
            whole.add(one)
        assert whole.offered == whole.endings
        assert whole.received == whole.offered + whole.refused == len(seen)
        assert whole.answered == sum(whole.answered_bands)
        assert whole.abandoned == sum(whole.abandoned_bands)
        assert whole.callback_booked <= whole.offered


def test_both_bases_add_up_to_the_same() -> None:
    seen = _visits(
        on_call(QueueJoined, 890, queue="soporte", position=1),
        on_call(AgentConnected, 910, queue="soporte", agent="1001"),
        on_call(AgentReleased, 1810, queue="soporte", agent="1001", ended_by="transfer"),
        on_call(CallEnded, 1810, cause=16, sip_code=200),
    )
    first = counted(seen, START, Basis.OFFERED)
    assert (first.offered, first.answered, first.talk_ms) == (1, 1, 900_000)
    by_event = [counted(seen, at(seconds), Basis.EVENT) for seconds in (0, 900, 1800)]
    assert [(one.offered, one.answered, one.talk_ms) for one in by_event] == [
        (1, 0, 0), (0, 1, 0), (0, 0, 900_000),
    ]  # fmt: skip
    whole = QueueCounts()
    for one in by_event:
        whole.add(one)
    assert whole == first


def test_answered_exactly_at_the_time_is_in_time() -> None:
    for waited, in_time in ((20.0, 1), (20.001, 0)):
        seen = _visits(
            on_call(QueueJoined, 10, queue="soporte", position=1),
            on_call(AgentConnected, 10 + waited, queue="soporte", agent="1001"),
            on_call(CallEnded, 100, cause=16, sip_code=200),
        )
        counts = counted(seen, START, Basis.OFFERED)
        assert service_level(counts, Method.OFFERED, 20, 5).numerator == in_time


@pytest.mark.parametrize(
    "joined",
    [
        datetime(2026, 3, 1, 23, 59, 50, tzinfo=UTC),  # over midnight
        datetime(2026, 9, 6, 3, 59, 50, tzinfo=UTC),  # Chile's clocks go forward
        datetime(2026, 10, 25, 0, 59, 50, tzinfo=UTC),  # Spain's go back
    ],
)
def test_a_wait_is_as_long_as_it_was_whatever_the_clock_on_the_wall(joined: datetime) -> None:
    left = joined + timedelta(seconds=25)
    record = _record()
    for told in (
        QueueJoined(at=joined, pbx="pbx1", call_id=record.call_id, queue="soporte", position=1),
        CallEnded(at=left, pbx="pbx1", call_id=record.call_id, cause=16, sip_code=200),
    ):
        fold(record, told)
    (visit,) = visits_of(record, finished=True)
    assert visit.wait_ms == 25_000
    assert touched(visit) == {quarter_of(joined), quarter_of(left)}
    offered = counted([visit], quarter_of(joined), Basis.OFFERED)
    assert (offered.abandoned, offered.abandoned_wait_ms) == (1, 25_000)
    later = counted([visit], quarter_of(left), Basis.EVENT)
    assert (later.offered, later.abandoned, later.longest_wait_ms) == (0, 1, 25_000)


def test_wrap_up_is_counted_with_its_talk_however_late_it_ends() -> None:
    seen = _visits(
        on_call(QueueJoined, 800, queue="soporte", position=1),
        on_call(AgentConnected, 810, queue="soporte", agent="1001"),
        on_call(AgentReleased, 890, queue="soporte", agent="1001", ended_by="agent"),
        on_call(CallEnded, 890, cause=16, sip_code=200),
        fact(WrapUpStarted, 890, call_id=CALL, agent="1001", until=at(4000)),
        fact(WrapUpEnded, 3890, call_id=CALL, agent="1001", how="clock", disposition=""),
    )
    assert counted(seen, START, Basis.EVENT).wrap_up_ms == 3_000_000
    assert counted(seen, at(3600), Basis.EVENT) == QueueCounts()


def test_the_longest_wait_is_the_greatest_not_the_sum() -> None:
    counts = QueueCounts(longest_wait_ms=5, offered=1)
    counts.add(QueueCounts(longest_wait_ms=3, offered=1))
    assert (counts.longest_wait_ms, counts.offered) == (5, 2)


def test_how_long_a_wait_was_whose_end_nobody_saw_is_not_known() -> None:
    """It was noticed minutes later that the call is gone: these are nobody's wait."""
    joined = on_call(QueueJoined, 10, queue="soporte", position=1)
    vanished = on_call(CallVanished, 250, last_seen_at=at(250), reason="lost_sync")
    counts = counted(_visits(joined, vanished), START, Basis.OFFERED)
    assert (counts.lost, counts.longest_wait_ms) == (1, 0)
    longest = next(one for one in QUEUE_KPIS if one.id == "longest_wait")
    assert longest.ratio(QueuePart(counts, QueueSetting())).denominator == 0


def test_every_ending_has_a_count() -> None:
    for ending in Ending:
        assert QueueCounts(**{ending.value: 2}).endings == 2  # type: ignore[arg-type]  # a whole number
