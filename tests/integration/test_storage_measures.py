"""Measures by quarters: what a plain count of the same traffic gives, however it was written."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import chain, pairwise
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, select

from monitoring.agent_counts import AgentCounts
from monitoring.queue_counts import Basis, QueueCounts
from monitoring.record import AgentMove, CallRecord
from storage import tables
from storage.agent_states import AgentStateStore
from storage.calls import CallStore
from storage.database import Database
from storage.measures import MeasureStore
from tests.integration.made_traffic import AGENTS, BEGAN, PBX, floor_of, traffic

QUARTER = timedelta(minutes=15)
#: everything is over since hours
LATER = BEGAN + timedelta(hours=12)
START, END = BEGAN - timedelta(hours=1), LATER
TABLES = (tables.queue_quarters, tables.agent_quarters, tables.campaign_quarters)


def measures(database: Database, now: datetime = LATER) -> MeasureStore:
    return MeasureStore(database, now=lambda: now)


async def counted(store: MeasureStore) -> None:
    while await store.recount(37):
        pass


async def rows(database: Database) -> list[list[Row[Any]]]:
    """Every row of every table of measures."""
    found = []
    for table in TABLES:
        statement = select(table).order_by(*table.primary_key)
        found.append(list(await database.rows(statement)))
    return found


def shift(chance: random.Random) -> list[AgentMove]:
    """What some agents do for some hours; the last of it goes on for one of them."""
    moves = []
    states = ["ready", "offered", "reserved", "talking", "wrapping_up", "paused"]
    for agent in AGENTS:
        at = BEGAN
        while at < BEGAN + timedelta(hours=3):
            state = chance.choice(states)
            reason = chance.choice(["", "almuerzo", "baño"]) if state == "paused" else ""
            moves.append(
                AgentMove(pbx=PBX, agent=agent, state=state, reason=reason, call_id="", at=at)
            )
            at += timedelta(milliseconds=chance.randrange(40 * 60 * 1000))
        out = AgentMove(pbx=PBX, agent=agent, state="signed_out", reason="", call_id="", at=at)
        moves.append(out)
    return moves


def spent(moves: Sequence[AgentMove]) -> dict[tuple[str, datetime], AgentCounts]:
    """The time in each state, by agent and quarter."""
    found: dict[tuple[str, datetime], AgentCounts] = defaultdict(AgentCounts)
    for move, following in pairwise(sorted(moves, key=lambda move: (move.agent, move.at))):
        if move.agent != following.agent or move.state == "signed_out":
            continue
        at = move.at
        while at < following.at:
            until = min(following.at, floor_of(at) + QUARTER)
            ms = (until - at) // timedelta(milliseconds=1)
            counts = found[move.agent, floor_of(at)]
            counts.add(AgentCounts(**{f"{move.state}_ms": ms}))  # type: ignore[arg-type]  # ints
            if move.state == "paused":
                counts.add(AgentCounts(pauses={move.reason: ms}))
            at = until
    return found


async def test_random_traffic_counts_what_a_plain_count_gives(database: Database) -> None:
    chance = random.Random(2)
    made = traffic(seed=2, calls=60)
    calls, states, store = CallStore(database), AgentStateStore(database), measures(database)
    moves = [*shift(chance), *made.moves]
    facts = chain.from_iterable(made.facts)
    told = [("journal", seq, fact) for seq, fact in enumerate(facts, 1)]
    pieces: list[Any] = [*made.versions(chance), *moves, *told]
    chance.shuffle(pieces)
    while pieces:
        some = [pieces.pop() for _ in range(min(len(pieces), chance.randint(1, 90)))]
        await calls.save(
            [one for one in some if isinstance(one, CallRecord)],
            [one for one in some if isinstance(one, tuple)],
        )
        await states.moved([one for one in some if isinstance(one, AgentMove)])
        if chance.random() < 0.5:
            await store.recount(chance.randint(1, 100))
    await counted(store)

    for basis in Basis:
        series = await store.queue_series(PBX, None, START, END, basis)
        found = {(one.subject, basis, one.quarter): one.counts for one in series}
        assert found == {key: made.queues[key] for key in made.queues if key[1] is basis}
    expected = spent(moves)
    for key, (handled, transferred, missed, held) in made.talks.items():
        expected[key].add(
            AgentCounts(
                handled_inbound=handled, transferred=transferred, missed=missed, hold_ms=held
            )
        )
    agents = await store.agent_series(PBX, None, START, END)
    assert {(one.subject, one.quarter): one.counts for one in agents} == expected
    await _sums_are_sums(store)

    # nothing of it changes by being written again, or made anew
    before = await rows(database)
    await calls.save(made.versions(chance), told[:100])
    await states.moved(moves)
    await counted(store)
    assert await rows(database) == before
    for table in TABLES:
        await database.write(partial(_emptied, table=table))
    assert await rows(database) == [[], [], []]
    assert await store.rebuild(PBX, START, END) > 0
    assert await rows(database) == before


def _emptied(connection: Connection, table: Table) -> None:
    connection.execute(delete(table))


async def _sums_are_sums(store: MeasureStore) -> None:
    """What the database adds up is what adding the quarters gives; the greatest is the greatest."""
    for basis in Basis:
        sums: dict[str, QueueCounts] = {}
        for one in await store.queue_series(PBX, None, START, END, basis):
            sums.setdefault(one.subject, QueueCounts()).add(one.counts)
        assert await store.queue_counts(PBX, None, START, END, basis) == sums
        only = await store.queue_counts(PBX, ["ventas"], START, END, basis)
        assert only == {"ventas": sums["ventas"]}
    agents: dict[str, AgentCounts] = {}
    for each in await store.agent_series(PBX, None, START, END):
        agents.setdefault(each.subject, AgentCounts()).add(each.counts)
    assert await store.agent_counts(PBX, None, START, END) == agents
    assert await store.queue_counts("pbx2", None, START, END, Basis.EVENT) == {}
    assert await store.agent_counts(PBX, [], START, END) == {}
