"""Agents through the API: what they and supervisors ask, and the call at hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api.problem_texts import Kind
from calls.errors import CallGoneError, CommandRefusedError, LinkDownError, OutcomeUnknownError
from calls.events import (
    AgentConnected,
    AgentDeviceChanged,
    AgentLineUp,
    AgentOffered,
    AgentReadied,
    AgentSignInAsked,
    AttemptStarted,
    CallAnswered,
    CallEnded,
    MachineJudged,
    QueueJoined,
    WrapUpStarted,
)
from dialer.campaign import CampaignState
from tests.integration.api_house import ApiHouse, places, problem, sqlite_house
from tests.unit.facts import CALL, PBX, arrived, at, fact, on_call
from tests.unit.judges import reserved


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with sqlite_house(tmp_path) as opened:
        yield opened


async def _at_work(house: ApiHouse, agent: str = "1001") -> None:
    await house.happen(
        fact(AgentSignInAsked, 0, agent=agent),
        fact(AgentLineUp, 1, agent=agent),
        fact(AgentReadied, 2, agent=agent),
        fact(AgentDeviceChanged, 2, agent=agent, queue="soporte", status=1, paused=False,
             pause_reason=""),
    )  # fmt: skip


async def _talking(house: ApiHouse) -> None:
    await _at_work(house)
    await house.happen(
        arrived(3, caller_name="Ana <b>"),
        on_call(QueueJoined, 4, queue="soporte", position=1),
        on_call(AgentOffered, 5, queue="soporte", agent="1001"),
        on_call(AgentConnected, 6, queue="soporte", agent="1001"),
    )


async def test_the_agents_of_the_floor(house: ApiHouse) -> None:
    agents = (await house.get("/agents"))["items"]
    assert [agent["number"] for agent in agents] == ["1001", "1002", "1003"]
    assert {agent["state"] for agent in agents} == {"signed_out"}
    await _at_work(house)
    one = await house.get("/agents/1001")
    assert (one["state"], one["free"], one["since"]) == ("ready", True, "2026-03-01T12:00:02Z")
    live = (await house.get("/live"))["things"]["agents/1001"]
    assert one.keys() == live.keys()
    assert {**one, "since": None} == {**live, "since": None}
    problem(await house.ask("GET", "/agents/9999"), Kind.NO_SUCH_AGENT)
    body = problem(await house.ask("GET", "/agents/12"), Kind.INVALID)
    assert places(body) == [("path.number", "string_pattern_mismatch")]


async def test_a_shift(house: ApiHouse) -> None:
    asked = await house.ask("POST", "/agents/1001/sign-in")
    assert asked.status_code == 202
    assert asked.json()["state"] == "signed_out"  # the fact is on its way
    assert ("ring_agent", "1001") in house.switch.asked
    await house.happen()
    assert (await house.get("/agents/1001"))["state"] == "signing_in"
    await _at_work(house)
    response = await house.ask("POST", "/agents/me/pause", "1001", json={"reason": "almuerzo"})
    assert response.status_code == 202
    await house.happen()
    paused = await house.get("/agents/1001", "1001")
    assert (paused["state"], paused["reason"]) == ("paused", "almuerzo")
    assert house.switch.asked[-1] == ("pause", "1001", "almuerzo")
    assert (await house.ask("POST", "/agents/1001/ready")).status_code == 202
    await house.happen()
    assert (await house.get("/agents/1001"))["state"] == "ready"
    assert (await house.ask("POST", "/agents/1001/sign-out")).status_code == 202
    await house.happen()
    assert (await house.get("/agents/1001"))["state"] == "signed_out"


async def test_what_the_state_does_not_allow(house: ApiHouse) -> None:
    response = await house.ask("POST", "/agents/1001/ready")
    body = problem(response, Kind.AGENT_NOT_NOW)
    assert body["detail"] == ("Agent 1001 is in the state “signed_out”, which does not allow this.")
    reason = {"reason": "almuerzo"}
    problem(await house.ask("POST", "/agents/1001/pause", json=reason), Kind.AGENT_NOT_NOW)
    done = {"disposition": "pagó"}
    problem(await house.ask("POST", "/agents/1001/wrap-up", json=done), Kind.AGENT_NOT_NOW)
    problem(await house.ask("POST", "/agents/1001/end-call"), Kind.AGENT_NOT_NOW)
    await _talking(house)
    problem(await house.ask("POST", "/agents/1001/sign-out"), Kind.AGENT_NOT_NOW)
    for path in ("sign-in", "sign-out", "ready", "end-call"):
        problem(await house.ask("POST", f"/agents/9999/{path}"), Kind.NO_SUCH_AGENT)


async def test_only_pause_reasons_of_the_floor(house: ApiHouse) -> None:
    for reason, code in (("siesta", "no_such_pause_reason"), ("X", "string_pattern_mismatch")):
        response = await house.ask("POST", "/agents/1001/pause", json={"reason": reason})
        assert places(problem(response, Kind.INVALID)) == [("body.reason", code)]
    response = await house.ask("POST", "/agents/1001/pause", json={})
    assert places(problem(response, Kind.INVALID)) == [("body.reason", "missing")]


async def test_a_call_is_written_up(house: ApiHouse) -> None:
    await _talking(house)
    assert (await house.ask("POST", "/agents/me/end-call", "1001")).status_code == 202
    assert house.switch.asked[-1] == ("hang_up", CALL)
    await house.happen(
        on_call(CallEnded, 30, cause=16, sip_code=200),
        fact(WrapUpStarted, 30, agent="1001", call_id=CALL, until=at(40)),
    )
    assert (await house.get("/agents/1001"))["wrap_up_until"] == "2026-03-01T12:00:40Z"
    asked = {"disposition": "Pagó «hoy»"}
    assert (await house.ask("POST", "/agents/me/wrap-up", "1001", json=asked)).status_code == 202
    await house.happen()
    assert (await house.get("/agents/1001"))["state"] == "ready"
    await house.parts.recorder.ship_now()
    record = (await house.get(f"/calls/{CALL}"))["record"]
    assert record["disposition"] == "Pagó «hoy»"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (LinkDownError("10.0.0.5 is gone"), Kind.LINK_DOWN),
        (CallGoneError("no such channel"), Kind.CALL_GONE),
        (CommandRefusedError("Permission denied"), Kind.SWITCH_REFUSED),
        (OutcomeUnknownError("no answer"), Kind.OUTCOME_UNKNOWN),
    ],
)
async def test_a_switch_that_does_not_do_it(
    house: ApiHouse, error: LinkDownError, kind: Kind
) -> None:
    await _talking(house)
    house.switch.error = error
    response = await house.ask("POST", "/agents/1001/end-call")
    assert str(error) not in problem(response, kind)["detail"]


async def test_the_call_at_hand_of_the_0800_line(house: ApiHouse) -> None:
    assert (await house.get("/agents/me", "1001"))["call"] is None
    await _talking(house)
    call = (await house.get("/agents/me", "1001"))["call"]
    assert call == {
        "call_id": CALL, "direction": "inbound", "state": "talking", "queue": "soporte",
        "number_called": "08001234567", "caller_number": "573001234567", "caller_name": "Ana <b>",
        "began_at": "2026-03-01T12:00:03Z", "connected_at": "2026-03-01T12:00:06Z",
        "ended_at": None, "campaign_id": "", "machine": "", "lead": None, "recording": None,
    }  # fmt: skip
    assert (await house.get("/agents/me", "1002"))["call"] is None
    await house.happen(on_call(CallEnded, 30, cause=16, sip_code=200))
    me = await house.get("/agents/me", "1001")
    assert (me["agent"]["state"], me["call"]["state"]) == ("wrapping_up", "ended")


async def test_the_screen_pop_of_a_dialed_call(house: ApiHouse) -> None:
    await _at_work(house)
    campaign_id = await house.new_campaign()
    csv = "telefono;nombre;saldo\n3001234567;Ana Ñusta;=1+1\n"
    assert (await house.upload(campaign_id, csv)).status_code == 200
    await house.parts.campaigns.set_state(campaign_id, CampaignState.RUNNING, house.clock())
    [attempt] = await reserved(house.parts.campaigns, campaign_id, 1, pbx=PBX, now=house.clock())
    the_call = {"call_id": attempt.id}
    await house.happen(
        fact(AttemptStarted, 3, campaign_id=campaign_id, lead_id=attempt.lead_id,
             number_called=attempt.number, **the_call),
        fact(CallAnswered, 4, **the_call),
        fact(QueueJoined, 4, queue="salida", position=1, **the_call),
        fact(AgentOffered, 4, queue="salida", agent="1001", **the_call),
    )  # fmt: skip
    call = (await house.get("/agents/me", "1001"))["call"]
    assert (call["direction"], call["campaign_id"]) == ("dialed", campaign_id)
    assert call["lead"] == {
        "id": attempt.lead_id, "number": "573001234567", "name": "Ana Ñusta",
        "extra": {"saldo": "=1+1"},
    }  # fmt: skip
    assert call["machine"] == ""
    await house.happen(fact(MachineJudged, 7, verdict="machine", cause="", **the_call))
    assert (await house.get("/agents/me", "1001"))["call"]["machine"] == "machine"


async def test_queues(house: ApiHouse) -> None:
    await _at_work(house)
    await house.happen(arrived(3), on_call(QueueJoined, 4, queue="soporte", position=1))
    queues = (await house.get("/queues"))["items"]
    assert [queue["name"] for queue in queues] == ["soporte", "salida"]
    one = await house.get("/queues/soporte")
    assert one == queues[0]
    assert (one["waiting"], one["offered"], one["agents_free"]) == (1, 1, 1)
    assert one["oldest_waiting_since"] == "2026-03-01T12:00:04Z"
    assert one["agents"]["ready"] == 1
    problem(await house.ask("GET", "/queues/ventas"), Kind.NO_SUCH_QUEUE)
