"""Which way a known caller goes on: the agent who has their matter, and who calls again."""

from __future__ import annotations

import pytest

from customers.routing import (
    REPEAT_PRIORITY,
    TAKING_SECONDS,
    OwnerNow,
    Route,
    route,
)


def _owner(free_in: float | None, *queues: str) -> OwnerNow:
    return OwnerNow(number="1001", queues=queues or ("soporte",), free_in_seconds=free_in)


def test_a_free_owner_is_preferred() -> None:
    found = route("soporte", owner=_owner(0.0), owner_seconds=60)
    assert found == Route(agent="1001", hold_seconds=TAKING_SECONDS, priority=0)


def test_one_who_is_free_soon_is_waited_for_that_long() -> None:
    found = route("soporte", owner=_owner(40.0), owner_seconds=60)
    assert (found.agent, found.free_in_seconds) == ("1001", 40.0)
    assert found.hold_seconds == 40.0 + TAKING_SECONDS
    assert route("soporte", owner=_owner(40.0), owner_seconds=39).agent == ""
    assert route("soporte", owner=_owner(200.0), owner_seconds=300).agent == "1001"


def test_no_owner_is_asked_for_where_the_queue_has_no_word_of_it() -> None:
    assert route("soporte", owner=_owner(0.0)) == Route()


@pytest.mark.parametrize("owner", [None, _owner(None), _owner(61.0), _owner(0.0, "ventas")])
def test_nobody_waits_for_an_owner_who_is_away_or_busy_or_serves_others(
    owner: OwnerNow | None,
) -> None:
    assert route("soporte", owner=owner, owner_seconds=60, priority=2) == Route(priority=2)


@pytest.mark.parametrize(
    ("reason", "reasons", "priority"),
    [
        ("sin_senal", ("factura", "sin_senal"), 2 + REPEAT_PRIORITY),
        ("sin_senal", ("factura",), 2),
        ("sin_senal", (), 2),
        ("", ("",), 2),
    ],
)
def test_who_calls_again_for_the_same_reason_goes_first(
    reason: str, reasons: tuple[str, ...], priority: int
) -> None:
    assert route("soporte", reason=reason, reasons=reasons, priority=2).priority == priority


def test_both_together() -> None:
    found = route("soporte", owner=_owner(0.0), owner_seconds=60, reason="x", reasons=("x",))
    assert (found.agent, found.priority) == ("1001", REPEAT_PRIORITY)
