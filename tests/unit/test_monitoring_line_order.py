"""Who stands where: the line in the order in which Asterisk has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from calls.events import (
    AgentConnected,
    CallEnded,
    CallFact,
    ChannelSeen,
    QueueGaveUp,
    QueueJoined,
    QueueLeft,
    SnapshotTaken,
)
from calls.reconcile import conclude
from calls.tracker import Tracker
from monitoring.line_order import LineOrder, WaitingLines
from tests.unit.facts import PBX, arrived, at


class Floor:
    """Callers, and the lines that follow them."""

    def __init__(self) -> None:
        self.tracker, self.lines = Tracker(), WaitingLines()
        self.touched: set[str] = set()

    def happen(self, *facts: Any) -> None:
        """Facts, in order."""
        for one in facts:
            self.touched = self.lines.fold(self.tracker.apply(one))

    def join(self, call_id: str, position: int, queue: str = "soporte") -> None:
        """Somebody comes to stand there."""
        if self.tracker.get(call_id) is None:
            self.happen(replace(arrived(0), call_id=call_id))
        self.happen(of(call_id, QueueJoined, queue=queue, position=position))

    def snapshot(self, second: float, *waiting: tuple[str, str, int]) -> None:
        """Asterisk tells its lines, and what went unseen is concluded."""
        snapshot = SnapshotTaken(
            at=at(second), pbx=PBX, asked_at=at(second), first_after_connect=True, channels=(),
            members=(), waiting=waiting, lines_up=frozenset(), talking=(),
        )  # fmt: skip
        self.happen(snapshot)


def of(call_id: str, kind: type[CallFact], second: float = 5, **fields: Any) -> CallFact:
    return kind(at=at(second), pbx=PBX, call_id=call_id, **fields)


def line(floor: Floor, queue: str = "soporte") -> Sequence[str]:
    return floor.lines.of(queue)


def test_who_comes_stands_where_the_switch_says() -> None:
    order = LineOrder()
    for place, call_id in enumerate("abc", start=1):
        order.joined("q", call_id, place)
    order.joined("q", "vip", 1)
    order.joined("q", "behind the vip", 2)
    order.joined("q", "nobody said where", 0)
    assert order.of("q") == ("vip", "behind the vip", "a", "b", "c", "nobody said where")
    assert [order.left("q", each) for each in ("b", "b", "vip", "c")] == [4, None, 1, 3]
    assert order.of("q") == ("behind the vip", "a", "nobody said where")
    assert order.of("no such queue") == ()
    assert order.left("no such queue", "a") is None
    # told again: the newer place counts, and nobody stands twice
    order.joined("q", "nobody said where", 1)
    assert order.of("q") == ("nobody said where", "behind the vip", "a")


def test_what_the_switch_tells_of_its_line_counts() -> None:
    order = LineOrder()
    for place, call_id in enumerate(("a", "b", "came since", "c"), start=1):
        order.joined("q", call_id, place)
    order.told("q", ["c", "unknown", "a", "b"])
    assert order.of("q") == ("c", "a", "came since", "b")
    order.told("elsewhere", ["a"])
    assert order.of("elsewhere") == ()


def test_whoever_leaves_the_wait_leaves_the_line() -> None:
    ways: list[tuple[type[CallFact], dict[str, Any]]] = [
        (QueueLeft, {"queue": "soporte"}),
        (QueueGaveUp, {"queue": "soporte", "status": "TIMEOUT"}),
        (AgentConnected, {"queue": "soporte", "agent": "1001"}),
        (CallEnded, {"cause": 16, "sip_code": 200}),
    ]
    for kind, fields in ways:
        floor = Floor()
        for place, call_id in enumerate("abc", start=1):
            floor.join(call_id, place)
        floor.happen(of("b", kind, **fields))
        assert line(floor) == ("a", "c")
        assert floor.touched == {"soporte"}


def test_put_ahead_and_moved_to_another_queue() -> None:
    floor = Floor()
    for place, call_id in enumerate("abc", start=1):
        floor.join(call_id, place)
    floor.happen(of("c", QueueGaveUp, queue="soporte", status="AHEAD"))
    assert line(floor) == ("a", "b")
    floor.join("c", 1)
    assert line(floor) == ("c", "a", "b")
    floor.join("z", 1, "ventas")
    floor.happen(of("a", QueueGaveUp, queue="soporte", status="MOVED"))
    floor.join("a", 2, "ventas")
    assert (line(floor), line(floor, "ventas")) == (("c", "b"), ("z", "a"))
    # taken out and put in without a word of the leaving
    floor.join("b", 1, "ventas")
    assert (line(floor), line(floor, "ventas")) == (("c",), ("b", "z", "a"))
    assert floor.touched == {"soporte", "ventas"}


def test_a_fact_that_moves_nobody_touches_no_line() -> None:
    floor = Floor()
    floor.join("a", 1)
    floor.happen(replace(arrived(0), call_id="b"))
    assert floor.touched == set()
    floor.happen(of("b", QueueLeft, queue="soporte"))
    assert floor.touched == set()
    assert line(floor) == ("a",)


def test_a_snapshot_mends_what_was_missed() -> None:
    """As after a restart: of those before them nobody has told, so places were taken for others."""
    floor = Floor()
    floor.join("b", 2)
    floor.join("a", 2)  # put before b, when one stood before both
    assert line(floor) == ("b", "a")
    floor.snapshot(60, ("soporte", "b", 2), ("soporte", "a", 1), ("ventas", "x", 1))
    assert line(floor) == ("a", "b")
    assert floor.touched == {"soporte", "ventas"}


def test_those_whom_only_the_snapshot_knows_stand_in_its_order() -> None:
    floor = Floor()
    floor.join("known", 1)
    for call_id in ("third", "second", "first"):
        floor.happen(replace(arrived(0), call_id=call_id))
    waiting = (
        ("soporte", "first", 1), ("soporte", "second", 2), ("soporte", "third", 3),
        ("soporte", "known", 4),
    )  # fmt: skip
    floor.snapshot(60, *waiting)
    # in the order in which their calls came, which is none
    for _, call_id, position in sorted(waiting[:3], key=lambda entry: -entry[2]):
        joined = of(call_id, QueueJoined, 60, queue="soporte", position=position)
        floor.happen(joined)
    assert line(floor) == ("first", "second", "third", "known")


def test_the_road_of_a_real_snapshot() -> None:
    """What `calls.reconcile` concludes of callers who joined while nobody listened."""
    floor = Floor()
    ids = ("c", "b", "a")
    channels = tuple(
        ChannelSeen(
            call_id=each, application="Queue", state="Up", number_called="0800",
            caller_number="57300", in_bridge=False, began_at=at(0), queue="soporte",
        )
        for each in ids
    )  # fmt: skip
    snapshot = SnapshotTaken(
        at=at(60), pbx=PBX, asked_at=at(60), first_after_connect=True, channels=channels,
        members=(), waiting=tuple(("soporte", each, "abc".index(each) + 1) for each in ids),
        lines_up=frozenset(), talking=(),
    )  # fmt: skip
    floor.happen(snapshot)
    floor.happen(*conclude(floor.tracker.calls(), snapshot, None))
    assert line(floor) == ("a", "b", "c")
