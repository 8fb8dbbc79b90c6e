"""A menu's figures on both databases: what SQL counts is what a plain count of the days gives."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Table, select

from calls.events import CallFact, MenuChosen, MenuEntered, MenuMissed, TaskMoved
from monitoring.folding import fold, opened_by
from monitoring.menu_counts import Count
from monitoring.record import CallRecord, copy_of
from storage.calls import CallStore
from storage.database import Database
from storage.errors import CursorError
from storage.menu_behind import Behind, TaskStep
from storage.menu_measures import By, Chosen, MenuMeasureStore
from storage.tables import calls, menu_sessions, menu_steps, queue_stays, tasks
from tests.integration.made_menu_days import (
    Visit,
    facts_of,
    plain_counts,
    plain_nodes,
    plain_tasks,
    visits,
)
from tests.unit.facts import START

DAY = timedelta(days=1)
EVERY = visits(7, 240)
#: some come back within minutes, to the same queue or to another
EVERY += visits(8, 60, days=0.05)


def records(facts: Sequence[CallFact]) -> list[CallRecord]:
    """The records of all these calls."""
    found: dict[str, CallRecord] = {}
    for fact in facts:
        if fact.call_id not in found:
            record = opened_by(fact)
            assert record is not None
            found[fact.call_id] = record
        fold(found[fact.call_id], fact)
    return list(found.values())


RECORDS = records(facts_of(EVERY))


@pytest.fixture
async def store(database: Database) -> MenuMeasureStore:
    await CallStore(database).save(RECORDS, [])
    return MenuMeasureStore(database)


def whole(count: dict[Count, int]) -> dict[str, int]:
    """Without what is nothing, as the plain count leaves it out."""
    return {word.value: n for word, n in count.items() if n}


PICKS: list[tuple[dict[str, Any], Callable[[Visit], bool]]] = [
    ({}, lambda visit: visit.began < START + DAY),
    ({"version": "a"}, lambda visit: visit.began < START + DAY and visit.version == "a"),
    ({"language": "en"}, lambda visit: visit.began < START + DAY and visit.language == "en"),
    ({"since": START + DAY, "until": START + 3 * DAY}, lambda visit: visit.began >= START + DAY),
]


async def test_sql_counts_what_a_plain_count_gives(store: MenuMeasureStore) -> None:
    for asked, is_chosen in PICKS:
        chosen = Chosen(**{"menu": "operator", "since": START, "until": START + DAY, **asked})
        picked = [visit for visit in EVERY if is_chosen(visit)]
        assert len(picked) > 30
        await _same_sessions(store, chosen, picked)
        await _same_nodes_and_tasks(store, chosen, picked)
    nobody = Chosen(menu="operator", since=START - DAY, until=START)
    assert await store.sessions(nobody, By.REASON) == {}
    assert await store.nodes(nobody) == []
    assert await store.tasks(nobody) == []
    assert (await store.known("operator"), await store.known("other")) == (True, False)


async def _same_sessions(store: MenuMeasureStore, chosen: Chosen, picked: list[Visit]) -> None:
    keys: list[tuple[By, Callable[[Visit], Any]]] = [
        (By.REASON, lambda visit: visit.reason),
        (By.VERSION, lambda visit: visit.version),
        (By.LANGUAGE, lambda visit: visit.language),
        (By.QUARTER, lambda visit: int(visit.began.timestamp() // 900)),
    ]
    for by, key in keys:
        groups: dict[Any, list[Visit]] = {}
        for visit in picked:
            groups.setdefault(key(visit), []).append(visit)
        expected = {each: plain_counts(EVERY, of) for each, of in groups.items()}
        found = await store.sessions(chosen, by)
        assert {each: whole(counts) for each, counts in found.items()} == expected


async def _same_nodes_and_tasks(
    store: MenuMeasureStore, chosen: Chosen, picked: list[Visit]
) -> None:
    nodes = {node.node: asdict(node) for node in await store.nodes(chosen)}
    for node, figures in plain_nodes(picked).items():
        counted = nodes.pop(node)
        assert counted.pop("node") == node
        assert counted == {
            name: pytest.approx(value) if "seconds" in name else value
            for name, value in figures.items()
        }
    assert nodes == {}

    done = {task.task: asdict(task) for task in await store.tasks(chosen)}
    for task, steps in plain_tasks(picked).items():
        assert done.pop(task) == {"task": task, "done": 0, "failed": 0, "left": 0} | steps
    assert done == {}


async def test_every_count_can_be_opened(store: MenuMeasureStore) -> None:
    chosen = Chosen(menu="operator", since=START, until=START + 3 * DAY)
    expected = plain_counts(EVERY, EVERY)
    assert set(expected) == set(Count), "the days have everything in them"
    for count in Count:
        assert len(await _every(store, chosen, Behind(count=count))) == expected[count], count
    for node in await store.nodes(chosen):
        for how, entries in node.how.items():
            if how in ("hang_up", "queue", ""):  # once in a session
                found = await _every(store, chosen, Behind(node=node.node, how=how))
                assert len(found) == entries
    for task in await store.tasks(chosen):
        for step in TaskStep:
            found = await _every(store, chosen, Behind(task=task.task, step=step))
            assert len(found) == asdict(task)[step]
    reasons = await store.sessions(chosen, By.REASON)
    found = await _every(store, chosen, Behind(reason="billing", count=Count.CONTAINED))
    assert len(found) == reasons["billing"][Count.CONTAINED]
    with pytest.raises(CursorError):
        await store.behind(chosen, Behind(), "x")
    missed = await _every(store, chosen, Behind(node="main", missed="no_match", choice="person"))
    assert set(missed) == {
        visit.call_id
        for visit in EVERY
        if any(s[0] == "main" and s[4] and s[2] == "person" for s in visit.stays)
    }


async def _every(store: MenuMeasureStore, chosen: Chosen, behind: Behind) -> list[str]:
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = await store.behind(chosen, behind, cursor, 100)
        found += [session.call_id for session in page.sessions]
        cursor = page.next_cursor
        if cursor is None:
            assert len(set(found)) == len(found)
            return found


@pytest.mark.parametrize("tables", [(menu_steps, tasks), (menu_steps, tasks, menu_sessions)])
async def test_any_order_of_facts_and_ships_gives_the_same_rows(
    database: Database, tables: Sequence[Table]
) -> None:
    """Three ships of a call: facts in any order between them, some of them again.

    Whether a caller waited or talked, which a session tells, comes from the switch alone, and in
    its order: there only the dialogue's own facts are early or late.
    """
    store, some = CallStore(database), EVERY[:40]
    await store.save(records(facts_of(some)), [])
    before = await _rows(database, tables)
    await database.write(_forget_all)
    chance = random.Random(3)
    for visit in some:
        first, *rest = visit.facts
        record = opened_by(first)
        assert record is not None
        told = _shuffled(rest, chance, switch_too=menu_sessions not in tables)
        for ship in range(3):
            begin, end = len(told) * ship // 3, len(told) * (ship + 1) // 3
            again = [fact for fact in told[:end] if isinstance(fact, OURS)]
            for fact in (*told[begin:end], *chance.choices(again or [first], k=2)):
                fold(record, fact)
            await store.save([copy_of(record)], [])
    assert await _rows(database, tables) == before


def _forget_all(connection: Connection) -> None:
    for table in (menu_steps, tasks, menu_sessions, queue_stays, calls):
        connection.execute(table.delete())


#: what the dialogue tells by itself
OURS = (MenuEntered, MenuChosen, MenuMissed, TaskMoved)


def _shuffled(facts: list[CallFact], chance: random.Random, *, switch_too: bool) -> list[CallFact]:
    places = [place for place, fact in enumerate(facts) if switch_too or isinstance(fact, OURS)]
    shuffled = list(facts)
    for place, source in zip(places, chance.sample(places, k=len(places)), strict=True):
        shuffled[place] = facts[source]
    return shuffled


async def _rows(database: Database, tables: Sequence[Table]) -> list[list[tuple[Any, ...]]]:
    return [sorted(map(tuple, await database.rows(select(table))), key=str) for table in tables]


async def test_a_record_says_what_it_knew_of_an_older_menu_path(database: Database) -> None:
    """A call of before `menu_steps` was there has its steps as JSON, a miss as one of them."""
    store, visit = CallStore(database), EVERY[0]
    (record,) = records(visit.facts)
    record.menu_path = []
    await store.save([record], [])
    at = datetime(2026, 1, 1, tzinfo=UTC).isoformat()
    path = [
        {"at": at, "node": "main", "choice": "no_input"},
        {"at": at, "node": "main", "choice": "support"},
    ]
    await database.write(
        lambda connection: connection.execute(calls.update().values(menu_path=path))
    )
    found = await store.get(record.pbx, record.call_id)
    assert found is not None
    assert [(step.no_input, step.choice) for step in found.menu_path] == [(1, ""), (0, "support")]
