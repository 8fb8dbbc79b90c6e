"""Callers whose menu asks others: services, messages, tickets."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from calls.events import (
    CallAnswered,
    CallArrived,
    CallEnded,
    DialogueClosed,
    DialogueOffered,
    MessageRecorded,
    QueueJoined,
    TicketOpened,
)
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
