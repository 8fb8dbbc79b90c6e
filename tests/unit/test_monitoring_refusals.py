"""Who a queue does not take: counted as refused there, whatever else the caller waits for."""

from __future__ import annotations

import pytest

from calls.call import OVERFLOW
from calls.events import (
    CallEnded,
    Fact,
    MenuEntered,
    QueueGaveUp,
    QueueJoined,
    QueueRefused,
    TaskMoved,
)
from monitoring.folding import fold, opened_by
from monitoring.menu_sessions import sessions_of
from monitoring.record import CallRecord
from monitoring.visits import Ending, visits_of
from tests.unit.facts import arrived, on_call


def record(*facts: Fact) -> CallRecord:
    made = opened_by(arrived(0))
    assert made is not None
    for each in facts:
        fold(made, each)
    return made


def told(*facts: Fact) -> list[tuple[str, str]]:
    """The queue of each visit, and what it came to, or why it was refused."""
    return [
        (visit.queue, visit.refused or visit.ending.value)
        for visit in visits_of(record(*facts), finished=True)
    ]


def refused(seconds: float, why: str, queue: str = "soporte") -> QueueRefused:
    return on_call(QueueRefused, seconds, queue=queue, why=why)


def joined(seconds: float, queue: str = "soporte") -> QueueJoined:
    return on_call(QueueJoined, seconds, queue=queue, position=1)


def gave_up(seconds: float, status: str, queue: str = "soporte") -> QueueGaveUp:
    return on_call(QueueGaveUp, seconds, queue=queue, status=status)


MENU = on_call(MenuEntered, 1, menu="simple", node="start", language="es")
ENDED = on_call(CallEnded, 200, cause=16, sip_code=200)


@pytest.mark.parametrize(
    ("why", "status"), [("closed", "CLOSED"), ("full", "FULL"), ("nobody", "JOINEMPTY")]
)
def test_who_the_menu_does_not_let_in_is_refused(why: str, status: str) -> None:
    facts = (MENU, refused(5, why), refused(5, why), ENDED)
    assert told(*facts) == [("soporte", status)]
    made = record(*facts)
    assert (made.outcome, made.wait_seconds) == ("unserved", 0.0)
    assert sessions_of(made)[0].queued_at is None, "nobody waited"


def test_who_then_gets_it_done_alone_is_served() -> None:
    done = on_call(TaskMoved, 20, task="balance", step="done")
    assert record(MENU, refused(5, "closed"), done, ENDED).outcome == "self_service"


def test_a_full_queue_does_not_change_what_the_wait_before_came_to() -> None:
    facts = (joined(10), gave_up(100, "TIMEOUT"), gave_up(100, "FULL"), gave_up(100, "FULL"), ENDED)
    assert told(*facts) == [("soporte", Ending.TIMED_OUT), ("soporte", "FULL")]


def test_who_asks_elsewhere_in_vain_keeps_the_place() -> None:
    led_away = (joined(10), gave_up(40, OVERFLOW), refused(45, "closed", "ventas"))
    assert told(*led_away, ENDED) == [("soporte", Ending.ABANDONED), ("ventas", "CLOSED")]
    back = (joined(50), gave_up(90, "TIMEOUT"), ENDED)
    assert told(*led_away, *back) == [("soporte", Ending.TIMED_OUT), ("ventas", "CLOSED")]
    (wait, _) = visits_of(record(*led_away, *back), finished=True)
    assert wait.wait_ms == 80_000, "since the first time"
