"""What is counted for Prometheus, from facts that took their road."""

from __future__ import annotations

from datetime import timedelta

from calls.events import (
    AgentConnected,
    AgentReleased,
    AttemptEnded,
    AttemptStarted,
    CallEnded,
    CallVanished,
    Fact,
    LinkLost,
    LinkUp,
    QueueGaveUp,
    QueueJoined,
    QueueLeft,
    WrapUpEnded,
    WrapUpStarted,
)
from calls.tracker import Tracker
from monitoring.folding import call_of, fold, opened_by
from monitoring.gauges import Gauges, Histogram
from monitoring.record import CallRecord
from monitoring.wait_histogram import EDGES_SECONDS, band_of
from tests.unit.facts import CALL, FLOOR, START, arrived, at, fact, on_call

JOINED = on_call(QueueJoined, 1, queue="soporte", position=1)
CONNECTED = on_call(AgentConnected, 21, queue="soporte", agent="1001")
RELEASED = on_call(AgentReleased, 51, queue="soporte", agent="1001", ended_by="customer")
ENDED = on_call(CallEnded, 52, cause=16, sip_code=0)


class Counting:
    """Records folded as the recorder does, and the counts behind them."""

    def __init__(self) -> None:
        self.records: dict[str, CallRecord] = {}
        self.clock = START
        self.gauges = Gauges(FLOOR, self.records.get, lambda: self.clock)
        self._tracker = Tracker()

    def happen(self, *facts: Fact) -> Gauges:
        for one in facts:
            new = opened_by(one)
            if new is not None:
                self.records.setdefault(new.call_id, new)
            elif (record := self.records.get(call_of(one))) is not None:
                fold(record, one)
            self.gauges.fold(self._tracker.apply(one))
        return self.gauges


def test_a_talk_is_counted_once_and_when_it_begins() -> None:
    counting = Counting()
    gauges = counting.happen(arrived(), JOINED)
    assert +gauges.calls == {}
    counting.happen(CONNECTED)
    assert +gauges.calls == {("soporte", "answered"): 1}
    counting.happen(CONNECTED, RELEASED, ENDED, ENDED, RELEASED)
    assert +gauges.calls == {("soporte", "answered"): 1}
    waits = gauges.waits["soporte", "answered"]
    assert (waits.total, waits.cumulated()[-1]) == (20.0, ("+Inf", 1.0))


def test_who_gives_up_is_counted_when_the_call_is_over() -> None:
    counting = Counting()
    left = on_call(QueueLeft, 9, queue="soporte")
    gauges = counting.happen(arrived(), JOINED, left)
    assert +gauges.calls == {}
    counting.happen(ENDED)
    assert +gauges.calls == {("soporte", "abandoned"): 1}
    assert gauges.waits["soporte", "abandoned"].total == 8.0


def test_each_wait_of_a_call_is_counted_in_its_queue() -> None:
    gauges = Counting().happen(
        arrived(),
        on_call(QueueJoined, 1, queue="salida", position=1),
        on_call(QueueGaveUp, 3, queue="salida", status="TIMEOUT"),
        JOINED, CONNECTED, RELEASED, ENDED,
    )  # fmt: skip
    assert +gauges.calls == {("salida", "timed_out"): 1, ("soporte", "answered"): 1}
    assert [key for key, waits in gauges.waits.items() if waits.total] == [("soporte", "answered")]


def test_every_count_is_there_before_anything_happens() -> None:
    gauges = Counting().gauges
    assert {queue for queue, _ in gauges.calls} == {"soporte", "salida", "own"}
    assert set(gauges.calls.values()) == {0}
    assert {waits.total for waits in gauges.waits.values()} == {0.0}


def test_refused_and_lost_are_told_apart() -> None:
    full = on_call(QueueGaveUp, 1, queue="soporte", status="FULL")
    refused = Counting().happen(arrived(), JOINED, full, ENDED)
    assert +refused.calls == {("soporte", "refused"): 1}
    lost = on_call(CallVanished, 30, last_seen_at=at(20), reason="lost_sync")
    assert +Counting().happen(arrived(), JOINED, lost).calls == {("soporte", "lost"): 1}


def test_an_agents_own_queue_bears_no_number() -> None:
    own = {"queue": "own_1001", "agent": "1001"}
    gauges = Counting().happen(
        arrived(),
        on_call(QueueJoined, 1, queue="own_1001", position=1),
        on_call(AgentConnected, 2, **own), ENDED,
    )  # fmt: skip
    assert +gauges.calls == {("own", "answered"): 1}


def test_handling_is_noted_when_the_wrap_up_is_over() -> None:
    gauges = Counting().happen(
        arrived(), JOINED, CONNECTED, RELEASED, ENDED,
        fact(WrapUpStarted, 51, agent="1001", call_id=CALL, until=at(71)),
        fact(WrapUpEnded, 61, agent="1001", call_id=CALL, how="agent"),
    )  # fmt: skip
    assert gauges.handles["soporte"].total == 40.0


def test_attempts_by_campaign_and_outcome() -> None:
    started = on_call(AttemptStarted, 0, campaign_id="c1", lead_id=1, number_called="573001234567")
    gauges = Counting().happen(started)
    assert gauges.open_attempts == {"c1": 1}
    ended = on_call(AttemptEnded, 9, campaign_id="c1", lead_id=1, outcome="busy")
    counting = Counting()
    gauges = counting.happen(started, ended)
    assert (gauges.open_attempts, gauges.attempts) == ({"c1": 0}, {("c1", "busy"): 1})


def test_the_first_link_is_no_reconnection() -> None:
    up, lost = fact(LinkUp, 1, booted_at=START), fact(LinkLost, 2, reason="x")
    assert Counting().happen(up).reconnects == 0
    assert Counting().happen(up, lost, up, lost, up).reconnects == 2


def test_lag_is_of_what_happens_now() -> None:
    counting = Counting()
    counting.clock = START + timedelta(seconds=1.25)
    gauges = counting.happen(fact(LinkUp, 1, booted_at=START))
    assert (gauges.lag.total, gauges.lag.cumulated()[-1][1]) == (0.25, 1.0)
    before = counting.happen(fact(LinkLost, -60, reason="from the journal"))
    assert before.lag.total == 0.25


def test_a_value_on_an_edge_is_below_it_as_in_the_bands_of_reports() -> None:
    for milliseconds in (0, 1, 5000, 5001, 20_000, 600_000, 600_001):
        histogram = Histogram(EDGES_SECONDS)
        histogram.note(milliseconds / 1000)
        first = next(band for band, (_, count) in enumerate(histogram.cumulated()) if count == 1)
        assert first == band_of(milliseconds)
    assert Histogram((1, 2)).cumulated() == [("1.0", 0.0), ("2.0", 0.0), ("+Inf", 0.0)]
