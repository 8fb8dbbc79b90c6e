"""`linea800 campaign why` beside a service that dials, and what the API lists of its decisions."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text, update

from api.problem_texts import Kind
from calls.events import AgentPaused
from dialer.campaign import Campaign, CampaignState
from dialer.lead import NewLead
from storage.campaigns import CampaignStore
from storage.database import Database
from storage.errors import CursorError, DatabaseVersionError, StorageError
from storage.reading import opened_to_read
from storage.tables import pacing_notes
from tests.integration.api_house import open_house, problem
from tests.integration.command_line import CommandLine
from tests.integration.test_dialing import Office
from tests.unit.facts import PBX, at, fact

AGENTS = ("1001", "1002")


async def dial(database: Database, *, pacing: str = "predictive", leads: int = 20) -> Office:
    """A dialer that dialed for two agents, and waits since they paused, eleven seconds later."""
    office = Office(database)
    office.open_shop(*AGENTS)
    made = Campaign(
        id="c1", name="Cobranza Ñ", queue="salida", country="CO", caller_number="5716001234",
        pacing=pacing, created_at=office.now,
    )  # fmt: skip

    async def batches() -> AsyncIterator[list[NewLead]]:
        yield [NewLead(number=f"57300{index:07d}", name="", extra={}) for index in range(leads)]

    await office.store.create(made)
    await office.store.add_leads("c1", batches(), office.now)
    await office.dialing.set_state("c1", CampaignState.RUNNING, "test")
    await office.dialing.turn()
    assert office.line.orders
    office.now = at(11)
    office.put(*[fact(AgentPaused, 11, agent=agent, reason="descanso") for agent in AGENTS])
    await office.dialing.turn()
    return office


@pytest.fixture
def asked(database_url: str, tmp_path: Path) -> CommandLine:
    """The command line on this database."""
    return CommandLine(database_url, tmp_path)


async def test_why_is_told_beside_the_service_that_dials(
    database: Database, asked: CommandLine
) -> None:
    office = await dial(database)
    result = await asked(
        "campaign", "why", "cobranza ñ", "--at", "2026-03-01T07:00:05-05:00", "--json"
    )
    assert result.exit_code == 0, result.output
    told = json.loads(result.output)
    assert told["campaign"]["id"] == "c1"
    assert told["decided_at"] == "2026-03-01T12:00:00+00:00"
    assert told["dial"] == told["dialed"] == len(office.line.orders)
    assert told["decided_again"]["same"] is True
    assert told["sentence"].startswith("Se marca a ")
    assert told["evidence"]["agents_ready"] == 2

    drawn = await asked("campaign", "why", "c1", "--at", "2026-03-01T12:00:05Z", "--language", "en")
    assert drawn.exit_code == 0, drawn.output
    assert "Cobranza Ñ, 2026-03-01 12:00:00+00:00, policy predictive." in drawn.output
    assert f"Decided again from what was kept: {told['dial']}, the same." in drawn.output


async def test_later_it_waits_and_says_why(database: Database, asked: CommandLine) -> None:
    await dial(database)
    told = json.loads((await asked("campaign", "why", "c1", "--json")).output)
    assert told["dial"] == 0
    assert told["decided_at"] > "2026-03-01T12:00:05"
    assert told["sentence"] == "No se marca: no hay agentes atendiendo."
    assert told["decided_again"] is None


async def test_a_policy_that_looks_at_the_moment_only_has_its_sentence(
    database: Database, asked: CommandLine
) -> None:
    await dial(database, pacing="progressive")
    result = await asked("campaign", "why", "c1", "--at", "2026-03-01 12:00")
    assert result.exit_code == 0, result.output
    assert "Se marca a 2: una llamada por agente libre." in result.output
    assert "no guarda con qué decidir de nuevo" in result.output


async def test_what_cannot_be_answered_says_what_there_is(
    database: Database, asked: CommandLine
) -> None:
    assert "no hay campañas todavía" in (await asked("campaign", "why", "c1")).output
    await dial(database)
    unknown = await asked("campaign", "why", "Ventas", "--language", "en")
    assert unknown.exit_code == 1
    assert "there is no campaign “Ventas”; there are: Cobranza Ñ (c1)" in unknown.output
    early = await asked("campaign", "why", "c1", "--at", "2026-03-01T06:59-05:00")
    assert early.exit_code == 1
    assert "no había decidido nada hasta 2026-03-01 06:59:00-05:00" in early.output
    assert "2026-03-01 07:00:00-05:00" in early.output
    nonsense = await asked("campaign", "why", "c1", "--at", "14:05")
    assert nonsense.exit_code == 1
    assert "a date and a time are needed" in nonsense.output


async def test_two_campaigns_of_one_name_are_told_apart_by_id(
    database: Database, asked: CommandLine
) -> None:
    store = CampaignStore(database)
    for campaign_id in ("a", "b"):
        made = Campaign(
            id=campaign_id, name="Doble", queue="salida", country="CO", caller_number="5716001234",
            created_at=at(0),
        )  # fmt: skip
        await store.create(made)
    result = await asked("campaign", "why", "doble")
    assert result.exit_code == 1
    assert "diga cuál por su id: a, b" in result.output
    assert "no ha decidido nada todavía" in (await asked("campaign", "why", "b")).output


async def test_a_note_that_was_changed_is_told_loudly(
    database: Database, asked: CommandLine
) -> None:
    await dial(database)
    rows = await database.rows(select(pacing_notes))
    spoiled = next(row for row in rows if row.dial)
    changed = update(pacing_notes).where(pacing_notes.c.id == spoiled.id).values(dial=77)
    await database.write(lambda connection: connection.execute(changed))
    result = await asked("campaign", "why", "c1", "--at", "2026-03-01T12:00:05Z")
    assert "ATENCIÓN" in result.output
    assert "77" in result.output


async def test_decisions_are_listed_newest_first_in_the_language_of_who_asks(
    database: Database, tmp_path: Path
) -> None:
    office = await dial(database)
    async with open_house(database, tmp_path) as house:
        page = await house.get("/campaigns/c1/decisions")
        assert page["next_cursor"] is None
        moments = [item["decided_at"] for item in page["items"]]
        assert moments == sorted(moments, reverse=True)
        first = page["items"][-1]
        assert (first["dial"], first["policy"]) == (len(office.line.orders), "predictive")
        assert first["sentence"].startswith("Dialing ")
        evidence = first["evidence"]
        assert (evidence["chosen"], evidence["spare"]) == (1, first["dial"]), (
            "the price allows one, and each free agent has one of their own all the same"
        )
        assert page["items"][0]["dial"] == 0

        (then,) = (await house.get("/campaigns/c1/decisions", at="2026-03-01T12:00:05Z"))["items"]
        assert then == first
        spanish = await house.ask(
            "GET", "/campaigns/c1/decisions", headers={"Accept-Language": "es"}
        )
        assert spanish.json()["items"][-1]["sentence"].startswith("Se marca a ")

        walked: list[Any] = []
        cursor: Any = None
        for _ in range(len(moments)):
            goes_on = {} if cursor is None else {"cursor": cursor}
            one = await house.get("/campaigns/c1/decisions", limit=1, **goes_on)
            walked += one["items"]
            cursor = one["next_cursor"]
        assert walked == page["items"]
        assert cursor is None

        for params in ({"cursor": "x"}, {"limit": 0}, {"at": "12:00"}, {"at": "2026-03-01"}):
            refused = await house.ask("GET", "/campaigns/c1/decisions", params=params)
            problem(refused, Kind.INVALID)
        problem(await house.ask("GET", "/campaigns/none/decisions"), Kind.NO_SUCH_CAMPAIGN)
        problem(await house.ask("GET", "/campaigns/c1/decisions", "1001"), Kind.ROLE_TOO_LOW)


async def test_decisions_of_one_moment_are_all_listed_and_once(database: Database) -> None:
    office = await dial(database)
    note = await office.store.note_at("c1", at(0))
    assert note is not None
    for _ in range(4):
        await office.store.note(note)
    seen, cursor = 0, None
    while True:
        page = await office.store.notes("c1", at(0), cursor, 2)
        seen += len(page.notes)
        if (cursor := page.next_cursor) is None:
            break
    assert seen == 5
    assert await office.store.first_note_at("c1") == at(0)
    assert await office.store.dialed_at("c1", at(0)) == len(office.line.orders)
    foreign = "WyIyMDI2LTAzLTAxVDEyOjAwOjAwKzAwOjAwIiwiYSJd"  # its key is no number
    with pytest.raises(CursorError):
        await office.store.notes("c1", None, foreign)


async def test_reading_takes_no_lock_and_writes_nothing(
    database: Database, database_url: str
) -> None:
    await dial(database)
    async with await opened_to_read(database_url) as beside:
        assert await CampaignStore(beside).note_at("c1", at(0) + timedelta(days=1)) is not None
        if beside.dialect == "sqlite":
            with pytest.raises(StorageError, match="readonly"):
                await CampaignStore(beside).set_state("c1", CampaignState.PAUSED, at(1))
    assert await CampaignStore(database).open_attempts(PBX)


async def test_what_cannot_be_read_is_refused(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    with pytest.raises(StorageError, match="linea800 run"):
        await opened_to_read(str(tmp_path / "none.db"))
    assert not (tmp_path / "none.db").exists()
    newer = text("UPDATE alembic_version SET version_num = '9999'")
    await database.write(lambda connection: connection.execute(newer))
    with pytest.raises(DatabaseVersionError, match="another version"):
        await opened_to_read(database_url)
