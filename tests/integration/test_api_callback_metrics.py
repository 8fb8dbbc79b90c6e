"""/metrics/callbacks over both databases: rows made by hand, and figures counted by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from api.problem_texts import Kind
from dialer.callbacks import NOT_YET
from dialer.lead import NewLead
from storage.database import Database
from storage.tables import attempts, callbacks
from tests.integration.api_house import ApiHouse, Clock, open_house, places, problem
from tests.integration.target_house import limited_to
from tests.unit.facts import PBX, START, at

HOUR = {"from": "2026-03-01T12:00:00Z", "until": "2026-03-01T13:00:00Z"}
#: who asked in which queue after so many seconds, its state, what each call came to and when (the
#: last one's talk began so many seconds later), and when it was taken back
ROWS: list[tuple[str, int, str, list[tuple[int, str]], int | None, int | None]] = [
    ("soporte", 0, "tried", [(60, "connected")], 20, None),  # a talk after 80 s
    ("soporte", 899, "tried", [(1000, "no_answer"), (1600, "connected")], 10, None),  # 711 s
    ("soporte", 900, "unreached", [(1000, "no_answer"), (1700, "busy")], None, None),
    ("soporte", 1000, "cancelled", [(1100, "no_answer")], None, 1500),
    ("soporte", 1100, "open", [], None, None),
    ("soporte", 1200, "open", [(1300, "no_answer")], None, None),  # to be called again
    ("soporte", 1300, "tried", [(1400, "")], None, None),  # it rings
    ("soporte", 1400, "tried", [(1500, "abandoned")], None, None),  # not looked at yet
    ("salida", 10, "tried", [(40, "connected")], 5, None),  # 35 s
    ("soporte", 3600, "open", [], None, None),  # in the next hour
    ("", 100, "tried", [(110, "connected")], 1, None),  # what an agent promised: of no queue
]


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with open_house(database, tmp_path, clock=Clock()) as opened:
        await _rows(opened)
        yield opened


async def _rows(house: ApiHouse) -> None:
    campaign = await house.new_campaign()
    store = house.parts.campaigns

    async def batches() -> AsyncIterator[list[NewLead]]:
        yield [
            NewLead(number=f"57300000{number:04d}", name="", extra={})
            for number in range(len(ROWS))
        ]

    await store.add_leads(campaign, batches(), START)
    leads = [await store.lead_at(campaign, f"57300000{number:04d}") for number in range(len(ROWS))]

    def write(connection: Connection) -> None:
        for number, (queue, asked, state, calls, talk, ended) in enumerate(ROWS):
            tries = [
                {
                    "id": f"{number}-{ordinal}", "pbx": PBX, "campaign_id": campaign,
                    "lead_id": leads[number], "ordinal": ordinal, "number": "57",
                    "intended_at": at(second), "outcome": outcome or None, "agent": "",
                    "connected_at": at(second + (talk or 0)) if outcome == "connected" else None,
                    "ended_at": at(second + 100) if outcome else None, "caller_number": "",
                    "wanted_agent": "", "disposition": "",
                }
                for ordinal, (second, outcome) in enumerate(calls, start=1)
            ]  # fmt: skip
            # a call of the campaign's own, before they asked
            tries.append({**_before(number, campaign, asked), "lead_id": leads[number]})
            connection.execute(insert(attempts), tries)
            last = calls[-1] if calls and state in ("tried", "unreached") else None
            row = {
                "id": f"c{number}", "campaign_id": campaign, "lead_id": leads[number], "agent": "",
                "promised_at": NOT_YET, "zone": "", "made_by": "caller", "made_at": at(asked),
                "note": "", "state": state, "queue": queue or None,
                "attempt_id": f"{number}-{len(calls)}" if last else None,
                "tried_at": at(last[0]) if last else None,
                "ended_at": None if ended is None else at(ended),
                "waiting_since": at(asked - 30) if queue else None,
            }  # fmt: skip
            connection.execute(insert(callbacks).values(row))
            if state == "cancelled":  # the lead is dialed as a lead, which is no call back
                later = _before(number, campaign, 2000) | {"id": f"{number}-later", "ordinal": 9}
                connection.execute(insert(attempts).values(lead_id=leads[number], **later))

    await house.database.write(write)


def _before(number: int, campaign: str, second: int) -> dict[str, Any]:
    meant: datetime = at(second) - timedelta(seconds=5)
    return {
        "id": f"{number}-before", "pbx": PBX, "campaign_id": campaign, "ordinal": 0, "number": "57",
        "intended_at": meant, "outcome": "no_answer", "agent": "", "connected_at": None,
        "ended_at": meant, "caller_number": "", "wanted_agent": "", "disposition": "",
    }  # fmt: skip


def _values(item: dict[str, Any]) -> dict[str, float | None]:
    return {name: kpi["value"] for name, kpi in item["kpis"].items()}


async def test_every_call_back_is_counted_where_it_was_asked_for(house: ApiHouse) -> None:
    house.clock.advance(7200)
    told = await house.get("/metrics/callbacks", **HOUR)
    soporte, salida = told["items"]
    assert soporte["counts"] == {
        "booked": 8, "attempts": 9, "connected": 2, "expired": 1, "cancelled": 1, "waiting": 4,
        "until_talk_seconds": 791.0,
    }  # fmt: skip
    assert _values(soporte) == {
        "booked": 8, "connected": 2, "connected_rate": 0.25, "attempts_per_booking": 1.125,
        "time_to_callback": 395.5, "expired": 1,
    }  # fmt: skip
    assert (soporte["queue"], soporte["final"]) == ("soporte", False), "four are to be called"
    assert soporte["kpis"]["connected_rate"] == {
        "value": 0.25, "numerator": 2, "denominator": 8, "final_at": None,
    }  # fmt: skip
    assert (salida["queue"], salida["final"]) == ("salida", True)
    assert _values(salida)["time_to_callback"] == 35.0
    assert (told["final"], told["basis"], told["by"]) == (False, "offered", "each")
    assert told["as_of"] == house.clock().isoformat().replace("+00:00", "Z")


async def test_quarters_add_up_and_nobody_is_null(house: ApiHouse) -> None:
    whole = (await house.get("/metrics/callbacks", **HOUR, by="all"))["items"][0]
    assert (whole["queue"], whole["counts"]["booked"], whole["counts"]["connected"]) == (None, 9, 3)
    assert _values(whole)["time_to_callback"] == round((80 + 711 + 35) / 3, 3)
    quarters = (await house.get("/metrics/callbacks", **HOUR, interval="PT15M", queue="soporte"))[
        "items"
    ]
    assert [one["counts"]["booked"] for one in quarters] == [2, 6, 0, 0]
    assert [one["counts"]["attempts"] for one in quarters] == [3, 6, 0, 0]
    assert _values(quarters[2]) == {
        "booked": 0, "connected": 0, "connected_rate": None, "attempts_per_booking": None,
        "time_to_callback": None, "expired": 0,
    }  # fmt: skip
    one = await house.get("/metrics/callbacks", **HOUR, kpi="expired", queue="soporte")
    assert _values(one["items"][0]) == {"expired": 1}


async def test_only_of_queues_that_are_seen_and_only_figures_there_are(house: ApiHouse) -> None:
    await limited_to(house, "supervisor", ["salida"])
    told = await house.get("/metrics/callbacks", **HOUR)
    assert [(one["queue"], one["counts"]["booked"]) for one in told["items"]] == [("salida", 1)]
    assert (await house.get("/metrics/callbacks", **HOUR, queue="soporte"))["items"] == []
    refused = await house.ask("GET", "/metrics/callbacks", params={"kpi": "asa"})
    assert places(problem(refused, Kind.INVALID)) == [("query.kpi.0", "no_such_kpi")]
