"""What a review found: places, keys of askings and messages of callers who come back."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from calls.call import CALLBACK_KEY, OVERFLOW
from calls.errors import OutcomeUnknownError, PromptMissingError
from calls.events import (
    AgentConnected,
    AgentReleased,
    CallAnswered,
    CallArrived,
    CallFact,
    DialogueClosed,
    DialogueOffered,
    MessageRecorded,
    QueueGaveUp,
    QueueJoined,
)
from ivr.carrying_out import Way
from ivr.parts import Spoken
from ivr.saying import said
from ivr.services import Answer
from ivr.turn import State
from ivr.vocabulary import Answered, GoToQueue, OpenTicket, Played, Pressed, Recorded
from ivr.waiting_room import WaitingRoom
from tests.made_menus import ask, menu_of
from tests.unit.facts import PBX, at
from tests.unit.ivr_caller import Caller, node_menu
from tests.unit.test_ivr_session import Desk, Switch, opened
from tests.unit.test_ivr_session_services import Office, calls, queued

LINE = menu_of(
    {
        "main": ask({
            "1": {"queue": "soporte", "priority": 5}, "2": {"goto": "note"}, "3": {"goto": "act"},
            "4": {"goto": "out"}, "5": {"goto": "callback"},
        }),
        "note": {
            "kind": "record", "purpose": "suggestion", "into": "note", "prompts": ["speak"],
            "goto": "main", "nothing": "main",
        },
        "act": {
            "kind": "action", "service": "act", "done": "main", "refused": "main", "failed": "main",
        },
        "out": {"kind": "transfer", "target": "payments", "failed": "main"},
        "callback": {"kind": "callback", "queue": "soporte"},
        "wait": {"kind": "wait_on"},
        "late": ask({
            "1": {"goto": "wait"}, "2": {"goto": "note"}, "3": {"goto": "act"},
            "5": {"goto": "callback"},
        }),
    },
    queues={"soporte": {"too_long_seconds": 10, "too_long": "late"}},
)  # fmt: skip


def of(kind: type[CallFact], call_id: str, second: float, **fields: Any) -> CallFact:
    return kind(at=at(second), pbx=PBX, call_id=call_id, **fields)


def overflows(desk: Desk, second: float) -> None:
    of: dict[str, Any] = {"at": at(second), "pbx": PBX, "call_id": "m"}
    desk.put(
        QueueGaveUp(**of, queue="soporte", status=OVERFLOW),
        DialogueOffered(**of, number_called="", reason="overflow"),
    )


async def test_the_priority_is_known_however_often_the_caller_comes_back() -> None:
    async with opened(LINE) as desk:
        desk.waits("a", 10)
        await calls(desk)
        await desk.keys("m", "1")
        for second in (70, 90):
            queued(desk, "soporte")
            await desk.calm()
            overflows(desk, second)
            await desk.calm()
            await desk.keys("m", "1")
            assert desk.switch.told[-1] == ("m", "back", "soporte", "1")


async def test_who_is_moved_or_passed_on_waits_without_the_priority_of_the_menu() -> None:
    talk = {"queue": "soporte", "agent": "1001"}
    moved = [of(QueueJoined, "m", 60, queue="ventas", position=2)]
    passed_on = [
        of(QueueJoined, "m", 60, queue="soporte", position=1),
        of(AgentConnected, "m", 61, **talk),
        of(AgentReleased, "m", 65, **talk, ended_by="transfer", passed_to="queue_soporte"),
        of(QueueJoined, "m", 66, queue="soporte", position=2),
    ]
    for facts, queue in ((moved, "ventas"), (passed_on, "soporte")):
        async with opened(LINE, calls_back=lambda _: None) as desk:
            desk.put(
                of(CallArrived, "a", 10, number_called="0800", caller_number=""),
                of(CallAnswered, "a", 10),
                of(QueueJoined, "a", 10, queue=queue, position=1),
            )
            await calls(desk)
            await desk.keys("m", "1")
            assert desk.switch.told == [("m", "queue", "soporte", "5")]
            desk.put(of(DialogueClosed, "m", 59), *facts)
            await desk.calm()
            desk.put(
                of(QueueGaveUp, "m", 90, queue=queue, status=CALLBACK_KEY),
                of(DialogueOffered, "m", 90, number_called="", reason="callback_key"),
            )
            await desk.calm()
            # who came first, without a priority, stays before
            assert desk.switch.told[-1] == ("m", "back", queue, "2")


async def test_who_waits_and_agrees_on_no_call_back_keeps_the_place() -> None:
    async with opened(LINE, calls_back=lambda _: None) as desk:
        await calls(desk)
        await desk.keys("m", "1")
        queued(desk, "soporte")
        desk.waits("a", 80)
        overflows(desk, 90)
        await desk.calm()
        await desk.keys("m", "5")
        assert desk.switch.told[-1] == ("m", "back", "soporte", "1")


async def test_who_agrees_on_no_call_back_waits_with_the_reason_they_gave(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    menu = menu_of(
        {
            "main": ask({"1": {"goto": "why"}}),
            "why": {"kind": "callback", "queue": "soporte", "reason": "no_signal"},
        }
    )
    wanted: list[str] = []
    way_of = WaitingRoom.way_of

    async def noted(self: WaitingRoom, call_id: str, to: GoToQueue, *rest: Any) -> Way:
        wanted.append(to.reason)
        return await way_of(self, call_id, to, *rest)

    monkeypatch.setattr(WaitingRoom, "way_of", noted)
    async with opened(menu, calls_back=lambda _: None) as desk:
        await calls(desk)
        await desk.keys("m", "1")
    assert wanted == ["no_signal"]


async def test_who_comes_back_asks_with_another_key_and_records_under_another_name() -> None:
    office = Office(act=Answer("done"))
    async with opened(LINE, office=office) as desk:
        await calls(desk)
        await desk.keys("m", "3231")
        queued(desk, "soporte")
        overflows(desk, 90)
        await desk.calm()
        await desk.keys("m", "32")
        overflows(desk, 91)  # means nothing: the caller is here
        await desk.keys("m", "3")
        assert len({each.key for each in office.asked}) == len(office.asked) == 2
        sent = [each.recording for each in desk.facts if isinstance(each, MessageRecorded)]
        assert len(set(sent)) == len(sent) == 2


async def test_a_dialogue_that_is_offered_while_the_last_one_ends_is_led(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def late(_self: Switch, call_id: str, target: str) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(Switch, "transfer", late)
    async with opened(LINE) as desk:
        await calls(desk)
        await desk.keys("m", "4")
        heard = len(desk.switch.heard)
        of: dict[str, Any] = {"at": at(90), "pbx": PBX, "call_id": "m"}
        desk.put(
            DialogueClosed(**of), DialogueOffered(**of, number_called="", reason="transfer_failed")
        )
        await desk.calm()
        assert len(desk.switch.heard) > heard
        await desk.keys("m", "1")
        assert desk.switch.told[-1] == ("m", "queue", "soporte", "5")
        assert desk.reception.callers == 0


async def test_a_recording_of_which_nothing_is_heard_leaves_nobody_in_silence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def lost(*_: object, **__: object) -> float:
        raise OutcomeUnknownError("no answer")

    monkeypatch.setattr(Switch, "record", lost)
    async with opened(LINE) as desk:
        await calls(desk)
        await desk.keys("m", "2")
        assert ("es", "record_nothing") in desk.switch.heard


async def test_whose_secret_entry_broke_is_recorded_again_with_the_agent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def lost(*_: object) -> None:
        raise PromptMissingError("there is no such prompt")

    monkeypatch.setattr(Switch, "play", lost)
    secret = {"kind": "collect", "prompts": ["secret"], "into": "it", "sensitive": True}
    menu = menu_of({"first": {**secret, "goto": "end"}, "end": {"kind": "hang_up"}})
    async with opened(menu) as desk:
        await calls(desk)
        assert desk.switch.told == [("m", "mute"), ("m", "unmute"), ("m", "rescue")]


def _recording() -> Caller:
    menu = node_menu(
        {
            "kind": "record", "purpose": "complaint", "into": "note", "prompts": ["speak"],
            "goto": "ticket", "nothing": "ticket", "max_no_input": 1,
        },
        ticket={
            "kind": "ticket", "ticket": "complaint", "note": "note", "goto": "menu",
            "failed": "menu",
        },
        menu=ask({"1": {"goto": "first"}, "2": {"goto": "end"}}),
    )  # fmt: skip
    return Caller(menu)


def _opened(caller: Caller) -> OpenTicket:
    return next(each for each in caller.actions if isinstance(each, OpenTicket))


def test_a_second_ticket_has_not_the_message_of_the_first() -> None:
    caller = _recording().does(Played(), Recorded(5.0), Pressed("3"), Played())
    assert _opened(caller).note
    caller.does(Answered(Answer("done")), Pressed("1"), Played(), Recorded(0.0), Played())
    assert _opened(caller).note == ""


def test_a_message_that_was_given_up_is_not_kept_for_later() -> None:
    caller = _recording().does(Played(), Recorded(5.0), Pressed("2"), Recorded(0.0), Played())
    state: State = caller.state
    assert (state.node, state.recording, state.recorded_seconds) == ("ticket", "", 0.0)


@pytest.mark.parametrize("figure", ["1e2000000", "NaN", "Infinity", "-1e30000"])
def test_a_figure_beyond_all_words_is_not_counted_out(figure: str) -> None:
    spoken = Spoken(number="it")
    assert said((spoken,), {"it": figure}, "es", currency="COP", names=frozenset()) is None
