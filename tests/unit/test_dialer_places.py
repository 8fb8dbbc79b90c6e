"""Places in a line: whoever came first is served first, on the line or called back."""

from __future__ import annotations

import heapq
import random
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.places import Place, kept_by_queue, next_of, number_in_line
from tests.unit.facts import at


def place(since: float, *, lead: int = 1, queue: str = "soporte", not_before: float = 0) -> Place:
    return Place(
        callback_id=f"cb{lead}", campaign_id="c", lead_id=lead, number="573001234567", zone="",
        queue=queue, since=at(since), not_before=at(max(since, not_before)),
    )  # fmt: skip


NOW = at(1000)


def test_a_turn_has_come_when_nobody_who_began_before_waits() -> None:
    mine = place(20)
    assert next_of([at(10), at(30)], [mine], 0, NOW) is None
    assert next_of([at(30)], [mine], 0, NOW) is mine
    assert next_of([], [mine], 0, NOW) is mine
    assert next_of([], [], 0, NOW) is None


def test_those_about_to_be_served_are_not_waited_for() -> None:
    mine = place(20)
    assert next_of([at(10), at(15), at(30)], [mine], 1, NOW) is None
    assert next_of([at(10), at(15), at(30)], [mine], 2, NOW) is mine


def test_of_several_who_keep_a_place_the_first_is_called_first() -> None:
    first, second = place(20, lead=1), place(40, lead=2)
    assert next_of([at(30)], [second, first], 0, NOW) is first
    assert next_of([at(30)], [second], 0, NOW) is None


def test_who_did_not_answer_waits_for_the_next_try_and_holds_nobody_up() -> None:
    tried, other = place(20, lead=1, not_before=2000), place(40, lead=2)
    assert next_of([], [tried, other], 0, NOW) is other
    assert next_of([], [tried, other], 0, at(2000)) is tried


def test_the_number_in_line_counts_who_waits_and_who_keeps_a_place() -> None:
    places = [place(20, lead=1), place(40, lead=2), place(10, lead=3, queue="ventas")]
    line = [at(5), at(30), at(60)]
    assert number_in_line(places[0], line, places) == 2
    assert number_in_line(places[1], line, places) == 4
    assert kept_by_queue(places) == {"soporte": 2, "ventas": 1}


@dataclass
class Caller:
    name: int
    since: float
    keeps: bool


def served(callers: list[Caller], frees: list[tuple[float, float]]) -> list[int]:
    """The order in which agents are given; each is free at a moment, and ready after a delay.

    As on the real switch: whoever is on the line gets an agent up to a second after the agent is
    free, while another agent may become free in between.
    """
    order: list[int] = []
    coming = list(callers)
    line: list[Caller] = []
    kept: list[Caller] = []
    moments = [(moment, "free", delay) for moment, delay in frees]
    heapq.heapify(moments)
    idle = 0

    def arrive(until: float) -> None:
        while coming and coming[0].since <= until:
            one = coming.pop(0)
            (kept if one.keeps else line).append(one)

    while moments:
        moment, what, delay = heapq.heappop(moments)
        arrive(moment)
        if what == "tick":
            idle -= 1
            if line:
                order.append(line.pop(0).name)
            continue
        places = [place(one.since, lead=one.name) for one in kept]
        found = next_of([at(one.since) for one in line], places, idle, at(moment))
        if found is not None:
            kept = [one for one in kept if one.name != found.lead_id]
            order.append(found.lead_id)
        elif len(line) > idle:
            idle += 1
            heapq.heappush(moments, (moment + delay, "tick", 0.0))
    return order


def test_a_dozen_callers_are_served_as_they_came() -> None:
    callers = [Caller(name, 10.0 * name, keeps=name in (2, 3, 7, 11)) for name in range(12)]
    frees = [(200.0 + 30 * number, 0.5) for number in range(12)]
    assert served(callers, frees) == list(range(12))


@pytest.mark.parametrize("seed", range(20))
def test_two_agents_becoming_free_in_one_second_skip_nobody(seed: int) -> None:
    """The one on the line gets the first agent, the one who is called back the second."""
    chance = random.Random(seed)
    callers = [Caller(name, 10.0 * name, keeps=chance.random() < 0.4) for name in range(12)]
    frees = [(200.0 + 30 * pair + 0.2 * one, 0.9) for pair in range(6) for one in range(2)]
    order = served(callers, frees)
    assert sorted(order) == list(range(12))
    # agents are given out as people came; who is on the line has theirs a moment later
    for position, name in enumerate(order):
        assert abs(position - name) <= 1


@given(st.lists(st.booleans(), min_size=12, max_size=12))
def test_whoever_of_the_dozen_gives_up_the_line(keeps: list[bool]) -> None:
    callers = [Caller(name, 10.0 * name, keeps=keep) for name, keep in enumerate(keeps)]
    frees = [(200.0 + 30 * number, 0.5) for number in range(12)]
    assert served(callers, frees) == list(range(12))


def test_who_came_while_others_were_served_waits_behind() -> None:
    callers = [Caller(0, 0, keeps=True), Caller(1, 10, keeps=False), Caller(2, 45, keeps=True),
               Caller(3, 50, keeps=False)]  # fmt: skip
    assert served(callers, [(20, 0.5), (30, 0.5), (60, 0.5), (70, 0.5)]) == [0, 1, 2, 3]
