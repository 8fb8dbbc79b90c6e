"""Every count of a report opened by the address that its item has, on both databases."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from api.problem_texts import Kind
from calls.call import Verdict
from calls.events import AgentMissed, AgentOffered, CallArrived, CallEnded, QueueJoined
from dialer.attempt import Outcome
from dialer.dispositions import SAID_MACHINE, USUAL
from monitoring.visits import Ending
from storage import attempts_behind
from storage.attempts_behind import AttemptCount
from storage.counted_calls import AgentCount
from storage.customers_behind import CustomerCount
from storage.database import Database
from storage.scopes import Role, Scope
from storage.tables import attempts, leads
from tests.integration.api_house import ApiHouse, open_house, places, problem
from tests.integration.made_report_day import PERIOD, counted, dialed, report_day
from tests.unit.facts import PBX, at, fact

MADE = 70


@pytest.fixture
async def day(database: Database, tmp_path: Path) -> AsyncIterator[ApiHouse]:
    """The day, and a call that 1002 did not take, on either database."""
    call: dict[str, Any] = {"call_id": "m1", "queue": "soporte"}
    async with open_house(database, tmp_path) as opened:
        await report_day(opened)
        await opened.happen(
            fact(CallArrived, 2000, call_id="m1", number_called="0800", caller_number="5730077"),
            fact(QueueJoined, 2001, **call, position=1),
            fact(AgentOffered, 2002, **call, agent="1002"),
            fact(AgentMissed, 2012, **call, agent="1002"),
            fact(CallEnded, 2030, call_id="m1", cause=16, sip_code=200),
        )
        await opened.parts.recorder.ship_now()
        await counted(opened)
        yield opened


async def _rows(house: ApiHouse, address: str, **words: str) -> list[dict[str, Any]]:
    """All that is behind an address, page after page, its count replaced by another."""
    path, _, query = address.partition("?")
    asked = dict(each.split("=") for each in query.split("&") if each) | words
    found: list[dict[str, Any]] = []
    while True:
        page = await house.get(path, limit=3, **asked)
        assert len(page["items"]) <= 3
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        asked["cursor"] = page["next_cursor"]


async def _made(house: ApiHouse) -> str:
    """A campaign of attempts of every kind, as they come; its id."""
    campaign_id = await dialed(house)
    chance = random.Random(3)
    said = ["", "", "gone", *(one.code for one in USUAL), SAID_MACHINE]

    def row(number: int, lead: int) -> dict[str, Any]:
        outcome = chance.choices([None, *Outcome], [1, 12, *[2] * (len(Outcome) - 1)])[0]
        begins = chance.uniform(0, 2699)
        talked = outcome is Outcome.CONNECTED
        is_answered = talked or outcome in (Outcome.ABANDONED, Outcome.MACHINE)
        return {
            "id": f"r{number}", "pbx": chance.choice((PBX, PBX, PBX, "other")), "agent": "",
            "campaign_id": campaign_id, "lead_id": lead, "ordinal": 10 + number,
            "number": "573001234560", "intended_at": at(begins), "caller_number": "",
            "answered_at": at(begins + 5) if is_answered else None,
            "connected_at": at(begins + 6) if talked else None,
            # the database has one at most that goes on
            "ended_at": at(begins + 60), "outcome": outcome or Outcome.UNKNOWN,
            "cause": 16, "sip_code": 200, "wanted_agent": "",
            "disposition": chance.choice(said) if talked else "",
            "contact": chance.choice((None, 0, 1)) if talked else None,
            "machine": chance.choice((None, *Verdict)) if is_answered else None,
        }  # fmt: skip

    def write(connection: Connection) -> None:
        lead = connection.execute(leads.select().order_by(leads.c.id)).first()
        assert lead is not None
        rows = [row(number, lead.id) for number in range(MADE)]
        connection.execute(insert(attempts), rows)

    await house.database.write(write)
    await counted(house)
    return campaign_id


async def test_every_count_of_every_report(day: ApiHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one test: the day takes longer to lay than to look at."""
    await _agents(day)
    await _queues_by_either_basis(day)
    await _customers(day)
    await _who_sees_less_opens_less(day)
    monkeypatch.setattr(attempts_behind, "_AT_ONCE", 5)
    monkeypatch.setattr(attempts_behind, "_LOOKED_AT", 10)
    await _campaigns(day)


async def _campaigns(day: ApiHouse) -> None:
    campaign_id = await _made(day)
    seen: Counter[str] = Counter()
    told = await day.get("/metrics/campaigns", **PERIOD, interval="PT15M")
    for item in told["items"]:
        results = item["results"]
        for count in AttemptCount:
            expected = results["no_success"] if count == "no_success" else item["counts"][count]
            found = await _rows(day, item["calls"], count=count)
            assert len(found) == expected, (count, item["since"])
            keys = [(one["intended_at"], one["id"]) for one in found]
            assert keys == sorted(set(keys), reverse=True)
            seen[count] += expected
        for outcome, expected in item["counts"]["outcomes"].items():
            found = await _rows(day, item["calls"], outcome=outcome)
            assert {one["outcome"] for one in found} == {outcome}
            assert len(found) == expected
    assert min(seen[count] for count in AttemptCount) > 0, seen
    sold = await _rows(day, told["items"][0]["calls"], disposition="sold", count="contacts")
    assert {one["disposition"] for one in sold} == {"sold"}
    # without a count those of other switches are there too
    everything = await _rows(day, f"/campaigns/{campaign_id}/attempts")
    assert len(everything) == MADE + 4 > seen["attempts"]
    together = await day.get("/metrics/campaigns", **PERIOD, by="all")
    assert [one["calls"] for one in together["items"]] == [None]
    path = f"/campaigns/{campaign_id}/attempts"
    body = problem(await day.ask("GET", path, params={"count": "happy"}), Kind.INVALID)
    assert places(body) == [("query.count", "enum")]


async def _agents(day: ApiHouse) -> None:
    told = await day.get("/metrics/agents", **PERIOD, interval="PT15M")
    seen: Counter[str] = Counter()
    for item in told["items"]:
        counts = item["counts"]
        handled = counts["handled_inbound"] + counts["handled_dialed"]
        for count in AgentCount:
            found = await _rows(day, item["calls"], count=count)
            expected = handled if count == "handled" else counts[count]
            assert len(found) == expected, (count, item["agent"], item["since"])
            seen[count] += expected
    assert seen == {"handled": 4, "handled_inbound": 4, "handled_dialed": 0, "transferred": 1,
                    "missed": 1}  # fmt: skip
    (missed,) = await _rows(day, "/metrics/agents/1002/calls?count=missed", **PERIOD)
    assert {name: value for name, value in missed.items() if value is not None} == {
        "at": "2026-03-01T12:33:32Z", "call_id": "m1", "call": "/calls/m1", "queue": "soporte",
        "direction": "inbound", "caller_number": "5730077",
    }  # fmt: skip
    kinds = [one["kind"] for one in (await day.get(missed["call"]))["timeline"]]
    assert "AgentMissed" in kinds
    # it joined in the second quarter, and was over in the third: so it is counted
    late = {"from": "2026-03-01T12:30:00Z", "until": "2026-03-01T12:45:00Z"}
    (talk,) = await _rows(day, "/metrics/agents/1002/calls?count=handled", **late)
    assert (talk["call_id"], talk["wait_seconds"], talk["talk_seconds"]) == ("x1", 20.0, 60.0)
    together = await day.get("/metrics/agents", **PERIOD, by="all")
    assert [one["calls"] for one in together["items"]] == [None]
    problem(await day.ask("GET", "/metrics/agents/777/calls"), Kind.NO_SUCH_AGENT)


async def _queues_by_either_basis(day: ApiHouse) -> None:
    words: dict[str, dict[str, str]] = {
        "offered": {}, "refused": {"refused": "true"}, "transferred": {"transferred": "true"},
        "callback_booked": {"callback": "true"},
        **{str(ending): {"ending": str(ending)} for ending in Ending},
    }  # fmt: skip
    for basis in ("offered", "event"):
        told = await day.get(
            "/metrics/queues", **PERIOD, interval="PT15M", basis=basis, queue="soporte"
        )
        for item in told["items"]:
            for count, asked in words.items():
                found = await _rows(day, item["calls"], **asked)
                assert len(found) == item["counts"][count], (basis, count, item["since"])
        total = sum(item["counts"]["answered"] for item in told["items"])
        assert (total, told["items"][2]["counts"]["answered"]) == (4, int(basis == "event"))


async def _customers(day: ApiHouse) -> None:
    told = await day.get("/metrics/customers", **PERIOD, interval="PT15M")
    seen: Counter[str] = Counter()
    for item in told["items"]:
        counts = item["counts"]
        for count in CustomerCount:
            question, _, part = count.rpartition("_")
            match count:
                case CustomerCount.NO_REPEAT:
                    expected = counts["contacts"] - counts["came_back"]
                case CustomerCount.LATE:
                    expected = counts["reached"] - counts["not_later"]
                case _ if question in counts["surveys"]:
                    expected = counts["surveys"][question][part]
                case _:
                    expected = counts[count]
            found = await _rows(day, item["calls"], count=count)
            assert len(found) == expected, (count, item["queue"], item["since"])
            seen[count] += expected
    by_hand = {"calls": 8, "called_again": 2, "contacts": 4, "came_back": 1, "no_repeat": 3,
               "said_resolved": 1, "said_unresolved": 1, "told": 1, "reached": 1, "within": 1,
               "not_later": 1, "csat_asked": 2, "csat_answered": 1, "csat_scored": 1,
               "csat_score": 1, "resolved_asked": 1, "resolved_answered": 1, "resolved_scored": 1,
               "resolved_score": 1}  # fmt: skip
    assert {count: number for count, number in seen.items() if number} == by_hand
    (back,) = await _rows(day, "/metrics/customers/calls?count=came_back", **PERIOD)
    assert (back["call"], back["customer_id"], back["reason"]) == ("/calls/a1", 7, "billing")
    assert (back["disposition"], back["survey"], back["wait"]) == ("resuelto", None, None)
    (gave,) = await _rows(day, "/metrics/customers/calls?count=csat_answered", **PERIOD)
    assert gave["survey"] == {"question": "csat", "answer": 5, "low": 1, "high": 5}
    (waited,) = await _rows(day, "/metrics/customers/calls?count=told", **PERIOD)
    assert waited["wait"] == {"expected_seconds": 45.0, "low_seconds": 20.0, "high_seconds": 60.0,
                              "waited_seconds": 30.0}  # fmt: skip
    too_long = {"from": "2026-01-01T00:00:00Z", "until": "2026-03-01T00:00:00Z"}
    body = problem(await day.ask("GET", "/metrics/customers/calls", params=too_long), Kind.INVALID)
    assert places(body) == [("query.from", "too_long_a_period")]


async def _who_sees_less_opens_less(day: ApiHouse) -> None:
    tokens = day.parts.tokens
    _, day.tokens["other"] = await tokens.create(
        "other", Role.SUPERVISOR, None, now=day.clock(), queues=["salida"]
    )
    _, day.tokens["figures"] = await tokens.create(
        "figures", Role.SUPERVISOR, None, now=day.clock(), scopes=[Scope.REPORTS_READ]
    )
    paths = ("/metrics/agents/1001/calls", "/metrics/customers/calls")
    for path in (*paths, "/metrics/customers/calls?queue=soporte"):
        asked, _, query = path.partition("?")
        words = dict([query.split("=")]) if query else {}
        assert (await day.get(asked, "other", **PERIOD, **words))["items"] == []
    for path in paths:
        numbers = {one["caller_number"] for one in (await day.get(path, **PERIOD))["items"]}
        assert "5730011" in numbers
        hidden = (await day.get(path, "figures", **PERIOD))["items"]
        assert {one["caller_number"] for one in hidden} == {None}
