"""When a turn comes, where it can be worked out by hand."""

from __future__ import annotations

import random

import pytest

import agents.becoming_free
from agents.becoming_free import Server, Share, seconds_to
from agents.durations import Durations
from tests.unit.facts import at

#: nothing was seen: talks end as if at random, 100 s on average, without wrap-up
TALKS = Durations(100.0)


def _share(part: float = 1.0) -> Share:
    return Share(part=part, cycle_seconds=100.0, talks=TALKS, wrap_up_seconds=0.0)


def _busy(count: int, part: float = 1.0) -> list[Server]:
    return [Server(at=TALKS, lasted_seconds=30.0, share=_share(part)) for _ in range(count)]


@pytest.mark.parametrize(("turn", "agents"), [(1, 1), (5, 1), (1, 10), (7, 10), (60, 20)])
def test_talks_that_end_at_random_are_a_steady_stream(turn: int, agents: int) -> None:
    # M/M/s: the n-th turn comes after n ends, one every 100/s seconds
    steady = 100.0 / agents
    assert seconds_to(turn, _busy(agents)) == pytest.approx((turn - 0.15) * steady, rel=0.02)


def test_half_an_agent_is_half_a_stream() -> None:
    half, whole = seconds_to(5, _busy(4, part=0.5)), seconds_to(5, _busy(2))
    assert half == pytest.approx(whole, rel=0.02)


def test_free_agents_take_one_each() -> None:
    servers = [Server(at=None, share=_share()) for _ in range(3)]
    assert seconds_to(3, servers) == 0.0
    assert seconds_to(4, servers) == pytest.approx(0.85 * 100 / 3, rel=0.02)


def test_those_in_front_who_give_up_are_no_turns() -> None:
    # n-th of M/M/s+M: the sum of 1 / (s/100 + i/200) over those in front
    by_hand = sum(1 / (2 / 100 + in_front / 200) for in_front in range(9))
    found = seconds_to(9, _busy(2), giving_up=1 / 200)
    assert found == pytest.approx(by_hand, rel=0.12)
    assert found < seconds_to(9, _busy(2)) / 1.5


def test_those_who_go_before_take_turns_but_never_all() -> None:
    alone = seconds_to(3, _busy(2))
    assert seconds_to(3, _busy(2), overtaking=0.01) == pytest.approx(2 * alone, rel=0.02)
    assert seconds_to(3, _busy(2), overtaking=1.0) == pytest.approx(10 * alone, rel=0.02)


def test_a_wrap_up_is_over_by_the_clock() -> None:
    wrap_ups = Durations(60.0)
    server = Server(at=wrap_ups, lasted_seconds=50.0, latest_seconds=10.0, share=_share())
    assert server.free_in == 10.0
    assert server.taken_in(11.0) >= 1.0
    assert server.taken_in(5.0) < 0.2


def test_what_follows_the_talk_comes_first() -> None:
    server = Server(at=TALKS, then_seconds=20.0, share=_share())
    assert server.free_in == pytest.approx(120.0)
    assert server.taken_in(20.0) == 0.0
    assert server.taken_in(30.0) > 0.0


def test_of_hundreds_of_agents_the_middle_one_of_neighbours_is_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dice = random.Random(800)
    talks, wrap_ups, share = Durations(180.0), Durations(30.0), _share()
    for _ in range(200):
        talks.add(at(0), dice.lognormvariate(5.0, 0.6))
        wrap_ups.add(at(0), dice.lognormvariate(3.2, 0.4))
    servers = [
        Server(at=talks, lasted_seconds=dice.uniform(0, 300), then_seconds=25.0, share=share)
        for _ in range(240)
    ]
    for _ in range(60):
        lasted = dice.uniform(0, 40)
        servers.append(
            Server(at=wrap_ups, lasted_seconds=lasted, latest_seconds=60 - lasted, share=share)
        )
    looked_at = seconds_to(40, servers), seconds_to(400, servers)
    monkeypatch.setattr(agents.becoming_free, "_APART", 1000)
    each = seconds_to(40, servers), seconds_to(400, servers)
    assert looked_at == pytest.approx(each, rel=0.02)
    assert looked_at != each
