"""The service dies, Asterisk dies: calls go on where they can, and every one gets its end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from agents.states import AgentState
from ami.witness import Witness
from dialer.campaign import Campaign, CampaignState
from dialer.lead import NewLead
from dialer.options import ON_A_TEST_LINE
from linea800.demo.client import ApiRefusedError, Client
from linea800.demo.stage import Stage, stage
from linea800.settings import Settings
from storage.campaigns import CampaignStore
from storage.database import Database
from tests.system.conftest import floor_changes
from tests.system.laid_sounds import lay_sounds
from tests.system.scene import LogWatch, Scene, eventually, opened, settings_for, until
from tests.system.service_process import (
    Service,
    admin_client,
    agent_is,
    all_ended,
    ready,
)
from traffic import roles
from traffic.rtp import rtp_counts
from traffic.scenario import Step
from traffic.sipp import Sipp


@pytest.fixture
async def service(
    the_stage: Stage, short_folder: Path, asterisk_log: LogWatch
) -> AsyncIterator[Service]:
    """A service that is not started yet, with an admin's token in its database."""
    home = Path(tempfile.mkdtemp(prefix="s-", dir=short_folder))
    service = Service(settings_for(the_stage, home))
    the_stage.asterisk.cli("database deltree l8-over")  # what former tests left unheard
    yield service
    service.stop()
    faults = [line for line in service.log().splitlines() if " ERROR " in line or "Trace" in line]
    assert not faults, "\n".join(faults)
    the_stage.asterisk.cli("channel request hangup all")
    await until(lambda: _channels(the_stage) == {}, "Asterisk to be empty")


def _channels(the_stage: Stage) -> dict[str, str]:
    """Customers' channels and what they are in, by a client that is not ours."""
    ports, secrets = the_stage.asterisk.folder.ports(), the_stage.asterisk.folder.secrets()
    with Witness("127.0.0.1", ports.ami, "doctor", secrets.doctor) as witness:
        return {
            row.channel_id: row.application
            for row in witness.channels()
            if row.name.startswith("PJSIP/trunk-")
        }


@contextlib.contextmanager
def _callers(
    the_stage: Stage,
    folder: Path,
    index: int,
    steps: tuple[Step, ...],
    hold_ms: int,
    count: int = 1,
) -> Iterator[Sipp]:
    with roles.callers(
        the_stage.sipp,
        folder / f"callers-{index}",
        asterisk_port=the_stage.sip_port,
        port=the_stage.caller_ports[index],
        number=the_stage.floor.numbers[0].number,
        caller_numbers=[f"5730188{index}{turn:04d}" for turn in range(count)],
        steps=steps,
        hold_ms=hold_ms,
    ) as sipp:
        yield sipp


async def test_the_service_is_killed_with_callers_in_menu_queue_and_talk(
    the_stage: Stage, service: Service, tmp_path: Path
) -> None:
    client = await admin_client(service.settings)
    service.start()
    await ready(client)
    await client.post("/agents/1001/sign-in")
    await agent_is(client, "1001", "ready")
    with (
        _callers(the_stage, tmp_path, 0, (Step(1500, "0"),), 180_000) as talker,
        contextlib.ExitStack() as later,
    ):
        await agent_is(client, "1001", "talking")
        later.enter_context(_callers(the_stage, tmp_path, 1, (Step(1500, "3"),), 180_000))
        await until(
            lambda: Counter(_channels(the_stage).values())["Queue"] == 2, "a caller to wait", 25
        )
        later.enter_context(_callers(the_stage, tmp_path, 2, (), 180_000, count=2))
        await until(
            lambda: Counter(_channels(the_stage).values())["AGI"] == 2, "two callers in the menu"
        )
        before = rtp_counts(the_stage.asterisk)
        service.kill()
        # a caller who rings now, with nobody to lead the dialogue, is queued by the dialplan
        await until(lambda: _heartbeat_age(the_stage) > 6, "the heartbeat to be old")
        later.enter_context(_callers(the_stage, tmp_path, 3, (), 180_000))
        # who is only on the way there when the service looks is told by the events of the way
        await until(
            lambda: Counter(_channels(the_stage).values()) == {"Queue": 5},
            "everyone in a queue or talking",
        )
        service.start()
        await ready(client)
        await agent_is(client, "1001", "talking")

        async def all_known() -> bool:
            queues = (await client.get("/queues"))["items"]
            return Counter({queue["name"]: queue["waiting"] for queue in queues}) == waiting

        # not before the first look at Asterisk, half a second after the link is up
        waiting = Counter({"soporte": 3, "ventas": 1})  # equal to one with zeros
        await eventually(all_known, "the service to know who waits")
        after = rtp_counts(the_stage.asterisk)
        talking = [name for name in set(before) & set(after) if name.startswith("PJSIP/1001-")]
        assert talking
        assert after[talking[0]].received - before[talking[0]].received > 100
        assert [call.ended_at for call in talker.calls()] == [None], "the talk went on"
    await agent_is(client, "1001", "wrapping_up")
    await client.post("/agents/1001/wrap-up", {"disposition": "ok"})
    calls = await all_ended(client, 5)

    async def written_up() -> bool:
        calls[:] = await all_ended(client, 5)
        return any(call["disposition"] for call in calls)

    await eventually(written_up, "the talk to be written up in SQL")
    await client.post("/agents/1001/sign-out")
    assert service.stop() == 0
    assert len({call["call_id"] for call in calls}) == 5
    outcomes = Counter(call["outcome"] for call in calls)
    assert outcomes == {"handled": 1, "abandoned": 4}, json.dumps(calls, indent=1)
    (handled,) = [call for call in calls if call["outcome"] == "handled"]
    fell_back = Counter(call["fell_back"] for call in calls)
    # two were taken out of the menu, one came while nobody was there: seen by the first look
    assert fell_back == {"": 2, "unseen": 3}, json.dumps(calls, indent=1)
    late = [call for call in calls if call["arrived_at"] > handled["arrived_at"]]
    assert all(call["stays"][0]["queue"] in ("soporte", "ventas") for call in late)
    assert handled["disposition"] == "ok"
    assert handled["talk_seconds"] > 5
    with contextlib.closing(sqlite3.connect(service.settings.journal_path)) as journal:
        left = journal.execute("SELECT kind, body FROM facts").fetchall()
    assert [kind for kind, body in left if "call_id" in str(body)] == []


async def test_agents_go_on_taking_calls_with_the_service_dead(
    the_stage: Stage, service: Service, tmp_path: Path
) -> None:
    """The pause of a talk is ended by the dialplan when nobody else is there to do it."""
    client = await admin_client(service.settings)
    service.start()
    await ready(client)
    await client.post("/agents/1001/sign-in")
    await agent_is(client, "1001", "ready")
    with _callers(the_stage, tmp_path, 0, (Step(1500, "0"),), 25_000):
        await agent_is(client, "1001", "talking")
        first = (await client.get("/agents/1001"))["call_id"]

        async def talks_to_the_second() -> bool:
            agent = await client.get("/agents/1001")
            return bool(agent["state"] == "talking" and agent["call_id"] != first)

        service.kill()
        with _callers(the_stage, tmp_path, 1, (), 180_000) as waiting:
            await until(lambda: _talking(the_stage) == {"573018800000"}, "the first talk")
            await until(lambda: waiting.calls(), "the second caller")
            await until(
                lambda: _talking(the_stage) == {"573018810000"},
                "the same agent to take the next call, with nobody leading",
            )
            service.start()
            await ready(client)
            await eventually(talks_to_the_second, "the second talk to be known")
            await client.post("/agents/1001/end-call")
            await agent_is(client, "1001", "wrapping_up")
    await client.post("/agents/1001/ready")
    calls = await all_ended(client, 2)
    assert [call["outcome"] for call in calls] == ["handled", "handled"]
    await client.post("/agents/1001/sign-out")


async def test_calls_that_nobody_heard_are_told_by_what_asterisk_noted(
    the_stage: Stage, service: Service, tmp_path: Path
) -> None:
    """With the service dead an agent serves one caller, and another gives up waiting."""
    client = await admin_client(service.settings)
    service.start()
    await ready(client)
    await client.post("/agents/1001/sign-in")
    await agent_is(client, "1001", "ready")
    service.kill()
    await until(lambda: _heartbeat_age(the_stage) > 6, "the heartbeat to be old")
    with (
        _callers(the_stage, tmp_path, 0, (), 20_000) as served,
        _callers(the_stage, tmp_path, 1, (), 180_000, count=2) as patient,
    ):
        await until(lambda: _talking(the_stage), "a talk with nobody looking")
        await until(lambda: len(patient.calls()) == 2, "two who wait")
        await until(lambda: served.calls()[0].ended_at is not None, "the talk to end")
    await until(lambda: _channels(the_stage) == {}, "Asterisk to be empty")
    service.start()
    await ready(client)
    calls = await all_ended(client, 3)
    assert len(calls) == 3
    assert {call["end_reason"] for call in calls} == {"unheard"}
    by_number = {call["caller_number"][-5:]: call for call in calls}
    assert len(by_number) == 3
    talked = [call for call in calls if call["outcome"] == "handled"]
    assert talked
    for call in talked:
        (stay,) = call["stays"]
        assert (stay["queue"], stay["agent"]) == ("soporte", "1001")
        assert 0 < call["talk_seconds"] <= 180
    for call in calls:
        assert call["number_called"] == the_stage.floor.numbers[0].number
        assert call["stays"][0]["queue"] == "soporte"
    # told once: after another start nobody comes twice
    service.kill()
    service.start()
    await ready(client)
    assert len((await client.get("/calls?limit=50"))["items"]) == 3
    await client.post("/agents/1001/sign-out")


def _heartbeat_age(the_stage: Stage) -> float:
    """Seconds since linea800 last told the dialplan that it is there."""
    shown = re.search(r"L8_ALIVE=(\d+)", the_stage.asterisk.cli("dialplan show globals"))
    assert shown is not None
    return time.time() - int(shown.group(1))


def _talking(the_stage: Stage) -> set[str]:
    """The numbers of the customers who are joined to somebody."""
    ports, secrets = the_stage.asterisk.folder.ports(), the_stage.asterisk.folder.secrets()
    with Witness("127.0.0.1", ports.ami, "doctor", secrets.doctor) as witness:
        return {
            row.caller_number
            for row in witness.channels()
            if row.name.startswith("PJSIP/trunk-") and row.bridge_id
        }


async def test_the_service_is_killed_while_it_dials(
    the_stage: Stage, service: Service, tmp_path: Path
) -> None:
    """Killed and restarted again and again: no number is ever called twice."""
    numbers = [f"57313{index:06d}{digit}" for index, digit in enumerate("01358069" * 5)]

    async def leads() -> AsyncIterator[list[NewLead]]:
        yield [NewLead(number=number, name="", extra={}) for number in numbers]

    client = await admin_client(service.settings)
    async with await Database.open(service.settings.database_url) as database:
        campaigns = CampaignStore(database)
        now = datetime.now(UTC)
        await campaigns.create(
            Campaign(
                id="c", name="c", queue="salida", country="CO", caller_number="5716001234",
                ring_seconds=15, options=ON_A_TEST_LINE, created_at=now, state=CampaignState.DRAFT,
            )
        )  # fmt: skip
        await campaigns.add_leads("c", leads(), now)
    service.start()
    await ready(client)
    for number in range(1001, 1009):
        await client.post(f"/agents/{number}/sign-in")
    for number in range(1001, 1009):
        await agent_is(client, str(number), "ready")
    await client.post("/campaigns/c/start")
    working = asyncio.create_task(_talks_end(client))
    for _ in range(3):
        dialed = len(_called(the_stage, numbers))
        await until(partial(_more_than, the_stage, numbers, dialed), "the next dial")
        service.kill()
        service.start()
        await ready(client)

    async def all_dialed() -> bool:
        return not (await client.get("/campaigns/c"))["leads"]["due"]

    await eventually(all_dialed, "every lead to be dialed", 180)
    await client.post("/campaigns/c/stop")
    working.cancel()
    await asyncio.wait({working})
    called = Counter(_called(the_stage, numbers))
    assert max(called.values()) == 1, [number for number, times in called.items() if times > 1]
    for number in range(1001, 1009):
        with contextlib.suppress(ApiRefusedError):
            await client.post(f"/agents/{number}/end-call")
    calls = await all_ended(client, len(called))
    assert Counter(call["number_called"] for call in calls) >= called
    assert len({call["call_id"] for call in calls}) == len(calls)


async def _talks_end(client: Client) -> None:
    while True:
        with contextlib.suppress(ApiRefusedError):  # the service may just be dead
            for agent in (await client.get("/agents"))["items"]:
                number, state = agent["number"], agent["state"]
                if state == "talking":
                    await client.post(f"/agents/{number}/end-call")
                elif state == "wrapping_up":
                    await client.post(f"/agents/{number}/ready")
        await asyncio.sleep(0.3)


def _more_than(the_stage: Stage, numbers: list[str], count: int) -> bool:
    return len(_called(the_stage, numbers)) > count


def _called(the_stage: Stage, numbers: list[str]) -> list[str]:
    wanted = set(numbers)
    return [call.number for call in the_stage.carrier.calls() if call.number in wanted]


@pytest.fixture
def doomed_stage(short_folder: Path) -> Iterator[Stage]:
    """An Asterisk of its own, to be killed."""
    home = Path(tempfile.mkdtemp(prefix="d-", dir=short_folder))
    lay_sounds(home)
    with stage(home, Settings(home=home), changes=floor_changes()) as scene:
        yield scene


async def test_asterisk_is_killed_and_restarted(
    doomed_stage: Stage, short_folder: Path, tmp_path: Path
) -> None:
    home = Path(tempfile.mkdtemp(prefix="h-", dir=short_folder))
    settings = settings_for(doomed_stage, home)
    async with opened(doomed_stage, settings, tmp_path) as scene:
        await scene.sign_in("1001", "1002")
        campaign_id = await _endless_campaign(scene)
        await scene.in_state("1001", AgentState.TALKING)
        await scene.in_state("1002", AgentState.TALKING)
        doomed_stage.asterisk.kill()
        await until(lambda: not scene.linked, "the loss to be noticed")
        await asyncio.to_thread(doomed_stage.asterisk.start)
        await until(lambda: scene.linked, "the link")
        calls = scene.house.parts.tracker.get
        records = await scene.records(2)
        assert {record.end_reason for record in records} == {"switch_restarted"}
        assert all(record.last_seen_at is not None for record in records)
        # the agents' shift goes on by itself, and so does the dialing
        await scene.in_state("1001", AgentState.TALKING)
        await scene.house.dialing.set_state(campaign_id, CampaignState.PAUSED, "test")
        assert calls(scene.agent("1001").call_id) is not None
        for number in ("1001", "1002"):
            # the other one may just be signing in again, and finds the campaign paused
            await until(partial(_settled, scene, number), f"agent {number} to be back")
            if scene.agent(number).state is AgentState.TALKING:
                await scene.house.desk.end_call(number)
                await scene.in_state(number, AgentState.WRAPPING_UP)


def _settled(scene: Scene, number: str) -> bool:
    return scene.agent(number).state in (AgentState.READY, AgentState.TALKING)


async def _endless_campaign(scene: Scene) -> str:
    now = datetime.now(UTC)

    async def leads() -> AsyncIterator[list[NewLead]]:
        yield [NewLead(number=f"57314{index:06d}0", name="", extra={}) for index in range(50)]

    campaign = Campaign(
        id="endless", name="endless", queue="salida", country="CO", caller_number="5716001234",
        ring_seconds=15, options=ON_A_TEST_LINE, created_at=now,
    )  # fmt: skip
    await scene.house.campaigns.create(campaign)
    await scene.house.campaigns.add_leads("endless", leads(), now)
    await scene.house.dialing.set_state("endless", CampaignState.RUNNING, "test")
    return "endless"
