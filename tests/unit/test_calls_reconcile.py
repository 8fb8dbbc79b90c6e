"""A snapshot brings what we believe to what Asterisk shows, without inventing and without loss."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from calls.events import (
    AgentConnected,
    AgentReleased,
    AttemptStarted,
    CallAnswered,
    CallArrived,
    CallDialed,
    CallEnded,
    CallFellBack,
    CallNoted,
    CallRang,
    CallVanished,
    ChannelSeen,
    DialogueClosed,
    DialogueOffered,
    EndAsked,
    Fact,
    OverNote,
    QueueJoined,
    SnapshotTaken,
)
from calls.reconcile import conclude
from calls.states import CallState
from calls.tracker import Tracker
from tests.unit.facts import CALL, arrived, at, fact, on_call


def _tracker(*facts: Fact) -> Tracker:
    tracker = Tracker()
    for one in facts:
        tracker.apply(one)
    return tracker


def _snapshot(seconds: float = 100, **fields: Any) -> SnapshotTaken:
    values: dict[str, Any] = {
        "asked_at": at(seconds), "first_after_connect": False, "channels": (), "members": (),
        "waiting": (), "lines_up": frozenset(), "talking": (), **fields,
    }  # fmt: skip
    return fact(SnapshotTaken, seconds, **values)


def _seen(call_id: str = CALL, **fields: Any) -> ChannelSeen:
    values: dict[str, Any] = {
        "application": "Queue", "state": "Up", "number_called": "08001234567",
        "caller_number": "573001234567", "in_bridge": False, "began_at": at(0), **fields,
    }  # fmt: skip
    return ChannelSeen(call_id=call_id, **values)


def test_a_call_that_is_not_there_any_more_has_vanished() -> None:
    tracker = _tracker(arrived(), on_call(CallAnswered, 1))
    (gone,) = conclude(tracker.calls(), _snapshot(), booted_at=None)
    assert isinstance(gone, CallVanished)
    assert (gone.reason, gone.last_seen_at) == ("lost_sync", at(1))


def test_a_call_of_before_the_boot_died_with_its_asterisk() -> None:
    tracker = _tracker(arrived())
    (gone,) = conclude(tracker.calls(), _snapshot(), booted_at=at(50))
    assert isinstance(gone, CallVanished)
    assert gone.reason == "switch_restarted"


def test_a_caller_taken_from_the_dialogue_while_we_were_away_fell_back_unseen() -> None:
    in_menu = (arrived(), on_call(CallAnswered, 1), on_call(DialogueOffered, 1, number_called="0"))
    for application in ("Playback", "Queue"):
        found = conclude(
            _tracker(*in_menu).calls(),
            _snapshot(first_after_connect=True, channels=(_seen(application=application),)),
            booted_at=None,
        )
        assert [one.reason for one in found if isinstance(one, CallFellBack)] == ["unseen"]
    # still in the dialogue, or only on the way to a queue while we look on: nothing fell back
    for snapshot in (
        _snapshot(first_after_connect=True, channels=(_seen(application="AGI"),)),
        _snapshot(channels=(_seen(application="Queue"),)),
    ):
        assert conclude(_tracker(*in_menu).calls(), snapshot, booted_at=None) == []


def test_a_caller_who_came_while_we_were_away_fell_back_unseen() -> None:
    waits = _snapshot(
        first_after_connect=True, channels=(_seen(),), waiting=(("soporte", CALL, 2),)
    )
    # one of whom only the arrival was written down before the crash, and one nobody heard of
    heard_of = _tracker(arrived()).calls()
    for calls in (heard_of, []):
        found = conclude(calls, waits, booted_at=None)
        assert [one.reason for one in found if isinstance(one, CallFellBack)] == ["unseen"]
    # whom we had sent on to the queue ourselves did not
    led = _tracker(
        arrived(), on_call(CallAnswered, 1), on_call(DialogueOffered, 1, number_called="0"),
        on_call(DialogueClosed, 2),
    )  # fmt: skip
    found = conclude(led.calls(), waits, booted_at=None)
    assert [type(one) for one in found] == [QueueJoined]


def test_what_came_of_a_call_before_the_answer_that_tells_of_it_is_told_again() -> None:
    before = on_call(QueueJoined, 99, queue="ventas", position=1)
    talk = on_call(AgentConnected, 100.2, queue="soporte", agent="1001")
    end = on_call(CallEnded, 100.3, cause=16, sip_code=0)
    others = replace(end, call_id="pbx1-9.9")
    tracker = _tracker(before, talk, others, end)
    snapshot = _snapshot(100, channels=(_seen(),), waiting=(("soporte", CALL, 2),))
    found = conclude(tracker.calls(), snapshot, None, tracker.strays)
    assert found[-2:] == [talk, end]
    assert before not in found
    assert others not in found
    for one in found:
        tracker.apply(one)
    call = tracker.get(CALL)
    assert call is not None
    assert (call.state, call.ended_at) == (CallState.ENDED, at(100.3))


def test_strays_are_forgotten_like_calls_that_ended() -> None:
    end = on_call(CallEnded, 100.3, cause=16, sip_code=0)
    tracker = _tracker(end)
    tracker.forget_ended(at(101))
    assert list(tracker.strays) == [end]
    tracker.forget_ended(at(221))
    assert not tracker.strays


def test_a_call_that_moved_since_the_question_is_left_alone() -> None:
    tracker = _tracker(arrived(), on_call(CallAnswered, 100.2))
    assert conclude(tracker.calls(), _snapshot(100), booted_at=None) == []


def test_what_agrees_needs_nothing() -> None:
    tracker = _tracker(
        arrived(), on_call(CallAnswered, 1), on_call(QueueJoined, 2, queue="soporte", position=1)
    )
    snapshot = _snapshot(channels=(_seen(),), waiting=(("soporte", CALL, 1),))
    assert conclude(tracker.calls(), snapshot, booted_at=None) == []


def test_an_unknown_call_is_adopted_where_it_is() -> None:
    snapshot = _snapshot(channels=(_seen(),), waiting=(("soporte", CALL, 2),))
    facts = conclude([], snapshot, booted_at=None)
    assert [type(one) for one in facts] == [CallArrived, CallAnswered, QueueJoined]
    tracker = _tracker(*facts)
    call = tracker.get(CALL)
    assert call is not None
    assert (call.state, call.queue) == (CallState.QUEUED, "soporte")


def test_a_talk_that_began_unseen_is_learned() -> None:
    tracker = _tracker(
        arrived(), on_call(CallAnswered, 1), on_call(QueueJoined, 2, queue="soporte", position=1)
    )
    snapshot = _snapshot(
        channels=(_seen(in_bridge=True, queue="soporte"),), talking=(("1001", CALL),)
    )
    (learned,) = conclude(tracker.calls(), snapshot, booted_at=None)
    assert isinstance(learned, AgentConnected)
    assert (learned.agent, learned.queue) == ("1001", "soporte")


def test_a_talk_that_ended_unseen_is_released() -> None:
    tracker = _tracker(
        arrived(), on_call(CallAnswered, 1),
        on_call(AgentConnected, 2, queue="soporte", agent="1001"),
    )  # fmt: skip
    (learned,) = conclude(tracker.calls(), _snapshot(channels=(_seen(),)), booted_at=None)
    assert isinstance(learned, AgentReleased)


def test_an_attempt_the_switch_does_not_show_is_unknown() -> None:
    tracker = _tracker(
        on_call(AttemptStarted, 0, campaign_id="c", lead_id=1, number_called="573001234567")
    )
    (gone,) = conclude(tracker.calls(), _snapshot(), booted_at=None)
    assert isinstance(gone, CallVanished)


def test_an_attempt_nobody_knows_is_not_taken_for_a_subscriber() -> None:
    stranger = _seen("attempt-0123456789abcdef")
    assert conclude([], _snapshot(channels=(stranger,)), booted_at=None) == []


def test_concluding_twice_concludes_nothing_more() -> None:
    snapshot = _snapshot(channels=(_seen(),), waiting=(("soporte", CALL, 2),))
    tracker = _tracker(*conclude([], snapshot, booted_at=None))
    later = _snapshot(160, channels=(_seen(),), waiting=(("soporte", CALL, 1),))
    assert conclude(tracker.calls(), later, booted_at=None) == []


def test_a_call_that_ended_while_the_question_was_answered_is_not_taken_for_a_new_one() -> None:
    tracker = _tracker(arrived(), on_call(CallEnded, 100.2, cause=16, sip_code=0))
    snapshot = _snapshot(100, channels=(_seen(in_bridge=True),), talking=(("1001", CALL),))
    assert conclude(tracker.calls(), snapshot, booted_at=None) == []


def test_a_talk_is_not_released_while_the_lines_are_being_joined() -> None:
    tracker = _tracker(
        arrived(), on_call(CallAnswered, 1),
        on_call(AgentConnected, 2, queue="soporte", agent="1001"),
    )  # fmt: skip
    joining = _snapshot(channels=(_seen(in_bridge=True),))
    assert conclude(tracker.calls(), joining, booted_at=None) == []


def test_an_attempt_whose_ringing_was_not_heard_is_known_to_ring() -> None:
    """So that its later failure is a person who did not answer, not a call that never left."""
    tracker = _tracker(
        on_call(AttemptStarted, 0, campaign_id="c", lead_id=1, number_called="573001234567")
    )
    snapshot = _snapshot(channels=(_seen(state="Ringing", application="AppDial"),))
    facts = conclude(tracker.calls(), snapshot, booted_at=None)
    assert [type(one) for one in facts] == [CallDialed, CallRang]


def test_what_we_say_of_a_call_is_no_sign_of_its_life() -> None:
    """Somebody asks to end a call that died unseen: the next snapshot still finds it gone."""
    tracker = _tracker(arrived(), on_call(CallAnswered, 1), on_call(EndAsked, 100.2, by="agent"))
    (gone,) = conclude(tracker.calls(), _snapshot(100), booted_at=None)
    assert isinstance(gone, CallVanished)
    assert gone.last_seen_at == at(1)


def _note(call_id: str, **fields: Any) -> OverNote:
    values: dict[str, Any] = {
        "number_called": "08001234567", "caller_number": "573001234567", "began_at": at(10),
        "answered_at": at(11), "queue": "", "queued_at": None, "agent": "", "connected_at": None,
        "ended_at": at(40), "cause": 16, **fields,
    }  # fmt: skip
    return OverNote(call_id=call_id, **values)


def test_a_call_that_came_and_went_unheard_is_told_from_its_note() -> None:
    facts = conclude([], _snapshot(over=(_note("c-2"),)), booted_at=None)
    assert [type(one) for one in facts] == [CallArrived, CallNoted, CallEnded]
    assert [one.at for one in facts] == [at(10), at(40), at(40)]
    tracker = _tracker(*facts)
    call = tracker.get("c-2")
    assert call is not None
    assert (call.state, call.ended_at, call.cause) == (CallState.ENDED, at(40), 16)
    assert not tracker.surprises


def test_a_note_says_when_a_known_call_ended() -> None:
    tracker = _tracker(arrived(), on_call(CallAnswered, 1))
    facts = conclude(tracker.calls(), _snapshot(over=(_note(CALL),)), booted_at=None)
    assert [type(one) for one in facts] == [CallNoted, CallEnded]
    for one in facts:
        tracker.apply(one)
    assert conclude(tracker.calls(), _snapshot(over=(_note(CALL),)), booted_at=None) == []
