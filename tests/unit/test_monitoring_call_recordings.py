"""What facts tell of a recorded talk: whose it is, from when to when, and what was kept out."""

from __future__ import annotations

from calls.events import (
    AgentConnected,
    AgentReleased,
    CallEnded,
    CallRecordingPaused,
    CallRecordingResumed,
    CallRecordingStarted,
    DialogueOffered,
    Fact,
    QueueGaveUp,
    QueueJoined,
)
from monitoring.call_recordings import (
    TRANSITIONS,
    WITH_SOUND,
    Pause,
    RecordingState,
    Talk,
    became,
    talk_by_record,
    talk_in,
)
from monitoring.folding import fold, opened_by
from tests.unit.facts import CALL, arrived, at, on_call

ONE, TWO = f"20260301_{CALL}_1", f"20260301_{CALL}_2"


def _started(seconds: float, recording: str, queue: str = "soporte") -> Fact:
    return on_call(
        CallRecordingStarted, seconds, recording=recording, queue=queue, announced="caller"
    )


def _talk(began: float, ended: float, agent: str = "1001", queue: str = "soporte") -> list[Fact]:
    return [
        on_call(AgentConnected, began, queue=queue, agent=agent),
        on_call(AgentReleased, ended, queue=queue, agent=agent, ended_by="agent"),
    ]


def test_each_talk_is_in_its_own_recording() -> None:
    facts = [
        arrived(0), _started(1, ONE), on_call(QueueJoined, 1, queue="soporte", position=1),
        *_talk(5, 65), on_call(DialogueOffered, 65, number_called="", reason="after_call"),
        _started(80, TWO, "salida"), *_talk(90, 100, "1002", "salida"),
        on_call(CallEnded, 100, cause=16, sip_code=200),
    ]  # fmt: skip
    assert talk_in(ONE, facts) == Talk(agent="1001", began_at=at(5), ended_at=at(65))
    assert talk_in(TWO, facts) == Talk(agent="1002", began_at=at(90), ended_at=at(100))
    assert talk_in("20260301_other_1", facts) is None


def test_a_wait_that_led_to_no_talk_is_in_no_recording() -> None:
    gave_up = [
        arrived(0), _started(1, ONE), on_call(CallEnded, 9, cause=16, sip_code=200),
    ]  # fmt: skip
    assert talk_in(ONE, gave_up) is None
    # moved to a queue that records nothing: the talk there is not in this file
    moved = [
        arrived(0), _started(1, ONE), on_call(QueueGaveUp, 4, queue="soporte", status="MOVED"),
        *_talk(6, 20, queue="salida"),
    ]  # fmt: skip
    assert talk_in(ONE, moved) is None


def test_pauses_are_counted_within_the_talk_only() -> None:
    def paused(seconds: float, by: str = "1001") -> Fact:
        return on_call(CallRecordingPaused, seconds, recording=ONE, by=by)

    def resumed(seconds: float) -> Fact:
        return on_call(CallRecordingResumed, seconds, recording=ONE, by="1001")

    talk = talk_in(
        ONE,
        [
            _started(1, ONE), paused(3), *_talk(5, 100)[:1], resumed(8), paused(20, "ana"),
            resumed(32.5), resumed(40), paused(90), *_talk(5, 100)[1:],
        ],
    )  # fmt: skip
    assert talk is not None
    assert talk.pauses == (
        Pause(since=at(3), until=at(8), by="1001"),
        Pause(since=at(20), until=at(32.5), by="ana"),
        Pause(since=at(90), until=None, by="1001"),
    )
    assert talk.paused_seconds == 3 + 12.5 + 10
    unended = talk_in(ONE, [_started(1, ONE), *_talk(5, 100)[:1], paused(20)])
    assert unended is not None
    assert unended.paused_seconds == 0, "nobody knows how long"


def test_a_file_that_nobody_heard_begin_is_of_the_talk_that_ended_when_it_was_written() -> None:
    record = opened_by(arrived(0))
    assert record is not None
    assert talk_by_record(record, at(60)) is None
    for agent, began, ended in (("1001", 10, 60), ("1002", 100, 160)):
        for each in (
            on_call(QueueJoined, began - 1, queue="soporte", position=1),
            *_talk(began, ended, agent),
        ):
            fold(record, each)
    assert talk_by_record(record, at(59)) == Talk(agent="1001", began_at=at(10), ended_at=at(60))
    assert talk_by_record(record, at(161)) == Talk(agent="1002", began_at=at(100), ended_at=at(160))


def test_every_state_has_a_row_and_only_those_with_a_file_can_be_removed() -> None:
    assert set(TRANSITIONS) == set(RecordingState)
    to_removed = {state for state, row in TRANSITIONS.items() if RecordingState.REMOVED in row}
    assert to_removed == WITH_SOUND
    talk = Talk(agent="1001", began_at=at(5))
    assert became(talk, has_sound=True) is RecordingState.KEPT
    assert became(None, has_sound=True) is RecordingState.KEPT
    assert became(talk, has_sound=False) is RecordingState.LOST
    assert became(None, has_sound=False) is None
