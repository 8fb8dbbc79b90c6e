"""A day in the database, played again by the command line under other policies."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from agents.states import AgentState
from dialer.attempt import Outcome
from dialer.campaign import Campaign
from dialer.lead import LeadState
from linea800.campaign_replay import read
from monitoring.record import AgentMove, CallRecord
from storage.agent_states import AgentStateStore
from storage.calls import CallStore
from storage.campaigns import CampaignStore
from storage.database import Database
from storage.tables import attempts, leads, lists
from tests.integration.command_line import Answer, CommandLine
from tests.unit.facts import FLOOR, PBX, START, at

AGENTS = ("1001", "1002")
CYCLES = 40
CAMPAIGN = Campaign(
    id="c1", name="Cobranza", queue="salida", country="CO", caller_number="5716001234",
    created_at=START, max_lines=8,
)  # fmt: skip


FIRST_LIST = {
    "id": "l1", "campaign_id": "c1", "name": "1", "weight": 1.0, "active": 1, "turn": 0.0,
    "created_at": START,
}  # fmt: skip


def moved(agent: str, state: AgentState, moment: datetime, call_id: str = "") -> AgentMove:
    return AgentMove(pbx=PBX, agent=agent, state=state, reason="", call_id=call_id, at=moment)


async def worked(database: Database) -> None:
    """Two agents: dial a number in vain for 20 s, one for 10 s, talk 60 s, write up 10 s."""
    store, states = CampaignStore(database), AgentStateStore(database)
    await store.create(CAMPAIGN)
    dialed: list[dict[str, Any]] = []
    lead_rows: list[dict[str, Any]] = []
    records: list[CallRecord] = []
    moves: list[AgentMove] = []
    for number, agent in enumerate(AGENTS):
        for cycle in range(CYCLES):
            begin = cycle * 100.0 + number
            for part, (outcome, starts, ends) in enumerate(
                ((Outcome.NO_ANSWER, 0.0, 20.0), (Outcome.CONNECTED, 20.0, 90.0))
            ):
                lead_id = 1 + len(dialed)
                lead_rows.append(
                    {
                        "id": lead_id, "campaign_id": "c1", "number": f"5730{lead_id:08d}",
                        "name": "", "extra": {}, "state": LeadState.DONE, "attempts": 1,
                        "next_at": START, "list_id": "l1", "external_id": "", "phone": 0,
                        "zone": "", "priority": 0, "score": 0.0, "rank": 0.0,
                        "wanted_agent": "", "reason": "",
                    }
                )  # fmt: skip
                answered = at(begin + 30.0) if part else None
                dialed.append(
                    {
                        "id": f"attempt-{lead_id}", "pbx": PBX, "campaign_id": "c1",
                        "lead_id": lead_id, "ordinal": 1, "number": f"5730{lead_id:08d}",
                        "intended_at": at(begin + starts), "answered_at": answered,
                        "connected_at": answered, "ended_at": at(begin + ends),
                        "outcome": outcome, "agent": agent if part else "",
                        "caller_number": "", "wanted_agent": "", "disposition": "",
                    }
                )  # fmt: skip
            call = f"attempt-{len(dialed)}"
            records.append(
                CallRecord(
                    pbx=PBX, call_id=call, direction="dialed", number_called="573",
                    caller_number="", campaign_id="c1",
                    arrived_at=at(begin + 20.0), ended_at=at(begin + 90.0),
                    talk_seconds=50.0, hold_seconds=10.0, wrap_up_seconds=10.0,
                    wrap_up_ended_at=at(begin + 100.0),
                )
            )  # fmt: skip
            for state, seconds in (
                (AgentState.READY, 0.0), (AgentState.TALKING, 30.0), (AgentState.WRAPPING_UP, 90.0)
            ):  # fmt: skip
                of_call = "" if state is AgentState.READY else call
                moves.append(moved(agent, state, at(begin + seconds), of_call))
        moves.append(moved(agent, AgentState.SIGNED_OUT, at(CYCLES * 100.0 + number)))
    await states.moved(
        [*moves, moved("9999", AgentState.READY, START)]
    )  # of no queue of this floor
    await database.write(lambda connection: connection.execute(insert(lists).values(FIRST_LIST)))
    await database.write(lambda connection: connection.execute(insert(leads), lead_rows))
    await database.write(lambda connection: connection.execute(insert(attempts), dialed))
    await CallStore(database).save(records, [])


async def ask(database_url: str, home: Path, *words: str) -> Answer:
    """What the command line answers."""
    (home / "floor.yaml").write_text(FLOOR.model_dump_json(), encoding="utf-8")
    command = CommandLine(database_url, home)
    return await command("campaign", "replay", "cobranza", "--day", "2026-03-01", *words)


async def test_what_was_recorded_is_read_back(database: Database) -> None:
    await worked(database)
    made = await read(database, CAMPAIGN, FLOOR, START, START + timedelta(hours=12))
    assert (made.day.lines, made.left_out) == (8, 0)
    assert len(made.day.fates) == 4 * CYCLES
    assert {one.value for one in made.day.talks} == {60.0}
    assert {one.value for one in made.day.wrap_ups} == {10.0}
    figures = made.figures
    assert (figures.attempts, figures.live, figures.abandoned) == (4 * CYCLES, 2 * CYCLES, 0)
    assert {presence.agent for presence in made.day.presences} == set(AGENTS)
    assert figures.talk_seconds == 2 * CYCLES * 60.0
    assert figures.occupancy == pytest.approx(0.7, abs=0.005)


async def test_the_days_figures_stand_beside_what_other_policies_might_have_reached(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    await worked(database)
    result = await ask(
        database_url, tmp_path, "--policy", "ratio", "--policy", "predictive",
        "--set", "level=1.5", "--seeds", "2", "--language", "en",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    rows = {line.strip().split("  ")[0]: re.findall(r"[\d.]+", line) for line in lines[1:5]}
    assert list(rows) == ["as recorded", "progressive", "ratio (level=1.5)", "predictive"]
    assert rows["as recorded"] == ["160", "80", "0.0", "69.9", "36.1"]
    # the last wrap-up is outside the campaign's hours
    # half answer after 10 s, half do not for 20 s: p B / (p B + R) = 35 / (35 + 15)
    occupancy = float(rows["progressive"][3])
    assert occupancy == pytest.approx(70.0, abs=6.0)
    assert "a what-if, not a proof" in result.output
    assert "8 lines" in result.output


async def test_a_replay_that_cannot_be_made_says_why(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    await worked(database)
    for words, told in (
        (("--day", "2026-03-02"), "no attempt of the campaign was recorded that day"),
        (("--policy", "reckless"), "no such policy"),
        (("--set", "speed=3"), "--set speed"),
        (("--zone", "Mars"), "no such time zone"),
    ):
        result = await ask(database_url, tmp_path, *words)
        assert result.exit_code == 1, result.output
        assert told in result.output
