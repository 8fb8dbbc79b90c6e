"""Rows for other programs: each one once, in order, in pages, whatever the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Boolean, Double, Insert, Integer, Table, insert

from calls.events import (
    AgentConnected,
    AgentReleased,
    CallArrived,
    CallEnded,
    Fact,
    QueueGaveUp,
    QueueJoined,
    QueueLeft,
    to_body,
)
from monitoring.folding import fold, opened_by
from monitoring.record import AgentMove, CallRecord
from monitoring.visits import visits_of
from storage.agent_states import AgentStateStore
from storage.calls import CallStore
from storage.columns import UtcDateTime
from storage.database import Database
from storage.export_sources import SOURCES, Chosen, What
from storage.exports import ExportStore, Record, visit_record
from storage.queue_log import QueueLogStore
from storage.tables import attempts, campaigns, leads, lists
from tests.integration.command_line import CommandLine
from tests.unit.facts import FLOOR, PBX, START, at

ROWS = 11
ALL = Chosen(since=START, until=START + timedelta(days=1))
NOW = START + timedelta(days=2)


def row_of(table: Table, number: int) -> dict[str, Any]:
    """A row with something in every column; moments are shared by three rows."""
    return {column.name: _value(column.type, column.name, number) for column in table.columns}


def _value(kind: object, name: str, number: int) -> Any:
    if isinstance(kind, UtcDateTime):
        return START + timedelta(minutes=number // 3)
    if isinstance(kind, Boolean):
        return number % 2 == 0
    if isinstance(kind, Integer):
        return number
    if isinstance(kind, Double):
        return number + 0.125
    if isinstance(kind, JSON):
        return {"n": number}
    return f"{name}-{number}"


async def put(database: Database, table: Table, rows: list[dict[str, Any]]) -> None:
    statement: Insert = insert(table)
    await database.write(lambda connection: connection.execute(statement, rows).rowcount)


async def fill(database: Database, table: Table) -> list[dict[str, Any]]:
    """Eleven rows, and what they stand on."""
    if table is attempts:
        mine = [{**row_of(campaigns, n), "id": f"campaign_id-{n}"} for n in range(ROWS)]
        await put(database, campaigns, [{**row, "queue": "soporte"} for row in mine])
        await put(
            database, lists, [{**row_of(lists, n), "id": f"list_id-{n}"} for n in range(ROWS)]
        )
        await put(database, leads, [{**row_of(leads, n), "id": n} for n in range(ROWS)])
    rows = [row_of(table, number) for number in range(ROWS)]
    if table is attempts:
        rows = [{**row, "lead_id": n, "ended_at": None} for n, row in enumerate(rows)]
    if "ended_at" in table.c and table.name == "agent_states":
        rows = [{**row, "agent": f"{1001 + n}"} for n, row in enumerate(rows)]
    await put(database, table, rows)
    return rows


async def exported(
    database: Database, what: What, chosen: Chosen = ALL, page: int = 2
) -> list[Record]:
    store = ExportStore(database, page_rows=page, page_calls=page)
    found = []
    async for records in store.pages(what, chosen, NOW):
        assert len(records) <= page or what in (What.VISITS, What.FACTS)
        found += records
    return found


async def test_every_row_of_every_table(database: Database) -> None:
    """Once and in order whatever the page, of the stretch alone, and nobody else's."""
    begin, end = START + timedelta(minutes=1), START + timedelta(minutes=2)
    nothing = replace(ALL, queues=frozenset({"none"}), agents=frozenset())
    for what, source in SOURCES.items():
        rows = await fill(database, source.table)
        ours = {"progress", "menu_path"}
        expected = [{name: row[name] for name in row if name not in ours} for row in rows]
        key = [column.name for column in source.order]
        expected.sort(key=itemgetter(*key))
        for page in (1, 3, ROWS, 1000):
            assert await exported(database, what, page=page) == expected, what
        found = await exported(database, what, Chosen(since=begin, until=end))
        assert [row[source.at.name] for row in found] == [begin] * 3, what
        assert await exported(database, what, nothing) == [], what
    mine = replace(ALL, queues=frozenset({"soporte"}), agents=frozenset())
    assert len(await exported(database, What.ATTEMPTS, mine)) == ROWS, "of its campaigns"


# --- what is made of calls --------------------------------------------------------------------


def a_call(number: int, *facts: Fact) -> tuple[CallRecord, list[tuple[str, int, Fact]]]:
    record = opened_by(facts[0])
    assert record is not None
    for fact in facts[1:]:
        fold(record, fact)
    return record, [("j1", number * 100 + seq, fact) for seq, fact in enumerate(facts)]


def moved_on(number: int) -> list[Fact]:
    """From `ventas`, where the wait was over, to `soporte`, where an agent took it."""
    call = {"pbx": PBX, "call_id": f"c{number}"}
    begin = number * 60
    return [
        CallArrived(
            at=at(begin), **call, number_called="08001234567", caller_number=f"57300{number:07}"
        ),
        QueueJoined(at=at(begin + 1), **call, queue="ventas", position=1),
        QueueLeft(at=at(begin + 6), **call, queue="ventas"),
        QueueGaveUp(at=at(begin + 6), **call, queue="ventas", status="TIMEOUT"),
        QueueJoined(at=at(begin + 7), **call, queue="soporte", position=1),
        AgentConnected(at=at(begin + 9), **call, queue="soporte", agent="1001"),
        AgentReleased(
            at=at(begin + 19), **call, queue="soporte", agent="1001", ended_by="customer"
        ),
        CallEnded(at=at(begin + 20), **call, cause=16, sip_code=0),
    ]


async def kept(database: Database, count: int) -> list[CallRecord]:
    store = CallStore(database)
    records = []
    for number in range(count):
        record, facts = a_call(number, *moved_on(number))
        await store.save([record], facts)
        records.append(record)
    return records


async def test_visits_and_facts_are_those_of_the_calls(database: Database) -> None:
    records = await kept(database, 5)
    expected = [
        visit_record(visit) for record in records for visit in visits_of(record, finished=True)
    ]
    assert await exported(database, What.VISITS) == expected
    assert [row["ending"] for row in expected[:2]] == ["timed_out", "answered"]
    found = await exported(database, What.FACTS)
    happened = [fact for number in range(5) for fact in moved_on(number)]
    assert [row["kind"] for row in found] == [type(fact).__name__ for fact in happened]
    for row, fact in zip(found, happened, strict=True):
        body = to_body(fact)
        assert {**row["details"], "at": body["at"], "pbx": PBX, "call_id": row["call_id"]} == body
        assert row["at"] == fact.at


async def test_who_sees_one_queue_gets_the_rows_of_it(database: Database) -> None:
    await kept(database, 2)
    mine = replace(ALL, queues=frozenset({"ventas"}), agents=frozenset())
    assert [row["queue"] for row in await exported(database, What.VISITS, mine)] == ["ventas"] * 2
    assert len(await exported(database, What.CALLS, mine)) == 2
    queues = {row["details"].get("queue") for row in await exported(database, What.FACTS, mine)}
    assert queues == {None, "ventas"}
    theirs = replace(mine, queues=frozenset({"salida"}))
    for what in (What.CALLS, What.VISITS, What.FACTS, What.AGENT_STATES):
        assert await exported(database, what, theirs) == [], what


async def test_a_row_written_meanwhile_neither_doubles_nor_hides_another(
    database: Database,
) -> None:
    await kept(database, 4)
    store = ExportStore(database, page_rows=2)
    pages = store.pages(What.CALLS, ALL, NOW)
    first = await anext(pages)
    early, facts = a_call(50, *moved_on(50))
    early.call_id, early.arrived_at = "early", START - timedelta(0)
    await CallStore(database).save([early], facts)
    rest = [row async for page in pages for row in page]
    assert [row["call_id"] for row in first + rest] == ["c0", "c1", "c2", "c3"]


# --- queue_log --------------------------------------------------------------------------------


async def logged(database: Database, chosen: Chosen, page: int) -> list[str]:
    store = QueueLogStore(database, page_rows=page, page_calls=page)
    return [line.text async for lines in store.lines(chosen, FLOOR) for line in lines]


async def test_the_log_is_in_order_of_time_whatever_the_page(database: Database) -> None:
    await kept(database, 5)
    moves = [
        AgentMove(pbx=PBX, agent="1001", state=state, reason=reason, call_id="", at=at(seconds))
        for seconds, state, reason in (
            (0, "ready", ""), (9, "talking", ""), (19, "wrapping_up", ""), (40, "ready", ""),
            (130, "paused", "almuerzo"), (300, "signed_out", "agent"),
        )
    ]  # fmt: skip
    await AgentStateStore(database).moved(moves)
    found = await logged(database, ALL, 1000)
    times = [int(line.split("|")[0]) for line in found]
    assert times == sorted(times)
    events = [line.split("|")[4] for line in found]
    assert {event: events.count(event) for event in dict.fromkeys(events)} == {
        "ADDMEMBER": 2, "AGENTLOGIN": 1, "ENTERQUEUE": 10, "EXITWITHTIMEOUT": 5, "CONNECT": 5,
        "COMPLETECALLER": 5, "PAUSEALL": 2, "PAUSE": 4, "UNPAUSEALL": 2, "UNPAUSE": 4,
        "REMOVEMEMBER": 2, "AGENTLOGOFF": 1,
    }  # fmt: skip
    for page in (1, 2, 7):
        assert await logged(database, ALL, page) == found


async def test_a_stretch_has_its_own_lines_of_calls_from_before(database: Database) -> None:
    await kept(database, 2)
    talk = Chosen(since=at(15), until=at(21))
    assert [line.split("|")[4] for line in await logged(database, talk, 1000)] == ["COMPLETECALLER"]
    seen = Chosen(since=at(0), until=at(60), queues=frozenset({"ventas"}), agents=frozenset())
    assert [line.split("|")[4] for line in await logged(database, seen, 1000)] == [
        "ENTERQUEUE", "EXITWITHTIMEOUT",
    ]  # fmt: skip

    ever = Chosen(since=datetime.min.replace(tzinfo=UTC), until=ALL.until)
    assert len(await logged(database, ever, 1000)) == 10


async def test_the_command_writes_the_same_lines(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    await kept(database, 2)
    run = CommandLine(database_url, tmp_path)
    answer = await run("queue-log", "--from", "2026-03-01T12:00Z", "--to", "2026-03-02T12:00Z")
    assert (answer.exit_code, answer.output.splitlines()) == (0, await logged(database, ALL, 1000))
    answer = await run("queue-log", "--from", "yesterday")
    assert answer.exit_code == 1
    assert "--from 'yesterday'" in answer.output
