"""The data of two queues, for who sees only one: whatever is of the other has AJENA in it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select, update

from calls.events import (
    AgentConnected,
    AgentReleased,
    AgentSignedOut,
    CallEnded,
    CallFact,
    CallRecordingStarted,
    CustomerKnown,
    MenuEntered,
    MessageRecorded,
    QueueJoined,
    ReasonGiven,
    SurveyAnswered,
    SurveyAsked,
    TicketOpened,
    WaitTold,
)
from customers.ticket_numbers import ticket_number
from dialer.alarms import Alarm, AlarmKind, Details
from monitoring.board import Things
from storage.tables import attempts, callbacks, campaigns, leads, rulings, tokens
from tests.integration.api_house import ApiHouse
from tests.integration.backoffice_house import until
from tests.integration.made_report_day import counted
from tests.unit.facts import PBX, arrived, at, fact, on_call

#: whose data is in it
PROPIA, AJENA = "propia", "ajena"
QUEUE = {PROPIA: "soporte", AJENA: "salida"}
#: who calls, and is called; Ana has both
NUMBER = {PROPIA: "573001112222", AJENA: "573009998888"}
TICKET = {PROPIA: ticket_number(2026, 1), AJENA: ticket_number(2026, 2)}
TALK = {PROPIA: "20260301-" + "1" * 32, AJENA: "20260301-" + "9" * 32}
RULED = "573005550000"
#: what must not be told: a word in everything of the other queue that can have one, and the rest
FORBIDDEN = (AJENA, NUMBER[AJENA], NUMBER[AJENA][2:], TICKET[AJENA], TALK[AJENA])
SOUND = b"RIFF\x24\x00\x00\x00WAVEfmt "


@dataclass(frozen=True)
class TwoQueues:
    """The ids by which things of one side are asked for, and a house whose supervisor sees one."""

    house: ApiHouse
    customer: int
    campaign: dict[str, str]
    target: dict[str, str]
    imported: dict[str, str]

    def names(self, side: str) -> dict[str, Any]:
        """What paths name of this side."""
        return {
            "name": QUEUE[side],
            "call_id": side,
            "customer_id": self.customer,
            "campaign_id": self.campaign[side],
            "import_id": self.imported[side],
            "target_id": self.target[side],
            "number": TICKET[side],
            "recording": f"mensaje-{side}",
            "talk": TALK[side],
        }


async def two_queues(house: ApiHouse, folder: Path) -> TwoQueues:
    """Everything there is, once of each queue."""
    asked = {"name": "Ana", "phones": [f"+{number}" for number in NUMBER.values()]}
    ana = int((await house.ask("POST", "/customers", json=asked)).json()["id"])
    (folder / "recordings").mkdir(exist_ok=True)
    for side in (PROPIA, AJENA):
        await _calls(house, side, ana)
        (folder / "recordings" / f"mensaje-{side}.wav").write_bytes(SOUND)
    # an agent who is seen is seen whole, with the id of the call they were last in
    await house.happen(fact(AgentSignedOut, 60, agent="1001", reason="asked"))
    await house.parts.recorder.ship_now()
    found = TwoQueues(house, ana, {}, {}, {})
    for side in (PROPIA, AJENA):
        await _campaign(found, side)
        await _set_by_supervisors(found, side)
    await counted(house)
    await _lines_of_queues(found)
    await _alerts(found)
    only_one = update(tokens).where(tokens.c.name == "supervisor").values(queues=["soporte"])
    await house.database.write(lambda connection: connection.execute(only_one).rowcount)
    house.clock.advance(3600)
    return found


async def _calls(house: ApiHouse, side: str, customer: int) -> None:
    """One with everything in it that is over, and one that waits."""
    queue, number = QUEUE[side], NUMBER[side]
    talk = {"queue": queue, "agent": "1001"}
    over: list[CallFact] = [
        arrived(0, caller_number=number, caller_name=f"Señora {side}"),
        on_call(CustomerKnown, 1, customer_id=customer, account=f"cuenta-{side}"),
        on_call(MenuEntered, 1, menu="m", node="main", language="es"),
        on_call(ReasonGiven, 2, reason="facturas"),
        on_call(MessageRecorded, 3, recording=f"mensaje-{side}", purpose=side, seconds=2.0),
        on_call(
            TicketOpened, 4, number=TICKET[side], kind=side, reason=side, due_at=at(5),
            customer_id=customer, phone=number,
        ),
        on_call(WaitTold, 5, queue=queue, position=1, expected_seconds=9.0, low_seconds=5.0,
                high_seconds=15.0),
        on_call(QueueJoined, 5, queue=queue, position=1),
        on_call(AgentConnected, 9, **talk),
        on_call(CallRecordingStarted, 9, recording=TALK[side], queue=queue, announced="caller"),
        on_call(AgentReleased, 40, **talk, ended_by="customer"),
        on_call(SurveyAsked, 41, question=side),
        on_call(SurveyAnswered, 42, question=side, answer=4, low=1, high=5),
        on_call(CallEnded, 43, cause=16, sip_code=200),
    ]  # fmt: skip
    waits: list[CallFact] = [
        arrived(50, caller_number=number, caller_name=f"Señor {side}"),
        on_call(QueueJoined, 51, queue=queue, position=1),
    ]
    await house.happen(*(replace(one, call_id=side) for one in over))
    await house.happen(*(replace(one, call_id=f"{side}-espera") for one in waits))


async def _campaign(found: TwoQueues, side: str) -> None:
    house, number = found.house, NUMBER[side]
    campaign = found.campaign[side] = await house.new_campaign(name=f"Campaña {side}")
    # this floor has one queue for campaigns
    moved = update(campaigns).where(campaigns.c.id == campaign).values(queue=QUEUE[side])
    await house.database.write(lambda connection: connection.execute(moved).rowcount)
    rows = f"telefono;nombre\n{number[2:]};Lead {side}\nx;{side}\n"
    loaded = await house.ask(
        "POST", f"/campaigns/{campaign}/imports", params={"list": f"Lista {side}"},
        content=rows.encode(), headers={"Content-Type": "text/csv"},
    )  # fmt: skip
    assert loaded.status_code == 202, loaded.text
    found.imported[side] = str(loaded.json()["id"])
    importing = asyncio.create_task(house.importing.run())
    where = f"/campaigns/{campaign}/imports/{found.imported[side]}"
    await until(lambda: house.get(where), lambda told: told["ended_at"] is not None)
    importing.cancel()
    await asyncio.wait({importing})
    await _attempt(found, side)
    path = f"/campaigns/{campaign}/callbacks"
    await _good(house, path, number=number, promised_at="2026-03-02T15:00:00Z", note=side)
    await _good(house, "/do-not-call", number=number, campaign_id=campaign, reason=side)
    row = {
        "at": at(0), "campaign_id": campaign, "lead_id": None, "number": RULED,
        "attempt_id": None, "allowed": 0, "reasons": ["outside_hours"], "preset": side,
        "version": "1", "purpose": "marketing", "zone": "America/Bogota",
        "local_time": "2026-03-01T07:00:00-05:00", "evidence": {"findings": [], "past": []},
    }  # fmt: skip
    ruled = insert(rulings).values(row)
    await house.database.write(lambda connection: connection.execute(ruled).rowcount)


async def _attempt(found: TwoQueues, side: str) -> None:
    """One call of the campaign, that nobody answered."""
    mine = leads.c.campaign_id == found.campaign[side]
    row = {
        "id": f"attempt-{side}", "pbx": PBX, "campaign_id": found.campaign[side], "ordinal": 1,
        "number": NUMBER[side], "intended_at": at(10), "ended_at": at(40), "agent": "",
        "outcome": "no_answer", "caller_number": "", "wanted_agent": "", "disposition": "",
    }  # fmt: skip

    def write(connection: Connection) -> None:
        lead = connection.execute(select(leads.c.id).where(mine).limit(1)).scalar_one()
        connection.execute(insert(attempts).values(lead_id=lead, **row))

    await found.house.database.write(write)


async def _set_by_supervisors(found: TwoQueues, side: str) -> None:
    house, queue = found.house, QUEUE[side]
    await _good(house, f"/queues/{queue}/close", reason=side)
    target = {"kpi": "waiting", "subject_kind": "queue", "subject": queue, "high": 10}
    found.target[side] = (await _good(house, "/targets", **target))["id"]


async def _lines_of_queues(found: TwoQueues) -> None:
    """Our own campaign calls back for the other queue too: who gave up its line is in none."""
    path = f"/campaigns/{found.campaign[PROPIA]}/callbacks"
    other = {"number": "573007770000", "promised_at": "2026-03-02T16:00:00Z", "note": AJENA}
    made = await _good(found.house, path, **other)
    line = update(callbacks).where(callbacks.c.id == made["id"]).values(queue=QUEUE[AJENA])
    await found.house.database.write(lambda c: c.execute(line).rowcount)


async def _alerts(found: TwoQueues) -> None:
    """Of a target and of a campaign of each side, and one that is of both."""
    house = found.house
    alarms = [
        Alarm(
            kind=AlarmKind.REGISTER_STALE, subject="registers/rne",
            details={"as_of": None, "campaigns": list(found.campaign.values())},
        )
    ]  # fmt: skip
    for side in (PROPIA, AJENA):
        details: Details = {
            "kpi": "waiting", "subject_kind": "queue", "subject": QUEUE[side], "value": 11.0,
            "bound": 10.0, "low": None, "high": 10.0, "window_seconds": 900, "mark": side,
        }  # fmt: skip
        alarms.append(Alarm(kind=AlarmKind.TARGET, subject=found.target[side], details=details))
        late: Details = {"calls": 1.0, "oldest_promised_at": at(0).isoformat(), "mark": side}
        subject = f"campaigns/{found.campaign[side]}"
        alarms.append(Alarm(kind=AlarmKind.PROMISE_BROKEN, subject=subject, details=late))
    await house.parts.alerts.change(PBX, alarms, {}, house.clock() + timedelta(seconds=1))
    on = await house.parts.alerts.open(PBX)
    things: Things = {f"alerts/{one.id}": {"id": one.id, "kind": one.kind, "subject": one.subject,
                                   "details": one.details} for one in on}  # fmt: skip
    house.parts.board.show(things)


async def _good(house: ApiHouse, path: str, **asked: Any) -> Any:
    response = await house.ask("POST", path, json=asked)
    assert response.status_code in (200, 201), response.text
    return response.json()
