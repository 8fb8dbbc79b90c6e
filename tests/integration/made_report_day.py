"""Forty-five minutes of a floor, small enough to be counted by hand, as the facts that tell it.

Queue `soporte`, from 12:00 (call: wait, what came of it): a1 10 s, answered by 1001, 60 s with 10 s
of hold, 20 s of wrap-up, "resuelto"; a2 30 s, 1002, 120 s, transferred, 10 s, "unresolved"; b1 and
b2 gave up after 3 s and 40 s, the same number; k1 timed out after 60 s; f1 found the queue full. In
the second quarter a3, who is a1 again: 5 s, 1001, 60 s, 10 s. At its end x1: waits exactly 20 s
into the third quarter, 1002, 60 s, 10 s. 1001 pauses from 12:40 to 12:50.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, update

from calls.events import (
    AgentConnected,
    AgentLineUp,
    AgentOffered,
    AgentPaused,
    AgentReadied,
    AgentReleased,
    AgentSignInAsked,
    CallArrived,
    CallEnded,
    CallFact,
    CustomerKnown,
    Fact,
    HoldEnded,
    HoldStarted,
    QueueGaveUp,
    QueueJoined,
    QueueLeft,
    ReasonGiven,
    SurveyAnswered,
    SurveyAsked,
    WaitTold,
    WrapUpEnded,
    WrapUpStarted,
)
from storage.tables import attempts, leads
from tests.integration.api_house import ApiHouse
from tests.unit.facts import PBX, at, fact

QUEUE = "soporte"
LATER = 3600.0
PERIOD = {"from": "2026-03-01T12:00:00Z", "until": "2026-03-01T12:45:00Z"}


class _Call:
    """One call, told fact by fact."""

    def __init__(self, call_id: str, number: str, arrives: float) -> None:
        self.call_id = call_id
        self.facts: list[CallFact] = []
        self.tell(CallArrived, arrives, number_called="08001234567", caller_number=number)

    def tell(self, kind: type[CallFact], seconds: float, /, **fields: Any) -> None:
        self.facts.append(kind(at=at(seconds), pbx=PBX, call_id=self.call_id, **fields))

    def talk(self, agent: str, answered: float, released: float, by: str = "customer") -> None:
        self.tell(AgentOffered, answered - 1, queue=QUEUE, agent=agent)
        self.tell(AgentConnected, answered, queue=QUEUE, agent=agent)
        self.tell(AgentReleased, released, queue=QUEUE, agent=agent, ended_by=by)

    def wrap_up(self, agent: str, began: float, ended: float, disposition: str = "") -> list[Fact]:
        started = fact(
            WrapUpStarted, began, agent=agent, call_id=self.call_id, until=at(began + 30)
        )
        over = fact(
            WrapUpEnded, ended, agent=agent, call_id=self.call_id, disposition=disposition,
            how="agent",
        )  # fmt: skip
        return [started, over]


def _answered() -> list[Fact]:
    a1 = _Call("a1", "5730011", 0)
    a1.tell(CustomerKnown, 0.2, customer_id=7)
    a1.tell(ReasonGiven, 0.5, reason="billing")
    a1.tell(QueueJoined, 2, queue=QUEUE, position=1)
    a1.talk("1001", 12, 72)
    a1.tell(HoldStarted, 20)
    a1.tell(HoldEnded, 30)
    a1.tell(SurveyAsked, 73, question="csat")
    a1.tell(SurveyAnswered, 75, question="csat", answer=5, low=1, high=5)
    a1.tell(CallEnded, 80, cause=16, sip_code=200)

    a2 = _Call("a2", "5730012", 119)
    a2.tell(QueueJoined, 120, queue=QUEUE, position=1)
    a2.tell(
        WaitTold, 120, queue=QUEUE, position=1, expected_seconds=45.0, low_seconds=20.0,
        high_seconds=60.0,
    )  # fmt: skip
    a2.talk("1002", 150, 270, by="transfer")
    a2.tell(SurveyAsked, 271, question="csat")
    a2.tell(CallEnded, 272, cause=16, sip_code=200)

    # from another number, but the menu knew who it was
    a3 = _Call("a3", "5730099", 959)
    a3.tell(CustomerKnown, 959.2, customer_id=7)
    a3.tell(ReasonGiven, 959.5, reason="billing")
    a3.tell(QueueJoined, 960, queue=QUEUE, position=1)
    a3.talk("1001", 965, 1025)
    a3.tell(SurveyAsked, 1026, question="resolved")
    a3.tell(SurveyAnswered, 1027, question="resolved", answer=1, low=1, high=2)
    a3.tell(CallEnded, 1028, cause=16, sip_code=200)

    x1 = _Call("x1", "5730015", 1790)
    x1.tell(QueueJoined, 1790, queue=QUEUE, position=1)
    x1.talk("1002", 1810, 1870)
    x1.tell(CallEnded, 1870, cause=16, sip_code=200)
    return [
        *a1.facts, *a1.wrap_up("1001", 72, 92, "resuelto"),
        *a2.facts, *a2.wrap_up("1002", 270, 280, "unresolved"),
        *a3.facts, *a3.wrap_up("1001", 1025, 1035),
        *x1.facts, *x1.wrap_up("1002", 1870, 1880),
    ]  # fmt: skip


def _unanswered() -> list[Fact]:
    found: list[Fact] = []
    for call_id, number, joined, left in (("b1", "5730013", 300, 303), ("b2", "5730013", 360, 400)):
        given_up = _Call(call_id, number, joined)
        given_up.tell(QueueJoined, joined, queue=QUEUE, position=1)
        given_up.tell(QueueLeft, left, queue=QUEUE)
        given_up.tell(CallEnded, left, cause=16, sip_code=200)
        found += given_up.facts
    timed_out = _Call("k1", "5730014", 420)
    timed_out.tell(QueueJoined, 420, queue=QUEUE, position=1)
    timed_out.tell(QueueLeft, 480, queue=QUEUE)
    timed_out.tell(QueueGaveUp, 480, queue=QUEUE, status="TIMEOUT")
    timed_out.tell(CallEnded, 481, cause=16, sip_code=200)
    # nobody knows who it was
    refused = _Call("f1", "", 500)
    refused.tell(QueueGaveUp, 500, queue=QUEUE, status="FULL")
    refused.tell(CallEnded, 501, cause=16, sip_code=200)
    return [*found, *timed_out.facts, *refused.facts]


def _shift() -> list[Fact]:
    found: list[Fact] = []
    for agent in ("1001", "1002"):
        found += [
            fact(AgentSignInAsked, -600, agent=agent),
            fact(AgentLineUp, -599, agent=agent),
            fact(AgentReadied, -598, agent=agent),
        ]
    pause = fact(AgentPaused, 2400, agent="1001", reason="descanso")
    return [*found, pause, fact(AgentReadied, 3000, agent="1001")]


async def report_day(house: ApiHouse) -> None:
    """Let it happen, and be counted; an hour later it is."""
    facts = [*_shift(), *_answered(), *_unanswered()]
    await house.happen(*sorted(facts, key=lambda one: one.at))
    await house.parts.recorder.ship_now()
    house.clock.advance(LATER)
    await counted(house)


async def counted(house: ApiHouse) -> None:
    """Have everything counted that was recorded, as the service does in the background."""
    await house.parts.reports.measures.rebuild(PBX, at(-900), at(LATER))


async def dialed(house: ApiHouse) -> str:
    """A campaign of four attempts of three of its four leads; its id."""
    campaign_id = await house.new_campaign()
    numbers = "\n".join(f"300123456{digit}" for digit in range(4))
    response = await house.upload(campaign_id, f"telefono\n{numbers}\n")
    assert response.status_code == 200, response.text
    usual = {
        "pbx": PBX, "campaign_id": campaign_id, "agent": "", "caller_number": "", "cause": 16,
        "wanted_agent": "", "disposition": "", "contact": None, "machine": None, "sip_code": 200,
        "answered_at": None, "connected_at": None,
    }  # fmt: skip
    made = [
        {"outcome": "connected", "answered_at": at(10), "connected_at": at(11),
         "ended_at": at(71), "contact": 1, "disposition": "sold", "agent": "1001"},
        {"outcome": "no_answer", "ended_at": at(40)},
        {"outcome": "machine", "answered_at": at(12), "ended_at": at(20), "machine": "machine"},
        {"outcome": "abandoned", "answered_at": at(12), "ended_at": at(14)},
    ]  # fmt: skip

    def write(connection: Any) -> None:
        ids = [row.id for row in connection.execute(leads.select().order_by(leads.c.id))]
        for place, (lead, ordinal) in enumerate(((0, 1), (1, 1), (1, 2), (2, 1))):
            row = {
                **usual, **made[place], "id": f"t{place}", "lead_id": ids[lead],
                "ordinal": ordinal, "number": "573001234560", "intended_at": at(place),
            }  # fmt: skip
            connection.execute(insert(attempts).values(row))
            tried = update(leads).where(leads.c.id == ids[lead])
            connection.execute(tried.values(attempts=ordinal))

    await house.database.write(write)
    await counted(house)
    return campaign_id
