"""The board: what one fact makes of the picture."""

from __future__ import annotations

from agents.roster import Roster
from calls.events import (
    AgentConnected,
    AgentReleased,
    AttemptStarted,
    CallAnswered,
    CallEnded,
    CarrierSlowed,
    DialogueOffered,
    HoldStarted,
    MachineJudged,
    MenuEntered,
    PlacesKept,
    QueueGaveUp,
    QueueJoined,
    QueueLeft,
    SupervisionEnded,
    SupervisionStarted,
)
from calls.tracker import Tracker
from monitoring.board import Board
from tests.unit.facts import CALL, FLOOR, arrived, at, fact, on_call


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
