"""/tickets and /surveys over the API, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.problem_texts import Kind
from calls.events import (
    AgentConnected,
    AgentReleased,
    CallArrived,
    CallEnded,
    CallFact,
    MenuEntered,
    QueueJoined,
    SurveyAnswered,
    SurveyAsked,
    TicketOpened,
)
from customers.ticket_numbers import ticket_number
from storage.database import Database
from tests.integration.api_house import ApiHouse, open_house, places, problem
from tests.unit.facts import PBX, START, at

FIRST, SECOND, THIRD = (ticket_number(2026, running) for running in (1, 2, 3))


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with open_house(database, tmp_path) as opened:
        yield opened


def ticket(number: str, seconds: float, **values: Any) -> list[CallFact]:
    known = {
        "kind": "claim", "reason": "billing", "due_at": at(seconds) + timedelta(days=15),
        "phone": "573001234567", "account": "4711", "customer_id": 7, **values,
    }  # fmt: skip
    call: dict[str, Any] = {"pbx": PBX, "call_id": f"call-{number}"}
    return [
        CallArrived(
            at=at(seconds), number_called="08001234567", caller_number=known["phone"], **call
        ),
        TicketOpened(at=at(seconds), number=number, **call, **known),
    ]


async def shipped(house: ApiHouse, *facts: CallFact) -> None:
    await house.happen(*facts)
    await house.parts.recorder.ship_now()


async def patched(
    house: ApiHouse, number: str, who: str = "supervisor", **asked: Any
) -> httpx.Response:
    return await house.ask("PATCH", f"/tickets/{number}", who, json=asked)


async def listed(house: ApiHouse, who: str = "supervisor", **params: Any) -> list[str]:
    return [item["number"] for item in (await house.get("/tickets", who, **params))["items"]]


async def test_a_ticket_is_found_taken_answered_and_closed(house: ApiHouse) -> None:
    await shipped(house, *ticket(FIRST, 0))
    told = await house.get(f"/tickets/{FIRST}", "1001")
    assert (told["spoken"], told["state"], told["owner"]) == ("260-000-0011", "open", "")
    assert (told["overdue"], told["customer_id"], told["told_at"]) == (False, 7, None)

    took = await house.ask("POST", f"/tickets/{FIRST}/take", "1001")
    assert (took.json()["state"], took.json()["owner"]) == ("in_progress", "1001")
    body = problem(await house.ask("POST", f"/tickets/{FIRST}/take", "1002"), Kind.TICKET_TAKEN)
    assert "1001" in body["detail"]
    problem(await patched(house, FIRST, "1002", answer="x"), Kind.NOT_YOUR_TICKET)

    body = problem(await patched(house, FIRST, "1001", state="solved"), Kind.INVALID)
    assert places(body) == [("body.answer", "missing")]
    house.clock.advance(3600)
    solved = await patched(
        house, FIRST, "1001", state="solved", answer=" Se ajustó la factura.\nGracias. "
    )
    assert solved.status_code == 200, solved.text
    assert solved.json()["answer"] == "Se ajustó la factura.\nGracias."
    assert solved.json()["solved_at"] == "2026-03-01T13:00:00Z"
    problem(await patched(house, FIRST, state="in_progress"), Kind.TICKET_NOT_NOW)
    closed = (await patched(house, FIRST, state="closed")).json()
    assert closed["ended_at"] == "2026-03-01T13:00:00Z"
    again = (await patched(house, FIRST, state="open")).json()
    assert (again["solved_at"], again["ended_at"]) == (None, None)

    rows = (await house.get("/audit", "admin", subject=f"tickets/{FIRST}"))["items"]
    told_of = [(row["action"], row["before"], row["after"]) for row in reversed(rows)]
    assert told_of[0] == (
        "ticket.take",
        {"state": "open", "owner": ""},
        {"state": "in_progress", "owner": "1001"},
    )
    assert told_of[1][0] == "ticket.change"
    assert told_of[1][1] == {"state": "in_progress", "answer": ""}
    assert told_of[-1] == ("ticket.change", {"state": "closed"}, {"state": "open"})
    await patched(house, FIRST, state="open")
    assert len((await house.get("/audit", "admin", subject=f"tickets/{FIRST}"))["items"]) == 4


async def test_which_tickets(house: ApiHouse) -> None:
    await shipped(
        house,
        *ticket(FIRST, 0, due_at=at(60)),
        *ticket(SECOND, 10, kind="cancel", reason="moving", phone="573009999999", customer_id=8),
        *ticket(THIRD, 20, account="4712"),
    )
    await house.ask("POST", f"/tickets/{SECOND}/take", "1001")
    house.clock.advance(61)
    assert await listed(house) == [THIRD, SECOND, FIRST]
    for params, expected in (
        ({"state": "in_progress"}, [SECOND]),
        ({"kind": "cancel"}, [SECOND]),
        ({"reason": "billing"}, [THIRD, FIRST]),
        ({"overdue": True}, [FIRST]),
        ({"overdue": False}, [THIRD, SECOND]),
        ({"customer_id": 8}, [SECOND]),
        ({"phone": "573009999999"}, [SECOND]),
        ({"phone": "+573009999999"}, [SECOND]),
        ({"account": "4712"}, [THIRD]),
        ({"owner": "1001"}, [SECOND]),
        ({"owner": ""}, [THIRD, FIRST]),
        ({"kind": "claim", "state": "solved"}, []),
    ):
        assert await listed(house, **params) == expected, params
    first = await house.get("/tickets", limit=2)
    rest = await house.get("/tickets", limit=2, cursor=first["next_cursor"])
    numbers = [item["number"] for item in first["items"] + rest["items"]]
    assert (numbers, rest["next_cursor"]) == ([THIRD, SECOND, FIRST], None)
    # agents: their own, and nobody's
    assert await listed(house, "1001") == [THIRD, SECOND, FIRST]
    assert await listed(house, "1002") == [THIRD, FIRST]
    summary = await house.get("/tickets/summary")
    assert summary == {
        "by_state": {"open": 2, "in_progress": 1, "solved": 0, "closed": 0},
        "overdue": 1,
        "untold": 3,
    }
    problem(await house.ask("GET", "/tickets/summary", "1001"), Kind.ROLE_TOO_LOW)


async def test_who_may_give_a_ticket_to_whom(house: ApiHouse) -> None:
    await shipped(house, *ticket(FIRST, 0))
    body = problem(await patched(house, FIRST, owner="9999"), Kind.INVALID)
    assert places(body) == [("body.owner", "no_such_agent")]
    assert (await patched(house, FIRST, owner="1002")).json()["owner"] == "1002"
    problem(await patched(house, FIRST, "1002", owner="1001"), Kind.NOT_YOUR_NUMBER)
    problem(await patched(house, FIRST, "1001", given_back=True), Kind.NOT_YOUR_TICKET)
    assert (await patched(house, FIRST, "1002", given_back=True)).json()["owner"] == ""
    both = await patched(house, FIRST, owner="1001", given_back=True)
    assert places(problem(both, Kind.INVALID)) == [("body.given_back", "one_of_two")]
    problem(await house.ask("POST", f"/tickets/{FIRST}/take"), Kind.NO_NUMBER_OF_YOUR_OWN)
    for response in (
        await house.ask("GET", f"/tickets/{SECOND}"),
        await house.ask("POST", f"/tickets/{SECOND}/take", "1001"),
        await patched(house, SECOND, state="solved"),
    ):
        problem(response, Kind.NO_SUCH_TICKET)


def survey(
    call: str, agent: str, queue: str, question: str, answer: int | None, high: int
) -> list[CallFact]:
    known = {"pbx": PBX, "call_id": call}
    facts: list[CallFact] = [
        CallArrived(at=at(0), number_called="0800", caller_number="5730", **known),
        MenuEntered(at=at(1), menu="operator", node="main", language="es", **known),
        QueueJoined(at=at(2), queue="salida", position=1, **known),
        AgentConnected(at=at(3), queue="salida", agent="1003", **known),
        AgentReleased(at=at(4), queue="salida", agent="1003", ended_by="transfer", **known),
        QueueJoined(at=at(5), queue=queue, position=1, **known),
        AgentConnected(at=at(6), queue=queue, agent=agent, **known),
        AgentReleased(at=at(9), queue=queue, agent=agent, ended_by="agent", **known),
        SurveyAsked(at=at(10), question=question, **known),
    ]
    if answer is not None:
        facts.append(
            SurveyAnswered(
                at=at(11), question=question, answer=answer, low=0 if high == 10 else 1, high=high,
                **known,
            )
        )  # fmt: skip
    return [*facts, CallEnded(at=at(12), cause=16, sip_code=200, **known)]


async def test_surveys_say_how_many_answered_and_nothing_for_nobody(house: ApiHouse) -> None:
    empty = (await house.get("/surveys"))["items"]
    assert [(one["question"], one["asked"], one["value"]) for one in empty] == [
        ("csat", 0, None), ("nps", 0, None), ("resolved", 0, None),
    ]  # fmt: skip
    assert empty[0]["response_rate"] is None
    await shipped(
        house,
        *survey("a", "1001", "soporte", "csat", 5, 5),
        *survey("b", "1001", "soporte", "csat", 2, 5),
        *survey("c", "1002", "soporte", "csat", 4, 5),
        *survey("d", "1002", "soporte", "csat", None, 5),
        *survey("e", "1002", "soporte", "nps", 9, 10),
        *survey("f", "1001", "soporte", "wait", 3, 4),
    )
    csat, nps, resolved, wait = (await house.get("/surveys"))["items"]
    assert (csat["asked"], csat["answered"], csat["response_rate"]) == (4, 3, 0.75)
    assert csat["value"] == pytest.approx(2 / 3)
    assert csat["answers"] == {"2": 1, "4": 1, "5": 1}
    assert (nps["value"], resolved["value"], wait["value"]) == (1.0, None, None)

    async def of(**params: Any) -> list[tuple[Any, ...]]:
        items = (await house.get("/surveys", **params))["items"]
        return [(one["whose"], one["question"], one["asked"], one["value"]) for one in items]

    assert await of(question="csat", agent="1001") == [(None, "csat", 2, 0.5)]
    assert await of(question="csat", agent="1003") == [(None, "csat", 0, None)], "not the last"
    assert await of(question="csat", queue="soporte", menu="operator") == [
        (None, "csat", 4, pytest.approx(2 / 3))
    ]
    assert await of(question="csat", by="agent") == [
        ("1001", "csat", 2, 0.5), ("1002", "csat", 2, 1.0),
    ]  # fmt: skip
    assert [one[0] for one in await of(by="menu")] == ["operator"] * 3
    assert [one[0] for one in await of(by="queue", question="nps")] == ["soporte"]
    later = (START + timedelta(seconds=10)).isoformat()
    assert await of(question="csat", since=later) == [(None, "csat", 4, pytest.approx(2 / 3))]
    assert await of(question="csat", until=later) == [(None, "csat", 0, None)]
