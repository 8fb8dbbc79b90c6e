"""The line of a queue: where a caller stands who leaves it and comes back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ivr.line import InLine, place, position
from tests.unit.facts import at


def waits(name: str, since: float, priority: int = 0) -> InLine:
    return InLine(call_id=name, since=at(since), priority=priority)


def test_who_comes_back_stands_behind_those_who_were_before_and_are_there_still() -> None:
    me = waits("me", 20)
    assert position(me, [waits("a", 0), waits("b", 10), waits("c", 30)]) == 3
    assert position(me, [waits("b", 10), waits("c", 30)]) == 2
    assert position(me, [waits("c", 30), me]) == 1


def test_a_higher_priority_stands_before() -> None:
    me = waits("me", 20)
    assert position(me, [waits("a", 0), waits("late", 40, priority=5)]) == 3
    assert position(waits("me", 20, priority=5), [waits("a", 0), waits("b", 10)]) == 1


def test_the_place_of_one_without_a_priority_is_the_moment_it_began() -> None:
    assert place(waits("me", 20), [waits("a", 0), waits("c", 30)]) == at(20)


def test_a_priority_is_not_lost_by_asking_for_a_call() -> None:
    found = place(waits("me", 20, priority=5), [waits("a", 0), waits("b", 10)])
    assert found < at(0)


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 3)), min_size=1, unique=True))
def test_the_position_is_that_of_a_sorted_line(people: list[tuple[int, int]]) -> None:
    line = [waits(str(index), since, prio) for index, (since, prio) in enumerate(people)]
    ordered = sorted(line, key=lambda one: (-one.priority, one.since))
    for one in line:
        ahead = [(other.priority, other.since) for other in ordered[: position(one, line) - 1]]
        assert (one.priority, one.since) not in ahead
        assert all((-prio, since) < (-one.priority, one.since) for prio, since in ahead)
