"""A year of calls, made by the database itself: the same formulas fill PostgreSQL and SQLite.

Calls come one after the other all year round, to ten queues and a hundred agents; one in eleven
gives up, one in twenty was dialed. One in ten is of somebody who called two hours or so before, one
in thirteen of somebody who called days before; of three callers in five the name is known. One in
a hundred thousand or so was let go by its queue, and one in fifty thousand is of a queue that
hardly anybody calls. Their quarters are added up from the same formulas, as offered; by event they
are near enough.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from monitoring.wait_histogram import BANDS, EDGES_SECONDS
from storage.call_rows import OF_THE_CALL
from storage.tables import queue_quarters

PBX = "pbx1"
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
YEAR = timedelta(days=365)
QUEUES, AGENTS = 10, 100

#: what is known of the numbered call; seconds are whole
_CALL = {
    "joined": "{began} + n * {span} / {records}",
    "queue": "CASE WHEN n % 50000 = 7 THEN 'rare' ELSE 'q' || (n / 7 % {queues}) END",
    "wait": "n * 7919 % 97",
    "gave_up": "n % 11 = 9",
    "agent": "cast(1000 + n / 3 % {agents} as text)",
    "talk": "60 + n * 104729 % 400",
    "wrapped": "n * 31 % 45",
    # who calls again has the number of an earlier call
    "caller": (
        "(n - CASE WHEN n % 10 = 0 THEN {records} / 4000 + 3"
        " WHEN n % 13 = 0 THEN {records} / 100 + 3 ELSE 0 END) * 7919 % 1000003"
    ),
}
#: as ids of calls are: those of later calls are greater
_ID = "'call-' || cast(10000000000 + n as text)"


def _calls(dialect: str, records: int) -> str:
    """A SELECT of every call by `_CALL`; the record's own moments follow from these."""
    values = {
        "began": int(BEGAN.timestamp()), "span": int(YEAR.total_seconds()), "records": records,
        "queues": QUEUES, "agents": AGENTS,
    }  # fmt: skip
    columns = ", ".join(f"{text.format(**values)} AS {name}" for name, text in _CALL.items())
    last = records - 1
    recursive = f"SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n < {last}"  # noqa: S608  # ours
    series = f"generate_series(0::bigint, {last}) AS n"
    if dialect == "sqlite":
        series = f"(WITH RECURSIVE s(n) AS ({recursive}) SELECT n FROM s)"  # noqa: S608  # ours
    return f"SELECT n, {columns} FROM {series}"  # noqa: S608  # every word is ours


def _at(dialect: str, seconds: str) -> str:
    if dialect == "postgresql":
        return f"to_timestamp({seconds})"
    return f"strftime('%Y-%m-%d %H:%M:%S', {seconds}, 'unixepoch') || '.000000'"


def statements(dialect: str, records: int) -> Iterator[tuple[str, str]]:
    """What is filled, and the SQL that does it."""
    yield "calls", _insert("calls", _calls_row(dialect), _calls(dialect, records))
    yield "queue_stays", _insert("queue_stays", _stay_row(dialect), _calls(dialect, records))
    yield "queue_quarters", _quarters(dialect, records)
    row = {column.name: column.name for column in queue_quarters.c} | {"basis": "'event'"}
    yield "queue_quarters by event", _insert("queue_quarters", row, "SELECT * FROM queue_quarters")


def _insert(table: str, row: dict[str, str], source: str) -> str:
    values = ", ".join(row.values())
    into = f"INSERT INTO {table} ({', '.join(row)})"
    return f"{into} SELECT {values} FROM ({source}) AS c"  # noqa: S608  # every word is ours


def _calls_row(dialect: str) -> dict[str, str]:
    over = "CASE WHEN gave_up THEN joined + wait ELSE joined + wait + talk END"
    wrapped = (
        f"CASE WHEN gave_up THEN NULL ELSE {_at(dialect, 'joined + wait + talk + wrapped')} END"
    )
    return {
        "pbx": f"'{PBX}'",
        "call_id": _ID,
        "direction": "CASE WHEN n % 20 = 3 THEN 'dialed' ELSE 'inbound' END",
        "number_called": "'0800123456'",
        "caller_number": "cast(573000000000 + caller as text)",
        "caller_name": "''",
        "campaign_id": "''",
        "arrived_at": _at(dialect, "joined"),
        "answered_at": _at(dialect, "joined"),
        "menu": "'simple'",
        "language": "'es'",
        "fell_back": "''",
        "hold_seconds": "0",
        "ended_at": _at(dialect, over),
        "ended_by": "'customer'",
        "end_reason": "''",
        "wrap_up_started_at": wrapped,
        "wrap_up_ended_at": wrapped,
        "wrap_up_agent": "CASE WHEN gave_up THEN '' ELSE agent END",
        "disposition": "CASE WHEN n % 3 = 0 AND NOT gave_up THEN 'resolved' ELSE '' END",
        "outcome": (
            "CASE WHEN n % 110000 = 9 THEN 'unserved' WHEN gave_up THEN 'abandoned'"
            " ELSE 'handled' END"
        ),
        "wait_seconds": "wait",
        "talk_seconds": "CASE WHEN gave_up THEN 0 ELSE talk END",
        "wrap_up_seconds": "CASE WHEN gave_up THEN 0 ELSE wrapped END",
        "handle_seconds": "CASE WHEN gave_up THEN 0 ELSE talk + wrapped END",
        "progress": "10020",
        "customer_id": "CASE WHEN caller % 5 < 3 THEN caller + 1 ELSE NULL END",
        "reason": "CASE WHEN n % 2 = 0 THEN 'bill' ELSE 'fault' END",
    }


def _stay_row(dialect: str) -> dict[str, str]:
    answered = f"CASE WHEN gave_up THEN NULL ELSE {_at(dialect, 'joined + wait')} END"
    released = f"CASE WHEN gave_up THEN NULL ELSE {_at(dialect, 'joined + wait + talk')} END"
    call = _calls_row(dialect)
    return {
        "pbx": f"'{PBX}'",
        "call_id": _ID,
        "ordinal": "0",
        "queue": "queue",
        "joined_at": _at(dialect, "joined"),
        "left_at": _at(dialect, "joined + wait"),
        "agent": "CASE WHEN gave_up THEN '' ELSE agent END",
        "connected_at": answered,
        "released_at": released,
        "ended_by": "CASE WHEN gave_up THEN '' ELSE 'customer' END",
        "status": "''",
        **{name: call[name] for name in OF_THE_CALL},
    }


def _quarters(dialect: str, records: int) -> str:
    answered, gave_up = (
        "CASE WHEN gave_up THEN 0 ELSE {} END",
        "CASE WHEN gave_up THEN {} ELSE 0 END",
    )
    row = {
        "pbx": f"'{PBX}'",
        "queue": "queue",
        "basis": "'offered'",
        "quarter": _at(dialect, "joined / 900 * 900"),
        "received": "count(*)",
        "offered": "count(*)",
        "answered": f"sum({answered.format(1)})",
        "abandoned": f"sum({gave_up.format(1)})",
        "answered_wait_ms": f"sum({answered.format('wait * 1000')})",
        "abandoned_wait_ms": f"sum({gave_up.format('wait * 1000')})",
        "longest_wait_ms": "max(wait) * 1000",
        "talk_ms": f"sum({answered.format('talk * 1000')})",
        "wrap_up_ms": f"sum({answered.format('wrapped * 1000')})",
        "final": "true",
    }
    for band in range(BANDS):
        row[f"answered_band_{band}"] = f"sum({_in_band(band)} * {answered.format(1)})"
        row[f"abandoned_band_{band}"] = f"sum({_in_band(band)} * {gave_up.format(1)})"
    grouped = " GROUP BY queue, joined / 900 * 900"
    return _insert("queue_quarters", row, _calls(dialect, records)) + grouped


def _in_band(band: int) -> str:
    above = f"wait > {EDGES_SECONDS[band - 1]}" if band else "true"
    below = f"wait <= {EDGES_SECONDS[band]}" if band < len(EDGES_SECONDS) else "true"
    return f"CASE WHEN {above} AND {below} THEN 1 ELSE 0 END"
