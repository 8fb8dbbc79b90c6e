"""The one door: order, durability, and what happens when the journal cannot be written."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

import calls.intake
from calls.events import (
    CallAnswered,
    CallVanished,
    DigitPressed,
    Fact,
    LinkUp,
    SnapshotTaken,
    from_body,
    to_body,
)
from calls.feed import Feed
from calls.intake import Intake, JournalError
from calls.states import CallState
from calls.tracker import REMEMBER_ENDED, Change, Tracker, replayed
from tests.unit.facts import CALL, arrived, at, fact, on_call


class PaperJournal:
    """Writes on a list; refuses while `full`. The real one is tested in `tests/integration`."""

    def __init__(self) -> None:
        self.rows: list[Fact] = []
        self.full = False

    async def append(self, facts: Sequence[Fact]) -> list[int]:
        """As `calls.intake.Journal`."""
        if self.full:
            raise JournalError("no room")
        first = len(self.rows)
        self.rows += facts
        return list(range(first, len(self.rows)))


def _intake() -> tuple[Intake, PaperJournal, Tracker, list[Change]]:
    journal, tracker, feed = PaperJournal(), Tracker(), Feed()
    told: list[Change] = []
    feed.fold(told.append)
    return Intake(journal, tracker, feed), journal, tracker, told


async def test_facts_are_written_tracked_and_told_in_order_and_keys_never_written() -> None:
    intake, journal, tracker, told = _intake()
    digit = on_call(DigitPressed, 2, digit="5")
    intake.put(arrived(), on_call(CallAnswered, 1), digit)
    await intake.carry()
    assert journal.rows == [arrived(), on_call(CallAnswered, 1)]
    assert [change.fact for change in told] == [arrived(), on_call(CallAnswered, 1), digit]
    assert [change.seq for change in told] == [0, 1, None]
    call = tracker.get(CALL)
    assert call is not None
    assert call.state is CallState.ANSWERED


async def test_a_full_journal_loses_nothing_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    intake, journal, _, told = _intake()
    journal.full = True
    intake.put(arrived())
    await intake.carry()
    assert len(told) == 1
    healthy = [intake.healthy]
    late: list[tuple[int, Fact]] = []
    intake.on_late.append(late.extend)
    journal.full = False
    monkeypatch.setattr(calls.intake, "TRY_AGAIN_SECONDS", 0.0)
    intake.put(on_call(CallAnswered, 1))
    await intake.carry()
    assert [*healthy, intake.healthy] == [False, True]
    assert journal.rows == [arrived(), on_call(CallAnswered, 1)]
    assert told[1].seq == 1
    assert late == [(0, arrived())]


async def test_what_a_snapshot_concludes_is_written_and_told_like_what_was_seen() -> None:
    intake, journal, tracker, _ = _intake()
    snapshot = fact(
        SnapshotTaken, 100, asked_at=at(100), first_after_connect=True, channels=(), members=(),
        waiting=(), lines_up=frozenset(), talking=(),
    )  # fmt: skip
    later = on_call(CallAnswered, 101)
    intake.put(arrived(), fact(LinkUp, 90, booted_at=at(80)), snapshot, later)
    await intake.carry()
    concluded = [one for one in journal.rows if isinstance(one, CallVanished)]
    assert [one.reason for one in concluded] == ["switch_restarted"]
    assert journal.rows.index(concluded[0]) < journal.rows.index(later)
    call = tracker.get(CALL)
    assert call is not None
    assert not call.open


async def test_a_fold_that_fails_does_not_stop_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    feed = Feed()
    told: list[Change] = []

    def broken(_: Change) -> None:
        raise RuntimeError("broken")

    feed.fold(broken)
    feed.fold(told.append)
    listener = feed.listen("slow", limit=2)
    for seconds in range(3):
        feed.publish(Change(on_call(CallAnswered, seconds)))
    assert len(told) == 3
    assert "a fold failed" in caplog.text
    assert [change.fact.at for change in await listener.take()] == [at(1), at(2)]
    assert listener.missed == 1


def test_a_replay_leads_to_the_same_calls() -> None:
    facts = [(3, arrived()), (4, on_call(CallAnswered, 1))]
    tracker, changes = replayed(facts)
    assert [change.seq for change in changes] == [3, 4]
    assert [call.state for call in tracker.open_calls()] == [CallState.ANSWERED]
    assert tracker.forget_ended(at(10)) == []
    tracker.apply(on_call(CallVanished, 20, last_seen_at=at(1), reason="lost_sync"))
    assert tracker.forget_ended(at(21) + REMEMBER_ENDED) == [CALL]


def test_durable_facts_survive_being_written_down() -> None:
    for one in (arrived(), on_call(CallVanished, 5, last_seen_at=at(1), reason="x")):
        assert from_body(type(one).__name__, to_body(one)) == one
