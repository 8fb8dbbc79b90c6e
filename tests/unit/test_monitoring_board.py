"""The board: what one fact makes of the picture."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from agents.roster import Roster
from calls.events import (
    AgentConnected,
    AgentReleased,
    AttemptStarted,
    CallAnswered,
    CallEnded,
    CampaignStateChanged,
    CarrierSlowed,
    DialogueOffered,
    Fact,
    HoldStarted,
    LinkLost,
    LinkUp,
    MachineJudged,
    MenuEntered,
    PacingDecided,
    PlacesKept,
    QueueClosed,
    QueueGaveUp,
    QueueJoined,
    QueueLeft,
    QueueOpened,
    SnapshotTaken,
    SupervisionEnded,
    SupervisionStarted,
)
from calls.tracker import Tracker, replayed
from monitoring.board import Board
from monitoring.board_things import NO_CARD
from tests.unit.facts import CALL, FLOOR, PBX, arrived, at, fact, on_call


def test_the_carriers_trouble_is_on_the_board_and_goes_away() -> None:
    tracker = Tracker()
    board = Board(FLOOR, tracker, Roster(FLOOR))
    assert board.snapshot().things["carrier"] == {
        "calls_per_second": None, "congested_share": 0.0, "since": None
    }  # fmt: skip
    for speed in (2.5, None):
        slowed = fact(CarrierSlowed, 9, calls_per_second=speed, congested_share=0.4)
        board.fold(tracker.apply(slowed))
        assert board.snapshot().things["carrier"] == {
            "calls_per_second": speed,
            "congested_share": 0.4,
            "since": "2026-03-01T12:00:09+00:00",
        }


def test_who_comes_back_to_the_line_is_counted_once_and_kept_places_are_shown() -> None:
    tracker = Tracker()
    board = Board(FLOOR, tracker, Roster(FLOOR))
    for one in (
        arrived(0),
        on_call(QueueJoined, 1, queue="soporte", position=1),
        on_call(QueueGaveUp, 20, queue="soporte", status="CALLBACK_KEY"),
        on_call(QueueJoined, 30, queue="soporte", position=1),
        fact(PlacesKept, 31, queue="soporte", places=3),
        fact(PlacesKept, 31, queue="nowhere", places=3),
    ):
        board.fold(tracker.apply(one))
    queue = board.snapshot().things["queues/soporte"]
    assert queue is not None
    assert (queue["offered"], queue["waiting"], queue["places_kept"]) == (1, 1, 3)
    assert queue["oldest_waiting_since"] == "2026-03-01T12:00:01+00:00"
    again = on_call(QueueGaveUp, 40, queue="soporte", status="CALLBACK_KEY")
    for fact_of_the_end in (again, on_call(CallEnded, 45, cause=16, sip_code=200)):
        board.fold(tracker.apply(fact_of_the_end))
    queue = board.snapshot().things["queues/soporte"]
    assert queue is not None
    assert (queue["offered"], queue["waiting"], queue["abandoned"]) == (1, 0, 1)


def test_who_overflows_into_another_queue_is_offered_to_both() -> None:
    tracker = Tracker()
    board = Board(FLOOR, tracker, Roster(FLOOR))
    for one in (
        arrived(0),
        on_call(QueueJoined, 1, queue="soporte", position=1),
        on_call(QueueGaveUp, 20, queue="soporte", status="OVERFLOW"),
        on_call(QueueJoined, 30, queue="salida", position=1),
    ):
        board.fold(tracker.apply(one))
    for name, waiting in (("soporte", 0), ("salida", 1)):
        queue = board.snapshot().things[f"queues/{name}"]
        assert queue is not None
        assert (queue["offered"], queue["waiting"], queue["abandoned"]) == (1, waiting, 0)


def test_a_machine_is_shown_with_its_call_and_is_nobody_who_gave_up() -> None:
    for verdict, abandoned in (("machine", 0), ("human", 1)):
        tracker = Tracker()
        board = Board(FLOOR, tracker, Roster(FLOOR))
        for one in (
            on_call(AttemptStarted, 0, campaign_id="c", lead_id=1, number_called="573001234567"),
            on_call(CallAnswered, 1),
            on_call(QueueJoined, 1, queue="salida", position=1),
            on_call(MachineJudged, 2, verdict=verdict, cause=""),
            on_call(QueueLeft, 3, queue="salida"),
        ):
            board.fold(tracker.apply(one))
        things = board.snapshot().things
        call, queue = things[f"calls/{CALL}"], things["queues/salida"]
        assert call is not None
        assert queue is not None
        assert (call["machine"], queue["abandoned"]) == (verdict, abandoned)


def test_the_callers_name_and_place_are_shown_as_long_as_the_call_is_open() -> None:
    tracker = Tracker()
    board = Board(FLOOR, tracker, Roster(FLOOR))
    for one in (
        arrived(0, caller_name="Ana <b>"),
        on_call(DialogueOffered, 1, number_called="08001234567"),
        on_call(MenuEntered, 1, menu="main", node="welcome", language="es"),
        on_call(QueueJoined, 5, queue="soporte", position=1),
    ):
        board.fold(tracker.apply(one))
    things = board.snapshot().things
    call, menu = things[f"calls/{CALL}"], things["menus/main"]
    assert call is not None
    assert menu is not None
    assert (call["caller_name"], call["waiting_since"]) == ("Ana <b>", "2026-03-01T12:00:05+00:00")
    assert (menu["callers"], menu["nodes"]["welcome"]["entered"]) == (0, 1)
    board.fold(tracker.apply(on_call(CallEnded, 9, cause=16, sip_code=200)))
    assert f"calls/{CALL}" not in board.snapshot().things


def test_the_curves_have_each_queue_as_it_is_on_the_board() -> None:
    tracker, roster = Tracker(), Roster(FLOOR)
    board = Board(FLOOR, tracker, roster)
    board.draw(at(0))
    for one in (
        arrived(0),
        on_call(QueueJoined, 1, queue="soporte", position=1),
        on_call(AgentConnected, 2, queue="soporte", agent="1001"),
    ):
        change = tracker.apply(one)
        roster.fold(change)
        board.fold(change)
    board.draw(at(15))
    shown = board.snapshot().things["curves"]
    assert shown == {
        "at": "2026-03-01T12:00:15+00:00",
        "queues": {
            "soporte": {"waiting": 0, "talking": 1, "answered": 1},
            "salida": {"waiting": 0, "talking": 0, "answered": 0},
        },
    }
    assert [moment.at for moment in board.curves()] == [at(0), at(15)]


def test_who_hears_a_talk_is_shown_until_it_is_over() -> None:
    tracker = Tracker()
    board = Board(FLOOR, tracker, Roster(FLOOR))
    heard: list[object] = []
    ear = {"agent": "1001", "phone": "1011", "by": "x"}
    for one in (
        arrived(0),
        on_call(AgentConnected, 5, queue="soporte", agent="1001"),
        on_call(SupervisionStarted, 6, mode="listen", **ear),
        on_call(HoldStarted, 7),
        on_call(SupervisionStarted, 8, mode="whisper", **ear),
        on_call(SupervisionEnded, 9, mode="whisper", **ear),
        on_call(SupervisionStarted, 10, mode="barge", **ear),
        on_call(AgentReleased, 11, queue="soporte", agent="1001", ended_by="agent"),
    ):
        board.fold(tracker.apply(one))
        call = board.snapshot().things[f"calls/{CALL}"]
        assert call is not None
        heard.append(call["heard"] and call["heard"]["mode"])
    assert heard == [None, None, "listen", "listen", "whisper", None, "barge", None]


# --- the line in order ------------------------------------------------------------------------


def _joins(call_id: str, second: float, position: int, queue: str = "soporte") -> list[Fact]:
    came = replace(arrived(second), call_id=call_id)
    joined = on_call(QueueJoined, second, queue=queue, position=position)
    return [came, replace(joined, call_id=call_id)]


def _places(board: Board) -> dict[str, int | None]:
    things = board.snapshot().things
    found = {path: thing for path, thing in things.items() if path.startswith("calls/") and thing}
    return {path.removeprefix("calls/"): thing["place"] for path, thing in found.items()}


def _line() -> list[Fact]:
    return [*_joins("a", 1, 1), *_joins("b", 2, 2), *_joins("vip", 3, 1)]


def test_each_caller_is_shown_at_the_place_that_asterisk_gives() -> None:
    tracker = Tracker()
    board = Board(FLOOR, tracker, Roster(FLOOR))
    for one in _line():
        board.fold(tracker.apply(one))
    assert _places(board) == {"vip": 1, "a": 2, "b": 3}
    seq = board.seq
    # a word about one of them moves nobody, and the place stays
    judged = replace(on_call(MachineJudged, 4, verdict="human", cause=""), call_id="a")
    board.fold(tracker.apply(judged))
    assert (_places(board), board.seq) == ({"vip": 1, "a": 2, "b": 3}, seq + 1)
    ahead = replace(on_call(QueueGaveUp, 5, queue="soporte", status="AHEAD"), call_id="b")
    board.fold(tracker.apply(ahead))
    assert _places(board) == {"vip": 1, "a": 2, "b": None}
    for one in _joins("b", 5, 1)[1:]:
        board.fold(tracker.apply(one))
    assert _places(board) == {"b": 1, "vip": 2, "a": 3}
    taken = replace(on_call(AgentConnected, 6, queue="soporte", agent="1001"), call_id="b")
    board.fold(tracker.apply(taken))
    assert _places(board) == {"b": None, "vip": 1, "a": 2}


def test_a_restart_finds_the_line_again_and_the_first_snapshot_mends_it() -> None:
    tracker, past = replayed(enumerate(_line()))
    board = Board(FLOOR, tracker, Roster(FLOOR))
    for change in past:
        board.fold(change)
    assert _places(board) == {"vip": 1, "a": 2, "b": 3}
    snapshot = SnapshotTaken(
        at=at(60), pbx=PBX, asked_at=at(60), first_after_connect=True, channels=(), members=(),
        waiting=(("soporte", "a", 3), ("soporte", "vip", 2), ("soporte", "b", 1)),
        lines_up=frozenset(), talking=(),
    )  # fmt: skip
    board.fold(tracker.apply(snapshot))
    assert _places(board) == {"b": 1, "vip": 2, "a": 3}


# --- what changes though nothing happens ------------------------------------------------------


class Reckoned:
    """An estimate that says what it is told to, and remembers for whom."""

    def __init__(self) -> None:
        self.seconds: float | None = 62.4
        self.asked: list[tuple[str, int]] = []

    def __call__(self, queue: str, place: int, now: datetime) -> float | None:
        self.asked.append((queue, place))
        return self.seconds


def _expected(board: Board, queue: str = "soporte") -> float | None:
    thing = board.snapshot().things[f"queues/{queue}"]
    assert thing is not None
    seconds: float | None = thing["expected_wait_seconds"]
    return seconds


def test_the_expected_wait_of_now_is_shown_while_it_can_be_told() -> None:
    tracker, reckoned = Tracker(), Reckoned()
    board = Board(FLOOR, tracker, Roster(FLOOR), estimate=reckoned)

    def happen(*facts: Fact) -> float | None:
        for one in facts:
            board.fold(tracker.apply(one))
        board.look(at(10))
        return _expected(board)

    assert happen() is None, "Asterisk is not connected"
    up = fact(LinkUp, 0, booted_at=at(-100))
    assert happen(up, *_line()) == 62.0
    assert reckoned.asked == [("soporte", 4), ("salida", 1)]
    seq, reckoned.seconds = board.seq, 64.0
    assert (happen(), board.seq) == (62.0, seq)
    reckoned.seconds = 70.0
    assert (happen(), board.seq) == (70.0, seq + 1)
    closed = fact(QueueClosed, 11, queue="soporte", reason="simulacro", by="Ana")
    assert happen(closed) is None
    assert _expected(board, "salida") == 70.0
    assert happen(fact(QueueOpened, 12, queue="soporte", by="Ana")) == 70.0
    reckoned.seconds = None
    assert happen() is None
    reckoned.seconds = 0.0
    assert happen() == 0.0
    board.fold(tracker.apply(fact(LinkLost, 13, reason="x")))
    assert _expected(board) is None
    assert happen() is None


def test_a_campaign_shows_what_the_dialer_knows_of_it() -> None:
    tracker = Tracker()
    card: dict[str, Any] = {**NO_CARD, "name": "Cobranza", "max_lines": 30}
    board = Board(
        FLOOR, tracker, Roster(FLOOR), card_of=lambda campaign: {**card, "policy": campaign}
    )

    def shown() -> dict[str, Any]:
        thing = board.snapshot().things["campaigns/c"]
        assert thing is not None
        return thing

    of = {"campaign_id": "c"}
    board.fold(tracker.apply(fact(CampaignStateChanged, 0, state="running", reason="asked", **of)))
    board.fold(tracker.apply(fact(PacingDecided, 1, dial=2, reason="Se marca a 2", **of)))
    assert shown() == {
        **card, "policy": "c", "id": "c", "state": "running", "reason": "asked",
        "open_attempts": 0, "outcomes": {}, "pacing": "Se marca a 2",
    }  # fmt: skip
    seq = board.seq
    board.look(at(5))
    assert board.seq == seq
    card["agents_at_work"] = 3
    board.look(at(10))
    assert (shown()["agents_at_work"], shown()["pacing"]) == (3, "Se marca a 2")
    assert board.seq == seq + 1
