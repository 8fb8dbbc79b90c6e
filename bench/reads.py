"""`python -m bench.reads`: how long reports and pages of calls take beside millions of calls.

Fills a private PostgreSQL with a year of calls (10,000,000 unless told otherwise) and SQLite with
1,000,000, checks that an hour of quarters made anew from these calls is what was filled in, and
then reads 20 times each: a day's and a month's queue report, and pages of calls by several filters.
At the end once the customers' report of a day and of a month, which is counted anew from the calls.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, text

from bench.reads_filling import BEGAN, PBX, YEAR, statements
from monitoring.queue_counts import Basis
from storage import tables
from storage.call_list import CallFilter
from storage.calls import CallStore
from storage.customer_measures import CustomerMeasureStore
from storage.database import Database
from storage.engines import Limits
from storage.measures import MeasureStore
from tests.postgres import postgres_server

_RUNS = 20
_FILLED = (tables.calls, tables.queue_stays, tables.queue_quarters)
#: filling is one statement for millions of rows
_PATIENT = Limits(statement_seconds=1200.0, idle_in_transaction_seconds=1200.0)
_DAY = timedelta(days=1)
_SEEN = frozenset({"q1", "q2", "q3", "q4", "rare"})


async def fill(database: Database, records: int) -> None:
    """Make the rows, then the indexes."""

    def work(connection: Connection) -> None:
        indexes = [index for table in _FILLED for index in table.indexes]
        for index in indexes:
            index.drop(connection)
        if database.dialect != "sqlite":  # a foreign key asked of each row is half of the time
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table, statement in statements(database.dialect, records):
            _timed(connection, f"filled {table}", statement)
        began = time.monotonic()
        for index in indexes:
            index.create(connection)
        print(f"    indexed: {time.monotonic() - began:.0f} s", flush=True)

    await database.write(work)
    if database.dialect != "sqlite":  # nobody counts SQLite's rows for its planner in a service
        await database.write(lambda connection: connection.execute(text("ANALYZE")))


def _timed(connection: Connection, what: str, statement: str) -> None:
    began = time.monotonic()
    connection.execute(text(statement.replace(":", "\\:")))
    print(f"    {what}: {time.monotonic() - began:.0f} s", flush=True)


async def check(database: Database) -> None:
    """An hour made anew from the calls is what was filled in."""
    measures = MeasureStore(database)
    start = BEGAN + timedelta(days=40, hours=9)
    end = start + timedelta(hours=1)
    before = await measures.queue_series(PBX, None, start, end, Basis.OFFERED)
    began = time.monotonic()
    count = await measures.rebuild(PBX, start, end)
    after = await measures.queue_series(PBX, None, start, end, Basis.OFFERED)
    assert before == after, "an hour made anew differs"
    calls = sum(one.counts.offered for one in after)
    took = time.monotonic() - began
    print(f"  an hour ({calls} calls, {count} quarters) made anew: equal, {took * 1000:.0f} ms")


async def measure(database: Database) -> None:
    """Print p50 and p99 of each read, in milliseconds."""
    measures, calls = MeasureStore(database), CallStore(database)
    day = BEGAN + timedelta(days=200)

    async def report(days: int) -> None:
        await measures.queue_counts(PBX, None, day, day + days * _DAY, Basis.OFFERED)

    async def curve(days: int) -> None:
        await measures.queue_series(PBX, None, day, day + days * _DAY, Basis.OFFERED)

    async def page(wanted: CallFilter) -> None:
        found = await calls.find(wanted, limit=100)
        assert found.calls, "a page has calls"

    async def no_page(wanted: CallFilter) -> None:
        found = await calls.find(wanted, limit=100)
        assert not found.calls, "nobody had such a call"

    of_day = CallFilter(arrived_from=day, arrived_until=day + _DAY)
    of_year = CallFilter(arrived_from=BEGAN, arrived_until=BEGAN + YEAR)
    for what, read in (
        ("a day's queue report, its sums", lambda: report(1)),
        ("a day's queue report, by quarter", lambda: curve(1)),
        ("a month's queue report, its sums", lambda: report(30)),
        ("calls: newest", lambda: page(CallFilter())),
        ("calls: a queue, abandoned, a day", lambda: page(
            replace(of_day, queue="q3", outcome="abandoned"))),
        ("calls: an agent, a day", lambda: page(replace(of_day, agent="1042"))),
        ("calls: a queue and an agent, any day", lambda: page(
            replace(of_year, queue="q6", agent="1016"))),
        ("calls: abandoned, any day", lambda: page(replace(of_year, outcome="abandoned"))),
        ("calls: a rare outcome, any day", lambda: page(CallFilter(outcome="unserved"))),
        ("calls: a number", lambda: page(CallFilter(number="573000007919"))),
        ("calls: our number, a rare queue", lambda: page(
            CallFilter(number="0800123456", queue="rare"))),
        ("calls: a rare queue is all that is seen", lambda: page(
            CallFilter(seen_queues=frozenset({"rare"})))),
        ("calls: five queues seen, abandoned", lambda: page(
            CallFilter(seen_queues=_SEEN, outcome="abandoned"))),
        ("calls: an agent and what none had", lambda: no_page(
            CallFilter(agent="1042", outcome="abandoned"))),
        ("calls: a queue and what none had", lambda: no_page(
            CallFilter(queue="q2", direction="dialed"))),
    ):  # fmt: skip
        print(f"  {what:40} {await _percentiles(read)}", flush=True)
    customers = CustomerMeasureStore(database)
    for days in (1, 30):
        start = time.monotonic()
        counted = await customers.counted(day, day + days * _DAY)
        took, count = time.monotonic() - start, sum(one.calls for one in counted.values())
        print(f"  customers of {days:2} days, {count:9,} calls      once {took:6.1f} s", flush=True)


async def _percentiles(read: Callable[[], Awaitable[None]]) -> str:
    took = []
    for _ in range(_RUNS):
        began = time.perf_counter()
        await read()
        took.append((time.perf_counter() - began) * 1000)
    ordered = sorted(took)
    return f"p50 {ordered[_RUNS // 2]:7.1f} ms   p99 {ordered[-1]:7.1f} ms"


async def one(url: str, records: int) -> None:
    """Fill one database and read it."""
    async with await Database.open(url, _PATIENT, lasting=False) as database:
        print(f"{database.dialect}: {records:,} calls", flush=True)
        await fill(database, records)
        await check(database)
        await measure(database)


def main(arguments: list[str] | None = None) -> None:
    """Both databases, one after the other."""
    parser = argparse.ArgumentParser(prog="python -m bench.reads", description=__doc__)
    parser.add_argument("--records", type=int, default=10_000_000, help="calls in PostgreSQL")
    parser.add_argument("--sqlite-records", type=int, default=1_000_000, help="calls in SQLite")
    chosen = parser.parse_args(arguments)
    if chosen.records:
        with postgres_server() as server:
            asyncio.run(one(server.create("reads"), chosen.records))
    if chosen.sqlite_records:
        with tempfile.TemporaryDirectory(prefix="linea800-reads-") as folder:
            asyncio.run(one(str(Path(folder) / "reads.db"), chosen.sqlite_records))


if __name__ == "__main__":
    main()
