"""The board: what one fact makes of the picture."""

from __future__ import annotations

from agents.roster import Roster
from calls.events import CarrierSlowed
from calls.tracker import Tracker
from monitoring.board import Board
from tests.unit.facts import FLOOR, fact


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
