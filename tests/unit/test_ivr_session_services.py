"""Callers whose menu asks others: services, messages, tickets; and those who come back to it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from calls.call import OVERFLOW
from calls.events import (
    AgentConnected,
    AgentReleased,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallTransferred,
    DialogueClosed,
    DialogueOffered,
    MessageRecorded,
    QueueGaveUp,
    QueueJoined,
    QueueRefused,
    SurveyAnswered,
    TicketOpened,
    WaitTold,
)
from customers.routing import OwnerNow
from ivr.neighbours import TicketWanted
from ivr.services import FAILED, Answer, Question, Service, What
from ivr.values import Values
from tests.made_menus import ask, menu_of
from tests.system.scene import until
from tests.unit.facts import PBX, at
from tests.unit.test_ivr_session import Desk, opened

CUSTOMER: Values = {"id": 7, "account": "99", "owner": "1001", "reasons": ("no_signal",)}


class Office:
    """Answers as told; what is asked is noted."""

    def __init__(self, **answers: Answer | Exception | float) -> None:
        self.answers = answers
        self.asked: list[Question] = []
        self.done: list[str] = []

    def services(self) -> Mapping[str, Service]:
        return {
            "look": Service(kind="look_up", gives={"x": What.TEXT}, most_seconds=0.05),
            "act": Service(kind="action", most_seconds=0.05),
            "customer_by_number": Service(kind="look_up", most_seconds=0.05),
        }

    async def ask(self, question: Question) -> Answer:
        self.asked.append(question)
        answer = self.answers[question.service]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, float):
            await asyncio.sleep(answer)
            self.done.append(question.service)
            return Answer("done")
        return answer


class Tickets:
    """Numbers as long as there are any."""

    def __init__(self, *numbers: str) -> None:
        self.numbers = list(numbers)

    def open(self, call_id: str, wanted: TicketWanted) -> TicketOpened | None:
        if not self.numbers:
            return None
        due_at = datetime(2026, 12, 2, 4, 59, tzinfo=UTC)  # the evening of the first in Bogota
        return TicketOpened(
            at=at(1), pbx=PBX, call_id=call_id, number=self.numbers.pop(), due_at=due_at,
            kind=wanted.kind, reason=wanted.reason, account=wanted.account,
            customer_id=wanted.customer_id, phone=wanted.phone, recording=wanted.recording,
        )  # fmt: skip


async def calls(desk: Desk, call_id: str = "m") -> None:
    of: dict[str, Any] = {"at": at(50), "pbx": PBX, "call_id": call_id}
    desk.put(
        CallArrived(**of, number_called="0800", caller_number="3001234567"),
        CallAnswered(**of),
        DialogueOffered(**of, number_called="0800"),
    )
    await desk.calm()


def queued(desk: Desk, queue: str, call_id: str = "m") -> None:
    of: dict[str, Any] = {"at": at(60), "pbx": PBX, "call_id": call_id}
    desk.put(DialogueClosed(**of), QueueJoined(**of, queue=queue, position=1))


def asking(kind: str, outcomes: str, **more: Any) -> dict[str, Any]:
    ways = dict(zip(outcomes.split(), ("good", "bad", "failed"), strict=True))
    return {"kind": kind, "into": "it", **ways, **more}


def ends(*names: str) -> dict[str, Any]:
    return {name: {"kind": "queue", "queue": name} for name in names}


LOOK = menu_of(
    {
        "first": asking("look_up", "found missing failed", service="look"),
        **ends("good", "bad", "failed"),
    }
)


@pytest.mark.parametrize(
    ("answer", "queue"),
    [
        (Answer("found", {"x": "y"}), "good"),
        (Answer("missing"), "bad"),
        (Answer(FAILED), "failed"),
        (ValueError("a bug of theirs"), "failed"),
    ],
)
async def test_the_answer_decides_and_a_bug_is_a_failure(
    answer: Answer | Exception, queue: str
) -> None:
    async with opened(LOOK, office=Office(look=answer)) as desk:
        await calls(desk)
        assert desk.switch.told == [("m", "queue", queue, "0")]


async def test_who_does_not_answer_in_time_is_not_waited_for() -> None:
    office = Office(look=60.0)
    async with opened(LOOK, office=office) as desk:
        await calls(desk)
        await until(lambda: desk.switch.told, "the caller is led on")
        assert desk.switch.told == [("m", "queue", "failed", "0")]


async def test_what_is_done_is_done_to_its_end_though_the_caller_hangs_up() -> None:
    office = Office(act=0.03)
    menu = menu_of(
        {
            "first": asking("action", "done refused failed", service="act"),
            **ends("good", "bad", "failed"),
        }
    )
    async with opened(menu, office=office) as desk:
        await calls(desk)
        of: dict[str, Any] = {"at": at(61), "pbx": PBX, "call_id": "m"}
        desk.put(DialogueClosed(**of), CallEnded(**of, cause=16, sip_code=0))
        await until(lambda: office.done, "what was asked is done")


async def test_a_ticket_is_told_before_its_number_is_spoken() -> None:
    menu = menu_of(
        {
            "first": {
                "kind": "ticket", "ticket": "complaint", "reason": "no_signal",
                "goto": "tell", "failed": "people",
            },
            "tell": {
                "kind": "say", "goto": "people",
                "prompts": [{"digits": "ticket.number"}, {"date": "ticket.due_on"}],
            },
            **ends("people"),
        }
    )  # fmt: skip
    async with opened(menu, tickets=Tickets("2600000018")) as desk:
        await calls(desk)
        (ticket,) = [fact for fact in desk.facts if isinstance(fact, TicketOpened)]
        assert (ticket.kind, ticket.reason, ticket.phone) == (
            "complaint", "no_signal", "3001234567",
        )  # fmt: skip
        assert desk.switch.heard[-2:] == [("es", "d_el_primero"), ("es", "d_de_diciembre_end")]
    async with opened(menu, tickets=Tickets()) as desk:
        await calls(desk)
        assert desk.switch.told == [("m", "queue", "people", "0")]
        assert desk.switch.heard == []


RECORD = menu_of(
    {
        "first": {
            "kind": "record", "purpose": "suggestion", "into": "note", "prompts": ["speak"],
            "goto": "people", "nothing": "people",
        },
        **ends("people"),
    }
)  # fmt: skip


async def test_a_message_is_recorded_heard_and_sent() -> None:
    async with opened(RECORD) as desk:
        await calls(desk)
        await desk.keys("m", "13")
        assert desk.switch.told == [
            ("m", "record", "suggestion-m-1"), ("m", "queue", "people", "0"),
        ]  # fmt: skip
        assert ("", "suggestion-m-1") in desk.switch.heard
        (sent,) = [fact for fact in desk.facts if isinstance(fact, MessageRecorded)]
        assert (sent.recording, sent.seconds) == ("suggestion-m-1", 7.5)


async def test_who_hangs_up_after_speaking_has_left_the_message() -> None:
    async with opened(RECORD) as desk:
        await calls(desk)
        desk.put(DialogueClosed(at=at(70), pbx=PBX, call_id="m"))
        await desk.calm()
        (sent,) = [fact for fact in desk.facts if isinstance(fact, MessageRecorded)]
        assert sent.seconds == 7.5


COMPLAINT = menu_of(
    {
        "speak": {
            "kind": "record", "purpose": "complaint", "into": "note", "prompts": ["speak"],
            "goto": "sure", "nothing": "people",
        },
        "sure": ask({"1": {"goto": "open"}, "2": {"goto": "people"}}),
        "open": {
            "kind": "ticket", "ticket": "complaint", "note": "note", "goto": "tell",
            "failed": "people",
        },
        "tell": ask({"1": {"goto": "people"}}),
        **ends("people"),
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("keys", "tickets"), [("", 1), ("3", 1), ("31", 1), ("32", 0)],
    ids=["while speaking is judged", "before the ticket", "after it", "gone to a person"],
)  # fmt: skip
async def test_who_complained_and_hangs_up_has_one_ticket(keys: str, tickets: int) -> None:
    async with opened(COMPLAINT, tickets=Tickets("2600000018")) as desk:
        await calls(desk)
        await desk.keys("m", keys)
        desk.put(DialogueClosed(at=at(70), pbx=PBX, call_id="m"))
        await desk.calm()
        opened_tickets = [fact for fact in desk.facts if isinstance(fact, TicketOpened)]
        assert [ticket.recording for ticket in opened_tickets] == ["complaint-m-1"] * tickets


# --- back from a queue, a talk, a transfer ----------------------------------------------------

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
