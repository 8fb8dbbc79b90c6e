"""/metrics: a small day counted by hand, and each of its counts opened, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from monitoring.visits import Ending
from storage.database import Database
from tests.integration.api_house import ApiHouse, open_house
from tests.integration.made_report_day import PERIOD, dialed, report_day


@pytest.fixture
async def day(database: Database, tmp_path: Path) -> AsyncIterator[ApiHouse]:
    """The day, on either database."""
    async with open_house(database, tmp_path) as opened:
        await report_day(opened)
        yield opened


def values(item: dict[str, Any]) -> dict[str, Any]:
    """The KPIs' values alone."""
    return {name: kpi["value"] for name, kpi in item["kpis"].items()}


def of(answer: dict[str, Any], **keys: str | None) -> list[dict[str, Any]]:
    """The items of one subject."""
    return [one for one in answer["items"] if all(one[name] == key for name, key in keys.items())]


SOPORTE = {
    "offered": 7,
    "answered": 4,
    "flow_outs": 1,
    "answer_rate": 4 / 7,
    "service_level": 3 / 5,
    "asa": 16.25,
    "longest_wait": 60.0,
    "abandonment_rate": 1 / 6,
    "average_abandon_time": 21.5,
    "aht": 87.5,
    "average_talk": 72.5,
    "average_hold": 2.5,
    "average_wrap_up": 12.5,
    "transfer_rate": 0.25,
    "callback_rate": 0.0,
}


async def _every_call(house: ApiHouse, **asked: Any) -> list[dict[str, Any]]:
    """Page after page, two at a time."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = await house.get("/metrics/queues/soporte/calls", limit=2, **asked, **cursor)
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


async def test_a_queue_by_hand_and_each_count_opened(day: ApiHouse) -> None:
    told = await day.get("/metrics/queues", **PERIOD)
    (item,) = of(told, queue="soporte")
    assert values(item) == pytest.approx(SOPORTE)
    assert item["kpis"]["service_level"] == {
        "value": 0.6, "numerator": 3.0, "denominator": 5.0, "final_at": None,
    }  # fmt: skip
    assert item["settings"] == [
        {"method": "exclude_short", "seconds": 20, "goal": 80, "short_seconds": 5,
         "valid_from": None}
    ]  # fmt: skip
    counts = item["counts"]
    assert (counts["received"], counts["refused"], counts["timed_out"]) == (8, 1, 1)
    assert (counts["talk_seconds"], counts["hold_seconds"]) == (290.0, 10.0)
    assert (told["basis"], told["time_zone"], told["interval"]) == ("offered", "UTC", "none")
    assert (told["since"], told["until"], told["as_of"]) == (
        "2026-03-01T12:00:00Z", "2026-03-01T12:45:00Z", "2026-03-01T13:00:00Z",
    )  # fmt: skip
    assert told["settings"] == "in_force"
    (salida,) = of(told, queue="salida")
    assert salida["counts"]["offered"] == 0
    assert values(salida)["asa"] is None

    assert await day.get(item["calls"]) == await day.get("/metrics/queues/soporte/calls", **PERIOD)
    for ending in map(str, Ending):
        behind = await _every_call(day, **PERIOD, ending=ending)
        assert len(behind) == counts[ending], ending
    assert len(await _every_call(day, **PERIOD)) == counts["offered"]
    assert [one["call_id"] for one in await _every_call(day, **PERIOD, refused=True)] == ["f1"]
    assert [one["call_id"] for one in await _every_call(day, **PERIOD, transferred=True)] == ["a2"]
    assert await _every_call(day, **PERIOD, callback=True) == []
    histogram = await day.get("/metrics/queues/soporte/wait-histogram", **PERIOD)
    for band in histogram["bands"]:
        for ending in ("answered", "abandoned"):
            behind = await _every_call(day, **PERIOD, ending=ending, band=band["band"])
            assert len(behind) == band[ending], band
            for one in behind:
                assert one["wait_seconds"] <= (band["up_to_seconds"] or one["wait_seconds"])
    abandoned = await _every_call(day, **PERIOD, ending="abandoned")
    assert [(one["call_id"], one["wait_seconds"]) for one in abandoned] == [
        ("b2", 40.0), ("b1", 3.0),
    ]  # fmt: skip
    story = await day.get(abandoned[0]["call"])
    assert [one["kind"] for one in story["timeline"]] == [
        "CallArrived", "QueueJoined", "QueueLeft", "CallEnded",
    ]  # fmt: skip


async def test_intervals_bases_and_settings(day: ApiHouse) -> None:
    quarters = await day.get("/metrics/queues", **PERIOD, interval="PT15M", queue="soporte")
    assert [one["counts"]["offered"] for one in quarters["items"]] == [5, 2, 0]
    assert [one["counts"]["answered"] for one in quarters["items"]] == [2, 2, 0]
    assert values(quarters["items"][2])["service_level"] is None
    assert [one["final"] for one in quarters["items"]] == [True, True, True]
    by_event = await day.get(
        "/metrics/queues", **PERIOD, interval="PT15M", queue="soporte", basis="event"
    )
    assert [one["counts"]["offered"] for one in by_event["items"]] == [5, 2, 0]
    assert [one["counts"]["answered"] for one in by_event["items"]] == [2, 1, 1]
    assert values(by_event["items"][2])["answer_rate"] == 1.0
    days = await day.get(
        "/metrics/queues", interval="P1D", tz="America/Santiago", queue="soporte",
        **{"from": "2026-02-28T03:00:00Z", "until": "2026-03-02T03:00:00Z"},
    )  # fmt: skip
    assert [(one["since"], one["counts"]["offered"]) for one in days["items"]] == [
        ("2026-02-28T03:00:00Z", 0), ("2026-03-01T03:00:00Z", 7),
    ]  # fmt: skip
    assert (days["time_zone"], days["final"]) == ("America/Santiago", False)
    assert [one["final"] for one in days["items"]] == [True, False]
    together = await day.get("/metrics/queues", **PERIOD, by="all", kpi=["asa", "offered"])
    assert [(one["queue"], values(one)) for one in together["items"]] == [
        (None, {"offered": 7, "asa": 16.25})
    ]

    # told otherwise from now on: what was stays told as it was, until asked for by the new one
    asked = {"method": "answered_only", "seconds": 10, "goal": 90, "short_seconds": 0}
    response = await day.ask("PUT", "/queues/soporte/settings", json=asked)
    assert response.status_code == 200, response.text
    before = await day.get("/metrics/queues", **PERIOD, queue="soporte")
    assert values(before["items"][0]) == pytest.approx(SOPORTE)
    now = await day.get("/metrics/queues", **PERIOD, queue="soporte", settings="current")
    assert values(now["items"][0])["service_level"] == 2 / 4
    assert values(now["items"][0])["abandonment_rate"] == 2 / 7
    (setting,) = now["items"][0]["settings"]
    assert (setting["method"], setting["seconds"], now["settings"]) == (
        "answered_only", 10, "current",
    )  # fmt: skip


async def test_agents_and_campaigns_by_hand(day: ApiHouse) -> None:
    campaign_id = await dialed(day)
    told = await day.get("/metrics/agents", **PERIOD)
    (one,) = of(told, agent="1001")
    assert {name: one["counts"][name] for name in one["counts"] if one["counts"][name]} == {
        "ready_seconds": 2248.0, "offered_seconds": 2.0, "talking_seconds": 120.0,
        "wrapping_up_seconds": 30.0, "paused_seconds": 300.0, "hold_seconds": 10.0,
        "handled_inbound": 2, "pauses_seconds": {"descanso": 300.0},
    }  # fmt: skip
    assert values(one) == pytest.approx(
        {
            "handled": 2, "occupancy": 150 / 2398, "utilization": 150 / 2700,
            "pause_share": 300 / 2700, "aht": 75.0, "average_talk": 55.0, "average_hold": 5.0,
            "average_wrap_up": 15.0, "transfer_rate": 0.0, "missed_rate": 0.0,
        }
    )  # fmt: skip
    assert one["pause_shares"] == pytest.approx({"descanso": 300 / 2700})
    (two,) = of(told, agent="1002")
    assert values(two)["occupancy"] == pytest.approx(200 / (2700 - 2))
    assert values(two)["transfer_rate"] == 0.5
    (idle,) = of(told, agent="1003")
    assert values(idle)["occupancy"] is None
    late = await day.get("/metrics/agents", **PERIOD, interval="PT15M", agent="1001")
    assert [item["counts"]["handled_inbound"] for item in late["items"]] == [1, 1, 0]
    assert [item["counts"]["paused_seconds"] for item in late["items"]] == [0.0, 0.0, 300.0]

    told = await day.get("/metrics/campaigns", **PERIOD)
    (item,) = told["items"]
    assert item["campaign_id"] == campaign_id
    assert values(item) == pytest.approx(
        {
            "answer_rate": 0.75, "machine_rate": 1 / 3, "contact_rate": 0.25, "rpc_rate": 1.0,
            "conversion": 1.0, "average_wait_after_answer": 1.0, "average_talk": 60.0,
            # both agents of the queue were there all the time
            "talk_per_agent_hour": 40.0,
        }
    )  # fmt: skip
    assert item["counts"]["outcomes"] == {
        "connected": 1, "no_answer": 1, "machine": 1, "abandoned": 1,
    }  # fmt: skip
    (leads,) = told["leads"]
    assert (leads["leads"], leads["tried"], leads["attempts"]) == (4, 3, 4)
    assert values(leads) == pytest.approx({"penetration": 0.75, "attempts_per_lead": 4 / 3})
    assert (await day.ask("GET", item["abandonment"])).status_code == 200
    both = await day.get("/metrics/campaigns", **PERIOD, by="all", queue="salida")
    assert (both["items"][0]["campaign_id"], both["items"][0]["counts"]["attempts"]) == (None, 4)
    assert (await day.get("/metrics/campaigns", **PERIOD, queue="soporte"))["items"] == []


async def test_customers_by_hand(day: ApiHouse) -> None:
    told = await day.get("/metrics/customers", **PERIOD, queue="soporte")
    (item,) = told["items"]
    assert values(item) == pytest.approx(
        {
            # a1 came back as a3, b1 as b2; f1 showed no number
            "repeat_call_rate": 2 / 7, "fcr_no_repeat": 3 / 4, "fcr_agent": 0.5,
            "fcr_survey": 1.0, "csat": 1.0, "nps": None, "ces": None,
            "resolved_response_rate": 1.0, "csat_response_rate": 0.5, "nps_response_rate": None,
            "ces_response_rate": None, "ewt_error": -15.0, "ewt_absolute_error": 15.0,
            "ewt_within": 1.0, "ewt_not_later": 1.0,
        }
    )  # fmt: skip
    assert item["counts"]["surveys"]["csat"] == {
        "asked": 2, "answered": 1, "scored": 1, "score": 1,
    }  # fmt: skip
    assert (told["final"], item["final"]) == (False, False)
    assert item["kpis"]["repeat_call_rate"]["final_at"] == "2026-03-02T12:45:00Z"
    assert item["kpis"]["fcr_no_repeat"]["final_at"] == "2026-03-08T12:45:00Z"
    assert item["kpis"]["csat"]["final_at"] is None
    quarters = await day.get("/metrics/customers", **PERIOD, queue="soporte", interval="PT15M")
    assert [one["counts"]["calls"] for one in quarters["items"]] == [5, 2, 0]
    assert [one["counts"]["came_back"] for one in quarters["items"]] == [1, 0, 0]
    day.clock.advance(7 * 86_400)
    assert (await day.get("/metrics/customers", **PERIOD))["final"] is True
