"""At most once in so many seconds, for each thing."""

from __future__ import annotations

from backoffice.pace import Pace


def test_a_thing_is_done_once_and_then_waits() -> None:
    pace = Pace(900)
    assert pace.take("a", 100) == 0
    assert pace.take("a", 101) == 899
    assert pace.take("a", 999.5) == 0.5
    assert pace.take("a", 1000) == 0
    assert pace.take("a", 1000) == 900


def test_things_do_not_mind_one_another() -> None:
    pace = Pace(900)
    assert pace.take("a", 0) == pace.take("b", 0) == 0


def test_what_was_not_done_does_not_count() -> None:
    pace = Pace(900)
    pace.take("a", 0)
    pace.give_back("a")
    assert pace.take("a", 1) == 0
    pace.give_back("unknown")


def test_it_forgets_what_is_over_and_remembers_no_more_than_allowed() -> None:
    pace = Pace(10, remembered=3)
    for now, key in enumerate("abcde"):
        pace.take(key, now)
    assert len(pace) == 3
    assert pace.take("a", 5) == 0  # forgotten, though its time was not over
    assert pace.take("e", 5) == 9
    pace.take("z", 100)
    assert len(pace) == 1
