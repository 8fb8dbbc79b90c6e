"""Callers who come back to the menu: from a queue, a talk, a transfer; and whom they wait for."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from calls.call import OVERFLOW
from calls.events import (
    AgentConnected,
    AgentReleased,
    CallTransferred,
    DialogueClosed,
    DialogueOffered,
    QueueGaveUp,
    QueueRefused,
    SurveyAnswered,
    WaitTold,
)
from customers.routing import OwnerNow
from ivr.services import Answer
from tests.made_menus import ask, menu_of
from tests.unit.facts import PBX, at
from tests.unit.test_ivr_session import opened
from tests.unit.test_ivr_session_services import CUSTOMER, Office, calls, queued

LINE = menu_of(
    {
        "who": {
            "kind": "look_up", "service": "customer_by_number", "into": "customer",
            "arguments": {"number": "caller"},
            "found": "main", "missing": "main", "failed": "main",
        },
        "main": ask({
            "1": {"queue": "soporte", "priority": 5}, "2": {"goto": "out"}, "3": {"goto": "again"},
        }),
        "again": {"kind": "queue", "queue": "soporte", "reason": "no_signal"},
        "out": {"kind": "transfer", "target": "payments", "failed": "main"},
        "late": ask({"1": {"goto": "wait"}}),
        "wait": {"kind": "wait_on"},
        "survey": {
            "kind": "survey", "questions": [{"name": "csat", "prompts": ["how"]}], "goto": "bye",
        },
        "bye": {"kind": "hang_up", "prompts": ["goodbye"]},
    },
    queues={
        "soporte": {
            "too_long_seconds": 10, "too_long": "late", "after_call": "survey",
            "repeat_priority": 7, "owner_seconds": 20, "say_wait": True,
        }
    },
)  # fmt: skip


async def test_a_wait_that_is_too_long_leads_back_and_the_place_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waited: list[float] = []

    async def at_once(seconds: float) -> None:
        waited.append(seconds)

    async with opened(LINE) as desk:
        await calls(desk)
        await desk.keys("m", "1")
        with monkeypatch.context() as patch:
            patch.setattr("ivr.patience.asyncio.sleep", at_once)
            queued(desk, "soporte")
            for _ in range(50):
                await asyncio.get_running_loop().run_in_executor(None, lambda: None)
        assert waited[0] == 10.0
        assert desk.switch.told[-1:] == [("m", "back to dialogue")]
        of: dict[str, Any] = {"at": at(90), "pbx": PBX, "call_id": "m"}
        desk.put(
            QueueGaveUp(**of, queue="soporte", status=OVERFLOW),
            DialogueOffered(**of, number_called="", reason="overflow"),
        )
        await desk.calm()
        await desk.keys("m", "1")
        assert desk.switch.told[-1:] == [("m", "back", "soporte", "1")]


async def test_after_the_talk_the_caller_is_asked() -> None:
    async with opened(LINE) as desk:
        await calls(desk)
        await desk.keys("m", "1")
        assert ("m", "after call") in desk.switch.told
        queued(desk, "soporte")
        of: dict[str, Any] = {"at": at(90), "pbx": PBX, "call_id": "m"}
        desk.put(
            AgentConnected(**of, queue="soporte", agent="1001"),
            AgentReleased(**of, queue="soporte", agent="1001", ended_by="agent"),
            DialogueOffered(**of, number_called="", reason="after_call"),
        )
        await desk.calm()
        await desk.keys("m", "4")
        (answered,) = [fact for fact in desk.facts if isinstance(fact, SurveyAnswered)]
        assert (answered.question, answered.answer) == ("csat", 4)
        assert desk.switch.told[-1:] == [("m", "hang up")]


async def test_a_transfer_that_fails_leads_back() -> None:
    async with opened(LINE) as desk:
        await calls(desk)
        await desk.keys("m", "2")
        assert desk.switch.told[-1:] == [("m", "transfer", "payments")]
        assert any(isinstance(fact, CallTransferred) for fact in desk.facts)
        of: dict[str, Any] = {"at": at(90), "pbx": PBX, "call_id": "m"}
        desk.put(
            DialogueClosed(**of), DialogueOffered(**of, number_called="", reason="transfer_failed")
        )
        await desk.calm()
        await desk.keys("m", "1")
        assert desk.switch.told[-1:] == [("m", "queue", "soporte", "5")]


async def test_who_calls_again_for_the_same_reason_goes_before() -> None:
    office = Office(customer_by_number=Answer("found", CUSTOMER))
    async with opened(LINE, office=office) as desk:
        await calls(desk)
        await desk.keys("m", "3")
        assert desk.switch.told[-1:] == [("m", "queue", "soporte", "7")]


async def test_the_agent_who_has_the_matter_is_preferred_and_else_the_queue_it_is() -> None:
    offered: list[tuple[str, str]] = []

    async def prefer(call_id: str, agent: str, seconds: float) -> str:
        offered.append((call_id, agent))
        return f"own_{agent}"

    def owner(number: str) -> OwnerNow:
        return OwnerNow(number=number, queues=("soporte",), free_in_seconds=0.0)

    office = Office(customer_by_number=Answer("found", CUSTOMER))
    async with opened(LINE, office=office, prefer=prefer, owner=owner) as desk:
        await calls(desk)
        await desk.keys("m", "1")
        assert offered == [("m", "1001")]
        assert desk.switch.told[-1:] == [("m", "queue", "own_1001", "5")]
        queued(desk, "own_1001")
        await desk.calm()
        await desk.reception.send_on("m")
        assert desk.switch.told[-1:] == [("m", "queue", "soporte", "5")]


async def test_the_wait_is_told_and_what_was_told_is_known() -> None:
    async with opened(LINE, expected_wait=lambda _queue, position, _: 100.0 * position) as desk:
        desk.waits("a", 10)
        for call in desk.tracker.open_calls():
            assert call.queue == "soporte"
        await calls(desk)
        await desk.keys("m", "3")
        (told,) = [fact for fact in desk.facts if isinstance(fact, WaitTold)]
        assert (told.position, told.expected_seconds) == (2, 200.0)
        assert told.low_seconds <= 200.0 <= told.high_seconds
        assert len(desk.switch.heard) > 3


async def test_the_wait_told_is_the_one_the_caller_has() -> None:
    """Who calls again waits behind nobody of no priority, and who has an owner only for them."""
    office = Office(customer_by_number=Answer("found", CUSTOMER))

    def waited(_queue: str, position: int, _priority: int) -> float:
        return 100.0 * position

    async with opened(LINE, office=office, expected_wait=waited) as desk:
        desk.waits("a", 10)
        await calls(desk)
        await desk.keys("m", "3")
        (told,) = [fact for fact in desk.facts if isinstance(fact, WaitTold)]
        assert (told.position, told.expected_seconds) == (1, 100.0)

    def owner(number: str) -> OwnerNow:
        return OwnerNow(number=number, queues=("soporte",), free_in_seconds=18.0)

    async with opened(LINE, office=office, expected_wait=waited, owner=owner) as desk:
        desk.waits("a", 10)
        await calls(desk)
        await desk.keys("m", "3")
        (told,) = [fact for fact in desk.facts if isinstance(fact, WaitTold)]
        assert (told.position, told.expected_seconds) == (1, 18.0)


async def test_a_running_call_stays_in_the_menu_it_is_in() -> None:
    async with opened(LINE) as desk:
        await calls(desk)
        before = desk.reception._menus.of("0800")
        new = menu_of({"x": ask({"1": {"queue": "ventas"}})})
        desk.reception._menus._read = lambda: {"0800": new}
        assert desk.reception._menus.reload().changed == ("0800",)
        await desk.keys("m", "1")
        assert before is not new
        assert desk.switch.told[-1:] == [("m", "queue", "soporte", "5")]
        await calls(desk, "n")
        await desk.keys("n", "1")
        assert desk.switch.told[-1:] == [("n", "queue", "ventas", "0")]


async def test_who_declines_a_call_back_is_held_to_the_terms_of_the_queue() -> None:
    menu = menu_of(
        {
            "main": ask({"1": {"goto": "offer"}}),
            "offer": {"kind": "callback", "queue": "soporte"},
            "away": {"kind": "say", "prompts": ["nobody_now"], "goto": "main"},
        },
        queues={"soporte": {"nobody": "away"}},
    )
    async with opened(menu, calls_back=lambda _: None, staffed=lambda _: (0, 0)) as desk:
        await calls(desk)
        await desk.keys("m", "1")
        assert desk.switch.told == []
        assert [prompt for _, prompt in desk.switch.heard] == [
            "ask", "callback_not_now", "nobody_now", "ask",
        ]  # fmt: skip
        refused = [fact for fact in desk.facts if isinstance(fact, QueueRefused)]
        assert [(fact.queue, fact.why) for fact in refused] == [("soporte", "nobody")]
